# SPDX-License-Identifier: Apache-2.0
"""Make the list of metadata definitions that releases added.

Glance ships definitions of metadata, which ``glance-manage db load_metadefs``
puts into the database, and nothing else does. This reads them in the source
packages of ``tools/packages.py`` and writes
``glance_status/releases/metadefs.json``: the properties, by namespace, that
Rocky, the first release, does not ship, with the release that added each and
the one that no longer ships it.

After a release of Glance, when ``tools/releases.py`` has run::

    python tools/metadefs.py
"""

import json
import pathlib
import sys
import tarfile
from collections.abc import Iterable
from typing import Any

import packages
import releases

OUTPUT = releases.OUTPUT / 'metadefs.json'
FOLDER = '/etc/metadefs/'

Json = dict[str, Any]


def main(argv: list[str] | None = None) -> int:
    """Write metadefs.json."""
    what = 'Make the list of metadata definitions.'
    with packages.wanted(what, argv) as archives:
        shipped = [
            (release, definitions(archive))
            for release, package, archive in archives
            if package == 'glance'
        ]
    releases.write(OUTPUT, fold(shipped))
    return 0


def definitions(archive: pathlib.Path) -> dict[str, set[str]]:
    """Return {namespace: properties} of a source package."""
    found = {}
    with tarfile.open(archive) as package:
        for member in package:
            content = package.extractfile(member)
            if (
                content
                and FOLDER in member.name
                and member.name.endswith('.json')
            ):
                read = json.load(content)
                found[read['namespace']] = set(read.get('properties', ()))
    return found


def fold(shipped: Iterable[tuple[int, dict[str, set[str]]]]) -> Json:
    """Return {namespace: record}; a record has "since", "gone", "added".

    "since" is missing where the first release has the namespace, "gone"
    where the last one has it, and likewise in the record of a property.
    """
    first, known = None, {}
    for release, found in shipped:
        first = first or release
        for namespace in sorted(found.keys() | known.keys()):
            here = found.get(namespace)
            record = known.setdefault(
                namespace, {'since': release, 'added': {}}
            )
            mark(record, here is not None, release)
            for name in sorted((here or set()) | record['added'].keys()):
                added = record['added'].setdefault(name, {'since': release})
                mark(added, name in (here or ()), release)
    return {
        namespace: without_first(record, first)
        for namespace, record in sorted(known.items())
        if any(p['since'] != first for p in record['added'].values())
    }


def mark(record: Json, here: bool, release: int) -> None:
    """Note in a record whether a release has what it is about."""
    if here:
        record.pop('gone', None)
    else:
        record.setdefault('gone', release)


def without_first(record: Json, first: int | None) -> Json:
    """Return a record of a namespace without what the first release has."""
    kept = {k: v for k, v in record.items() if (k, v) != ('since', first)}
    added = {
        name: item
        for name, item in sorted(record['added'].items())
        if item['since'] != first
    }
    return {**kept, 'added': added}


if __name__ == '__main__':
    sys.exit(main())
