# SPDX-License-Identifier: Apache-2.0
"""Make a Glance database of many images, with some that are bad.

Each image has eight properties, a location and two tags; every fourth is
shared with a project, and to every tenth belongs a task. Beside them stand
rows of every kind that the checks of rows look for. The database has to be
there and empty; the variable GLANCE_MANAGE names the glance-manage of an
installed Glance, which makes the tables.
"""

import argparse
import hashlib
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import uuid

import sqlalchemy

PROPERTIES = 8
# Images that one transaction makes.
CHUNK = 50_000
WHEN = "'2024-02-05 10:00:00'"

CONFIGURATION = """
[DEFAULT]
enabled_backends = fast:rbd, obj:s3, web:http, vol:cinder, sw:swift

[glance_store]
default_backend = fast

[database]
connection = {url}
"""

# The numbers from low to high as a table with the column n, and the UUID
# that belongs to a number, on each server.
NUMBERS = {
    'mysql': 'SELECT seq AS n FROM seq_{low}_to_{high}',
    'postgresql': 'SELECT n FROM generate_series({low}, {high}) AS n',
    'sqlite': 'WITH RECURSIVE c(n) AS (SELECT {low} UNION ALL '
    'SELECT n + 1 FROM c WHERE n < {high}) SELECT n FROM c',
}
UUID = {
    'mysql': "INSERT(INSERT(INSERT(INSERT(MD5({n}), 9, 0, '-'), 14, 0, '-'), "
    "19, 0, '-'), 24, 0, '-')",
    'postgresql': 'md5(({n})::text)::uuid::text',
    'sqlite': 'uuid_of({n})',
}
TEXT = {
    'mysql': 'CONCAT({})',
    'postgresql': 'CONCAT({})',
    'sqlite': 'text_of({})',
}


def uuid_of(number: int) -> str:
    """Return the id of an image by its number."""
    return str(uuid.UUID(hashlib.md5(str(number).encode()).hexdigest()))


# One statement a table: columns, expressions, and which numbers have a row.
ROWS = (
    (
        'images (id, name, size, status, visibility, checksum, os_hash_algo, '
        'os_hash_value, min_disk, min_ram, owner, protected, os_hidden, '
        'disk_format, container_format, created_at, updated_at, deleted)',
        "{uuid}, {name}, n * 1024, 'active', 'shared', 'c', 'sha512', 'abc', "
        "0, 0, 'project', false, false, 'qcow2', 'bare', {when}, {when}, "
        'false',
        'true',
    ),
    *(
        (
            'image_properties (image_id, name, value, created_at, '
            'updated_at, deleted)',
            f"{{uuid}}, 'property_{number}', {{name}}, {{when}}, {{when}}, "
            'false',
            'true',
        )
        for number in range(PROPERTIES)
    ),
    (
        'image_locations (image_id, value, meta_data, status, created_at, '
        'updated_at, deleted)',
        '{uuid}, {rbd}, \'{{"store"\\: "fast"}}\', \'active\', {when}, '
        '{when}, false',
        'true',
    ),
    *(
        (
            'image_tags (image_id, value, created_at, updated_at, deleted)',
            f"{{uuid}}, 'tag_{number}', {{when}}, {{when}}, false",
            'true',
        )
        for number in range(2)
    ),
    (
        'image_members (image_id, member, can_share, status, created_at, '
        'updated_at, deleted)',
        "{uuid}, 'other', false, 'accepted', {when}, {when}, false",
        'n % 4 = 0',
    ),
    (
        'tasks (id, type, status, owner, created_at, updated_at, deleted)',
        "{uuid}, 'api_image_import', 'success', 'project', {when}, {when}, "
        'false',
        'n % 10 = 0',
    ),
)

# What is made bad: a statement for a number, by the finding.
LOCATION = (
    'INSERT INTO image_locations (image_id, value, meta_data, status, '
    'created_at, updated_at, deleted) VALUES (:id, {value}, {meta}, '
    f'{{status}}, {WHEN}, {WHEN}, {{deleted}})'
)
PROPERTY = (
    'INSERT INTO image_properties (image_id, name, value, created_at, '
    f"updated_at, deleted) VALUES (:id, {{name}}, 'x', {WHEN}, {WHEN}, false)"
)


def _location(
    value: str,
    meta: str = '{"store"\\: "fast"}',
    status: str = 'active',
    deleted: str = 'false',
) -> str:
    return LOCATION.format(
        value=f"'{value}'",
        meta=f"'{meta}'",
        status=f"'{status}'",
        deleted=deleted,
    )


