# SPDX-License-Identifier: Apache-2.0
"""Where a database stands on its way to the target."""

import functools

import sqlalchemy
from sqlalchemy import exc

from glance_status import errors, releases, schema, waypoints
from glance_status.planning import server, values
from glance_status.releases import chain

CHECK_FIRST = 'Run `glance-status upgrade check`, which says what to do.'


class Position:
    """What the database says of itself; Problem where there is no way.

    :ivar empty: whether there is no table yet
    :ivar labels: the revisions that have another name now
    :ivar rows: the revisions by their present names
    :ivar triggers: whether those of the Ocata upgrade are there
    :ivar missing: the revisions to come, in the order of db sync
    :ivar done: the revisions that are behind
    """

    def __init__(
        self, connection: sqlalchemy.Connection, target: releases.Release
    ):
        self.target = target
        self.connection = connection
        self.live = schema.read(connection, chain.growing())
        self.empty = not self.live.tables - {'alembic_version'}
        self.server = server.of(connection)
        self.labels = sorted({*self.live.revisions} & {*chain.labels()})
        self.rows = () if self.empty else self._rows()
        self.triggers = bool(
            self.server.family == 'mysql'
            and schema.triggers(connection) & {*waypoints.TRIGGERS}
        )
        self.missing = releases.missing(self.rows, target)
        self.done = chain.included(self.rows)

    def _rows(self) -> tuple[str, ...]:
        """Return the revisions by their present names; Problem for none."""
        live = self.live
        if 'images' not in live.tables:
            raise errors.Problem(
                "the database has tables, and they are not Glance's: correct "
                '[database] connection.'
            )
        if not live.revisions and live.migrate_version in waypoints.MIGRATED:
            return (waypoints.MIGRATED[live.migrate_version],)
        strangers = chain.unknown(live.revisions)
        if strangers or not live.revisions:
            where = ', '.join(strangers) or 'no revision that it names'
            raise errors.Problem(f'the database is at {where}. {CHECK_FIRST}')
        rows = tuple(chain.labels().get(row, row) for row in live.revisions)
        if releases.beyond(rows, self.target):
            raise errors.Problem(
                f'the database is at {", ".join(rows)}, and '
                f'{self.target.title} ends at {self.target.contract_head}: '
                'there is no way back to an older release.'
            )
        self._raise_if_half_way(rows)
        return rows

    def _raise_if_half_way(self, rows: tuple[str, ...]) -> None:
        """Raise Problem where a migration stopped in the middle."""
        difference = schema.difference(rows, self.live)
        for items, has, then in (
            (difference.missing, 'lacks', ''),
            (difference.extra, 'already has', ', at which db sync would stop'),
        ):
            if items:
                raise errors.Problem(
                    f'the database is at {", ".join(rows)}, and {has} '
                    f'{", ".join(map(str, items))}{then}. {CHECK_FIRST}'
                )

    @functools.cached_property
    def sizes(self) -> tuple[values.Size, ...]:
        """Return how large the tables are."""
        return server.sizes(self.server, self.connection)

    def count(self, table: str, where: str = '') -> tuple[int | None, bool]:
        """Count rows; where that takes too long, estimate how many at most."""
        condition = f' WHERE {where}' if where else ''
        query = f'SELECT COUNT(*) FROM {table}{condition}'
        try:
            found = self.connection.scalar(
                sqlalchemy.text(query.replace(':', '\\:'))
            )
            return int(found or 0), True
        except exc.DBAPIError as error:
            if error.connection_invalidated:
                raise
            known = {size.table: size.rows for size in self.sizes}
            return known.get(table), False
