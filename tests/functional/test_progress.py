# SPDX-License-Identifier: Apache-2.0
"""Tests of what a terminal shows while ``upgrade check`` runs."""

import pathlib
import re
import socket
import typing

import pytest

from tests.functional import command, glance_databases, terminals

# The check of a plug-in that is done as soon as a file is there.
SLOW = """
import os
import time

from oslo_upgradecheck import upgradecheck

from glance_status import plugins


class Checks(plugins.BaseChecks):
    def get_checks(self):
        return [(os.environ.get('SLOW_TITLE', 'Slow'), self.wait)]

    def wait(self, checker):
        while not os.path.exists(os.environ['SLOW_UNTIL']):
            if 'SLOW_PRINTS' in os.environ:
                print('still waiting' * 1000)
            time.sleep(0.01)
        return upgradecheck.Result(upgradecheck.Code.SUCCESS)
"""
METADATA = 'Metadata-Version: 2.1\nName: slow\nVersion: 1.0\n'
ENTRY_POINTS = '[slow.checks]\nslow = slow:Checks\n'

SHOWN = '[2/2] Slow'


@pytest.fixture(scope='module')
def conf(
    tmp_path_factory: pytest.TempPathFactory,
) -> typing.Iterator[pathlib.Path]:
    """The configuration of a deployment in which all is well."""
    directory = tmp_path_factory.mktemp('healthy')
    with glance_databases.database('sqlite', 'up_to_date', directory) as url:
        yield command.deployment(directory, url)


