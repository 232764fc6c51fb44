# SPDX-License-Identifier: Apache-2.0
"""Reports are read as they were written, and nothing else is."""

import copy
import dataclasses
import json
import pathlib
import typing

import pytest

from glance_status import (
    documents,
    errors,
    fields,
    formatters,
    reading,
    results,
)
from tests.unit import reports

WAIVED = dataclasses.replace(
    reports.KIND.warning('Look.'),
    state='waived',
    waiver={'reason': 'in 2027', 'expires': '2027-01-31', 'max_count': 12},
)
KNOWN = dataclasses.replace(reports.KIND.failure('Two.'), state='known')
FULL = reports.make(
    reports.PASSED,
    reports.NOTED,
    reports.WARNED,
    dataclasses.replace(
        reports.FAILED, findings=(*reports.FAILED.findings, WAIVED, KNOWN)
    ),
    reports.BROKEN,
    reports.BLOCKED,
    reports.LEFT_OUT,
    gone=(reports.KIND.warning('It was here.'),),
)


def document(report: results.Report = FULL) -> typing.Any:
    """Return a report as a document that may be changed."""
    return json.loads(formatters.render('json', report, formatters.Style()))


def read(path: pathlib.Path, content: str | bytes) -> results.Report:
    """Return the report that a file with this content holds."""
    file = path / 'report.json'
    file.write_bytes(
        content if isinstance(content, bytes) else content.encode()
    )
    return reading.report(str(file))


def complaint(path: pathlib.Path, content: str | bytes) -> str:
    """Return what is said of a file with this content, without its name."""
    with pytest.raises(errors.Problem) as caught:
        read(path, content)
    begin = f'{path / "report.json"} cannot be read as a report: '
    text = str(caught.value)
    assert text.startswith(begin)
    return text.removeprefix(begin)


@pytest.mark.parametrize(
    'report',
    [
        FULL,
        reports.make(),
        reports.make(reports.PASSED, source=None, config_files=(), options={}),
        reports.make(reports.WARNED, before='restart'),
        reports.make(reports.WARNED, fail_level=results.FAILURE),
        reports.make(reports.FAILED, host='näscher\udcff'),
        reports.make(reports.BROKEN, reports.BLOCKED),
        reports.make(interrupted=reading.A_SIGNAL),
    ],
)
def test_a_report_is_read_as_it_was_written(
    report: results.Report, tmp_path: pathlib.Path
) -> None:
    text = formatters.render('json', report, formatters.Style())
    assert read(tmp_path, text) == report


def test_an_interrupted_run_without_a_row_about_it_stays_incomplete(
    tmp_path: pathlib.Path,
) -> None:
    report = reports.make(reports.PASSED, interrupted='SIGTERM')
    text = formatters.render('json', report, formatters.Style())
    assert read(tmp_path, text) == dataclasses.replace(
        report, interrupted='a signal'
    )


