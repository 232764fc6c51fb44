# SPDX-License-Identifier: Apache-2.0
"""What the way to the target depends on."""

import pathlib
import typing
from collections import abc

import pytest
import sqlalchemy

from glance_status import errors, migrations, planning, releases, results
from glance_status.planning import position, server, values
from glance_status.testing import databases, servers
from tests.unit import checkers

TARGET = results.Target('the target', '1.0.0', 'option')


def plan(
    directory: pathlib.Path,
    revision: str | None,
    *statements: str,
    target: str = '33',
    stated: str | None = None,
    kind: str = 'sqlite',
    fill: abc.Callable[[databases.Database], object] = lambda made: None,
) -> values.Plan:
    """Return the plan of a database at a revision, after some statements."""
    with databases.database(kind, revision, directory) as made:
        fill(made)
        for statement in statements:
            made.execute(statement)
        text = made.configuration
        checker = checkers.make(directory, text, target=target)
        source = releases.find(stated) if stated else None
        return planning.make(checker.run._replace(stated=source), TARGET)


SYNC = 'glance-manage db sync'
EXPAND = 'glance-manage db expand'
MIGRATE = 'glance-manage db migrate'
CONTRACT = 'glance-manage db contract'
STOP = 'Stop all services'
FILL = (
    "UPDATE images SET visibility='public' WHERE is_public;",
    "UPDATE images SET visibility='private' WHERE NOT is_public AND "
    'visibility IS NULL;',
    "UPDATE images SET visibility='shared' WHERE visibility='private' AND id "
    'IN (SELECT image_id FROM image_members WHERE NOT deleted);',
)
RENAME = (
    'UPDATE image_locations SET meta_data = REPLACE(meta_data, '
    '\'"backend":\', \'"store":\') WHERE meta_data LIKE \'%"backend":%\';'
)
# Another upgrade that was left in the middle: what is not of this one.
OPEN = "INSERT INTO alembic_version VALUES ('train_expand01')"
MIGRATED = (
    'DROP TABLE alembic_version',
    'CREATE TABLE migrate_version (version INTEGER)',
    'INSERT INTO migrate_version VALUES ({})',
)


def test_a_database_without_tables_is_synced(tmp_path: pathlib.Path) -> None:
    found = plan(tmp_path, None)
    assert [(step.runs, step.commands) for step in found.steps] == [
        ('shell', ('glance-status upgrade check --target 33',)),
        ('hand', ()),
        ('shell', (SYNC,)),
        (
            'shell',
            ('glance-status upgrade check --target 33 --before restart',),
        ),
        ('hand', ()),
    ]
    assert (found.source, found.passed, found.stops, found.data) == ((),) * 4
    # There are no services that could stand still.
    assert (found.online, found.notes, found.sizes) == (False, (), ())
    assert len(found.revisions) == len(
        releases.missing((), releases.find('33'))
    )


def test_where_nothing_is_missing_services_are_exchanged(
    tmp_path: pathlib.Path,
) -> None:
    found = plan(tmp_path, '2024_1_contract01', target='28')
    assert [step.commands for step in found.steps[3:]] == [
        ('glance-status upgrade check --target 28 --before restart',),
        (),
    ]
    assert (found.online, found.notes, found.revisions) == (True, (), ())


def image(made: databases.Database) -> None:
    made.add_image()


def old_image(made: databases.Database) -> None:
    made.execute(
        'INSERT INTO images (id, status, is_public, created_at, deleted, '
        "min_disk, min_ram, protected) VALUES ('one', 'active', 1, "
        "'2026-01-01', 0, 0, 0, 0)"
    )


def located(made: databases.Database) -> None:
    one = made.add_image()
    for name in ('backend', 'store', 'backend'):
        made.add_location(one, metadata={name: 'fast'})


