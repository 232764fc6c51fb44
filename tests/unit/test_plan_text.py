# SPDX-License-Identifier: Apache-2.0
"""A plan as a table for people, and as JSON for programs."""

import dataclasses
import json

import pytest

from glance_status import migrations, releases, results
from glance_status.planning import text, values

BARE = values.Plan(
    target=results.Target('2026.2', '33.0.0', 'option'),
    source=(),
    stated=False,
    rows=(),
    server=migrations.Server('mariadb', (10, 11, 6)),
    online=False,
    passed=(),
    stops=(),
    revisions=(),
    sizes=(),
    data=(),
    steps=(values.Step('Start the services', 'hand'),),
    notes=(),
)
CHANGES = (
    migrations.Change('create-table', 'fresh', 'fresh', 'instant', 'nothing'),
    migrations.Change(
        'add-column', 'images', 'images.os_hidden', 'rebuilds', 'everything'
    ),
    migrations.Change(
        'create-index',
        'tasks',
        'ix_tasks_image_id on tasks(image_id)',
        'reads',
        'writes',
    ),
    migrations.Change('drop-column', 'tags', 'tags.x', 'rebuilds', 'nothing'),
)
FULL = dataclasses.replace(
    BARE,
    source=(releases.find('rocky'), releases.find('stein')),
    stated=True,
    rows=('rocky_contract02',),
    passed=(releases.find('train'), releases.find('ussuri')),
    stops=(values.Stop('Train (19.0.0)', 'It does it.', 'So do we.'),),
    revisions=(
        values.Revision('one_expand01', 'expand', 'Train', CHANGES, None),
        values.Revision('two_expand01', 'expand', 'Train', (), None),
        values.Revision('two_contract01', 'contract', 'Train', (), 'renames'),
    ),
    sizes=(
        values.Size('fresh', 5, 5),
        values.Size('images', 12, 3 * 2**20),
        values.Size('tasks', None, None),
    ),
    data=(
        values.Rows('counted', 'images', 3, True),
        values.Rows('estimated', 'images', 4, False),
        values.Rows('hidden', 'images', None, False),
    ),
    steps=(
        values.Step('Back up', 'shell', ('one', 'two')),
        values.Step('Rename', 'sql', ('UPDATE',)),
        values.Step('Start the services', 'hand'),
    ),
    notes=('All stands still.',),
)


BARE_TABLE = """\
Target: 2026.2 (33.0.0), as --target says
Source: unknown; the database is at no revision
Server: MariaDB 10.11.6

Steps
  1. Start the services

Revisions to come: none
"""
FULL_TABLE = """\
Target: 2026.2 (33.0.0), as --target says
Source: Rocky, Stein, by --from; the database is at rocky_contract02
Server: MariaDB 10.11.6
Passed on the way: Train, Ussuri

Steps
  1. Back up
     $ one
     $ two
  2. Rename
     > UPDATE
  3. Start the services

Releases to stop at, or the plan does it in another way
  - Train (19.0.0): It does it. So do we.

Revisions to come: 3; empty ones: 1
+----------------+------------------------------+------------------------------+
| Revision       | What it does                 | How the server does it       |
+----------------+------------------------------+------------------------------+
| one_expand01   | create table fresh           | at once                      |
|                | add column images.os_hidden  | writes the whole table anew; |
|                |                              | all else waits (estimated:   |
|                |                              | 12 rows, 3 MiB)              |
|                | create index                 | reads the whole table;       |
|                | ix_tasks_image_id on         | writes wait                  |
|                | tasks(image_id)              |                              |
|                | drop column tags.x           | writes the whole table anew  |
| two_contract01 | renames                      | a row at most                |
+----------------+------------------------------+------------------------------+

Rows that change
  - counted, in images: 3 (counted)
  - estimated, in images: at most 4 (estimated)
  - hidden, in images: unknown

Notes
  - All stands still.
"""  # noqa: E501


