# SPDX-License-Identifier: Apache-2.0
"""Whether Glance could write into directories of this host."""

import os
import pathlib
import pwd
import subprocess
import typing

# The user that packages and deployment tools make for Glance.
USER = 'glance'

_SCRIPT = (
    'while IFS= read -r path; do '
    '[ -w "$path" ] || printf "%s\\n" "$path"; done'
)


def is_here(path: str) -> bool:
    """Tell whether a directory, or the one above it, is on this host."""
    parent = os.path.dirname(path.rstrip('/'))
    return os.path.lexists(path) or (
        parent not in ('', '/') and os.path.lexists(parent)
    )


def obstacles(paths: typing.Iterable[str]) -> dict[str, str]:
    """Return why Glance could not write into directories, by their paths.

    Missing ones it would make. A path is left out where nothing is in the
    way, or nobody can tell.
    """
    found = {}
    places = {}
    for path in dict.fromkeys(paths):
        place = _existing(path)
        if not os.path.isdir(place):
            found[path] = f'{place} is not a directory'
        else:
            places[path] = place
    forbidden = _unwritable(set(places.values()))
    for path, place in places.items():
        if place in forbidden:
            verb = 'write into' if place == path else 'make it in'
            found[path] = f'{forbidden[place]} may not {verb} {place}'
    return found


def _existing(path: str) -> str:
    """Return the path, or the lowest directory above it that exists."""
    place = pathlib.Path(path)
    for candidate in (place, *place.parents):
        if os.path.lexists(candidate):
            return path if candidate == place else str(candidate)
    return '/'


def _unwritable(paths: set[str]) -> dict[str, str]:
    """Return who may not write into directories, by their paths."""
    known = _glance()
    if os.geteuid() == 0 and known is not None:
        try:
            return dict.fromkeys(_asked(known, paths), USER)
        except OSError:
            # Root without the right to become another user.
            return {}
    if known is not None and known.pw_uid != os.geteuid():
        return {}
    name = _own_name()
    return {path: name for path in paths if not os.access(path, os.W_OK)}


def _asked(user: pwd.struct_passwd, paths: set[str]) -> list[str]:
    """Return those that a user may not write into, as the kernel says."""
    lines = [path for path in sorted(paths) if '\n' not in path]
    done = subprocess.run(
        ['/bin/sh', '-c', _SCRIPT],
        input='\n'.join([*lines, '']),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd='/',
        user=user.pw_uid,
        group=user.pw_gid,
        extra_groups=os.getgrouplist(user.pw_name, user.pw_gid),
    )
    return done.stdout.splitlines()


def _glance() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(USER)
    except KeyError:
        return None


def _own_name() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return f'the user {os.geteuid()}'
