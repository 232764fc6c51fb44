# SPDX-License-Identifier: Apache-2.0
"""The steps of a survey, as the run is told of them."""

import pathlib
import sqlite3
import typing

import pytest
import sqlalchemy
from sqlalchemy import event

from glance_status import context, database, rows, survey
from glance_status.survey import Step
from tests.unit import checkers

COLUMNS = ('id', 'name', 'owner')
THINGS = sqlalchemy.table('things', *map(sqlalchemy.column, COLUMNS))
OWNERS = sqlalchemy.table('owners', *map(sqlalchemy.column, COLUMNS))
NONE: dict[str, typing.Any] = {'count': 0, 'sample': [], 'kinds': {}}


def deployment(directory: pathlib.Path, *statements: str) -> context.Checker:
    """Return a checker for a database of three things and no owner."""
    path = directory / 'glance.sqlite'
    connection = sqlite3.connect(path)
    connection.executescript(
        'CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT, owner TEXT);'
        'CREATE TABLE owners (id INTEGER PRIMARY KEY, name TEXT, owner TEXT);'
        "INSERT INTO things VALUES (1, 'a', 'x'), (2, 'b', 'y');"
        "INSERT INTO things VALUES (3, 'b', NULL);" + ''.join(statements)
    )
    connection.close()
    text = f'[database]\nconnection = sqlite:///{path}\n'
    return checkers.make(directory, text)


def named(name: str, table: sqlalchemy.TableClause = THINGS) -> rows.Question:
    """Return the question which rows have a name."""
    return rows.Question(name, table, table.c.name == name)


def found(count: int, *sample: int) -> dict[str, typing.Any]:
    """Return the document of an answer."""
    return {**NONE, 'count': count, 'sample': [[key] for key in sample]}


def steps(
    checker: context.Checker, **questions: list[rows.Question]
) -> list[Step]:
    """Return the steps of a survey."""
    made = list(survey.survey(checker, questions))
    checker.close()
    return made


def answers(taken: list[Step]) -> dict[str, dict[str, typing.Any]]:
    """Return all that came in, by check and question."""
    together: dict[str, dict[str, typing.Any]] = {}
    for step in taken:
        for check, documents in step.answers.items():
            together.setdefault(check, {}).update(documents)
    return together


def test_who_asks_nothing_needs_no_database(tmp_path: pathlib.Path) -> None:
    checker = checkers.make(tmp_path, '')
    assert steps(checker) == []
    assert steps(checker, check=[]) == []


def test_who_asks_needs_one(tmp_path: pathlib.Path) -> None:
    with pytest.raises(database.Unreachable):
        steps(checkers.make(tmp_path, ''), check=[named('a')])


def test_a_table_by_another_name_is_shown_by_that(
    tmp_path: pathlib.Path,
) -> None:
    others = THINGS.alias('others')
    question = rows.Question('b', others, others.c.name == 'b')
    taken = steps(deployment(tmp_path), check=[question])
    assert {step.table for step in taken} == {'others'}
    assert answers(taken) == {'check': {'b': found(2, 2, 3)}}


def test_a_table_after_the_other_is_read_for_all_checks(
    tmp_path: pathlib.Path,
) -> None:
    taken = steps(
        deployment(tmp_path),
        one=[named('b'), named('x', OWNERS)],
        two=[named('a')],
    )
    things = {'one': {'b': found(2, 2, 3)}, 'two': {'a': found(1, 1)}}
    # What was read is not done before there are answers.
    assert list(dict.fromkeys(map(str, taken))) == list(
        map(
            str,
            [
                Step('things', '1/2', 0.0),
                Step('things', '1/2', 0.99),
                Step('things', '1/2', 1, things),
                Step('owners', '2/2', 0.0),
                Step('owners', '2/2', 0.99),
                Step('owners', '2/2', 1, {'one': {'x': NONE}}),
            ],
        )
    )


def test_what_a_table_lacks_is_missing_for_those_who_ask_for_it(
    tmp_path: pathlib.Path,
) -> None:
    bare = (
        'DROP TABLE owners; DROP TABLE things; '
        'CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT);'
        "INSERT INTO things VALUES (1, 'a');"
    )
    taken = steps(
        deployment(tmp_path, bare),
        one=[
            named('a'),
            rows.Question('owner', THINGS, THINGS.c.owner == 'x'),
            rows.Question(
                'joined',
                THINGS,
                OWNERS.c.id.is_(None),
                joins=(rows.Join(OWNERS, OWNERS.c.name == THINGS.c.name),),
            ),
        ],
        two=[named('x', OWNERS)],
    )
    no_owners = {'missing': 'the database has no table owners'}
    assert answers(taken) == {
        'one': {
            'a': found(1, 1),
            'owner': {
                'missing': 'the table things of this database has no column '
                'owner'
            },
            'joined': no_owners,
        },
        'two': {'x': no_owners},
    }


