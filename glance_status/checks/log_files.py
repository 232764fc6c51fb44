# SPDX-License-Identifier: Apache-2.0
"""Whether the files and directories are there that logging needs."""

import os
import typing

from glance_status import context, ini, plugins, results
from glance_status.checks import directories, logs, presence, values

# The first release that reads [oslo_reports].
HAS_REPORTS = 33

MISSING = results.FindingKind(
    id='log-directory',
    title='A file or directory that logging needs is missing',
    looks_for='The directory of [DEFAULT] log_dir and log_file, the file of '
    'log_config_append, and from 33.0.0 on that of [oslo_reports] '
    'file_event_handler. Looked at only on a host that has something else '
    'that the configuration names.',
    matters='Glance does not start: FileNotFoundError.',
    remediation='Make it, so that the user who runs Glance may write into '
    'the directory and read the file, or correct the option.',
    reference='https://docs.openstack.org/oslo.log/latest/configuration/',
)
UNWRITABLE = results.FindingKind(
    id='log-unwritable',
    title='Glance may not write its log',
    looks_for='A log file, or where there is none yet the directory of it, '
    'that the user glance may not write into; where this host has no such '
    'user, the user who runs this tool. Looked at only on a host that has '
    'something else that the configuration names.',
    matters='Glance does not start: PermissionError.',
    remediation='Give the directory and what is in it to the user who runs '
    'Glance: `chown -R glance: DIRECTORY`.',
    reference='https://docs.openstack.org/oslo.log/latest/configuration/',
)
RELATIVE = results.FindingKind(
    id='log-relative',
    title='The path of a log is relative',
    looks_for='A relative path in [DEFAULT] log_dir, log_file or '
    'log_config_append, and from 33.0.0 on in [oslo_reports] '
    'file_event_handler.',
    matters='Each service, and glance-manage, starts at its own working '
    'directory. Where the file or directory is not there, it does not '
    'start: FileNotFoundError or LogConfigError.',
    remediation='Write the whole path, from / on.',
    reference='https://docs.openstack.org/oslo.log/latest/configuration/',
)


class Want(typing.NamedTuple):
    """A path that has to be there, and the option that says so.

    :param log: the log file that is to be in it, None where it is none
    """

    setting: ini.Setting
    path: str
    log: str | None = None


def check_files(checker: context.Checker) -> list[results.Finding]:
    """Look for the files and directories that have to be there."""
    wants = [*_logging(checker), *_reports(checker)]
    relative = [
        _relative(want)
        for want in wants
        if not os.path.isabs(want.path) and '$' not in want.path
    ]
    found = [
        finding
        for want in wants
        if (finding := _missing(want) or _unwritable(want)) is not None
    ]
    try:
        if found:
            presence.require_own(checker)
    except context.Inapplicable:
        if not relative:
            raise
        found = []
    return found + relative


def _relative(want: Want) -> results.Finding:
    return RELATIVE.warning(
        f'{want.setting.name} ({want.setting.place}) is relative: what is '
        'there depends on where each service, and glance-manage, is started.'
    )


def _missing(want: Want) -> results.Finding | None:
    if not presence.lacks(want.path):
        return None
    path = values.shown(want.path)
    return MISSING.failure(
        f'{want.setting.name} ({want.setting.place}) needs {path}, which is '
        'not on this host: Glance would not start.',
        affected=results.Affected(1, (path,)),
    )


def _unwritable(want: Want) -> results.Finding | None:
    # The log that is there already may be written to all the same.
    if (
        want.log is None
        or not os.path.isabs(want.path)
        or os.path.lexists(want.log)
    ):
        return None
    obstacle = directories.obstacles([want.path]).get(want.path)
    if obstacle is None:
        return None
    return UNWRITABLE.failure(
        f'{want.setting.name} ({want.setting.place}): {obstacle}, and there '
        'is no log in it yet: Glance would not start.',
        affected=results.Affected(1, (values.shown(want.path),)),
    )


def _logging(checker: context.Checker) -> list[Want]:
    """Return what oslo.log opens, and refuses to start without."""
    append = logs.written(checker, 'log_config_append', 'log_config')
    if append:
        return [Want(append, append.value)]
    directory = logs.written(checker, 'log_dir', 'logdir')
    file = logs.written(checker, 'log_file', 'logfile')
    setting = directory or file
    if setting is None:
        return []
    # Without log_file, the name of the program is that of the log.
    path = os.path.join(
        directory.value if directory else '', file.value if file else '.log'
    )
    place = os.path.dirname(path)
    if '$' in path:
        return []
    return [Want(setting, place, path if file else None)]


def _reports(checker: context.Checker) -> list[Want]:
    setting = checker.written('oslo_reports', 'file_event_handler')
    if checker.target.major < HAS_REPORTS or not setting:
        return []
    return [Want(setting, setting.value)]


CHECKS = (
    plugins.Check(
        id='logging-files',
        title='Logging files',
        function=check_files,
        kinds=(MISSING, UNWRITABLE, RELATIVE),
        topic='services',
        reads=('configuration', 'files', 'host'),
        description='Whether the files and directories are there without '
        'which Glance cannot set up its logging.',
    ),
)
