# SPDX-License-Identifier: Apache-2.0
"""Tables and columns against those that revisions make."""

import pytest
import sqlalchemy

from glance_status import schema
from glance_status.releases import chain, layouts
from glance_status.testing import schemas

HEAD = '2024_1_contract01'
# What takes them from a database; their names differ from server to server.
FIRST_INDEXES = tuple(
    f'DROP INDEX {name}'
    for table in ('images', 'tasks')
    for name in layouts.expected('sqlite', ['liberty'])[table].indexes.values()
)


def live(revision: str, *statements: str) -> schema.Schema:
    """Return the schema of a database that a revision made.

    :param statements: change it further
    """
    engine = sqlalchemy.create_engine('sqlite://')
    with engine.begin() as connection:
        schemas.create(connection, revision)
        for statement in statements:
            connection.exec_driver_sql(statement)
        return schema.read(connection, chain.growing())


def column(table: str, name: str) -> chain.SchemaObject:
    return chain.SchemaObject('column', table, name)


def table(name: str) -> chain.SchemaObject:
    return chain.SchemaObject('table', name, name)


@pytest.mark.parametrize('step', chain.revisions(), ids=lambda step: step.id)
def test_what_a_revision_made_is_no_different(step: chain.Revision) -> None:
    found = schema.difference([step.id], live(step.id))
    assert found == schema.Difference((), ())
    assert not found


def test_what_is_missing_and_what_is_too_much() -> None:
    found = schema.difference(
        [HEAD],
        live(
            HEAD,
            'DROP TABLE tasks',
            'DROP TABLE image_members',
            'DROP INDEX os_hidden_image_idx',
            'ALTER TABLE images DROP COLUMN os_hidden',
            # Into it nobody looks.
            'ALTER TABLE image_locations DROP COLUMN meta_data',
            # That Pike dropped it hurts nobody.
            'CREATE TABLE artifacts (id INTEGER)',
            'ALTER TABLE images ADD COLUMN is_public BOOLEAN',
            'ALTER TABLE images ADD COLUMN mine INTEGER',
            'CREATE TABLE mine (id INTEGER)',
        ),
    )
    # Of a table that is gone no column is named.
    assert found == schema.Difference(
        (
            column('images', 'os_hidden'),
            table('image_members'),
            table('tasks'),
        ),
        (column('images', 'is_public'),),
    )
    assert found


def test_either_is_a_difference() -> None:
    item = table('tasks')
    assert bool(schema.Difference((item,), ()))
    assert bool(schema.Difference((), (item,)))


def test_what_a_later_revision_makes_is_too_much() -> None:
    found = schema.difference(['2023_1_contract01'], live(HEAD))
    assert found == schema.Difference(
        (), (table('cached_images'), table('node_reference'))
    )


def test_a_column_of_a_table_that_nobody_looked_into_may_be_there() -> None:
    found = live(HEAD)._replace(columns={})
    assert schema.difference([HEAD], found) == schema.Difference((), ())


@pytest.mark.parametrize(
    ('made', 'statements', 'fitting'),
    [
        ('liberty', (), 'liberty'),
        # Mitaka made indexes alone, which do not count.
        ('mitaka02', (), 'liberty'),
        ('liberty', FIRST_INDEXES, 'liberty'),
        ('ocata_expand01', (), 'ocata_expand01'),
        ('ocata_expand01', FIRST_INDEXES, 'ocata_expand01'),
        ('2023_1_contract01', (), 'wallaby_contract01'),
        (HEAD, (), HEAD),
        (HEAD, ('DROP TABLE cached_images',), None),
        (HEAD, ('DROP INDEX os_hidden_image_idx',), None),
    ],
)
def test_the_oldest_revision_that_fits(
    made: str, statements: tuple[str, ...], fitting: str | None
) -> None:
    engine = sqlalchemy.create_engine('sqlite://')
    with engine.begin() as connection:
        schemas.create(connection, made)
        for statement in statements:
            connection.exec_driver_sql(statement)
        found = schema.read(connection, chain.growing())
        assert schema.fitting(found, connection) == fitting
