# SPDX-License-Identifier: Apache-2.0
"""Whether Glance can read what it has written about locations."""

import json

from glance_status import context, results, rows
from glance_status.checks import backends

METADATA = results.FindingKind(
    id='loc-metadata',
    title='The metadata of locations is no JSON object',
    looks_for='Locations whose metadata is no JSON, also deleted ones, as '
    "{'store': 'rbd'} with the wrong quotation marks is none; and those in "
    'use whose metadata is JSON and no object, or NULL. Images that are '
    'deleted do not count.',
    matters='Glance reads it whenever it reads the image: every request for '
    'such an image, and every list of images with one in it, is answered '
    'with 500. With one store, what is JSON and no object fails downloads '
    'alone.',
    remediation='Back up image_locations, and write an object into '
    'meta_data of these rows: {"store": "NAME"} with the name of the store, '
    'or {} where there is one store alone.',
)
_TEXT, _OTHER = 'no JSON', 'JSON that is no object'


def ask(
    checker: context.Checker, stores: backends.Stores
) -> list[rows.Question]:
    """Ask for metadata that does not look as Glance writes it."""
    import sqlalchemy

    from glance_status import tables

    table, images = tables.IMAGE_LOCATIONS, tables.IMAGES
    meta = tables.exact(table.c.meta_data)
    plain = sqlalchemy.or_(meta == '{}', meta.like('{"%}'))
    return [
        rows.Question(
            'metadata',
            table,
            sqlalchemy.and_(
                sqlalchemy.or_(table.c.meta_data.is_(None), ~plain),
                ~images.c.deleted,
            ),
            sample=(table.c.image_id,),
            joins=(rows.Join(images, images.c.id == table.c.image_id),),
            sort=_fault,
            looks_at=(table.c.meta_data, table.c.deleted, table.c.status),
        )
    ]


def _fault(text: str | None, deleted: bool, status: str) -> str | None:
    try:
        document = None if text is None else json.loads(text)
    except (ValueError, RecursionError):
        return _TEXT
    if isinstance(document, dict) or deleted or status != 'active':
        return None
    return _OTHER


def judge(checker: context.Checker) -> list[results.Finding]:
    """Judge what was found."""
    answer = checker.answers['metadata']
    if not answer.count:
        return []
    return [
        METADATA.failure(
            f'Locations whose metadata cannot be read: {answer.count} '
            f'({answer.by_kind}).',
            affected=answer.affected,
        )
    ]
