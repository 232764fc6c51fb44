# SPDX-License-Identifier: Apache-2.0
"""A question on its way to its answer."""

import dataclasses
import typing
from collections import abc

import sqlalchemy
from sqlalchemy.sql import operators, visitors

from glance_status import context, ranges, results, rows

Document = dict[str, typing.Any]


def questions(asks: typing.Any, checker: context.Checker) -> list[typing.Any]:
    """Return what a check asks; TypeError where it is no question."""
    asked = asks(checker) if callable(asks) else asks
    found = list(asked)
    for item in found:
        if not isinstance(item, rows.Question):
            raise TypeError(
                f'it asked {type(item).__name__}, and no '
                'glance_status.rows.Question'
            )
        if not isinstance(item.where, sqlalchemy.ColumnElement):
            raise TypeError(f'where of the question {item.name} is no SQL')
        if not isinstance(item.table, sqlalchemy.FromClause):
            raise TypeError(f'table of the question {item.name} is none')
    names = [item.name for item in found]
    if len(set(names)) < len(names):
        raise TypeError('it asked two questions of one name')
    return found


@dataclasses.dataclass(eq=False)
class Found:
    """The rows that were found until now."""

    count: int = 0
    sample: list[list[typing.Any]] = dataclasses.field(default_factory=list)

    def add(self, row: abc.Sequence[typing.Any]) -> None:
        """Count a row, and keep the first ones."""
        self.count += 1
        if len(self.sample) < results.SAMPLE_SIZE:
            self.sample.append([plain(value) for value in row])

    @property
    def document(self) -> Document:
        """Return it for JSON; who was found while it counted counts."""
        return {
            'count': max(self.count, len(self.sample)),
            'sample': self.sample,
        }


class Asked:
    """A question on its way to its answer.

    :ivar places: the first ranges in which rows were found
    """

    def __init__(self, check: str, question: rows.Question):
        self.check = check
        self.question = question
        self.key = _key(question.table)
        self.failed: Document | None = None
        self.reset()

    def reset(self) -> None:
        """Forget what was found."""
        self.found = Found()
        self.kinds: dict[str, Found] = {}
        self.places: list[ranges.Range] = []

    def add(self, kind: str, row: abc.Sequence[typing.Any]) -> None:
        """Take in a row that was looked at."""
        self.found.add(row)
        if kind not in self.kinds and len(self.kinds) >= rows.MOST_KINDS:
            kind = rows.OTHERS
        self.kinds.setdefault(kind, Found()).add(row)

    @property
    def base(self) -> sqlalchemy.ColumnElement[bool]:
        """Return the part of the condition that needs no other table."""
        if not self.question.joins:
            return self.question.where
        joined = {join.table for join in self.question.joins}
        parts = [
            part
            for part in _conjuncts(self.question.where)
            if not any(column.table in joined for column in _columns(part))
        ]
        return sqlalchemy.and_(sqlalchemy.true(), *parts)

    @property
    def order(self) -> list[sqlalchemy.ColumnElement[typing.Any]]:
        """Return what the rows are sorted by."""
        return self.sample if self.key is None else [self.key]

    @property
    def sample(self) -> list[sqlalchemy.ColumnElement[typing.Any]]:
        """Return the columns that name a row."""
        if self.question.sample:
            return list(self.question.sample)
        if self.key is not None:
            return [self.key]
        return [next(iter(self.question.table.c), sqlalchemy.literal(1))]

    @property
    def columns(self) -> dict[sqlalchemy.TableClause, set[str]]:
        """Return the names of all columns that it needs, by table."""
        question = self.question
        found: dict[sqlalchemy.TableClause, set[str]] = {}
        for each in (question.table, *(join.table for join in question.joins)):
            if isinstance(each, sqlalchemy.TableClause):
                found[each] = set()
        for element in (
            question.where,
            *self.sample,
            *question.looks_at,
            *(join.on for join in question.joins),
        ):
            for column in _columns(element):
                table = getattr(column.table, 'element', column.table)
                if isinstance(table, sqlalchemy.TableClause):
                    found.setdefault(table, set()).add(column.name)
        return found

    def select(
        self, part: ranges.Range, *what: typing.Any
    ) -> sqlalchemy.Select[typing.Any]:
        """Return a statement about the rows of a range that are meant."""
        source: sqlalchemy.FromClause = self.question.table
        for join in self.question.joins:
            source = source.outerjoin(join.table, join.on)
        return (
            sqlalchemy.select(*what)
            .select_from(source)
            .where(self.question.where, *within(self.key, part))
        )

    def fail(self, reason: str, word: str = 'unanswered') -> None:
        """Have no answer."""
        self.failed = {word: reason}

    @property
    def document(self) -> Document:
        """Return what the process of the check gets."""
        if self.failed:
            return self.failed
        return {
            **self.found.document,
            'kinds': {
                name: each.document for name, each in self.kinds.items()
            },
        }


def _key(
    table: sqlalchemy.FromClause,
) -> sqlalchemy.ColumnElement[typing.Any] | None:
    keys = list(table.primary_key)
    if len(keys) == 1:
        return keys[0]
    return None if keys else table.c.get('id')


def _columns(
    element: typing.Any,
) -> abc.Iterator[sqlalchemy.ColumnClause[typing.Any]]:
    for part in visitors.iterate(element):
        if isinstance(part, sqlalchemy.ColumnClause):
            yield part


def _conjuncts(
    where: sqlalchemy.ColumnElement[bool],
) -> list[sqlalchemy.ColumnElement[bool]]:
    if (
        isinstance(where, sqlalchemy.BooleanClauseList)
        and where.operator is operators.and_
    ):
        return [one for each in where.clauses for one in _conjuncts(each)]
    return [where]


def within(
    key: sqlalchemy.ColumnElement[typing.Any] | None, part: ranges.Range
) -> list[sqlalchemy.ColumnElement[bool]]:
    """Return the conditions that keep to a range."""
    if key is None:
        return []
    conditions = []
    if part.after is not None:
        conditions.append(key > part.after)
    if part.upto is not None:
        conditions.append(key <= part.upto)
    return conditions


def plain(value: typing.Any) -> typing.Any:
    """Return what JSON can carry."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return str(value)
