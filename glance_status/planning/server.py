# SPDX-License-Identifier: Apache-2.0
"""What a server says of itself, and of how large its tables are."""

import typing

import sqlalchemy

from glance_status import migrations
from glance_status.planning import values
from glance_status.releases import layouts


def of(connection: sqlalchemy.Connection) -> migrations.Server:
    """Return the kind of a server, and its version."""
    dialect = connection.dialect
    kind = dialect.name
    if getattr(dialect, 'is_mariadb', False):
        kind = 'mariadb'
    version = getattr(dialect, 'server_version_info', None)
    if kind == 'sqlite':
        said = connection.scalar(sqlalchemy.text('SELECT sqlite_version()'))
        version = tuple(map(int, str(said).split('.')))
    return migrations.Server(
        kind, tuple(part for part in version or () if isinstance(part, int))
    )


def sizes(
    server: migrations.Server, connection: sqlalchemy.Connection
) -> tuple[values.Size, ...]:
    """Return how large the tables are, as the server estimates it."""
    return tuple(_SIZES[server.family](connection))


def _mysql_sizes(
    connection: sqlalchemy.Connection,
) -> typing.Iterator[values.Size]:
    found = connection.exec_driver_sql(
        'SELECT table_name, table_rows, data_length + index_length, '
        'row_format FROM information_schema.tables '
        'WHERE table_schema = DATABASE()'
    )
    for name, rows, size, row_format in found:
        yield values.Size(name, rows, size, row_format == 'Compressed')


def _postgresql_sizes(
    connection: sqlalchemy.Connection,
) -> typing.Iterator[values.Size]:
    found = connection.exec_driver_sql(
        'SELECT relname, reltuples::bigint, pg_total_relation_size(oid) FROM '
        "pg_class WHERE relkind = 'r' AND "
        'relnamespace = current_schema()::regnamespace'
    )
    for name, rows, size in found:
        # It was never analysed.
        yield values.Size(name, None if rows < 0 else rows, size)


def _sqlite_sizes(
    connection: sqlalchemy.Connection,
) -> typing.Iterator[values.Size]:
    names = sqlalchemy.inspect(connection).get_table_names()
    for name in sorted({*names} & layouts.ever().keys()):
        table = sqlalchemy.table(name, sqlalchemy.column('rowid'))
        # Rows that were deleted count as well, but none is read.
        rows = connection.scalar(
            sqlalchemy.select(sqlalchemy.func.max(table.c.rowid))
        )
        yield values.Size(name, rows or 0, None)


_SIZES = {
    'mysql': _mysql_sizes,
    'postgresql': _postgresql_sizes,
    'sqlite': _sqlite_sizes,
}
