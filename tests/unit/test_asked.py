# SPDX-License-Identifier: Apache-2.0
"""What becomes of a question: its statements, and what it takes in."""

import datetime
import decimal
import pathlib
import typing

import pytest
import sqlalchemy

from glance_status import asked, ranges, rows
from tests.unit import checkers

METADATA = sqlalchemy.MetaData()
THINGS = sqlalchemy.Table(
    'things',
    METADATA,
    sqlalchemy.Column('id', sqlalchemy.Integer, primary_key=True),
    sqlalchemy.Column('name', sqlalchemy.String(50)),
)
OWNERS = sqlalchemy.Table(
    'owners',
    METADATA,
    sqlalchemy.Column('id', sqlalchemy.Integer, primary_key=True),
    sqlalchemy.Column('thing_id', sqlalchemy.Integer),
    sqlalchemy.Column('name', sqlalchemy.String(50)),
)
PAIRS = sqlalchemy.Table(
    'pairs',
    METADATA,
    sqlalchemy.Column('id', sqlalchemy.Integer, primary_key=True),
    sqlalchemy.Column('other', sqlalchemy.Integer, primary_key=True),
)
WITH_ID = sqlalchemy.table(
    'with_id', sqlalchemy.column('name'), sqlalchemy.column('id')
)
WITHOUT_ID = sqlalchemy.table('without_id', sqlalchemy.column('name'))
BARE = sqlalchemy.table('bare')


def make(
    table: sqlalchemy.FromClause = THINGS,
    where: sqlalchemy.ColumnElement[bool] | None = None,
    **more: typing.Any,
) -> asked.Asked:
    condition = sqlalchemy.true() if where is None else where
    return asked.Asked('check', rows.Question('one', table, condition, **more))


def text(element: typing.Any) -> str:
    """Return the SQL of an element, in a line."""
    made = element.compile(compile_kwargs={'literal_binds': True})
    return ' '.join(str(made).split())


def test_questions_are_asked_as_they_are(tmp_path: pathlib.Path) -> None:
    checker = checkers.make(tmp_path, '')
    several = tuple(
        rows.Question(name, THINGS, sqlalchemy.true()) for name in 'ab'
    )
    assert asked.questions(several, checker) == list(several)
    assert asked.questions(
        lambda given: [several[given is checker]], checker
    ) == [several[1]]
    assert asked.questions((), checker) == []


@pytest.mark.parametrize(
    ('table', 'key', 'sample'),
    [
        (THINGS, 'things.id', ['things.id']),
        (PAIRS, None, ['pairs.id']),
        (WITH_ID, 'with_id.id', ['with_id.id']),
        (WITHOUT_ID, None, ['without_id.name']),
        (BARE, None, ['1']),
    ],
)
def test_a_row_is_named_by_its_key_or_by_what_there_is(
    table: sqlalchemy.FromClause, key: str | None, sample: list[str]
) -> None:
    item = make(table)
    assert (
        None if item.key is None else text(item.key),
        list(map(text, item.sample)),
        list(map(text, item.order)),
    ) == (key, sample, sample)


def test_a_table_is_needed_though_none_of_its_columns_is() -> None:
    item = make(
        BARE,
        joins=(rows.Join(OWNERS, OWNERS.c.name == 'x'),),
    )
    assert item.columns == {BARE: set(), OWNERS: {'name'}}


def test_columns_of_an_alias_are_those_of_its_table() -> None:
    other = THINGS.alias('other')
    item = make(other, other.c.name == 'x')
    assert item.columns == {THINGS: {'id', 'name'}}


WITHIN = 'owners.thing_id > 5 AND owners.thing_id <= 9'


@pytest.mark.parametrize(
    ('on', 'also'),
    [
        (OWNERS.c.thing_id == THINGS.c.id, WITHIN),
        (THINGS.c.id == OWNERS.c.thing_id, WITHIN),
        (
            sqlalchemy.and_(
                OWNERS.c.thing_id == THINGS.c.id, OWNERS.c.name == 'x'
            ),
            WITHIN,
        ),
        (
            sqlalchemy.and_(
                OWNERS.c.thing_id == THINGS.c.id,
                sqlalchemy.literal_column('owners.active'),
            ),
            WITHIN,
        ),
        # What need not be equal to the key need not be in its range.
        (OWNERS.c.thing_id <= THINGS.c.id, ''),
        (OWNERS.c.name == THINGS.c.name, ''),
        (THINGS.c.id == 7, ''),
        (THINGS.c.id == OWNERS.c.thing_id + 1, ''),
        (
            sqlalchemy.or_(
                OWNERS.c.thing_id == THINGS.c.id, OWNERS.c.name == 'x'
            ),
            '',
        ),
    ],
)
def test_what_is_equal_to_the_key_is_looked_for_in_its_range(
    on: sqlalchemy.ColumnElement[bool], also: str
) -> None:
    item = make(joins=(rows.Join(OWNERS, on),))
    ends = 'things.id > 5 AND things.id <= 9'
    join = 'SELECT things.id FROM things LEFT OUTER JOIN owners ON'
    assert text(item.select(ranges.Range(5, 9), THINGS.c.id)) == (
        f'{join} {text(on)} AND {also} WHERE {ends}'
        if also
        else f'{join} {text(on)} WHERE {ends}'
    )


