# SPDX-License-Identifier: Apache-2.0
"""Which images the target takes, and which of its options go wrong."""

import hashlib
import re
import typing

from glance_status import context, plugins, results
from glance_status.checks import (
    backends,
    image_formats,
    public_endpoint,
)

GROUP = 'image_format'
# The first release that calls digest_algorithm deprecated.
DIGEST_DEPRECATED = 29
# As Glance reads it.
_QUOTA = re.compile(r'(\d+)((K|M|G|T)?B)?')


class Inspection(typing.NamedTuple):
    """A release that looks at what is uploaded more closely.

    :param since: its major version
    :param option: the one that decides, '' where none does
    :param what: what it refuses
    """

    since: int
    option: str
    what: str


INSPECTIONS = (
    Inspection(
        26, 'vmdk_allowed_types', 'VMDK images of other types than two'
    ),
    Inspection(29, '', 'QCOW2 images with a backing or a data file'),
    Inspection(
        30,
        'require_image_format_match',
        'images whose content is not of their disk_format',
    ),
    Inspection(
        33,
        'gpt_safety_checks_nonfatal',
        'GPT images whose MBR is not as it should be',
    ),
)

IMAGE_FORMAT = results.FindingKind(
    id='image-format',
    title='Uploads are looked at more closely',
    looks_for='An upgrade that passes into 26.0.0 (vmdk_allowed_types), '
    '29.0.0 (backing files and data files of QCOW2), 30.0.0 '
    '(require_image_format_match) or 33.0.0 (gpt_safety_checks_nonfatal). A '
    'note where these options of [image_format] are not set, a warning for '
    'each that is.',
    matters='Uploads and imports that worked before are refused. Images that '
    'are stored are not affected.',
    remediation='Tell those who upload images. Where GPT images are refused '
    'that have to be taken, set [image_format] gpt_safety_checks_nonfatal = '
    'mbr for a time. Look at options that are set: they keep what the '
    'release would close.',
    since='26.0.0',
    reference='https://docs.openstack.org/releasenotes/glance/2025.1.html',
)
NO_LIMIT = results.FindingKind(
    id='api-limits',
    title='A limit of the API is less than 1',
    looks_for='[DEFAULT] limit_param_default or api_limit_max below 1.',
    matters='The API starts, and answers 500 to whoever lists images.',
    remediation='Set it to 1 or more, or delete the line: the defaults are '
    '25 and 1000.',
    since='18.0.0',
)
QUOTA = results.FindingKind(
    id='user-storage-quota',
    title='user_storage_quota cannot be read',
    looks_for='A [DEFAULT] user_storage_quota that is not digits, followed '
    'by B, KB, MB, GB, TB or nothing, without a space.',
    matters='The API starts, and answers 500 to every upload.',
    remediation='Write it as 10GB; 0 is for no quota.',
    since='18.0.0',
)
HASHING = results.FindingKind(
    id='hashing-algorithm',
    title='hashing_algorithm is not known',
    looks_for='A [DEFAULT] hashing_algorithm that Python does not have, or '
    'whose hashes have no length of their own.',
    matters='The API starts, and answers 500 to every upload.',
    remediation='Set it to sha512, which is the default, or delete the line.',
    since='18.0.0',
)
DIGEST = results.FindingKind(
    id='digest-alg',
    title='digest_algorithm has no effect',
    looks_for='[DEFAULT] digest_algorithm in a configuration for a target '
    'from 29.0.0 on.',
    matters='Nothing has used it for long: signatures name their own.',
    remediation='Delete the line.',
    since='29.0.0',
)


def check_formats(checker: context.Checker) -> list[results.Finding]:
    """Look at what the releases on the way no longer take."""
    passed = [item for item in INSPECTIONS if checker.crosses(item.since)]
    if not passed:
        return []
    settings = [
        setting
        for item in passed
        if item.option
        and (setting := checker.written(GROUP, item.option)) is not None
    ]
    if settings:
        return [
            IMAGE_FORMAT.warning(
                f'{setting.name} is {setting.value!r} ({setting.place}), '
                'which decides which uploads are refused after the upgrade.',
                affected=results.Affected(1, (setting.name,)),
            )
            for setting in settings
        ]
    what = '; '.join(f'{item.what} ({item.since}.0.0)' for item in passed)
    return [IMAGE_FORMAT.note(f'After the upgrade these are refused: {what}.')]


def check_options(checker: context.Checker) -> list[results.Finding]:
    """Look at options with which the API starts and then fails."""
    return [
        *image_formats.find(checker),
        *_limits(checker),
        *_quota(checker),
        *_hashing(checker),
        *_digest(checker),
        *public_endpoint.broken(checker),
    ]


def _limits(checker: context.Checker) -> list[results.Finding]:
    settings = [
        checker.written('DEFAULT', option)
        for option in ('limit_param_default', 'api_limit_max')
    ]
    return [
        NO_LIMIT.failure(
            f'{setting.name} is {setting.value} ({setting.place}).',
            affected=results.Affected(1, (setting.name,)),
        )
        for setting in settings
        if setting is not None and _below_one(backends.text(checker, setting))
    ]


def _below_one(value: str) -> bool:
    try:
        return int(value) < 1
    except ValueError:
        # What is no number at all, all options refuse alike.
        return False


def _quota(checker: context.Checker) -> list[results.Finding]:
    setting = checker.written('DEFAULT', 'user_storage_quota')
    if setting is None:
        return []
    value = backends.text(checker, setting)
    if _QUOTA.fullmatch(value) or not backends.resolvable(value):
        return []
    return [QUOTA.failure(f'{setting.name} is {value!r} ({setting.place}).')]


def _hashing(checker: context.Checker) -> list[results.Finding]:
    setting = checker.written('DEFAULT', 'hashing_algorithm')
    if setting is None:
        return []
    value = backends.text(checker, setting)
    if _hashes(value) or not backends.resolvable(value):
        return []
    return [HASHING.failure(f'{setting.name} is {value!r} ({setting.place}).')]


def _hashes(name: str) -> bool:
    """Tell whether glance_store takes an algorithm; it knows no aliases."""
    if name not in hashlib.algorithms_available:
        return False
    try:
        hashlib.new(name, usedforsecurity=False).hexdigest()
    except (TypeError, ValueError):
        return False
    return True


def _digest(checker: context.Checker) -> list[results.Finding]:
    setting = checker.written('DEFAULT', 'digest_algorithm')
    if setting is None or checker.target.major < DIGEST_DEPRECATED:
        return []
    return [
        DIGEST.note(f'{setting.name} is set ({setting.place}), for nothing.')
    ]


CHECKS = (
    plugins.Check(
        id='image-formats',
        title='Formats of images',
        function=check_formats,
        kinds=(IMAGE_FORMAT,),
        topic='images',
        reads=('configuration',),
        description='Whether the target refuses uploads that worked before.',
    ),
    plugins.Check(
        id='image-options',
        title='Options of the Image API',
        function=check_options,
        kinds=(
            image_formats.KIND,
            NO_LIMIT,
            QUOTA,
            HASHING,
            DIGEST,
            public_endpoint.PUBLIC_ENDPOINT,
        ),
        topic='images',
        reads=('configuration',),
        description='Whether the API could answer with its options.',
    ),
)
