# SPDX-License-Identifier: Apache-2.0
"""Whether the image cache of the target starts, and keeps what it has."""

import os

from glance_status import context, plugins, results
from glance_status.checks import cache_sqlite, pipeline, values
from glance_status.checks.cache_sqlite import CACHE_GUIDE, CENTRAL, NOTES

# Caches images at once, without a prefetcher in the API.
NO_PREFETCHER = 25
# Has worker_self_reference_url.
WORKER_URL = 22
_CENTRAL_DRIVER = 'centralized_db'
DRIVERS = ('sqlite', 'xattr')
PIN = (
    'or keep a driver that needs no URL with image_cache_driver = xattr '
    '(sqlite is deprecated)'
)

URL = results.FindingKind(
    id='cache-url',
    title='The image cache needs worker_self_reference_url',
    looks_for='A [paste_deploy] flavor with "cache" in its name, the image '
    'cache driver centralized_db, which is the default from 28.0.0 on, and '
    'no [DEFAULT] worker_self_reference_url.',
    matters='The API does not start: RuntimeError. No release note says that '
    'the default driver has changed.',
    remediation='Set [DEFAULT] worker_self_reference_url to the URL of this '
    f'very node, a different one on each node, and image_cache_dir; {PIN}.',
    since='28.0.0',
    reference=CACHE_GUIDE,
)
URL_CACHING = results.FindingKind(
    id='cache-url-caching',
    title='The image cache is used without a URL of the node',
    looks_for='A pipeline with the cache middleware, under a flavor that '
    'does not have "cache" in its name such as keystone+caching, the image '
    'cache driver centralized_db, which is the default from 28.0.0 on, and '
    'no [DEFAULT] worker_self_reference_url.',
    matters='The API starts. The first download of each image then breaks '
    'off at its end, because no node is known to have cached it, and the '
    'files in the cache are not managed.',
    remediation='Set [DEFAULT] worker_self_reference_url to the URL of this '
    f'very node, a different one on each node; {PIN}.',
    since='28.0.0',
    reference=CACHE_GUIDE,
)
DIRECTORY = results.FindingKind(
    id='cache-dir',
    title='The image cache has no usable directory',
    looks_for='A pipeline with the cache middleware, and an image_cache_dir '
    'that is not set, or that cannot be made because a part of its path is '
    'a file.',
    matters='The API does not start. An empty image_cache_dir is the '
    'directory that it happens to be started in.',
    remediation='Set [DEFAULT] image_cache_dir to a directory that Glance '
    'may write to, or take a flavor without a cache.',
    reference=CACHE_GUIDE,
)
DRIVER = results.FindingKind(
    id='cache-driver',
    title='The image cache driver is not one of the target',
    looks_for='A pipeline with the cache middleware and an '
    'image_cache_driver that the target does not have, or that is not '
    'written in lower case.',
    matters='With an unknown one the API does not start: '
    'ConfigFileValueError. One in upper case is taken for valid, not found, '
    'and replaced by sqlite.',
    remediation='Set [DEFAULT] image_cache_driver to centralized_db, or '
    'before 28.0.0 to sqlite, or to xattr, in lower case; or delete it.',
    reference=CACHE_GUIDE,
)
PREFETCHER = results.FindingKind(
    id='cache-prefetch-opt',
    title='cache_prefetcher_interval is gone',
    looks_for='[DEFAULT] cache_prefetcher_interval, where the upgrade passes '
    'into 25.0.0 (Zed).',
    matters='The option is ignored: images are cached as soon as they are '
    'queued.',
    remediation='Delete it.',
    since='25.0.0',
    reference=f'{NOTES}zed.html',
)
SHARED_URL = results.FindingKind(
    id='worker-url-shared',
    title='worker_self_reference_url is the public URL',
    looks_for='A [DEFAULT] worker_self_reference_url that equals '
    'public_endpoint.',
    matters='By this URL the nodes find the one that has staged an image or '
    'has it in its cache. The public URL leads to any of them: imports fail '
    'now and then, and all nodes share one list of cached images.',
    remediation='Set it to the URL of this very node, a different one on each '
    'node, that the other nodes reach.',
    since='22.0.0',
    reference=f'{NOTES}wallaby.html',
)


def check_cache(checker: context.Checker) -> list[results.Finding]:
    """Ask for the driver, the directory and the URL of the cache."""
    driver = _driver(checker)
    findings = [
        *cache_sqlite.deprecated(checker, driver),
        *_prefetcher(checker),
        *_shared_url(checker),
    ]
    in_use = pipeline.caches(checker)
    if not in_use and not (_by_name(checker) and driver == _CENTRAL_DRIVER):
        return findings
    if driver.lower() not in _drivers(checker):
        return [_bad_driver(checker, driver), *findings]
    if driver != driver.lower():
        findings.append(_upper_case(checker, driver))
    if driver == _CENTRAL_DRIVER and not _url(checker):
        findings.append(_no_url(checker))
    directory = values.text(checker, 'DEFAULT', 'image_cache_dir')
    findings += _directory(checker, directory)
    if driver == _CENTRAL_DRIVER and directory and _url(checker):
        findings += cache_sqlite.lock_path(checker, directory)
    if driver == 'sqlite' and directory:
        findings += cache_sqlite.database(checker, directory)
        findings += cache_sqlite.lock(checker)
    return findings


