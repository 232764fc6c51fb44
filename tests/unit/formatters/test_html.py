# SPDX-License-Identifier: Apache-2.0
"""The report as an HTML page, as a parser reads it."""

import html.parser
import re

import pytest

from glance_status import formatters, results
from tests.unit import reports
from tests.unit.formatters import samples

VOID = {'meta', 'link', 'br'}
BLOCKS = {'title', 'h1', 'h2', 'h3', 'p', 'li', 'dt', 'dd', 'th', 'td', 'br'}


class Page(html.parser.HTMLParser):
    """Reads a page; complains of a tag that is not closed in its place.

    :ivar tags: all that begin, in order
    :ivar links: where the page points to
    :ivar text: what a reader sees, a line each block
    """

    def __init__(self, text: str):
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str | None] = []
        self.text = ''
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(
        self, tag: str, attrs: list[tuple[str, str | None]]
    ) -> None:
        self.tags.append(tag)
        if tag not in VOID:
            self._open.append(tag)
        self.text += '\n' if tag in BLOCKS else ''
        for name, value in attrs:
            assert not name.startswith('on')
            if name in ('href', 'src', 'srcset', 'action', 'data'):
                self.links.append(value)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if 'style' not in self._open:
            self.text += data

    def lines(self) -> list[str]:
        """Return what a reader sees, without empty lines."""
        lines = (' '.join(line.split()) for line in self.text.splitlines())
        return [line for line in lines if line]


def render(report: results.Report) -> str:
    """Return the report as a page."""
    return formatters.render('html', report, formatters.Style())


DO = 'Do: Replace it with glance-manage thing --replace everything.'
SEE = 'See https://example.org/thing'
NAMES = ', '.join(f'image-{number:02}' for number in range(10))

EVERYTHING = f"""\
Error: upgrade of Glance on node1 to 2026.2
Glance upgrade check
? Error
Not everything could be found out, so this is no permission to upgrade. \
Mend what the errors name and run this again.
The run was interrupted by SIGTERM.
3 success
1 warning
1 failure
1 error
2 not run
1 waived
Target
2026.2 (33.0.0), the newest that this tool knows
Source
2024.1, 2024.2
Next step
bringing the database to the new release
Host
node1
Made
2026-11-22 02:00:00 UTC
Exit code
255
To do (4)
? Error other:plug-in
Plug-in other
It broke:
in two lines
\u2715 Failure old-thing
Fourth, since 28.0.0
Twelve.
Affected: 12: {NAMES} and 2 more
{DO}
{SEE}
\u2715 Failure old-thing
Fourth, since 28.0.0
Two.
Do: Stop.
{SEE}
! Warning old-thing
Third, since 28.0.0
Look.
{DO}
{SEE}
Waived (1)
Accepted by the operator; they do not count.
! Warning old-thing
Seventh, since 28.0.0
Waived until 2027-01-01: It moves next year.
Waived.
{DO}
{SEE}
Known (1)
They were in the baseline already, and do not count.
\u2715 Failure old-thing
Seventh, since 28.0.0
Known from the baseline
Known.
{DO}
{SEE}
Good to know (1)
Notes, which never change the outcome.
i Note old-thing
Second, since 28.0.0
A note.
{DO}
{SEE}
Gone (1)
They were in the baseline, and are no more.
\u2715 Failure old-thing
since 28.0.0
Gone.
{DO}
Checks (8)
Check
Result
Seconds
First
a-check
\u2713 Success
0.250
Second
b-check
\u2713 Success
0.500
Third
c-check
! Warning
1.000
Fourth
d-check
\u2715 Failure
1.500
Plug-in other
other:plug-in
? Error
0.000
Seventh
g-check
\u2713 Success
2.000
Fifth
e-check
Not run, blocked: no server
Sixth
f-check
Not run, deselected: left out by the operator
Made by glance-status 1.0.0 from /etc/glance/glance-api.conf.
"""


def test_all_kinds_of_rows() -> None:
    page = Page(render(samples.everything()))
    assert page.lines() == EVERYTHING.splitlines()


def test_a_page_without_findings_has_the_checks_alone() -> None:
    page = Page(render(reports.make(reports.PASSED)))
    headings = [line for line in page.lines() if line.startswith('Checks')]
    assert (page.tags.count('h2'), headings) == (1, ['Checks (1)'])


def test_the_page_points_to_references_and_nowhere_else() -> None:
    page = Page(render(samples.everything()))
    assert set(page.links) == {'data:,', 'https://example.org/thing'}
    # What a browser has to load, or to run, would be here.
    assert {'script', 'img', 'iframe', 'object'} & set(page.tags) == set()
    assert re.findall(r'url\(|@import', render(samples.everything())) == []


BENIGN = Page(render(samples.saying('word')))


@pytest.mark.parametrize(
    'text',
    [
        '<script>alert(1)</script>',
        '</style></title></code></p>',
        '"><img src=x onerror=alert(1)>',
        "' onclick='alert(1)",
        '&lt;b&gt;',
        '{{ 7 * 7 }} {% raw %}',
        'javascript:alert(1)',
        'data:text/html,x',
        'https://example.org/"onclick="alert(1)',
        'näscher 日本語',
    ],
)
def test_no_text_changes_the_structure(text: str) -> None:
    shown = render(samples.saying(text))
    page = Page(shown)
    assert shown.isascii()
    assert (page.tags, page.links) == (BENIGN.tags, BENIGN.links)
    lines = page.lines()
    assert [
        text in lines,
        f'See {text}' in lines,
        f'Affected: 2: {text}, image' in lines,
    ] == [True, True, True]


def test_a_terminal_is_not_given_orders() -> None:
    shown = render(samples.saying('a\x1b[2J\x9b\u202e\udcff'))
    assert 'a\ufffd[2J\ufffd\ufffd\ufffd' in Page(shown).lines()
    assert re.search('[\x00-\x09\x0b-\x1f\x7f-\x9f]', shown) is None


def test_commands_are_code() -> None:
    shown = render(reports.make(reports.WARNED))
    assert (
        'Replace it with <code>glance-manage thing --replace everything'
        '</code>.</p>'
    ) in shown


def test_the_page_is_made_of_lines_and_none_is_empty() -> None:
    lines = render(samples.everything()).split('\n')
    assert [line for line in lines[:-1] if not line.strip()] == []
    assert lines[-2:] == ['</html>', '']
