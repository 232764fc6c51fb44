# SPDX-License-Identifier: Apache-2.0
"""What the tables of a live database look like, in the words of layouts."""

import re
import typing

import sqlalchemy
from sqlalchemy import types

from glance_status.releases import layouts

_Found = typing.Mapping[str, typing.Any]


def read(
    connection: sqlalchemy.Connection, names: typing.Collection[str]
) -> layouts.Layout:
    """Return those of some tables that are there.

    Asks the server's catalogue alone, however many rows there are.
    """
    inspector = sqlalchemy.inspect(connection)
    there = sorted({*names} & {*inspector.get_table_names()})
    if not there:
        return {}
    columns = _by_table(inspector.get_multi_columns(filter_names=there))
    keys = _by_table(inspector.get_multi_pk_constraint(filter_names=there))
    constraints = _by_table(
        inspector.get_multi_unique_constraints(filter_names=there)
    )
    indexes = _by_table(inspector.get_multi_indexes(filter_names=there))
    foreign = _by_table(inspector.get_multi_foreign_keys(filter_names=there))
    options: dict[str, typing.Any] = {}
    # Of PostgreSQL, SQLAlchemy 2.0 does not know them.
    if connection.dialect.name in ('mysql', 'mariadb'):
        options = _by_table(
            inspector.get_multi_table_options(filter_names=there)
        )
    found = {}
    for name in columns:
        key = tuple(keys[name]['constrained_columns'])
        found[name] = layouts.Table(
            {
                each['name']: _column(each, key, connection.dialect.name)
                for each in columns[name]
            },
            key,
            _unique(constraints[name], indexes[name]),
            _indexes(indexes[name], unique=False),
            _foreign_keys(foreign[name]),
            options.get(name, {}).get('mysql_engine', '').lower(),
            frozenset(each['name'] or '' for each in indexes[name]),
        )
    return found


def _by_table(
    found: typing.Mapping[tuple[str | None, str], typing.Any],
) -> dict[str, typing.Any]:
    return {name: value for (_schema, name), value in found.items()}


def _column(
    found: _Found, key: layouts.Columns, dialect: str
) -> layouts.Column:
    kind, size = _type(found['type'])
    default = found.get('default')
    counts = 'identity' in found or found.get('autoincrement') is True
    if dialect == 'sqlite':
        # It counts by itself in what is written exactly so.
        counts = key == (found['name'],) and str(found['type']) == 'INTEGER'
    return layouts.Column(
        kind,
        size,
        bool(found['nullable']),
        counts,
        None if counts or default is None else _default(default, kind),
    )


def _default(text: str, kind: str) -> str:
    """Return a default without quotes and casts; NULL is one, too."""
    plain = re.sub(r'::[\w ."]+(\(\d+\))?$', '', text.strip('()'))
    plain = plain.strip("'")
    if kind == 'boolean' and plain in _BOOLEANS:
        return _BOOLEANS[plain]
    return plain.replace(' ', '_')


_BOOLEANS = {'0': 'false', '1': 'true'}


def _type(found: typing.Any) -> tuple[str, str]:
    """Return the kind and the size of a type."""
    name = type(found).__name__
    if isinstance(found, types.Enum):
        return 'enum', ','.join(found.enums)
    if isinstance(found, types.Text):
        return name.lower(), ''
    if isinstance(found, types.String):
        return 'string', str(found.length or '')
    if name == 'TINYINT':
        return 'boolean', ''
    if getattr(found, 'timezone', False):
        return 'datetime_with_time_zone', ''
    for known, word in _KINDS:
        if isinstance(found, known):
            return word, ''
    return str(found).lower().replace(' ', '_'), ''


_KINDS: tuple[tuple[type, str], ...] = (
    (types.Boolean, 'boolean'),
    (types.BigInteger, 'bigint'),
    (types.SmallInteger, 'smallint'),
    (types.Integer, 'integer'),
    (types.DateTime, 'datetime'),
    (types.Numeric, 'decimal'),
)


def _unique(
    constraints: typing.Iterable[_Found], indexes: typing.Iterable[_Found]
) -> dict[layouts.Columns, str]:
    found = _indexes(indexes, unique=True)
    for each in constraints:
        found[tuple(each['column_names'])] = each['name'] or ''
    return found


def _indexes(
    indexes: typing.Iterable[_Found], unique: bool
) -> dict[layouts.Columns, str]:
    return {
        tuple(each['column_names']): each['name'] or ''
        for each in indexes
        if bool(each['unique']) is unique and _is_plain(each)
    }


def _is_plain(index: _Found) -> bool:
    """Tell whether an index is over columns, and over all rows."""
    options = index.get('dialect_options', {})
    return None not in index['column_names'] and not (
        options.get('postgresql_where') is not None
        or options.get('sqlite_where') is not None
    )


def _foreign_keys(
    found: typing.Iterable[_Found],
) -> dict[layouts.Columns, tuple[str, layouts.Columns]]:
    return {
        tuple(each['constrained_columns']): (
            each['referred_table'],
            tuple(each['referred_columns']),
        )
        for each in found
    }
