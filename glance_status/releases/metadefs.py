# SPDX-License-Identifier: Apache-2.0
"""The metadata definitions that releases after Rocky added.

The data are made by ``tools/metadefs.py``.
"""

import functools
import json
import pathlib
from typing import Any, NamedTuple


class Property(NamedTuple):
    """A property of a namespace, and the release that added it."""

    namespace: str
    name: str
    since: int

    def __str__(self) -> str:
        return f'{self.namespace}: {self.name}'


def added(major: int) -> list[Property]:
    """Return what a release ships and Rocky does not, sorted."""
    return [
        Property(namespace, name, item['since'])
        for namespace, record in _records().items()
        for name, item in record['added'].items()
        if item['since'] <= major < item.get('gone', major + 1)
    ]


def old_namespaces() -> frozenset[str]:
    """Return those namespaces with additions that Rocky ships as well."""
    return frozenset(
        name for name, record in _records().items() if 'since' not in record
    )


@functools.cache
def _records() -> dict[str, Any]:
    path = pathlib.Path(__file__).with_name('metadefs.json')
    records: dict[str, Any] = json.loads(path.read_text('utf-8'))
    return records
