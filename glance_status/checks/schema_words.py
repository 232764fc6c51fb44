# SPDX-License-Identifier: Apache-2.0
"""Words of JSON Schema whose value makes a schema none.

As jsonschema checks them before it looks at an image, in all versions.
"""

import re
import typing

# The first release tested with a jsonschema that looks at patterns before.
PATTERNS = 28
_TYPES = frozenset(
    ('array', 'boolean', 'integer', 'null', 'number', 'object', 'string')
)


def fault(described: dict[str, typing.Any], major: int) -> str | None:
    """Return a word whose value no schema can have, None without.

    :param described: a schema in which all numbers are floats
    """
    for word, fits in _FITS.items():
        if word in described and not fits(described[word]):
            return word
    pattern = described.get('pattern')
    if major >= PATTERNS and pattern is not None and not _compiles(pattern):
        return 'pattern'
    return None


def _is_text(value: typing.Any) -> bool:
    return isinstance(value, str)


def _is_list(value: typing.Any) -> bool:
    return isinstance(value, list)


def _is_number(value: typing.Any) -> bool:
    return isinstance(value, float)


def _is_size(value: typing.Any) -> bool:
    return _is_number(value) and value >= 0 and value % 1 == 0


def _is_type(value: typing.Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(map(_is_type, value))
    return isinstance(value, str) and value in _TYPES


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return False
    return True


_FITS: dict[str, typing.Callable[[typing.Any], bool]] = {
    'type': _is_type,
    **dict.fromkeys(('title', 'description', 'format', 'pattern'), _is_text),
    **dict.fromkeys(('enum', 'required'), _is_list),
    **dict.fromkeys(('minimum', 'maximum'), _is_number),
    **dict.fromkeys(
        ('minLength', 'maxLength', 'minItems', 'maxItems'), _is_size
    ),
}
