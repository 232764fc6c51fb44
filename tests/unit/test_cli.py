# SPDX-License-Identifier: Apache-2.0
"""The command in a process of its own: exit code, stdout, stderr."""

import contextlib
import fcntl
import importlib.metadata
import json
import os
import pathlib
import pty
import re
import signal
import struct
import sys
import tempfile
import termios
import time
import traceback
import typing

import pytest

from glance_status import catalogue, cli, formatters, signals
from glance_status.testing import databases
from tests.unit import reports

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
VERSION = importlib.metadata.version('glance-status')
HEAD = '2024_1_contract01'
CHECK = ('upgrade', 'check', '--check', 'store-backends', '--from', '32')


class Ran(typing.NamedTuple):
    """How the command ended, and what it wrote."""

    code: int
    stdout: str
    stderr: str


def nothing() -> None:
    """Prepare nothing."""


def stream(descriptor: int) -> typing.Any:
    """Return what Python makes of a stream when it starts."""
    try:
        os.fstat(descriptor)
    except OSError:
        return None
    return open(descriptor, 'w', closefd=False)


def ran(
    *words: str | pathlib.Path,
    prepare: typing.Callable[[], object] = nothing,
    given: bool = True,
) -> Ran:
    """Run the command in a fork of this process.

    :param prepare: what the fork does before
    :param given: whether the words are given to it, or found
    """
    argv = list(map(str, words))
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        child = os.fork()
        if not child:
            code = 99
            try:
                os.dup2(out.fileno(), 1)
                os.dup2(errors.fileno(), 2)
                prepare()
                sys.stdout, sys.stderr = stream(1), stream(2)
                sys.argv = ['glance-status', *argv]
                code = cli.main(argv if given else None)
                # As it is while Python ends.
                for number in SIGNALS:
                    os.kill(os.getpid(), number)
                for each in (sys.stdout, sys.stderr):
                    if not each.closed:
                        each.flush()
            except BaseException:
                code = 99
                traceback.print_exc()
            finally:
                os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        out.seek(0)
        errors.seek(0)
        return Ran(code, out.read().decode(), errors.read().decode())


def deployment(directory: pathlib.Path, text: str = '') -> pathlib.Path:
    """Write a configuration, of a store that was removed by default."""
    path = directory / 'glance-api.conf'
    path.write_text(text or '[DEFAULT]\nenabled_backends = one:sheepdog\n')
    return path


def loaded() -> catalogue.Catalogue:
    """Return all checks that are installed."""
    return catalogue.load((), lambda text: None)


# What needs no deployment


def test_the_version_is_that_of_the_distribution() -> None:
    assert ran('--version') == Ran(0, f'glance-status {VERSION}\n', '')


def test_alone_it_shows_its_usage() -> None:
    code, stdout, stderr = ran()
    assert (code, stderr) == (0, '')
    assert stdout.startswith('usage: glance-status [-h] [--version]')


def test_what_nobody_gives_is_on_the_command_line() -> None:
    expected = Ran(0, f'glance-status {VERSION}\n', '')
    assert ran('--version', given=False) == expected


def test_checks_are_listed_and_explained() -> None:
    found = loaded()
    assert ran('upgrade', 'list') == Ran(
        0, catalogue.render(found, 'table', 80), ''
    )
    assert ran('upgrade', 'explain', 'removed-store') == Ran(
        0, catalogue.explain(found, 'removed-store', 80), ''
    )


def install(directory: pathlib.Path, name: str, value: str) -> None:
    """Put a distribution with a plug-in into a directory."""
    info = directory / f'{name}-1.dist-info'
    info.mkdir()
    (info / 'METADATA').write_text(
        f'Metadata-Version: 2.1\nName: {name}\nVersion: 1\n'
    )
    (info / 'entry_points.txt').write_text(
        f'[{name}.status.upgrade.checks]\n{name} = {value}\n'
    )


def listed(directory: pathlib.Path, name: str, *more: str) -> Ran:
    """Return what is said when a plug-in is listed, too."""
    group = f'{name}.status.upgrade.checks'
    return ran(
        *('upgrade', 'list', '--namespace', group, *more),
        prepare=lambda: sys.path.insert(0, str(directory)),
    )


