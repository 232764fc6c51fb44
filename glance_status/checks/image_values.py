# SPDX-License-Identifier: Apache-2.0
"""Images with values that the API makes no image of."""

from glance_status import context, results, rows

VISIBILITIES = ('public', 'private', 'shared', 'community')

IMAGE_VALUES = results.FindingKind(
    id='image-values',
    title='Images have values that the API refuses',
    looks_for='Images that are not deleted, with a min_disk or min_ram below '
    '0, or a visibility that is none of public, private, shared and '
    'community.',
    matters='Every request for such an image, and every list of images with '
    'one in it, is answered with 400 or 500, as before the upgrade.',
    remediation='Back up images, and write values that the API takes: '
    'UPDATE images SET min_disk = 0 WHERE min_disk < 0; UPDATE images SET '
    'min_ram = 0 WHERE min_ram < 0; and for an image of another visibility '
    "UPDATE images SET visibility = 'private' WHERE id = 'IMAGE';",
)


def ask() -> list[rows.Question]:
    """Ask for values that no API writes."""
    import sqlalchemy

    from glance_status import tables

    images = tables.IMAGES
    # Literals, since PostgreSQL does not compare its enum with a VARCHAR.
    known: list[sqlalchemy.ColumnElement[str]] = [
        sqlalchemy.literal_column(f"'{word}'") for word in VISIBILITIES
    ]
    return [
        rows.Question(
            'values',
            images,
            sqlalchemy.and_(
                ~images.c.deleted,
                sqlalchemy.or_(
                    images.c.min_disk < 0,
                    images.c.min_ram < 0,
                    images.c.visibility.not_in(known),
                ),
            ),
            sort=_fault,
            looks_at=(images.c.min_disk, images.c.min_ram),
        )
    ]


def _fault(min_disk: int, min_ram: int) -> str:
    if min_disk < 0:
        return 'min_disk below 0'
    if min_ram < 0:
        return 'min_ram below 0'
    return 'an unknown visibility'


def judge(checker: context.Checker) -> list[results.Finding]:
    """Judge what was found."""
    answer = checker.answers['values']
    if not answer.count:
        return []
    return [
        IMAGE_VALUES.failure(
            f'Images that the API cannot show: {answer.count} '
            f'({answer.by_kind}).',
            affected=answer.affected,
        )
    ]
