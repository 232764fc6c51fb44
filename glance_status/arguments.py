# SPDX-License-Identifier: Apache-2.0
"""The command line: what may stand on it, and what it means."""

import argparse
import itertools
import math
import typing

from glance_status import formatters, usage


class _Source(argparse.Action):
    """Keeps --config-file and --config-dir in the order they stand in."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: typing.Any,
        option_string: str | None = None,
    ) -> None:
        kind = 'file' if self.option_strings[0].endswith('file') else 'dir'
        before = getattr(namespace, self.dest, None) or []
        setattr(namespace, self.dest, [*before, (kind, values)])


def parse(argv: typing.Sequence[str]) -> argparse.Namespace:
    """Return what a command line says, or raise usage.Error.

    ``command`` is the command to run, None for none: then ``parser`` is the
    one whose usage to show.
    """
    parser = _parser()
    usage.look_for_strangers(parser, argv)
    try:
        arguments, rest = parser.parse_known_args(argv)
    except usage.HelpWanted as wanted:
        return argparse.Namespace(
            command=None, version=False, debug=False, parser=wanted.args[0]
        )
    if rest:
        arguments.parser.error(usage.unwanted(rest[0], parser.places()))
    if arguments.version:
        arguments.command = None
    if getattr(arguments, 'fail_on', None) == 'new' and not arguments.baseline:
        arguments.parser.error('--fail-on new needs a --baseline')
    arguments.sources = arguments.sources + arguments.more_sources
    return arguments


def for_nagios(argv: typing.Sequence[str]) -> bool:
    """Tell whether Nagios asks, which has an exit code of its own for 255.

    Also of a command line in which something else is wrong.
    """
    return '--format=nagios' in argv or ('--format', 'nagios') in (
        itertools.pairwise(argv)
    )


def _parser() -> usage.Parser:
    parser = usage.Parser(
        prog='glance-status',
        description='Tell whether an upgrade of OpenStack Glance will go '
        'through.',
        epilog='Exit codes of `upgrade check`: 0 go, 1 look first, 2 stop, '
        '255 it could not find out.',
    )
    parser.add_argument(
        '--version', action='store_true', help='print the version and exit'
    )
    _add_sources(parser, 'sources')
    parser.set_defaults(
        command=None, parser=parser, debug=False, more_sources=[]
    )
    categories = parser.add_subparsers(metavar='CATEGORY', dest='category')
    upgrade = categories.add_parser(
        'upgrade',
        help='what concerns upgrades',
        description='Commands that concern an upgrade of Glance.',
    )
    upgrade.set_defaults(parser=upgrade)
    commands = upgrade.add_subparsers(metavar='COMMAND', dest='command')
    _add_check(commands)
    _add_list(commands)
    _add_explain(commands)
    _add_plan(commands)
    _add_merge(commands)
    return parser


def _add_sources(parser: usage.Parser, dest: str) -> None:
    for option, metavar, what in (
        ('--config-file', 'PATH', 'a configuration file to read'),
        ('--config-dir', 'DIR', 'a directory whose *.conf files to read'),
    ):
        parser.add_argument(
            option,
            metavar=metavar,
            type=_word,
            action=_Source,
            dest=dest,
            default=[],
            help=f'{what}; may be repeated. Without any, what the Glance API '
            'reads',
        )


def _add_check(commands: typing.Any) -> None:
    parser = commands.add_parser(
        'check',
        help='run all checks and report',
        description='Run all checks and report. Reads, and changes nothing.',
        epilog='Exit codes: 0 go, 1 look first, 2 stop, 255 it could not '
        'find out.',
    )
    parser.set_defaults(parser=parser)
    _add_sources(parser, 'more_sources')
    _add_releases(parser)
    parser.add_argument(
        '--before',
        choices=('sync', 'restart'),
        default='sync',
        help='the step that comes next: bringing the database to the new '
        'release (the default), or starting the new services',
    )
    _add_format(parser, list(formatters.FORMATS))
    parser.add_argument(
        '--check',
        dest='include',
        metavar='ID',
        type=_word,
        action='append',
        default=[],
        help='run this check, or look for this finding, and no other; a '
        'shell pattern, may be repeated',
    )
    parser.add_argument(
        '--skip',
        dest='exclude',
        metavar='ID',
        type=_word,
        action='append',
        default=[],
        help='leave out this check or finding; a shell pattern, may be '
        'repeated',
    )
    parser.add_argument(
        '--fail-level',
        choices=('warning', 'failure'),
        default='warning',
        help='exit 0 where nothing is worse than a warning (failure), or '
        'not (warning, the default)',
    )
    parser.add_argument(
        '--waivers',
        metavar='FILE',
        type=_word,
        help='a YAML file of the findings that are accepted',
    )
    parser.add_argument(
        '--baseline',
        metavar='REPORT',
        type=_word,
        help='mark what is new and what is known since this JSON report; '
        'it is only read',
    )
    parser.add_argument(
        '--fail-on',
        choices=('any', 'new'),
        default='any',
        help='whether findings that the baseline has count (any, the '
        'default) or not (new)',
    )
    _add_output(parser)
    parser.add_argument(
        '--timeout',
        metavar='SECONDS',
        type=_seconds,
        help='how long a check, or a statement, may take (60)',
    )
    parser.add_argument(
        '--deadline',
        metavar='SECONDS',
        type=_seconds,
        help='how long the whole run may take (no limit)',
    )
    parser.add_argument(
        '--replica',
        action='store_true',
        help='read from [database] slave_connection',
    )
    _add_namespace(parser)
    parser.add_argument(
        '--verbose',
        action='store_true',
        help='show what passed as fully as what did not, with durations',
    )
    _add_debug(parser)


def _add_releases(parser: usage.Parser) -> None:
    parser.add_argument(
        '--target',
        metavar='RELEASE',
        type=_word,
        help='the release to upgrade to: a name, a cycle or a version '
        '(Caracal, 2024.1, 28.0.0); the newest by default',
    )
    parser.add_argument(
        '--from',
        dest='stated',
        metavar='RELEASE',
        type=_word,
        help='the release to upgrade from; by default what the database '
        'allows',
    )


def _add_plan(commands: typing.Any) -> None:
    parser = commands.add_parser(
        'plan',
        help='show the way to the target, step by step',
        description='Show the way from where the database is to the target: '
        'the commands in their order, what each revision does, and what that '
        'costs. Reads, and changes nothing.',
        epilog='Exit codes: 0 there is the plan, 255 there is none.',
    )
    parser.set_defaults(parser=parser)
    _add_sources(parser, 'more_sources')
    _add_releases(parser)
    _add_format(parser, ['table', 'json'])
    _add_debug(parser)


def _add_merge(commands: typing.Any) -> None:
    parser = commands.add_parser(
        'merge',
        help='make one report of the reports of many nodes',
        description='Make one report of the JSON reports of many nodes, and '
        'say how the nodes differ. Needs no configuration and no database.',
        epilog='Exit codes: as of `upgrade check`.',
    )
    parser.set_defaults(parser=parser)
    parser.add_argument(
        'reports',
        metavar='REPORT',
        nargs='+',
        type=_word,
        help='what `upgrade check --format json` wrote',
    )
    _add_format(parser, list(formatters.FORMATS))
    _add_output(parser)
    parser.add_argument(
        '--verbose',
        action='store_true',
        help='show what passed as fully as what did not, with durations',
    )
    _add_debug(parser)


def _add_list(commands: typing.Any) -> None:
    parser = commands.add_parser(
        'list',
        help='list the checks and what each may find',
        description='List all checks that are installed, and what each may '
        'find. Needs no configuration and no database.',
    )
    parser.set_defaults(parser=parser)
    _add_format(parser, ['table', 'json'])
    _add_namespace(parser)
    _add_debug(parser)


def _add_explain(commands: typing.Any) -> None:
    parser = commands.add_parser(
        'explain',
        help='explain a check or a finding',
        description='Say what a check looks at, or what a finding means and '
        'what to do about it. Needs no configuration and no database.',
    )
    parser.set_defaults(parser=parser)
    parser.add_argument(
        'id', metavar='ID', type=_word, help='as `upgrade list` has it'
    )
    _add_namespace(parser)
    _add_debug(parser)


def _add_format(parser: usage.Parser, names: list[str]) -> None:
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        '--format',
        metavar='FORMAT',
        choices=names,
        default='table',
        help='how to print the report: '
        + '; '.join(f'{n} ({formatters.FORMATS[n]})' for n in names),
    )
    group.add_argument(
        '--json',
        dest='format',
        action='store_const',
        const='json',
        default='table',
        help='the same as --format json',
    )


def _add_output(parser: usage.Parser) -> None:
    parser.add_argument(
        '--output',
        dest='outputs',
        metavar='FORMAT:PATH',
        type=_output,
        action='append',
        default=[],
        help='write the report in a format to a file as well; may be repeated',
    )


def _add_namespace(parser: usage.Parser) -> None:
    parser.add_argument(
        '--namespace',
        dest='namespaces',
        metavar='GROUP',
        type=_word,
        action='append',
        default=[],
        help='take plug-ins from this entry-point group as well; a shell '
        'pattern, may be repeated',
    )


def _add_debug(parser: usage.Parser) -> None:
    parser.add_argument(
        '--debug',
        action='store_true',
        help='show tracebacks, and what plug-ins print, on stderr',
    )


def _word(text: str) -> str:
    """Refuse what a script passes on when its variable is not set."""
    if not text.strip():
        raise argparse.ArgumentTypeError('its value is empty')
    return text


def _output(text: str) -> tuple[str, str]:
    name, _colon, path = text.partition(':')
    if name not in formatters.FORMATS or not path:
        known = ', '.join(formatters.FORMATS)
        raise argparse.ArgumentTypeError(
            f'{text!r} is not FORMAT:PATH, where FORMAT is one of {known}.'
            f'{usage.near(name, formatters.FORMATS)}'
        )
    return name, path


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0.1 <= seconds <= 86400:
        raise argparse.ArgumentTypeError(
            f'{text!r} is not a number of seconds from 0.1 to 86400'
        )
    return seconds
