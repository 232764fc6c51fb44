# SPDX-License-Identifier: Apache-2.0
"""Tests of the one line that a terminal shows while a run goes on."""

import contextlib
import os
import pty
import select
import signal
import termios
import time
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
        (
            0.5,
            1.0,
            'reading images [##########----------] 50%, about 1 s left',
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
    for _second in range(20):
        line.tick()
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


def test_what_is_left_is_told_of_each_thing_anew(
    terminal: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = terminal
    now = 100.0
    monkeypatch.setattr(time, 'monotonic', lambda: now)
    line = progress.Line(theirs)

    line.part('images', '1/2', 0.0, 60)
    now = 104.0
    line.part('images', '1/2', 0.5, 60)
    now = 107.0
    line.tick()
    line.part('tasks', '2/2', 0.5, 60)
    line.end()

    half = '[##########----------] 50%'
    assert written(ours).decode() == (
        ''.join(
            f'\r\x1b[K\x1b[?7l{shown}\x1b[?7h\r'
            for shown in (
                '[1/2] images [--------------------] 0%',
                f'[1/2] images {half}, about 4 s left',
                f'[1/2] images {half}, about 4 s left, 3 s',
                f'[2/2] tasks {half}',
            )
        )
        + '\r\x1b[K'
    )


@pytest.mark.parametrize('behind', [False, True])
def test_another_job_has_the_terminal_to_itself(behind: bool) -> None:
    pid, ours = pty.fork()
    if not pid:
        # In front are the first process and its group.
        worker = os.fork()
        try:
            if worker:
                os.waitpid(worker, 0)
            else:
                if behind:
                    os.setpgid(0, 0)
                progress.Line(2).begin('Schema revision', 60, '3/12')
        finally:
            os._exit(0)
    text = b''
    # Who reads from a terminal that nobody has is refused.
    with contextlib.suppress(OSError):
        while piece := os.read(ours, 2**16):
            text += piece
    os.waitpid(pid, 0)
    os.close(ours)
    assert text == (
        b'' if behind else b'\r\x1b[K\x1b[?7l[3/12] Schema revision\x1b[?7h\r'
    )


@pytest.mark.parametrize(
    ('wanted', 'kind', 'shows'),
    [
        (True, 'xterm', True),
        (False, 'xterm', False),
        (True, 'dumb', False),
        (True, '', False),
        (True, None, False),
    ],
)
def test_it_is_shown_where_a_terminal_can_move_and_somebody_wants_it(
    wanted: bool,
    kind: str | None,
    shows: bool,
    terminal: tuple[int, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours, theirs = terminal
    monkeypatch.delenv('TERM', raising=False)
    if kind is not None:
        monkeypatch.setenv('TERM', kind)
    before = os.dup(2)
    os.dup2(theirs, 2)
    try:
        with progress.shown(wanted) as watch:
            watch.begin('Schema revision', 60)
    finally:
        os.dup2(before, 2)
        os.close(before)
    assert written(ours) == (
        b'\r\x1b[K\x1b[?7lSchema revision\x1b[?7h\r\r\x1b[K' * shows
    )


def test_it_is_not_shown_in_a_file(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv('TERM', 'xterm')
    with progress.shown(True) as watch:
        watch.begin('Schema revision', 60)
    assert capfd.readouterr() == ('', '')
