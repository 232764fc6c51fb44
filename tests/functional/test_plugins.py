# SPDX-License-Identifier: Apache-2.0
"""Plug-ins in the installed command, whatever is wrong with them.

They are distributions of their own, under ``plugins/``, which pip builds and
installs. Most have an entry-point group of their own for ``--namespace``.
"""

import collections
import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import abc
from typing import Any

import pytest

from tests.functional import command, glance_databases

SOURCES = pathlib.Path(__file__).parent / 'plugins'
KEY = 'pL4in-secret-key'
GRANTED = 0, 1, 2, 255
OUTCOMES = dict(
    zip(GRANTED, ('success', 'warning', 'failure', 'error'), strict=True)
)

Row = dict[str, Any]


@pytest.fixture(scope='session')
def installed(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """Install the plug-ins; return where the directories of them are."""
    directory = tmp_path_factory.mktemp('plugins')
    # The build leaves files beside the sources.
    sources = directory / 'sources'
    shutil.copytree(SOURCES, sources)
    _pip(directory, 'setuptools', 'setuptools>=70.1')
    for name, trees in {
        'named': ('broken', 'good', 'twins/one', 'twins/two'),
        'default': ('default',),
    }.items():
        paths = [str(sources / tree) for tree in trees]
        _pip(directory, name, '--no-build-isolation', *paths)
    return directory


def _pip(directory: pathlib.Path, target: str, *args: str) -> None:
    done = subprocess.run(
        (
            *(sys.executable, '-m', 'pip', 'install', '--quiet', '--no-deps'),
            *('--target', str(directory / target), *args),
        ),
        env=os.environ | {'PYTHONPATH': str(directory / 'setuptools')},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope='session')
def conf(
    tmp_path_factory: pytest.TempPathFactory,
) -> abc.Iterator[pathlib.Path]:
    """Give a deployment with which all is well."""
    directory = tmp_path_factory.mktemp('deployment')
    with _deployment('sqlite', directory) as path:
        yield path


@contextlib.contextmanager
def _deployment(
    server: str, directory: pathlib.Path
) -> abc.Iterator[pathlib.Path]:
    with glance_databases.database(server, 'up_to_date', directory) as url:
        yield command.deployment(directory, url, my_site={'secret_key': KEY})


@pytest.fixture(scope='session')
def without(conf: pathlib.Path) -> Row:
    """Return the report without any plug-in."""
    return command.document(
        command.run('--config-file', conf, 'upgrade', 'check', '--json')
    )


@pytest.fixture
def check(
    installed: pathlib.Path, conf: pathlib.Path, tmp_path: pathlib.Path
) -> abc.Callable[..., command.Completed]:
    """Return what runs ``upgrade check --json`` with plug-ins."""

    def run(
        *namespaces: str,
        args: abc.Sequence[str] = ('--json',),
        file: pathlib.Path = conf,
        directory: str = 'named',
        prefix: abc.Sequence[str] = (),
    ) -> command.Completed:
        return command.run(
            '--config-file',
            file,
            'upgrade',
            'check',
            *(
                f'--namespace={namespace.replace("-", "_")}'
                for namespace in namespaces
            ),
            *args,
            env={
                'PYTHONPATH': str(installed / directory),
                'PID_FILE': str(tmp_path / 'pid'),
            },
            cwd=tmp_path,
            prefix=prefix,
            but=[tmp_path / 'pid'],
        )

    return run


def _with(
    report: Row, rows: abc.Sequence[Row], not_run: abc.Sequence[Row] = ()
) -> Row:
    """Return the report as it is with these rows at its end."""
    checks = [*report['checks'], *rows]
    counts = collections.Counter(OUTCOMES[row['result']] for row in checks)
    code = max(row['result'] for row in checks)
    return {
        **report,
        'outcome': OUTCOMES[code],
        'exit_code': code,
        'complete': code != 255,
        'summary': {
            **{name: counts[name] for name in OUTCOMES.values()},
            'not_run': len(report['not_run']) + len(not_run),
            'waived': 0,
        },
        'checks': checks,
        'not_run': [*report['not_run'], *not_run],
    }


def _row(
    id: str,
    check: str,
    details: str | None,
    result: int = 0,
    findings: abc.Sequence[Row] = (),
    plugin: str | None = None,
) -> Row:
    return {
        'check': check,
        'result': result,
        'details': details,
        'id': id,
        'plugin': plugin or id.partition(':')[0],
        'duration': 0.0,
        'findings': list(findings),
    }


def _finding(id: str, result: int, message: str, **more: Any) -> Row:
    return {
        'id': id,
        'result': result,
        'message': message,
        'remediation': None,
        'since': None,
        'reference': None,
        'affected': None,
        'state': 'active',
        'waiver': None,
        **more,
    }


def _good(plugin: str) -> Row:
    return _row(f'{plugin}:good', 'Good', 'fine')


def _broken_check(plugin: str, reason: str) -> Row:
    return _row(
        f'{plugin}:broken',
        'Broken',
        f'The check broke (plug-in {plugin} of the distribution '
        f'glance-status-broken): {reason}',
        255,
    )


def _broken_plugin(
    plugin: str, *problems: str, distribution: str = 'glance-status-broken'
) -> Row:
    listed = '\n'.join(problems)
    return _row(
        f'{plugin}:plug-in',
        f'Plug-in {plugin}',
        f'The plug-in {plugin} of the distribution {distribution} is broken:\n'
        f'{listed}\nUpdate or uninstall {distribution}, or leave it out with '
        f"`--skip '{plugin}:*'`.",
        255,
    )


def _assert_is(
    done: command.Completed, report: Row, conf: pathlib.Path
) -> None:
    assert command.document(done) == report
    assert (done.code, done.stderr) == (
        report['exit_code'],
        f'glance-status: read {conf}\n',
    )
    assert KEY not in done.stdout


# Plug-ins that cannot be imported, or do not say what their checks are


IMPORTS = {
    'missing': 'cannot be loaded: ModuleNotFoundError: No module named '
    "'glance_status_has_no_such_module'",
    'syntax': "cannot be loaded: SyntaxError: 'return' outside function "
    '(syntax.py, line 4)',
    'asserts': 'cannot be loaded: AssertionError: wrong release',
    'exits': 'cannot be loaded: SystemExit: 0',
    'command_line': 'cannot be loaded: SystemExit: 2',
    'empty': 'cannot be loaded: AttributeError: module '
    "'broken.imports.empty' has no attribute 'Checks'",
}
DIES = {
    'imports-ends': 'it did not load: its process ended in the middle of it '
    '(exit code 0)',
    'imports-crashes': 'it did not load: its process was killed by signal 11 '
    '(Segmentation fault)',
    'imports-hangs': 'it did not load within 1 seconds',
    'loads-endless': 'it did not load within 1 seconds',
    'loads-unsendable': 'it did not load: its answer cannot be sent: '
    "TypeError: 'NoneType' object is not iterable",
}
LOADS = {
    'needy': 'cannot be loaded: TypeError: Needy.__init__() missing 1 '
    "required positional argument: 'wanted'",
    'failing': 'cannot be loaded: RuntimeError: made in vain',
    'without': 'has no get_checks()',
    'unfinished': 'failed: NotImplementedError',
    'raises': 'failed: RuntimeError: no checks today',
    'exits': 'failed: SystemExit: 0',
    'nothing': "failed: TypeError: 'NoneType' object is not iterable",
    'number': "failed: TypeError: 'int' object is not iterable",
}


@pytest.mark.parametrize('name', IMPORTS)
def test_a_plug_in_that_does_not_import_is_a_row(
    name: str, check: Any, without: Row, conf: pathlib.Path
) -> None:
    plugin = f'imports-{name.replace("_", "-")}'
    done = check(f'broken.{plugin}.checks')
    row = _broken_plugin(
        plugin, f'broken.imports.{name}:Checks {IMPORTS[name]}'
    )
    _assert_is(done, _with(without, [row]), conf)


@pytest.mark.parametrize('plugin', DIES)
def test_a_plug_in_that_does_not_get_to_its_checks_is_a_row(
    plugin: str, check: Any, without: Row, conf: pathlib.Path
) -> None:
    args = ('--json', '--timeout', '1') if 'within' in DIES[plugin] else None
    done = check(f'broken.{plugin}.checks', args=args or ('--json',))
    row = _broken_plugin(plugin, DIES[plugin])
    _assert_is(done, _with(without, [row]), conf)


@pytest.mark.parametrize('name', LOADS)
def test_a_plug_in_that_does_not_say_its_checks_is_a_row(
    name: str, check: Any, without: Row, conf: pathlib.Path
) -> None:
    done = check(f'broken.loads-{name}.checks')
    value = f'broken.loading:{name.capitalize()}'
    problem = (
        f'get_checks() of {value} {LOADS[name]}'
        if LOADS[name].startswith('failed')
        else f'{value} {LOADS[name]}'
    )
    row = _broken_plugin(f'loads-{name}', problem)
    _assert_is(done, _with(without, [row]), conf)


NO_PAIR = (
    'get_checks() of broken.loading:NoPairs returned {} where (name, '
    'callable) was expected'
)
# Problems of plug-ins of which the check Good is as it should be.
PARTS = {
    'loads-halfway': (
        'get_checks() of broken.loading:Halfway failed: RuntimeError: no more',
    ),
    'loads-no-pairs': tuple(
        NO_PAIR.format(kind)
        for kind in ('function', 'tuple', 'tuple', 'NoneType', 'tuple')
    ),
    'loads-not-callable': (
        'the check Nothing of broken.loading:NotCallable is not callable',
        'the check Text of broken.loading:NotCallable is not callable',
    ),
    'loads-nameless': (
        'get_checks() of broken.loading:Nameless returned something '
        'unusable: ValueError: no name',
    ),
    'loads-twice': ('two of its checks have the id loads-twice:good',),
    'loads-taken': (
        'its check image-ownership is left out: glance has the id '
        'image-ownership already',
    ),
    'loads-ids': (
        'the id Not An Id is not lower-case words with hyphens',
        'the id Bad Kind is not lower-case words with hyphens',
        'get_checks() of broken.loading:Ids returned something unusable: '
        "AttributeError: 'str' object has no attribute 'id'",
        'the check bad-function is not callable',
    ),
}


@pytest.mark.parametrize('plugin', PARTS)
def test_the_good_part_of_a_broken_plug_in_runs(
    plugin: str, check: Any, without: Row, conf: pathlib.Path
) -> None:
    done = check(f'broken.{plugin}.checks')
    rows = [_good(plugin), _broken_plugin(plugin, *PARTS[plugin])]
    _assert_is(done, _with(without, rows), conf)


def test_a_broken_plug_in_can_be_left_out(
    check: Any, without: Row, conf: pathlib.Path
) -> None:
    done = check(
        'broken.imports-missing.checks',
        args=('--json', '--skip', 'imports-missing:*'),
    )
    _assert_is(done, without, conf)


# Entry points of one name


def _who(number: str) -> Row:
    return _row('twin:who', 'Who', number)


def _conflict(other: str) -> Row:
    return _broken_plugin(
        'twin',
        'two entry points have the name twin: twin_one:Checks of '
        f'glance-status-twin-one is used, and not {other}. Rename or '
        'uninstall one.',
        distribution='glance-status-twin-one',
    )


@pytest.mark.parametrize(
    ('namespace', 'other'),
    [
        ('twins.same.checks', 'twin_two:Checks of glance-status-twin-two'),
        (
            'twins.identical.checks',
            'twin_one:Checks of glance-status-twin-two',
        ),
        ('twins.[ot]??.checks', 'twin_two:Checks of glance-status-twin-two'),
    ],
)
def test_two_entry_points_of_one_name_are_a_row(
    namespace: str, other: str, check: Any, without: Row, conf: pathlib.Path
) -> None:
    done = check(namespace)
    report = _with(without, [_who('one'), _conflict(other)])
    _assert_is(done, report, conf)


def test_nobody_takes_the_place_of_the_built_in_checks(
    check: Any, without: Row, conf: pathlib.Path
) -> None:
    row = _broken_plugin(
        'glance',
        'two entry points have the name glance: glance_status.checks:Checks '
        'of glance-status is used, and not twin_one:Checks of '
        'glance-status-twin-one. Rename or uninstall one.',
        distribution='glance-status',
    )
    done = check('twins.glance.checks')
    _assert_is(done, _with(without, [row]), conf)


def test_a_namespace_without_a_plug_in_is_an_error(
    check: Any, conf: pathlib.Path
) -> None:
    assert check('broken.nonsense.*') == command.Completed(
        255,
        '',
        f'glance-status: read {conf}\n'
        'glance-status: no plug-in is installed in the namespace '
        'broken.nonsense.*.\n',
    )


def test_the_default_group_needs_no_option(
    check: Any, without: Row, conf: pathlib.Path
) -> None:
    rows = [
        _row(
            'default:default',
            'Default',
            'look',
            1,
            [_finding('default:default', 1, 'look')],
        ),
        _broken_plugin(
            'default-broken',
            'glance_status_default_broken:Checks cannot be loaded: '
            'RuntimeError: not here',
            distribution='glance-status-default',
        ),
    ]
    done = check(directory='default')
    _assert_is(done, _with(without, rows), conf)


# Checks that do what no check should


FORKED = 'its process ended in the middle of it (exit code {}).'
BREAKS = {
    'raises': 'it raised RuntimeError: no luck, not at all',
    'raises-unprintable': 'it raised _Unprintable: it cannot say what went '
    'wrong',
    'raises-secret': 'it raised RuntimeError: the key is ***',
    'raises-much': f'it raised RuntimeError: {"x" * 1000} ...',
    'exits': 'it called sys.exit(0)',
    'ends': FORKED.format(0),
    'interrupts': 'it raised KeyboardInterrupt',
    'returns-none': 'it returned NoneType, and no '
    'oslo_upgradecheck.upgradecheck.Result',
    'returns-text': 'it returned str, and no '
    'oslo_upgradecheck.upgradecheck.Result',
    'returns-nothing': 'it returned list, and no '
    'oslo_upgradecheck.upgradecheck.Result',
    'returns-unknown-code': 'it returned the unknown code 7',
    'returns-much': 'it returned more than 32 MiB.',
    'closes-everything': FORKED.format(0),
    'writes-everywhere': 'its process sent something unreadable.',
    'leaves-daemon-and-ends': FORKED.format(3),
    'is-killed': 'its process was killed by signal 9 (Killed).',
    'is-killed-by-unknown-signal': 'its process was killed by signal 35 '
    '(Real-time signal 1).',
    'crashes': 'its process was killed by signal 11 (Segmentation fault).',
    'eats-memory': 'it raised MemoryError',
    'registers': 'it asked for what it did not register (no such option '
    'service_plugins in group [DEFAULT])',
    'queries': 'the database said: no such column: secret_words',
    'queries-on-its-own': 'the database said: no such table: nowhere',
}


@pytest.mark.parametrize('plugin', BREAKS)
def test_a_check_that_breaks_is_a_row(
    plugin: str,
    check: Any,
    without: Row,
    conf: pathlib.Path,
    pid_file: pathlib.Path,
) -> None:
    done = check(f'broken.{plugin}.checks')
    rows = [_broken_check(plugin, BREAKS[plugin]), _good(plugin)]
    _assert_is(done, _with(without, rows), conf)


@pytest.mark.parametrize(
    'plugin',
    [
        'hangs',
        'holds-lock-in-regex',
        'holds-lock-in-c',
        'prints-for-ever',
    ],
)
def test_a_check_that_takes_too_long_is_stopped(
    plugin: str, check: Any, without: Row, conf: pathlib.Path
) -> None:
    done = check(f'broken.{plugin}.checks', args=('--json', '--timeout', '1'))
    reason = (
        'it took longer than 1 seconds and was stopped. Allow more with '
        '--timeout.'
    )
    rows = [_broken_check(plugin, reason), _good(plugin)]
    _assert_is(done, _with(without, rows), conf)


def test_a_check_that_hangs_up_and_lives_on_is_a_row(
    check: Any, without: Row, conf: pathlib.Path
) -> None:
    plugin = 'closes-everything-and-hangs'
    done = check(f'broken.{plugin}.checks')
    reason = 'its process closed the line to the run.'
    rows = [_broken_check(plugin, reason), _good(plugin)]
    _assert_is(done, _with(without, rows), conf)


def test_a_check_without_end_of_recursion_is_a_row(
    check: Any, without: Row, conf: pathlib.Path
) -> None:
    done = check('broken.recurses.checks')
    # The rest of it depends on the version of Python.
    said = re.sub(r'(depth exceeded)[^"]*', r'\1', done.stdout)
    reason = 'it raised RecursionError: maximum recursion depth exceeded'
    rows = [_broken_check('recurses', reason), _good('recurses')]
    report = _with(without, rows)
    assert (command.document(said), done.code) == (report, 255)


# Checks that behave badly, and still come to a result


RESULTS = {
    'prints': 'printed',
    'prints-secret': 'it is ***',
    'closes-stdout': 'closed',
    'closes-descriptor': 'closed',
    'forks': 'forked',
    'leaves-child': 'left',
    'leaves-daemon': 'left',
    'leaks-threads': 'leaked',
    'leaves-timer': 'left',
}


@pytest.fixture
def pid_file(tmp_path: pathlib.Path) -> abc.Iterator[pathlib.Path]:
    """Give a file for the id of a process that a check leaves behind."""
    path = tmp_path / 'pid'
    yield path
    if path.exists():
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(path.read_text()), signal.SIGKILL)


