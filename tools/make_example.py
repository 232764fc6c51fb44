# SPDX-License-Identifier: Apache-2.0
"""Make examples/deployment/glance.sql anew, with the real Glance.

It needs glance-manage of an installed Glance, named by the environment
variable GLANCE_MANAGE. The same Glance gives the same file.
"""

import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
from collections import abc
from typing import Any

REVISION = '2023_1_contract01'
OUTPUT = (
    pathlib.Path(__file__).resolve().parents[1]
    / 'examples'
    / 'deployment'
    / 'glance.sql'
)

GIB = 2**30
LONG_AGO = '2019-03-04 09:00:00.000000'
CREATED = '2024-02-05 10:00:00.000000'
LATELY = '2026-10-20 08:30:00.000000'

SERVICE = '5e0000000000400080000000000000aa'
ACME = '5e0000000000400080000000000000ac'

Row = dict[str, Any]


def uuid(number: int) -> str:
    """Return a made-up identifier that is easy to tell in a report."""
    return f'1a9e0000-0000-4000-8000-{number:012d}'


def image(number: int, name: str, **more: Any) -> Row:
    """Return a row of images: active, private and hashed unless told."""
    return {
        'id': uuid(number),
        'name': name,
        'size': 2 * GIB,
        'status': 'active',
        'created_at': CREATED,
        'updated_at': CREATED,
        'deleted': False,
        'disk_format': 'qcow2',
        'container_format': 'bare',
        'checksum': f'{number:032x}',
        'owner': ACME,
        'min_disk': 0,
        'min_ram': 0,
        'protected': False,
        'visibility': 'private',
        'os_hidden': False,
        'os_hash_algo': 'sha512',
        'os_hash_value': f'{number:0128x}',
    } | more


NO_DATA = {
    'size': None,
    'checksum': None,
    'os_hash_algo': None,
    'os_hash_value': None,
}

IMAGES = [
    image(1, 'debian-12', owner=SERVICE, visibility='public'),
    image(2, 'ubuntu-22.04', owner=SERVICE, visibility='public'),
    image(3, 'acme-golden', visibility='shared', protected=True),
    # Stored before Train, and never read since.
    image(4, 'acme-erp-2019', created_at=LONG_AGO, updated_at=LONG_AGO),
    # In the store that has no driver any more.
    image(
        5,
        'acme-archive-2018',
        created_at=LONG_AGO,
        updated_at=LONG_AGO,
        os_hash_algo=None,
        os_hash_value=None,
    ),
    image(
        6,
        'acme-archive-2019',
        created_at=LONG_AGO,
        updated_at=LONG_AGO,
        os_hash_algo=None,
        os_hash_value=None,
        os_hidden=True,
    ),
    # From before the change to several stores.
    image(7, 'centos-7', owner=SERVICE, visibility='public', os_hidden=True),
    # In a store that the configuration does not know.
    image(8, 'acme-appliance', disk_format='raw'),
    image(9, 'acme-lost', visibility='community'),
    image(10, 'acme-uploading', status='saving', updated_at=LATELY, **NO_DATA),
    image(
        11, 'acme-importing', status='importing', updated_at=LATELY, **NO_DATA
    ),
    image(12, 'acme-planned', status='queued', **NO_DATA),
    image(
        13,
        'acme-to-be-scrubbed',
        status='pending_delete',
        deleted=True,
        deleted_at=LATELY,
        updated_at=LATELY,
    ),
    image(
        14, 'acme-deleted', status='deleted', deleted=True, deleted_at=CREATED
    ),
]


def location(number: int, value: str, meta_data: Row, **more: Any) -> Row:
    """Return a row of image_locations: active unless told."""
    return {
        'image_id': uuid(number),
        'value': value,
        'created_at': CREATED,
        'updated_at': CREATED,
        'deleted': False,
        'meta_data': json.dumps(meta_data),
        'status': 'active',
    } | more


def rbd(number: int) -> str:
    """Return the customary URL of an image in Ceph."""
    return f'rbd://{uuid(0)}/images/{uuid(number)}/snap'


LOCATIONS = [
    location(1, rbd(1), {'store': 'ceph'}),
    location(2, rbd(2), {'store': 'ceph'}),
    location(
        2, f'file:///var/lib/glance/images/{uuid(2)}', {'store': 'local'}
    ),
    location(3, rbd(3), {'store': 'ceph'}),
    location(4, rbd(4), {'backend': 'ceph'}),
    location(5, f'sheepdog://127.0.0.1:7000:{uuid(5)}', {'store': 'dogs'}),
    location(6, f'sheepdog://127.0.0.1:7000:{uuid(6)}', {'backend': 'dogs'}),
    location(7, f'file:///var/lib/glance/images/{uuid(7)}', {}),
    location(
        8, 'http://mirror.example.org:8080/appliance.img', {'store': 'web'}
    ),
    location(
        13,
        rbd(13),
        {'store': 'ceph'},
        deleted=True,
        deleted_at=LATELY,
        status='pending_delete',
    ),
    location(
        14,
        f'sheepdog://127.0.0.1:7000:{uuid(14)}',
        {'store': 'dogs'},
        deleted=True,
        deleted_at=CREATED,
        status='deleted',
    ),
]


