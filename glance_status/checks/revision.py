# SPDX-License-Identifier: Apache-2.0
"""Where the database stands, and whether the target can take it from there.

What ``glance-manage db sync`` does with each of these states was found by
running it; the sentences say what it does.
"""

import typing

from glance_status import context, plugins, releases, results
from glance_status.checks import half_applied, stamp, steps, visibility
from glance_status.releases import chain

if typing.TYPE_CHECKING:
    from glance_status import schema

BEHIND = results.FindingKind(
    id='db-revision',
    title='The database is not at the schema of the target',
    looks_for='Revisions in alembic_version that are older than those of '
    'the target.',
    matters='Before the sync this is as it should be. The new services find '
    'tables and columns missing when they are started with it.',
    remediation='Run `glance-manage db sync` of the target.',
    reference=steps.UPGRADING,
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
    reference=steps.ROLLING,
)
ROLLING_ENGINE = results.FindingKind(
    id='db-rolling-engine',
    title='Only db sync works on PostgreSQL',
    looks_for='A database in PostgreSQL that is to be upgraded.',
    matters='`glance-manage db expand`, migrate, contract and check exit '
    'there with an error: the upgrade is one step, with all services '
    'stopped.',
    remediation='Stop the services, then run `glance-manage db sync`.',
    reference=steps.ROLLING,
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

    live = schema.read(checker.connection, chain.growing())
    schema.raise_if_hidden(checker.connection, _expected(live) - live.tables)
    stopper = stamp.no_place_to_start(live, checker)
    if stopper:
        return [stopper]
    rows, notes = stamp.present_names(live, checker)
    if releases.beyond(rows, checker.target):
        return [_beyond(rows, checker)]
    first = [
        *half_applied.half_applied(rows, live, checker),
        *visibility.incomplete(rows, live, checker),
        *visibility.triggers_left(checker),
    ]
    return [
        *first,
        *_progress(rows, first, checker),
        *notes,
        *_disagreement(rows, checker),
    ]


def _beyond(
    rows: tuple[str, ...], checker: context.Checker
) -> results.Finding:
    head = checker.target.contract_head
    said = (
        f'The database is at the revision {steps.listed(rows)}; '
        f'{checker.target.title} ends at {head}'
    )
    if head not in rows:
        return stamp.UNKNOWN.failure(f'{said}.')
    # As in the middle of a rolling upgrade, where old nodes go on.
    return stamp.UNKNOWN.warning(
        f'{said}, and a newer release has expanded it: {steps.SYNC} does '
        'nothing here.',
        remediation='Check --target and [database] connection. Nodes of this '
        'release work with such a database; finish the upgrade to the newer '
        'one, or restore the backup of before.',
    )


def _expected(live: 'schema.Schema') -> set[str]:
    """Return the tables without which something would be wrong."""
    known = set(live.revisions) - set(chain.labels())
    known -= set(chain.unknown(known))
    made = {item.table for item in chain.schema(known)}
    return {'alembic_version', 'images'} | made


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
                f'The database is between {steps.listed(rows)}.'
                if len(rows) > 1
                else f'The database is at {steps.listed(rows)}, which is a '
                'revision of the expand branch.',
                remediation='Stop all nodes of the old release, then '
                f'{steps.SYNC}.'
                if postgresql or to_expand or first
                else None,
            )
        )
    if not missing:
        return findings
    changes = sum(bool(step.adds or step.removes) for step in missing)
    # Before a restart, to be behind stops all.
    stated = BEHIND.failure if checker.before == 'restart' else BEHIND.note
    before = steps.listed(sorted({item.id for item in first}))
    findings.append(
        stated(
            f'The database is at {steps.listed(rows)}; '
            f'{checker.target.title} needs {checker.target.contract_head}: '
            f'revisions to go: {len(missing)}, with changes to the schema: '
            f'{changes}.',
            remediation=f'Not before what {before} says is done: run '
            f'{steps.SYNC} of {checker.target.version}.'
            if first
            else f'Back up the database, then run {steps.SYNC} of '
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
            f'{steps.listed(rows)}, which is '
            f'{steps.listed(release.title for release in allowed)}.'
        )
    ]


CHECKS = (
    plugins.Check(
        id='schema-revision',
        title='Schema revision',
        function=check_revision,
        kinds=(
            BEHIND,
            NOT_CONTRACTED,
            stamp.PREMIGRATE,
            stamp.UNSTAMPED,
            stamp.OLD_LABEL,
            stamp.UNKNOWN,
            stamp.EMPTY,
            stamp.FOREIGN,
            half_applied.HALF_APPLIED,
            visibility.INCOMPLETE,
            visibility.TRIGGERS_LEFT,
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
