# SPDX-License-Identifier: Apache-2.0
"""What is said of a database by the revision that it is stamped with."""

import pathlib
import typing

import pytest
import sqlalchemy

from glance_status import context, releases, results
from glance_status.checks import revision
from glance_status.testing import schemas
from tests.unit import checkers

HEAD = '2024_1_contract01'
BACKUP = 'Back up the database, then run `glance-manage db sync` of 33.0.0.'


class Said(typing.NamedTuple):
    """A finding, as an operator reads it."""

    id: str
    result: int
    message: str
    remediation: str | None


def said(item: results.Finding) -> Said:
    """Return what a finding says."""
    return Said(item.id, item.result, item.message, item.remediation)


def check(
    directory: pathlib.Path,
    made: str,
    *statements: str,
    rows: tuple[str, ...] | None = None,
    target: str = '33',
    before: context.Before = 'sync',
    stated: str | None = None,
) -> list[results.Finding]:
    """Check a database with the tables of a revision.

    :param statements: change it further
    :param rows: what stands in alembic_version instead
    """
    url = f'sqlite:///{directory}/glance.sqlite'
    engine = sqlalchemy.create_engine(url)
    with engine.begin() as connection:
        schemas.create(connection, made)
        for statement in statements:
            connection.exec_driver_sql(statement)
        if rows is not None:
            connection.exec_driver_sql('DELETE FROM alembic_version')
            for row in rows:
                connection.exec_driver_sql(
                    f"INSERT INTO alembic_version VALUES ('{row}')"
                )
    engine.dispose()
    made_for = checkers.make(
        directory,
        f'[database]\nconnection = {url}\n',
        target=target,
        before=before,
    )
    run = made_for.run._replace(stated=stated and releases.find(stated))
    checker = context.Checker(run, context.Facts())
    try:
        return revision.check_revision(checker)
    finally:
        checker.close()


def behind(
    rows: str, to_go: int, changes: int, remediation: str = BACKUP
) -> Said:
    """Return the note that a database is behind 2026.2."""
    return Said(
        'db-revision',
        0,
        f'The database is at {rows}; 2026.2 Hibiscus needs '
        f'2024_1_contract01: revisions to go: {to_go}, with changes to the '
        f'schema: {changes}.',
        remediation,
    )


def between(rows: str, remediation: str | None) -> Said:
    """Return the warning that an upgrade was not finished."""
    return Said(
        'db-not-contracted',
        1,
        f'The database is {rows}.',
        remediation or revision.NOT_CONTRACTED.remediation,
    )


STOP_ALL = 'Stop all nodes of the old release, then `glance-manage db sync`.'


def test_nothing_is_said_of_a_database_at_the_target(
    tmp_path: pathlib.Path,
) -> None:
    assert check(tmp_path, HEAD) == []


@pytest.mark.parametrize(('before', 'result'), [('sync', 0), ('restart', 2)])
def test_to_be_behind_stops_new_services_alone(
    tmp_path: pathlib.Path, before: context.Before, result: int
) -> None:
    found = check(tmp_path, '2023_1_contract01', before=before)
    assert list(map(said, found)) == [
        behind('2023_1_contract01', 2, 1)._replace(result=result)
    ]


def test_revisions_that_change_the_schema_are_counted(
    tmp_path: pathlib.Path,
) -> None:
    # Those that add something, and those that take something away.
    found = check(tmp_path, 'mitaka02')
    assert list(map(said, found)) == [behind('mitaka02', 26, 7)]


def test_an_upgrade_that_was_expanded_is_finished_by_its_own_way(
    tmp_path: pathlib.Path,
) -> None:
    found = check(
        tmp_path, HEAD, rows=('2023_1_contract01', '2024_1_expand01')
    )
    assert list(map(said, found)) == [
        between('between 2023_1_contract01, 2024_1_expand01', None),
        behind('2023_1_contract01, 2024_1_expand01', 1, 0),
    ]


