# SPDX-License-Identifier: Apache-2.0
"""What is new, known and gone since the last report."""

import dataclasses

import pytest

from glance_status import baseline, results
from tests.unit import reports


def row(*findings: results.Finding) -> results.Outcome:
    """Return a row with these findings."""
    return dataclasses.replace(
        reports.FAILED, findings=findings, result=results.worst_of(findings)
    )


def finding(
    *names: str, count: int | None = None, result: int = 2
) -> results.Finding:
    """Return a finding that affects these objects."""
    affected = results.Affected(count or len(names), names)
    return dataclasses.replace(
        reports.KIND.failure('It is there.', affected=affected), result=result
    )


@pytest.mark.parametrize(
    ('before', 'now', 'state'),
    [
        (finding('a'), finding('a'), 'known'),
        (finding('a', 'b'), finding('b'), 'known'),
        (finding('a'), finding('b'), 'active'),
        (finding('a'), finding('a', 'b'), 'active'),
        (finding('a', result=1), finding('a'), 'active'),
        (finding('a'), finding('a', result=1), 'known'),
        (finding('a', count=12), finding('b', count=12), 'known'),
        (finding('a', count=12), finding('a', count=13), 'active'),
        (
            reports.KIND.failure('Twelve.'),
            reports.KIND.failure('Thirteen.'),
            'known',
        ),
    ],
)
def test_more_or_worse_than_before_is_new(
    before: results.Finding, now: results.Finding, state: str
) -> None:
    report = baseline.compare(
        reports.make(row(now)), reports.make(row(before))
    )
    assert [item.state for item in report.outcomes[0].findings] == [state]


def test_what_is_known_counts_unless_only_the_new_does() -> None:
    report = reports.make(reports.FAILED, reports.WARNED)
    earlier = reports.make(reports.FAILED)
    assert [
        baseline.compare(report, earlier).exit_code,
        baseline.compare(report, earlier, only_new=True).exit_code,
    ] == [2, 1]


def test_what_is_gone_is_told_of_checks_that_ran() -> None:
    earlier = reports.make(reports.FAILED, reports.WARNED)
    report = baseline.compare(
        reports.make(dataclasses.replace(reports.PASSED, id='d-check')),
        earlier,
    )
    assert report.gone == reports.FAILED.findings


@pytest.mark.parametrize(
    ('before', 'now', 'gone'),
    [
        (finding('a', 'b'), finding('b'), False),
        (finding('a'), finding('a', 'b'), False),
        (finding('a'), finding('b'), True),
        (finding('a', count=12), finding('b', count=8), False),
        (finding('a', count=12), finding('b'), False),
    ],
)
def test_what_has_other_objects_altogether_is_gone(
    before: results.Finding, now: results.Finding, gone: bool
) -> None:
    report = baseline.compare(
        reports.make(row(now)), reports.make(row(before))
    )
    assert report.gone == ((before,) if gone else ())


def test_what_is_gone_is_gone_whatever_else_was_found_instead() -> None:
    before = finding('a')
    another = dataclasses.replace(before, id='new-thing')
    report = baseline.compare(
        reports.make(row(another)), reports.make(row(before))
    )
    assert (report.gone, report.outcomes[0].findings) == (
        (before,),
        (another,),
    )


def test_what_was_not_looked_for_is_not_gone() -> None:
    report = baseline.compare(
        reports.make(row()),
        reports.make(row(finding('a'))),
        wanted={'d-check'},
    )
    assert report.gone == ()


def test_what_was_waived_stays_waived() -> None:
    waived = dataclasses.replace(finding('a'), state='waived')
    report = baseline.compare(
        reports.make(row(waived)), reports.make(row(finding('a')))
    )
    assert report.outcomes[0].findings == (waived,)
