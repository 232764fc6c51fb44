# SPDX-License-Identifier: Apache-2.0
"""A change to a deployment, as data."""

import dataclasses
from collections import abc
from typing import Any

Sections = abc.Mapping[str, abc.Mapping[str, Any]]
ANYTHING = '*'
"""An answer that says nothing of how well a deployment is."""

Row = tuple[str, abc.Mapping[str, Any]]


def _as_it_is(text: str) -> str:
    return text


@dataclasses.dataclass(frozen=True)
class Change:
    """What is different from the deployment that all others begin with.

    In every text ``{path}`` stands for the directory of the deployment, and
    ``{cloud}`` for the address of Keystone, and ``{port}`` for its port.

    :param name: what it is, in few words
    :param findings: the ids of this tool's findings that it is made for
    :param base: the name of the variant that it is a change to
    :param sections: options by section; None takes one out
    :param files: the content of files by name; None makes a directory
    :param paste: what becomes of the text of the paste file
    :param state: the state that the database is in, where not that of the
        release before
    :param sql: statements, each on its own
    :param rows: (table, values) of rows to add
    :param intended: what the operator wants to be answered to a request, by
        its name, where that is not what a clean deployment answers
    """

    name: str
    findings: tuple[str, ...] = ()
    base: str = 'plain'
    sections: Sections = dataclasses.field(default_factory=dict)
    files: abc.Mapping[str, str | None] = dataclasses.field(
        default_factory=dict
    )
    paste: abc.Callable[[str], str] = _as_it_is
    state: str | None = None
    sql: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    intended: abc.Mapping[str, str] = dataclasses.field(default_factory=dict)


def option(section: str, name: str, value: Any) -> Sections:
    """Return the one option of a section."""
    return {section: {name: value}}


def default(**options: Any) -> Sections:
    """Return options of [DEFAULT]."""
    return {'DEFAULT': options}


def merged(*layers: Sections) -> dict[str, dict[str, Any]]:
    """Return sections with those of later layers over the others."""
    sections: dict[str, dict[str, Any]] = {}
    for layer in layers:
        for name, options in layer.items():
            sections.setdefault(name, {}).update(options)
    return sections
