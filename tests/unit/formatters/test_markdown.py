# SPDX-License-Identifier: Apache-2.0
"""The report as Markdown, and what a Markdown library makes of it."""

import dataclasses
import re

import markdown_it
import pytest
from markdown_it import token

from glance_status import formatters, results
from tests.unit import reports
from tests.unit.formatters import samples

LIBRARY = markdown_it.MarkdownIt('commonmark').enable('table')


def render(report: results.Report) -> str:
    """Return the report as Markdown."""
    return formatters.render('markdown', report, formatters.Style())


EVERYTHING = """\
# Glance upgrade check: error

Not everything could be found out, so this is no permission to upgrade. \
Mend what the errors name and run this again.

- Target: 2026.2 (33.0.0), the newest that this tool knows
- Source: 2024.1, 2024.2
- Next step: bringing the database to the new release
- Host: node1
- Made: 2026-11-22 02:00:00 UTC, by glance-status 1.0.0
- Configuration: `/etc/glance/glance-api.conf`
- Exit code: 255
- Interrupted by: SIGTERM

## To do

- [ ] **Error** `other:plug-in` (Plug-in other):@
  It broke:@
  in two lines
- [ ] **Failure** `old-thing` (Fourth, since 28.0.0):@
  Twelve.@
  Affected: 12: `image-00`, `image-01`, `image-02`, `image-03`, \
`image-04`, `image-05`, `image-06`, `image-07`, `image-08`, `image-09` \
and 2 more@
  **Do:** Replace it with `glance-manage thing --replace everything`.@
  See <https://example.org/thing>
- [ ] **Failure** `old-thing` (Fourth, since 28.0.0):@
  Two.@
  **Do:** Stop.@
  See <https://example.org/thing>
- [ ] **Warning** `old-thing` (Third, since 28.0.0):@
  Look.@
  **Do:** Replace it with `glance-manage thing --replace everything`.@
  See <https://example.org/thing>

## Waived

Accepted by the operator; they do not count.

- **Warning** `old-thing` (Seventh, since 28.0.0, \
waived until 2027-01-01: It moves next year.):@
  Waived.@
  **Do:** Replace it with `glance-manage thing --replace everything`.@
  See <https://example.org/thing>

## Known

They were in the baseline already, and do not count.

- **Failure** `old-thing` (Seventh, since 28.0.0, known from the baseline):@
  Known.@
  **Do:** Replace it with `glance-manage thing --replace everything`.@
  See <https://example.org/thing>

## Good to know

Notes, which never change the outcome.

- **Note** `old-thing` (Second, since 28.0.0):@
  A note.@
  **Do:** Replace it with `glance-manage thing --replace everything`.@
  See <https://example.org/thing>

## Gone

They were in the baseline, and are no more.

- **Failure** `old-thing` (since 28.0.0):@
  Gone.@
  **Do:** Replace it with `glance-manage thing --replace everything`.

## Checks

| Check | Id | Result |
|---|---|---|
| First | a-check | Success |
| Second | b-check | Success |
| Third | c-check | Warning |
| Fourth | d-check | Failure |
| Plug-in other | other:plug-in | Error |
| Seventh | g-check | Success |
| Fifth | e-check | Not run, blocked: no server |
| Sixth | f-check | Not run, deselected: left out by the operator |
""".replace('@', '  ')  # a break within an item


def test_all_kinds_of_rows() -> None:
    assert render(samples.everything()) == EVERYTHING


def test_a_known_finding_that_counts_is_to_do() -> None:
    row = dataclasses.replace(reports.FAILED, findings=(samples.KNOWN,))
    text = render(reports.make(row))
    assert re.findall('^## .*', text, re.MULTILINE) == [
        '## To do',
        '## Checks',
    ]
    assert 'since 28.0.0, known from the baseline' in text


