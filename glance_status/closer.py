# SPDX-License-Identifier: Apache-2.0
"""Looks again at a range of a table in which questions have found rows."""

from collections import abc

import sqlalchemy

from glance_status import asked, context, ranges, trouble

# Rows that are fetched at once where each has to be looked at.
_PAGE = 1000


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
        if not item.closer:
            item.found.count += count
        if item.closer or item.wanting:
            if item.key is not None and count <= _PAGE:
                rare.append(item)
            else:
                yield from _alone(
                    checker, item, _in_range(checker, item, part)
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
            *asked.within(key, part),
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
    checker: context.Checker, item: asked.Asked, part: ranges.Range
) -> abc.Iterator[None]:
    """Take in the rows of a range that are meant."""
    if item.question.sort:
        yield from _page_by_page(checker, item, part)
        return
    statement = item.select(part, *item.wanted)
    if item.question.joins:
        key = item.order[0]
        ends = [end(key) for end in (sqlalchemy.func.min, sqlalchemy.func.max)]
        counted = item.select(part, sqlalchemy.func.count(), *ends)
        count, low, high = checker.connection.execute(counted).one()
        item.found.count += count
        yield
        if not count:
            return
        # One or two are found already.
        statement = statement.where(
            key.in_([low, high]) if count <= 2 else key.between(low, high)
        )
    if item.wanting:
        found = checker.connection.execute(
            statement.order_by(*item.order).limit(item.wanting)
        )
        for row in found:
            item.name(row)
        yield


def _page_by_page(
    checker: context.Checker, item: asked.Asked, part: ranges.Range
) -> abc.Iterator[None]:
    while True:
        key = [] if item.key is None else [item.key]
        statement = item.select(part, *item.wanted, *key)
        statement = statement.order_by(*item.order)
        if key:
            statement = statement.limit(_PAGE)
        page = checker.connection.execute(statement).all()
        for row in page:
            item.take(row)
        yield
        if not key or len(page) < _PAGE:
            return
        part = ranges.Range(page[-1][-1], part.upto)
