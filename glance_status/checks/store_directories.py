# SPDX-License-Identifier: Apache-2.0
"""Whether Glance can write into the directories of its stores."""

import os

from glance_status import context, plugins, results
from glance_status.checks import backends, directories, filesystem, staging

FS_UNWRITABLE = results.FindingKind(
    id='fs-datadir',
    title='Glance cannot write into the directory of a store',
    looks_for='A directory of a filesystem store that the user glance may '
    'not write into or make, or a path on which something else than a '
    'directory stands. Looked at where the directory, or the one above it, '
    'is on this host. Where there is no user glance, the user who runs this '
    'tool counts.',
    matters='The API starts, and uploads to the store are answered with 410 '
    'or 500.',
    remediation='Mount or make the directory, and give it to the user that '
    'runs Glance.',
    since='18.0.0',
)
STAGING_DIRECTORY = results.FindingKind(
    id='staging-directory',
    title='Glance cannot write into the staging directory',
    looks_for='The directory of [os_glance_staging_store], or that of '
    '[DEFAULT] node_staging_uri where [DEFAULT] enabled_backends is not set, '
    'in the same way.',
    matters='The API starts. Staging and importing an image, and deleting '
    'one that is staged, are answered with 500.',
    remediation='Mount or make the directory, and give it to the user that '
    'runs Glance.',
    since='18.0.0',
)


def check_directories(checker: context.Checker) -> list[results.Finding]:
    """Look at the directories of this host."""
    stores = backends.read(checker)
    repeated = backends.repeated(checker, filesystem.DATADIRS)
    wanted = [
        (store, path)
        for store in stores.of('file')
        for path in filesystem.paths(store.group, repeated, checker)
        if _looked_at(path)
    ]
    stage = staging.directory(checker, stores.multi)
    staged = [stage] if stage is not None and _looked_at(stage) else []
    if not wanted and not staged:
        raise context.Inapplicable(
            'the directories of the stores are not on this host'
        )
    obstacles = directories.obstacles(
        [*staged, *(path for _store, path in wanted)]
    )
    findings = [
        backends.judged(
            FS_UNWRITABLE,
            store,
            f'{path} is a directory of {backends.placed(checker, store)}, and '
            f'{obstacles[path]}.',
        )
        for store, path in wanted
        if path in obstacles
    ]
    findings += [
        STAGING_DIRECTORY.failure(
            f'Images are staged in {path}'
            f'{staging.place(checker, stores.multi)}, and {obstacles[path]}.',
            affected=results.Affected(1, (path,)),
        )
        for path in staged
        if path in obstacles
    ]
    return findings


def _looked_at(path: str) -> bool:
    return (
        os.path.isabs(path)
        and '\0' not in path
        and backends.resolvable(path)
        and directories.is_here(path)
    )


CHECKS = (
    plugins.Check(
        id='filesystem-directories',
        title='Directories of stores',
        function=check_directories,
        kinds=(FS_UNWRITABLE, STAGING_DIRECTORY),
        topic='stores',
        reads=('configuration', 'host'),
        description='Whether Glance can write into the directories of its '
        'filesystem stores and into the staging directory, where they are on '
        'this host.',
    ),
)
