# SPDX-License-Identifier: Apache-2.0
"""What each release knows of options, read from what the releases said.

The data are made by ``tools/lifecycle.py``; nothing in them is written by
hand. They are loaded at the first question.
"""

import dataclasses
import functools
import json
import pathlib
import typing
from collections.abc import Iterable, Iterator, Mapping

AUTH = 'keystoneauth'
"""The table of what plug-ins of keystoneauth and their sessions read."""

BACKEND = 'backend:'
"""Begins the name of the table of the stores of one driver."""

DEFAULTS = 'backend_defaults'
"""The group that speaks for all named stores, and its first release."""
DEFAULTS_SINCE = 31

RESERVED = 'os_glance_'
"""Begins the group of a store that Glance keeps for itself."""

# Their driver reads less than the file store, and the rest is ignored.
_RESERVED_DRIVER = 'file'

# The groups in which keystoneauth looks for a plug-in and its options.
_AUTH_GROUPS = frozenset(
    {'keystone_authtoken', 'oslo_limit', 'barbican_service_user'}
)


class Option(typing.NamedTuple):
    """An option as one release has it.

    :param table: its group, or the table that it comes from
    :param kind: its type: a name of oslo_config.types, or more in a mapping
    :param aliases: (table, name) of names that are honoured in its place
    :param beside: whether a library brings it and the API does not read it
    """

    table: str
    name: str
    kind: typing.Any = 'String'
    default: typing.Any = None
    required: bool = False
    secret: bool = False
    multi: bool = False
    deprecated: bool = False
    reason: str = ''
    aliases: tuple[tuple[str, str], ...] = ()
    beside: bool = False


@dataclasses.dataclass(frozen=True)
class Life:
    """An option from its first release to its last.

    :param since: the first major that has it; the first known one stands
        for all before it
    :param gone: the first major that does not; None where all do
    """

    table: str
    name: str
    since: int
    gone: int | None
    record: Mapping[str, typing.Any] = dataclasses.field(repr=False)

    def at(self, major: int) -> Option | None:
        """Return the option of a release, None where it has none."""
        if major < self.since or (self.gone or major + 1) <= major:
            return None
        if major in self.record.get('absent', ()):
            return None
        state = dict(self.record)
        for release, change in self.record.get('changes', {}).items():
            if int(release) <= major:
                state.update(change)
        return Option(
            self.table,
            self.name,
            state.get('type') or 'String',
            state.get('default'),
            bool(state.get('required')),
            bool(state.get('secret')),
            bool(state.get('multi')),
            bool(state.get('deprecated')),
            state.get('reason') or '',
            tuple(
                (group_of(group) if group else self.table, name)
                for group, name in state.get('aliases') or ()
            ),
            bool(state.get('beside')),
        )

    def read_at(self, major: int) -> Option | None:
        """Return the option of a release whose API reads it, or None.

        What was not the API's before counts as read: it is somebody's.
        """
        option = self.at(major)
        if self._first_read is None:
            return option or Option(self.table, self.name, beside=True)
        if option and option.beside and self._first_read < major:
            return None
        return option

    @functools.cached_property
    def _first_read(self) -> int | None:
        for major, option in self.states:
            if not option.beside:
                return major
        return None

    def ended(self, major: int) -> int | None:
        """Return the first of the releases up to one that do not read it.

        None where this one does, or where it comes later: some are taken
        away and brought back.
        """
        read = [m for m in range(self.since, major + 1) if self.read_at(m)]
        return read[-1] + 1 if read and read[-1] < major else None

    @property
    def states(self) -> Iterator[tuple[int, Option]]:
        """Yield (major, option) of each release that has it."""
        for major in majors():
            option = self.at(major)
            if option:
                yield major, option


class Alias(typing.NamedTuple):
    """That a name is, or was, honoured in the place of an option's."""

    life: Life
    majors: tuple[int, ...]


