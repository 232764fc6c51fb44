# SPDX-License-Identifier: Apache-2.0
"""Options and sections that no release has: slips of the pen."""

import difflib

from glance_status import context, plugins, results
from glance_status.checks import known
from glance_status.releases import lifecycle

# How like a name has to be to one that exists.
LIKE_OPTION = 0.8
LIKE_SECTION = 0.85
# A name that stands in more sections than these says nothing.
FEW = 2

UNKNOWN = results.FindingKind(
    id='option-unknown',
    title='An option or a section has a name that no release knows',
    looks_for='Options that are in no release of Glance or its libraries, '
    'in sections that are known. A section that is not known is looked at '
    'for a misspelt name alone, and so is left alone where it belongs to '
    'software of somebody else.',
    matters='The line is ignored, without a word, today and after the '
    'upgrade. A note is one that is like no name in its section; it may '
    'belong to another section or to software of somebody else.',
    remediation='Correct the name, or remove the line.',
)
NOT_YET = results.FindingKind(
    id='option-not-yet',
    title='An option comes with a later release',
    looks_for='Options that the target does not have and a later release has.',
    matters='The target ignores the line. It does no harm.',
    remediation='Remove the line until the upgrade to that release.',
)


def check_unknown(checker: context.Checker) -> list[results.Finding]:
    """Look for names that no release knows."""
    unknown = []
    early = []
    foreign = []
    for item in known.names(checker):
        if item.option or item.ended:
            continue
        if item.life:
            early.append(item)
        elif item.tables:
            unknown.append(item)
        else:
            foreign.append(item)
    sections = [
        finding
        for item in foreign[: known.MOST]
        if (finding := _section(item)) is not None
    ]
    major = checker.target.major
    return (
        sections
        + known.capped(UNKNOWN, unknown, lambda item: _option(item, major))
        + known.capped(NOT_YET, early, _early)
    )


def _early(item: known.Known) -> results.Finding:
    assert item.life is not None
    return NOT_YET.note(
        f'{item.setting.name} ({item.setting.place}) comes with '
        f'{known.release(item.life.since)}.',
        affected=known.affected(item),
    )


def _option(item: known.Known, major: int) -> results.Finding:
    setting = item.setting
    said = f'{setting.name} ({setting.place}) is known in no release'
    homes = _homes(setting.option, major)
    if homes:
        return UNKNOWN.note(
            f'{said} in this section, and so without effect. '
            f'There is {" and ".join(homes)}.',
            remediation=f'Write it as {" or ".join(homes)} if that is meant, '
            'or remove the line.',
            affected=known.affected(item),
        )
    near = _near(item, major)
    if near is None:
        return UNKNOWN.note(f'{said}.', affected=known.affected(item))
    return UNKNOWN.warning(
        f'{said}. Is {near} meant?',
        remediation=f'Write {near} if it is meant, or remove the line.',
        affected=known.affected(item),
    )


def _homes(name: str, major: int) -> list[str]:
    """Return where an option of this name is read, if that is clear."""
    knowledge = lifecycle.knowledge()
    found = [
        f'[{group}] {name}'
        for group in knowledge.homes.get(name, ())
        if (option := knowledge.tables[group][name].read_at(major))
        and not option.beside
    ]
    return found if len(found) <= FEW else []


def _near(item: known.Known, major: int) -> str | None:
    """Return the option that is meant, None where nobody knows."""
    knowledge = lifecycle.knowledge()
    candidates = [
        name
        for table in item.tables
        for name, life in knowledge.tables[table].items()
        if life.read_at(major)
    ]
    near = difflib.get_close_matches(
        item.setting.option, candidates, cutoff=LIKE_OPTION
    )
    return f'[{item.setting.section}] {near[0]}' if near else None


def _section(item: known.Known) -> results.Finding | None:
    setting = item.setting
    group = lifecycle.group_of(setting.section)
    near = difflib.get_close_matches(
        group, lifecycle.knowledge().tables, cutoff=LIKE_SECTION
    )
    if not near or setting.option not in lifecycle.knowledge().tables[near[0]]:
        return None
    return UNKNOWN.warning(
        f'The section [{setting.section}] ({setting.place}) is known in no '
        f'release. Is [{near[0]}] meant?',
        remediation=f'Write [{near[0]}] if it is meant.',
        affected=results.Affected(1, (f'[{setting.section}]',)),
    )


CHECKS = (
    plugins.Check(
        id='options-unknown',
        title='Unknown options',
        function=check_unknown,
        kinds=(UNKNOWN, NOT_YET),
        topic='options',
        reads=('configuration',),
        description='Whether every option in a known section has a name that '
        'some release knows.',
    ),
)
