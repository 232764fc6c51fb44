# SPDX-License-Identifier: Apache-2.0
"""Which way to go through a table of a live database."""

import contextlib
import re
import typing
from collections import abc

import sqlalchemy
from sqlalchemy import exc

from glance_status import ranges

# A name that needs no quotes.
_PLAIN = re.compile(r'[a-z_][a-z0-9_]*')
# Where blocks can be found by their number alone.
_POSTGRESQL = (14,)
_BLOCK = "current_setting('block_size')::bigint"
_OF_A_TABLE = (
    'FROM pg_class '
    "WHERE oid = to_regclass(:name) AND relkind = 'r' AND NOT relhassubclass"
)
_BLOCKS = sqlalchemy.text(
    f'SELECT pg_relation_size(oid) / {_BLOCK} {_OF_A_TABLE}'
)
# As the last VACUUM or ANALYZE counted them: to ask the server for the file
# waits for whoever keeps all others from the table.
_ESTIMATED_BLOCKS = sqlalchemy.text(f'SELECT relpages {_OF_A_TABLE}')

# Bytes of a part of a table that one of several connections reads, and how
# many parts there are at most: at the end, none has to wait for long.
_PART = 64 * 2**20
_MOST_PARTS = 16

# Bytes of tables that PostgreSQL joins in about a second, with a hash.
_AT_ONCE = 512 * 2**20
# What three processes may take for it, as each may take a third of that.
_MEMORY_OF_SEVERAL = '192MB'
_SIZES = sqlalchemy.text(
    'SELECT name, pg_relation_size(to_regclass(name)) '
    'FROM unnest(CAST(:names AS text[])) AS name'
)
_ESTIMATED_SIZES = sqlalchemy.text(
    f'SELECT name, relpages * {_BLOCK} '
    'FROM unnest(CAST(:names AS text[])) AS name '
    'JOIN pg_class ON pg_class.oid = to_regclass(name)'
)

_WORKERS = sqlalchemy.text(
    "SELECT current_setting('max_parallel_workers_per_gather')::int"
)

Way = ranges.Walk | ranges.Whole


def workers(connection: sqlalchemy.Connection) -> int:
    """Return how many processes help PostgreSQL's with a statement."""
    return int(connection.scalar(_WORKERS) or 0)


def sizes(
    connection: sqlalchemy.Connection,
    names: abc.Iterable[str],
    statement: sqlalchemy.TextClause = _SIZES,
) -> dict[str, int]:
    """Return the bytes of PostgreSQL's tables by name, none elsewhere."""
    plain = [name for name in names if _PLAIN.fullmatch(name)]
    if connection.dialect.name != 'postgresql' or not plain:
        return {}
    rows = connection.execute(statement, {'names': plain})
    return {name: size or 0 for name, size in rows}


def estimated_sizes(
    connection: sqlalchemy.Connection, names: abc.Iterable[str]
) -> dict[str, int]:
    """Return the same as of the last VACUUM; it waits for nobody's lock."""
    return sizes(connection, names, _ESTIMATED_SIZES)


def _blocks(
    connection: sqlalchemy.Connection,
    table: sqlalchemy.FromClause,
    key: sqlalchemy.ColumnElement[typing.Any] | None,
    statement: sqlalchemy.TextClause = _BLOCKS,
) -> int:
    """Return how many blocks a table can be read by, 0 for none.

    By the key, which is random, each row would be in another block than the
    one before. A row that somebody writes meanwhile may move, mostly within
    its block.
    """
    if (
        connection.dialect.name != 'postgresql'
        or (connection.dialect.server_version_info or ()) < _POSTGRESQL
        or key is None
        or not isinstance(table, sqlalchemy.TableClause)
        or not _PLAIN.fullmatch(table.name)
        or table.schema
    ):
        return 0
    return int(connection.scalar(statement, {'name': table.name}) or 0)


