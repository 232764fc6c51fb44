# SPDX-License-Identifier: Apache-2.0
"""Whether Glance can set up its logging, the first thing that it does."""

import os

from oslo_config import cfg

from glance_status import configuration, context, options, plugins, results
from glance_status.checks import presence, values

# The first release that reads [oslo_reports].
HAS_REPORTS = 33

LEVELS = results.FindingKind(
    id='log-levels',
    title='default_log_levels has something that is no level',
    looks_for='Items of [DEFAULT] default_log_levels that are not '
    'LOGGER=LEVEL with one of CRITICAL, ERROR, WARNING (or WARN), INFO, '
    'DEBUG, TRACE, FATAL, NOTSET in upper case, or a number. Not '
    'where log_config_append is set, which takes the place of all this.',
    matters='Glance does not start: ValueError, Unknown level.',
    remediation='Write each item as LOGGER=LEVEL, for example amqp=WARN.',
    reference='https://docs.openstack.org/oslo.log/latest/configuration/',
)
FACILITY = results.FindingKind(
    id='log-facility',
    title='There is no such syslog facility',
    looks_for='A [DEFAULT] syslog_log_facility that Linux does not have, '
    'where use_syslog or use_journal is on.',
    matters='Glance does not start: TypeError.',
    remediation='Write LOG_USER, LOG_DAEMON, or LOG_LOCAL0 to LOG_LOCAL7.',
    reference='https://docs.openstack.org/oslo.log/latest/configuration/',
)
NO_DIRECTORY = results.FindingKind(
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

_LEVELS = frozenset(
    (
        'CRITICAL',
        'DEBUG',
        'ERROR',
        'FATAL',
        'INFO',
        'NOTSET',
        'TRACE',
        'WARN',
        'WARNING',
    )
)
# Which of these there are depends on the version of Python for the last two.
_FACILITIES = frozenset(
    (
        *(f'LOCAL{number}' for number in range(8)),
        'USER',
        'MAIL',
        'DAEMON',
        'AUTH',
        'SYSLOG',
        'LPR',
        'NEWS',
        'UUCP',
        'CRON',
        'AUTHPRIV',
        'FTP',
    )
)


def check_options(checker: context.Checker) -> list[results.Finding]:
    """Look at the levels and the facility."""
    if is_appended(checker):
        return []
    return [*_levels(checker), *_facility(checker)]


def is_appended(checker: context.Checker) -> bool:
    """Tell whether a file of Python's logging decides in place of options."""
    return _written(checker, 'log_config_append', 'log_config') is not None


def _levels(checker: context.Checker) -> list[results.Finding]:
    try:
        items = options.glance(checker.conf).default_log_levels or []
    except (cfg.Error, ValueError, RecursionError):
        return []
    wrong = [item for item in items if not _is_level(item.partition('=')[2])]
    if not wrong:
        return []
    place = values.place(checker, 'DEFAULT', 'default_log_levels')
    shown = tuple(values.shown(item) or 'an empty item' for item in wrong)
    return [
        LEVELS.failure(
            f'[DEFAULT] default_log_levels{place} has '
            f'{", ".join(shown[: results.SAMPLE_SIZE])}: Glance would not '
            'start.',
            affected=results.Affected(
                len(shown), shown[: results.SAMPLE_SIZE]
            ),
        )
    ]


def _is_level(text: str) -> bool:
    try:
        int(text)
    except ValueError:
        return text in _LEVELS
    return True


def _facility(checker: context.Checker) -> list[results.Finding]:
    setting = checker.written('DEFAULT', 'syslog_log_facility')
    used = any(
        values.boolean(checker, 'DEFAULT', option)
        for option in ('use_syslog', 'use_journal')
    )
    if not used or setting is None or '$' in setting.value:
        return []
    if setting.value.upper().removeprefix('LOG_') in _FACILITIES:
        return []
    return [
        FACILITY.failure(
            f'{setting.name} is {values.shown(setting.value) or "empty"} '
            f'({setting.place}): Glance would not start.'
        )
    ]


def check_files(checker: context.Checker) -> list[results.Finding]:
    """Look for the files and directories that have to be there."""
    wanted = [*_logging(checker), *_reports(checker)]
    if not wanted:
        return []
    presence.require_own(checker)
    return [
        NO_DIRECTORY.failure(
            f'{setting.name} ({setting.place}) needs {path}, which is not '
            'on this host: Glance would not start.',
            affected=results.Affected(1, (path,)),
        )
        for setting, path in wanted
        if presence.lacks(path)
    ]


_Want = tuple[configuration.Setting, str]


def _logging(checker: context.Checker) -> list[_Want]:
    """Return the paths that oslo.log needs, with the options that say so."""
    append = _written(checker, 'log_config_append', 'log_config')
    if append:
        return [(append, append.value)]
    directory = _written(checker, 'log_dir', 'logdir')
    file = _written(checker, 'log_file', 'logfile')
    path = os.path.join(
        directory.value if directory else '',
        file.value if file else 'glance-api.log',
    )
    setting = directory or file
    return [(setting, os.path.dirname(path))] if setting else []


def _reports(checker: context.Checker) -> list[_Want]:
    setting = checker.written('oslo_reports', 'file_event_handler')
    if checker.target.major < HAS_REPORTS or not setting:
        return []
    return [(setting, setting.value)]


def _written(
    checker: context.Checker, *names: str
) -> configuration.Setting | None:
    found = [checker.written('DEFAULT', name) for name in names]
    return next((item for item in found if item and item.value), None)


CHECKS = (
    plugins.Check(
        id='logging-options',
        title='Logging options',
        function=check_options,
        kinds=(LEVELS, FACILITY),
        topic='services',
        reads=('configuration',),
        description='Whether Glance can set up its logging from its '
        'options, which is the first thing that it does.',
    ),
    plugins.Check(
        id='logging-files',
        title='Logging files',
        function=check_files,
        kinds=(NO_DIRECTORY,),
        topic='services',
        reads=('configuration', 'files', 'host'),
        description='Whether the files and directories are there without '
        'which Glance cannot set up its logging.',
    ),
)
