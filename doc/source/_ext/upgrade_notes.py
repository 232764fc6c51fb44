# SPDX-License-Identifier: Apache-2.0
"""The directive that shows ``reference/upgrade-notes.csv`` as tables."""

import collections
import csv
import pathlib
import typing

from docutils import nodes
from docutils.parsers import rst

from glance_status import releases

TABLE = (
    pathlib.Path(__file__).parent.parent / 'reference' / 'upgrade-notes.csv'
)
_HEAD = ('Note', 'Section', 'What it says', 'Finding, or why none')
_WIDTHS = (30, 12, 34, 24)

Row = dict[str, str]


class UpgradeNotes(rst.Directive):
    """Makes a count of all notes, and a section of each release."""

    def run(self) -> list[nodes.Node]:
        """Return the count and the sections, oldest first."""
        # Sphinx then builds the page again when the table changes.
        self.state.document.settings.record_dependencies.add(str(TABLE))
        rows = _read()
        of_release = collections.defaultdict(list)
        for row in rows:
            of_release[row['release']].append(row)
        return [_count(rows), *map(_release, of_release.values())]


def _read() -> list[Row]:
    """Return the rows of the table."""
    with TABLE.open(encoding='utf-8', newline='') as stream:
        return list(csv.DictReader(stream))


def _count(rows: list[Row]) -> nodes.paragraph:
    covered = [row for row in rows if row['findings']]
    return _paragraph(
        nodes.Text(
            f'Of {len(rows)} notes, {len(covered)} are covered; '
            f'{len(rows) - len(covered)} no command can see.'
        )
    )


def _release(rows: list[Row]) -> nodes.section:
    release = releases.find(rows[0]['release'])
    name = f'notes-{release.major}'
    return nodes.section(
        '',
        nodes.title('', f'{release.major}.0.0 ({release.title})'),
        _table(rows),
        ids=[name],
        names=[name],
    )


def _table(rows: list[Row]) -> nodes.table:
    head = [_paragraph(nodes.Text(text)) for text in _HEAD]
    return nodes.table(
        '',
        nodes.tgroup(
            '',
            *(nodes.colspec(colwidth=width) for width in _WIDTHS),
            nodes.thead('', _row(head)),
            nodes.tbody('', *(_row(_cells(row)) for row in rows)),
            cols=len(_WIDTHS),
        ),
        classes=['upgrade-notes'],
    )


def _row(cells: list[nodes.paragraph]) -> nodes.row:
    return nodes.row('', *(nodes.entry('', cell) for cell in cells))


def _cells(row: Row) -> list[nodes.paragraph]:
    return [
        _paragraph(
            nodes.Text(f'{row["package"]} '),
            _link(_address(row), row['note']),
        ),
        _paragraph(nodes.Text(row['sections'].replace(' ', ', '))),
        _paragraph(nodes.Text(row['summary'])),
        _paragraph(*_covered(row)),
    ]


def _address(row: Row) -> str:
    """Return the page of release notes that has a note."""
    release = releases.find(row['release'])
    series = release.cycle or release.name.lower()
    return (
        f'https://docs.openstack.org/releasenotes/{row["package"]}/'
        f'{series}.html'
    )


def _covered(row: Row) -> list[nodes.Node]:
    if row['reason']:
        return [nodes.emphasis('', row['reason'])]
    links: list[nodes.Node] = []
    for finding in row['findings'].split():
        links += [
            nodes.Text(', ' if links else ''),
            _link(f'checks.html#{finding}', finding),
        ]
    return links


def _paragraph(*content: nodes.Node) -> nodes.paragraph:
    return nodes.paragraph('', '', *content)


def _link(address: str, text: str) -> nodes.reference:
    return nodes.reference('', '', nodes.literal('', text), refuri=address)


def setup(app: typing.Any) -> dict[str, typing.Any]:
    """Register the directive ``upgrade-notes``."""
    app.add_directive('upgrade-notes', UpgradeNotes)
    return {'version': '1', 'parallel_read_safe': True}
