# SPDX-License-Identifier: Apache-2.0
"""Tests of what the command line takes, refuses, and says about it."""

import json
import pathlib
import shutil
import subprocess
import sys
import typing

import pytest

from glance_status import formatters
from tests.functional import command, glance_databases

SEE = 'See `glance-status --help`.'
COMMANDS = 'check, list, explain, plan, merge'
FORMATS = ', '.join(formatters.FORMATS)
SEE_UPGRADE = 'See `glance-status upgrade --help`.'
SEE_CHECK = 'See `glance-status upgrade check --help`.'
SEE_LIST = 'See `glance-status upgrade list --help`.'
SEE_EXPLAIN = 'See `glance-status upgrade explain --help`.'


def refused(*args: str) -> str:
    """Return the one line with which a command line is refused."""
    completed = command.run(*args)
    assert (completed.code, completed.stdout) == (255, '')
    line = completed.stderr.removeprefix('glance-status: ')
    assert line.endswith('\n')
    assert line.count('\n') == 1
    return line.removesuffix('\n')


@pytest.fixture(scope='module')
def healthy(tmp_path_factory: pytest.TempPathFactory) -> typing.Any:
    """The configuration of a deployment in which all is well."""
    directory = tmp_path_factory.mktemp('healthy')
    with glance_databases.database('sqlite', 'up_to_date', directory) as url:
        yield command.deployment(directory, url)


# Usage and version


@pytest.mark.parametrize(
    ('words', 'first'),
    [
        ((), 'usage: glance-status [-h] [--version]'),
        (('-h',), 'usage: glance-status [-h] [--version]'),
        (('--help',), 'usage: glance-status [-h] [--version]'),
        (('upgrade',), 'usage: glance-status upgrade [-h] COMMAND ...\n'),
        (('upgrade', '-h'), 'usage: glance-status upgrade [-h] COMMAND ...\n'),
        (('upgrade', 'check', '-h'), 'usage: glance-status upgrade check'),
        (('upgrade', 'list', '-h'), 'usage: glance-status upgrade list'),
        (('upgrade', 'explain', '-h'), 'usage: glance-status upgrade explain'),
    ],
)
def test_usage_is_shown_at_every_level(
    words: tuple[str, ...], first: str
) -> None:
    completed = command.run(*words)

    assert (completed.code, completed.stderr) == (0, '')
    assert completed.stdout.startswith(first)
    assert max(map(len, completed.stdout.splitlines())) <= 80


def test_upgrade_alone_lists_its_commands() -> None:
    assert command.run('upgrade') == command.Completed(
        0,
        'usage: glance-status upgrade [-h] COMMAND ...\n'
        '\n'
        'Commands that concern an upgrade of Glance.\n'
        '\n'
        'positional arguments:\n'
        '  COMMAND\n'
        '    check     run all checks and report\n'
        '    list      list the checks and what each may find\n'
        '    explain   explain a check or a finding\n'
        '    plan      show the way to the target, step by step\n'
        '    merge     make one report of the reports of many nodes\n'
        '\n'
        'options:\n'
        '  -h, --help  show this help message and exit\n',
        '',
    )


def test_usage_alone_and_asked_for_are_the_same() -> None:
    assert command.run() == command.run('--help')
    assert command.run('upgrade') == command.run('upgrade', '--help')


@pytest.mark.parametrize('columns', ['0', '1', '10', '20', '40', 'many'])
def test_usage_is_shown_in_a_narrow_terminal(columns: str) -> None:
    completed = command.run('upgrade', 'check', '-h', env={'COLUMNS': columns})

    assert (completed.code, completed.stderr) == (0, '')
    assert '--target' in completed.stdout


@pytest.mark.parametrize(
    'words', [('--version',), ('--version', 'upgrade', 'check')]
)
def test_version_is_that_of_the_distribution(words: tuple[str, ...]) -> None:
    script = (
        'import importlib.metadata as m; print(m.version("glance-status"))'
    )
    version = subprocess.check_output(
        [sys.executable, '-I', '-c', script], text=True
    ).strip()

    assert command.run(*words) == command.Completed(
        0, f'glance-status {version}\n', ''
    )


# Words and options that are none


