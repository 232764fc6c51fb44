# SPDX-License-Identifier: Apache-2.0
"""The data of what revisions look like, and comparing with them."""

import pytest

from glance_status.releases import chain, layouts

HEAD = ['2024_1_contract01']


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
