# SPDX-License-Identifier: Apache-2.0
"""Which way to go through a table of a live database."""

import re
import typing
from collections import abc

import sqlalchemy

from glance_status import ranges

# A name that needs no quotes.
_PLAIN = re.compile(r'[a-z_][a-z0-9_]*')
# Where blocks can be found by their number alone.
_POSTGRESQL = (14,)
_BLOCKS = sqlalchemy.text(
    'SELECT pg_relation_size(oid) '
    "/ current_setting('block_size')::bigint FROM pg_class "
    "WHERE oid = to_regclass(:name) AND relkind = 'r' AND NOT relhassubclass"
)

# Bytes of tables that PostgreSQL joins in about a second, with a hash.
_AT_ONCE = 512 * 2**20
_SIZES = sqlalchemy.text(
    'SELECT name, pg_relation_size(to_regclass(name)) '
    'FROM unnest(CAST(:names AS text[])) AS name'
)

_WORKERS = sqlalchemy.text(
    "SELECT current_setting('max_parallel_workers_per_gather')::int"
)

Way = ranges.Walk | ranges.Whole


def workers(connection: sqlalchemy.Connection) -> int:
    """Return how many processes help PostgreSQL's with a statement."""
    return int(connection.scalar(_WORKERS) or 0)


def sizes(
    connection: sqlalchemy.Connection, names: abc.Iterable[str]
) -> dict[str, int]:
    """Return the bytes of PostgreSQL's tables by name, none elsewhere."""
    plain = [name for name in names if _PLAIN.fullmatch(name)]
    if connection.dialect.name != 'postgresql' or not plain:
        return {}
    rows = connection.execute(_SIZES, {'names': plain})
    return {name: size or 0 for name, size in rows}


def _by_block(
    connection: sqlalchemy.Connection,
    table: sqlalchemy.FromClause,
    key: sqlalchemy.ColumnElement[typing.Any] | None,
    seconds: float,
) -> ranges.Walk | None:
    """Return ranges of what lies together on disk, None without.

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
        return None
    blocks = connection.scalar(_BLOCKS, {'name': table.name})
    return blocks and ranges.walk_blocks(blocks, seconds)


def through(
    connection: sqlalchemy.Connection,
    table: sqlalchemy.FromClause,
    key: sqlalchemy.ColumnElement[typing.Any] | None,
    seconds: float,
) -> Way:
    """Return the ranges in which a table is read fastest.

    :param seconds: that a statement may take, about
    """
    walk = _by_block(connection, table, key, seconds)
    return walk or by_key(connection, table, key, seconds)


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
) -> Way:
    """Return ranges of the first table's key, for a join with the others.

    PostgreSQL makes a hash of a whole table sooner than it goes along two
    keys, whose rows lie anywhere.
    """
    walk = by_key(connection, tables[0], key, seconds)
    names = list(map(str, tables))
    known = sizes(connection, names)
    # A table of several parts has no size of its own.
    if (
        all(map(known.get, names))
        and sum(known.values()) <= _AT_ONCE
        # A process alone has not the memory for so large a hash.
        and workers(connection)
    ):
        walk.leap()
    return walk


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
