# SPDX-License-Identifier: Apache-2.0
"""Write a file so that its reader sees the old one or the new one."""

import contextlib
import errno
import fcntl
import os
import signal
import stat
import tempfile
import typing

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def replace(path: str, text: str) -> None:
    """Write a text file in the place of another, or leave that as it is.

    What is there and is no file, such as a pipe or a device, is written to;
    so is what stdout and stderr lead to, which may be a log of others too.
    """
    place = os.path.expanduser(path)
    content = text.encode('utf-8', 'backslashreplace')
    if os.path.basename(place) in ('', '.', '..'):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    old = _status(place)
    for descriptor in (1, 2):
        if old and _leads_to(descriptor, old):
            with open(descriptor, 'wb', closefd=False) as stream:
                stream.write(content)
            return
    if old and not stat.S_ISREG(old.st_mode):
        with open(place, 'wb') as stream:
            stream.write(content)
        return
    with _undisturbed():
        _replace(os.path.realpath(place), content, old)


def _leads_to(descriptor: int, place: os.stat_result) -> bool:
    """Tell whether what is written to a stream arrives at a place."""
    mode = fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE
    return mode != os.O_RDONLY and os.path.samestat(
        place, os.fstat(descriptor)
    )


def _replace(target: str, content: bytes, old: os.stat_result | None) -> None:
    descriptor, draft = tempfile.mkstemp(
        prefix='.glance-status-', dir=os.path.dirname(target)
    )
    try:
        with open(descriptor, 'wb') as stream:
            stream.write(content)
            stream.flush()
            _allow(descriptor, old)
            os.fsync(descriptor)
        os.replace(draft, target)
    except BaseException:
        os.unlink(draft)
        raise


def _allow(descriptor: int, old: os.stat_result | None) -> None:
    """Give the draft the owner and permissions that the file is to have."""
    if old is None:
        mask = os.umask(0)
        os.umask(mask)
        os.fchmod(descriptor, 0o666 & ~mask)
        return
    # Nobody but root may give files away.
    with contextlib.suppress(PermissionError):
        os.fchown(descriptor, old.st_uid, old.st_gid)
    os.fchmod(descriptor, old.st_mode & 0o777)


def _status(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except FileNotFoundError:
        return None


@contextlib.contextmanager
def _undisturbed() -> typing.Iterator[None]:
    """Let signals wait for a moment, so that no draft is left behind."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
