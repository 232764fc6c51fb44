# SPDX-License-Identifier: Apache-2.0
"""A terminal in which a command runs, and what it shows."""

import fcntl
import os
import pathlib
import pty
import select
import struct
import termios
import time
from collections import abc

import pyte

from tests.functional import command

# Higher than any report, so that nothing scrolls out of sight.
_LINES = 100

# Seconds after which a test fails that waits for something.
_LIMIT = 60


class Terminal:
    """A terminal, and the first command in it.

    :param args: the command, and all that stands behind it
    :param env: what to add to a small environment
    :param stdout: what takes stdout, which is the terminal otherwise
    :param but: files that others write meanwhile
    :ivar process: the command
    :ivar sent: all that the terminal was sent
    """

    def __init__(
        self,
        *args: str | pathlib.Path,
        columns: int = 80,
        env: abc.Mapping[str, str] | None = None,
        stdout: int | None = None,
        but: abc.Iterable[pathlib.Path] = (),
    ):
        self.sent = b''
        self._screen = pyte.Screen(columns, _LINES)
        self._stream = pyte.ByteStream(self._screen)
        self._ours, theirs = pty.openpty()
        size = struct.pack('HHHH', _LINES, columns, 0, 0)
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, size)
        self.process = command.Process(
            args,
            env=command.environment({'TERM': 'xterm'} | dict(env or {})),
            stdin=theirs,
            stdout=theirs if stdout is None else stdout,
            stderr=theirs,
            # Else Ctrl-C would reach nobody.
            start_new_session=True,
            preexec_fn=_settle,
            but=but,
        )
        os.close(theirs)

    def __enter__(self) -> 'Terminal':
        return self

    def __exit__(self, *error: object) -> None:
        self.process.kill()
        self.process.communicate()
        os.close(self._ours)

    def shown(self) -> list[str]:
        """Return the lines that it shows, without the empty ones below."""
        lines = [line.rstrip() for line in self._screen.display]
        while lines and not lines[-1]:
            lines.pop()
        return lines

    def wait_for(self, words: str) -> None:
        """Wait until it shows words."""
        self.wait_until(lambda lines: any(words in line for line in lines))

    def wait_until(self, done: abc.Callable[[list[str]], bool]) -> None:
        """Wait until the lines that it shows are what they should be."""
        end = time.monotonic() + _LIMIT
        while not done(self.shown()):
            assert time.monotonic() < end, self.shown()
            assert self._receive(), self.shown()

    def type(self, text: str) -> None:
        """Type on its keyboard."""
        os.write(self._ours, text.encode())

    def finish(self) -> int:
        """Wait for the end of the command and return its exit code."""
        while self._receive():
            pass
        return self.process.wait(_LIMIT)

    def _receive(self) -> bool:
        """Take what it is sent; tell whether there may be more."""
        if not select.select([self._ours], [], [], 1)[0]:
            return True
        try:
            chunk = os.read(self._ours, 2**16)
        except OSError:
            # Nobody has it open any more.
            return False
        self.sent += chunk
        self._stream.feed(chunk)
        return True


def _settle() -> None:
    """Make stdin the terminal of this process, whose keys it heeds."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    command.default_signals()


def lines(text: str, columns: int = 80) -> list[str]:
    """Return text as a terminal shows it, without trailing blanks."""
    return [
        line[start : start + columns].rstrip()
        for line in text.splitlines()
        for start in range(0, max(len(line), 1), columns)
    ]