@pytest.mark.parametrize(
    ('plan', 'table'), [(BARE, BARE_TABLE), (FULL, FULL_TABLE)]
)
def test_a_table_has_what_the_plan_has(plan: values.Plan, table: str) -> None:
    assert text.render(plan, 'table', 80) == table


@pytest.mark.parametrize('width', [80, 81])
def test_no_line_of_text_is_wider_than_the_terminal(width: int) -> None:
    lines = text.render(FULL, 'table', width).splitlines()
    assert max(map(len, lines)) == 80


def test_revisions_that_do_nothing_are_counted_alone() -> None:
    plan = dataclasses.replace(BARE, revisions=FULL.revisions[1:2])
    assert text.render(plan, 'table', 80).endswith(
        '\n\nRevisions to come: 1; empty ones: 1\n'
    )


def test_names_and_commands_are_whole_however_narrow_the_terminal_is() -> None:
    what = 'Read os_glance_importing_to_stores and glance-api.conf'
    step = values.Step(what, 'shell', ('x ' * 20,))
    plan = dataclasses.replace(BARE, steps=(step,))
    assert text.render(plan, 'table', 20).split('\n\n')[1].splitlines() == [
        'Steps',
        '  1. Read',
        '     os_glance_importing_to_stores',
        '     and',
        '     glance-api.conf',
        '     $ ' + 'x ' * 20,
    ]


@pytest.mark.parametrize(
    ('rows', 'size', 'said'),
    [
        (None, None, ''),
        (0, None, ' (estimated: 0 rows)'),
        (None, 0, ' (estimated: 0 B)'),
        (7, 1023, ' (estimated: 7 rows, 1023 B)'),
        (7, 1024, ' (estimated: 7 rows, 1 KiB)'),
        (7, 1024**2, ' (estimated: 7 rows, 1 MiB)'),
        (7, 1024**3, ' (estimated: 7 rows, 1.0 GiB)'),
        (7, 2500 * 1024**3, ' (estimated: 7 rows, 2500.0 GiB)'),
    ],
)
def test_how_large_a_table_is(
    rows: int | None, size: int | None, said: str
) -> None:
    change = migrations.Change('drop-index', 'a', 'x', 'reads', 'nothing')
    plan = dataclasses.replace(
        BARE,
        revisions=(values.Revision('one', 'expand', 'Zed', (change,), None),),
        sizes=(values.Size('a', rows, size),),
    )
    (line,) = (
        line
        for line in text.render(plan, 'table', 200).splitlines()
        if 'drop index' in line
    )
    assert line.split('|')[3].strip() == f'reads the whole table{said}'


def test_json_has_all_of_it() -> None:
    rendered = text.render(FULL, 'json', 80)
    assert rendered.startswith('{\n  "schema_version"')
    document = json.loads(rendered)
    assert list(document)[:5] == [
        'schema_version',
        'tool_version',
        'host',
        'generated_at',
        'name',
    ]
    kept = ('source', 'database', 'online', 'passed', 'tables', 'data')
    assert {name: document[name] for name in kept} == {
        'source': {
            'releases': ['Rocky', 'Stein'],
            'schema_revisions': ['rocky_contract02'],
            'origin': 'option',
        },
        'database': {'server': 'mariadb', 'version': '10.11.6'},
        'online': False,
        'passed': ['Train', 'Ussuri'],
        'tables': [
            {
                'table': size.table,
                'rows': size.rows,
                'bytes': size.bytes,
                'estimate': True,
            }
            for size in FULL.sizes
        ],
        'data': [
            {
                'what': rows.what,
                'table': rows.table,
                'rows': rows.count,
                'estimate': rows.what != 'counted',
            }
            for rows in FULL.data
        ],
    }
    assert [step['number'] for step in document['steps']] == [1, 2, 3]
    assert [
        (step['id'], len(step['changes']), step['rows'])
        for step in document['revisions']
    ] == [
        ('one_expand01', 4, None),
        ('two_expand01', 0, None),
        ('two_contract01', 0, 'renames'),
    ]
