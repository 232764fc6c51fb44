# SPDX-License-Identifier: Apache-2.0
"""The reports of many nodes, made and merged by the installed command."""

import json
import os
import pathlib
import re
import typing

import jsonschema
import junitparser
import pytest
from prometheus_client import parser

import glance_status
from glance_status import formatters
from tests.functional import command

SCHEMA = json.loads(
    pathlib.Path(glance_status.__file__)
    .with_name('report.schema.json')
    .read_text('utf-8')
)

Document = dict[str, typing.Any]
Node = typing.Callable[..., pathlib.Path]

# Checks that need the configuration alone.
CHECKS = ('--check', 'store-backends', '--check', 'image-ownership')


@pytest.fixture
def node(tmp_path: pathlib.Path) -> Node:
    """What makes the report of a node, of its name and its options."""

    def make(
        host: str,
        *args: str,
        at: str = '2026-11-22T02:00:00Z',
        **options: str,
    ) -> pathlib.Path:
        conf = command.deployment(tmp_path / f'{host}-etc', DEFAULT=options)
        completed = command.run(
            *('--config-file', conf, 'upgrade', 'check', '--json'),
            *('--target', '2026.2', '--from', '2024.1', *CHECKS, *args),
        )
        # All the nodes of a test are one machine, which is asked at once.
        report = json.loads(
            completed.stdout.replace(str(conf), '/etc/glance/glance-api.conf')
        )
        report |= {'host': host, 'generated_at': at}
        path = tmp_path / f'{host}.json'
        path.write_text(json.dumps(report))
        return path

    return make


def merge(
    *args: str | pathlib.Path, **options: typing.Any
) -> command.Completed:
    return command.run('upgrade', 'merge', *args, **options)


def document(*args: str | pathlib.Path) -> Document:
    """Return what reports make, which is as the schema has it."""
    completed = merge(*args, '--json')
    report = json.loads(completed.stdout)
    jsonschema.validate(report, SCHEMA)
    assert (completed.code, completed.stderr) == (report['exit_code'], '')
    for row in report['checks']:
        row['duration'] = 0.0
    return typing.cast(Document, report | {'tool_version': '1.0.0'})


def row(report: Document, identity: str) -> Document:
    (found,) = (item for item in report['checks'] if item['id'] == identity)
    return typing.cast(Document, found)


def messages(report: Document, identity: str) -> dict[str, list[str]]:
    """Return what the findings of a check say, by their id."""
    found: dict[str, list[str]] = {}
    for item in row(report, identity)['findings']:
        found.setdefault(item['id'], []).append(item['message'])
    return found


STORE = (
    '[DEFAULT] enabled_backends (dogs) names the driver sheepdog '
    '(/etc/glance/glance-api.conf, line 2), which 2026.2 Hibiscus (33.0.0) '
    'does not have; Train (19.0.4) was the last to have it.'
)
MOVE = (
    'Before the upgrade, copy its images to a store that the target has, then '
    'remove it from the configuration.'
)
COMPARE = (
    'Compare the configuration files of the nodes. Make them alike, or know '
    'why they are not.'
)


def difference(
    identity: str, result: int, message: str, remediation: str, *names: str
) -> Document:
    return {
        'id': identity,
        'result': result,
        'message': message,
        'remediation': remediation,
        'since': None,
        'reference': None,
        'affected': {'count': len(names), 'sample': list(names)}
        if names
        else None,
        'state': 'active',
        'waiver': None,
    }


# What is made of them


