# SPDX-License-Identifier: Apache-2.0
"""The tables of the database against those that its revision should have.

Tables and columns that a migration left behind, or did not bring, are found
where the revision is looked at. This is about what happened to tables in
other ways: by hand, by a copy that lost something, by a failed migration
that did not come as far as its indexes.
"""

import collections
import functools
import typing

from glance_status import (
    context,
    drift,
    plugins,
    releases,
    results,
    waypoints,
)
from glance_status.releases import chain, layouts

if typing.TYPE_CHECKING:
    import sqlalchemy

    from glance_status import ddl, schema

# What nobody needs any more, and Glance itself left behind.
_LEFTOVERS = {'alembic_version', 'migrate_version'}
# What cannot roll back, and Galera does not copy to other nodes.
_ENGINES = {'myisam', 'aria', 'memory', 'archive', 'csv'}

_BACKUP = 'Back up the database'

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


class _Trait(typing.NamedTuple):
    """What to say of one kind of deviation, and how grave it is."""

    kind: results.FindingKind
    severity: int
    said: str
    look: str = ''


_TRAITS: dict[drift.What, _Trait] = {
    'missing-column': _Trait(MISSING_COLUMN, results.FAILURE, 'column {}'),
    'name-needed': _Trait(
        MISSING_INDEX,
        results.FAILURE,
        'index {name} on {}, which a migration is to drop',
    ),
    'missing-index': _Trait(MISSING_INDEX, results.WARNING, 'index on {}'),
    'missing-primary-key': _Trait(
        MISSING_CONSTRAINT,
        results.WARNING,
        'primary key of {}',
        'SELECT {columns}, COUNT(*) FROM {table} GROUP BY {columns} HAVING '
        'COUNT(*) > 1',
    ),
    'missing-unique': _Trait(
        MISSING_CONSTRAINT,
        results.WARNING,
        'unique constraint on {}',
        'SELECT {columns}, COUNT(*) FROM {table} GROUP BY {columns} HAVING '
        'COUNT(*) > 1',
    ),
    'missing-foreign-key': _Trait(
        MISSING_CONSTRAINT,
        results.WARNING,
        'foreign key of {} to {other}',
        'SELECT {columns} FROM {table} LEFT JOIN {other} ON {join} WHERE '
        '{there} IS NULL AND {here} IS NOT NULL',
    ),
    'narrow-type': _Trait(
        COLUMN_TYPE, results.FAILURE, '{} is {live} and should be {type}'
    ),
    'other-type': _Trait(
        COLUMN_TYPE, results.WARNING, '{} is {live} and should be {type}'
    ),
    'refuses-null': _Trait(
        NULLABILITY, results.FAILURE, '{} is NOT NULL and should not be'
    ),
    'takes-null': _Trait(
        NULLABILITY,
        results.WARNING,
        '{} takes NULL and should not',
        'SELECT COUNT(*) FROM {table} WHERE {columns} IS NULL HAVING '
        'COUNT(*) > 0',
    ),
    'does-not-count': _Trait(NO_COUNTER, results.FAILURE, '{}'),
    'unfilled-column': _Trait(UNFILLED, results.FAILURE, 'column {}'),
    'extra-unique': _Trait(
        EXTRA_CONSTRAINT, results.WARNING, 'unique {name} on {}'
    ),
    'extra-foreign-key': _Trait(
        EXTRA_CONSTRAINT, results.WARNING, 'foreign key of {}'
    ),
    'extra-column': _Trait(EXTRA, results.SUCCESS, 'column {}'),
    'extra-index': _Trait(EXTRA, results.SUCCESS, 'index {name} on {}'),
    'name-taken': _Trait(NAME_TAKEN, results.FAILURE, '{name} on {}'),
}


def check_drift(checker: context.Checker) -> list[results.Finding]:
    """Compare the tables with those that the revision should have."""
    from glance_status import reflection, schema

    connection = checker.connection
    names = schema.read(connection)
    rows = _rows(names)
    server = layouts.server(connection.dialect.name)
    expected = layouts.expected(server, rows)
    live = reflection.read(connection, expected)
    missing = releases.missing(rows, checker.target)
    final = layouts.expected(server, [*rows, *(step.id for step in missing)])
    found = drift.compare(server, expected, live, final, layouts.ever())
    told = _Told(expected, live, connection.dialect)
    groups: dict[tuple[str, int], list[drift.Deviation]] = (
        collections.defaultdict(list)
    )
    for item in found:
        trait = _TRAITS[item.what]
        groups[trait.kind.id, trait.severity].append(item)
    kinds = {kind.id: kind for kind in CHECKS[0].kinds}
    order = sorted(groups, key=lambda key: (-key[1], [*kinds].index(key[0])))
    return [
        # Before them no foreign key can be made again.
        *_engines(live),
        *(told.finding(kinds[key[0]], key[1], groups[key]) for key in order),
        *_strange_tables(names),
    ]


def _rows(names: 'schema.Schema') -> tuple[str, ...]:
    """Return the revisions by their present names, or raise Inapplicable."""
    if 'images' not in names.tables:
        raise context.Inapplicable('the database has no table images')
    if names.revisions:
        rows = names.revisions
    elif names.migrate_version in waypoints.MIGRATED:
        rows = (waypoints.MIGRATED[names.migrate_version],)
    else:
        raise context.Inapplicable(
            'the database does not say at which revision it is'
        )
    rows = tuple(chain.labels().get(row, row) for row in rows)
    if chain.unknown(rows):
        raise context.Inapplicable(
            'the database is at a revision that no known release has'
        )
    return rows


