# SPDX-License-Identifier: Apache-2.0
"""The visibility of images of before Ocata, and the triggers for it."""

import typing

from glance_status import context, results, waypoints
from glance_status.checks import steps
from glance_status.releases import chain

if typing.TYPE_CHECKING:
    from glance_status import schema

INCOMPLETE = results.FindingKind(
    id='db-visibility',
    title='Images of before Ocata have no visibility yet',
    looks_for='Images in a database of before ocata_contract01 whose '
    'visibility was not filled in.',
    matters='`glance-manage db sync` of a later release does not fill it in '
    'and stops, on MariaDB after it dropped is_public. Private images that '
    'are shared with others would be so no more.',
    remediation='Back up the database. Before ocata_expand01, run '
    '`glance-manage db upgrade --version ocata_expand01`. Then '
    "UPDATE images SET visibility='public' WHERE is_public; "
    "UPDATE images SET visibility='private' WHERE NOT is_public AND "
    'visibility IS NULL; '
    "UPDATE images SET visibility='shared' WHERE visibility='private' AND "
    'id IN (SELECT image_id FROM image_members WHERE NOT deleted); on '
    'MariaDB and MySQL also DROP TRIGGER IF EXISTS insert_visibility; '
    'DROP TRIGGER IF EXISTS update_visibility; then `glance-manage db sync`.',
    reference='https://docs.openstack.org/releasenotes/glance/ocata.html',
)
TRIGGERS_LEFT = results.FindingKind(
    id='db-triggers',
    title='The triggers of the Ocata upgrade are still there',
    looks_for='The triggers insert_visibility and update_visibility, which '
    'the expansion of Ocata makes on MariaDB and MySQL.',
    matters='`glance-manage db sync` does not drop them, and drops the '
    'column is_public that they use: from then on no image can be created.',
    remediation='Stop all services, then DROP TRIGGER IF EXISTS '
    'insert_visibility; DROP TRIGGER IF EXISTS update_visibility;',
    reference=steps.ROLLING,
)


def incomplete(
    rows: tuple[str, ...], live: 'schema.Schema', checker: context.Checker
) -> list[results.Finding]:
    """Return that images have no visibility, and how they get one."""
    if (
        waypoints.DROPS_IS_PUBLIC in chain.included(rows)
        or 'images' not in live.tables
    ):
        return []
    from glance_status import tables

    columns = live.columns['images']
    shared = 0
    if 'visibility' not in columns:
        unset = count(checker)
    else:
        unset = count(checker, tables.IMAGES.c.visibility.is_(None))
        if 'is_public' in columns:
            shared = count(checker, tables.private_with_members())
    said = []
    if unset:
        said.append(f'Images without visibility: {unset}.')
    if shared:
        said.append(f'Private images that are shared with others: {shared}.')
    if not said:
        return []
    if 'is_public' in columns:
        ways = fill(rows, checker)
        remedy = steps.in_order([*ways, steps.SYNC])
    else:
        remedy = (
            'Restore the backup that was made before the failed upgrade: '
            'is_public, which says what is public, is gone.'
        )
    return [
        INCOMPLETE.failure(
            ' '.join(said),
            remediation=remedy,
            affected=results.Affected(unset + shared),
        )
    ]


def count(checker: context.Checker, *conditions: typing.Any) -> int:
    """Return how many images fulfil all conditions."""
    import sqlalchemy

    from glance_status import tables

    query = sqlalchemy.select(sqlalchemy.func.count())
    query = query.select_from(tables.IMAGES).where(*conditions)
    return checker.connection.scalar(query) or 0


def fill(rows: typing.Iterable[str], checker: context.Checker) -> list[str]:
    """Return the steps that fill in the visibility, in their order."""
    ways = [*waypoints.FILL_VISIBILITY]
    if waypoints.VISIBILITY not in chain.included(rows):
        ways.insert(
            0, f'`glance-manage db upgrade --version {waypoints.VISIBILITY}`'
        )
    if checker.connection.dialect.name in ('mysql', 'mariadb'):
        ways += [
            f'DROP TRIGGER IF EXISTS {name};' for name in waypoints.TRIGGERS
        ]
    return ways


def triggers_left(checker: context.Checker) -> list[results.Finding]:
    """Return the triggers that make every INSERT fail without is_public."""
    if checker.connection.dialect.name not in ('mysql', 'mariadb'):
        return []
    from glance_status import schema

    found = sorted(
        schema.triggers(checker.connection) & set(waypoints.TRIGGERS)
    )
    if not found:
        return []
    return [
        TRIGGERS_LEFT.failure(
            f'The table images has the triggers {steps.listed(found)}.',
            affected=results.Affected(len(found), tuple(found)),
        )
    ]
