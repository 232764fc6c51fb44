# SPDX-License-Identifier: Apache-2.0
"""Definitions of metadata that the target ships and the database lacks."""

import pathlib

import pytest
import sqlalchemy

from glance_status import results
from glance_status.checks import definitions
from glance_status.releases import metadefs
from glance_status.testing import schemas
from tests.unit import checkers

KNOWN = metadefs.added(33)
LIBVIRT = 'OS::Compute::Libvirt'


def found(
    directory: pathlib.Path,
    namespaces: dict[str, list[str]],
    *statements: str,
    source: str = '28',
) -> list[tuple[str, int, str, results.Affected | None]]:
    """Return what is found where some namespaces have some properties."""
    url = f'sqlite:///{directory}/glance.sqlite'
    engine = sqlalchemy.create_engine(url)
    with engine.begin() as connection:
        schemas.create(connection, '2024_1_contract01')
        number = 0
        for place, (namespace, names) in enumerate(namespaces.items()):
            connection.exec_driver_sql(
                'INSERT INTO metadef_namespaces (id, namespace, owner, '
                'created_at) VALUES (?, ?, ?, ?)',
                (place, namespace, 'admin', '2026-11-01 00:00:00'),
            )
            for name in names:
                number += 1
                connection.exec_driver_sql(
                    'INSERT INTO metadef_properties (id, namespace_id, name, '
                    'json_schema, created_at) VALUES (?, ?, ?, ?, ?)',
                    (number, place, name, '{}', '2026-11-01 00:00:00'),
                )
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()
    checker = checkers.make(
        directory, f'[database]\nconnection = {url}\n', source=source
    )
    try:
        findings = definitions.check_definitions(checker)
    finally:
        checker.close()
    return [
        (item.id, item.result, item.message, item.affected)
        for item in findings
    ]


def everything(since: int) -> dict[str, list[str]]:
    """Return the namespaces with what was added from a release on."""
    namespaces: dict[str, list[str]] = {}
    for item in KNOWN:
        names = namespaces.setdefault(item.namespace, [])
        if item.since >= since:
            names.append(item.name)
    return namespaces


@pytest.mark.parametrize('source', ['18', '28'])
def test_what_was_added_on_the_way_is_missing(
    source: str, tmp_path: pathlib.Path
) -> None:
    missing = [str(item) for item in KNOWN if item.since > int(source)]
    assert found(tmp_path, {LIBVIRT: []}, source=source) == [
        (
            'metadefs-behind',
            results.SUCCESS,
            '2026.2 Hibiscus ships definitions of properties that the '
            f'database does not have: {len(missing)}.',
            results.Affected(len(missing), tuple(missing[:10])),
        )
    ]


def test_what_is_there_is_not_missing(tmp_path: pathlib.Path) -> None:
    assert found(tmp_path, everything(29)) == []


def test_a_property_of_another_namespace_is_another(
    tmp_path: pathlib.Path,
) -> None:
    there = everything(29)
    there['OS::Glance::Ours'], there[LIBVIRT] = there[LIBVIRT], ['ours']
    missing = tuple(
        str(item)
        for item in KNOWN
        if item.since > 28 and item.namespace == LIBVIRT
    )
    assert found(tmp_path, there) == [
        (
            'metadefs-behind',
            results.SUCCESS,
            '2026.2 Hibiscus ships definitions of properties that the '
            f'database does not have: {len(missing)}.',
            results.Affected(len(missing), missing),
        )
    ]


@pytest.mark.parametrize(
    ('namespaces', 'statements'),
    [
        ([], ()),
        # One that came later, or of somebody else.
        (['OS::Compute::TPM', 'OS::Glance::Ours'], ()),
        ([LIBVIRT], ('DROP TABLE metadef_properties',)),
        (
            [],
            (
                'DROP TABLE metadef_properties',
                'DROP TABLE metadef_namespaces',
            ),
        ),
    ],
)
def test_where_none_were_loaded_none_are_missed(
    namespaces: list[str], statements: tuple[str, ...], tmp_path: pathlib.Path
) -> None:
    there: dict[str, list[str]] = {name: [] for name in namespaces}
    assert found(tmp_path, there, *statements) == []
