# SPDX-License-Identifier: Apache-2.0
"""Whether Swift stores have the directory that they buffer uploads in."""

from glance_status import context, plugins, results
from glance_status.checks import backends, presence, small_files, values

SWITCH = 'swift_buffer_on_upload'
DIRECTORY = 'swift_upload_buffer_dir'

BUFFER = results.FindingKind(
    id='swift-buffer',
    title='A Swift store has no directory to buffer uploads in',
    looks_for='swift_buffer_on_upload = true of a Swift store, the default '
    'or not, without swift_upload_buffer_dir, or with a directory that is '
    'not there. A warning where not even the directory above it is on this '
    'host.',
    matters='The API does not start: BadStoreConfiguration.',
    remediation='Set swift_upload_buffer_dir to a directory that the user '
    'who runs Glance may write into, or leave swift_buffer_on_upload out.',
    since='18.0.0',
    reference='https://docs.openstack.org/glance_store/latest/user/'
    'drivers.html',
)


def check_buffer(checker: context.Checker) -> list[results.Finding]:
    """Look for the directories of all Swift stores."""
    return [
        finding
        for store in backends.read(checker).of('swift')
        for finding in _store(store, checker)
    ]


def _store(
    store: backends.Store, checker: context.Checker
) -> list[results.Finding]:
    switch = backends.written(checker, store, SWITCH)
    if switch is None or not backends.is_true(backends.text(checker, switch)):
        return []
    affected = results.Affected(1, (store.name,))
    named = backends.written(checker, store, DIRECTORY)
    if named is None:
        return [
            BUFFER.failure(
                f'{switch.name} is true ({switch.place}), and [{store.group}] '
                f'does not set {DIRECTORY}: the API does not start.',
                affected=affected,
            )
        ]
    path = backends.text(checker, named)
    if not presence.lacks(path):
        return []
    elsewhere = small_files.is_elsewhere(path.rstrip('/'))
    made = BUFFER.warning if elsewhere else BUFFER.failure
    then = (
        'Look where Glance runs.' if elsewhere else 'The API does not start.'
    )
    return [
        made(
            f'{named.name} is {values.shown(path)} ({named.place}), which is '
            f'not on this host, and {SWITCH} is true. {then}',
            affected=affected,
        )
    ]


CHECKS = (
    plugins.Check(
        id='swift-buffering',
        title='Buffers of Swift stores',
        function=check_buffer,
        kinds=(BUFFER,),
        topic='stores',
        reads=('configuration', 'files'),
        description='Whether Swift stores that buffer uploads have a '
        'directory for it.',
    ),
)
