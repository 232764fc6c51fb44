# SPDX-License-Identifier: Apache-2.0
"""The files of --output, and what monitoring gets for an exit code."""

import contextlib
import hashlib
import json
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import tempfile
import threading
import typing
import unittest

import pytest

from glance_status import formatters
from tests.functional import command

EXAMPLE = pathlib.Path(__file__).parents[2] / 'examples' / 'deployment'
# Seconds; only a fault takes that long.
LIMIT = 60
# Root is refused nothing without these rights being dropped.
DROPPED = '-dac_override,-dac_read_search'


@pytest.fixture(scope='module')
def conf(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A deployment with a removed store, an unknown one, and policies."""
    directory = tmp_path_factory.mktemp('deployment')
    database = directory / 'glance.sqlite'
    connection = sqlite3.connect(database)
    connection.executescript((EXAMPLE / 'glance.sql').read_text('utf-8'))
    connection.close()
    (directory / 'policy.json').write_text('{"get_image": "role:admin"}')
    return command.deployment(
        directory,
        f'sqlite:///{database}',
        DEFAULT={'enabled_backends': 'dogs:sheepdog, odd:nosuch'},
    )


def check(
    conf: pathlib.Path, *args: str | pathlib.Path, **options: typing.Any
) -> command.Completed:
    return command.run(
        '--config-file', conf, 'upgrade', 'check', *args, **options
    )


def unprivileged() -> tuple[str, ...]:
    """Return what lets a command run without root's right to write all."""
    if os.geteuid() != 0:
        return ()
    if not shutil.which('setpriv'):
        raise unittest.SkipTest('root may write all, and there is no setpriv')
    return (
        'setpriv', f'--bounding-set={DROPPED}', f'--inh-caps={DROPPED}',
    )  # fmt: skip


def redirected(redirection: str) -> tuple[str, ...]:
    """Return what runs a command as the shell does."""
    return ('bash', '-c', f'"$@" {redirection}', '-')


def sums(directory: pathlib.Path) -> dict[str, tuple[str, int]]:
    """Return checksum and time of change of all that is in a directory."""
    return {
        path.name: (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.stat().st_mtime_ns,
        )
        for path in directory.iterdir()
    }


def assert_report(text: str) -> None:
    """Assert that a text is the whole report of the deployment in JSON."""
    report = json.loads(text)
    assert (report['name'], report['outcome'], report['gone']) == (
        'Upgrade Check Results', 'failure', [],
    )  # fmt: skip


def assert_failed(
    completed: command.Completed, conf: pathlib.Path, complaint: str
) -> None:
    """Assert that a report is there in spite of a file that is not."""
    assert_report(completed.stdout)
    assert (completed.code, completed.stderr) == (
        255,
        f'glance-status: read {conf}\nglance-status: --output {complaint}\n',
    )


# What is written


@pytest.mark.parametrize('name', formatters.FORMATS)
def test_a_file_is_what_stdout_would_be(
    conf: pathlib.Path, tmp_path: pathlib.Path, name: str
) -> None:
    path = tmp_path / 'report'
    completed = check(conf, '--format', name, '--output', f'{name}:{path}')
    assert (completed.code, completed.stderr) == (
        2,
        f'glance-status: read {conf}\n',
    )
    assert path.read_text('utf-8') == completed.stdout
    assert completed.stdout.endswith('\n')


def test_all_formats_at_once_and_nothing_else_is_written(
    conf: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    home = tmp_path / 'home'
    home.mkdir()
    out = tmp_path / 'out'
    out.mkdir()
    before = sums(conf.parent)
    arguments = [f'--output={name}:out/{name}' for name in formatters.FORMATS]

    completed = check(
        conf, *arguments, '--json', cwd=tmp_path, env={'HOME': str(home)}
    )

    assert completed.code == 2
    assert sums(conf.parent) == before
    assert sorted(os.listdir(tmp_path)) == ['home', 'out']
    assert sorted(os.listdir(out)) == sorted(formatters.FORMATS)
    # The cache is that of stevedore.
    assert set(os.listdir(home)) <= {'.cache'}
    assert (out / 'json').read_text() == completed.stdout
    assert (out / 'table').read_text() == check(conf).stdout
    assert '' not in {path.read_text() for path in out.iterdir()}


def test_nothing_is_written_without_output(
    conf: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    before = sums(conf.parent)
    check(conf, cwd=tmp_path)
    assert (sums(conf.parent), os.listdir(tmp_path)) == (before, [])


def test_what_is_verbose_is_so_in_the_file_too(
    conf: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    path = tmp_path / 'table'
    completed = check(conf, '--verbose', '--output', f'table:{path}')
    assert 'Duration: ' in completed.stdout
    assert path.read_text() == completed.stdout


@pytest.mark.parametrize(
    ('name', 'env'),
    [
        ('plain', {}),
        ('with:colon:json', {}),
        ('with space', {}),
        ('größe', {'LC_ALL': 'C'}),
        ('~/home', {'HOME': '.'}),
    ],
)
def test_the_name_is_all_that_follows_the_first_colon(
    conf: pathlib.Path,
    tmp_path: pathlib.Path,
    name: str,
    env: dict[str, str],
) -> None:
    completed = check(conf, '--output', f'json:{name}', cwd=tmp_path, env=env)
    assert completed.code == 2
    (path,) = tmp_path.iterdir()
    assert path.name == name.removeprefix('~/')
    assert_report(path.read_text())


def test_the_last_of_two_formats_for_one_file_stays(
    conf: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    path = tmp_path / 'report'
    completed = check(
        conf, '--output', f'html:{path}', '--output', f'json:{path}'
    )
    assert completed.code == 2
    assert_report(path.read_text())
    assert os.listdir(tmp_path) == ['report']


@pytest.mark.parametrize(
    ('mask', 'mode'), [('022', 0o644), ('077', 0o600), ('002', 0o664)]
)
def test_a_new_file_has_the_permissions_that_umask_leaves(
    conf: pathlib.Path, tmp_path: pathlib.Path, mask: str, mode: int
) -> None:
    path = tmp_path / 'report'
    completed = check(
        *(conf, '--output', f'json:{path}'),
        prefix=('bash', '-c', f'umask {mask}; "$@"', '-'),
    )
    assert completed.code == 2
    assert stat.S_IMODE(path.stat().st_mode) == mode


def test_an_old_file_is_replaced_behind_its_link_and_keeps_permissions(
    conf: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    old = tmp_path / 'old'
    old.write_text('old' * 100_000)
    old.chmod(0o604)
    link = tmp_path / 'link'
    link.symlink_to('old')

    completed = check(conf, '--output', f'json:{link}')

    assert completed.code == 2
    assert os.readlink(link) == 'old'
    assert stat.S_IMODE(old.stat().st_mode) == 0o604
    assert_report(old.read_text())


# Where there is no file


def test_a_pipe_is_written_to(
    conf: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    pipe = tmp_path / 'pipe'
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(
        target=lambda: read.append(pipe.read_text()), daemon=True
    )
    reader.start()

    completed = check(conf, '--output', f'json:{pipe}')

    reader.join(LIMIT)
    assert completed.code == 2
    assert_report(read[0])
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_reader_of_a_pipe_that_goes_away_is_a_line(
    conf: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    completed = check(
        *(conf, '--json', '--output', 'html:/dev/fd/9'),
        prefix=('bash', '-c', 'exec 9> >(exec true); wait $!; "$@"', '-'),
    )
    assert_failed(completed, conf, 'html:/dev/fd/9: Broken pipe')


def test_the_substitute_of_a_shell_is_written_to(
    conf: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    path = tmp_path / 'report'
    completed = check(
        conf,
        prefix=(
            'bash',
            '-c',
            f'"$@" --output json:>(cat > {path}.new; mv {path}.new {path}); '
            f'code=$?; while [ ! -e {path} ]; do sleep 0.1; done; exit $code',
            '-',
        ),
    )
    assert completed.code == 2
    assert_report(path.read_text())


def test_devices_stay_what_they_are(conf: pathlib.Path) -> None:
    completed = check(conf, '--json', '--output', 'html:/dev/null')
    assert completed.code == 2
    assert_report(completed.stdout)
    assert stat.S_ISCHR(os.stat('/dev/null').st_mode)


def test_a_stream_gets_it_before_the_report(conf: pathlib.Path) -> None:
    completed = check(
        conf, '--output', 'json:/dev/stderr', '--format', 'nagios'
    )
    first, rest = completed.stderr.split('\n', 1)
    assert (completed.code, first) == (2, f'glance-status: read {conf}')
    assert_report(rest)
    assert completed.stdout.startswith('GLANCE_UPGRADE CRITICAL - ')

    completed = check(
        conf, '--output', 'json:/dev/stdout', '--format', 'nagios'
    )
    report, line, _rest = completed.stdout.partition('GLANCE_UPGRADE')
    assert_report(report)
    assert line


def test_a_log_that_stderr_leads_to_is_not_replaced(
    conf: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    log = tmp_path / 'log'
    log.write_text('of old\n')
    check(
        *(conf, '--output', 'nagios:/dev/stderr'),
        prefix=redirected(f'2>> {log}'),
    )
    old, read, report = log.read_text().split('\n')[:3]
    assert (old, read) == ('of old', f'glance-status: read {conf}')
    assert report.startswith('GLANCE_UPGRADE CRITICAL - ')


# What cannot be written


@pytest.mark.parametrize(
    ('path', 'complaint'),
    [
        ('missing/report', 'No such file or directory'),
        ('~nobody-of-this-name/report', 'No such file or directory'),
        ('directory', 'Is a directory'),
        ('directory/', 'Is a directory'),
        ('.', 'Is a directory'),
        ('file/report', 'Not a directory'),
        ('x' * 300, 'File name too long'),
        ('/dev/full', 'No space left on device'),
        ('/proc/report', 'No such file or directory'),
    ],
)
def test_a_place_where_no_file_can_be_is_a_line_and_an_error(
    conf: pathlib.Path, tmp_path: pathlib.Path, path: str, complaint: str
) -> None:
    (tmp_path / 'directory').mkdir()
    (tmp_path / 'file').write_text('old')

    completed = check(conf, '--json', '--output', f'html:{path}', cwd=tmp_path)

    assert_failed(completed, conf, f'html:{path}: {complaint}')
    assert sorted(os.listdir(tmp_path)) == ['directory', 'file']
    assert os.listdir(tmp_path / 'directory') == []


def test_a_directory_that_may_not_be_written_keeps_the_old_file(
    conf: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    directory = tmp_path / 'out'
    directory.mkdir()
    (directory / 'report').write_text('old')
    directory.chmod(0o555)

    completed = check(
        *(conf, '--json', '--output', f'html:{directory}/report'),
        prefix=unprivileged(),
    )

    assert_failed(
        completed, conf, f'html:{directory}/report: Permission denied'
    )
    assert os.listdir(directory) == ['report']
    assert (directory / 'report').read_text() == 'old'


def test_a_file_size_limit_keeps_the_old_file(
    conf: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    path = tmp_path / 'report'
    path.write_text('old')

    completed = check(
        *(conf, '--json', '--output', f'html:{path}'),
        prefix=('bash', '-c', 'ulimit -f 1; "$@"', '-'),
    )

    assert_failed(completed, conf, f'html:{path}: File too large')
    assert os.listdir(tmp_path) == ['report']
    assert path.read_text() == 'old'


@contextlib.contextmanager
def small_disk() -> typing.Iterator[pathlib.Path]:
    """Give a file system of two pages."""
    with tempfile.TemporaryDirectory() as name:
        mounted = os.geteuid() == 0 and not subprocess.call(
            ['mount', '-t', 'tmpfs', '-o', 'size=8k', 'tmpfs', name],
            stderr=subprocess.DEVNULL,
        )
        if not mounted:
            raise unittest.SkipTest('this user may not mount anything')
        try:
            yield pathlib.Path(name)
        finally:
            subprocess.run(['umount', name], check=True)


def test_a_full_disk_keeps_the_old_file(conf: pathlib.Path) -> None:
    with small_disk() as directory:
        path = directory / 'report'
        path.write_text('old')

        completed = check(conf, '--json', '--output', f'html:{path}')

        assert_failed(completed, conf, f'html:{path}: No space left on device')
        assert os.listdir(directory) == ['report']
        assert path.read_text() == 'old'


def test_one_that_fails_keeps_no_other_from_being_written(
    conf: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    path = tmp_path / 'report'
    completed = check(
        *(conf, '--json', '--output', 'html:/proc/none/a'),
        *('--output', f'json:{path}', '--output', 'junit:/proc/none/b'),
    )
    why = 'No such file or directory'
    assert_failed(
        completed,
        conf,
        f'html:/proc/none/a: {why}\n'
        f'glance-status: --output junit:/proc/none/b: {why}',
    )
    assert path.read_text() == completed.stdout


KNOWN = ', '.join(formatters.FORMATS)
USAGE = (
    'glance-status: argument --output: {!r} is not FORMAT:PATH, where FORMAT '
    f'is one of {KNOWN}.{{}} See `glance-status upgrade check --help`.\n'
).format


@pytest.mark.parametrize(
    ('value', 'advice'),
    [
        ('jsn:report', ' Did you mean json?'),
        ('JSON:report', ' Did you mean json?'),
        ('yaml:report', ''),
        ('json', ' Did you mean json?'),
        ('json:', ' Did you mean json?'),
        ('report.json', ''),
        (':report', ''),
        ('', ''),
    ],
)
def test_what_names_no_format_or_no_file_is_a_usage_error(
    conf: pathlib.Path, tmp_path: pathlib.Path, value: str, advice: str
) -> None:
    completed = check(conf, '--output', value, cwd=tmp_path)
    assert completed == command.Completed(255, '', USAGE(value, advice))
    assert os.listdir(tmp_path) == []


# Runs that do not end well


@pytest.fixture
def silent() -> typing.Iterator[socket.socket]:
    """A server that lets clients in and never says a word."""
    with socket.create_server(('127.0.0.1', 0)) as server:
        server.settimeout(LIMIT)
        yield server


def unanswered(directory: pathlib.Path, server: socket.socket) -> pathlib.Path:
    """Write the configuration of a database server that never answers."""
    port = server.getsockname()[1]
    return command.deployment(
        directory, f'mysql+pymysql://glance@127.0.0.1:{port}/glance'
    )


def interrupted(
    *args: str | pathlib.Path, server: socket.socket
) -> command.Completed:
    """Run the command, interrupted while it waits for the server."""
    process = command.Process(
        [command.COMMAND, *map(str, args)],
        env=command.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=command.default_signals,
    )
    client, _address = server.accept()
    with client:
        process.send_signal(signal.SIGTERM)
        stdout, stderr = process.communicate(timeout=LIMIT)
    return command.Completed(process.returncode, stdout, stderr)


def test_a_report_of_errors_is_written(tmp_path: pathlib.Path) -> None:
    conf = command.deployment(
        tmp_path / 'etc', 'sqlite:////nonexistent/glance.sqlite'
    )
    path = tmp_path / 'report'
    completed = check(conf, '--json', '--output', f'json:{path}')
    assert (completed.code, json.loads(completed.stdout)['outcome']) == (
        255,
        'error',
    )
    assert path.read_text() == completed.stdout


def test_the_report_of_an_interrupted_run_is_written(
    tmp_path: pathlib.Path, silent: socket.socket
) -> None:
    conf = unanswered(tmp_path / 'etc', silent)
    path = tmp_path / 'report'
    completed = interrupted(
        *('--config-file', conf, 'upgrade', 'check', '--json'),
        *('--output', f'json:{path}'),
        server=silent,
    )
    report = json.loads(completed.stdout)
    assert (completed.code, report['complete'], report['not_run'][0]) == (
        255,
        False,
        report['not_run'][0]
        | {'reason': 'the run was interrupted by SIGTERM'},
    )
    assert path.read_text() == completed.stdout


@pytest.mark.parametrize(
    ('redirection', 'complaint'),
    [
        ('>&-', 'Bad file descriptor'),
        ('> /dev/full', 'No space left on device'),
    ],
)
def test_the_files_are_there_where_stdout_takes_nothing(
    conf: pathlib.Path,
    tmp_path: pathlib.Path,
    redirection: str,
    complaint: str,
) -> None:
    path = tmp_path / 'report'
    completed = check(
        *(conf, '--output', f'json:{path}'), prefix=redirected(redirection)
    )
    assert completed == command.Completed(
        255,
        '',
        f'glance-status: read {conf}\n'
        f'glance-status: stdout cannot be written: {complaint}\n',
    )
    assert_report(path.read_text())


@pytest.mark.parametrize('redirection', ['2>&-', '>&- 2>&-', '<&- >&- 2>&-'])
def test_closed_streams_do_not_get_into_the_files(
    conf: pathlib.Path, tmp_path: pathlib.Path, redirection: str
) -> None:
    path = tmp_path / 'report'
    completed = check(
        *(conf, '--output', f'json:{path}', '--output', 'html:/dev/null'),
        prefix=redirected(redirection),
    )
    assert completed.code == (2 if redirection == '2>&-' else 255)
    assert_report(path.read_text())


# The exit code that monitoring knows


@pytest.mark.parametrize(('name', 'code'), [('nagios', 3), ('json', 255)])
@pytest.mark.parametrize(
    'args',
    [
        ('--config-file', '/nonexistent/glance-api.conf'),
        ('--config-dir', '/dev/null'),
        ('--target', 'nonsense'),
        ('--from', 'nonsense'),
        ('--waivers', '/nonexistent/waivers.yaml'),
        ('--baseline', '/nonexistent/report.json'),
        ('--check', 'nonsense'),
        ('--skip', '*'),
        ('--output', 'json:/proc/none/report.json'),
    ],
    ids=lambda args: args[0],
)
def test_monitoring_gets_unknown_where_others_get_an_error(
    conf: pathlib.Path, args: tuple[str, ...], name: str, code: int
) -> None:
    completed = check(conf, '--format', name, *args)
    assert completed.code == code
    assert 'Traceback' not in completed.stderr


@pytest.mark.parametrize(('name', 'code'), [('nagios', 3), ('json', 255)])
def test_monitoring_gets_unknown_where_the_database_is_out_of_reach(
    tmp_path: pathlib.Path, silent: socket.socket, name: str, code: int
) -> None:
    conf = command.deployment(
        tmp_path / 'away', 'sqlite:////nonexistent/glance.sqlite'
    )
    slow = unanswered(tmp_path / 'slow', silent)
    check_it = ('upgrade', 'check', '--format', name)

    codes = [
        check(conf, '--format', name).code,
        interrupted('--config-file', slow, *check_it, server=silent).code,
        check(slow, '--format', name, '--timeout', '1').code,
        check(slow, '--format', name, '--deadline', '1').code,
    ]

    assert codes == [code] * 4


@pytest.mark.parametrize(('name', 'code'), [('nagios', 3), ('json', 255)])
@pytest.mark.parametrize('redirection', ['>&-', '> /dev/full'])
def test_monitoring_gets_unknown_where_it_does_not_listen(
    conf: pathlib.Path, redirection: str, name: str, code: int
) -> None:
    completed = check(conf, '--format', name, prefix=redirected(redirection))
    assert completed.code == code


@pytest.mark.parametrize(('name', 'code'), [('nagios', 3), ('json', 255)])
@pytest.mark.parametrize(
    'args',
    [('--check', ''), ('--nonsense',), ('--output', 'x'), ('word',)],
    ids=lambda args: args[0],
)
def test_monitoring_gets_unknown_where_the_command_line_is_wrong(
    conf: pathlib.Path, args: tuple[str, ...], name: str, code: int
) -> None:
    completed = check(conf, '--format', name, *args)
    assert (completed.code, completed.stdout) == (code, '')
    assert completed.stderr.startswith('glance-status: ')


def test_only_the_format_on_stdout_decides_the_exit_code(
    tmp_path: pathlib.Path,
) -> None:
    conf = command.deployment(
        tmp_path / 'etc', 'sqlite:////nonexistent/glance.sqlite'
    )
    path = tmp_path / 'report'
    codes = [
        check(conf, '--json', '--output', f'nagios:{path}').code,
        check(conf, '--format=nagios', '--output', f'json:{path}').code,
    ]
    assert codes == [255, 3]
    assert json.loads(path.read_text())['exit_code'] == 255
