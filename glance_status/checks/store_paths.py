# SPDX-License-Identifier: Apache-2.0
"""Paths of filesystem stores that locations cannot have."""

import re
from collections.abc import Iterable

from glance_status import context, results
from glance_status.checks import backends, values

FS_PATH = results.FindingKind(
    id='fs-path',
    title='The path of a filesystem store ends too early in locations',
    looks_for='A # or a ? in the path of a directory of a filesystem store, '
    'as a comment behind it puts it there: oslo.config has none at the end '
    'of a line.',
    matters='The API starts and takes images. Their location is a URL, which '
    'ends at that letter: no image that is stored there can be read again, '
    'and a download is answered with nothing.',
    remediation='Put the comment on a line of its own, or give the directory '
    'another name, before images are stored there.',
    since='18.0.0',
)

_ENDS = re.compile('[#?]')


def cut(
    store: backends.Store, paths: Iterable[str], checker: context.Checker
) -> list[results.Finding]:
    """Look for letters at which the path of a URL ends.

    :param paths: the directories of the store
    """
    return [
        backends.judged(
            FS_PATH,
            store,
            f'{values.shown(path)} is a directory of '
            f'{backends.placed(checker, store)}: the path of a location '
            f'would end at {found[0]}.',
        )
        for path in paths
        if (found := _ENDS.search(path))
    ]
