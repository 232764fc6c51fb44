# SPDX-License-Identifier: Apache-2.0
"""A change to a deployment, as data.

All deployments begin with one that is well: the API with a single store of
files, a paste file without Keystone, and a database of the release before,
without images. ``tests.proof.real.deployment`` writes it. A variant is a
change to that, another way to run Glance well, and has no base of its own::

    Change('keystone', sections={'paste_deploy': {'flavor': 'keystone'}, ...})

A hazard is a change to a variant, the plain one where it does not say::

    Change(
        'Keystone without a password',       # what it is
        ('keystone-auth-incomplete',),       # the finding it is made for
        'keystone',                          # the variant it changes
        {'keystone_authtoken': {'password': None}},
    )

The findings are there for readers: whether the tool has them is measured,
and no row says whether Glance would work. Where several hazards meet in one
deployment, their sections are laid over each other in order, their files and
rows are all made, and the last state of the database counts.
"""

import dataclasses
from collections import abc
from typing import Any

Sections = abc.Mapping[str, abc.Mapping[str, Any]]
"""Options by section: text, a list for an option on several lines, or None
for one that is to be taken out."""

ANYTHING = '*'
"""An answer that says nothing of how well a deployment is."""

Row = tuple[str, abc.Mapping[str, Any]]
"""A table, and the values of its columns."""

Sql = tuple[str, ...] | abc.Mapping[str, tuple[str, ...]]
"""Statements; by SQLAlchemy's name of the server where not all take them."""


def _as_it_is(text: str) -> str:
    return text


@dataclasses.dataclass(frozen=True)
class Change:
    """What is different from the deployment that all others begin with.

    In every text ``{path}`` stands for the directory of the deployment,
    ``{cloud}`` for the address of the Keystone that is played to it, and
    ``{port}`` for its port.

    :param name: what it is, in few words, and in no other change
    :param findings: the ids of this tool's findings that it is made for,
        none for what only looks like a fault
    :param base: the name of the variant that it is a change to
    :param sections: what to set in glance-api.conf
    :param files: the content of files by their name in the directory; None
        makes a directory of that name
    :param paste: returns the paste file, given what it would be without
    :param state: the state that the database is in, one of
        ``glance_databases.STATES``; None for that of the release before
    :param sql: statements to run in the database, each on its own
    :param rows: rows to add to it, after the statements
    :param intended: what the operator wants to be answered, by the names
        that requests have in ``tests.proof.scenario``, where that is not
        what the variant answers; ``ANYTHING`` for what does not matter
    :param since: the first major version that it is about
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
    sql: Sql = ()
    rows: tuple[Row, ...] = ()
    intended: abc.Mapping[str, str] = dataclasses.field(default_factory=dict)
    since: int = 0


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
