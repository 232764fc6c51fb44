# SPDX-License-Identifier: Apache-2.0
"""Whether the options of filesystem stores go together."""

import os
import stat
import typing

from glance_status import context, ini, plugins, results
from glance_status.checks import (
    backends,
    filesystem_metadata,
    staging,
    store_paths,
)

DATADIRS = 'filesystem_store_datadirs'
FILE_PERM = 'filesystem_store_file_perm'

# The first release that makes all stores, the reserved ones among them.
SAME_DIRECTORY = 19
# The first whose glance_store calls filesystem_store_datadirs deprecated.
DATADIRS_DEPRECATED = 31

MULTISTORES = 'https://docs.openstack.org/glance/latest/admin/multistores.html'

FS_DATADIRS = results.FindingKind(
    id='fs-datadirs',
    title='filesystem_store_datadirs is deprecated',
    looks_for='filesystem_store_datadirs in the section of a filesystem '
    'store.',
    matters='It still works in every release that this tool knows. Its '
    'removal is announced.',
    remediation='Plan to make a store of each directory, in [DEFAULT] '
    'enabled_backends. It need not be done for this upgrade.',
    since='31.0.0',
    reference='https://docs.openstack.org/releasenotes/glance_store/',
)
FS_SAME_DIR = results.FindingKind(
    id='fs-same-dir',
    title='Two filesystem stores share one directory',
    looks_for='Filesystem stores in [DEFAULT] enabled_backends, the reserved '
    'ones included, with the same directory. Without '
    'filesystem_store_datadir it is /var/lib/glance/images. Without '
    'enabled_backends, a [DEFAULT] node_staging_uri that is the directory of '
    'the store.',
    matters='Glance does not notice. A copy of an image in the one store is '
    'the same file as the copy in the other: deleting one deletes both. '
    'Where images are staged in the directory of a store, no import into '
    'that store succeeds, since the file is there already.',
    remediation='Give each store a directory of its own, and move its files '
    'and the locations of its images there.',
    since='19.0.0',
    reference=MULTISTORES,
)
FS_DIRECTORIES = results.FindingKind(
    id='fs-directory-options',
    title='A filesystem store has contradictory directories',
    looks_for='A filesystem store with filesystem_store_datadirs and a '
    'filesystem_store_datadir that is not set to an empty value (left out, '
    'it has a default); with neither of the two; with a directory twice at '
    'different priorities; with a priority that is no number.',
    matters=backends.REFUSED,
    remediation='Set either filesystem_store_datadir, or '
    'filesystem_store_datadirs together with an empty '
    '`filesystem_store_datadir =`; name each directory once, as '
    'PATH:PRIORITY with a whole number.',
    since='18.0.0',
)
FS_FILE_PERM = results.FindingKind(
    id='fs-file-perm',
    title='Glance could not read the files that it would write',
    looks_for='A filesystem_store_file_perm that does not let the owner '
    'read, or that is no octal number.',
    matters='Where the owner may not read, the API starts and answers 410 to '
    'every upload to the store. Where a digit is 8 or 9, it does not start.',
    remediation='Set it to octal digits as chmod takes them, for example 640.',
    since='18.0.0',
)
Found = typing.Mapping[str, list[ini.Setting]]


def check_options(checker: context.Checker) -> list[results.Finding]:
    """Look at the options of all filesystem stores."""
    stores = backends.read(checker)
    repeated = backends.repeated(checker, DATADIRS)
    findings = []
    for store in stores.of('file'):
        datadirs = backends.of_group(checker, repeated, store.group)
        findings += [
            *_deprecated(store, datadirs, checker),
            *_contradictory(store, datadirs, checker),
            *_file_perm(store, checker),
            *filesystem_metadata.find(store, checker),
            *store_paths.cut(
                store, paths(store.group, repeated, checker), checker
            ),
        ]
    return [*findings, *_shared(stores, repeated, checker)]


def _deprecated(
    store: backends.Store,
    datadirs: list[ini.Setting],
    checker: context.Checker,
) -> list[results.Finding]:
    if not datadirs or checker.target.major < DATADIRS_DEPRECATED:
        return []
    first = datadirs[0]
    return [
        FS_DATADIRS.warning(
            f'{first.name} is set ({first.place}), and is deprecated.',
            affected=results.Affected(1, (store.name,)),
        )
    ]


def _contradictory(
    store: backends.Store,
    datadirs: list[ini.Setting],
    checker: context.Checker,
) -> list[results.Finding]:
    datadir = backends.datadir(checker, store.group)
    if datadirs and datadir:
        first = datadirs[0]
        wrong = (
            f'{first.name} is set ({first.place}), and '
            f'{backends.DATADIR} is {datadir}'
        )
    elif datadirs:
        wrong = _wrong_priority(checker, datadirs)
    elif datadir:
        wrong = ''
    else:
        empty = backends.written(checker, store, backends.DATADIR)
        where = f' ({empty.place})' if empty else ''
        wrong = f'[{store.group}] names no directory{where}'
    if not wrong:
        return []
    message = f'{wrong}: {backends.title(store)} takes no images.'
    return [backends.judged(FS_DIRECTORIES, store, message)]


