# SPDX-License-Identifier: Apache-2.0
"""The report as the table that OpenStack operators know."""

import re
import typing

import prettytable

from glance_status import formatters, results, wording

TITLE = 'Upgrade Check Results'
# prettytable imports it to measure the first cell.
LATE = ('wcwidth',)

_COLOURS = {
    results.SUCCESS: '\033[32m',
    results.WARNING: '\033[33m',
    results.FAILURE: '\033[31m',
    results.ERROR: '\033[35m',
}
_PLAIN = '\033[0m'

# A command in backquotes is one word: whoever copies it must get all of it.
_WORDS = re.compile(r'`[^`\n]+`\S*|\S+')


def render(report: results.Report, style: formatters.Style) -> str:
    """Return the report as a table of at most ``style.width`` columns.

    It grows beyond that for a name, id or command that is longer: none is
    ever cut.
    """
    report = wording.plain(report)
    table = prettytable.PrettyTable(
        [TITLE], hrules=prettytable.HRuleStyle.ALL, align='l'
    )
    for cell in _cells(report, style):
        table.add_row(['\n'.join(cell)])
    head = [
        *_wrapped(f'Target: {wording.target(report)}', style.width),
        *_wrapped(f'Source: {wording.source(report)}', style.width),
        '',
    ]
    return '\n'.join(head) + f'{table}\n'


def _cells(
    report: results.Report, style: formatters.Style
) -> typing.Iterator[list[str]]:
    width = style.width - 4
    brief = [
        row
        for row in report.outcomes
        if row.result == results.SUCCESS and not style.verbose
    ]
    if brief:
        yield [line for row in brief for line in _brief(row, style, width)]
    # The worst stands last, where a terminal shows it.
    for row in sorted(report.outcomes, key=lambda row: row.result):
        if row not in brief:
            yield _full(row, style, width)
    if lines := _not_run(report, style, width):
        yield lines
    if report.gone:
        yield ['Gone since the baseline:', *_gone(report, width)]
    yield _summary(report, width)


def _brief(
    row: results.Outcome, style: formatters.Style, width: int
) -> list[str]:
    lines = _wrapped(f'{_label(row.result, style)}: {row.check}', width)
    for item in row.findings:
        lines += [f'  {line}' for line in _finding(item, style, width - 2)]
    return lines


def _full(
    row: results.Outcome, style: formatters.Style, width: int
) -> list[str]:
    lines = _wrapped(f'Check: {row.check}', width)
    lines.append(f'Result: {_label(row.result, style)}')
    if style.verbose:
        lines.append(f'Id: {row.id}')
        lines.append(f'Duration: {row.duration:.3f} s')
    if row.findings and row.result != results.ERROR:
        lines.append('Details:')
    else:
        lines += _wrapped(f'Details: {row.details}', width, '  ')
    for item in row.findings:
        lines += _finding(item, style, width)
    return lines


def _finding(
    item: results.Finding, style: formatters.Style, width: int
) -> list[str]:
    since = f', since {item.since}' if item.since else ''
    label = _coloured(wording.label(item), item.result, style)
    state = f', {wording.state(item)}' if wording.state(item) else ''
    lines = _wrapped(f'- {item.id} ({label}{since}{state})', width, '  ')
    lines += _wrapped(item.message, width, '  ', '  ')
    count, names, more = wording.affected(item)
    if count:
        listed = f': {", ".join(names)}' if names else ''
        rest = ', ...' if names and more > 0 else ''
        text = f'Affected: {count}{listed}{rest}'
        lines += _wrapped(text, width, '    ', '  ')
    if item.remediation:
        lines += _wrapped(f'Do: {item.remediation}', width, '      ', '  ')
    if item.reference and style.verbose:
        lines += _wrapped(f'See: {item.reference}', width, '  ', '  ')
    return lines


def _not_run(
    report: results.Report, style: formatters.Style, width: int
) -> list[str]:
    """Return what did not run; what was not wanted only where all is shown."""
    lines = []
    for row in report.not_run:
        if row.cause == 'blocked' or style.verbose:
            text = f'Not run: {row.check} ({row.cause}: {row.reason})'
            lines += _wrapped(text, width, '  ')
    return lines


def _gone(report: results.Report, width: int) -> list[str]:
    return [
        line
        for item in report.gone
        for line in _wrapped(f'- {item.id}: {item.message}', width, '  ')
    ]


def _summary(report: results.Report, width: int) -> list[str]:
    counts = ', '.join(
        f'{name.capitalize().replace("_", " ")}: {count}'
        for name, count in report.summary.items()
    )
    lines = _wrapped(counts, width)
    if report.interrupted:
        lines += _wrapped(f'Interrupted by {report.interrupted}.', width)
    return lines + _wrapped(f'Next: {wording.advice(report)}', width, '  ')


def _label(result: int, style: formatters.Style) -> str:
    return _coloured(wording.LABELS[result], result, style)


def _coloured(text: str, result: int, style: formatters.Style) -> str:
    return f'{_COLOURS[result]}{text}{_PLAIN}' if style.colour else text


def _wrapped(
    text: str, width: int, indent: str = '', first: str = ''
) -> list[str]:
    """Return text in lines of a width, broken between words alone.

    :param indent: what all lines but the first begin with
    :param first: what the first line begins with
    """
    lines = []
    begin = first
    for paragraph in text.split('\n'):
        line, empty = begin, True
        for word in _WORDS.findall(paragraph):
            longer = line + ('' if empty else ' ') + word
            if not empty and _width(longer) > width:
                lines.append(line)
                line = indent + word
            else:
                line = longer
            empty = False
        lines.append(line)
        begin = indent
    return lines


_ESCAPE = re.compile(r'\033\[\d+m')


def _width(line: str) -> int:
    return len(_ESCAPE.sub('', line))