def test_a_plug_in_that_is_broken_is_an_error(tmp_path: pathlib.Path) -> None:
    install(tmp_path, 'bad', 'nowhere:Checks')
    code, stdout, stderr = listed(tmp_path, 'bad')
    assert (code, stderr) == (
        255,
        'glance-status: The plug-in bad of the distribution bad is broken:\n'
        'nowhere:Checks cannot be loaded: ModuleNotFoundError: No module '
        "named 'nowhere'\nUpdate or uninstall bad, or leave it out with "
        "`--skip 'bad:*'`.\n",
    )
    assert stdout == catalogue.render(loaded(), 'table', 80)


def test_what_a_plug_in_prints_is_for_those_who_look_for_faults(
    tmp_path: pathlib.Path,
) -> None:
    install(tmp_path, 'loud', 'tests.unit.plugin:Loud')
    stdout = catalogue.render(loaded(), 'table', 80)
    assert listed(tmp_path, 'loud') == Ran(0, stdout, '')
    assert listed(tmp_path, 'loud', '--debug') == Ran(
        0,
        stdout,
        'glance-status: the plug-in loud printed:\none\n  two\n',
    )


# What goes wrong


@pytest.mark.parametrize(
    ('words', 'code'),
    [('upgrad', 255), ('upgrad --format nagios', 3), ('-x', 255)],
)
def test_a_line_that_is_wrong_is_an_error(words: str, code: int) -> None:
    found = ran(*words.split())
    assert (found.code, found.stdout) == (code, '')
    assert found.stderr.startswith('glance-status: ')
    assert found.stderr.count('\n') == 1


class Failing:
    """Lets a module fail while it is imported."""

    def __init__(self, name: str, error: BaseException):
        self.name, self.error = name, error

    def find_spec(self, name: str, *_more: object) -> None:
        if name == self.name:
            raise self.error


def without(name: str, error: BaseException) -> typing.Callable[[], object]:
    """Return what lets a module fail in a fork."""

    def prepare() -> None:
        for loaded in [each for each in sys.modules if each == name]:
            del sys.modules[loaded]
        package, _dot, module = name.rpartition('.')
        if package in sys.modules:
            vars(sys.modules[package]).pop(module, None)
        sys.meta_path.insert(0, Failing(name, error))  # type: ignore[arg-type]

    return prepare


SCARCE = (
    'the system gives it too little: {}. Raise the limits of the process; '
    '`ulimit -a` shows them.'
)
FAULT = 'this is a fault of glance-status: {}'


@pytest.mark.parametrize(
    ('error', 'said'),
    [
        (MemoryError(), SCARCE.format('Cannot allocate memory')),
        (OSError(24, 'Too many'), SCARCE.format('Too many')),
        (OSError(23, 'Too many'), SCARCE.format('Too many')),
        (OSError(12, 'No memory'), SCARCE.format('No memory')),
        (OSError(5, 'Lost'), FAULT.format('OSError: [Errno 5] Lost')),
        (ValueError('lost'), FAULT.format('ValueError: lost')),
        (
            ValueError('mysql://glance:hunter2@db/'),
            FAULT.format('ValueError: mysql://***@db/'),
        ),
        (KeyboardInterrupt('SIGINT'), 'interrupted by SIGINT'),
    ],
)
def test_whatever_goes_wrong_is_a_line(
    error: BaseException, said: str
) -> None:
    prepare = without('glance_status.catalogue', error)
    assert ran('upgrade', 'list', prepare=prepare) == Ran(
        255, '', f'glance-status: {said}\n'
    )


def test_where_not_even_that_can_be_said_it_ends() -> None:
    def prepare() -> None:
        for name in ('catalogue', 'redaction'):
            without(f'glance_status.{name}', MemoryError())()

    assert ran('upgrade', 'list', prepare=prepare) == Ran(
        255, '', 'glance-status: interrupted by MemoryError\n'
    )


def test_where_it_went_wrong_is_for_those_who_look_for_faults() -> None:
    prepare = without('glance_status.catalogue', ValueError('lost'))
    code, stdout, stderr = ran('upgrade', 'list', '--debug', prepare=prepare)
    assert (code, stdout) == (255, '')
    assert stderr.startswith(
        'glance-status: this is a fault of glance-status: ValueError: lost\n'
        'glance-status: Traceback (most recent call last):\n'
    )
    assert stderr.endswith('\nValueError: lost\n\n')


# What concerns a deployment


