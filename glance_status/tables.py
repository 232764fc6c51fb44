# SPDX-License-Identifier: Apache-2.0
"""Glance's tables, as far as checks look at them."""

import typing

import sqlalchemy
from sqlalchemy.ext import compiler
from sqlalchemy.sql import functions

from glance_status import rows

METADATA = sqlalchemy.MetaData()

ALEMBIC_VERSION = sqlalchemy.Table(
    'alembic_version',
    METADATA,
    sqlalchemy.Column('version_num', sqlalchemy.String(32)),
)

MIGRATE_VERSION = sqlalchemy.Table(
    'migrate_version',
    METADATA,
    sqlalchemy.Column('repository_id', sqlalchemy.String(250)),
    sqlalchemy.Column('version', sqlalchemy.Integer),
)

IMAGES = sqlalchemy.Table(
    'images',
    METADATA,
    sqlalchemy.Column('id', sqlalchemy.String(36), primary_key=True),
    sqlalchemy.Column('status', sqlalchemy.String(30)),
    sqlalchemy.Column('size', sqlalchemy.BigInteger),
    sqlalchemy.Column('visibility', sqlalchemy.String(9)),
    sqlalchemy.Column('min_disk', sqlalchemy.Integer),
    sqlalchemy.Column('min_ram', sqlalchemy.Integer),
    sqlalchemy.Column('os_hash_value', sqlalchemy.String(128)),
    sqlalchemy.Column('deleted', sqlalchemy.Boolean),
)

IMAGE_LOCATIONS = sqlalchemy.Table(
    'image_locations',
    METADATA,
    sqlalchemy.Column('id', sqlalchemy.Integer, primary_key=True),
    sqlalchemy.Column('image_id', sqlalchemy.String(36)),
    sqlalchemy.Column('value', sqlalchemy.Text),
    sqlalchemy.Column('meta_data', sqlalchemy.Text),
    sqlalchemy.Column('status', sqlalchemy.String(30)),
    sqlalchemy.Column('deleted', sqlalchemy.Boolean),
)

IMAGE_MEMBERS = sqlalchemy.Table(
    'image_members',
    METADATA,
    sqlalchemy.Column('id', sqlalchemy.Integer, primary_key=True),
    sqlalchemy.Column('image_id', sqlalchemy.String(36)),
    sqlalchemy.Column('deleted', sqlalchemy.Boolean),
)

IMAGE_PROPERTIES = sqlalchemy.Table(
    'image_properties',
    METADATA,
    sqlalchemy.Column('id', sqlalchemy.Integer, primary_key=True),
    sqlalchemy.Column('image_id', sqlalchemy.String(36)),
    sqlalchemy.Column('name', sqlalchemy.String(255)),
    sqlalchemy.Column('value', sqlalchemy.Text),
    sqlalchemy.Column('deleted', sqlalchemy.Boolean),
)

TASKS = sqlalchemy.Table(
    'tasks',
    METADATA,
    sqlalchemy.Column('id', sqlalchemy.String(36), primary_key=True),
    sqlalchemy.Column('type', sqlalchemy.String(30)),
    sqlalchemy.Column('status', sqlalchemy.String(30)),
    sqlalchemy.Column('deleted', sqlalchemy.Boolean),
)

NODE_REFERENCE = sqlalchemy.Table(
    'node_reference',
    METADATA,
    sqlalchemy.Column(
        'node_reference_id', sqlalchemy.BigInteger, primary_key=True
    ),
    sqlalchemy.Column('node_reference_url', sqlalchemy.String(255)),
)

CACHED_IMAGES = sqlalchemy.Table(
    'cached_images',
    METADATA,
    sqlalchemy.Column('id', sqlalchemy.BigInteger, primary_key=True),
    sqlalchemy.Column('image_id', sqlalchemy.String(36)),
)

METADEF_NAMESPACES = sqlalchemy.Table(
    'metadef_namespaces',
    METADATA,
    sqlalchemy.Column('id', sqlalchemy.Integer, primary_key=True),
    sqlalchemy.Column('namespace', sqlalchemy.String(80)),
)

METADEF_PROPERTIES = sqlalchemy.Table(
    'metadef_properties',
    METADATA,
    sqlalchemy.Column('id', sqlalchemy.Integer, primary_key=True),
    sqlalchemy.Column('namespace_id', sqlalchemy.Integer),
    sqlalchemy.Column('name', sqlalchemy.String(80)),
)


class exact(functions.FunctionElement[str]):
    """A text that is compared byte by byte, on every server.

    The collation of MariaDB and MySQL folds case and trailing blanks.
    """

    name = 'exact'
    inherit_cache = True
    type = sqlalchemy.String()


@compiler.compiles(exact)
def _as_it_is(
    element: exact, compiler: sqlalchemy.Compiled, **options: typing.Any
) -> str:
    return str(compiler.process(*element.clauses, **options))


@compiler.compiles(exact, 'mysql')
@compiler.compiles(exact, 'mariadb')
def _as_bytes(
    element: exact, compiler: sqlalchemy.Compiled, **options: typing.Any
) -> str:
    return f'CAST({_as_it_is(element, compiler, **options)} AS BINARY)'


def private_with_members() -> sqlalchemy.ColumnElement[bool]:
    """Return the condition that an image is private and has members."""
    members = sqlalchemy.select(IMAGE_MEMBERS.c.image_id)
    # A literal, since PostgreSQL does not compare its enum with a VARCHAR.
    return sqlalchemy.and_(
        IMAGES.c.visibility == sqlalchemy.literal_column("'private'"),
        IMAGES.c.id.in_(members.where(~IMAGE_MEMBERS.c.deleted)),
    )


def live_locations(
    name: str,
    where: sqlalchemy.ColumnElement[bool],
    sort: typing.Callable[..., str | None] | None = None,
    looks_at: tuple[sqlalchemy.ColumnElement[typing.Any], ...] = (),
    more: tuple[sqlalchemy.ColumnElement[typing.Any], ...] = (),
) -> rows.Question:
    """Return the question for locations that are in use, by their image.

    :param more: columns of the sample beside the image
    """
    table = IMAGE_LOCATIONS
    return rows.Question(
        name,
        table,
        sqlalchemy.and_(
            where,
            ~table.c.deleted,
            exact(table.c.status) == 'active',
            ~IMAGES.c.deleted,
        ),
        sample=(table.c.image_id, *more),
        joins=(rows.Join(IMAGES, IMAGES.c.id == table.c.image_id),),
        sort=sort,
        looks_at=looks_at,
    )
