# SPDX-License-Identifier: Apache-2.0
"""Keep checks from making a database that is not there."""

import os
import sys
import typing
import urllib.parse

# Values of mode= in a URI of SQLite's with which no file is made.
_MODES = ('ro', 'rw', 'memory')


def install() -> None:
    """Watch over this process until it ends; an audit hook cannot leave."""
    sys.addaudithook(_hear)


def _hear(event: str, arguments: tuple[typing.Any, ...]) -> None:
    if event != 'sqlite3.connect':
        return
    path = new_file(arguments[0])
    if path is not None:
        import sqlite3

        # It is what a check would get for a directory that is not there.
        raise sqlite3.OperationalError(
            f'the SQLite file {path} does not exist, and no check may make it'
        )


def new_file(database: typing.Any) -> str | None:
    """Return the file that SQLite would make, None where it makes none.

    :param database: what ``sqlite3.connect`` was called with
    """
    path = os.fsdecode(database)
    if path.startswith('file:'):
        address = urllib.parse.urlsplit(path)
        mode = urllib.parse.parse_qs(address.query).get('mode', [''])[-1]
        if mode in _MODES:
            return None
        path = urllib.parse.unquote(address.path)
    if path in ('', ':memory:') or os.path.exists(path):
        return None
    return path