def test_who_asks_something_wrong_alone_has_no_answer(
    tmp_path: pathlib.Path,
) -> None:
    def sort(name: str) -> str:
        raise ValueError(f'{name} is wrong')

    wrong = rows.Question(
        'wrong', THINGS, THINGS.c.name == sqlalchemy.func.no_function()
    )
    failing = rows.Question(
        'failing',
        THINGS,
        THINGS.c.id == 1,
        sort=sort,
        looks_at=(THINGS.c.name,),
    )
    taken = steps(
        deployment(tmp_path),
        one=[named('b'), wrong, failing, named('a')],
        two=[named('x', OWNERS)],
    )
    together = answers(taken)
    assert together['one'].pop('wrong') == {
        'unanswered': 'the database said: no such function: no_function'
    }
    assert together['one'].pop('failing') == {
        'unanswered': 'its question failed: ValueError: a is wrong'
    }
    assert together == {
        'one': {'b': found(2, 2, 3), 'a': found(1, 1)},
        'two': {'x': NONE},
    }


def test_what_was_counted_with_somebody_wrong_is_counted_anew(
    tmp_path: pathlib.Path,
) -> None:
    # The first ranges answer, and the last one cannot.
    many = (
        'WITH RECURSIVE n (id) AS (VALUES (4) UNION ALL SELECT id + 1 FROM n '
        'WHERE id < 9000) INSERT INTO things SELECT id, \'"b"\', NULL FROM n;'
        'UPDATE things SET name = \'"a"\' WHERE id < 4;'
        "UPDATE things SET name = 'no JSON' WHERE id = 9000;"
    )
    document = sqlalchemy.func.json_extract(THINGS.c.name, '$')
    taken = steps(
        deployment(tmp_path, many),
        one=[rows.Question('wrong', THINGS, document == 'a'), named('"a"')],
    )
    assert answers(taken) == {
        'one': {
            'wrong': {'unanswered': 'the database said: malformed JSON'},
            '"a"': found(3, 1, 2, 3),
        }
    }


def test_who_is_let_in_when_it_begins_alone_is_told_so_once(
    tmp_path: pathlib.Path,
) -> None:
    checker = deployment(tmp_path)
    begun = survey.survey(checker, {'check': [named('b')]})
    checker.close()
    (tmp_path / 'glance.sqlite').unlink()
    with pytest.raises(database.Unreachable):
        next(begun)


def test_who_is_not_let_in_again_has_no_answer(tmp_path: pathlib.Path) -> None:
    checker = deployment(tmp_path)
    asking = {'check': [named('b'), named('x', OWNERS)]}
    taken = []
    for step in survey.survey(checker, asking):
        taken.append(step)
        if step.share == 0:
            (tmp_path / 'glance.sqlite').unlink(missing_ok=True)
            checker.close()
    said = {
        document['unanswered'].replace(str(tmp_path), '')
        for document in answers(taken)['check'].values()
    }
    assert said == {
        'the database did not let us in again: the SQLite file '
        '/glance.sqlite does not exist. Check [database] connection; a '
        'relative path starts at the working directory.'
    }


@pytest.mark.parametrize(
    ('keys', 'looks'),
    [
        # Range follows range, and the ends alone are looked for.
        ('SELECT n FROM numbers', 1),
        # There is nothing in between.
        ('SELECT n + n / 4000 * 1000000 FROM numbers WHERE n < 8000', 2),
    ],
)
def test_keys_are_looked_for_where_there_are_none(
    keys: str, looks: int, tmp_path: pathlib.Path
) -> None:
    checker = deployment(
        tmp_path,
        'DELETE FROM things;'
        'WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 '
        f'FROM numbers WHERE n < 11000) INSERT INTO things (id) {keys};',
    )
    heard: list[str] = []

    def note(
        _connection: object, _cursor: object, statement: str, *_rest: object
    ) -> None:
        heard.append(statement)

    event.listen(sqlalchemy.Engine, 'before_cursor_execute', note)
    try:
        taken = steps(checker, check=[named('b')])
    finally:
        event.remove(sqlalchemy.Engine, 'before_cursor_execute', note)
    assert answers(taken) == {'check': {'b': NONE}}
    assert sum('min(things.id)' in statement for statement in heard) == looks
