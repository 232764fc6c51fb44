# SPDX-License-Identifier: Apache-2.0
"""Options that the target does not read any more."""

from glance_status import context, plugins, results
from glance_status.checks import known

RELEASE_NOTES = 'https://docs.openstack.org/releasenotes/glance/'

GONE = results.FindingKind(
    id='option-gone',
    title='An option is gone',
    looks_for='Options in the files of Glance that a release on the way to '
    'the target took away: Glance, glance_store or one of the libraries '
    'whose options stand in the same file. Options of which a finding of '
    'its own speaks are left out.',
    matters='The target ignores the line, without a word. What it was set '
    'for does not happen any more. A note is one whose value was the default.',
    remediation='See in the release notes what takes its place, then remove '
    'the line.',
    reference=RELEASE_NOTES,
)
RENAMED = results.FindingKind(
    id='option-renamed',
    title='An option is set under a name that is not honoured any more',
    looks_for='Options that have a new name, or stand in another section '
    'now, and whose old name a release on the way to the target stopped '
    'reading.',
    matters='The target ignores the line, without a word, and takes the '
    'default. A note is one that is set under its new name as well.',
    remediation='Write the value under the new name.',
    reference=RELEASE_NOTES,
)


def check_gone(checker: context.Checker) -> list[results.Finding]:
    """Look for options that the upgrade ends."""
    ended = [
        item
        for item in known.names(checker)
        if known.unread_since(item, checker)
    ]
    gone = [item for item in ended if not item.old_name]
    renamed = [item for item in ended if item.old_name]
    return known.capped(GONE, gone, _gone) + known.capped(
        RENAMED, renamed, lambda item: _renamed(item, checker)
    )


def _gone(item: known.Known) -> results.Finding:
    assert item.life is not None
    assert item.ended is not None
    setting = item.setting
    last = item.life.at(item.ended - 1)
    said = (
        f'{setting.name} ({setting.place}) is not read any more from '
        f'{known.release(item.ended)} on.'
    )
    if last and known.is_default(last, setting.value):
        return GONE.note(
            f'{said} Its value was the default.',
            remediation='Remove the line.',
            affected=known.affected(item),
        )
    return GONE.warning(
        said + known.reason(item.life, item.ended),
        affected=known.affected(item),
    )


def _renamed(item: known.Known, checker: context.Checker) -> results.Finding:
    assert item.life is not None
    assert item.ended is not None
    setting = item.setting
    new = item.new_name
    said = (
        f'{setting.name} ({setting.place}) is called {new} now, and the old '
        f'name is not read any more from {known.release(item.ended)} on'
    )
    section, option = item.life.table, item.life.name
    if section in item.tables or section == 'keystoneauth':
        section = setting.section
    other = checker.written(section, option)
    if other:
        return RENAMED.note(
            f'{said}. {new} is set as well ({other.place}).',
            remediation='Remove the line.',
            affected=known.affected(item),
        )
    return RENAMED.warning(
        f'{said}: the target takes its default.',
        remediation=f'Write the value as {new}, and remove the old line.',
        affected=known.affected(item),
    )


CHECKS = (
    plugins.Check(
        id='options-gone',
        title='Options that are gone',
        function=check_gone,
        kinds=(GONE, RENAMED),
        topic='options',
        reads=('configuration',),
        description='Whether the target still reads every option that the '
        'configuration sets.',
    ),
)
