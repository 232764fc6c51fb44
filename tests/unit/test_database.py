# SPDX-License-Identifier: Apache-2.0
"""What is made of URLs, and of what drivers and servers say."""

import sqlite3

import pytest
import sqlalchemy
from sqlalchemy import exc

from glance_status import database

PLACES = {
    'sqlite:////var/lib/glance.sqlite': '/var/lib/glance.sqlite',
    'mysql+pymysql://u:p@db1/glance': 'db1:3306/glance',
    'mysql://u:p@db1:3306/glance?charset=utf8': 'db1:3306/glance',
    'mysql+pymysql://u:p@/glance?unix_socket=/run/my.sock': (
        '/run/my.sock:3306/glance'
    ),
    'postgresql://u:p@db1/glance': 'db1:5432/glance',
    'postgresql+psycopg2://u@/glance?host=/run/pg': '/run/pg:5432/glance',
    'postgresql+psycopg2://u:p@[::1]:5433/glance': '::1:5433/glance',
}


@pytest.mark.parametrize('url', PLACES)
def test_a_place_says_neither_who_nor_how(url: str) -> None:
    assert database.place(database.parse(url)) == PLACES[url]


@pytest.mark.parametrize(
    'text',
    [
        '',
        'glance',
        'mysql+pymysql://u:p@a@db1/glance',
        'mysql+pymysql://u:p@a/ss@db1/glance',
        'mysql+pymysql://u:p@db1:port/glance',
    ],
)
def test_what_is_no_url_is_not_repeated(text: str) -> None:
    with pytest.raises(database.Unreachable) as caught:
        database.parse(text, '[database] slave_connection')
    assert str(caught.value) == (
        '[database] slave_connection is not a database URL. Write it as '
        'mysql+pymysql://USER:PASSWORD@HOST/glance, with each special '
        'character of the password as %XX (@ is %40, % is %25, / is %2F).'
    )


def test_an_option_that_is_not_set_is_named() -> None:
    access = database.Access(None, option='[database] slave_connection')
    with (
        pytest.raises(database.Unreachable) as caught,
        database.connect(access),
    ):
        pass
    assert str(caught.value) == (
        '[database] slave_connection is not set in the files that were read. '
        'Name the files in which it stands with --config-file.'
    )


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
    said = database.explain(wrapped(error))
    assert said == f'the database said: {database.reason(error)}. {advice}'


class Translated(Exception):
    """What a PostgreSQL server that speaks another language says."""

    def __init__(self, code: str):
        super().__init__('Anweisung wird abgebrochen')
        self.pgcode = code


def test_what_is_meant_is_known_by_its_code_too() -> None:
    late, denied, other = (
        wrapped(Translated(code)) for code in ('57014', '42501', '42P01')
    )
    assert [database.took_too_long(e) for e in (late, denied, other)] == [
        True,
        False,
        False,
    ]
    assert [database.denied(e) for e in (late, denied, other)] == [
        False,
        True,
        False,
    ]


def test_an_error_is_one_line_without_the_statement() -> None:
    assert database.reason(wrapped(Exception(1, 'one\ntwo'))) == 'one two (1)'
    assert database.reason(wrapped(Exception('one\n  two'))) == 'one two'
    assert database.reason(wrapped(Exception())) == 'Exception'


def test_parameters_are_appended_as_oslo_db_does() -> None:
    access = database.Access(
        'mysql+pymysql://u:p@db1/glance?charset=utf8',
        parameters='local_infile=0&read_timeout=9',
    )
    assert database._url(access) == sqlalchemy.make_url(
        'mysql+pymysql://u:p@db1/glance?charset=utf8&local_infile=0'
        '&read_timeout=9'
    )
