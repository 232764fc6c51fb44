# SPDX-License-Identifier: Apache-2.0
"""The tables of a revision of Glance, made without a Glance."""

import typing

import sqlalchemy

from glance_status.releases import layouts

_TYPES = {
    'bigint': sqlalchemy.BigInteger,
    'boolean': sqlalchemy.Boolean,
    'datetime': sqlalchemy.DateTime,
    'decimal': sqlalchemy.Numeric,
    'integer': sqlalchemy.Integer,
    'text': sqlalchemy.Text,
}


def create(
    connection: sqlalchemy.Connection, revision: str
) -> sqlalchemy.MetaData:
    """Make what ``glance-manage db upgrade`` to a revision makes.

    The rows that it loads into the tables of the metadata definitions are
    not among it.
    """
    tables = describe(connection.dialect.name, revision)
    tables.create_all(connection)
    connection.execute(
        tables.tables['alembic_version'].insert().values(version_num=revision)
    )
    return tables


def describe(dialect: str, revision: str) -> sqlalchemy.MetaData:
    """Return the tables as SQLAlchemy has them.

    :param dialect: SQLAlchemy's name of the server
    """
    server = 'mysql' if dialect == 'mariadb' else dialect
    expected = layouts.expected(server, [revision])
    metadata = sqlalchemy.MetaData()
    sqlalchemy.Table(
        'alembic_version',
        metadata,
        sqlalchemy.Column(
            'version_num', sqlalchemy.String(32), primary_key=True
        ),
    )
    for name, table in expected.items():
        _table(name, table, metadata)
    return metadata


def _table(
    name: str, described: layouts.Table, metadata: sqlalchemy.MetaData
) -> None:
    table = sqlalchemy.Table(
        name,
        metadata,
        *(
            _column(name, column, each, described.primary_key)
            for column, each in described.columns.items()
        ),
        *(
            sqlalchemy.UniqueConstraint(*columns, name=constraint or None)
            for columns, constraint in described.unique.items()
        ),
        *(
            sqlalchemy.ForeignKeyConstraint(
                columns, [f'{other}.{column}' for column in referred]
            )
            for columns, (other, referred) in described.foreign_keys.items()
        ),
        mysql_engine='InnoDB',
        mysql_charset='utf8',
    )
    for columns, index in described.indexes.items():
        sqlalchemy.Index(
            index or None, *(table.columns[column] for column in columns)
        )


def _column(
    table: str,
    name: str,
    described: layouts.Column,
    key: layouts.Columns,
) -> 'sqlalchemy.Column[typing.Any]':
    return sqlalchemy.Column(
        name,
        _type(table, name, described),
        primary_key=name in key,
        nullable=described.nullable,
        autoincrement=described.counts,
        server_default=_default(described),
    )


def _type(table: str, name: str, described: layouts.Column) -> typing.Any:
    if described.kind == 'string':
        return sqlalchemy.String(int(described.size or 255))
    if described.kind == 'enum':
        return sqlalchemy.Enum(
            *described.size.split(','), name=f'{table}_{name}'
        )
    return _TYPES[described.kind]()


def _default(described: layouts.Column) -> typing.Any:
    if described.kind == 'boolean' and described.default is not None:
        return sqlalchemy.text(described.default)
    return described.default
