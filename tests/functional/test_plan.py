# SPDX-License-Identifier: Apache-2.0
"""The way that `upgrade plan` shows, and going it with the real Glance."""

import importlib.resources
import json
import pathlib
import re
import typing

import jsonschema
import pytest

from tests.functional import command, glance_databases

Document = dict[str, typing.Any]
NOW = '2026-01-01 00:00:00'
HEAD = [glance_databases.HEAD]


def run(
    directory: pathlib.Path, url: str | None, *args: str
) -> command.Completed:
    conf = command.deployment(directory, url)
    return command.run('--config-file', conf, 'upgrade', 'plan', *args)


def plan(directory: pathlib.Path, url: str, *args: str) -> Document:
    """Return the plan as JSON, which is as its schema has it."""
    completed = run(directory, url, '--json', *args)
    assert completed.code == 0, completed.stderr
    document: Document = json.loads(completed.stdout)
    shipped = importlib.resources.files('glance_status') / 'plan.schema.json'
    schema = json.loads(shipped.read_text('utf-8'))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(document, schema)
    return document


def refused(directory: pathlib.Path, url: str | None, *args: str) -> str:
    """Return the line that says why there is no plan."""
    completed = run(directory, url, *args)
    assert (completed.code, completed.stdout) == (255, '')
    return completed.stderr.splitlines()[-1].removeprefix('glance-status: ')


def go(url: str, document: Document) -> list[str]:
    """Do what a plan says, as far as it is for the database."""
    done = []
    for step in document['steps']:
        for text in step['commands']:
            if step['runs'] == 'sql':
                glance_databases.execute(url, text.replace(':', r'\:'))
            elif text.startswith('glance-manage '):
                words = text.split()[1:]
                completed = glance_databases.glance_manage(url, *words)
                assert completed.returncode == 0, completed.stderr
            else:
                continue
            done.append(text)
    return done


# Databases, and what goes into them


def old_images(url: str) -> None:
    """Add images of before Ocata: one of all, one shared, one of nobody."""
    for name, public in (('public', True), ('shared', False), ('own', False)):
        glance_databases.insert(
            url,
            'images',
            {
                'id': name,
                'status': 'active',
                'is_public': public,
                'created_at': _now(),
                'deleted': False,
                'min_disk': 0,
                'min_ram': 0,
                'protected': False,
            },
        )
    glance_databases.insert(
        url,
        'image_members',
        {
            'image_id': 'shared',
            'member': 'friend',
            'can_share': False,
            'status': 'pending',
            'created_at': _now(),
            'deleted': False,
        },
    )


def rocky_images(url: str) -> None:
    """Add two locations that name their store as Stein did, and one not."""
    glance_databases.insert(
        url,
        'images',
        {
            'id': 'one',
            'status': 'active',
            'visibility': 'private',
            'os_hidden': False,
            'created_at': _now(),
            'deleted': False,
            'min_disk': 0,
            'min_ram': 0,
            'protected': False,
        },
    )
    for data in ('{"backend": "fast"}', '{"backend": "slow"}', '{}'):
        glance_databases.insert(
            url,
            'image_locations',
            {
                'image_id': 'one',
                'value': 'file:///one',
                'meta_data': data,
                'status': 'active',
                'created_at': _now(),
                'deleted': False,
            },
        )


def _now() -> typing.Any:
    import datetime

    return datetime.datetime.fromisoformat(NOW)


FILL: dict[str, typing.Callable[[str], None]] = {
    'behind_liberty': old_images,
    'pre_alembic': old_images,
    'behind_rocky_contract02': rocky_images,
}
ROLLING = [
    'glance-manage db expand',
    'glance-manage db migrate',
    'glance-manage db contract',
]
SYNC = ['glance-manage db sync']
FILL_VISIBILITY = [
    "UPDATE images SET visibility='public' WHERE is_public;",
    "UPDATE images SET visibility='private' WHERE NOT is_public AND "
    'visibility IS NULL;',
    "UPDATE images SET visibility='shared' WHERE visibility='private' AND id "
    'IN (SELECT image_id FROM image_members WHERE NOT deleted);',
]
TRIGGERS = [
    'DROP TRIGGER IF EXISTS insert_visibility;',
    'DROP TRIGGER IF EXISTS update_visibility;',
]
RENAME = (
    'UPDATE image_locations SET meta_data = REPLACE(meta_data, '
    '\'"backend":\', \'"store":\') WHERE meta_data LIKE \'%"backend":%\';'
)
EXPAND_OCATA = 'glance-manage db upgrade --version ocata_expand01'


