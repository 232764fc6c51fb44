# SPDX-License-Identifier: Apache-2.0
"""What is made of what drivers and servers say."""

import sqlite3

import pytest
from sqlalchemy import exc

from glance_status import complaints


def wrapped(error: Exception) -> exc.DBAPIError:
    """Return an error of a driver as SQLAlchemy raises it."""
    return exc.OperationalError('SELECT secret', {}, error)


LONGER = (
    'The statement took longer than --timeout allows; allow more, or run it '
    'when the server has less to do.'
)
GRANT = (
    'Grant the user of [database] connection SELECT on all tables of the '
    'database.'
)
AWAY = 'The server went away in the middle; run it again when it is back.'
SAID = [
    (Exception(1969, 'max_statement_time exceeded'), LONGER),
    (Exception(3024, 'maximum statement execution time exceeded'), LONGER),
    (Exception('canceling statement due to statement timeout\n'), LONGER),
    (sqlite3.OperationalError('interrupted'), LONGER),
    (Exception(1142, "SELECT command denied to user 'u'"), GRANT),
    (Exception('permission denied for table images'), GRANT),
    (Exception(2013, 'Lost connection to MySQL server'), AWAY),
    (Exception(2006, 'MySQL server has gone away'), AWAY),
    (Exception('terminating connection due to administrator command'), AWAY),
    (
        Exception('canceling statement due to conflict with recovery'),
        'The replica is behind and could not wait; run it again, or without '
        '--replica.',
    ),
]


@pytest.mark.parametrize(('error', 'advice'), SAID)
def test_an_error_of_a_statement_says_what_to_do(
    error: Exception, advice: str
) -> None:
    said = complaints.explain(wrapped(error))
    assert said == f'the database said: {complaints.reason(error)}. {advice}'


@pytest.mark.parametrize(
    ('said', 'shown'),
    [('no such table: x.', 'no such table: x'), ('Odd...', 'Odd')],
)
def test_an_error_that_nobody_knows_is_repeated_alone(
    said: str, shown: str
) -> None:
    error = wrapped(Exception(said))
    assert complaints.explain(error) == f'the database said: {shown}'


TLS = (
    'Where the server lets the user in over TLS alone, {option} needs the SSL '
    'options.'
)
USER = (
    'Check user and password in {option}: special characters of a password '
    f'have to be written as %XX. {TLS}'
)
HOST = (
    'Let the user of {option} in from this host, or run this on the host of '
    'the Glance API.'
)
NO_ANSWER = (
    'Check that the server runs and that this host reaches it, and the host '
    'and port in {option}.'
)


@pytest.mark.parametrize(
    ('said', 'advice'),
    [
        ('Connection refused', NO_ANSWER),
        ('FATAL: sorry, Too Many clients already', 'Try again later.'),
        # It names the user as well.
        ('User \'role "x"\' has exceeded the limit', 'Try again later.'),
        (
            "Access denied for user 'g'@'h' to database 'glance'",
            'Grant the user of {option} SELECT on all tables of that '
            'database.',
        ),
        ("Access denied for user 'g'@'h' (using password: YES)", USER),
        ('FATAL: role "glance" does not exist', USER),
        ('no pg_hba.conf entry for host, no encryption', f'{HOST} {TLS}'),
        ('no pg_hba.conf entry for host', HOST),
        (
            'SSL: CERTIFICATE verify failed',
            'Look whether the certificate of the server has expired, and '
            'whether it is of the host and of the CA that {option} names.',
        ),
        ('SSL is required', 'Check the SSL options in {option}.'),
        (
            'connection timed out',
            f'{NO_ANSWER} Where it only is slow, set [upgrade_check] '
            'connect_timeout.',
        ),
        (
            'database "glance" does not exist',
            'Check the database name in {option}, and that the database was '
            'made.',
        ),
    ],
)
def test_what_to_do_where_no_connection_comes_about(
    said: str, advice: str
) -> None:
    assert complaints.advise(Exception(said), said) == advice


def test_a_file_of_the_driver_is_no_matter_of_the_server() -> None:
    error = FileNotFoundError(2, 'No such file or directory', '/ca.pem')
    assert (complaints.reason(error), complaints.advise(error, 'ssl')) == (
        'No such file or directory: /ca.pem',
        'Check that the files which the options in {option} name are there, '
        'and that this user may read them.',
    )
    assert complaints.reason(OSError(2, 'No such thing')) == 'No such thing'


class Translated(Exception):
    """What a PostgreSQL server that speaks another language says."""

    def __init__(self, code: str):
        super().__init__('Anweisung wird abgebrochen')
        self.pgcode = code


def test_what_is_meant_is_known_by_its_code_too() -> None:
    late, denied, other = (
        wrapped(Translated(code)) for code in ('57014', '42501', '42P01')
    )
    assert [complaints.took_too_long(e) for e in (late, denied, other)] == [
        True,
        False,
        False,
    ]
    assert [complaints.denied(e) for e in (late, denied, other)] == [
        False,
        True,
        False,
    ]


class Coded(Exception):
    """What psycopg raises, in whose words there is no help."""

    def __init__(self, code: str):
        super().__init__('Anweisung wird abgebrochen')
        self.sqlstate = code


def test_a_code_is_known_in_the_words_of_any_driver() -> None:
    found = [
        (complaints.took_too_long(error), complaints.denied(error))
        for error in map(wrapped, map(Coded, ('55P03', '42501', '42P01')))
    ]
    assert found == [(True, False), (False, True), (False, False)]


def test_a_replica_that_could_not_wait_is_known() -> None:
    assert [
        complaints.outrun(wrapped(Exception(text)))
        for text in ('Conflict with recovery', 'Conflict')
    ] == [True, False]


def test_an_error_is_one_line_without_the_statement() -> None:
    assert (
        complaints.reason(wrapped(Exception(1, 'one\ntwo'))) == 'one two (1)'
    )
    assert complaints.reason(wrapped(Exception('one\n  two'))) == 'one two'
    assert complaints.reason(wrapped(Exception())) == 'Exception'
