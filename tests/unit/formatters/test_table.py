# SPDX-License-Identifier: Apache-2.0
"""The report as a table, to the letter."""

import dataclasses

import pytest

from glance_status import formatters, results
from tests.unit import reports


def render(report: results.Report, **style: object) -> str:
    """Return the table in a style."""
    return formatters.render(
        'table',
        report,
        formatters.Style(**style),  # type: ignore[arg-type]
    )


FULL = """\
Target: 2026.2 (33.0.0), the newest that this tool knows
Source: 2024.1, 2024.2
+-----------------------------------------------------------------------------+
| Upgrade Check Results                                                       |
+-----------------------------------------------------------------------------+
| Success: First                                                              |
| Success: Second                                                             |
|   - old-thing (Note, since 28.0.0)                                          |
|     A note.                                                                 |
|     Do: Replace it with `glance-manage thing --replace everything`.         |
+-----------------------------------------------------------------------------+
| Check: Third                                                                |
| Result: Warning                                                             |
| Details:                                                                    |
| - old-thing (Warning, since 28.0.0)                                         |
|   Look.                                                                     |
|   Do: Replace it with `glance-manage thing --replace everything`.           |
+-----------------------------------------------------------------------------+
| Check: Fourth                                                               |
| Result: Failure                                                             |
| Details:                                                                    |
| - old-thing (Failure, since 28.0.0)                                         |
|   Twelve.                                                                   |
|   Affected: 12: image-00, image-01, image-02, image-03, image-04, image-05, |
|     image-06, image-07, image-08, image-09, ...                             |
|   Do: Replace it with `glance-manage thing --replace everything`.           |
| - old-thing (Failure, since 28.0.0)                                         |
|   Two.                                                                      |
|   Do: Stop.                                                                 |
+-----------------------------------------------------------------------------+
| Check: Plug-in other                                                        |
| Result: Error                                                               |
| Details: It broke:                                                          |
|   in two lines                                                              |
+-----------------------------------------------------------------------------+
| Not run: Fifth (blocked: no server)                                         |
+-----------------------------------------------------------------------------+
| Success: 2, Warning: 1, Failure: 1, Error: 1, Not run: 2, Waived: 0         |
| Next: Not everything could be found out, so this is no permission to        |
|   upgrade. Mend what the errors name and run this again.                    |
+-----------------------------------------------------------------------------+
"""

VERBOSE = """\
Target: 2026.2 (33.0.0), the newest that this tool knows
Source: 2024.1, 2024.2
+--------------------------------------------------------+
| Upgrade Check Results                                  |
+--------------------------------------------------------+
| Check: First                                           |
| Result: Success                                        |
| Id: a-check                                            |
| Duration: 0.250 s                                      |
| Details: None                                          |
+--------------------------------------------------------+
| Check: Third                                           |
| Result: Warning                                        |
| Id: c-check                                            |
| Duration: 1.000 s                                      |
| Details:                                               |
| - old-thing (Warning, since 28.0.0)                    |
|   Look.                                                |
|   Do: Replace it with                                  |
|       `glance-manage thing --replace everything`.      |
|   See: https://example.org/thing                       |
+--------------------------------------------------------+
| Not run: Sixth (deselected: left out by the operator)  |
+--------------------------------------------------------+
| Success: 1, Warning: 1, Failure: 0, Error: 0, Not run: |
| 1, Waived: 0                                           |
| Next: Look at the warnings, then decide.               |
+--------------------------------------------------------+
"""


def test_what_passed_takes_a_line_and_the_worst_stands_last() -> None:
    report = reports.make(
        reports.BROKEN,
        reports.PASSED,
        reports.FAILED,
        reports.NOTED,
        reports.WARNED,
        reports.BLOCKED,
        reports.LEFT_OUT,
    )
    assert render(report) == FULL


def test_verbose_shows_everything_in_full() -> None:
    report = reports.make(reports.PASSED, reports.WARNED, reports.LEFT_OUT)
    assert render(report, width=60, verbose=True) == VERBOSE


