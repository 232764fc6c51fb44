# SPDX-License-Identifier: Apache-2.0
"""The report as a monitoring plug-in prints it, with performance data."""

from glance_status import formatters, results, wording

SERVICE = 'GLANCE_UPGRADE'

_STATUS = {
    results.SUCCESS: 'OK',
    results.WARNING: 'WARNING',
    results.FAILURE: 'CRITICAL',
    results.ERROR: 'UNKNOWN',
}


def render(report: results.Report, _style: formatters.Style) -> str:
    """Return the line of the plug-in, then a line for each thing to do.

    The status is that of the exit code: what --fail-level lets pass is OK.
    """
    report = wording.plain(report)
    status = _STATUS[report.exit_code]
    first = _text(f'{SERVICE} {status} - {_summary(report)}')
    rest = [_text(each) for each in _to_do(report)]
    return '\n'.join([f'{first} | {_performance(report)}', *rest]) + '\n'


def _summary(report: results.Report) -> str:
    parts = []
    for result in (results.ERROR, results.FAILURE, results.WARNING):
        rows = [row for row in report.outcomes if row.result == result]
        if rows:
            what = _counted(len(rows), results.OUTCOMES[result])
            parts.append(f'{what} ({", ".join(row.id for row in rows)})')
    if blocked := wording.blocked(report):
        parts.append(f'{len(blocked)} blocked')
    if report.interrupted:
        parts.append(f'interrupted by {report.interrupted}')
    if not parts:
        parts = [f'{_counted(len(report.outcomes), "check")} passed']
    if waived := report.summary['waived']:
        parts.append(f'{_counted(waived, "finding")} waived')
    return f'upgrade to {report.target.release}: {", ".join(parts)}'


def _counted(count: int, what: str) -> str:
    return f'{count} {what}{"" if count == 1 else "s"}'


def _performance(report: results.Report) -> str:
    """Return label=value;warning;critical;minimum, of the same labels ever."""
    limits = {'failure': ';;0;0'}
    if report.fail_level <= results.WARNING:
        limits['warning'] = ';0;;0'
    return ' '.join(
        f'{name}={count}{limits.get(name, ";;;0")}'
        for name, count in report.summary.items()
    )


def _to_do(report: results.Report) -> list[str]:
    lines = []
    for section in wording.sections(report):
        if section.title == wording.TO_DO:
            lines = [' '.join(_parts(each)) for each in section.entries]
    blocked = [
        f'Not run: {row.check} ({row.id}): {row.reason}'
        for row in wording.blocked(report)
    ]
    return [*lines, *blocked]


def _parts(entry: wording.Entry) -> list[str]:
    finding = entry.finding
    count, _names, _more = wording.affected(finding)
    return [
        f'{wording.label(finding)}: {finding.id} ({entry.check}):',
        finding.message,
        *([f'Affected: {count}.'] if count else []),
        *([f'Do: {finding.remediation}'] if finding.remediation else []),
    ]


def _text(text: str) -> str:
    """Return a line without what would begin performance data."""
    return wording.line(text).replace('|', '\N{BROKEN BAR}')
