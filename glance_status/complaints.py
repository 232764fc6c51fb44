# SPDX-License-Identifier: Apache-2.0
"""What drivers and servers say of an error, and what to do about it."""

import typing

from sqlalchemy import exc


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
    for words, advice in _OF_STATEMENTS:
        if any(word in lower for word in words):
            return f'the database said: {said}. {advice}'
    return f'the database said: {said}'


def advise(error: Exception, message: str) -> str:
    """Return what to do where no connection comes about."""
    if isinstance(error, OSError):
        # What fails on the way to the server is an error of the driver's.
        return (
            'Check that the files which the options in {option} name are '
            'there, and that this user may read them.'
        )
    lower = message.lower()
    for words, advice in _OF_CONNECTIONS:
        if any(word in lower for word in words):
            return advice
    return _NO_ANSWER


def took_too_long(error: exc.DBAPIError) -> bool:
    """Tell whether the server, or SQLite's guard, cut a statement off."""
    return _is_about(error, _TOO_LONG) or _code(error) in _TOO_LONG_CODES


def denied(error: exc.DBAPIError) -> bool:
    """Tell whether the user may not read what a statement reads."""
    return _is_about(error, _DENIED) or _code(error) in _DENIED_CODES


def outrun(error: exc.DBAPIError) -> bool:
    """Tell whether a replica had to go on and ended a statement for it."""
    return _is_about(error, _OUTRUN)


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
    ('not a database', 'image is malformed', 'malformed database'),
    'Restore the file from a backup; the upgrade cannot mend it.',
)

_OF_STATEMENTS = (
    (
        _OUTRUN,
        'The replica is behind and could not wait; run it again, or without '
        '--replica.',
    ),
    (
        ('deadlock',),
        'The server ended it, as it and another session waited for each '
        'other; run it again.',
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

_NO_ANSWER = (
    'Check that the server runs and that this host reaches it, and the host '
    'and port in {option}.'
)

# What a driver's message says, in lower case, and what to do about it; the
# first that fits.
_OF_CONNECTIONS = (
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
