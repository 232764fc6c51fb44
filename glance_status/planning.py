# SPDX-License-Identifier: Apache-2.0
"""The way from where the database is to the target, before it is gone."""

import dataclasses
import typing

import sqlalchemy
from sqlalchemy import exc

from glance_status import (
    complaints,
    context,
    database,
    errors,
    migrations,
    releases,
    results,
    schema,
    waypoints,
)
from glance_status.releases import chain, layouts

Runs = typing.Literal['shell', 'sql', 'hand']

CHECK_FIRST = 'Run `glance-status upgrade check`, which says what to do.'


@dataclasses.dataclass(frozen=True)
class Size:
    """How large a table is: what the server estimates.

    None is what it does not say.
    """

    table: str
    rows: int | None
    bytes: int | None
    compressed: bool = False


@dataclasses.dataclass(frozen=True)
class Rows:
    """Rows that change, and what changes them.

    :param count: None where nobody knows
    :param exact: whether they were counted, and not estimated
    """

    what: str
    table: str
    count: int | None
    exact: bool


@dataclasses.dataclass(frozen=True)
class Stop:
    """A release to stop at, or else do what the steps of the plan say."""

    release: str
    why: str
    instead: str


@dataclasses.dataclass(frozen=True)
class Revision:
    """A revision to come, and what it does; nothing, where it is empty."""

    id: str
    branch: str
    release: str
    changes: tuple[migrations.Change, ...]
    rows: str | None


@dataclasses.dataclass(frozen=True)
class Step:
    """One thing to do: in a shell, in the database, or by hand."""

    what: str
    runs: Runs
    commands: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Plan:
    """The way to the target.

    :param source: the releases that the database may be at
    :param stated: whether --from named the source
    :param online: whether the old services may run on for a while
    """

    target: results.Target
    source: tuple[releases.Release, ...]
    stated: bool
    rows: tuple[str, ...]
    server: migrations.Server
    online: bool
    passed: tuple[releases.Release, ...]
    stops: tuple[Stop, ...]
    revisions: tuple[Revision, ...]
    sizes: tuple[Size, ...]
    data: tuple[Rows, ...]
    steps: tuple[Step, ...]
    notes: tuple[str, ...]


def make(run: context.Run, target: results.Target) -> Plan:
    """Return the plan of an upgrade; Problem where there is no way."""
    checker = context.Checker(run, context.Facts())
    try:
        return _Planner(run, checker.connection).plan(target)
    except database.Unreachable as error:
        raise errors.Problem(str(error)) from error
    except exc.SQLAlchemyError as error:
        raise errors.Problem(complaints.explain(error)) from error
    finally:
        checker.close()


