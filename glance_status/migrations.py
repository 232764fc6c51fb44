# SPDX-License-Identifier: Apache-2.0
"""What each revision does to the tables, and what that costs a server."""

import typing

from glance_status.releases import chain, layouts

Action = typing.Literal[
    'create-table',
    'add-column',
    'create-index',
    'drop-index',
    'drop-column',
    'change-column',
    'drop-table',
]
# What a server has to do: nothing but note it, read all rows, write all rows.
Method = typing.Literal['instant', 'reads', 'rebuilds']
# What other sessions have to wait with meanwhile.
Waits = typing.Literal['nothing', 'writes', 'everything']


class Server(typing.NamedTuple):
    """A database server.

    :ivar kind: "mariadb", "mysql", "postgresql" or "sqlite"
    """

    kind: str
    version: tuple[int, ...]

    @property
    def family(self) -> str:
        """Return which of layouts.SERVERS it belongs to."""
        return layouts.server(self.kind)


class Change(typing.NamedTuple):
    """One statement of a revision that changes the schema."""

    action: Action
    table: str
    what: str
    method: Method
    waits: Waits


# What revisions do to rows, beside what they do to the schema.
ROWS = {
    'mitaka02': 'renames the metadata definition OS::Nova::Instance to '
    'OS::Nova::Server',
}


def changes(
    server: Server,
    step: chain.Revision,
    before: typing.Iterable[str],
    compressed: typing.Container[str] = (),
) -> list[Change]:
    """Return what a revision does, in an order that works.

    :param before: the revisions that are applied by then
    :param compressed: the tables that the server keeps compressed
    """
    rows = [*before]
    old = layouts.expected(server.family, rows)
    new = layouts.expected(server.family, [*rows, step.id])
    found: list[_Found] = [
        ('create-table', name, name, False) for name in new.keys() - old.keys()
    ]
    for name in sorted(old.keys() & new.keys()):
        found += _within(name, old[name], new[name])
    found += [
        ('drop-table', name, name, False) for name in old.keys() - new.keys()
    ]
    return [
        Change(
            action,
            table,
            what,
            *cost(server, action, filled, table in compressed),
        )
        for action, table, what, filled in sorted(
            found, key=lambda each: (_ORDER.index(each[0]), each[1:])
        )
    ]


# The last one is of a column: that NULL does not do, or its default does.
_Found = tuple[Action, str, str, bool]
_ORDER = typing.get_args(Action)


def _within(
    name: str, old: layouts.Table, new: layouts.Table
) -> typing.Iterator[_Found]:
    for column in new.columns:
        wanted, had = new.columns[column], old.columns.get(column)
        if had is None:
            filled = wanted.default is not None
            yield 'add-column', name, f'{name}.{column}', filled
        elif had != wanted:
            filled = not wanted.nullable
            said = f'{name}.{column} {"NOT NULL" if filled else "NULL"}'
            yield 'change-column', name, said, filled
    for column in old.columns:
        if column not in new.columns:
            yield 'drop-column', name, f'{name}.{column}', False
    for columns, index in new.indexes.items():
        if columns not in old.indexes:
            what = f'{index} on {name}({", ".join(columns)})'
            yield 'create-index', name, what, False
    for columns, index in old.indexes.items():
        if columns not in new.indexes:
            yield 'drop-index', name, f'{index} on {name}', False


def cost(
    server: Server, action: Action, filled: bool, compressed: bool = False
) -> tuple[Method, Waits]:
    """Return how a server does a change, and what waits meanwhile."""
    if action in ('create-table', 'drop-table', 'drop-index'):
        return 'instant', 'nothing'
    return _COSTS[server.family](server, action, filled, compressed)


def _on_mysql(
    server: Server, action: Action, _filled: bool, compressed: bool
) -> tuple[Method, Waits]:
    if action == 'create-index':
        return 'reads', 'nothing'
    since = _INSTANT[server.kind].get(action)
    if since and server.version >= since and not compressed:
        return 'instant', 'nothing'
    return 'rebuilds', 'nothing'


# From which version on a server adds and drops columns without a rebuild.
_INSTANT: dict[str, dict[Action, tuple[int, ...]]] = {
    'mariadb': {'add-column': (10, 3, 2), 'drop-column': (10, 4)},
    'mysql': {'add-column': (8, 0, 12), 'drop-column': (8, 0, 29)},
}


def _on_postgresql(
    server: Server, action: Action, filled: bool, _compressed: bool
) -> tuple[Method, Waits]:
    if action == 'create-index':
        return 'reads', 'writes'
    if action == 'change-column':
        # It looks for NULL in all rows, and takes the word away at once.
        if filled:
            return 'reads', 'everything'
        return 'instant', 'nothing'
    if action == 'add-column' and filled and server.version < (11,):
        return 'rebuilds', 'everything'
    return _INSTANTLY


_INSTANTLY: tuple[Method, Waits] = ('instant', 'nothing')


def _on_sqlite(
    _server: Server, action: Action, _filled: bool, _compressed: bool
) -> tuple[Method, Waits]:
    if action == 'add-column':
        return _INSTANTLY
    if action == 'create-index':
        return 'reads', 'writes'
    # The migration makes the table anew and copies the rows.
    return 'rebuilds', 'writes'


_COSTS = {
    'mysql': _on_mysql,
    'postgresql': _on_postgresql,
    'sqlite': _on_sqlite,
}