@pytest.mark.parametrize(
    ('revision', 'statements', 'fill', 'target', 'steps'),
    [
        ('rocky_contract02', (), image, '33', [EXPAND, MIGRATE, CONTRACT]),
        ('rocky_contract02', (OPEN,), image, '33', [STOP, SYNC]),
        # All that is left of it is of this one.
        ('rocky_contract02', (OPEN,), image, '19', [MIGRATE, CONTRACT]),
        (
            'rocky_contract02',
            (),
            located,
            '33',
            [EXPAND, MIGRATE, RENAME, CONTRACT],
        ),
        ('rocky_contract02', (), located, '19', [EXPAND, MIGRATE, CONTRACT]),
        ('rocky_contract02', (OPEN,), located, '20', [STOP, RENAME, SYNC]),
        # Old names of revisions.
        (
            'pike_contract01',
            ("UPDATE alembic_version SET version_num = 'pike01'",),
            image,
            '26',
            [STOP, SYNC],
        ),
        (
            'pike_contract01',
            ("UPDATE alembic_version SET version_num = 'pike01'",),
            image,
            '27',
            [
                STOP,
                "UPDATE alembic_version SET version_num = 'pike_contract01' "
                "WHERE version_num = 'pike01';",
                SYNC,
            ],
        ),
        # Of before Ocata.
        ('liberty', (), lambda made: None, '33', [STOP, SYNC]),
        (
            'liberty',
            (),
            old_image,
            '33',
            [
                STOP,
                'glance-manage db upgrade --version ocata_expand01',
                *FILL,
                SYNC,
            ],
        ),
        ('ocata_expand01', (), old_image, '33', [STOP, *FILL, SYNC]),
        (
            'liberty',
            [text.format(42) for text in MIGRATED],
            lambda made: None,
            '33',
            [
                STOP,
                'glance-manage db version_control --version liberty',
                SYNC,
            ],
        ),
    ],
)
def test_the_way_depends_on_where_the_database_is(
    revision: str,
    statements: abc.Sequence[str],
    fill: abc.Callable[[databases.Database], object],
    target: str,
    steps: list[str],
    tmp_path: pathlib.Path,
) -> None:
    found = plan(tmp_path, revision, *statements, fill=fill, target=target)
    done = [
        each
        for step in found.steps
        for each in step.commands or (step.what,)
        if each == STOP or each.startswith(('UPDATE', 'DROP', 'glance-manage'))
    ]
    assert done == steps
    assert found.online == (STOP not in done)
    assert bool(found.notes) == (bool(found.source) and not found.online)


@pytest.mark.parametrize(
    ('kind', 'backup', 'online'),
    [
        ('sqlite', "sqlite3 {0} '.backup {0}.backup'", True),
        ('mariadb', 'mariadb-dump --single-transaction {0} > {0}.sql', True),
        # Glance refuses the steps of an online upgrade there.
        ('postgresql', 'pg_dump --format=custom --file={0}.dump {0}', False),
    ],
)
def test_the_way_depends_on_the_server(
    kind: str, backup: str, online: bool, tmp_path: pathlib.Path
) -> None:
    servers.require(kind)
    urls: list[str] = []
    found = plan(
        tmp_path,
        'rocky_contract02',
        kind=kind,
        fill=lambda made: urls.append(made.url),
    )
    name = sqlalchemy.make_url(urls[0]).database
    assert found.steps[1].commands == (backup.format(name),)
    assert found.online == online


TRIGGERS = ('insert_visibility', 'update_visibility')


@pytest.mark.parametrize(
    ('revision', 'fill', 'triggers', 'steps'),
    [
        ('ocata_expand01', old_image, TRIGGERS[:1], [*FILL, *TRIGGERS]),
        ('ocata_expand01', old_image, (), [*FILL, *TRIGGERS]),
        ('ocata_expand01', lambda made: None, TRIGGERS[1:], TRIGGERS),
        ('ocata_expand01', lambda made: None, (), ()),
        # Nothing else is left to be done.
        ('2024_1_contract01', image, TRIGGERS, TRIGGERS),
    ],
)
def test_triggers_of_the_ocata_upgrade_go_once_they_are_of_no_use(
    revision: str,
    fill: abc.Callable[[databases.Database], object],
    triggers: tuple[str, ...],
    steps: abc.Sequence[str],
    tmp_path: pathlib.Path,
) -> None:
    servers.require('mariadb')
    made = [
        f'CREATE TRIGGER {name} BEFORE {name[:6]} ON images FOR EACH ROW '
        "SET NEW.visibility = 'private'"
        for name in triggers
    ]
    found = plan(tmp_path, revision, *made, kind='mariadb', fill=fill)
    assert [
        each.removeprefix('DROP TRIGGER IF EXISTS ').removesuffix(';')
        if each.startswith('DROP')
        else each
        for step in found.steps
        for each in step.commands
        if step.runs == 'sql'
    ] == [*steps]
    assert (found.server.kind, found.online) == ('mariadb', False)