def test_nodes_that_are_configured_differently(node: Node) -> None:
    alike = {'debug': 'false'}
    reports = [
        node('node1', enabled_backends='a:file', workers='4', **alike),
        node('node2', enabled_backends='dogs:sheepdog', workers='8', **alike),
        node('node10', enabled_backends='a:file', workers='4', **alike),
    ]
    one = json.loads(reports[0].read_text())

    report = document(*reports)

    differences = [
        difference(
            'merged-nodes',
            0,
            '3 nodes: node1, node2, node10.',
            'Compare the list with the nodes that you have.',
        ),
        difference(
            'node-options-differ',
            1,
            '[DEFAULT] enabled_backends has one value on node1, node10; '
            'another on node2.',
            COMPARE,
            '[DEFAULT] enabled_backends',
        ),
        difference(
            'node-own-options-differ',
            0,
            '[DEFAULT] workers has one value on node1, node10; another on '
            'node2.',
            'Nothing, where the values are those of the nodes.',
            '[DEFAULT] workers',
        ),
    ]
    message = f'{STORE} On node2; not on node1, node10.'
    assert report == {
        'schema_version': '1.0',
        'tool_version': '1.0.0',
        'host': 'node1, node2, node10',
        'generated_at': '2026-11-22T02:00:00Z',
        'name': 'Upgrade Check Results',
        'outcome': 'failure',
        'exit_code': 2,
        'complete': True,
        'before': 'sync',
        'target': {
            'release': '2026.2',
            'version': '33.0.0',
            'origin': 'option',
        },
        'source': one['source'],
        'config_files': ['/etc/glance/glance-api.conf'],
        'options': {'DEFAULT.debug': one['options']['DEFAULT.debug']},
        'summary': {
            'success': 1,
            'warning': 1,
            'failure': 1,
            'error': 0,
            'not_run': len(one['not_run']),
            'waived': 0,
        },
        'checks': [
            {
                'check': 'Image ownership',
                'result': 0,
                'details': None,
                'id': 'image-ownership',
                'plugin': 'glance',
                'duration': 0.0,
                'findings': [],
            },
            {
                'check': 'Store backends',
                'result': 2,
                'details': f'{message} {MOVE}',
                'id': 'store-backends',
                'plugin': 'glance',
                'duration': 0.0,
                'findings': [
                    difference('removed-store', 2, message, MOVE, 'sheepdog')
                    | {
                        'since': '20.0.0',
                        'reference': 'https://docs.openstack.org/'
                        'releasenotes/glance/ussuri.html',
                    }
                ],
            },
            {
                'check': 'Differences between nodes',
                'result': 1,
                'details': '\n'.join(
                    f'{item["message"]} {item["remediation"]}'
                    for item in differences
                ),
                'id': 'node-differences',
                'plugin': 'glance',
                'duration': 0.0,
                'findings': differences,
            },
        ],
        'not_run': one['not_run'],
        'gone': [],
    }
    assert document(*reversed(reports)) == report


TABLE = """\
Target: 2026.2 (33.0.0), as --target says
Source: 2024.1
+------------------------------------------------------------------------------+
| Upgrade Check Results                                                        |
+------------------------------------------------------------------------------+
| Success: Image ownership                                                     |
+------------------------------------------------------------------------------+
| Check: Differences between nodes                                             |
| Result: Warning                                                              |
| Details:                                                                     |
| - merged-nodes (Note)                                                        |
|   2 nodes: node1, node2.                                                     |
|   Do: Compare the list with the nodes that you have.                         |
| - node-options-differ (Warning)                                              |
|   [DEFAULT] enabled_backends is set on node2; not on node1.                  |
|   Affected: 1: [DEFAULT] enabled_backends                                    |
|   Do: Compare the configuration files of the nodes. Make them alike, or know |
|       why they are not.                                                      |
+------------------------------------------------------------------------------+
| Check: Store backends                                                        |
| Result: Failure                                                              |
| Details:                                                                     |
| - removed-store (Failure, since 20.0.0)                                      |
|   [DEFAULT] enabled_backends (dogs) names the driver sheepdog                |
|   (/etc/glance/glance-api.conf, line 2), which 2026.2 Hibiscus (33.0.0) does |
|   not have; Train (19.0.4) was the last to have it. On node2; not on node1.  |
|   Affected: 1: sheepdog                                                      |
|   Do: Before the upgrade, copy its images to a store that the target has,    |
|       then remove it from the configuration.                                 |
+------------------------------------------------------------------------------+
| {summary} |
| Next: Do not upgrade yet. Do what the failures say and run this again.       |
+------------------------------------------------------------------------------+
"""  # noqa: E501


def test_the_table_names_the_nodes_that_have_a_finding(node: Node) -> None:
    reports = node('node1'), node('node2', enabled_backends='dogs:sheepdog')
    rest = len(json.loads(reports[0].read_text())['not_run'])
    summary = (
        f'Success: 1, Warning: 1, Failure: 1, Error: 0, Not run: {rest}, '
        'Waived: 0'
    )

    completed = merge(*reports)

    assert completed == command.Completed(
        2, TABLE.format(summary=summary.ljust(76)), ''
    )


def test_no_value_of_an_option_is_shown(node: Node) -> None:
    reports = (
        node('node1', image_size_cap='1234567890', admin_password='Tr0ub4dor'),
        node('node2', image_size_cap='9876543210', admin_password='c0rrect'),
    )
    for name in formatters.FORMATS:
        text = merge(*reports, '--format', name).stdout
        assert (
            re.findall('1234567890|9876543210|Tr0ub4dor|c0rrect', text) == []
        )


