# SPDX-License-Identifier: Apache-2.0
"""A table in ranges of its key, each as large as a short statement allows."""

import re
import typing
import uuid

Key = int | str

# The first range is this part of the whole: it tells what a range costs.
_FIRST = 64
# Keys below which it is not worth while to cut.
_FEW = 1000
# How much larger than the last a range may be.
_GROWTH = 64
# Seconds that the shortest statement is taken for.
_SHORTEST = 0.001

_HEX = re.compile(r'[0-9a-f]*')
_DIGITS = 32


class Range(typing.NamedTuple):
    """Keys after one and up to another; None is without end."""

    after: Key | None = None
    upto: Key | None = None


class Walk:
    """Goes from the smallest key to the largest.

    Where keys are dense does not matter for what is found, only for how
    long each statement takes.

    :param low: the smallest key
    :param high: the largest; both integers, or UUIDs as text
    :param seconds: how long a statement may take, about
    """

    def __init__(self, low: Key, high: Key, seconds: float):
        self._seconds = seconds
        self._text = isinstance(low, str)
        self._low, self._end = self._position(low), self._position(high)
        # Texts that are no UUIDs need not sort as their digits do.
        if self._end <= self._low:
            self._low, self._end = 0, 16**_DIGITS - 1 if self._text else 1
        self._at = self._begin = self._low
        self._first = max((self._end - self._low) // _FIRST, _FEW)
        self._width = self._first
        self._after: Key | None = None
        self._done = False

    @property
    def share(self) -> float:
        """Return which part of the keys lies behind, 0 to 1."""
        if self._done:
            return 1.0
        return (self._at - self._low) / (self._end - self._low + 1)

    def __iter__(self) -> 'Walk':
        return self

    def __next__(self) -> Range:
        if self._done:
            raise StopIteration
        self._begin = self._at
        self._at += self._width
        # What would be left is not worth a statement of its own.
        if self._end - self._at < self._width // 4:
            self._at, self._done = self._end, True
            return Range(self._after, None)
        return Range(self._after, self._key(self._at))

    def went(self, part: Range, seconds: float) -> None:
        """Hear how long the statement of a range took."""
        factor = self._seconds / max(seconds, _SHORTEST)
        self._width = max(int(self._width * min(factor, _GROWTH)), 1)
        self._after = part.upto

    def skip(self, key: Key) -> None:
        """Go on shortly before a key; there is none in between."""
        self._at = max(self._at, min(self._position(key) - 1, self._end))
        # What comes may be as dense as can be.
        self._width = self._first

    def cut(self) -> bool:
        """Go back to the range that took too long, with a smaller one.

        False where it was small already: the size was not the reason.
        """
        if self._width <= self._first:
            return False
        self._at, self._done = self._begin, False
        self._width = self._first
        return True

    def _position(self, key: Key) -> int:
        if isinstance(key, int):
            return key
        match = _HEX.match(key.lower().replace('-', ''))
        digits = match.group()[:_DIGITS] if match else ''
        return int(digits.ljust(_DIGITS, '0'), 16)

    def _key(self, position: int) -> Key:
        if not self._text:
            return position
        return str(uuid.UUID(int=position))


def walk(
    low: typing.Any, high: typing.Any, seconds: float
) -> typing.Iterable[Range]:
    """Return ranges from one key to another, one where they are of no use."""
    for kind in (int, str):
        if isinstance(low, kind) and isinstance(high, kind):
            return Walk(low, high, seconds)
    return iter([Range()])
