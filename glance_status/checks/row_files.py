# SPDX-License-Identifier: Apache-2.0
"""Whether the files of images are where their locations say."""

import os
import urllib.parse

from glance_status import context, plugins, results, rows
from glance_status.checks import backends

FILE_MISSING = results.FindingKind(
    id='loc-file-missing',
    title='Files of images are missing',
    looks_for='The files of the first ten locations like '
    'file://DIRECTORY/IMAGE, on a host that has a directory of a file store.',
    matters='These images cannot be read, and after the upgrade it looks as '
    'if that were the reason.',
    remediation='Mount what belongs there, or correct '
    'filesystem_store_datadir; delete the images whose file is lost.',
)


def _directories(checker: context.Checker) -> list[str]:
    """Return the directories of the file stores that are on this host."""
    found = []
    for store in backends.read(checker).of('file'):
        path = backends.datadir(checker, store.group)
        if path and os.path.isdir(path):
            found.append(path)
    if not found:
        raise context.Inapplicable(
            'this host has no directory of a file store'
        )
    return found


def ask(checker: context.Checker) -> list[rows.Question]:
    """Ask for the first files in the directories that are here."""
    import sqlalchemy

    from glance_status import tables

    value = tables.IMAGE_LOCATIONS.c.value
    here = sqlalchemy.or_(
        *(
            tables.exact(value).startswith(
                f'file://{path.rstrip("/")}/', autoescape=True
            )
            for path in _directories(checker)
        )
    )
    return [tables.live_locations('here', here, more=(value,))]


def check_files(checker: context.Checker) -> list[results.Finding]:
    """Look for the files of the first locations."""
    sample = checker.answers['here'].sample
    missing = [
        str(image)
        for image, url in sample
        if not os.path.exists(urllib.parse.urlsplit(url).path)
    ]
    if not missing:
        return []
    return [
        FILE_MISSING.warning(
            f'Files that were looked for: {len(sample)}, not there: '
            f'{len(missing)}.',
            affected=results.Affected(len(missing), tuple(missing)),
        )
    ]


CHECKS = (
    plugins.Check(
        id='location-files',
        title='Files of locations',
        function=check_files,
        kinds=(FILE_MISSING,),
        topic='stores',
        reads=('configuration', 'host', 'database'),
        description='Whether files of images are where their locations '
        'say, on a host that has them.',
        asks=ask,
    ),
)
