# SPDX-License-Identifier: Apache-2.0
"""What servers say of the tables that they have."""

import pytest
import sqlalchemy
from sqlalchemy import exc

from glance_status import complaints, schema, waypoints
from tests.functional import glance_databases
from tests.functional.test_database import account

SERVERS = pytest.mark.parametrize('server', glance_databases.SERVERS)
MADE = (
    'CREATE TABLE images (id CHAR(9), name CHAR(9))',
    'CREATE TABLE others (id CHAR(9))',
    'CREATE INDEX by_name ON images (name)',
    'CREATE INDEX by_id ON others (id)',
)


@SERVERS
def test_tables_and_those_columns_that_are_wanted(server: str) -> None:
    with glance_databases.database(server) as url:
        glance_databases.execute(url, *MADE)
        with glance_databases.connection(url) as connection:
            assert schema.table_names(connection) == {'images', 'others'}
            assert schema.read(connection) == schema.Schema(
                frozenset({'images', 'others'}), {}, (), None
            )
            assert schema.read(connection, ['images', 'gone']) == (
                schema.Schema(
                    frozenset({'images', 'others'}),
                    {'images': frozenset({'id', 'name'})},
                    (),
                    None,
                )
            )
            assert schema.revisions(connection) == ()
            assert schema.indexes(connection, ['images']) == {'by_name'}


@SERVERS
def test_the_revisions_that_two_tools_left(server: str) -> None:
    with glance_databases.database(server) as url:
        glance_databases.execute(
            url,
            'CREATE TABLE alembic_version (version_num VARCHAR(32))',
            "INSERT INTO alembic_version VALUES ('b'), (NULL), ('a')",
            'CREATE TABLE migrate_version (version INTEGER)',
            'INSERT INTO migrate_version VALUES (44), (45)',
        )
        with glance_databases.connection(url) as connection:
            assert schema.revisions(connection) == ('a', 'b')
            assert schema.read(connection) == schema.Schema(
                frozenset({'alembic_version', 'migrate_version'}),
                {},
                ('a', 'b'),
                45,
            )


@SERVERS
def test_columns_that_are_missing(server: str) -> None:
    images = sqlalchemy.table('images')
    gone = sqlalchemy.table('gone')
    with glance_databases.database(server) as url:
        glance_databases.execute(url, *MADE)
        with glance_databases.connection(url) as connection:
            found = [
                schema.missing_columns(connection, images, {'id', 'size'}),
                schema.missing_columns(connection, images, {'id'}),
                schema.missing_columns(connection, gone, {'id'}),
            ]
    assert found == [{'size'}, set(), None]


def test_triggers_of_the_images() -> None:
    name, other = waypoints.TRIGGERS
    each = 'FOR EACH ROW SET @nothing = 1'
    with glance_databases.database('mariadb') as url:
        glance_databases.execute(
            url,
            *MADE,
            f'CREATE TRIGGER {name} BEFORE INSERT ON images {each}',
            f'CREATE TRIGGER {other} BEFORE INSERT ON others {each}',
        )
        with glance_databases.connection(url) as connection:
            assert schema.triggers(connection) == {name}


@SERVERS
def test_a_table_that_is_not_there_is_not_hidden(server: str) -> None:
    with glance_databases.database(server) as url:
        glance_databases.execute(url, *MADE)
        with glance_databases.connection(url) as connection:
            schema.raise_if_hidden(connection, ['gone', 'images'])
            assert schema.table_names(connection) == {'images', 'others'}


def test_mariadb_hides_what_a_user_may_not_read() -> None:
    with (
        glance_databases.database('mariadb') as url,
        account('mariadb', url, 'plain', grant='') as mine,
    ):
        user = sqlalchemy.make_url(mine).username
        name = sqlalchemy.make_url(mine).database
        glance_databases.execute(
            url, *MADE, f"GRANT SELECT ON {name}.images TO '{user}'@'%'"
        )
        with glance_databases.connection(mine) as connection:
            assert schema.table_names(connection) == {'images'}
            schema.raise_if_hidden(connection, ['images'])
            with pytest.raises(exc.DBAPIError) as caught:
                schema.raise_if_hidden(connection, ['others', 'images'])
    assert complaints.reason(caught.value) == (
        f"SELECT command denied to user '{user}'@'localhost' for table "
        f'`{name}`.`others` (1142)'
    )


def test_postgresql_lists_what_a_user_may_not_read() -> None:
    with (
        glance_databases.database('postgresql') as url,
        account('postgresql', url, 'plain') as mine,
    ):
        glance_databases.execute(url, *MADE)
        with glance_databases.connection(mine) as connection:
            assert schema.table_names(connection) == {'images', 'others'}
            # So that what is not listed is not there.
            schema.raise_if_hidden(connection, ['others'])
