# SPDX-License-Identifier: Apache-2.0
"""Many nodes' reports become one that says where what is true."""

import copy
import dataclasses
import itertools
import json
import pathlib
import time

import jsonschema
import pytest

import glance_status
from glance_status import (
    differences,
    errors,
    formatters,
    merge,
    reading,
    results,
)
from tests.unit import reports

SCHEMA = pathlib.Path(glance_status.__file__).with_name('report.schema.json')
PASSED = dataclasses.replace(
    reports.WARNED, result=0, details=None, findings=()
)


def node(
    host: str,
    *rows: results.Outcome | results.NotRun,
    options: dict[str, str] | None = None,
    **changes: object,
) -> results.Report:
    """Return the report of a node; options are given by their values."""
    digests = {
        key: 'sha256:' + value.encode().hex().ljust(64, '0')
        for key, value in (options or {}).items()
    }
    return reports.make(*rows, host=host, options=digests, **changes)


def told(report: results.Report) -> list[tuple[str, int, str]]:
    """Return what a merged report says about the nodes as such."""
    row = next(row for row in report.outcomes if row.id == merge.CHECK_ID)
    return [(item.id, item.result, item.message) for item in row.findings]


def the(report: results.Report, identity: str) -> results.Outcome:
    """Return a row of a report."""
    return next(row for row in report.outcomes if row.id == identity)


def test_one_report_stays_as_it_is() -> None:
    report = reports.make(
        reports.NOTED,
        reports.FAILED,
        reports.BROKEN,
        reports.BLOCKED,
        gone=(reports.KIND.note('Gone.'),),
        interrupted='SIGINT',
    )
    assert merge.merge([report]) == dataclasses.replace(
        report,
        not_run=(
            reports.BLOCKED,
            results.NotRun(
                'node-differences',
                'Differences between nodes',
                'glance',
                'inapplicable',
                'there is one node',
            ),
        ),
    )


def test_three_nodes_become_one_report() -> None:
    slow = dataclasses.replace(reports.FAILED, duration=9.0)
    merged = merge.merge(
        [
            node('node10', reports.PASSED, reports.WARNED, slow),
            node('node2', reports.PASSED, reports.WARNED, reports.FAILED),
            node('node1', reports.PASSED, PASSED, reports.FAILED),
        ]
    )
    remedy = 'Replace it with `glance-manage thing --replace everything`.'
    look = dataclasses.replace(
        reports.WARNED.findings[0],
        message='Look. On node2, node10; not on node1.',
    )
    twelve, two = reports.FAILED.findings
    nodes = differences.MERGED.note('3 nodes: node1, node2, node10.')
    assert merged == node(
        'node1, node2, node10',
        reports.PASSED,
        dataclasses.replace(
            reports.WARNED,
            details=f'Look. On node2, node10; not on node1. {remedy}',
            findings=(look,),
        ),
        dataclasses.replace(
            reports.FAILED,
            duration=9.0,
            details=f'Twelve. On all nodes. {remedy}\n'
            'Two. On all nodes. Stop.',
            findings=(
                dataclasses.replace(twelve, message='Twelve. On all nodes.'),
                dataclasses.replace(two, message='Two. On all nodes.'),
            ),
        ),
        results.Outcome(
            'node-differences',
            'Differences between nodes',
            'glance',
            0,
            '3 nodes: node1, node2, node10. Compare the list with the nodes '
            'that you have.',
            findings=(nodes,),
        ),
    )


def everything() -> list[results.Report]:
    """Return reports that differ in all that can differ."""
    other = dataclasses.replace(
        reports.WARNED, findings=(reports.KIND.warning('Look out'),)
    )
    return [
        node('a', reports.NOTED, reports.WARNED, options={'DEFAULT.x': '1'}),
        node('b', other, reports.BLOCKED, before='restart'),
        node('c', reports.BROKEN, reports.LEFT_OUT, tool_version='1.1.0'),
        node('c', reports.FAILED, generated_at='2026-11-01T00:00:00Z'),
        node('d', interrupted='SIGTERM', source=None),
        node('e', reports.PASSED, source=results.Source(('Stein',), ('x',))),
    ]


def test_the_order_of_the_reports_does_not_matter() -> None:
    given = everything()
    merged = merge.merge(given)
    orders = list(itertools.permutations(given))[::7]
    assert [order for order in orders if merge.merge(order) != merged] == []


