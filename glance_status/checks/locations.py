# SPDX-License-Identifier: Apache-2.0
"""How locations of images are chosen, hidden and shown."""

from glance_status import context, plugins, results
from glance_status.checks import backends, location_lock

# The first release that sorts stores by their weight alone.
WEIGHTS = 29
# The first that calls metadata_encryption_key deprecated.
KEY_DEPRECATED = 29
KEY = 'metadata_encryption_key'
# What AES takes, in bytes.
KEY_SIZES = (16, 24, 32)
# The first with an API for locations that only services may use.
SERVICE_API = 29

DEFAULT_STRATEGY = 'location_order'

LOCATION_STRATEGY = results.FindingKind(
    id='location-strategy',
    title='The order of locations is no longer chosen by a strategy',
    looks_for='[DEFAULT] location_strategy other than location_order, and '
    '[store_type_location_strategy] store_type_preference, in targets that '
    'ignore them (29.0.0 and later) or call them deprecated (28.0.0).',
    matters='An image with copies in several stores is then read from the '
    'store with the largest weight, and from the first where none has one: '
    'it may be the slow one, or the one far away.',
    remediation='Set weight in the section of each store in [DEFAULT] '
    'enabled_backends, the largest for the one that is preferred, and '
    'delete these options. weight is there from 27.0.0 on.',
    since='29.0.0',
    reference='https://docs.openstack.org/releasenotes/glance/2024.2.html',
)
METADATA_KEY = results.FindingKind(
    id='metadata-key',
    title='metadata_encryption_key is deprecated',
    looks_for='A value for [DEFAULT] metadata_encryption_key. It is not '
    'shown.',
    matters='It is still read in every release that this tool knows, and '
    'its removal is announced. Without it, or with another, no location that '
    'was written with it can be read.',
    remediation='Keep the key as it is through the upgrade, on every node, '
    'and in the backup. Plan how to store the locations again without it.',
    since='29.0.0',
    reference='https://docs.openstack.org/releasenotes/glance/2024.2.html',
)
METADATA_KEY_SIZE = results.FindingKind(
    id='metadata-key-size',
    title='metadata_encryption_key has a length that AES does not take',
    looks_for='A [DEFAULT] metadata_encryption_key of another length than '
    '16, 24 or 32 bytes.',
    matters='The API starts, and answers 400 to every upload.',
    remediation='Remove it where no location was ever written with it; '
    'else put back the key that was used.',
    since='18.0.0',
)
MULTI_LOCATIONS = results.FindingKind(
    id='multi-locations',
    title='Users see where images lie, or may change it',
    looks_for='[DEFAULT] show_multiple_locations or show_image_direct_url '
    'set to true; before 29.0.0 the former alone. With show_image_direct_url '
    'alone and an RBD store, which Nova and Cinder use to clone images, it is '
    'a note.',
    matters='With show_multiple_locations who may change an image may '
    'replace what it holds (OSSN-0065, OSSN-0090), and locations may have '
    'credentials in them. The option is deprecated, and has been announced '
    'to go; 29.0.0 brought an API for locations that only services use.',
    remediation='Give the users of Nova and Cinder the role service, let '
    'them use the new API, then turn the options off. Before 29.0.0 leave '
    'show_multiple_locations to an API of its own that only services reach.',
    since='18.0.0',
    reference='https://wiki.openstack.org/wiki/OSSN/OSSN-0090',
)


def check_locations(checker: context.Checker) -> list[results.Finding]:
    """Look at the options for locations."""
    return [
        *_strategy(checker),
        *_key(checker),
        *_shown(checker),
        *location_lock.find(checker),
    ]


def _strategy(checker: context.Checker) -> list[results.Finding]:
    # What 28.0.0 calls deprecated, 29.0.0 does not have.
    removed = checker.crosses(WEIGHTS)
    if not removed and checker.target.major != WEIGHTS - 1:
        return []
    settings = [
        checker.written('DEFAULT', 'location_strategy'),
        checker.written(
            'store_type_location_strategy', 'store_type_preference'
        ),
    ]
    return [
        LOCATION_STRATEGY.warning(
            f'{setting.name} is {setting.value} ({setting.place}), and '
            + ('has no effect any more.' if removed else 'is deprecated.'),
            affected=results.Affected(1, (setting.name,)),
        )
        for setting in settings
        if setting is not None and setting.value not in ('', DEFAULT_STRATEGY)
    ]


def _key(checker: context.Checker) -> list[results.Finding]:
    setting = checker.written('DEFAULT', KEY)
    if setting is None or not setting.value:
        return []
    key = backends.text(checker, setting)
    findings = []
    size = len(key.encode())
    if size not in KEY_SIZES and backends.resolvable(key):
        findings.append(
            METADATA_KEY_SIZE.failure(
                f'{setting.name} is set ({setting.place}) and has another '
                'length than 16, 24 or 32 bytes.'
            )
        )
    if checker.target.major >= KEY_DEPRECATED:
        findings.append(
            METADATA_KEY.warning(
                f'{setting.name} is set ({setting.place}), and is '
                'deprecated: without it, or with another, locations cannot '
                'be read.'
            )
        )
    return findings


def _shown(checker: context.Checker) -> list[results.Finding]:
    options = ['show_multiple_locations']
    if checker.target.major >= SERVICE_API:
        options.append('show_image_direct_url')
    shown = [
        setting
        for option in options
        if (setting := checker.written('DEFAULT', option)) is not None
        and backends.is_true(backends.text(checker, setting))
    ]
    names = [setting.option for setting in shown]
    usual = names == ['show_image_direct_url'] and bool(
        backends.read(checker).of('rbd')
    )
    made = MULTI_LOCATIONS.note if usual else MULTI_LOCATIONS.warning
    return [
        made(
            f'{setting.name} is true ({setting.place}): '
            + (
                'who may change an image may replace what it holds.'
                if setting.option == 'show_multiple_locations'
                else 'users see where images lie.'
            ),
            affected=results.Affected(1, (setting.name,)),
        )
        for setting in shown
    ]


CHECKS = (
    plugins.Check(
        id='locations',
        title='Locations of images',
        function=check_locations,
        kinds=(
            LOCATION_STRATEGY,
            METADATA_KEY,
            METADATA_KEY_SIZE,
            MULTI_LOCATIONS,
            location_lock.LOCK,
        ),
        topic='images',
        reads=('configuration', 'files'),
        description='Whether locations are chosen, hidden, shown and taken '
        'by the target as they are today.',
    ),
)
