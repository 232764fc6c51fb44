# SPDX-License-Identifier: Apache-2.0
"""A report with a row of each kind."""

import dataclasses
import typing

from glance_status import results

KIND = results.FindingKind(
    id='old-thing',
    title='A thing is old',
    looks_for='Old things.',
    matters='They break.',
    remediation='Replace it with `glance-manage thing --replace everything`.',
    since='28.0.0',
    reference='https://example.org/thing',
)
SEVERAL = results.Affected(12, tuple(f'image-{n:02}' for n in range(10)))

PASSED = results.Outcome('a-check', 'First', 'glance', 0, duration=0.25)
NOTED = results.Outcome(
    'b-check', 'Second', 'glance', 0, 'A note.', 0.5, (KIND.note('A note.'),)
)
WARNED = results.Outcome(
    'c-check', 'Third', 'other', 1, 'Look.', 1.0, (KIND.warning('Look.'),)
)
FAILED = results.Outcome(
    'd-check',
    'Fourth',
    'glance',
    2,
    'Twelve.\nTwo.',
    1.5,
    (
        KIND.failure('Twelve.', affected=SEVERAL),
        KIND.failure('Two.', remediation='Stop.'),
    ),
)
BROKEN = results.Outcome(
    'other:plug-in', 'Plug-in other', 'other', 255, 'It broke:\nin two lines'
)
BLOCKED = results.NotRun('e-check', 'Fifth', 'glance', 'blocked', 'no server')
LEFT_OUT = results.NotRun(
    'f-check', 'Sixth', 'glance', 'deselected', 'left out by the operator'
)


def make(
    *rows: results.Outcome | results.NotRun, **changes: typing.Any
) -> results.Report:
    """Return a report of these rows."""
    report = results.Report(
        tool_version='1.0.0',
        host='node1',
        generated_at='2026-11-22T02:00:00Z',
        before='sync',
        target=results.Target('2026.2', '33.0.0', 'newest'),
        source=results.Source(('2024.1', '2024.2'), ('2024_1_contract01',)),
        config_files=('/etc/glance/glance-api.conf',),
        options={'DEFAULT.workers': 'sha256:00'},
        outcomes=tuple(r for r in rows if isinstance(r, results.Outcome)),
        not_run=tuple(r for r in rows if isinstance(r, results.NotRun)),
    )
    return dataclasses.replace(report, **changes)