@pytest.mark.parametrize('plugin', RESULTS)
def test_a_check_that_behaves_badly_has_its_result(
    plugin: str,
    check: Any,
    without: Row,
    conf: pathlib.Path,
    pid_file: pathlib.Path,
) -> None:
    done = check(f'broken.{plugin}.checks')
    broken = _row(f'{plugin}:broken', 'Broken', RESULTS[plugin])
    _assert_is(done, _with(without, [broken, _good(plugin)]), conf)


def test_a_process_that_a_check_leaves_is_ended(
    check: Any, pid_file: pathlib.Path
) -> None:
    check('broken.leaves-child.checks')
    _assert_ends(int(pid_file.read_text()))


@pytest.mark.parametrize(
    ('number', 'code'), [(signal.SIGTERM, 255), (signal.SIGKILL, -9)]
)
def test_a_check_that_hangs_ends_with_the_run(
    number: int,
    code: int,
    installed: pathlib.Path,
    conf: pathlib.Path,
    pid_file: pathlib.Path,
) -> None:
    run = command.Process(
        (
            *(command.COMMAND, '--config-file', str(conf), 'upgrade'),
            *('check', '--namespace', 'broken.hangs.checks'),
            *('--check', 'hangs:*'),
        ),
        env=command.environment(
            {
                'PYTHONPATH': str(installed / 'named'),
                'PID_FILE': str(pid_file),
            }
        ),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=command.default_signals,
        but=[pid_file],
    )
    _wait_until(pid_file.exists)
    run.send_signal(number)
    assert run.wait(60) == code
    _assert_ends(int(pid_file.read_text()))


