# SPDX-License-Identifier: Apache-2.0
"""Tables that are not as Glance makes them, and SQL that mends them."""

import dataclasses
import pathlib

import pytest

from glance_status import results
from glance_status.checks import drift
from tests.functional import command, glance_databases
from tests.unit import checkers

WARNING, FAILURE = results.WARNING, results.FAILURE
UP_TO_DATE = 'up_to_date'


def check(directory: pathlib.Path, url: str) -> list[results.Finding]:
    """Return what the check finds in a database."""
    text = f'[database]\nconnection = {url.replace("$", "$$")}\n'
    checker = checkers.make(directory, text)
    try:
        return drift.check_drift(checker)
    finally:
        checker.close()


def told(findings: list[results.Finding]) -> list[tuple[str, int, str]]:
    return [(item.id, item.result, item.message) for item in findings]


def apply(url: str, remediation: str | None) -> None:
    """Run the statements of a remedy, in its order, over one connection."""
    assert remediation
    assert remediation.startswith('Back up the database')
    _first, _run, statements = remediation.rpartition('run: ')
    with glance_databases.connection(url) as connection:
        for statement in statements.split(';'):
            if statement.strip():
                connection.exec_driver_sql(statement.replace('%', '%%'))


@dataclasses.dataclass(frozen=True)
class Case:
    """What is done to a database, and what is found.

    :param harm: a statement that Glance could not run any more
    """

    statements: dict[str, tuple[str, ...]]
    finding: tuple[str, int, str]
    state: str = UP_TO_DATE
    harm: str | None = None


def everywhere(*statements: str) -> dict[str, tuple[str, ...]]:
    return dict.fromkeys(glance_databases.SERVERS, statements)


IMAGE = (
    'INSERT INTO images (id, status, visibility, created_at, deleted, '
    "min_disk, min_ram, protected, os_hidden) VALUES ('1', 'queued', "
    "'private', '2026-01-01 00:00:00', FALSE, 0, 0, FALSE, FALSE)"
)
TAG = (
    'INSERT INTO image_tags (image_id, value, created_at, deleted) VALUES '
    "('1', 'a', '2026-01-01 00:00:00', FALSE)"
)
MEMBER = (
    'INSERT INTO image_members (image_id, member, can_share, status, '
    "created_at, deleted) VALUES ('1', 'a', FALSE, 'pending', "
    "'2026-01-01 00:00:00', FALSE)"
)

