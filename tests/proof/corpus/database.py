# SPDX-License-Identifier: Apache-2.0
"""Databases that something is wrong with."""

from tests.proof.corpus.change import Change, default, option

IMAGES = (
    'INSERT INTO images (id, status, is_public, created_at, deleted, '
    "protected, min_disk, min_ram) VALUES ('a', 'active', '1', "
    "'2020-01-01 00:00:00', '0', '0', 0, 0)",
)
DROP_INDEX = 'DROP INDEX os_hidden_image_idx'
DROP_COLUMN = 'ALTER TABLE images DROP COLUMN os_hidden'
ADD_COLUMN = 'ALTER TABLE image_tags ADD COLUMN mine VARCHAR(9) NOT NULL'

HAZARDS = (
    *(
        Change(
            f'a database at {head}', ('db-revision',), state=f'behind_{head}'
        )
        for head in (
            'rocky_contract02',
            'train_contract01',
            'wallaby_contract01',
            '2023_1_contract01',
        )
    ),
    Change('a new database', ('db-empty',), state='empty'),
    Change(
        'a database that is expanded',
        ('db-not-contracted',),
        state='expanded',
    ),
    Change(
        'a database that is not contracted',
        ('db-not-contracted',),
        state='migrated',
    ),
    Change(
        'a database of before alembic', ('db-premigrate',), state='pre_alembic'
    ),
    Change(
        'a database of before alembic, with images',
        ('db-premigrate',),
        state='pre_alembic',
        sql=IMAGES,
    ),
    Change(
        'a database of before Ocata, with images',
        ('db-visibility',),
        state='behind_liberty',
        sql=IMAGES,
    ),
    Change(
        'a database of before Ocata',
        ('db-visibility',),
        state='behind_mitaka02',
    ),
    Change(
        'a database without a revision', ('db-unstamped',), state='unstamped'
    ),
    Change(
        'a database with an empty revision',
        ('db-unstamped',),
        state='unstamped_empty',
    ),
    Change('the revision ocata01', ('db-ocata01',), state='ocata01'),
    Change('the revision pike01', ('db-ocata01',), state='pike01'),
    Change(
        'an unknown revision', ('db-unknown-rev',), state='unknown_revision'
    ),
    Change("another service's database", ('db-foreign',), state='foreign'),
    Change(
        "another service's database, with alembic",
        ('db-foreign',),
        state='foreign_alembic',
    ),
    Change(
        'a migration that was applied half',
        ('db-half-applied',),
        state='half_applied',
    ),
    Change(
        'migrations that were applied and not written down',
        ('db-half-applied',),
        state='half_applied_all',
    ),
    Change(
        'a column is missing',
        ('schema-missing-column',),
        sql={
            'sqlite': (DROP_INDEX, DROP_COLUMN),
            # Their indices go with the column.
            'mysql': (DROP_COLUMN,),
            'postgresql': (DROP_COLUMN,),
        },
    ),
    Change(
        'a column that Glance does not know',
        ('schema-extra',),
        sql=('ALTER TABLE images ADD COLUMN mine VARCHAR(9)',),
    ),
    Change(
        'a column that Glance does not fill',
        ('schema-unfilled-column',),
        sql={
            # It adds no such column to a table that is there.
            'sqlite': (
                'DROP TABLE image_tags',
                'CREATE TABLE image_tags (id INTEGER NOT NULL PRIMARY KEY, '
                'image_id VARCHAR(36) NOT NULL, value VARCHAR(255) NOT NULL, '
                'created_at DATETIME NOT NULL, updated_at DATETIME, '
                'deleted_at DATETIME, deleted BOOLEAN NOT NULL, '
                'mine VARCHAR(9) NOT NULL)',
            ),
            'mysql': (ADD_COLUMN,),
            'postgresql': (ADD_COLUMN,),
        },
    ),
    Change(
        'an index is missing',
        ('schema-missing-index',),
        sql={
            'sqlite': (DROP_INDEX,),
            'mysql': (f'{DROP_INDEX} ON images',),
            'postgresql': (DROP_INDEX,),
        },
    ),
    Change(
        'a constraint that Glance does not know',
        ('schema-extra-constraint',),
        sql=('CREATE UNIQUE INDEX mine ON images (name)',),
    ),
    Change(
        'an index of a later migration',
        ('schema-later-index',),
        state='behind_train_contract01',
        sql=('CREATE INDEX ix_tasks_image_id ON tasks (type)',),
    ),
    Change(
        'a table that Glance does not know',
        ('schema-extra',),
        sql=('CREATE TABLE mine (id INTEGER)',),
    ),
    Change(
        'no connection',
        ('db-connection',),
        sections=option('database', 'connection', None),
    ),
    Change(
        'the connection under its old name',
        ('db-connection',),
        sections={
            'database': {'connection': None},
            'DEFAULT': {'sql_connection': 'sqlite:///{path}/old.sqlite'},
        },
    ),
    Change(
        'a driver of databases that is gone',
        ('db-driver-url',),
        sections=option(
            'database', 'connection', 'postgres://a:b@127.0.0.1/c'
        ),
    ),
    Change(
        'a connection that is no URL',
        ('db-driver-url',),
        sections=option('database', 'connection', 'glance'),
    ),
    Change(
        'old names of database options',
        ('db-alias-opts',),
        sections=default(sql_idle_timeout='3600', sql_max_retries='10'),
    ),
)
