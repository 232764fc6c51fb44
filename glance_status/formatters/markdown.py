# SPDX-License-Identifier: Apache-2.0
"""The report as Markdown, for change tickets."""

import re
import typing

from glance_status import formatters, results, wording

# A word with one of these would mean something in one of the dialects:
# emphasis, HTML, a link, a picture, a mention, an issue, a sum, a smiley.
_SPECIAL = re.compile(
    r'[\\`*_{}\[\]<>#|~$&@^]|![\d\[]|%["\w]|://|^www\.|:[\w+-]+:|^/'
)
# And one of these would, where it begins a line.
_BEGINS = re.compile(r'[+=:-]+|\d+[.)]')
# What stands around a word, with brackets and quotes or without.
_EDGES = (
    re.compile(r'([("\']*)(.+?)([)"\',.;:!?]*)'),
    re.compile(r'()(.+?)([,.;:!?]*)'),
)
# Commands, what stands around them, and words.
_TOKEN = re.compile(r'\((?=`)|(?<![^\s(])`[^`\n]+`(?=[),.;:!?]*(?:\s|$))|\S+')
_TICKS = re.compile('`+')
_ANY_SIGN = re.compile(r'[^\w\s,.;()-]|_')
_BREAK = '  \n'


def render(report: results.Report, _style: formatters.Style) -> str:
    """Return the report as a page that GitHub and GitLab show alike."""
    report = wording.plain(report)
    blocks = [
        f'# Glance upgrade check: {results.OUTCOMES[report.worst]}',
        _text(wording.advice(report)),
        '\n'.join(f'- {name}: {value}' for name, value in _facts(report)),
    ]
    for section in wording.sections(report):
        blocks.append(f'## {section.title}')
        blocks += [section.about] if section.about else []
        box = '[ ] ' if section.title == wording.TO_DO else ''
        blocks.append('\n'.join(_item(each, box) for each in section.entries))
    blocks += ['## Checks', '\n'.join(_table(report))]
    return '\n\n'.join(blocks) + '\n'


def _facts(report: results.Report) -> typing.Iterator[tuple[str, str]]:
    made = report.generated_at.replace('T', ' ').replace('Z', ' UTC')
    yield 'Target', _text(wording.target(report))
    yield 'Source', _text(wording.source(report))
    yield 'Next step', wording.STEPS[report.before]
    yield 'Host', _text(report.host)
    yield 'Made', f'{made}, by glance-status {_text(report.tool_version)}'
    yield 'Configuration', ', '.join(map(_code, report.config_files))
    yield 'Exit code', str(report.exit_code)
    if report.interrupted:
        yield 'Interrupted by', _text(report.interrupted)


def _item(entry: wording.Entry, box: str) -> str:
    """Return a list item, its further lines below it."""
    finding = entry.finding
    about = ', '.join(
        filter(
            None,
            [
                _text(wording.line(entry.check or '')),
                f'since {_text(finding.since)}' if finding.since else '',
                _text(wording.state(finding)),
            ],
        )
    )
    head = f'**{wording.label(finding)}** {_code(finding.id)}'
    lines = [f'{head} ({about}):' if about else f'{head}:']
    lines += [_text(line) for line in finding.message.splitlines()]
    lines += _affected(finding)
    if finding.remediation:
        lines.append(f'**Do:** {_text(wording.line(finding.remediation))}')
    if link := wording.link(finding):
        lines.append(f'See <{link}>')
    elif finding.reference:
        lines.append(f'See {_code(finding.reference)}')
    return f'- {box}' + f'{_BREAK}  '.join(filter(None, lines))


def _affected(finding: results.Finding) -> list[str]:
    count, names, more = wording.affected(finding)
    if not count:
        return []
    listed = ', '.join(map(_code, names))
    rest = f' and {more} more' if names and more > 0 else ''
    return [f'Affected: {count}' + (f': {listed}{rest}' if names else '')]


def _table(report: results.Report) -> typing.Iterator[str]:
    yield '| Check | Id | Result |'
    yield '|---|---|---|'
    for row in report.outcomes:
        yield _row(row.check, row.id, wording.LABELS[row.result])
    for left in report.not_run:
        why = f'Not run, {left.cause}: {left.reason}'
        yield _row(left.check, left.id, why)


def _row(*cells: str) -> str:
    return f'| {" | ".join(map(_cell, cells))} |'


def _cell(text: str) -> str:
    """Return text for a table; with a bar, what is special is a number.

    How a bar is escaped in a code span differs from place to place.
    """
    if '|' not in text:
        return _text(text)
    return _ANY_SIGN.sub(
        lambda found: f'&#{ord(found[0])};', wording.line(text)
    )


def _text(text: str) -> str:
    """Return text in a line, with code for whatever Markdown would read."""
    text = wording.line(text)
    return _TOKEN.sub(lambda found: _word(found[0], not found.start()), text)


def _word(word: str, first: bool) -> str:
    if wording.COMMAND.fullmatch(word):
        return word
    if first and _BEGINS.fullmatch(word):
        return _code(word)
    if not _SPECIAL.search(word):
        return word
    for edges in _EDGES:
        found = edges.fullmatch(word)
        if found and found[2].count('(') == found[2].count(')'):
            return f'{found[1]}{_code(found[2])}{found[3]}'
    return _code(word)


def _code(text: str) -> str:
    """Return a code span, in more backquotes than stand in the text."""
    text = wording.line(text)
    longest = max(map(len, _TICKS.findall(text)), default=0)
    fence = '`' * (longest + 1)
    space = ' ' if text.startswith('`') or text.endswith('`') else ''
    return f'{fence}{space}{text}{space}{fence}' if text else ''
