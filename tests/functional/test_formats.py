# SPDX-License-Identifier: Apache-2.0
"""Each format from the installed command, on the example deployment."""

import calendar
import functools
import json
import pathlib
import re
import shutil
import subprocess
import sys
import time
import typing

import junitparser
import markdown_it
import pytest
from prometheus_client import parser

from glance_status import formatters
from tests.functional import browser, command
from tests.unit.formatters import samples, test_html

EXAMPLE = pathlib.Path(__file__).parents[2] / 'examples' / 'deployment'

LIBRARIES = {
    'table': ['prettytable'],
    'json': [],
    'junit': ['junitparser'],
    'markdown': [],
    'html': ['jinja2'],
    'nagios': [],
    'prometheus': ['prometheus_client'],
}
"""The formats that are promised, and what each of them needs."""

LABELS = {0: 'Success', 1: 'Warning', 2: 'Failure', 255: 'Error'}


@pytest.fixture(scope='module')
def example(
    tmp_path_factory: pytest.TempPathFactory,
) -> typing.Callable[..., command.Completed]:
    """Return what runs the example deployment with options."""
    directory = tmp_path_factory.mktemp('example') / 'deployment'
    shutil.copytree(EXAMPLE, directory, ignore=shutil.ignore_patterns('.run'))

    @functools.cache
    def run(*args: str, blocked: str | None = None) -> command.Completed:
        env = {'GLANCE_STATUS': command.COMMAND}
        if blocked:
            env['PYTHONPATH'] = str(without(directory.parent, blocked))
        done = subprocess.run(
            [sys.executable, str(directory / 'run'), *args],
            env=command.environment(env),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return command.Completed(done.returncode, done.stdout, done.stderr)

    return run


def without(directory: pathlib.Path, library: str) -> pathlib.Path:
    """Return where Python finds, instead of a library, that it is missing."""
    path = directory / f'without-{library}' / f'{library}.py'
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        f'raise ModuleNotFoundError("none", name={library!r})\n', 'utf-8'
    )
    return path.parent


Example = typing.Callable[..., command.Completed]


def document(example: Example) -> dict[str, typing.Any]:
    """Return the report of the example, as JSON."""
    found: dict[str, typing.Any] = json.loads(
        example('--format', 'json').stdout
    )
    return found


def to_do(report: dict[str, typing.Any]) -> list[tuple[str, str, str]]:
    """Return label, finding and check of what counts, failures first."""
    return [
        (LABELS[result], finding['id'], check['check'])
        for result in (2, 1)
        for check in report['checks']
        for finding in check['findings']
        if finding['result'] == result
    ]


# All of them


def test_the_formats_are_those_that_are_promised() -> None:
    done = command.run('upgrade', 'check', '--format', '?')
    found = re.search(r"'\?' is none of ([a-z, ]+)\.", done.stderr)
    assert (done.code, done.stdout) == (255, '')
    assert found
    assert found[1].split(', ') == list(LIBRARIES) == list(formatters.FORMATS)


@pytest.mark.parametrize('name', LIBRARIES)
def test_a_format_is_printed_as_it_is(example: Example, name: str) -> None:
    done = example('--format', name)
    assert (done.code, done.stdout[-1]) == (2, '\n')
    assert re.findall('[\x00-\x09\x0b-\x1f\x7f-\x9f]', done.stdout) == []
    assert 'Traceback' not in done.stderr


