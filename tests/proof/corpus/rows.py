# SPDX-License-Identifier: Apache-2.0
"""Rows of the database that something is wrong with."""

import datetime
from collections import abc
from typing import Any

from tests.proof.corpus.change import ANYTHING, Change, Row, default, option
from tests.proof.corpus.stores import SECOND

NOW = datetime.datetime(2026, 1, 1)
PLANTED = '11111111-2222-4333-8444-555555555555'
"""The id of the image that requests for a planted one are about."""
COMMON = {'created_at': NOW, 'updated_at': NOW, 'deleted': False}
SERVED = {'planted': '200 active', 'content of planted': '200'}
# No server is there that would have the content.
REMOTE = {'planted': '200 active', 'content of planted': ANYTHING}
FILE = 'file://{path}/store/images/planted'


def image(**values: Any) -> Row:
    """Return an active image, with other values."""
    row = {
        'id': PLANTED,
        'name': 'planted',
        'status': 'active',
        'size': 7,
        'disk_format': 'raw',
        'container_format': 'bare',
        'owner': 'a-project',
        'visibility': 'private',
        'min_disk': 0,
        'min_ram': 0,
        'protected': False,
        'os_hidden': False,
        'os_hash_algo': 'sha512',
        'os_hash_value': '0' * 128,
        **COMMON,
    }
    return 'images', {**row, **values}


def shown(status: str) -> dict[str, str]:
    """Return what is answered about an image without its content."""
    return {'planted': f'200 {status}', 'content of planted': ANYTHING}


def location(value: str, meta: str = '{"store": "local"}', **more: Any) -> Row:
    """Return a location of the image."""
    row = {
        'image_id': PLANTED,
        'value': value,
        'meta_data': meta,
        'status': 'active',
        **COMMON,
    }
    return 'image_locations', {**row, **more}


def prop(name: str, value: str) -> Row:
    """Return a property of the image."""
    row = {'image_id': PLANTED, 'name': name, 'value': value, **COMMON}
    return 'image_properties', row


def task(status: str) -> Row:
    """Return a task of the API of tasks."""
    row = {
        'id': '99999999-2222-4333-8444-555555555555',
        'type': 'import',
        'status': status,
        'owner': 'a-project',
        **COMMON,
    }
    return 'tasks', row


def located(
    name: str,
    finding: str | None,
    value: str,
    meta: str = '{"store": "local"}',
    intended: abc.Mapping[str, str] | None = None,
    **more: Any,
) -> Change:
    """Return an image whose content is at a place."""
    return Change(
        name,
        (finding,) if finding else (),
        rows=(image(), location(value, meta)),
        files={'store/images/planted': 'content'},
        intended=SERVED if intended is None else intended,
        **more,
    )


