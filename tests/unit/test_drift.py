# SPDX-License-Identifier: Apache-2.0
"""What is a deviation of a table, and what does as well."""

import typing

import pytest

from glance_status import drift
from glance_status.releases import layouts

Column = layouts.Column
Deviation = drift.Deviation

SERVERS = pytest.mark.parametrize('server', layouts.SERVERS)
ON_SERVERS = pytest.mark.parametrize('server', ['mysql', 'postgresql'])

# A table with one of each.
TABLE = layouts.Table(
    columns={
        'id': Column('integer', nullable=False, counts=True),
        'name': Column('string', '255'),
        'image': Column('string', '36', nullable=False),
        'kind': Column('enum', 'a,b'),
        'deleted': Column('boolean', nullable=False),
        'text': Column('text'),
        'size': Column('integer'),
    },
    primary_key=('id',),
    unique={('image', 'name'): 'uq'},
    indexes={('name',): 'ix_name', ('deleted', 'size'): 'ix_deleted'},
    foreign_keys={('image',): ('images', ('id',))},
)


def compare(
    server: str,
    *,
    final: layouts.Table = TABLE,
    others: layouts.Layout | None = None,
    **changes: typing.Any,
) -> list[Deviation]:
    """Return how a live table that is changed deviates.

    :param final: what the migrations to come make of it
    :param others: other live tables
    """
    return drift.compare(
        server,
        {'t': TABLE, 'gone': TABLE},
        {'t': TABLE._replace(**changes), **(others or {})},
        {'t': final, 'gone': TABLE},
        {'t': {*TABLE.columns, 'old'}},
    )


def column(name: str, found: Column | None) -> dict[str, Column]:
    """Return the columns of the table with one that is another, or gone."""
    columns = TABLE.columns | ({name: found} if found else {})
    return {n: c for n, c in columns.items() if found or n != name}


@SERVERS
def test_the_same_table_does_not_deviate(server: str) -> None:
    assert compare(server) == []


def test_tables_are_compared_in_the_order_of_their_names() -> None:
    live = {
        name: TABLE._replace(columns=column('size', None))
        for name in ('b', 'c', 'a')
    }
    expected = dict.fromkeys(('c', 'b', 'a', 'd'), TABLE)
    assert [
        str(item)
        for item in drift.compare('mysql', expected, live, expected, {})
        if item.what == 'missing-column'
    ] == ['a(size)', 'b(size)', 'c(size)']


def test_a_deviation_names_all_its_columns() -> None:
    assert str(Deviation('missing-unique', 't', ('a', 'b'))) == 't(a, b)'


# Columns


@SERVERS
def test_a_column_is_missing(server: str) -> None:
    # Nothing else is said of it, and what follows is looked at.
    columns = column('name', None)
    columns['size'] = Column('integer', nullable=False, default='')
    assert compare(server, columns=columns) == [
        Deviation('missing-column', 't', ('name',)),
        Deviation('refuses-null', 't', ('size',)),
    ]


@pytest.mark.parametrize(
    ('server', 'name', 'found', 'what'),
    [
        ('mysql', 'name', Column('string', '255'), None),
        ('mysql', 'name', Column('string', '256'), None),
        ('mysql', 'name', Column('string', '254'), 'narrow-type'),
        ('postgresql', 'name', Column('string'), None),
        ('mysql', 'name', Column('tinytext'), None),
        ('mysql', 'name', Column('longtext'), None),
        ('mysql', 'name', Column('json'), 'other-type'),
        ('mysql', 'name', Column('integer'), 'other-type'),
        ('mysql', 'text', Column('longtext'), None),
        ('mysql', 'text', Column('mediumtext'), None),
        ('mysql', 'text', Column('tinytext'), 'narrow-type'),
        ('mysql', 'text', Column('string', '9000'), 'narrow-type'),
        ('postgresql', 'text', Column('string'), None),
        ('postgresql', 'text', Column('jsonb'), 'other-type'),
        ('mysql', 'size', Column('bigint'), None),
        ('mysql', 'size', Column('smallint'), 'narrow-type'),
        ('mysql', 'size', Column('text'), 'other-type'),
        ('mysql', 'kind', Column('enum', 'b,c,a'), None),
        ('mysql', 'kind', Column('enum', 'a,c'), 'narrow-type'),
        ('mysql', 'kind', Column('string', '1'), None),
        ('mysql', 'kind', Column('text'), None),
        ('mysql', 'kind', Column('integer'), 'other-type'),
        ('postgresql', 'kind', Column('string', '9'), 'other-type'),
        *(
            ('sqlite', name, Column('json'), None)
            for name in ('name', 'text', 'size', 'kind')
        ),
    ],
)
def test_a_type_holds_all_that_glance_writes_or_not(
    server: str, name: str, found: Column, what: drift.What | None
) -> None:
    assert compare(server, columns=column(name, found)) == (
        [Deviation(what, 't', (name,), live=found.type)] if what else []
    )