def way(server: str, state: str) -> list[str]:
    """Return the commands for the database that a plan is to have."""
    postgresql = server == 'postgresql'
    triggers = TRIGGERS if server == 'mariadb' else []
    fill = [EXPAND_OCATA, *FILL_VISIBILITY, *triggers]
    return {
        'empty': SYNC,
        'behind_liberty': [*fill, *SYNC],
        'pre_alembic': [
            'glance-manage db version_control --version liberty',
            *fill,
            *SYNC,
        ],
        'ocata01': [
            "UPDATE alembic_version SET version_num = 'ocata_contract01' "
            "WHERE version_num = 'ocata01';",
            *SYNC,
        ],
        'behind_rocky_contract02': [RENAME, *SYNC]
        if postgresql
        else [*ROLLING[:2], RENAME, ROLLING[2]],
        'behind_2023_1_contract01': SYNC if postgresql else ROLLING,
        'expanded': SYNC if postgresql else ROLLING[1:],
        'ocata_expanded': SYNC,
        'up_to_date': [],
    }[state]


@pytest.mark.parametrize('server', glance_databases.SERVERS)
@pytest.mark.parametrize(
    'state',
    [
        'empty',
        'behind_liberty',
        'pre_alembic',
        'ocata01',
        'behind_rocky_contract02',
        'behind_2023_1_contract01',
        'expanded',
        'up_to_date',
    ],
)
def test_who_goes_the_way_arrives(
    server: str, state: str, tmp_path: pathlib.Path
) -> None:
    with glance_databases.database(server, state) as url:
        FILL.get(state, lambda url: None)(url)
        document = plan(tmp_path, url)
        assert go(url, document) == way(server, state)
        assert glance_databases.revisions(url) == HEAD
        assert plan(tmp_path, url)['revisions'] == []
        if FILL.get(state) is old_images:
            assert glance_databases.query(
                url, 'SELECT id, visibility FROM images ORDER BY id'
            ) == [('own', 'private'), ('public', 'public'), ('shared',) * 2]
        if state == 'behind_rocky_contract02':
            assert glance_databases.query(
                url, 'SELECT meta_data FROM image_locations ORDER BY id'
            ) == [('{"store": "fast"}',), ('{"store": "slow"}',), ('{}',)]


def test_triggers_of_an_online_expansion_are_dropped(
    tmp_path: pathlib.Path,
) -> None:
    with glance_databases.database('mariadb', 'ocata_expanded') as url:
        document = plan(tmp_path, url)
        assert go(url, document) == [*TRIGGERS, *SYNC]
        assert glance_databases.revisions(url) == HEAD


# What a plan says


