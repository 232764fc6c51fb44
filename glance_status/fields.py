# SPDX-License-Identifier: Apache-2.0
"""Values of a JSON document, taken as what they have to be, or refused."""

import datetime
import json
import re
import typing

# How reports write the time, which is in UTC.
TIME = '%Y-%m-%dT%H:%M:%SZ'

# Names are printed as they are; a terminal would obey these.
_CONTROL = re.compile(r'[\x00-\x1f\x7f-\x9f]')

# Levels of objects and lists that the one free-form value may have.
_DEEPEST = 4

T = typing.TypeVar('T')


class Wrong(Exception):
    """It is no document that can be read; the text says why."""


class Node(typing.NamedTuple):
    """A value of the document.

    :param place: where it stands, '' for the whole document
    :param early: whether the document is of a version before 1.0
    """

    value: typing.Any
    place: str
    early: bool

    def get(
        self, key: str, kind: typing.Callable[['Node'], T], *default: T
    ) -> T:
        """Return a member of an object; what is not asked for is ignored.

        :param default: what versions before 1.0 need not have. All later
            ones have it; a key that comes with a later minor version needs
            a default of its own.
        """
        if not isinstance(self.value, dict):
            raise Wrong(f'{self.place} is not an object')
        place = f'{self.place}.{key}' if self.place else key
        if key in self.value:
            return kind(Node(self.value[key], place, self.early))
        if default and self.early:
            return default[0]
        raise Wrong(f'it has no {place}')


Kind = typing.Callable[[Node], T]


def text(node: Node) -> str:
    """Return any string."""
    if not isinstance(node.value, str):
        raise Wrong(f'{node.place} is not a string')
    return node.value


def line(node: Node) -> str:
    """Return a string that can be printed in a line."""
    found = text(node)
    if _CONTROL.search(found):
        raise Wrong(f'{node.place} has control characters in it')
    return found


def name(node: Node) -> str:
    """Return a line that is not empty."""
    found = line(node)
    if not found.strip():
        raise Wrong(f'{node.place} is empty')
    return found


def time(node: Node) -> str:
    """Return a time as reports write it."""
    found = text(node)
    try:
        moment = datetime.datetime.strptime(found, TIME)
    except ValueError:
        moment = None
    # Times are compared as they are written, so with all their zeros.
    if moment is None or moment.strftime(TIME) != found:
        raise Wrong(f'{node.place} is not a time like 2026-11-22T02:00:00Z')
    return found


def count(node: Node) -> int:
    """Return a number of things."""
    if type(node.value) is not int or node.value < 0:
        raise Wrong(f'{node.place} is not a whole number from 0 on')
    return node.value


def seconds(node: Node) -> float:
    """Return a duration."""
    if type(node.value) not in (int, float) or not 0 <= node.value < 1e9:
        raise Wrong(f'{node.place} is not a number of seconds')
    return float(node.value)


def options(node: Node) -> dict[str, str]:
    """Return an object of strings."""
    if not isinstance(node.value, dict):
        raise Wrong(f'{node.place} is not an object')
    if not all(isinstance(item, str) for item in node.value.values()):
        raise Wrong(f'{node.place} has a value that is not a string')
    return node.value


def waiver(node: Node) -> dict[str, typing.Any]:
    """Return an object of anything, which is not deep."""
    if not isinstance(node.value, dict):
        raise Wrong(f'{node.place} is not an object')
    layer: list[typing.Any] = [node.value]
    for _level in range(_DEEPEST):
        layer = [
            inner
            for outer in layer
            if isinstance(outer, dict | list)
            for inner in (outer.values() if type(outer) is dict else outer)
        ]
    if layer:
        raise Wrong(f'{node.place} is nested too deeply')
    return node.value


def one_of(*choices: T) -> Kind[T]:
    """Return what takes one of these values alone."""

    def read(node: Node) -> T:
        for choice in choices:
            # To Python, 1 is True, and 1.0.
            if type(node.value) is type(choice) and node.value == choice:
                return choice
        listed = ', '.join(json.dumps(choice) for choice in choices)
        raise Wrong(f'{node.place} is none of {listed}')

    return read


def maybe(kind: Kind[T]) -> Kind[T | None]:
    """Return what takes null as well."""
    return lambda node: None if node.value is None else kind(node)


def list_of(kind: Kind[T]) -> Kind[tuple[T, ...]]:
    """Return what takes a list of one kind."""

    def read(node: Node) -> tuple[T, ...]:
        if not isinstance(node.value, list):
            raise Wrong(f'{node.place} is not a list')
        return tuple(
            kind(Node(item, f'{node.place}[{index}]', node.early))
            for index, item in enumerate(node.value)
        )

    return read