BAD = {
    'loc-scheme': _location('sheepdog\\://127.0.0.1\\:7000\\:x'),
    'loc-encrypted': _location('Z2FyYmFnZQ'),
    'loc-s3-creds': _location(
        's3\\://KEY\\:SECRET@s3.example.org/b/x', '{"store"\\: "obj"}'
    ),
    'loc-cinder-legacy': _location(
        'cinder\\://6a3f0000', '{"store"\\: "vol"}'
    ),
    'loc-swift-reference': _location(
        'swift+config\\://ref7/glance/x', '{"store"\\: "sw"}'
    ),
    'loc-swift-auth': _location(
        'swift+https\\://a%3Ab\\:c@id.example.org/v2.0/glance/x',
        '{"store"\\: "sw"}',
    ),
    'loc-http-filtered': _location(
        'http\\://example.org\\:8080/x', '{"store"\\: "web"}'
    ),
    'db-train-backend': _location('rbd\\://a/b/c/d', '{"backend"\\: "fast"}'),
    'loc-store-unknown': _location('rbd\\://a/b/c/d', '{"store"\\: "gone"}'),
    'loc-store-missing': _location('rbd\\://a/b/c/d', '{}'),
    'pending-delete': _location(
        'rbd\\://a/b/c/d', status='pending_delete', deleted='true'
    ),
    'images-in-flight': "UPDATE images SET status = 'saving' WHERE id = :id",
    'active-no-location': 'UPDATE image_locations SET deleted = true '
    'WHERE image_id = :id',
    'no-hash': 'UPDATE images SET os_hash_value = NULL WHERE id = :id',
    'import-locks': PROPERTY.format(name="'os_glance_import_task'"),
    'reserved-props': PROPERTY.format(name="'os_glance_mine'"),
    'tasks-in-flight': 'INSERT INTO tasks (id, type, status, owner, '
    "created_at, updated_at, deleted) VALUES (:new, 'import', 'pending', "
    f"'project', {WHEN}, {WHEN}, false)",
}


def make(url: str, images: int, bad: int) -> None:
    """Make tables and rows.

    :param bad: how many of each kind are bad
    """
    _tables(url)
    engine = sqlalchemy.create_engine(url)
    backend = engine.dialect.name
    if backend == 'sqlite':
        sqlalchemy.event.listen(engine, 'connect', _functions)
    for low in range(1, images + 1, CHUNK):
        high = min(low + CHUNK - 1, images)
        with engine.begin() as connection:
            for statement in _statements(backend, low, high):
                connection.execute(sqlalchemy.text(statement))
        print(f'{high} of {images} images', file=sys.stderr)
    with engine.begin() as connection:
        for kind, statement in enumerate(BAD.values()):
            for number in range(bad):
                # Far from each other, and no image twice.
                image = 1 + (number * len(BAD) + kind) * max(
                    images // (bad * len(BAD)), 1
                )
                values = {'id': uuid_of(image), 'new': uuid_of(-image)}
                connection.execute(
                    sqlalchemy.text(statement),
                    {n: v for n, v in values.items() if f':{n}' in statement},
                )
    analyze = 'ANALYZE TABLE ' if backend == 'mysql' else 'ANALYZE '
    with engine.connect().execution_options(
        isolation_level='AUTOCOMMIT'
    ) as connection:
        for table in ('images', 'image_locations', 'image_properties'):
            connection.execute(sqlalchemy.text(f'{analyze}{table}'))


def _tables(url: str) -> None:
    with tempfile.TemporaryDirectory() as directory:
        conf = pathlib.Path(directory, 'glance-api.conf')
        conf.write_text(f'[database]\nconnection = {url}\n')
        subprocess.run(
            [
                os.environ['GLANCE_MANAGE'],
                *('--config-file', str(conf), 'db', 'sync'),
            ],
            check=True,
            capture_output=True,
        )


def _functions(connection: sqlite3.Connection, _record: object) -> None:
    connection.create_function('uuid_of', 1, uuid_of)
    connection.create_function(
        'text_of', -1, lambda *parts: ''.join(map(str, parts))
    )


def _statements(backend: str, low: int, high: int) -> list[str]:
    numbers = NUMBERS[backend].format(low=low, high=high)
    identity = UUID[backend].format(n='n')
    text = TEXT[backend]
    values = {
        'uuid': identity,
        'name': text.format("'image ', n"),
        'rbd': text.format(f"'rbd\\://fsid/images/', {identity}, '/snap'"),
        'when': 'TIMESTAMP ' + WHEN if backend == 'postgresql' else WHEN,
    }
    return [
        f'INSERT INTO {table} SELECT {columns.format(**values)} '
        f'FROM ({numbers}) AS numbers WHERE {which}'
        for table, columns, which in ROWS
    ]


def main() -> None:
    """Make the database that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('url', help='such as mysql+pymysql://u:p@host/name')
    parser.add_argument('images', type=int)
    parser.add_argument('--bad', type=int, default=17)
    args = parser.parse_args()
    make(args.url, args.images, args.bad)


if __name__ == '__main__':
    main()