def test_an_upgrade_of_an_older_release_is_finished_by_db_sync(
    tmp_path: pathlib.Path,
) -> None:
    rows = ('zed_contract01', '2023_1_expand01')
    found = check(tmp_path, '2023_1_contract01', rows=rows)
    assert list(map(said, found)) == [
        between('between 2023_1_expand01, zed_contract01', STOP_ALL),
        behind('2023_1_expand01, zed_contract01', 3, 1),
    ]


def test_an_expand_revision_may_stand_alone(tmp_path: pathlib.Path) -> None:
    # db expand on an empty database makes that.
    found = check(tmp_path, 'xena_expand01', target='26')
    assert said(found[0]) == between(
        'at xena_expand01, which is a revision of the expand branch', STOP_ALL
    )


def test_what_has_to_be_mended_stands_before_the_sync(
    tmp_path: pathlib.Path,
) -> None:
    found = check(
        tmp_path,
        '2023_1_contract01',
        'DROP TABLE image_tags',
        'DROP TABLE tasks',
    )
    assert [item.id for item in found] == ['db-half-applied', 'db-revision']
    assert said(found[0]).message == (
        'At 2023_1_contract01 this is what the database should have and does '
        'not: table image_tags, table tasks.'
    )
    assert said(found[1]) == behind(
        '2023_1_contract01',
        2,
        1,
        'Not before what db-half-applied says is done: run `glance-manage db '
        'sync` of 33.0.0.',
    )


def test_what_has_to_be_mended_stands_before_the_rest_of_an_upgrade(
    tmp_path: pathlib.Path,
) -> None:
    found = check(
        tmp_path,
        HEAD,
        'DROP TABLE image_tags',
        rows=('2023_1_contract01', '2024_1_expand01'),
    )
    assert [item.id for item in found] == [
        'db-half-applied',
        'db-not-contracted',
        'db-revision',
    ]
    assert said(found[1]) == between(
        'between 2023_1_contract01, 2024_1_expand01', STOP_ALL
    )


def test_there_is_no_way_back(tmp_path: pathlib.Path) -> None:
    (found,) = check(tmp_path, HEAD, target='26')
    assert said(found)[:3] == (
        'db-unknown-rev',
        2,
        'The database is at the revision 2024_1_contract01; 2023.1 Antelope '
        'ends at 2023_1_contract01.',
    )


@pytest.mark.parametrize(
    ('stated', 'disagrees'),
    [(None, False), ('28', False), ('30', False), ('27', True)],
)
def test_from_names_a_release_that_has_the_revision_or_not(
    tmp_path: pathlib.Path, stated: str | None, disagrees: bool
) -> None:
    found = check(tmp_path, HEAD, stated=stated)
    assert [(item.id, item.message) for item in found] == [
        (
            'source-disagrees',
            '--from names 2023.2 Bobcat; the database is at '
            '2024_1_contract01, which is 2024.1 Caracal, 2024.2 Dalmatian, '
            '2025.1 Epoxy, 2025.2 Flamingo, 2026.1 Gazpacho, 2026.2 '
            'Hibiscus.',
        )
    ] * disagrees


def test_where_no_release_has_the_revision_nothing_disagrees(
    tmp_path: pathlib.Path,
) -> None:
    found = check(
        tmp_path,
        HEAD,
        rows=('2023_1_contract01', '2024_1_expand01'),
        stated='26',
    )
    assert 'source-disagrees' not in {item.id for item in found}


def test_what_is_no_database_of_glance_is_not_looked_at_further(
    tmp_path: pathlib.Path,
) -> None:
    (found,) = check(tmp_path, HEAD, rows=('abc123',), stated='27')
    assert said(found)[:3] == (
        'db-unknown-rev',
        2,
        'The database is at the revision abc123, which no release up to '
        '2026.2 Hibiscus has.',
    )


def test_an_old_name_is_one_that_releases_renamed(
    tmp_path: pathlib.Path,
) -> None:
    found = check(tmp_path, 'pike_contract01', rows=('pike01',), target='26')
    assert [item.id for item in found] == ['db-revision', 'db-ocata01']
