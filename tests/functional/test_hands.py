# SPDX-License-Identifier: Apache-2.0
"""Large tables of PostgreSQL's, which two connections read at once."""

import contextlib
import dataclasses
import pathlib
import threading
import time
import typing
from collections import abc

import pytest
import sqlalchemy
from sqlalchemy import event

from glance_status import context, hands, ranges, rows, survey, walks
from tests.functional import glance_databases
from tests.functional.test_database import account
from tests.unit import checkers

METADATA = sqlalchemy.MetaData()
LARGE, SMALL = (
    sqlalchemy.Table(
        name,
        METADATA,
        sqlalchemy.Column('id', sqlalchemy.Integer, primary_key=True),
        sqlalchemy.Column('filled', sqlalchemy.Text),
    )
    for name in ('large', 'small')
)
LARGE_COUNT, SMALL_COUNT = 50_000, 2_000
# Four rows fill a block, as long as nobody compresses them.
FILL = (
    'ALTER TABLE {table} ALTER filled SET STORAGE PLAIN',
    'INSERT INTO {table} SELECT n, repeat(md5(n::text), 90) '
    'FROM generate_series(1, {count}) AS n',
    'ANALYZE {table}',
)
QUESTIONS = (
    rows.Question('small', SMALL, SMALL.c.id % 500 == 0),
    rows.Question('large', LARGE, LARGE.c.id % 10_000 == 0),
    rows.Question(
        'alone',
        LARGE,
        sqlalchemy.and_(LARGE.c.id > 0, SMALL.c.id.is_(None)),
        joins=(rows.Join(SMALL, SMALL.c.id == LARGE.c.id),),
    ),
)
ANSWERS = {
    'small': {
        'count': 4,
        'sample': [[500], [1000], [1500], [2000]],
        'kinds': {},
    },
    'large': {
        'count': 5,
        'sample': [[10000], [20000], [30000], [40000], [50000]],
        'kinds': {},
    },
    'alone': {
        'count': 48_000,
        'sample': [[number] for number in range(2001, 2011)],
        'kinds': {},
    },
}
WENT_AWAY = 'The server went away in the middle; run it again when it is back.'
SETTING = '?options=-c%20max_parallel_workers_per_gather%3D'
PROCESS = 'SELECT pg_backend_pid()'
# Seconds after which somebody has stayed.
LONG = 30
NAME = 'read_by_hands'
SESSIONS = (
    'SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() '
    f"AND application_name = '{NAME}' AND backend_type = 'client backend'"
)


@pytest.fixture(scope='module')
def url() -> abc.Iterator[str]:
    """A database with a large and a small table."""
    with glance_databases.database('postgresql') as made:
        engine = sqlalchemy.create_engine(made, poolclass=sqlalchemy.NullPool)
        with engine.begin() as connection:
            METADATA.create_all(connection)
            for table, count in (
                ('large', LARGE_COUNT),
                ('small', SMALL_COUNT),
            ):
                for statement in FILL:
                    connection.exec_driver_sql(
                        statement.format(table=table, count=count)
                    )
        yield made


def count_sessions(url: str) -> int:
    return int(glance_databases.query(url, SESSIONS)[0][0])


def assert_nobody_left(url: str) -> None:
    """Who has left may still be seen, for longer where much is going on."""
    end = time.monotonic() + LONG
    while count_sessions(url):
        assert time.monotonic() < end
        time.sleep(0.01)


def ask(
    url: str,
    path: pathlib.Path,
    *questions: rows.Question,
    mine: str | None = None,
) -> tuple[dict[str, typing.Any], int]:
    """Return all answers, and how many sessions there were at most.

    :param mine: the URL to ask, where it is another account's
    """
    named = sqlalchemy.make_url(mine or url).update_query_dict(
        {'application_name': NAME}
    )
    text = (
        '[database]\n'
        f'connection = {named.render_as_string(hide_password=False)}\n'
    )
    checker = checkers.make(path, text)
    found: dict[str, typing.Any] = {}
    sessions = 0
    for step in survey.survey(checker, {'check': questions}):
        found.update(step.answers.get('check', {}))
        sessions = max(sessions, count_sessions(url))
    checker.close()
    assert threading.active_count() == 1
    assert_nobody_left(url)
    return found, sessions


