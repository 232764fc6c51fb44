# SPDX-License-Identifier: Apache-2.0
"""Migrations of which a part was done, and what is left of them."""

import typing

from glance_status import context, releases, results
from glance_status.checks import steps
from glance_status.releases import chain

if typing.TYPE_CHECKING:
    from glance_status import schema

HALF_APPLIED = results.FindingKind(
    id='db-half-applied',
    title='A migration was applied by half',
    looks_for='Tables and columns that belong to a later revision than the '
    'one that alembic_version names, or that it should have brought and are '
    'missing.',
    matters='MariaDB and MySQL cannot take back the part of a migration '
    'that was done before it failed. `glance-manage db sync` fails on what '
    'is there already, and does not notice what is missing.',
    remediation='Restore the backup that was made before the failed upgrade.',
    reference=steps.UPGRADING,
)


def half_applied(
    rows: tuple[str, ...], live: 'schema.Schema', checker: context.Checker
) -> list[results.Finding]:
    """Return what is there too early, and what is not there yet."""
    from glance_status import schema

    difference = schema.difference(rows, live)
    remedy = None
    if difference.missing or difference.extra:
        remedy = _remedy(rows, difference, live, checker)
    return [
        HALF_APPLIED.failure(
            f'At {steps.listed(rows)} this is what the database {said}: '
            f'{steps.listed(map(str, items))}.',
            remediation=remedy,
            affected=results.Affected(
                len(items), tuple(map(str, items[: results.SAMPLE_SIZE]))
            ),
        )
        for items, said in (
            (difference.missing, 'should have and does not'),
            (difference.extra, 'should not have, and does'),
        )
        if items
    ]


def _remedy(
    rows: tuple[str, ...],
    difference: 'schema.Difference',
    live: 'schema.Schema',
    checker: context.Checker,
) -> str | None:
    """Return the shortest way that loses nothing, None for the backup."""
    from glance_status import schema

    fitting = schema.fitting(live, checker.connection)
    if fitting and not releases.beyond([fitting], checker.target):
        return steps.in_order([steps.stamp(fitting), steps.SYNC])
    if not difference.missing:
        return steps.in_order([*_drops(difference.extra, checker), steps.SYNC])
    if any(item.kind != 'table' for item in difference.missing):
        return None
    # The newest release whose tables are all there: what it has in excess
    # goes, as long as that is no column with data of images in it.
    for step in reversed(chain.revisions()):
        if step.branch == 'contract' and step.id in chain.included(rows):
            earlier = schema.difference([step.id], live)
            if not earlier.missing:
                if any(item.kind != 'table' for item in earlier.extra):
                    return None
                drops = _drops(earlier.extra, checker)
                return steps.in_order(
                    [steps.stamp(step.id), *drops, steps.SYNC]
                )
    return None


def _drops(
    items: typing.Iterable[chain.SchemaObject], checker: context.Checker
) -> list[str]:
    """Return the SQL that takes tables and columns away."""
    statements = []
    for item in items:
        if item.kind == 'table':
            statements.append(f'DROP TABLE {item.table};')
            continue
        if checker.connection.dialect.name == 'sqlite':
            # The others drop an index with its column.
            statements += [
                f'DROP INDEX IF EXISTS {other.name};'
                for step in chain.revisions()
                for together in (step.adds, step.removes)
                if item in together and step.branch != 'initial'
                for other in sorted(together)
                if other.kind == 'index'
            ]
        statements.append(f'ALTER TABLE {item.table} DROP COLUMN {item.name};')
    return list(dict.fromkeys(statements))