@pytest.mark.parametrize('name', LIBRARIES)
def test_a_format_loads_its_own_library_alone(name: str) -> None:
    libraries = sorted(
        {each for names in LIBRARIES.values() for each in names}
    )
    script = (
        'import sys; from glance_status import formatters\n'
        'from tests.unit import reports\n'
        f'formatters.render({name!r}, reports.make(), formatters.Style())\n'
        f'print([each for each in {libraries!r} if each in sys.modules])'
    )
    done = subprocess.run(
        [sys.executable, '-c', script],
        cwd=pathlib.Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stdout == f'{LIBRARIES[name]}\n'


@pytest.mark.parametrize('name', ['junit', 'html', 'prometheus'])
def test_a_missing_library_is_named_with_what_brings_it(
    example: Example, name: str
) -> None:
    (library,) = LIBRARIES[name]
    done = example('--format', name, blocked=library)
    last = done.stderr.splitlines()[-1]
    assert (done.code, done.stdout, last) == (
        255,
        '',
        f'glance-status: the format {name} needs {library}, which is not '
        'installed: install glance-status[formats].',
    )


# Each of them


def test_junit_has_a_test_case_a_check(example: Example) -> None:
    report = document(example)
    text = example('--format', 'junit').stdout.encode()
    (suite,) = junitparser.JUnitXml.fromstring(text)
    kinds = {0: [], 1: ['failure'], 2: ['failure'], 255: ['error']}
    assert [
        (case.name, [item._tag for item in case.result]) for case in suite
    ] == [
        (f'{check["check"]} ({check["id"]})', kinds[check['result']])
        for check in report['checks']
    ] + [
        (f'{check["check"]} ({check["id"]})', ['skipped'])
        for check in report['not_run']
    ]
    summary = report['summary']
    assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (
        len(report['checks']) + len(report['not_run']),
        summary['warning'] + summary['failure'],
        summary['error'],
        summary['not_run'],
    )


def test_markdown_has_a_box_a_finding_and_a_row_a_check(
    example: Example,
) -> None:
    report = document(example)
    library = markdown_it.MarkdownIt('commonmark').enable('table')
    tokens = library.parse(example('--format', 'markdown').stdout)
    lines = [
        [child.content for child in token.children or () if child.content]
        for token in tokens
        if token.type == 'inline'
    ]
    boxes = [line for line in lines if line[0] == '[ ] ']
    assert [(line[1], line[3]) for line in boxes] == [
        (label, finding) for label, finding, _check in to_do(report)
    ]
    cells = [''.join(line) for line in lines]
    table = cells[cells.index('Checks') + 1 :]
    assert table[: 3 + 3 * len(report['checks'])] == [
        'Check',
        'Id',
        'Result',
        *[
            cell
            for check in report['checks']
            for cell in (
                check['check'],
                check['id'],
                LABELS[check['result']],
            )
        ],
    ]


def test_nagios_has_a_line_a_finding(example: Example) -> None:
    report = document(example)
    first, *rest = example('--format', 'nagios').stdout.splitlines()
    line, _bar, data = first.partition(' | ')
    failed, warned = (
        [check['id'] for check in report['checks'] if check['result'] == code]
        for code in (2, 1)
    )
    release = report['target']['release']
    assert line == (
        f'GLANCE_UPGRADE CRITICAL - upgrade to {release}: '
        f'{len(failed)} failures ({", ".join(failed)}), '
        f'{len(warned)} warnings ({", ".join(warned)})'
    )
    assert [line.split(': ')[:2] for line in rest] == [
        [label, f'{finding} ({check})']
        for label, finding, check in to_do(report)
    ]
    assert dict(item.split('=') for item in data.split()) == {
        name: f'{count}{limits}'
        for (name, count), limits in zip(
            report['summary'].items(),
            (';;;0', ';0;;0', ';;0;0', ';;;0', ';;;0', ';;;0'),
            strict=True,
        )
    }


def test_the_library_of_the_monitoring_plugins_reads_nagios(
    example: Example,
) -> None:
    script = (
        'local $/; my ($text, $data) = <STDIN> =~ /^([^|\\n]*)\\|(.*)/;'
        'print join(" ", $_->label, $_->value, $_->warning, $_->critical,'
        ' $_->min, $_->uom), "\\n"'
        ' for Monitoring::Plugin::Performance->parse_perfstring($data);'
    )
    perl = ['perl', '-MMonitoring::Plugin::Performance', '-e']
    try:
        subprocess.run([*perl, '1'], capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip('no Monitoring::Plugin: install libmonitoring-plugin-perl')
    done = subprocess.run(
        [*perl, script],
        input=example('--format', 'nagios').stdout,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    summary = document(example)['summary']
    limits = {'warning': '0  0 ', 'failure': ' 0 0 '}
    assert done.stdout.splitlines() == [
        f'{name} {count} {limits.get(name, "  0 ")}'
        for name, count in summary.items()
    ]


def test_prometheus_reads_the_metrics(example: Example) -> None:
    report = document(example)
    found: dict[str, dict[typing.Any, float]] = {}
    text = example('--format', 'prometheus').stdout
    for family in parser.text_string_to_metric_families(text):
        for name, labels, value, *_more in family.samples:
            short = name.removeprefix('glance_status_')
            found.setdefault(short, {})[tuple(labels.values())] = value
    summary = report['summary']
    del summary['waived']
    assert found['exit_code'] == {(): 2}
    assert found['outcome'] == {
        ('success',): 0,
        ('warning',): 0,
        ('failure',): 1,
        ('error',): 0,
    }
    assert found['checks'] == {(name,): n for name, n in summary.items()}
    assert found['check_result'] == {
        (check['id'], check['plugin']): check['result']
        for check in report['checks']
    }
    assert {
        (result.capitalize(), finding)
        for finding, result, state in found['findings']
        if result in ('failure', 'warning') and state == 'active'
    } == {(label, finding) for label, finding, _check in to_do(report)}
    made = calendar.timegm(
        time.strptime(report['generated_at'], '%Y-%m-%dT%H:%M:%SZ')
    )
    # The two runs were minutes apart at most.
    assert abs(found['report_timestamp_seconds'][()] - made) < 3600


def test_html_has_an_article_a_finding_and_a_row_a_check(
    example: Example,
) -> None:
    report = document(example)
    page = test_html.Page(example('--format', 'html').stdout)
    lines = page.lines()
    begin = lines.index(f'To do ({len(to_do(report))})')
    heads = [
        line
        for line in lines[begin:]
        if line.startswith(('\u2715 Failure ', '! Warning '))
    ]
    signs = {'Failure': '\u2715', 'Warning': '!'}
    assert heads == [
        f'{signs[label]} {label} {finding}'
        for label, finding, _check in to_do(report)
    ]
    rows = lines[lines.index('Seconds') + 1 : -1]
    assert [tuple(rows[n : n + 2]) for n in range(0, len(rows), 4)][
        : len(report['checks'])
    ] == [(check['check'], check['id']) for check in report['checks']]


# The page in a browser


def look(page: str, width: int, dark: bool = False) -> browser.Look:
    """Return how a page looks in Chromium, where that is installed."""
    if not browser.path():
        pytest.skip('no Chromium: install chromium')
    return browser.look(page, width, dark)


WORST = ' '.join(
    [
        'a-name-without-an-end_' * 20,
        '`glance-manage ' + '--option=value ' * 20 + '`',
        '<b>' + 'x' * 300,
    ]
)


@pytest.mark.parametrize('dark', [False, True], ids=['light', 'dark'])
@pytest.mark.parametrize('width', [360, 1280])
@pytest.mark.parametrize('what', ['example', 'everything', 'long texts'])
def test_the_page_fits_is_legible_and_loads_nothing(
    example: Example, what: str, width: int, dark: bool
) -> None:
    if what == 'example':
        page = example('--format', 'html').stdout
    else:
        report = {
            'everything': samples.everything(),
            'long texts': samples.saying(WORST),
        }[what]
        page = formatters.render('html', report, formatters.Style())
    found = look(page, width, dark)
    assert (found.loaded, found.overflow, found.dark) == ([], 0, dark)
    # Level AA of the Web Content Accessibility Guidelines.
    assert found.contrast >= 4.5


def test_a_page_that_is_none_of_this_would_be_noticed() -> None:
    page = (
        '<!DOCTYPE html><p style="width: 500px; color: #999">grey</p>'
        '<img src="http://example.org/picture.png">'
    )
    found = look(page, 360)
    assert found.loaded == ['http://example.org/picture.png']
    assert (found.overflow > 100, found.contrast < 4.5) == (True, True)
