# SPDX-License-Identifier: Apache-2.0
"""argparse, with errors that tell what was meant."""

import argparse
import collections
import difflib
import itertools
import typing

from glance_status import errors


class Error(errors.Problem):
    """The command line is wrong; the text says how, in one line."""


class HelpWanted(Exception):
    """Somebody asked for the help of a parser."""


class Parser(argparse.ArgumentParser):
    """Reports errors by exception, with the near miss; abbreviates nothing."""

    def __init__(self, **kwargs: typing.Any):
        super().__init__(allow_abbrev=False, **kwargs)

    def error(self, message: str) -> typing.NoReturn:
        end = '' if message.endswith(('.', '?')) else '.'
        raise Error(f'{message}{end} See `{self.prog} --help`.')

    def print_help(self, file: typing.Any = None) -> typing.NoReturn:
        raise HelpWanted(self)

    def _check_value(self, action: argparse.Action, value: typing.Any) -> None:
        # argparse's own words for this differ from Python to Python.
        choices = action.choices
        if choices is not None and value not in choices:
            advice = _place(value, self.places()) or near(value, choices)
            raise argparse.ArgumentError(
                action, f'{value!r} is none of {", ".join(choices)}.{advice}'
            )

    def places(self) -> dict[str, list[str]]:
        """Return after which words each option and command belongs."""
        found = collections.defaultdict(list)
        for action in self._actions:
            for name in action.option_strings:
                found[name].append(self.prog)
        for name, parser in self.commands().items():
            found[name].append(self.prog)
            for below, places in parser.places().items():
                found[below] += places
        return found

    def commands(self) -> dict[str, 'Parser']:
        """Return the parsers below this one."""
        for action in self._actions:
            if isinstance(action, argparse._SubParsersAction):
                return dict(action.choices)
        return {}


def look_for_strangers(parser: Parser, argv: typing.Sequence[str]) -> None:
    """Complain of an option that is unknown, or stands before its command.

    argparse would take its value for the command, and complain of that.
    """
    places = parser.places()
    here = True
    for word in itertools.takewhile(lambda word: word != '--', argv):
        name = word.partition('=')[0]
        here = here and name not in parser.commands()
        if name.startswith('--') and (
            name not in places or (here and parser.prog not in places[name])
        ):
            parser.error(unwanted(name, places))


def unwanted(word: str, places: dict[str, list[str]]) -> str:
    """Return what is wrong with a word that does not belong where it is."""
    name = word.partition('=')[0]
    if not name.startswith('-'):
        return f'{word!r} is a word too many'
    if name in places:
        return _place(name, places).strip()
    options = [option for option in places if option.startswith('--')]
    return f'there is no option {name!r}.{near(name, options)}'


def _place(name: str, places: dict[str, list[str]]) -> str:
    after = ' or '.join(f'`{place}`' for place in places.get(name, []))
    return f' {name} belongs after {after}.' if after else ''


def near(word: str, known: typing.Iterable[str]) -> str:
    """Return a question after the known word that was meant, or nothing."""
    lower, names = word.lower(), list(known)
    # Who abbreviates knows the beginning.
    match = [name for name in names if lower and name.startswith(lower)]
    match = match or difflib.get_close_matches(lower, names, n=1)
    return f' Did you mean {match[0]}?' if match else ''
