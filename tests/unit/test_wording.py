# SPDX-License-Identifier: Apache-2.0
"""What all formats say alike of a report."""

import dataclasses
import typing

import pytest

from glance_status import results, wording
from tests.unit import reports

KIND = reports.KIND


def test_texts_can_be_shown_and_the_rest_stays() -> None:
    report = reports.make(
        dataclasses.replace(
            reports.FAILED,
            details='a\tb\n\x1b[31mred\u202e\ud800\x85',
            findings=(
                dataclasses.replace(
                    KIND.failure('\x00Stop.', affected=reports.SEVERAL),
                    waiver={'reason\x07': 'Pl\x7fan', 'max_count': 2},
                ),
            ),
        ),
    )
    assert wording.plain(report) == reports.make(
        dataclasses.replace(
            reports.FAILED,
            details='a       b\n\ufffd[31mred\ufffd\ufffd\ufffd',
            findings=(
                dataclasses.replace(
                    KIND.failure('\ufffdStop.', affected=reports.SEVERAL),
                    waiver={'reason\ufffd': 'Pl\ufffdan', 'max_count': 2},
                ),
            ),
        ),
    )


@pytest.mark.parametrize(
    'value', [results.Report, ['a', 'b'], ('a',), None, 2.5, True]
)
def test_what_holds_nothing_unfit_is_as_it_was(value: object) -> None:
    assert wording.plain(value) == value


def test_who_chose_the_target() -> None:
    assert [
        wording.target(
            reports.make(target=results.Target('2026.2', '33.0.0', origin))
        )
        for origin in ('option', 'configuration', 'newest')
    ] == [
        '2026.2 (33.0.0), as --target says',
        '2026.2 (33.0.0), as [upgrade_check] target says',
        '2026.2 (33.0.0), the newest that this tool knows',
    ]


@pytest.mark.parametrize(
    ('source', 'expected'),
    [
        (results.Source(('2024.1', '2024.2'), ()), '2024.1, 2024.2'),
        (results.Source((), ()), 'unknown'),
        (None, 'unknown'),
    ],
)
def test_where_the_deployment_is(
    source: results.Source | None, expected: str
) -> None:
    assert wording.source(reports.make(source=source)) == expected


@pytest.mark.parametrize(
    ('row', 'before', 'expected'),
    [
        (
            reports.PASSED,
            'sync',
            'Nothing stands against the upgrade. Bring the database to the '
            'new release, then run '
            '`glance-status upgrade check --before restart`.',
        ),
        (
            reports.PASSED,
            'restart',
            'Nothing stands against starting the new Glance.',
        ),
        (reports.WARNED, 'sync', 'Look at the warnings, then decide.'),
        (reports.WARNED, 'restart', 'Look at the warnings, then decide.'),
        (
            reports.FAILED,
            'sync',
            'Do not upgrade yet. Do what the failures say and run this again.',
        ),
        (
            reports.FAILED,
            'restart',
            'Do not start the new Glance yet. Do what the failures say and '
            'run this again.',
        ),
        *(
            (
                row,
                before,
                'Not everything could be found out, so this is no permission '
                'to upgrade. Mend what the errors name and run this again.',
            )
            for row in (reports.BROKEN, reports.BLOCKED)
            for before in ('sync', 'restart')
        ),
    ],
)
def test_what_to_do_next(
    row: results.Outcome | results.NotRun, before: str, expected: str
) -> None:
    assert wording.advice(reports.make(row, before=before)) == expected


def test_a_finding_is_named_by_its_result() -> None:
    findings = [KIND.note('N.'), KIND.warning('W.'), KIND.failure('F.')]
    assert list(map(wording.label, findings)) == ['Note', 'Warning', 'Failure']


@pytest.mark.parametrize(
    ('state', 'waiver', 'expected'),
    [
        ('active', None, ''),
        ('known', None, 'known from the baseline'),
        ('waived', None, 'waived: no reason given'),
        ('waived', {'reason': None}, 'waived: no reason given'),
        (
            'waived',
            {'reason': 'Planned\nlong ago.'},
            'waived: Planned long ago.',
        ),
        (
            'waived',
            {'reason': 'Planned.', 'expires': '2026-12-31'},
            'waived until 2026-12-31: Planned.',
        ),
    ],
)
def test_why_a_finding_does_not_count(
    state: str, waiver: dict[str, typing.Any] | None, expected: str
) -> None:
    finding = dataclasses.replace(
        KIND.warning('Look.'), state=state, waiver=waiver
    )
    assert wording.state(finding) == expected


@pytest.mark.parametrize(
    ('reference', 'expected'),
    [
        ('https://example.org/thing', 'https://example.org/thing'),
        ('http://example.org', 'http://example.org'),
        ('javascript:alert(1)', None),
        ('https://example.org/"onclick=', None),
        (' https://example.org', None),
        (None, None),
    ],
)
def test_what_may_become_a_link(
    reference: str | None, expected: str | None
) -> None:
    finding = dataclasses.replace(KIND.note('Know.'), reference=reference)
    assert wording.link(finding) == expected


