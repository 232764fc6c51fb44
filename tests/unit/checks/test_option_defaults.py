# SPDX-License-Identifier: Apache-2.0
"""Defaults that change, of options that nobody set."""

import pathlib

import pytest

from glance_status import results
from glance_status.checks import option_defaults
from glance_status.releases import lifecycle
from tests.unit import checkers

KEYSTONE = '[paste_deploy]\nflavor = keystone\n'
RABBIT = (
    '[DEFAULT]\ntransport_url = rabbit://a:b@mq1/\n'
    '[oslo_messaging_rabbit]\nssl = true\nssl_ca_file = /etc/ca.pem\n'
)


def test_a_default_that_changes(tmp_path: pathlib.Path) -> None:
    checker = checkers.make(tmp_path, KEYSTONE, source='20', target='21')
    assert [
        (item.id, item.result, item.message)
        for item in option_defaults.check_defaults(checker)
    ] == [
        (
            'default-changed',
            results.SUCCESS,
            '[keystone_authtoken] interface is not set. Its default is '
            "'internal' from 21.0.0 (Victoria) on, and was 'admin'. The API "
            'asks Keystone at another of its endpoints, which has to answer '
            'there.',
        )
    ]


@pytest.mark.parametrize(
    ('text', 'source', 'target'),
    [
        (KEYSTONE, '21', '22'),
        (KEYSTONE, '18', '20'),
        (KEYSTONE + '[keystone_authtoken]\ninterface = admin\n', '20', '21'),
        ('', '20', '21'),
        (RABBIT + 'ssl_enforce_hostname_verification = true\n', '30', '33'),
        (RABBIT, '28', '30'),
    ],
)
def test_defaults_that_stay(
    tmp_path: pathlib.Path, text: str, source: str, target: str
) -> None:
    checker = checkers.make(tmp_path, text, source=source, target=target)
    assert option_defaults.check_defaults(checker) == []


@pytest.mark.parametrize('source', ['30', '32'])
def test_one_that_breaks(tmp_path: pathlib.Path, source: str) -> None:
    checker = checkers.make(tmp_path, RABBIT, source=source, target='33')
    assert [
        (item.result, item.affected)
        for item in option_defaults.check_defaults(checker)
    ] == [
        (
            results.WARNING,
            results.Affected(
                1,
                ('[oslo_messaging_rabbit] ssl_enforce_hostname_verification',),
            ),
        )
    ]


def test_all_of_them_change() -> None:
    for table, name in option_defaults.MATTERING:
        life = lifecycle.knowledge().tables[table][name]
        defaults = [option.default for _major, option in life.states]
        assert any(item != defaults[0] for item in defaults)
