# SPDX-License-Identifier: Apache-2.0
"""Tests of the one line that a terminal shows while a run goes on."""

import os
import pty
import select
import signal
import termios
import typing

import pytest

from glance_status import progress


@pytest.mark.parametrize(
    ('seconds', 'line'),
    [
        (0.0, '[3/12] Schema revision'),
        (0.99, '[3/12] Schema revision'),
        (1.0, '[3/12] Schema revision, 1 s'),
        (9.99, '[3/12] Schema revision, 9 s'),
        (10.0, '[3/12] still Schema revision, 10 s of 60 s'),
        (12.9, '[3/12] still Schema revision, 12 s of 60 s'),
    ],
)
def test_the_line_says_how_long_and_then_that_it_is_long(
    seconds: float, line: str
) -> None:
    assert progress.text('Schema revision', 60.0, '3/12', seconds) == line


def test_what_is_one_of_none_has_no_number() -> None:
    line = progress.text('asking the database', 59.7, '', 11)

    assert line == 'still asking the database, 11 s of 60 s'


@pytest.mark.parametrize(
    ('share', 'seconds', 'line'),
    [
        (0.0, 0.0, 'reading images [--------------------] 0%'),
        (0.0, 30.0, 'reading images [--------------------] 0%'),
        (0.26, 0.9, 'reading images [#####---------------] 26%'),
        (
            0.26,
            13.0,
            'reading images [#####---------------] 26%, about 37 s left',
        ),
        (1.0, 50.0, 'reading images [####################] 100%'),
    ],
)
def test_a_bar_says_what_is_left(
    share: float, seconds: float, line: str
) -> None:
    assert progress.bar('reading images', share, seconds) == line


@pytest.fixture
def terminal() -> typing.Iterator[tuple[int, int]]:
    """Our end of a terminal, and the one that a process writes to."""
    ours, theirs = pty.openpty()
    yield ours, theirs
    os.close(ours)
    os.close(theirs)


def written(ours: int) -> bytes:
    """Return what has been written to a terminal, until it is silent."""
    text = b''
    while select.select([ours], [], [], 0.5)[0]:
        text += os.read(ours, 2**16)
    return text


def test_what_has_not_changed_is_written_once_and_erased_once(
    terminal: tuple[int, int],
) -> None:
    ours, theirs = terminal
    line = progress.Line(theirs)

    line.begin('Schema revision', 60, '3/12')
    line.tick()
    line.tick()
    line.end()
    line.end()

    assert written(ours) == (
        b'\r\x1b[K\x1b[?7l[3/12] Schema revision\x1b[?7h\r\r\x1b[K'
    )


def test_where_nothing_was_shown_nothing_is_erased(
    terminal: tuple[int, int],
) -> None:
    ours, theirs = terminal

    progress.Line(theirs).end()

    assert written(ours) == b''


def test_a_stopped_terminal_does_not_stop_the_run(
    terminal: tuple[int, int],
) -> None:
    ours, theirs = terminal
    line = progress.Line(theirs)
    termios.tcflow(theirs, termios.TCOOFF)

    # Who waits for the terminal is woken by the alarm, and fails.
    signal.signal(signal.SIGALRM, _fail)
    signal.alarm(10)
    line.begin('Schema revision', 60, '3/12')
    signal.alarm(0)
    assert written(ours) == b''

    termios.tcflow(theirs, termios.TCOON)
    line.tick()
    assert b'[3/12] Schema revision' in written(ours)


def _fail(number: int, frame: typing.Any) -> typing.NoReturn:
    raise TimeoutError


def test_a_terminal_that_is_gone_does_not_matter() -> None:
    ours, theirs = pty.openpty()
    line = progress.Line(theirs)
    os.close(ours)

    line.begin('Schema revision', 60, '3/12')
    line.end()

    os.close(theirs)


def test_parts_move_the_bar(terminal: tuple[int, int]) -> None:
    ours, theirs = terminal
    line = progress.Line(theirs)

    line.part('reading images', '2/5', 0.0, 60)
    line.part('reading images', '2/5', 0.5, 60)

    assert b'[2/5] reading images [##########----------] 50%' in written(ours)
