# SPDX-License-Identifier: Apache-2.0
"""What alembic_version says, and whether db sync can start from it."""

import typing

from glance_status import context, releases, results, waypoints
from glance_status.checks import steps, visibility
from glance_status.releases import chain

if typing.TYPE_CHECKING:
    from glance_status import schema

PREMIGRATE = results.FindingKind(
    id='db-premigrate',
    title='The database is still under sqlalchemy-migrate',
    looks_for='A migrate_version, and no alembic_version with a row in it: '
    'the database was last upgraded before Ocata.',
    matters='`glance-manage db sync` takes it for a new database and fails '
    'on the tables that are there already.',
    remediation='Back up the database. Then '
    '`glance-manage db version_control --version liberty` (mitaka01 for '
    'version 43, mitaka02 for 44, ocata_contract01 for 45), then, where '
    'there are images, what `glance-status upgrade explain db-visibility` '
    'says, then `glance-manage db sync`.',
    since='23.0.0',
    reference='https://docs.openstack.org/releasenotes/glance/xena.html',
)
UNSTAMPED = results.FindingKind(
    id='db-unstamped',
    title='The database does not say at which revision it is',
    looks_for='Tables of Glance, and no row in alembic_version.',
    matters='`glance-manage db sync` takes it for a new database and fails '
    'on the tables that are there already.',
    remediation='Find out by which release it was last upgraded, and say so '
    'with `glance-manage db version_control --version REVISION`. Without '
    '--version the command takes it for a database of Liberty. Where this '
    'is not the database that was meant, correct [database] connection; the '
    'user in it has to have SELECT on all tables, of the others MariaDB and '
    'MySQL say nothing.',
    reference=steps.UPGRADING,
)
OLD_LABEL = results.FindingKind(
    id='db-ocata01',
    title='The revision has a name that is no longer understood',
    looks_for='ocata01 or pike01 in alembic_version.',
    matters='Every `glance-manage db` command of 27.0.0 and later ends with '
    "the error 'Update' object has no attribute 'execute'.",
    remediation='Give the revision its present name: '
    "UPDATE alembic_version SET version_num = 'ocata_contract01' WHERE "
    "version_num = 'ocata01'; likewise pike_contract01 for pike01.",
    since='27.0.0',
)
UNKNOWN = results.FindingKind(
    id='db-unknown-rev',
    title="The database is newer than the target, or not Glance's",
    looks_for='A revision in alembic_version that the target does not have. '
    'It is a warning where the last one of the target is there as well, and a '
    'newer release has only expanded the database.',
    matters="`glance-manage db sync` stops with Can't locate revision. "
    'There is no way back to an older schema.',
    remediation='Check --target and [database] connection. A database that '
    'a newer release upgraded goes back only by its backup.',
)
EMPTY = results.FindingKind(
    id='db-empty',
    title='The database is empty',
    looks_for='A database without any table, but for an alembic_version '
    'without a row.',
    matters='`glance-manage db sync` makes a new one in it. Where there were '
    'images, this is another database than the one that was meant.',
    remediation='Check [database] connection, and that the user in it has '
    'SELECT on all tables: of the others MariaDB and MySQL say nothing. If '
    'this is a new deployment, run `glance-manage db sync`.',
)
FOREIGN = results.FindingKind(
    id='db-foreign',
    title="The tables in the database are not Glance's",
    looks_for='A database with tables and without images among them.',
    matters="`glance-manage db sync` would put Glance's tables among those "
    'of another service, or stop at its alembic_version.',
    remediation='Correct [database] connection.',
)


