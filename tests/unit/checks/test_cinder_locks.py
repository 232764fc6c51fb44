# SPDX-License-Identifier: Apache-2.0
"""The directories in which Glance and Cinder lock volumes."""

import pathlib

import pytest

from glance_status import results
from glance_status.checks import cinder_locks
from tests.unit import checkers

STORE = (
    '[DEFAULT]\nenabled_backends = a:cinder\n'
    '[glance_store]\ndefault_backend = a\n'
)
LOCKED = '[oslo_concurrency]\nlock_path = /run/locks\n'
BRICK = '[os_brick]\nlock_path = /run/brick\n'


def found(
    directory: pathlib.Path, glance: str, cinder: str, target: str = '33'
) -> list[tuple[str, int, str]]:
    """Return id, result and message of what the check finds."""
    for name in ('glance', 'cinder'):
        (directory / name).mkdir()
    (directory / 'cinder' / 'cinder.conf').write_bytes(cinder.encode())
    checker = checkers.make(directory / 'glance', glance, target=target)
    return checkers.told(directory, cinder_locks.check_locks(checker))


@pytest.mark.parametrize(
    ('glance', 'cinder', 'message'),
    [
        ('', LOCKED, 'locks in /run/locks, Glance in no directory.'),
        # What counts for nothing may say anything.
        (
            LOCKED,
            f'{BRICK}[oslo_concurrency]\nlock_path = $state_path/tmp\n',
            'locks in /run/brick, Glance in /run/locks.',
        ),
        (LOCKED, BRICK, 'locks in /run/brick, Glance in /run/locks.'),
        (BRICK + LOCKED, LOCKED, 'locks in /run/locks, Glance in /run/brick.'),
    ],
)
@pytest.mark.parametrize('target', ['25', '33'])
def test_each_locks_for_itself(
    tmp_path: pathlib.Path,
    glance: str,
    cinder: str,
    message: str,
    target: str,
) -> None:
    assert found(tmp_path, STORE + glance, cinder, target) == [
        (
            'cinder-lock-path',
            results.WARNING,
            f'cinder/cinder.conf {message}',
        )
    ]


@pytest.mark.parametrize(
    ('glance', 'cinder', 'target'),
    [
        (STORE + LOCKED, LOCKED, '33'),
        (
            STORE + BRICK,
            f'{LOCKED}[os_brick]\nlock_path = /run/brick/\n',
            '33',
        ),
        (STORE, LOCKED, '24'),
        (STORE, '', '33'),
        (STORE, '[oslo_concurrency]\nlock_path = $state_path/tmp\n', '33'),
        (STORE, 'no configuration\0', '33'),
        ('', LOCKED, '33'),
    ],
)
def test_nothing_to_compare_or_the_same(
    tmp_path: pathlib.Path, glance: str, cinder: str, target: str
) -> None:
    assert found(tmp_path, glance, cinder, target) == []


def test_no_cinder_on_this_host(tmp_path: pathlib.Path) -> None:
    checker = checkers.make(tmp_path, STORE)
    assert cinder_locks.check_locks(checker) == []
