# SPDX-License-Identifier: Apache-2.0
"""Where images wait while they are imported."""

import os

from glance_status import context, ini, plugins, results
from glance_status.checks import backends, values

# The first release that stages in stores of its own under enabled_backends.
RESERVED_STORES = 19
# The first that imports what is staged under any web server.
IMPORTING = 21
# The first whose glance_store gives these stores no directory.
NO_DEFAULT = 31
# The first that looks for the staging directory before it starts.
CLEANING = 27

PREFIX = 'file://'
DEFAULT_URI = 'file:///tmp/staging/'
MULTISTORES = 'https://docs.openstack.org/glance/latest/admin/multistores.html'
SCRUBBER_FILE = 'glance-scrubber.conf'

RESERVED = results.FindingKind(
    id='reserved-stores',
    title='Glance has no directory to stage images in',
    looks_for='[DEFAULT] enabled_backends without filesystem_store_datadir '
    'in the sections [os_glance_staging_store] and [os_glance_tasks_store]. '
    'Until 30.0.0 both had a default, below /var/lib/glance; the '
    'glance_store that comes with 31.0.0 has none. [backend_defaults] does '
    'not help.',
    matters='The API starts. It looks for staged images in a directory named '
    'None and writes them beside the images, in /var/lib/glance/images: '
    'imports fail, and what was staged before the upgrade is lost.',
    remediation='Set filesystem_store_datadir in both sections, to '
    '/var/lib/glance/os_glance_staging_store and '
    '/var/lib/glance/os_glance_tasks_store to keep what is there.',
    since='31.0.0',
    reference=MULTISTORES,
)
STAGING_EMPTY = results.FindingKind(
    id='staging-empty',
    title='The staging store has an empty directory option',
    looks_for='An empty filesystem_store_datadir in [os_glance_staging_store] '
    'beside [DEFAULT] enabled_backends, with targets from 19.0.0 to 30.0.0.',
    matters='Staging an image, and deleting any, is answered with 500.',
    remediation='Write the directory, or delete the line: without it the '
    'directory is /var/lib/glance/os_glance_staging_store.',
    since='19.0.0',
    reference=MULTISTORES,
)
STAGING_URI = results.FindingKind(
    id='staging-uri',
    title='node_staging_uri is no file:/// URI',
    looks_for='A [DEFAULT] node_staging_uri that does not begin with '
    'file:///, where [DEFAULT] enabled_backends is not set.',
    matters='Images that were staged are never imported. From 27.0.0 on the '
    'API does not start without file://: GlanceException, "Unexpected scheme '
    'in staging store".',
    remediation='Write it as file:///PATH.',
    since='27.0.0',
    reference='https://bugs.launchpad.net/glance/+bug/1913625',
)
RELATIVE = results.FindingKind(
    id='staging-relative',
    title='The staging store has no path from the root',
    looks_for='With [DEFAULT] enabled_backends, a filesystem_store_datadir of '
    '[os_glance_staging_store] that does not begin with a slash; it is no '
    'file:// URL.',
    matters='The API starts and stages images. It then looks for them below '
    'the root, where they are not: no import of them ends.',
    remediation='Write the whole path, and it alone.',
    since='21.0.0',
    reference='https://docs.openstack.org/glance/latest/admin/'
    'interoperable-image-import.html',
)
STAGING_IGNORED = results.FindingKind(
    id='staging-ignored',
    title='Options of the staging directory are no longer read',
    looks_for='[DEFAULT] node_staging_uri or [task] work_dir beside [DEFAULT] '
    'enabled_backends, where the upgrade passes into 19.0.0 (Train).',
    matters='Glance then stages in the reserved stores: what lies in the old '
    'directories is neither found nor deleted.',
    remediation='Finish or remove the imports that are under way before the '
    'upgrade, set filesystem_store_datadir in [os_glance_staging_store] and '
    '[os_glance_tasks_store], and delete these options.',
    since='19.0.0',
    reference='https://docs.openstack.org/releasenotes/glance/train.html',
)
SCRUBBER = results.FindingKind(
    id='scrubber-reserved',
    title='glance-scrubber.conf lacks the reserved stores',
    looks_for='A glance-scrubber.conf beside the configuration of the API '
    'that sets enabled_backends, and filesystem_store_datadir not in both '
    '[os_glance_staging_store] and [os_glance_tasks_store], where the upgrade '
    'passes into 19.0.0 (Train).',
    matters='The release notes of 19.0.0, from which on the scrubber knows '
    'more than one store, require both sections in its file. The scrubbers '
    'released so far start without them.',
    remediation='Give glance-scrubber.conf both sections as they are in '
    'glance-api.conf.',
    since='19.0.0',
    reference='https://docs.openstack.org/releasenotes/glance/train.html',
)


def reserved_directory(checker: context.Checker, group: str) -> str | None:
    """Return the directory of a reserved store, None where it has none."""
    if checker.target.major < NO_DEFAULT:
        return backends.datadir(checker, group)
    setting = checker.written(group, backends.DATADIR)
    return None if setting is None else backends.text(checker, setting) or None