CASES = {
    'column': Case(
        everywhere('ALTER TABLE image_locations DROP COLUMN meta_data'),
        (
            'schema-missing-column',
            FAILURE,
            'Missing: column image_locations(meta_data).',
        ),
        harm="UPDATE image_locations SET meta_data = '{}'",
    ),
    'index': Case(
        {
            'sqlite': ('DROP INDEX ix_image_tags_image_id_tag_value',),
            'mariadb': (
                'ALTER TABLE image_tags DROP INDEX '
                'ix_image_tags_image_id_tag_value',
            ),
            'postgresql': ('DROP INDEX ix_image_tags_image_id_tag_value',),
        },
        (
            'schema-missing-index',
            WARNING,
            'Missing: index on image_tags(image_id, value).',
        ),
    ),
    'index that a migration drops': Case(
        {
            'sqlite': ('DROP INDEX ix_images_is_public',),
            'mariadb': ('ALTER TABLE images DROP INDEX ix_images_is_public',),
            'postgresql': ('DROP INDEX ix_images_is_public',),
        },
        (
            'schema-missing-index',
            FAILURE,
            'Missing: index ix_images_is_public on images(is_public), which a '
            'migration is to drop.',
        ),
        state='behind_mitaka02',
        harm='db sync',
    ),
    'index of a migration to come': Case(
        everywhere('CREATE INDEX created_at_image_idx ON images (created_at)'),
        (
            'schema-later-index',
            FAILURE,
            'Indexes that a migration is going to make: created_at_image_idx '
            'on images(created_at).',
        ),
        state='behind_liberty',
        harm='db sync',
    ),
    'index of a migration to come, on a column of today': Case(
        # On MariaDB the columns are there after a migration that failed.
        dict.fromkeys(
            ('sqlite', 'postgresql'),
            ('CREATE INDEX ix_tasks_image_id ON tasks (type)',),
        ),
        (
            'schema-later-index',
            FAILURE,
            'Indexes that a migration is going to make: ix_tasks_image_id on '
            'tasks(image_id).',
        ),
        state='behind_train_contract01',
        harm='db sync',
    ),
    'unique constraint': Case(
        {
            'sqlite': (
                'DROP TABLE node_reference',
                'CREATE TABLE node_reference (node_reference_id INTEGER NOT '
                'NULL, node_reference_url VARCHAR(255) NOT NULL, PRIMARY KEY '
                '(node_reference_id))',
            ),
            'mariadb': (
                'ALTER TABLE node_reference DROP INDEX '
                'uq_node_reference_node_reference_url',
            ),
            'postgresql': (
                'ALTER TABLE node_reference DROP CONSTRAINT '
                'uq_node_reference_node_reference_url',
            ),
        },
        (
            'schema-missing-constraint',
            WARNING,
            'Missing: unique constraint on '
            'node_reference(node_reference_url).',
        ),
    ),
    'primary key': Case(
        {
            'sqlite': (
                'DROP TABLE task_info',
                'CREATE TABLE task_info (task_id VARCHAR(36) NOT NULL, input '
                'TEXT, result TEXT, message TEXT)',
                "INSERT INTO task_info (task_id) VALUES ('1')",
            ),
            'mariadb': (
                'ALTER TABLE task_info DROP FOREIGN KEY task_info_ibfk_1',
                'ALTER TABLE task_info DROP PRIMARY KEY',
                'ALTER TABLE task_info ADD FOREIGN KEY (task_id) REFERENCES '
                'tasks (id)',
            ),
            'postgresql': (
                'ALTER TABLE task_info DROP CONSTRAINT task_info_pkey',
            ),
        },
        (
            'schema-missing-constraint',
            WARNING,
            'Missing: primary key of task_info(task_id).',
        ),
    ),
    'foreign key': Case(
        {
            'mariadb': (
                'ALTER TABLE image_tags DROP FOREIGN KEY image_tags_ibfk_1',
            ),
            'postgresql': (
                'ALTER TABLE image_tags DROP CONSTRAINT '
                'image_tags_image_id_fkey',
            ),
        },
        (
            'schema-missing-constraint',
            WARNING,
            'Missing: foreign key of image_tags(image_id) to images.',
        ),
    ),
    'narrow string': Case(
        {
            'mariadb': ('ALTER TABLE images MODIFY name VARCHAR(100)',),
            'postgresql': (
                'ALTER TABLE images ALTER COLUMN name TYPE VARCHAR(100)',
            ),
        },
        (
            'schema-column-type',
            FAILURE,
            'Types that differ: images(name) is string(100) and should be '
            'string(255).',
        ),
        harm="UPDATE images SET name = '" + 'n' * 255 + "'",
    ),
    'narrow number': Case(
        {
            'mariadb': ('ALTER TABLE images MODIFY size INTEGER',),
            'postgresql': (
                'ALTER TABLE images ALTER COLUMN size TYPE INTEGER',
            ),
        },
        (
            'schema-column-type',
            FAILURE,
            'Types that differ: images(size) is integer and should be bigint.',
        ),
        harm='UPDATE images SET size = 5000000000',
    ),
    'enum without a value': Case(
        {
            'mariadb': (
                "ALTER TABLE images MODIFY visibility ENUM('private', "
                "'public', 'shared') NOT NULL DEFAULT 'shared'",
            ),
            'postgresql': (
                "CREATE TYPE old_visibility AS ENUM ('private', 'public', "
                "'shared')",
                'ALTER TABLE images ALTER COLUMN visibility DROP DEFAULT',
                'ALTER TABLE images ALTER COLUMN visibility TYPE '
                'old_visibility USING visibility::text::old_visibility',
            ),
        },
        (
            'schema-column-type',
            FAILURE,
            'Types that differ: images(visibility) is '
            'enum(private,public,shared) and should be '
            'enum(private,public,shared,community).',
        ),
        harm="UPDATE images SET visibility = 'community'",
    ),
    'NOT NULL': Case(
        {
            'sqlite': (
                'DROP TABLE image_members',
                'CREATE TABLE image_members (id INTEGER NOT NULL PRIMARY KEY, '
                'image_id VARCHAR(36) NOT NULL, member VARCHAR(255) NOT NULL, '
                'can_share BOOLEAN NOT NULL, created_at DATETIME NOT NULL, '
                'updated_at DATETIME, deleted_at DATETIME NOT NULL, deleted '
                'BOOLEAN NOT NULL, status VARCHAR(20) DEFAULT '
                "'pending' NOT NULL, note TEXT, "
                'UNIQUE (image_id, member, deleted_at))',
                'CREATE INDEX ix_image_members_deleted ON image_members '
                '(deleted)',
                'CREATE INDEX ix_image_members_image_id_member ON '
                'image_members (image_id, member)',
            ),
            'mariadb': (
                'ALTER TABLE image_members MODIFY deleted_at DATETIME NOT '
                'NULL',
                'ALTER TABLE image_members ADD COLUMN note TEXT',
            ),
            'postgresql': (
                'ALTER TABLE image_members ALTER COLUMN deleted_at SET NOT '
                'NULL',
                'ALTER TABLE image_members ADD COLUMN note TEXT',
            ),
        },
        (
            'schema-nullability',
            FAILURE,
            'Columns that differ: image_members(deleted_at) is NOT NULL and '
            'should not be.',
        ),
        harm=MEMBER,
    ),
    'NULL': Case(
        {
            'mariadb': ('ALTER TABLE images MODIFY status VARCHAR(30)',),
            'postgresql': (
                'ALTER TABLE images ALTER COLUMN status DROP NOT NULL',
            ),
        },
        (
            'schema-nullability',
            WARNING,
            'Columns that differ: images(status) takes NULL and should not.',
        ),
    ),
    'counter': Case(
        {
            'sqlite': (
                'DROP TABLE image_tags',
                'CREATE TABLE image_tags (id BIGINT NOT NULL PRIMARY KEY, '
                'image_id VARCHAR(36) NOT NULL, value VARCHAR(255) NOT NULL, '
                'created_at DATETIME NOT NULL, updated_at DATETIME, '
                'deleted_at DATETIME, deleted BOOLEAN NOT NULL)',
                'CREATE INDEX ix_image_tags_image_id ON image_tags (image_id)',
                'CREATE INDEX ix_image_tags_image_id_tag_value ON image_tags '
                '(image_id, value)',
            ),
            'mariadb': ('ALTER TABLE image_tags MODIFY id INTEGER NOT NULL',),
            'postgresql': ('DROP SEQUENCE image_tags_id_seq CASCADE',),
        },
        (
            'schema-counter',
            FAILURE,
            'Ids that do not count up: image_tags(id).',
        ),
        harm=TAG,
    ),
    'column to fill': Case(
        {
            'sqlite': (
                'DROP TABLE image_tags',
                'CREATE TABLE image_tags (id INTEGER NOT NULL PRIMARY KEY, '
                'image_id VARCHAR(36) NOT NULL, value VARCHAR(255) NOT NULL, '
                'created_at DATETIME NOT NULL, updated_at DATETIME, '
                'deleted_at DATETIME, deleted BOOLEAN NOT NULL, '
                'colour VARCHAR(20) NOT NULL)',
                'CREATE INDEX ix_image_tags_image_id ON image_tags (image_id)',
                'CREATE INDEX ix_image_tags_image_id_tag_value ON image_tags '
                '(image_id, value)',
            ),
            'mariadb': (
                'ALTER TABLE image_tags ADD COLUMN colour VARCHAR(20) NOT '
                'NULL',
            ),
            'postgresql': (
                'ALTER TABLE image_tags ADD COLUMN colour VARCHAR(20) NOT '
                'NULL',
            ),
        },
        (
            'schema-unfilled-column',
            FAILURE,
            'Not known to Glance, and NOT NULL without a default: column '
            'image_tags(colour).',
        ),
        harm=TAG,
    ),
    'unique index of others': Case(
        everywhere('CREATE UNIQUE INDEX only_once ON images (name)'),
        (
            'schema-extra-constraint',
            WARNING,
            'Not known to Glance: unique only_once on images(name).',
        ),
    ),
    'engine': Case(
        {
            'mariadb': (
                'ALTER TABLE task_info DROP FOREIGN KEY task_info_ibfk_1',
                'ALTER TABLE task_info ENGINE = Aria',
            ),
        },
        (
            'schema-engine',
            WARNING,
            'Tables without transactions: task_info (aria).',
        ),
    ),
}