@pytest.mark.parametrize(
    ('server', 'kind', 'what'),
    [
        ('mysql', 'smallint', None),
        ('mysql', 'bigint', None),
        ('mysql', 'string', 'other-type'),
        ('postgresql', 'integer', 'other-type'),
    ],
)
def test_a_number_is_a_truth_on_mysql_alone(
    server: str, kind: str, what: drift.What | None
) -> None:
    columns = column('deleted', Column(kind, nullable=False))
    assert compare(server, columns=columns) == (
        [Deviation(what, 't', ('deleted',), live=kind)] if what else []
    )


def test_a_string_of_any_length_needs_one() -> None:
    endless = TABLE._replace(columns=column('name', Column('string')))
    live = {'t': TABLE}
    (found,) = drift.compare(
        'postgresql', {'t': endless}, live, live, {'t': TABLE.columns}
    )
    assert found == Deviation(
        'narrow-type', 't', ('name',), live='string(255)'
    )


@SERVERS
def test_an_id_does_not_count(server: str) -> None:
    columns = column('id', Column('integer', nullable=False))
    assert compare(server, columns=columns) == [
        Deviation('does-not-count', 't', ('id',))
    ]


@SERVERS
def test_null_is_refused_or_taken(server: str) -> None:
    columns = {
        **TABLE.columns,
        'name': Column('string', '255', nullable=False, default=''),
        'image': Column('string', '36'),
        # What SQLite says of a key, which takes no NULL on other servers.
        'id': Column('integer', counts=True),
    }
    assert compare(server, columns=columns) == [
        Deviation('refuses-null', 't', ('name',)),
        Deviation('takes-null', 't', ('image',)),
    ]


@SERVERS
def test_columns_of_others(server: str) -> None:
    columns = {
        **TABLE.columns,
        'takes': Column('integer'),
        'counts': Column('integer', nullable=False, counts=True),
        'has': Column('integer', nullable=False, default=''),
        'full': Column('integer', nullable=False),
        # A revision had it once.
        'old': Column('integer', nullable=False),
    }
    assert compare(server, columns=columns) == [
        Deviation('extra-column', 't', ('counts',)),
        Deviation('unfilled-column', 't', ('full',)),
        Deviation('extra-column', 't', ('has',)),
        Deviation('extra-column', 't', ('takes',)),
    ]


def test_a_table_that_no_revision_has_is_all_of_others() -> None:
    found = drift.compare('mysql', {'x': TABLE}, {'x': TABLE}, {}, {})
    assert [(item.what, str(item)) for item in found] == [
        ('unfilled-column', 'x(deleted)'),
        ('extra-column', 'x(id)'),
        ('unfilled-column', 'x(image)'),
        ('extra-column', 'x(kind)'),
        ('extra-column', 'x(name)'),
        ('extra-column', 'x(size)'),
        ('extra-column', 'x(text)'),
    ]


# Keys


@SERVERS
def test_a_primary_key_is_of_other_columns(server: str) -> None:
    assert compare(server, primary_key=('image',)) == [
        Deviation('missing-primary-key', 't', ('id',))
    ]


@SERVERS
def test_the_columns_of_a_key_may_stand_in_any_order(server: str) -> None:
    assert compare(server, unique={('name', 'image'): 'mine'}) == []


@SERVERS
def test_a_unique_constraint_is_missing(server: str) -> None:
    assert compare(server, unique={}) == [
        Deviation('missing-unique', 't', ('image', 'name'), 'uq')
    ]


def test_a_primary_key_does_for_a_unique_constraint() -> None:
    assert compare('mysql', unique={}, primary_key=('name', 'image')) == [
        Deviation('missing-primary-key', 't', ('id',))
    ]


@SERVERS
def test_a_unique_constraint_of_others_demands_more(server: str) -> None:
    unique = {
        **TABLE.unique,
        # Both contain a key that is there.
        ('image', 'name', 'kind'): 'longer',
        ('id', 'kind'): 'with_id',
        ('image',): 'shorter',
    }
    assert compare(server, unique=unique) == [
        Deviation('extra-unique', 't', ('image',), 'shorter')
    ]


@pytest.mark.parametrize(
    ('server', 'count'), [('mysql', 1), ('postgresql', 1), ('sqlite', 0)]
)
def test_on_sqlite_one_without_a_name_is_of_the_first_glances(
    server: str, count: int
) -> None:
    # What stands behind it is looked at all the same.
    unique = {**TABLE.unique, ('deleted',): '', ('kind',): 'mine'}
    assert (
        compare(server, unique=unique)
        == [
            Deviation('extra-unique', 't', ('deleted',)),
            Deviation('extra-unique', 't', ('kind',), 'mine'),
        ][1 - count :]
    )


@pytest.mark.parametrize(
    'live',
    [
        {},
        {('image',): ('images', ('name',))},
        {('name',): ('images', ('id',))},
    ],
)
def test_a_foreign_key_is_missing_or_another(
    live: dict[layouts.Columns, tuple[str, layouts.Columns]],
) -> None:
    found = [
        Deviation('missing-foreign-key', 't', ('image',)),
        *(Deviation('extra-foreign-key', 't', columns) for columns in live),
    ]
    assert compare('mysql', foreign_keys=live) == found
    assert compare('postgresql', foreign_keys=live) == found
    assert compare('sqlite', foreign_keys=live) == []


