# SPDX-License-Identifier: Apache-2.0
"""A swift_store_config_file, parsed as glance_store does it."""

import configparser
import os
import typing

from glance_status import context
from glance_status.checks import small_files

# The first whose glance_store takes application credentials.
APPLICATION_CREDENTIALS = 32

# What is read of a section, and what an account needs of it.
FILE_PASSWORD = ('user', 'key', 'auth_address')

FILE_CREDENTIAL = (
    'application_credential_id',
    'application_credential_secret',
    'auth_address',
)

KEYS = ('auth_version', *FILE_PASSWORD, *FILE_CREDENTIAL)


class File(typing.NamedTuple):
    """A swift_store_config_file.

    :param path: where it is
    :param sections: what each says of auth_version and auth_address
    :param complete: the sections that a store can use; None where this user
        may not read it
    :param wrong: why it cannot be used, '' where it can
    :param fatal: whether the API does not start with it in any case
    """

    path: str
    sections: typing.Mapping[str, tuple[str, str]] = {}
    complete: frozenset[str] | None = frozenset()
    wrong: str = ''
    fatal: bool = False


def read(checker: context.Checker, path: str) -> File:
    """Return what a file says, parsed as glance_store does it."""
    found = checker.conf.find_file(path) if path else ''
    if found is None:
        return File(path, wrong='does not exist')
    if not found or os.path.isdir(found):
        # The parser passes over it.
        return File(path)
    parser = configparser.ConfigParser()
    try:
        parser.read_string(small_files.read(found))
    except small_files.Forbidden:
        # Glance's user may read it.
        return File(found, complete=None)
    except small_files.Unreadable as error:
        return File(found, wrong=str(error))
    except configparser.Error as error:
        # Its text may repeat the line, and a key in it.
        line = getattr(error, 'lineno', None)
        where = f' (line {line})' if line else ''
        return File(found, wrong=f'cannot be parsed{where}')
    try:
        return _parsed(found, parser, checker)
    except configparser.InterpolationError as error:
        wrong = f'has a % that is not doubled, in [{error.section}]'
        return File(found, wrong=wrong, fatal=True)


def _parsed(
    path: str, parser: configparser.ConfigParser, checker: context.Checker
) -> File:
    ways = [FILE_PASSWORD]
    if checker.target.major >= APPLICATION_CREDENTIALS:
        ways.append(FILE_CREDENTIAL)
    sections = {
        name: {
            key: _unquoted(parser.get(name, key, fallback='')) for key in KEYS
        }
        for name in parser.sections()
    }
    return File(
        path,
        {
            name: (items['auth_version'], items['auth_address'])
            for name, items in sections.items()
        },
        frozenset(
            name
            for name, items in sections.items()
            if any(all(items[key] for key in way) for way in ways)
        ),
    )


def _unquoted(value: str) -> str:
    """Return a value without its quotes, '' where they are not closed."""
    if value[:1] not in ('"', "'"):
        return value
    return value[1:-1] if value[-1] == value[0] else ''
