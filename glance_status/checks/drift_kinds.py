# SPDX-License-Identifier: Apache-2.0
"""What is said of tables that deviate, and how grave each deviation is."""

import typing

from glance_status import drift, results

# What comes before all SQL that mends something.
BACKUP = 'Back up the database'

MISSING_COLUMN = results.FindingKind(
    id='schema-missing-column',
    title='A table lacks columns that Glance uses',
    looks_for='Columns that the revision in alembic_version has, and that '
    'the tables do not have.',
    matters='Requests that read or write them end with an error 500. What '
    'stood in them is lost.',
    remediation='Restore the backup of a database that had them.',
)

MISSING_INDEX = results.FindingKind(
    id='schema-missing-index',
    title='A table lacks indexes',
    looks_for='Indexes that the revision in alembic_version has, and that '
    'the tables do not have, under that name or another, alone or as the '
    'beginning of a longer one.',
    matters='Each request that needs one reads the whole table. A migration '
    'that is to drop one fails.',
    remediation='Create them again.',
)

MISSING_CONSTRAINT = results.FindingKind(
    id='schema-missing-constraint',
    title='A table lacks keys or constraints',
    looks_for='Primary keys, unique constraints and foreign keys that the '
    'revision in alembic_version has, and that the tables do not have.',
    matters='What Glance relies on is no longer kept: twice the same row, '
    'or rows that belong to an image which is no more. They turn into '
    'errors of single requests and of `glance-manage db purge`.',
    remediation='Create them again, after the rows that they would not '
    'allow are gone.',
)

COLUMN_TYPE = results.FindingKind(
    id='schema-column-type',
    title='A column has another type than Glance expects',
    looks_for='Columns whose type does not hold all the values that Glance '
    'writes. A wider type is no finding, and on SQLite none is.',
    matters='The server refuses longer values, or cuts them off where it is '
    'not in strict mode.',
    remediation='Give the columns their types again.',
)

NULLABILITY = results.FindingKind(
    id='schema-nullability',
    title='A column takes NULL where it should not, or refuses it',
    looks_for='Columns that are NOT NULL where the revision in '
    'alembic_version has them without, and the other way round.',
    matters='Where NULL is refused, Glance cannot write its rows. Where it '
    'is taken, rows can appear that Glance does not find again.',
    remediation='Change them back.',
)

NO_COUNTER = results.FindingKind(
    id='schema-counter',
    title='An id does not count up by itself',
    looks_for='Integer ids without AUTO_INCREMENT, without a sequence, or '
    'on SQLite with another type than INTEGER: a copy of the database often '
    'loses this.',
    matters='No row can be added to these tables: images cannot be created, '
    'shared, tagged or cached.',
    remediation='Let them count again.',
)

UNFILLED = results.FindingKind(
    id='schema-unfilled-column',
    title='A column that Glance does not know has to be filled',
    looks_for='Columns that no revision of Glance has, which are NOT NULL '
    'and have no default.',
    matters='Glance does not fill them, so that no row can be added to '
    'these tables.',
    remediation='Let them take NULL, or give them a default.',
)

EXTRA_CONSTRAINT = results.FindingKind(
    id='schema-extra-constraint',
    title='A table has constraints that Glance does not know',
    looks_for='Unique constraints, unique indexes and foreign keys that the '
    'revision in alembic_version does not have.',
    matters='The server refuses rows that Glance takes for good.',
    remediation='Drop them, unless you know that Glance never writes such '
    'rows.',
)

EXTRA = results.FindingKind(
    id='schema-extra',
    title='The database has tables, columns or indexes of others',
    looks_for='Tables, columns and indexes that no revision of Glance has, '
    'or that a later one dropped.',
    matters='Glance does not mind them. They take space and, the indexes, '
    'time; a migration may take longer by them.',
    remediation='Keep a note of them, or drop them if nobody needs them.',
)

