# SPDX-License-Identifier: Apache-2.0
"""Replicas that follow, lag, or stand still, as servers tell of them.

PostgreSQL tells what functions of ours say in the place of its own. What
MariaDB and MySQL would answer, SQLite does.
"""

import contextlib
import pathlib
from collections import abc
from typing import Any

import pymysql
import pytest
import sqlalchemy
from sqlalchemy import exc

from glance_status import context, database
from glance_status.checks import replica
from glance_status.results import Finding
from tests.functional import glance_databases
from tests.unit import checkers

Rows = list[dict[str, object]]


def told(checker: context.Checker) -> str | list[Finding]:
    """Return why it cannot be known, or what is found."""
    try:
        return replica.look(checker)
    except context.Unknown as unknown:
        text = str(unknown)
    finally:
        checker.close()
    start, _, rest = text.partition(', so that this report')
    assert rest == (
        ' is about what the database was. Let it follow again, or run this '
        'without --replica.'
    )
    return start


@pytest.mark.parametrize(
    ('recovers', 'paused', 'received', 'receivers', 'seconds', 'expected'),
    [
        ('false', 'true', '0/1', 0, '61', []),
        ('true', 'true', '0/0', 1, '0', 'has been told to pause'),
        # Nobody writes.
        ('true', 'false', '0/0', 1, '3600', []),
        ('true', 'false', '0/1', 1, '60', []),
        ('true', 'false', '0/1', 1, '61.5', 'is 61 seconds behind'),
        ('true', 'false', '0/0', 0, '60', []),
        (
            'true',
            'false',
            '0/0',
            0,
            '61.5',
            'has no connection to its server, and what it did last is 61 '
            'seconds old',
        ),
        # It did nothing yet.
        ('true', 'false', '0/0', 0, None, []),
        ('true', 'false', '0/1', 1, None, []),
    ],
)
def test_a_replica_on_postgresql(
    tmp_path: pathlib.Path,
    recovers: str,
    paused: str,
    received: str,
    receivers: int,
    seconds: str | None,
    expected: object,
) -> None:
    ago = f"now() - interval '{seconds} s'" if seconds else 'NULL::timestamptz'
    functions = (
        ('pg_is_in_recovery', 'boolean', recovers),
        ('pg_is_wal_replay_paused', 'boolean', paused),
        ('pg_last_wal_receive_lsn', 'pg_lsn', f"pg_lsn '{received}'"),
        ('pg_last_wal_replay_lsn', 'pg_lsn', "pg_lsn '0/0'"),
        ('pg_last_xact_replay_timestamp', 'timestamptz', ago),
    )
    with glance_databases.database('postgresql') as url:
        glance_databases.execute(
            url,
            'CREATE SCHEMA mine',
            'CREATE VIEW mine.pg_stat_wal_receiver AS '
            f'SELECT generate_series(1, {receivers})',
            *(
                f'CREATE FUNCTION mine.{name}() RETURNS {kind} LANGUAGE sql '
                f'AS $$SELECT {value}$$'
                for name, kind, value in functions
            ),
        )
        path = '-csearch_path%3Dmine%2Cpg_catalog'
        text = f'[database]\nconnection = {url}?options={path}\n'
        found = told(checkers.make(tmp_path, text))
    assert found == (f'the replica {expected}' if expected else [])


def refused(number: int, invalidated: bool = False) -> exc.OperationalError:
    """Return the error of a server that does not do what it is told."""
    error = pymysql.err.OperationalError(number, 'no')
    return exc.OperationalError(
        'SHOW', None, error, connection_invalidated=invalidated
    )