def _by_name(checker: context.Checker) -> bool:
    """Tell whether the target takes the flavor for one with a cache.

    Source: ``can_migrate_to_central_db`` in glance/sqlite_migration.py.
    """
    return checker.target.major >= CENTRAL and 'cache' in pipeline.flavor(
        checker
    )


def _drivers(checker: context.Checker) -> tuple[str, ...]:
    central = checker.target.major >= CENTRAL
    return (_CENTRAL_DRIVER, *DRIVERS) if central else DRIVERS


def _driver(checker: context.Checker) -> str:
    """Return the driver; an empty text where an empty one is set."""
    driver = values.text(checker, 'DEFAULT', 'image_cache_driver')
    return _drivers(checker)[0] if driver is None else driver


def _url(checker: context.Checker) -> str:
    return values.text(checker, 'DEFAULT', 'worker_self_reference_url') or ''


def _bad_driver(checker: context.Checker, driver: str) -> results.Finding:
    where = values.place(checker, 'DEFAULT', 'image_cache_driver')
    return DRIVER.failure(
        f'[DEFAULT] image_cache_driver is {driver or "empty"}{where}, and '
        f'{checker.target.title} has {", ".join(_drivers(checker))}.'
    )


def _upper_case(checker: context.Checker, driver: str) -> results.Finding:
    where = values.place(checker, 'DEFAULT', 'image_cache_driver')
    return DRIVER.warning(
        f'[DEFAULT] image_cache_driver is {driver}{where}: Glance finds no '
        'driver of that name and takes sqlite.'
    )


def _no_url(checker: context.Checker) -> results.Finding:
    flavor = pipeline.flavor(checker)
    chosen = values.place(checker, 'DEFAULT', 'image_cache_driver')
    message = (
        f'The flavor {flavor or "without a name"}'
        f'{values.place(checker, "paste_deploy", "flavor")} has an image '
        f'cache, its driver is centralized_db{chosen or " by default"}, and '
        '[DEFAULT] worker_self_reference_url is not set.'
    )
    if 'cache' in flavor:
        return URL.failure(message)
    return URL_CACHING.warning(message)


def _directory(
    checker: context.Checker, directory: str | None
) -> list[results.Finding]:
    where = values.place(checker, 'DEFAULT', 'image_cache_dir')
    if directory is None:
        flavor = pipeline.flavor(checker) or 'without a name'
        return [
            DIRECTORY.failure(
                f'The flavor {flavor} has an image cache, and [DEFAULT] '
                'image_cache_dir is not set.'
            )
        ]
    if not directory:
        return [
            DIRECTORY.warning(f'[DEFAULT] image_cache_dir is empty{where}.')
        ]
    in_the_way = _in_the_way(directory)
    if in_the_way is None:
        return []
    return [
        DIRECTORY.failure(
            f'[DEFAULT] image_cache_dir is {directory}{where}, and cannot be '
            f'made: {in_the_way} is not a directory.'
        )
    ]


def _in_the_way(directory: str) -> str | None:
    """Return what keeps the directory from being made."""
    path = os.path.abspath(directory)
    places = (
        cache_sqlite.in_the_way(os.path.join(path, part))
        for part in ('incomplete', 'invalid', 'queue')
    )
    return next(filter(None, places), None)


def _prefetcher(checker: context.Checker) -> list[results.Finding]:
    item = checker.written('DEFAULT', 'cache_prefetcher_interval')
    if item is None or not checker.crosses(NO_PREFETCHER):
        return []
    return [
        PREFETCHER.warning(
            f'{item.name} is set ({item.place}), and {NO_PREFETCHER}.0.0 and '
            'later ignore it.'
        )
    ]


def _shared_url(checker: context.Checker) -> list[results.Finding]:
    url = _url(checker)
    public = values.text(checker, 'DEFAULT', 'public_endpoint') or ''
    if (
        checker.target.major < WORKER_URL
        or not url
        or url.rstrip('/') != public.rstrip('/')
    ):
        return []
    where = values.place(checker, 'DEFAULT', 'worker_self_reference_url')
    return [
        SHARED_URL.warning(
            f'[DEFAULT] worker_self_reference_url is {url}{where}, and so is '
            'public_endpoint.'
        )
    ]


CHECKS = (
    plugins.Check(
        id='image-cache',
        title='Image cache',
        function=check_cache,
        kinds=(
            URL,
            URL_CACHING,
            cache_sqlite.LOCK_PATH,
            DIRECTORY,
            DRIVER,
            cache_sqlite.DATABASE,
            cache_sqlite.LOCKED,
            cache_sqlite.SQLITE,
            PREFETCHER,
            SHARED_URL,
        ),
        topic='cache',
        reads=('configuration', 'files'),
        description='Whether the image cache of the target starts and '
        'works with the driver, the directory and the URL that it has.',
    ),
)