def test_nodes_that_were_asked_different_things(node: Node) -> None:
    reports = (
        node('node1'),
        node('node2', '--before', 'restart', at='2026-11-20T02:00:00Z'),
        node('node3', '--from', '2025.1', '--waivers', '/dev/null'),
    )

    report = document(*reports)

    assert report['exit_code'] == 1
    assert messages(report, 'node-differences') == {
        'merged-nodes': ['3 nodes: node1, node2, node3.'],
        'node-targets-differ': [
            'The target is 2026.2 (33.0.0), before sync, on node1, node3; '
            '2026.2 (33.0.0), before restart, on node2.'
        ],
        'node-sources-differ': [
            'The source is 2024.1 (no revision) on node1, node2; 2025.1 (no '
            'revision) on node3.'
        ],
        'node-checks-differ': ['Missing on node1, node2: waivers.'],
        'node-reports-apart': [
            'More than a day older than the newest, that of node1 '
            '(2026-11-22T02:00:00Z): node2 (2026-11-20T02:00:00Z).'
        ],
    }
    assert (report['before'], report['generated_at']) == (
        'sync',
        '2026-11-20T02:00:00Z',
    )


def test_what_is_waived_on_a_node_still_counts_on_others(
    node: Node, tmp_path: pathlib.Path
) -> None:
    waivers = tmp_path / 'waivers.yaml'
    waivers.write_text('- {id: removed-store, reason: Empty.}\n')
    none = tmp_path / 'none.yaml'
    none.touch()
    dogs = {'enabled_backends': 'dogs:sheepdog'}
    reports = (
        node('node1', '--waivers', str(waivers), **dogs),
        node('node2', '--waivers', str(none), **dogs),
    )

    report = document(*reports)

    assert [report['exit_code'], report['summary']['waived']] == [2, 1]
    assert [
        (item['state'], item['message'])
        for item in row(report, 'store-backends')['findings']
    ] == [
        ('waived', f'{STORE} On node1.'),
        ('active', f'{STORE} On node2.'),
    ]
    assert document(reports[0])['exit_code'] == 0


def test_one_report_stays_as_it_is(node: Node) -> None:
    path = node('node1', enabled_backends='dogs:sheepdog')
    one = command.document(path.read_text())

    report = document(path)

    one['not_run'].append(
        {
            'id': 'node-differences',
            'check': 'Differences between nodes',
            'plugin': 'glance',
            'cause': 'inapplicable',
            'reason': 'there is one node',
        }
    )
    one['summary']['not_run'] += 1
    assert report == one


def test_the_same_report_twice_is_one_and_a_note(node: Node) -> None:
    path = node('node1')

    report = document(path, path)

    assert report == document(path) | {
        'checks': report['checks'],
        'not_run': report['not_run'],
        'summary': report['summary'],
    }
    assert report['host'] == 'node1'
    assert messages(report, 'node-differences') == {
        'node-reported-twice': ['The report of node1 was given twice.']
    }


def test_the_newest_of_two_reports_of_a_host_counts(
    node: Node, tmp_path: pathlib.Path
) -> None:
    older = node(
        *('node1',), at='2026-11-22T01:00:00Z', enabled_backends='a:sheepdog'
    ).rename(tmp_path / 'older.json')
    newer = node('node1')

    report = document(newer, older)

    assert report['exit_code'] == 1
    assert row(report, 'store-backends')['result'] == 0
    assert messages(report, 'node-differences') == {
        'node-reported-twice': [
            '2 reports are of a host named node1. That of '
            '2026-11-22T02:00:00Z counts, and not: 2026-11-22T01:00:00Z.'
        ]
    }


# Exit codes and formats


BROKEN = ('--check', 'database-connection', '--timeout', '5')


@pytest.mark.parametrize(
    ('args', 'options', 'code'),
    [
        ((), {}, 0),
        ((), {'enabled_backends': 'odd:nosuch'}, 1),
        (
            ('--fail-level', 'failure'),
            {'enabled_backends': 'odd:nosuch'},
            0,
        ),
        ((), {'enabled_backends': 'dogs:sheepdog'}, 2),
        (BROKEN, {'enabled_backends': 'dogs:sheepdog'}, 255),
    ],
)
@pytest.mark.parametrize('name', formatters.FORMATS)
def test_the_exit_code_is_that_of_the_worst_node(
    node: Node,
    args: tuple[str, ...],
    options: dict[str, str],
    code: int,
    name: str,
) -> None:
    reports = node('node1', *args, **options), node('node2', *args, **options)

    completed = merge(*reports, '--format', name)

    expected = 3 if (name, code) == ('nagios', 255) else code
    assert (completed.code, completed.stderr) == (expected, '')
    assert completed.stdout.endswith('\n')
    if not code:
        completed = merge(*reports, node('node3', *BROKEN), '--format', name)
        assert completed.code == (3 if name == 'nagios' else 255)


