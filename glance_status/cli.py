# SPDX-License-Identifier: Apache-2.0
"""The command, from argv to the exit code."""

import argparse
import errno
import functools
import os
import sys
import traceback
import typing

from glance_status import (
    arguments,
    errors,
    garbage,
    lazily,
    signals,
    streams,
)

if typing.TYPE_CHECKING:
    from glance_status import results

BROKEN = 255
# What Nagios takes for it.
UNKNOWN = 3


def command() -> typing.NoReturn:
    """Run the command, and end with its exit code.

    Python would take apart all that it imported, which is a part of the run
    that nobody has anything of. All that is written has been let go by then.
    """
    os._exit(main())


def main(argv: typing.Sequence[str] | None = None) -> int:
    """Run the command; return 0, 1, 2 or 255, whatever happens."""
    streams.opened()
    argv = sys.argv[1:] if argv is None else list(argv)
    broken = UNKNOWN if arguments.for_nagios(argv) else BROKEN
    signals.heed(functools.partial(signals.leave, broken))
    args = None
    try:
        with garbage.unsought(), lazily.imported():
            args = arguments.parse(argv)
            text, code = _COMMANDS[args.command](args)
            return code if streams.write(text) and code != BROKEN else broken
    except BaseException as error:
        try:
            _complain(error, args)
        except BaseException:
            # Where memory has run out, there is none to say so.
            signals.leave(broken, type(error).__name__)
        return broken
    finally:
        # Nothing is to change the exit code any more.
        signals.ignore()


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
    streams.say('read ' + ', '.join(config.files))
    plan = session.plan(args, config)
    with progress.shown(not args.debug) as watch, signals.interruptible():
        report = session.run(
            plan,
            args.clean,
            _teller(args),
            watch,
            functools.partial(formatters.warm_up, args.format),
        )
    if report.interrupted and not report.not_run:
        # Not even the checks were known: no row can say it.
        streams.say(f'interrupted by {report.interrupted}')
    return _rendered(args, report)


def _plan(args: argparse.Namespace) -> tuple[str, int]:
    from oslo_config import cfg

    from glance_status import configuration, planning, session
    from glance_status.planning import text

    config = configuration.read(cfg.CONF, args.sources)
    args.clean = config.redactor().clean
    streams.say('read ' + ', '.join(config.files))
    plan = planning.make(*session.upgrade(args, config))
    return args.clean(text.render(plan, args.format, streams.width())), 0


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
            streams.say(f'--output {name}:{path}: {error.strerror}')
            code = BROKEN
    style = formatters.Style(
        width=streams.width(), colour=streams.colours(), verbose=args.verbose
    )
    return formatters.render(args.format, report, style), code


def _list(args: argparse.Namespace) -> tuple[str, int]:
    from glance_status import catalogue

    with signals.interruptible():
        loaded = catalogue.load(args.namespaces, _teller(args))
    for row in loaded.broken:
        streams.say(row.details or row.check)
    text = catalogue.render(loaded, args.format, streams.width())
    return text, BROKEN if loaded.broken else 0


def _explain(args: argparse.Namespace) -> tuple[str, int]:
    from glance_status import catalogue

    with signals.interruptible():
        loaded = catalogue.load(args.namespaces, _teller(args))
    return catalogue.explain(loaded, args.id, streams.width()), 0


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
        streams.say(clean(str(error)))
    elif lacking := _lacking(error):
        streams.say(
            f'the system gives it too little: {lacking}. Raise the limits of '
            'the process; `ulimit -a` shows them.'
        )
    elif isinstance(error, Exception):
        what = clean(f'{type(error).__name__}: {error}')
        streams.say(f'this is a fault of glance-status: {what}')
    else:
        streams.say(f'interrupted by {error}')
    if args and args.debug:
        streams.say(clean(''.join(traceback.format_exception(error))))


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
    return lambda text: streams.say(clean(text))


def _cleaner(args: argparse.Namespace | None) -> typing.Callable[[str], str]:
    """Return what masks secrets: those of the configuration, once read."""
    from glance_status import redaction

    clean: typing.Callable[[str], str] | None = getattr(args, 'clean', None)
    return clean or redaction.Redactor().clean
