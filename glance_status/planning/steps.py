# SPDX-License-Identifier: Apache-2.0
"""The steps of an upgrade, one after the other."""

import typing

from glance_status import waypoints
from glance_status.planning import values
from glance_status.planning.position import Position
from glance_status.releases import chain


def online(position: Position) -> bool:
    """Tell whether expand, migrate and contract are the way to go."""
    if position.server.family == 'postgresql' or not position.rows:
        return False
    if waypoints.DROPS_IS_PUBLIC not in position.done:
        return False
    if position.labels or position.triggers:
        return False
    expanded = {
        step.id
        for step in chain.revisions()
        if step.id in position.done and step.branch == 'expand'
    }
    contracted = {
        step.depends_on
        for step in chain.revisions()
        if step.id in position.done
    }
    # What another upgrade left open in between, db sync alone closes.
    to_expand = any(step.branch == 'expand' for step in position.missing)
    return expanded <= contracted or not to_expand


def of(
    position: Position, online: bool, sql: dict[str, values.Step]
) -> typing.Iterator[values.Step]:
    """Return all steps, in their order.

    :param online: whether the old services run on in the meantime
    :param sql: what is to be done by SQL, by its name
    """
    version = position.target.version
    target = f'--target {position.target.major}'
    yield values.Step(
        'See that nothing is in the way',
        'shell',
        (f'glance-status upgrade check {target}',),
    )
    if not position.empty:
        yield values.Step(
            'Back up the database', 'shell', (_backup(position),)
        )
    yield values.Step(
        f'Install Glance {version} on one node, and do not start it: the '
        'glance-manage of all steps is that one',
        'hand',
    )
    if position.missing or position.labels or position.triggers:
        steps = _online_steps if online else _offline_steps
        yield from steps(position, sql)
    else:
        yield _check_again(position)
        yield values.Step(
            f'Start the services of Glance {version} and stop the old '
            'ones, one node after the other',
            'hand',
        )


def _check_again(
    position: Position, what: str = 'See that the new services can start'
) -> values.Step:
    return values.Step(
        what,
        'shell',
        (
            f'glance-status upgrade check --target {position.target.major} '
            '--before restart',
        ),
    )


def _online_steps(
    position: Position, sql: dict[str, values.Step]
) -> typing.Iterator[values.Step]:
    to_expand = any(step.branch == 'expand' for step in position.missing)
    if to_expand:
        yield _manage('Expand the schema; the old services run on', 'expand')
    yield _manage('Migrate the data', 'migrate')
    yield values.Step(
        f'Start the services of Glance {position.target.version} and stop the '
        'old ones, one node after the other',
        'hand',
    )
    if 'train' in sql:
        yield sql['train']
    yield _manage('Contract the schema, when no old service runs', 'contract')
    yield _check_again(position, 'See that all is well')


def _offline_steps(
    position: Position, sql: dict[str, values.Step]
) -> typing.Iterator[values.Step]:
    if not position.empty:
        yield values.Step('Stop all services', 'hand')
    if position.labels and position.target.major >= waypoints.WITHOUT_LABELS:
        yield values.Step(
            'Give the revision its present name',
            'sql',
            tuple(
                waypoints.renamed(old, chain.labels()[old])
                for old in position.labels
            ),
        )
    if not position.live.revisions and not position.empty:
        yield values.Step(
            'Say at which revision the database is',
            'shell',
            (waypoints.stamp(position.rows[0]),),
        )
    if 'visibility' in sql:
        if waypoints.VISIBILITY not in position.done:
            yield values.Step(
                'Make the column for the visibility of images',
                'shell',
                (
                    'glance-manage db upgrade --version '
                    f'{waypoints.VISIBILITY}',
                ),
            )
        yield sql['visibility']
    for name in ('triggers', 'train'):
        if name in sql:
            yield sql[name]
    yield _manage('Bring the database to the target', 'sync')
    yield _check_again(position)
    yield values.Step(
        f'Start the services of Glance {position.target.version}', 'hand'
    )


def _backup(position: Position) -> str:
    name = position.connection.engine.url.database or ''
    if position.server.kind == 'sqlite':
        path = str(name).removeprefix('file:')
        return f"sqlite3 {path} '.backup {path}.backup'"
    if position.server.kind == 'postgresql':
        return f'pg_dump --format=custom --file={name}.dump {name}'
    dump = 'mariadb-dump' if position.server.kind == 'mariadb' else 'mysqldump'
    return f'{dump} --single-transaction {name} > {name}.sql'


def _manage(what: str, command: str) -> values.Step:
    return values.Step(what, 'shell', (f'glance-manage db {command}',))
