# SPDX-License-Identifier: Apache-2.0
"""Directives that show all rows of ours as they describe themselves.

It is the text of ``glance-status upgrade explain``, from the same place.
"""

import re
import typing

from docutils import nodes
from docutils.parsers import rst

from glance_status import (
    catalogue,
    checks,
    plugins,
    releases,
    results,
    selection,
)

_PARTS = re.compile(r'(`[^`]+`|https?://\S+)')


class CheckReference(rst.Directive):
    """Makes a section of each check, and one in it of each finding."""

    def run(self) -> list[nodes.Node]:
        """Return the sections."""
        rows = [*checks.Checks().get_checks(), *catalogue.own_rows()]
        return [_check(row) for row in rows]


class CheckHistory(rst.Directive):
    """Lists the findings under the release from which on each matters."""

    def run(self) -> list[nodes.Node]:
        """Return a section a release, the newest first."""
        found: dict[str, list[results.FindingKind]] = {}
        for row in [*checks.Checks().get_checks(), *catalogue.own_rows()]:
            for kind in row.kinds:
                found.setdefault(kind.since or '', []).append(kind)
        newest_first = sorted(filter(None, found), key=_number, reverse=True)
        return [
            *(_release(since, found[since]) for since in newest_first),
            _section(
                'every-release', 'Every release', _listed(found.get('', []))
            ),
        ]


def _number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split('.')))


def _release(since: str, kinds: list[results.FindingKind]) -> nodes.section:
    title = f'{since} ({releases.find(since).title})'
    return _section(f'since-{since}', title, _listed(kinds))


def _listed(kinds: list[results.FindingKind]) -> nodes.bullet_list:
    return nodes.bullet_list(
        '',
        *(
            nodes.list_item(
                '',
                nodes.paragraph(
                    '',
                    '',
                    nodes.literal('', kind.id),
                    nodes.Text(f': {kind.title}'),
                ),
            )
            for kind in sorted(kinds, key=lambda kind: kind.id)
        ),
    )


def _check(check: plugins.Check | selection.Listed) -> nodes.section:
    reads = ', '.join(check.reads)
    return _section(
        check.id,
        check.title,
        nodes.paragraph('', '', *_inline(check.description)),
        _fields({'Id': f'`{check.id}`', 'Reads': reads}),
        *map(_finding, check.kinds),
    )


def _finding(kind: results.FindingKind) -> nodes.section:
    return _section(
        kind.id,
        f'{kind.id}: {kind.title}',
        _fields(
            {
                'Since': kind.since or 'every release',
                'Looks for': kind.looks_for,
                'Matters': kind.matters,
                'Do': kind.remediation or 'What the finding says.',
                'See': kind.reference or '',
            }
        ),
    )


def _section(name: str, title: str, *content: nodes.Node) -> nodes.section:
    return nodes.section(
        '', nodes.title('', title), *content, ids=[name], names=[name]
    )


def _fields(fields: dict[str, str]) -> nodes.field_list:
    return nodes.field_list(
        '',
        *(
            nodes.field(
                '',
                nodes.field_name('', name),
                nodes.field_body('', nodes.paragraph('', '', *_inline(text))),
            )
            for name, text in fields.items()
            if text
        ),
    )


def _inline(text: str) -> list[nodes.Node]:
    """Return text with its commands and addresses marked up."""
    return [_part(part) for part in _PARTS.split(text) if part]


def _part(part: str) -> nodes.Node:
    if part.startswith('`'):
        return nodes.literal('', part[1:-1])
    if part.startswith('http'):
        return nodes.reference('', part, refuri=part)
    return nodes.Text(part)


def setup(app: typing.Any) -> dict[str, typing.Any]:
    """Register the directives ``check-reference`` and ``check-history``."""
    app.add_directive('check-reference', CheckReference)
    app.add_directive('check-history', CheckHistory)
    return {'version': '1', 'parallel_read_safe': True}
