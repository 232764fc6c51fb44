# SPDX-License-Identifier: Apache-2.0
"""What a check sees of the answers to its questions."""

import dataclasses
import typing

import pytest
import sqlalchemy

from glance_status import ledger, results, rows

DOCUMENTS = {
    'found': {
        'count': 12,
        'sample': [['a', 1], ['b', 2], ['a', 3]],
        'kinds': {
            'small': {'count': 2, 'sample': [['b', 2]]},
            'large': {'count': 10, 'sample': []},
        },
    },
    'cut-off': {'unanswered': 'it took too long'},
    'old': {'missing': 'there is no table tasks'},
}


def test_an_answer_names_what_was_found() -> None:
    answer = rows.Answers(DOCUMENTS)['found']
    assert answer == rows.Answer(
        12,
        (('a', 1), ('b', 2), ('a', 3)),
        {
            'small': rows.Answer(2, (('b', 2),)),
            'large': rows.Answer(10),
        },
    )
    assert answer.affected == results.Affected(12, ('a', 'b'))
    assert answer.by_kind == 'large: 10, small: 2'


def test_a_question_without_an_answer_says_why() -> None:
    answers = rows.Answers(DOCUMENTS)
    with pytest.raises(rows.Unanswered, match='it took too long'):
        answers.get('cut-off')
    with pytest.raises(rows.Missing, match='there is no table tasks'):
        answers['old']
    assert answers.get('old') == rows.Answer(0, (), {})


def test_a_question_that_nobody_asked() -> None:
    with pytest.raises(KeyError, match='did not ask other'):
        rows.Answers(DOCUMENTS)['other']
    lost = rows.Answers(DOCUMENTS, 'the process ended')
    assert lost['found'].count == 12
    with pytest.raises(rows.Unanswered, match='the process ended'):
        lost['other']


def test_a_question_that_is_not_always_asked() -> None:
    answers = rows.Answers(DOCUMENTS)
    assert answers.asked('found') == answers['found']
    assert answers.asked('other') == rows.Answer(0, (), {})
    with pytest.raises(rows.Missing, match='there is no table tasks'):
        answers.asked('old')
    # It may have been asked: nobody can know.
    with pytest.raises(rows.Unanswered, match='the process ended'):
        rows.Answers(DOCUMENTS, 'the process ended').asked('other')


def test_the_ledger_keeps_what_each_step_brought() -> None:
    kept = ledger.Ledger()
    assert kept.begin('site')
    assert not kept.begin('site')
    kept.enter({'one': {'a': {'count': 1}}})
    kept.enter({'one': {'b': {'count': 2}}, 'two': {'a': {'count': 3}}})
    kept.lose('site', 'the process ended')
    kept.refuse({'three': {'broken': 'it asked nothing'}})
    assert kept.share('site', 'one') == {
        'answers': {'a': {'count': 1}, 'b': {'count': 2}},
        'otherwise': 'the process ended',
    }
    assert kept.share('other', 'four') == {'answers': {}, 'otherwise': None}
    assert kept.refused('three') == {'broken': 'it asked nothing'}
    assert kept.refused('one') is None


THINGS = sqlalchemy.table('things', sqlalchemy.column('id'))
OWNERS = sqlalchemy.table('owners', sqlalchemy.column('id'))


def question() -> rows.Question:
    """Return a question, a new one that says the same each time."""
    return rows.Question('found', THINGS, sqlalchemy.true())


def join() -> rows.Join:
    """Return a join, a new one that says the same each time."""
    return rows.Join(OWNERS, sqlalchemy.true())


@pytest.mark.parametrize('make', [question, join])
def test_what_is_asked_is_equal_to_itself_alone(
    make: typing.Callable[[], typing.Any],
) -> None:
    # What compares conditions is SQL, and may be neither true nor false.
    first, second = make(), make()
    assert first != second
    assert [first, second].index(second) == 1
    assert len({first, second}) == 2


@pytest.mark.parametrize('value', [question(), join(), rows.NONE])
def test_what_is_asked_and_answered_cannot_be_changed(
    value: typing.Any,
) -> None:
    name = dataclasses.fields(value)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(value, name, 'another')
