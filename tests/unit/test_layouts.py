# SPDX-License-Identifier: Apache-2.0
"""The data of what revisions look like, and comparing with them."""

import pytest

from glance_status import drift
from glance_status.releases import chain, layouts

HEAD = ['2024_1_contract01']
Column = layouts.Column


@pytest.mark.parametrize('server', layouts.SERVERS)
@pytest.mark.parametrize('step', chain.revisions(), ids=lambda step: step.id)
def test_tables_and_columns_are_those_of_the_revision(
    server: str, step: chain.Revision
) -> None:
    tables = layouts.expected(server, [step.id])
    assert {
        chain.SchemaObject('column', name, column)
        for name, table in tables.items()
        for column in table.columns
    } | {chain.SchemaObject('table', name, name) for name in tables} == {
        item for item in chain.schema([step.id]) if item.kind != 'index'
    }


@pytest.mark.parametrize('server', layouts.SERVERS)
def test_tables_become_data_and_tables_again(server: str) -> None:
    tables = layouts.expected(server, HEAD)
    data = layouts.as_data(tables)
    assert data['image_members']['columns']['status'] == (
        'string(20) required default pending'
    )
    assert {name: layouts._table(each) for name, each in data.items()} == (
        tables
    )


def compared(server: str, **columns: Column) -> list[tuple[str, str]]:
    """Return what is said of images with some columns changed."""
    tables = layouts.expected(server, HEAD)
    images = tables['images']
    live = tables | {
        'images': images._replace(columns=images.columns | columns)
    }
    return [
        (item.what, str(item))
        for item in drift.compare(server, tables, live, tables, layouts.ever())
    ]


@pytest.mark.parametrize(
    ('server', 'column', 'said'),
    [
        ('mysql', Column('longtext'), None),
        ('mysql', Column('string', '300'), None),
        ('mysql', Column('string', '254'), 'narrow-type'),
        ('mysql', Column('json'), 'other-type'),
        ('postgresql', Column('string'), None),
        ('postgresql', Column('text'), None),
        ('postgresql', Column('jsonb'), 'other-type'),
        ('sqlite', Column('string', '1'), None),
        ('mysql', Column('string', '255', nullable=False), 'refuses-null'),
    ],
)
def test_types(server: str, column: Column, said: str | None) -> None:
    assert compared(server, name=column) == (
        [(said, 'images(name)')] if said else []
    )


@pytest.mark.parametrize(
    ('server', 'column', 'said'),
    [
        ('mysql', Column('integer', nullable=False), None),
        ('mysql', Column('string', '5', nullable=False), 'other-type'),
        ('postgresql', Column('integer', nullable=False), 'other-type'),
    ],
)
def test_booleans(server: str, column: Column, said: str | None) -> None:
    assert compared(server, deleted=column) == (
        [(said, 'images(deleted)')] if said else []
    )


@pytest.mark.parametrize('server', layouts.SERVERS)
def test_columns_of_others(server: str) -> None:
    assert compared(
        server,
        mine=Column('integer'),
        full=Column('integer', nullable=False),
        set=Column('integer', nullable=False, default='0'),
    ) == [
        ('unfilled-column', 'images(full)'),
        ('extra-column', 'images(mine)'),
        ('extra-column', 'images(set)'),
    ]


def test_a_longer_index_is_as_good() -> None:
    tables = layouts.expected('mysql', HEAD)
    images = tables['images']
    indexes = dict(images.indexes)
    indexes['owner', 'id'] = indexes.pop(('owner',))
    live = tables | {'images': images._replace(indexes=indexes)}
    assert [
        item.what
        for item in drift.compare(
            'mysql', tables, live, tables, layouts.ever()
        )
    ] == ['extra-index']
