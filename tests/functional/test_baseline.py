# SPDX-License-Identifier: Apache-2.0
"""The installed command, compared with what it said last time."""

import hashlib
import json
import os
import pathlib
import sqlite3
import typing

import pytest

from tests.functional import command

EXAMPLE = pathlib.Path(__file__).parents[2] / 'examples' / 'deployment'

Document = dict[str, typing.Any]
Backends = typing.Callable[[str], pathlib.Path]


@pytest.fixture
def backends(tmp_path: pathlib.Path) -> typing.Iterator[Backends]:
    """What gives a deployment with policies other stores, again and again."""
    database = tmp_path / 'glance.sqlite'
    connection = sqlite3.connect(database)
    connection.executescript((EXAMPLE / 'glance.sql').read_text('utf-8'))
    connection.close()

    def write(value: str) -> pathlib.Path:
        conf = command.deployment(
            directory,
            f'sqlite:///{database}',
            DEFAULT={'enabled_backends': value},
        )
        (directory / 'policy.json').write_text('{"get_image": "role:admin"}')
        return conf

    with command.like_etc_glance() as directory:
        yield write


@pytest.fixture
def earlier(tmp_path: pathlib.Path) -> pathlib.Path:
    """Where a test puts the report of last time."""
    return tmp_path / 'earlier.json'


def check(
    conf: pathlib.Path, *args: str | pathlib.Path, **options: typing.Any
) -> command.Completed:
    return command.run(
        *('--config-file', conf, 'upgrade', 'check', '--json'),
        *command.FEW,
        *args,
        **options,
    )


def keep(
    conf: pathlib.Path, path: pathlib.Path, *args: str | pathlib.Path
) -> Document:
    """Write a report as the baseline of the next, and return it."""
    path.write_text(check(conf, *args).stdout)
    return typing.cast(Document, command.document(path.read_text()))


def findings(report: Document) -> typing.Iterator[tuple[Document, Document]]:
    """Yield all findings, each after its check."""
    for row in report['checks']:
        for finding in row['findings']:
            yield row, finding


def states(report: Document) -> dict[str, str]:
    """Return the state of each finding by its id and objects."""
    return {
        ' '.join(
            [finding['id'], *(finding['affected'] or {}).get('sample', ())]
        ): finding['state']
        for _row, finding in findings(report)
    }


def known(
    report: Document, *but: str, only_new: bool = False, **changes: object
) -> Document:
    """Mark findings as known in a report, which is returned.

    :param but: objects whose findings are new
    :param only_new: whether what is known does not count
    """
    for row, finding in findings(report):
        sample = (finding['affected'] or {'sample': []})['sample']
        if not set(but) & set(sample):
            finding['state'] = 'known'
        if only_new:
            row['result'] = max(
                item['result'] if item['state'] == 'active' else 0
                for item in row['findings']
            )
    results = [row['result'] for row in report['checks']]
    words = {0: 'success', 1: 'warning', 2: 'failure'}
    report['summary'] |= {
        word: results.count(code) for code, word in words.items()
    }
    report['outcome'] = words[max(results)]
    report['exit_code'] = max(results)
    return report | changes


# New, known, gone


def test_what_was_there_last_time_is_known_and_counts(
    backends: Backends, earlier: pathlib.Path
) -> None:
    conf = backends('dogs:sheepdog, odd:nosuch')
    plain = keep(conf, earlier)

    completed = check(conf, '--baseline', earlier)

    assert completed.code == 2
    assert command.document(completed) == known(plain)
    assert completed.stderr == f'glance-status: read {conf}\n'


def test_what_was_there_last_time_does_not_count_where_only_new_does(
    backends: Backends, earlier: pathlib.Path
) -> None:
    conf = backends('dogs:sheepdog, odd:nosuch')
    plain = keep(conf, earlier)

    completed = check(conf, '--baseline', earlier, '--fail-on', 'new')

    assert completed.code == 0
    assert command.document(completed) == known(plain, only_new=True)


@pytest.mark.parametrize(
    ('only_new', 'code'), [((), 2), (('--fail-on', 'new'), 1)]
)
def test_what_is_new_counts_and_what_is_gone_is_told(
    backends: Backends,
    earlier: pathlib.Path,
    only_new: tuple[str, ...],
    code: int,
) -> None:
    before = keep(backends('dogs:sheepdog, local:file'), earlier)
    conf = backends('local:file, odd:nosuch')
    plain = command.document(check(conf))

    completed = check(conf, '--baseline', earlier, *only_new)

    assert completed.code == code
    assert command.document(completed) == known(
        plain,
        'nosuch',
        only_new=bool(only_new),
        gone=[
            finding
            for _row, finding in findings(before)
            if finding['id'] == 'removed-store'
        ],
    )


