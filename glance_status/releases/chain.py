# SPDX-License-Identifier: Apache-2.0
"""The database revisions of Glance, and the schema that each one makes.

The revisions fork at mitaka02 into two straight lines, expand and contract;
every contract revision depends on its expand revision. "Rows" are the ids
that stand in the table alembic_version: one after a complete upgrade, two
in the middle of one.
"""

import functools
import json
import pathlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple


class UnknownRevision(ValueError):
    """A revision that no known release carries."""


class SchemaObject(NamedTuple):
    """A table, a column or an index, by its name on SQLite.

    Unique constraints are not listed, nor are indexes without a name.
    """

    kind: str  # "table", "column" or "index"
    table: str
    name: str  # of a table: the same again

    def __str__(self) -> str:
        if self.kind == 'table':
            return f'table {self.table}'
        return f'{self.kind} {self.table}.{self.name}'


class Revision(NamedTuple):
    """One step of the schema."""

    id: str
    branch: str  # "initial", "expand" or "contract"
    down_revision: str | None
    depends_on: str | None
    labels: tuple[str, ...]  # old names, like "ocata01"
    first: int  # major version that first carries it; 17 also means older
    adds: frozenset[SchemaObject]
    removes: frozenset[SchemaObject]


@functools.cache
def revisions() -> tuple[Revision, ...]:
    """Return all revisions as db sync runs them: expand before contract."""
    path = pathlib.Path(__file__).with_name('revisions.json')
    return tuple(_revision(r) for r in json.loads(path.read_text('utf-8')))


@functools.cache
def labels() -> Mapping[str, str]:
    """Return {old name: revision}, as {"ocata01": "ocata_contract01"}.

    Glance 27.0.0 and later fail on a database with such a row, so they are
    not taken for the revision anywhere here.
    """
    return {label: r.id for r in revisions() for label in r.labels}


def revision(name: str) -> Revision:
    """Return a revision by its id.

    Raises UnknownRevision, for the old names too.
    """
    try:
        return _by_id()[name]
    except KeyError:
        raise UnknownRevision(
            f'no known release of Glance has a database revision {name!r}'
        ) from None


def unknown(rows: Iterable[str]) -> tuple[str, ...]:
    """Return the rows that are neither revisions nor old names, sorted."""
    return tuple(sorted(set(rows) - set(_by_id()) - set(labels())))


def included(rows: Iterable[str]) -> frozenset[str]:
    """Return the ids of all revisions that these rows say are applied."""
    found: set[str] = set()
    waiting = list(rows)
    while waiting:
        step = revision(waiting.pop())
        if step.id not in found:
            found.add(step.id)
            waiting += filter(None, (step.down_revision, step.depends_on))
    return frozenset(found)


def schema(rows: Iterable[str]) -> frozenset[SchemaObject]:
    """Return what a database with these rows should hold."""
    names = included(rows)
    steps = [r for r in revisions() if r.id in names]
    added = frozenset[SchemaObject]().union(*(r.adds for r in steps))
    return added.difference(*(r.removes for r in steps))


def later(rows: Iterable[str]) -> frozenset[SchemaObject]:
    """Return what only revisions still to come would add."""
    names = included(rows)
    steps = [r for r in revisions() if r.id not in names]
    added = frozenset[SchemaObject]().union(*(r.adds for r in steps))
    return added - schema(names)


def growing() -> frozenset[str]:
    """Return the tables to which revisions added columns later on."""
    return frozenset(
        item.table
        for step in revisions()
        for item in step.adds
        if item.kind == 'column' and step.branch != 'initial'
    )


@functools.cache
def _by_id() -> dict[str, Revision]:
    return {r.id: r for r in revisions()}


def _revision(data: dict[str, Any]) -> Revision:
    return Revision(
        **{
            **data,
            'labels': tuple(data['labels']),
            'adds': frozenset(_objects(data['adds'])),
            'removes': frozenset(_objects(data['removes'])),
        }
    )


def _objects(data: dict[str, Any]) -> Iterator[SchemaObject]:
    for table in data['tables']:
        yield SchemaObject('table', table, table)
    for kind, group in (('column', 'columns'), ('index', 'indexes')):
        for table, names in data[group].items():
            for name in names:
                yield SchemaObject(kind, table, name)
