# SPDX-License-Identifier: Apache-2.0
"""An API that serves TLS itself."""

import pathlib

import pytest

from glance_status import results
from glance_status.checks import api_tls
from tests.unit import checkers

CERTIFICATE = 'cert_file = /etc/ssl/glance.crt\n'
KEY = 'key_file = /etc/ssl/glance.key\n'


def found(
    directory: pathlib.Path, text: str, target: str, source: str | None
) -> list[tuple[str, int, str]]:
    """Return id, result and message of what the check finds."""
    checker = checkers.make(directory, text, target=target, source=source)
    return checkers.told(directory, api_tls.check_tls(checker))


def test_a_certificate_is_lost_on_the_way_into_ussuri(
    tmp_path: pathlib.Path,
) -> None:
    assert found(tmp_path, f'[DEFAULT]\n{CERTIFICATE}{KEY}', '33', '19') == [
        (
            'native-tls',
            results.FAILURE,
            '[DEFAULT] cert_file (glance-api.conf, line 2) and [DEFAULT] '
            'key_file (glance-api.conf, line 3) are set: from 20.0.0 on they '
            'are ignored, and the API serves plain HTTP.',
        )
    ]


@pytest.mark.parametrize(
    ('text', 'target', 'source'),
    [
        ('', '33', None),
        (f'[DEFAULT]\n{CERTIFICATE}{KEY}', '19', None),
        (f'[DEFAULT]\n{CERTIFICATE}{KEY}', '33', '20'),
        (f'[DEFAULT]\n{CERTIFICATE}key_file =\n', '33', '19'),
        (f'[ssl]\n{CERTIFICATE}{KEY}', '33', '19'),
    ],
)
def test_no_tls_of_its_own(
    tmp_path: pathlib.Path, text: str, target: str, source: str | None
) -> None:
    assert found(tmp_path, text, target, source) == []
