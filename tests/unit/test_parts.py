# SPDX-License-Identifier: Apache-2.0
"""What parts of a table find is what the whole would have found."""

import typing

import pytest
import sqlalchemy

from glance_status import asked, parts, ranges, rows

THINGS = sqlalchemy.table(
    'things',
    sqlalchemy.column('id', sqlalchemy.Integer),
    sqlalchemy.column('name', sqlalchemy.String),
)
SPLIT = ranges.split(30, 3)


def kind_of(name: str) -> str:
    return name[:1]


def table(**more: typing.Any) -> parts.Table:
    """Return a table with one question, in three parts."""
    question = rows.Question('named', THINGS, THINGS.c.id > 0, **more)
    return parts.Table([asked.Asked('check', question)], SPLIT, 2)


def end(made: parts.Table) -> dict[str, typing.Any]:
    """Read the last part first; return the answer."""
    assert [made.ended() for _part in made.parts] == [False, False, True]
    return made.group[0].document


def test_the_first_rows_are_named_whichever_part_was_read_first() -> None:
    made = table()
    for part in (2, 0, 1):
        item = made.asked_of(part)[0]
        item.found.count += 100
        for row in range(6):
            item.name([10 * part + row])
    assert end(made) == {
        'count': 300,
        'sample': [[n] for n in (0, 1, 2, 3, 4, 5, 10, 11, 12, 13)],
        'kinds': {},
    }


def test_kinds_of_all_parts_are_added_up() -> None:
    made = table(sort=kind_of, looks_at=(THINGS.c.name,))
    for part, names in enumerate((['a1', 'b1'], [], ['b2', 'c2', 'c3'])):
        for name in names:
            made.asked_of(part)[0].take([name, name])
    assert end(made) == {
        'count': 5,
        'sample': [['a1'], ['b1'], ['b2'], ['c2'], ['c3']],
        'kinds': {
            'a': {'count': 1, 'sample': [['a1']]},
            'b': {'count': 2, 'sample': [['b1'], ['b2']]},
            'c': {'count': 2, 'sample': [['c2'], ['c3']]},
        },
    }


def test_too_many_kinds_of_all_parts_become_one() -> None:
    made = table(sort=str, looks_at=(THINGS.c.name,))
    for part in range(3):
        for number in range(rows.MOST_KINDS - 1):
            made.asked_of(part)[0].take([f'{part} {number}', number])
    kinds = end(made)['kinds']
    assert len(kinds) == rows.MOST_KINDS + 1
    assert kinds[rows.OTHERS]['count'] == 2 * rows.MOST_KINDS - 3


def test_what_is_not_known_of_a_part_is_not_known_of_the_table() -> None:
    made = table()
    made.asked_of(0)[0].found.count = 7
    made.asked_of(1)[0].fail('it was gone')
    made.asked_of(2)[0].fail('and so was this')
    assert end(made) == {'unanswered': 'it was gone'}


def test_what_is_too_much_to_join_for_one_part_is_so_for_all() -> None:
    made = table()
    made.asked_of(0)[0].found.count = 7
    made.asked_of(1)[0].postpone()
    assert end(made) == {'count': 0, 'sample': [], 'kinds': {}}
    assert made.group[0].postponed


def test_a_table_is_done_with_its_answers() -> None:
    made = table()
    shares = [made.share]
    for part in (2, 0, 1):
        made.went(part, 0.5)
        shares.append(made.share)
        made.went(part, 1)
        shares.append(made.share)
    assert shares == pytest.approx(
        [0, 1 / 6, 1 / 3, 1 / 2, 2 / 3, 5 / 6, 0.99]
    )


def test_a_question_that_cannot_be_read_fails_where_it_is_asked() -> None:
    made = table(looks_at=(5,))
    with pytest.raises(AttributeError):
        _ = made.asked_of(1)[0].columns


def test_a_table_is_one_part_where_nobody_says_more() -> None:
    made = parts.Table(table().group)
    assert (made.parts, made.hands) == ((ranges.Range(),), 1)
    made.asked_of(0)[0].found.count = 7
    assert made.ended()
    assert made.group[0].document == {'count': 7, 'sample': [], 'kinds': {}}