@pytest.mark.parametrize(
    ('text', 'shown'),
    [
        (
            '[DEFAULT] enabled_backends (a_b) is *, see /etc/x.conf.',
            '`[DEFAULT]` `enabled_backends` (`a_b`) is `*`, see '
            '`/etc/x.conf`.',
        ),
        (
            'Run `a | b`, (`c`) or `d`.',
            'Run `a | b`, (`c`) or `d`.',
        ),
        ('a`b`c and ` alone', '``a`b`c`` and `` ` `` alone'),
        ('- one', '`-` one'),
        ('2. Two and 3. three', '`2.` Two and 3. three'),
        ('f(a_b), "a_b"', '`f(a_b)`, "`a_b`"'),
        ('mysql://***@db/glance', '`mysql://***@db/glance`'),
        ('Nothing special: 5 + 3 - 1 = 7!', 'Nothing special: 5 + 3 - 1 = 7!'),
    ],
)
def test_code_is_what_markdown_would_take_for_its_own(
    text: str, shown: str
) -> None:
    row = dataclasses.replace(
        reports.FAILED, findings=(reports.KIND.failure(text),)
    )
    lines = render(reports.make(row)).splitlines()
    place = lines.index(
        '- [ ] **Failure** `old-thing` (Fourth, since 28.0.0):  '
    )
    assert lines[place + 1] == f'  {shown}  '


def blocks(tokens: list[token.Token]) -> list[str]:
    """Return the structure of a page: all but what stands in its lines."""
    return [each.type for each in tokens]


def inline(tokens: list[token.Token]) -> set[str]:
    """Return what kinds of things stand in the lines of a page."""
    return {child.type for each in tokens for child in each.children or ()}


def seen(tokens: list[token.Token]) -> str:
    """Return all text that a reader sees."""
    return '\n'.join(
        ''.join(
            '\n' if child.type == 'hardbreak' else child.content
            for child in each.children
        )
        for each in tokens
        if each.children
    )


BENIGN = LIBRARY.parse(render(samples.saying('word')))


@pytest.mark.parametrize(
    'text',
    [
        'a | b',
        '|',
        'a \\| b \\\\| c',
        '`|`',
        '`',
        '``',
        '`a',
        'a` b',
        '`a``b` ```',
        'x_y`c d`,z_z',
        '`a`b_c`d`',
        '# heading',
        '- item',
        '* * *',
        '---',
        '1. one',
        '1) one',
        '+ plus',
        '> quote',
        '===',
        '~~~',
        '    code',
        '[ ] box',
        '[text](https://example.org)',
        '![picture](https://example.org)',
        '[label]: https://example.org',
        '<script>alert(1)</script>',
        '<https://example.org>',
        '<!-- no comment',
        '</td></tr>',
        '&lt;b&gt; &#35;',
        '**bold** __bold__ *_both_*',
        'snake_case_name __init__',
        '\\* \\` \\',
        '{% raw %} {{ x }}',
        'ends with \\',
        ': definition',
        '$x$ @user #12 !12 ~label :smile:',
        '(([a]) [b)]',
    ],
)
def test_no_text_changes_the_structure(text: str) -> None:
    tokens = LIBRARY.parse(render(samples.saying(text)))
    assert blocks(tokens) == blocks(BENIGN)
    assert inline(tokens) <= inline(BENIGN) | {'code_inline'}
    # Backquotes around a command are no part of what is seen.
    plain = ' '.join(text.split())
    expected = {plain, re.sub(r'(?<!\S)`([^`]+)`(?!\S)', r'\1', plain)}
    rows = seen(tokens).splitlines()
    assert expected & set(rows)
    assert f'Affected: 2: {plain}, image' in rows
    assert f'See {plain}' in rows


def test_lines_stay_lines_and_terminals_get_no_orders() -> None:
    text = render(samples.saying('one\n\n# two \x1b[2J\r'))
    assert blocks(LIBRARY.parse(text)) == blocks(BENIGN)
    assert '  one  \n  `#` two `\ufffd[2J\ufffd`  \n' in text
    assert re.search('[\x00-\x09\x0b-\x1f\x7f-\x9f]', text) is None


@pytest.mark.parametrize(
    ('affected', 'told'),
    [
        (results.Affected(2, ('a', 'b')), 'Affected: 2: `a`, `b`'),
        (results.Affected(3, ('a', 'b')), 'Affected: 3: `a`, `b` and 1 more'),
        (results.Affected(3), 'Affected: 3'),
    ],
)
def test_how_many_more_there_are_is_told_where_some_are_named(
    affected: results.Affected, told: str
) -> None:
    finding = reports.KIND.warning('Look.', affected=affected)
    row = dataclasses.replace(reports.WARNED, findings=(finding,))
    lines = render(reports.make(row)).splitlines()
    assert told in [line.strip() for line in lines]