def parts(
    connection: sqlalchemy.Connection,
    table: sqlalchemy.FromClause,
    key: sqlalchemy.ColumnElement[typing.Any] | None,
    size: int,
) -> list[ranges.Range]:
    """Return parts of a table that several connections may read.

    The last one is open: it may have grown since the last VACUUM.

    :param size: of the table, in bytes, about
    """
    number = min(size // _PART, _MOST_PARTS)
    if number < 2:
        return [ranges.WHOLE]
    blocks = _blocks(connection, table, key, _ESTIMATED_BLOCKS)
    return ranges.split(blocks, number) if blocks else [ranges.WHOLE]


def through(
    connection: sqlalchemy.Connection,
    table: sqlalchemy.FromClause,
    key: sqlalchemy.ColumnElement[typing.Any] | None,
    seconds: float,
    part: ranges.Range = ranges.WHOLE,
) -> Way:
    """Return the ranges in which a table is read fastest.

    :param seconds: that a statement may take, about
    :param part: that is to be read, one of ``parts``
    """
    if part.upto is None:
        blocks = _blocks(connection, table, key) or part.blocks
        part = part._replace(blocks=blocks)
    if part.blocks:
        return ranges.walk_blocks(part, seconds)
    return by_key(connection, table, key, seconds)


def by_key(
    connection: sqlalchemy.Connection,
    table: sqlalchemy.FromClause,
    key: sqlalchemy.ColumnElement[typing.Any] | None,
    seconds: float,
) -> Way:
    """Return ranges of the key, one where that is of no use."""
    if key is None:
        return ranges.Whole()
    # As one question, SQLite would go over the whole table.
    ends = [
        sqlalchemy.select(end(key)).select_from(table).scalar_subquery()
        for end in (sqlalchemy.func.min, sqlalchemy.func.max)
    ]
    low, high = connection.execute(sqlalchemy.select(*ends)).one()
    return ranges.walk(low, high, seconds)


def of_a_join(
    connection: sqlalchemy.Connection,
    tables: abc.Sequence[sqlalchemy.FromClause],
    key: sqlalchemy.ColumnElement[typing.Any] | None,
    seconds: float,
) -> tuple[Way, bool]:
    """Return ranges of the first table's key, for a join with the others.

    PostgreSQL makes a hash of a whole table sooner than it goes along two
    keys, whose rows lie anywhere. It tells whether that is at once.
    """
    walk = by_key(connection, tables[0], key, seconds)
    names = list(map(str, tables))
    known = sizes(connection, names)
    # A table of several parts has no size of its own.
    at_once = (
        all(map(known.get, names))
        and sum(known.values()) <= _AT_ONCE
        # A process alone has not the memory for so large a hash.
        and workers(connection) > 0
    )
    if at_once:
        walk.leap()
    return walk, at_once


@contextlib.contextmanager
def in_one_process(connection: sqlalchemy.Connection) -> abc.Iterator[None]:
    """Let PostgreSQL join in one process, with the memory of several.

    It takes less time of processors, which others need.
    """
    settings = {
        'max_parallel_workers_per_gather': '0',
        'work_mem': _MEMORY_OF_SEVERAL,
    }
    for name, value in settings.items():
        connection.exec_driver_sql(f"SET {name} = '{value}'")
    try:
        yield
    finally:
        # Who is gone needs no settings.
        with contextlib.suppress(exc.DBAPIError):
            for name in settings:
                connection.exec_driver_sql(f'RESET {name}')


def skip(
    connection: sqlalchemy.Connection,
    key: sqlalchemy.ColumnElement[typing.Any] | None,
    part: ranges.Range,
    walk: Way,
) -> None:
    """Leave out the keys after a range that nothing was found in."""
    if key is None or part.blocks or part.upto is None:
        return
    following = sqlalchemy.select(sqlalchemy.func.min(key))
    found = connection.scalar(following.where(key > part.upto))
    if found is not None:
        walk.skip(found)
