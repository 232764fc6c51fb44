# SPDX-License-Identifier: Apache-2.0
"""Questions about rows, answered by each server in one pass over a table."""

import contextlib
import pathlib
import re
import typing
import uuid
from collections import abc

import pytest
import sqlalchemy
from sqlalchemy import event

from glance_status import asked, context, rows, survey, tables
from tests.functional import glance_databases
from tests.unit import checkers

METADATA = sqlalchemy.MetaData()
THINGS = sqlalchemy.Table(
    'things',
    METADATA,
    sqlalchemy.Column('id', sqlalchemy.Integer, primary_key=True),
    sqlalchemy.Column('name', sqlalchemy.String(50)),
    sqlalchemy.Column('note', sqlalchemy.Text),
    sqlalchemy.Column('deleted', sqlalchemy.Boolean),
)
OWNERS = sqlalchemy.Table(
    'owners',
    METADATA,
    sqlalchemy.Column('id', sqlalchemy.String(36), primary_key=True),
    sqlalchemy.Column('thing_id', sqlalchemy.Integer, index=True),
)
# Not in the database.
GONE = sqlalchemy.table('gone', sqlalchemy.column('id'))
COUNT = 5000
GAP = 2_000_000


def thing(number: int) -> dict[str, typing.Any]:
    name = {0: 'bad', 1: 'Bad ', 2: 'a_b', 3: 'axb'}.get(number % 1000, 'fine')
    # The keys of the last rows lie far away from those of the others.
    away = GAP if number > COUNT - 100 else 0
    return {
        'id': number + away,
        'name': name,
        'note': f'{number % 7}',
        'deleted': number % 2 == 1,
    }


@pytest.fixture(scope='module', params=glance_databases.SERVERS)
def url(request: pytest.FixtureRequest) -> abc.Iterator[str]:
    """A database with many things, each with an owner but for a few."""
    with glance_databases.database(request.param) as made:
        engine = sqlalchemy.create_engine(made, poolclass=sqlalchemy.NullPool)
        with engine.begin() as connection:
            METADATA.create_all(connection)
            things = [thing(number) for number in range(1, COUNT + 1)]
            connection.execute(THINGS.insert(), things)
            owners = [
                {
                    'id': str(uuid.UUID(int=row['id'] << 90)),
                    'thing_id': row['id'],
                }
                for row in things
                if row['id'] % 500
            ]
            connection.execute(OWNERS.insert(), owners)
        yield made


@pytest.fixture
def checker(url: str, tmp_path: pathlib.Path) -> abc.Iterator[context.Checker]:
    """What a check of this database is given."""
    text = f'[database]\nconnection = {url}\n'
    made = checkers.make(tmp_path, text)
    yield made
    made.close()


Answers = dict[str, typing.Any]


def ask(checker: context.Checker, *questions: rows.Question) -> Answers:
    """Return the documents of all answers, without what is empty."""
    found: Answers = {}
    for step in survey.survey(checker, {'check': questions}):
        found.update(step.answers.get('check', {}))
    return found


def found(count: int, *sample: int) -> Answers:
    return {
        'count': count,
        'sample': [[value] for value in sample],
        'kinds': {},
    }


def test_all_is_counted_exactly_and_the_first_are_named(
    checker: context.Checker,
) -> None:
    name = THINGS.c.name
    assert ask(
        checker,
        rows.Question('all', THINGS, sqlalchemy.true()),
        rows.Question('exactly', THINGS, tables.exact(name) == 'bad'),
        rows.Question('none', THINGS, name == 'nothing'),
        rows.Question('like', THINGS, name.like('a!_b', escape='!')),
        rows.Question('case', THINGS, tables.exact(name).like('Bad%')),
        rows.Question(
            'even', THINGS, ~THINGS.c.deleted, sample=(THINGS.c.note,)
        ),
    ) == {
        'all': found(5000, *range(1, 11)),
        'exactly': found(5, 1000, 2000, 3000, 4000, 5000 + GAP),
        'none': found(0),
        'like': found(5, 2, 1002, 2002, 3002, 4002),
        'case': found(5, 1, 1001, 2001, 3001, 4001),
        'even': {
            'count': 2500,
            'sample': [
                [note] for note in ['2', '4', '6', '1', '3', '5', '0'] * 2
            ][:10],
            'kinds': {},
        },
    }


