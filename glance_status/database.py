# SPDX-License-Identifier: Apache-2.0
"""The database that the configuration names, and how it may be asked."""

import importlib.util
import typing

import sqlalchemy
from sqlalchemy import exc

# Where the URL stands when nobody says otherwise.
OPTION = '[database] connection'

_PORTS = {'mysql': 3306, 'mariadb': 3306, 'postgresql': 5432}


class Unreachable(Exception):
    """The database cannot be opened; the text says why and what to do."""


class Access(typing.NamedTuple):
    """How to get into the database.

    :param url: the value of ``[database] connection``
    :param parameters: the value of ``connection_parameters``
    :param sql_mode: the value of ``mysql_sql_mode``
    :param connect_timeout: in seconds
    :param statement_timeout: in seconds
    :param option: where the URL stands
    """

    url: str | None
    parameters: str = ''
    sql_mode: str | None = None
    connect_timeout: int = 5
    statement_timeout: float = 60
    option: str = OPTION


def parse(text: str, option: str = OPTION) -> sqlalchemy.URL:
    """Return a URL, or raise Unreachable without repeating it."""
    try:
        url = sqlalchemy.make_url(text)
    except (exc.ArgumentError, ValueError):
        url = None
    # With an @ that is not written as %40, a part of the password stands
    # where the host or the database should: it must not be shown.
    if url is None or (
        not url.drivername.startswith('sqlite')
        and '@' in f'{url.host}{url.database}'
    ):
        raise Unreachable(
            f'{option} is not a database URL. Write it as '
            'mysql+pymysql://USER:PASSWORD@HOST/glance, with each special '
            'character of the password as %XX (@ is %40, % is %25, / is %2F).'
        )
    return url


def place(url: sqlalchemy.URL) -> str:
    """Return where a URL leads, without who goes there.

    Two URLs of one database give the same, but for other names of a host.
    """
    backend = url.get_backend_name()
    if backend == 'sqlite':
        return url.database or 'memory'
    socket = url.query.get('unix_socket') or url.query.get('host')
    host = url.host or str(socket or 'localhost')
    port = url.port or _PORTS.get(backend, 0)
    return f'{host}:{port}/{url.database or ""}'


def url_of(access: Access) -> sqlalchemy.URL:
    """Return the URL to connect to; Unreachable where none can be."""
    text = access.url
    if not text:
        advice = (
            '`glance-status upgrade explain db-connection` says what to do.'
            if access.option == OPTION
            else 'Name the files in which it stands with --config-file.'
        )
        raise Unreachable(
            f'{access.option} is not set in the files that were read. {advice}'
        )
    if access.parameters:
        # As oslo.db does it.
        text += ('&' if '?' in text else '?') + access.parameters
    url = parse(text, access.option)
    # SQLAlchemy before 1.4 knew it by this name too.
    backend, plus, driver = url.drivername.partition('+')
    if backend == 'postgres':
        url = url.set(drivername=f'postgresql{plus}{driver}')
    # SQLAlchemy's own plug-ins may write: that of DevStack counts queries.
    url = url.difference_update_query(['plugin'])
    # What a bare postgresql:// means differs between SQLAlchemy 2.0 and 2.1.
    if url.drivername == 'postgresql' and importlib.util.find_spec('psycopg2'):
        url = url.set(drivername='postgresql+psycopg2')
    return url
