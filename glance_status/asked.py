# SPDX-License-Identifier: Apache-2.0
"""A question on its way to its answer."""

import copy
import dataclasses
import typing
from collections import abc

import sqlalchemy
from sqlalchemy.sql import operators, visitors

from glance_status import bounds, context, ranges, results, rows

Document = dict[str, typing.Any]
_Term = typing.TypeVar('_Term')


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


@dataclasses.dataclass
class Found:
    """The rows that were found until now."""

    count: int = 0
    sample: list[list[typing.Any]] = dataclasses.field(default_factory=list)

    def name(self, row: abc.Iterable[typing.Any]) -> None:
        """Keep a row, where it is one of the first."""
        if len(self.sample) < results.SAMPLE_SIZE:
            self.sample.append([_plain(value) for value in row])

    def add(self, later: 'Found') -> None:
        """Take in what was found behind all this."""
        self.count += later.document['count']
        for row in later.sample:
            self.name(row)

    @property
    def document(self) -> Document:
        """Return it for JSON; who was found while it counted counts."""
        return {
            'count': max(self.count, len(self.sample)),
            'sample': self.sample,
        }


class Asked:
    """A question on its way to its answer."""

    def __init__(self, check: str, question: rows.Question):
        self.check = check
        self.question = question
        self.key = _key(question.table)
        self.failed: Document | None = None
        # What takes long to find out is found out once, also for the same
        # question to other parts of the table.
        self._known: dict[str, typing.Any] = {}
        self.reset()

    def again(self) -> 'Asked':
        """Return the same question, of which nothing was found."""
        same = copy.copy(self)
        same.failed = None
        same.reset()
        return same

    def _once(self, name: str, find: typing.Callable[[], _Term]) -> _Term:
        if name not in self._known:
            self._known[name] = find()
        return typing.cast(_Term, self._known[name])

    def reset(self) -> None:
        """Forget what was found."""
        self.found = Found()
        self.kinds: dict[str, Found] = {}
        # Whether it needs a walk of its own, by the key.
        self.postponed = False

    @property
    def closer(self) -> bool:
        """Tell whether the condition on the table alone is not all."""
        return bool(self.question.joins or self.question.sort)

    @property
    def wanting(self) -> int:
        """Return how many more rows are to be named."""
        return results.SAMPLE_SIZE - len(self.found.sample)

    @property
    def wanted(self) -> list[sqlalchemy.ColumnElement[typing.Any]]:
        """Return the columns of the rows that ``take`` is given."""
        return [*self.question.looks_at, *self.sample]

    def take(self, row: abc.Sequence[typing.Any]) -> None:
        """Take in a row that meets the whole condition.

        One that is not looked at closer was counted before.
        """
        width = len(self.question.looks_at)
        sample = row[width : width + len(self.sample)]
        if self.question.sort:
            kind = self.question.sort(*row[:width])
            if kind is None:
                return
            found = self._kind(str(kind))
            found.count += 1
            found.name(sample)
        if self.closer:
            self.found.count += 1
        self.found.name(sample)

    def name(self, row: abc.Sequence[typing.Any]) -> None:
        """Take in a row that was counted before."""
        width = len(self.question.looks_at)
        self.found.name(row[width : width + len(self.sample)])

    def gather(self, parts: abc.Iterable['Asked']) -> None:
        """Take in what was found in parts of the table, in their order."""
        for part in parts:
            self.failed = self.failed or part.failed
            self.postponed = self.postponed or part.postponed
            self.found.add(part.found)
            for kind, found in part.kinds.items():
                self._kind(kind).add(found)
        if self.postponed:
            self.postpone()

    def postpone(self) -> None:
        """Forget what was found: a walk of its own will find it."""
        self.reset()
        self.postponed = True

    def _kind(self, kind: str) -> Found:
        if kind not in self.kinds and len(self.kinds) >= rows.MOST_KINDS:
            kind = rows.OTHERS
        return self.kinds.setdefault(kind, Found())

    @property
    def base(self) -> sqlalchemy.ColumnElement[bool]:
        """Return the part of the condition that needs no other table."""
        return self._once('base', self._base)

    def _base(self) -> sqlalchemy.ColumnElement[bool]:
        if not self.question.joins:
            return self.question.where
        joined = {join.table for join in self.question.joins}
        parts = [
            part
            for part in _conjuncts(self.question.where)
            if not any(column.table in joined for column in _columns(part))
        ]
        return sqlalchemy.and_(sqlalchemy.true(), *parts)

    def terms(
        self, dialect: sqlalchemy.Dialect
    ) -> dict[str, sqlalchemy.ColumnElement[bool]]:
        """Return what ``base`` wants all of, by its text.

        The text is the same where the meaning is.
        """

        def terms() -> dict[str, sqlalchemy.ColumnElement[bool]]:
            found = {}
            for term in _conjuncts(self.base):
                compiled = term.compile(dialect=dialect)
                found[f'{compiled} {compiled.params}'] = term
            return found

        return self._once('terms', terms)

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
    def tables(self) -> list[sqlalchemy.FromClause]:
        """Return its table, and those that it is joined with."""
        question = self.question
        return [question.table, *(join.table for join in question.joins)]

    @property
    def columns(self) -> dict[sqlalchemy.TableClause, set[str]]:
        """Return the names of all columns that it needs, by table."""
        return self._once('columns', self._columns)

    def _columns(self) -> dict[sqlalchemy.TableClause, set[str]]:
        question = self.question
        found: dict[sqlalchemy.TableClause, set[str]] = {}
        for each in self.tables:
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
            source = source.outerjoin(join.table, self._on(join, part))
        return (
            sqlalchemy.select(*what)
            .select_from(source)
            .where(self.question.where, *bounds.within(self.key, part))
        )

    def _on(
        self, join: rows.Join, part: ranges.Range
    ) -> sqlalchemy.ColumnElement[bool]:
        """Return the condition of a join, within a range on both sides.

        What is equal to the key lies in the same range. Without being told,
        PostgreSQL reads all of the joined table for each range.
        """
        if part.blocks:
            return join.on
        also = [
            condition
            for each in _conjuncts(join.on)
            if (column := _equal_to(self.key, each)) is not None
            for condition in bounds.within(column, part)
        ]
        return sqlalchemy.and_(join.on, *also)

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


def _equal_to(
    key: sqlalchemy.ColumnElement[typing.Any] | None,
    condition: sqlalchemy.ColumnElement[bool],
) -> sqlalchemy.ColumnElement[typing.Any] | None:
    """Return the column that a condition wants to be equal to the key."""
    if (
        key is None
        or not isinstance(condition, sqlalchemy.BinaryExpression)
        or condition.operator is not operators.eq
    ):
        return None
    sides = [condition.left, condition.right]
    if not all(isinstance(side, sqlalchemy.ColumnClause) for side in sides):
        return None
    others = [side for side in sides if side is not key]
    return others[0] if len(others) == 1 else None


def _plain(value: typing.Any) -> typing.Any:
    """Return what JSON can carry."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return str(value)
