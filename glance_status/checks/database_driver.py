# SPDX-License-Identifier: Apache-2.0
"""Whether the target has the driver that the database's URL names."""

import importlib.metadata
import re
import typing

from glance_status import context, plugins, results
from glance_status.checks import presence

# The first release tested with SQLAlchemy 1.4, which has mariadb:// and no
# longer has postgres://.
SQLALCHEMY_14 = 23
# The first tested with SQLAlchemy 2.0.
SQLALCHEMY_20 = 29

DRIVER_URL = results.FindingKind(
    id='db-driver-url',
    title='The URL of the database names a driver that is not there',
    looks_for='What stands before :// in [database] connection and '
    'slave_connection: postgres, which SQLAlchemy 1.4 no longer knows, '
    'mysql without a driver, which means MySQLdb, and what no SQLAlchemy '
    'knows; and a slave_connection that is no URL. Where the target is '
    'installed beside glance-status, whether the driver is, too.',
    matters='The API starts, and every request ends with 500; '
    '`glance-manage` stops.',
    remediation='Write mysql+pymysql:// or postgresql+psycopg2://, and '
    'install PyMySQL or psycopg2 where the new Glance will run.',
    since='20.0.0',
    reference='https://docs.sqlalchemy.org/en/20/core/engines.html',
)

_SCHEME = re.compile(r'([\w.+-]{1,100})://')
# What a driver is imported as.
_DRIVERS = {
    'mysql': {
        'mysqldb': 'MySQLdb',
        'pymysql': 'pymysql',
        'mysqlconnector': 'mysql',
        'cymysql': 'cymysql',
        'pyodbc': 'pyodbc',
        'aiomysql': 'aiomysql',
        'asyncmy': 'asyncmy',
    },
    'postgresql': {
        'psycopg2': 'psycopg2',
        'psycopg': 'psycopg',
        'asyncpg': 'asyncpg',
        'pg8000': 'pg8000',
    },
    'sqlite': {'pysqlite': 'sqlite3', 'aiosqlite': 'aiosqlite'},
}
# The first release that can use it, where not all can.
_SINCE = {
    'aiomysql': SQLALCHEMY_14,
    'asyncmy': SQLALCHEMY_14,
    'psycopg': SQLALCHEMY_20,
    'asyncpg': SQLALCHEMY_14,
    'aiosqlite': SQLALCHEMY_14,
}
_DEFAULT = {
    'mysql': 'mysqldb',
    'postgresql': 'psycopg2',
    'sqlite': 'pysqlite',
}


class Use(typing.NamedTuple):
    """A URL as far as it may be shown.

    :param option: ``[database] option (file, line)``
    :param scheme: what stands before ://
    """

    option: str
    scheme: str

    @property
    def backend(self) -> str:
        """Return the kind of database."""
        return self.scheme.partition('+')[0]

    @property
    def driver(self) -> str:
        """Return the name of the driver, empty where nobody knows."""
        backend, _plus, driver = self.scheme.partition('+')
        backend = 'mysql' if backend == 'mariadb' else backend
        return driver or _DEFAULT.get(backend, '')


def check_driver(checker: context.Checker) -> list[results.Finding]:
    """Look at the schemes of the database's URLs."""
    return [
        *(
            finding
            for use in _uses(checker)
            if (finding := _judged(use, checker)) is not None
        ),
        *_no_replica(checker),
    ]


def _no_replica(checker: context.Checker) -> list[results.Finding]:
    """Return what is wrong with a URL of replicas that is none."""
    item = checker.written('database', 'slave_connection')
    # What refers to other options is not known as it is written.
    if not item or not item.value or re.search(r'://|[$]', item.value):
        return []
    return [
        DRIVER_URL.failure(
            f'{item.name} ({item.place}) is no URL of a database: it has no '
            '://, and the target would not open the database.',
            affected=results.Affected(1, (item.name,)),
        )
    ]


def _uses(checker: context.Checker) -> list[Use]:
    connection = (
        checker.written('database', 'connection') or checker.old_connection()
    )
    found = [connection, checker.written('database', 'slave_connection')]
    return [
        Use(f'{item.name} ({item.place})', match[1])
        for item in found
        # The row of the connection complains of what is no URL.
        if item and (match := _SCHEME.match(item.value))
    ]


def _judged(use: Use, checker: context.Checker) -> results.Finding | None:
    major, title = checker.target.major, checker.target.title
    affected = results.Affected(1, (use.option.partition(' (')[0],))
    begins = f'{use.option} begins with {use.scheme}://'
    if use.backend == 'postgres':
        if major < SQLALCHEMY_14:
            return DRIVER_URL.warning(
                f'{begins}, which {title} still takes for postgresql://; '
                f'{SQLALCHEMY_14}.0.0 and later do not know it.',
                remediation='Write postgresql:// in its place.',
                affected=affected,
            )
        return DRIVER_URL.failure(
            f'{begins}, which the SQLAlchemy of {title} does not know: it '
            'has to be postgresql://.',
            remediation='Write postgresql:// in its place.',
            affected=affected,
        )
    known = _DRIVERS.get('mysql' if _is_mysql(use, major) else use.backend, {})
    module = known.get(use.driver)
    if module is None or major < _SINCE.get(use.driver, major):
        if _installed(use.scheme):
            return None
        return DRIVER_URL.failure(
            f'{begins}, which the SQLAlchemy of {title} does not know.',
            affected=affected,
        )
    if presence.runs_target(checker):
        # A later SQLAlchemy takes psycopg for a bare postgresql://.
        either = (
            {module, 'psycopg'} if use.scheme == 'postgresql' else {module}
        )
        if any(map(presence.imports, either)):
            return None
        return DRIVER_URL.failure(
            f'{begins}: the Python module {module} that this takes is not '
            f'installed beside Glance {major}.',
            affected=affected,
        )
    if module == 'MySQLdb':
        return DRIVER_URL.warning(
            f'{begins}, which takes the Python module MySQLdb '
            '(mysqlclient); whether it is installed where the new Glance '
            'will run cannot be seen from here.',
            affected=affected,
        )
    return None


def _is_mysql(use: Use, major: int) -> bool:
    return use.backend == 'mysql' or (
        use.backend == 'mariadb' and major >= SQLALCHEMY_14
    )


def _installed(scheme: str) -> bool:
    """Tell whether a distribution of another party brings it."""
    points = importlib.metadata.entry_points(group='sqlalchemy.dialects')
    return scheme.replace('+', '.') in {point.name for point in points}


CHECKS = (
    plugins.Check(
        id='database-driver',
        title='Database driver',
        function=check_driver,
        kinds=(DRIVER_URL,),
        topic='database',
        reads=('configuration', 'host'),
        description='Whether the SQLAlchemy of the target has the driver '
        'that the URL of the database names.',
    ),
)
