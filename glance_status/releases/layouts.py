# SPDX-License-Identifier: Apache-2.0
"""What the tables of each database revision look like, on each server.

``tools/schemas.py`` makes the data: the real glance-manage takes a database
on each kind of server from revision to revision. A revision stands in the
data as a merge patch (RFC 7386) of what the ones before it made; first the
part that all servers have in common, then what is different on each.
"""

import functools
import json
import pathlib
import typing

from glance_status.releases import chain

SERVERS = ('mysql', 'postgresql', 'sqlite')

# The columns of a key, an index or a constraint, in their order.
Columns = tuple[str, ...]
Json = dict[str, typing.Any]


class Column(typing.NamedTuple):
    """A column.

    :ivar kind: its type in plain words: "string", "text", "integer",
        "bigint", "boolean", "datetime", "enum", else what the server says
    :ivar size: the length of a string, the values of an enum; empty for any
    :ivar nullable: whether it takes NULL
    :ivar counts: whether it counts up by itself
    :ivar default: the default that the server has; None for none
    """

    kind: str
    size: str = ''
    nullable: bool = True
    counts: bool = False
    default: str | None = None

    @property
    def type(self) -> str:
        """Return kind and size as one would write them."""
        return f'{self.kind}({self.size})' if self.size else self.kind


class Table(typing.NamedTuple):
    """A table.

    Of indexes, constraints and foreign keys the columns say what they are;
    the names differ from server to server. An empty name is none.

    :param unique: unique constraints and unique indexes, which do the same
    :param indexes: the other indexes over whole columns
    :param foreign_keys: the table and the columns that columns refer to
    :param engine: of a live table on MariaDB and MySQL, in lower case
    :param taken: the names of all indexes of a live table, also of those
        over the columns of another one, or over some rows
    """

    columns: dict[str, Column]
    primary_key: Columns
    unique: dict[Columns, str]
    indexes: dict[Columns, str]
    foreign_keys: dict[Columns, tuple[str, Columns]]
    engine: str = ''
    taken: frozenset[str] = frozenset()


Layout = dict[str, Table]


def expected(server: str, rows: typing.Iterable[str]) -> Layout:
    """Return the tables of a database with these rows in alembic_version.

    :param server: one of SERVERS; "mysql" is MariaDB too
    """
    done = chain.included(rows)
    state: Json = {}
    for step in chain.revisions():
        if step.id in done:
            for part in ('common', server):
                state = patched(state, _data()[part].get(step.id, {}))
    return {name: _table(data) for name, data in state.items()}


def server(dialect: str) -> str:
    """Return which of SERVERS a dialect of SQLAlchemy belongs to."""
    return 'mysql' if dialect == 'mariadb' else dialect


@functools.cache
def ever() -> dict[str, frozenset[str]]:
    """Return the columns that any revision has, by table."""
    found: dict[str, set[str]] = {}
    for change in _data()['common'].values():
        for name, table in change.items():
            columns = found.setdefault(name, set())
            columns.update((table or {}).get('columns', ()))
    for part in SERVERS:
        for change in _data()[part].values():
            for name, table in change.items():
                found[name].update(table.get('columns', ()))
    return {name: frozenset(columns) for name, columns in found.items()}


def patched(state: Json, patch: Json) -> Json:
    """Return a state after a merge patch."""
    result = dict(state)
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict):
            result[key] = patched(result.get(key, {}), value)
        else:
            result[key] = value
    return result


def as_data(tables: Layout) -> Json:
    """Return tables as they stand in the data."""
    return {
        name: {
            'columns': {
                column: _as_words(described)
                for column, described in table.columns.items()
            },
            'primary_key': ','.join(table.primary_key),
            'unique': {
                ','.join(columns): index
                for columns, index in table.unique.items()
            },
            'indexes': {
                ','.join(columns): index
                for columns, index in table.indexes.items()
            },
            'foreign_keys': {
                ','.join(columns): f'{other}:{",".join(referred)}'
                for columns, (other, referred) in table.foreign_keys.items()
            },
        }
        for name, table in sorted(tables.items())
    }


@functools.cache
def _data() -> Json:
    path = pathlib.Path(__file__).with_name('schemas.json')
    data: Json = json.loads(path.read_text('utf-8'))
    return data


def _table(data: Json) -> Table:
    return Table(
        {name: _column(words) for name, words in data['columns'].items()},
        _columns(data['primary_key']),
        {_columns(key): name for key, name in data['unique'].items()},
        {_columns(key): name for key, name in data['indexes'].items()},
        {
            _columns(key): (other, _columns(referred))
            for key, (other, referred) in (
                (key, value.split(':'))
                for key, value in data['foreign_keys'].items()
            )
        },
    )


def _columns(text: str) -> Columns:
    return tuple(filter(None, text.split(',')))


def _as_words(column: Column) -> str:
    """Return a column as in "string(30) required default active"."""
    words = [column.type]
    words += [] if column.nullable else ['required']
    words += ['counts'] if column.counts else []
    words += [] if column.default is None else ['default', column.default]
    return ' '.join(words)


def _column(words: str) -> Column:
    kind, *rest = words.split()
    kind, _bracket, size = kind.partition('(')
    return Column(
        kind,
        size.removesuffix(')'),
        'required' not in rest,
        'counts' in rest,
        rest[-1] if 'default' in rest else None,
    )
