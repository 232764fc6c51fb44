# SPDX-License-Identifier: Apache-2.0
"""Bring the table of upgrade notes up to date.

For every release in ``glance_status/releases/releases.json`` this reads the
release notes in the source packages of its last glance and of the glance_store
that OpenStack tested it with. A note that asks something of operators, by its
sections, has a row in ``doc/source/reference/upgrade-notes.csv``, under the
first release that has the note. What the first release of all has is known
before any upgrade, and has none.

A person judges each note, in the last three columns: ``summary`` in words of
our own, and either ``findings``, the ids that cover it, or ``reason``, why no
command can see it. These are kept.

After a release of Glance:

1. run ``tools/releases.py``;
2. run, with a Python that has PyYAML::

       python tools/notes.py

   which names the notes that nobody has judged;
3. judge them, and run it again.
"""

import csv
import pathlib
import sys
import tarfile
from collections.abc import Iterable, Iterator
from typing import Any

import packages
import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
TABLE = ROOT / 'doc' / 'source' / 'reference' / 'upgrade-notes.csv'

SECTIONS = ('upgrade', 'deprecations', 'critical', 'security')
READ = ('release', 'package', 'note', 'sections')
JUDGED = ('summary', 'findings', 'reason')
NOTES = '/releasenotes/notes/'

Row = dict[str, str]


def main(argv: list[str] | None = None) -> int:
    """Write the table; 1 where notes in it wait for judgement."""
    what = 'Bring the table of upgrade notes up to date.'
    with packages.wanted(what, argv) as archives:
        found = collect(archives)
    rows, forgotten = judge(found, read_table())
    write_table(rows)
    open_rows = [row for row in rows if not complete(row)]
    for row in forgotten:
        print(f'no longer there: {row["package"]} {row["note"]}')
    for row in open_rows:
        print(f'not judged: {row["package"]} {row["note"]}')
    return 1 if open_rows else 0


# Source packages


def notes_of(archive: pathlib.Path) -> Iterator[tuple[str, str]]:
    """Yield (id, text) of each release note in a source package."""
    with tarfile.open(archive) as package:
        for member in package:
            path = pathlib.PurePosixPath(member.name)
            content = package.extractfile(member)
            if NOTES in member.name and path.suffix == '.yaml' and content:
                yield path.stem, content.read().decode('utf-8')


# Rows


def collect(archives: Iterable[packages.Archive]) -> list[Row]:
    """Return a row for each note that asks something, without judgement.

    Notes are mended after their release: the last text counts.
    """
    first: dict[tuple[str, str], int] = {}
    sections: dict[tuple[str, str], str] = {}
    for release, package, archive in archives:
        for note, text in notes_of(archive):
            first.setdefault((package, note), release)
            sections[package, note] = ' '.join(sections_of(text))
    oldest = min(first.values())
    return [
        dict(zip(READ, (str(release), *key, sections[key]), strict=True))
        for key, release in sorted(
            first.items(), key=lambda item: (item[1], item[0])
        )
        if release > oldest and sections[key]
    ]


def sections_of(text: str) -> list[str]:
    """Return those sections of a note that ask something of operators."""
    content: Any = yaml.safe_load(text) or {}
    return [name for name in SECTIONS if content.get(name)]


def judge(found: list[Row], known: list[Row]) -> tuple[list[Row], list[Row]]:
    """Return the rows with what is known of them, and rows without a note."""
    judged = {(row['package'], row['note']): row for row in known}
    rows = []
    for row in found:
        old = judged.pop((row['package'], row['note']), {})
        rows.append({**row, **{name: old.get(name, '') for name in JUDGED}})
    return rows, list(judged.values())


def complete(row: Row) -> bool:
    """Tell whether somebody has judged a note."""
    return bool(row['summary'] and (row['findings'] or row['reason']))


# The table


def read_table() -> list[Row]:
    """Return the rows of the table as it is."""
    if not TABLE.exists():
        return []
    with TABLE.open(encoding='utf-8', newline='') as stream:
        return list(csv.DictReader(stream))


def write_table(rows: list[Row]) -> None:
    """Replace the table."""
    with TABLE.open('w', encoding='utf-8', newline='') as stream:
        writer = csv.DictWriter(stream, (*READ, *JUDGED), lineterminator='\n')
        writer.writeheader()
        writer.writerows(rows)


if __name__ == '__main__':
    sys.exit(main())