@pytest.mark.parametrize(
    ('words', 'line'),
    [
        (
            ('upgrad',),
            "argument CATEGORY: 'upgrad' is none of upgrade. Did you mean "
            f'upgrade? {SEE}',
        ),
        (
            ('UPGRADE',),
            "argument CATEGORY: 'UPGRADE' is none of upgrade. Did you mean "
            f'upgrade? {SEE}',
        ),
        (
            ('check',),
            "argument CATEGORY: 'check' is none of upgrade. check belongs "
            f'after `glance-status upgrade`. {SEE}',
        ),
        (('',), f"argument CATEGORY: '' is none of upgrade. {SEE}"),
        (("it's",), f'argument CATEGORY: "it\'s" is none of upgrade. {SEE}'),
        (
            ('upgrade', 'chek'),
            f"argument COMMAND: 'chek' is none of {COMMANDS}. Did "
            f'you mean check? {SEE_UPGRADE}',
        ),
        (
            ('upgrade', 'che\nck'),
            f"argument COMMAND: 'che\\nck' is none of {COMMANDS}. "
            f'Did you mean check? {SEE_UPGRADE}',
        ),
        (
            ('upgrade', 'lst'),
            f"argument COMMAND: 'lst' is none of {COMMANDS}. Did "
            f'you mean list? {SEE_UPGRADE}',
        ),
        (
            ('upgrade', 'check', 'images'),
            f"'images' is a word too many. {SEE_CHECK}",
        ),
        (
            ('upgrade', 'explain'),
            f'the following arguments are required: ID. {SEE_EXPLAIN}',
        ),
        (
            ('upgrade', 'explain', 'policy-file', 'store-backends'),
            f"'store-backends' is a word too many. {SEE_EXPLAIN}",
        ),
    ],
)
def test_a_word_that_is_none_is_refused_with_the_near_miss(
    words: tuple[str, ...], line: str
) -> None:
    assert refused(*words) == line


@pytest.mark.parametrize(
    ('option', 'near'),
    [
        ('--jsn', '--json'),
        ('--fromat', '--format'),
        ('--targte', '--target'),
        ('--fail-leve', '--fail-level'),
        ('--config_file', '--config-file'),
        ('--name-space', '--namespace'),
        ('--JSON', '--json'),
        # What other tools would take for an abbreviation.
        ('--targ', '--target'),
        ('--config-f', '--config-file'),
        ('--vers', '--version'),
        ('--verb', '--verbose'),
    ],
)
@pytest.mark.parametrize('value', [(), ('x',)])
@pytest.mark.parametrize('before', [False, True])
def test_an_option_that_is_none_is_refused_with_the_near_miss(
    option: str, near: str, value: tuple[str, ...], before: bool
) -> None:
    words = ('upgrade', 'check')
    line = (option, *value, *words) if before else (*words, option, *value)

    assert refused(*line) == (
        f"there is no option '{option}'. Did you mean {near}? {SEE}"
    )


def test_an_option_that_is_like_no_other_is_refused() -> None:
    assert refused('upgrade', 'check', '--xyzzy=1') == (
        f"there is no option '--xyzzy'. {SEE}"
    )
    assert refused('upgrade', 'check', '-x') == (
        f"there is no option '-x'. {SEE_CHECK}"
    )


@pytest.mark.parametrize(
    ('words', 'line'),
    [
        (
            ('--target', '28', 'upgrade', 'check'),
            '--target belongs after `glance-status upgrade check` or '
            f'`glance-status upgrade plan`. {SEE}',
        ),
        (
            ('upgrade', '--target', 'check'),
            '--target belongs after `glance-status upgrade check` or '
            f'`glance-status upgrade plan`. {SEE_CHECK}',
        ),
        (
            ('upgrade', 'list', '--fail-level=failure'),
            '--fail-level belongs after `glance-status upgrade check`. '
            f'{SEE_LIST}',
        ),
        (
            ('upgrade', 'check', '--version'),
            f'--version belongs after `glance-status`. {SEE_CHECK}',
        ),
        (
            ('--json', 'upgrade', 'check'),
            '--json belongs after `glance-status upgrade check` or '
            '`glance-status upgrade list` or `glance-status upgrade plan` or '
            f'`glance-status upgrade merge`. {SEE}',
        ),
    ],
)
def test_an_option_in_the_wrong_place_is_refused_with_the_right_one(
    words: tuple[str, ...], line: str
) -> None:
    assert refused(*words) == line


# Values