@pytest.mark.parametrize(
    ('form', 'code'), [('json', 2), ('table', 2), ('nagios', 2)]
)
def test_what_was_found_is_the_exit_code(
    tmp_path: pathlib.Path, form: str, code: int
) -> None:
    path = deployment(tmp_path)
    found = ran('--config-file', path, *CHECK, '--format', form)
    assert (found.code, found.stderr) == (
        code,
        f'glance-status: read {path}\n',
    )
    assert 'sheepdog' in found.stdout


def test_files_are_written_before_the_report(tmp_path: pathlib.Path) -> None:
    path, written = deployment(tmp_path), tmp_path / 'report.json'
    output = f'json:{written}'
    found = ran('--config-file', path, *CHECK, '--json', '--output', output)
    assert (found.code, found.stdout) == (2, written.read_text())


def test_a_file_that_cannot_be_written_is_an_error(
    tmp_path: pathlib.Path,
) -> None:
    path, nowhere = deployment(tmp_path), f'json:{tmp_path}/nowhere/report'
    found = ran('--config-file', path, *CHECK, '--json', '--output', nowhere)
    assert (found.code, found.stderr) == (
        255,
        f'glance-status: read {path}\n'
        f'glance-status: --output {nowhere}: No such file or directory\n',
    )
    assert json.loads(found.stdout)['exit_code'] == 2


@pytest.mark.parametrize(
    'more', [('--format', 'html'), ('--output', 'html:/nowhere/page')]
)
def test_a_format_that_cannot_be_had_is_said_before_the_work(
    tmp_path: pathlib.Path, more: tuple[str, ...]
) -> None:
    prepare = without(
        'glance_status.formatters.html',
        ModuleNotFoundError('no', name='jinja2'),
    )
    found = ran(
        *('--config-file', deployment(tmp_path), *CHECK, *more),
        prepare=prepare,
    )
    assert found == Ran(
        255,
        '',
        'glance-status: the format html needs jinja2, which is not '
        'installed: install glance-status[formats].\n',
    )


def test_the_way_is_told(tmp_path: pathlib.Path) -> None:
    with databases.database('sqlite', HEAD, tmp_path) as made:
        path = deployment(tmp_path, made.configuration)
        found = ran(
            *('--config-file', path, 'upgrade', 'plan', '--format', 'json')
        )
    assert (found.code, found.stderr) == (0, f'glance-status: read {path}\n')
    assert json.loads(found.stdout)['target']['origin'] == 'newest'


def test_reports_are_merged(tmp_path: pathlib.Path) -> None:
    for host in ('one', 'two'):
        report = reports.make(reports.WARNED, host=host)
        (tmp_path / host).write_text(
            formatters.render('json', report, formatters.Style())
        )
    found = ran('upgrade', 'merge', tmp_path / 'one', tmp_path / 'two')
    assert (found.code, found.stderr) == (1, '')
    assert found.stdout.startswith('Target: ')


# Streams that are closed, full, or not read


def close(*descriptors: int) -> typing.Callable[[], object]:
    """Return what starts the fork as if a shell had closed its streams."""

    def prepare() -> None:
        # Else somebody else's file would be in the way.
        os.closerange(3, 100)
        for number in descriptors:
            os.close(number)

    return prepare


def lead(descriptor: int, path: str) -> typing.Callable[[], object]:
    """Return what lets a stream lead to a file."""
    return lambda: os.dup2(os.open(path, os.O_WRONLY), descriptor)


BAD = 'glance-status: stdout cannot be written: Bad file descriptor\n'
FULL = 'glance-status: stdout cannot be written: No space left on device\n'


@pytest.mark.parametrize(
    ('prepare', 'expected'),
    [
        (close(0), Ran(0, f'glance-status {VERSION}\n', '')),
        (close(1), Ran(255, '', BAD)),
        (close(2), Ran(0, f'glance-status {VERSION}\n', '')),
        (close(0, 1, 2), Ran(255, '', '')),
        (lead(1, '/dev/full'), Ran(255, '', FULL)),
        (lead(2, '/dev/full'), Ran(0, f'glance-status {VERSION}\n', '')),
    ],
)
def test_what_cannot_be_written_is_an_error(
    prepare: typing.Callable[[], object], expected: Ran
) -> None:
    assert ran('--version', prepare=prepare) == expected


def test_nothing_goes_where_stdin_comes_from(tmp_path: pathlib.Path) -> None:
    path = tmp_path / 'stdin'
    path.touch()

    def prepare() -> None:
        os.dup2(os.open(path, os.O_RDWR), 0)
        os.close(1)

    assert ran('--version', prepare=prepare) == Ran(255, '', BAD)
    assert path.read_text() == ''


