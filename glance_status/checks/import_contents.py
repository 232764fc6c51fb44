# SPDX-License-Identifier: Apache-2.0
"""What an import may add to an image, and how large an image may get."""

import re

from oslo_config import cfg

from glance_status import context, options, plugins, results
from glance_status.checks import backends

# The first release that keeps the names with this prefix to itself.
RESERVED = 22
PREFIX = 'os_glance'
PLUGIN = 'inject_image_metadata'
# The first release that measures what web-download fetches.
MEASURED = 33
FETCHING = 'web-download'

INJECT_RESERVED = results.FindingKind(
    id='inject-reserved',
    title='Imports no longer add properties with a reserved name',
    looks_for='A property in [inject_metadata_properties] inject whose name '
    'begins with os_glance, with the import plug-in inject_image_metadata in '
    'use, where the upgrade passes into 22.0.0 (Wallaby).',
    matters='The plug-in drops the property and logs it. What relies on the '
    'property does not find it at newly imported images.',
    remediation='Give the property another name, in inject and in whatever '
    'reads it.',
    since='22.0.0',
    reference='https://docs.openstack.org/releasenotes/glance/wallaby.html',
)
SIZE_CAP = results.FindingKind(
    id='image-size-cap',
    title='web-download stops at image_size_cap',
    looks_for='[DEFAULT] image_size_cap that is not set, with the import '
    'method web-download enabled, where the upgrade passes into 33.0.0 '
    '(2026.2).',
    matters='From then on the limit also holds for servers that do not say '
    'how much they send; before, such an import could fill the disk on which '
    'images are staged. The default, 1 TiB, may still be more than there is '
    'room for.',
    remediation='Set image_size_cap, in bytes, to the largest image that may '
    'be imported or uploaded.',
    since='33.0.0',
    reference='https://docs.openstack.org/releasenotes/glance/2026.2.html',
)


def check_contents(checker: context.Checker) -> list[results.Finding]:
    """Look at injected properties and at the limit of an image's size."""
    return [*_injected(checker), *_size(checker)]


def _injected(checker: context.Checker) -> list[results.Finding]:
    setting = checker.written('inject_metadata_properties', 'inject')
    if setting is None or not checker.crosses(RESERVED):
        return []
    plug_ins = _items(checker, 'image_import_opts', 'image_import_plugins')
    if PLUGIN not in (plug_ins or ()):
        return []
    try:
        conf = options.glance(checker.conf)
        properties = conf.inject_metadata_properties.inject or {}
    except (cfg.Error, ValueError, RecursionError):
        return []
    return [
        INJECT_RESERVED.warning(
            f'{setting.name} has the property {name} ({setting.place}), '
            f'which {RESERVED}.0.0 and later drop.',
            affected=results.Affected(1, (name,)),
        )
        for name in properties
        if name.startswith(PREFIX)
    ]


def _size(checker: context.Checker) -> list[results.Finding]:
    methods = _items(checker, 'DEFAULT', 'enabled_import_methods')
    if methods is not None and FETCHING not in methods:
        return []
    if not checker.crosses(MEASURED):
        return []
    if checker.written('DEFAULT', 'image_size_cap') is not None:
        return []
    return [
        SIZE_CAP.note(
            f'{FETCHING} is enabled and [DEFAULT] image_size_cap is not set: '
            'imports stop at 1 TiB.'
        )
    ]


def _items(
    checker: context.Checker, section: str, option: str
) -> list[str] | None:
    """Return the items of a list in brackets, None where it is not set."""
    setting = checker.written(section, option)
    if setting is None:
        return None
    return re.findall(r'[\w-]+', backends.text(checker, setting))


CHECKS = (
    plugins.Check(
        id='import-contents',
        title='Contents of imports',
        function=check_contents,
        kinds=(INJECT_RESERVED, SIZE_CAP),
        topic='images',
        reads=('configuration',),
        description='Whether imports add what the target drops, and how '
        'large an imported image may get.',
    ),
)