@pytest.mark.parametrize(
    'given', [everything(), everything()[:1], everything()[:2]]
)
def test_a_merged_report_is_a_report(
    given: list[results.Report], tmp_path: pathlib.Path
) -> None:
    merged = merge.merge(given, ['x.json cannot be read.'])
    text = formatters.render('json', merged, formatters.Style())
    jsonschema.validate(json.loads(text), json.loads(SCHEMA.read_text()))
    file = tmp_path / 'merged.json'
    file.write_text(text)
    assert reading.report(str(file)) == dataclasses.replace(
        merged, interrupted=None
    )


def test_different_messages_are_shown_each_with_its_nodes() -> None:
    def said(*messages: str) -> results.Outcome:
        findings = tuple(map(reports.KIND.warning, messages))
        return dataclasses.replace(reports.WARNED, findings=findings)

    merged = merge.merge(
        [
            node('a', said('It is 12')),
            node('b', said('It is 13!', 'More')),
            node('c', said('It is 12')),
            node('d', PASSED),
        ]
    )
    assert [item.message for item in the(merged, 'c-check').findings] == [
        'It is 12. On a, c; not on d.',
        'It is 13! On b; not on d.',
        'More. On b; not on d.',
    ]


def test_counts_are_not_added_up() -> None:
    def found(count: int) -> results.Outcome:
        finding = reports.KIND.warning(
            'Images.', affected=results.Affected(count, ('x', 'y'))
        )
        return dataclasses.replace(reports.WARNED, findings=(finding,))

    merged = merge.merge(
        [node('a', found(12)), node('b', found(12)), node('c', found(13))]
    )
    assert [
        (item.message, item.affected and item.affected.count)
        for item in the(merged, 'c-check').findings
    ] == [('Images. On a, b.', 12), ('Images. On c.', 13)]


def test_what_a_node_says_twice_is_said_of_it_once() -> None:
    twice = dataclasses.replace(
        reports.WARNED, findings=reports.WARNED.findings * 2
    )
    merged = merge.merge([node('a', twice), node('b', PASSED)])
    assert [item.message for item in the(merged, 'c-check').findings] == [
        'Look. On a; not on b.'
    ]


def test_what_one_node_waives_counts_on_the_others() -> None:
    waived = dataclasses.replace(
        reports.WARNED,
        result=0,
        findings=(
            dataclasses.replace(
                reports.WARNED.findings[0],
                state='waived',
                waiver={'reason': 'later'},
            ),
        ),
    )
    merged = merge.merge(
        [
            node('a', waived),
            node('b', copy.deepcopy(waived)),
            node('c', reports.WARNED),
        ]
    )
    row = the(merged, 'c-check')
    assert [(item.state, item.message) for item in row.findings] == [
        ('waived', 'Look. On a, b.'),
        ('active', 'Look. On c.'),
    ]
    assert (row.result, merged.exit_code) == (1, 1)


def test_waivers_are_the_same_in_whatever_order_their_keys_stand() -> None:
    def waived(waiver: dict[str, object]) -> results.Outcome:
        finding = dataclasses.replace(
            reports.WARNED.findings[0], state='waived', waiver=waiver
        )
        return dataclasses.replace(
            reports.WARNED, result=0, findings=(finding,)
        )

    merged = merge.merge(
        [
            node('a', waived({'reason': 'later', 'object': None})),
            node('b', waived({'object': None, 'reason': 'later'})),
        ]
    )
    assert [
        (item.message, item.waiver) for item in the(merged, 'c-check').findings
    ] == [('Look. On all nodes.', {'reason': 'later', 'object': None})]


def test_a_check_that_broke_somewhere_hides_no_finding() -> None:
    broken = dataclasses.replace(
        reports.WARNED, result=255, details='The check broke.', findings=()
    )
    merged = merge.merge(
        [node('a', broken), node('b', reports.WARNED), node('c', PASSED)]
    )
    assert the(merged, 'c-check') == dataclasses.replace(
        reports.WARNED,
        result=255,
        details='The check broke. On a; not on b, c.',
        findings=(
            dataclasses.replace(
                reports.WARNED.findings[0], message='Look. On b; not on c.'
            ),
        ),
    )
    assert (merged.complete, merged.exit_code) == (False, 255)