@pytest.mark.parametrize(
    ('server', 'name'),
    [
        (server, name)
        for server in glance_databases.SERVERS
        for name, case in CASES.items()
        if server in case.statements
    ],
)
def test_what_is_broken_is_found_and_mended(
    server: str, name: str, tmp_path: pathlib.Path
) -> None:
    case = CASES[name]
    with glance_databases.database(server, case.state) as url:
        assert told(check(tmp_path, url)) == []
        if case.harm and case.harm != 'db sync':
            glance_databases.execute(url, IMAGE)
        glance_databases.execute(url, *case.statements[server])
        before = [item for item in check(tmp_path, url) if item.result]
        assert case.finding in told(before)
        worst = max(item.result for item in before)
        assert worst == case.finding[1]
        assert fails(server, url, case.harm) == (worst == FAILURE)
        for item in before:
            apply(url, item.remediation)
        assert [item for item in check(tmp_path, url) if item.result] == []
        assert not fails(server, url, case.harm)
        if case.state != UP_TO_DATE:
            glance_databases.glance_manage(url, 'db', 'sync')
            assert glance_databases.revisions(url) == [glance_databases.HEAD]


def fails(server: str, url: str, harm: str | None) -> bool:
    """Tell whether what Glance does on such a database fails."""
    if harm is None:
        return False
    if harm == 'db sync':
        done = glance_databases.glance_manage(url, 'db', 'sync')
        return done.returncode != 0
    try:
        glance_databases.execute(url, harm)
    except Exception:
        return True
    return False