@pytest.mark.parametrize(
    ('words', 'line'),
    [
        (
            ('--format', 'jso'),
            f"argument --format: 'jso' is none of {FORMATS}. Did you mean "
            'json?',
        ),
        (
            ('--before', 'restrat'),
            "argument --before: 'restrat' is none of sync, restart. Did you "
            'mean restart?',
        ),
        (
            ('--fail-level', 'Failure'),
            "argument --fail-level: 'Failure' is none of warning, failure. "
            'Did you mean failure?',
        ),
        (
            ('--json', '--format', 'table'),
            'argument --format: not allowed with argument --json.',
        ),
        (
            ('--format', 'table', '--json'),
            'argument --json: not allowed with argument --format.',
        ),
        (('--target',), 'argument --target: expected one argument.'),
        (('--target', '--json'), 'argument --target: expected one argument.'),
        (
            ('--replica=yes',),
            "argument --replica: ignored explicit argument 'yes'.",
        ),
    ],
)
def test_a_value_that_is_none_is_refused(
    words: tuple[str, ...], line: str
) -> None:
    assert refused('upgrade', 'check', *words) == f'{line} {SEE_CHECK}'


@pytest.mark.parametrize(
    'option',
    [
        '--target',
        '--from',
        '--check',
        '--skip',
        '--namespace',
        '--config-file',
        '--config-dir',
    ],
)
@pytest.mark.parametrize('value', ['', ' '])
def test_the_empty_value_of_an_unset_variable_is_refused(
    option: str, value: str
) -> None:
    assert refused('upgrade', 'check', option, value) == (
        f'argument {option}: its value is empty. {SEE_CHECK}'
    )


@pytest.mark.parametrize('option', ['--timeout', '--deadline'])
@pytest.mark.parametrize(
    'value', ['0', '-5', 'nan', 'inf', '1e9', 'soon', '60s', '', '0x10']
)
def test_a_time_that_is_none_is_refused(option: str, value: str) -> None:
    assert refused('upgrade', 'check', option, value) == (
        f'argument {option}: {value!r} is not a number of seconds from 0.1 '
        f'to 86400. {SEE_CHECK}'
    )


# Releases


@pytest.mark.parametrize(
    ('word', 'release', 'version'),
    [
        ('stein', 'Stein', '18.0.0'),
        ('STEIN', 'Stein', '18.0.0'),
        ('Caracal', '2024.1', '28.0.0'),
        ('2024.1', '2024.1', '28.0.0'),
        ('2024.1 Caracal', '2024.1', '28.0.0'),
        ('28.0.0', '2024.1', '28.0.0'),
        ('28.1.2', '2024.1', '28.0.0'),
        ('28', '2024.1', '28.0.0'),
        ('v28', '2024.1', '28.0.0'),
        ('28.0.0.0rc1', '2024.1', '28.0.0'),
        (' 28 ', '2024.1', '28.0.0'),
    ],
)
def test_a_target_may_be_a_name_a_cycle_or_a_version(
    healthy: pathlib.Path, word: str, release: str, version: str
) -> None:
    completed = command.run(
        '--config-file',
        healthy,
        'upgrade',
        'check',
        '--json',
        f'--target={word}',
        '--check',
        'policy-file',
    )

    assert command.document(completed)['target'] == {
        'release': release,
        'version': version,
        'origin': 'option',
    }


@pytest.mark.parametrize('word', ['bobcat', '2023.2', '27.0.0', '27'])
def test_a_source_may_be_a_name_a_cycle_or_a_version(
    healthy: pathlib.Path, word: str
) -> None:
    completed = command.run(
        '--config-file',
        healthy,
        'upgrade',
        'check',
        '--json',
        '--from',
        word,
    )

    assert command.document(completed)['source'] == {
        'releases': ['2023.2'],
        'schema_revisions': ['2024_1_contract01'],
    }


@pytest.mark.parametrize('option', ['--target', '--from'])
def test_an_unknown_release_is_refused_and_the_known_ones_are_listed(
    healthy: pathlib.Path, option: str
) -> None:
    completed = command.run(
        '--config-file', healthy, 'upgrade', 'check', option, 'Caracall'
    )

    assert (completed.code, completed.stdout) == (255, '')
    read, line = completed.stderr.splitlines()
    assert read == f'glance-status: read {healthy}'
    assert line.startswith(
        "glance-status: unknown release 'Caracall' (did you mean "
        "'Caracal'?); known: "
    )
    for known in ('Stein (18)', '2024.1 Caracal (28)', '2026.2'):
        assert known in line


@pytest.mark.parametrize('word', ['17', '99', '1', 'kilo', 'latest', '-1'])
def test_a_release_beyond_those_known_is_no_target(
    healthy: pathlib.Path, word: str
) -> None:
    completed = command.run(
        '--config-file', healthy, 'upgrade', 'check', '--target', word
    )

    assert (completed.code, completed.stdout) == (255, '')
    assert f'unknown release {word!r}' in completed.stderr


