# SPDX-License-Identifier: Apache-2.0
"""Whether Glance can set up its logging, the first thing that it does."""

import re

from oslo_config import cfg

from glance_status import context, ini, options, plugins, results
from glance_status.checks import values

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

LEVEL_NAMES = frozenset(
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
ROTATION = results.FindingKind(
    id='log-rotation',
    title='The log is rotated at an interval that there is not',
    looks_for='[DEFAULT] log_rotate_interval with log_rotation_type = '
    'interval, where Glance logs into a file: other than 0 to 6 with '
    'log_rotate_interval_type = weekday, and less than 1 with seconds, '
    'minutes, hours or days, which is the default.',
    matters='Of a weekday it is the day, and Glance does not start: '
    'ValueError. Otherwise it hangs with its first line: it looks for the '
    'time of the next rotation for ever.',
    remediation='Set log_rotate_interval to 1 or more; for a weekday to the '
    'day, from 0 (Monday) to 6 (Sunday).',
    reference='https://docs.openstack.org/oslo.log/latest/configuration/',
)

# A day of the week, counted from 0 on.
LAST_DAY = 6
# What the interval is a number of.
_UNITS = ('seconds', 'minutes', 'hours', 'days')


def check_options(checker: context.Checker) -> list[results.Finding]:
    """Look at the levels and the facility."""
    if is_appended(checker):
        return []
    return [*_levels(checker), *_facility(checker), *_rotation(checker)]


def is_appended(checker: context.Checker) -> bool:
    """Tell whether a file of Python's logging decides in place of options."""
    return written(checker, 'log_config_append', 'log_config') is not None


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
        return text in LEVEL_NAMES
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


def _rotation(checker: context.Checker) -> list[results.Finding]:
    interval = checker.written('DEFAULT', 'log_rotate_interval')
    if (
        interval is None
        or not written(checker, 'log_file', 'log_dir')
        or _lower(checker, 'log_rotation_type') != 'interval'
        # What is no number is the finding of all options.
        or not re.fullmatch(r'-?\d{1,9}', interval.value)
    ):
        return []
    unit = _lower(checker, 'log_rotate_interval_type') or 'days'
    number = int(interval.value)
    if unit == 'weekday':
        if 0 <= number <= LAST_DAY:
            return []
        effect = 'would not start'
    elif unit in _UNITS and number < 1:
        effect = 'would hang when it starts'
    else:
        return []
    return [
        ROTATION.failure(
            f'{interval.name} is {interval.value} ({interval.place}), and '
            f'log_rotate_interval_type is {unit}: Glance {effect}.'
        )
    ]


def _lower(checker: context.Checker, option: str) -> str:
    return (values.text(checker, 'DEFAULT', option) or '').lower()


def written(checker: context.Checker, *names: str) -> ini.Setting | None:
    """Return the first of these options of [DEFAULT] that has a value."""
    found = [checker.written('DEFAULT', name) for name in names]
    return next((item for item in found if item and item.value), None)


CHECKS = (
    plugins.Check(
        id='logging-options',
        title='Logging options',
        function=check_options,
        kinds=(LEVELS, FACILITY, ROTATION),
        topic='services',
        reads=('configuration',),
        description='Whether Glance can set up its logging from its '
        'options, which is the first thing that it does.',
    ),
)