def answering(
    directory: pathlib.Path,
    server: str,
    answers: dict[str, Rows | Exception],
) -> context.Checker:
    """Return a checker for a server that answers so."""

    @contextlib.contextmanager
    def connect(_access: database.Access) -> abc.Iterator[Any]:
        engine = sqlalchemy.create_engine('sqlite://')
        engine.dialect.name = server

        @sqlalchemy.event.listens_for(
            engine, 'before_cursor_execute', retval=True
        )
        def ask(*arguments: Any) -> tuple[str, tuple[()]]:
            answer = answers[arguments[2]]
            if isinstance(answer, Exception):
                raise answer
            rows = [
                ', '.join(
                    f"'{value}' AS {name}" if value else f'NULL AS {name}'
                    for name, value in row.items()
                )
                for row in answer
            ]
            union = ' UNION ALL SELECT '.join(rows)
            return f'SELECT {union or "1 WHERE false"}', ()

        with engine.connect() as connection:
            yield connection

    run = checkers.make(directory, '').run
    return context.Checker(run, context.Facts(), None, connect)


NEW = {
    'Replica_IO_Running': 'Yes',
    'Replica_SQL_Running': 'Yes',
    'Seconds_Behind_Source': '60',
}
OLD = {
    name.replace('Replica', 'Slave').replace('Source', 'Master'): value
    for name, value in NEW.items()
}


@pytest.mark.parametrize('server', ['mysql', 'mariadb'])
@pytest.mark.parametrize(
    ('rows', 'expected'),
    [
        ([], []),
        ([{'Something': 'else'}], []),
        ([NEW], []),
        ([OLD], []),
        ([NEW | {'Seconds_Behind_Source': None}], []),
        ([NEW | {'Seconds_Behind_Source': '61'}], 'is 61 seconds behind'),
        ([OLD | {'Seconds_Behind_Master': '61'}], 'is 61 seconds behind'),
        (
            [NEW, NEW | {'Seconds_Behind_Source': '3600'}],
            'is 3600 seconds behind',
        ),
        (
            [NEW | {'Replica_IO_Running': 'Connecting'}],
            'has stopped (Replica_IO_Running: Connecting)',
        ),
        (
            [OLD | {'Slave_IO_Running': 'No', 'Slave_SQL_Running': 'No'}],
            'has stopped (Slave_IO_Running: No, Slave_SQL_Running: No)',
        ),
    ],
)
def test_a_replica_on_mysql(
    tmp_path: pathlib.Path, server: str, rows: Rows, expected: object
) -> None:
    checker = answering(tmp_path, server, {'SHOW REPLICA STATUS': rows})
    assert told(checker) == (f'the replica {expected}' if expected else [])


def test_a_server_that_calls_it_a_slave(tmp_path: pathlib.Path) -> None:
    answers: dict[str, Rows | Exception] = {
        'SHOW REPLICA STATUS': refused(1064),
        'SHOW SLAVE STATUS': [OLD | {'Seconds_Behind_Master': '99'}],
    }
    checker = answering(tmp_path, 'mysql', answers)
    assert told(checker) == 'the replica is 99 seconds behind'


UNSEEN = [replica.UNSEEN.note('The replica does not tell this user.')]


def test_who_may_not_ask(tmp_path: pathlib.Path) -> None:
    checker = answering(
        tmp_path, 'mariadb', {'SHOW REPLICA STATUS': refused(1227)}
    )
    assert told(checker) == UNSEEN
    answers: dict[str, Rows | Exception] = {
        'SHOW REPLICA STATUS': refused(1064),
        'SHOW SLAVE STATUS': refused(1227),
    }
    assert told(answering(tmp_path, 'mysql', answers)) == UNSEEN


@pytest.mark.parametrize(
    'answers',
    [
        {'SHOW REPLICA STATUS': refused(2013, invalidated=True)},
        {
            'SHOW REPLICA STATUS': refused(1064),
            'SHOW SLAVE STATUS': refused(2013),
        },
    ],
)
def test_a_server_that_is_lost(
    tmp_path: pathlib.Path, answers: dict[str, Rows | Exception]
) -> None:
    with pytest.raises(exc.OperationalError, match='2013'):
        told(answering(tmp_path, 'mysql', answers))


def test_sqlite_has_no_replicas(tmp_path: pathlib.Path) -> None:
    assert told(answering(tmp_path, 'sqlite', {})) == []
