# SPDX-License-Identifier: Apache-2.0
"""What the command does when a signal asks for its end."""

import contextlib
import os
import signal
import typing

# Who runs this with nohup wants it to go on when the terminal hangs up.
SIGNALS = [
    number
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    if signal.getsignal(number) != signal.SIG_IGN
]


def heed(end: typing.Callable[[str], None]) -> None:
    """Give the name of the first signal that asks for an end to ``end``."""
    this_process = os.getpid()

    def stop(number: int, _frame: typing.Any) -> None:
        if os.getpid() != this_process:
            # A child that was forked a moment ago.
            os._exit(255)
        # Python complains aloud of a signal that is ignored too late.
        for each in SIGNALS:
            signal.signal(each, lambda number, frame: None)
        end(signal.Signals(number).name)

    for each in SIGNALS:
        signal.signal(each, stop)


def ignore() -> None:
    """Heed none any more."""
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)


def leave(broken: int, name: str) -> None:
    """End here: there are no children, and no report, or a whole one."""
    with contextlib.suppress(OSError):
        # sys.stderr may be in the middle of a line.
        os.write(2, f'glance-status: interrupted by {name}\n'.encode())
    os._exit(broken)


@contextlib.contextmanager
def interruptible() -> typing.Iterator[None]:
    """Let a signal raise Interrupted, so that children end, and all is told.

    Elsewhere it must not: it could escape from ``main``.
    """
    from glance_status import children

    def interrupt(name: str) -> None:
        raise children.Interrupted(name)

    before = [signal.getsignal(number) for number in SIGNALS]
    try:
        heed(interrupt)
        yield
    finally:
        for number, handler in zip(SIGNALS, before, strict=True):
            signal.signal(number, handler)
