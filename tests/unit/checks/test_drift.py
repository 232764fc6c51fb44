# SPDX-License-Identifier: Apache-2.0
"""Tables against those that the revision of the database should have."""

import pathlib

import pytest
import sqlalchemy

from glance_status import context, results
from glance_status.checks import drift, drift_kinds
from glance_status.testing import schemas
from tests.unit import checkers

HEAD = '2024_1_contract01'


def check(
    directory: pathlib.Path, made: str, *statements: str
) -> list[results.Finding]:
    """Check a database with the tables of a revision.

    :param statements: change it further
    """
    url = f'sqlite:///{directory}/glance.sqlite'
    engine = sqlalchemy.create_engine(url)
    with engine.begin() as connection:
        schemas.create(connection, made)
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()
    checker = checkers.make(directory, f'[database]\nconnection = {url}\n')
    try:
        return drift.check_drift(checker)
    finally:
        checker.close()


def migrated(version: int) -> list[str]:
    """Return what makes a database one of sqlalchemy-migrate."""
    return [
        'DROP TABLE alembic_version',
        'CREATE TABLE migrate_version (version INTEGER)',
        f'INSERT INTO migrate_version VALUES ({version})',
    ]


@pytest.mark.parametrize(
    ('made', 'statements'),
    [
        (HEAD, []),
        ('liberty', migrated(42)),
        ('ocata_contract01', migrated(45)),
        # An older name of it.
        (
            'ocata_contract01',
            ["UPDATE alembic_version SET version_num = 'ocata01'"],
        ),
    ],
)
def test_the_tables_of_a_revision_do_not_deviate(
    tmp_path: pathlib.Path, made: str, statements: list[str]
) -> None:
    assert check(tmp_path, made, *statements) == []


def test_what_is_worst_comes_first_and_what_is_strange_last(
    tmp_path: pathlib.Path,
) -> None:
    found = check(
        tmp_path,
        HEAD,
        'DROP INDEX ix_images_deleted',
        'CREATE UNIQUE INDEX once ON images (name)',
        'ALTER TABLE images ADD COLUMN cost INTEGER',
        'ALTER TABLE image_locations DROP COLUMN meta_data',
        'CREATE TABLE billing (id INTEGER)',
    )
    assert [(item.id, item.result, item.message) for item in found] == [
        (
            'schema-missing-column',
            results.FAILURE,
            'Missing: column image_locations(meta_data).',
        ),
        (
            'schema-missing-index',
            results.WARNING,
            'Missing: index on images(deleted).',
        ),
        (
            'schema-extra-constraint',
            results.WARNING,
            'Not known to Glance: unique once on images(name).',
        ),
        (
            'schema-extra',
            results.SUCCESS,
            'Not known to Glance: column images(cost).',
        ),
        (
            'schema-extra',
            results.SUCCESS,
            'Tables that are not known to Glance: billing.',
        ),
    ]


@pytest.mark.parametrize(('count', 'more'), [(10, ''), (11, ', …')])
def test_of_many_tables_of_others_ten_are_named(
    tmp_path: pathlib.Path, count: int, more: str
) -> None:
    names = tuple(f'mine{number:02}' for number in range(count))
    (found,) = check(
        tmp_path,
        HEAD,
        *(f'CREATE TABLE {name} (id INTEGER)' for name in names),
    )
    assert found == drift_kinds.EXTRA.note(
        f'Tables that are not known to Glance: {", ".join(names[:10])}{more}.',
        affected=results.Affected(count, names[:10]),
    )


@pytest.mark.parametrize(
    ('statements', 'reason'),
    [
        (['DROP TABLE images'], 'the database has no table images'),
        (
            ['DELETE FROM alembic_version'],
            'the database does not say at which revision it is',
        ),
        (migrated(41), 'the database does not say at which revision it is'),
        (
            ["UPDATE alembic_version SET version_num = 'mine'"],
            'the database is at a revision that no known release has',
        ),
    ],
)
def test_there_is_nothing_to_compare_with(
    tmp_path: pathlib.Path, statements: list[str], reason: str
) -> None:
    with pytest.raises(context.Inapplicable) as caught:
        check(tmp_path, HEAD, *statements)
    assert str(caught.value) == reason
