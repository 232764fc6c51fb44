# SPDX-License-Identifier: Apache-2.0
"""The report as JUnit XML, read back."""

import dataclasses
import pathlib
import typing

import junitparser
import pytest
import xmlschema

from glance_status import formatters, results
from tests.unit import reports
from tests.unit.formatters import samples

# The schema by which Jenkins takes what others call JUnit.
SCHEMA = xmlschema.XMLSchema(pathlib.Path(__file__).parent / 'junit-10.xsd')


def render(report: results.Report) -> str:
    """Return the report as XML that is valid."""
    text = formatters.render('junit', report, formatters.Style())
    SCHEMA.validate(text)
    return text


def parsed(report: results.Report) -> junitparser.TestSuite:
    """Return the one test suite of a report."""
    # A string that states its encoding is none to some parsers.
    text = render(report).encode('ascii')
    (suite,) = junitparser.JUnitXml.fromstring(text)
    return suite


def cases(suite: junitparser.TestSuite) -> list[typing.Any]:
    """Return what test cases say: name, time, results, output."""
    return [
        (
            case.name,
            case.classname,
            case.time,
            [
                (type(item).__name__, item.type, item.message, item.text)
                for item in case.result
            ],
            case.system_out,
        )
        for case in suite
    ]


DO = 'Do: Replace it with `glance-manage thing --replace everything`.'
SEE = 'See: https://example.org/thing'
NAMES = ', '.join(f'image-{number:02}' for number in range(10))

CASES = [
    ('First (a-check)', 'glance-status.glance', 0.25, [], None),
    (
        'Second (b-check)',
        'glance-status.glance',
        0.5,
        [],
        f'old-thing (Note, since 28.0.0)\nA note.\n{DO}\n{SEE}',
    ),
    (
        'Third (c-check)',
        'glance-status.other',
        1.0,
        [
            (
                'Failure',
                'warning',
                'Look.',
                f'old-thing (Warning, since 28.0.0)\nLook.\n{DO}\n{SEE}',
            )
        ],
        None,
    ),
    (
        'Fourth (d-check)',
        'glance-status.glance',
        1.5,
        [
            (
                'Failure',
                'failure',
                'Twelve. Two.',
                'old-thing (Failure, since 28.0.0)\nTwelve.\n'
                f'Affected: 12: {NAMES} and 2 more\n{DO}\n{SEE}\n\n'
                f'old-thing (Failure, since 28.0.0)\nTwo.\nDo: Stop.\n{SEE}',
            )
        ],
        None,
    ),
    (
        'Plug-in other (other:plug-in)',
        'glance-status.other',
        0.0,
        [
            (
                'Error',
                'error',
                'It broke: in two lines',
                'other:plug-in (Error)\nIt broke:\nin two lines',
            )
        ],
        None,
    ),
    (
        'Seventh (g-check)',
        'glance-status.glance',
        2.0,
        [],
        'old-thing (Warning, since 28.0.0) - waived until 2027-01-01: '
        f'It moves next year.\nWaived.\n{DO}\n{SEE}\n\n'
        'old-thing (Failure, since 28.0.0) - known from the baseline\n'
        f'Known.\n{DO}\n{SEE}',
    ),
    (
        'Fifth (e-check)',
        'glance-status.glance',
        0.0,
        [('Skipped', 'blocked', 'blocked: no server', None)],
        None,
    ),
    (
        'Sixth (f-check)',
        'glance-status.glance',
        0.0,
        [
            (
                'Skipped',
                'deselected',
                'deselected: left out by the operator',
                None,
            )
        ],
        None,
    ),
    (
        'The run',
        'glance-status.run',
        0.0,
        [('Error', 'error', 'Interrupted by SIGTERM.', None)],
        None,
    ),
]


def test_all_kinds_of_rows() -> None:
    suite = parsed(samples.everything())
    assert cases(suite) == CASES
    assert {item.name: item.value for item in suite.properties()} == {
        'outcome': 'error',
        'exit_code': '255',
        'target': '2026.2 (33.0.0), the newest that this tool knows',
        'source': '2024.1, 2024.2',
        'before': 'sync',
        'tool_version': '1.0.0',
    }
    assert (
        suite.name,
        suite.hostname,
        suite.timestamp,
        (suite.tests, suite.failures, suite.errors, suite.skipped),
        suite.time,
    ) == (
        'glance-status upgrade check',
        'node1',
        '2026-11-22T02:00:00',
        (9, 2, 2, 2),
        5.25,
    )


def test_a_warning_that_the_run_lets_pass_is_output() -> None:
    suite = parsed(reports.make(reports.WARNED, fail_level=results.FAILURE))
    assert cases(suite) == [
        (
            'Third (c-check)',
            'glance-status.other',
            1.0,
            [],
            f'old-thing (Warning, since 28.0.0)\nLook.\n{DO}\n{SEE}',
        )
    ]


def test_the_message_names_what_counts_and_nothing_else() -> None:
    row = dataclasses.replace(
        reports.FAILED,
        findings=(
            samples.WAIVED,
            reports.KIND.warning('Worse things exist.'),
            reports.KIND.failure('This one.'),
            samples.KNOWN,
        ),
    )
    only_new = dataclasses.replace(row, result=1)
    assert [
        case.result[0].message for case in parsed(reports.make(row, only_new))
    ] == ['This one. Known.', 'Worse things exist.']


@pytest.mark.parametrize(
    ('text', 'shown'),
    [
        ('a <b attribute="1"/> & \'c\' ]]>', None),
        (
            '\x00\x08\x0b\x1b[2J\x7f\x9f',
            '\ufffd\ufffd\ufffd\ufffd[2J\ufffd\ufffd',
        ),
        ('\ud800 \udcff \ufffe \uffff', '\ufffd \ufffd \ufffd \ufffd'),
        ('näscher 日本語 \U0001f600', None),
    ],
)
def test_xml_carries_any_text(text: str, shown: str | None) -> None:
    xml = render(samples.saying(text))
    assert xml.isascii()
    failed, broken, blocked = parsed(samples.saying(text))
    assert [
        failed.name,
        failed.result[0].message,
        broken.result[0].message,
        blocked.result[0].message,
    ] == [
        each.format(shown or text)
        for each in ('{0} ({0})', '{0}', '{0}', 'blocked: {0}')
    ]


@pytest.mark.parametrize(
    ('durations', 'each', 'together'),
    [([], [], 0), ([0.12345, 0.5], [0.123, 0.5], 0.623)],
)
def test_times_are_told_in_milliseconds(
    durations: list[float], each: list[float], together: float
) -> None:
    rows = [
        dataclasses.replace(reports.PASSED, duration=duration)
        for duration in durations
    ]
    suite = parsed(reports.make(*rows))
    assert ([case.time for case in suite], suite.time) == (each, together)


def test_each_element_has_its_line() -> None:
    lines = render(reports.make()).splitlines()
    assert [line.partition(' name=')[0] for line in lines[1:3]] == [
        '<testsuites',
        '  <testsuite',
    ]