def test_what_is_joined_is_joined_for_what_was_found_alone(
    checker: context.Checker,
) -> None:
    orphan = rows.Question(
        'orphan',
        THINGS,
        sqlalchemy.and_(~THINGS.c.deleted, OWNERS.c.id.is_(None)),
        joins=(rows.Join(OWNERS, OWNERS.c.thing_id == THINGS.c.id),),
    )
    nothing = rows.Question(
        'nothing',
        THINGS,
        sqlalchemy.and_(THINGS.c.name == 'x', OWNERS.c.id.is_(None)),
        joins=(rows.Join(OWNERS, OWNERS.c.thing_id == THINGS.c.id),),
    )
    strangers = rows.Question(
        'strangers',
        OWNERS,
        sqlalchemy.and_(OWNERS.c.thing_id < 5, THINGS.c.note == '2'),
        sample=(THINGS.c.id,),
        joins=(rows.Join(THINGS, OWNERS.c.thing_id == THINGS.c.id),),
    )
    owned = rows.Question(
        'owned',
        THINGS,
        sqlalchemy.and_(THINGS.c.note == '3', OWNERS.c.id.is_not(None)),
        joins=(rows.Join(OWNERS, OWNERS.c.thing_id == THINGS.c.id),),
    )
    ids = [*range(500, 5000, 500), 5000 + GAP]
    # More than are named, beyond the gap as well.
    several = [
        number
        for number in range(1, COUNT + 1)
        if number % 7 == 3 and number % 500
    ]
    few = [number for number in range(1, 13) if number % 7 != 3][:10]
    most = rows.Question(
        'most',
        THINGS,
        sqlalchemy.and_(THINGS.c.note != '3', OWNERS.c.id.is_not(None)),
        joins=(rows.Join(OWNERS, OWNERS.c.thing_id == THINGS.c.id),),
    )
    assert ask(checker, orphan, nothing, strangers, owned, most) == {
        'owned': found(len(several), *several[:10]),
        'most': found(COUNT - 10 - len(several), *few),
        'orphan': found(10, *ids),
        'nothing': found(0),
        'strangers': found(1, 2),
    }


def test_python_sorts_what_sql_cannot_tell(checker: context.Checker) -> None:
    def sort(name: str, note: str) -> str | None:
        return f'{name}{note}' if name.strip() != name else None

    first = {
        'Bad 1': 1,
        'Bad 0': 1001,
        'Bad 6': 2001,
        'Bad 5': 3001,
        'Bad 4': 4001,
    }
    question = rows.Question(
        'sorted',
        THINGS,
        THINGS.c.deleted,
        sort=sort,
        looks_at=(THINGS.c.name, THINGS.c.note),
    )
    assert ask(checker, question) == {
        'sorted': {
            'count': 5,
            'sample': [[number] for number in first.values()],
            'kinds': {
                name: {'count': 1, 'sample': [[number]]}
                for name, number in first.items()
            },
        }
    }


def test_python_sorts_many_rows_by_their_key_whatever_they_are_called(
    checker: context.Checker,
) -> None:
    question = rows.Question(
        'sorted',
        THINGS,
        THINGS.c.id > 0,
        sample=(THINGS.c.note,),
        looks_at=(THINGS.c.name,),
        sort=str,
    )
    things = [thing(number) for number in range(1, COUNT + 1)]
    kinds: dict[str, list[str]] = {}
    for row in things:
        kinds.setdefault(row['name'], []).append(row['note'])
    named = {
        name: {
            'count': len(notes),
            'sample': [[note] for note in notes[:10]],
        }
        for name, notes in kinds.items()
    }
    assert ask(checker, question) == {
        'sorted': {
            'count': COUNT,
            'sample': [[row['note']] for row in things[:10]],
            'kinds': named,
        }
    }


