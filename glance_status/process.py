# SPDX-License-Identifier: Apache-2.0
"""A plug-in's process, as seen from outside: ask, wait, end."""

import gc
import itertools
import json
import os
import selectors
import signal
import time
import typing

from glance_status import context, plugins, worker

# Bytes of one reply, and of what a plug-in prints, that are kept.
LONGEST_REPLY = 2**25
LONGEST_OUTPUT = 2**16

_CHUNK = 2**16
# How to look at a child that may have ended: for good, or to look again.
_TAKE = os.WEXITED | os.WNOHANG
_LEAVE = _TAKE | os.WNOWAIT

# Seconds after which a child that says nothing is looked at.
_LOOK = 1.0
# Seconds between looks at a child that is about to end: a second in all.
_DELAYS = [0.0005] * 100 + [0.01] * 95


class Lost(Exception):
    """The process gave no answer; the text says why."""


class TimedOut(Lost):
    """The process gave no answer in time, and was killed."""


class Process:
    """One child process; after Lost it is gone.

    :param entry: the plug-in to serve, None for none
    :param run: what the run is about, None where no check will be run
    """

    def __init__(self, entry: plugins.Entry | None, run: context.Run | None):
        self.output = b''
        self._buffer = bytearray()
        self._ended = False
        requests, self._requests = os.pipe()
        self._replies, replies = os.pipe()
        self._printed, output = os.pipe()
        lifeline, self._lifeline = os.pipe()
        # Where the caller had it ignored, nobody would hear how a child ended.
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        # A child that collects garbage copies pages for nothing.
        gc.freeze()
        # A signal that comes in between must not raise in the child: there,
        # it would go on with the run as if it were the run.
        held = signal.pthread_sigmask(signal.SIG_BLOCK, worker.RESET_SIGNALS)
        self._pid = os.fork()
        if self._pid == 0:
            try:
                _keep_only(requests, replies, output, lifeline)
                worker.serve(requests, replies, output, lifeline, entry, run)
            finally:
                os._exit(1)
        signal.pthread_sigmask(signal.SIG_SETMASK, held)
        for descriptor in (requests, replies, output, lifeline):
            os.close(descriptor)
        os.set_blocking(self._printed, False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._replies, selectors.EVENT_READ)
        self._selector.register(self._printed, selectors.EVENT_READ)

    def ask(
        self,
        request: worker.Message,
        seconds: float,
        tick: typing.Callable[[], None] = lambda: None,
    ) -> worker.Message:
        """Return the answer to a request, or raise Lost.

        :param seconds: how long to wait for it
        :param tick: called about once a second while waiting
        """
        end = time.monotonic() + seconds
        try:
            os.write(self._requests, json.dumps(request).encode() + b'\n')
            reply = json.loads(self._line(end, tick))
        except BrokenPipeError as error:
            raise Lost(self._obituary()) from error
        except ValueError as error:
            self.close()
            raise Lost('its process sent something unreadable') from error
        if not isinstance(reply, dict):
            self.close()
            raise Lost('its process sent something unreadable')
        if 'lost' in reply:
            self.close()
            raise Lost(f'its answer cannot be sent: {reply["lost"]}')
        return reply

    def close(self) -> None:
        """End the process and all that it started in its session."""
        if self._ended:
            return
        self._kill()
        self._exit_status(_TAKE)
        self._drain()
        self._ended = True
        self._selector.close()
        for descriptor in (
            self._requests,
            self._replies,
            self._printed,
            self._lifeline,
        ):
            os.close(descriptor)

    def _line(self, end: float, tick: typing.Callable[[], None]) -> bytes:
        while not self._buffer.endswith(b'\n'):
            tick()
            left = end - time.monotonic()
            if left <= 0:
                self.close()
                raise TimedOut
            ready = self._selector.select(min(left, _LOOK))
            for key, _events in ready:
                if key.fd == self._printed:
                    self._drain()
                elif not self._receive():
                    raise Lost(self._obituary())
            # What a plug-in left behind may hold the line open.
            if not ready and self._seen(_LEAVE) is not None:
                raise Lost(self._obituary())
        line = bytes(self._buffer[:-1])
        self._buffer.clear()
        return line

    def _receive(self) -> bool:
        """Take more of the reply, which ends at the end of a line."""
        chunk = os.read(self._replies, _CHUNK)
        self._buffer += chunk
        if len(self._buffer) > LONGEST_REPLY:
            self.close()
            raise Lost(f'it returned more than {LONGEST_REPLY >> 20} MiB')
        return bool(chunk)

    def _drain(self) -> None:
        """Take what the plug-in printed; without it the child would block."""
        try:
            chunk = os.read(self._printed, _CHUNK)
        except BlockingIOError:
            return
        self.output += chunk[: LONGEST_OUTPUT - len(self.output)]
        if not chunk and self._printed in self._selector.get_map():
            self._selector.unregister(self._printed)

    def _kill(self) -> None:
        for kill in (os.killpg, os.kill):
            try:
                kill(self._pid, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def _obituary(self) -> str:
        """Return what became of a child that hung up."""
        self._drain()
        status = self._exit_status(_LEAVE)
        self.close()
        if status is None:
            return 'its process closed the line to the run'
        if status < 0:
            return (
                f'its process was killed by signal {-status} '
                f'({signal.strsignal(-status)})'
            )
        return f'its process ended in the middle of it (exit code {status})'

    def _exit_status(self, options: int) -> int | None:
        """Return how the child ended, negative where a signal killed it.

        None where it has not within a second: it hung up and lives on, or
        waits for a device and cannot even be killed.
        """
        for delay in _DELAYS:
            status = self._seen(options)
            if status is not None:
                return status
            time.sleep(delay)
        return None

    def _seen(self, options: int) -> int | None:
        seen = os.waitid(os.P_PID, self._pid, options)
        if not seen:
            return None
        exited = seen.si_code == os.CLD_EXITED
        return seen.si_status if exited else -seen.si_status


def _keep_only(*descriptors: int) -> None:
    """Close all that a child inherits but the streams and these.

    The lines to other plug-ins' processes are among the rest.
    """
    edges = [2, *sorted(descriptors), os.sysconf('SC_OPEN_MAX')]
    for low, high in itertools.pairwise(edges):
        os.closerange(low + 1, high)
