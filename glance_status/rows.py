# SPDX-License-Identifier: Apache-2.0
"""What checks ask of the rows of a table, and the answers.

All questions of a plug-in about one table share one pass over it, so that
one more question costs the server next to nothing.
"""

import dataclasses
import typing
from collections import abc

from glance_status import results

if typing.TYPE_CHECKING:
    import sqlalchemy

# Rows whose ``sort`` gave one name more than so many go under one name.
MOST_KINDS = 50
OTHERS = 'others'


class Unanswered(Exception):
    """The database did not answer a question; the text says why."""


class Missing(Exception):
    """The schema lacks what a question is about; the text says what."""


@dataclasses.dataclass(frozen=True, eq=False)
class Join:
    """A table that is joined with LEFT JOIN.

    At most one row of it may belong to each row that counts: join by its
    key, or ask for a column of it to be NULL.
    """

    table: 'sqlalchemy.FromClause'
    on: 'sqlalchemy.ColumnElement[bool]'


@dataclasses.dataclass(frozen=True, eq=False)
class Question:
    """How many rows of a table meet a condition, and the first of them.

    :param name: of its own among the questions of its check
    :param table: a SQLAlchemy ``Table`` or ``table()``; where it has one key
        column, or a column ``id``, it is read in short ranges
    :param where: the condition
    :param sample: the columns that name a row, its key by default; their
        values may be shown, so that no secret may be in them
    :param joins: what ``where`` needs beside the table; only the rows that
        meet the parts of it without joined tables are joined
    :param sort: where SQL cannot tell, called with the values of
        ``looks_at`` for each row that meets ``where``; returns what the row
        is, or None where it is not meant after all
    :param looks_at: the columns that ``sort`` is called with
    """

    name: str
    table: 'sqlalchemy.FromClause'
    where: 'sqlalchemy.ColumnElement[bool]'
    sample: tuple['sqlalchemy.ColumnElement[typing.Any]', ...] = ()
    joins: tuple[Join, ...] = ()
    sort: typing.Callable[..., str | None] | None = None
    looks_at: tuple['sqlalchemy.ColumnElement[typing.Any]', ...] = ()


@dataclasses.dataclass(frozen=True)
class Answer:
    """How many rows there are, and the first of them by key.

    :param count: is exact
    :param sample: values of the ``sample`` columns, of at most ten rows
    :param kinds: the same of each name that ``sort`` gave
    """

    count: int = 0
    sample: tuple[tuple[typing.Any, ...], ...] = ()
    kinds: abc.Mapping[str, 'Answer'] = dataclasses.field(default_factory=dict)

    @property
    def affected(self) -> results.Affected:
        """Return it as a finding names it, by the first sample column."""
        names = dict.fromkeys(str(row[0]) for row in self.sample)
        return results.Affected(self.count, tuple(names))

    @property
    def by_kind(self) -> str:
        """Return how many there are of each kind, as in ``saving: 2``."""
        return ', '.join(
            f'{name}: {each.count}'
            for name, each in sorted(self.kinds.items())
        )


NONE = Answer()


class Answers:
    """The answers to the questions of one check.

    :param documents: what ``survey`` made, by name of the question
    :param otherwise: why the others have no answer
    """

    def __init__(
        self,
        documents: abc.Mapping[str, typing.Any] | None = None,
        otherwise: str | None = None,
    ):
        self._documents = documents or {}
        self._otherwise = otherwise

    def __getitem__(self, name: str) -> Answer:
        """Return an answer; raise Unanswered, or Missing, without one."""
        document = self._documents.get(name)
        if document is None:
            if self._otherwise:
                raise Unanswered(self._otherwise)
            raise KeyError(f'the check did not ask {name}')
        if reason := document.get('unanswered'):
            raise Unanswered(reason)
        if reason := document.get('missing'):
            raise Missing(reason)
        return _answer(document)

    def asked(self, name: str) -> Answer:
        """Return an answer, that of no rows where the check did not ask."""
        if name in self._documents or self._otherwise:
            return self[name]
        return NONE

    def get(self, name: str) -> Answer:
        """Return an answer, that of no rows where the schema lacks them."""
        try:
            return self[name]
        except Missing:
            return NONE


def _answer(document: abc.Mapping[str, typing.Any]) -> Answer:
    return Answer(
        document['count'],
        tuple(map(tuple, document['sample'])),
        {
            name: _answer(each)
            for name, each in document.get('kinds', {}).items()
        },
    )
