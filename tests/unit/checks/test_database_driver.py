# SPDX-License-Identifier: Apache-2.0
"""Schemes of database URLs, with and without the target beside the tool."""

import pathlib
import sys

import pytest

from glance_status import context, results
from glance_status.checks import database_driver
from tests.unit import checkers

REST = '://glance:secret@db1/glance'


def make(
    directory: pathlib.Path, scheme: str, target: str = '33'
) -> context.Checker:
    """Return a checker for a database of this scheme."""
    text = f'[database]\nconnection = {scheme}{REST}\n'
    return checkers.make(directory, text, target=target)


def found(checker: context.Checker) -> list[tuple[int, str]]:
    """Return result and message of what the check finds."""
    return [
        (item.result, item.message)
        for item in database_driver.check_driver(checker)
    ]


@pytest.mark.parametrize(
    ('scheme', 'target'),
    [
        ('mysql+pymysql', '18'),
        ('mysql+pymysql', '33'),
        ('mariadb+pymysql', '23'),
        ('postgresql', '33'),
        ('postgresql+psycopg2', '18'),
        ('postgresql+psycopg', '29'),
        ('mysql+asyncmy', '23'),
        ('sqlite', '33'),
    ],
)
def test_drivers_that_the_target_knows(
    tmp_path: pathlib.Path, scheme: str, target: str
) -> None:
    assert found(make(tmp_path, scheme, target)) == []


@pytest.mark.parametrize(
    ('scheme', 'target', 'result', 'ending'),
    [
        (
            'postgres',
            '22',
            results.WARNING,
            'which Wallaby still takes for postgresql://; 23.0.0 and later '
            'do not know it.',
        ),
        (
            'postgres',
            '23',
            results.FAILURE,
            'which the SQLAlchemy of Xena does not know: it has to be '
            'postgresql://.',
        ),
        (
            'mysql+pymsql',
            '33',
            results.FAILURE,
            'which the SQLAlchemy of 2026.2 Hibiscus does not know.',
        ),
        (
            'mariadb+pymysql',
            '22',
            results.FAILURE,
            'which the SQLAlchemy of Wallaby does not know.',
        ),
        (
            'mysql+asyncmy',
            '22',
            results.FAILURE,
            'which the SQLAlchemy of Wallaby does not know.',
        ),
        (
            'postgresql+psycopg',
            '28',
            results.FAILURE,
            'which the SQLAlchemy of 2024.1 Caracal does not know.',
        ),
        (
            'mysql',
            '33',
            results.WARNING,
            'which takes the Python module MySQLdb (mysqlclient); whether '
            'it is installed where the new Glance will run cannot be seen '
            'from here.',
        ),
    ],
)
def test_drivers_that_the_target_does_not_know(
    tmp_path: pathlib.Path,
    scheme: str,
    target: str,
    result: int,
    ending: str,
) -> None:
    checker = make(tmp_path, scheme, target)
    path = tmp_path / 'glance-api.conf'
    assert found(checker) == [
        (
            result,
            f'[database] connection ({path}, line 2) begins with '
            f'{scheme}://, {ending}',
        )
    ]


def test_a_replica_has_a_driver_too(tmp_path: pathlib.Path) -> None:
    text = (
        f'[database]\nconnection = mysql+pymysql{REST}\n'
        f'slave_connection = postgres{REST}\n'
    )
    (finding,) = database_driver.check_driver(checkers.make(tmp_path, text))
    assert finding.affected == results.Affected(
        1, ('[database] slave_connection',)
    )


@pytest.mark.parametrize(
    ('value', 'message'),
    [
        (
            'mysql+pymysql:glance:secret@replica/glance',
            '[database] slave_connection ({path}/glance-api.conf, line 3) is '
            'no URL of a database: it has no ://, and the target would not '
            'open the database.',
        ),
        ('', None),
        ('$connection', None),
    ],
)
def test_a_replica_at_no_url(
    tmp_path: pathlib.Path, value: str, message: str | None
) -> None:
    text = (
        f'[database]\nconnection = mysql+pymysql{REST}\n'
        f'slave_connection = {value}\n'
    )
    findings = database_driver.check_driver(checkers.make(tmp_path, text))
    assert [(item.result, item.message) for item in findings] == [
        (results.FAILURE, said.format(path=tmp_path))
        for said in [message]
        if said
    ]


def test_the_driver_is_not_beside_the_target(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkers.install(tmp_path, monkeypatch, 'glance', '33.0.0')
    assert [result for result, _message in found(make(tmp_path, 'mysql'))] == [
        results.FAILURE
    ]
    (tmp_path / 'MySQLdb.py').touch()
    assert found(make(tmp_path, 'mysql')) == []


@pytest.mark.parametrize(
    ('scheme', 'expected'),
    [
        # A later SQLAlchemy takes it for a bare postgresql://.
        ('postgresql', []),
        ('postgresql+psycopg2', [results.FAILURE]),
        ('mysql', [results.FAILURE]),
    ],
)
def test_a_driver_in_place_of_another(
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    scheme: str,
    expected: list[int],
) -> None:
    checkers.install(tmp_path, monkeypatch, 'glance', '33.0.0')
    monkeypatch.setitem(sys.modules, 'psycopg2', None)
    (tmp_path / 'psycopg.py').touch()
    told = found(make(tmp_path, scheme))
    assert [result for result, _message in told] == expected


def test_another_glance_is_no_sign(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkers.install(tmp_path, monkeypatch, 'glance', '32.1.0')
    (result, _message) = found(make(tmp_path, 'mysql'))[0]
    assert result == results.WARNING


@pytest.mark.parametrize('value', ['glance', '', '$sql_connection'])
def test_what_is_no_url_is_for_its_own_row(
    tmp_path: pathlib.Path, value: str
) -> None:
    text = f'[database]\nconnection = {value}\n'
    assert found(checkers.make(tmp_path, text)) == []
