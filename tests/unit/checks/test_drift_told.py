# SPDX-License-Identifier: Apache-2.0
"""What is said of tables that deviate, and the SQL that mends them."""

import pytest
import sqlalchemy

from glance_status import drift, results
from glance_status.checks import drift_kinds, drift_told
from glance_status.drift import Deviation
from glance_status.releases import layouts

Column = layouts.Column

EXPECTED = {
    'images': layouts.Table(
        columns={
            'id': Column('string', '36', nullable=False),
            'name': Column('string', '255'),
            'status': Column('string', '30', nullable=False),
            'size': Column('integer', nullable=False, default='0'),
        },
        primary_key=('id',),
        unique={('name', 'status'): 'uq_once'},
        indexes={('status', 'name'): 'ix_status'},
        foreign_keys={},
    ),
    'tags': layouts.Table(
        columns={
            'id': Column('integer', nullable=False, counts=True),
            'image_id': Column('string', '36', nullable=False),
        },
        primary_key=('id',),
        unique={},
        indexes={},
        foreign_keys={('image_id',): ('images', ('id',))},
    ),
}
POSTGRESQL, MYSQL = (
    sqlalchemy.make_url(f'{scheme}://').get_dialect()()
    for scheme in ('postgresql', 'mysql')
)
MISSING_COLUMN = drift_kinds.MISSING_COLUMN
RUN = 'Back up the database and run: '


def told(
    kind: results.FindingKind, severity: int, *items: drift.Deviation
) -> results.Finding:
    """Return what is said of deviations on PostgreSQL."""
    words = drift_told.Told(EXPECTED, EXPECTED, POSTGRESQL)
    return words.finding(kind, severity, list(items))


@pytest.mark.parametrize(
    ('column', 'sql'),
    [
        ('name', 'name VARCHAR(255)'),
        ('size', 'size INTEGER DEFAULT 0 NOT NULL'),
    ],
)
def test_a_column_that_need_not_be_filled_is_added(
    column: str, sql: str
) -> None:
    item = Deviation('missing-column', 'images', (column,))
    said = f'column images({column})'
    assert told(MISSING_COLUMN, results.FAILURE, item) == (
        MISSING_COLUMN.failure(
            f'Missing: {said}.',
            remediation=f'{RUN}ALTER TABLE images ADD COLUMN {sql};',
            affected=results.Affected(1, (said,)),
        )
    )


def test_no_statement_brings_back_what_has_to_be_filled() -> None:
    item = Deviation('missing-column', 'images', ('status',))
    said = 'column images(status)'
    assert told(MISSING_COLUMN, results.FAILURE, item) == (
        MISSING_COLUMN.failure(
            f'Missing: {said}.',
            remediation='Restore the backup of a database that had them.',
            affected=results.Affected(1, (said,)),
        )
    )


def test_rows_are_looked_for_that_keys_would_not_allow() -> None:
    found = told(
        drift_kinds.MISSING_CONSTRAINT,
        results.WARNING,
        Deviation('missing-unique', 'images', ('name', 'status'), 'uq_once'),
        Deviation('missing-foreign-key', 'tags', ('image_id',)),
    )
    said = (
        'unique constraint on images(name, status)',
        'foreign key of tags(image_id) to images',
    )
    assert found == drift_kinds.MISSING_CONSTRAINT.warning(
        f'Missing: {said[0]}; {said[1]}.',
        remediation='Back up the database, mend the rows that these find: '
        '`SELECT name, status, COUNT(*) FROM images GROUP BY name, status '
        'HAVING COUNT(*) > 1`; `SELECT tags.image_id FROM tags LEFT JOIN '
        'images ON images.id = tags.image_id WHERE images.id IS NULL AND '
        'tags.image_id IS NOT NULL`, and run: ALTER TABLE images ADD '
        'CONSTRAINT uq_once UNIQUE (name, status); ALTER TABLE tags ADD '
        'FOREIGN KEY (image_id) REFERENCES images (id);',
        affected=results.Affected(2, said),
    )


def test_types_and_indexes_are_given_again() -> None:
    narrow = Deviation('narrow-type', 'images', ('name',), live='string(9)')
    assert told(drift_kinds.COLUMN_TYPE, results.FAILURE, narrow) == (
        drift_kinds.COLUMN_TYPE.failure(
            'Types that differ: images(name) is string(9) and should be '
            'string(255).',
            remediation=f'{RUN}ALTER TABLE images ALTER COLUMN name TYPE '
            'VARCHAR(255) USING name::text::VARCHAR(255);',
            affected=results.Affected(
                1, ('images(name) is string(9) and should be string(255)',)
            ),
        )
    )
    index = Deviation('missing-index', 'images', ('status', 'name'), 'ix_s')
    assert told(drift_kinds.MISSING_INDEX, results.WARNING, index) == (
        drift_kinds.MISSING_INDEX.warning(
            'Missing: index on images(status, name).',
            remediation=f'{RUN}CREATE INDEX CONCURRENTLY ix_s ON images '
            '(status, name);',
            affected=results.Affected(1, ('index on images(status, name)',)),
        )
    )


@pytest.mark.parametrize(
    ('name', 'remediation'),
    [
        (
            'mine',
            f'{RUN}ALTER TABLE images DROP CONSTRAINT IF EXISTS mine; DROP '
            'INDEX IF EXISTS mine;',
        ),
        (
            '',
            'Drop them, unless you know that Glance never writes such rows.',
        ),
    ],
)
def test_a_constraint_of_others_is_dropped_by_its_name(
    name: str, remediation: str
) -> None:
    item = Deviation('extra-unique', 'images', ('size',), name)
    said = f'unique {name} on images(size)'
    assert told(drift_kinds.EXTRA_CONSTRAINT, results.WARNING, item) == (
        drift_kinds.EXTRA_CONSTRAINT.warning(
            f'Not known to Glance: {said}.',
            remediation=remediation,
            affected=results.Affected(1, (said,)),
        )
    )


def test_of_many_the_message_names_all_and_the_sample_ten() -> None:
    many = [
        Deviation('extra-column', 'images', (f'c{number}',))
        for number in range(12)
    ]
    said = [f'column images(c{number})' for number in range(12)]
    assert told(drift_kinds.EXTRA, results.SUCCESS, *many) == (
        drift_kinds.EXTRA.note(
            f'Not known to Glance: {"; ".join(said)}.',
            affected=results.Affected(12, tuple(said[:10])),
        )
    )


def test_a_statement_that_mends_two_things_is_run_once() -> None:
    type_ = Deviation('narrow-type', 'images', ('name',), live='string(9)')
    found = drift_told.Told(EXPECTED, EXPECTED, MYSQL).finding(
        drift_kinds.COLUMN_TYPE, results.FAILURE, [type_, type_]
    )
    assert found.remediation == (
        f'{RUN}ALTER TABLE images MODIFY name VARCHAR(255);'
    )