@contextlib.contextmanager
def statements() -> abc.Iterator[list[str]]:
    """Give the statements that are made."""
    made: list[str] = []

    def note(
        _connection: object, _cursor: object, statement: str, *_rest: object
    ) -> None:
        made.append(statement)

    event.listen(sqlalchemy.Engine, 'before_cursor_execute', note)
    try:
        yield made
    finally:
        event.remove(sqlalchemy.Engine, 'before_cursor_execute', note)


def test_two_connections_read_a_large_table_in_parts(
    url: str, tmp_path: pathlib.Path
) -> None:
    readers: set[int] = set()

    def note(
        connection: sqlalchemy.Connection,
        _cursor: object,
        statement: str,
        *_rest: object,
    ) -> None:
        if 'FILTER' in statement:
            readers.add(id(connection))

    event.listen(sqlalchemy.Engine, 'before_cursor_execute', note)
    try:
        found, _sessions = ask(url, tmp_path, QUESTIONS[1])
    finally:
        event.remove(sqlalchemy.Engine, 'before_cursor_execute', note)
    assert found == {'large': ANSWERS['large']}
    assert len(readers) == 2


def test_what_two_ask_is_looked_at_once_in_each_row(
    url: str, tmp_path: pathlib.Path
) -> None:
    again = dataclasses.replace(QUESTIONS[1], name='again')
    with statements() as made:
        found, _sessions = ask(url, tmp_path, QUESTIONS[1], again)
    assert found == {'large': ANSWERS['large'], 'again': ANSWERS['large']}
    conditions = {
        statement.rpartition('FROM large')[2].count('id %')
        for statement in made
        if 'FILTER' in statement
    }
    assert conditions == {1}


def test_parts_are_all_of_a_table(url: str) -> None:
    with glance_databases.connection(url) as connection:
        size = walks.sizes(connection, ['large'])['large']
        assert walks.estimated_sizes(connection, ['large', 'none']) == {
            'large': size
        }
        blocks = size // 8192
        number = size // PART
        assert number >= 2
        key = LARGE.c.id
        assert walks.parts(connection, LARGE, key, size) == ranges.split(
            blocks, number
        )
        assert walks.parts(connection, LARGE, key, 2 * PART) == ranges.split(
            blocks, 2
        )
        most = walks.parts(connection, LARGE, key, 100 * PART)
        assert most == ranges.split(blocks, 16)
        # What is not worth it, or cannot be told apart by its blocks.
        assert walks.parts(connection, LARGE, key, 2 * PART - 1) == WHOLE
        assert walks.parts(connection, LARGE, None, size) == WHOLE
        for name, schema in (
            ('Large', None),
            ('large', 'public'),
            ('not_there', None),
        ):
            other = sqlalchemy.table(
                name, sqlalchemy.column('id'), schema=schema
            )
            assert walks.parts(connection, other, other.c.id, size) == WHOLE


def test_the_last_part_reads_what_came_since_the_table_was_analyzed(
    url: str, tmp_path: pathlib.Path
) -> None:
    with glance_databases.connection(url) as connection:
        before = walks.sizes(connection, ['large'])['large']
        connection.exec_driver_sql(
            'INSERT INTO large SELECT id + 50000, filled FROM large'
        )
        try:
            after = walks.sizes(connection, ['large'])['large']
            known = walks.estimated_sizes(connection, ['large'])['large']
            *_others, last = walks.parts(
                connection, LARGE, LARGE.c.id, 2 * PART
            )
            ends = [
                part.upto
                for part in walks.through(
                    connection, LARGE, LARGE.c.id, 1, last
                )
            ]
            found, _sessions = ask(url, tmp_path, QUESTIONS[1])
        finally:
            connection.exec_driver_sql('DELETE FROM large WHERE id > 50000')
            connection.exec_driver_sql('VACUUM ANALYZE large')
    assert (known, after) == (before, 2 * before)
    # No statement is as long as all that has come.
    *_rest, shortly_before, end = ends
    assert end is None
    assert int(shortly_before or 0) > after // 8192 * 0.9
    assert found == {
        'large': {
            'count': 10,
            'sample': [[number * 10_000] for number in range(1, 11)],
            'kinds': {},
        }
    }