def test_blocks_of_one_table_say_nothing_of_another() -> None:
    on = OWNERS.c.thing_id == THINGS.c.id
    item = make(joins=(rows.Join(OWNERS, on),))
    made = item.select(ranges.Range(5, 9, 20), THINGS.c.id).compile()
    assert ' '.join(str(made).split()) == (
        f'SELECT things.id FROM things LEFT OUTER JOIN owners ON {text(on)} '
        'WHERE things.ctid > CAST(:param_1 AS tid) '
        'AND things.ctid <= CAST(:param_2 AS tid)'
    )
    assert made.params == {'param_1': '(5,65535)', 'param_2': '(9,65535)'}


@pytest.mark.parametrize(
    ('where', 'base'),
    [
        (
            sqlalchemy.and_(THINGS.c.id > 3, OWNERS.c.id.is_(None)),
            'things.id > 3',
        ),
        (
            sqlalchemy.and_(
                sqlalchemy.and_(THINGS.c.id > 3, OWNERS.c.id.is_(None)),
                THINGS.c.name == 'x',
            ),
            "things.id > 3 AND things.name = 'x'",
        ),
        # Either may be what makes the row one that is meant.
        (sqlalchemy.or_(THINGS.c.id > 3, OWNERS.c.id.is_(None)), 'true'),
        (THINGS.c.id > 3, 'things.id > 3'),
    ],
)
def test_what_needs_no_other_table_is_looked_at_first(
    where: sqlalchemy.ColumnElement[bool], base: str
) -> None:
    on = OWNERS.c.thing_id == THINGS.c.id
    assert text(make(where=where, joins=(rows.Join(OWNERS, on),)).base) == base


def test_the_first_ten_are_named_and_all_are_counted() -> None:
    item = make(sort=str, looks_at=(THINGS.c.name,))
    assert item.wanting == 10
    for number in range(1, 4):
        item.take(('a', number))
    assert item.wanting == 7
    for number in range(4, 13):
        item.take(('b', number))
    assert item.wanting == 0
    sample = [[number] for number in range(1, 11)]
    assert item.document == {
        'count': 12,
        'sample': sample,
        'kinds': {
            'a': {'count': 3, 'sample': sample[:3]},
            'b': {'count': 9, 'sample': [[n] for n in range(4, 13)]},
        },
    }


def test_of_more_than_fifty_kinds_the_last_are_others() -> None:
    item = make(sort=str, looks_at=(THINGS.c.name,))
    for number in range(60):
        item.take((f'kind {number}', number))
    # One that has its name keeps it.
    item.take(('kind 0', 60))
    assert {
        kind: found['count'] for kind, found in item.document['kinds'].items()
    } == {'kind 0': 2, **{f'kind {n}': 1 for n in range(1, 50)}, 'others': 10}


def test_what_json_lacks_becomes_text() -> None:
    item = make(sample=(THINGS.c.id,) * 6)
    row = (None, True, 1.5, 'x', decimal.Decimal('1.50'))
    item.name((*row, datetime.date(2026, 1, 2)))
    assert item.document['sample'] == [
        [None, True, 1.5, 'x', '1.50', '2026-01-02']
    ]


def test_who_was_written_while_rows_were_counted_counts() -> None:
    item = make()
    item.found.count = 1
    item.name((1,))
    item.name((2,))
    assert item.document == {'count': 2, 'sample': [[1], [2]], 'kinds': {}}


def test_a_condition_is_in_terms_that_are_the_same_where_they_say_so() -> None:
    dialect = sqlalchemy.make_url('postgresql://').get_dialect()()
    join = rows.Join(OWNERS, OWNERS.c.thing_id == THINGS.c.id)

    def terms(*where: sqlalchemy.ColumnElement[bool]) -> list[str]:
        asking = make(where=sqlalchemy.and_(*where), joins=(join,))
        return list(asking.terms(dialect))

    def named(name: str) -> sqlalchemy.ColumnElement[bool]:
        return THINGS.c.name.in_([name])

    assert terms(named('a')) == terms(named('a')) != terms(named('b'))
    # What is joined is not looked at in the pass over the table.
    assert terms(THINGS.c.id > 1, OWNERS.c.id > 1, named('a')) == [
        *terms(THINGS.c.id > 1),
        *terms(named('a')),
    ]


def test_a_question_to_another_part_knows_what_was_found_out_of_it() -> None:
    first = make(where=THINGS.c.id > 1)
    first.found.count = 5
    first.fail('gone')
    again = first.again()
    assert again.base is first.base
    assert again.columns is first.columns == {THINGS: {'id'}}
    assert again.document == {'count': 0, 'sample': [], 'kinds': {}}
    assert first.document == {'unanswered': 'gone'}
