# SPDX-License-Identifier: Apache-2.0
"""Where the database stands, and whether the target can take it from there.

What ``glance-manage db sync`` does with each of these states was found by
running it; the sentences say what it does.
"""

import typing

from glance_status import context, plugins, releases, results, waypoints
from glance_status.releases import chain

if typing.TYPE_CHECKING:
    from glance_status import schema

_SYNC = '`glance-manage db sync`'

_UPGRADING = 'https://docs.openstack.org/glance/latest/admin/db.html'
_ROLLING = (
    'https://docs.openstack.org/glance/latest/admin/rollingupgrades.html'
)

BEHIND = results.FindingKind(
    id='db-revision',
    title='The database is not at the schema of the target',
    looks_for='Revisions in alembic_version that are older than those of '
    'the target.',
    matters='Before the sync this is as it should be. The new services find '
    'tables and columns missing when they are started with it.',
    remediation='Run `glance-manage db sync` of the target.',
    reference=_UPGRADING,
)
NOT_CONTRACTED = results.FindingKind(
    id='db-not-contracted',
    title='An upgrade was begun and not finished',
    looks_for='Revisions of the expand branch in alembic_version without '
    'those of the contract branch that finish them.',
    matters='The schema is that of two releases at once. Nodes of the old '
    'release may still be running.',
    remediation='Finish it with `glance-manage db migrate` and '
    '`glance-manage db contract` once no node of the old release runs.',
    reference=_ROLLING,
)
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
    reference=_UPGRADING,
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
    looks_for='A revision in alembic_version that the target does not have.',
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
    reference=_UPGRADING,
)
VISIBILITY_INCOMPLETE = results.FindingKind(
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
    reference=_ROLLING,
)
ROLLING_ENGINE = results.FindingKind(
    id='db-rolling-engine',
    title='Only db sync works on PostgreSQL',
    looks_for='A database in PostgreSQL that is to be upgraded.',
    matters='`glance-manage db expand`, migrate, contract and check exit '
    'there with an error: the upgrade is one step, with all services '
    'stopped.',
    remediation='Stop the services, then run `glance-manage db sync`.',
    reference=_ROLLING,
)
SOURCE_DISAGREES = results.FindingKind(
    id='source-disagrees',
    title='The database is not at the release that --from names',
    looks_for='A --from that does not have the revision of the database.',
    matters='The checks judge by --from; if the database is right, they '
    'judge by the wrong release.',
    remediation='Leave --from out, or check [database] connection.',
)


def check_revision(checker: context.Checker) -> list[results.Finding]:
    """Say whether db sync of the target can take the database."""
    from glance_status import schema

    live = schema.read(checker.connection, _columns_of_interest())
    stopper = _no_place_to_start(live, checker)
    if stopper:
        return [stopper]
    rows, notes = _present_names(live, checker)
    if releases.beyond(rows, checker.target):
        return [
            UNKNOWN.failure(
                f'The database is at the revision {_listed(rows)}; '
                f'{checker.target.title} ends at '
                f'{checker.target.contract_head}.'
            )
        ]
    first = [
        *_half_applied(rows, live, checker),
        *_visibility(rows, live, checker),
        *_triggers(checker),
    ]
    return [
        *first,
        *_progress(rows, first, checker),
        *notes,
        *_disagreement(rows, checker),
    ]


def _columns_of_interest() -> set[str]:
    """Return the tables to which revisions added columns later on."""
    return {
        item.table
        for revision in chain.revisions()
        for item in revision.adds
        if item.kind == 'column' and revision.branch != 'initial'
    }


def _no_place_to_start(
    live: 'schema.Schema', checker: context.Checker
) -> results.Finding | None:
    """Return what keeps db sync from even starting, None for nothing."""
    if not live.revisions:
        return _without_revision(live, checker)
    strangers = chain.unknown(live.revisions)
    if strangers and 'images' not in live.tables:
        return FOREIGN.failure(
            f'The database is at the revision {_listed(strangers)}, which '
            'is not one of Glance, and has no table images.'
        )
    if strangers:
        return UNKNOWN.failure(
            f'The database is at the revision {_listed(strangers)}, which no '
            f'release up to {releases.newest().title} has.'
        )
    labels = sorted(set(live.revisions) & set(chain.labels()))
    if labels and checker.target.major >= waypoints.WITHOUT_LABELS:
        renamed = [
            waypoints.renamed(old, chain.labels()[old]) for old in labels
        ]
        return OLD_LABEL.failure(
            f'The database is at the revision {_listed(labels)}.',
            remediation=_in_order([*renamed, _SYNC]),
        )
    return None