@pytest.mark.parametrize(
    'prepare', [close(2), lead(2, '/dev/full')], ids=['closed', 'full']
)
def test_what_nobody_hears_is_an_exit_code(
    prepare: typing.Callable[[], object],
) -> None:
    assert ran('upgrad', prepare=prepare) == Ran(255, '', '')


def test_the_report_is_there_though_nobody_hears_what_was_read(
    tmp_path: pathlib.Path,
) -> None:
    words = ('--config-file', deployment(tmp_path), *CHECK, '--json')
    code, stdout, stderr = ran(*words, prepare=lead(2, '/dev/full'))
    assert (code, json.loads(stdout)['exit_code'], stderr) == (2, 2, '')


@pytest.mark.parametrize('words', ['--version', 'upgrade list'])
def test_a_reader_that_is_gone_is_no_fault(words: str) -> None:
    def prepare() -> None:
        reader, writer = os.pipe()
        os.close(reader)
        os.dup2(writer, 1)

    assert ran(*words.split(), prepare=prepare) == Ran(255, '', '')


def test_a_pipe_that_does_not_wait_is_made_to_wait() -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    expected = Ran(0, '', '')
    assert ran('--version', prepare=lambda: os.dup2(writer, 1)) == expected
    assert os.get_blocking(writer)
    assert os.read(reader, 100) == f'glance-status {VERSION}\n'.encode()
    os.close(reader)
    os.close(writer)


# Interruptions


class Signalling:
    """Does something while a module is imported, once in each process."""

    def __init__(self, name: str, does: typing.Callable[[], object]):
        self.name, self.does = name, does

    def find_spec(self, name: str, *_more: object) -> None:
        if name == self.name:
            self.does()


def meanwhile(
    name: str, does: typing.Callable[[], object]
) -> typing.Callable[[], object]:
    """Return what lets something be done while a module is imported."""

    def prepare() -> None:
        without(name, Exception())()
        sys.meta_path[0] = Signalling(name, does)  # type: ignore[call-overload]

    return prepare


@pytest.mark.parametrize(('form', 'code'), [('json', 255), ('nagios', 3)])
def test_an_interruption_before_the_work_is_a_line(
    form: str, code: int, tmp_path: pathlib.Path
) -> None:
    prepare = meanwhile(
        'glance_status.session', lambda: os.kill(os.getpid(), signal.SIGTERM)
    )
    path = deployment(tmp_path)
    words = ('--config-file', path, *CHECK, '--format', form)
    assert ran(*words, prepare=prepare) == Ran(
        code, '', 'glance-status: interrupted by SIGTERM\n'
    )


def test_a_stderr_that_was_closed_meanwhile_hears_nothing() -> None:
    prepare = meanwhile('glance_status.redaction', lambda: sys.stderr.close())
    assert ran('upgrad', prepare=prepare) == Ran(255, '', '')


def test_a_child_that_is_interrupted_says_nothing() -> None:
    def fork() -> None:
        child = os.fork()
        if not child:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(10)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        sys.stderr.write(f'The child ended with {code}.\n')

    prepare = meanwhile('glance_status.catalogue', fork)
    assert ran('upgrade', 'list', prepare=prepare) == Ran(
        0,
        catalogue.render(loaded(), 'table', 80),
        'The child ended with 255.\n',
    )


def test_of_many_signals_the_first_is_heeded() -> None:
    def prepare() -> None:
        heeded: list[str] = []

        def end(name: str) -> None:
            heeded.append(name)
            if len(heeded) < 3:
                os.kill(os.getpid(), signal.SIGTERM)

        signals.heed(end)
        os.kill(os.getpid(), signal.SIGTERM)
        assert heeded == ['SIGTERM']

    assert ran('--version', prepare=prepare).code == 0


def test_what_heeds_signals_is_there_again_after_the_work() -> None:
    def handlers() -> list[object]:
        return [signal.getsignal(number) for number in SIGNALS]

    def prepare() -> None:
        before = handlers()
        with signals.interruptible():
            assert handlers() != before
        assert handlers() == before

    assert ran('--version', prepare=prepare).code == 0


def interrupt_the_run() -> None:
    """Ask the run for an end, and do not come to one."""
    os.kill(os.getppid(), signal.SIGTERM)
    time.sleep(1000)


