# SPDX-License-Identifier: Apache-2.0
"""Whether images of any format are allowed."""

import re

from glance_status import context, ini, results
from glance_status.checks import backends, values
from glance_status.releases import lifecycle

GROUP = 'image_format'
# What a format may be made of.
_WORD = re.compile(r'[\w-]+')

KIND = results.FindingKind(
    id='image-formats-empty',
    title='No format of images is allowed',
    looks_for='An empty list in [image_format] disk_formats or '
    'container_formats, or in the options of these names in [DEFAULT]; also '
    'one whose formats are in capitals, in quotation marks or in brackets, '
    'as those of other options are, or have no comma between them. Where '
    'others are left it is a warning.',
    matters='The API starts, and answers 400 to whoever wants to make an '
    'image of such a format.',
    remediation='Delete the line: the default lists all formats. Or name '
    'those that are allowed.',
    since='18.0.0',
)


def find(checker: context.Checker) -> list[results.Finding]:
    """Look at the lists of formats that are allowed."""
    settings = [
        checker.written(GROUP, option) or checker.written('DEFAULT', option)
        for option in ('disk_formats', 'container_formats')
    ]
    return [
        finding
        for setting in settings
        if setting is not None
        and (finding := _allowed(checker, setting)) is not None
    ]


def _allowed(
    checker: context.Checker, setting: ini.Setting
) -> results.Finding | None:
    """Return what is wrong with a list of formats, None for nothing."""
    written = backends.text(checker, setting)
    formats = [item for each in written.split(',') if (item := each.strip())]
    affected = results.Affected(1, (setting.name,))
    if not formats:
        return KIND.failure(
            f'{setting.name} is empty ({setting.place}).', affected=affected
        )
    misspelt = [item for item in formats if _is_misspelt(item, setting.option)]
    if not misspelt:
        return None
    made = KIND.warning if len(misspelt) < len(formats) else KIND.failure
    return made(
        f'{setting.name} ({setting.place}) has '
        f'{values.shown(", ".join(misspelt))}: formats are written in small '
        'letters, with commas between them, without brackets and quotation '
        'marks.',
        affected=affected,
    )


def _is_misspelt(item: str, option: str) -> bool:
    """Tell whether it is formats of Glance's but for how they are written."""
    known = {
        name
        for _major, state in lifecycle.knowledge().tables[GROUP][option].states
        for name in state.default
    }
    words = _WORD.findall(item.lower())
    return item not in known and bool(words) and known.issuperset(words)
