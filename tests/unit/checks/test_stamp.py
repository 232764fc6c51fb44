# SPDX-License-Identifier: Apache-2.0
"""Databases from which db sync cannot start, and how it can."""

import pathlib
import typing

import pytest
import sqlalchemy

from glance_status import context
from glance_status.checks import revision
from glance_status.testing import schemas
from tests.unit import checkers

STAMPS = 'CREATE TABLE alembic_version (version_num VARCHAR(32))'
UNSTAMP = 'DELETE FROM alembic_version'
IMAGE = (
    'INSERT INTO images (id, status, is_public, created_at, deleted, '
    "min_disk, min_ram, protected) VALUES ('1', 'queued', FALSE, "
    "'2016-01-01 00:00:00', FALSE, 0, 0, FALSE)"
)
VISIBLE = IMAGE.replace('is_public', 'visibility').replace(
    'FALSE', "'shared'", 1
)


def at(*names: str) -> list[str]:
    """Return what makes a database one at some revisions."""
    return [
        UNSTAMP,
        *(f"INSERT INTO alembic_version VALUES ('{name}')" for name in names),
    ]


def migrate(version: int) -> list[str]:
    """Return what makes a database one of sqlalchemy-migrate."""
    return [
        'DROP TABLE alembic_version',
        'CREATE TABLE migrate_version (version INTEGER)',
        f'INSERT INTO migrate_version VALUES ({version})',
    ]


# In their order of the alphabet.
TABLES = (
    *('image_locations', 'image_members', 'image_properties', 'image_tags'),
    *('metadef_namespace_resource_types', 'metadef_namespaces'),
    *('metadef_objects', 'metadef_properties', 'metadef_resource_types'),
    *('metadef_tags', 'task_info', 'tasks'),
)

ARTIFACTS = (
    *('table artifact_blob_locations', 'table artifact_blobs'),
    *('table artifact_dependencies', 'table artifact_properties'),
    *('table artifact_tags', 'table artifacts'),
)


class Said(typing.NamedTuple):
    """A finding; without a remediation it has that of its kind."""

    id: str
    result: int
    message: str
    remediation: str | None = None
    affected: tuple[int, tuple[str, ...]] | None = None


class Case(typing.NamedTuple):
    """A database, and what is said of it.

    :param made: the revision whose tables it has; None for none
    :param statements: what changes it further
    """

    made: str | None
    statements: tuple[str, ...]
    said: list[Said]
    target: str = '33'
    before: context.Before = 'sync'


def judge(directory: pathlib.Path, case: Case) -> list[Said]:
    """Return what is said but that there are revisions to go."""
    url = f'sqlite:///{directory}/glance.sqlite'
    engine = sqlalchemy.create_engine(url)
    with engine.begin() as connection:
        # An empty file is no database yet.
        connection.exec_driver_sql('CREATE TABLE x (id INTEGER)')
        connection.exec_driver_sql('DROP TABLE x')
        if case.made:
            schemas.create(connection, case.made)
        for statement in case.statements:
            connection.exec_driver_sql(statement)
    engine.dispose()
    checker = checkers.make(
        directory,
        f'[database]\nconnection = {url}\n',
        target=case.target,
        before=case.before,
    )
    try:
        findings = revision.check_revision(checker)
    finally:
        checker.close()
    usual = {
        kind.id: kind.remediation
        for check in revision.CHECKS
        for kind in check.kinds
    }
    return [
        Said(
            item.id,
            item.result,
            item.message,
            None if item.remediation == usual[item.id] else item.remediation,
            (item.affected.count, item.affected.sample)
            if item.affected
            else None,
        )
        for item in findings
        if item.id != 'db-revision'
    ]