def _assert_ends(pid: int) -> None:
    path = pathlib.Path(f'/proc/{pid}/stat')
    # Where nobody takes note of its death it stays as a zombie.
    _wait_until(lambda: _state(path) == 'Z')


def _wait_until(true: abc.Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def _state(path: pathlib.Path) -> str:
    try:
        return path.read_text().rpartition(')')[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return 'Z'


def test_what_a_check_prints_is_shown_with_debug(
    check: Any, conf: pathlib.Path
) -> None:
    done = check('broken.prints.checks', args=('--json', '--debug'))
    lines = done.stderr.splitlines()
    assert (done.code, lines[:5], set(lines[5:-1])) == (
        0,
        [
            f'glance-status: read {conf}',
            'glance-status: the plug-in prints printed:',
            '\N{SNOWMAN}',
            *lines[3:5],
        ],
        {'raw\N{REPLACEMENT CHARACTER}'},
    )


def test_a_secret_that_a_check_prints_is_masked_with_debug(
    check: Any, without: Row
) -> None:
    done = check(
        'broken.prints-secret.checks',
        'broken.raises-secret.checks',
        args=('--json', '--debug'),
    )
    assert KEY not in done.stdout + done.stderr
    assert done.stderr.count('the key is ***') == 3


def test_what_a_check_changes_is_changed_for_its_plug_in_alone(
    check: Any, without: Row, conf: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    done = check('broken.changes.checks')
    rows = [
        _row('changes:broken', 'Broken', 'changed'),
        _good('changes'),
        _row('witness:witness', 'Witness', _surroundings(conf, tmp_path)),
    ]
    _assert_is(done, _with(without, rows), conf)


def test_what_a_check_changes_is_put_back_before_the_next(
    check: Any, without: Row, conf: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    done = check('broken.changes-for-itself.checks')
    plugin = 'changes-for-itself'
    rows = [
        _row(f'{plugin}:broken', 'Broken', 'changed'),
        _row(f'{plugin}:good', 'Good', _surroundings(conf, tmp_path)),
    ]
    _assert_is(done, _with(without, rows), conf)


def _surroundings(conf: pathlib.Path, directory: pathlib.Path) -> str:
    """Return what a check sees that nobody has disturbed."""
    variables = sorted([*command.environment(), 'PID_FILE', 'PYTHONPATH'])
    mask = os.umask(0)
    os.umask(mask)
    url = f'sqlite:///{next(conf.parent.glob("*.sqlite"))}'
    return (
        f'{directory} {variables} {mask:o} (<Handlers.SIG_DFL: 0>, []) '
        f'C.UTF-8 0 default {url} False True'
    )


def test_no_check_makes_a_database_that_is_missing(
    check: Any, tmp_path: pathlib.Path
) -> None:
    done = check(
        'broken.makes-database.checks',
        args=('--json', '--check', 'makes-database:*'),
    )
    reason = (
        f'the database said: the SQLite file {tmp_path}/made.sqlite does not '
        'exist, and no check may make it'
    )
    assert command.document(done)['checks'] == [
        _broken_check('makes-database', reason),
        _good('makes-database'),
    ]
    assert list(tmp_path.iterdir()) == []


def test_a_crash_leaves_no_core_file(
    check: Any, tmp_path: pathlib.Path
) -> None:
    unlimited = ('sh', '-c', 'ulimit -c unlimited; exec "$@"', 'sh')
    check('broken.crashes.checks', prefix=unlimited)
    assert list(tmp_path.iterdir()) == []


def test_a_caller_that_ignores_dying_children_hears_of_a_death(
    check: Any, without: Row, conf: pathlib.Path
) -> None:
    deaf = (
        sys.executable,
        '-c',
        'import os, signal, sys; '
        'signal.signal(signal.SIGCHLD, signal.SIG_IGN); '
        'os.execv(sys.argv[1], sys.argv[1:])',
    )
    done = check('broken.is-killed.checks', prefix=deaf)
    rows = [_broken_check('is-killed', BREAKS['is-killed'])]
    report = _with(without, [*rows, _good('is-killed')])
    _assert_is(done, report, conf)


# The database


ASLEEP = {
    'sqlite': 'interrupted',
    'mariadb': 'Query execution was interrupted (max_statement_time '
    'exceeded) (1969)',
    'postgresql': 'canceling statement due to statement timeout',
}
READ_ONLY = {
    'sqlite': 'attempt to write a readonly database',
    'mariadb': 'Cannot execute statement in a READ ONLY transaction (1792)',
    'postgresql': 'cannot execute {} in a read-only transaction',
}


@pytest.mark.parametrize('server', glance_databases.SERVERS)
def test_a_check_that_sleeps_in_a_query_is_stopped(
    server: str, check: Any, tmp_path: pathlib.Path
) -> None:
    with _deployment(server, tmp_path) as conf:
        done = check(
            'broken.sleeps.checks',
            file=conf,
            args=('--json', '--timeout', '1', '--check', 'sleeps:*'),
        )
    reason = (
        f'the database said: {ASLEEP[server]}. The statement took longer '
        'than --timeout allows; allow more, or run it when the server has '
        'less to do.'
    )
    assert command.document(done)['checks'] == [
        _broken_check('sleeps', reason),
        _good('sleeps'),
    ]


@pytest.mark.parametrize('server', glance_databases.SERVERS)
@pytest.mark.parametrize(
    ('plugin', 'statement'),
    [('writes', 'DELETE'), ('writes-tables', 'CREATE TABLE')],
)
def test_the_server_refuses_what_a_check_writes(
    server: str,
    plugin: str,
    statement: str,
    check: Any,
    tmp_path: pathlib.Path,
) -> None:
    with glance_databases.database(server, 'up_to_date', tmp_path) as url:
        conf = command.deployment(tmp_path, url)
        done = check(
            f'broken.{plugin}.checks',
            file=conf,
            args=('--json', '--check', f'{plugin}:*'),
        )
        assert glance_databases.revisions(url) == [glance_databases.HEAD]
        assert 'mine' not in glance_databases.tables(url)
    reason = (
        f'the database said: {READ_ONLY[server].format(statement)}. A check '
        'tried to write, which no check may.'
    )
    assert command.document(done)['checks'] == [
        _broken_check(plugin, reason),
        _good(plugin),
    ]


@pytest.mark.parametrize('server', glance_databases.SERVERS)
def test_a_check_looks_at_configuration_and_database(
    server: str, check: Any, tmp_path: pathlib.Path
) -> None:
    with _deployment(server, tmp_path) as conf:
        done = check(
            'good.looks.checks',
            file=conf,
            args=('--json', '--check', 'looks:*', '--target', '33.0.0'),
        )
    found = f"['{glance_databases.HEAD}'] 5 33.0.0 sync"
    assert command.document(done)['checks'] == [
        _row('looks:looks', 'Looks', found)
    ]
    assert done.code == 0


def test_without_a_database_a_check_that_needs_none_runs(
    check: Any, tmp_path: pathlib.Path
) -> None:
    conf = command.deployment(tmp_path, f'sqlite:///{tmp_path}/missing')
    done = check(
        'good.looks.checks',
        'good.of-neutron.checks',
        file=conf,
        args=('--json', '--check', 'looks:*', '--check', 'of-neutron:*'),
    )
    document = command.document(done)
    blocked = [row for row in document['not_run'] if row['cause'] == 'blocked']
    assert (done.code, document['checks'][1:], blocked) == (
        255,
        [_row('of-neutron:not-our-base-class', 'Not our base class', 'fine')],
        [
            {
                'id': 'looks:looks',
                'check': 'Looks',
                'plugin': 'looks',
                'cause': 'blocked',
                'reason': 'the database is out of reach',
            }
        ],
    )


# Plug-ins that ask of the rows


def _asks(plugin: str, name: str, details: str, result: int = 0) -> Row:
    if result:
        details = (
            f'The check broke (plug-in {plugin} of the distribution '
            f'glance-status-broken): {details}'
        )
    return _row(f'asks-{name}', name, details, result, plugin=plugin)


def _asks_not(name: str, reason: str) -> Row:
    return {
        'id': f'asks-{name}',
        'check': name,
        'plugin': 'asks',
        'cause': 'inapplicable',
        'reason': reason,
    }


def test_who_asks_has_an_answer_and_spoils_no_other(
    check: Any, without: Row, conf: pathlib.Path
) -> None:
    done = check('broken.asks.checks')
    head = glance_databases.HEAD
    failed = 'its question failed: '
    rows = [
        _asks('asks', 'well', f"1 (('{head}',),) "),
        _asks('asks', 'sorted', f"1 (('{head}',),) {head.upper()}: 1"),
        _asks(
            'asks',
            'wrong',
            'the database said: no such function: no_such_function',
            255,
        ),
        _asks('asks', 'vain', f'{failed}RuntimeError: no questions', 255),
        _asks('asks', 'fails', 'it raised RuntimeError: no questions', 255),
        _asks(
            'asks',
            'number',
            'it raised TypeError: it asked int, and no '
            'glance_status.rows.Question',
            255,
        ),
        _asks(
            'asks',
            'other',
            "it raised KeyError: 'the check did not ask other'",
            255,
        ),
    ]
    not_run = [
        _asks_not(
            'old', 'the table images of this database has no column extra'
        ),
        _asks_not('gone', 'the database has no table gone'),
        _asks_not('refuses', 'not for 2026.2'),
    ]
    _assert_is(done, _with(without, rows, not_run), conf)


@pytest.mark.parametrize(
    ('plugin', 'args', 'reason'),
    [
        (
            'asks-ends',
            (),
            'what it asks of the rows was not answered: its process ended in '
            'the middle of it (exit code 0).',
        ),
        (
            'asks-hangs',
            ('--timeout', '1'),
            'a statement took longer than 1 seconds and was given up. Allow '
            'more with --timeout.',
        ),
    ],
)
def test_a_survey_that_is_cut_off_keeps_its_answers(
    plugin: str,
    args: tuple[str, ...],
    reason: str,
    check: Any,
    without: Row,
    conf: pathlib.Path,
) -> None:
    done = check(
        f'broken.{plugin.replace("-", "_")}.checks', args=('--json', *args)
    )
    rows = [
        _asks(plugin, 'before', '0 () '),
        _asks(plugin, 'in-it', reason, 255),
        _row(f'{plugin}:good', 'Good', 'fine'),
    ]
    _assert_is(done, _with(without, rows), conf)


# Plug-ins that are as they should be


def _plain(id: str, check: str, details: str | None = None) -> Row:
    return _row(id, check, details)


def _found(id: str, check: str, details: str | None, result: int) -> Row:
    finding = _finding(id, result, details or check)
    return _row(id, check, details, result, [finding])


_RICH = {
    'since': '30.0.0',
    'reference': 'https://docs.example.org/things',
}
GOOD = {
    'generator': [
        _plain('generator:one', 'One'),
        _plain('generator:two', 'Two'),
    ],
    'tuple': [
        _found('tuple:bound', 'Bound', 'look at this', 1),
        _found('tuple:static', 'Static', None, 1),
    ],
    'arguments': [
        _found('arguments:two-are-too-many', 'Two are too many', '2 > 1', 2),
        _plain('arguments:one-is-not', 'One is not', '1 <= 1'),
        _plain('arguments:none', 'None'),
    ],
    'rich': [
        _row(
            'rich',
            'Rich',
            '12 things Remove some.\nmore things Remove them.\nfew things',
            2,
            [
                _finding(
                    'rich-many',
                    2,
                    '12 things',
                    remediation='Remove some.',
                    affected={
                        'count': 12,
                        'sample': [f'thing {number}' for number in range(10)],
                    },
                    **_RICH,
                ),
                _finding(
                    'rich-many',
                    1,
                    'more things',
                    remediation='Remove them.',
                    **_RICH,
                ),
                _finding('few', 0, 'few things'),
            ],
            plugin='rich-plug-in',
        ),
        _row('rich:classic', 'Classic', None, plugin='rich-plug-in'),
        _row('rich-nothing', 'Nothing', None, plugin='rich-plug-in'),
    ],
    'of-neutron': [
        _plain('of-neutron:not-our-base-class', 'Not our base class', 'fine')
    ],
    'odd-name': [
        _plain('Odd name:not-our-base-class', 'Not our base class', 'fine')
    ],
    'registers-database': [
        _plain(
            'registers-database:database-options',
            'Database options',
            'max_retries 10',
        )
    ],
    'registers-glance': [
        _plain(
            'registers-glance:glance-options',
            'Glance options',
            "True {} ['file', 'http'] False None",
        )
    ],
    'lazy': [_found('lazy:image-count', 'Anzahl der Abbilder', 'zu viele', 1)],
    'named': [
        _plain('named:123', '123'),
        _plain('named:none', 'None'),
        _plain('named:größe', 'Größe?'),
        _plain('named:check', '!'),
        _plain('named:a-31mb-c', 'a [31mb c?'),
    ],
    'details': [
        _plain(
            'details:control',
            'Control',
            'bell \a, escape \x1b[2J, NUL \0, CR \r',
        ),
        _plain('details:lines', 'Lines', 'one\ntwo\n'),
        _plain('details:surrogate', 'Surrogate', 'half ?, byte ?'),
        _plain('details:unicode', 'Unicode', 'Größe \N{SNOWMAN} \U0001f600'),
        _plain('details:number', 'Number', '42'),
        _plain('details:empty', 'Empty', ''),
    ],
}


@pytest.mark.parametrize('name', GOOD)
def test_a_good_plug_in_has_its_rows(
    name: str, check: Any, without: Row, conf: pathlib.Path
) -> None:
    done = check(f'good.{name}.checks')
    _assert_is(done, _with(without, GOOD[name]), conf)


def test_plug_ins_do_not_hide_each_other(
    check: Any, without: Row, conf: pathlib.Path
) -> None:
    done = check(
        'broken.exits.checks',
        'broken.imports-ends.checks',
        'good.generator.checks',
    )
    rows = [
        _broken_check('exits', BREAKS['exits']),
        _good('exits'),
        *GOOD['generator'],
        _broken_plugin('imports-ends', DIES['imports-ends']),
    ]
    _assert_is(done, _with(without, rows), conf)


def test_control_characters_do_not_reach_the_terminal(check: Any) -> None:
    done = check(
        'good.details.checks', 'good.named.checks', args=('--verbose',)
    )
    assert done.code == 0
    assert set(re.findall(r'[^\n -~]', done.stdout)) == set(
        'öß\N{SNOWMAN}\U0001f600\N{REPLACEMENT CHARACTER}'
    )


def test_the_list_has_the_checks_of_good_and_broken_plug_ins(
    installed: pathlib.Path,
) -> None:
    done = command.run(
        'upgrade',
        'list',
        '--format',
        'json',
        '--namespace',
        'good.rich.checks',
        '--namespace',
        'broken.loads_halfway.checks',
        env={'PYTHONPATH': str(installed / 'named')},
    )
    listed = [
        row
        for row in command.document(done)['checks']
        if row['plugin'] != 'glance'
    ]
    said = _broken_plugin('loads-halfway', *PARTS['loads-halfway'])['details']
    assert (done.code, done.stderr, listed) == (
        255,
        f'glance-status: {said}\n',
        [
            _listed('loads-halfway:good', 'Good', 'loads-halfway'),
            {
                'id': 'rich',
                'check': 'Rich',
                'plugin': 'rich-plug-in',
                'topic': 'things',
                'reads': ['files'],
                'findings': [
                    {
                        'id': 'rich-many',
                        'title': 'Many things',
                        'since': '30.0.0',
                    },
                    {'id': 'few', 'title': 'Few things', 'since': None},
                ],
            },
            {
                'id': 'rich:classic',
                'check': 'Classic',
                'plugin': 'rich-plug-in',
                'topic': 'other',
                'reads': ['configuration', 'database'],
                'findings': [],
            },
            {
                'id': 'rich-nothing',
                'check': 'Nothing',
                'plugin': 'rich-plug-in',
                'topic': 'other',
                'reads': ['configuration', 'database'],
                'findings': [],
            },
        ],
    )


def _listed(id: str, check: str, plugin: str) -> Row:
    return {
        'id': id,
        'check': check,
        'plugin': plugin,
        'topic': 'plug-in',
        'reads': [],
        'findings': [{'id': id, 'title': check, 'since': None}],
    }