def test_colour_changes_nothing_but_colour() -> None:
    report = reports.make(reports.PASSED, reports.WARNED, reports.FAILED)
    coloured = render(report, colour=True)
    green, yellow, red, plain = '\033[32m', '\033[33m', '\033[31m', '\033[0m'
    assert f'Result: {red}Failure{plain}' in coloured
    for code in (green, yellow, red, plain):
        assert code in coloured
        coloured = coloured.replace(code, '')
    assert coloured == render(report)


@pytest.mark.parametrize('width', [40, 60, 80, 120])
def test_no_line_is_wider_than_asked_for(width: int) -> None:
    text = ' '.join(['word'] * 100)
    row = dataclasses.replace(
        reports.FAILED,
        findings=(reports.KIND.failure(text, remediation=text),),
    )
    lines = render(reports.make(row), width=width).splitlines()
    assert max(map(len, lines)) <= width


def test_names_and_commands_are_never_cut() -> None:
    name = 'a-very-long-name-' * 8
    command = '`glance-manage ' + '--option value ' * 8 + '--last`'
    finding = reports.KIND.failure(
        f'The store {name} is gone.',
        remediation=f'Run {command} now.',
        affected=results.Affected(1, (name,)),
    )
    row = dataclasses.replace(reports.FAILED, findings=(finding,))
    text = render(reports.make(row))
    assert (text.count(name), text.count(command)) == (2, 1)


def test_a_terminal_is_not_given_orders() -> None:
    finding = reports.KIND.failure('A \033[2J\x07B\tC\x9b1mD')
    row = dataclasses.replace(reports.FAILED, findings=(finding,))
    text = render(reports.make(row))
    shown = [line for line in text.splitlines() if '[2J' in line]
    assert [line.strip('| ') for line in shown] == [
        'A \ufffd[2J\ufffdB C\ufffd1mD'
    ]


def test_an_interrupted_run_says_so() -> None:
    text = render(reports.make(reports.PASSED, interrupted='SIGTERM'))
    assert '| Interrupted by SIGTERM.' in text


@pytest.mark.parametrize(
    ('rows', 'before', 'advice'),
    [
        ((), 'sync', 'Nothing stands against the upgrade.'),
        ((), 'restart', 'Nothing stands against starting the new Glance.'),
        ((reports.WARNED,), 'sync', 'Look at the warnings, then decide.'),
        ((reports.FAILED,), 'sync', 'Do not upgrade yet.'),
        ((reports.FAILED,), 'restart', 'Do not start the new Glance yet.'),
        ((reports.BROKEN,), 'sync', 'Not everything could be found out'),
    ],
)
def test_the_last_cell_says_what_to_do_next(
    rows: tuple[results.Outcome, ...], before: str, advice: str
) -> None:
    assert f'| Next: {advice}' in render(reports.make(*rows, before=before))


@pytest.mark.parametrize(('result', 'fits'), [(0, 72), (1, 74)])
def test_a_line_that_just_fits_is_not_broken(result: int, fits: int) -> None:
    make = (reports.KIND.note, reports.KIND.warning)[result]
    for size in (fits, fits + 1):
        message = 'x ' + 'y' * (size - 2)
        row = dataclasses.replace(
            reports.WARNED, result=result, findings=(make(message),)
        )
        text = render(reports.make(row))
        assert (f' {message} |' in text) is (size == fits)


@pytest.mark.parametrize(
    ('affected', 'told'),
    [
        (results.Affected(2, ('a', 'b')), 'Affected: 2: a, b'),
        (results.Affected(3, ('a', 'b')), 'Affected: 3: a, b, ...'),
        (results.Affected(3), 'Affected: 3'),
    ],
)
def test_that_there_are_more_is_told_where_some_are_named(
    affected: results.Affected, told: str
) -> None:
    finding = reports.KIND.warning('Look.', affected=affected)
    row = dataclasses.replace(reports.WARNED, findings=(finding,))
    assert told in [
        line.strip('| ') for line in render(reports.make(row)).splitlines()
    ]
