# SPDX-License-Identifier: Apache-2.0
"""A plug-in's process from outside and inside, whatever is done in it."""

import contextlib
import importlib.metadata
import os
import pathlib
import resource
import signal
import sys
import time
import typing
from collections import abc

import pytest

from glance_status import answering, plugins, process, worker

# Seconds, of which none needs more than two but for a fault.
LIMIT = 40
MANY = 10**6


class Obedient:
    """A plug-in in whose process a function of this module answers."""

    def get_checks(self) -> list[plugins.Check]:
        """Take the place of what would answer."""
        vars(answering)['answer'] = lambda request, served: globals()[
            request['do']
        ](*request['with'])
        return []


@pytest.fixture
def child() -> abc.Iterator[process.Process]:
    """A process in which functions of this module can be called."""
    made = start()
    yield made
    made.close()


def start() -> process.Process:
    """Start such a process."""
    full = f'{__name__}:{Obedient.__name__}'
    group = plugins.NAMESPACE
    point = importlib.metadata.EntryPoint('sample', full, group)
    entry = plugins.Entry('sample', group, full, 'sample-pkg', point)
    made = process.Process(entry, None)
    nothing = {'checks': [], 'problems': []}
    assert made.ask({'do': 'load'}, LIMIT) == nothing
    return made


def ask(
    child: process.Process,
    what: typing.Callable[..., object],
    *arguments: object,
    seconds: float = LIMIT,
    **more: typing.Any,
) -> worker.Message:
    """Call a function there, and return what it answers."""
    request = {'do': what.__name__, 'with': arguments}
    return child.ask(request, seconds, **more)


def lost(
    child: process.Process,
    what: typing.Callable[..., object],
    *arguments: object,
) -> str:
    """Return why a function gives no answer, which takes no long time."""
    begun = time.monotonic()
    with pytest.raises(process.Lost) as caught:
        ask(child, what, *arguments)
    assert not isinstance(caught.value, process.TimedOut)
    assert time.monotonic() - begun < LIMIT / 2
    assert_gone(child)
    return str(caught.value)


def assert_gone(child: process.Process) -> None:
    # Nothing is left of it, and to end it once more does nothing.
    child.close()
    with pytest.raises(ChildProcessError):
        os.waitpid(child._pid, os.WNOHANG)


def test_the_run_goes_on_in_the_process_that_it_was() -> None:
    # First of all, since the tests, too, would go on in another.
    run = os.fork()
    if not run:
        with contextlib.suppress(BaseException):
            start()
        os._exit(7)
    assert os.waitstatus_to_exitcode(os.waitpid(run, 0)[1]) == 7


# What is answered


def filled(size: int) -> worker.Message:
    """Answer in a line of so many bytes."""
    return {'x': 'a' * (size - len('{"x": ""}\n'))}


def test_the_longest_answer_has_32_mebibytes(child: process.Process) -> None:
    longest = 32 * 2**20
    assert ask(child, filled, longest) == filled(longest)
    assert lost(child, filled, longest + 1) == ('it returned more than 32 MiB')


def halves() -> worker.Message:
    """Answer in half a character, and a whole one."""
    return {'x': 'a\udcffé'}


def test_what_no_parser_takes_is_replaced(child: process.Process) -> None:
    assert ask(child, halves) == {'x': 'a?é'}


def unsendable() -> worker.Message:
    """Answer in what JSON has no word for."""
    return {'x': {1}}


def garbage(line: str) -> worker.Message:
    """Let answers be something else from now on."""
    vars(worker)['_reply'] = lambda *_anything: line.encode() + b'\n'
    return {}


@pytest.mark.parametrize('line', ['nonsense', '', '[]', '7'])
def test_an_answer_that_is_none_ends_the_process(
    child: process.Process, line: str
) -> None:
    assert ask(child, garbage, line) == {}
    assert lost(child, garbage, line) == (
        'its process sent something unreadable'
    )


def test_an_answer_that_cannot_be_sent_ends_the_process(
    child: process.Process,
) -> None:
    assert lost(child, unsendable) == (
        'its answer cannot be sent: TypeError: Object of type set is not '
        'JSON serializable'
    )


