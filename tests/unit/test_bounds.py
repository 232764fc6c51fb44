# SPDX-License-Identifier: Apache-2.0
"""Conditions that keep a statement to a range of a table."""

import pytest
import sqlalchemy
from sqlalchemy.dialects import postgresql

from glance_status import bounds, ranges

THINGS = sqlalchemy.table('things', sqlalchemy.column('id'))


@pytest.mark.parametrize(
    ('part', 'text'),
    [
        (ranges.Range(), 'true'),
        (ranges.Range(5), 'things.id > 5'),
        (ranges.Range(None, 9), 'things.id <= 9'),
        (ranges.Range(5, 9), 'things.id > 5 AND things.id <= 9'),
        (
            ranges.Range(blocks=7),
            'things.ctid > CAST((0,0) AS tid) '
            'AND things.ctid <= CAST((4294967295,65535) AS tid)',
        ),
        (
            ranges.Range(0, 3, blocks=7),
            'things.ctid > CAST((0,65535) AS tid) '
            'AND things.ctid <= CAST((3,65535) AS tid)',
        ),
    ],
)
def test_a_range(part: ranges.Range, text: str) -> None:
    said = sqlalchemy.and_(
        sqlalchemy.true(), *bounds.within(THINGS.c.id, part)
    ).compile(dialect=postgresql.psycopg2.dialect())
    assert str(said) % said.params == text


def test_a_table_without_a_key_is_read_as_a_whole() -> None:
    assert bounds.within(None, ranges.Range(5, 9)) == []


def test_each_range_of_blocks_is_compiled_once() -> None:
    several = [
        ranges.Range(None, 3, blocks=7),
        ranges.Range(3, 5, blocks=7),
        ranges.Range(5, None, blocks=7),
    ]
    texts = {
        str(sqlalchemy.and_(*bounds.within(THINGS.c.id, part)))
        for part in several
    }
    assert texts == {
        'things.ctid > CAST(:param_1 AS tid) AND '
        'things.ctid <= CAST(:param_2 AS tid)'
    }