def _without_revision(
    live: 'schema.Schema', checker: context.Checker
) -> results.Finding | None:
    if not live.tables - {'alembic_version'}:
        return _by_step(EMPTY, checker)('The database has no tables.')
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
        else _in_order([_stamp(revision), _SYNC]),
    )


def _premigrate_remedy(
    revision: str | None, live: 'schema.Schema', checker: context.Checker
) -> str:
    if revision is None:
        return (
            'Upgrade it with the code of Liberty, or restore the backup of a '
            'database that was: later releases take it from there.'
        )
    steps = [_stamp(revision)]
    if waypoints.VISIBILITY not in chain.included([revision]) and _count(
        checker
    ):
        steps += _visibility_steps([revision], checker)
    return _in_order([*steps, _SYNC])


def _present_names(
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
        note = PREMIGRATE.note(said, remediation=f'Run {_SYNC}.')
        return (waypoints.MIGRATED[version],), [note]
    labels = sorted(set(live.revisions) & set(chain.labels()))
    rows = tuple(chain.labels().get(name, name) for name in live.revisions)
    if not labels:
        return rows, []
    said = f'The database is at the revision {_listed(labels)}.'
    return rows, [
        OLD_LABEL.note(
            f'{said} {checker.target.title} renames it; from '
            f'{waypoints.WITHOUT_LABELS}.0.0 on no release does.',
            remediation=f'Run {_SYNC}.',
        )
    ]


def _progress(
    rows: tuple[str, ...],
    first: list[results.Finding],
    checker: context.Checker,
) -> list[results.Finding]:
    """Return how far behind the database is, and the step that comes next.

    :param first: what has to be mended before
    """
    missing = releases.missing(rows, checker.target)
    postgresql = checker.connection.dialect.name == 'postgresql'
    findings = []
    if not _contracted(rows):
        to_expand = any(item.branch == 'expand' for item in missing)
        findings.append(
            NOT_CONTRACTED.warning(
                f'The database is between {_listed(rows)}.'
                if len(rows) > 1
                else f'The database is at {_listed(rows)}, which is a '
                'revision of the expand branch.',
                remediation=f'Stop all nodes of the old release, then {_SYNC}.'
                if postgresql or to_expand or first
                else None,
            )
        )
    if not missing:
        return findings
    steps = sum(bool(step.adds or step.removes) for step in missing)
    before = _listed(sorted({item.id for item in first}))
    findings.append(
        _by_step(BEHIND, checker)(
            f'The database is at {_listed(rows)}; '
            f'{checker.target.title} needs {checker.target.contract_head}: '
            f'revisions to go: {len(missing)}, with changes to the schema: '
            f'{steps}.',
            remediation=f'Not before what {before} says is done: run {_SYNC} '
            f'of {checker.target.version}.'
            if first
            else f'Back up the database, then run {_SYNC} of '
            f'{checker.target.version}.',
        )
    )
    if postgresql:
        findings.append(ROLLING_ENGINE.note('The database is in PostgreSQL.'))
    return findings


def _contracted(rows: tuple[str, ...]) -> bool:
    """Tell whether every expansion was followed by its contraction."""
    done = [
        step for step in chain.revisions() if step.id in chain.included(rows)
    ]
    expanded = {step.id for step in done if step.branch == 'expand'}
    return expanded <= {step.depends_on for step in done}


def _by_step(
    kind: results.FindingKind, checker: context.Checker
) -> typing.Callable[..., results.Finding]:
    """Return how grave it is to be behind: before a restart it stops all."""
    if checker.before == 'restart':
        return kind.failure
    return kind.warning if kind is EMPTY else kind.note


def _half_applied(
    rows: tuple[str, ...], live: 'schema.Schema', checker: context.Checker
) -> list[results.Finding]:
    from glance_status import schema

    difference = schema.difference(rows, live)
    remedy = None
    if difference.missing or difference.extra:
        remedy = _half_applied_remedy(rows, difference, live, checker)
    return [
        HALF_APPLIED.failure(
            f'At {_listed(rows)} this is what the database {said}: '
            f'{_listed(map(str, items))}.',
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


def _half_applied_remedy(
    rows: tuple[str, ...],
    difference: 'schema.Difference',
    live: 'schema.Schema',
    checker: context.Checker,
) -> str | None:
    """Return the shortest way that loses nothing, None for the backup."""
    from glance_status import schema

    fitting = schema.fitting(live, checker.connection)
    if fitting and not releases.beyond([fitting], checker.target):
        return _in_order([_stamp(fitting), _SYNC])
    if not difference.missing:
        return _in_order([*_drops(difference.extra, checker), _SYNC])
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
                return _in_order([_stamp(step.id), *drops, _SYNC])
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
                if item in step.adds
                for other in sorted(step.adds)
                if other.kind == 'index'
            ]
        statements.append(f'ALTER TABLE {item.table} DROP COLUMN {item.name};')
    return list(dict.fromkeys(statements))


def _visibility(
    rows: tuple[str, ...], live: 'schema.Schema', checker: context.Checker
) -> list[results.Finding]:
    if (
        waypoints.DROPS_IS_PUBLIC in chain.included(rows)
        or 'images' not in live.tables
    ):
        return []
    from glance_status import tables

    columns = live.columns['images']
    shared = 0
    if 'visibility' not in columns:
        count = _count(checker)
    else:
        count = _count(checker, tables.IMAGES.c.visibility.is_(None))
        if 'is_public' in columns:
            shared = _count(checker, tables.private_with_members())
    said = []
    if count:
        said.append(f'Images without visibility: {count}.')
    if shared:
        said.append(f'Private images that are shared with others: {shared}.')
    if not said:
        return []
    if 'is_public' in columns:
        steps = _visibility_steps(rows, checker)
        remedy = _in_order([*steps, _SYNC])
    else:
        remedy = (
            'Restore the backup that was made before the failed upgrade: '
            'is_public, which says what is public, is gone.'
        )
    return [
        VISIBILITY_INCOMPLETE.failure(
            ' '.join(said),
            remediation=remedy,
            affected=results.Affected(count + shared),
        )
    ]


def _count(checker: context.Checker, *conditions: typing.Any) -> int:
    import sqlalchemy

    from glance_status import tables

    query = sqlalchemy.select(sqlalchemy.func.count())
    query = query.select_from(tables.IMAGES).where(*conditions)
    return checker.connection.scalar(query) or 0


def _visibility_steps(
    rows: typing.Iterable[str], checker: context.Checker
) -> list[str]:
    steps = [*waypoints.FILL_VISIBILITY]
    if waypoints.VISIBILITY not in chain.included(rows):
        steps.insert(
            0, f'`glance-manage db upgrade --version {waypoints.VISIBILITY}`'
        )
    if checker.connection.dialect.name in ('mysql', 'mariadb'):
        steps += [
            f'DROP TRIGGER IF EXISTS {name};' for name in waypoints.TRIGGERS
        ]
    return steps


def _triggers(checker: context.Checker) -> list[results.Finding]:
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
            f'The table images has the triggers {_listed(found)}.',
            affected=results.Affected(len(found), tuple(found)),
        )
    ]


