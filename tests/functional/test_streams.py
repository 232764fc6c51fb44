# SPDX-License-Identifier: Apache-2.0
"""Tests of what the command writes where, and of streams that fail it."""

import fcntl
import io
import json
import os
import pathlib
import pty
import re
import socket
import struct
import subprocess
import termios
import typing

import pytest

from tests.functional import command, glance_databases

CHECK = ('upgrade', 'check')
STORES = (*CHECK, '--check', 'store-backends')

FULL = 'glance-status: stdout cannot be written: No space left on device\n'
CLOSED = 'glance-status: stdout cannot be written: Bad file descriptor\n'

_ESCAPE = re.compile(r'\033\[\d+m')


@pytest.fixture(scope='module')
def small(tmp_path_factory: pytest.TempPathFactory) -> typing.Iterator[str]:
    """The path of the configuration of a healthy deployment."""
    directory = tmp_path_factory.mktemp('small')
    with glance_databases.database('sqlite', 'up_to_date', directory) as url:
        yield str(command.deployment(directory, url))


@pytest.fixture(scope='module')
def large(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The path of one whose report is larger than the buffer of a pipe."""
    path = command.deployment(
        tmp_path_factory.mktemp('large'),
        DEFAULT={
            'enabled_backends': ', '.join(
                f'späicher{number}:sheepdog' for number in range(1000)
            )
        },
    )
    assert len(stores(path).stdout) > 2**17
    return str(path)


def stores(path: str | pathlib.Path, *args: str) -> command.Completed:
    return command.run('--config-file', path, *STORES, *args)


def shell(line: str, path: str) -> command.Completed:
    """Run a line of bash, in which $COMMAND and $CONFIG stand for the paths.

    ``code`` is that of the first command of a pipe.
    """
    process = command.call(
        ['bash', '-c', f'{line}; exit ${{PIPESTATUS[0]}}'],
        env=command.environment({'COMMAND': command.COMMAND, 'CONFIG': path}),
        text=True,
    )
    return command.Completed(
        process.returncode, process.stdout, process.stderr
    )


# Who gets what


@pytest.mark.parametrize('form', ['table', 'json'])
def test_stdout_holds_the_report_and_stderr_which_files_were_read(
    small: str, form: str
) -> None:
    completed = command.run('--config-file', small, *CHECK, '--format', form)

    assert completed.code == 0
    assert completed.stderr == f'glance-status: read {small}\n'
    if form == 'json':
        assert command.document(completed)['outcome'] == 'success'
    else:
        assert completed.stdout.startswith('Target: ')
        assert completed.stdout.endswith('+\n')


# Readers that go away


@pytest.mark.parametrize(
    ('args', 'first'), [('', 'Target: '), ('--json', '{')]
)
def test_a_reader_of_one_line_gets_it_and_no_complaint(
    large: str, args: str, first: str
) -> None:
    completed = shell(
        f'"$COMMAND" --config-file "$CONFIG" {" ".join(STORES)} {args} '
        '| head -1',
        large,
    )

    assert (completed.code, completed.stderr) == (
        255,
        f'glance-status: read {large}\n',
    )
    assert completed.stdout.startswith(first)
    assert completed.stdout.count('\n') == 1


def test_a_reader_that_is_gone_from_the_start_is_no_fault(
    small: str,
) -> None:
    for args in ((), ('upgrade',), ('-h',), ('upgrade', 'list')):
        read_end, write_end = os.pipe()
        os.close(read_end)
        with open(write_end, 'wb') as stream:
            process = command.call(
                [command.COMMAND, *args],
                env=command.environment(),
                stdout=stream,
            )
        assert (process.returncode, process.stderr) == (255, b'')


def test_a_socket_whose_peer_is_gone_is_no_fault(large: str) -> None:
    ours, theirs = socket.socketpair()
    theirs.close()
    with ours:
        process = command.call(
            [command.COMMAND, '--config-file', large, *STORES],
            env=command.environment(),
            stdout=ours.fileno(),
            text=True,
        )

    assert process.returncode == 255
    assert process.stderr == f'glance-status: read {large}\n'


def test_a_pipe_that_does_not_wait_for_its_reader_gets_all(large: str) -> None:
    expected = json.loads(stores(large, '--json').stdout)['checks']
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    with open(read_end, 'rb') as reader:
        with open(write_end, 'wb') as writer:
            process = command.Process(
                [command.COMMAND, '--config-file', large, *STORES, '--json'],
                env=command.environment(),
                stdout=writer,
                stderr=subprocess.DEVNULL,
            )
        text = reader.read()

    assert process.wait(120) == 2
    (row,) = json.loads(text)['checks']
    assert row['findings'] == expected[0]['findings']


# Streams that are full or closed

WORDS = [
    '',
    '-h',
    'upgrade',
    'upgrade -h',
    'upgrade check -h',
    '--version',
    'upgrade list',
    'upgrade list --json',
    'upgrade explain policy-file',
    '--config-file "$CONFIG" upgrade check',
    '--config-file "$CONFIG" upgrade check --json',
]


@pytest.mark.parametrize('words', WORDS)
@pytest.mark.parametrize('unbuffered', ['', 'PYTHONUNBUFFERED=1 '])
@pytest.mark.parametrize(
    ('redirection', 'complaint'), [('> /dev/full', FULL), ('>&-', CLOSED)]
)
def test_a_stdout_that_takes_nothing_is_an_error(
    small: str,
    words: str,
    unbuffered: str,
    redirection: str,
    complaint: str,
) -> None:
    completed = shell(f'{unbuffered}"$COMMAND" {words} {redirection}', small)

    assert completed.code == 255
    assert completed.stdout == ''
    assert (
        completed.stderr.removeprefix(f'glance-status: read {small}\n')
        == complaint
    )


def test_a_large_report_to_a_full_stdout_is_an_error(large: str) -> None:
    completed = shell(
        f'"$COMMAND" --config-file "$CONFIG" {" ".join(STORES)} > /dev/full',
        large,
    )

    assert (completed.code, completed.stderr) == (
        255,
        f'glance-status: read {large}\n{FULL}',
    )


@pytest.mark.parametrize(
    'redirection',
    ['2>&-', '2> /dev/full', '<&-', '2>&- <&-', '2>&1 2>&- <&-', '3>&- 4>&-'],
)
def test_the_report_needs_no_other_stream(
    small: str, redirection: str
) -> None:
    completed = shell(
        '"$COMMAND" --config-file "$CONFIG" upgrade check --json '
        f'{redirection}',
        small,
    )

    assert completed.code == 0
    assert command.document(completed)['outcome'] == 'success'


@pytest.mark.parametrize(
    ('words', 'code'),
    [
        ('', 255),
        ('upgrade', 255),
        ('upgrad', 255),
        ('upgrade check', 255),
        ('--config-file "$CONFIG" upgrade check', 255),
        ('--config-file "$CONFIG" upgrade check --json --debug', 255),
    ],
)
def test_with_all_streams_closed_the_exit_code_remains(
    small: str, words: str, code: int
) -> None:
    assert shell(f'"$COMMAND" {words} >&- 2>&- <&-', small) == (
        command.Completed(code, '', '')
    )


def test_closed_streams_write_into_no_file(
    small: str, tmp_path: pathlib.Path
) -> None:
    database = next(pathlib.Path(small).parent.glob('*.sqlite'))
    before = database.read_bytes()

    shell(
        '"$COMMAND" --config-file "$CONFIG" upgrade check '
        '--debug >&- 2>&- <&-',
        small,
    )

    assert database.read_bytes() == before


def test_a_usage_error_with_a_closed_stderr_is_the_exit_code(
    small: str,
) -> None:
    assert shell('"$COMMAND" upgrad 2>&-', small) == command.Completed(
        255, '', ''
    )


# Characters that an encoding lacks

ENCODINGS = [
    {'LC_ALL': 'C'},
    {'LC_ALL': 'POSIX'},
    {'LC_ALL': 'C', 'PYTHONUTF8': '0', 'PYTHONCOERCECLOCALE': '0'},
    {'PYTHONIOENCODING': 'ascii'},
    {'PYTHONIOENCODING': 'ascii:strict'},
    {'PYTHONIOENCODING': 'latin-1'},
    {'PYTHONIOENCODING': 'utf-16'},
]


@pytest.mark.parametrize('env', ENCODINGS)
@pytest.mark.parametrize('form', ['table', 'json'])
def test_every_encoding_takes_every_report(
    tmp_path: pathlib.Path, env: dict[str, str], form: str
) -> None:
    path = command.deployment(
        tmp_path / 'größe',
        DEFAULT={'enabled_backends': 'späicher:sheepdog, 象:sheepdog'},
    )

    process = command.call(
        [
            command.COMMAND,
            '--config-file',
            path,
            *STORES,
            '--format',
            form,
            '--debug',
        ],
        env=command.environment(env),
    )

    assert process.returncode == 2
    encoding = env.get('PYTHONIOENCODING', 'utf-8').partition(':')[0]
    text = process.stdout.decode(encoding)
    assert b'Traceback' not in process.stderr
    if form == 'json':
        (row,) = json.loads(text)['checks']
        assert [item['affected']['count'] for item in row['findings']] == [
            1,
            1,
        ]
        assert 'späicher' in row['details']
        assert '象' in row['details']
    else:
        assert re.search(r'\((späicher|sp\\xe4icher)\)', text)
        assert re.search(r'\((象|\\u8c61)\)', text)


# Terminals


def on_terminal(
    columns: int,
    *args: str,
    env: dict[str, str] | None = None,
) -> tuple[int, str]:
    """Run the command on a terminal of a width; return code and text."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(
        theirs, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0)
    )
    process = command.Process(
        [command.COMMAND, *args],
        env=command.environment({'TERM': 'xterm'} | (env or {})),
        stdin=theirs,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs)
    text = io.BytesIO()
    while True:
        try:
            chunk = os.read(ours, 2**16)
        except OSError:
            break
        if not chunk:
            break
        text.write(chunk)
    os.close(ours)
    return process.wait(120), text.getvalue().decode().replace('\r\n', '\n')


