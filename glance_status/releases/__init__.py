# SPDX-License-Identifier: Apache-2.0
"""What each Glance release is: its names, versions and database heads.

The data are made by ``tools/releases.py``; nothing here is written by hand.
"""

import dataclasses
import difflib
import functools
import json
import pathlib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from glance_status.releases import chain

_VERSION = re.compile(
    r'v?(?P<major>\d+)(\.\d+)*(\.?(a|b|rc|post|dev)\d+)*(\+[\w.]+)?'
)


class UnknownRelease(ValueError):
    """A word that names no known release."""


@dataclasses.dataclass(frozen=True, order=True)
class Release:
    """A major release of Glance; releases compare by age."""

    major: int
    name: str  # "Caracal"
    cycle: str  # "2024.1"; empty before 2023.1
    version: str  # "28.0.0"
    last: str  # the newest version that the data were made from
    slurp: bool
    python: tuple[int, int]  # the oldest that the package declares
    expand_head: str
    contract_head: str  # the one row of alembic_version when complete
    data_migrations: tuple[str, ...]  # those it runs that do something
    store_drivers: frozenset[str]  # names, and class names of old
    default_stores: frozenset[str]  # choices of default_store
    store_schemes: Mapping[str, tuple[str, ...]] = dataclasses.field(
        compare=False
    )  # {driver name: URL schemes}
    libraries: Mapping[str, str] = dataclasses.field(
        compare=False
    )  # {distribution: version that it was tested with}

    @property
    def label(self) -> str:
        """Return the short customary name: "2024.1", "Stein"."""
        return self.cycle or self.name

    @property
    def title(self) -> str:
        """Return the full name: "2024.1 Caracal", "Stein"."""
        return f'{self.cycle} {self.name}'.strip()


@functools.cache
def known() -> tuple[Release, ...]:
    """Return all releases, oldest first.

    The first one, Rocky, is only a source: what an upgrade to it changes
    is not known.
    """
    path = pathlib.Path(__file__).with_name('releases.json')
    return tuple(_release(r) for r in json.loads(path.read_text('utf-8')))


def targets() -> tuple[Release, ...]:
    """Return the releases that an upgrade can go to, oldest first."""
    return known()[1:]


def newest() -> Release:
    """Return the newest known release."""
    return known()[-1]


def find(word: str, among: Sequence[Release] | None = None) -> Release:
    """Return the release of a name, a cycle or a Glance version.

    Case does not matter, and of a version only the major number does:
    "Caracal", "2024.1", "2024.1 caracal", "28", "v28", "28.1.2",
    "28.0.0.0rc1". Looks among all known releases unless told otherwise;
    raises UnknownRelease.
    """
    choice = known() if among is None else among
    names = _all_by_name() if among is None else _by_name(among)
    wanted = ' '.join(word.split()).lower()
    version = _VERSION.fullmatch(wanted)
    if wanted not in names and version:
        wanted = version['major']
    if wanted not in names:
        raise UnknownRelease(_complaint(word, choice))
    return names[wanted]


def crossed(source: Release, target: Release) -> tuple[Release, ...]:
    """Return the releases after the source, up to and with the target."""
    return tuple(r for r in known() if source < r <= target)


def at(rows: Iterable[str]) -> tuple[Release, ...]:
    """Return the releases that a database may belong to, oldest first.

    They are those of the newest contract head that the rows include. After
    a complete upgrade that is the row itself; in the middle of one it is
    the release that the upgrade came from, since contract comes last.
    Empty: older than all known releases, or with a row that no known
    release has (old names like "ocata01" included).
    """
    try:
        names = chain.included(rows)
    except chain.UnknownRevision:
        return ()
    heads = [r.contract_head for r in known() if r.contract_head in names]
    return tuple(r for r in known() if r.contract_head in heads[-1:])


def toward(rows: Iterable[str]) -> tuple[Release, ...]:
    """Return the releases that a begun upgrade may go to, oldest first.

    They are those that carry every revision of the rows. Empty if the
    rows are those of a complete upgrade to a known release, or if there is
    a row that no known release has.
    """
    present = set(rows)
    complete = any(present == {r.contract_head} for r in known())
    if complete or not present:
        return ()
    return tuple(r for r in known() if present <= _carried(r))


def missing(
    rows: Iterable[str], target: Release
) -> tuple[chain.Revision, ...]:
    """Return what db sync of the target has still to run, in its order.

    Raises chain.UnknownRevision.
    """
    return _revisions(_carried(target) - chain.included(rows))


def beyond(rows: Iterable[str], target: Release) -> tuple[chain.Revision, ...]:
    """Return the applied revisions that the target does not carry.

    Not empty: its glance-manage cannot handle this database, which is
    newer. Raises chain.UnknownRevision.
    """
    return _revisions(chain.included(rows) - _carried(target))


def _release(data: dict[str, Any]) -> Release:
    major, minor = data['python'].split('.')
    schemes = data['store_schemes']
    return Release(
        **{
            **data,
            'python': (int(major), int(minor)),
            'data_migrations': tuple(data['data_migrations']),
            'store_drivers': frozenset(data['store_drivers']),
            'store_schemes': {k: tuple(v) for k, v in schemes.items()},
            'default_stores': frozenset(data['default_stores']),
        }
    )


@functools.cache
def _all_by_name() -> dict[str, Release]:
    return _by_name(known())


def _by_name(choice: Sequence[Release]) -> dict[str, Release]:
    return {name: release for release in choice for name in _names(release)}


def _names(release: Release) -> set[str]:
    names = {str(release.major), release.name, release.label, release.title}
    return {name.lower() for name in names}


def _complaint(word: str, choice: Sequence[Release]) -> str:
    names = {n.lower(): n for r in choice for n in (r.name, r.label)}
    near = difflib.get_close_matches(word.lower(), names, n=1)
    hint = f' (did you mean {names[near[0]]!r}?)' if near else ''
    listed = ', '.join(f'{r.title} ({r.major})' for r in choice)
    return f'unknown release {word!r}{hint}; known: {listed}'


def _carried(release: Release) -> frozenset[str]:
    return chain.included((release.expand_head, release.contract_head))


def _revisions(names: frozenset[str]) -> tuple[chain.Revision, ...]:
    return tuple(r for r in chain.revisions() if r.id in names)