def test_formats_are_read_by_those_for_whom_they_are(node: Node) -> None:
    reports = node('node1'), node('node2', enabled_backends='dogs:sheepdog')
    merged = document(*reports)
    texts = {
        name: merge(*reports, '--format', name).stdout
        for name in formatters.FORMATS
    }

    (suite,) = junitparser.JUnitXml.fromstring(texts['junit'].encode())
    assert len(list(suite)) == sum(
        merged['summary'][key]
        for key in ('success', 'warning', 'failure', 'error', 'not_run')
    )
    families = list(parser.text_string_to_metric_families(texts['prometheus']))
    assert families
    assert texts['nagios'].startswith('GLANCE_UPGRADE CRITICAL - ')
    for name in ('table', 'markdown', 'html', 'junit', 'nagios'):
        assert 'On node2; not on node1.' in ' '.join(
            texts[name].replace('|', ' ').split()
        )


def test_files_are_written_beside_stdout(
    node: Node, tmp_path: pathlib.Path
) -> None:
    reports = node('node1'), node('node2', enabled_backends='dogs:sheepdog')
    out = tmp_path / 'out'
    out.mkdir()

    completed = merge(
        *reports,
        '--json',
        *(f'--output={name}:{out}/{name}' for name in formatters.FORMATS),
        '--output=json:/proc/none/report',
    )

    assert (completed.code, completed.stderr) == (
        255,
        'glance-status: --output json:/proc/none/report: No such file or '
        'directory\n',
    )
    assert {path.name: path.read_text('utf-8') for path in out.iterdir()} == {
        name: merge(*reports, '--format', name).stdout
        for name in formatters.FORMATS
    }
    assert (out / 'json').read_text() == completed.stdout


def test_neither_configuration_nor_home_is_needed(
    node: Node, tmp_path: pathlib.Path
) -> None:
    path = node('node1')
    empty = tmp_path / 'empty'
    empty.mkdir()
    completed = merge(path, cwd=empty, env={'OS_GLANCE_CONFIG_DIR': '/none'})
    assert (completed.code, completed.stderr) == (0, '')
    assert os.listdir(empty) == []


# What cannot be merged


def test_a_report_that_cannot_be_read_is_a_row_and_an_error(
    node: Node, tmp_path: pathlib.Path
) -> None:
    path = node('node1')
    cut = tmp_path / 'cut.json'
    cut.write_text(path.read_text()[:100])
    away = tmp_path / 'away.json'

    report = document(path, cut, away)

    assert (report['exit_code'], report['complete'], report['host']) == (
        255,
        False,
        'node1',
    )
    assert row(report, 'node-reports') == {
        'check': 'Reports of the nodes',
        'result': 255,
        'details': f'{cut} cannot be read as a report: it is cut off in the '
        f'middle.\n{away} cannot be read as a report: No such file or '
        'directory.',
        'id': 'node-reports',
        'plugin': 'glance',
        'duration': 0.0,
        'findings': [],
    }
    assert row(report, 'image-ownership')['result'] == 0


@pytest.mark.parametrize(('name', 'code'), [('nagios', 3), ('json', 255)])
@pytest.mark.parametrize(
    ('files', 'complaint'),
    [
        (
            ['away.json'],
            'away.json cannot be read as a report: No such file or directory.',
        ),
        (
            ['empty.json', 'away.json'],
            'none of the 2 reports can be read. The first: empty.json cannot '
            'be read as a report: it is empty, as a run leaves it that ended '
            'before its checks began; what that run said on stderr tells '
            'why.',
        ),
        (['.'], '. cannot be read as a report: it is a directory.'),
        (
            ['-'],
            '- cannot be read as a report: No such file or directory.',
        ),
        (
            ['merged.json'],
            'merged.json was made by `upgrade merge`: give the reports of '
            'its nodes instead.',
        ),
    ],
)
def test_where_none_can_be_read_it_is_a_line_and_an_error(
    node: Node,
    tmp_path: pathlib.Path,
    files: list[str],
    complaint: str,
    name: str,
    code: int,
) -> None:
    (tmp_path / 'empty.json').touch()
    if files == ['merged.json']:
        reports = node('node1'), node('node2')
        merge(*reports, '--output', f'json:{tmp_path}/merged.json')

    completed = merge(*files, '--format', name, cwd=tmp_path)

    assert completed == command.Completed(
        code, '', f'glance-status: {complaint}\n'
    )


def test_a_report_can_come_through_a_pipe(node: Node) -> None:
    path = node('node1')
    completed = merge('/dev/stdin', '--json', stdin=path.read_text())
    assert command.document(completed) == command.document(
        merge(path, '--json')
    )


def test_merging_nothing_is_a_usage_error() -> None:
    assert merge() == command.Completed(
        255,
        '',
        'glance-status: the following arguments are required: REPORT. See '
        '`glance-status upgrade merge --help`.\n',
    )


def test_the_reports_are_only_read(node: Node) -> None:
    path = node('node1')
    path.chmod(0o444)
    before = path.stat()
    merge(path, path)
    after = path.stat()
    for field in ('st_ino', 'st_mtime_ns', 'st_ctime_ns', 'st_size'):
        assert getattr(after, field) == getattr(before, field)
