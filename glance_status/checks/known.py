# SPDX-License-Identifier: Apache-2.0
"""What the target knows of each option that the configuration sets."""

import dataclasses
import functools
import typing

from oslo_config import cfg

from glance_status import context, ini, options, releases, results
from glance_status.checks import backends, elsewhere
from glance_status.releases import lifecycle

# What is said one by one; more are one finding that counts them.
MOST = 50

# Characters of a value that is read; oslo.config takes a list to pieces in
# quadratic time, and nobody writes a longer one.
LONGEST = 50_000

# Sections of ours, and what no release of Glance reads in its file.
OURS = frozenset({'upgrade_check'})


@dataclasses.dataclass(frozen=True, slots=True)
class Known:
    """A setting that decides, and what is known of its name.

    :param tables: where its section is described; none for a section that
        nothing is known of
    :param option: what the target reads it as; None where it does not
    :param old_name: whether the option has another name now
    :param life: what it was, or will be, in another release
    :param ended: the first major that does not read it any more
    """

    setting: ini.Setting
    tables: tuple[str, ...]
    option: lifecycle.Option | None = None
    old_name: bool = False
    life: lifecycle.Life | None = None
    ended: int | None = None

    @property
    def new_name(self) -> str | None:
        """Return what it is called in the target, None where as written."""
        if self.life is None:
            return None
        group = self.setting.section
        if self.life.table in (lifecycle.AUTH, *self.tables):
            new = (group, self.life.name)
        else:
            new = (self.life.table, self.life.name)
        written = (lifecycle.group_of(group), self.setting.option)
        return None if new == written else '[{}] {}'.format(*new)


def names(checker: context.Checker) -> typing.Iterator[Known]:
    """Yield the settings of whose names no other finding speaks."""
    for item in settings(checker):
        if not _spoken_for(item):
            yield item


@functools.lru_cache(maxsize=1)
def settings(checker: context.Checker) -> tuple[Known, ...]:
    """Return the settings that decide an option, in the files' order.

    Of a section that nothing is known of, only the first. Several checks
    ask, and there may be a million.
    """
    return tuple(_settings(checker))


def _settings(checker: context.Checker) -> typing.Iterator[Known]:
    by_name = sections(checker)
    tables: dict[str, tuple[str, ...]] = {}
    foreign = set(OURS)
    for setting in checker.settings:
        if checker.written(setting.section, setting.option) is not setting:
            continue
        group = lifecycle.group_of(setting.section)
        if group in foreign:
            continue
        if group not in tables:
            tables[group] = by_name.tables(group)
        known = _known(setting, group, tables[group], checker.target.major)
        if not known.tables and not known.life:
            foreign.add(group)
        yield known


@functools.lru_cache(maxsize=1)
def sections(checker: context.Checker) -> lifecycle.Sections:
    """Return what tells which tables a section of the files has."""
    try:
        found = options.glance(checker.conf).enabled_backends or {}
    except (cfg.Error, ValueError, RecursionError):
        found = {}
    return lifecycle.Sections(
        checker.target.major,
        {name: backends.short(driver) for name, driver in found.items()},
        [
            setting.value
            for setting in checker.settings
            if setting.option == 'auth_section'
        ],
    )


def _known(
    setting: ini.Setting,
    group: str,
    tables: tuple[str, ...],
    major: int,
) -> Known:
    knowledge = lifecycle.knowledge()
    name = setting.option
    lives = [
        life
        for table in tables
        if (life := knowledge.tables[table].get(name)) is not None
    ]
    for life in lives:
        option = life.read_at(major)
        if option:
            return Known(setting, tables, option)
    aliases = [
        alias
        for table in dict.fromkeys((group, *tables))
        for alias in knowledge.aliases.get((table, name), ())
    ]
    for alias in aliases:
        option = alias.life.read_at(major)
        if option and (option.beside or major in alias.majors):
            return Known(setting, tables, option, True, alias.life)
    return _unread(setting, tables, lives, aliases, major)


def _unread(
    setting: ini.Setting,
    tables: tuple[str, ...],
    lives: list[lifecycle.Life],
    aliases: list[lifecycle.Alias],
    major: int,
) -> Known:
    for alias in aliases:
        ended = alias.majors[-1] + 1
        if ended <= major and alias.life.read_at(major):
            return Known(setting, tables, None, True, alias.life, ended)
    lives = [*lives, *(alias.life for alias in aliases)]
    for life in lives:
        if gone := life.ended(major):
            return Known(setting, tables, life=life, ended=gone)
    # What is not read, and was not before, comes later.
    return Known(setting, tables, life=next(iter(lives), None))


def _spoken_for(known: Known) -> bool:
    name = known.setting.option
    if known.option and not known.old_name:
        return elsewhere.speaks(known.option.table, name)
    group = lifecycle.group_of(known.setting.section)
    tables = dict.fromkeys((group, *known.tables))
    return any((table, name) in elsewhere.FINDINGS for table in tables)


def unread_since(known: Known, checker: context.Checker) -> bool:
    """Tell whether the upgrade is what ends it."""
    return known.ended is not None and checker.crosses(known.ended)


def is_default(option: lifecycle.Option, value: str) -> bool:
    """Tell whether a value is the default of an option."""
    if option.default is None:
        return value == ''
    if len(value) > LONGEST:
        return False
    if option.multi:
        return value in option.default
    try:
        return bool(parser(option)(value) == option.default)
    except ValueError:
        return False


def parser(option: lifecycle.Option) -> typing.Callable[[str], typing.Any]:
    """Return what turns the text of an option into its value."""
    from glance_status.checks import kinds

    return kinds.make(option.kind)


def release(major: int) -> str:
    """Return a release as messages have it: "28.0.0 (2024.1 Caracal)"."""
    found = releases.find(str(major))
    return f'{found.version} ({found.title})'


def affected(known: Known) -> results.Affected:
    """Return the one option that a finding is about."""
    return results.Affected(1, (known.setting.name,))


def reason(life: lifecycle.Life, major: int) -> str:
    """Return what the release before one says of an option's end."""
    said = ''
    for release, option in life.states:
        if release < major and option.reason:
            said = option.reason.rstrip('.')
    return f' Its documentation says: "{said}".' if said else ''


def capped(
    kind: results.FindingKind,
    items: typing.Sequence[Known],
    judge: typing.Callable[[Known], results.Finding],
) -> list[results.Finding]:
    """Return a finding for each item, and one that counts those past MOST."""
    findings = [judge(item) for item in items[:MOST]]
    rest = items[MOST:]
    if rest:
        make = (kind.note, kind.warning, kind.failure)[
            results.worst_of(findings)
        ]
        names = tuple(i.setting.name for i in rest[: results.SAMPLE_SIZE])
        findings.append(
            make(
                f'There are {len(rest)} more.',
                affected=results.Affected(len(rest), names),
            )
        )
    return findings