def item(number: int, **columns: Any) -> Row:
    """Return a row of one of the small tables about an image."""
    return {
        'image_id': uuid(number),
        'created_at': CREATED,
        'updated_at': CREATED,
        'deleted': False,
    } | columns


PROPERTIES = [
    item(1, name='os_distro', value='debian'),
    item(1, name='hw_disk_bus', value='virtio'),
    item(2, name='os_distro', value='ubuntu'),
    item(3, name='hw_firmware_type', value='uefi'),
    # It stays, empty, after every import.
    item(3, name='os_glance_importing_to_stores', value=''),
    item(11, name='os_glance_import_task', value=uuid(901)),
    item(11, name='os_glance_importing_to_stores', value='ceph,local'),
    # A user's, from before the name was reserved.
    item(12, name='stores', value='fast'),
]

TAGS = [item(1, value='lts'), item(2, value='lts')]

MEMBERS = [item(3, member=SERVICE, can_share=False, status='accepted')]


def task(number: int, status: str, **more: Any) -> Row:
    """Return a row of tasks."""
    return {
        'id': uuid(number),
        'type': 'api_image_import',
        'status': status,
        'owner': ACME,
        'created_at': CREATED,
        'updated_at': CREATED,
        'deleted': False,
    } | more


TASKS = [
    task(900, 'success', image_id=uuid(3)),
    task(901, 'processing', image_id=uuid(11), updated_at=LATELY),
]

ROWS = {
    'images': IMAGES,
    'image_locations': LOCATIONS,
    'image_properties': PROPERTIES,
    'image_tags': TAGS,
    'image_members': MEMBERS,
    'tasks': TASKS,
}


def make_schema(glance_manage: str, path: pathlib.Path) -> None:
    """Have Glance's own migrations make the tables."""
    conf = path.with_suffix('.conf')
    conf.write_text(f'[database]\nconnection = sqlite:///{path}\n', 'utf-8')
    subprocess.run(
        [
            glance_manage,
            '--config-file',
            str(conf),
            'db',
            'upgrade',
            '--version',
            REVISION,
        ],
        check=True,
        stdout=subprocess.DEVNULL,
    )


def fill(connection: sqlite3.Connection) -> None:
    """Insert the rows, numbering those that have no identifier."""
    for table, rows in ROWS.items():
        for number, row in enumerate(rows, 1):
            values = row if 'id' in row else {'id': number} | row
            names = ', '.join(values)
            marks = ', '.join('?' * len(values))
            connection.execute(
                f'INSERT INTO {table} ({names}) VALUES ({marks})',
                tuple(values.values()),
            )
    connection.commit()


def dump(connection: sqlite3.Connection) -> abc.Iterator[str]:
    """Give the statements that make the database again, in a fixed order."""
    yield 'BEGIN;'
    objects = connection.execute(
        'SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL '
        "ORDER BY type = 'table' DESC, name"
    ).fetchall()
    for kind, name, sql in objects:
        yield '\n'.join(line.rstrip() for line in sql.split('\n')) + ';'
        if kind == 'table':
            yield from dump_rows(connection, name)
    yield 'COMMIT;'


def dump_rows(connection: sqlite3.Connection, table: str) -> abc.Iterator[str]:
    """Give an INSERT for each row of a table, in the order of its key."""
    columns = [
        row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')
    ]
    values = " || ', ' || ".join(f'quote("{name}")' for name in columns)
    for row in connection.execute(
        f'SELECT {values} FROM "{table}" ORDER BY "{columns[0]}"'
    ):
        yield (
            f'INSERT INTO {table} ({", ".join(columns)})\nVALUES ({row[0]});'
        )


def main() -> int:
    """Return the exit code."""
    glance_manage = os.environ.get('GLANCE_MANAGE')
    if not glance_manage:
        print(
            'GLANCE_MANAGE does not name the glance-manage of a Glance',
            file=sys.stderr,
        )
        return 1
    with tempfile.TemporaryDirectory() as directory:
        path = pathlib.Path(directory, 'glance.sqlite')
        make_schema(glance_manage, path)
        connection = sqlite3.connect(path)
        fill(connection)
        lines = list(dump(connection))
        connection.close()
    OUTPUT.write_text(
        '-- The database of the example, at the schema of 2023.1 and 2023.2.'
        '\n-- Made by tools/make_example.py: do not edit.\n'
        + '\n'.join(lines)
        + '\n',
        'utf-8',
    )
    return 0


if __name__ == '__main__':
    sys.exit(main())
