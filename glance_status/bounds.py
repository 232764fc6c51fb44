# SPDX-License-Identifier: Apache-2.0
"""Conditions that keep a statement to a range of a table."""

import typing

import sqlalchemy

from glance_status import ranges

# Places of rows on PostgreSQL: what sorts before all, and behind all of a
# block, and a block behind all that a table can have.
_FIRST_ROW = '(0,0)'
_LAST_OF = '({},65535)'
_LAST_BLOCK = 2**32 - 1


def within(
    key: sqlalchemy.ColumnElement[typing.Any] | None, part: ranges.Range
) -> list[sqlalchemy.ColumnElement[bool]]:
    """Return the conditions that keep to a range."""
    if key is None:
        return []
    if part.blocks:
        return _within_blocks(key, part)
    conditions = []
    if part.after is not None:
        conditions.append(key > part.after)
    if part.upto is not None:
        conditions.append(key <= part.upto)
    return conditions


def _within_blocks(
    key: sqlalchemy.ColumnElement[typing.Any], part: ranges.Range
) -> list[sqlalchemy.ColumnElement[bool]]:
    """Return the same of blocks.

    Both ends always, and as parameters: for each other text SQLAlchemy would
    compile anew.
    """
    table = typing.cast(sqlalchemy.TableClause, key.table)
    place: sqlalchemy.ColumnElement[str] = sqlalchemy.literal_column(
        f'{table.name}.ctid'
    )
    after = _FIRST_ROW if part.after is None else _LAST_OF.format(part.after)
    upto = _LAST_OF.format(_LAST_BLOCK if part.upto is None else part.upto)
    return [
        place > sqlalchemy.cast(after, _Tid),
        place <= sqlalchemy.cast(upto, _Tid),
    ]


class _Tid(sqlalchemy.types.UserDefinedType[str]):
    """Where PostgreSQL has a row: its block, and its place in it."""

    cache_ok = True

    def get_col_spec(self, **_options: typing.Any) -> str:
        return 'tid'
