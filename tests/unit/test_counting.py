# SPDX-License-Identifier: Apache-2.0
"""The statement that counts what is asked of a table."""

import pytest
import sqlalchemy

from glance_status import asked, counting, ranges, rows

THINGS = sqlalchemy.table(
    'things', sqlalchemy.column('id'), sqlalchemy.column('name')
)
CONDITIONS = (THINGS.c.id > 5, THINGS.c.name == 'a', THINGS.c.id > 5)


@pytest.mark.parametrize(
    ('server', 'part', 'text'),
    [
        # A row that nobody asks for comes as far as WHERE, and what two want
        # stands there once.
        (
            'postgresql',
            ranges.Range(blocks=7),
            'SELECT count(*) FILTER (WHERE things.id > 5) AS anon_1, '
            "count(*) FILTER (WHERE things.name = 'a') AS anon_2, "
            'count(*) FILTER (WHERE things.id > 5) AS anon_3, 1 AS anon_4 '
            "FROM things WHERE (things.id > 5 OR things.name = 'a') IS true",
        ),
        # Whether there is any row tells where to go on.
        (
            'postgresql',
            ranges.Range(),
            'SELECT count(*) FILTER (WHERE things.id > 5) AS anon_1, '
            "count(*) FILTER (WHERE things.name = 'a') AS anon_2, "
            'count(*) FILTER (WHERE things.id > 5) AS anon_3, '
            'count(*) AS count_1 FROM things',
        ),
        (
            'sqlite',
            ranges.Range(),
            'SELECT count(CASE WHEN (things.id > 5) THEN 1 END) AS count_1, '
            "count(CASE WHEN (things.name = 'a') THEN 1 END) AS count_2, "
            'count(CASE WHEN (things.id > 5) THEN 1 END) AS count_3, '
            'count(*) AS count_4 FROM things',
        ),
    ],
)
def test_all_that_is_asked_is_counted_at_once(
    server: str, part: ranges.Range, text: str
) -> None:
    dialect = sqlalchemy.make_url(f'{server}://').get_dialect()()
    group = [
        asked.Asked('check', rows.Question(str(number), THINGS, where))
        for number, where in enumerate(CONDITIONS)
    ]
    statement = counting.statement(group, part, dialect).compile(
        dialect=dialect, compile_kwargs={'literal_binds': True}
    )
    assert ' '.join(str(statement).split()) == text
