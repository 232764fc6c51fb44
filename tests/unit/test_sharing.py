# SPDX-License-Identifier: Apache-2.0
"""Conditions that share what they want."""

import itertools

import pytest
import sqlalchemy

from glance_status import sharing

TERMS = {name: sqlalchemy.column(name, sqlalchemy.Boolean) for name in 'abcde'}
# How long conditions are that are tried in all ways.
SHORT = 'abc'


def any_of(*conditions: str) -> sqlalchemy.ColumnElement[bool]:
    return sharing.any_of(
        [{name: TERMS[name] for name in condition} for condition in conditions]
    )


@pytest.mark.parametrize(
    ('conditions', 'text'),
    [
        (('a',), 'a'),
        (('ab',), 'a AND b'),
        (('a', 'b'), 'a OR b'),
        (('ab', 'cd'), 'a AND b OR c AND d'),
        # What two ask in the same words is asked once.
        (('ab', 'ba'), 'a AND b'),
        (('ab', 'ac'), 'a AND (b OR c)'),
        (('ba', 'ca', 'd'), 'a AND (b OR c) OR d'),
        # What most share comes first, then what is shared by the rest.
        (('abc', 'abd', 'ae'), 'a AND (b AND (c OR d) OR e)'),
        (('ab', 'ac', 'cd', 'ce'), 'c AND (a OR d OR e) OR a AND b'),
        # Who wants less is met by all that others want beyond it.
        (('a', 'ab'), 'a'),
        (('', 'ab'), 'true'),
    ],
)
def test_what_is_shared_is_said_once(
    conditions: tuple[str, ...], text: str
) -> None:
    assert str(any_of(*conditions)) == text


def test_it_is_met_by_the_same_rows_also_by_those_with_nothing() -> None:
    table = sqlalchemy.Table(
        'known',
        sqlalchemy.MetaData(),
        *(sqlalchemy.Column(name, sqlalchemy.Boolean) for name in SHORT),
    )
    known = [
        dict(zip(SHORT, values, strict=True))
        for values in itertools.product((True, False, None), repeat=3)
    ]
    wanted = [
        ''.join(letters)
        for number in range(1, len(SHORT) + 1)
        for letters in itertools.combinations(SHORT, number)
    ]
    cases = [
        some
        for number in (1, 2, 3)
        for some in itertools.combinations(wanted, number)
    ]
    assert len(cases) == 63
    with sqlalchemy.create_engine('sqlite://').connect() as connection:
        table.create(connection)
        connection.execute(table.insert(), known)
        for some in cases:
            plain = sqlalchemy.or_(
                *(
                    sqlalchemy.and_(*(TERMS[name] for name in one))
                    for one in some
                )
            )
            rows = connection.execute(
                sqlalchemy.select(plain, any_of(*some)).select_from(table)
            ).all()
            assert len(rows) == len(known)
            assert [row[0] for row in rows] == [row[1] for row in rows]