def test_a_tilde_is_the_home_directory(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('HOME', str(tmp_path))
    text = formatters.render('json', FULL, formatters.Style())
    (tmp_path / 'base.json').write_text(text)
    assert reading.report('~/base.json') == FULL


def test_a_byte_order_mark_does_no_harm(tmp_path: pathlib.Path) -> None:
    text = formatters.render('json', FULL, formatters.Style())
    assert read(tmp_path, b'\xef\xbb\xbf' + text.encode()) == FULL


def test_what_a_later_minor_version_adds_is_ignored(
    tmp_path: pathlib.Path,
) -> None:
    later = document()
    later['schema_version'] = '1.12'
    for place in (
        later,
        later['target'],
        later['source'],
        later['summary'],
        later['checks'][0],
        later['checks'][1]['findings'][0],
        later['checks'][3]['findings'][0]['affected'],
        later['not_run'][0],
    ):
        place['colour'] = {'of': ['the', 'sky', None]}
    assert read(tmp_path, json.dumps(later)) == FULL


def test_an_early_version_needs_the_essential_alone(
    tmp_path: pathlib.Path,
) -> None:
    early = {
        'schema_version': '0.3',
        'host': 'node1',
        'generated_at': '2026-01-01T00:00:00Z',
        'target': {'release': '2026.1', 'version': '32.0.0'},
        'checks': [
            {
                'id': 'c-check',
                'result': 1,
                'findings': [
                    {'id': 'old-thing', 'result': 1, 'message': 'Look.'}
                ],
            }
        ],
        'not_run': [{'id': 'd-check', 'cause': 'deselected', 'reason': 'no'}],
    }
    assert read(tmp_path, json.dumps(early)) == results.Report(
        tool_version='unknown',
        host='node1',
        generated_at='2026-01-01T00:00:00Z',
        before='sync',
        target=results.Target('2026.1', '32.0.0', 'option'),
        source=None,
        config_files=(),
        options={},
        outcomes=(
            results.Outcome(
                id='c-check',
                check='c-check',
                plugin='unknown',
                result=1,
                findings=(results.Finding('old-thing', 1, 'Look.'),),
            ),
        ),
        not_run=(
            results.NotRun(
                'd-check', 'd-check', 'unknown', 'deselected', 'no'
            ),
        ),
    )


EMPTY = (
    'it is empty, as a run leaves it that ended before its checks began; '
    'what that run said on stderr tells why.'
)
HOW = '`glance-status upgrade check --format json` writes one.'


@pytest.mark.parametrize(
    ('content', 'text'),
    [
        ('', EMPTY),
        (' \n', EMPTY),
        (
            'Target: 2026.2 (33.0.0)\n',
            f'it is not JSON (Expecting value: line 1, column 1); {HOW}',
        ),
        (
            'glance-status: read /etc/glance/glance-api.conf\n{}',
            f'it is not JSON (Expecting value: line 1, column 1); {HOW}',
        ),
        ('{}\n{}\n', f'it is not JSON (Extra data: line 2, column 1); {HOW}'),
        (b'\x1f\x8b\x08\x00', f'it is not UTF-8; {HOW}'),
        (b'{"host": "\xed\xb3\xbf"}', f'it is not UTF-8; {HOW}'),
        (b'\0', f'it is not JSON (Expecting value: line 1, column 1); {HOW}'),
        ('[]', f'it is JSON of something else; {HOW}'),
        ('null', f'it is JSON of something else; {HOW}'),
        ('{}', f'it is JSON of something else; {HOW}'),
        ('{"checks": []}', f'it is JSON of something else; {HOW}'),
        (
            '{"name": "Upgrade Check Results", "checks": []}',
            "it has no schema_version: it comes from Glance's own "
            "glance-status, or from another service's status command.",
        ),
        (
            '{"schema_version": 1}',
            'schema_version is not two numbers with a dot.',
        ),
        (
            '{"schema_version": "1"}',
            'schema_version is not two numbers with a dot.',
        ),
        (
            '{"schema_version": "2.0", "checks": {}}',
            'its schema_version is 2.0, and this glance-status reads none '
            'above 1.x. Read it with the glance-status that wrote it, or a '
            'later one.',
        ),
        ('{"schema_version": "1.0"}', 'it has no outcome.'),
        (
            '{"a": 1, "b": 1, "a": 2}',
            'an object in it has the key a twice.',
        ),
        (
            '{"a": [{"\\n": 1, "\\n": 2}]}',
            "an object in it has the key '\\n' twice.",
        ),
        (
            '{"a": NaN}',
            'it has NaN or Infinity in it, which JSON does not know.',
        ),
        ('{"a": -1e999}', 'it has a number in it that is too large.'),
        ('[' * 100_000, 'its values are nested too deeply.'),
        (
            '{"a": ' + '[' * 100_000 + ']' * 100_000 + '}',
            'its values are nested too deeply.',
        ),
    ],
)
def test_what_is_no_report_is_refused_in_a_line(
    content: str | bytes, text: str, tmp_path: pathlib.Path
) -> None:
    assert complaint(tmp_path, content) == text


def test_a_number_of_many_digits_is_refused(tmp_path: pathlib.Path) -> None:
    changed = document()
    changed['checks'][3]['findings'][0]['affected']['count'] = 'COUNT'
    text = json.dumps(changed).replace('"COUNT"', '9' * 5000)
    try:
        int('9' * 5000)
    except ValueError:
        said = 'it has a number of too many digits.'
        assert complaint(tmp_path, text) == said
    else:
        assert read(tmp_path, text).summary == FULL.summary


def test_a_report_that_is_cut_off_anywhere_is_refused(
    tmp_path: pathlib.Path,
) -> None:
    text = json.dumps(document(reports.make(reports.WARNED, reports.BLOCKED)))
    said = {complaint(tmp_path, text[:end]) for end in range(1, len(text))}
    assert said == {'it is cut off in the middle.'}


def test_a_file_that_cannot_be_read_is_named(tmp_path: pathlib.Path) -> None:
    large = tmp_path / 'large.json'
    with large.open('wb') as stream:
        stream.truncate(100 * 1024 * 1024)
    said = {}
    for path in (
        'no/such.json',
        str(tmp_path),
        '/proc/self/mem',
        'x' * 300,
        'two\nlines\0',
        str(large),
    ):
        with pytest.raises(errors.Problem) as caught:
            reading.report(path)
        said[path] = str(caught.value)
    assert said == {
        path: f'{shown} cannot be read as a report: {why}.'
        for path, shown, why in (
            ('no/such.json', 'no/such.json', 'No such file or directory'),
            (str(tmp_path), tmp_path, 'it is a directory'),
            ('/proc/self/mem', '/proc/self/mem', 'Input/output error'),
            ('x' * 300, 'x' * 300, 'File name too long'),
            (
                'two\nlines\0',
                "'two\\nlines\\x00'",
                'this is not the name of a file',
            ),
            (str(large), large, 'it is larger than 32 MiB'),
        )
    }


@pytest.mark.parametrize(
    ('more', 'why'),
    [
        (0, 'it is not JSON (Expecting value: line 1, column 1); {}'),
        (1, 'it is larger than 32 MiB'),
    ],
)
def test_32_mib_are_read(more: int, why: str, tmp_path: pathlib.Path) -> None:
    path = tmp_path / 'large.json'
    with path.open('wb') as stream:
        stream.truncate(32 * 1024 * 1024 + more)
    with pytest.raises(fields.Wrong) as caught:
        documents.read(str(path))
    assert str(caught.value) == why.format(documents.HOW)


@pytest.mark.parametrize(
    ('kind', 'value', 'said'),
    [
        (fields.count, 0, 0),
        (fields.count, -1, 'it is not a whole number from 0 on'),
        (fields.count, True, 'it is not a whole number from 0 on'),
        (fields.seconds, 0, 0.0),
        (fields.seconds, 999_999_999.5, 999_999_999.5),
        (fields.seconds, 1_000_000_000, 'it is not a number of seconds'),
        (fields.seconds, -0.5, 'it is not a number of seconds'),
        (fields.seconds, True, 'it is not a number of seconds'),
    ],
)
def test_numbers_have_their_bounds(
    kind: fields.Kind[float], value: object, said: float | str
) -> None:
    try:
        found: float | str = kind(fields.Node(value, 'it', False))
    except fields.Wrong as error:
        found = str(error)
    assert found == said


def test_a_waiver_has_three_levels_and_no_fourth() -> None:
    three: dict[str, typing.Any] = {'a': {'b': [1]}, 'c': {'d': {}}}
    assert fields.waiver(fields.Node(three, 'it', False)) == three
    for four in ({'a': {'b': [[1]]}}, {'a': {'b': {'c': {'d': None}}}}):
        with pytest.raises(fields.Wrong, match='it is nested too deeply'):
            fields.waiver(fields.Node(four, 'it', False))


def at(holder: typing.Any, *path: str | int) -> typing.Any:
    """Return what stands at a place in a document."""
    for key in path:
        holder = holder[key]
    return holder


FINDING = ('checks', 3, 'findings', 0)


@pytest.mark.parametrize(
    ('path', 'value', 'text'),
    [
        (('host',), 1, 'host is not a string.'),
        (('host',), ' ', 'host is empty.'),
        (('host',), 'a\x1b[2J', 'host has control characters in it.'),
        (
            ('generated_at',),
            'yesterday',
            'generated_at is not a time like 2026-11-22T02:00:00Z.',
        ),
        (
            ('generated_at',),
            '2026-1-2T02:00:00Z',
            'generated_at is not a time like 2026-11-22T02:00:00Z.',
        ),
        (('before',), 'lunch', 'before is none of "sync", "restart".'),
        (('complete',), 0, 'complete is none of true, false.'),
        (('target',), None, 'target is not an object.'),
        (('target', 'release'), [], 'target.release is not a string.'),
        (('options',), [], 'options is not an object.'),
        (
            ('options', 'a.b'),
            1,
            'options has a value that is not a string.',
        ),
        (('config_files',), '/etc', 'config_files is not a list.'),
        (('checks',), {}, 'checks is not a list.'),
        (('checks', 0), 'ok', 'checks[0] is not an object.'),
        (
            ('checks', 0, 'result'),
            True,
            'checks[0].result is none of 0, 1, 2, 255.',
        ),
        (
            ('checks', 0, 'duration'),
            -1,
            'checks[0].duration is not a number of seconds.',
        ),
        (
            (*FINDING, 'result'),
            255,
            'checks[3].findings[0].result is none of 0, 1, 2.',
        ),
        (
            (*FINDING, 'affected', 'count'),
            12.0,
            'checks[3].findings[0].affected.count is not a whole number '
            'from 0 on.',
        ),
        (
            (*FINDING, 'affected', 'count'),
            -1,
            'checks[3].findings[0].affected.count is not a whole number '
            'from 0 on.',
        ),
        (
            (*FINDING, 'affected', 'sample', 3),
            None,
            'checks[3].findings[0].affected.sample[3] is not a string.',
        ),
        (
            (*FINDING, 'state'),
            'gone',
            'checks[3].findings[0].state is none of "active", "waived", '
            '"known".',
        ),
        (
            (*FINDING, 'waiver'),
            {'a': [[[[1]]]]},
            'checks[3].findings[0].waiver is nested too deeply.',
        ),
        (
            ('checks', 1, 'id'),
            'a-check',
            'two of its checks have the id a-check.',
        ),
        (('complete',), True, 'its complete is not what its checks make.'),
        (('outcome',), 'success', 'its outcome is not what its checks make.'),
        (('exit_code',), 2, 'its exit_code is not what its checks make.'),
    ],
)
def test_a_value_that_cannot_be_is_named_and_not_shown(
    path: tuple[str | int, ...],
    value: typing.Any,
    text: str,
    tmp_path: pathlib.Path,
) -> None:
    changed = document()
    at(changed, *path[:-1])[path[-1]] = value
    assert complaint(tmp_path, json.dumps(changed)) == text


def places(
    value: typing.Any, *path: str | int
) -> typing.Iterator[tuple[str | int, ...]]:
    """Yield the path of each value in a document."""
    items: typing.Iterable[tuple[str | int, typing.Any]] = ()
    if isinstance(value, dict):
        items = value.items()
    if isinstance(value, list):
        items = enumerate(value)
    for key, item in items:
        yield (*path, key)
        yield from places(item, *path, key)


def test_a_report_of_1_0_has_all_its_keys(tmp_path: pathlib.Path) -> None:
    unused = set()
    for path in places(document()):
        changed = document()
        if isinstance(path[-1], int) or path[0] == 'options':
            continue
        del at(changed, *path[:-1])[path[-1]]
        try:
            read(tmp_path, json.dumps(changed))
        except errors.Problem:
            continue
        unused.add('.'.join(map(str, path)))
    assert unused == {
        'name',
        'summary',
        *(f'summary.{key}' for key in FULL.summary),
        *(
            f'checks.3.findings.2.waiver.{key}'
            for key in ('reason', 'expires', 'max_count')
        ),
    }


def test_whatever_stands_anywhere_it_is_a_report_or_a_problem(
    tmp_path: pathlib.Path,
) -> None:
    original = document()
    odd: list[typing.Any] = [
        None,
        True,
        -1,
        0.5,
        10**400,
        '',
        'a\udcffb',
        '\x1b[2J\n|',
        [[]],
        {'': {'': []}},
    ]
    said = []
    read_at_all = 0
    for path in places(original):
        for value in odd:
            changed = copy.deepcopy(original)
            at(changed, *path[:-1])[path[-1]] = value
            try:
                report = read(tmp_path, json.dumps(changed))
            except errors.Problem as problem:
                said.append(str(problem))
                continue
            read_at_all += 1
            text = formatters.render('json', report, formatters.Style())
            assert read(tmp_path, text) == report
    assert [text for text in said if not text.isprintable()] == []
    # Texts may be anything.
    assert read_at_all > 100
