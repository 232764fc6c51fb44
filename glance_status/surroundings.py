# SPDX-License-Identifier: Apache-2.0
"""What the checks of one plug-in share, put back after each of them."""

import contextlib
import locale
import logging
import os
import signal
import sys
import typing
import warnings

from oslo_config import cfg

# Those for which somebody may install a handler.
_SIGNALS = (
    *(signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGPIPE),
    *(signal.SIGALRM, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2),
    *(signal.SIGCHLD, signal.SIGPROF, signal.SIGVTALRM),
)

Restore = typing.Callable[[], typing.Any]


@contextlib.contextmanager
def kept(conf: cfg.ConfigOpts) -> typing.Iterator[None]:
    """Put back what is changed in the meantime, as far as it can be.

    Not what runs on, see ``threads``, and no module that was changed.
    """
    restores = [take() for take in _TAKERS] + [_configuration(conf)]
    try:
        yield
    finally:
        for restore in restores:
            # Where one cannot be put back, the others still can.
            with contextlib.suppress(Exception):
                restore()


def threads() -> frozenset[str]:
    """Return the ids of the threads that run, those of C code too.

    Without /proc nobody knows them: then there is none.
    """
    try:
        return frozenset(os.listdir('/proc/self/task'))
    except OSError:
        return frozenset()


def _directory() -> Restore:
    try:
        path = os.getcwd()
    except OSError:
        return lambda: None
    return lambda: os.chdir(path)


def _mask() -> Restore:
    mask = os.umask(0o077)
    os.umask(mask)
    return lambda: os.umask(mask)


def _environment() -> Restore:
    before = dict(os.environ)

    def restore() -> None:
        if os.environ != before:
            os.environ.clear()
            os.environ.update(before)

    return restore


def _locale() -> Restore:
    before = locale.setlocale(locale.LC_ALL)
    return lambda: locale.setlocale(locale.LC_ALL, before)


def _signals() -> Restore:
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, ())

    def restore() -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            if handler is not None and signal.getsignal(number) != handler:
                signal.signal(number, handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)

    return restore


def _logging() -> Restore:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    disabled = root.manager.disable

    def restore() -> None:
        root.handlers[:] = handlers
        root.setLevel(level)
        logging.disable(disabled)

    return restore


def _interpreter() -> Restore:
    filters, path = list(warnings.filters), list(sys.path)
    streams = sys.stdin, sys.stdout, sys.stderr
    hooks = sys.excepthook, sys.displayhook

    def restore() -> None:
        warnings.filters[:] = filters  # type: ignore[index]
        sys.path[:] = path
        sys.stdin, sys.stdout, sys.stderr = streams
        sys.excepthook, sys.displayhook = hooks

    return restore


def _configuration(conf: cfg.ConfigOpts) -> Restore:
    """Keep values and overrides; options that are registered stay so."""
    attributes = dict(vars(conf))
    groups: list[dict[str, typing.Any]] = [
        conf._opts,
        *(group._opts for group in conf._groups.values()),
    ]
    options = [
        (known, name, info, dict(info))
        for known in groups
        for name, info in known.items()
    ]

    def restore() -> None:
        vars(conf).update(attributes)
        for known, name, info, content in options:
            info.clear()
            info.update(content)
            known[name] = info
        # This makes it forget the values that it has computed.
        conf.register_opts([])

    return restore


_TAKERS: tuple[typing.Callable[[], Restore], ...] = (
    _directory,
    _mask,
    _environment,
    _locale,
    _signals,
    _logging,
    _interpreter,
)