class _Told:
    """Says what deviations are, and what to do about them."""

    def __init__(
        self,
        expected: layouts.Layout,
        live: layouts.Layout,
        dialect: 'sqlalchemy.Dialect',
    ):
        self._expected = expected
        self._live = live
        self._dialect = dialect

    @functools.cached_property
    def _writer(self) -> 'ddl.Writer':
        """Write the SQL of remedies, which most databases need none of."""
        from glance_status import ddl

        return ddl.Writer(self._dialect, self._expected, self._live)

    def finding(
        self,
        kind: results.FindingKind,
        severity: int,
        items: list[drift.Deviation],
    ) -> results.Finding:
        """Return the finding of all deviations of one kind."""
        said = [self._said(item) for item in items]
        make = (kind.note, kind.warning, kind.failure)[severity]
        return make(
            f'{_LEADS[kind.id]}: {"; ".join(said)}.',
            remediation=self._remedy(items) or kind.remediation,
            affected=results.Affected(
                len(items), tuple(said[: results.SAMPLE_SIZE])
            ),
        )

    def _said(self, item: drift.Deviation) -> str:
        return _TRAITS[item.what].said.format(item, **self._words(item))

    def _words(self, item: drift.Deviation) -> dict[str, str]:
        """Return what the texts of a deviation may name."""
        words = {
            'table': item.table,
            'columns': ', '.join(item.columns),
            'name': item.name,
            'live': item.live,
        }
        table = self._expected[item.table]
        if item.live:
            words['type'] = table.columns[item.columns[0]].type
        if item.what == 'missing-foreign-key':
            other, referred = table.foreign_keys[item.columns]
            here, there = item.columns[0], f'{other}.{referred[0]}'
            words |= {
                'other': other,
                'columns': f'{item.table}.{here}',
                'here': f'{item.table}.{here}',
                'there': there,
                'join': f'{there} = {item.table}.{here}',
            }
        return words

    def _remedy(self, items: list[drift.Deviation]) -> str | None:
        """Return the SQL that mends deviations; None where none does."""
        steps: dict[str, None] = {}
        looks: dict[str, None] = {}
        for item in items:
            steps |= dict.fromkeys(self._steps(item))
            look = _TRAITS[item.what].look
            if look:
                looks[look.format(**self._words(item))] = None
        if not steps:
            return None
        first = ''
        if looks:
            first = (
                ', mend the rows that these find: '
                + '; '.join(f'`{look}`' for look in looks)
                + ','
            )
        return f'{_BACKUP}{first} and run: {" ".join(steps)}'

    def _steps(self, item: drift.Deviation) -> list[str]:
        write = self._writer
        table, columns, column = item.table, item.columns, item.columns[0]
        name = item.name
        match item.what:
            case 'missing-column':
                found = self._expected[table].columns[column]
                if not found.nullable and found.default is None:
                    return []
                return write.add_column(table, column)
            case 'missing-index' | 'name-needed':
                return write.add_index(table, columns, name)
            case 'missing-primary-key':
                return write.add_primary_key(table)
            case 'missing-unique':
                return write.add_unique(table, columns, name)
            case 'missing-foreign-key':
                return write.add_foreign_key(table, columns)
            case 'narrow-type' | 'other-type':
                return write.set_type(table, column)
            case 'refuses-null' | 'takes-null':
                return write.set_nullability(table, column)
            case 'does-not-count':
                return write.count(table, column)
            case 'unfilled-column':
                return write.relax(table, column)
            case 'name-taken':
                return write.drop_index(table, name)
            case 'extra-unique' if name:
                return write.drop_index(table, name, constraint=True)
        return []


_LEADS = {
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


def _engines(live: layouts.Layout) -> list[results.Finding]:
    found = [name for name in sorted(live) if live[name].engine in _ENGINES]
    if not found:
        return []
    alter = ' '.join(f'ALTER TABLE {name} ENGINE = InnoDB;' for name in found)
    named = tuple(f'{name} ({live[name].engine})' for name in found)
    return [
        ENGINE.warning(
            f'Tables without transactions: {", ".join(named)}.',
            remediation=f'{_BACKUP} and run: {alter}',
            affected=results.Affected(
                len(named), named[: results.SAMPLE_SIZE]
            ),
        )
    ]


def _strange_tables(names: 'schema.Schema') -> list[results.Finding]:
    found = sorted(names.tables - layouts.ever().keys() - _LEFTOVERS)
    if not found:
        return []
    some = found[: results.SAMPLE_SIZE]
    more = ', …' if len(found) > len(some) else ''
    return [
        EXTRA.note(
            f'Tables that are not known to Glance: {", ".join(some)}{more}.',
            affected=results.Affected(len(found), tuple(some)),
        )
    ]


CHECKS = (
    plugins.Check(
        id='schema-drift',
        title='Schema drift',
        function=check_drift,
        kinds=(
            ENGINE,
            MISSING_COLUMN,
            COLUMN_TYPE,
            NULLABILITY,
            NO_COUNTER,
            UNFILLED,
            NAME_TAKEN,
            MISSING_INDEX,
            MISSING_CONSTRAINT,
            EXTRA_CONSTRAINT,
            EXTRA,
        ),
        topic='database',
        reads=('database',),
        description='Whether columns, types, indexes, keys and constraints '
        'of the tables are those that Glance makes at the revision in '
        'alembic_version, on this kind of server.',
    ),
)