NOWHERE = [
    # Nothing is in it.
    Case(
        None,
        (),
        [
            Said('db-empty', 1, 'The database has no tables.'),
        ],
    ),
    # New services would find nothing.
    Case(
        None,
        (),
        [
            Said('db-empty', 2, 'The database has no tables.'),
        ],
        before='restart',
    ),
    # A stamp without a row is none.
    Case(
        None,
        (STAMPS,),
        [
            Said('db-empty', 1, 'The database has no tables.'),
        ],
    ),
    # Ten of the tables are named.
    Case(
        None,
        tuple(f'CREATE TABLE t{n} (id INTEGER)' for n in range(10, 22)),
        [
            Said(
                'db-foreign',
                2,
                ('The database has tables, and none of them is images.'),
                None,
                (12, tuple(f't{n}' for n in range(10, 20))),
            ),
        ],
    ),
    # Others use alembic as well.
    Case(
        None,
        (
            'CREATE TABLE t (id INTEGER)',
            STAMPS,
            ("INSERT INTO alembic_version VALUES ('zzz'), ('abc')"),
        ),
        [
            Said(
                'db-foreign',
                2,
                (
                    'The database is at the revision abc, zzz, which '
                    'is not one of Glance, and has no table images.'
                ),
            ),
        ],
    ),
    Case(
        '2023_1_contract01',
        (*at('zzz', 'abc'),),
        [
            Said(
                'db-unknown-rev',
                2,
                (
                    'The database is at the revision abc, zzz, which '
                    'no release up to 2026.2 Hibiscus has.'
                ),
            ),
        ],
    ),
    # An old name, where it is understood and where not.
    Case(
        'pike_contract01',
        (*at('pike01'),),
        [
            Said(
                'db-ocata01',
                0,
                (
                    'The database is at the revision pike01. 2023.1 '
                    'Antelope renames it; from 27.0.0 on no release '
                    'does.'
                ),
                'Run `glance-manage db sync`.',
            ),
        ],
        target='26',
    ),
    Case(
        'pike_contract01',
        (*at('pike01'),),
        [
            Said(
                'db-ocata01',
                2,
                'The database is at the revision pike01.',
                (
                    'Back up the database, then: UPDATE '
                    'alembic_version SET version_num = '
                    "'pike_contract01' WHERE version_num = 'pike01'; "
                    'then `glance-manage db sync`.'
                ),
            ),
        ],
        target='27',
    ),
    Case(
        'pike_contract01',
        (*at('pike01', 'ocata01'),),
        [
            Said(
                'db-ocata01',
                2,
                'The database is at the revision ocata01, pike01.',
                (
                    'Back up the database, then: UPDATE '
                    'alembic_version SET version_num = '
                    "'ocata_contract01' WHERE version_num = 'ocata01'; "
                    'then UPDATE alembic_version SET version_num = '
                    "'pike_contract01' WHERE version_num = 'pike01'; "
                    'then `glance-manage db sync`.'
                ),
            ),
        ],
    ),
    # Whose tables they are is seen.
    Case(
        'train_contract01',
        (UNSTAMP,),
        [
            Said(
                'db-unstamped',
                2,
                (
                    'The database has the tables of Glance, and '
                    'alembic_version does not say at which revision '
                    'they are. They are those of rocky_contract02.'
                ),
                (
                    'Back up the database, then: `glance-manage db '
                    'version_control --version rocky_contract02` then '
                    '`glance-manage db sync`.'
                ),
            ),
        ],
    ),
    Case(
        '2024_1_contract01',
        (UNSTAMP,),
        [
            Said(
                'db-unstamped',
                2,
                (
                    'The database has the tables of Glance, and '
                    'alembic_version does not say at which revision '
                    'they are. They are those of 2024_1_contract01.'
                ),
                (
                    'Check --target and [database] connection. A '
                    'database that a newer release upgraded goes back '
                    'only by its backup.'
                ),
            ),
        ],
        target='27',
    ),
    Case(
        'train_contract01',
        (
            UNSTAMP,
            'DROP TABLE tasks',
        ),
        [
            Said(
                'db-unstamped',
                2,
                (
                    'The database has the tables of Glance, and '
                    'alembic_version does not say at which revision '
                    'they are.'
                ),
            ),
        ],
    ),
    # sqlalchemy-migrate, where it is understood and where not.
    Case(
        'mitaka02',
        (*migrate(44),),
        [
            Said(
                'db-premigrate',
                0,
                (
                    'The database is at version 44 of '
                    'sqlalchemy-migrate, which Wallaby takes for '
                    'mitaka02.'
                ),
                'Run `glance-manage db sync`.',
            ),
        ],
        target='22',
    ),
    Case(
        'mitaka02',
        (*migrate(44),),
        [
            Said(
                'db-premigrate',
                2,
                (
                    'The database is at version 44 of '
                    'sqlalchemy-migrate, which no release from 23.0.0 '
                    'on understands.'
                ),
                (
                    'Back up the database, then: `glance-manage db '
                    'version_control --version mitaka02` then '
                    '`glance-manage db sync`.'
                ),
            ),
        ],
        target='23',
    ),
    # With an image, which has no visibility yet.
    Case(
        'mitaka01',
        (
            *migrate(43),
            IMAGE,
        ),
        [
            Said(
                'db-premigrate',
                2,
                (
                    'The database is at version 43 of '
                    'sqlalchemy-migrate, which no release from 23.0.0 '
                    'on understands.'
                ),
                (
                    'Back up the database, then: `glance-manage db '
                    'version_control --version mitaka01` then '
                    '`glance-manage db upgrade --version '
                    'ocata_expand01` then UPDATE images SET '
                    "visibility='public' WHERE is_public; then UPDATE "
                    "images SET visibility='private' WHERE NOT "
                    'is_public AND visibility IS NULL; then UPDATE '
                    "images SET visibility='shared' WHERE "
                    "visibility='private' AND id IN (SELECT image_id "
                    'FROM image_members WHERE NOT deleted); then '
                    '`glance-manage db sync`.'
                ),
            ),
        ],
    ),
    Case(
        'ocata_contract01',
        (*migrate(45),),
        [
            Said(
                'db-premigrate',
                2,
                (
                    'The database is at version 45 of '
                    'sqlalchemy-migrate, which no release from 23.0.0 '
                    'on understands.'
                ),
                (
                    'Back up the database, then: `glance-manage db '
                    'version_control --version ocata_contract01` then '
                    '`glance-manage db sync`.'
                ),
            ),
        ],
    ),
    Case(
        'ocata_contract01',
        (
            *migrate(45),
            VISIBLE,
        ),
        [
            Said(
                'db-premigrate',
                2,
                (
                    'The database is at version 45 of '
                    'sqlalchemy-migrate, which no release from 23.0.0 '
                    'on understands.'
                ),
                (
                    'Back up the database, then: `glance-manage db '
                    'version_control --version ocata_contract01` then '
                    '`glance-manage db sync`.'
                ),
            ),
        ],
    ),
    Case(
        'liberty',
        (*migrate(41),),
        [
            Said(
                'db-premigrate',
                2,
                (
                    'The database is at version 41 of '
                    'sqlalchemy-migrate, which no release from 23.0.0 '
                    'on understands.'
                ),
                (
                    'Upgrade it with the code of Liberty, or restore '
                    'the backup of a database that was: later releases '
                    'take it from there.'
                ),
            ),
        ],
        target='22',
    ),
]


