# SPDX-License-Identifier: Apache-2.0
"""The database of the sqlite driver of the image cache."""

import os

from glance_status import context, results
from glance_status.checks import values

# Brought the driver that keeps the books in Glance's database, and made it
# the default.
CENTRAL = 28
NOTES = 'https://docs.openstack.org/releasenotes/glance/'
CACHE_GUIDE = 'https://docs.openstack.org/glance/latest/admin/cache.html'
_DATABASE = 'cache.db'

LOCKED = results.FindingKind(
    id='cache-lock-unusable',
    title='The sqlite cache driver cannot make its lock',
    looks_for='With the cache driver sqlite, an [oslo_concurrency] lock_path '
    'that is set to nothing, or that cannot be made because a part of its '
    'path is a file. Where it is not set, the directory of the cache serves.',
    matters='The API does not start: RequiredOptError or FileExistsError.',
    remediation='Delete [oslo_concurrency] lock_path, or set it to a '
    'directory that Glance may write to.',
    reference=CACHE_GUIDE,
)
LOCK_PATH = results.FindingKind(
    id='cache-lock-path',
    title='The migration of the image cache needs a lock_path',
    looks_for='The database of the sqlite cache driver in the cache '
    'directory, the driver centralized_db, and no [oslo_concurrency] '
    'lock_path. The variable OSLO_LOCK_PATH counts as one.',
    matters='At its first start the API takes over what the old database '
    'knows, under a lock. Without a place for the lock it does not start: '
    'RequiredOptError.',
    remediation='Set [oslo_concurrency] lock_path to a directory that Glance '
    'may write to, or remove the old database if the cache may be lost.',
    since='28.0.0',
    reference=CACHE_GUIDE,
)
DATABASE = results.FindingKind(
    id='cache-sqlite-db',
    title='The sqlite cache driver cannot open its database',
    looks_for='With the cache driver sqlite, an image_cache_sqlite_db that '
    'is empty, a directory, or in a directory that is not there. The driver '
    'makes image_cache_dir, and no other.',
    matters='The API does not start: BadDriverConfiguration.',
    remediation='Delete [DEFAULT] image_cache_sqlite_db: cache.db in '
    'image_cache_dir is the default.',
    reference=CACHE_GUIDE,
)

SQLITE = results.FindingKind(
    id='cache-sqlite-deprecated',
    title='The sqlite cache driver is on its way out',
    looks_for='[DEFAULT] image_cache_driver = sqlite, or '
    'image_cache_sqlite_db.',
    matters='It still works, is deprecated since 28.0.0, and will be removed.',
    remediation='Set image_cache_driver = centralized_db, with '
    'worker_self_reference_url and [oslo_concurrency] lock_path: the API '
    'takes over the old database at its first start. Then delete '
    'image_cache_sqlite_db.',
    since='28.0.0',
    reference=f'{NOTES}2024.1.html',
)


def deprecated(checker: context.Checker, driver: str) -> list[results.Finding]:
    """Look for options of the driver, which a release will drop."""
    if checker.target.major < CENTRAL:
        return []
    chosen = checker.written('DEFAULT', 'image_cache_driver')
    old = checker.written('DEFAULT', 'image_cache_sqlite_db')
    found = [
        item for item in (chosen if driver == 'sqlite' else None, old) if item
    ]
    return [
        SQLITE.warning(
            f'{item.name} is set to {item.value} ({item.place}): the sqlite '
            'cache driver is deprecated.',
            affected=results.Affected(1, (item.name,)),
        )
        for item in found
    ]


def lock_path(
    checker: context.Checker, directory: str
) -> list[results.Finding]:
    """Look for a lock, under which a database of old would be taken over."""
    old = _path(checker, directory)
    if values.text(checker, 'oslo_concurrency', 'lock_path') or os.environ.get(
        'OSLO_LOCK_PATH'
    ):
        return []
    if not os.path.isfile(old):
        return []
    return [
        LOCK_PATH.failure(
            f'{old} is to be taken over by centralized_db, and '
            '[oslo_concurrency] lock_path is not set.'
        )
    ]


def lock(checker: context.Checker) -> list[results.Finding]:
    """Look for a place of locks that the driver cannot use."""
    setting = checker.written('oslo_concurrency', 'lock_path')
    if setting is None:
        return []
    path = values.text(checker, 'oslo_concurrency', 'lock_path') or ''
    if '$' in path:
        return []
    if not path:
        trouble = 'is set to nothing'
    elif os.path.isabs(path) and (blocked := in_the_way(path)):
        trouble = f'is {values.shown(path)}, and {blocked} is no directory'
    else:
        return []
    return [
        LOCKED.failure(
            f'{setting.name} {trouble} ({setting.place}): the API would not '
            'start.'
        )
    ]


def database(
    checker: context.Checker, directory: str
) -> list[results.Finding]:
    """Look for a database that the driver cannot open."""
    setting = checker.written('DEFAULT', 'image_cache_sqlite_db')
    path = _path(checker, directory)
    if setting is None or '$' in path:
        return []
    place = os.path.dirname(path)
    if os.path.isdir(path) or not os.path.basename(path):
        trouble = f'{path} is a directory'
    elif os.path.isdir(directory) and not os.path.isdir(place):
        trouble = f'there is no {place}'
    else:
        return []
    return [
        DATABASE.failure(
            f'{setting.name} is {values.shown(setting.value) or "empty"} '
            f'({setting.place}), and {trouble}.'
        )
    ]


def in_the_way(path: str) -> str | None:
    """Return what keeps a directory from being made, None for nothing."""
    while not os.path.lexists(path):
        path = os.path.dirname(path)
    return None if os.path.isdir(path) else path


def _path(checker: context.Checker, directory: str) -> str:
    name = values.text(checker, 'DEFAULT', 'image_cache_sqlite_db')
    return os.path.join(directory, _DATABASE if name is None else name)
