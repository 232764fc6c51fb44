# SPDX-License-Identifier: Apache-2.0
"""Timeouts of RBD stores."""

import pathlib

import pytest

from glance_status import results
from glance_status.checks import rbd
from tests.unit import checkers

MULTI = (
    '[DEFAULT]\nenabled_backends = a:rbd, b:file\n'
    '[glance_store]\ndefault_backend = a\n'
)
SINGLE = '[glance_store]\nstores = rbd\ndefault_store = rbd\n'


def found(
    directory: pathlib.Path,
    text: str,
    target: str = '33',
    source: str | None = None,
) -> list[tuple[str, int, str]]:
    """Return id, result and message of what the check finds."""
    checker = checkers.make(directory, text, target=target, source=source)
    return checkers.told(directory, rbd.check_rbd(checker))


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        (
            f'{MULTI}[a]\nrados_connect_timeout = 0\n',
            '[a] rados_connect_timeout is 0 (glance-api.conf, line 6): from '
            '28.0.0 on each request to Ceph waits for ever.',
        ),
        (
            f'{SINGLE}rados_connect_timeout = 5\n',
            '[glance_store] rados_connect_timeout is 5 (glance-api.conf, '
            'line 4): from 28.0.0 on each request to Ceph waits that many '
            'seconds at most.',
        ),
        *(
            (
                MULTI.replace('b:file', 'b:rbd') + f'[a]\n{first}\n[b]\n'
                'rados_connect_timeout = 2\n',
                '[b] rados_connect_timeout is 2 (glance-api.conf, line 8): '
                'from 28.0.0 on each request to Ceph waits that many seconds '
                'at most.',
            )
            for first in ('', 'rados_connect_timeout = -1')
        ),
    ],
)
def test_a_timeout_is_heeded_again(
    tmp_path: pathlib.Path, text: str, message: str
) -> None:
    assert found(tmp_path, text, '28', '27') == [
        ('rbd-timeout', results.WARNING, message)
    ]


@pytest.mark.parametrize(
    ('text', 'target', 'source'),
    [
        (MULTI, '33', None),
        (f'{MULTI}[a]\nrados_connect_timeout = -1\n', '33', None),
        (f'{MULTI}[a]\nrados_connect_timeout = soon\n', '33', None),
        (f'{MULTI}[b]\nrados_connect_timeout = 5\n', '33', None),
        (f'{MULTI}[a]\nrados_connect_timeout = 5\n', '27', None),
        (f'{MULTI}[a]\nrados_connect_timeout = 5\n', '33', '28'),
    ],
)
def test_timeouts_that_change_nothing(
    tmp_path: pathlib.Path, text: str, target: str, source: str | None
) -> None:
    assert found(tmp_path, text, target, source) == []