def test_the_report_says_where_the_target_comes_from(
    healthy: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    configured = tmp_path / 'target.conf'
    configured.write_text('[upgrade_check]\ntarget = caracal\n')
    base = ('--config-file', str(healthy))
    words = ('upgrade', 'check', '--check', 'policy-file')

    first_lines = [
        command.run(*args).stdout.splitlines()[0]
        for args in (
            (*base, *words),
            (*base, '--config-file', str(configured), *words),
            (
                *base,
                '--config-file',
                str(configured),
                *words,
                '--target',
                'Dalmatian',
            ),
        )
    ]

    newest, in_file, on_line = first_lines
    assert newest.endswith(', the newest that this tool knows')
    assert in_file == (
        'Target: 2024.1 (28.0.0), as [upgrade_check] target says'
    )
    assert on_line == 'Target: 2024.2 (29.0.0), as --target says'


# Which checks


def ran(healthy: pathlib.Path, *args: str) -> tuple[int, list[str], list[str]]:
    """Return the exit code, what was looked at, and what was deselected."""
    completed = command.run(
        '--config-file', healthy, 'upgrade', 'check', '--json', *args
    )
    report = command.document(completed)
    causes: dict[str, list[str]] = {'inapplicable': [], 'deselected': []}
    for row in report['not_run']:
        causes[row['cause']].append(row['id'])
    looked_at = [row['id'] for row in report['checks']]
    return (
        completed.code,
        sorted(looked_at + causes['inapplicable']),
        sorted(causes['deselected']),
    )


@pytest.fixture(scope='module')
def ids() -> list[str]:
    """The ids of all checks that are installed."""
    listed = json.loads(command.run('upgrade', 'list', '--json').stdout)
    return sorted(check['id'] for check in listed['checks'])


@pytest.mark.parametrize(
    ('args', 'expected'),
    [
        (('--check', 'policy-file'), ['policy-file']),
        (('--check=policy-json-explicit',), ['policy-file']),
        (('--check', 'upgrade-p*'), ['upgrade-path']),
        (('--check', '*-json-*'), ['policy-file']),
        (('--check', '[p]olicy-fil?'), ['policy-file']),
        (
            ('--check', 'policy-file', '--check', 'removed-store'),
            ['policy-file', 'store-backends'],
        ),
        (
            ('--check', 'policy-file', '--check', 'policy-file'),
            ['policy-file'],
        ),
        (
            ('--check=policy-file', '--check=image-ownership', '--skip=im*'),
            ['policy-file'],
        ),
        (
            ('--check', 'policy-file', '--skip', 'policy-json-*'),
            ['policy-file'],
        ),
    ],
)
def test_only_the_checks_that_were_asked_for_run(
    healthy: pathlib.Path,
    ids: list[str],
    args: tuple[str, ...],
    expected: list[str],
) -> None:
    assert ran(healthy, *args) == (
        0,
        expected,
        sorted(set(ids) - set(expected)),
    )


def test_what_is_skipped_does_not_run(
    healthy: pathlib.Path, ids: list[str]
) -> None:
    assert ran(healthy, '--skip', 'policy-file') == (
        0,
        [name for name in ids if name != 'policy-file'],
        ['policy-file'],
    )


def test_a_check_all_of_whose_findings_are_skipped_does_not_run(
    healthy: pathlib.Path,
) -> None:
    assert 'policy-file' in ran(healthy, '--skip', 'policy-*')[2]


def test_a_finding_that_is_skipped_does_not_show(
    healthy: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    shutil.copy(healthy, tmp_path / 'glance-api.conf')
    stores = tmp_path / 'stores.conf'
    stores.write_text('[DEFAULT]\nenabled_backends = a:sheepdog, b:nodrive\n')
    args = (
        '--config-file',
        tmp_path / 'glance-api.conf',
        '--config-file',
        stores,
        'upgrade',
        'check',
        '--json',
        '--check',
        'store-backends',
    )

    both = command.run(*args)
    one = command.run(*args, '--skip', 'removed-store')
    none = command.run(*args, '--skip', 'removed-store,unknown-store')

    assert both.code == 2
    assert [
        item['id'] for item in command.document(both)['checks'][0]['findings']
    ] == ['removed-store', 'unknown-store']
    assert one.code == 1
    (row,) = command.document(one)['checks']
    assert [item['id'] for item in row['findings']] == ['unknown-store']
    assert 'sheepdog' not in row['details']
    assert none.code == 255


@pytest.mark.parametrize('option', ['--check', '--skip'])
@pytest.mark.parametrize(
    ('word', 'near'),
    [
        ('policy-fiel', ' Did you mean policy-file?'),
        ('policy_file', ' Did you mean policy-file?'),
        ('Policy-File', ' Did you mean policy-file?'),
        ('xyzzy-*', ''),
    ],
)
def test_an_unknown_id_is_refused_with_the_near_miss(
    healthy: pathlib.Path, option: str, word: str, near: str
) -> None:
    completed = command.run(
        '--config-file', healthy, 'upgrade', 'check', option, word
    )

    assert completed == command.Completed(
        255,
        '',
        f'glance-status: read {healthy}\n'
        f"glance-status: no check and no finding has the id '{word}'.{near} "
        '`glance-status upgrade list` shows them all.\n',
    )


@pytest.mark.parametrize(
    'args', [('--skip', '*'), ('--check', 'policy-*', '--skip', 'policy-*')]
)
def test_nothing_selected_is_refused(
    healthy: pathlib.Path, args: tuple[str, ...]
) -> None:
    completed = command.run(
        '--config-file', healthy, 'upgrade', 'check', *args
    )

    assert completed == command.Completed(
        255,
        '',
        f'glance-status: read {healthy}\n'
        'glance-status: nothing is left to check: --skip leaves out all\n',
    )


def test_an_unknown_id_is_not_explained() -> None:
    assert refused('upgrade', 'explain', 'removed-stor') == (
        'no check and no finding has the id removed-stor. Did you mean '
        'removed-store? `glance-status upgrade list` shows them all.'
    )


def test_a_namespace_without_plug_ins_is_refused(
    healthy: pathlib.Path,
) -> None:
    completed = command.run(
        '--config-file', healthy, 'upgrade', 'check', '--namespace', 'none.*'
    )

    assert completed == command.Completed(
        255,
        '',
        f'glance-status: read {healthy}\n'
        'glance-status: no plug-in is installed in the namespace none.*.\n',
    )


# Repeated, and equivalent


def test_of_a_repeated_option_the_last_decides(healthy: pathlib.Path) -> None:
    completed = command.run(
        '--config-file',
        healthy,
        'upgrade',
        'check',
        '--json',
        '--target',
        'stein',
        '--target',
        '28',
        '--json',
        '--check',
        'policy-file',
    )

    assert command.document(completed)['target']['version'] == '28.0.0'


def test_json_is_format_json(healthy: pathlib.Path) -> None:
    documents = [
        command.document(
            command.run('--config-file', healthy, 'upgrade', 'check', *args)
        )
        for args in (('--json',), ('--format', 'json'), ('--format=json',))
    ]

    assert documents[0] == documents[1] == documents[2]
    assert documents[0]['exit_code'] == 0
    assert (
        command.run('upgrade', 'list', '--json').stdout
        == command.run('upgrade', 'list', '--format', 'json').stdout
    )


# Exit codes


@pytest.mark.parametrize(
    ('backends', 'level', 'code', 'outcome'),
    [
        ('a:file', 'warning', 0, 'success'),
        ('a:nodriver', 'warning', 1, 'warning'),
        ('a:sheepdog', 'warning', 2, 'failure'),
        ('a:file', 'failure', 0, 'success'),
        ('a:nodriver', 'failure', 0, 'warning'),
        ('a:sheepdog', 'failure', 2, 'failure'),
    ],
)
def test_the_worst_result_and_the_level_give_the_exit_code(
    healthy: pathlib.Path,
    tmp_path: pathlib.Path,
    backends: str,
    level: str,
    code: int,
    outcome: str,
) -> None:
    stores = command.deployment(
        tmp_path, DEFAULT={'enabled_backends': backends}
    )
    args = (
        '--config-file',
        healthy,
        '--config-file',
        stores,
        'upgrade',
        'check',
        '--fail-level',
        level,
        *command.FEW,
    )

    completed = command.run(*args, '--json')
    report = command.document(completed)

    assert (completed.code, report['exit_code']) == (code, code)
    assert (report['outcome'], report['complete']) == (outcome, True)
    assert command.run(*args).code == code


@pytest.mark.parametrize('level', ['warning', 'failure'])
def test_a_database_out_of_reach_is_255_at_every_level(
    tmp_path: pathlib.Path, level: str
) -> None:
    path = command.deployment(
        tmp_path,
        f'sqlite:///{tmp_path}/none.sqlite',
        DEFAULT={'enabled_backends': 'a:sheepdog'},
    )

    completed = command.run(
        '--config-file',
        path,
        'upgrade',
        'check',
        '--json',
        '--fail-level',
        level,
        *command.FEW,
    )
    report = command.document(completed)

    assert (completed.code, report['exit_code']) == (255, 255)
    assert (report['outcome'], report['complete']) == ('error', False)
    assert report['summary']['failure'] == 1
