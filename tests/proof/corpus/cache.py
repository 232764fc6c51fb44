# SPDX-License-Identifier: Apache-2.0
"""Image caches that something is wrong with."""

from tests.proof.corpus.change import Change, default, option

CENTRAL = 'cachemanagement, central'
CACHING = 'caching, central'
XATTR = 'cachemanagement, xattr'
SQLITE = 'cachemanagement, sqlite'

HAZARDS = (
    Change(
        'no URL of the node, managed',
        ('cache-url',),
        CENTRAL,
        default(worker_self_reference_url=None),
    ),
    Change(
        'an empty URL of the node',
        ('cache-url',),
        CENTRAL,
        default(worker_self_reference_url=''),
    ),
    Change(
        'no URL of the node, not managed',
        ('cache-url-caching',),
        CACHING,
        default(worker_self_reference_url=None),
    ),
    Change(
        'no directory of the cache, managed',
        ('cache-dir',),
        CENTRAL,
        default(image_cache_dir=None),
    ),
    Change(
        'no directory of the cache',
        ('cache-dir',),
        CACHING,
        default(image_cache_dir=None),
    ),
    Change(
        'no directory of the cache, xattr',
        ('cache-dir',),
        XATTR,
        default(image_cache_dir=None),
    ),
    Change(
        'no directory of the cache, sqlite',
        ('cache-dir',),
        SQLITE,
        default(image_cache_dir=None),
    ),
    Change(
        'a file where the cache is to be',
        ('cache-dir',),
        CACHING,
        default(image_cache_dir='{path}/glance-api.conf/cache'),
    ),
    Change(
        'an unknown driver of the cache',
        ('cache-driver',),
        CACHING,
        default(image_cache_driver='redis'),
    ),
    Change(
        'a driver of the cache in capitals',
        ('cache-driver',),
        CENTRAL,
        default(image_cache_driver='XATTR'),
    ),
    Change(
        'an empty driver of the cache',
        ('cache-driver',),
        CENTRAL,
        default(image_cache_driver=''),
    ),
    Change(
        'an unknown driver of a cache that is off',
        ('cache-driver',),
        sections=default(image_cache_driver='redis'),
    ),
    Change(
        'an old cache, and no lock path',
        ('cache-lock-path',),
        CENTRAL,
        {
            'DEFAULT': {'image_cache_dir': '{path}/store'},
            'oslo_concurrency': {'lock_path': None},
        },
        files={'store/cache.db': ''},
    ),
    Change(
        'the driver sqlite',
        ('cache-sqlite-deprecated',),
        SQLITE,
    ),
    *(
        Change(
            f'the database {name or "of nothing"} of the driver sqlite',
            ('cache-sqlite-db',),
            SQLITE,
            default(image_cache_sqlite_db=name),
            files={'cache/sub/x': ''},
        )
        for name in ('', 'sub', 'none/cache.db', '/none/cache.db')
    ),
    *(
        Change(
            f'the lock at {path or repr(path)} of the driver sqlite',
            findings,
            SQLITE,
            option('oslo_concurrency', 'lock_path', path),
        )
        for findings, path in (
            (('cache-lock-unusable',), ''),
            (('cache-lock-unusable',), '{path}/glance-api.conf/locks'),
            (('cache-sqlite-deprecated',), None),
            (('cache-sqlite-deprecated',), '{path}/new/locks'),
        )
    ),
    Change(
        'a database of another name of the driver sqlite',
        ('cache-sqlite-deprecated',),
        SQLITE,
        default(image_cache_sqlite_db='sub/cache.db'),
        files={'cache/sub/x': ''},
    ),
    Change(
        'the interval of the prefetcher',
        ('cache-prefetch-opt',),
        CENTRAL,
        default(cache_prefetcher_interval='300'),
    ),
    Change(
        'the URL of the node is the public one',
        ('worker-url-shared',),
        CENTRAL,
        default(
            worker_self_reference_url='http://images.example.com:9292',
            public_endpoint='http://images.example.com:9292',
        ),
    ),
    Change(
        'a cache that knows other nodes alone',
        ('node-refs',),
        CENTRAL,
        rows=(
            (
                'node_reference',
                {
                    'node_reference_id': 7,
                    'node_reference_url': 'http://node7.example.com:9292',
                },
            ),
        ),
    ),
    Change(
        'tables of the cache are missing',
        ('cache-tables', 'db-half-applied'),
        CENTRAL,
        sql=('DROP TABLE cached_images',),
    ),
    Change(
        'both tables of the cache are missing',
        ('cache-tables', 'db-half-applied'),
        CENTRAL,
        sql=('DROP TABLE cached_images', 'DROP TABLE node_reference'),
    ),
    Change(
        'the size of the cache is no number',
        ('value-refused',),
        CENTRAL,
        default(image_cache_max_size='10GB'),
    ),
)