# What is printed


def prints(size: int, number: int = 1) -> worker.Message:
    """Write to stdout, past Python."""
    for _ in range(number):
        os.write(1, b'a' * size)
    return {}


@pytest.mark.parametrize(
    ('size', 'kept'), [(2**16, 2**16), (2**16 + 1, 2**16), (7, 7)]
)
def test_the_first_that_is_printed_is_kept(
    child: process.Process, size: int, kept: int
) -> None:
    ask(child, prints, size)
    child.close()
    assert child.output == b'a' * kept


def test_who_prints_much_does_not_wait(child: process.Process) -> None:
    assert ask(child, prints, MANY, 3) == {}
    assert ask(child, prints, MANY, 3) == {}
    child.close()
    assert child.output == b'a' * 2**16


def prints_late(closed: str) -> worker.Message:
    """Leave what is printed to Python, which has no stdout any more."""
    for name in ('stdout', 'stderr'):
        stream = open(os.devnull if name == closed else 1, 'w')  # noqa: SIM115
        stream.write('late')
        setattr(sys, name, stream)
    getattr(sys, closed).close()
    return {}


@pytest.mark.parametrize('closed', ['stdout', 'stderr'])
def test_what_python_keeps_is_printed_at_once(
    child: process.Process, closed: str
) -> None:
    ask(child, prints_late, closed)
    child.close()
    assert child.output == b'late'


def closes_streams(seconds: float) -> worker.Message:
    """Close stdout and stderr, and take some time."""
    os.close(1)
    os.close(2)
    time.sleep(seconds)
    return {}


def test_while_it_waits_it_looks_once_a_second(
    child: process.Process,
) -> None:
    looks: list[float] = []

    def tick() -> None:
        looks.append(time.monotonic())

    # With nobody left who prints, too.
    assert ask(child, closes_streams, 1.5, tick=tick) == {}
    assert 2 <= len(looks) <= 4


# How it ends


def ends(code: int) -> worker.Message:
    """End at once."""
    os._exit(code)


def exits() -> worker.Message:
    """Let Python end."""
    sys.exit(3)


def dies(number: int) -> worker.Message:
    """Be killed."""
    os.kill(os.getpid(), number)
    time.sleep(LIMIT)
    return {}


def hangs_up() -> worker.Message:
    """Close the line to the run, and live on."""
    os.closerange(3, 100)
    time.sleep(LIMIT)
    return {}


def leaves_another() -> worker.Message:
    """End, and leave a process that has all that this one had."""
    if not os.fork():
        time.sleep(LIMIT)
    os._exit(7)


IN_THE_MIDDLE = 'its process ended in the middle of it (exit code {})'
KILLED = 'its process was killed by signal {}'


@pytest.mark.parametrize(
    ('what', 'arguments', 'said'),
    [
        (ends, [0], IN_THE_MIDDLE.format(0)),
        (ends, [1], IN_THE_MIDDLE.format(1)),
        (exits, [], IN_THE_MIDDLE.format(0)),
        (dies, [1], KILLED.format('1 (Hangup)')),
        (dies, [9], KILLED.format('9 (Killed)')),
        (hangs_up, [], 'its process closed the line to the run'),
        (leaves_another, [], IN_THE_MIDDLE.format(7)),
    ],
)
def test_an_end_in_the_middle_is_told(
    child: process.Process,
    what: typing.Callable[..., object],
    arguments: list[int],
    said: str,
) -> None:
    assert lost(child, what, *arguments) == said


def number() -> worker.Message:
    """Tell which process this is."""
    return {'pid': os.getpid()}


def test_an_end_between_two_requests_is_told(child: process.Process) -> None:
    pid = ask(child, number)['pid']
    os.kill(pid, signal.SIGKILL)
    # It stays as it is until somebody asks.
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert lost(child, number) == KILLED.format('9 (Killed)')


def sleeps() -> worker.Message:
    """Take too long."""
    time.sleep(LIMIT)
    return {}


