# SPDX-License-Identifier: Apache-2.0
"""What is here of the target, and of what the configuration names."""

import importlib.metadata
import importlib.util
import os
import re
from collections.abc import Collection

from glance_status import context, places, releases

# What stands on every host, with what is in it, and says nothing.
_SYSTEM = tuple(
    f'/{name}/'
    for name in [
        'bin',
        'boot',
        'dev',
        'etc',
        'lib',
        'lib64',
        'proc',
        'run',
        'sbin',
        'sys',
        'usr',
    ]
)
# What stands on every host, and may have something of Glance in it.
_COMMON = frozenset(
    ('/', '/home/', '/mnt/', '/opt/', '/root/', '/srv/', '/tmp/')
) | {f'/var/{name}' for name in ('', 'cache/', 'lib/', 'log/', 'run/', 'tmp/')}


def runs_target(checker: context.Checker) -> bool:
    """Tell whether the target's Glance is installed beside this tool."""
    try:
        version = importlib.metadata.version('glance')
        return releases.find(version) == checker.target
    except (importlib.metadata.PackageNotFoundError, ValueError):
        return False


def require_target(checker: context.Checker) -> None:
    """Raise Inapplicable where the target's Glance is not installed here."""
    if not runs_target(checker):
        raise context.Inapplicable(
            f'Glance {checker.target.major} is not installed beside '
            'glance-status, so the libraries that it will find are not known'
        )


def require_own(checker: context.Checker) -> None:
    """Raise Inapplicable where nothing says that Glance runs on this host.

    A configuration that was named on the command line may be a copy. It is
    no copy where something that it names is here.
    """
    if checker.run.configuration.explicit and not (
        runs_target(checker) or _stands_here(checker)
    ):
        raise context.Inapplicable(
            'nothing that the configuration names is on this host: it may '
            'be that of another'
        )


def imports(module: str) -> bool:
    """Tell whether a Python module is installed beside this tool."""
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def has_egg(uri: str, groups: Collection[str]) -> bool:
    """Tell whether a distribution here has what PasteDeploy calls an egg.

    :param uri: ``egg:DISTRIBUTION#NAME``
    :param groups: of entry points, one of which it has to be in
    """
    name, _hash, point = uri.removeprefix('egg:').partition('#')
    try:
        found = importlib.metadata.distribution(name).entry_points
    except (importlib.metadata.PackageNotFoundError, ValueError):
        return False
    return any(
        item.group in groups and item.name == (point or 'main')
        for item in found
    )


def brought(group: str, library: str) -> frozenset[str]:
    """Return the entry points that others than a library bring here.

    Those of the library itself are of the version that is here, which need
    not be that of the target.
    """
    return frozenset(
        point.name
        for point in importlib.metadata.entry_points(group=group)
        if _plain(_distribution(point)) != _plain(library)
    )


def _distribution(point: importlib.metadata.EntryPoint) -> str:
    try:
        return str(point.dist.name) if point.dist else ''
    except (KeyError, TypeError):
        # What an interrupted installation left behind has no metadata.
        return ''


def _plain(name: str) -> str:
    return re.sub(r'[-_.]+', '-', name).lower()


def lacks(path: str) -> bool:
    """Tell whether a path is surely not on this host."""
    # Relative ones depend on where Glance is started.
    if not path.startswith('/') or '$' in path:
        return False
    try:
        os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError):
        return False
    return False


def _stands_here(checker: context.Checker) -> bool:
    files = checker.run.configuration.files
    home = places.DEFAULT_DIRECTORY
    return _has_its_files(checker) or any(
        os.path.dirname(file) == home for file in files
    )


def _has_its_files(checker: context.Checker) -> bool:
    values = {item.value for item in checker.settings}
    paths = {value.removeprefix('file://') for value in values}
    paths |= {
        value.removeprefix('sqlite:///')
        for value in values
        if value.startswith('sqlite:////')
    }
    return any(_is_sign(path) and os.path.lexists(path) for path in paths)


def _is_sign(path: str) -> bool:
    place = path.rstrip('/') + '/'
    return place.startswith(f'{places.DEFAULT_DIRECTORY}/') or (
        place.startswith('/')
        and place not in _COMMON
        and not place.startswith(_SYSTEM)
    )