@pytest.mark.parametrize('server', glance_databases.SERVERS)
def test_what_others_added_is_a_note(
    server: str, tmp_path: pathlib.Path
) -> None:
    with glance_databases.database(server, UP_TO_DATE) as url:
        glance_databases.execute(
            url,
            'CREATE TABLE billing (id INTEGER)',
            'CREATE TABLE audit (id INTEGER)',
            'ALTER TABLE images ADD COLUMN cost INTEGER',
            'CREATE INDEX by_name ON images (name)',
        )
        assert told(check(tmp_path, url)) == [
            (
                'schema-extra',
                results.SUCCESS,
                'Not known to Glance: column images(cost); index by_name on '
                'images(name).',
            ),
            (
                'schema-extra',
                results.SUCCESS,
                'Tables that are not known to Glance: audit, billing.',
            ),
        ]


@pytest.mark.parametrize('server', ['mariadb', 'postgresql'])
def test_what_is_wider_or_has_another_name_is_no_drift(
    server: str, tmp_path: pathlib.Path
) -> None:
    statements = {
        'mariadb': (
            'ALTER TABLE images MODIFY name VARCHAR(300)',
            'ALTER TABLE image_locations MODIFY value MEDIUMTEXT NOT NULL',
            'ALTER TABLE images MODIFY min_disk BIGINT NOT NULL',
            'ALTER TABLE images RENAME INDEX owner_image_idx TO owner_idx',
            # The unique key on image_id and name begins with it.
            'ALTER TABLE image_properties DROP INDEX '
            'ix_image_properties_image_id',
        ),
        'postgresql': (
            'ALTER TABLE images ALTER COLUMN name TYPE TEXT',
            'ALTER TABLE images ALTER COLUMN min_disk TYPE BIGINT',
            'ALTER INDEX owner_image_idx RENAME TO owner_idx',
            'DROP INDEX ix_image_properties_image_id',
        ),
    }
    with glance_databases.database(server, UP_TO_DATE) as url:
        glance_databases.execute(url, *statements[server])
        assert told(check(tmp_path, url)) == []