def test_what_did_not_run_says_where_and_stays_beside_what_did() -> None:
    other = dataclasses.replace(reports.BLOCKED, reason='no password')
    ran = dataclasses.replace(reports.PASSED, id='e-check')
    merged = merge.merge(
        [
            node('a', reports.BLOCKED, reports.LEFT_OUT),
            node('b', other, reports.LEFT_OUT),
            node('c', reports.BLOCKED, reports.LEFT_OUT),
            node('d', ran, reports.LEFT_OUT),
        ]
    )
    assert [row.id for row in merged.outcomes] == ['e-check', merge.CHECK_ID]
    assert merged.not_run == (
        dataclasses.replace(reports.BLOCKED, reason='no server (on a, c)'),
        dataclasses.replace(reports.BLOCKED, reason='no password (on b)'),
        reports.LEFT_OUT,
    )
    assert (merged.complete, merged.exit_code) == (False, 255)


def test_details_without_findings_are_kept() -> None:
    fine = dataclasses.replace(reports.PASSED, details='All 3 are fine')
    merged = merge.merge([node('a', fine), node('b', reports.PASSED)])
    assert the(merged, 'a-check') == dataclasses.replace(
        fine, details='All 3 are fine. On a.'
    )


def test_an_interrupted_run_makes_all_incomplete() -> None:
    merged = merge.merge(
        [
            node('a', reports.PASSED),
            node('b', interrupted='SIGTERM'),
            node('c', interrupted='SIGTERM'),
        ]
    )
    assert (merged.interrupted, merged.exit_code) == ('SIGTERM on b, c', 255)
    assert told(merged) == [('merged-nodes', 0, '3 nodes: a, b, c.')]


def test_what_is_gone_says_where() -> None:
    item = reports.KIND.warning('It was here.')
    merged = merge.merge(
        [node('a', gone=(item,)), node('b', gone=(item,)), node('c')]
    )
    assert merged.gone == (
        dataclasses.replace(item, message='It was here. On a, b.'),
    )


def test_checks_stand_in_the_order_of_the_nodes() -> None:
    def rows(*ids: str) -> list[results.Outcome]:
        return [dataclasses.replace(reports.PASSED, id=name) for name in ids]

    merged = merge.merge(
        [
            node('a', *rows('one', 'two', 'four')),
            node('b', *rows('zero', 'one', 'two', 'three', 'four', 'five')),
        ]
    )
    assert [row.id for row in merged.outcomes] == [
        'zero',
        'one',
        'two',
        'three',
        'four',
        'five',
        'node-differences',
    ]
    assert told(merged)[1:] == [
        ('node-checks-differ', 1, 'Missing on a: zero, three, five.')
    ]


def test_a_plug_in_that_broke_on_one_node_is_not_missing_on_others() -> None:
    merged = merge.merge([node('a', reports.BROKEN), node('b')])
    assert told(merged) == [('merged-nodes', 0, '2 nodes: a, b.')]
    assert the(merged, 'other:plug-in').details == (
        'It broke:\nin two lines. On a.'
    )


def test_reports_that_do_not_belong_together_are_found() -> None:
    other = results.Target('2026.1', '32.0.0', 'option')
    stein = results.Source(('Stein',), ('stein',))
    merged = merge.merge(
        [
            node('a', target=other, before='restart'),
            node('b', tool_version='1.1.0', source=None),
            node('c', source=stein),
            node('d', generated_at='2026-11-20T02:00:00Z'),
        ]
    )
    assert told(merged) == [
        ('merged-nodes', 0, '4 nodes: a, b, c, d.'),
        (
            'node-targets-differ',
            1,
            'The target is 2026.1 (32.0.0), before restart, on a; 2026.2 '
            '(33.0.0), before sync, on b, c, d.',
        ),
        (
            'node-sources-differ',
            1,
            'The source is 2024.1, 2024.2 (2024_1_contract01) on a, d; '
            'Stein (stein) on c.',
        ),
        (
            'node-tools-differ',
            0,
            'glance-status is 1.0.0 on a, c, d; 1.1.0 on b.',
        ),
        (
            'node-reports-apart',
            0,
            'More than a day older than the newest, that of a '
            '(2026-11-22T02:00:00Z): d (2026-11-20T02:00:00Z).',
        ),
    ]
    assert dataclasses.replace(merged, outcomes=(), options={}) == node(
        'a, b, c, d',
        tool_version='1.0.0, 1.1.0',
        generated_at='2026-11-20T02:00:00Z',
        source=results.Source(
            ('Stein', '2024.1', '2024.2'), ('2024_1_contract01', 'stein')
        ),
    )


