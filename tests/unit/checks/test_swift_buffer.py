# SPDX-License-Identifier: Apache-2.0
"""The directories in which Swift stores buffer uploads."""

import pathlib

import pytest

from glance_status import results
from glance_status.checks import swift_buffer
from tests.unit import checkers

FAILURE, WARNING = results.FAILURE, results.WARNING
STORES = (
    '[DEFAULT]\nenabled_backends = a:file, b:swift\n'
    '[glance_store]\ndefault_backend = a\n[b]\n'
)
ON = f'{STORES}swift_buffer_on_upload = true\n'


def found(directory: pathlib.Path, text: str) -> list[tuple[str, int, str]]:
    """Return id, result and message of what the check finds."""
    checker = checkers.make(directory, text.format(path=directory))
    return checkers.told(directory, swift_buffer.check_buffer(checker))


@pytest.mark.parametrize(
    'text',
    [
        '',
        '[glance_store]\nswift_buffer_on_upload = true\n',
        STORES,
        f'{STORES}swift_upload_buffer_dir = /none/such\n',
        f'{STORES}swift_buffer_on_upload = false\n',
        f'{ON}swift_upload_buffer_dir = {{path}}\n',
        f'{ON}swift_upload_buffer_dir = buffer\n',
        f'{ON}[backend_defaults]\nswift_upload_buffer_dir = {{path}}\n',
    ],
)
def test_nothing_to_say(tmp_path: pathlib.Path, text: str) -> None:
    assert found(tmp_path, text) == []


@pytest.mark.parametrize(
    ('text', 'result', 'message'),
    [
        (
            ON,
            FAILURE,
            '[b] swift_buffer_on_upload is true (glance-api.conf, line 6), '
            'and [b] does not set swift_upload_buffer_dir: the API does not '
            'start.',
        ),
        (
            f'{ON}swift_upload_buffer_dir = {{path}}/buffer/\n',
            FAILURE,
            '[b] swift_upload_buffer_dir is buffer/ (glance-api.conf, line '
            '7), which is not on this host, and swift_buffer_on_upload is '
            'true. The API does not start.',
        ),
        (
            f'{ON}swift_upload_buffer_dir = /none/such\n',
            WARNING,
            '[b] swift_upload_buffer_dir is /none/such (glance-api.conf, '
            'line 7), which is not on this host, and swift_buffer_on_upload '
            'is true. Look where Glance runs.',
        ),
    ],
)
def test_no_directory(
    tmp_path: pathlib.Path, text: str, result: int, message: str
) -> None:
    assert found(tmp_path, text) == [('swift-buffer', result, message)]


def test_each_store_has_its_directory(tmp_path: pathlib.Path) -> None:
    text = (
        '[DEFAULT]\nenabled_backends = a:swift, b:swift\n'
        '[glance_store]\ndefault_backend = a\n'
        '[a]\nswift_buffer_on_upload = true\n'
        '[b]\nswift_buffer_on_upload = true\n'
    )
    checker = checkers.make(tmp_path, text)
    at = f'{tmp_path}/glance-api.conf, line'
    assert swift_buffer.check_buffer(checker) == [
        swift_buffer.BUFFER.failure(
            f'[{name}] swift_buffer_on_upload is true ({at} {line}), and '
            f'[{name}] does not set swift_upload_buffer_dir: the API does '
            'not start.',
            affected=results.Affected(1, (name,)),
        )
        for name, line in (('a', 6), ('b', 8))
    ]
