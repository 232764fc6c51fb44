# SPDX-License-Identifier: Apache-2.0
"""All checks that are installed, listed and explained."""

import dataclasses
import importlib.metadata
import json
import textwrap
import typing

from glance_status import (
    children,
    errors,
    loading,
    plugins,
    redaction,
    results,
    selection,
    wording,
)

# Seconds that a plug-in may take to load.
_LOADING = 60


@dataclasses.dataclass(frozen=True)
class Catalogue:
    """What plug-ins offer, and the rows of those that are broken."""

    checks: tuple[selection.Listed, ...]
    broken: tuple[results.Outcome, ...]


def load(
    namespaces: typing.Iterable[str], say: typing.Callable[[str], None]
) -> Catalogue:
    """Return what is installed; needs no configuration and no database.

    :param namespaces: more entry-point groups, as shell patterns
    :param say: shows what plug-ins print
    """
    entries, conflicts = plugins.find(namespaces)
    clean = redaction.Redactor().clean
    with children.Children(None, _LOADING, say=say) as running:
        loaded = loading.load(running, entries, conflicts, clean)
    if loaded.interrupted:
        raise errors.Problem(f'interrupted by {loaded.interrupted}')
    return Catalogue(tuple(loaded.checks), tuple(loaded.broken))


def own_rows() -> tuple[selection.Listed, ...]:
    """Return the rows that no plug-in makes, as if one did.

    They are about what the command was given: waivers, and reports of nodes.
    """
    from glance_status import differences, merge, waivers

    point = importlib.metadata.EntryPoint('glance', '', '')
    entry = plugins.Entry('glance', '', '', plugins.DISTRIBUTION, point)
    return (
        selection.Listed(
            entry=entry,
            id=waivers.CHECK,
            title=waivers.TITLE,
            topic='report',
            reads=('files',),
            description='Whether each entry of the waivers file still covers '
            'what it was written for.',
            kinds=waivers.KINDS,
        ),
        selection.Listed(
            entry=entry,
            id=merge.CHECK_ID,
            title=merge.TITLE,
            topic='report',
            reads=('files',),
            description=merge.DESCRIPTION,
            kinds=differences.KINDS,
        ),
        selection.Listed(
            entry=entry,
            id=merge.UNREAD_ID,
            title=merge.UNREAD_TITLE,
            topic='report',
            reads=('files',),
            description='The reports that `upgrade merge` could not read; '
            'the others are shown all the same.',
            kinds=(),
        ),
    )


def render(catalogue: Catalogue, form: str, width: int) -> str:
    """Return the list of checks as 'table' or 'json'."""
    if form == 'json':
        return _json(catalogue)
    return _table(catalogue, width)


def explain(catalogue: Catalogue, word: str, width: int) -> str:
    """Return what is known of a check or a finding; Problem for neither."""
    checks = (*catalogue.checks, *own_rows())
    for check in checks:
        for kind in check.kinds:
            if kind.id == word:
                return _explained(check, kind, width)
        if check.id == word:
            return _described(check, width)
    known = [name for check in checks for name in check.ids]
    raise errors.Problem(
        f'no check and no finding has the id {word}.'
        f'{selection.near(word, known)} '
        '`glance-status upgrade list` shows them all.'
    )


def _json(catalogue: Catalogue) -> str:
    checks = [
        {
            'id': check.id,
            'check': check.title,
            'plugin': check.entry.name,
            'topic': check.topic,
            'reads': list(check.reads),
            'findings': [
                {'id': kind.id, 'title': kind.title, 'since': kind.since}
                for kind in check.kinds
            ],
        }
        for check in catalogue.checks
    ]
    return json.dumps({'checks': checks}, indent=2) + '\n'


def _table(catalogue: Catalogue, width: int) -> str:
    import prettytable

    table = prettytable.PrettyTable(
        ['Checks, and what each may find'],
        hrules=prettytable.HRuleStyle.ALL,
        align='l',
    )
    for check in catalogue.checks:
        lines = [
            f'{check.id}: {check.title}',
            f'  plug-in {check.entry.name}, topic {check.topic}, reads '
            f'{", ".join(check.reads) or "what it does not say"}',
        ]
        for kind in check.kinds:
            if kind.id != check.id:
                lines += textwrap.wrap(
                    f'- {kind.id}: {kind.title}{_since(kind)}',
                    width - 4,
                    initial_indent='  ',
                    subsequent_indent='    ',
                    break_long_words=False,
                    break_on_hyphens=False,
                )
        table.add_row(['\n'.join(lines)])
    return f'{table}\n'


def _since(kind: results.FindingKind) -> str:
    return f' (since {kind.since})' if kind.since else ''


def _described(check: selection.Listed, width: int) -> str:
    fields = {
        'Check': f'{check.title} ({check.id})',
        'Plug-in': f'{check.entry.name} of {check.entry.distribution}',
        'Reads': ', '.join(check.reads) or 'it does not say',
        'Looks at': check.description,
        'May find': '\n'.join(
            f'{kind.id}: {kind.title}'
            for kind in check.kinds
            if kind.id != check.id
        ),
    }
    return _fields(fields, width)


def _explained(
    check: selection.Listed, kind: results.FindingKind, width: int
) -> str:
    fields = {
        'Finding': f'{kind.title} ({kind.id})',
        'Check': f'{check.title} ({check.id}), plug-in {check.entry.name}',
        'Since': kind.since or 'every release',
        'Looks for': kind.looks_for,
        'Matters': kind.matters,
        'Do': kind.remediation or 'what the finding says',
        'See': kind.reference or '',
    }
    return _fields(fields, width)


def _fields(fields: dict[str, str], width: int) -> str:
    lines = []
    for name, text in fields.items():
        for number, paragraph in enumerate(text.splitlines()):
            lines += textwrap.wrap(
                paragraph,
                width,
                initial_indent=' ' * 11 if number else f'{name}: '.ljust(11),
                subsequent_indent=' ' * 11,
                break_long_words=False,
                break_on_hyphens=False,
            )
    return wording.plain('\n'.join(lines)) + '\n'