def test_a_plan_from_rocky(tmp_path: pathlib.Path) -> None:
    with glance_databases.database(
        'mariadb', 'behind_rocky_contract02'
    ) as url:
        rocky_images(url)
        document = plan(tmp_path, url, '--target', 'wallaby')
        name = url.rpartition('/')[2].partition('?')[0]
    assert document['target'] == {
        'release': 'Wallaby',
        'version': '22.0.0',
        'origin': 'option',
    }
    assert document['source'] == {
        'releases': ['Rocky', 'Stein'],
        'schema_revisions': ['rocky_contract02'],
        'origin': 'database',
    }
    assert document['database']['server'] == 'mariadb'
    assert document['passed'] == ['Stein', 'Train', 'Ussuri', 'Victoria']
    assert [stop['release'] for stop in document['stops']] == [
        'Train (19.0.0)'
    ]
    assert document['data'] == [
        {
            'what': 'key "backend" of locations',
            'table': 'image_locations',
            'rows': 2,
            'estimate': False,
        }
    ]
    assert [
        (step['id'], step['release'], step['changes'])
        for step in document['revisions']
        if step['changes']
    ] == [
        (
            'wallaby_expand01',
            'Wallaby',
            [
                *(
                    {
                        'action': 'add-column',
                        'table': 'tasks',
                        'what': f'tasks.{column}',
                        'method': 'instant',
                        'waits': 'nothing',
                    }
                    for column in ('image_id', 'request_id', 'user_id')
                ),
                {
                    'action': 'create-index',
                    'table': 'tasks',
                    'what': 'ix_tasks_image_id on tasks(image_id)',
                    'method': 'reads',
                    'waits': 'nothing',
                },
            ],
        )
    ]
    (size,) = document['tables']
    assert (size['table'], size['estimate']) == ('tasks', True)
    assert size['bytes'] > 0
    commands = [
        each for step in document['steps'] for each in step['commands']
    ]
    assert commands == [
        'glance-status upgrade check --target 22',
        f'mariadb-dump --single-transaction {name} > {name}.sql',
        'glance-manage db expand',
        'glance-manage db migrate',
        RENAME,
        'glance-manage db contract',
        'glance-status upgrade check --target 22 --before restart',
    ]


def test_train_migrates_by_itself(tmp_path: pathlib.Path) -> None:
    with glance_databases.database('sqlite', 'behind_rocky_contract02') as url:
        rocky_images(url)
        document = plan(tmp_path, url, '--target', '19')
    assert document['stops'] == []
    assert [rows['rows'] for rows in document['data']] == [2]
    assert [step for step in document['steps'] if step['runs'] == 'sql'] == []


def test_rows_that_cannot_be_counted_are_estimated(
    tmp_path: pathlib.Path,
) -> None:
    with glance_databases.database(
        'postgresql', 'behind_rocky_contract02'
    ) as url:
        rocky_images(url)
        # Whoever may look at the catalogue alone cannot count.
        glance_databases.execute(
            url,
            'ANALYZE image_locations',
            'ALTER TABLE image_locations RENAME COLUMN meta_data TO hidden',
        )
        document = plan(tmp_path, url)
    assert document['data'] == [
        {
            'what': 'key "backend" of locations',
            'table': 'image_locations',
            'rows': 3,
            'estimate': True,
        }
    ]


TABLE = """\
Target: 2026.2 (33.0.0), the newest that this tool knows
Source: Rocky, Stein; the database is at rocky_contract02
Server: SQLite VERSION
Passed on the way: Stein, Train, Ussuri, Victoria, Wallaby, Xena, Yoga, Zed,
                   2023.1, 2023.2, 2024.1, 2024.2, 2025.1, 2025.2, 2026.1

Steps
  1. See that nothing is in the way
     $ glance-status upgrade check --target 33
  2. Back up the database
     $ sqlite3 FILE '.backup FILE.backup'
  3. Install Glance 33.0.0 on one node, and do not start it: the glance-manage
     of all steps is that one
  4. Expand the schema; the old services run on
     $ glance-manage db expand
  5. Migrate the data
     $ glance-manage db migrate
  6. Start the services of Glance 33.0.0 and stop the old ones, one node after
     the other
  7. Rename the key in the metadata of locations
     > UPDATE image_locations SET meta_data = REPLACE(meta_data, '"backend":', '"store":') WHERE meta_data LIKE '%"backend":%';
  8. Contract the schema, when no old service runs
     $ glance-manage db contract
  9. See that all is well
     $ glance-status upgrade check --target 33 --before restart

Releases to stop at, or the plan does it in another way
  - Train (19.0.0): Its data migration renames the key "backend" in the metadata
    of locations, and runs with the code of 19.x alone. The plan does the same
    with SQL.

Revisions to come: 16; empty ones: 14
"""  # noqa: E501


