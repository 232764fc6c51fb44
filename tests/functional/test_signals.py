# SPDX-License-Identifier: Apache-2.0
"""Tests of runs that somebody interrupts."""

import contextlib
import json
import os
import pathlib
import random
import signal
import socket
import subprocess
import time
import typing
from collections import abc

import pytest
import sqlalchemy

from tests.functional import command, glance_databases

CHECK = ('upgrade', 'check')
SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']
LIMIT = 60


@pytest.fixture
def silent() -> typing.Iterator[socket.socket]:
    """A server that lets clients in and never says a word."""
    with socket.create_server(('127.0.0.1', 0)) as server:
        server.settimeout(LIMIT)
        yield server


def start(
    *args: str | pathlib.Path,
    env: dict[str, str] | None = None,
    but: abc.Iterable[pathlib.Path] = (),
) -> subprocess.Popen[str]:
    return command.Process(
        [command.COMMAND, *map(str, args)],
        env=command.environment(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # As a shell starts a job: in a group of its own.
        start_new_session=True,
        preexec_fn=command.default_signals,
        but=but,
    )


def finish(process: subprocess.Popen[str]) -> command.Completed:
    """Return how a command ended, which has to be soon."""
    try:
        stdout, stderr = process.communicate(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return command.Completed(process.returncode, stdout, stderr)


def descendants(pid: int) -> set[int]:
    """Return the processes that a process has started, and so on."""
    parents = {}
    for entry in pathlib.Path('/proc').glob('[0-9]*'):
        with contextlib.suppress(OSError):
            fields = (entry / 'stat').read_text().rpartition(')')[2].split()
            parents[int(entry.name)] = int(fields[1])
    found = {pid}
    while more := {p for p, q in parents.items() if q in found} - found:
        found |= more
    return found - {pid}


def all_gone(pids: set[int]) -> bool:
    """Tell whether processes are no more, or soon."""
    end = time.monotonic() + LIMIT
    while any(map(alive, pids)):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def alive(pid: int) -> bool:
    try:
        text = pathlib.Path(f'/proc/{pid}/stat').read_text()
    except OSError:
        return False
    return text.rpartition(')')[2].split()[0] not in 'ZX'


def slow_deployment(
    directory: pathlib.Path, server: socket.socket, kind: str
) -> pathlib.Path:
    """Write the configuration of a database server that never answers."""
    port = server.getsockname()[1]
    return command.deployment(
        directory,
        f'{kind}://glance:Tr0ub4dor@127.0.0.1:{port}/glance',
        DEFAULT={'enabled_backends': 'one:sheepdog'},
    )


# In the middle of a check


@pytest.mark.parametrize('name', SIGNALS)
@pytest.mark.parametrize('kind', ['mysql+pymysql', 'postgresql+psycopg2'])
@pytest.mark.parametrize('form', ['json', 'table'])
def test_a_wait_for_the_database_can_be_interrupted(
    tmp_path: pathlib.Path,
    silent: socket.socket,
    name: str,
    kind: str,
    form: str,
) -> None:
    path = slow_deployment(tmp_path, silent, kind)
    process = start('--config-file', path, *CHECK, '--format', form)
    client, _address = silent.accept()
    children = descendants(process.pid)

    with client:
        process.send_signal(signal.Signals[name])
        completed = finish(process)

    assert children
    assert completed.code == 255
    assert completed.stderr == f'glance-status: read {path}\n'
    assert all_gone(children)
    if form == 'table':
        assert f'| Interrupted by {name}. ' in completed.stdout
        return
    report = command.document(completed)
    assert (report['outcome'], report['exit_code'], report['complete']) == (
        'error',
        255,
        False,
    )
    assert {row['reason'] for row in report['not_run']} == {
        f'the run was interrupted by {name}'
    }


def test_what_was_found_before_the_interruption_is_told(
    tmp_path: pathlib.Path,
) -> None:
    with (
        glance_databases.database('mariadb', 'up_to_date', tmp_path) as url,
        glance_databases.connection(url) as other,
    ):
        path = command.deployment(tmp_path, url)
        other.exec_driver_sql('LOCK TABLES images WRITE')
        process = start('--config-file', path, *CHECK, '--json')
        wait_for_lock(other)
        children = descendants(process.pid)
        process.send_signal(signal.SIGINT)
        completed = finish(process)

    report = command.document(completed)
    assert completed.code == 255
    assert all_gone(children)
    assert {row['id']: row['result'] for row in report['checks']}[
        'database-connection'
    ] == 0
    assert 'image-states' in {row['id'] for row in report['not_run']}


# Python runs this before the command; its child then never has the checks.
LOADING = """
import pathlib, sys, time

class Endless:
    def find_spec(self, name, path=None, target=None):
        if name == 'glance_status.checks':
            pathlib.Path({mark!r}).touch()
            time.sleep(600)

sys.meta_path.insert(0, Endless())
"""


@pytest.mark.parametrize('name', SIGNALS)
def test_an_interruption_before_any_check_is_known_is_told(
    name: str, tmp_path: pathlib.Path
) -> None:
    mark = tmp_path / 'mark'
    (tmp_path / 'sitecustomize.py').write_text(LOADING.format(mark=str(mark)))
    path = command.deployment(tmp_path / 'etc', 'sqlite:////nowhere')
    process = start(
        *('--config-file', path, *CHECK, '--json'),
        env={'PYTHONPATH': str(tmp_path)},
        but=[mark],
    )
    end = time.monotonic() + LIMIT
    while not mark.exists():
        assert time.monotonic() < end
        time.sleep(0.01)
    process.send_signal(signal.Signals[name])
    completed = finish(process)

    report = command.document(completed)
    assert (completed.code, report['checks'], report['not_run']) == (
        255, [], [],
    )  # fmt: skip
    assert completed.stderr == (
        f'glance-status: read {path}\nglance-status: interrupted by {name}\n'
    )


def wait_for_lock(connection: sqlalchemy.Connection) -> None:
    """Return when somebody waits for a table that this connection holds."""
    end = time.monotonic() + LIMIT
    waiting = (
        'SELECT COUNT(*) FROM information_schema.processlist '
        "WHERE db = DATABASE() AND state LIKE 'Waiting for table%%'"
    )
    while not connection.exec_driver_sql(waiting).scalar():
        assert time.monotonic() < end, 'nobody waits'
        time.sleep(0.01)


def test_a_second_signal_does_not_spoil_the_report(
    tmp_path: pathlib.Path, silent: socket.socket
) -> None:
    path = slow_deployment(tmp_path, silent, 'mysql+pymysql')
    process = start('--config-file', path, *CHECK, '--json')
    client, _address = silent.accept()

    with client:
        for name in SIGNALS:
            process.send_signal(signal.Signals[name])
        completed = finish(process)

    assert completed.code == 255
    assert 'Traceback' not in completed.stderr
    if completed.stdout:
        assert command.document(completed)['exit_code'] == 255
    else:
        assert 'interrupted by SIG' in completed.stderr


def test_a_key_pressed_reaches_the_whole_group_and_stops_it_once(
    tmp_path: pathlib.Path, silent: socket.socket
) -> None:
    path = slow_deployment(tmp_path, silent, 'mysql+pymysql')
    process = start('--config-file', path, *CHECK, '--json')
    client, _address = silent.accept()
    children = descendants(process.pid)

    with client:
        os.killpg(process.pid, signal.SIGINT)
        completed = finish(process)

    assert completed.code == 255
    assert command.document(completed)['exit_code'] == 255
    assert all_gone(children)


def test_a_hang_up_is_ignored_by_those_who_asked_for_it(
    tmp_path: pathlib.Path, silent: socket.socket
) -> None:
    path = slow_deployment(tmp_path, silent, 'mysql+pymysql')
    process = command.Process(
        [
            'nohup',
            command.COMMAND,
            '--config-file',
            path,
            *CHECK,
            '--json',
        ],
        env=command.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=command.default_signals,
    )
    client, _address = silent.accept()

    process.send_signal(signal.SIGHUP)
    time.sleep(0.2)
    assert process.poll() is None
    client.close()
    process.send_signal(signal.SIGTERM)
    completed = finish(process)

    assert completed.code == 255
    assert 'SIGHUP' not in completed.stdout + completed.stderr


def test_a_report_that_nobody_reads_can_be_interrupted(
    tmp_path: pathlib.Path,
) -> None:
    path = command.deployment(
        tmp_path,
        DEFAULT={
            'enabled_backends': ', '.join(
                f'store{number}:sheepdog' for number in range(1000)
            )
        },
    )
    process = start('--config-file', path, *CHECK, '--check', 'store-backends')
    assert process.stdout
    # One character shows that it writes; the pipe then is full again.
    first = process.stdout.buffer.raw.read(1)  # type: ignore[attr-defined]
    process.send_signal(signal.SIGTERM)
    completed = finish(process)

    assert first == b'T'
    assert completed.code == 255
    assert completed.stderr == (
        f'glance-status: read {path}\nglance-status: interrupted by SIGTERM\n'
    )


# At any moment


def heeds(pid: int, number: signal.Signals) -> bool:
    """Tell whether a process has a handler for a signal."""
    with contextlib.suppress(OSError):
        for line in (
            pathlib.Path(f'/proc/{pid}/status').read_text().split('\n')
        ):
            if line.startswith('SigCgt:'):
                return bool(int(line.split()[1], 16) >> (number - 1) & 1)
    return False


def wait_until_it_runs(process: subprocess.Popen[str]) -> None:
    """Wait for our own code: before it, Python and the kernel decide."""
    end = time.monotonic() + LIMIT
    while not heeds(process.pid, signal.SIGHUP):
        assert process.poll() is None
        assert time.monotonic() < end


@pytest.mark.parametrize('seed', range(50))
@pytest.mark.parametrize('words', ['check', 'list'])
def test_an_interruption_at_any_moment_ends_in_order(
    tmp_path: pathlib.Path, seed: int, words: str
) -> None:
    # The moments are the same in each run, and spread over the whole run.
    chance = random.Random(seed)
    name = SIGNALS[seed % 3]
    path = command.deployment(
        tmp_path,
        'mysql+pymysql://glance:Tr0ub4dor@127.0.0.1:1/glance',
        DEFAULT={'enabled_backends': 'one:sheepdog'},
    )
    args = ('--config-file', path, 'upgrade', words, '--format', 'json')
    process = start(*args)
    wait_until_it_runs(process)
    time.sleep(chance.uniform(0, 0.5))
    children = descendants(process.pid)
    os.killpg(process.pid, signal.Signals[name])

    completed = finish(process)

    assert all_gone(children)
    said = completed.stderr.removeprefix(f'glance-status: read {path}\n')
    assert said in ('', f'glance-status: interrupted by {name}\n')
    if completed.stdout:
        document = json.loads(completed.stdout)
        if words == 'check':
            assert document['exit_code'] == 255
    else:
        assert said
    if completed.code != 255:
        # It had ended before.
        assert (words, completed.code, said) == ('list', 0, '')
    assert completed.code >= 0