def test_too_many_kinds_become_one(checker: context.Checker) -> None:
    answer = ask(
        checker,
        rows.Question(
            'sorted',
            THINGS,
            THINGS.c.id <= 60,
            sort=str,
            looks_at=(THINGS.c.id,),
        ),
    )['sorted']
    assert answer['count'] == 60
    assert len(answer['kinds']) == rows.MOST_KINDS + 1
    assert answer['kinds'][rows.OTHERS]['count'] == 60 - rows.MOST_KINDS


def test_what_is_wrong_with_one_question_is_not_wrong_with_the_others(
    checker: context.Checker,
) -> None:
    def fail(name: str) -> str:
        raise ValueError(f'not {name}')

    good = rows.Question('good', THINGS, THINGS.c.name == 'a_b')
    function = sqlalchemy.func.no_such_function(THINGS.c.id)
    extra = sqlalchemy.table(
        'things', sqlalchemy.column('id'), sqlalchemy.column('extra')
    )
    answers = ask(
        checker,
        good,
        rows.Question('broken', THINGS, function == 1),
        rows.Question(
            'sort',
            THINGS,
            THINGS.c.id == 1,
            sort=fail,
            looks_at=(THINGS.c.name,),
        ),
        rows.Question('old', extra, extra.c.extra == 1),
        rows.Question('gone', GONE, GONE.c.id == 1),
        rows.Question(
            'joined',
            THINGS,
            sqlalchemy.and_(THINGS.c.id > 0, GONE.c.id.is_(None)),
            joins=(rows.Join(GONE, GONE.c.id == THINGS.c.id),),
        ),
    )
    assert answers.pop('good')['count'] == 5
    broken = answers.pop('broken')['unanswered']
    assert broken.startswith('the database said: ')
    assert 'no_such_function' in broken.lower()
    assert answers == {
        'sort': {'unanswered': 'its question failed: ValueError: not Bad'},
        'old': {
            'missing': 'the table things of this database has no column extra'
        },
        'gone': {'missing': 'the database has no table gone'},
        'joined': {'missing': 'the database has no table gone'},
    }


# How a question is counted, on PostgreSQL and elsewhere.
COUNTER = re.compile(r'count\(\*\) FILTER|count\(CASE')


@contextlib.contextmanager
def passes() -> abc.Iterator[list[str]]:
    """Hear the statements that go over a table."""
    heard: list[str] = []

    def note(
        _connection: object, _cursor: object, statement: str, *_rest: object
    ) -> None:
        if COUNTER.search(statement):
            heard.append(' '.join(statement.split()))

    event.listen(sqlalchemy.Engine, 'before_cursor_execute', note)
    try:
        yield heard
    finally:
        event.remove(sqlalchemy.Engine, 'before_cursor_execute', note)


def test_one_pass_in_short_statements(
    checker: context.Checker,
) -> None:
    with passes() as heard:
        ask(
            checker,
            rows.Question('one', THINGS, THINGS.c.name == 'none'),
            rows.Question('two', THINGS, THINGS.c.note == 'none'),
            rows.Question('three', THINGS, THINGS.c.id < 0),
        )
    # All questions at once; the gap is jumped over.
    assert {len(COUNTER.findall(text)) for text in heard} == {3}
    assert 2 <= len(heard) <= 4
    # On PostgreSQL, what lies together on disk is read together.
    postgresql = checker.connection.dialect.name == 'postgresql'
    ranged = 'things.ctid' if postgresql else 'things.id'
    assert all(ranged in text.rpartition('WHERE')[2] for text in heard)