def _wrong_priority(
    checker: context.Checker, datadirs: list[ini.Setting]
) -> str:
    """Return what is wrong with the list of directories, '' for nothing."""
    priorities: dict[str, int] = {}
    for setting in datadirs:
        path, priority = _directory(checker, setting)
        if priority is None or not path:
            return (
                f'{setting.name} is {setting.value} ({setting.place}), which '
                'is not PATH:PRIORITY'
            )
        if priorities.setdefault(path, priority) != priority:
            return (
                f'{setting.name} has {path} with two priorities '
                f'({setting.place})'
            )
    return ''


def _directory(
    checker: context.Checker, setting: ini.Setting
) -> tuple[str, int | None]:
    """Return path and priority; None where that is no number."""
    path, colon, written = backends.text(checker, setting).rpartition(':')
    if not colon:
        return written.strip(), 0
    try:
        return path.strip(), int(written.strip() or 0)
    except ValueError:
        return path.strip(), None


def _file_perm(
    store: backends.Store, checker: context.Checker
) -> list[results.Finding]:
    setting = backends.written(checker, store, FILE_PERM)
    if setting is None:
        return []
    try:
        number = int(backends.text(checker, setting))
    except ValueError:
        # What is no number at all, all options refuse alike.
        return []
    if number <= 0:
        return []
    said = f'{setting.name} is {number} ({setting.place})'
    try:
        mode = int(str(number), 8)
    except ValueError:
        return [
            FS_FILE_PERM.failure(
                f'{said}, which is no octal number: the API does not start.',
                affected=results.Affected(1, (store.name,)),
            )
        ]
    if mode & stat.S_IRUSR:
        return []
    message = f'{said}: the owner may not read the files.'
    return [backends.judged(FS_FILE_PERM, store, message)]


def _shared(
    stores: backends.Stores, repeated: Found, checker: context.Checker
) -> list[results.Finding]:
    if stores.multi and checker.target.major < SAME_DIRECTORY:
        return []
    users: dict[str, list[str]] = {}
    for store in stores.of('file'):
        for path in paths(store.group, repeated, checker):
            users.setdefault(os.path.normpath(path), []).append(store.name)
    stored = set(users)
    for name, path in _set_aside(stores, checker):
        users.setdefault(os.path.normpath(path), []).append(name)
    staged = staging.directory(checker, stores.multi)
    stored &= {os.path.normpath(staged)} if staged else set()
    where = backends.place(checker, stores.all[0]) if stores.all else ''
    return [
        _same(path, names, where, path in stored)
        for path, names in users.items()
        if len(names) > 1
    ]


def _set_aside(
    stores: backends.Stores, checker: context.Checker
) -> typing.Iterator[tuple[str, str]]:
    """Yield what has a directory for images on their way, and which."""
    if not stores.multi:
        path = staging.directory(checker, stores.multi)
        if path:
            yield 'node_staging_uri', path
        return
    for group in backends.RESERVED:
        path = staging.reserved_directory(checker, group)
        if path:
            yield group, path


def _same(
    path: str, names: list[str], where: str, staged: bool
) -> results.Finding:
    few = tuple(names[: results.SAMPLE_SIZE])
    affected = results.Affected(len(names), few)
    message = (
        f'{path} is the directory of {len(names)}: {", ".join(few)}{where}.'
    )
    if not staged:
        return FS_SAME_DIR.warning(message, affected=affected)
    return FS_SAME_DIR.failure(
        f'{message} No import into this store succeeds.', affected=affected
    )


def paths(
    group: str, repeated: Found, checker: context.Checker
) -> typing.Iterator[str]:
    """Yield the directories of a store, each once."""
    datadir = backends.datadir(checker, group)
    if datadir:
        yield datadir
        return
    datadirs = backends.of_group(checker, repeated, group)
    found = (_directory(checker, setting)[0] for setting in datadirs)
    yield from dict.fromkeys(path for path in found if path)


CHECKS = (
    plugins.Check(
        id='filesystem-stores',
        title='Filesystem stores',
        function=check_options,
        kinds=(
            FS_DATADIRS,
            FS_SAME_DIR,
            FS_DIRECTORIES,
            FS_FILE_PERM,
            filesystem_metadata.KIND,
            store_paths.FS_PATH,
        ),
        topic='stores',
        reads=('configuration', 'files'),
        description='Whether the options of filesystem stores go together.',
    ),
)
