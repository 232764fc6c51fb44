# SPDX-License-Identifier: Apache-2.0
"""A plan as a table for people, or as JSON for programs."""

import dataclasses
import importlib.metadata
import json
import os
import textwrap
import time
import typing

from glance_status import migrations, plugins, wording
from glance_status.planning import values

SCHEMA_VERSION = '1.0'
NAME = 'Upgrade Plan'

_SERVERS = {
    'mariadb': 'MariaDB',
    'mysql': 'MySQL',
    'postgresql': 'PostgreSQL',
    'sqlite': 'SQLite',
}
_ACTIONS: dict[migrations.Action, str] = {
    'create-table': 'create table',
    'add-column': 'add column',
    'create-index': 'create index',
    'drop-index': 'drop index',
    'drop-column': 'drop column',
    'change-column': 'change column',
    'drop-table': 'drop table',
}
_METHODS: dict[migrations.Method, str] = {
    'instant': 'at once',
    'reads': 'reads the whole table',
    'rebuilds': 'writes the whole table anew',
}
_WAITS: dict[migrations.Waits, str] = {
    'nothing': '',
    'writes': '; writes wait',
    'everything': '; all else waits',
}
_PROMPTS: dict[values.Runs, str] = {'shell': '$ ', 'sql': '> ', 'hand': ''}


# Of a table with three columns: what is no text.
_BORDERS = 10


def render(plan: values.Plan, form: str, width: int) -> str:
    """Return the plan as 'table' or 'json'."""
    if form == 'json':
        return json.dumps(document(plan), indent=2) + '\n'
    parts = (
        _head(plan, width),
        _steps(plan, width),
        _stops(plan, width),
        _revisions(plan, width),
        _data(plan, width),
        _notes(plan, width),
    )
    text = '\n\n'.join('\n'.join(part) for part in parts if part)
    return wording.plain(text) + '\n'


def document(plan: values.Plan) -> dict[str, typing.Any]:
    """Return the plan as the JSON Schema that ships with us has it."""
    return {
        'schema_version': SCHEMA_VERSION,
        'tool_version': importlib.metadata.version(plugins.DISTRIBUTION),
        'host': os.uname().nodename,
        'generated_at': time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime()),
        'name': NAME,
        'target': dataclasses.asdict(plan.target),
        'source': {
            'releases': [release.label for release in plan.source],
            'schema_revisions': list(plan.rows),
            'origin': 'option' if plan.stated else 'database',
        },
        'database': {
            'server': plan.server.kind,
            'version': '.'.join(map(str, plan.server.version)),
        },
        'online': plan.online,
        'steps': [
            {
                'number': number,
                'what': step.what,
                'runs': step.runs,
                'commands': list(step.commands),
            }
            for number, step in enumerate(plan.steps, 1)
        ],
        'passed': [release.label for release in plan.passed],
        'stops': [dataclasses.asdict(stop) for stop in plan.stops],
        'revisions': [
            {
                'id': step.id,
                'branch': step.branch,
                'release': step.release,
                'changes': [change._asdict() for change in step.changes],
                'rows': step.rows,
            }
            for step in plan.revisions
        ],
        'tables': [
            {
                'table': size.table,
                'rows': size.rows,
                'bytes': size.bytes,
                'estimate': True,
            }
            for size in plan.sizes
        ],
        'data': [
            {
                'what': rows.what,
                'table': rows.table,
                'rows': rows.count,
                'estimate': not rows.exact,
            }
            for rows in plan.data
        ],
        'notes': list(plan.notes),
    }


def _head(plan: values.Plan, width: int) -> list[str]:
    labels = ', '.join(release.label for release in plan.source) or 'unknown'
    rows = ', '.join(plan.rows) or 'no revision'
    origin = ', by --from' if plan.stated else ''
    version = '.'.join(map(str, plan.server.version))
    lines = [
        f'Target: {wording.chosen(plan.target)}',
        f'Source: {labels}{origin}; the database is at {rows}',
        f'Server: {_SERVERS[plan.server.kind]} {version}',
    ]
    if plan.passed:
        passed = ', '.join(release.label for release in plan.passed)
        lines += _wrapped(passed, width, 'Passed on the way: ')
    return lines


def _steps(plan: values.Plan, width: int) -> list[str]:
    lines = ['Steps']
    for number, step in enumerate(plan.steps, 1):
        lines += _wrapped(step.what, width, f'{number:3}. ')
        # A command is to be copied: it is not broken into lines.
        prompt = _PROMPTS[step.runs]
        lines += [f'     {prompt}{command}' for command in step.commands]
    return lines


def _stops(plan: values.Plan, width: int) -> list[str]:
    if not plan.stops:
        return []
    lines = ['Releases to stop at, or the plan does it in another way']
    for stop in plan.stops:
        text = f'{stop.release}: {stop.why} {stop.instead}'
        lines += _wrapped(text, width, '  - ')
    return lines


def _revisions(plan: values.Plan, width: int) -> list[str]:
    if not plan.revisions:
        return ['Revisions to come: none']
    doing = [step for step in plan.revisions if step.changes or step.rows]
    lines = [
        f'Revisions to come: {len(plan.revisions)}; empty ones: '
        f'{len(plan.revisions) - len(doing)}'
    ]
    if not doing:
        return lines
    import prettytable

    table = prettytable.PrettyTable(
        ['Revision', 'What it does', 'How the server does it'],
        align='l',
        hrules=prettytable.HRuleStyle.FRAME,
    )
    first = max(len(step.id) for step in doing)
    rest = (width - first - _BORDERS) // 2
    table.max_width = {table.field_names[1]: rest, table.field_names[2]: rest}
    sizes = {size.table: size for size in plan.sizes}
    for step in doing:
        name = step.id
        for change in step.changes:
            how = _METHODS[change.method] + _WAITS[change.waits]
            if change.method != 'instant':
                how += _size(sizes.get(change.table))
            what = f'{_ACTIONS[change.action]} {change.what}'
            table.add_row([name, what, how])
            name = ''
        if step.rows:
            table.add_row([name, step.rows, 'a row at most'])
    return [*lines, *str(table).splitlines()]


def _size(size: values.Size | None) -> str:
    """Return how large a table is, in a few words."""
    if size is None:
        return ''
    known = []
    if size.rows is not None:
        known.append(f'{size.rows} rows')
    if size.bytes is not None:
        known.append(_bytes(size.bytes))
    return f' (estimated: {", ".join(known)})' if known else ''


def _bytes(number: float) -> str:
    for unit in ('B', 'KiB', 'MiB'):
        if number < 1024:
            return f'{number:.0f} {unit}'
        number /= 1024
    return f'{number:.1f} GiB'


def _data(plan: values.Plan, width: int) -> list[str]:
    if not plan.data:
        return []
    lines = ['Rows that change']
    for rows in plan.data:
        if rows.exact:
            number = f'{rows.count} (counted)'
        elif rows.count is None:
            number = 'unknown'
        else:
            number = f'at most {rows.count} (estimated)'
        text = f'{rows.what}, in {rows.table}: {number}'
        lines += _wrapped(text, width, '  - ')
    return lines


def _notes(plan: values.Plan, width: int) -> list[str]:
    if not plan.notes:
        return []
    lines = ['Notes']
    for note in plan.notes:
        lines += _wrapped(note, width, '  - ')
    return lines


def _wrapped(text: str, width: int, first: str) -> list[str]:
    return textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=' ' * len(first),
        break_long_words=False,
        break_on_hyphens=False,
    )