def no_place_to_start(
    live: 'schema.Schema', checker: context.Checker
) -> results.Finding | None:
    """Return what keeps db sync from even starting, None for nothing."""
    if not live.revisions:
        return _without_revision(live, checker)
    strangers = chain.unknown(live.revisions)
    if strangers and 'images' not in live.tables:
        return FOREIGN.failure(
            f'The database is at the revision {steps.listed(strangers)}, '
            'which is not one of Glance, and has no table images.'
        )
    if strangers:
        return UNKNOWN.failure(
            f'The database is at the revision {steps.listed(strangers)}, '
            f'which no release up to {releases.newest().title} has.'
        )
    labels = sorted(set(live.revisions) & set(chain.labels()))
    if labels and checker.target.major >= waypoints.WITHOUT_LABELS:
        renamed = [
            waypoints.renamed(old, chain.labels()[old]) for old in labels
        ]
        return OLD_LABEL.failure(
            f'The database is at the revision {steps.listed(labels)}.',
            remediation=steps.in_order([*renamed, steps.SYNC]),
        )
    return None


def _without_revision(
    live: 'schema.Schema', checker: context.Checker
) -> results.Finding | None:
    if not live.tables - {'alembic_version'}:
        said = 'The database has no tables.'
        if checker.before == 'restart':
            return EMPTY.failure(said)
        return EMPTY.warning(said)
    if 'images' not in live.tables:
        some = sorted(live.tables)[: results.SAMPLE_SIZE]
        return FOREIGN.failure(
            'The database has tables, and none of them is images.',
            affected=results.Affected(len(live.tables), tuple(some)),
        )
    if live.migrate_version is None:
        return _unstamped(live, checker)
    revision = waypoints.MIGRATED.get(live.migrate_version)
    if revision and checker.target.major < waypoints.WITHOUT_MIGRATE:
        return None
    return PREMIGRATE.failure(
        f'The database is at version {live.migrate_version} of '
        'sqlalchemy-migrate, which no release from '
        f'{waypoints.WITHOUT_MIGRATE}.0.0 on understands.',
        remediation=_premigrate_remedy(revision, live, checker),
    )


def _unstamped(
    live: 'schema.Schema', checker: context.Checker
) -> results.Finding:
    from glance_status import schema

    revision = schema.fitting(live, checker.connection)
    said = (
        'The database has the tables of Glance, and alembic_version does not '
        'say at which revision they are.'
    )
    if revision is None:
        return UNSTAMPED.failure(said)
    return UNSTAMPED.failure(
        f'{said} They are those of {revision}.',
        remediation=UNKNOWN.remediation
        if releases.beyond([revision], checker.target)
        else steps.in_order([steps.stamp(revision), steps.SYNC]),
    )


def _premigrate_remedy(
    revision: str | None, live: 'schema.Schema', checker: context.Checker
) -> str:
    if revision is None:
        return (
            'Upgrade it with the code of Liberty, or restore the backup of a '
            'database that was: later releases take it from there.'
        )
    ways = [steps.stamp(revision)]
    if waypoints.VISIBILITY not in chain.included(
        [revision]
    ) and visibility.count(checker):
        ways += visibility.fill([revision], checker)
    return steps.in_order([*ways, steps.SYNC])


def present_names(
    live: 'schema.Schema', checker: context.Checker
) -> tuple[tuple[str, ...], list[results.Finding]]:
    """Return the rows as db sync of the target would make them at first."""
    if not live.revisions:
        assert live.migrate_version
        version = live.migrate_version
        said = (
            f'The database is at version {version} of sqlalchemy-migrate, '
            f'which {checker.target.title} takes for '
            f'{waypoints.MIGRATED[version]}.'
        )
        note = PREMIGRATE.note(said, remediation=f'Run {steps.SYNC}.')
        return (waypoints.MIGRATED[version],), [note]
    labels = sorted(set(live.revisions) & set(chain.labels()))
    rows = tuple(chain.labels().get(name, name) for name in live.revisions)
    if not labels:
        return rows, []
    said = f'The database is at the revision {steps.listed(labels)}.'
    return rows, [
        OLD_LABEL.note(
            f'{said} {checker.target.title} renames it; from '
            f'{waypoints.WITHOUT_LABELS}.0.0 on no release does.',
            remediation=f'Run {steps.SYNC}.',
        )
    ]
