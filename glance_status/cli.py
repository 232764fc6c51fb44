# SPDX-License-Identifier: Apache-2.0
"""The command, from argv to the exit code."""

import argparse
import contextlib
import errno
import functools
import os
import signal
import sys
import traceback
import typing

from glance_status import arguments, errors, garbage, lazily

if typing.TYPE_CHECKING:
    from glance_status import results

BROKEN = 255
# What Nagios takes for it.
UNKNOWN = 3

# Who runs this with nohup wants it to go on when the terminal hangs up.
_SIGNALS = [
    number
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    if signal.getsignal(number) != signal.SIG_IGN
]


def command() -> typing.NoReturn:
    """Run the command, and end with its exit code.

    Python would take apart all that it imported, which is a part of the run
    that nobody has anything of.
    """
    code = main()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def main(argv: typing.Sequence[str] | None = None) -> int:
    """Run the command; return 0, 1, 2 or 255, whatever happens."""
    _open_streams()
    argv = sys.argv[1:] if argv is None else list(argv)
    broken = UNKNOWN if arguments.for_nagios(argv) else BROKEN
    _heed_signals(functools.partial(_leave, broken))
    args = None
    try:
        with garbage.unsought(), lazily.imported():
            args = arguments.parse(argv)
            text, code = _COMMANDS[args.command](args)
            return code if _print(text) and code != BROKEN else broken
    except BaseException as error:
        try:
            _complain(error, args)
        except BaseException:
            # Where memory has run out, there is none to say so.
            _leave(broken, type(error).__name__)
        return broken
    finally:
        # Nothing is to change the exit code any more.
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)


def _usage(args: argparse.Namespace) -> tuple[str, int]:
    if args.version:
        return f'glance-status {_version()}\n', 0
    usage: str = args.parser.format_help()
    return usage, 0


def _check(args: argparse.Namespace) -> tuple[str, int]:
    from oslo_config import cfg

    from glance_status import configuration, formatters, progress, session

    _load_formats(args)
    config = configuration.read(cfg.CONF, args.sources)
    args.clean = config.redactor().clean
    _say('read ' + ', '.join(config.files))
    plan = session.plan(args, config)
    with progress.shown(not args.debug) as watch, _interruptible():
        report = session.run(
            plan,
            args.clean,
            _teller(args),
            watch,
            functools.partial(formatters.warm_up, args.format),
        )
    if report.interrupted and not report.not_run:
        # Not even the checks were known: no row can say it.
        _say(f'interrupted by {report.interrupted}')
    return _rendered(args, report)


def _plan(args: argparse.Namespace) -> tuple[str, int]:
    from oslo_config import cfg

    from glance_status import configuration, planning, session
    from glance_status.planning import text

    config = configuration.read(cfg.CONF, args.sources)
    args.clean = config.redactor().clean
    _say('read ' + ', '.join(config.files))
    plan = planning.make(*session.upgrade(args, config))
    return args.clean(text.render(plan, args.format, _width())), 0


def _merge(args: argparse.Namespace) -> tuple[str, int]:
    from glance_status import merge

    _load_formats(args)
    return _rendered(args, merge.files(args.reports))


def _load_formats(args: argparse.Namespace) -> None:
    """Find out that a format cannot be had before the work is done."""
    from glance_status import formatters

    for name in (args.format, *(name for name, _path in args.outputs)):
        formatters.load(name)


def _rendered(
    args: argparse.Namespace, report: 'results.Report'
) -> tuple[str, int]:
    """Return the text for stdout, after the files are written."""
    from glance_status import files, formatters

    code = report.exit_code
    style = formatters.Style(verbose=args.verbose)
    for name, path in args.outputs:
        try:
            files.replace(path, formatters.render(name, report, style))
        except OSError as error:
            _say(f'--output {name}:{path}: {error.strerror}')
            code = BROKEN
    style = formatters.Style(
        width=_width(), colour=_colours(), verbose=args.verbose
    )
    return formatters.render(args.format, report, style), code


def _list(args: argparse.Namespace) -> tuple[str, int]:
    from glance_status import catalogue

    with _interruptible():
        loaded = catalogue.load(args.namespaces, _teller(args))
    for row in loaded.broken:
        _say(row.details or row.check)
    text = catalogue.render(loaded, args.format, _width())
    return text, BROKEN if loaded.broken else 0


