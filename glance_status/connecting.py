# SPDX-License-Identifier: Apache-2.0
"""The read-only, time-limited way into the database."""

import contextlib
import typing

import sqlalchemy

from glance_status import complaints, database, engines

# The drivers that oslo.db's options were written for, and what brings them.
_DRIVERS = {
    'pymysql': "`pip install 'glance-status[mysql]'`",
    'mysqldb': '`pip install mysqlclient`, or write mysql+pymysql:// and '
    "`pip install 'glance-status[mysql]'`",
    'psycopg2': "`pip install 'glance-status[postgresql]'`",
    'psycopg': "`pip install 'psycopg[binary]'`",
}


@contextlib.contextmanager
def connect(access: database.Access) -> typing.Iterator[sqlalchemy.Connection]:
    """Yield a connection that cannot write; Unreachable where there is none.

    Every statement is a transaction of its own, so that no read view is
    held, and is cut off by the server after ``statement_timeout``.
    """
    url = database.url_of(access)
    engine = _engine(url, access)
    try:
        with _opened(engine, url, access) as connection:
            yield connection
    finally:
        engine.dispose()


def _engine(url: sqlalchemy.URL, access: database.Access) -> sqlalchemy.Engine:
    backend = url.get_backend_name()
    try:
        prepare = engines.PREPARE[backend]
    except KeyError as error:
        raise database.Unreachable(
            f'{backend} is no database that Glance runs on: {access.option} '
            'has to start with mysql, postgresql or sqlite.'
        ) from error
    if backend != 'sqlite':
        _check_driver(url, access)
    try:
        return prepare(url, access)
    except ImportError as error:
        raise database.Unreachable(
            f'the driver of {url.drivername}:// is not installed beside '
            f'glance-status ({complaints.reason(error)}). Install it with '
            f'{_DRIVERS[url.get_driver_name()]}.'
        ) from error


def _check_driver(url: sqlalchemy.URL, access: database.Access) -> None:
    if url.get_driver_name() not in _DRIVERS:
        raise database.Unreachable(
            f'{url.drivername}:// names no driver that glance-status can '
            f'use. Write mysql+pymysql:// or postgresql+psycopg2:// in '
            f'{access.option}, in a copy of the configuration if need be.'
        )


@contextlib.contextmanager
def _opened(
    engine: sqlalchemy.Engine, url: sqlalchemy.URL, access: database.Access
) -> typing.Iterator[sqlalchemy.Connection]:
    try:
        connection = engine.connect()
    except database.Unreachable:
        raise
    except Exception as error:
        # Drivers raise more than their own errors: PyMySQL a RuntimeError
        # where a package is missing, the ssl module an OSError.
        said = complaints.reason(error).rstrip('.?')
        advice = complaints.advise(error, said).format(option=access.option)
        raise database.Unreachable(
            f'{database.place(url)} did not let us in: {said}. {advice}'
        ) from error
    with connection:
        yield connection