@pytest.mark.parametrize(
    ('revision', 'statements', 'fill', 'target', 'stops', 'data'),
    [
        ('rocky_contract02', (), image, '18', [], []),
        ('rocky_contract02', (), image, '33', [], [('image_locations', 0)]),
        ('rocky_contract02', (), located, '19', [], [('image_locations', 2)]),
        (
            'rocky_contract02',
            (),
            located,
            '20',
            ['Train (19.0.0)'],
            [('image_locations', 2)],
        ),
        (
            'mitaka01',
            (),
            old_image,
            '18',
            ['Ocata (14.0.0)'],
            [('images', 1), ('metadef_resource_types', 0)],
        ),
        (
            'liberty',
            [text.format(42) for text in MIGRATED],
            lambda made: None,
            '22',
            [],
            [('metadef_resource_types', 0), ('image_locations', 0)],
        ),
        (
            'liberty',
            [text.format(42) for text in MIGRATED],
            lambda made: None,
            '23',
            ['Wallaby (22.x)'],
            [('metadef_resource_types', 0), ('image_locations', 0)],
        ),
        (
            'liberty',
            (),
            lambda made: None,
            '17',
            [],
            [('metadef_resource_types', 0)],
        ),
    ],
)
def test_rows_and_releases_to_stop_at(
    revision: str,
    statements: abc.Sequence[str],
    fill: abc.Callable[[databases.Database], object],
    target: str,
    stops: list[str],
    data: list[tuple[str, int]],
    tmp_path: pathlib.Path,
) -> None:
    found = plan(tmp_path, revision, *statements, fill=fill, target=target)
    assert [stop.release for stop in found.stops] == stops
    assert [(rows.table, rows.count) for rows in found.data] == data
    assert all(rows.exact for rows in found.data)


@pytest.mark.parametrize(
    ('stated', 'source', 'notes'),
    [
        (None, ['Rocky', 'Stein'], 0),
        ('stein', ['Stein'], 0),
        ('train', ['Train'], 1),
    ],
)
def test_the_source_may_be_stated(
    stated: str | None, source: list[str], notes: int, tmp_path: pathlib.Path
) -> None:
    found = plan(tmp_path, 'rocky_contract02', target='21', stated=stated)
    assert [release.label for release in found.source] == source
    passed = ['Stein', 'Train', 'Ussuri']
    assert [release.label for release in found.passed] == passed[
        (passed.index(source[0]) + 1 if source[0] in passed else 0) :
    ]
    assert len(found.notes) == notes
    assert found.stated == bool(stated)
    # A database without tables says nothing against it.
    bare = plan(tmp_path, None, target='21', stated='train')
    assert [release.label for release in bare.source] == ['Train']


def test_tables_that_change_are_told_with_their_size(
    tmp_path: pathlib.Path,
) -> None:
    found = plan(
        tmp_path,
        'ussuri_contract01',
        fill=lambda made: [made.add_task(), made.add_task(), made.add_image()],
    )
    # Those that are made have no rows to be read.
    assert found.sizes == (values.Size('tasks', 2, None),)
    assert [
        (step.id, step.branch, step.release, len(step.changes))
        for step in found.revisions
        if step.changes
    ] == [
        ('wallaby_expand01', 'expand', 'Wallaby', 4),
        ('2024_1_expand01', 'expand', '2024.1', 2),
    ]