@pytest.mark.parametrize('case', NOWHERE)
def test_what_is_said_of_a_database_that_is_nowhere(
    case: Case, tmp_path: pathlib.Path
) -> None:
    assert judge(tmp_path, case) == case.said


HALF = [
    # The next revision was made.
    Case(
        'wallaby_contract01',
        (*at('ussuri_contract01'),),
        [
            Said(
                'db-half-applied',
                2,
                (
                    'At ussuri_contract01 this is what the database '
                    'should not have, and does: column tasks.image_id, '
                    'column tasks.request_id, column tasks.user_id.'
                ),
                (
                    'Back up the database, then: `glance-manage db '
                    'version_control --version wallaby_contract01` '
                    'then `glance-manage db sync`.'
                ),
                (
                    3,
                    (
                        'column tasks.image_id',
                        'column tasks.request_id',
                        'column tasks.user_id',
                    ),
                ),
            ),
        ],
    ),
    # The target does not know that one.
    Case(
        'wallaby_contract01',
        (*at('ussuri_contract01'),),
        [
            Said(
                'db-half-applied',
                2,
                (
                    'At ussuri_contract01 this is what the database '
                    'should not have, and does: column tasks.image_id, '
                    'column tasks.request_id, column tasks.user_id.'
                ),
                (
                    'Back up the database, then: DROP INDEX IF EXISTS '
                    'ix_tasks_image_id; then ALTER TABLE tasks DROP '
                    'COLUMN image_id; then ALTER TABLE tasks DROP '
                    'COLUMN request_id; then ALTER TABLE tasks DROP '
                    'COLUMN user_id; then `glance-manage db sync`.'
                ),
                (
                    3,
                    (
                        'column tasks.image_id',
                        'column tasks.request_id',
                        'column tasks.user_id',
                    ),
                ),
            ),
        ],
        target='20',
    ),
    # A part of it was made.
    Case(
        '2024_1_contract01',
        (
            'ALTER TABLE tasks DROP COLUMN user_id',
            *at('ussuri_contract01'),
        ),
        [
            Said(
                'db-half-applied',
                2,
                (
                    'At ussuri_contract01 this is what the database '
                    'should not have, and does: column tasks.image_id, '
                    'column tasks.request_id, table cached_images, '
                    'table node_reference.'
                ),
                (
                    'Back up the database, then: DROP INDEX IF EXISTS '
                    'ix_tasks_image_id; then ALTER TABLE tasks DROP '
                    'COLUMN image_id; then ALTER TABLE tasks DROP '
                    'COLUMN request_id; then DROP TABLE cached_images; '
                    'then DROP TABLE node_reference; then '
                    '`glance-manage db sync`.'
                ),
                (
                    4,
                    (
                        'column tasks.image_id',
                        'column tasks.request_id',
                        'table cached_images',
                        'table node_reference',
                    ),
                ),
            ),
        ],
    ),
    # A column that a revision dropped, with its index.
    Case(
        'rocky_contract02',
        ('ALTER TABLE images ADD is_public BOOLEAN',),
        [
            Said(
                'db-half-applied',
                2,
                (
                    'At rocky_contract02 this is what the database '
                    'should not have, and does: column '
                    'images.is_public.'
                ),
                (
                    'Back up the database, then: DROP INDEX IF EXISTS '
                    'ix_images_is_public; then ALTER TABLE images DROP '
                    'COLUMN is_public; then `glance-manage db sync`.'
                ),
                (
                    1,
                    ('column images.is_public',),
                ),
            ),
        ],
    ),
    # A column is missing.
    Case(
        '2023_1_contract01',
        ('ALTER TABLE tasks DROP COLUMN user_id',),
        [
            Said(
                'db-half-applied',
                2,
                (
                    'At 2023_1_contract01 this is what the database '
                    'should have and does not: column tasks.user_id.'
                ),
                None,
                (
                    1,
                    ('column tasks.user_id',),
                ),
            ),
        ],
    ),
    # Tables are missing: an older revision is what there is.
    Case(
        '2023_1_contract01',
        (*at('2024_1_contract01'),),
        [
            Said(
                'db-half-applied',
                2,
                (
                    'At 2024_1_contract01 this is what the database '
                    'should have and does not: table cached_images, '
                    'table node_reference.'
                ),
                (
                    'Back up the database, then: `glance-manage db '
                    'version_control --version wallaby_contract01` '
                    'then `glance-manage db sync`.'
                ),
                (
                    2,
                    (
                        'table cached_images',
                        'table node_reference',
                    ),
                ),
            ),
        ],
    ),
    # It is, but for an index.
    Case(
        '2023_1_contract01',
        (
            'DROP INDEX ix_tasks_image_id',
            *at('2024_1_contract01'),
        ),
        [
            Said(
                'db-half-applied',
                2,
                (
                    'At 2024_1_contract01 this is what the database '
                    'should have and does not: table cached_images, '
                    'table node_reference.'
                ),
                (
                    'Back up the database, then: `glance-manage db '
                    'version_control --version 2023_1_contract01` then '
                    '`glance-manage db sync`.'
                ),
                (
                    2,
                    (
                        'table cached_images',
                        'table node_reference',
                    ),
                ),
            ),
        ],
    ),
    # It is a newer one, but for an index: nobody knows what was done.
    Case(
        'pike_contract01',
        ('DROP INDEX visibility_image_idx', *at('ocata_contract01')),
        [
            Said(
                'db-half-applied',
                2,
                'At ocata_contract01 this is what the database should have '
                f'and does not: {", ".join(ARTIFACTS)}.',
                None,
                (6, ARTIFACTS),
            ),
        ],
    ),
    # It is, but for a table that the next one makes.
    Case(
        '2024_1_contract01',
        ('DROP TABLE cached_images',),
        [
            Said(
                'db-half-applied',
                2,
                (
                    'At 2024_1_contract01 this is what the database '
                    'should have and does not: table cached_images.'
                ),
                (
                    'Back up the database, then: `glance-manage db '
                    'version_control --version 2023_1_contract01` then '
                    'DROP TABLE node_reference; then `glance-manage db '
                    'sync`.'
                ),
                (
                    1,
                    ('table cached_images',),
                ),
            ),
        ],
    ),
    # It is, but for a column, which may hold something.
    Case(
        '2024_1_contract01',
        (
            'DROP TABLE cached_images',
            'ALTER TABLE images ADD is_public BOOLEAN',
        ),
        [
            Said(
                'db-half-applied',
                2,
                (
                    'At 2024_1_contract01 this is what the database '
                    'should have and does not: table cached_images.'
                ),
                None,
                (
                    1,
                    ('table cached_images',),
                ),
            ),
            Said(
                'db-half-applied',
                2,
                (
                    'At 2024_1_contract01 this is what the database '
                    'should not have, and does: column '
                    'images.is_public.'
                ),
                None,
                (
                    1,
                    ('column images.is_public',),
                ),
            ),
        ],
    ),
    # Ten of what is missing are counted by name.
    Case(
        '2024_1_contract01',
        tuple(f'DROP TABLE {name}' for name in reversed(TABLES)),
        [
            Said(
                'db-half-applied',
                2,
                (
                    'At 2024_1_contract01 this is what the database '
                    'should have and does not: table image_locations, '
                    'table image_members, table image_properties, '
                    'table image_tags, table '
                    'metadef_namespace_resource_types, table '
                    'metadef_namespaces, table metadef_objects, table '
                    'metadef_properties, table metadef_resource_types, '
                    'table metadef_tags, table task_info, table tasks.'
                ),
                None,
                (12, tuple(f'table {name}' for name in TABLES[:10])),
            ),
        ],
    ),
]


@pytest.mark.parametrize('case', HALF)
def test_what_was_done_by_half_is_taken_back_or_gone_on_with(
    case: Case, tmp_path: pathlib.Path
) -> None:
    assert judge(tmp_path, case) == case.said
