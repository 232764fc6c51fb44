# SPDX-License-Identifier: Apache-2.0
"""Whether the target finds the database where the configuration names it."""

from glance_status import context, options, plugins, results
from glance_status.checks import renames

# The first release whose oslo.db reads no old name; found by listing the
# options of the oslo.db that each release was tested with.
WITHOUT_OLD_NAMES = 28
# The first whose API always has a database of its own.
WITHOUT_REGISTRY = 21

CONNECTION = results.FindingKind(
    id='db-connection',
    title='[database] connection is not set',
    looks_for='No [database] connection in the configuration of the Glance '
    'API, or one that stands under a name which 28.0.0 (2024.1) and later do '
    'not read: sql_connection in [DEFAULT] or [database], connection in '
    '[sql].',
    matters='The API starts, and every request ends with 500. '
    '`glance-manage db sync` has no database to work on.',
    remediation='Write the URL of the database into [database] connection. '
    'Where it stands in a file that was not read, name that file with '
    '--config-file.',
    since='28.0.0',
    reference='https://docs.openstack.org/releasenotes/oslo.db/2024.1.html',
)
OLD_NAME = results.FindingKind(
    id='db-alias-opts',
    title='A database option stands under an old name',
    looks_for='Options of [database] that some release before the target '
    'read under another name, or not in [database].',
    matters='The target ignores them without a word, and their defaults '
    'apply: to the size of the connection pool, to retries, to the age at '
    'which a connection is renewed.',
    remediation='Write them under their names of today.',
    since='19.0.0',
    reference='https://docs.openstack.org/releasenotes/oslo.db/2024.1.html',
)

_OLD = (
    ('DEFAULT', 'sql_idle_timeout', 23, 'connection_recycle_time'),
    ('database', 'idle_timeout', 23, 'connection_recycle_time'),
    ('database', 'sql_idle_timeout', 23, 'connection_recycle_time'),
    ('sql', 'idle_timeout', 23, 'connection_recycle_time'),
    ('DEFAULT', 'sql_max_pool_size', 23, 'max_pool_size'),
    ('database', 'sql_max_pool_size', 23, 'max_pool_size'),
    ('DEFAULT', 'sqlite_synchronous', 28, 'sqlite_synchronous'),
    ('DEFAULT', 'db_backend', 28, 'backend'),
    ('DEFAULT', 'sql_max_retries', 28, 'max_retries'),
    ('database', 'sql_max_retries', 28, 'max_retries'),
    ('DEFAULT', 'sql_retry_interval', 28, 'retry_interval'),
    ('database', 'reconnect_interval', 28, 'retry_interval'),
    ('DEFAULT', 'sql_max_overflow', 28, 'max_overflow'),
    ('database', 'sqlalchemy_max_overflow', 28, 'max_overflow'),
    ('DEFAULT', 'sql_connection_debug', 28, 'connection_debug'),
    ('DEFAULT', 'sql_connection_trace', 28, 'connection_trace'),
    ('database', 'sqlalchemy_pool_timeout', 28, 'pool_timeout'),
)
RENAMES = (
    *(
        renames.Rename(section, option, gone, f'[database] {new}')
        for section, option, gone, new in _OLD
    ),
    renames.Rename('DEFAULT', 'sql_min_pool_size', 19),
    renames.Rename('database', 'sql_min_pool_size', 19),
    renames.Rename('database', 'min_pool_size', 19),
    renames.Rename('DEFAULT', 'dbapi_use_tpool', 29),
    renames.Rename('database', 'use_tpool', 29),
)
CONNECTIONS = tuple(
    renames.Rename(section, option, WITHOUT_OLD_NAMES, '[database] connection')
    for section, option in options.OLD_CONNECTIONS
)


def check_options(checker: context.Checker) -> list[results.Finding]:
    """Look for [database] options where the target does not look."""
    if _is_set(checker):
        beside = renames.findings(checker, OLD_NAME, CONNECTIONS)
    else:
        beside = _connection(checker)
    return [*beside, *renames.findings(checker, OLD_NAME, RENAMES)]


def _is_set(checker: context.Checker) -> bool:
    from oslo_config import cfg

    try:
        return bool(checker.conf.database.connection)
    except (cfg.Error, ValueError, RecursionError):
        # The row of the connection says what is wrong with it.
        return True


def _connection(checker: context.Checker) -> list[results.Finding]:
    target = checker.target
    if target.major < WITHOUT_REGISTRY and _through_registry(checker):
        return []
    old = checker.old_connection()
    empty = checker.written('database', 'connection')
    unset = (
        f'[database] connection is empty ({empty.place})'
        if empty
        else '[database] connection is not set'
    )
    if old is None:
        return [
            CONNECTION.failure(
                f'{unset} in the configuration of the Glance API.'
            )
        ]
    move = f'Move the value of {old.name} to [database] connection.'
    if target.major < WITHOUT_OLD_NAMES:
        return [
            CONNECTION.warning(
                f'{unset}. {target.title} still takes {old.name} '
                f'({old.place}) for it; {WITHOUT_OLD_NAMES}.0.0 and later '
                'do not.',
                remediation=move,
            )
        ]
    return [
        CONNECTION.failure(
            f'{unset}. {target.title} does not read {old.name} '
            f'({old.place}), under which the database stands.',
            remediation=move,
        )
    ]


def _through_registry(checker: context.Checker) -> bool:
    setting = checker.written('DEFAULT', 'data_api')
    return bool(setting and 'registry' in setting.value)


CHECKS = (
    plugins.Check(
        id='database-options',
        title='Database options',
        function=check_options,
        kinds=(CONNECTION, OLD_NAME),
        topic='database',
        reads=('configuration',),
        description='Whether the target reads the [database] options, the '
        'URL of the database first, where they stand.',
    ),
)
