# SPDX-License-Identifier: Apache-2.0
"""The read-only, time-limited way into the database."""

import contextlib
import importlib.util
import os
import stat
import time
import typing
import urllib.parse

import sqlalchemy
from sqlalchemy import event, exc

# Seconds that the driver goes on waiting after the server should have given
# up: the server's own word is the better message.
GRACE = 2

# The drivers that oslo.db's options were written for, and what brings them.
_DRIVERS = {
    'pymysql': "`pip install 'glance-status[mysql]'`",
    'mysqldb': '`pip install mysqlclient`, or write mysql+pymysql:// and '
    "`pip install 'glance-status[mysql]'`",
    'psycopg2': "`pip install 'glance-status[postgresql]'`",
    'psycopg': "`pip install 'psycopg[binary]'`",
}


class Unreachable(Exception):
    """The database cannot be opened; the text says why and what to do."""


class Unprotected(Unreachable):
    """The server does not hold the session read-only."""


# Where the URL stands when nobody says otherwise.
OPTION = '[database] connection'


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


@contextlib.contextmanager
def connect(access: Access) -> typing.Iterator[sqlalchemy.Connection]:
    """Yield a connection that cannot write; Unreachable where there is none.

    Every statement is a transaction of its own, so that no read view is
    held, and is cut off by the server after ``statement_timeout``.
    """
    url = _url(access)
    engine = _engine(url, access)
    try:
        with _opened(engine, url, access) as connection:
            yield connection
    finally:
        engine.dispose()


def reason(error: BaseException) -> str:
    """Return what a driver says of an error, in one line, without the SQL."""
    original = getattr(error, 'orig', None) or error
    arguments: tuple[typing.Any, ...] = getattr(original, 'args', ())
    if isinstance(original, OSError) and original.strerror:
        name = f': {original.filename}' if original.filename else ''
        return original.strerror + name
    # PyMySQL and mysqlclient raise (number, text).
    if len(arguments) == 2 and isinstance(arguments[0], int):
        return f'{arguments[1]} ({arguments[0]})'.replace('\n', ' ')
    return ' '.join(str(original).split()) or type(original).__name__


def explain(error: BaseException) -> str:
    """Return what went wrong with a statement, and what to do."""
    said = reason(error).rstrip('.')
    lower = said.lower()
    for words, advice in _STATEMENT_ADVICE:
        if any(word in lower for word in words):
            return f'the database said: {said}. {advice}'
    return f'the database said: {said}'


def took_too_long(error: exc.DBAPIError) -> bool:
    """Tell whether the server, or SQLite's guard, cut a statement off."""
    return _is_about(error, _TOO_LONG) or _code(error) in _TOO_LONG_CODES


def denied(error: exc.DBAPIError) -> bool:
    """Tell whether the user may not read what a statement reads."""
    return _is_about(error, _DENIED) or _code(error) in _DENIED_CODES


def outrun(error: exc.DBAPIError) -> bool:
    """Tell whether a replica had to go on and ended a statement for it."""
    return _is_about(error, _OUTRUN)


def grant(connection: sqlalchemy.Connection) -> str:
    """Return the statement that lets the user read all tables."""
    dialect = connection.dialect
    if dialect.name == 'postgresql':
        user, schema = connection.exec_driver_sql(
            'SELECT CURRENT_USER, CURRENT_SCHEMA()'
        ).one()
        quote = dialect.identifier_preparer.quote_identifier
        return (
            f'GRANT SELECT ON ALL TABLES IN SCHEMA {quote(schema or "public")}'
            f' TO {quote(user)};'
        )
    if dialect.name in ('mysql', 'mariadb'):
        user, name = connection.exec_driver_sql(
            'SELECT CURRENT_USER(), DATABASE()'
        ).one()
        account = "'@'".join(user.rsplit('@', 1))
        # In GRANT, _ stands for any character.
        escaped = name.replace('_', r'\_')
        return f"GRANT SELECT ON `{escaped}`.* TO '{account}';"
    return ''


def _is_about(error: exc.DBAPIError, words: tuple[str, ...]) -> bool:
    said = reason(error).lower()
    return any(word in said for word in words)


def _code(error: exc.DBAPIError) -> str | None:
    """Return PostgreSQL's SQLSTATE: its messages may be translated."""
    original = error.orig
    return getattr(original, 'pgcode', None) or getattr(
        original, 'sqlstate', None
    )


_TOO_LONG = (
    'max_statement_time',
    'max_execution_time',
    'maximum statement',
    'statement timeout',
    'lock timeout',
    'lock wait timeout',
    'interrupted',
)
_TOO_LONG_CODES = ('57014', '55P03')
_OUTRUN = ('conflict with recovery',)
_DENIED = ('command denied', 'permission denied')
_DENIED_CODES = ('42501',)

