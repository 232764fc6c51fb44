# SPDX-License-Identifier: Apache-2.0
"""What goes wrong with a question, and whose affair it is."""

import pathlib
import sqlite3

import pytest
import sqlalchemy
from sqlalchemy import exc

from glance_status import asked, database, rows, trouble
from tests.unit import checkers

THINGS = sqlalchemy.table('things', sqlalchemy.column('id'))


def wrapped(said: str, gone: bool = False) -> exc.DBAPIError:
    """Return an error of a driver as SQLAlchemy raises it."""
    error = Exception(said)
    return exc.OperationalError(
        'SELECT', {}, error, connection_invalidated=gone
    )


LATE = wrapped('canceling statement due to statement timeout')
DENIED = wrapped('permission denied for table things')
GONE = wrapped('it is gone', gone=True)
WRONG = wrapped('no such function')


@pytest.mark.parametrize(
    ('error', 'every'),
    [
        (database.Unreachable('nobody there'), True),
        (GONE, True),
        (LATE, True),
        (DENIED, True),
        (wrapped('canceling statement due to conflict with recovery'), True),
        (WRONG, False),
        (ValueError('statement timeout'), False),
    ],
)
def test_what_every_statement_would_meet(
    error: Exception, every: bool
) -> None:
    assert trouble.of_the_server(error) == every


@pytest.mark.parametrize(
    ('error', 'reason', 'kept'),
    [
        (
            database.Unreachable('nobody there'),
            'the database did not let us in again: nobody there',
            True,
        ),
        (WRONG, 'the database said: no such function', True),
        # SQLite has no users to grant anything to.
        (
            DENIED,
            'the database said: permission denied for table things. Grant '
            'the user of [database] connection SELECT on all tables of the '
            'database.',
            True,
        ),
        (GONE, 'the database said: it is gone', False),
        (
            ZeroDivisionError('oh'),
            'its question failed: ZeroDivisionError: oh',
            True,
        ),
    ],
)
def test_who_has_no_answer_yet_hears_why(
    error: Exception, reason: str, kept: bool, tmp_path: pathlib.Path
) -> None:
    file = tmp_path / 'glance.sqlite'
    sqlite3.connect(file).close()
    checker = checkers.make(
        tmp_path, f'[database]\nconnection = sqlite:///{file}\n'
    )
    connection = checker.connection
    group = [
        asked.Asked('check', rows.Question(name, THINGS, THINGS.c.id == 1))
        for name in 'abc'
    ]
    group[1].fail('there is no column id', 'missing')
    trouble.fail(checker, group, error)
    assert [item.document for item in group] == [
        {'unanswered': reason},
        {'missing': 'there is no column id'},
        {'unanswered': reason},
    ]
    # What is of no use any more is not given to the next.
    assert (checker.connection is connection) == kept
    checker.close()
