# SPDX-License-Identifier: Apache-2.0
"""What the command writes to: stdout and stderr, as they were handed down."""

import os
import sys
import typing


def opened() -> None:
    """Put something in the place of standard streams that are closed.

    Else the first file that is opened would take a stream's number, and
    have the report written into it.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            # Opened for reading, a write to it fails, as it should.
            os.open(os.devnull, os.O_RDONLY)
    if sys.stdout is None:
        sys.stdout = open(1, 'w', closefd=False)  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(2, 'w', closefd=False)  # noqa: SIM115


def say(text: str) -> None:
    """Write a line to stderr."""
    try:
        sys.stderr.write(f'glance-status: {text}\n')
        sys.stderr.flush()
    except (OSError, ValueError):
        # Nobody listens; the exit code says the rest.
        _silence(2)


def write(text: str) -> bool:
    """Write to stdout, the only place that does; tell whether it worked."""
    try:
        # Some parents hand down a pipe that does not wait for its reader.
        os.set_blocking(1, True)
        # A character that the terminal lacks is no reason to say nothing.
        typing.cast(typing.Any, sys.stdout).reconfigure(
            errors='backslashreplace'
        )
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _silence(1)
        return False
    except OSError as error:
        _silence(1)
        say(f'stdout cannot be written: {error.strerror}')
        return False
    return True


def _silence(descriptor: int) -> None:
    """Keep Python from writing to a broken stream once more at its exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)


def width() -> int:
    """Return the columns that stdout has."""
    if not sys.stdout.isatty():
        return 80
    try:
        # A terminal that was not told its size says 0.
        return max(os.get_terminal_size(1).columns or 80, 40)
    except OSError:
        return 80


def colours() -> bool:
    """Tell whether stdout shows colours, and somebody wants them."""
    return (
        sys.stdout.isatty()
        and not os.environ.get('NO_COLOR')
        and os.environ.get('TERM', 'dumb') != 'dumb'
    )
