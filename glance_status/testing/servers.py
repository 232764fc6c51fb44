# SPDX-License-Identifier: Apache-2.0
"""Database servers that tests may use, and empty databases on them."""

import contextlib
import functools
import os
import pathlib
import typing
import uuid

import pytest
import sqlalchemy
from sqlalchemy import exc

SERVERS = ('sqlite', 'mariadb', 'postgresql')

# The user and the database that the tests of OpenStack customarily use.
_CITEST = 'openstack_citest:openstack_citest@127.0.0.1/openstack_citest'
_DEFAULTS = {
    'mariadb': f'mysql+pymysql://{_CITEST}?charset=utf8',
    'postgresql': f'postgresql+psycopg2://{_CITEST}',
}
_CREATE = {
    'mariadb': 'CREATE DATABASE {} CHARACTER SET utf8',
    'postgresql': "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'",
}


def variable(server: str) -> str:
    """Return the environment variable that names a database of a server.

    Its user has to be one that may make databases.
    """
    return f'GLANCE_STATUS_TEST_{server.upper()}'


@functools.cache
def unavailable(server: str) -> str | None:
    """Return why a server cannot be used, None where it can."""
    if server == 'sqlite':
        return None
    url = _url(server)
    try:
        with connect(url) as connection:
            connection.execute(sqlalchemy.text('SELECT 1'))
    except (exc.SQLAlchemyError, ImportError) as error:
        shown = sqlalchemy.make_url(url).render_as_string()
        return f'{variable(server)} ({shown}): {type(error).__name__}'
    return None


def require(server: str) -> None:
    """Skip the test where there is no such server."""
    if reason := unavailable(server):
        pytest.skip(reason)


@contextlib.contextmanager
def empty(server: str, directory: pathlib.Path) -> typing.Iterator[str]:
    """Give the URL of a new database, and drop it afterwards.

    :param directory: where the file of SQLite is to be
    """
    name = f'glance_status_{uuid.uuid4().hex[:12]}'
    if server == 'sqlite':
        path = directory / f'{name}.sqlite'
        path.touch()
        yield f'sqlite:///{path}'
        path.unlink()
        return
    admin = sqlalchemy.make_url(_url(server))
    execute(admin, _CREATE[server].format(name))
    try:
        url = admin.set(database=name)
        yield url.render_as_string(hide_password=False)
    finally:
        _drop(admin, name)


def _drop(admin: sqlalchemy.URL, name: str) -> None:
    try:
        execute(admin, f'DROP DATABASE {name}')
    except exc.DBAPIError:
        if admin.get_backend_name() != 'postgresql':
            raise
        # What a test left open must not keep it.
        execute(admin, f'DROP DATABASE {name} WITH (FORCE)')


@contextlib.contextmanager
def connect(
    url: str | sqlalchemy.URL,
) -> typing.Iterator[sqlalchemy.Connection]:
    """Give a connection that commits each statement."""
    sqlite = sqlalchemy.make_url(url).get_backend_name() == 'sqlite'
    engine = sqlalchemy.create_engine(
        url,
        poolclass=sqlalchemy.NullPool,
        isolation_level='AUTOCOMMIT',
        connect_args={} if sqlite else {'connect_timeout': 10},
    )
    with engine.connect() as connection:
        if sqlite:
            # What is lost in a power cut is no loss.
            connection.execute(sqlalchemy.text('PRAGMA synchronous = OFF'))
        yield connection


def execute(url: str | sqlalchemy.URL, statement: str) -> None:
    """Execute a statement without parameters."""
    with connect(url) as connection:
        connection.execute(sqlalchemy.text(statement))


def _url(server: str) -> str:
    return os.environ.get(variable(server), _DEFAULTS[server])
