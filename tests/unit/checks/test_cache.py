# SPDX-License-Identifier: Apache-2.0
"""The image cache: its driver, its directory, the URL of its node."""

import pathlib

import pytest

from glance_status import context, results
from glance_status.checks import cache
from tests.unit import checkers

URL = 'worker_self_reference_url = http://node1:9292\n'
PIPELINE = """
[pipeline:glance-api-mine]
pipeline = {middleware} app
[filter:cache]
paste.filter_factory = glance.api.middleware.cache:CacheFilter.factory
[filter:gzip]
paste.filter_factory = glance.api.middleware.gzip:GzipMiddleware.factory
[app:app]
paste.app_factory = glance.api.v2.router:API.factory
"""


def text(flavor: str, *options: str) -> str:
    """Return a configuration with a flavor and lines of [DEFAULT]."""
    lines = ''.join(f'{item.strip()}\n' for item in options)
    return f'[DEFAULT]\n{lines}[paste_deploy]\nflavor = {flavor}\n'


def found(checker: context.Checker) -> list[tuple[str, int, str]]:
    """Return id, result and message of what the check finds."""
    return [
        (item.id, item.result, item.message)
        for item in cache.check_cache(checker)
    ]


def ids(checker: context.Checker) -> list[tuple[str, int]]:
    """Return id and result of what the check finds."""
    return [(item.id, item.result) for item in cache.check_cache(checker)]


@pytest.mark.parametrize('target', ['18', '27', '28', '33'])
@pytest.mark.parametrize('flavor', ['', 'keystone', 'trusted-auth'])
def test_without_a_cache(
    tmp_path: pathlib.Path, flavor: str, target: str
) -> None:
    checker = checkers.make(tmp_path, text(flavor), target=target)
    assert found(checker) == []


@pytest.mark.parametrize('flavor', ['cachemanagement', 'keystone+caching'])
@pytest.mark.parametrize(
    ('target', 'options'),
    [
        # As devstack, Kolla-Ansible and OpenStack-Ansible have it.
        ('27', ('image_cache_dir = {path}',)),
        ('28', ('image_cache_dir = {path}', URL)),
        ('33', ('image_cache_dir = {path}/new/cache/', URL)),
        ('33', ('image_cache_dir = {path}', 'image_cache_driver = xattr')),
        ('33', ('base = {path}', 'image_cache_dir = {path}', URL)),
    ],
)
def test_a_cache_that_starts(
    tmp_path: pathlib.Path,
    flavor: str,
    target: str,
    options: tuple[str, ...],
) -> None:
    written = [item.format(path=tmp_path / 'cache') for item in options]
    checker = checkers.make(tmp_path, text(flavor, *written), target=target)
    assert found(checker) == []


@pytest.mark.parametrize('flavor', ['cachemanagement', 'my-cache'])
@pytest.mark.parametrize('url', ['', 'worker_self_reference_url ='])
def test_the_central_driver_without_a_url(
    tmp_path: pathlib.Path, flavor: str, url: str
) -> None:
    written = text(flavor, 'image_cache_dir = /var/cache/glance', url)
    assert found(checkers.make(tmp_path, written)) == [
        (
            'cache-url',
            results.FAILURE,
            f'The flavor {flavor} ({tmp_path}/glance-api.conf, line 5) has '
            'an image cache, its driver is centralized_db by default, and '
            '[DEFAULT] worker_self_reference_url is not set.',
        )
    ]


def test_a_flavor_that_is_not_taken_for_a_cache(
    tmp_path: pathlib.Path,
) -> None:
    written = text(
        'keystone+caching',
        'image_cache_dir = /var/cache/glance',
        'image_cache_driver = centralized_db',
    )
    conf = tmp_path / 'glance-api.conf'
    assert found(checkers.make(tmp_path, written)) == [
        (
            'cache-url-caching',
            results.WARNING,
            f'The flavor keystone+caching ({conf}, line 5) has an image '
            f'cache, its driver is centralized_db ({conf}, line 3), and '
            '[DEFAULT] worker_self_reference_url is not set.',
        )
    ]


