# SPDX-License-Identifier: Apache-2.0
"""Make what completes the command in shells, from its own parser.

It needs shtab; the same shtab gives the same files. Run it after a change of
the command line, of the known releases, or of the built-in checks. The
checks of other plug-ins are not known here, and so are not completed.
"""

import argparse
import pathlib

import shtab

from glance_status import (
    arguments,
    catalogue,
    checks,
    formatters,
    releases,
    usage,
)

DIRECTORY = pathlib.Path(__file__).resolve().parents[1] / 'etc' / 'completion'
NAMES = {'bash': 'glance-status', 'zsh': '_glance-status'}

# How to complete a value, by what the usage calls it.
COMPLETERS = {
    'PATH': shtab.FILE,
    'DIR': shtab.DIRECTORY,
    'FILE': shtab.FILE,
    'REPORT': shtab.FILE,
    # bash takes a colon for the end of a word.
    'FORMAT:PATH': {'zsh': '_glance_status_output'},
}

HEAD = '# Made by tools/make_completion.py.\n'
OUTPUT = f"""\
{HEAD}_glance_status_output() {{
  if compset -P '*:'; then
    _files
  else
    compadd -S : -- {' '.join(formatters.FORMATS)}
  fi
}}"""
PREAMBLE = {'bash': HEAD, 'zsh': OUTPUT}


def main() -> None:
    """Write a file for each shell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        'directory', nargs='?', type=pathlib.Path, default=DIRECTORY
    )
    directory = parser.parse_args().directory
    # It would complete --config-file once only.
    shtab.OPTION_MULTI += (arguments._Source,)
    command = arguments._parser()
    prepare(command)
    for shell, name in NAMES.items():
        text = shtab.complete(command, shell, preamble=PREAMBLE)
        # Else zsh would complete the first of several REPORTs only.
        text = text.replace('"(*):', '"*:')
        (directory / name).write_text(f'{text.rstrip()}\n', encoding='utf-8')


def prepare(parser: usage.Parser) -> None:
    """Add what a shell has to know to a parser, and to those below it."""
    for action in parser._actions:
        if action.metavar in COMPLETERS:
            action.complete = COMPLETERS[action.metavar]
            action.metavar = action.metavar.replace(':', ' ')
        elif action.metavar == 'RELEASE':
            action.choices = release_names(action.dest)
        elif action.metavar == 'ID':
            action.choices = ids(explained=not action.option_strings)
    for below in parser.commands().values():
        prepare(below)


def release_names(option: str) -> list[str]:
    """Return the names of the releases that --target or --from takes."""
    known = releases.targets() if option == 'target' else releases.known()
    return [
        word
        for release in reversed(known)
        for word in (release.cycle, release.name.lower())
        if word
    ]


def ids(explained: bool) -> list[str]:
    """Return the ids of the built-in checks and of their findings.

    :param explained: whether to add those that can be explained, and not run
    """
    rows = catalogue.own_rows() if explained else ()
    both = [*checks.Checks().get_checks(), *rows]
    kinds = [kind for row in both for kind in row.kinds]
    return sorted({item.id for item in (*both, *kinds)})


if __name__ == '__main__':
    main()
