# SPDX-License-Identifier: Apache-2.0
"""An engine for each kind of database, whose sessions cannot write."""

import contextlib
import os
import stat
import time
import typing
import urllib.parse

import sqlalchemy
from sqlalchemy import event

from glance_status import database

# Seconds that the driver goes on waiting after the server should have given
# up: the server's own word is the better message.
GRACE = 2

_UNPROTECTED = (
    'the server does not keep the session read-only, so nothing was asked of '
    'it. Connect to the database server itself in [database] connection, '
    'not to a proxy that changes what a session may do.'
)

# A join of what is read in a second needs no file on disk with it.
_WORK_MEM = '64MB'

# Steps of SQLite's machine between two looks at the clock: some 0.1 ms.
_PROGRESS_STEPS = 10_000


def _mysql(url: sqlalchemy.URL, access: database.Access) -> sqlalchemy.Engine:
    if not url.database:
        raise database.Unreachable(
            f'{access.option} names no database: write it after the host, as '
            'in mysql+pymysql://USER:PASSWORD@HOST/glance.'
        )
    waiting = int(access.statement_timeout + GRACE)
    pymysql = url.get_driver_name() == 'pymysql'
    arguments = {
        'init_command': 'SET SESSION TRANSACTION READ ONLY',
        'connect_timeout': access.connect_timeout,
        # For PyMySQL connect_timeout ends where the server accepts: this is
        # what bounds the wait for one that then says nothing.
        'read_timeout': access.connect_timeout if pymysql else waiting,
        'write_timeout': access.connect_timeout,
    }
    # The connection's own value would win over a limit.
    clean = url.difference_update_query(arguments)
    engine = _create(clean, connect_args=arguments)

    # Before SQLAlchemy's own listener, which looks at sql_mode.
    @event.listens_for(engine, 'connect', insert=True)
    def guard(connection: typing.Any, _record: typing.Any) -> None:
        with contextlib.closing(connection.cursor()) as cursor:
            cursor.execute('SELECT VERSION()')
            mariadb = 'mariadb' in cursor.fetchone()[0].lower()
            seconds = access.statement_timeout
            limit = _milliseconds(seconds)
            if mariadb:
                cursor.execute(f'SET SESSION max_statement_time = {seconds}')
                cursor.execute('SELECT @@SESSION.tx_read_only')
            else:
                cursor.execute(f'SET SESSION max_execution_time = {limit}')
                cursor.execute('SELECT @@SESSION.transaction_read_only')
            if cursor.fetchone()[0] != 1:
                raise database.Unreachable(_UNPROTECTED)
            if access.sql_mode:
                cursor.execute('SET SESSION sql_mode = %s', (access.sql_mode,))
        if pymysql:
            connection._read_timeout = waiting

    return engine


def _postgresql(
    url: sqlalchemy.URL, access: database.Access
) -> sqlalchemy.Engine:
    limit = _milliseconds(access.statement_timeout)
    guards = (
        '-c default_transaction_read_only=on '
        f'-c statement_timeout={limit} -c lock_timeout={limit} '
        f'-c work_mem={_WORK_MEM}'
    )
    given = url.query.get('options', '')
    given = given if isinstance(given, str) else ' '.join(given)
    # Ours stand last, where they win.
    engine = _create(
        url.difference_update_query(['options', 'connect_timeout']),
        connect_args={
            'options': f'{given} {guards}'.strip(),
            'connect_timeout': access.connect_timeout,
        },
    )

    @event.listens_for(engine, 'connect')
    def guard(connection: typing.Any, _record: typing.Any) -> None:
        with contextlib.closing(connection.cursor()) as cursor:
            cursor.execute('SHOW default_transaction_read_only')
            if cursor.fetchone()[0] != 'on':
                raise database.Unreachable(_UNPROTECTED)

    return engine


def _sqlite(url: sqlalchemy.URL, access: database.Access) -> sqlalchemy.Engine:
    path = url.database or ''
    if not path or path == ':memory:':
        raise database.Unreachable(
            f'{access.option} names a SQLite database in memory, which '
            'nobody else can read.'
        )
    full = os.path.abspath(path)
    try:
        mode = os.stat(full).st_mode
    except (FileNotFoundError, NotADirectoryError) as error:
        raise database.Unreachable(
            f'the SQLite file {full} does not exist. Check '
            f'{access.option}; a relative path starts at the working '
            'directory.'
        ) from error
    except OSError as error:
        # Whoever may not enter the directory cannot know what is in it.
        raise _unreadable(full, error) from error
    if not stat.S_ISREG(mode):
        raise database.Unreachable(
            f'{full} is no file. Check {access.option}.'
        )
    query = {'uri': 'true', 'mode': 'ro'}
    if _at_rest(full):
        query['immutable'] = '1'
    engine = _create(
        sqlalchemy.URL.create(
            'sqlite', database=f'file:{urllib.parse.quote(full)}', query=query
        ),
        connect_args={'timeout': access.connect_timeout},
    )

    @event.listens_for(engine, 'connect')
    def guard(connection: typing.Any, _record: typing.Any) -> None:
        connection.execute('PRAGMA query_only = on')
        # As it is on PostgreSQL.
        connection.execute('PRAGMA case_sensitive_like = on')
        # Only now is the file opened.
        connection.execute('SELECT 1 FROM sqlite_master LIMIT 1')

    @event.listens_for(engine, 'before_cursor_execute')
    def limit(connection: typing.Any, *_rest: typing.Any) -> None:
        end = time.monotonic() + access.statement_timeout
        connection.connection.dbapi_connection.set_progress_handler(
            lambda: time.monotonic() > end, _PROGRESS_STEPS
        )

    return engine


def _unreadable(path: str, error: OSError) -> database.Unreachable:
    return database.Unreachable(
        f'the SQLite file {path} cannot be read: {error.strerror}. '
        'Check the path, and that this user may read it.'
    )


def _at_rest(path: str) -> bool:
    """Tell whether a file is in write-ahead mode and nobody has it open.

    Even a reader makes the log's files beside such a file, unless it
    declares the file to be immutable.
    """
    try:
        with open(path, 'rb') as stream:
            # Bytes 18 and 19 are the write and read versions.
            if stream.read(20)[18:] != b'\x02\x02':
                return False
    except OSError as error:
        raise _unreadable(path, error) from error
    log, index = f'{path}-wal', f'{path}-shm'
    if os.path.exists(log) and os.path.exists(index):
        return False
    if os.path.exists(log) and os.path.getsize(log):
        raise database.Unreachable(
            f'the program that wrote to the SQLite file {path} was stopped '
            f'in the middle and left {log}, which nobody can read without '
            'making a file beside it. Start Glance on it once, or run '
            f"`sqlite3 {path} 'PRAGMA wal_checkpoint'` as Glance's user."
        )
    return True


def _milliseconds(seconds: float) -> int:
    # 0 would be no limit at all.
    return max(1, int(seconds * 1000))


def _create(url: sqlalchemy.URL, **arguments: typing.Any) -> sqlalchemy.Engine:
    return sqlalchemy.create_engine(
        url,
        poolclass=sqlalchemy.NullPool,
        isolation_level='AUTOCOMMIT',
        hide_parameters=True,
        **arguments,
    )


PREPARE = {
    'mysql': _mysql,
    'mariadb': _mysql,
    'postgresql': _postgresql,
    'sqlite': _sqlite,
}
