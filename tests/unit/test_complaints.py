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


def test_an_error_is_one_line_without_the_statement() -> None:
    assert (
        complaints.reason(wrapped(Exception(1, 'one\ntwo'))) == 'one two (1)'
    )
    assert complaints.reason(wrapped(Exception('one\n  two'))) == 'one two'
    assert complaints.reason(wrapped(Exception())) == 'Exception'