def _disagreement(
    rows: tuple[str, ...], checker: context.Checker
) -> list[results.Finding]:
    stated = checker.run.stated
    allowed = releases.at(rows)
    if stated is None or not allowed or stated in allowed:
        return []
    return [
        SOURCE_DISAGREES.warning(
            f'--from names {stated.title}; the database is at '
            f'{_listed(rows)}, which is '
            f'{_listed(release.title for release in allowed)}.'
        )
    ]


def _stamp(revision: str) -> str:
    return f'`{waypoints.stamp(revision)}`'


def _in_order(steps: list[str]) -> str:
    """Return steps as one sentence; a backup comes before all of them."""
    return 'Back up the database, then: ' + ' then '.join(steps) + '.'


def _listed(names: typing.Iterable[str]) -> str:
    return ', '.join(names)


CHECKS = (
    plugins.Check(
        id='schema-revision',
        title='Schema revision',
        function=check_revision,
        kinds=(
            BEHIND,
            NOT_CONTRACTED,
            PREMIGRATE,
            UNSTAMPED,
            OLD_LABEL,
            UNKNOWN,
            EMPTY,
            FOREIGN,
            HALF_APPLIED,
            VISIBILITY_INCOMPLETE,
            TRIGGERS_LEFT,
            ROLLING_ENGINE,
            SOURCE_DISAGREES,
        ),
        topic='database',
        reads=('configuration', 'database'),
        description='At which revision the database is, which releases that '
        'can be, and whether `glance-manage db sync` of the target can take '
        'it from there.',
    ),
)
