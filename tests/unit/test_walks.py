# SPDX-License-Identifier: Apache-2.0
"""Which way to go through a table of SQLite's."""

from collections import abc

import pytest
import sqlalchemy

from glance_status import ranges, walks

THINGS = sqlalchemy.Table(
    'things',
    sqlalchemy.MetaData(),
    sqlalchemy.Column('id', sqlalchemy.Integer, primary_key=True),
)
FAR = 5_000_000
# Where the first range ends.
FIRST = FAR // 64 + 1


@pytest.fixture
def connection() -> abc.Iterator[sqlalchemy.Connection]:
    """A database with few things, and a gap between them."""
    engine = sqlalchemy.create_engine('sqlite://')
    with engine.connect() as made:
        THINGS.create(made)
        keys = [{'id': key} for key in (1, 2, FAR, FAR + 1)]
        made.execute(THINGS.insert(), keys)
        yield made
    engine.dispose()


def test_a_table_is_gone_through_by_its_key(
    connection: sqlalchemy.Connection,
) -> None:
    walk = walks.through(connection, THINGS, THINGS.c.id, 1)
    assert next(walk) == ranges.Range(None, FIRST)
    # Nobody knows what it costs to join all of it at once.
    joined, at_once = walks.of_a_join(connection, [THINGS], THINGS.c.id, 1)
    assert next(joined) == ranges.Range(None, FIRST)
    assert not at_once
    assert walks.sizes(connection, ['things']) == {}


def test_a_table_with_nothing_to_go_by_is_taken_whole(
    connection: sqlalchemy.Connection,
) -> None:
    assert list(walks.through(connection, THINGS, None, 1)) == [ranges.Range()]
    connection.execute(THINGS.delete())
    walk = walks.through(connection, THINGS, THINGS.c.id, 1)
    assert list(walk) == [ranges.Range()]


@pytest.mark.parametrize(
    ('key', 'part', 'at'),
    [
        (THINGS.c.id, ranges.Range(None, 2), FAR - 1),
        # One that is written meanwhile is not passed by.
        (THINGS.c.id, ranges.Range(None, FAR - 1), FAR - 1),
        # Nothing follows, or nobody knows what.
        (THINGS.c.id, ranges.Range(None, FAR + 1), FIRST),
        (THINGS.c.id, ranges.Range(None, None), FIRST),
        (THINGS.c.id, ranges.Range(None, 2, 9), FIRST),
        (None, ranges.Range(None, 2), FIRST),
    ],
)
def test_keys_that_are_not_there_are_passed_by(
    key: sqlalchemy.Column[int] | None,
    part: ranges.Range,
    at: int,
    connection: sqlalchemy.Connection,
) -> None:
    walk = walks.through(connection, THINGS, THINGS.c.id, 1)
    assert next(walk) == ranges.Range(None, FIRST)
    walks.skip(connection, key, part, walk)
    assert walk.share == (at - 1) / (FAR + 1)
