# SPDX-License-Identifier: Apache-2.0
"""Glance's tables, as far as checks look at them."""

import sqlalchemy

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
    sqlalchemy.Column('id', sqlalchemy.String(36)),
    sqlalchemy.Column('visibility', sqlalchemy.String(9)),
)

IMAGE_MEMBERS = sqlalchemy.Table(
    'image_members',
    METADATA,
    sqlalchemy.Column('image_id', sqlalchemy.String(36)),
    sqlalchemy.Column('deleted', sqlalchemy.Boolean),
)


def private_with_members() -> sqlalchemy.ColumnElement[bool]:
    """Return the condition that an image is private and has members."""
    members = sqlalchemy.select(IMAGE_MEMBERS.c.image_id)
    # A literal, since PostgreSQL does not compare its enum with a VARCHAR.
    return sqlalchemy.and_(
        IMAGES.c.visibility == sqlalchemy.literal_column("'private'"),
        IMAGES.c.id.in_(members.where(~IMAGE_MEMBERS.c.deleted)),
    )