def test_a_survey_begins_though_somebody_keeps_all_from_a_table(
    url: str, tmp_path: pathlib.Path
) -> None:
    checker = checkers.make(tmp_path, f'[database]\nconnection = {url}\n')
    with glance_databases.connection(url) as holder:
        holder.exec_driver_sql('BEGIN')
        holder.exec_driver_sql('LOCK TABLE large IN ACCESS EXCLUSIVE MODE')
        start = time.monotonic()
        steps = survey.survey(checker, {'check': QUESTIONS[1:2]})
        # Else it had to wait until the time limit of a statement is over.
        assert time.monotonic() - start < checker.run.timeout / 2
    answers = [step.answers for step in steps if step.answers]
    checker.close()
    assert answers == [{'check': {'large': ANSWERS['large']}}]


def test_a_join_beside_others_is_made_by_one_process(url: str) -> None:
    names = 'max_parallel_workers_per_gather', 'work_mem'

    def settings() -> list[str]:
        return [str(connection.scalar(ask_for(name))) for name in names]

    def ask_for(name: str) -> sqlalchemy.TextClause:
        return sqlalchemy.text(f"SELECT current_setting('{name}')")

    with glance_databases.connection(url) as connection:
        before = settings()
        with walks.in_one_process(connection):
            assert settings() == ['0', '192MB']
        assert settings() == before != ['0', '192MB']
        process = connection.scalar(sqlalchemy.text(PROCESS))
        # Who is gone while it joins is not heard of twice.
        with walks.in_one_process(connection):
            glance_databases.query(
                url, f'SELECT pg_terminate_backend({process})'
            )


def test_two_connections_find_what_one_finds(
    url: str, tmp_path: pathlib.Path
) -> None:
    assert ask(url, tmp_path, *QUESTIONS) == (ANSWERS, 2)


MOST = 64 * 2**20
PART = 64 * 2**20
WHOLE = [ranges.Range()]


@pytest.mark.parametrize(
    ('size', 'workers', 'number'),
    [
        (MOST - 1, 8, 1),
        (MOST, 8, 2),
        (MOST, 1, 2),
        (MOST, 0, 1),
        # What is said of servers that do not know their sizes.
        (0, 8, 1),
    ],
)
def test_connections_are_as_many_as_pay_and_as_the_server_would_take(
    size: int, workers: int, number: int, url: str
) -> None:
    mine = f'{url}{SETTING}{workers}'
    with glance_databases.connection(mine) as connection:
        assert hands.wanted(connection, size) == number


@pytest.mark.parametrize(
    ('version', 'blocks'), [((13, 99), False), ((14,), True), ((16, 1), True)]
)
def test_blocks_are_read_where_the_server_finds_them_by_number(
    version: tuple[int, ...], blocks: bool, url: str
) -> None:
    with glance_databases.connection(url) as connection:
        # As if the server said so.
        connection.dialect.server_version_info = version
        walk = walks.through(connection, LARGE, LARGE.c.id, 1)
        assert bool(next(walk).blocks) == blocks


def test_a_small_table_takes_one_connection(
    url: str, tmp_path: pathlib.Path
) -> None:
    small = QUESTIONS[0]
    assert ask(url, tmp_path, small) == ({'small': ANSWERS['small']}, 1)


def test_a_server_that_keeps_statements_to_one_process_keeps_us_to_one(
    url: str, tmp_path: pathlib.Path
) -> None:
    alone = f'{url}{SETTING}0'
    assert ask(alone, tmp_path, *QUESTIONS) == (ANSWERS, 1)


def test_who_may_have_one_connection_reads_with_one(
    url: str, tmp_path: pathlib.Path
) -> None:
    with account('postgresql', url, 'plain') as mine:
        user = sqlalchemy.make_url(mine).username
        glance_databases.execute(
            url,
            f'ALTER ROLE {user} CONNECTION LIMIT 1',
            # Whose processes are whose is told to members alone.
            f'GRANT {user} TO CURRENT_USER',
        )
        assert ask(url, tmp_path, *QUESTIONS, mine=mine) == (ANSWERS, 1)


def test_who_looks_no_further_leaves_nothing_behind(
    url: str, tmp_path: pathlib.Path
) -> None:
    text = f'[database]\nconnection = {url}?application_name={NAME}\n'
    checker = checkers.make(tmp_path, text)
    steps = survey.survey(checker, {'check': QUESTIONS})
    next(steps)
    typing.cast(abc.Generator[survey.Step], steps).close()
    checker.close()
    assert threading.active_count() == 1
    assert_nobody_left(url)


