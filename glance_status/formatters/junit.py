# SPDX-License-Identifier: Apache-2.0
"""The report as JUnit XML, which CI systems show as test results."""

import io

import junitparser

from glance_status import formatters, results, wording

NAME = 'glance-status upgrade check'


def render(report: results.Report, _style: formatters.Style) -> str:
    """Return the report as one test suite, with a test case a check.

    JUnit knows no warnings. A check fails here when it fails the run: one
    that ends in a warning does, unless --fail-level says otherwise; then,
    as for notes and waived findings, the text is the output of a test case
    that passed.
    """
    report = wording.plain(report)
    suite = junitparser.TestSuite(NAME)
    suite.hostname = report.host
    # Ant's schema wants it without a time zone.
    suite.timestamp = report.generated_at.removesuffix('Z')
    for name, value in _properties(report).items():
        suite.add_property(name, value)
    for row in report.outcomes:
        suite.add_testcase(_ran(row, report.fail_level))
    for left in report.not_run:
        suite.add_testcase(_did_not_run(left))
    if report.interrupted:
        suite.add_testcase(_ended(f'Interrupted by {report.interrupted}.'))
    elif not report.complete and not suite.errors:
        suite.add_testcase(_ended('Not every check could run.'))
    suite.time = round(suite.time or 0, 3)
    suites = junitparser.JUnitXml(NAME)
    suites.add_testsuite(suite)
    return _text(suites)


def _properties(report: results.Report) -> dict[str, str]:
    return {
        'outcome': results.OUTCOMES[report.worst],
        'exit_code': str(report.exit_code),
        'target': wording.target(report),
        'source': wording.source(report),
        'before': report.before,
        'tool_version': report.tool_version,
    }


def _case(
    row: results.Outcome | results.NotRun, seconds: float = 0.0
) -> junitparser.TestCase:
    return junitparser.TestCase(
        name=wording.line(f'{row.check} ({row.id})'),
        classname=wording.line(f'glance-status.{row.plugin}'),
        time=round(seconds, 3),
    )


def _ran(row: results.Outcome, fail_level: int) -> junitparser.TestCase:
    case = _case(row, row.duration)
    text = '\n\n'.join(
        '\n'.join(wording.lines(item)) for item in wording.said(row)
    )
    if row.result == results.ERROR:
        case.result = [_told(junitparser.Error, row, text)]
    elif row.result and row.result >= fail_level:
        case.result = [_told(junitparser.Failure, row, text)]
    elif text:
        case.system_out = text
    return case


def _told(
    kind: type[junitparser.Failure] | type[junitparser.Error],
    row: results.Outcome,
    text: str,
) -> junitparser.Failure | junitparser.Error:
    """Return what failed; its text holds all, as some show nothing else."""
    worst = [
        item.message
        for item in wording.said(row)
        if item.result == row.result and wording.counts(row, item)
    ]
    told = kind(wording.line(' '.join(worst)), results.OUTCOMES[row.result])
    told.text = text
    return told


def _did_not_run(row: results.NotRun) -> junitparser.TestCase:
    case = _case(row)
    skipped = junitparser.Skipped(
        wording.line(f'{row.cause}: {row.reason}'), row.cause
    )
    case.result = [skipped]
    return case


def _ended(why: str) -> junitparser.TestCase:
    """Return what keeps a run that did not end from looking green."""
    case = junitparser.TestCase('The run', 'glance-status.run', 0.0)
    case.result = [junitparser.Error(why, 'error')]
    return case


def _text(suites: junitparser.JUnitXml) -> str:
    """Return XML in ASCII, which every locale can carry."""
    buffer = io.BytesIO()
    suites.write(buffer, pretty=True)
    text = buffer.getvalue().decode('utf-8').replace('\t', '  ')
    return text.encode('ascii', 'xmlcharrefreplace').decode('ascii')
