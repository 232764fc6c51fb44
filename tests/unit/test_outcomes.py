# SPDX-License-Identifier: Apache-2.0
"""What becomes of the answer of a check: a row, without secrets."""

import dataclasses
import typing

import pytest

from glance_status import outcomes, results, selection, worker
from tests.unit import plugin, reports

CHECK = selection.Listed(
    entry=plugin.entry(),
    id='a-check',
    title='A check',
    topic='things',
    reads=(),
    description='',
    kinds=(reports.KIND, plugin.OTHER),
)
ALL = selection.Selection(frozenset(CHECK.ids))


def clean(text: str) -> str:
    """Mask the one secret that there is."""
    return text.replace('hunter2', '***')


def reply(*findings: results.Finding, **more: typing.Any) -> worker.Message:
    """Return what a process answers that found this."""
    return {
        'findings': [dataclasses.asdict(item) for item in findings],
        'details': results.details_of(findings),
        'duration': 1.25,
        **more,
    }


def row(**changes: typing.Any) -> results.Outcome:
    """Return the row of a check that found nothing."""
    return results.Outcome(
        **{
            'id': 'a-check',
            'check': 'A check',
            'plugin': 'sample',
            'result': 0,
            'duration': 1.25,
            **changes,
        }
    )


WARNING = reports.KIND.warning('Look.', remediation='Do.')
NOTE = plugin.OTHER.note('Know.', remediation='Keep.')


def test_nothing_was_found() -> None:
    assert outcomes.of(CHECK, ALL, reply(), clean) == row()


def test_secrets_are_masked_wherever_a_finding_has_text() -> None:
    found = reports.KIND.failure(
        'Stop hunter2.',
        remediation='Change hunter2.',
        affected=results.Affected(3, ('a', 'hunter2')),
    )
    assert outcomes.of(CHECK, ALL, reply(found), clean) == row(
        result=2,
        details='Stop ***. Change ***.',
        findings=(
            reports.KIND.failure(
                'Stop ***.',
                remediation='Change ***.',
                affected=results.Affected(3, ('a', '***')),
            ),
        ),
    )


def test_a_finding_without_a_remedy_and_objects_stays_so() -> None:
    found = dataclasses.replace(WARNING, remediation=None)
    assert outcomes.of(CHECK, ALL, reply(found), clean) == row(
        result=1, details='Look.', findings=(found,)
    )


def test_what_was_not_wanted_is_neither_shown_nor_counted() -> None:
    chosen = selection.Selection(frozenset({'new-thing'}))
    assert outcomes.of(CHECK, chosen, reply(WARNING, NOTE), clean) == row(
        details='Know. Keep.', findings=(NOTE,)
    )


def test_what_a_result_says_beside_its_finding_is_kept() -> None:
    said = reply(WARNING, details='In full.')
    assert outcomes.of(CHECK, ALL, said, clean) == row(
        result=1, details='In full.', findings=(WARNING,)
    )


def test_a_check_does_not_apply() -> None:
    said = reply(inapplicable='there is no hunter2')
    assert outcomes.of(CHECK, ALL, said, clean) == results.NotRun(
        'a-check', 'A check', 'sample', 'inapplicable', 'there is no ***'
    )


@pytest.mark.parametrize(
    ('distribution', 'whose'),
    [
        ('glance-status', ''),
        ('other', ' (plug-in sample of the distribution other)'),
    ],
)
def test_a_check_broke(distribution: str, whose: str) -> None:
    check = CHECK._replace(entry=plugin.entry(distribution=distribution))
    said = reply(broken='it raised ValueError: hunter2')
    assert outcomes.of(check, ALL, said, clean) == row(
        result=255,
        details=f'The check broke{whose}: it raised ValueError: ***',
    )
