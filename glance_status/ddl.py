# SPDX-License-Identifier: Apache-2.0
"""The SQL that gives a table what it lacks, for each kind of server."""

import typing

import sqlalchemy
from sqlalchemy import schema, types

from glance_status.releases import layouts

# What the enum of images.visibility is called in PostgreSQL.
_ENUM = 'image_visibility'


class _Verbatim(types.UserDefinedType[typing.Any]):
    """A type that no Glance has, as the server says it."""

    cache_ok = True

    def __init__(self, text: str):
        self.text = text

    def get_col_spec(self, **_options: typing.Any) -> str:
        return self.text.replace('_', ' ').upper()


class Writer:
    """Writes statements, each with a semicolon at its end.

    :param wanted: the tables as they should be
    :param live: the tables as they are, which matters where SQLite has to
        copy them
    """

    def __init__(
        self,
        dialect: sqlalchemy.Dialect,
        wanted: layouts.Layout,
        live: layouts.Layout,
    ):
        self._dialect = dialect
        self._wanted = wanted
        self._live = live
        self._metadata = sqlalchemy.MetaData()
        for name, table in wanted.items():
            _table(self._metadata, name, table)
        self._kind = 'mysql' if dialect.name == 'mariadb' else dialect.name

    def add_column(self, table: str, column: str) -> list[str]:
        """Add a column that may be empty or has a default."""
        text = self._column(self._metadata.tables[table].c[column])
        return [f'ALTER TABLE {table} ADD COLUMN {text};']

    def add_index(
        self, table: str, columns: layouts.Columns, name: str
    ) -> list[str]:
        """Make an index, without a lock where the server can."""
        how = ' CONCURRENTLY' if self._kind == 'postgresql' else ''
        return [f'CREATE INDEX{how} {name} ON {table} ({_listed(columns)});']

    def add_unique(
        self, table: str, columns: layouts.Columns, name: str
    ) -> list[str]:
        """Make a unique constraint, or in SQLite the index that is as good."""
        name = name or f'uq_{table}_{"_".join(columns)}'
        if self._kind == 'sqlite':
            return [
                f'CREATE UNIQUE INDEX {name} ON {table} ({_listed(columns)});'
            ]
        return [
            f'ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE '
            f'({_listed(columns)});'
        ]

    def add_primary_key(self, table: str) -> list[str]:
        """Make a primary key, in the place of another one."""
        if self._kind == 'sqlite':
            return self._copy(table)
        key = f'ADD PRIMARY KEY ({_listed(self._wanted[table].primary_key)})'
        if not self._live[table].primary_key:
            return [f'ALTER TABLE {table} {key};']
        drop = (
            'DROP PRIMARY KEY'
            if self._kind == 'mysql'
            else f'DROP CONSTRAINT {table}_pkey'
        )
        return [f'ALTER TABLE {table} {drop}, {key};']

    def add_foreign_key(
        self, table: str, columns: layouts.Columns
    ) -> list[str]:
        """Make a foreign key."""
        other, referred = self._wanted[table].foreign_keys[columns]
        return [
            f'ALTER TABLE {table} ADD FOREIGN KEY ({_listed(columns)}) '
            f'REFERENCES {other} ({_listed(referred)});'
        ]

    def set_type(self, table: str, column: str) -> list[str]:
        """Give a column its type."""
        if self._kind == 'mysql':
            return self._modify(table, column)
        found = self._metadata.tables[table].c[column]
        text = found.type.compile(dialect=self._dialect)
        alter = f'ALTER TABLE {table} ALTER COLUMN {column}'
        default = self._wanted[table].columns[column].default
        around: tuple[list[str], list[str]] = [], []
        if default is not None:
            # It may not fit the new type.
            around = (
                [f'{alter} DROP DEFAULT;'],
                [f"{alter} SET DEFAULT '{default}';"],
            )
        change = f'{alter} TYPE {text} USING {column}::text::{text};'
        return [*self._values(table, column), *around[0], change, *around[1]]

    def _values(self, table: str, column: str) -> list[str]:
        """Add the values that PostgreSQL's enum lacks."""
        wanted = self._wanted[table].columns[column]
        if wanted.kind != 'enum':
            return []
        return [
            f"ALTER TYPE {_ENUM} ADD VALUE IF NOT EXISTS '{value}';"
            for value in wanted.size.split(',')
            if value not in self._live[table].columns[column].size.split(',')
        ]

    def set_nullability(self, table: str, column: str) -> list[str]:
        """Let a column take NULL, or keep it out, as it should be."""
        if self._kind == 'sqlite':
            return self._copy(table)
        if self._kind == 'mysql':
            return self._modify(table, column)
        verb = (
            'DROP' if self._wanted[table].columns[column].nullable else 'SET'
        )
        return [f'ALTER TABLE {table} ALTER COLUMN {column} {verb} NOT NULL;']

    def relax(self, table: str, column: str) -> list[str]:
        """Let a column that no Glance knows take NULL."""
        if self._kind == 'sqlite':
            return self._copy(table)
        if self._kind == 'postgresql':
            return [
                f'ALTER TABLE {table} ALTER COLUMN {column} DROP NOT NULL;'
            ]
        strange = self._live[table].columns[column]
        text = self._column(_column(column, strange._replace(nullable=True)))
        return [f'ALTER TABLE {table} MODIFY {text};']

    def count(self, table: str, column: str) -> list[str]:
        """Let a column count up by itself again."""
        if self._kind == 'sqlite':
            return self._copy(table)
        if self._kind == 'mysql':
            return self._modify(table, column)
        sequence = f'{table}_{column}_seq'
        return [
            f'CREATE SEQUENCE IF NOT EXISTS {sequence} OWNED BY '
            f'{table}.{column};',
            f"SELECT setval('{sequence}', (SELECT COALESCE(MAX({column}), 0) "
            f'+ 1 FROM {table}), false);',
            f'ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT '
            f"nextval('{sequence}');",
        ]

    def drop_index(
        self, table: str, name: str, constraint: bool = False
    ) -> list[str]:
        """Drop an index, or a unique constraint."""
        if self._kind == 'mysql':
            return [f'ALTER TABLE {table} DROP INDEX {name};']
        if constraint and self._kind == 'postgresql':
            # It may be either.
            return [
                f'ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name};',
                f'DROP INDEX IF EXISTS {name};',
            ]
        return [f'DROP INDEX {name};']

    def _modify(self, table: str, column: str) -> list[str]:
        text = self._column(self._metadata.tables[table].c[column])
        change = f'ALTER TABLE {table} MODIFY {text};'
        if not self._is_referred_to(table, column):
            return [change]
        # It does not change a column of a foreign key otherwise.
        return [
            'SET SESSION foreign_key_checks = 0;',
            change,
            'SET SESSION foreign_key_checks = 1;',
        ]

    def _is_referred_to(self, table: str, column: str) -> bool:
        return any(
            (name == table and column in columns)
            or (other == table and column in referred)
            for name, found in self._wanted.items()
            for columns, (other, referred) in found.foreign_keys.items()
        )

    def _column(self, column: sqlalchemy.Column[typing.Any]) -> str:
        text = schema.CreateColumn(column).compile(dialect=self._dialect)
        return ' '.join(str(text).split())

    def _copy(self, table: str) -> list[str]:
        """Make a table anew as it should be, with what is in it."""
        wanted = _both(self._wanted[table], self._live[table])
        new = _table(sqlalchemy.MetaData(), f'{table}_new', wanted, False)
        names = _listed(
            c for c in wanted.columns if c in self._live[table].columns
        )
        created = schema.CreateTable(new).compile(dialect=self._dialect)
        return [
            f'{" ".join(str(created).split())};',
            f'INSERT INTO {table}_new ({names}) SELECT {names} FROM {table};',
            f'DROP TABLE {table};',
            f'ALTER TABLE {table}_new RENAME TO {table};',
            *(
                f'CREATE INDEX {name} ON {table} ({_listed(columns)});'
                for columns, name in wanted.indexes.items()
            ),
        ]


