# SPDX-License-Identifier: Apache-2.0
"""Whether this tool and the real Glance agree about a deployment."""

import csv
import dataclasses
import enum
import functools
import pathlib
from collections import abc

from tests.proof import said, served
from tests.proof.corpus import change

PAGES = pathlib.Path(__file__).parents[2] / 'doc' / 'source' / 'reference'


@functools.cache
def unobservable() -> frozenset[str]:
    """Return the findings whose harm such a run cannot see.

    The documentation says why of each.
    """
    return frozenset(row[0] for row in _table('agreement-unobservable.csv'))


def known(major: int) -> dict[str, str]:
    """Return how the two are known not to agree, by deployment.

    The documentation says why of each.
    """
    return {
        name: kind
        for majors, name, kind, *_why in _table('agreement-known.csv')
        if major in _span(majors)
    }


def _span(majors: str) -> range:
    first, _dash, last = majors.partition('-')
    return range(int(first), int(last or first) + 1)


def _table(name: str) -> list[list[str]]:
    with (PAGES / name).open(newline='', encoding='utf-8') as stream:
        return list(csv.reader(stream))[1:]


class Kind(enum.Enum):
    """How what was said relates to what happened."""

    FAILS = 'fails, as said'
    WORKS = 'works, as said'
    MISSED = 'missed'
    ALARM = 'false alarm'
    UNSEEN = 'not observable'
    BROKEN = 'exit 255'


DISAGREE = (Kind.MISSED, Kind.ALARM)


@dataclasses.dataclass(frozen=True)
class Judgement:
    """One deployment, and what both make of it.

    :param truth: what the real Glance does, in few words; None where it
        works
    """

    name: str
    truth: str | None
    said: said.Said

    @property
    def kind(self) -> Kind:
        """Compare the two."""
        failures = self.said.failures
        if self.truth:
            if failures:
                return Kind.FAILS
            return Kind.BROKEN if self.said.error else Kind.MISSED
        if self.said.error:
            return Kind.ALARM
        if not failures:
            return Kind.WORKS
        seen = {*failures} - unobservable()
        return Kind.ALARM if seen else Kind.UNSEEN


def truth(
    outcome: served.Outcome,
    clean: served.Outcome,
    changes: abc.Sequence[change.Change],
) -> str | None:
    """Return what is wrong with an outcome, None where nothing is.

    :param clean: what becomes of the deployment without the changes
    """
    if outcome.sync:
        return f'sync: {_short(outcome.sync)}'
    if outcome.error:
        return f'start: {_short(outcome.error)}'
    wanted = dict(clean.answers)
    for item in changes:
        wanted.update(item.intended)
    for name, answer in outcome.answers.items():
        if wanted[name] not in (answer, change.ANYTHING):
            return f'{name}: {answer} in place of {wanted[name]}'
    return None


def _short(text: str) -> str:
    line = text.split('\n')[0]
    return line if len(line) <= 100 else f'{line[:100]} ...'


@dataclasses.dataclass(frozen=True)
class Counts:
    """How many of each kind there are."""

    kinds: abc.Mapping[Kind, int]

    @classmethod
    def of(cls, judgements: abc.Iterable[Judgement]) -> 'Counts':
        """Count."""
        kinds = dict.fromkeys(Kind, 0)
        for item in judgements:
            kinds[item.kind] += 1
        return cls(kinds)

    @property
    def precision(self) -> float:
        """Return how many of those said to fail do."""
        good = self.kinds[Kind.FAILS]
        return _part(good, good + self.kinds[Kind.ALARM])

    @property
    def recall(self) -> float:
        """Return how many of those that fail were said to."""
        good = self.kinds[Kind.FAILS]
        return _part(good, good + self.kinds[Kind.MISSED])


def _part(some: int, whole: int) -> float:
    return some / whole if whole else 1.0
