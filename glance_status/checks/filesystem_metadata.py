# SPDX-License-Identifier: Apache-2.0
"""Whether filesystem stores can use the files with their metadata."""

import json
import os
import typing

from glance_status import context, results
from glance_status.checks import backends, small_files

_OPTION = 'filesystem_store_metadata_file'

KIND = results.FindingKind(
    id='fs-metadata-file',
    title='The metadata file of a filesystem store is of no use',
    looks_for='A filesystem_store_metadata_file that does not exist, or that '
    'is not a JSON object with the strings "id" and "mountpoint", or a list '
    'of such objects; or that has a number, true, false or null in it.',
    matters=backends.REFUSED,
    remediation='Correct the path or the file, or delete the option.',
    since='18.0.0',
)


def find(
    store: backends.Store, checker: context.Checker
) -> list[results.Finding]:
    """Look at the file that a store names."""
    setting = backends.written(checker, store, _OPTION)
    if setting is None:
        return []
    path = backends.text(checker, setting)
    # Glance opens a relative path where its service happens to run.
    if not os.path.isabs(path):
        return []
    wrong = _wrong(path)
    if not wrong:
        return []
    message = f'{setting.name} names {path} ({setting.place}), which {wrong}.'
    if small_files.is_elsewhere(path):
        return [
            KIND.warning(
                f'{message} Its directory is not on this host either: look '
                'where Glance runs.',
                affected=results.Affected(1, (store.name,)),
            )
        ]
    return [backends.judged(KIND, store, message)]


def _wrong(path: str) -> str:
    """Return what is wrong with a metadata file, '' for nothing."""
    try:
        content = json.loads(small_files.read(path))
    except small_files.Forbidden:
        return ''
    except small_files.Unreadable as error:
        return str(error)
    except (ValueError, RecursionError):
        return 'is not JSON'
    items = content if isinstance(content, list) else [content]
    for item in items:
        if not isinstance(item, dict):
            return 'is not an object, or a list of objects'
        for name in ('id', 'mountpoint'):
            if not isinstance(item.get(name), str):
                return f'has an object without a string "{name}"'
        if not _is_text(item):
            return 'has a value that is no string'
    return ''


def _is_text(value: typing.Any) -> bool:
    """Tell whether glance_store takes a value for metadata."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item
        elif not isinstance(item, str):
            return False
    return True
