# SPDX-License-Identifier: Apache-2.0
"""What the live schema says of itself."""

import typing

import sqlalchemy
from sqlalchemy import exc

from glance_status import complaints, tables
from glance_status.releases import chain


class Schema(typing.NamedTuple):
    """The names in a database, and the revisions that it is stamped with.

    :param tables: the names of all tables
    :param columns: the columns of each table that was looked into
    :param revisions: what stands in alembic_version, sorted
    :param migrate_version: what sqlalchemy-migrate left; None where it did
        not
    """

    tables: frozenset[str]
    columns: dict[str, frozenset[str]]
    revisions: tuple[str, ...]
    migrate_version: int | None


def read(
    connection: sqlalchemy.Connection, look_into: typing.Iterable[str] = ()
) -> Schema:
    """Return the schema of a database.

    :param look_into: the tables whose columns are wanted
    """
    inspector = sqlalchemy.inspect(connection)
    names = inspector.get_table_names()
    wanted = sorted({*look_into} & {*names})
    columns = {
        name: frozenset(column['name'] for column in found)
        for (_schema, name), found in (
            inspector.get_multi_columns(filter_names=wanted).items()
            if wanted
            else ()
        )
    }
    migrate_version = None
    if tables.MIGRATE_VERSION.name in names:
        migrate_version = connection.scalar(
            sqlalchemy.select(
                sqlalchemy.func.max(tables.MIGRATE_VERSION.c.version)
            )
        )
    return Schema(
        frozenset(names),
        columns,
        _stamped(connection, names),
        migrate_version,
    )


def table_names(connection: sqlalchemy.Connection) -> frozenset[str]:
    """Return the names of all tables."""
    return frozenset(sqlalchemy.inspect(connection).get_table_names())


def raise_if_hidden(
    connection: sqlalchemy.Connection, names: typing.Iterable[str]
) -> None:
    """Raise the server's refusal of a table that seems not to be there.

    MariaDB and MySQL do not list the tables that the user may not read.
    """
    if connection.dialect.name not in ('mysql', 'mariadb'):
        return
    for name in sorted(names):
        nothing = (
            sqlalchemy.select(sqlalchemy.func.count())
            .select_from(sqlalchemy.table(name))
            .where(sqlalchemy.false())
        )
        try:
            connection.execute(nothing)
        except exc.DBAPIError as error:
            if complaints.denied(error):
                raise


def revisions(connection: sqlalchemy.Connection) -> tuple[str, ...]:
    """Return what stands in alembic_version; nothing where there is none."""
    inspector = sqlalchemy.inspect(connection)
    return _stamped(connection, inspector.get_table_names())


def indexes(
    connection: sqlalchemy.Connection, names: typing.Iterable[str]
) -> set[str]:
    """Return the names of the indexes of some tables."""
    inspector = sqlalchemy.inspect(connection)
    return {
        index['name']
        for name in names
        for index in inspector.get_indexes(name)
        if index['name']
    }


def triggers(connection: sqlalchemy.Connection) -> set[str]:
    """Return the names of the triggers of images, on MariaDB and MySQL."""
    rows = connection.exec_driver_sql(
        'SELECT trigger_name FROM information_schema.triggers WHERE '
        "event_object_schema = DATABASE() AND event_object_table = 'images'"
    )
    return set(rows.scalars())


def missing_columns(
    connection: sqlalchemy.Connection,
    table: sqlalchemy.TableClause,
    names: set[str],
) -> set[str] | None:
    """Return the columns that are not there, None without the table."""
    inspector = sqlalchemy.inspect(connection)
    if not inspector.has_table(table.name, schema=table.schema):
        return None
    there = inspector.get_columns(table.name, schema=table.schema)
    return names - {column['name'] for column in there}


def _stamped(
    connection: sqlalchemy.Connection, names: list[str]
) -> tuple[str, ...]:
    if tables.ALEMBIC_VERSION.name not in names:
        return ()
    rows = connection.scalars(
        sqlalchemy.select(tables.ALEMBIC_VERSION.c.version_num)
    )
    return tuple(sorted(filter(None, rows)))


class Difference(typing.NamedTuple):
    """What a database has too little and too much, both sorted."""

    missing: tuple[chain.SchemaObject, ...]
    extra: tuple[chain.SchemaObject, ...]

    def __bool__(self) -> bool:
        return bool(self.missing or self.extra)


def difference(rows: typing.Iterable[str], live: Schema) -> Difference:
    """Compare tables and columns with what some revisions make.

    :param rows: as in alembic_version
    """
    done = chain.included(rows)
    steps = chain.revisions()
    expected = chain.schema(done)
    dropped = frozenset[chain.SchemaObject]().union(
        *(step.removes for step in steps if step.id in done)
    )
    # The tables of the artifacts, which Pike dropped, hurt nobody.
    unwanted = chain.later(done) | {
        item for item in dropped - expected if item.table == 'images'
    }
    return Difference(
        _outermost(i for i in expected if _is_there(i, live) is False),
        _outermost(i for i in unwanted if _is_there(i, live)),
    )


def fitting(live: Schema, connection: sqlalchemy.Connection) -> str | None:
    """Return the oldest revision whose schema is exactly what is there."""
    found = indexes(connection, live.columns)
    for step in chain.revisions():
        if difference([step.id], live):
            continue
        done = chain.included([step.id])
        # The names of the first indexes differ from server to server.
        wanted = {
            item.name
            for each in chain.revisions()
            if each.id in done and each.branch != 'initial'
            for item in each.adds
            if item.kind == 'index'
        }
        return step.id if wanted <= found else None
    return None


def _outermost(
    items: typing.Iterable[chain.SchemaObject],
) -> tuple[chain.SchemaObject, ...]:
    """Leave out the columns of tables that are in the list themselves."""
    found = set(items)
    whole = {item.table for item in found if item.kind == 'table'}
    return tuple(
        sorted(
            item
            for item in found
            if item.kind == 'table' or item.table not in whole
        )
    )


def _is_there(item: chain.SchemaObject, live: Schema) -> bool | None:
    """Tell whether a table or column is there; None where nobody looked."""
    if item.kind == 'table':
        return item.table in live.tables
    if item.kind == 'column' and item.table in live.columns:
        return item.name in live.columns[item.table]
    return None