def test_who_takes_too_long_is_ended(child: process.Process) -> None:
    begun = time.monotonic()
    with pytest.raises(process.TimedOut):
        ask(child, sleeps, seconds=0.5)
    assert 0.5 <= time.monotonic() - begun < LIMIT / 2
    assert_gone(child)


def test_it_can_be_ended_before_it_is_there() -> None:
    before = os.listdir('/proc/self/fd')
    durations = []
    for _ in range(20):
        child = process.Process(None, None)
        begun = time.monotonic()
        child.close()
        durations.append(time.monotonic() - begun)
        assert_gone(child)
    # It is killed, and not waited for.
    assert min(durations) < 0.5
    assert os.listdir('/proc/self/fd') == before


def comes_twice() -> worker.Message:
    """Fork, and come back in both processes."""
    os.fork()
    return {'pid': os.getpid()}


def test_who_forks_answers_once(child: process.Process) -> None:
    pid = ask(child, number)
    assert ask(child, comes_twice) == pid
    assert [ask(child, number) for _ in range(20)] == [pid] * 20


def forks() -> worker.Message:
    """Start a process that goes on without this one."""
    other = os.fork()
    if not other:
        time.sleep(LIMIT)
        os._exit(0)
    return {'pids': [os.getpid(), other]}


def test_all_ends_with_the_run() -> None:
    out, into = os.pipe()
    run = os.fork()
    if not run:
        with contextlib.suppress(BaseException):
            pids = ask(start(), forks)['pids']
            os.write(into, ' '.join(map(str, pids)).encode())
        # Nobody has time to say goodbye.
        os.kill(os.getpid(), signal.SIGKILL)
    os.close(into)
    with open(out) as stream:
        pids = stream.read().split()
    os.waitpid(run, 0)
    assert len(pids) == 2
    end = time.monotonic() + LIMIT / 2
    while any(map(alive, pids)):
        assert time.monotonic() < end
        time.sleep(0.01)


def alive(pid: str) -> bool:
    """Tell whether a process runs."""
    try:
        text = pathlib.Path(f'/proc/{pid}/stat').read_text()
    except OSError:
        return False
    return text.rpartition(')')[2].split()[0] not in 'ZX'


# What it has of the run


def looks_round() -> worker.Message:
    """Tell what this process has, and may do."""
    return {
        'descriptors': len(os.listdir('/proc/self/fd')),
        'streams': [os.readlink(f'/proc/self/fd/{n}') for n in range(3)],
        'leads': os.getsid(0) == os.getpid(),
        'signals': [
            signal.getsignal(each) == signal.SIG_DFL
            for each in worker.RESET_SIGNALS
        ],
        'blocked': len(signal.pthread_sigmask(signal.SIG_BLOCK, ())),
        'memory': resource.getrlimit(resource.RLIMIT_DATA),
        'core': resource.getrlimit(resource.RLIMIT_CORE),
    }


@contextlib.contextmanager
def much_to_inherit() -> abc.Iterator[None]:
    """Have signals, files and limits that a child would have, too."""
    reader, writer = os.pipe()
    stdin = os.dup(0)
    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    handler = signal.signal(signal.SIGTERM, lambda number, frame: None)
    os.dup2(reader, 0)
    os.dup2(writer, 200)
    try:
        # Who may, has large core files.
        with contextlib.suppress(ValueError):
            resource.setrlimit(resource.RLIMIT_CORE, (-1, -1))
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, (soft, hard))
        signal.signal(signal.SIGTERM, handler)
        os.dup2(stdin, 0)
        for each in (reader, writer, stdin, 200):
            os.close(each)


def test_it_has_nothing_of_the_run() -> None:
    with much_to_inherit():
        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        child = start()
        seen = ask(child, looks_round)
        child.close()
    printed = seen['streams'][1]
    assert printed.startswith('pipe:')
    assert seen == {
        # Three streams, four lines, what stdin is of, and what lists these.
        'descriptors': 9,
        'streams': ['/dev/null', printed, printed],
        'leads': True,
        'signals': [True] * len(worker.RESET_SIGNALS),
        'blocked': 0,
        'memory': [2**30, resource.getrlimit(resource.RLIMIT_DATA)[1]],
        'core': [0, hard],
    }