def test_a_connection_that_is_killed_costs_no_more_than_one_table(
    url: str, tmp_path: pathlib.Path
) -> None:
    checker = checkers.make(tmp_path, f'[database]\nconnection = {url}\n')
    process = checker.connection.scalar(sqlalchemy.text(PROCESS))
    found: dict[str, typing.Any] = {}
    kill = [f'SELECT pg_terminate_backend({process})']
    for step in survey.survey(checker, {'check': QUESTIONS}):
        while kill:
            glance_databases.query(url, kill.pop())
        found.update(step.answers.get('check', {}))
    checker.close()
    broken = {name for name in found if 'unanswered' in found[name]}
    assert len(broken) < len(ANSWERS)
    for name in broken:
        assert found.pop(name)['unanswered'].endswith(WENT_AWAY)
    assert found == {name: ANSWERS[name] for name in ANSWERS if name in found}


@pytest.fixture
def alone(url: str, tmp_path: pathlib.Path) -> abc.Iterator[context.Checker]:
    """One whose server would take no second process for a statement."""
    text = f'[database]\nconnection = {url}{SETTING}0\n'
    checker = checkers.make(tmp_path, text)
    yield checker
    checker.close()


def kill(checker: context.Checker, url: str) -> None:
    process = checker.connection.scalar(sqlalchemy.text(PROCESS))
    glance_databases.query(
        url, f'SELECT pg_terminate_backend({process}, 5000)'
    )


@pytest.mark.parametrize(
    ('at', 'broken'),
    [
        ('small', {'small'}),
        ('large', {'large', 'alone'}),
        ('large and small', {'alone'}),
    ],
)
def test_who_is_killed_at_a_table_goes_on_with_the_next(
    at: str, broken: set[str], url: str, alone: context.Checker
) -> None:
    found: dict[str, typing.Any] = {}
    for step in survey.survey(alone, {'check': QUESTIONS}):
        if (step.table, step.share) == (at, 0):
            kill(alone, url)
        found.update(step.answers.get('check', {}))
    assert {name for name in found if 'unanswered' in found[name]} == broken
    assert all(
        found[name]['unanswered'].endswith(WENT_AWAY) for name in broken
    )
    assert {name: found[name] for name in found if name not in broken} == {
        name: ANSWERS[name] for name in ANSWERS if name not in broken
    }


@contextlib.contextmanager
def before(
    listener: typing.Callable[[str], typing.Any],
) -> abc.Iterator[None]:
    """Call a listener with each statement, before it is executed."""

    def note(
        _connection: object, _cursor: object, statement: str, *_rest: object
    ) -> None:
        listener(statement)

    event.listen(sqlalchemy.Engine, 'before_cursor_execute', note)
    try:
        yield
    finally:
        event.remove(sqlalchemy.Engine, 'before_cursor_execute', note)


def test_who_is_killed_at_the_sizes_reads_with_one_connection(
    url: str, tmp_path: pathlib.Path
) -> None:
    checker = checkers.make(tmp_path, f'[database]\nconnection = {url}\n')
    connections = set()
    threads = set()
    sizes: list[str] = []

    def note(statement: str) -> None:
        if 'relpages *' in statement and not sizes:
            sizes.append(statement)
            kill(checker, url)
        elif 'FILTER' in statement:
            connections.add(checker.connection)
            threads.add(threading.get_ident())

    with before(note):
        taken = list(survey.survey(checker, {'check': QUESTIONS[:2]}))
    checker.close()
    # As they were asked, and nobody else has a part in it.
    assert [(step.table, step.place) for step in taken if step.answers] == [
        ('small', '1/2'),
        ('large', '2/2'),
    ]
    assert (len(sizes), len(connections)) == (1, 1)
    assert threads == {threading.get_ident()}


@pytest.mark.parametrize(
    ('workers', 'place'),
    [
        (0, '2/2'),
        # What takes longest begins first.
        (2, '1/2'),
    ],
)
def test_tables_are_read_as_asked_by_one_and_by_size_by_two(
    workers: int, place: str, url: str, tmp_path: pathlib.Path
) -> None:
    text = f'[database]\nconnection = {url}{SETTING}{workers}\n'
    checker = checkers.make(tmp_path, text)
    taken = list(survey.survey(checker, {'check': QUESTIONS}))
    checker.close()
    assert {step.place for step in taken if 'large' in step.table} == {place}


