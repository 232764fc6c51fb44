# SPDX-License-Identifier: Apache-2.0
"""What is asked of a Glance that has started, and what its answers mean."""

import json
from collections import abc
from typing import Any

from tests.proof import real
from tests.proof.corpus import rows

CONTENT = 'content'
IMAGE = '5d5cc0f2-4b0b-4a3f-9a51-6f2f6f6a7d11'
IMPORTED = '5d5cc0f2-4b0b-4a3f-9a51-6f2f6f6a7d12'
FETCHED = '5d5cc0f2-4b0b-4a3f-9a51-6f2f6f6a7d13'
SHARED = json.dumps(
    [
        {'op': 'replace', 'path': '/visibility', 'value': 'shared'},
        {'op': 'add', 'path': '/a_property', 'value': 'a'},
    ]
)
MEMBER = '{"member": "b-project"}'
PATCH = 'application/openstack-images-v2.1-json-patch'
STRANGER = {**real.ADMIN, 'X-Roles': 'stranger'}
TOKEN = {'X-Auth-Token': 'a-token'}
# What an import leaves an image in, done or undone.
ENDS = ('active', 'queued', 'killed', 'deleted')

Headers = dict[str, str]


def _body(image: str) -> str:
    return json.dumps(
        {'id': image, 'disk_format': 'raw', 'container_format': 'bare'}
    )


def _requests(
    admin: Headers, stranger: Headers, server: str
) -> abc.Iterator[tuple[str, str, str, Headers, str, tuple[str, ...]]]:
    upload = {**admin, 'Content-Type': 'application/octet-stream'}
    patch = {**admin, 'Content-Type': PATCH}
    image, imported = f'/v2/images/{IMAGE}', f'/v2/images/{IMPORTED}'
    fetched = f'/v2/images/{FETCHED}'
    planted = f'/v2/images/{rows.PLANTED}'
    method = json.dumps({'method': {'name': 'glance-direct'}})
    place = {'name': 'web-download', 'uri': f'{server}/image'}
    fetch = json.dumps({'method': place})
    yield 'versions', 'GET', '/', {}, '', ()
    yield 'health', 'GET', '/healthcheck', {}, '', ()
    yield 'list', 'GET', '/v2/images', admin, '', ()
    yield 'list as a stranger', 'GET', '/v2/images', stranger, '', ()
    yield 'create', 'POST', '/v2/images', admin, _body(IMAGE), ()
    yield 'upload', 'PUT', f'{image}/file', upload, CONTENT, ()
    yield 'tag', 'PUT', f'{image}/tags/a', admin, '', ()
    yield 'share', 'PATCH', image, patch, SHARED, ()
    yield 'member', 'POST', f'{image}/members', admin, MEMBER, ()
    yield 'show', 'GET', image, admin, '', ()
    yield 'download', 'GET', f'{image}/file', admin, '', ()
    # The second one comes out of a cache.
    yield 'download again', 'GET', f'{image}/file', admin, '', ()
    yield 'delete', 'DELETE', image, admin, '', ()
    yield 'schema', 'GET', '/v2/schemas/image', admin, '', ()
    yield 'stores', 'GET', '/v2/info/stores', admin, '', ()
    yield 'methods', 'GET', '/v2/info/import', admin, '', ()
    yield 'tasks', 'GET', '/v2/tasks', admin, '', ()
    yield 'metadefs', 'GET', '/v2/metadefs/namespaces', admin, '', ()
    # Before an import goes on in the background: SQLite has one writer.
    yield 'planted', 'GET', planted, admin, '', ()
    yield 'content of planted', 'GET', f'{planted}/file', admin, '', ()
    yield 'create to import', 'POST', '/v2/images', admin, _body(IMPORTED), ()
    yield 'stage', 'PUT', f'{imported}/stage', upload, CONTENT, ()
    yield 'import', 'POST', f'{imported}/import', admin, method, ()
    yield 'imported', 'GET', imported, admin, '', ENDS
    yield 'content of imported', 'GET', f'{imported}/file', admin, '', ()
    yield 'create to fetch', 'POST', '/v2/images', admin, _body(FETCHED), ()
    yield 'fetch', 'POST', f'{fetched}/import', admin, fetch, ()
    yield 'fetched', 'GET', fetched, admin, '', ('active', 'killed', 'queued')


def requests(tokens: bool, server: str) -> list[tuple[str, tuple[Any, ...]]]:
    """Return (name, request) each.

    :param tokens: whether who asks is known by a token, not by headers
    :param server: the address of a web server that images come from
    """
    admin, stranger = (TOKEN, {}) if tokens else (real.ADMIN, STRANGER)
    return [
        (name, (method, path, headers, body, list(until)))
        for name, method, path, headers, body, until in _requests(
            admin, stranger, server
        )
    ]


def meaning(name: str, status: int, text: str) -> str:
    """Return an answer in short: its status, and what is wrong with it."""
    if status != 200:
        return str(status)
    if name in ('show', 'imported', 'fetched', 'planted'):
        return f'200 {json.loads(text)["status"]}'
    if name.startswith(('download', 'content')):
        return '200' if text == CONTENT else '200, other content'
    return '200'
