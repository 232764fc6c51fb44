# SPDX-License-Identifier: Apache-2.0
"""What the report says as a whole, and what the process exits with."""

import dataclasses
import json
import pathlib
import typing

import pytest

import glance_status
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


def test_a_finding_has_the_texts_of_its_kind_unless_it_says_it_better() -> (
    None
):
    kind, affected = reports.KIND, results.Affected(1, ('image-1',))
    common: dict[str, typing.Any] = {
        'id': 'old-thing',
        'message': 'Look.',
        'since': '28.0.0',
        'reference': 'https://example.org/thing',
        'state': 'active',
        'waiver': None,
    }
    general = 'Replace it with `glance-manage thing --replace everything`.'
    assert [
        dataclasses.asdict(finding)
        for finding in (
            kind.note('Look.'),
            kind.warning('Look.', affected=affected),
            kind.failure('Look.', remediation='Stop.'),
        )
    ] == [
        {**common, 'result': 0, 'remediation': general, 'affected': None},
        {
            **common,
            'result': 1,
            'remediation': general,
            'affected': {'count': 1, 'sample': ('image-1',)},
        },
        {**common, 'result': 2, 'remediation': 'Stop.', 'affected': None},
    ]


def test_a_row_of_which_nothing_more_is_known_took_no_time() -> None:
    assert results.Outcome('a-check', 'First', 'glance', 0) == (
        results.Outcome('a-check', 'First', 'glance', 0, None, 0.0, ())
    )


@pytest.mark.parametrize(
    'value',
    [
        reports.SEVERAL,
        reports.KIND,
        reports.FAILED.findings[0],
        reports.FAILED,
        reports.BLOCKED,
        reports.make(),
        reports.make().target,
        reports.make().source,
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_a_report_says_cannot_be_changed(value: typing.Any) -> None:
    name = dataclasses.fields(value)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(value, name, 'another')


@pytest.mark.parametrize(
    ('row', 'expected'),
    [
        # A plug-in may give a result, and no finding for it.
        (
            results.Outcome('a-check', 'First', 'other', 1, 'Look.'),
            results.Outcome('a-check', 'First', 'other', 1, 'Look.'),
        ),
        (
            dataclasses.replace(
                reports.BROKEN, findings=(reports.KIND.failure('Stop.'),)
            ),
            dataclasses.replace(
                reports.BROKEN, findings=(reports.KIND.failure('Stop.'),)
            ),
        ),
        (
            reports.WARNED,
            dataclasses.replace(
                reports.WARNED,
                result=0,
                findings=(
                    dataclasses.replace(
                        reports.KIND.warning('Look.'), state='known'
                    ),
                ),
            ),
        ),
    ],
    ids=['without findings', 'broken', 'warned'],
)
def test_a_row_has_the_result_of_its_findings_after_a_change(
    row: results.Outcome, expected: results.Outcome
) -> None:
    assert (
        results.with_findings(
            row, lambda item: dataclasses.replace(item, state='known')
        )
        == expected
    )


def test_details_are_a_line_for_each_finding() -> None:
    kind = dataclasses.replace(reports.KIND, remediation=None)
    assert (
        results.details_of(
            [kind.failure('Stop.', remediation='Mend it.'), kind.note('Look.')]
        ),
        results.details_of([]),
    ) == ('Stop. Mend it.\nLook.', None)


def test_a_sample_is_as_large_as_the_schema_of_the_report_allows() -> None:
    package = pathlib.Path(glance_status.__file__).parent
    schema = json.loads((package / 'report.schema.json').read_text('utf-8'))
    affected = schema['$defs']['finding']['properties']['affected']
    assert affected['properties']['sample']['maxItems'] == results.SAMPLE_SIZE
