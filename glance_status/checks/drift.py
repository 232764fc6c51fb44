# SPDX-License-Identifier: Apache-2.0
"""The tables of the database against those that its revision should have.

Tables and columns that a migration left behind, or did not bring, are found
where the revision is looked at. This is about what happened to tables in
other ways: by hand, by a copy that lost something, by a failed migration
that did not come as far as its indexes.
"""

import collections
import typing

from glance_status import (
    context,
    drift,
    plugins,
    releases,
    results,
    waypoints,
)
from glance_status.checks import drift_kinds
from glance_status.releases import chain, layouts

if typing.TYPE_CHECKING:
    from glance_status import schema

# What nobody needs any more, and Glance itself left behind.
_LEFTOVERS = {'alembic_version', 'migrate_version'}

# What cannot roll back, and Galera does not copy to other nodes.
_ENGINES = {'myisam', 'aria', 'memory', 'archive', 'csv'}


def check_drift(checker: context.Checker) -> list[results.Finding]:
    """Compare the tables with those that the revision should have."""
    from glance_status import reflection, schema
    from glance_status.checks import drift_told

    connection = checker.connection
    names = schema.read(connection)
    rows = _rows(names)
    server = layouts.server(connection.dialect.name)
    expected = layouts.expected(server, rows)
    live = reflection.read(connection, expected)
    missing = releases.missing(rows, checker.target)
    final = layouts.expected(server, [*rows, *(step.id for step in missing)])
    found = drift.compare(server, expected, live, final, layouts.ever())
    told = drift_told.Told(expected, live, connection.dialect)
    groups: dict[tuple[str, int], list[drift.Deviation]] = (
        collections.defaultdict(list)
    )
    for item in found:
        trait = drift_kinds.TRAITS[item.what]
        groups[trait.kind.id, trait.severity].append(item)
    (check,) = CHECKS
    kinds = {kind.id: kind for kind in check.kinds}
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


def _engines(live: layouts.Layout) -> list[results.Finding]:
    found = [name for name in sorted(live) if live[name].engine in _ENGINES]
    if not found:
        return []
    alter = ' '.join(f'ALTER TABLE {name} ENGINE = InnoDB;' for name in found)
    named = tuple(f'{name} ({live[name].engine})' for name in found)
    return [
        drift_kinds.ENGINE.warning(
            f'Tables without transactions: {", ".join(named)}.',
            remediation=f'{drift_kinds.BACKUP} and run: {alter}',
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
        drift_kinds.EXTRA.note(
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
            drift_kinds.ENGINE,
            drift_kinds.MISSING_COLUMN,
            drift_kinds.COLUMN_TYPE,
            drift_kinds.NULLABILITY,
            drift_kinds.NO_COUNTER,
            drift_kinds.UNFILLED,
            drift_kinds.NAME_TAKEN,
            drift_kinds.MISSING_INDEX,
            drift_kinds.MISSING_CONSTRAINT,
            drift_kinds.EXTRA_CONSTRAINT,
            drift_kinds.EXTRA,
        ),
        topic='database',
        reads=('database',),
        description='Whether columns, types, indexes, keys and constraints '
        'of the tables are those that Glance makes at the revision in '
        'alembic_version, on this kind of server.',
    ),
)
