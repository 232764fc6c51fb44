# SPDX-License-Identifier: Apache-2.0
"""What a waiver covers, and what is said of one that covers nothing."""

import dataclasses
import datetime

import pytest

from glance_status import results, waivers
from tests.unit import reports

TODAY = datetime.date(2026, 11, 22)
OWNERS = {'old-thing': 'd-check', 'new-thing': 'x-check'}


def waiver(**keys: object) -> waivers.Waiver:
    """Return a waiver of the finding old-thing."""
    given = {'number': 1, 'id': 'old-thing', 'reason': 'Planned.', **keys}
    return waivers.Waiver(**given)  # type: ignore[arg-type]


def finding(*names: str, count: int | None = None) -> results.Finding:
    """Return a failure that affects these objects."""
    affected = results.Affected(count or len(names), names)
    return reports.KIND.failure('It is there.', affected=affected)


def applied(
    *entries: waivers.Waiver, row: results.Outcome = reports.FAILED
) -> results.Report:
    """Return a report of one row with waivers applied."""
    return waivers.apply(reports.make(row), entries, OWNERS, TODAY)


def said(report: results.Report) -> list[tuple[str, int, str]]:
    """Return what is said of the waivers themselves."""
    return [
        (item.id, item.result, item.message)
        for item in report.outcomes[-1].findings
    ]


@pytest.mark.parametrize(
    ('keys', 'affected', 'expected'),
    [
        ({}, ('a', 'b'), True),
        ({'id': 'new-thing'}, ('a',), False),
        ({'object': 'a'}, ('a',), True),
        ({'object': 'a*'}, ('a1', 'a2'), True),
        ({'object': 'a'}, ('a', 'b'), False),
        ({'object': 'A'}, ('a',), False),
        ({'object': '*'}, (), False),
        ({'max_count': 2}, ('a', 'b'), True),
        ({'max_count': 1}, ('a', 'b'), False),
        ({'max_count': 0}, (), True),
    ],
)
def test_what_a_waiver_covers(
    keys: dict[str, object], affected: tuple[str, ...], expected: bool
) -> None:
    assert waiver(**keys).covers(finding(*affected)) is expected


def test_objects_that_are_not_named_are_not_covered_by_name() -> None:
    many = finding('a1', 'a2', count=12)
    assert [
        waiver(object='a*').covers(many),
        waiver(max_count=12).covers(many),
        waiver(max_count=11).covers(many),
    ] == [False, True, False]


def test_a_waived_finding_is_shown_and_does_not_count() -> None:
    expires = datetime.date(2026, 11, 22)
    report = applied(waiver(expires=expires))
    row = report.outcomes[0]
    shown = {
        'reason': 'Planned.',
        'object': None,
        'expires': '2026-11-22',
        'max_count': None,
    }
    assert row == dataclasses.replace(
        reports.FAILED,
        result=0,
        findings=tuple(
            dataclasses.replace(item, state='waived', waiver=shown)
            for item in reports.FAILED.findings
        ),
    )
    assert (report.exit_code, report.summary['waived'], said(report)) == (
        0,
        2,
        [],
    )


def test_the_first_of_several_waivers_is_shown_and_all_are_used() -> None:
    report = applied(
        waiver(reason='First.'), waiver(number=2, reason='Second.')
    )
    assert [
        item.waiver and item.waiver['reason']
        for item in report.outcomes[0].findings
    ] == ['First.', 'First.']
    assert said(report) == []


def test_entries_behind_one_that_was_used_are_looked_at() -> None:
    report = applied(waiver(), waiver(number=2, id='odd-thing'))
    assert said(report) == [
        (
            'waiver-unknown-id',
            1,
            'No finding has the id of entry 2, odd-thing.',
        )
    ]


def test_what_is_said_of_an_entry_is_about_its_id() -> None:
    report = applied(waiver(id='old-thnig'))
    assert report.outcomes[-1].findings == (
        results.Finding(
            'waiver-unknown-id',
            1,
            'No finding has the id of entry 1, old-thnig.',
            'Correct the id. Did you mean old-thing? '
            '`glance-status upgrade list` shows them all.',
            affected=results.Affected(1, ('old-thnig',)),
        ),
    )