@pytest.fixture
def stuck(tmp_path: pathlib.Path) -> str:
    """The path of a deployment with every kind of row."""
    name = 'a-backend-with-a-name-that-is-longer-than-forty-columns-are'
    return str(
        command.deployment(
            tmp_path,
            'sqlite:////nonexistent/glance.sqlite',
            DEFAULT={'enabled_backends': f'{name}:sheepdog, b:file'},
        )
    )


@pytest.mark.parametrize('columns', [40, 80, 120, 200])
def test_the_width_follows_the_terminal(stuck: str, columns: int) -> None:
    code, text = on_terminal(columns, '--config-file', stuck, *CHECK)
    lines = _ESCAPE.sub('', text).splitlines()
    table = [line for line in lines if line.startswith(('|', '+'))]

    assert code == 255
    assert len(set(map(len, table))) == 1
    long_word = max(len(word) for line in table for word in line.split()[1:-1])
    assert len(table[0]) <= max(columns, 100)
    if columns > long_word + 10:
        assert max(map(len, lines)) <= columns


@pytest.mark.parametrize('columns', [1, 40, 80, 200])
def test_no_name_id_or_command_is_cut(stuck: str, columns: int) -> None:
    _code, text = on_terminal(columns, '--config-file', stuck, *CHECK)

    for whole in (
        'removed-store',
        '(a-backend-with-a-name-that-is-longer-than-forty-columns-are)',
        '/nonexistent/glance.sqlite',
        'sheepdog',
    ):
        assert whole in _ESCAPE.sub('', text)