@pytest.mark.parametrize(
    ('one', 'other', 'merged'),
    [
        # What all say is said as they say it.
        (
            results.Source(('2024.2', '2024.1'), ('b', 'a')),
            results.Source(('2024.2', '2024.1'), ('b', 'a')),
            results.Source(('2024.2', '2024.1'), ('b', 'a')),
        ),
        # The oldest comes first, and what a newer tool knows before it.
        (
            results.Source(('2023.1', 'Zed', 'Zzz'), ('b',)),
            results.Source(('Rocky', 'Zed'), ('b', 'a')),
            results.Source(('Zzz', 'Rocky', 'Zed', '2023.1'), ('a', 'b')),
        ),
    ],
)
def test_where_the_nodes_may_be(
    one: results.Source, other: results.Source, merged: results.Source
) -> None:
    report = merge.merge([node('a', source=one), node('b', source=other)])
    assert report.source == merged


def test_who_chose_the_same_target_does_not_matter() -> None:
    chosen = results.Target('2026.2', '33.0.0', 'option')
    merged = merge.merge([node('a'), node('b', target=chosen)])
    assert told(merged) == [('merged-nodes', 0, '2 nodes: a, b.')]


def test_options_are_compared_without_their_values() -> None:
    same = {'DEFAULT.enabled_backends': 'a:file', 'a.b.path': '/a'}
    merged = merge.merge(
        [
            node(
                'a',
                options={
                    **same,
                    'DEFAULT.debug': 'true',
                    'DEFAULT.workers': '1',
                    'DEFAULT.bind-host': '192.0.2.1',
                    'image_format.disk_formats': 'raw',
                },
            ),
            node(
                'b',
                options={
                    **same,
                    'DEFAULT.workers': '1',
                    'DEFAULT.bind-host': '192.0.2.2',
                    'image_format.disk_formats': 'qcow2',
                },
            ),
            node(
                'c',
                options={
                    **same,
                    'a.b.path': '/c',
                    'DEFAULT.bind-host': '192.0.2.3',
                    'image_format.disk_formats': 'iso',
                },
            ),
            node(
                'd',
                options={
                    **same,
                    'DEFAULT.bind-host': '192.0.2.4',
                    'image_format.disk_formats': 'raw',
                    'DEFAULT.workers': '2',
                },
            ),
        ]
    )
    assert told(merged)[1:] == [
        (
            'node-own-options-differ',
            0,
            '[DEFAULT] bind-host has another value on each node.',
        ),
        (
            'node-options-differ',
            1,
            '[DEFAULT] debug is set on a; not on b, c, d.',
        ),
        (
            'node-own-options-differ',
            0,
            '[DEFAULT] workers has one value on a, b; another on d; none on '
            'c.',
        ),
        (
            'node-options-differ',
            1,
            '[a.b] path has one value on a, b, d; another on c.',
        ),
        (
            'node-options-differ',
            1,
            '[image_format] disk_formats has one value on a, d; another on '
            'b; another on c.',
        ),
    ]
    assert (
        merged.options
        == node('', options={'DEFAULT.enabled_backends': 'a:file'}).options
    )


@pytest.mark.parametrize(
    ('hosts', 'said'),
    [
        ('ab', 'one value on a; another on b'),
        ('abc', 'another value on each node'),
    ],
)
def test_values_of_which_no_two_are_the_same(hosts: str, said: str) -> None:
    merged = merge.merge(
        [node(host, options={'DEFAULT.host': host}) for host in hosts]
    )
    assert told(merged)[1:] == [
        ('node-own-options-differ', 0, f'[DEFAULT] host has {said}.')
    ]


def test_what_is_more_than_a_day_older_is_noted() -> None:
    merged = merge.merge(
        [
            node('a', generated_at='2026-11-22T02:00:00Z'),
            node('b', generated_at='2026-11-21T02:00:00Z'),
            node('c', generated_at='2026-11-21T01:59:59Z'),
        ]
    )
    assert told(merged)[1:] == [
        (
            'node-reports-apart',
            0,
            'More than a day older than the newest, that of a '
            '(2026-11-22T02:00:00Z): c (2026-11-21T01:59:59Z).',
        )
    ]


def test_the_same_report_given_twice_is_noted() -> None:
    report = node('a', reports.WARNED)
    merged = merge.merge([report, report])
    assert told(merged) == [
        ('node-reported-twice', 0, 'The report of a was given twice.')
    ]
    assert merged.outcomes[0] == reports.WARNED