HAZARDS = (
    located('an image in its store', None, FILE),
    located(
        'an image in an unknown store',
        'loc-store-unknown',
        'rbd://fsid/images/a/snap',
        '{"store": "ceph"}',
    ),
    located(
        'an image in a store whose name has changed',
        'loc-store-unknown',
        FILE,
        '{"store": "former"}',
    ),
    *(
        located(f'an image of the metadata {meta}', 'loc-metadata', FILE, meta)
        for meta in ("{'store': 'local'}", '', '[]', 'null')
    ),
    Change(
        'a deleted location of no JSON',
        ('loc-metadata',),
        'single store',
        rows=(
            image(),
            location(FILE),
            location('file:///x', 'x', deleted=True, status='deleted'),
        ),
        files={'store/images/planted': 'content'},
        intended=SERVED,
    ),
    Change(
        'a deleted image of metadata of no JSON',
        rows=(
            image(deleted=True, status='deleted'),
            location(FILE, 'x', deleted=True, status='deleted'),
        ),
        intended={'planted': ANYTHING, 'content of planted': ANYTHING},
    ),
    located('an image that names no store', 'loc-store-missing', FILE, '{}'),
    located(
        'an image that names its store as Stein did',
        'db-train-backend',
        FILE,
        '{"backend": "local"}',
    ),
    located(
        'an image in a store that is gone',
        'loc-scheme',
        'sheepdog://a',
        '{"store": "dogs"}',
    ),
    located(
        'an image that no driver serves',
        'loc-scheme',
        'gridfs://a',
        '{}',
    ),
    located(
        'a location that is no URL',
        'loc-encrypted',
        'ZmlsZTovLy92YXIvbGliL2dsYW5jZQ==',
    ),
    located(
        'an image with its credentials',
        'loc-s3-creds',
        's3+http://key:secret@127.0.0.1:1/glance/a',
        '{"store": "other"}',
        {'planted': ANYTHING, 'content of planted': ANYTHING},
        base='s3 beside',
    ),
    located(
        'an image in a volume without its store',
        'loc-cinder-legacy',
        'cinder://11111111-2222-4333-8444-666666666666',
        '{"store": "other"}',
        REMOTE,
        base='cinder beside',
    ),
    located(
        'an image at a reference that is not there',
        'loc-swift-reference',
        'swift+config://ref9/glance/a',
        '{"store": "other"}',
        REMOTE,
        base='swift beside',
    ),
    located(
        'an image at version 2 of Keystone',
        'loc-swift-auth',
        'swift+http://service%3Aglance:key@127.0.0.1:1/v2.0/glance/a',
        '{"store": "other"}',
        REMOTE,
        base='swift beside',
    ),
    located(
        'an image at a port that is filtered',
        'loc-http-filtered',
        'http://127.0.0.1:{port}/image',
        '{"store": "other"}',
        base='http beside',
    ),
    Change(
        'an image whose file is not there',
        ('loc-file-missing',),
        rows=(image(), location(FILE)),
        intended=SERVED,
    ),
    Change(
        'an image without a location',
        ('active-no-location',),
        rows=(image(),),
        intended=SERVED,
    ),
    *(
        Change(
            f'an image that is {status}',
            ('images-in-flight',),
            rows=(image(status=status, size=None),),
            intended=shown(status),
        )
        for status in ('saving', 'uploading', 'importing')
    ),
    Change(
        'an image without a hash',
        ('no-hash',),
        rows=(
            image(os_hash_algo=None, os_hash_value=None),
            location(FILE),
        ),
        files={'store/images/planted': 'content'},
        intended=SERVED,
    ),
    Change(
        'an image that needs less than no disk',
        ('image-values',),
        rows=(image(min_disk=-1), location(FILE)),
        files={'store/images/planted': 'content'},
        intended=SERVED,
    ),
    Change(
        'an image that needs less than no memory',
        ('image-values',),
        rows=(image(min_ram=-1), location(FILE)),
        files={'store/images/planted': 'content'},
        intended=SERVED,
    ),
    Change(
        'an image of an unknown visibility',
        ('image-values',),
        rows=(image(visibility='secret'), location(FILE)),
        files={'store/images/planted': 'content'},
        intended=SERVED,
    ),
    Change(
        'an image that was deleted, and needed less than no disk',
        rows=(image(min_disk=-1, status='deleted', deleted=True),),
    ),
    Change(
        'an image that waits for the scrubber',
        ('pending-delete',),
        sections=default(delayed_delete='false'),
        rows=(image(status='pending_delete', deleted=True),),
    ),
    Change(
        'an import that holds its lock',
        ('import-locks',),
        rows=(
            image(status='importing', size=None),
            prop('os_glance_import_task', 'a'),
        ),
        intended=shown('importing'),
    ),
    Change(
        'a property of the name of one of Glance',
        ('reserved-props',),
        rows=(
            image(),
            location(FILE),
            prop('os_glance_mine', 'a'),
            prop('stores', 'a'),
        ),
        files={'store/images/planted': 'content'},
        intended=SERVED,
    ),
    Change(
        'a task that is pending', ('tasks-in-flight',), rows=(task('pending'),)
    ),
    Change(
        'an image in the store that is not enabled any more',
        ('loc-store-unknown',),
        'plain',
        option('second', 'filesystem_store_datadir', SECOND),
        rows=(image(), location(f'file://{SECOND}/a', '{"store": "second"}')),
        files={'second/a': 'content'},
        intended=SERVED,
    ),
)
