# SPDX-License-Identifier: Apache-2.0
"""A place for the lock under which hashes are made."""

import pathlib

import pytest

from glance_status import results
from glance_status.checks import location_lock
from tests.unit import checkers

RBD = '[DEFAULT]\nenabled_backends = a:rbd\n'
LOCK = '[oslo_concurrency]\nlock_path ='
CACHING = '[paste_deploy]\nflavor = keystone+caching\n'


def found(
    directory: pathlib.Path, text: str, target: str, source: str
) -> list[tuple[str, int, str]]:
    """Return id, result and message of what is found."""
    checker = checkers.make(directory, text, target=target, source=source)
    return checkers.told(directory, location_lock.find(checker))


@pytest.mark.parametrize(
    ('text', 'target', 'source'),
    [
        (RBD, '30', '29'),
        (f'{RBD}{LOCK}\n', '33', '28'),
        (f'{RBD.strip()}, b:cinder, c:rbd\n', '33', '28'),
        (f'{RBD}do_secure_hash = yes\n', '33', '28'),
        (f'{RBD}image_cache_driver = xattr\n{CACHING}', '33', '28'),
    ],
)
def test_no_place_for_locks(
    tmp_path: pathlib.Path,
    text: str,
    target: str,
    source: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv('OSLO_LOCK_PATH', raising=False)
    assert found(tmp_path, text, target, source) == [
        (
            'location-lock-path',
            results.WARNING,
            '[oslo_concurrency] lock_path is not set: the hash of what Nova '
            'or Cinder puts into the store a (glance-api.conf, line 2) cannot '
            'be made.',
        )
    ]
    monkeypatch.setenv('OSLO_LOCK_PATH', str(tmp_path))
    assert found(tmp_path, text, target, source) == []


@pytest.mark.parametrize(
    ('text', 'target', 'source'),
    [
        (RBD, '29', '28'),
        (RBD, '33', '30'),
        (f'{RBD}{LOCK} /var/lib/glance/tmp\n', '33', '28'),
        (f'{RBD}do_secure_hash = False\n', '33', '28'),
        (f'{RBD}{CACHING}', '33', '28'),
        ('[DEFAULT]\nenabled_backends = a:file, b:swift\n', '33', '28'),
        ('', '33', '28'),
    ],
)
def test_nothing_needs_a_lock(
    tmp_path: pathlib.Path,
    text: str,
    target: str,
    source: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv('OSLO_LOCK_PATH', raising=False)
    assert found(tmp_path, text, target, source) == []
