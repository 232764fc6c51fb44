# SPDX-License-Identifier: Apache-2.0
"""A table in ranges, each as large as a short statement allows.

Ranges are of its key, or of its blocks on disk where the server can find
those.
"""

import itertools
import re
import typing
import uuid
from collections import abc

Key = int | str

# The first range is this part of the whole: it tells what a range costs.
_FIRST = 64
# Keys below which it is not worth while to cut.
_FEW = 1000
# The same of blocks.
_FEW_BLOCKS = 16
# How much larger than the last a range may be.
_GROWTH = 64
# Seconds that the shortest statement is taken for.
_SHORTEST = 0.001

_HEX = re.compile(r'[0-9a-f]*')
_DIGITS = 32


class Range(typing.NamedTuple):
    """Keys, or blocks, after one and up to another; None is without end.

    :param blocks: how many the table has; 0 where keys are meant
    """

    after: Key | None = None
    upto: Key | None = None
    blocks: int = 0

    def pages(self, rows: int, most: int) -> abc.Iterator['Range']:
        """Return parts of a range of blocks, of about so many rows each.

        :param rows: that are in the range
        """
        assert self.blocks
        at = -1 if self.after is None else int(self.after)
        end = self.blocks if self.upto is None else int(self.upto)
        width = max((end - at) * most // max(rows, 1), 1)
        after = self.after
        while at + width < end:
            at += width
            yield Range(after, at, self.blocks)
            after = at
        yield Range(after, self.upto, self.blocks)


WHOLE = Range()


class Walk:
    """Goes from the smallest key to the largest.

    Where keys are dense does not matter for what is found, only for how
    long each statement takes.

    :param low: the smallest key
    :param high: the largest; both integers, or UUIDs as text
    :param seconds: how long a statement may take, about
    :param within: the part of the table that is gone through; its blocks are
        what is counted, where it has such
    """

    def __init__(
        self, low: Key, high: Key, seconds: float, within: Range = WHOLE
    ):
        self._seconds = seconds
        self._within = within
        self._blocks = within.blocks
        self._text = isinstance(low, str)
        self._low, self._end = self._position(low), self._position(high)
        # Texts that are no UUIDs need not sort as their digits do.
        if self._end <= self._low:
            self._low, self._end = 0, 16**_DIGITS - 1 if self._text else 1
        self._at = self._begin = self._low
        few = _FEW_BLOCKS if within.blocks else _FEW
        self._first = max((self._end - self._low) // _FIRST, few)
        self._width = self._first
        self._after = within.after
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
            return Range(self._after, self._within.upto, self._blocks)
        return Range(self._after, self._key(self._at), self._blocks)

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

    def leap(self) -> None:
        """Take all at once, until ``cut`` tells better."""
        self._width = self._end - self._low + 1

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


class Whole:
    """A table in one range, where smaller ones would be of no use."""

    def __init__(self) -> None:
        self._done = False

    @property
    def share(self) -> float:
        """Return which part lies behind, 0 or 1."""
        return float(self._done)

    def __iter__(self) -> 'Whole':
        return self

    def __next__(self) -> Range:
        if self._done:
            raise StopIteration
        self._done = True
        return Range()

    def went(self, part: Range, seconds: float) -> None:
        """Hear how long the statement took."""

    def skip(self, key: Key) -> None:
        """Hear of keys that are not there."""

    def leap(self) -> None:
        """Take all at once, which it does anyhow."""

    def cut(self) -> bool:
        """Tell that it cannot be made smaller."""
        return False


def walk_blocks(part: Range, seconds: float) -> Walk:
    """Return ranges of a part of a table's blocks, counted from 0."""
    low = 0 if part.after is None else int(part.after) + 1
    high = max(part.blocks - 1, 0) if part.upto is None else int(part.upto)
    return Walk(low, high, seconds, part)


def split(blocks: int, number: int) -> list[Range]:
    """Return a table's blocks in so many parts; the last is open."""
    ends = [blocks * n // number - 1 for n in range(1, number)]
    edges = [None, *ends, None]
    return [
        Range(after, upto, blocks) for after, upto in itertools.pairwise(edges)
    ]


def walk(low: typing.Any, high: typing.Any, seconds: float) -> Walk | Whole:
    """Return ranges from one key to another, one where they are of no use."""
    for kind in (int, str):
        if isinstance(low, kind) and isinstance(high, kind):
            return Walk(low, high, seconds)
    return Whole()
