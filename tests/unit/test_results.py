# SPDX-License-Identifier: Apache-2.0
"""What the report says as a whole, and what the process exits with."""

import dataclasses

import pytest

from glance_status import results
from tests.unit import reports


@pytest.mark.parametrize(
    ('rows', 'complete', 'worst', 'code', 'lenient'),
    [
        ([], True, 0, 0, 0),
        ([reports.PASSED, reports.NOTED], True, 0, 0, 0),
        ([reports.PASSED, reports.WARNED], True, 1, 1, 0),
        ([reports.WARNED, reports.FAILED], True, 2, 2, 2),
        ([reports.FAILED, reports.BROKEN], False, 255, 255, 255),
        ([reports.FAILED, reports.BLOCKED], False, 255, 255, 255),
        ([reports.WARNED, reports.LEFT_OUT], True, 1, 1, 0),
    ],
)
def test_the_exit_code_is_that_of_the_worst_row(
    rows: list[results.Outcome | results.NotRun],
    complete: bool,
    worst: int,
    code: int,
    lenient: int,
) -> None:
    strict = reports.make(*rows)
    tolerant = reports.make(*rows, fail_level=results.FAILURE)
    assert (
        strict.complete,
        strict.worst,
        strict.exit_code,
        tolerant.exit_code,
    ) == (complete, worst, code, lenient)


def test_an_interrupted_run_is_not_complete() -> None:
    report = reports.make(reports.PASSED, interrupted='SIGINT')
    assert (report.complete, report.exit_code) == (False, 255)


def test_the_summary_counts_checks_and_waived_findings() -> None:
    waived = dataclasses.replace(
        reports.WARNED,
        result=0,
        findings=(
            dataclasses.replace(reports.WARNED.findings[0], state='waived'),
        ),
    )
    report = reports.make(
        reports.PASSED, waived, reports.FAILED, reports.BROKEN, reports.BLOCKED
    )
    assert report.summary == {
        'success': 2,
        'warning': 0,
        'failure': 1,
        'error': 1,
        'not_run': 1,
        'waived': 1,
    }


def test_only_active_findings_count() -> None:
    failure = reports.KIND.failure('It is there.')
    known = dataclasses.replace(failure, state='known')
    assert (
        results.worst_of([]),
        results.worst_of([known, reports.KIND.warning('Look.')]),
        results.worst_of([known, failure]),
    ) == (0, 1, 2)


def test_a_finding_survives_being_taken_apart() -> None:
    finding = reports.FAILED.findings[0]
    assert results.finding_from(dataclasses.asdict(finding)) == finding