def test_one_connection_shows_one_table_after_the_other(
    alone: context.Checker,
) -> None:
    shown = dict.fromkeys(
        (step.table, step.share if step.share in (0, 1) else 'on')
        for step in survey.survey(alone, {'check': QUESTIONS})
    )
    assert list(shown) == [
        (table, share)
        for table in ('small', 'large', 'large and small')
        for share in (0, 'on', 1)
    ]


def test_a_range_that_took_too_long_is_read_in_parts(
    url: str, tmp_path: pathlib.Path
) -> None:
    """Somebody has locked the table until a statement gives up."""
    text = f'[database]\nconnection = {url}{SETTING}0\n'
    made = checkers.make(tmp_path, text)
    checker = context.Checker(made.run._replace(timeout=2), made.facts)
    heard: list[str] = []
    engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool)

    with contextlib.ExitStack() as holding:

        def note(statement: str) -> None:
            if 'FILTER' in statement:
                heard.append(statement)
                # The first range is not worth cutting.
                if len(heard) == 2:
                    holder = holding.enter_context(engine.connect())
                    holder.exec_driver_sql('LOCK TABLE small')

        def release(_context: object) -> None:
            holding.close()

        event.listen(sqlalchemy.Engine, 'handle_error', release)
        try:
            with before(note):
                taken = list(survey.survey(checker, {'check': QUESTIONS[:1]}))
        finally:
            event.remove(sqlalchemy.Engine, 'handle_error', release)
    checker.close()
    assert taken[-1].answers == {'check': {'small': ANSWERS['small']}}
    assert len(heard) > 2


PARTS = sqlalchemy.Table(
    'parts',
    sqlalchemy.MetaData(),
    sqlalchemy.Column('id', sqlalchemy.Integer, primary_key=True),
)


@pytest.mark.parametrize(
    ('joined', 'workers', 'ranged'),
    [
        (SMALL, 2, False),
        (SMALL, 1, False),
        # A process alone might write a part of the hash to a file.
        (SMALL, 0, True),
        # Its size is that of its parts, which nobody added up.
        (PARTS, 2, True),
    ],
)
def test_tables_that_are_small_are_joined_at_once(
    joined: sqlalchemy.Table,
    workers: int,
    ranged: bool,
    url: str,
    tmp_path: pathlib.Path,
) -> None:
    glance_databases.execute(
        url,
        'CREATE TABLE IF NOT EXISTS parts (id int PRIMARY KEY) '
        'PARTITION BY RANGE (id)',
        'CREATE TABLE IF NOT EXISTS parts_1 PARTITION OF parts '
        'FOR VALUES FROM (0) TO (1000)',
    )
    question = rows.Question(
        'alone',
        LARGE,
        sqlalchemy.and_(LARGE.c.id > 0, joined.c.id.is_(None)),
        joins=(rows.Join(joined, joined.c.id == LARGE.c.id),),
    )
    with statements() as made:
        found, _sessions = ask(f'{url}{SETTING}{workers}', tmp_path, question)
    counted = [
        statement
        for statement in made
        if 'count(*)' in statement and 'OUTER JOIN' in statement
    ]
    gone = SMALL_COUNT if joined is SMALL else 0
    assert found['alone']['count'] == LARGE_COUNT - gone
    # Once in the question itself, and else in the ends of a range.
    ends = counted[0].partition('WHERE')[2].count('large.id') - 1
    assert bool(ends) == ranged


def test_what_joins_many_rows_is_counted_by_its_join_alone(
    url: str, tmp_path: pathlib.Path
) -> None:
    several, alone = QUESTIONS[1:]
    with statements() as made:
        assert ask(url, tmp_path, several, alone)[0] == {
            name: ANSWERS[name] for name in ('large', 'alone')
        }
    counted = [
        statement.count('count(*)')
        for statement in made
        if 'FILTER' in statement and 'ctid' in statement
    ]
    # What it joins turns out to be many in one range or another.
    assert counted[0] == 2
    assert counted[-1] == 1
