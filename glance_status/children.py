# SPDX-License-Identifier: Apache-2.0
"""The processes of a run, and how long each may take over an answer."""

import time
import types
import typing

from glance_status import context, plugins, process, progress, worker

# Seconds that a check may go beyond its time limit before its process is
# killed: the server's or the driver's own word is the better message.
GRACE = 1.0


class Interrupted(BaseException):
    """A signal asked the run to end; the text is the signal's name."""


class Children:
    """Starts, asks and ends processes, by the names of their plug-ins.

    :param run: what the run is about; None where no check will be run
    :param timeout: seconds that a check, or a plug-in's loading, may take
    :param deadline: seconds that all may take together; None for no limit
    :param say: shows a line of diagnostics to those who asked for it
    :param watch: is told what is being done
    :param meanwhile: called once, while the first process is at work
    """

    def __init__(
        self,
        run: context.Run | None,
        timeout: float,
        deadline: float | None = None,
        say: typing.Callable[[str], None] = lambda text: None,
        watch: progress.Watch | None = None,
        meanwhile: typing.Callable[[], None] = lambda: None,
    ):
        self.timeout = timeout
        self._run = run
        self._deadline = deadline
        self._limit_of_all = time.monotonic() + deadline if deadline else None
        self._say = say
        self._watch = watch or progress.Watch()
        self._meanwhile: typing.Callable[[], None] | None = meanwhile
        self._processes: dict[str, process.Process] = {}

    def __enter__(self) -> 'Children':
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: types.TracebackType | None,
    ) -> None:
        for name, child in self._processes.items():
            self._close(name, child)
        self._processes.clear()

    def __contains__(self, name: str) -> bool:
        return name in self._processes

    def start(
        self, name: str, entry: plugins.Entry | None, first: worker.Message
    ) -> worker.Message:
        """Start a process and return its answer to the first request."""
        try:
            self._processes[name] = process.Process(entry, self._run)
        except OSError as error:
            raise process.Lost(
                f'no process can be started: {error.strerror}'
            ) from error
        return self.ask(name, first)

    def ready(self, entry: plugins.Entry) -> None:
        """Start the process of a plug-in, where there is none any more."""
        if entry.name not in self:
            self.start(entry.name, entry, {'do': 'load'})

    def which(self, name: str) -> process.Process | None:
        """Return the process of a plug-in, None while there is none."""
        return self._processes.get(name)

    def ask(self, name: str, request: worker.Message) -> worker.Message:
        """Return the answer to a request; after Lost there is no process."""
        limit = self._limit(GRACE)
        try:
            return self._processes[name].ask(request, limit, self._tick)
        except process.Lost:
            self.end(name)
            raise

    def end(self, name: str) -> None:
        """End a process, and show what the plug-in printed."""
        self._close(name, self._processes[name])
        del self._processes[name]

    def begin(self, what: str, place: str = '') -> None:
        """Tell who watches what is done now."""
        self._watch.begin(what, self._limit(), place)

    def part(self, what: str, place: str, share: float) -> None:
        """Tell who watches how far it is."""
        self._watch.part(what, place, share, self._limit())

    def late(self) -> str | None:
        """Return that the time of all is over, None while it is not."""
        end = self._limit_of_all
        if end is None or time.monotonic() < end:
            return None
        return f'the deadline of {self._deadline:g} seconds was reached'

    def _close(self, name: str, child: process.Process) -> None:
        child.close()
        printed = child.output.decode(errors='replace').strip()
        if printed:
            self._say(f'the plug-in {name} printed:\n{printed}')

    def _tick(self) -> None:
        meanwhile, self._meanwhile = self._meanwhile, None
        if meanwhile:
            meanwhile()
        self._watch.tick()

    def _limit(self, more: float = 0) -> float:
        """Return the seconds that are allowed from now on."""
        limit = self.timeout + more
        if self._limit_of_all is not None:
            limit = min(limit, max(self._limit_of_all - time.monotonic(), 0))
        return limit
