# SPDX-License-Identifier: Apache-2.0
"""What a terminal shows of a run while it goes on: one line, then none."""

import contextlib
import os
import select
import sys
import time
import typing

# Seconds from which on it is told how long something takes, and that it is
# slow.
_NOTICED = 1
_SLOW = 10

# Characters of a bar.
_BAR = 20

_ERASE = '\r\033[K'
# The terminal is to cut what is too wide: it knows how wide characters are.
_WRAP_OFF, _WRAP_ON = '\033[?7l', '\033[?7h'


class Watch:
    """Is told how a run goes on; this one shows nothing."""

    def begin(self, what: str, limit: float, place: str = '') -> None:
        """Hear what is being done from now on.

        :param what: such as the title of a check
        :param limit: the seconds that it may take
        :param place: where it stands among others, such as ``3/12``
        """

    def part(self, what: str, place: str, share: float, limit: float) -> None:
        """Hear how much of something is done.

        :param share: from 0 to 1
        """

    def tick(self) -> None:
        """Hear that it is still being done."""

    def end(self) -> None:
        """Hear that all is done."""


class Line(Watch):
    """Shows what is being done, and for how long.

    :param terminal: the file descriptor of a terminal
    """

    def __init__(self, terminal: int):
        self._terminal = terminal
        self._doing = '', 0.0, ''
        self._start = time.monotonic()
        self._parts = '', self._start
        self._shown = ''

    def begin(self, what: str, limit: float, place: str = '') -> None:
        """Show it at once."""
        self._doing = what, limit, place
        self._start = time.monotonic()
        self.tick()

    def part(self, what: str, place: str, share: float, limit: float) -> None:
        """Show it as a bar, with what is left."""
        now = time.monotonic()
        if self._parts[0] != what:
            self._parts = what, now
        self.begin(bar(what, share, now - self._parts[1]), limit, place)

    def tick(self) -> None:
        """Show it as it is now, where that is not what stands there."""
        line = text(*self._doing, time.monotonic() - self._start)
        if line != self._shown and self._ready():
            self._shown = line
            # Whoever writes next begins at the start of the line.
            self._write(f'{_ERASE}{_WRAP_OFF}{line}{_WRAP_ON}\r')

    def end(self) -> None:
        """Leave the line empty."""
        if self._shown:
            self._write(_ERASE)
            self._shown = ''

    def _ready(self) -> bool:
        """Tell whether a write would not wait, as after Ctrl-S.

        While the run waited, the time of its checks would run out.
        """
        return bool(select.select([], [self._terminal], [], 0)[1])

    def _write(self, sequence: str) -> None:
        if self._is_in_front():
            with contextlib.suppress(OSError):
                os.write(
                    self._terminal,
                    sequence.encode(sys.stderr.encoding, 'replace'),
                )

    def _is_in_front(self) -> bool:
        """Tell whether the terminal is ours now, and not another job's."""
        try:
            return os.tcgetpgrp(self._terminal) == os.getpgrp()
        except OSError:
            # It has no jobs.
            return True


def text(what: str, limit: float, place: str, seconds: float) -> str:
    """Return the line for what has been going on for some seconds."""
    line = f'[{place}] ' if place else ''
    if seconds < _NOTICED:
        return line + what
    if seconds < _SLOW:
        return f'{line}{what}, {int(seconds)} s'
    return f'{line}still {what}, {int(seconds)} s of {limit:.0f} s'


def bar(what: str, share: float, seconds: float) -> str:
    """Return a bar for something of which a part took some seconds."""
    done = int(share * _BAR)
    line = f'{what} [{"#" * done}{"-" * (_BAR - done)}] {share:.0%}'
    if seconds < _NOTICED or share in (0, 1):
        return line
    left = seconds * (1 - share) / share
    return f'{line}, about {left:.0f} s left'


@contextlib.contextmanager
def shown(wanted: bool) -> typing.Iterator[Watch]:
    """Give what shows progress on stderr, where that is a terminal."""
    terminal = 2
    moves = os.environ.get('TERM', 'dumb') not in ('', 'dumb')
    watch = Watch()
    if wanted and moves and os.isatty(terminal):
        watch = Line(terminal)
    try:
        yield watch
    finally:
        watch.end()
