# SPDX-License-Identifier: Apache-2.0
"""Whether Cinder and Glance on one host lock volumes in one directory."""

import os
import typing

from glance_status import context, ini, plugins, results
from glance_status.checks import backends

# The first release whose glance_store lets os-brick have its own option.
OWN_OPTION = 25

# Where Cinder keeps its configuration, seen from Glance's.
CINDER_FILE = os.path.join(os.pardir, 'cinder', 'cinder.conf')
# The options that say where os-brick locks, the first set one wins.
OPTIONS = (('os_brick', 'lock_path'), ('oslo_concurrency', 'lock_path'))

LOCK_PATH = results.FindingKind(
    id='cinder-lock-path',
    title='Cinder and Glance lock volumes in different directories',
    looks_for='A Cinder store, a cinder.conf beside the configuration of '
    'Glance (/etc/cinder beside /etc/glance), and another [os_brick] '
    'lock_path, or [oslo_concurrency] lock_path without it, in the one than '
    'in the other.',
    matters='On a host with both, Cinder and Glance attach and detach volumes '
    'without waiting for each other: a device of the one may be removed or '
    'used by the other.',
    remediation='Set [os_brick] lock_path to the same directory in both '
    'files, one that both may write to.',
    since='25.0.0',
    reference='https://docs.openstack.org/releasenotes/glance_store/zed.html',
)


def check_locks(checker: context.Checker) -> list[results.Finding]:
    """Compare where Glance and Cinder lock."""
    stores = backends.read(checker)
    names = tuple(store.name for store in stores.of('cinder'))
    if not names or checker.target.major < OWN_OPTION:
        return []
    own = _own(checker)
    return [
        LOCK_PATH.warning(
            f'{path} locks in {_name(other)}, Glance in {_name(own)}.',
            affected=results.Affected(1, (path,)),
        )
        for path, other in _others(checker)
        if other is not None and other != own
    ]


def _own(checker: context.Checker) -> str | None:
    for section, option in OPTIONS:
        setting = checker.written(section, option)
        if setting is not None:
            return os.path.normpath(backends.text(checker, setting))
    return os.environ.get('OSLO_LOCK_PATH')


def _others(
    checker: context.Checker,
) -> typing.Iterator[tuple[str, str | None]]:
    """Yield each cinder.conf and where it lets os-brick lock.

    None where it does not say, or nobody can tell.
    """
    directories = dict.fromkeys(
        os.path.dirname(file) for file in checker.run.configuration.files
    )
    for directory in directories:
        path = os.path.normpath(os.path.join(directory, CINDER_FILE))
        if os.path.isfile(path):
            yield path, _of(path)


def _of(path: str) -> str | None:
    try:
        settings = ini.settings_of([path])
    except ini.ConfigurationError:
        return None
    set_to = {
        (ini.group_name(item.section), item.option): item.value
        for item in settings
    }
    found = [set_to[key] for key in OPTIONS if key in set_to]
    # What refers to other options is not resolved here.
    if not found or not backends.resolvable(found[0]):
        return None
    return os.path.normpath(found[0])


def _name(path: str | None) -> str:
    return path or 'no directory'


CHECKS = (
    plugins.Check(
        id='cinder-locks',
        title='Locks of Cinder volumes',
        function=check_locks,
        kinds=(LOCK_PATH,),
        topic='stores',
        reads=('configuration', 'files'),
        description='Whether Glance, where it keeps images in Cinder volumes, '
        'locks them in the directory in which the Cinder on its host does.',
    ),
)
