# SPDX-License-Identifier: Apache-2.0
"""The way from where the database is to the target, before it is gone."""

from sqlalchemy import exc

from glance_status import (
    complaints,
    context,
    database,
    errors,
    migrations,
    releases,
    results,
)
from glance_status.planning import data, steps, values
from glance_status.planning.position import Position


def make(run: context.Run, target: results.Target) -> values.Plan:
    """Return the plan of an upgrade; Problem where there is no way."""
    checker = context.Checker(run, context.Facts())
    try:
        return _plan(Position(checker.connection, run.target), run, target)
    except database.Unreachable as error:
        raise errors.Problem(str(error)) from error
    except exc.SQLAlchemyError as error:
        raise errors.Problem(complaints.explain(error)) from error
    finally:
        checker.close()


def _plan(
    position: Position, run: context.Run, target: results.Target
) -> values.Plan:
    allowed = releases.at(position.rows) if position.rows else ()
    stated = run.stated
    source = (stated,) if stated else allowed
    notes = []
    if stated and allowed and stated not in allowed:
        names = ', '.join(release.title for release in allowed)
        notes.append(
            f'--from names {stated.title}; the database is at that of {names}.'
        )
    revisions = _revisions(position)
    touched = {
        change.table
        for step in revisions
        for change in step.changes
        if change.action != 'create-table'
    }
    found = data.Data(position)
    online = steps.online(position)
    if position.missing and len(source) and not online:
        notes.append(
            'All services stand still from the first command on the '
            'database to the start of the new ones.'
        )
    return values.Plan(
        target=target,
        source=source,
        stated=bool(stated),
        rows=position.live.revisions,
        server=position.server,
        online=online,
        passed=releases.crossed(source[0], run.target)[:-1] if source else (),
        stops=tuple(found.stops),
        revisions=revisions,
        sizes=tuple(size for size in position.sizes if size.table in touched),
        data=tuple(found.rows),
        steps=tuple(steps.of(position, online, found.steps)),
        notes=tuple(notes),
    )


def _revisions(position: Position) -> tuple[values.Revision, ...]:
    """Return the revisions that are missing, in the order of db sync."""
    compressed = {each.table for each in position.sizes if each.compressed}
    done = [*position.rows]
    found = []
    for step in position.missing:
        found.append(
            values.Revision(
                step.id,
                step.branch,
                releases.find(str(step.first)).label,
                tuple(
                    migrations.changes(position.server, step, done, compressed)
                ),
                migrations.ROWS.get(step.id),
            )
        )
        done.append(step.id)
    return tuple(found)