_NOT_SYNCED = (
    'The server is a node of Galera that has lost its cluster, or is not yet '
    'in step with it. Ask another node, or wait until this one is synced.'
)

# The words of SQLite, wherever in the file it notices.
_DAMAGED = (
    ('not a database', 'malformed'),
    'Restore the file from a backup; the upgrade cannot mend it.',
)

_STATEMENT_ADVICE = (
    (
        _OUTRUN,
        'The replica is behind and could not wait; run it again, or without '
        '--replica.',
    ),
    (
        _TOO_LONG,
        'The statement took longer than --timeout allows; allow more, or '
        'run it when the server has less to do.',
    ),
    (
        _DENIED,
        'Grant the user of [database] connection SELECT on all tables of '
        'the database.',
    ),
    (
        ('lost connection', 'gone away', 'terminating connection', 'closed'),
        'The server went away in the middle; run it again when it is back.',
    ),
    (
        ('read only', 'read-only', 'readonly'),
        'A check tried to write, which no check may.',
    ),
    _DAMAGED,
    (('wsrep has not',), _NOT_SYNCED),
    (
        ('disk got full', 'no space left'),
        'The disk of the database server is full; make room there.',
    ),
)


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


_PORTS = {'mysql': 3306, 'mariadb': 3306, 'postgresql': 5432}


def parse(text: str, option: str = '[database] connection') -> sqlalchemy.URL:
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


def _url(access: Access) -> sqlalchemy.URL:
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


def _engine(url: sqlalchemy.URL, access: Access) -> sqlalchemy.Engine:
    backend = url.get_backend_name()
    try:
        prepare = _PREPARE[backend]
    except KeyError as error:
        raise Unreachable(
            f'{backend} is no database that Glance runs on: {access.option} '
            'has to start with mysql, postgresql or sqlite.'
        ) from error
    if prepare is not _sqlite:
        _check_driver(url, access)
    try:
        return prepare(url, access)
    except ImportError as error:
        raise Unreachable(
            f'the driver of {url.drivername}:// is not installed beside '
            f'glance-status ({reason(error)}). Install it with '
            f'{_DRIVERS[url.get_driver_name()]}.'
        ) from error


def _check_driver(url: sqlalchemy.URL, access: Access) -> None:
    try:
        driver = url.get_driver_name()
    except exc.NoSuchModuleError:
        driver = ''
    if driver not in _DRIVERS:
        raise Unreachable(
            f'{url.drivername}:// names no driver that glance-status can '
            f'use. Write mysql+pymysql:// or postgresql+psycopg2:// in '
            f'{access.option}, in a copy of the configuration if need be.'
        )


@contextlib.contextmanager
def _opened(
    engine: sqlalchemy.Engine, url: sqlalchemy.URL, access: Access
) -> typing.Iterator[sqlalchemy.Connection]:
    try:
        connection = engine.connect()
    except Unreachable:
        raise
    except Exception as error:
        # Drivers raise more than their own errors: PyMySQL a RuntimeError
        # where a package is missing, the ssl module an OSError.
        said = reason(error).rstrip('.?')
        advice = _advice(error, said).format(option=access.option)
        raise Unreachable(
            f'{place(url)} did not let us in: {said}. {advice}'
        ) from error
    with connection:
        yield connection


_NO_ANSWER = (
    'Check that the server runs and that this host reaches it, and the host '
    'and port in {option}.'
)

