# SPDX-License-Identifier: Apache-2.0
"""What a check is told of releases, and of the way into the database."""

import pathlib

import pytest

from glance_status import context, database, releases, rows
from tests.unit import checkers

DATABASE = '[database]\nconnection = sqlite:///new\n'
REPLICA = f'{DATABASE}slave_connection = sqlite:///copy\n'


@pytest.mark.parametrize(
    ('source', 'major', 'crossed'),
    [
        (['28'], 28, False),
        (['28'], 29, True),
        (['28'], 31, True),
        (['28'], 32, False),
        # It may be at any of these.
        (['28', '29', '30'], 29, True),
        (['29', '28'], 29, False),
        # It may be at any at all.
        ([], 1, True),
        ([], 31, True),
        ([], 32, False),
    ],
)
def test_an_upgrade_crosses_what_comes_after_the_oldest_source(
    tmp_path: pathlib.Path, source: list[str], major: int, crossed: bool
) -> None:
    run = checkers.make(tmp_path, '', target='31').run
    facts = context.Facts(tuple(map(releases.find, source)))
    assert context.Checker(run, facts).crosses(major) == crossed


def way(url: str | None, option: str = '[database] connection') -> object:
    """Return the way into a database that nothing more is said of."""
    return database.Access(url, '', 'TRADITIONAL', 5, 60, option)


@pytest.mark.parametrize(
    ('text', 'expected'),
    [
        ('', way(None)),
        (DATABASE, way('sqlite:///new')),
        (
            '[DEFAULT]\nsql_connection = sqlite:///$$old\n',
            way('sqlite:///$old', '[DEFAULT] sql_connection'),
        ),
        (
            # The first name that has a value.
            '[sql]\nconnection = sqlite:///sql\n[DEFAULT]\nsql_connection =\n'
            '[database]\nsql_connection = sqlite:///old\n',
            way('sqlite:///old', '[database] sql_connection'),
        ),
        (
            '[sql]\nconnection = sqlite:///old\n' + DATABASE,
            way('sqlite:///new'),
        ),
        (
            f'{DATABASE}connection_parameters = a=b\nmysql_sql_mode = ANSI\n',
            database.Access(
                *('sqlite:///new', 'a=b', 'ANSI', 5, 60),
                '[database] connection',
            ),
        ),
        (
            # What refers to nothing is not there.
            f'{DATABASE}connection_parameters = $no\nmysql_sql_mode = $no\n',
            way('sqlite:///new'),
        ),
    ],
)
def test_the_way_into_the_database_is_what_glance_would_take(
    tmp_path: pathlib.Path, text: str, expected: object
) -> None:
    assert checkers.make(tmp_path, text).access() == expected


@pytest.mark.parametrize(
    ('text', 'url'),
    [
        (REPLICA, 'sqlite:///copy'),
        (DATABASE, None),
        ('[DEFAULT]\nsql_connection = sqlite:///old\n', None),
    ],
)
def test_a_replica_has_an_option_of_its_own(
    tmp_path: pathlib.Path, text: str, url: str | None
) -> None:
    run = checkers.make(tmp_path, text).run._replace(replica=True)
    checker = context.Checker(run, context.Facts())
    assert checker.access() == way(url, '[database] slave_connection')


@pytest.mark.parametrize(
    ('connection', 'said'),
    [
        ('$connection', '[database] connection refers to itself'),
        ('sqlite:///$nowhere', 'no such option nowhere in group [DEFAULT]'),
        (
            '$database',
            'template substitution error: substituting group database not '
            'supported',
        ),
    ],
)
def test_a_way_that_is_none_is_said(
    tmp_path: pathlib.Path, connection: str, said: str
) -> None:
    text = f'[database]\nconnection = {connection}\n'
    with pytest.raises(database.Unreachable) as caught:
        checkers.make(tmp_path, text).access()
    assert str(caught.value) == said


def test_a_database_is_opened_once_until_it_is_left(
    tmp_path: pathlib.Path,
) -> None:
    (tmp_path / 'file').touch()
    text = f'[database]\nconnection = sqlite:///{tmp_path}/file\n'
    checker = checkers.make(tmp_path, text)
    first = checker.connection
    assert checker.connection is first
    checker.close()
    assert first.closed
    assert checker.connection is not first
    checker.close()


def test_a_database_that_is_out_of_reach_is_not_tried_again(
    tmp_path: pathlib.Path,
) -> None:
    run = checkers.make(tmp_path, DATABASE).run
    checker = context.Checker(run, context.Facts(unreachable='it is down'))
    with pytest.raises(database.Unreachable, match='it is down'):
        _ = checker.connection


def test_a_check_sees_what_is_written_and_what_was_answered(
    tmp_path: pathlib.Path,
) -> None:
    run = checkers.make(tmp_path, DATABASE).run
    answers = rows.Answers({'one': {'count': 3, 'sample': []}})
    checker = context.Checker(run, context.Facts(), answers)
    assert [setting.name for setting in checker.settings] == [
        '[database] connection'
    ]
    assert checker.answers is answers
    assert context.Checker(run, context.Facts()).answers.asked('one') == (
        rows.NONE
    )