def directory(checker: context.Checker, multi: bool) -> str | None:
    """Return the directory in which images are staged, None for none."""
    if multi and checker.target.major >= RESERVED_STORES:
        return reserved_directory(checker, backends.STAGING)
    setting = checker.written('DEFAULT', 'node_staging_uri')
    uri = DEFAULT_URI if setting is None else backends.text(checker, setting)
    return uri.removeprefix(PREFIX) if uri.startswith(PREFIX) else None


def place(checker: context.Checker, multi: bool) -> str:
    """Return where that directory is set, as the end of a clause."""
    if multi and checker.target.major >= RESERVED_STORES:
        return values.place(checker, backends.STAGING, backends.DATADIR)
    return values.place(checker, 'DEFAULT', 'node_staging_uri')


def check_staging(checker: context.Checker) -> list[results.Finding]:
    """Look at the options of the staging and the tasks directory."""
    stores = backends.read(checker)
    if not stores.multi:
        return [*_uri(checker), *_scrubber(checker)]
    return [
        *_reserved(checker),
        *_relative(checker),
        *_ignored(checker),
        *_scrubber(checker),
    ]


def _relative(checker: context.Checker) -> list[results.Finding]:
    if checker.target.major < IMPORTING:
        return []
    found = directory(checker, True)
    if not found or found.startswith('/') or not backends.resolvable(found):
        return []
    return [
        RELATIVE.failure(
            f'Images are staged in {values.shown(found)}'
            f'{place(checker, True)}, which is no path from the root.'
        )
    ]


def _reserved(checker: context.Checker) -> list[results.Finding]:
    if checker.target.major < NO_DEFAULT:
        return _empty(checker)
    return [
        RESERVED.failure(
            f'[{group}] {backends.DATADIR} '
            f'{f"is empty ({empty.place})" if empty else "is not set"}, and '
            f'{checker.target.title} has no default for it.',
            affected=results.Affected(1, (group,)),
        )
        for group in backends.RESERVED
        if not (empty := checker.written(group, backends.DATADIR))
        or not empty.value
    ]


def _empty(checker: context.Checker) -> list[results.Finding]:
    setting = checker.written(backends.STAGING, backends.DATADIR)
    if checker.target.major < RESERVED_STORES or not setting or setting.value:
        return []
    return [
        STAGING_EMPTY.failure(f'{setting.name} is empty ({setting.place}).')
    ]


def _uri(checker: context.Checker) -> list[results.Finding]:
    setting = checker.written('DEFAULT', 'node_staging_uri')
    if setting is None:
        return []
    value = backends.text(checker, setting)
    if value.startswith(f'{PREFIX}/') or not backends.resolvable(value):
        return []
    said = f'{setting.name} is {value!r} ({setting.place})'
    if value.startswith(PREFIX):
        return [STAGING_URI.warning(f'{said}: no image can be imported.')]
    if checker.target.major < CLEANING:
        return [
            STAGING_URI.warning(
                f'{said}: no image can be imported, and {CLEANING}.0.0 does '
                'not start with it.'
            )
        ]
    return [
        STAGING_URI.failure(
            f'{said}: {checker.target.title} does not start with it.'
        )
    ]


def _ignored(checker: context.Checker) -> list[results.Finding]:
    if not checker.crosses(RESERVED_STORES):
        return []
    settings = [
        checker.written('DEFAULT', 'node_staging_uri'),
        checker.written('task', 'work_dir'),
    ]
    return [
        STAGING_IGNORED.warning(
            f'{setting.name} is set ({setting.place}), and has no effect '
            'beside [DEFAULT] enabled_backends.',
            affected=results.Affected(1, (setting.name,)),
        )
        for setting in settings
        if setting is not None
    ]


def _scrubber(checker: context.Checker) -> list[results.Finding]:
    if not checker.crosses(RESERVED_STORES):
        return []
    return [
        finding
        for path in _scrubber_files(checker)
        for finding in _scrubber_file(path)
    ]


def _scrubber_files(checker: context.Checker) -> list[str]:
    directories = dict.fromkeys(
        os.path.dirname(file) for file in checker.run.configuration.files
    )
    paths = [os.path.join(name, SCRUBBER_FILE) for name in directories]
    return [path for path in paths if os.path.exists(path)]


def _scrubber_file(path: str) -> list[results.Finding]:
    affected = results.Affected(1, (path,))
    try:
        settings = ini.settings_of([path])
    except ini.ConfigurationError as error:
        return [SCRUBBER.warning(str(error), affected=affected)]
    present = {(item.section, item.option) for item in settings}
    if ('DEFAULT', 'enabled_backends') not in present:
        return []
    missing = [
        f'[{group}]'
        for group in backends.RESERVED
        if (group, backends.DATADIR) not in present
    ]
    if not missing:
        return []
    return [
        SCRUBBER.warning(
            f'{path} sets enabled_backends, and {backends.DATADIR} not in '
            f'{" and ".join(missing)}.',
            affected=affected,
        )
    ]


CHECKS = (
    plugins.Check(
        id='staging',
        title='Staging of images',
        function=check_staging,
        kinds=(
            RESERVED,
            STAGING_EMPTY,
            STAGING_URI,
            RELATIVE,
            STAGING_IGNORED,
            SCRUBBER,
        ),
        topic='stores',
        reads=('configuration', 'files'),
        description='Whether the target finds the directories in which '
        'images wait while they are imported.',
    ),
)
