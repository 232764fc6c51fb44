# SPDX-License-Identifier: Apache-2.0
"""Whether a replica shows what the database has now."""

import typing

from glance_status import context, results

if typing.TYPE_CHECKING:
    import sqlalchemy

# Seconds that a replica may be behind: those of a busy one that follows.
MOST = 60

UNSEEN = results.FindingKind(
    id='replica-unseen',
    title='How far behind the replica is cannot be seen',
    looks_for='A database user who may not ask a replica on MariaDB or MySQL '
    'how far it is, where --replica reads from one.',
    matters='A replica that has stopped shows the database as it was then: '
    'what came since is not looked at.',
    remediation='Run this without --replica before the upgrade, or grant the '
    'right on the replica: on MariaDB `GRANT SLAVE MONITOR ON *.* TO USER`, '
    'on MySQL `GRANT REPLICATION CLIENT ON *.* TO USER`.',
)

_POSTGRESQL = """
SELECT pg_is_wal_replay_paused(),
    pg_last_wal_receive_lsn() IS NOT DISTINCT FROM pg_last_wal_replay_lsn(),
    (SELECT COUNT(*) FROM pg_stat_wal_receiver),
    EXTRACT(EPOCH FROM now() - pg_last_xact_replay_timestamp())
"""
# ER_SPECIFIC_ACCESS_DENIED_ERROR
_DENIED = 1227
# What MySQL calls them since 8.0.22, and what it called them before.
_NAMES = (('Replica', 'Source'), ('Slave', 'Master'))


def look(checker: context.Checker) -> list[results.Finding]:
    """Raise Unknown where a replica is behind; nothing where it is none."""
    connection = checker.connection
    match connection.dialect.name:
        case 'postgresql':
            behind = _postgresql(connection)
        case 'mysql' | 'mariadb':
            from sqlalchemy import exc

            try:
                behind = _mysql(connection)
            except exc.DBAPIError as error:
                if not _may_not(error):
                    raise
                return [UNSEEN.note('The replica does not tell this user.')]
        case _:
            behind = ''
    if behind:
        raise context.Unknown(
            f'the replica {behind}, so that this report is about what the '
            'database was. Let it follow again, or run this without '
            '--replica.'
        )
    return []


def _postgresql(connection: 'sqlalchemy.Connection') -> str:
    if not connection.exec_driver_sql('SELECT pg_is_in_recovery()').scalar():
        return ''
    paused, up_to_date, receivers, seconds = connection.exec_driver_sql(
        _POSTGRESQL
    ).one()
    if paused:
        return 'has been told to pause'
    # Where nobody writes, the last that was done may be of yesterday.
    if (up_to_date and receivers) or seconds is None or seconds <= MOST:
        return ''
    if not receivers:
        return (
            'has no connection to its server, and what it did last is '
            f'{int(seconds)} seconds old'
        )
    return f'is {int(seconds)} seconds behind'


def _mysql(connection: 'sqlalchemy.Connection') -> str:
    for row in _status(connection):
        for replica, source in _NAMES:
            if f'{replica}_SQL_Running' not in row:
                continue
            stopped = [
                f'{replica}_{thread}_Running: {state}'
                for thread in ('IO', 'SQL')
                if (state := row[f'{replica}_{thread}_Running']) != 'Yes'
            ]
            if stopped:
                return f'has stopped ({", ".join(stopped)})'
            seconds = row[f'Seconds_Behind_{source}']
            if seconds is not None and int(seconds) > MOST:
                return f'is {seconds} seconds behind'
    return ''


def _may_not(error: typing.Any) -> bool:
    """Tell whether the user has no right to ask."""
    return bool(error.orig.args[:1] == (_DENIED,))


def _status(
    connection: 'sqlalchemy.Connection',
) -> list[dict[str, typing.Any]]:
    from sqlalchemy import exc

    try:
        found = connection.exec_driver_sql('SHOW REPLICA STATUS')
    except exc.DBAPIError as error:
        if _may_not(error) or error.connection_invalidated:
            raise
        # Before MySQL 8.0.22 and MariaDB 10.5.1.
        found = connection.exec_driver_sql('SHOW SLAVE STATUS')
    return [dict(row) for row in found.mappings()]
