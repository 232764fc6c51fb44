# SPDX-License-Identifier: Apache-2.0
"""Whether imports can convert images on this host."""

import shutil

from glance_status import context, plugins, results
from glance_status.checks import imports, presence

PLUGIN = 'image_conversion'
PROGRAM = 'qemu-img'

MISSING = results.FindingKind(
    id='qemu-img-missing',
    title='Imports convert images, and qemu-img is not there',
    looks_for='image_conversion in [image_import_opts] image_import_plugins, '
    'on a host whose PATH has no qemu-img. It is a failure where the target '
    'is installed beside this tool, and elsewhere a warning: Glance may run '
    'in a container of its own.',
    matters='Every import is undone: the image is queued again, and what was '
    'staged for it is deleted.',
    remediation='Install qemu-img (package qemu-utils or qemu-img) where '
    'Glance runs, or take image_conversion out of image_import_plugins.',
    since='18.0.0',
    reference='https://docs.openstack.org/glance/latest/admin/'
    'interoperable-image-import.html',
)


def check_conversion(checker: context.Checker) -> list[results.Finding]:
    """Look for the program where the plug-in is in use."""
    setting = imports.plugged(checker, PLUGIN)
    if setting is None:
        raise context.Inapplicable('imports do not convert images')
    if shutil.which(PROGRAM):
        return []
    presence.require_own(checker)
    made = (
        MISSING.failure if presence.runs_target(checker) else MISSING.warning
    )
    return [
        made(
            f'{setting.name} has {PLUGIN} ({setting.place}), and this host '
            f'has no {PROGRAM}.',
            affected=results.Affected(1, (PLUGIN,)),
        )
    ]


CHECKS = (
    plugins.Check(
        id='image-conversion',
        title='Conversion of images',
        function=check_conversion,
        kinds=(MISSING,),
        topic='images',
        reads=('configuration', 'host'),
        description='Whether the program is there with which imports '
        'convert images.',
    ),
)
