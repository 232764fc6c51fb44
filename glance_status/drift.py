# SPDX-License-Identifier: Apache-2.0
"""How tables deviate from those that the real Glance makes.

Only what matters is a deviation. Names differ between servers and ages, a
longer column holds what a shorter one did, and an index at the beginning of
another one is no loss.
"""

import typing

from glance_status.releases import layouts

What = typing.Literal[
    'missing-column',
    'missing-index',
    'missing-primary-key',
    'missing-unique',
    'missing-foreign-key',
    'narrow-type',
    'other-type',
    'refuses-null',
    'takes-null',
    'does-not-count',
    'unfilled-column',
    'extra-column',
    'extra-index',
    'extra-unique',
    'extra-foreign-key',
    'name-needed',
    'name-taken',
]


class Deviation(typing.NamedTuple):
    """One thing that is not as it should be.

    :param columns: those that it is about
    :param name: of an index or a constraint; empty for none
    :param live: the type that the column has, where that is what is wrong
    """

    what: What
    table: str
    columns: layouts.Columns
    name: str = ''
    live: str = ''

    def __str__(self) -> str:
        return f'{self.table}({", ".join(self.columns)})'


def compare(
    server: str,
    expected: layouts.Layout,
    live: layouts.Layout,
    final: layouts.Layout,
    ever: typing.Mapping[str, typing.Container[str]],
) -> list[Deviation]:
    """Return how live tables deviate, in a stable order.

    A table that is not there is no deviation: its absence has a name of its
    own.

    :param final: what the migrations still to come will make of it
    :param ever: the columns that any revision knows, by table
    """
    found = []
    for name in sorted(expected.keys() & live.keys()):
        pair = name, expected[name], live[name]
        found += [
            *_columns(server, *pair),
            *_strange_columns(*pair, ever.get(name, ())),
            *_keys(server, *pair),
            *_indexes(*pair),
        ]
    names = _names(server, expected, live, final)
    needed = {item.name for item in names if item.what == 'name-needed'}
    return names + [
        item
        for item in found
        if item.what != 'missing-index' or item.name not in needed
    ]


def _columns(
    server: str, name: str, expected: layouts.Table, live: layouts.Table
) -> typing.Iterator[Deviation]:
    for column, wanted in expected.columns.items():
        found = live.columns.get(column)
        if found is None:
            yield Deviation('missing-column', name, (column,))
            continue
        what = _type(server, wanted, found)
        if what:
            yield Deviation(what, name, (column,), live=found.type)
        if wanted.counts and not found.counts:
            yield Deviation('does-not-count', name, (column,))
        if wanted.nullable == found.nullable or column in expected.primary_key:
            continue
        if wanted.nullable:
            yield Deviation('refuses-null', name, (column,))
        else:
            yield Deviation('takes-null', name, (column,))


def _strange_columns(
    name: str,
    _expected: layouts.Table,
    live: layouts.Table,
    ever: typing.Container[str],
) -> typing.Iterator[Deviation]:
    for column, found in sorted(live.columns.items()):
        if column in ever:
            continue
        filled = found.nullable or found.counts or found.default is not None
        yield Deviation(
            'extra-column' if filled else 'unfilled-column', name, (column,)
        )


# From the narrowest to the widest.
_FAMILIES = (
    ('smallint', 'integer', 'bigint'),
    ('tinytext', 'text', 'mediumtext', 'longtext'),
)


def _type(
    server: str, wanted: layouts.Column, found: layouts.Column
) -> typing.Literal['narrow-type', 'other-type'] | None:
    """Return what is wrong with a type; None where all values fit in."""
    if server == 'sqlite':
        # There the type of a column keeps no value out.
        return None
    if wanted.kind == found.kind:
        return None if _holds(wanted, found) else 'narrow-type'
    for family in _FAMILIES:
        if wanted.kind in family and found.kind in family:
            wide = family.index(found.kind) >= family.index(wanted.kind)
            return None if wide else 'narrow-type'
    if wanted.kind == 'string' and found.kind in _FAMILIES[1]:
        return None
    if wanted.kind == 'text' and found.kind == 'string':
        return 'narrow-type' if found.size else None
    if server == 'mysql' and found.kind in _MYSQL_TAKES.get(wanted.kind, ()):
        return None
    return 'other-type'


