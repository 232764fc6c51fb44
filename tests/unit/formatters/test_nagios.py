# SPDX-License-Identifier: Apache-2.0
"""The report as a monitoring plug-in prints it."""

import re

import pytest

from glance_status import formatters, results
from tests.unit import reports
from tests.unit.formatters import samples

# As the Monitoring Plugins Development Guidelines have it.
_RANGE = r'(?:@?(?:~|-?[\d.]+)?:?(?:-?[\d.]+)?)'
_ITEM = re.compile(
    r"(?:'[^'=]+'|[^\s'=]+)=-?[\d.]+(?:s|ms|us|%|[KMGT]?B|c)?"
    rf'(?:;{_RANGE}){{0,2}}(?:;-?[\d.]*){{0,2}}'
)


def render(report: results.Report) -> str:
    """Return what the plug-in prints."""
    return formatters.render('nagios', report, formatters.Style())


EVERYTHING = """\
GLANCE_UPGRADE UNKNOWN - upgrade to 2026.2: 1 error (other:plug-in), \
1 failure (d-check), 1 warning (c-check), 1 blocked, \
interrupted by SIGTERM, 1 finding waived | \
success=3;;;0 warning=1;0;;0 failure=1;;0;0 error=1;;;0 not_run=2;;;0 \
waived=1;;;0
Error: other:plug-in (Plug-in other): It broke: in two lines
Failure: old-thing (Fourth): Twelve. Affected: 12. Do: Replace it with \
`glance-manage thing --replace everything`.
Failure: old-thing (Fourth): Two. Do: Stop.
Warning: old-thing (Third): Look. Do: Replace it with \
`glance-manage thing --replace everything`.
Not run: Fifth (e-check): no server
"""


def test_all_kinds_of_rows() -> None:
    assert render(samples.everything()) == EVERYTHING


@pytest.mark.parametrize(
    ('rows', 'fail_level', 'expected'),
    [
        (
            (reports.PASSED, reports.NOTED),
            results.WARNING,
            'OK - upgrade to 2026.2: 2 checks passed',
        ),
        (
            (reports.PASSED, reports.WARNED),
            results.WARNING,
            'WARNING - upgrade to 2026.2: 1 warning (c-check)',
        ),
        (
            (reports.PASSED, reports.WARNED),
            results.FAILURE,
            'OK - upgrade to 2026.2: 1 warning (c-check)',
        ),
        (
            (reports.WARNED, reports.FAILED),
            results.WARNING,
            'CRITICAL - upgrade to 2026.2: 1 failure (d-check), '
            '1 warning (c-check)',
        ),
        (
            (reports.PASSED, reports.BLOCKED),
            results.WARNING,
            'UNKNOWN - upgrade to 2026.2: 1 blocked',
        ),
    ],
)
def test_the_status_is_that_of_the_exit_code(
    rows: tuple[results.Outcome, ...], fail_level: int, expected: str
) -> None:
    report = reports.make(*rows, fail_level=fail_level)
    assert render(report).partition(' | ')[0] == f'GLANCE_UPGRADE {expected}'


def test_what_fail_level_lets_pass_has_no_threshold() -> None:
    report = reports.make(reports.WARNED, fail_level=results.FAILURE)
    _line, _bar, data = render(report).split('\n')[0].partition(' | ')
    assert data == (
        'success=0;;;0 warning=1;;;0 failure=0;;0;0 error=0;;;0 '
        'not_run=0;;;0 waived=0;;;0'
    )


@pytest.mark.parametrize(
    'text', ['a | b', 'two\nlines', "'=;", '\x1b[2J\x9b', '\udcff\u2028']
)
def test_no_text_is_taken_for_performance_data(text: str) -> None:
    shown = render(samples.saying(text))
    first, *rest = shown.splitlines()
    line, bar, data = first.partition('|')
    assert re.match(r'GLANCE_UPGRADE UNKNOWN - \S', line)
    assert [_ITEM.fullmatch(item) is not None for item in data.split()] == (
        [True] * 6
    )
    # An error, a failure, and a check that did not run.
    assert (bar, len(rest), '|' in ''.join(rest)) == ('|', 3, False)