@pytest.mark.parametrize(
    ('revision', 'statements', 'target', 'said'),
    [
        (
            'rocky_contract02',
            ['DROP TABLE images'],
            '33',
            "the database has tables, and they are not Glance's",
        ),
        (
            'rocky_contract02',
            ["UPDATE alembic_version SET version_num = 'foreign01'"],
            '33',
            'the database is at foreign01. Run',
        ),
        (
            'liberty',
            [text.format(41) for text in MIGRATED],
            '33',
            'the database is at no revision that it names. Run',
        ),
        (
            'train_contract01',
            [],
            '18',
            'the database is at train_contract01, and Stein ends at '
            'rocky_contract02: there is no way back',
        ),
        (
            'rocky_contract02',
            ['ALTER TABLE tasks ADD COLUMN image_id TEXT'],
            '33',
            'the database is at rocky_contract02, and already has column '
            'tasks.image_id, at which db sync would stop. Run',
        ),
        (
            '2024_1_contract01',
            ['DROP TABLE cached_images'],
            '33',
            'the database is at 2024_1_contract01, and lacks table '
            'cached_images. Run',
        ),
    ],
)
def test_there_is_no_way_from_everywhere(
    revision: str,
    statements: list[str],
    target: str,
    said: str,
    tmp_path: pathlib.Path,
) -> None:
    with pytest.raises(errors.Problem) as caught:
        plan(tmp_path, revision, *statements, target=target)
    assert str(caught.value).startswith(said)


def test_a_database_that_cannot_be_read_is_a_problem(
    tmp_path: pathlib.Path,
) -> None:
    (tmp_path / 'text').write_text('x' * 5000)
    said = {}
    for name in ('gone', 'text'):
        text = f'[database]\nconnection = sqlite:///{tmp_path}/{name}\n'
        run = checkers.make(tmp_path, text).run
        with pytest.raises(errors.Problem) as caught:
            planning.make(run, TARGET)
        said[name] = str(caught.value)
    assert 'does not exist' in said['gone']
    assert 'not a database' in said['text']


def test_what_cannot_be_counted_is_estimated(tmp_path: pathlib.Path) -> None:
    with (
        databases.database('sqlite', 'ussuri', tmp_path) as made,
        servers.connect(made.url) as connection,
    ):
        for status in ('success', 'failure', 'failure'):
            made.add_task(status=status)
        found = position.Position(connection, releases.find('33'))
        assert [
            found.count('tasks'),
            found.count('tasks', "status = 'failure'"),
            found.count('tasks', "colour = 'blue'"),
            found.count('nowhere'),
        ] == [(3, True), (2, True), (3, False), (None, False)]


ANALYSE = {
    'sqlite': ['SELECT 1'],
    'mariadb': [
        'ALTER TABLE tasks ROW_FORMAT = COMPRESSED',
        'ANALYZE TABLE tasks',
    ],
    'postgresql': ['ANALYZE tasks, image_tags'],
}


def test_mysql_is_told_from_mariadb() -> None:
    # None is here: what SQLAlchemy takes it for has to do.
    engine = sqlalchemy.create_engine('mysql+pymysql://127.0.0.1')
    about = server.of(typing.cast(sqlalchemy.Connection, engine))
    assert about == migrations.Server('mysql', ())
    assert about.family == 'mysql'


@pytest.mark.parametrize('kind', ANALYSE)
def test_each_server_says_how_large_its_tables_are(
    kind: str, tmp_path: pathlib.Path
) -> None:
    servers.require(kind)
    with (
        databases.database(kind, 'ussuri', tmp_path) as made,
        servers.connect(made.url) as connection,
    ):
        for _ in range(3):
            made.add_task()
        for statement in ANALYSE[kind]:
            made.execute(statement)
        about = server.of(connection)
        sizes = {size.table: size for size in server.sizes(about, connection)}
        said = connection.scalar(
            sqlalchemy.text(
                'SELECT sqlite_version()'
                if kind == 'sqlite'
                else 'SELECT version()'
            )
        )
    tasks, images = sizes['tasks'], sizes['images']
    assert (about.kind, tasks.rows, tasks.compressed, images.compressed) == (
        kind,
        3,
        kind == 'mariadb',
        False,
    )
    assert len(about.version) > 1
    # SQLAlchemy 2.0 adds a 0 to that of MariaDB's.
    assert '.'.join(map(str, about.version[:3])) in said
    # One that nobody analysed may have any number of rows.
    assert sizes['image_tags'].rows == 0
    assert images.rows == (None if kind == 'postgresql' else 0)
    assert [bool(tasks.bytes), tasks.bytes is None] == [
        kind != 'sqlite',
        kind == 'sqlite',
    ]
