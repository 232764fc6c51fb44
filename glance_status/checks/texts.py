# SPDX-License-Identifier: Apache-2.0
"""Read a text file that anybody may have written, in bounded time."""

import os
import pathlib
import stat
import typing

from glance_status import ini

# Nothing that operators write by hand comes near it.
LARGEST = ini.LARGEST


class Text(typing.NamedTuple):
    """A file as it stands.

    :param text: None where it cannot be read
    :param error: why it cannot be read, for the end of a sentence
    :param denied: whether this user may not read it, and others may
    """

    path: str
    text: str | None
    error: str | None = None
    denied: bool = False


def read(path: str | pathlib.Path) -> Text:
    """Read a file of text; what is wrong with it is part of the answer."""
    path = str(path)
    try:
        # A pipe would keep us waiting.
        if not stat.S_ISREG(os.stat(path).st_mode):
            return Text(path, None, 'it is not a regular file')
        with open(path, 'rb') as stream:
            content = stream.read(LARGEST + 1)
    except OSError as error:
        said = str(error.strerror or error)
        said = said[:1].lower() + said[1:]
        return Text(path, None, said, isinstance(error, PermissionError))
    except ValueError:
        return Text(path, None, 'its name has a NUL character')
    if len(content) > LARGEST:
        return Text(path, None, f'it is larger than {LARGEST >> 20} MiB')
    if b'\0' in content:
        return Text(path, None, 'it has NUL bytes')
    try:
        return Text(path, content.decode())
    except UnicodeDecodeError as error:
        line = content.count(b'\n', 0, error.start) + 1
        return Text(path, None, f'it is not UTF-8 (line {line})')