def test_any_is_the_default_of_fail_on(
    backends: Backends, earlier: pathlib.Path
) -> None:
    conf = backends('dogs:sheepdog')
    plain = keep(conf, earlier)
    completed = check(conf, '--baseline', earlier, '--fail-on', 'any')
    assert command.document(completed) == known(plain)


def test_a_report_made_with_a_baseline_is_the_next_one(
    backends: Backends, earlier: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    conf = backends('dogs:sheepdog')
    plain = keep(conf, earlier)
    second, third = tmp_path / 'second.json', tmp_path / 'third.json'
    new = ('--fail-on', 'new', '--baseline')

    keep(conf, second, *new, earlier)
    last = keep(conf, third, *new, second)

    assert last == known(plain, only_new=True)


def test_the_worse_of_what_was_there_is_new(
    backends: Backends, earlier: pathlib.Path
) -> None:
    conf = backends('local:file')
    keep(conf, earlier, '--target', '2025.2')

    completed = check(
        conf, '--target', '2026.1', '--baseline', earlier, '--fail-on=new'
    )

    report = command.document(completed)
    assert completed.code == 2
    assert states(report)['policy-json-implicit'] == 'active'
    assert report['gone'] == []


def test_nothing_is_gone_that_was_not_looked_for(
    backends: Backends, earlier: pathlib.Path
) -> None:
    keep(backends('dogs:sheepdog'), earlier)
    conf = backends('local:file')
    arguments = ('--skip', 'store-backends')
    plain = command.document(check(conf, *arguments))

    completed = check(conf, *arguments, '--baseline', earlier)

    assert command.document(completed) == known(plain)


def test_a_finding_is_not_gone_that_was_not_looked_for(
    backends: Backends, earlier: pathlib.Path
) -> None:
    keep(backends('dogs:sheepdog, odd:nosuch'), earlier)
    conf = backends('odd:nosuch')

    gone = [
        [
            item['id']
            for item in command.document(
                check(conf, '--baseline', earlier, *args)
            )['gone']
        ]
        for args in ((), ('--skip', 'removed-store'))
    ]

    assert gone == [['removed-store'], []]


def test_the_check_of_a_broken_database_has_no_gone_findings(
    backends: Backends, earlier: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    conf = backends('dogs:sheepdog')
    keep(conf, earlier)
    (tmp_path / 'glance.sqlite').unlink()

    for only_new in ('any', 'new'):
        completed = check(conf, '--baseline', earlier, '--fail-on', only_new)
        report = command.document(completed)
        assert (completed.code, report['gone']) == (255, [])
        assert states(report)['removed-store sheepdog'] == 'known'


TABLE = """\
Target: 2026.2 (33.0.0), as --target says
Source: 2023.1, 2023.2
+------------------------------------------------------------------------------+
| Upgrade Check Results                                                        |
+------------------------------------------------------------------------------+
| Check: Store backends                                                        |
| Result: {result} |
| Details:                                                                     |
| - removed-store (Failure, since 20.0.0, known from the baseline)             |
|   [DEFAULT] enabled_backends (dogs) names the driver sheepdog                |
|   (/etc/glance/glance-api.conf, line 2), which 2026.2 Hibiscus (33.0.0) does |
|   not have; Train (19.0.4) was the last to have it.                          |
|   Affected: 1: sheepdog                                                      |
|   Do: Before the upgrade, copy its images to a store that the target has,    |
|       then remove it from the configuration.                                 |
| - unknown-store (Warning)                                                    |
|   [DEFAULT] enabled_backends (odd) names the driver nosuch                   |
|   (/etc/glance/glance-api.conf, line 2), which no release of Glance has and  |
|   which is not installed beside glance-status.                               |
|   Affected: 1: nosuch                                                        |
|   Do: Correct the name, or install the driver where the new Glance will run. |
+------------------------------------------------------------------------------+
| Gone since the baseline:                                                     |
| - unknown-store: [DEFAULT] enabled_backends (b) names the driver of-old      |
|   (/etc/glance/glance-api.conf, line 2), which no release of Glance has and  |
|   which is not installed beside glance-status.                               |
+------------------------------------------------------------------------------+
| {summary} |
| {advice} |
+------------------------------------------------------------------------------+
"""  # noqa: E501
SUMMARY = (
    'Success: 0, Warning: {}, Failure: {}, Error: 0, Not run: {}, Waived: 0'
)
STOP = 'Next: Do not upgrade yet. Do what the failures say and run this again.'


@pytest.mark.parametrize(
    ('only_new', 'code', 'result', 'counts', 'advice'),
    [
        ('any', 2, 'Failure', (0, 1), STOP),
        (
            'new',
            1,
            'Warning',
            (1, 0),
            'Next: Look at the warnings, then decide.',
        ),
    ],
)
def test_the_table_says_what_is_known_and_what_is_gone(
    backends: Backends,
    earlier: pathlib.Path,
    only_new: str,
    code: int,
    result: str,
    counts: tuple[int, int],
    advice: str,
) -> None:
    stores = ('--check', 'store-backends', '--target', '2026.2')
    before = command.run(
        *('--config-file', backends('dogs:sheepdog, b:of-old')),
        *('upgrade', 'check', *stores, '--json'),
    )
    earlier.write_text(before.stdout)
    conf = backends('dogs:sheepdog, odd:nosuch')

    completed = command.run(
        *('--config-file', conf, 'upgrade', 'check', *stores),
        *('--baseline', earlier, '--fail-on', only_new),
    )

    not_run = command.document(before)['summary']['not_run']
    summary = SUMMARY.format(*counts, not_run)
    stdout = command.in_etc_glance(completed.stdout, conf.parent)
    assert (completed.code, stdout) == (
        code,
        TABLE.format(
            result=result.ljust(68),
            summary=summary.ljust(76),
            advice=advice.ljust(76),
        ),
    )


# Together with waivers


def test_what_is_waived_is_neither_known_nor_new(
    backends: Backends, earlier: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    conf = backends('dogs:sheepdog, odd:nosuch')
    keep(conf, earlier)
    waivers = tmp_path / 'waivers.yaml'
    waivers.write_text('- {id: removed-store, reason: Empty.}\n')
    waived = ('--waivers', waivers)

    completed = check(conf, *waived, '--baseline', earlier, '--fail-on', 'new')

    plain = command.document(check(conf, *waived))
    expected = known(plain, only_new=True)
    for _row, finding in findings(expected):
        if finding['id'] == 'removed-store':
            finding['state'] = 'waived'
    assert completed.code == 0
    assert command.document(completed) == expected


def test_a_waiver_that_ends_leaves_what_it_covered_known(
    backends: Backends, earlier: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    conf = backends('dogs:sheepdog')
    waivers = tmp_path / 'waivers.yaml'
    waivers.write_text('- {id: store-backends, reason: Empty.}\n')
    keep(conf, earlier, '--waivers', waivers)
    waivers.write_text(
        '- {id: store-backends, reason: Empty., expires: 2020-01-01}\n'
    )

    completed = check(
        conf, '--waivers', waivers, '--baseline', earlier, '--fail-on=new'
    )

    found = states(command.document(completed))
    assert completed.code == 1
    assert (
        found['removed-store sheepdog'],
        found['waiver-expired store-backends'],
    ) == ('known', 'active')


# The baseline itself


def test_the_baseline_is_read_and_never_written(
    backends: Backends, earlier: pathlib.Path
) -> None:
    conf = backends('dogs:sheepdog')
    keep(conf, earlier)
    os.utime(earlier, ns=(0, 1_000_000_007))
    earlier.chmod(0o444)
    before = earlier.stat(), hashlib.sha256(earlier.read_bytes()).hexdigest()
    names = sorted(os.listdir(earlier.parent))
    conf = backends('odd:nosuch')

    for args in ((), ('--fail-on', 'new'), ('--format', 'table')):
        command.run(
            *('--config-file', conf, 'upgrade', 'check'),
            *('--baseline', earlier, *args),
        )

    after = earlier.stat(), hashlib.sha256(earlier.read_bytes()).hexdigest()
    for field in ('st_ino', 'st_mode', 'st_mtime_ns', 'st_ctime_ns'):
        assert getattr(after[0], field) == getattr(before[0], field)
    assert after[1] == before[1]
    assert sorted(os.listdir(earlier.parent)) == names


@pytest.mark.parametrize('name', ['earlier.json', './earlier.json', 'link'])
def test_no_output_takes_the_place_of_the_baseline(
    backends: Backends, earlier: pathlib.Path, name: str
) -> None:
    conf = backends('dogs:sheepdog')
    keep(conf, earlier)
    (earlier.parent / 'link').symlink_to('earlier.json')
    before = earlier.read_bytes()

    completed = check(
        *(conf, '--baseline', earlier, '--output', f'json:{name}'),
        cwd=earlier.parent,
    )

    assert completed == command.Completed(
        255,
        '',
        f'glance-status: read {conf}\n'
        f'glance-status: --output json:{name} is the baseline, which is only '
        'read: write to another file.\n',
    )
    assert earlier.read_bytes() == before


def test_a_baseline_can_come_through_a_pipe_and_from_the_home_directory(
    backends: Backends, earlier: pathlib.Path
) -> None:
    conf = backends('dogs:sheepdog')
    plain = keep(conf, earlier)

    piped = check(conf, '--baseline', '/dev/stdin', stdin=earlier.read_text())
    home = check(
        *(conf, '--baseline', '~/earlier.json'),
        env={'HOME': str(earlier.parent)},
    )

    expected = known(plain)
    assert command.document(piped) == expected
    assert command.document(home) == expected


def test_a_baseline_of_an_early_version_is_read(
    backends: Backends, earlier: pathlib.Path
) -> None:
    conf = backends('dogs:sheepdog, odd:nosuch')
    full = keep(conf, earlier)
    early = {
        'schema_version': '0.1',
        'host': 'node1',
        'generated_at': '2025-01-01T00:00:00Z',
        'target': {'release': '2026.2', 'version': '33.0.0'},
        'checks': [
            {
                'id': row['id'],
                'result': row['result'],
                'findings': [
                    {
                        key: finding[key]
                        for key in ('id', 'result', 'message', 'affected')
                    }
                    for finding in row['findings']
                ],
            }
            for row in full['checks']
        ],
    }
    earlier.write_text(json.dumps(early))

    completed = check(conf, '--baseline', earlier)

    assert command.document(completed) == known(full)


def test_a_baseline_of_a_later_minor_version_is_read(
    backends: Backends, earlier: pathlib.Path
) -> None:
    conf = backends('dogs:sheepdog')
    plain = keep(conf, earlier)
    later = json.loads(earlier.read_text())
    later |= {'schema_version': '1.7', 'mood': 'good'}
    later['checks'][0]['mood'] = 'better'
    earlier.write_text(json.dumps(later))

    completed = check(conf, '--baseline', earlier)

    assert command.document(completed) == known(plain)


HOW = '`glance-status upgrade check --format json` writes one.'


@pytest.mark.parametrize(
    ('content', 'complaint'),
    [
        (
            '',
            'it is empty, as a run leaves it that ended before its checks '
            'began; what that run said on stderr tells why.',
        ),
        (
            'Target: 2026.2\n',
            f'it is not JSON (Expecting value: line 1, column 1); {HOW}',
        ),
        ('{"schema_version": "1.0", "chec', 'it is cut off in the middle.'),
        ('[]', f'it is JSON of something else; {HOW}'),
        (
            '{"name": "Upgrade Check Results", "checks": []}',
            "it has no schema_version: it comes from Glance's own "
            "glance-status, or from another service's status command.",
        ),
        (
            '{"schema_version": "2.0"}',
            'its schema_version is 2.0, and this glance-status reads none '
            'above 1.x. Read it with the glance-status that wrote it, or a '
            'later one.',
        ),
        ('{"schema_version": "1.0"}', 'it has no outcome.'),
        ('[' * 1_000_000, 'its values are nested too deeply.'),
        (b'\xff\xfe{\0', f'it is not UTF-8; {HOW}'),
        (None, 'No such file or directory.'),
    ],
    ids=lambda value: str(value)[:20],
)
@pytest.mark.parametrize('name', ['json', 'nagios'])
def test_what_is_no_baseline_is_a_line_and_an_error(
    tmp_path: pathlib.Path,
    earlier: pathlib.Path,
    content: str | bytes | None,
    complaint: str,
    name: str,
) -> None:
    conf = command.deployment(tmp_path / 'etc')
    if isinstance(content, str):
        content = content.encode()
    if content is not None:
        earlier.write_bytes(content)

    completed = command.run(
        *('--config-file', conf, 'upgrade', 'check', '--format', name),
        *('--baseline', earlier),
    )

    assert completed == command.Completed(
        255 if name == 'json' else 3,
        '',
        f'glance-status: read {conf}\n'
        f'glance-status: {earlier} cannot be read as a report: {complaint}\n',
    )


@pytest.mark.parametrize('args', [('--fail-on', 'new'), ('--fail-on=new',)])
def test_only_new_findings_need_something_to_compare_with(
    tmp_path: pathlib.Path, args: tuple[str, ...]
) -> None:
    conf = command.deployment(tmp_path)
    assert check(conf, *args) == command.Completed(
        255,
        '',
        'glance-status: --fail-on new needs a --baseline. See '
        '`glance-status upgrade check --help`.\n',
    )