# Indexes


@SERVERS
@pytest.mark.parametrize(
    'changes',
    [
        {'indexes': {('name', 'id'): 'mine', ('deleted', 'size'): 'too'}},
        {
            'unique': {('name', 'image'): 'uq'},
            'indexes': {('deleted', 'size'): 'x'},
        },
    ],
)
def test_an_index_may_be_the_beginning_of_another(
    server: str, changes: dict[str, typing.Any]
) -> None:
    extra = [
        Deviation('extra-index', 't', columns, index)
        for columns, index in changes['indexes'].items()
        if columns == ('name', 'id')
    ]
    assert compare(server, **changes) == extra


@SERVERS
def test_an_index_is_missing(server: str) -> None:
    indexes = {('name',): 'ix_name', ('deleted',): 'short'}
    assert compare(server, indexes=indexes) == [
        Deviation('missing-index', 't', ('deleted', 'size'), 'ix_deleted'),
        Deviation('extra-index', 't', ('deleted',), 'short'),
    ]


@SERVERS
def test_an_index_of_a_foreign_key_is_no_stranger(server: str) -> None:
    # MySQL makes it. Columns of others are told of by themselves.
    indexes = {
        **TABLE.indexes,
        ('image',): 'fk',
        ('mine', 'name'): 'mine',
        ('size',): 'extra',
        tuple(TABLE.columns): 'all',
    }
    assert compare(server, indexes=indexes) == [
        Deviation('extra-index', 't', tuple(TABLE.columns), 'all'),
        Deviation('extra-index', 't', ('size',), 'extra'),
    ]


# Names that a migration to come stumbles over


def later(*dropped: layouts.Columns, **made: layouts.Columns) -> layouts.Table:
    """Return the table as migrations leave it that drop and make indexes."""
    indexes = {c: i for c, i in TABLE.indexes.items() if c not in dropped}
    indexes |= {columns: name for name, columns in made.items()}
    columns = TABLE.columns | {'new': Column('integer')}
    return TABLE._replace(columns=columns, indexes=indexes)


@SERVERS
def test_an_index_that_a_migration_drops_has_to_have_its_name(
    server: str,
) -> None:
    final = later(('name',), ('deleted', 'size'))
    indexes = {('name',): 'renamed', ('deleted', 'size'): 'ix_deleted'}
    assert compare(server, final=final) == []
    assert compare(server, final=final, indexes=indexes) == [
        Deviation('name-needed', 't', ('name',), 'ix_name')
    ]
    # It is missed once.
    assert compare(server, final=final, indexes={}) == [
        Deviation('name-needed', 't', ('deleted', 'size'), 'ix_deleted'),
        Deviation('name-needed', 't', ('name',), 'ix_name'),
    ]


@SERVERS
def test_an_index_that_is_missed_is_told_beside_one_that_is_needed(
    server: str,
) -> None:
    final = later(('name',))
    assert compare(server, final=final, indexes={}) == [
        Deviation('name-needed', 't', ('name',), 'ix_name'),
        Deviation('missing-index', 't', ('deleted', 'size'), 'ix_deleted'),
    ]


@SERVERS
@pytest.mark.parametrize(
    'changes',
    [
        {'indexes': {**TABLE.indexes, ('image', 'size'): 'ix_new'}},
        {'unique': {**TABLE.unique, ('image', 'name', 'id'): 'ix_new'}},
        {'taken': frozenset({'ix_new'})},
    ],
)
def test_the_name_of_an_index_to_come_is_taken(
    server: str, changes: dict[str, typing.Any]
) -> None:
    final = later(ix_new=('size',))
    assert Deviation('name-taken', 't', ('size',), 'ix_new') in compare(
        server, final=final, **changes
    )
    assert compare(server, final=final) == []


@pytest.mark.parametrize(
    ('server', 'taken'),
    [('mysql', False), ('postgresql', True), ('sqlite', True)],
)
def test_a_name_is_taken_by_another_table_where_they_share_them(
    server: str, taken: bool
) -> None:
    other = TABLE._replace(indexes={('size',): 'ix_new'})
    assert compare(
        server, final=later(ix_new=('size',)), others={'other': other}
    ) == ([Deviation('name-taken', 't', ('size',), 'ix_new')] * taken)


@SERVERS
def test_a_migration_that_was_done_by_half_is_none_of_it(server: str) -> None:
    final = later(ix_new=('new', 'size'))
    taken = frozenset({'ix_new'})
    name_taken = Deviation('name-taken', 't', ('new', 'size'), 'ix_new')
    assert compare(server, final=final, taken=taken) == [name_taken]
    columns = TABLE.columns | {'new': Column('integer')}
    assert name_taken not in compare(
        server, final=final, taken=taken, columns=columns
    )