def _both(wanted: layouts.Table, live: layouts.Table) -> layouts.Table:
    """Return a table as it should be, with what was added by hand."""
    strange = {
        name: column if column.default else column._replace(nullable=True)
        for name, column in live.columns.items()
        if name not in wanted.columns
    }
    return wanted._replace(
        columns=wanted.columns | strange,
        unique=live.unique | wanted.unique,
        indexes=live.indexes | wanted.indexes,
    )


def _table(
    metadata: sqlalchemy.MetaData,
    name: str,
    table: layouts.Table,
    linked: bool = True,
) -> sqlalchemy.Table:
    """Return a table; with ``linked``, its foreign keys are resolved."""
    made = sqlalchemy.Table(
        name,
        metadata,
        *(_column(*each) for each in table.columns.items()),
        schema.PrimaryKeyConstraint(*table.primary_key),
    )
    if not linked:
        for columns, index in table.unique.items():
            made.append_constraint(
                schema.UniqueConstraint(*columns, name=index or None)
            )
        for columns, (other, referred) in table.foreign_keys.items():
            if other not in metadata.tables:
                sqlalchemy.Table(
                    other, metadata, *(sqlalchemy.Column(c) for c in referred)
                )
            made.append_constraint(
                schema.ForeignKeyConstraint(
                    columns, [f'{other}.{each}' for each in referred]
                )
            )
    return made


def _column(
    name: str, column: layouts.Column
) -> sqlalchemy.Column[typing.Any]:
    default: typing.Any = column.default
    if default is not None:
        text = default if column.kind in _BARE else f"'{default}'"
        default = sqlalchemy.text(text)
    return sqlalchemy.Column(
        name,
        _type(column),
        nullable=column.nullable,
        autoincrement=column.counts,
        server_default=default,
    )


_BARE = ('boolean', 'integer', 'bigint', 'smallint')


def _type(column: layouts.Column) -> types.TypeEngine[typing.Any]:
    if column.kind == 'string':
        return types.String(int(column.size) if column.size else None)
    if column.kind == 'enum':
        return types.Enum(*column.size.split(','), name=_ENUM)
    plain = _PLAIN.get(column.kind)
    return plain() if plain else _Verbatim(column.type)


_PLAIN: dict[str, type[types.TypeEngine[typing.Any]]] = {
    'text': types.Text,
    'integer': types.Integer,
    'bigint': types.BigInteger,
    'smallint': types.SmallInteger,
    'boolean': types.Boolean,
    'datetime': types.DateTime,
    'decimal': types.Numeric,
}


def _listed(names: typing.Iterable[str]) -> str:
    return ', '.join(names)