def bare(affected: results.Affected | None = None) -> results.Finding:
    """Return a finding without anything but a message."""
    return results.Finding('old-thing', 1, 'Look.', affected=affected)


@pytest.mark.parametrize(
    ('finding', 'expected'),
    [
        (bare(), ['old-thing (Warning)', 'Look.']),
        (
            dataclasses.replace(
                KIND.failure('One.\nTwo.', affected=reports.SEVERAL),
                state='known',
            ),
            [
                'old-thing (Failure, since 28.0.0) - known from the baseline',
                'One.',
                'Two.',
                'Affected: 12: image-00, image-01, image-02, image-03, '
                'image-04, image-05, image-06, image-07, image-08, image-09 '
                'and 2 more',
                'Do: Replace it with '
                '`glance-manage thing --replace everything`.',
                'See: https://example.org/thing',
            ],
        ),
        (
            bare(results.Affected(3)),
            ['old-thing (Warning)', 'Look.', 'Affected: 3'],
        ),
        (
            bare(results.Affected(2, ('a\nb', 'c'))),
            ['old-thing (Warning)', 'Look.', 'Affected: 2: a b, c'],
        ),
        (
            bare(results.Affected(2, ('a',))),
            ['old-thing (Warning)', 'Look.', 'Affected: 2: a and 1 more'],
        ),
        (bare(results.Affected(0)), ['old-thing (Warning)', 'Look.']),
    ],
)
def test_a_finding_in_lines(
    finding: results.Finding, expected: list[str]
) -> None:
    assert wording.lines(finding) == expected


def test_objects_those_with_a_name_and_how_many_more() -> None:
    assert [
        wording.affected(bare()),
        wording.affected(bare(results.Affected(3, ('a\tb',)))),
    ] == [(0, (), 0), (3, ('a b',), 2)]


def test_what_broke_a_row_comes_before_its_findings() -> None:
    found = KIND.failure('Stop.')
    broken = dataclasses.replace(reports.BROKEN, findings=(found,))
    silent = dataclasses.replace(reports.BROKEN, details=None)
    assert [
        wording.said(broken),
        wording.said(silent),
        wording.said(reports.FAILED),
    ] == [
        [
            results.Finding('other:plug-in', 255, 'It broke:\nin two lines'),
            found,
        ],
        [results.Finding('other:plug-in', 255, 'It broke.')],
        list(reports.FAILED.findings),
    ]


@pytest.mark.parametrize(
    ('state', 'row_result', 'expected'),
    [
        ('active', 1, True),
        ('waived', 1, False),
        ('known', 0, False),
        ('known', 1, True),
        ('known', 2, True),
    ],
)
def test_a_known_finding_counts_where_its_row_has_its_result(
    state: str, row_result: int, expected: bool
) -> None:
    finding = dataclasses.replace(KIND.warning('Look.'), state=state)
    row = dataclasses.replace(reports.WARNED, result=row_result)
    assert wording.counts(row, finding) is expected


def test_only_what_was_kept_from_running_is_blocked() -> None:
    report = reports.make(reports.BLOCKED, reports.LEFT_OUT)
    assert wording.blocked(report) == [reports.BLOCKED]


def test_findings_stand_by_what_they_ask_of_the_reader() -> None:
    def of(finding: results.Finding, state: str = 'active') -> results.Finding:
        return dataclasses.replace(finding, state=state)

    note, warning = KIND.note('N.'), KIND.warning('W.')
    failure = KIND.failure('F.')
    row = dataclasses.replace(
        reports.WARNED,
        findings=(
            note,
            warning,
            of(failure, 'known'),
            of(warning, 'known'),
            of(note, 'waived'),
            of(failure, 'waived'),
        ),
    )
    report = reports.make(reports.PASSED, row, reports.FAILED, gone=(failure,))

    def entries(
        check: str | None, *findings: results.Finding
    ) -> tuple[wording.Entry, ...]:
        return tuple(wording.Entry(item, check) for item in findings)

    assert wording.sections(report) == [
        wording.Section(
            'To do',
            '',
            (
                *entries('Fourth', *reports.FAILED.findings),
                *entries('Third', warning, of(warning, 'known')),
            ),
        ),
        wording.Section(
            'Waived',
            'Accepted by the operator; they do not count.',
            entries('Third', of(failure, 'waived'), of(note, 'waived')),
        ),
        wording.Section(
            'Known',
            'They were in the baseline already, and do not count.',
            entries('Third', of(failure, 'known')),
        ),
        wording.Section(
            'Good to know',
            'Notes, which never change the outcome.',
            entries('Third', note),
        ),
        wording.Section(
            'Gone',
            'They were in the baseline, and are no more.',
            entries(None, failure),
        ),
    ]
    assert wording.sections(reports.make(reports.PASSED)) == []


@pytest.mark.parametrize(
    'value', [wording.Entry(bare(), None), wording.Section('To do', '', ())]
)
def test_what_is_said_cannot_be_changed(value: typing.Any) -> None:
    name = dataclasses.fields(value)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(value, name, None)
