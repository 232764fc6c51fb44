# SPDX-License-Identifier: Apache-2.0
"""Waivers given to the installed command, whatever is in their file."""

import datetime
import os
import pathlib
import re
import shutil
import sqlite3
import typing
import unittest

import pytest

from glance_status import formatters
from tests.functional import command

EXAMPLE = pathlib.Path(__file__).parents[2] / 'examples' / 'deployment'
BACKENDS = 'dogs:sheepdog, cat:sheepdog, local:file, odd:nosuch'
# Seconds that are bounded, on a machine that has other things to do.
SOON = 60

Document = dict[str, typing.Any]


@pytest.fixture(scope='module')
def conf(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A deployment with two removed stores, an unknown one, and policies."""
    directory = tmp_path_factory.mktemp('deployment')
    database = directory / 'glance.sqlite'
    connection = sqlite3.connect(database)
    connection.executescript((EXAMPLE / 'glance.sql').read_text('utf-8'))
    connection.close()
    (directory / 'policy.json').write_text('{"get_image": "role:admin"}')
    return command.deployment(
        directory,
        f'sqlite:///{database}',
        DEFAULT={'enabled_backends': BACKENDS},
    )


@pytest.fixture(scope='module')
def plain(conf: pathlib.Path) -> command.Completed:
    """The report without waivers."""
    completed = check(conf)
    assert completed.code == 2
    return completed


@pytest.fixture
def waivers(tmp_path: pathlib.Path) -> pathlib.Path:
    """Where a test puts its waivers."""
    return tmp_path / 'waivers.yaml'


def check(
    conf: pathlib.Path,
    *args: str | pathlib.Path,
    selected: tuple[str, ...] = command.FEW,
    **options: typing.Any,
) -> command.Completed:
    return command.run(
        *('--config-file', conf, 'upgrade', 'check', '--json'),
        *selected,
        *args,
        **options,
    )


def row(report: Document, identity: str) -> Document:
    """Return a check of a report, which a test may change."""
    (found,) = (item for item in report['checks'] if item['id'] == identity)
    return typing.cast(Document, found)


def about_waivers(*findings: Document) -> Document:
    """Return the row about the waivers themselves."""
    return {
        'check': 'Waivers',
        'result': max((item['result'] for item in findings), default=0),
        'details': '\n'.join(
            f'{item["message"]} {item["remediation"]}' for item in findings
        )
        or None,
        'id': 'waivers',
        'plugin': 'glance',
        'duration': 0.0,
        'findings': list(findings),
    }


def defect(
    identity: str, result: int, message: str, remediation: str, of: str
) -> Document:
    """Return what is said of an entry for a finding."""
    return {
        'id': identity,
        'result': result,
        'message': message,
        'remediation': remediation,
        'since': None,
        'reference': None,
        'affected': {'count': 1, 'sample': [of]},
        'state': 'active',
        'waiver': None,
    }


def waive(
    report: Document, identity: str, *names: str, **waiver: typing.Any
) -> None:
    """Mark findings in a report that is expected as waived.

    :param names: of the affected objects, any without
    """
    for item in report['checks']:
        for finding in item['findings']:
            sample = (finding['affected'] or {'sample': []})['sample']
            if finding['id'] == identity and (not names or names[0] in sample):
                finding['state'] = 'waived'
                finding['waiver'] = {
                    'reason': None,
                    'object': None,
                    'expires': None,
                    'max_count': None,
                } | waiver


def expected(
    plain: command.Completed, *marks: Document, about: typing.Any = ()
) -> Document:
    """Return the report with findings waived and a row about waivers."""
    report = command.document(plain)
    for mark in marks:
        waive(report, mark.pop('id'), *mark.pop('names', ()), **mark)
    for item in report['checks']:
        item['result'] = max(
            (
                finding['result']
                for finding in item['findings']
                if finding['state'] == 'active'
            ),
            default=0,
        )
    report['checks'].append(about_waivers(*about))
    results = [item['result'] for item in report['checks']]
    words = {0: 'success', 1: 'warning', 2: 'failure'}
    report['summary'] |= {
        **{word: results.count(code) for code, word in words.items()},
        'waived': sum(
            finding['state'] == 'waived'
            for item in report['checks']
            for finding in item['findings']
        ),
    }
    report['outcome'] = words[max(results)]
    report['exit_code'] = max(results)
    return typing.cast(Document, report)


REMOVE = 'Remove the entry, or correct its `object` or `max_count`.'


# What is accepted


def test_what_is_waived_is_shown_and_does_not_count(
    conf: pathlib.Path, plain: command.Completed, waivers: pathlib.Path
) -> None:
    waivers.write_text(
        '# Agreed in the meeting of Monday.\n'
        '- id: removed-store\n'
        '  object: sheep*\n'
        '  reason: Empty since May.\n'
        '  expires: 2999-12-31\n'
        '  max_count: 1\n'
        '- id: unknown-store\n'
        '  reason: >\n'
        '    Our own driver;\n'
        '    it is packaged.\n'
        '- {id: policy-json-implicit, reason: "Größe: ☃"}\n',
        'utf-8',
    )

    completed = check(conf, '--waivers', waivers)

    assert completed.code == 0
    assert command.document(completed) == expected(
        plain,
        {
            'id': 'removed-store',
            'object': 'sheep*',
            'reason': 'Empty since May.',
            'expires': '2999-12-31',
            'max_count': 1,
        },
        {
            'id': 'unknown-store',
            'reason': 'Our own driver; it is packaged.',
        },
        {'id': 'policy-json-implicit', 'reason': 'Größe: ☃'},
    )
    assert completed.stderr == f'glance-status: read {conf}\n'


def test_what_is_not_waived_still_counts(
    conf: pathlib.Path, plain: command.Completed, waivers: pathlib.Path
) -> None:
    waivers.write_text(
        '- {id: removed-store, reason: Empty.}\n'
        '- {id: policy-json-implicit, reason: Converted next week.}\n'
    )

    completed = check(conf, '--waivers', waivers)

    assert completed.code == 1
    assert command.document(completed) == expected(
        plain,
        {'id': 'removed-store', 'reason': 'Empty.'},
        {'id': 'policy-json-implicit', 'reason': 'Converted next week.'},
    )


def test_the_id_of_a_check_stands_for_all_that_it_finds(
    conf: pathlib.Path, plain: command.Completed, waivers: pathlib.Path
) -> None:
    waivers.write_text('- {id: store-backends, reason: All known.}\n')

    completed = check(conf, '--waivers', waivers)

    assert command.document(completed) == expected(
        plain,
        {'id': 'removed-store', 'reason': 'All known.'},
        {'id': 'unknown-store', 'reason': 'All known.'},
    )


def test_the_first_of_two_waivers_is_shown_and_neither_is_unused(
    conf: pathlib.Path, plain: command.Completed, waivers: pathlib.Path
) -> None:
    waivers.write_text(
        '- {id: removed-store, object: sheepdog, reason: First.}\n'
        '- {id: removed-store, reason: Second.}\n'
    )

    completed = check(conf, '--waivers', waivers)

    assert command.document(completed) == expected(
        plain,
        {'id': 'removed-store', 'object': 'sheepdog', 'reason': 'First.'},
    )


def test_the_configuration_names_waivers_and_the_command_line_others(
    conf: pathlib.Path, plain: command.Completed, waivers: pathlib.Path
) -> None:
    waivers.write_text('- {id: removed-store, reason: Configured.}\n')
    own = waivers.with_name('glance-status.conf')
    own.write_text(f'[upgrade_check]\nwaivers = {waivers}\n')
    other = waivers.with_name('other.yaml')
    other.write_text('- {id: unknown-store, reason: Given.}\n')
    sources = ('--config-file', conf, '--config-file', own)

    configured, given = (
        command.run(
            *(*sources, 'upgrade', 'check', '--json'), *command.FEW, *args
        )
        for args in ((), ('--waivers', other))
    )

    for completed, mark in (
        (configured, {'id': 'removed-store', 'reason': 'Configured.'}),
        (given, {'id': 'unknown-store', 'reason': 'Given.'}),
    ):
        report = expected(plain, mark)
        report['config_files'].append(str(own))
        found = command.document(completed)
        assert set(found['options']) - set(report['options']) == {
            'upgrade_check.waivers'
        }
        assert found | {'options': report['options']} == report


@pytest.mark.parametrize('content', ['', '# None yet.\n', '---\n', '[]\n'])
def test_a_file_without_entries_waives_nothing(
    conf: pathlib.Path,
    plain: command.Completed,
    waivers: pathlib.Path,
    content: str,
) -> None:
    waivers.write_text(content)
    completed = check(conf, '--waivers', waivers)
    assert command.document(completed) == expected(plain)


def test_waivers_can_come_through_a_pipe_and_with_a_byte_order_mark(
    conf: pathlib.Path, plain: command.Completed
) -> None:
    completed = check(
        conf,
        '--waivers',
        '/dev/stdin',
        stdin='\ufeff- {id: removed-store, reason: Empty.}\n',
    )
    assert command.document(completed) == expected(
        plain, {'id': 'removed-store', 'reason': 'Empty.'}
    )


TABLE = """\
Target: 2026.2 (33.0.0), as --target says
Source: unknown
+------------------------------------------------------------------------------+
| Upgrade Check Results                                                        |
+------------------------------------------------------------------------------+
| Success: Waivers                                                             |
|   - waiver-unused (Note)                                                     |
|     Entry 3, enabled-backends-syntax, matches nothing that was found.        |
|     Affected: 1: enabled-backends-syntax                                     |
|     Do: Remove the entry, or correct its `object` or `max_count`.            |
+------------------------------------------------------------------------------+
| Check: Store backends                                                        |
| Result: Warning                                                              |
| Details:                                                                     |
| - removed-store (Failure, since 20.0.0, waived until 2999-12-31: Empty.)     |
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
| {summary} |
| Next: Look at the warnings, then decide.                                     |
+------------------------------------------------------------------------------+
"""  # noqa: E501


def test_the_table_says_what_is_waived_until_when_and_why(
    waivers: pathlib.Path,
) -> None:
    stores = {'enabled_backends': 'dogs:sheepdog, odd:nosuch'}
    waivers.write_text(
        '- {id: removed-store, reason: Empty., expires: 2999-12-31}\n'
        '- {id: policy-json-implicit, reason: Of another node.}\n'
        '- {id: enabled-backends-syntax, reason: It was wrong.}\n'
    )

    with command.like_etc_glance() as etc:
        conf = command.deployment(etc, DEFAULT=stores)
        report, table = (
            command.run(
                *('--config-file', conf, 'upgrade', 'check', '--format', name),
                *('--check', 'store-backends', '--target', '2026.2'),
                *('--waivers', waivers),
            )
            for name in ('json', 'table')
        )

    rest = command.document(report)['summary']['not_run']
    summary = (
        f'Success: 1, Warning: 1, Failure: 0, Error: 0, Not run: {rest}, '
        'Waived: 1'
    )
    assert (table.code, command.in_etc_glance(table.stdout, etc)) == (
        1,
        TABLE.format(summary=summary.ljust(76)),
    )


# What is not


def today() -> datetime.date:
    """Return the day in UTC."""
    return datetime.datetime.now(datetime.timezone.utc).date()


# It is another day there than in UTC: before noon here, after ten there.
@pytest.mark.parametrize('zone', ['Etc/GMT+12', 'Etc/GMT-14'])
def test_a_waiver_holds_until_the_end_of_its_day_in_utc(
    conf: pathlib.Path, waivers: pathlib.Path, zone: str
) -> None:
    day, found = None, {}
    while day != today():
        day = today()
        for left in (0, -1):
            expires = day + datetime.timedelta(days=left)
            waivers.write_text(
                f'- {{id: removed-store, reason: r, expires: {expires}}}\n'
            )
            completed = check(conf, '--waivers', waivers, env={'TZ': zone})
            report = command.document(completed)
            found[left] = [
                report['summary']['waived'],
                *(item['id'] for item in row(report, 'waivers')['findings']),
            ]

    assert found == {0: [2], -1: [0, 'waiver-expired']}


YESTERDAY = today() - datetime.timedelta(days=1)
NO_ID = 'Correct the id.{} `glance-status upgrade list` shows them all.'.format


@pytest.mark.parametrize(
    ('entry', 'about'),
    [
        (
            f'{{id: removed-store, reason: r, expires: {YESTERDAY}}}',
            (
                'waiver-expired',
                1,
                f'Entry 1, removed-store, expired after {YESTERDAY}.',
                'Do what the finding says, or accept it anew with a later '
                'date.',
            ),
        ),
        *(
            (
                f'{{id: removed-store{reason}}}',
                (
                    'waiver-without-reason',
                    1,
                    'There is no reason in entry 1, removed-store.',
                    'Write down why the finding is accepted, as `reason`.',
                ),
            )
            for reason in ('', ', reason: ', ', reason: " "', ', reason: ~')
        ),
        (
            '{id: remove-store, reason: r}',
            (
                'waiver-unknown-id',
                1,
                'No finding has the id of entry 1, remove-store.',
                NO_ID(' Did you mean removed-store?'),
            ),
        ),
        (
            '{id: "*", reason: r}',
            (
                'waiver-unknown-id',
                1,
                'No finding has the id of entry 1, *.',
                NO_ID(''),
            ),
        ),
        (
            '{id: removed-store, object: SHEEP*, reason: r}',
            (
                'waiver-unused',
                0,
                'Entry 1, removed-store (SHEEP*), matches nothing that was '
                'found.',
                REMOVE,
            ),
        ),
        (
            '{id: removed-store, max_count: 0, reason: r}',
            (
                'waiver-unused',
                0,
                'Entry 1, removed-store, covers 0 at most, and 1 are '
                'affected.',
                REMOVE,
            ),
        ),
        (
            '{id: policy-json-implicit, object: "*", reason: r}',
            (
                'waiver-unused',
                0,
                'Entry 1, policy-json-implicit (*), matches nothing that was '
                'found.',
                REMOVE,
            ),
        ),
        (
            '{id: owner-is-tenant, reason: r}',
            (
                'waiver-unused',
                0,
                'Entry 1, owner-is-tenant, matches nothing that was found.',
                REMOVE,
            ),
        ),
    ],
)
def test_an_entry_that_covers_nothing_is_reported(
    conf: pathlib.Path,
    plain: command.Completed,
    waivers: pathlib.Path,
    entry: str,
    about: tuple[str, int, str, str],
) -> None:
    waivers.write_text(f'- {entry}\n')

    completed = check(conf, '--waivers', waivers)

    identity = about[2].split('entry 1, ')[-1].split('Entry 1, ')[-1]
    finding = defect(*about, of=identity.split()[0].rstrip('.,'))
    assert completed.code == 2
    assert command.document(completed) == expected(plain, about=[finding])


def test_a_defect_counts_where_all_else_is_well(
    conf: pathlib.Path, waivers: pathlib.Path
) -> None:
    waivers.write_text('- {id: no-such-thing, reason: r}\n')
    ownership = ('--check', 'image-ownership')

    codes = [
        check(conf, '--waivers', waivers, *args, selected=ownership).code
        for args in ((), ('--fail-level', 'failure'))
    ]

    assert codes == [1, 0]


def test_a_check_that_did_not_run_has_no_unused_waivers(
    conf: pathlib.Path, waivers: pathlib.Path
) -> None:
    waivers.write_text('- {id: removed-store, reason: Empty.}\n')

    report = command.document(
        check(conf, '--skip', 'store-backends', '--waivers', waivers)
    )

    assert row(report, 'waivers') == about_waivers()


@pytest.mark.parametrize(
    'args', [('--skip', 'removed-store'), ('--check', 'unknown-store')]
)
def test_a_finding_that_was_not_looked_for_has_no_unused_waivers(
    conf: pathlib.Path, waivers: pathlib.Path, args: tuple[str, ...]
) -> None:
    waivers.write_text('- {id: removed-store, reason: Empty.}\n')

    report = command.document(check(conf, '--waivers', waivers, selected=args))

    assert row(report, 'store-backends')['result'] == 1
    assert row(report, 'waivers') == about_waivers()


def test_what_is_said_of_waivers_can_be_left_out(
    conf: pathlib.Path, plain: command.Completed, waivers: pathlib.Path
) -> None:
    waivers.write_text('- {id: no-such-thing, reason: r}\n')

    finding, whole = (
        check(conf, '--waivers', waivers, '--skip', name)
        for name in ('waiver-unknown-*', 'waivers')
    )

    assert command.document(finding) == expected(plain)
    report = command.document(plain)
    report['not_run'].append(
        {
            'id': 'waivers',
            'check': 'Waivers',
            'plugin': 'glance',
            'cause': 'deselected',
            'reason': 'left out by the operator',
        }
    )
    report['summary']['not_run'] += 1
    assert command.document(whole) == report


@pytest.mark.parametrize('name', formatters.FORMATS)
def test_a_secret_of_the_configuration_is_masked_in_a_reason(
    tmp_path: pathlib.Path, waivers: pathlib.Path, name: str
) -> None:
    secret = 'Tr0ub4dor&3'
    conf = command.deployment(
        tmp_path,
        DEFAULT={
            'enabled_backends': 'dogs:sheepdog',
            'metadata_encryption_key': secret,
        },
    )
    waivers.write_text(
        f'- {{id: removed-store, reason: "The key is {secret}."}}\n'
        f'- {{id: unknown-store, object: "{secret}", reason: r}}\n'
        f'- {{id: "{secret}", reason: "mysql://a:h0rse-b4ttery@b/"}}\n'
    )

    completed = command.run(
        *('--config-file', conf, 'upgrade', 'check', '--debug'),
        *('--check', 'store-backends', '--waivers', waivers),
        *('--format', name, '--output', f'{name}:/dev/stderr'),
    )

    assert completed.code == 1
    assert 'waived' in completed.stdout.lower()
    for text in (completed.stdout, completed.stderr):
        assert re.findall('Tr0ub4dor|h0rse', text) == []


def test_a_check_that_broke_cannot_be_waived(
    tmp_path: pathlib.Path, waivers: pathlib.Path
) -> None:
    conf = command.deployment(
        tmp_path,
        'sqlite:////nonexistent/glance.sqlite',
        DEFAULT={'enabled_backends': 'dogs:sheepdog'},
    )
    waivers.write_text(
        '- {id: database-connection, reason: It never answers.}\n'
        '- {id: schema-revision, reason: It never answers.}\n'
        '- {id: db-revision, reason: Not today.}\n'
        '- {id: store-backends, reason: Empty.}\n'
    )

    before, after = check(conf), check(conf, '--waivers', waivers)

    report = command.document(before)
    broken = row(report, 'database-connection')
    waive(report, 'removed-store', reason='Empty.')
    row(report, 'store-backends')['result'] = 0
    report['checks'].append(about_waivers())
    report['summary'] |= {'failure': 0, 'waived': 1}
    report['summary']['success'] += 2
    assert (before.code, after.code, broken['result']) == (255, 255, 255)
    assert command.document(after) == report


# What is no waivers file

KEYS = 'id, object, reason, expires, max_count'


def bomb(depth: int) -> str:
    """Return entries each of which is nine of the one before."""
    lines = ['- &a0 {id: removed-store, reason: r}']
    for level in range(1, depth):
        lines.append(
            f'- &a{level} {{<<: [{", ".join([f"*a{level - 1}"] * 9)}]}}'
        )
    return '\n'.join(lines)


@pytest.mark.parametrize(
    ('content', 'complaint'),
    [
        (
            'removed-store: Empty.',
            f': a list of entries is expected, each with {KEYS}.',
        ),
        ('Empty.', f': a list of entries is expected, each with {KEYS}.'),
        (
            '- removed-store',
            f': entry 1: keys and values are expected: {KEYS}.',
        ),
        (
            '- {id: a, reason: b}\n- {id: a, reson: b}',
            f': entry 2: unknown key reson; known: {KEYS}.',
        ),
        ('- {id: a, id: b}', ': entry 1: id is there twice.'),
        ('- {reason: b}', ': entry 1: id is missing.'),
        ('- {id: 7}', ': entry 1: id is no text.'),
        ('- {id: a, reason: [b]}', ': entry 1: reason is no text.'),
        ('- {id: a, reason: !!str [b]}', ': entry 1: reason is no text.'),
        *(
            (
                f'- {{id: a, expires: {value}}}',
                ': entry 1: expires is no date like 2026-12-31.',
            )
            for value in (
                'soon',
                '2026-13-45',
                '20261231',
                '"20261231"',
                '2026-12-31T10:00:00Z',
                '31.12.2026',
                '[2026-12-31]',
            )
        ),
        *(
            (
                f'- {{id: a, max_count: {value}}}',
                ': entry 1: max_count is no number from 0 on.',
            )
            for value in (
                '-1',
                '1.5',
                '010',
                '0x10',
                'yes',
                '"12"',
                '9' * 5000,
                '1' + ':1' * 50_000,
            )
        ),
        ('- {id: a', ', line 1: not YAML.'),
        ('- id: a\n\tobject: b', ', line 2: not YAML.'),
        ('- {id: a}\n---\n- {id: b}', ', line 2: not YAML.'),
        (
            '- id: a\n  object: *.raw\n',
            ', line 2: not YAML; a text that begins with * needs quotes.',
        ),
        (
            '- !!python/object/apply:os.system [id]',
            f': entry 1: keys and values are expected: {KEYS}.',
        ),
        ('- !!python/object:os.system {}', ', line 1: not YAML.'),
        ('- {id: !!python/name:os.system a}', ': entry 1: id is no text.'),
        (bomb(30), f': entry 2: unknown key <<; known: {KEYS}.'),
        ('- &a [*a]', f': entry 1: keys and values are expected: {KEYS}.'),
        ('- &a {id: *a}', ': entry 1: id is no text.'),
        (
            '- {"\\e[2J": b}',
            rf": entry 1: unknown key '\x1b[2J'; known: {KEYS}.",
        ),
        ('[' * 200_000, ': not YAML.'),
        ('- ' * 100_000, ': not YAML.'),
        ('- {? ' * 50_000, ', line 1: not YAML.'),
        ('\0', ': not YAML.'),
        (
            '- {id: a, reason: b}\n' * 500_000,
            ' is larger than 256 KiB: no waivers file.',
        ),
        (b'\xff\xfe-\0 \0', ' is not UTF-8 text.'),
        (bytes(range(256)) * 100, ' is not UTF-8 text.'),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_no_waivers_file_is_a_line_and_an_error(
    conf: pathlib.Path,
    waivers: pathlib.Path,
    content: str | bytes,
    complaint: str,
) -> None:
    waivers.write_bytes(
        content.encode() if isinstance(content, str) else content
    )

    completed = check(conf, '--waivers', waivers, timeout=SOON)

    assert completed == command.Completed(
        255,
        '',
        f'glance-status: read {conf}\nglance-status: {waivers}{complaint}\n',
    )


def test_a_file_of_the_largest_size_is_read_in_time(
    conf: pathlib.Path, plain: command.Completed, waivers: pathlib.Path
) -> None:
    entry = '- {id: removed-store, reason: Empty.}\n'
    waivers.write_text(entry * (2**18 // len(entry)))
    completed = check(conf, '--waivers', waivers, timeout=SOON)
    assert command.document(completed) == expected(
        plain, {'id': 'removed-store', 'reason': 'Empty.'}
    )


@pytest.mark.parametrize(
    ('name', 'complaint'),
    [
        ('missing.yaml', ': No such file or directory.'),
        ('.', ': Is a directory.'),
        ('waivers.yaml/x', ': Not a directory.'),
        ('x' * 300, ': File name too long.'),
        ('~/waivers.yaml', ': Not a directory.'),
    ],
)
def test_a_file_that_is_not_there_is_named(
    conf: pathlib.Path, waivers: pathlib.Path, name: str, complaint: str
) -> None:
    waivers.touch()
    completed = check(conf, '--waivers', name, cwd=waivers.parent)
    assert completed == command.Completed(
        255,
        '',
        f'glance-status: read {conf}\nglance-status: {name}{complaint}\n',
    )


def test_the_home_directory_is_found(
    conf: pathlib.Path, plain: command.Completed, waivers: pathlib.Path
) -> None:
    waivers.write_text('- {id: removed-store, reason: Empty.}\n')
    completed = check(
        *(conf, '--waivers', '~/waivers.yaml'),
        env={'HOME': str(waivers.parent)},
    )
    assert command.document(completed) == expected(
        plain, {'id': 'removed-store', 'reason': 'Empty.'}
    )


def test_a_file_that_may_not_be_read_is_named(
    conf: pathlib.Path, waivers: pathlib.Path
) -> None:
    waivers.write_text('- {id: removed-store, reason: Empty.}\n')
    waivers.chmod(0)
    prefix: tuple[str, ...] = ()
    if os.geteuid() == 0:
        if not shutil.which('setpriv'):
            raise unittest.SkipTest('root reads all; there is no setpriv')
        # Root reads it all the same, without these rights of root's.
        dropped = '-dac_override,-dac_read_search'
        prefix = (
            'setpriv',
            f'--bounding-set={dropped}',
            f'--inh-caps={dropped}',
        )

    completed = check(conf, '--waivers', waivers, prefix=prefix)

    assert completed == command.Completed(
        255,
        '',
        f'glance-status: read {conf}\n'
        f'glance-status: {waivers}: Permission denied.\n',
    )


def test_the_format_of_monitoring_is_unknown_where_waivers_cannot_be_read(
    conf: pathlib.Path, waivers: pathlib.Path
) -> None:
    completed = command.run(
        *('--config-file', conf, 'upgrade', 'check'),
        *('--format', 'nagios', '--waivers', waivers),
    )
    assert completed == command.Completed(
        3,
        '',
        f'glance-status: read {conf}\n'
        f'glance-status: {waivers}: No such file or directory.\n',
    )
