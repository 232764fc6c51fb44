# SPDX-License-Identifier: Apache-2.0
"""The JSON in a file that anybody may have written."""

import json
import os
import typing

from glance_status import fields

_MIB = 1024**2
# Bytes; more is no report, and would fill the memory before it said so.
LARGEST = 32 * _MIB

HOW = '`glance-status upgrade check --format json` writes one'


def read(path: str) -> typing.Any:
    """Return the document in a file, or raise fields.Wrong."""
    return _parsed(_text_of(os.path.expanduser(path)))


def _text_of(path: str) -> str:
    try:
        with open(path, 'rb') as stream:
            content = stream.read(LARGEST + 1)
    except IsADirectoryError as error:
        raise fields.Wrong('it is a directory') from error
    except OSError as error:
        raise fields.Wrong(error.strerror or 'it cannot be opened') from error
    except ValueError as error:
        raise fields.Wrong('this is not the name of a file') from error
    if len(content) > LARGEST:
        raise fields.Wrong(f'it is larger than {LARGEST // _MIB} MiB')
    try:
        text = content.decode('utf-8-sig')
    except UnicodeDecodeError as error:
        raise fields.Wrong(f'it is not UTF-8; {HOW}') from error
    if not text.strip():
        raise fields.Wrong(
            'it is empty, as a run leaves it that ended before its checks '
            'began; what that run said on stderr tells why'
        )
    return text


def _parsed(text: str) -> typing.Any:
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_not_a_number,
            parse_float=_float,
        )
    except json.JSONDecodeError as error:
        body = text.strip()
        if body[0] == '{' and (
            body[-1] != '}' or error.pos >= len(text.rstrip())
        ):
            raise fields.Wrong('it is cut off in the middle') from error
        raise fields.Wrong(
            f'it is not JSON ({error.msg}: line {error.lineno}, column '
            f'{error.colno}); {HOW}'
        ) from error
    except RecursionError as error:
        raise fields.Wrong('its values are nested too deeply') from error
    except ValueError as error:
        raise fields.Wrong('it has a number of too many digits') from error


def _object(pairs: list[tuple[str, typing.Any]]) -> dict[str, typing.Any]:
    double = twin(key for key, _value in pairs)
    if double is not None:
        raise fields.Wrong(
            f'an object in it has the key {shown(double)} twice'
        )
    return dict(pairs)


def _not_a_number(_text: str) -> typing.NoReturn:
    raise fields.Wrong(
        'it has NaN or Infinity in it, which JSON does not know'
    )


def _float(text: str) -> float:
    number = float(text)
    if abs(number) == float('inf'):
        raise fields.Wrong('it has a number in it that is too large')
    return number


def twin(names: typing.Iterable[str]) -> str | None:
    """Return the first name that is there twice."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def shown(text: str) -> str:
    """Return a name of any origin so that it fits into a line."""
    return text if text.isprintable() else ascii(text)