def test_the_table(tmp_path: pathlib.Path) -> None:
    with glance_databases.database('sqlite', 'behind_rocky_contract02') as url:
        rocky_images(url)
        completed = run(tmp_path, url)
        file = url.removeprefix('sqlite:///')
    shown = re.sub(r'SQLite [\d.]+', 'SQLite VERSION', completed.stdout)
    shown = shown.replace(file, 'FILE')
    assert shown.startswith(TABLE)
    assert '| add column tasks.image_id  ' in shown
    assert shown.endswith(
        'Rows that change\n'
        '  - key "backend" of locations, in image_locations: 2 (counted)\n'
    )
    assert completed.stderr.startswith('glance-status: read ')


def test_a_source_that_is_stated(tmp_path: pathlib.Path) -> None:
    with glance_databases.database(
        'sqlite', 'behind_2023_1_contract01'
    ) as url:
        document = plan(tmp_path, url, '--from', 'zed', '--target', '2024.1')
    assert document['source'] == {
        'releases': ['Zed'],
        'schema_revisions': ['2023_1_contract01'],
        'origin': 'option',
    }
    assert document['notes'] == [
        '--from names Zed; the database is at that of 2023.1 Antelope, '
        '2023.2 Bobcat.'
    ]


# Where there is no way


@pytest.mark.parametrize(
    ('state', 'args', 'said'),
    [
        ('foreign', (), "the database has tables, and they are not Glance's"),
        ('unstamped', (), 'the database is at no revision that it names. Run'),
        ('unknown_revision', (), 'the database is at 2029_2_contract01. Run'),
        (
            'up_to_date',
            ('--target', 'zed'),
            'the database is at 2024_1_contract01, and Zed ends at '
            'wallaby_contract01: there is no way back',
        ),
        (
            'half_applied',
            (),
            'the database is at 2023_1_contract01, and already has table '
            'node_reference, at which db sync would stop. Run',
        ),
        (
            'head_without_table',
            (),
            'the database is at 2024_1_contract01, and lacks table '
            'cached_images. Run',
        ),
        ('empty', ('--target', 'nova'), "unknown release 'nova'"),
    ],
)
def test_there_is_no_way(
    state: str, args: tuple[str, ...], said: str, tmp_path: pathlib.Path
) -> None:
    with glance_databases.database('sqlite', state) as url:
        assert refused(tmp_path, url, *args).startswith(said)


def test_the_database_is_out_of_reach(tmp_path: pathlib.Path) -> None:
    secret = 'mysql+pymysql://glance:sesame@127.0.0.1:1/glance'
    said = refused(tmp_path, secret)
    assert said.startswith('127.0.0.1:1/glance did not let us in')
    assert 'sesame' not in said
    assert 'is not set' in refused(tmp_path, None)


# What the server says of it

ALTER = {
    'add-column': 'ADD COLUMN os_hidden BOOLEAN NOT NULL DEFAULT FALSE',
    'create-index': 'ADD INDEX created_at_image_idx (created_at)',
    'change-column': 'MODIFY is_public BOOLEAN NULL',
    'drop-column': 'DROP COLUMN is_public',
}


@pytest.mark.parametrize('action', ALTER)
def test_mariadb_agrees_on_what_it_does_at_once(
    action: str, tmp_path: pathlib.Path
) -> None:
    with glance_databases.database('mariadb', 'behind_liberty') as url:
        found = [
            (change['method'], change['waits'])
            for step in plan(tmp_path, url)['revisions']
            for change in step['changes']
            if change['action'] == action and change['table'] == 'images'
        ]
        if action == 'drop-column':
            glance_databases.execute(
                url, 'ALTER TABLE images DROP INDEX ix_images_is_public'
            )
        statement = f'ALTER TABLE images {ALTER[action]}'
        try:
            glance_databases.execute(url, f'{statement}, ALGORITHM=INSTANT')
            at_once = True
        except Exception:
            at_once = False
            glance_databases.execute(
                url, f'{statement}, ALGORITHM=INPLACE, LOCK=NONE'
            )
        assert {method == 'instant' for method, _waits in found} == {at_once}
        assert {waits for _method, waits in found} == {'nothing'}
