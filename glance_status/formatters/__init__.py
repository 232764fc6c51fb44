# SPDX-License-Identifier: Apache-2.0
"""One file a format; each turns a report into text and does nothing else."""

import contextlib
import importlib
import types
import typing

from glance_status import errors, results

# The one list of formats: name, and what it is for.
FORMATS = {
    'table': 'for people, in a terminal',
    'json': 'for programs; its schema comes with the package',
    'junit': 'for CI systems',
    'markdown': 'for change tickets',
    'html': 'for browsers, phones and paper',
    'nagios': 'for Nagios and its kin',
    'prometheus': 'for the textfile collector of node_exporter',
}


class Style(typing.NamedTuple):
    """How a format for people is to look.

    :param width: in columns
    :param colour: whether the terminal shows colours
    :param verbose: whether to show what passed as fully as what did not
    """

    width: int = 80
    colour: bool = False
    verbose: bool = False


def load(name: str) -> types.ModuleType:
    """Return the module of a format; Problem where its library is missing.

    What is to be printed later is best loaded before the work is done.
    """
    try:
        return importlib.import_module(f'{__name__}.{name}')
    except ModuleNotFoundError as error:
        if (error.name or '').startswith('glance_status'):
            raise
        raise errors.Problem(
            f'the format {name} needs {error.name}, which is not installed: '
            'install glance-status[formats].'
        ) from error


def warm_up(name: str) -> None:
    """Import what a format's library would import when it first renders."""
    for module in getattr(load(name), 'LATE', ()):
        with contextlib.suppress(ImportError):
            importlib.import_module(module)


def render(name: str, report: results.Report, style: Style) -> str:
    """Return a report in one of the formats, with a newline at the end."""
    text: str = load(name).render(report, style)
    return text