NAME_TAKEN = results.FindingKind(
    id='schema-later-index',
    title='An index is there that a migration is going to make',
    looks_for='Indexes with the names that a revision still to come gives to '
    'its own: left by a migration that failed half way, or made by hand.',
    matters='`glance-manage db sync` stops: the name exists already.',
    remediation='Drop them; the migration makes them again.',
)

ENGINE = results.FindingKind(
    id='schema-engine',
    title='A table has a storage engine without transactions',
    looks_for='Tables of Glance in MyISAM, Aria or MEMORY, on MariaDB and '
    'MySQL.',
    matters='What fails in the middle is left half done, foreign keys are '
    'ignored, and in a Galera cluster the other nodes do not get the rows.',
    remediation='Convert the tables to InnoDB.',
)


class Trait(typing.NamedTuple):
    """What to say of one kind of deviation, and how grave it is."""

    kind: results.FindingKind
    severity: int
    said: str
    look: str = ''


TRAITS: dict[drift.What, Trait] = {
    'missing-column': Trait(MISSING_COLUMN, results.FAILURE, 'column {}'),
    'name-needed': Trait(
        MISSING_INDEX,
        results.FAILURE,
        'index {name} on {}, which a migration is to drop',
    ),
    'missing-index': Trait(MISSING_INDEX, results.WARNING, 'index on {}'),
    'missing-primary-key': Trait(
        MISSING_CONSTRAINT,
        results.WARNING,
        'primary key of {}',
        'SELECT {columns}, COUNT(*) FROM {table} GROUP BY {columns} HAVING '
        'COUNT(*) > 1',
    ),
    'missing-unique': Trait(
        MISSING_CONSTRAINT,
        results.WARNING,
        'unique constraint on {}',
        'SELECT {columns}, COUNT(*) FROM {table} GROUP BY {columns} HAVING '
        'COUNT(*) > 1',
    ),
    'missing-foreign-key': Trait(
        MISSING_CONSTRAINT,
        results.WARNING,
        'foreign key of {} to {other}',
        'SELECT {columns} FROM {table} LEFT JOIN {other} ON {join} WHERE '
        '{there} IS NULL AND {here} IS NOT NULL',
    ),
    'narrow-type': Trait(
        COLUMN_TYPE, results.FAILURE, '{} is {live} and should be {type}'
    ),
    'other-type': Trait(
        COLUMN_TYPE, results.WARNING, '{} is {live} and should be {type}'
    ),
    'refuses-null': Trait(
        NULLABILITY, results.FAILURE, '{} is NOT NULL and should not be'
    ),
    'takes-null': Trait(
        NULLABILITY,
        results.WARNING,
        '{} takes NULL and should not',
        'SELECT COUNT(*) FROM {table} WHERE {columns} IS NULL HAVING '
        'COUNT(*) > 0',
    ),
    'does-not-count': Trait(NO_COUNTER, results.FAILURE, '{}'),
    'unfilled-column': Trait(UNFILLED, results.FAILURE, 'column {}'),
    'extra-unique': Trait(
        EXTRA_CONSTRAINT, results.WARNING, 'unique {name} on {}'
    ),
    'extra-foreign-key': Trait(
        EXTRA_CONSTRAINT, results.WARNING, 'foreign key of {}'
    ),
    'extra-column': Trait(EXTRA, results.SUCCESS, 'column {}'),
    'extra-index': Trait(EXTRA, results.SUCCESS, 'index {name} on {}'),
    'name-taken': Trait(NAME_TAKEN, results.FAILURE, '{name} on {}'),
}

LEADS = {
    MISSING_COLUMN.id: 'Missing',
    MISSING_INDEX.id: 'Missing',
    MISSING_CONSTRAINT.id: 'Missing',
    COLUMN_TYPE.id: 'Types that differ',
    NULLABILITY.id: 'Columns that differ',
    NO_COUNTER.id: 'Ids that do not count up',
    UNFILLED.id: 'Not known to Glance, and NOT NULL without a default',
    EXTRA_CONSTRAINT.id: 'Not known to Glance',
    EXTRA.id: 'Not known to Glance',
    NAME_TAKEN.id: 'Indexes that a migration is going to make',
}