@pytest.mark.parametrize(
    ('target', 'expected'),
    [
        ('27', [('cache-dir', results.FAILURE)]),
        (
            '33',
            [('cache-url', results.FAILURE), ('cache-dir', results.FAILURE)],
        ),
    ],
)
def test_a_cache_without_a_directory(
    tmp_path: pathlib.Path, target: str, expected: list[tuple[str, int]]
) -> None:
    checker = checkers.make(tmp_path, text('cachemanagement'), target=target)
    assert ids(checker) == expected


def test_a_directory_that_cannot_be_made(tmp_path: pathlib.Path) -> None:
    (tmp_path / 'file').write_text('')
    directory = tmp_path / 'file' / 'cache'
    written = text('caching', URL, f'image_cache_dir = {directory}')
    assert found(checkers.make(tmp_path, written)) == [
        (
            'cache-dir',
            results.FAILURE,
            f'[DEFAULT] image_cache_dir is {directory} ({tmp_path}/'
            f'glance-api.conf, line 3), and cannot be made: {tmp_path}/file '
            'is not a directory.',
        )
    ]


def test_a_directory_of_no_name(tmp_path: pathlib.Path) -> None:
    written = text('caching', URL, 'image_cache_dir =')
    assert found(checkers.make(tmp_path, written)) == [
        (
            'cache-dir',
            results.WARNING,
            f'[DEFAULT] image_cache_dir is empty ({tmp_path}/'
            'glance-api.conf, line 3).',
        )
    ]


@pytest.mark.parametrize(
    ('driver', 'target', 'result', 'message'),
    [
        (
            'redis',
            '33',
            results.FAILURE,
            'is redis{place}, and 2026.2 Hibiscus has centralized_db, sqlite, '
            'xattr.',
        ),
        (
            '',
            '33',
            results.FAILURE,
            'is empty{place}, and 2026.2 Hibiscus has centralized_db, sqlite, '
            'xattr.',
        ),
        (
            'centralized_db',
            '27',
            results.FAILURE,
            'is centralized_db{place}, and 2023.2 Bobcat has sqlite, xattr.',
        ),
        (
            'XATTR',
            '33',
            results.WARNING,
            'is XATTR{place}: Glance finds no driver of that name and takes '
            'sqlite.',
        ),
    ],
)
def test_a_driver_that_is_not_there(
    tmp_path: pathlib.Path,
    driver: str,
    target: str,
    result: int,
    message: str,
) -> None:
    written = text(
        'keystone+cachemanagement',
        'image_cache_dir = /var/cache/glance',
        f'image_cache_driver = {driver}',
    )
    place = f' ({tmp_path}/glance-api.conf, line 3)'
    said = f'[DEFAULT] image_cache_driver {message.format(place=place)}'
    assert found(checkers.make(tmp_path, written, target=target)) == [
        ('cache-driver', result, said)
    ]