class _Planner:
    """Asks the database what the plan depends on, and puts it together."""

    def __init__(self, run: context.Run, connection: sqlalchemy.Connection):
        self.run = run
        self.target = run.target
        self.connection = connection
        self.live = schema.read(connection, ['images'])
        self.empty = not self.live.tables - {'alembic_version'}
        self.server = _server(connection)
        self.labels = sorted({*self.live.revisions} & {*chain.labels()})
        self.rows = () if self.empty else self._rows()
        self.triggers = bool(
            self.server.family == 'mysql'
            and schema.triggers(connection) & {*waypoints.TRIGGERS}
        )
        self.missing = releases.missing(self.rows, self.target)
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
        return rows

    def plan(self, target: results.Target) -> Plan:
        """Return the plan."""
        allowed = releases.at(self.rows) if self.rows else ()
        stated = self.run.stated
        source = (stated,) if stated else allowed
        notes = []
        if stated and allowed and stated not in allowed:
            names = ', '.join(release.title for release in allowed)
            notes.append(
                f'--from names {stated.title}; the database is at that of '
                f'{names}.'
            )
        touched = {
            change.table
            for step in self.revisions()
            for change in step.changes
            if change.action != 'create-table'
        }
        data, stops, sql = self._data()
        online = self._online()
        if self.missing and len(source) and not online:
            notes.append(
                'All services stand still from the first command on the '
                'database to the start of the new ones.'
            )
        return Plan(
            target=target,
            source=source,
            stated=bool(stated),
            rows=self.live.revisions,
            server=self.server,
            online=online,
            passed=releases.crossed(source[0], self.target)[:-1]
            if source
            else (),
            stops=tuple(stops),
            revisions=self.revisions(),
            sizes=tuple(
                size for size in self.sizes() if size.table in touched
            ),
            data=tuple(data),
            steps=tuple(self._steps(online, sql)),
            notes=tuple(notes),
        )

    # What is to come

    def revisions(self) -> tuple[Revision, ...]:
        """Return the revisions that are missing, in the order of db sync."""
        compressed = {each.table for each in self.sizes() if each.compressed}
        done = [*self.rows]
        found = []
        for step in self.missing:
            found.append(
                Revision(
                    step.id,
                    step.branch,
                    releases.find(str(step.first)).label,
                    tuple(
                        migrations.changes(self.server, step, done, compressed)
                    ),
                    migrations.ROWS.get(step.id),
                )
            )
            done.append(step.id)
        return tuple(found)

    def sizes(self) -> tuple[Size, ...]:
        """Return how large the tables are, as the server estimates it."""
        if not hasattr(self, '_sizes'):
            self._sizes = tuple(_SIZES[self.server.family](self.connection))
        return self._sizes

    def _data(self) -> tuple[list[Rows], list[Stop], dict[str, Step]]:
        """Return rows to change, stops, and steps with SQL, by when."""
        data: list[Rows] = []
        stops: list[Stop] = []
        steps: dict[str, Step] = {}
        if self.empty:
            return data, stops, steps
        images = self._count('images')
        if waypoints.DROPS_IS_PUBLIC not in self.done and images != (0, True):
            data.append(Rows('visibility of images', 'images', *images))
            stops.append(
                Stop(
                    'Ocata (14.0.0)',
                    'Its data migration fills the visibility of images, and '
                    'runs with the code of 14.x alone.',
                    'The plan does the same with SQL.',
                )
            )
            steps['visibility'] = Step(
                'Fill the visibility of images',
                'sql',
                (*waypoints.FILL_VISIBILITY, *self._drop_triggers()),
            )
        elif self.triggers:
            steps['triggers'] = Step(
                'Drop the triggers of the Ocata upgrade, which db sync leaves',
                'sql',
                tuple(self._drop_triggers()),
            )
        if not self.live.revisions and self.target.major >= (
            waypoints.WITHOUT_MIGRATE
        ):
            stops.append(
                Stop(
                    'Wallaby (22.x)',
                    'It is the last that takes a database of '
                    'sqlalchemy-migrate, and does so without images only.',
                    'The plan stamps the database.',
                )
            )
        if 'mitaka02' in {step.id for step in self.missing}:
            types = self._count(
                'metadef_resource_types', "name = 'OS::Nova::Instance'"
            )
            data.append(
                Rows(
                    'name of a resource type', 'metadef_resource_types', *types
                )
            )
        self._train(data, stops, steps)
        return data, stops, steps

    def _train(
        self, data: list[Rows], stops: list[Stop], steps: dict[str, Step]
    ) -> None:
        missing = {step.id for step in self.missing}
        if waypoints.TRAIN_REVISION not in missing:
            return
        locations = self._count(
            'image_locations', 'meta_data LIKE \'%"backend":%\''
        )
        data.append(
            Rows('key "backend" of locations', 'image_locations', *locations)
        )
        if self.target.major == waypoints.TRAIN or locations == (0, True):
            return
        stops.append(
            Stop(
                'Train (19.0.0)',
                'Its data migration renames the key "backend" in the '
                'metadata of locations, and runs with the code of 19.x alone.',
                'The plan does the same with SQL.',
            )
        )
        steps['train'] = Step(
            'Rename the key in the metadata of locations',
            'sql',
            (waypoints.RENAME_BACKEND,),
        )

    def _drop_triggers(self) -> list[str]:
        if self.server.family != 'mysql':
            return []
        return [
            f'DROP TRIGGER IF EXISTS {name};' for name in waypoints.TRIGGERS
        ]

    def _count(self, table: str, where: str = '') -> tuple[int | None, bool]:
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
            known = {size.table: size.rows for size in self.sizes()}
            return known.get(table), False

    # The steps

    def _online(self) -> bool:
        """Tell whether expand, migrate and contract are the way to go."""
        if self.server.family == 'postgresql' or not self.rows:
            return False
        if waypoints.DROPS_IS_PUBLIC not in self.done:
            return False
        if self.labels or self.triggers:
            return False
        expanded = {
            step.id
            for step in chain.revisions()
            if step.id in self.done and step.branch == 'expand'
        }
        contracted = {
            step.depends_on
            for step in chain.revisions()
            if step.id in self.done
        }
        # What another upgrade left open in between, db sync alone closes.
        to_expand = any(step.branch == 'expand' for step in self.missing)
        return expanded <= contracted or not to_expand

    def _steps(
        self, online: bool, sql: dict[str, Step]
    ) -> typing.Iterator[Step]:
        version = self.target.version
        target = f'--target {self.target.major}'
        yield Step(
            'See that nothing is in the way',
            'shell',
            (f'glance-status upgrade check {target}',),
        )
        if not self.empty:
            yield Step('Back up the database', 'shell', (self._backup(),))
        yield Step(
            f'Install Glance {version} on one node, and do not start it: the '
            'glance-manage of all steps is that one',
            'hand',
        )
        if self.missing or self.labels or self.triggers:
            steps = self._online_steps if online else self._offline_steps
            yield from steps(sql)
        else:
            yield self._check_again()
            yield Step(
                f'Start the services of Glance {version} and stop the old '
                'ones, one node after the other',
                'hand',
            )

    def _check_again(
        self, what: str = 'See that the new services can start'
    ) -> Step:
        return Step(
            what,
            'shell',
            (
                f'glance-status upgrade check --target {self.target.major} '
                '--before restart',
            ),
        )

    def _online_steps(self, sql: dict[str, Step]) -> typing.Iterator[Step]:
        to_expand = any(step.branch == 'expand' for step in self.missing)
        if to_expand:
            yield _manage(
                'Expand the schema; the old services run on', 'expand'
            )
        yield _manage('Migrate the data', 'migrate')
        yield Step(
            f'Start the services of Glance {self.target.version} and stop the '
            'old ones, one node after the other',
            'hand',
        )
        if 'train' in sql:
            yield sql['train']
        yield _manage(
            'Contract the schema, when no old service runs', 'contract'
        )
        yield self._check_again('See that all is well')

    def _offline_steps(self, sql: dict[str, Step]) -> typing.Iterator[Step]:
        if not self.empty:
            yield Step('Stop all services', 'hand')
        if self.labels and self.target.major >= waypoints.WITHOUT_LABELS:
            yield Step(
                'Give the revision its present name',
                'sql',
                tuple(
                    waypoints.renamed(old, chain.labels()[old])
                    for old in self.labels
                ),
            )
        if not self.live.revisions and not self.empty:
            yield Step(
                'Say at which revision the database is',
                'shell',
                (waypoints.stamp(self.rows[0]),),
            )
        if 'visibility' in sql:
            if waypoints.VISIBILITY not in self.done:
                yield Step(
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
        yield self._check_again()
        yield Step(
            f'Start the services of Glance {self.target.version}', 'hand'
        )

    def _backup(self) -> str:
        name = self.connection.engine.url.database or ''
        if self.server.kind == 'sqlite':
            path = str(name).removeprefix('file:')
            return f"sqlite3 {path} '.backup {path}.backup'"
        if self.server.kind == 'postgresql':
            return f'pg_dump --format=custom --file={name}.dump {name}'
        dump = 'mariadb-dump' if self.server.kind == 'mariadb' else 'mysqldump'
        return f'{dump} --single-transaction {name} > {name}.sql'


def _manage(what: str, command: str) -> Step:
    return Step(what, 'shell', (f'glance-manage db {command}',))


def _server(connection: sqlalchemy.Connection) -> migrations.Server:
    dialect = connection.dialect
    kind = dialect.name
    if kind == 'mysql' and getattr(dialect, 'is_mariadb', False):
        kind = 'mariadb'
    version = getattr(dialect, 'server_version_info', None)
    if kind == 'sqlite':
        said = connection.scalar(sqlalchemy.text('SELECT sqlite_version()'))
        version = tuple(map(int, str(said).split('.')))
    return migrations.Server(
        kind, tuple(part for part in version or () if isinstance(part, int))
    )


def _mysql_sizes(connection: sqlalchemy.Connection) -> typing.Iterator[Size]:
    found = connection.exec_driver_sql(
        'SELECT table_name, table_rows, data_length + index_length, '
        'row_format FROM information_schema.tables '
        'WHERE table_schema = DATABASE()'
    )
    for name, rows, size, row_format in found:
        yield Size(name, rows, size, row_format == 'Compressed')


def _postgresql_sizes(
    connection: sqlalchemy.Connection,
) -> typing.Iterator[Size]:
    found = connection.exec_driver_sql(
        'SELECT relname, reltuples::bigint, pg_total_relation_size(oid) FROM '
        "pg_class WHERE relkind = 'r' AND "
        'relnamespace = current_schema()::regnamespace'
    )
    for name, rows, size in found:
        # It was never analysed.
        yield Size(name, None if rows < 0 else rows, size)


def _sqlite_sizes(connection: sqlalchemy.Connection) -> typing.Iterator[Size]:
    names = sqlalchemy.inspect(connection).get_table_names()
    for name in sorted({*names} & layouts.ever().keys()):
        table = sqlalchemy.table(name, sqlalchemy.column('rowid'))
        # Rows that were deleted count as well, but none is read.
        rows = connection.scalar(
            sqlalchemy.select(sqlalchemy.func.max(table.c.rowid))
        )
        yield Size(name, rows or 0, None)


_SIZES = {
    'mysql': _mysql_sizes,
    'postgresql': _postgresql_sizes,
    'sqlite': _sqlite_sizes,
}