def test_an_interruption_before_any_check_is_known_is_a_line(
    tmp_path: pathlib.Path,
) -> None:
    path = deployment(tmp_path)
    code, stdout, stderr = ran(
        *('--config-file', path, *CHECK, '--json'),
        prepare=meanwhile('glance_status.checks', interrupt_the_run),
    )
    report = json.loads(stdout)
    assert (code, report['exit_code'], report['not_run']) == (255, 255, [])
    assert stderr == (
        f'glance-status: read {path}\nglance-status: interrupted by SIGTERM\n'
    )


def test_an_interruption_that_a_row_tells_is_no_line(
    tmp_path: pathlib.Path,
) -> None:
    install(tmp_path, 'late', 'tests.unit.plugin:Interrupts')
    path = deployment(tmp_path)
    code, stdout, stderr = ran(
        *('--config-file', path, 'upgrade', 'check', '--from', '32'),
        *('--namespace', 'late.status.upgrade.checks', '--json'),
        *('--check', 'interrupts', '--check', 'fine'),
        prepare=lambda: sys.path.insert(0, str(tmp_path)),
    )
    assert stderr == f'glance-status: read {path}\n'
    told = {row['id']: row['reason'] for row in json.loads(stdout)['not_run']}
    reason = 'the run was interrupted by SIGTERM'
    assert (code, told['interrupts'], told['fine']) == (255, reason, reason)


# Terminals


def on_terminal(
    columns: int,
    *words: str | pathlib.Path,
    descriptor: int = 1,
    **environ: str,
) -> tuple[Ran, str]:
    """Run the command with a stream on a terminal, and return what it shows.

    :param columns: the width of the terminal
    :param descriptor: that of the stream
    """
    ours, theirs = pty.openpty()
    size = struct.pack('HHHH', 24, columns, 0, 0)
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, size)

    def prepare() -> None:
        os.close(ours)
        os.dup2(theirs, descriptor)
        for name in ('NO_COLOR', 'TERM'):
            os.environ.pop(name, None)
        os.environ.update(environ)

    found = ran(*words, prepare=prepare)
    os.close(theirs)
    text = b''
    with contextlib.suppress(OSError):
        while chunk := os.read(ours, 2**16):
            text += chunk
    os.close(ours)
    return found, text.decode().replace('\r\n', '\n')


@pytest.mark.parametrize(
    ('columns', 'width'), [(120, 120), (40, 40), (20, 40), (0, 80)]
)
def test_texts_are_as_wide_as_the_terminal(columns: int, width: int) -> None:
    found = loaded()
    # One that is another text in each of these widths.
    name, text = next(
        (name, texts[1])
        for name in sorted(
            name for check in found.checks for name in check.ids
        )
        for texts in [
            [
                catalogue.explain(found, name, each)
                for each in (width - 1, width, width + 1)
            ]
        ]
        if len(set(texts)) == 3
    )
    assert on_terminal(columns, 'upgrade', 'explain', name) == (
        Ran(0, '', ''),
        text,
    )


@pytest.mark.parametrize(
    ('environ', 'coloured'),
    [
        ({'TERM': 'xterm'}, True),
        ({'TERM': 'xterm', 'NO_COLOR': ''}, True),
        ({'TERM': 'xterm', 'NO_COLOR': '1'}, False),
        ({'TERM': 'dumb'}, False),
        ({}, False),
    ],
)
def test_a_terminal_shows_colours_where_it_can(
    tmp_path: pathlib.Path, environ: dict[str, str], coloured: bool
) -> None:
    path = tmp_path / 'report'
    path.write_text(
        formatters.render('json', reports.make(), formatters.Style())
    )
    words = ('upgrade', 'merge', path, path)
    shown = on_terminal(80, *words, **environ)[1]
    assert (re.sub(r'\033\[\d+m', '', shown), '\033' in shown) == (
        ran(*words).stdout,
        coloured,
    )


@pytest.mark.parametrize('more', [(), ('--debug',)])
def test_a_terminal_shows_how_far_it_is_but_where_faults_are_looked_for(
    tmp_path: pathlib.Path, more: tuple[str, ...]
) -> None:
    words = ('--config-file', deployment(tmp_path), *CHECK, *more)
    found, shown = on_terminal(80, *words, descriptor=2, TERM='xterm')
    assert (found.code, '\033[K' in shown) == (2, not more)
