# SPDX-License-Identifier: Apache-2.0
"""Looks again at a range of a table in which questions have found rows."""

import contextlib
import time
from collections import abc

import sqlalchemy
from sqlalchemy import exc

from glance_status import (
    asked,
    bounds,
    complaints,
    context,
    ranges,
    trouble,
    walks,
)

# Rows that are fetched at once where each has to be looked at.
_PAGE = 1000
# Seconds that a join of many rows by the key is made for, and the part of
# the time limit that it is at most. The blocks of a range of UUIDs lie all
# over the table: the larger the range, the fewer are read twice.
_SECONDS = 1.0
_PART = 1 / 10


def look(
    checker: context.Checker,
    found: list[tuple[asked.Asked, int]],
    part: ranges.Range,
) -> abc.Iterator[None]:
    """Name what was found in a range, and look closer where need be.

    What is rare is searched for in one statement for all questions. What is
    not comes up soon enough by itself.
    """
    rare = []
    for item, count in found:
        if item.postponed:
            continue
        if item.question.joins and part.blocks and count > _PAGE:
            # A hash of all that it is joined with, for each range, would
            # cost more than to go by the key, which both sides have.
            item.postpone()
            continue
        if not item.closer:
            item.found.count += count
        if item.closer or item.wanting:
            if item.key is not None and count <= _PAGE:
                rare.append(item)
            else:
                yield from _alone(
                    checker, item, _in_range(checker, item, part, count)
                )
    if not rare:
        return
    keys = _search(checker, rare, part)
    yield
    for item in rare:
        mine = keys[item]
        if not item.closer:
            mine = mine[: item.wanting]
        yield from _alone(checker, item, _by_key(checker, item, mine))


def look_by_key(
    checker: context.Checker, item: asked.Asked, others: bool
) -> abc.Iterator[float]:
    """Look closer at all rows of a table, in ranges of its key.

    What it yields is the share that is done.

    :param others: whether other connections read meanwhile
    """
    connection = checker.connection
    seconds = min(_SECONDS, checker.run.timeout * _PART)
    walk, at_once = walks.of_a_join(connection, item.tables, item.key, seconds)
    with contextlib.ExitStack() as stack:
        if at_once and others:
            stack.enter_context(walks.in_one_process(connection))
        for _ in _alone(checker, item, _each(checker, item, walk)):
            yield walk.share


def _each(
    checker: context.Checker,
    item: asked.Asked,
    walk: walks.Way,
) -> abc.Iterator[None]:
    for part in walk:
        before = item.found.count
        start = time.monotonic()
        try:
            yield from _in_range(checker, item, part)
        except exc.DBAPIError as error:
            # What was taken in already would be taken in twice.
            if (
                item.found.count == before
                and complaints.took_too_long(error)
                and walk.cut()
            ):
                continue
            raise
        walk.went(part, time.monotonic() - start)


def _alone(
    checker: context.Checker, item: asked.Asked, steps: abc.Iterator[None]
) -> abc.Iterator[None]:
    """Let what goes wrong with one question be its own affair."""
    try:
        yield from steps
    except Exception as error:
        trouble.fail(checker, [item], error)
        if getattr(error, 'connection_invalidated', False):
            raise


def _search(
    checker: context.Checker, items: list[asked.Asked], part: ranges.Range
) -> dict[asked.Asked, list[ranges.Key]]:
    """Return the keys in a range that each question has found."""
    key = items[0].key
    assert key is not None
    flags = [sqlalchemy.case((item.base, 1), else_=0) for item in items]
    statement = (
        sqlalchemy.select(key, *flags)
        .where(
            sqlalchemy.or_(*(item.base for item in items)),
            *bounds.within(key, part),
        )
        .order_by(key)
    )
    keys: dict[asked.Asked, list[ranges.Key]] = {item: [] for item in items}
    # Others may have written in between, and much.
    most = len(items) * _PAGE * 2
    for row in checker.connection.execute(statement.limit(most)):
        for item, flag in zip(items, row[1:], strict=True):
            if flag:
                keys[item].append(row[0])
    return keys


def _by_key(
    checker: context.Checker, item: asked.Asked, keys: list[ranges.Key]
) -> abc.Iterator[None]:
    """Take in the rows with these keys, those that are meant."""
    assert item.key is not None
    for start in range(0, len(keys), _PAGE):
        several = item.key.in_(keys[start : start + _PAGE])
        statement = item.select(ranges.Range(), *item.wanted).where(several)
        for row in checker.connection.execute(statement.order_by(item.key)):
            item.take(row)
        yield


def _in_range(
    checker: context.Checker,
    item: asked.Asked,
    part: ranges.Range,
    count: int = 0,
) -> abc.Iterator[None]:
    """Take in the rows of a range that are meant.

    :param count: how many meet the part of the condition that needs no
        other table
    """
    if item.question.sort:
        pages = part.pages(count, _PAGE) if part.blocks else iter([part])
        for page in pages:
            yield from _page_by_page(checker, item, page)
        return
    if item.question.joins and item.key is not None:
        keys = item.select(part, item.key).limit(_PAGE + 1)
        found = checker.connection.scalars(keys).all()
        yield
        if len(found) <= _PAGE:
            item.found.count += len(found)
            yield from _named(checker, item, sorted(found)[: item.wanting])
            return
    if item.question.joins:
        counted = item.select(part, sqlalchemy.func.count())
        item.found.count += checker.connection.scalar(counted) or 0
        yield
    statement = item.select(part, *item.wanted).order_by(*item.order)
    if item.wanting:
        for row in checker.connection.execute(statement.limit(item.wanting)):
            item.name(row)
        yield


def _named(
    checker: context.Checker, item: asked.Asked, keys: list[ranges.Key]
) -> abc.Iterator[None]:
    """Name the rows with these keys, which were counted before."""
    if not keys:
        return
    statement = item.select(ranges.Range(), *item.wanted)
    rows = statement.where(item.order[0].in_(keys)).order_by(*item.order)
    for row in checker.connection.execute(rows):
        item.name(row)
    yield


def _page_by_page(
    checker: context.Checker, item: asked.Asked, part: ranges.Range
) -> abc.Iterator[None]:
    key = [] if item.key is None else [item.key]
    statement = item.select(part, *item.wanted, *key).order_by(*item.order)
    if key:
        statement = statement.limit(_PAGE)
    while True:
        page = checker.connection.execute(statement).all()
        for row in page:
            item.take(row)
        yield
        if not key or len(page) < _PAGE:
            return
        after = bounds.within(item.key, ranges.Range(page[-1][-1]))
        statement = statement.where(*after)