def _explain(args: argparse.Namespace) -> tuple[str, int]:
    from glance_status import catalogue

    with _interruptible():
        loaded = catalogue.load(args.namespaces, _teller(args))
    return catalogue.explain(loaded, args.id, _width()), 0


_COMMANDS = {
    None: _usage,
    'check': _check,
    'list': _list,
    'explain': _explain,
    'plan': _plan,
    'merge': _merge,
}


def _version() -> str:
    import importlib.metadata

    return importlib.metadata.version('glance-status')


def _complain(error: BaseException, args: argparse.Namespace | None) -> None:
    """Say in a line what went wrong, by the user's doing or by ours."""
    clean = _cleaner(args)
    if isinstance(error, errors.Problem):
        _say(clean(str(error)))
    elif lacking := _lacking(error):
        _say(
            f'the system gives it too little: {lacking}. Raise the limits of '
            'the process; `ulimit -a` shows them.'
        )
    elif isinstance(error, Exception):
        what = clean(f'{type(error).__name__}: {error}')
        _say(f'this is a fault of glance-status: {what}')
    else:
        _say(f'interrupted by {error}')
    if args and args.debug:
        _say(clean(''.join(traceback.format_exception(error))))


def _lacking(error: BaseException) -> str | None:
    """Return what the system would not give, None where it is not that."""
    if isinstance(error, MemoryError):
        return 'Cannot allocate memory'
    scarce = (errno.EMFILE, errno.ENFILE, errno.ENOMEM)
    if isinstance(error, OSError) and error.errno in scarce:
        return error.strerror
    return None


def _teller(args: argparse.Namespace) -> typing.Callable[[str], None]:
    """Return what shows diagnostics, to those who asked for them."""
    if not args.debug:
        return lambda text: None
    clean = _cleaner(args)
    return lambda text: _say(clean(text))


def _cleaner(args: argparse.Namespace | None) -> typing.Callable[[str], str]:
    """Return what masks secrets: those of the configuration, once read."""
    from glance_status import redaction

    clean: typing.Callable[[str], str] | None = getattr(args, 'clean', None)
    return clean or redaction.Redactor().clean


def _say(text: str) -> None:
    try:
        sys.stderr.write(f'glance-status: {text}\n')
        sys.stderr.flush()
    except (OSError, ValueError):
        # Nobody listens; the exit code says the rest.
        _silence(2)


def _print(text: str) -> bool:
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
        _say(f'stdout cannot be written: {error.strerror}')
        return False
    return True


def _silence(descriptor: int) -> None:
    """Keep Python from writing to a broken stream once more at its exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)


def _open_streams() -> None:
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


def _heed_signals(end: typing.Callable[[str], None]) -> None:
    """Give the name of the first signal that asks for an end to ``end``."""
    this_process = os.getpid()

    def stop(number: int, _frame: typing.Any) -> None:
        if os.getpid() != this_process:
            # A child that was forked a moment ago.
            os._exit(BROKEN)
        # Python complains aloud of a signal that is ignored too late.
        for each in _SIGNALS:
            signal.signal(each, lambda number, frame: None)
        end(signal.Signals(number).name)

    for each in _SIGNALS:
        signal.signal(each, stop)


def _leave(broken: int, name: str) -> None:
    """End here: there are no children, and no report, or a whole one."""
    with contextlib.suppress(OSError):
        # sys.stderr may be in the middle of a line.
        os.write(2, f'glance-status: interrupted by {name}\n'.encode())
    os._exit(broken)


@contextlib.contextmanager
def _interruptible() -> typing.Iterator[None]:
    """Let a signal raise Interrupted, so that children end, and all is told.

    Elsewhere it must not: it could escape from ``main``.
    """
    from glance_status import children

    def interrupt(name: str) -> None:
        raise children.Interrupted(name)

    before = [signal.getsignal(number) for number in _SIGNALS]
    try:
        _heed_signals(interrupt)
        yield
    finally:
        for number, handler in zip(_SIGNALS, before, strict=True):
            signal.signal(number, handler)


def _width() -> int:
    if not sys.stdout.isatty():
        return 80
    try:
        # A terminal that was not told its size says 0.
        return max(os.get_terminal_size(1).columns or 80, 40)
    except OSError:
        return 80


def _colours() -> bool:
    return (
        sys.stdout.isatty()
        and not os.environ.get('NO_COLOR')
        and os.environ.get('TERM', 'dumb') != 'dumb'
    )
