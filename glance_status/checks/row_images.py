# SPDX-License-Identifier: Apache-2.0
"""Images that the upgrade cuts off, and images that are broken already."""

from glance_status import context, options, plugins, results, rows
from glance_status.checks import image_values

IN_FLIGHT = ('saving', 'uploading', 'importing')

_STATUSES = 'https://docs.openstack.org/glance/latest/user/statuses.html'

IMAGES_IN_FLIGHT = results.FindingKind(
    id='images-in-flight',
    title='Images are being uploaded or imported',
    looks_for='Images whose status is saving, uploading or importing.',
    matters='The work is done in the processes of the API and ends with '
    'them. The image stays in that status for ever, and no other node takes '
    'it over.',
    remediation='Stop uploads and wait until they are done. What is still '
    'in that status when no service runs is lost: delete it with '
    '`openstack image delete IMAGE` and upload it again.',
    reference=_STATUSES,
)
NO_HASH = results.FindingKind(
    id='no-hash',
    title='Active images have no multihash',
    looks_for='Active images without os_hash_value, which is written at '
    'upload since Rocky.',
    matters='Clients cannot verify what they download, or only by the '
    'checksum, which is MD5 and may not be there under FIPS.',
    remediation='Upload the image again where its users verify it. Nothing '
    'has to be done for the upgrade.',
    since='17.0.0',
    reference='https://docs.openstack.org/releasenotes/glance/rocky.html',
)
ACTIVE_NO_LOCATION = results.FindingKind(
    id='active-no-location',
    title='Active images have no location',
    looks_for='Images that are active, are not empty, and have no location '
    'that is active.',
    matters='They cannot be downloaded, neither before the upgrade nor '
    'after it. Whoever finds out after the upgrade takes it for the reason.',
    remediation='Delete them with `openstack image delete IMAGE`, or restore '
    'their row in image_locations from a backup.',
)
PENDING_DELETE = results.FindingKind(
    id='pending-delete',
    title='Images wait for the scrubber',
    looks_for='Images whose status is pending_delete, and locations of '
    'images that are not deleted whose status is that.',
    matters='Their data stays in the store until glance-scrubber runs. '
    'Without [DEFAULT] delayed_delete nobody expects it to run.',
    remediation='Run `glance-scrubber` with the configuration of the old '
    'release until none is left.',
    reference='https://docs.openstack.org/glance/latest/cli/'
    'glancescrubber.html',
)


def ask(_checker: context.Checker) -> list[rows.Question]:
    """Ask which images are in a state that matters."""
    import sqlalchemy

    from glance_status import tables

    images, locations = tables.IMAGES, tables.IMAGE_LOCATIONS
    status = tables.exact(images.c.status)
    active = sqlalchemy.and_(~images.c.deleted, status == 'active')
    return [
        rows.Question(
            'in-flight',
            images,
            sqlalchemy.and_(~images.c.deleted, status.in_(IN_FLIGHT)),
            sort=str,
            looks_at=(images.c.status,),
        ),
        rows.Question(
            'no-hash',
            images,
            sqlalchemy.and_(active, images.c.os_hash_value.is_(None)),
        ),
        rows.Question(
            'no-location',
            images,
            sqlalchemy.and_(
                active,
                sqlalchemy.or_(images.c.size.is_(None), images.c.size > 0),
                locations.c.image_id.is_(None),
            ),
            joins=(
                rows.Join(
                    locations,
                    sqlalchemy.and_(
                        locations.c.image_id == images.c.id,
                        ~locations.c.deleted,
                        tables.exact(locations.c.status) == 'active',
                    ),
                ),
            ),
        ),
        rows.Question('pending-images', images, status == 'pending_delete'),
        rows.Question(
            'pending-locations',
            locations,
            sqlalchemy.and_(
                tables.exact(locations.c.status) == 'pending_delete',
                ~images.c.deleted,
            ),
            sample=(locations.c.image_id,),
            joins=(rows.Join(images, images.c.id == locations.c.image_id),),
        ),
        *image_values.ask(),
    ]


def check_images(checker: context.Checker) -> list[results.Finding]:
    """Judge the states of images."""
    return [
        *image_values.judge(checker),
        *_in_flight(checker),
        *_no_location(checker),
        *_pending(checker),
        *_no_hash(checker),
    ]


def _in_flight(checker: context.Checker) -> list[results.Finding]:
    answer = checker.answers['in-flight']
    if not answer.count:
        return []
    kind = IMAGES_IN_FLIGHT
    found = kind.warning if checker.before == 'restart' else kind.note
    return [
        found(
            f'Images that are being uploaded or imported: {answer.count} '
            f'({answer.by_kind}).',
            affected=answer.affected,
        )
    ]


def _no_location(checker: context.Checker) -> list[results.Finding]:
    answer = checker.answers['no-location']
    if not answer.count:
        return []
    return [
        ACTIVE_NO_LOCATION.warning(
            f'Active images without an active location: {answer.count}. They '
            'cannot be downloaded now either.',
            affected=answer.affected,
        )
    ]


def _no_hash(checker: context.Checker) -> list[results.Finding]:
    answer = checker.answers.get('no-hash')
    if not answer.count:
        return []
    return [
        NO_HASH.note(
            f'Active images without os_hash_value: {answer.count}.',
            affected=answer.affected,
        )
    ]


def _pending(checker: context.Checker) -> list[results.Finding]:
    images = checker.answers['pending-images']
    locations = checker.answers['pending-locations']
    if not images.count + locations.count:
        return []
    delayed = options.glance(checker.conf).delayed_delete
    found = PENDING_DELETE.note if delayed else PENDING_DELETE.warning
    said = 'on' if delayed else 'off'
    findings = []
    if images.count:
        findings.append(
            found(
                f'Images whose data is still to be deleted: {images.count}. '
                f'[DEFAULT] delayed_delete is {said}.',
                affected=images.affected,
            )
        )
    if locations.count:
        findings.append(
            found(
                'Locations of images which are not deleted, whose data is '
                f'still to be deleted: {locations.count}. [DEFAULT] '
                f'delayed_delete is {said}.',
                remediation='The scrubber takes them when their image is '
                'deleted. Where the data has to go now, delete it in the '
                "store, then UPDATE image_locations SET status = 'deleted' "
                "WHERE status = 'pending_delete' AND image_id = 'IMAGE';",
                affected=locations.affected,
            )
        )
    return findings


CHECKS = (
    plugins.Check(
        id='image-states',
        title='Image states',
        function=check_images,
        kinds=(
            image_values.IMAGE_VALUES,
            IMAGES_IN_FLIGHT,
            ACTIVE_NO_LOCATION,
            PENDING_DELETE,
            NO_HASH,
        ),
        topic='images',
        reads=('configuration', 'database'),
        description='Whether images are being uploaded, wait for the '
        'scrubber, have values that the API refuses, or lack what the new '
        'services expect of them.',
        asks=ask,
    ),
)
