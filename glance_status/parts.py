# SPDX-License-Identifier: Apache-2.0
"""A table in parts, each of which any connection reads on its own."""

import threading
from collections import abc

from glance_status import asked, ranges

# The share of a table that is read, and whose answers are still to come.
NEARLY = 0.99


class Table:
    """What is asked of a table, and which part of it is read.

    :param group: what is asked; it has its answers when all parts are read
    :param parts: the ranges that are read, in their order
    :param hands: how many connections read tables, this one or others
    """

    def __init__(
        self,
        group: abc.Sequence[asked.Asked],
        parts: abc.Sequence[ranges.Range] = (ranges.WHOLE,),
        hands: int = 1,
    ):
        self.group = group
        self.parts = parts
        self.hands = hands
        self._copies = [[item.again() for item in group] for _part in parts]
        self._shares = [0.0] * len(parts)
        self._left = len(parts)
        self._lock = threading.Lock()

    @property
    def share(self) -> float:
        """Return which part of all is read; it is done with its answers."""
        return min(sum(self._shares) / len(self.parts), NEARLY)

    def asked_of(self, part: int) -> list[asked.Asked]:
        """Return the questions to one part, which share nothing."""
        return self._copies[part]

    def went(self, part: int, share: float) -> None:
        """Hear how much of a part is read."""
        self._shares[part] = share

    def ended(self) -> bool:
        """Hear that a part is read; tell whether it was the last.

        The answers are those of one part after the other, whichever was
        read first.
        """
        with self._lock:
            self._left -= 1
            if self._left:
                return False
        for item, *copies in zip(self.group, *self._copies, strict=True):
            item.gather(copies)
        return True
