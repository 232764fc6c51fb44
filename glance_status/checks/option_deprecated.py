# SPDX-License-Identifier: Apache-2.0
"""Options that the target still reads, and a later release may not."""

from glance_status import context, plugins, results
from glance_status.checks import known
from glance_status.releases import lifecycle

DEPRECATED = results.FindingKind(
    id='option-deprecated',
    title='An option is deprecated',
    looks_for='Options in the files of Glance that the target reads and '
    'declares to be on their way out. Options of which a finding of its own '
    'speaks are left out.',
    matters='Nothing changes in this upgrade. A later release ignores the '
    'line. A note is one whose value is the default.',
    remediation='See what its release says of it, and plan to do without it.',
    reference='https://docs.openstack.org/glance/latest/configuration/',
)
OLD_NAME = results.FindingKind(
    id='option-old-name',
    title='An option is set under its old name',
    looks_for='Options that have a new name, or stand in another section '
    'now, and that the target still reads under the old one.',
    matters='Nothing changes in this upgrade. A later release may ignore '
    'the line.',
    remediation='Write the value under the new name.',
    reference='https://docs.openstack.org/glance/latest/configuration/',
)


def check_deprecated(checker: context.Checker) -> list[results.Finding]:
    """Look for options on their way out."""
    deprecated = []
    renamed = []
    for item in known.names(checker):
        if item.option is None or item.option.beside:
            continue
        # What is known of all clients may be another option in this one.
        if item.option.table == lifecycle.AUTH:
            continue
        if item.old_name:
            renamed.append(item)
        elif item.option.deprecated:
            deprecated.append(item)
    return known.capped(
        DEPRECATED, deprecated, lambda item: _deprecated(item, checker)
    ) + known.capped(OLD_NAME, renamed, _old_name)


def _deprecated(
    item: known.Known, checker: context.Checker
) -> results.Finding:
    assert item.option is not None
    setting = item.setting
    said = (
        f'{setting.name} ({setting.place}) is deprecated in '
        f'{checker.target.title}.'
    )
    if item.option.reason:
        said += f' Its documentation says: "{item.option.reason.rstrip(".")}".'
    if known.is_default(item.option, setting.value):
        return DEPRECATED.note(
            f'{said} Its value is the default.',
            remediation='Remove the line.',
            affected=known.affected(item),
        )
    return DEPRECATED.warning(said, affected=known.affected(item))


def _old_name(item: known.Known) -> results.Finding:
    setting = item.setting
    return OLD_NAME.note(
        f'{setting.name} ({setting.place}) is called {item.new_name} now, '
        'and still read.',
        remediation=f'Write the value as {item.new_name}.',
        affected=known.affected(item),
    )


CHECKS = (
    plugins.Check(
        id='options-deprecated',
        title='Deprecated options',
        function=check_deprecated,
        kinds=(DEPRECATED, OLD_NAME),
        topic='options',
        reads=('configuration',),
        description='Whether the configuration sets options that the target '
        'declares to be on their way out.',
    ),
)