class Knowledge:
    """All options of all releases, by table and name."""

    def __init__(self, data: Mapping[str, typing.Any]):
        self.tables: dict[str, dict[str, Life]] = {}
        for group, records in data['groups'].items():
            self._add(group_of(group), records)
        for driver, records in data['backends'].items():
            self._add(BACKEND + driver, records)
        for records in data['auth'].values():
            self._add(AUTH, records)
        self._add(AUTH, data['session'])

    def _add(self, table: str, records: Mapping[str, typing.Any]) -> None:
        known = self.tables.setdefault(table, {})
        for name, record in records.items():
            known.setdefault(
                name,
                Life(
                    table,
                    name,
                    record.get('since', _FIRST),
                    record.get('gone'),
                    record,
                ),
            )

    @functools.cached_property
    def aliases(self) -> dict[tuple[str, str], list[Alias]]:
        """Return what each (table, name) was ever honoured for."""
        found: dict[tuple[str, str], dict[str, tuple[Life, list[int]]]] = {}
        for life in self.lives():
            if not _has_aliases(life.record):
                continue
            for major, option in life.states:
                for alias in option.aliases:
                    lives = found.setdefault(alias, {})
                    key = f'{life.table} {life.name}'
                    lives.setdefault(key, (life, []))[1].append(major)
        return {
            alias: [Alias(life, tuple(seen)) for life, seen in lives.values()]
            for alias, lives in found.items()
        }

    @functools.cached_property
    def homes(self) -> dict[str, list[str]]:
        """Return the groups in which each name of an option is known."""
        found: dict[str, list[str]] = {}
        for life in self.lives():
            if life.table != AUTH and not life.table.startswith(BACKEND):
                found.setdefault(life.name, []).append(life.table)
        return found

    def lives(self) -> Iterator[Life]:
        """Yield all options."""
        for table in self.tables.values():
            yield from table.values()


class Sections:
    """Which tables say what may stand in a section of one configuration.

    :param backends: enabled_backends, {name: driver}
    :param auth_sections: what the options ``auth_section`` name
    """

    def __init__(
        self,
        major: int,
        backends: Mapping[str, str] | None = None,
        auth_sections: Iterable[str] = (),
    ):
        self.major = major
        self.backends = {
            group_of(name): driver for name, driver in (backends or {}).items()
        }
        self.auth = _AUTH_GROUPS | {group_of(name) for name in auth_sections}

    def tables(self, section: str) -> tuple[str, ...]:
        """Return the tables of a section, none where nothing is known."""
        group = group_of(section)
        known = knowledge().tables
        found = [group] if group in known else []
        if group in self.backends:
            driver = BACKEND + self.backends[group]
            # Nobody knows what the driver of another party reads.
            return (*found, driver) if driver in known else ()
        if group.startswith(RESERVED):
            return (*found, BACKEND + _RESERVED_DRIVER)
        if group == DEFAULTS and self.major >= DEFAULTS_SINCE:
            return tuple(name for name in known if name.startswith(BACKEND))
        # A section that nothing else is known of may be another client's.
        if group in self.auth and found:
            found.append(AUTH)
        return tuple(found)


def group_of(section: str) -> str:
    """Return the name by which oslo.config knows a section."""
    return section if section == 'DEFAULT' else section.lower()


@functools.cache
def knowledge() -> Knowledge:
    """Return what is known of options."""
    return Knowledge(_load('options'))


@functools.cache
def majors() -> tuple[int, ...]:
    """Return the releases that were asked, oldest first."""
    return tuple(int(major) for major in _load('options')['provenance'])


@functools.cache
def policies() -> Mapping[str, typing.Any]:
    """Return {policy: its life-cycle} as policies.json has it."""
    return typing.cast('Mapping[str, typing.Any]', _load('policies'))


@functools.cache
def refusals() -> Mapping[str, str]:
    """Return {"table option": what a value of the wrong type breaks first}.

    "start", or a request. It was seen with the newest release; an option
    that is not there was read by nothing that was tried.
    """
    return typing.cast('Mapping[str, str]', _load('refusals'))


@functools.cache
def _load(name: str) -> typing.Any:
    path = pathlib.Path(__file__).with_name(f'{name}.json')
    return json.loads(path.read_text('utf-8'))


def _has_aliases(record: Mapping[str, typing.Any]) -> bool:
    changes = record.get('changes', {}).values()
    return any('aliases' in state for state in (record, *changes))


_FIRST = 17