def test_a_pipe_is_80_columns_wide_whatever_the_environment_says(
    stuck: str,
) -> None:
    plain = command.run('--config-file', stuck, *CHECK)
    wide = command.run('--config-file', stuck, *CHECK, env={'COLUMNS': '200'})

    assert plain == wide
    assert '\033' not in plain.stdout


def test_a_terminal_of_no_width_is_80_columns_wide(small: str) -> None:
    args = ('--config-file', small, *CHECK)
    expected = command.run(*args).stdout

    code, text = on_terminal(0, *args)

    assert (code, _ESCAPE.sub('', text)) == (0, expected)


def test_a_terminal_shows_the_same_report_in_colours(small: str) -> None:
    args = ('--config-file', small, *CHECK)
    plain = command.run(*args).stdout

    code, text = on_terminal(80, *args)

    assert code == 0
    assert text != plain
    assert _ESCAPE.sub('', text) == plain
    # Every colour ends where the word ends.
    escapes = _ESCAPE.findall(text)
    assert set(escapes[1::2]) == {'\033[0m'}
    assert '\033[0m' not in escapes[::2]


@pytest.mark.parametrize(
    'env', [{'NO_COLOR': '1'}, {'NO_COLOR': 'false'}, {'TERM': 'dumb'}]
)
def test_a_terminal_shows_no_colours_to_those_who_want_none(
    small: str, env: dict[str, str]
) -> None:
    args = ('--config-file', small, *CHECK)

    assert on_terminal(80, *args, env=env) == (0, command.run(*args).stdout)


def test_an_empty_no_color_says_nothing(small: str) -> None:
    args = ('--config-file', small, *CHECK)

    _code, text = on_terminal(80, *args, env={'NO_COLOR': ''})

    assert '\033[' in text


def test_json_on_a_terminal_is_json(small: str) -> None:
    code, text = on_terminal(40, '--config-file', small, *CHECK, '--json')

    assert code == 0
    assert json.loads(text)['outcome'] == 'success'


@pytest.mark.parametrize('words', [(), ('upgrade', 'list'), ('upgrade',)])
@pytest.mark.parametrize('columns', [1, 40, 200])
def test_what_needs_no_deployment_fits_every_terminal(
    words: tuple[str, ...], columns: int
) -> None:
    code, text = on_terminal(columns, *words)

    assert code == 0
    assert text


def test_a_name_in_the_configuration_cannot_steer_the_terminal(
    tmp_path: pathlib.Path,
) -> None:
    path = command.deployment(
        tmp_path, DEFAULT={'enabled_backends': 'a\033[2Jb:sheepdog'}
    )

    _code, text = on_terminal(
        80, '--config-file', str(path), *STORES, env={'NO_COLOR': '1'}
    )

    assert '\033' not in text
    assert '[2Jb' in text