def test_what_fails_in_python_is_no_reason_to_go_again(
    checker: context.Checker,
) -> None:
    def fail(name: str) -> str:
        raise ValueError(f'not {name}')

    with passes() as heard:
        answers = ask(
            checker,
            rows.Question('good', THINGS, THINGS.c.name == 'a_b'),
            rows.Question(
                'sort',
                THINGS,
                THINGS.c.id == 1,
                sort=fail,
                looks_at=(THINGS.c.name,),
            ),
        )
    # In the first range; the others are for who still asks.
    first, *others = (len(COUNTER.findall(text)) for text in heard)
    assert (first, set(others)) == (2, {1})
    assert len(heard) <= 4
    assert answers == {
        'good': found(5, 2, 1002, 2002, 3002, 4002),
        'sort': {'unanswered': 'its question failed: ValueError: not Bad'},
    }


def test_a_table_without_a_key(url: str, checker: context.Checker) -> None:
    def sort(name: str) -> str | None:
        return None if name == 'fine' else name

    glance_databases.execute(
        url,
        'DROP TABLE IF EXISTS keyless',
        'CREATE TABLE keyless (name VARCHAR(50), thing_id INTEGER)',
        'INSERT INTO keyless SELECT name, id FROM things WHERE id <= 1002',
    )
    keyless = sqlalchemy.table(
        'keyless', sqlalchemy.column('name'), sqlalchemy.column('thing_id')
    )
    thing_id = keyless.c.thing_id
    assert ask(
        checker,
        rows.Question('plain', keyless, thing_id > 1000, sample=(thing_id,)),
        rows.Question(
            'sorted',
            keyless,
            thing_id < 1002,
            sample=(thing_id,),
            looks_at=(keyless.c.name,),
            sort=sort,
        ),
        rows.Question(
            'joined',
            keyless,
            sqlalchemy.and_(thing_id >= 500, OWNERS.c.id.is_(None)),
            sample=(thing_id,),
            joins=(rows.Join(OWNERS, OWNERS.c.thing_id == thing_id),),
        ),
        rows.Question(
            'owned',
            keyless,
            sqlalchemy.and_(thing_id < 500, OWNERS.c.id.is_(None)),
            sample=(thing_id,),
            joins=(rows.Join(OWNERS, OWNERS.c.thing_id == thing_id),),
        ),
    ) == {
        'plain': found(2, 1001, 1002),
        'sorted': {
            'count': 5,
            'sample': [[1], [2], [3], [1000], [1001]],
            'kinds': {
                'Bad ': {'count': 2, 'sample': [[1], [1001]]},
                'a_b': {'count': 1, 'sample': [[2]]},
                'axb': {'count': 1, 'sample': [[3]]},
                'bad': {'count': 1, 'sample': [[1000]]},
            },
        },
        'joined': found(2, 500, 1000),
        'owned': found(0),
    }


KILL = {
    'mysql': ('SELECT CONNECTION_ID()', 'KILL {}'),
    'postgresql': (
        'SELECT pg_backend_pid()',
        'SELECT pg_terminate_backend({}, 5000)',
    ),
}


def test_who_is_killed_while_looking_closer_leaves_the_table(
    url: str, checker: context.Checker
) -> None:
    name = checker.connection.dialect.name
    if name == 'sqlite':
        return
    who, kill = KILL[name]
    mine = checker.connection.exec_driver_sql(who).scalar()

    def sort(number: int) -> str:
        if number == 1:
            glance_databases.execute(url, kill.format(mine))
        return 'kind'

    answers = ask(
        checker,
        rows.Question('good', THINGS, THINGS.c.id > 0),
        rows.Question(
            'sorted',
            THINGS,
            THINGS.c.id > 0,
            looks_at=(THINGS.c.id,),
            sort=sort,
        ),
        rows.Question('owners', OWNERS, OWNERS.c.thing_id == 1),
    )
    assert answers.pop('owners')['count'] == 1
    assert {
        name: answer['unanswered'].partition('. ')[2]
        for name, answer in answers.items()
    } == dict.fromkeys(
        ('good', 'sorted'),
        'The server went away in the middle; run it again when it is back.',
    )


