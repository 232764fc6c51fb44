# SPDX-License-Identifier: Apache-2.0
"""Conditions of which one is to be met, with what they share said once."""

import collections
import itertools
import typing
from collections import abc

import sqlalchemy

Terms = abc.Mapping[str, sqlalchemy.ColumnElement[bool]]
"""What a row has to meet all of, by what it says."""


def any_of(
    conditions: abc.Sequence[Terms],
) -> sqlalchemy.ColumnElement[bool]:
    """Return the condition that a row meets at least one of several.

    A server looks at each term where it stands, however often that is. What
    most of the conditions share comes first, once for all of them: *a and b*
    or *a and c* is *a and (b or c)*, also where something is NULL.
    """
    if not all(conditions):
        # What others want beyond that decides nothing.
        return sqlalchemy.true()
    counted = collections.Counter(itertools.chain.from_iterable(conditions))
    shared = max(counted, key=counted.__getitem__)
    having = [terms for terms in conditions if shared in terms]
    others = [terms for terms in conditions if shared not in terms]
    term, *_copies = (terms[shared] for terms in having)
    rest = any_of([_without(shared, terms) for terms in having])
    both = sqlalchemy.and_(term, rest)
    return sqlalchemy.or_(both, any_of(others)) if others else both


def _without(name: str, terms: Terms) -> dict[str, typing.Any]:
    return {key: term for key, term in terms.items() if key != name}
