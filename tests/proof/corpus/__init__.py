# SPDX-License-Identifier: Apache-2.0
"""Deployments, clean ones and hazards, as data.

A variant is a way to run Glance well; a hazard is a change to a variant that
an upgrade may or may not survive. Neither says what becomes of it: that is
asked of the real Glance, and of this tool.
"""

import random
from collections import abc

from tests.proof.corpus import (
    cache,
    clean,
    database,
    images,
    options,
    paste,
    policy,
    rows,
    services,
    stores,
)
from tests.proof.corpus.change import Change


def _by_name(changes: abc.Iterable[Change]) -> dict[str, Change]:
    named: dict[str, Change] = {}
    for item in changes:
        if item.name in named:
            raise ValueError(f'two are called {item.name}')
        named[item.name] = item
    return named


VARIANTS = _by_name(clean.VARIANTS)
"""Deployments that are well, by name."""

TOPICS: dict[str, tuple[Change, ...]] = {
    'cache': cache.HAZARDS,
    'database': database.HAZARDS,
    'images': images.HAZARDS,
    'options': options.HAZARDS,
    'paste': paste.HAZARDS,
    'policy': policy.HAZARDS,
    'rows': rows.HAZARDS,
    'services': services.HAZARDS,
    'stores': stores.HAZARDS,
}
"""What may go wrong, by what it is about."""

HAZARDS = _by_name(item for hazards in TOPICS.values() for item in hazards)
"""What may go wrong, by name."""


def combinations(count: int, seed: int) -> abc.Iterator[tuple[Change, ...]]:
    """Yield hazards that meet in one deployment, two to four at a time.

    They are of one variant, and of two states of the database at most one
    counts.
    """
    chosen = random.Random(seed)
    for _number in range(count):
        base = chosen.choice([item.base for item in HAZARDS.values()])
        alike = [item for item in HAZARDS.values() if item.base == base]
        size = min(chosen.choice((2, 2, 3, 4)), len(alike))
        yield tuple(chosen.sample(alike, size))


def each_finding(major: int) -> abc.Iterator[Change]:
    """Yield few hazards that have each finding of the corpus among them.

    :param major: the target's; what is about later ones is left out
    """
    seen: set[str] = set()
    for item in HAZARDS.values():
        if item.since <= major and not seen.issuperset(item.findings):
            seen.update(item.findings)
            yield item