# What a driver's message says, in lower case, and what to do about it; the
# first that fits.
_ADVICE = (
    # Before those that know the user by whom there are too many.
    (
        ('too many', 'has exceeded', 'remaining connection', 'starting up'),
        'Try again later.',
    ),
    (
        ('to database', 'permission denied for database'),
        'Grant the user of {option} SELECT on all tables of that database.',
    ),
    (
        (
            'access denied for user',
            'password authentication failed',
            'role "',
            'no password supplied',
        ),
        'Check user and password in {option}: special characters of a '
        'password have to be written as %XX. Where the server lets the user '
        'in over TLS alone, {option} needs the SSL options.',
    ),
    (
        ('no encryption', 'ssl off'),
        'Let the user of {option} in from this host, or run this on the host '
        'of the Glance API. Where the server lets the user in over TLS alone, '
        '{option} needs the SSL options.',
    ),
    (
        ('pg_hba.conf', 'is not allowed to connect', 'is blocked'),
        'Let the user of {option} in from this host, or run this on the host '
        'of the Glance API.',
    ),
    (
        ("'cryptography' package",),
        "Install it with `pip install 'PyMySQL[rsa]'`.",
    ),
    (
        ("'pynacl' package",),
        "Install it with `pip install 'PyMySQL[ed25519]'`.",
    ),
    (
        ('sql_mode',),
        'Correct [database] mysql_sql_mode: Glance would not start with it '
        'either.',
    ),
    (
        ('certificate verify failed',),
        'Look whether the certificate of the server has expired, and whether '
        'it is of the host and of the CA that {option} names.',
    ),
    (
        ('ssl', 'tls', 'certificate', 'insecure transport'),
        'Check the SSL options in {option}.',
    ),
    (
        ('wsrep has not',),
        _NOT_SYNCED,
    ),
    (
        ('timed out', 'timeout expired'),
        f'{_NO_ANSWER} Where it only is slow, set [upgrade_check] '
        'connect_timeout.',
    ),
    (
        ('name or service', 'name resolution', 'not known', 'translate host'),
        'Check the host name in {option}.',
    ),
    (
        ('unknown database', 'does not exist'),
        'Check the database name in {option}, and that the database was made.',
    ),
    (
        ('database is locked',),
        'Another program writes to it; try again when it is done.',
    ),
    (
        ('readonly database',),
        'A program that wrote to it was stopped in the middle, and what it '
        'left has to be rolled back first. Start Glance on it once, or open '
        'it with sqlite3.',
    ),
    (
        ('unable to open database file',),
        'Check that the file exists and that this user may read it.',
    ),
    _DAMAGED,
    (
        ('unexpected keyword', 'invalid connection option', 'invalid dsn'),
        'Check the options after the question mark in {option}, and '
        '[database] connection_parameters.',
    ),
)


def _advice(error: Exception, message: str) -> str:
    if isinstance(error, OSError):
        # What fails on the way to the server is an error of the driver's.
        return (
            'Check that the files which the options in {option} name are '
            'there, and that this user may read them.'
        )
    lower = message.lower()
    for words, advice in _ADVICE:
        if any(word in lower for word in words):
            return advice
    return _NO_ANSWER


def _create(url: sqlalchemy.URL, **arguments: typing.Any) -> sqlalchemy.Engine:
    return sqlalchemy.create_engine(
        url,
        poolclass=sqlalchemy.NullPool,
        isolation_level='AUTOCOMMIT',
        hide_parameters=True,
        **arguments,
    )


def _mysql(url: sqlalchemy.URL, access: Access) -> sqlalchemy.Engine:
    if not url.database:
        raise Unreachable(
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
                raise Unprotected(_UNPROTECTED)
            if access.sql_mode:
                cursor.execute('SET SESSION sql_mode = %s', (access.sql_mode,))
        if pymysql:
            connection._read_timeout = waiting

    return engine


def _milliseconds(seconds: float) -> int:
    # 0 would be no limit at all.
    return max(1, int(seconds * 1000))


_UNPROTECTED = (
    'the server does not keep the session read-only, so nothing was asked of '
    'it. Connect to the database server itself in [database] connection, '
    'not to a proxy that changes what a session may do.'
)


# A join of what is read in a second needs no file on disk with it.
_WORK_MEM = '64MB'


def _postgresql(url: sqlalchemy.URL, access: Access) -> sqlalchemy.Engine:
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
                raise Unprotected(_UNPROTECTED)

    return engine


def _sqlite(url: sqlalchemy.URL, access: Access) -> sqlalchemy.Engine:
    path = url.database or ''
    if not path or path == ':memory:':
        raise Unreachable(
            f'{access.option} names a SQLite database in memory, which '
            'nobody else can read.'
        )
    full = os.path.abspath(path)
    try:
        mode = os.stat(full).st_mode
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Unreachable(
            f'the SQLite file {full} does not exist. Check '
            f'{access.option}; a relative path starts at the working '
            'directory.'
        ) from error
    except OSError as error:
        # Whoever may not enter the directory cannot know what is in it.
        raise _unreadable(full, error) from error
    if not stat.S_ISREG(mode):
        raise Unreachable(f'{full} is no file. Check {access.option}.')
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


def _unreadable(path: str, error: OSError) -> Unreachable:
    return Unreachable(
        f'the SQLite file {path} cannot be read: {error.strerror}. '
        'Check the path, and that this user may read it.'
    )


# Steps of SQLite's machine between two looks at the clock: some 0.1 ms.
_PROGRESS_STEPS = 10_000


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
        raise Unreachable(
            f'the program that wrote to the SQLite file {path} was stopped '
            f'in the middle and left {log}, which nobody can read without '
            'making a file beside it. Start Glance on it once, or run '
            f"`sqlite3 {path} 'PRAGMA wal_checkpoint'` as Glance's user."
        )
    return True


_PREPARE = {
    'mysql': _mysql,
    'mariadb': _mysql,
    'postgresql': _postgresql,
    'sqlite': _sqlite,
}