# What holds the same values there, as Glance writes and reads them.
_MYSQL_TAKES = {
    'boolean': _FAMILIES[0],
    'enum': ('string', *_FAMILIES[1]),
}


def _holds(wanted: layouts.Column, found: layouts.Column) -> bool:
    """Tell whether a type holds all values of another one of its kind."""
    if wanted.kind == 'enum':
        return {*wanted.size.split(',')} <= {*found.size.split(',')}
    if wanted.kind == 'string' and found.size:
        return bool(wanted.size) and int(found.size) >= int(wanted.size)
    return True


def _keys(
    server: str, name: str, expected: layouts.Table, live: layouts.Table
) -> typing.Iterator[Deviation]:
    if {*expected.primary_key} != {*live.primary_key}:
        yield Deviation('missing-primary-key', name, expected.primary_key)
    there = [{*columns} for columns in (live.primary_key, *live.unique)]
    for columns, index in expected.unique.items():
        if {*columns} not in there:
            yield Deviation('missing-unique', name, columns, index)
    wanted = [
        {*columns} for columns in (expected.primary_key, *expected.unique)
    ]
    for columns, index in sorted(live.unique.items()):
        if server == 'sqlite' and not index:
            # The first Glances left such a one, on the members of images.
            continue
        # What contains a key that is wanted demands nothing more.
        if not any(key <= {*columns} for key in wanted):
            yield Deviation('extra-unique', name, columns, index)
    if server == 'sqlite':
        # Glance does not tell it to heed foreign keys.
        return
    for columns, other in expected.foreign_keys.items():
        if live.foreign_keys.get(columns) != other:
            yield Deviation('missing-foreign-key', name, columns)
    for columns, other in sorted(live.foreign_keys.items()):
        if expected.foreign_keys.get(columns) != other:
            yield Deviation('extra-foreign-key', name, columns)


def _indexes(
    name: str, expected: layouts.Table, live: layouts.Table
) -> typing.Iterator[Deviation]:
    there = (live.primary_key, *live.unique, *live.indexes)
    for columns, index in expected.indexes.items():
        if not any(each[: len(columns)] == columns for each in there):
            yield Deviation('missing-index', name, columns, index)
    wanted = (*expected.indexes, *expected.foreign_keys)
    for columns, index in sorted(live.indexes.items()):
        known = {*columns} <= expected.columns.keys()
        if columns not in wanted and known:
            yield Deviation('extra-index', name, columns, index)


def _names(
    server: str,
    expected: layouts.Layout,
    live: layouts.Layout,
    final: layouts.Layout,
) -> list[Deviation]:
    """Return the names on which the migrations to come would stumble."""
    found = []
    used = {name: _index_names(table) for name, table in live.items()}
    if server != 'mysql':
        # There the names of all tables' indexes have to differ.
        everywhere = {index for names in used.values() for index in names}
        used = dict.fromkeys(used, everywhere)
    for name in sorted(expected.keys() & live.keys() & final.keys()):
        before, after = expected[name].indexes, final[name].indexes
        for columns in sorted(before.keys() - after.keys()):
            index = before[columns]
            if index not in _index_names(live[name]):
                found.append(Deviation('name-needed', name, columns, index))
        for columns in sorted(after.keys() - before.keys()):
            index = after[columns]
            later = {*columns} - {*expected[name].columns}
            # With a later column, it is a migration that was done by half.
            if index in used[name] and not later & {*live[name].columns}:
                found.append(Deviation('name-taken', name, columns, index))
    return found


def _index_names(table: layouts.Table) -> set[str]:
    return {*table.indexes.values(), *table.unique.values(), *table.taken}