WIDE = sqlalchemy.Table(
    'wide',
    METADATA,
    sqlalchemy.Column('id', sqlalchemy.Integer, primary_key=True),
    sqlalchemy.Column('name', sqlalchemy.String(50)),
)
# Few at first, so that the second range is wide and has several pages.
WIDE_FEW, WIDE_GAP, WIDE_MANY = 5, 1100, 3500
WIDE_FOUND = {
    'count': WIDE_FEW + WIDE_MANY,
    'sample': [[key] for key in (*range(1, 6), *range(1100, 1105))],
}


@contextlib.contextmanager
def held(after: int) -> abc.Iterator[str]:
    """Give a database in which another session holds a table for a while.

    :param after: it does so after a statement that returned so many rows,
        until another took too long
    """
    with (
        glance_databases.database('postgresql') as made,
        contextlib.ExitStack() as holding,
    ):
        engine = sqlalchemy.create_engine(made, poolclass=sqlalchemy.NullPool)
        with engine.begin() as connection:
            METADATA.create_all(connection)
            keys = [
                *range(1, WIDE_FEW + 1),
                *range(WIDE_GAP, WIDE_GAP + WIDE_MANY),
            ]
            connection.execute(
                WIDE.insert(), [{'id': key, 'name': 'x'} for key in keys]
            )

        holders: list[sqlalchemy.Connection] = []

        def hold(
            _connection: object, cursor: typing.Any, *_rest: object
        ) -> None:
            if cursor.rowcount == after and not holders:
                holders.append(holding.enter_context(engine.connect()))
                holders[0].exec_driver_sql('LOCK TABLE owners')

        def release(_context: object) -> None:
            holding.close()

        listeners = [('after_cursor_execute', hold), ('handle_error', release)]
        for name, listener in listeners:
            event.listen(sqlalchemy.Engine, name, listener)
        # A process alone goes range by range.
        try:
            yield f'{made}?options=-c%20max_parallel_workers_per_gather%3D0'
            assert holders
        finally:
            for name, listener in listeners:
                event.remove(sqlalchemy.Engine, name, listener)


@pytest.mark.parametrize(
    ('after', 'answer'),
    [
        # Nothing of the second range was taken in: it is begun again.
        (
            WIDE_FEW,
            {**WIDE_FOUND, 'kinds': {'x': WIDE_FOUND}},
        ),
        # A page of it was, which would be taken in twice.
        (
            1000,
            {
                'unanswered': 'the database said: canceling statement due to '
                'statement timeout. The statement took longer than --timeout '
                'allows; allow more, or run it when the server has less to do.'
            },
        ),
    ],
)
def test_a_range_that_took_too_long_is_taken_in_once(
    after: int, answer: Answers, tmp_path: pathlib.Path
) -> None:
    with held(after) as url:
        made = checkers.make(tmp_path, f'[database]\nconnection = {url}\n')
        made = context.Checker(made.run._replace(timeout=2), made.facts)
        answers = ask(
            made,
            rows.Question(
                'things',
                WIDE,
                sqlalchemy.and_(WIDE.c.id > 0, OWNERS.c.id.is_(None)),
                joins=(rows.Join(OWNERS, OWNERS.c.thing_id == WIDE.c.id),),
                looks_at=(WIDE.c.name,),
                sort=str,
            ),
        )
        made.close()

    assert answers == {'things': answer}


@pytest.mark.parametrize(
    ('asks', 'said'),
    [
        ((1,), 'it asked int, and no glance_status.rows.Question'),
        (
            (rows.Question('x', THINGS, 'id = 1'),),  # type: ignore[arg-type]
            'where of the question x is no SQL',
        ),
        (
            (rows.Question('x', THINGS, THINGS.c.id == 1),) * 2,
            'it asked two questions of one name',
        ),
        (lambda checker: 5, "'int' object is not iterable"),
    ],
)
def test_what_is_no_question_is_not_asked(
    asks: typing.Any, said: str, tmp_path: pathlib.Path
) -> None:
    with pytest.raises(TypeError, match=said):
        asked.questions(asks, checkers.make(tmp_path, ''))
