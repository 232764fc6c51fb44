# SPDX-License-Identifier: Apache-2.0
"""Image caches that the real Glance does not start with, and the remedies."""

import pathlib
from typing import Any

import pytest

from glance_status import results
from glance_status.checks import cache
from tests.functional import glance_databases
from tests.proof import real
from tests.unit import checkers

URL = {'worker_self_reference_url': 'http://node1:9292'}


def ids(conf: pathlib.Path) -> list[str]:
    """Return what the check says will fail."""
    return [
        item.id
        for item in cache.check_cache(checkers.of(conf))
        if item.result == results.FAILURE
    ]


@pytest.mark.parametrize(
    ('flavor', 'before', 'error', 'expected', 'after'),
    [
        (
            'cachemanagement',
            {'image_cache_dir': '{path}/cache'},
            'RuntimeError: ',
            'cache-url',
            URL,
        ),
        (
            'cachemanagement',
            {'image_cache_dir': '{path}/cache'},
            'RuntimeError: ',
            'cache-url',
            {'image_cache_driver': 'xattr'},
        ),
        (
            'cachemanagement',
            URL,
            'TypeError: ',
            'cache-dir',
            {'image_cache_dir': '{path}/cache'},
        ),
        (
            'caching',
            URL,
            'BadDriverConfiguration: ',
            'cache-dir',
            {'image_cache_dir': '{path}/cache'},
        ),
        (
            'caching',
            {**URL, 'image_cache_dir': '{path}/glance-api.conf/cache'},
            'NotADirectoryError: ',
            'cache-dir',
            {'image_cache_dir': '{path}/cache'},
        ),
        (
            'caching',
            {
                **URL,
                'image_cache_dir': '{path}/cache',
                'image_cache_driver': 'redis',
            },
            'ConfigFileValueError: ',
            'cache-driver',
            {'image_cache_driver': 'centralized_db'},
        ),
        (
            'cachemanagement',
            {
                **URL,
                'image_cache_dir': '{path}/store',
                'image_cache_sqlite_db': 'old.db',
                'lock_path': None,
            },
            'RequiredOptError: ',
            'cache-lock-path',
            {'lock_path': '{path}'},
        ),
    ],
)
def test_the_real_glance_starts_after_the_remedy(
    tmp_path: pathlib.Path,
    flavor: str,
    before: dict[str, Any],
    error: str,
    expected: str,
    after: dict[str, Any],
) -> None:
    def asked(wanted: dict[str, Any]) -> tuple[str, list[str]]:
        options = {
            name: value and value.format(path=tmp_path)
            for name, value in wanted.items()
        }
        sections = {'DEFAULT': options, 'paste_deploy': {'flavor': flavor}}
        if 'lock_path' in options:
            lock = options.pop('lock_path')
            sections['oslo_concurrency'] = {'lock_path': lock}
        conf = real.deployment(tmp_path, url, sections)
        found = ids(conf)
        answer = real.start(conf, ('GET', '/v2/images', real.ADMIN, ''))
        return str(answer.error or answer.responses[0][0]), found

    with glance_databases.database('sqlite', 'up_to_date', tmp_path) as url:
        _old_cache(tmp_path / 'store' / 'old.db')
        refused, found = asked(before)
        assert (refused.startswith(error), found) == (True, [expected])
        assert asked({**before, **after}) == ('200', [])


def _old_cache(path: pathlib.Path) -> None:
    """Make what the driver sqlite leaves behind."""
    import contextlib
    import sqlite3

    path.parent.mkdir(exist_ok=True)
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute(
            'CREATE TABLE cached_images (image_id TEXT PRIMARY KEY, '
            'last_accessed REAL DEFAULT 0.0, last_modified REAL DEFAULT 0.0, '
            'size INTEGER DEFAULT 0, hits INTEGER DEFAULT 0, '
            'checksum TEXT)'
        )
        database.commit()
