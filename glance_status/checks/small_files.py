# SPDX-License-Identifier: Apache-2.0
"""Read a file that an option names, whatever stands at its path."""

import os
import stat

from glance_status.checks import texts


class Unreadable(Exception):
    """A file cannot be read; the text says why, after its path."""


class Missing(Unreadable):
    """There is no such file."""


class Forbidden(Unreadable):
    """This user may not read it; another one may."""


def is_elsewhere(path: str) -> bool:
    """Tell whether not even the directory of a file is on this host."""
    return os.path.isabs(path) and not os.path.lexists(os.path.dirname(path))


def read(path: str) -> str:
    """Return the text of a file, or raise Unreadable."""
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable('is not a file')
        if status.st_size > texts.LARGEST:
            raise Unreadable(f'is larger than {texts.LARGEST >> 20} MiB')
        with open(path, encoding='utf-8') as stream:
            return stream.read(texts.LARGEST)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Missing('does not exist') from error
    except PermissionError as error:
        raise Forbidden('may not be read by this user') from error
    except OSError as error:
        raise Unreadable(f'cannot be read: {error.strerror}') from error
    except ValueError as error:
        # Not UTF-8, or a path with a NUL in it.
        raise Unreadable('is not UTF-8') from error
