# SPDX-License-Identifier: Apache-2.0
"""Run all checks of a plug-in in a process of their own, and watch them.

``python -m glance_status.observing`` reads what to do from stdin, and
writes what it saw to the file that it is told.
"""

import dataclasses
import importlib
import json
import locale
import os
import signal
import sys
import threading
import time
import typing
from collections import abc

from glance_status import guard

if typing.TYPE_CHECKING:
    from glance_status import plugins
    from glance_status.observing import statements

# Events of Python's audit hooks that change files. Source: the audit events
# table of Python's documentation.
_CHANGES = frozenset(
    (
        *('os.chmod', 'os.chown', 'os.link', 'os.mkdir', 'os.remove'),
        *('os.rename', 'os.rmdir', 'os.symlink', 'os.truncate', 'os.utime'),
        *('os.setxattr', 'os.removexattr', 'os.chflags', 'os.lockf'),
    )
)
# What is loaded before any plug-in is.
_LIBRARIES = ('glance_status.answering', 'glance_status.connecting')
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC

Document = dict[str, typing.Any]


@dataclasses.dataclass
class Watch:
    """What is seen while it is on."""

    on: bool = False
    written: list[str] = dataclasses.field(default_factory=list)

    def hear(self, event: str, arguments: tuple[typing.Any, ...]) -> None:
        """Be told of an event by the interpreter."""
        if not self.on:
            return
        if event == 'open':
            path, _mode, flags = arguments
            if flags & _WRITING and path != os.devnull:
                self.written.append(f'open {path!r}')
        elif event in _CHANGES or (
            event == 'sqlite3.connect' and guard.new_file(arguments[0])
        ):
            self.written.append(f'{event} {arguments[0]!r}')


def _surroundings() -> Document:
    """Return what checks of one plug-in share, and should leave alone."""
    return {
        'the working directory': os.getcwd(),
        'the environment': sorted(os.environ.items()),
        'the locale': locale.setlocale(locale.LC_ALL),
        'signal handlers': [
            str(signal.getsignal(number))
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)
        ],
        'sys.stdout or sys.stderr': [id(sys.stdout), id(sys.stderr)],
        'threads': threading.active_count(),
    }


def _entry(name: str, group: str) -> 'plugins.Entry':
    from glance_status import plugins

    for entry in plugins.find([group])[0]:
        if (entry.name, entry.group) == (name, group):
            return entry
    sys.exit(
        f'no entry point {name} is installed in the group {group}: install '
        'the distribution whose setup.cfg names it'
    )


def observe(wanted: Document) -> Document:
    """Return what was seen.

    :param wanted: entry_point, group, files, target and source
    """
    begun = time.process_time()
    for library in _LIBRARIES:
        importlib.import_module(library)
    floor = time.process_time() - begun
    from oslo_config import cfg

    from glance_status import (
        answering,
        configuration,
        context,
        plugins,
        releases,
        verdict,
    )
    from glance_status.observing import statements

    read = configuration.read(
        cfg.CONF, [('file', path) for path in wanted['files']]
    )
    entry = _entry(wanted['entry_point'], wanted['group'])
    watch = Watch()
    sys.addaudithook(watch.hear)
    watch.on = True
    begun = time.process_time()
    checks, problems = plugins.load(entry)
    loading = time.process_time() - begun
    again, _problems = plugins.load(entry)
    run = context.Run(read, releases.find(wanted['target']))
    facts = context.Facts(tuple(map(releases.find, wanted['source'])))
    recorder = statements.Recorder()
    changed: set[str] = set()
    seen = {
        check.id: answering.run_alone(
            _watched(check, recorder, changed), run, facts
        )
        for check in checks
    }
    watch.on = False
    return {
        'loading': loading,
        'floor': floor,
        'problems': problems,
        'checks': [verdict.describe(check) for check in checks],
        'again': [check.id for check in again],
        'written': watch.written,
        'changed': sorted(changed),
        'replies': seen,
        'statements': list(map(dataclasses.asdict, recorder.statements)),
    }


def _watched(
    check: 'plugins.Check', recorder: 'statements.Recorder', changed: set[str]
) -> 'plugins.Check':
    """Return a check whose functions are looked at while they run.

    :param changed: takes in what they leave otherwise than it was
    """

    def watched(function: typing.Any) -> typing.Any:
        def call(*args: typing.Any, **kwargs: typing.Any) -> typing.Any:
            before = _surroundings()
            recorder.check = check.id
            try:
                returned = function(*args, **kwargs)
                if isinstance(returned, abc.Iterator):
                    return list(returned)
                return returned
            finally:
                recorder.check = None
                changed.update(
                    name
                    for name, now in _surroundings().items()
                    if before[name] != now
                )

        return call

    asks = watched(check.asks) if callable(check.asks) else check.asks
    return dataclasses.replace(
        check, function=watched(check.function), asks=asks
    )


def main() -> None:
    """Observe, and keep what is printed apart from what was seen."""
    wanted = json.load(sys.stdin)
    sys.dont_write_bytecode = True
    seen = observe(wanted)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    with open(wanted['answer'], 'w', encoding='utf-8') as answer:
        json.dump(seen, answer)
    # What a check left running must not keep the tests waiting.
    os._exit(0)


if __name__ == '__main__':
    main()