def test_hosts_behind_one_that_was_given_twice_count() -> None:
    twice, once = node('a', reports.WARNED), node('b', reports.WARNED)
    merged = merge.merge([twice, twice, once])
    assert merged.host == 'a, b'
    assert told(merged) == [
        ('merged-nodes', 0, '2 nodes: a, b.'),
        ('node-reported-twice', 0, 'The report of a was given twice.'),
    ]


def test_of_several_reports_of_a_host_the_newest_counts() -> None:
    merged = merge.merge(
        [
            node('a', reports.FAILED),
            node('a', PASSED, generated_at='2026-11-22T03:00:00Z'),
            node('a', reports.WARNED, generated_at='2026-11-22T01:00:00Z'),
        ]
    )
    assert merged.outcomes[0] == PASSED
    assert told(merged) == [
        (
            'node-reported-twice',
            1,
            '3 reports are of a host named a. That of 2026-11-22T03:00:00Z '
            'counts, and not: 2026-11-22T01:00:00Z, 2026-11-22T02:00:00Z.',
        )
    ]


@pytest.mark.parametrize(
    ('given', 'code'),
    [
        ([node('a', reports.PASSED), node('b', reports.PASSED)], 0),
        ([node('a', reports.WARNED), node('b', PASSED)], 1),
        ([node('a', reports.WARNED), node('b', reports.WARNED)], 1),
        ([node('a', reports.FAILED), node('b', reports.FAILED)], 2),
        ([node('a', reports.FAILED), node('b', reports.BROKEN)], 255),
        ([node('a', reports.WARNED, fail_level=2), node('b', PASSED)], 0),
        (
            [
                node('a', reports.WARNED, fail_level=2),
                node('b', reports.WARNED),
            ],
            1,
        ),
        ([node('a', PASSED), node('b', PASSED, before='restart')], 1),
    ],
)
def test_the_exit_code_is_the_worst(
    given: list[results.Report], code: int
) -> None:
    assert merge.merge(given).exit_code == code


def write(directory: pathlib.Path, name: str, report: results.Report) -> str:
    """Write a report as JSON and return the name of its file."""
    file = directory / name
    file.write_text(formatters.render('json', report, formatters.Style()))
    return str(file)


def test_a_file_that_cannot_be_read_is_a_row(tmp_path: pathlib.Path) -> None:
    good = write(tmp_path, 'good.json', node('a', reports.PASSED))
    both = write(tmp_path, 'both.json', merge.merge([node('b'), node('c')]))
    empty = tmp_path / 'empty.json'
    empty.touch()
    merged = merge.files([str(empty), good, both])
    assert merged == dataclasses.replace(
        merge.merge([node('a', reports.PASSED)]),
        outcomes=(
            reports.PASSED,
            results.Outcome(
                'node-reports',
                'Reports of the nodes',
                'glance',
                255,
                f'{empty} cannot be read as a report: it is empty, as a run '
                'leaves it that ended before its checks began; what that run '
                'said on stderr tells why.\n'
                f'{both} was made by `upgrade merge`: give the reports of '
                'its nodes instead.',
            ),
        ),
    )
    assert merged.exit_code == 255


@pytest.mark.parametrize(
    ('names', 'text'),
    [
        ([], 'there is no report to merge.'),
        (
            ['x.json'],
            'x.json cannot be read as a report: No such file or directory.',
        ),
        (
            ['x.json', 'y.json'],
            'none of the 2 reports can be read. The first: x.json cannot be '
            'read as a report: No such file or directory.',
        ),
    ],
)
def test_nothing_to_merge_is_a_problem(
    names: list[str],
    text: str,
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(errors.Problem) as caught:
        merge.files(names)
    assert str(caught.value) == text


def test_200_reports_of_40_checks_are_merged_in_no_time() -> None:
    rows = [
        dataclasses.replace(reports.FAILED, id=f'check-{number}')
        for number in range(40)
    ]
    options = {f'DEFAULT.option_{number}': 'x' for number in range(150)}
    given = [
        node(f'node{number}', *rows, options={**options, 'DEFAULT.y': 'abc'})
        for number in range(200)
    ]
    start = time.monotonic()
    merged = merge.merge(given)
    assert time.monotonic() - start < 5
    assert len(merged.outcomes) == 41


def test_every_kind_is_explained() -> None:
    ids = [kind.id for kind in differences.KINDS]
    assert sorted(set(ids)) == sorted(ids)
    assert [
        kind.id
        for kind in differences.KINDS
        if not (kind.title and kind.looks_for and kind.matters)
        or not kind.remediation
    ] == []