@pytest.mark.parametrize('name', ['cache.db', 'old.sqlite'])
def test_the_old_database_is_taken_over_under_a_lock(
    tmp_path: pathlib.Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv('OSLO_LOCK_PATH', raising=False)
    (tmp_path / name).write_text('')
    options = [URL, f'image_cache_dir = {tmp_path}']
    if name != 'cache.db':
        options.append(f'image_cache_sqlite_db = {name}')
    written = text('cachemanagement', *options)
    without = ids(checkers.make(tmp_path, written))
    lock = f'[oslo_concurrency]\nlock_path = {tmp_path}\n'
    with_lock = ids(checkers.make(tmp_path, written + lock))
    monkeypatch.setenv('OSLO_LOCK_PATH', str(tmp_path))
    with_variable = ids(checkers.make(tmp_path, written))
    rest = [item for item in without if item[0] != 'cache-lock-path']
    assert [*rest, ('cache-lock-path', results.FAILURE)] == without
    assert [with_lock, with_variable] == [rest, rest]


def test_the_sqlite_driver(tmp_path: pathlib.Path) -> None:
    written = text(
        'keystone', 'image_cache_driver = sqlite', 'image_cache_sqlite_db = x'
    )
    conf = tmp_path / 'glance-api.conf'
    later = found(checkers.make(tmp_path, written, target='28'))
    assert later == [
        (
            'cache-sqlite-deprecated',
            results.WARNING,
            f'[DEFAULT] image_cache_driver is set to sqlite ({conf}, line '
            '2): the sqlite cache driver is deprecated.',
        ),
        (
            'cache-sqlite-deprecated',
            results.WARNING,
            f'[DEFAULT] image_cache_sqlite_db is set to x ({conf}, line 3): '
            'the sqlite cache driver is deprecated.',
        ),
    ]
    assert found(checkers.make(tmp_path, written, target='27')) == []


@pytest.mark.parametrize(
    ('name', 'trouble'),
    [
        ('old.db', None),
        ('sub/old.db', None),
        ('$nothing/old.db', None),
        ('{path}/sub/old.db', None),
        ('', 'is empty ({conf}, line 3), and {path}/ is a directory.'),
        ('sub', 'is sub ({conf}, line 3), and {path}/sub is a directory.'),
        (
            'no/old.db',
            'is no/old.db ({conf}, line 3), and there is no {path}/no.',
        ),
        (
            '/no/such/old.db',
            'is /no/such/old.db ({conf}, line 3), and there is no /no/such.',
        ),
    ],
)
def test_the_database_of_the_sqlite_driver(
    tmp_path: pathlib.Path, name: str, trouble: str | None
) -> None:
    (tmp_path / 'sub').mkdir()
    options = (
        f'image_cache_dir = {tmp_path}',
        f'image_cache_sqlite_db = {name.format(path=tmp_path)}',
        'image_cache_driver = sqlite',
    )
    written = text('caching', *options)
    conf = tmp_path / 'glance-api.conf'
    expected = []
    if trouble:
        said = trouble.format(path=tmp_path, conf=conf)
        expected = [
            (
                'cache-sqlite-db',
                results.FAILURE,
                f'[DEFAULT] image_cache_sqlite_db {said}',
            )
        ]
    assert found(checkers.make(tmp_path, written, target='27')) == expected


@pytest.mark.parametrize(
    ('driver', 'lock', 'trouble'),
    [
        ('sqlite', '', 'is set to nothing ({conf}, line 8)'),
        (
            'sqlite',
            '{path}/file/sub',
            'is {path}/file/sub, and {path}/file is no directory ({conf}, '
            'line 8)',
        ),
        ('sqlite', '{path}/new/sub', None),
        ('sqlite', 'locks', None),
        ('sqlite', '$nothing', None),
        ('xattr', '', None),
    ],
)
def test_the_lock_of_the_sqlite_driver(
    tmp_path: pathlib.Path, driver: str, lock: str, trouble: str | None
) -> None:
    (tmp_path / 'file').write_text('')
    options = (
        f'image_cache_dir = {tmp_path}',
        f'image_cache_driver = {driver}',
    )
    written = text('caching', *options) + (
        f'[oslo_concurrency]\n# Locks.\nlock_path = '
        f'{lock.format(path=tmp_path)}\n'
    )
    conf = tmp_path / 'glance-api.conf'
    expected = []
    if trouble:
        said = trouble.format(path=tmp_path, conf=conf)
        expected = [
            (
                'cache-lock-unusable',
                results.FAILURE,
                f'[oslo_concurrency] lock_path {said}: the API would not '
                'start.',
            )
        ]
    assert found(checkers.make(tmp_path, written, target='27')) == expected


@pytest.mark.parametrize(
    ('driver', 'there'), [('sqlite', '/no/such/cache'), ('xattr', '')]
)
def test_a_database_that_is_not_opened_here(
    tmp_path: pathlib.Path, driver: str, there: str
) -> None:
    options = (
        f'image_cache_dir = {there or tmp_path}',
        'image_cache_sqlite_db = no/old.db',
        f'image_cache_driver = {driver}',
    )
    written = text('caching', *options)
    assert found(checkers.make(tmp_path, written, target='27')) == []


@pytest.mark.parametrize(
    ('source', 'target', 'expected'),
    [
        ('24', '25', ['cache-prefetch-opt']),
        (None, '33', ['cache-prefetch-opt']),
        ('20', '24', []),
        ('25', '33', []),
    ],
)
def test_the_interval_of_the_prefetcher(
    tmp_path: pathlib.Path,
    source: str | None,
    target: str,
    expected: list[str],
) -> None:
    written = '[DEFAULT]\ncache_prefetcher_interval = 300\n'
    checker = checkers.make(tmp_path, written, source=source, target=target)
    assert [name for name, _result in ids(checker)] == expected


@pytest.mark.parametrize(
    ('public', 'target', 'expected'),
    [
        ('http://node1:9292/', '22', ['worker-url-shared']),
        ('http://node1:9292', '21', []),
        ('https://glance.example.org', '33', []),
        ('', '33', []),
    ],
)
def test_the_url_of_the_worker(
    tmp_path: pathlib.Path, public: str, target: str, expected: list[str]
) -> None:
    written = text('keystone', URL, f'public_endpoint = {public}')
    checker = checkers.make(tmp_path, written, target=target)
    assert [name for name, _result in ids(checker)] == expected


@pytest.mark.parametrize(
    ('middleware', 'expected'),
    [('cache', ['cache-url-caching', 'cache-dir']), ('gzip', [])],
)
def test_the_paste_file_says_whether_there_is_a_cache(
    tmp_path: pathlib.Path, middleware: str, expected: list[str]
) -> None:
    paste = PIPELINE.format(middleware=middleware)
    (tmp_path / 'glance-api-paste.ini').write_text(paste)
    checker = checkers.make(tmp_path, text('mine'))
    assert [name for name, _result in ids(checker)] == expected


@pytest.mark.parametrize('driver', ['sqlite', 'xattr'])
def test_another_driver_takes_nothing_over(
    tmp_path: pathlib.Path, driver: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv('OSLO_LOCK_PATH', raising=False)
    (tmp_path / 'cache.db').write_text('')
    written = text(
        'cachemanagement',
        f'image_cache_driver = {driver}',
        f'image_cache_dir = {tmp_path}',
        URL,
    )
    assert ids(checkers.make(tmp_path, written)) == (
        [('cache-sqlite-deprecated', results.WARNING)]
        if driver == 'sqlite'
        else []
    )


@pytest.mark.parametrize(
    ('target', 'driver', 'expected'),
    [
        ('27', '', []),
        ('28', '', ['cache-url']),
        ('33', '', ['cache-url']),
        ('33', 'image_cache_driver = xattr', []),
    ],
)
def test_a_flavor_that_is_taken_for_a_cache(
    tmp_path: pathlib.Path, target: str, driver: str, expected: list[str]
) -> None:
    file = PIPELINE.format(middleware='gzip').replace('-mine', '-mycache')
    (tmp_path / 'glance-api-paste.ini').write_text(file)
    written = text('mycache', driver, f'image_cache_dir = {tmp_path}')
    checker = checkers.make(tmp_path, written, target=target)
    assert [name for name, _result in ids(checker)] == expected


@pytest.mark.parametrize(
    ('flavor', 'name'), [('', 'without a name'), ('mine', 'mine')]
)
def test_a_flavor_without_a_directory(
    tmp_path: pathlib.Path, flavor: str, name: str
) -> None:
    file = PIPELINE.format(middleware='cache')
    if not flavor:
        file = file.replace('-mine', '')
    (tmp_path / 'glance-api-paste.ini').write_text(file)
    assert found(checkers.make(tmp_path, text(flavor, URL))) == [
        (
            'cache-dir',
            results.FAILURE,
            f'The flavor {name} has an image cache, and [DEFAULT] '
            'image_cache_dir is not set.',
        )
    ]
