# SPDX-License-Identifier: Apache-2.0
"""Goes over each table once for all that is asked of it."""

import contextlib
import functools
import time
import typing
from collections import abc

import sqlalchemy
from sqlalchemy import exc

from glance_status import (
    asked,
    bounds,
    closer,
    complaints,
    context,
    counting,
    hands,
    missing,
    parts,
    ranges,
    rows,
    trouble,
    walks,
)

Questions = abc.Mapping[str, abc.Sequence[rows.Question]]
_Groups = dict[sqlalchemy.FromClause, list[asked.Asked]]

# Seconds that a statement is made for: what it finds is looked for again in
# the same range, so that a range should not be larger than it pays. It is
# never more than a part of the time limit.
_SECONDS = 0.05
_PART = 1 / 20


class Step(typing.NamedTuple):
    """What a statement brought.

    :param table: the one that is gone over
    :param place: which it is, such as ``2/5``
    :param share: the part of it that is done, 0 to 1
    :param answers: documents by question by check, as they come in
    """

    table: str
    place: str
    share: float
    answers: abc.Mapping[str, dict[str, asked.Document]] = {}


def survey(
    checker: context.Checker, questions: Questions
) -> abc.Iterator[Step]:
    """Begin to answer all questions; return a step for each statement.

    Whatever the database says is an answer; Unreachable where it does not
    let us in at all.

    :param questions: by the id of their check
    """
    by_table: _Groups = {}
    for check, items in questions.items():
        for item in items:
            entry = asked.Asked(check, item)
            by_table.setdefault(item.table, []).append(entry)
    if not by_table:
        return iter(())
    tables = _arranged(checker, by_table)
    jobs = [
        functools.partial(_job, table=table, part=part, place=place)
        for number, table in enumerate(tables, 1)
        for place in [f'{number}/{len(tables)}']
        for part in range(len(table.parts))
    ]
    return _told(checker, hands.work(checker, jobs, tables[0].hands))


def _told(
    checker: context.Checker, steps: abc.Generator[Step]
) -> abc.Generator[Step]:
    """Yield steps as a terminal shows them: one table after the other."""
    shown: dict[str, Step] = {}
    with contextlib.closing(steps):
        # A server that is gone by now says so once, not of each question.
        _ = checker.connection
        for step in steps:
            shown[step.table] = step
            if step.share == 1:
                shown.pop(step.table, None)
            first = next(iter(shown.values()), step)
            yield first._replace(answers=step.answers)


def _arranged(
    checker: context.Checker, by_table: _Groups
) -> list[parts.Table]:
    """Return what is asked of each table, in the order to read them."""
    connection = checker.connection
    try:
        sizes = walks.estimated_sizes(connection, map(_name, by_table))
        number = hands.wanted(connection, sum(sizes.values()))
        if number > 1:
            return _shared(connection, by_table, sizes, number)
    except exc.DBAPIError:
        # Who goes over a table hears what it is.
        checker.close()
    return [parts.Table(group) for group in by_table.values()]


def _shared(
    connection: sqlalchemy.Connection,
    by_table: _Groups,
    sizes: abc.Mapping[str, int],
    number: int,
) -> list[parts.Table]:
    """Return the same for so many connections: nobody waits in the end.

    The largest table comes last, in parts. What may come to a join, which
    nobody can share, comes first.
    """

    def order(group: list[asked.Asked]) -> tuple[bool, int]:
        joins = any(item.question.joins for item in group)
        return not joins, size_of(group)

    def size_of(group: list[asked.Asked]) -> int:
        return sizes.get(_name(group[0].question.table), 0)

    return [
        parts.Table(
            group,
            walks.parts(
                connection,
                group[0].question.table,
                group[0].key,
                size_of(group),
            ),
            number,
        )
        for group in sorted(by_table.values(), key=order)
    ]


def _job(
    checker: context.Checker, table: parts.Table, part: int, place: str
) -> abc.Iterator[Step | hands.Job]:
    """Read a part of a table; the last one brings what needs no other."""
    name = _name(table.group[0].question.table)
    yield Step(name, place, table.share)
    for share in _table(checker, table.asked_of(part), table.parts[part]):
        table.went(part, share)
        yield Step(name, place, table.share)
    if not table.ended():
        return
    now: list[asked.Asked] = []
    later: list[asked.Asked] = []
    for item in table.group:
        postponed = item.postponed and not item.failed
        (later if postponed else now).append(item)
    yield Step(name, place, 1, _documents(now))
    for item in later:
        yield functools.partial(
            _job_by_key, item=item, place=place, others=table.hands > 1
        )


def _job_by_key(
    checker: context.Checker, item: asked.Asked, place: str, others: bool
) -> abc.Iterator[Step]:
    """Answer what joins so many rows that it has a walk of its own."""
    name = ' and '.join(dict.fromkeys(map(_name, item.tables)))
    yield Step(name, place, 0)
    try:
        for share in closer.look_by_key(checker, item, others):
            yield Step(name, place, min(share, parts.NEARLY))
    except Exception as error:
        trouble.fail(checker, [item], error)
    yield Step(name, place, 1, _documents([item]))


def _name(table: sqlalchemy.FromClause) -> str:
    # That of an alias is its name alone, and str() of it nothing.
    named = getattr(table, 'fullname', None) or getattr(table, 'name', table)
    return str(named)


def _documents(
    group: list[asked.Asked],
) -> dict[str, dict[str, asked.Document]]:
    found: dict[str, dict[str, asked.Document]] = {}
    for item in group:
        found.setdefault(item.check, {})[item.question.name] = item.document
    return found


def _table(
    checker: context.Checker, everyone: list[asked.Asked], within: ranges.Range
) -> abc.Iterator[float]:
    """Answer what is asked of one table; what goes wrong is an answer."""
    try:
        yield from missing.look(checker, everyone)
    except Exception as error:
        trouble.fail(checker, everyone, error)
    groups = [[item for item in everyone if not item.failed]]
    while groups:
        group = groups.pop()
        if not group:
            continue
        try:
            yield from _go_over(checker, group, within)
        except Exception as error:
            alone = len(group) == 1 or trouble.of_the_server(error)
            if alone:
                trouble.fail(checker, group, error)
                continue
            # Only who asked something wrong is to go without an answer.
            for item in group:
                item.reset()
            groups += [[item] for item in group]


def _go_over(
    checker: context.Checker, group: list[asked.Asked], within: ranges.Range
) -> abc.Iterator[float]:
    """Count in one statement a range, then name the first that were found."""
    key = group[0].key
    dialect = checker.connection.dialect
    table = group[0].question.table
    seconds = min(_SECONDS, checker.run.timeout * _PART)
    walk = walks.through(checker.connection, table, key, seconds, within)
    counted: list[asked.Asked] = []
    for part in walk:
        # What joins too many rows is not counted on the way.
        group = [item for item in group if not (item.failed or item.postponed)]
        if not group:
            return
        if group != counted:
            counted = group
            count = counting.statement(group, part, dialect)
        statement = count.where(*bounds.within(key, part))
        start = time.monotonic()
        try:
            *counts, anything = checker.connection.execute(statement).one()
        except exc.DBAPIError as error:
            if complaints.took_too_long(error) and walk.cut():
                yield walk.share
                continue
            raise
        walk.went(part, time.monotonic() - start)
        share = walk.share
        yield share
        found = [
            (item, int(number))
            for item, number in zip(group, counts, strict=True)
            if number
        ]
        for _ in closer.look(checker, found, part):
            yield share
        if not anything:
            walks.skip(checker.connection, key, part, walk)