def test_the_rest_of_a_row_still_counts() -> None:
    report = applied(waiver(max_count=0))
    assert [item.state for item in report.outcomes[0].findings] == [
        'active',
        'waived',
    ]
    assert report.exit_code == 2


@pytest.mark.parametrize(
    ('entry', 'expected'),
    [
        (
            waiver(expires=datetime.date(2026, 11, 21)),
            (
                'waiver-expired',
                1,
                'Entry 1, old-thing, expired after 2026-11-21.',
            ),
        ),
        (
            waiver(reason=None),
            (
                'waiver-without-reason',
                1,
                'There is no reason in entry 1, old-thing.',
            ),
        ),
        (
            waiver(id='odd-thing', object='x'),
            (
                'waiver-unknown-id',
                1,
                'No finding has the id of entry 1, odd-thing (x).',
            ),
        ),
        (
            waiver(object='elsewhere'),
            (
                'waiver-unused',
                0,
                'Entry 1, old-thing (elsewhere), matches nothing that was '
                'found.',
            ),
        ),
    ],
)
def test_an_entry_that_covers_nothing_is_reported(
    entry: waivers.Waiver, expected: tuple[str, int, str]
) -> None:
    report = applied(entry)
    assert said(report) == [expected]
    assert report.exit_code == 2


@pytest.mark.parametrize(
    ('keys', 'why'),
    [
        ({'max_count': 11}, 'covers 11 at most, and 12 are affected.'),
        (
            {'object': 'Image-*'},
            'covers objects by name, and only 1 of the 12 that are affected '
            'are named: use max_count in the place of object.',
        ),
        ({'object': 'IMAGE-*'}, 'matches nothing that was found.'),
    ],
)
def test_why_a_waiver_falls_short_is_told(
    keys: dict[str, object], why: str
) -> None:
    row = dataclasses.replace(
        reports.FAILED, findings=(finding('Image-1', count=12),)
    )
    entry = waiver(**keys)
    what = f' ({entry.object})' if entry.object else ''
    assert said(applied(entry, row=row)) == [
        ('waiver-unused', 0, f'Entry 1, old-thing{what}, {why}')
    ]


def test_the_id_of_a_check_covers_what_it_finds() -> None:
    report = applied(waiver(id='d-check'), waiver(id='x-check', number=2))
    assert (report.exit_code, said(report)) == (0, [])


def test_what_was_not_looked_for_is_not_unused() -> None:
    row = dataclasses.replace(reports.FAILED, findings=())
    report = waivers.apply(
        reports.make(row), [waiver()], OWNERS, TODAY, wanted={'d-check'}
    )
    assert said(report) == []


def test_secrets_are_masked() -> None:
    entry = waiver(object='*a', reason='Has the password a.')
    report = waivers.apply(
        reports.make(
            dataclasses.replace(reports.FAILED, findings=(finding('***'),))
        ),
        [entry],
        OWNERS,
        TODAY,
        clean=lambda text: text.replace('password a', 'password ***').replace(
            '*a', '***'
        ),
    )
    (found,) = report.outcomes[0].findings
    assert found.waiver == {
        'reason': 'Has the password ***.',
        'object': '***',
        'expires': None,
        'max_count': None,
    }


@pytest.mark.parametrize(
    ('skip', 'ids'),
    [
        (('waiver-unused',), ['waiver-unknown-id']),
        (('waiver-*',), []),
        (('waivers',), None),
    ],
)
def test_what_is_said_of_waivers_can_be_left_out(
    skip: tuple[str, ...], ids: list[str] | None
) -> None:
    report = waivers.apply(
        reports.make(reports.PASSED),
        [waiver(id='a-check'), waiver(id='odd-thing')],
        {'a-thing': 'a-check'},
        TODAY,
        skip=skip,
    )
    rows = [row for row in report.outcomes if row.id == 'waivers']
    found = [[item.id for item in row.findings] for row in rows]
    assert found == ([] if ids is None else [ids])
    assert [row.id for row in report.not_run] == ['waivers'] * (ids is None)


def test_nothing_is_said_of_a_check_that_did_not_run() -> None:
    assert said(applied(waiver(id='new-thing'))) == []


def test_a_check_that_broke_cannot_be_waived() -> None:
    report = applied(waiver(id='other:plug-in'), row=reports.BROKEN)
    assert report.exit_code == 255