def test_rows_stay_when_sqlite_copies_a_table(
    tmp_path: pathlib.Path,
) -> None:
    with glance_databases.database('sqlite', UP_TO_DATE) as url:
        glance_databases.execute(url, IMAGE, TAG)
        glance_databases.execute(
            url, *CASES['column to fill'].statements['sqlite']
        )
        (finding,) = check(tmp_path, url)
        apply(url, finding.remediation)
        glance_databases.execute(url, TAG)
        assert glance_databases.query(
            url, 'SELECT image_id, value FROM image_tags'
        ) == [('1', 'a')]


def test_the_row_of_the_report(
    tmp_path: pathlib.Path,
) -> None:
    with glance_databases.database('sqlite', UP_TO_DATE) as url:
        glance_databases.execute(
            url, 'DROP INDEX ix_images_deleted', 'DROP INDEX ix_tasks_type'
        )
        conf = command.deployment(tmp_path, url)
        completed = command.run(
            '--config-file', conf, 'upgrade', 'check',
            '--check', 'schema-drift', '--json',
        )  # fmt: skip
    (row,) = command.document(completed)['checks']
    assert completed.code == 1
    assert row == {
        'check': 'Schema drift',
        'result': 1,
        'details': 'Missing: index on images(deleted); index on tasks(type). '
        'Back up the database and run: CREATE INDEX ix_images_deleted ON '
        'images (deleted); CREATE INDEX ix_tasks_type ON tasks (type);',
        'id': 'schema-drift',
        'plugin': 'glance',
        'duration': 0.0,
        'findings': [
            {
                'id': 'schema-missing-index',
                'result': 1,
                'message': 'Missing: index on images(deleted); index on '
                'tasks(type).',
                'remediation': 'Back up the database and run: CREATE INDEX '
                'ix_images_deleted ON images (deleted); CREATE INDEX '
                'ix_tasks_type ON tasks (type);',
                'since': None,
                'reference': None,
                'affected': {
                    'count': 2,
                    'sample': [
                        'index on images(deleted)',
                        'index on tasks(type)',
                    ],
                },
                'state': 'active',
                'waiver': None,
            }
        ],
    }


@pytest.mark.parametrize(
    'state', ['empty', 'foreign', 'unstamped', 'unknown_revision']
)
def test_nothing_to_compare_with(state: str, tmp_path: pathlib.Path) -> None:
    with glance_databases.database('sqlite', state) as url:
        conf = command.deployment(tmp_path, url)
        completed = command.run(
            '--config-file', conf, 'upgrade', 'check',
            '--check', 'schema-drift', '--json',
        )  # fmt: skip
    document = command.document(completed)
    assert completed.code == 0
    assert [
        (row['cause'], row['reason'])
        for row in document['not_run']
        if row['id'] == 'schema-drift'
    ] == [
        (
            'inapplicable',
            {
                'empty': 'the database has no table images',
                'foreign': 'the database has no table images',
                'unstamped': 'the database does not say at which revision it '
                'is',
                'unknown_revision': 'the database is at a revision that no '
                'known release has',
            }[state],
        )
    ]