@pytest.fixture(scope='module')
def installed(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """Install the plug-in; return where."""
    directory = tmp_path_factory.mktemp('site')
    (directory / 'slow.py').write_text(SLOW)
    metadata = directory / 'slow-1.0.dist-info'
    metadata.mkdir()
    (metadata / 'METADATA').write_text(METADATA)
    (metadata / 'entry_points.txt').write_text(ENTRY_POINTS)
    return directory


@pytest.fixture
def until(tmp_path: pathlib.Path) -> pathlib.Path:
    """The file that the slow check waits for."""
    return tmp_path / 'until'


@pytest.fixture
def env(installed: pathlib.Path, until: pathlib.Path) -> dict[str, str]:
    """What the command needs to find the plug-in, and the plug-in."""
    return {'PYTHONPATH': str(installed), 'SLOW_UNTIL': str(until)}


def words(conf: pathlib.Path, *more: str) -> list[str]:
    return [
        *('--config-file', str(conf), 'upgrade', 'check'),
        *('--namespace', 'slow.checks', '--check', 'slow:*'),
        *('--check', 'upgrade-path', *more),
    ]


def started(
    conf: pathlib.Path, *more: str, **options: typing.Any
) -> terminals.Terminal:
    """Start the command with the slow check in a terminal."""
    return terminals.Terminal(command.COMMAND, *words(conf, *more), **options)


def test_a_terminal_shows_progress_and_then_the_report_alone(
    conf: pathlib.Path, until: pathlib.Path, env: dict[str, str]
) -> None:
    with started(conf, env=env, but=[until]) as screen:
        screen.wait_for(SHOWN)
        during = screen.shown()
        screen.wait_for(f'{SHOWN}, 1 s')
        until.touch()
        code = screen.finish()

    plain = command.run(*words(conf), env=env)
    said = terminals.lines(plain.stderr)
    assert during == [*said, SHOWN]
    assert screen.shown() == [*said, *terminals.lines(plain.stdout)]
    assert code == plain.code == 0


def test_each_thing_that_is_done_is_shown_and_what_is_left_out_is_not(
    conf: pathlib.Path, until: pathlib.Path, env: dict[str, str]
) -> None:
    until.touch()
    with terminals.Terminal(command.COMMAND, *words(conf), env=env) as screen:
        screen.finish()

    drawn = screen.sent.decode().split('\x1b[?7l')[1:]
    assert [part.partition('\x1b')[0] for part in drawn] == [
        'loading the plug-in glance',
        'loading the plug-in slow',
        'asking the database',
        '[1/2] Upgrade path',
        '[2/2] Slow',
    ]


@pytest.mark.parametrize(
    ('option', 'value', 'limit'),
    [
        ('--timeout', '45', '45'),
        # What is left of it by then.
        ('--deadline', '48', r'4\d'),
    ],
)
def test_after_ten_seconds_it_says_that_it_is_slow(
    conf: pathlib.Path,
    until: pathlib.Path,
    env: dict[str, str],
    option: str,
    value: str,
    limit: str,
) -> None:
    with started(conf, option, value, env=env, but=[until]) as screen:
        screen.wait_for('[2/2] still Slow, 1')
        slow = screen.shown()[-1]
        until.touch()
        code = screen.finish()

    assert re.fullmatch(rf'\[2/2\] still Slow, 1\d s of {limit} s', slow)
    assert code == 0


def test_a_check_that_prints_all_the_time_is_seen_to_be_slow(
    conf: pathlib.Path, until: pathlib.Path, env: dict[str, str]
) -> None:
    env['SLOW_PRINTS'] = '1'
    with started(conf, env=env, but=[until]) as screen:
        screen.wait_for(f'{SHOWN}, 2 s')
        until.touch()
        assert screen.finish() == 0

    assert 'still waiting' not in screen.sent.decode()


def test_a_database_that_does_not_answer_is_seen(
    tmp_path: pathlib.Path,
) -> None:
    with socket.create_server(('127.0.0.1', 0)) as server:
        port = server.getsockname()[1]
        conf = command.deployment(
            tmp_path, f'mysql+pymysql://glance:x@127.0.0.1:{port}/glance'
        )
        args = ('--config-file', conf, 'upgrade', 'check', '--timeout', '3')
        with terminals.Terminal(command.COMMAND, *args) as screen:
            screen.wait_for('asking the database, 1 s')
            assert screen.finish() == 255

    assert 'asking the database' not in '\n'.join(screen.shown())


def test_the_report_in_a_file_leaves_the_terminal_as_it_was(
    conf: pathlib.Path,
    until: pathlib.Path,
    env: dict[str, str],
    tmp_path: pathlib.Path,
) -> None:
    args = words(conf, '--json')
    path = tmp_path / 'report.json'
    with (
        path.open('wb') as report,
        started(
            conf,
            '--json',
            env=env,
            stdout=report.fileno(),
            but=[until, path],
        ) as screen,
    ):
        screen.wait_for(SHOWN)
        until.touch()
        code = screen.finish()

    plain = command.run(*args, env=env)
    assert command.document(path.read_text()) == command.document(plain)
    assert screen.shown() == terminals.lines(plain.stderr)
    assert code == 0


def test_ctrl_c_leaves_the_report_alone(
    conf: pathlib.Path, env: dict[str, str]
) -> None:
    with terminals.Terminal(command.COMMAND, *words(conf), env=env) as screen:
        screen.wait_for(SHOWN)
        screen.type('\x03')
        code = screen.finish()

    lines = screen.shown()
    said = terminals.lines(f'glance-status: read {conf}\n')
    assert code == 255
    assert lines[: len(said)] == said
    assert lines[len(said)].startswith('Target: ')
    assert not [line for line in lines if '[2/2]' in line or '^C' in line]


@pytest.mark.parametrize(
    ('title', 'columns'),
    [
        ('Long ' * 40, 20),
        ('Long ' * 40, 80),
        ('Größe und noch viel mehr ' * 9, 80),
        ('長い検査 ' * 30, 80),
    ],
)
def test_a_title_that_is_too_wide_takes_one_line(
    conf: pathlib.Path,
    until: pathlib.Path,
    env: dict[str, str],
    tmp_path: pathlib.Path,
    title: str,
    columns: int,
) -> None:
    env['SLOW_TITLE'] = title
    with (
        (tmp_path / 'report').open('wb') as report,
        started(
            conf,
            env=env,
            columns=columns,
            stdout=report.fileno(),
            but=[until, tmp_path / 'report'],
        ) as screen,
    ):
        screen.wait_for(f'[2/2] {title[:2]}')
        during = screen.shown()
        until.touch()
        code = screen.finish()

    said = terminals.lines(f'glance-status: read {conf}\n', columns)
    assert during[:-1] == said
    assert screen.shown() == said
    assert code == 0


# Who is shown nothing


@pytest.mark.parametrize(
    ('more', 'quiet'),
    [
        ({}, False),
        ({'NO_COLOR': '1'}, False),
        ({'TERM': 'screen'}, False),
        ({'TERM': 'dumb'}, True),
        ({'TERM': ''}, True),
    ],
)
def test_the_terminal_decides_and_not_its_colours(
    conf: pathlib.Path,
    until: pathlib.Path,
    env: dict[str, str],
    more: dict[str, str],
    quiet: bool,
) -> None:
    until.touch()
    with terminals.Terminal(
        command.COMMAND, *words(conf), env=env | more
    ) as screen:
        assert screen.finish() == 0

    assert (b'[2/2]' not in screen.sent) == quiet


def test_debug_shows_lines_and_no_progress(
    conf: pathlib.Path, until: pathlib.Path, env: dict[str, str]
) -> None:
    until.touch()
    args = words(conf, '--debug')
    with terminals.Terminal(command.COMMAND, *args, env=env) as screen:
        assert screen.finish() == 0

    assert b'[2/2]' not in screen.sent


@pytest.mark.parametrize(
    ('end', 'quiet'), [('& wait $!', True), ('; true', False)]
)
def test_a_job_in_the_background_writes_nothing_over_the_prompt(
    conf: pathlib.Path,
    until: pathlib.Path,
    env: dict[str, str],
    end: str,
    quiet: bool,
) -> None:
    until.touch()
    script = f'set -m; "$@" > /dev/null {end}'
    args = ('bash', '-c', script, 'bash', command.COMMAND, *words(conf))
    with terminals.Terminal(*args, env=env) as screen:
        assert screen.finish() == 0

    said = terminals.lines(f'glance-status: read {conf}\n')
    assert screen.shown()[: len(said)] == said
    assert (b'\x1b' not in screen.sent) == quiet


@pytest.mark.parametrize(
    'redirection', ['2>&1 | cat', '> {0} 2>&1 < /dev/null; cat {0}']
)
def test_pipes_and_files_get_none_of_it(
    conf: pathlib.Path,
    until: pathlib.Path,
    env: dict[str, str],
    tmp_path: pathlib.Path,
    redirection: str,
) -> None:
    until.touch()
    plain = command.run(*words(conf), env=env)
    script = f'"$@" {redirection.format(tmp_path / "both")}'
    done = command.call(
        ['bash', '-c', script, 'bash', command.COMMAND, *words(conf)],
        env=command.environment(env | {'TERM': 'xterm'}),
        text=True,
        but=[tmp_path / 'both'],
    )

    assert done.returncode == 0
    assert plain.stderr == f'glance-status: read {conf}\n'
    assert done.stdout == plain.stderr + plain.stdout
    assert done.stderr == ''


def test_a_closed_stderr_gets_none_of_it(
    conf: pathlib.Path, until: pathlib.Path, env: dict[str, str]
) -> None:
    until.touch()
    args = ('bash', '-c', '"$@" 2>&-', 'bash', command.COMMAND, *words(conf))
    with terminals.Terminal(*args, env=env) as screen:
        assert screen.finish() == 0

    plain = command.run(*words(conf), env=env)
    assert screen.shown() == terminals.lines(plain.stdout)
