# SPDX-License-Identifier: Apache-2.0
"""What a check changed is as it was before the next."""

import concurrent.futures
import contextlib
import locale
import logging
import multiprocessing
import os
import pathlib
import signal
import sys
import threading
import typing
import warnings

import pytest
from oslo_config import cfg

from glance_status import options, surroundings
from tests.unit import checkers

FORK = multiprocessing.get_context('fork')


def elsewhere(
    function: typing.Callable[..., typing.Any], *arguments: object
) -> typing.Any:
    """Call a function in a process of its own, and return what it does."""
    with concurrent.futures.ProcessPoolExecutor(1, FORK) as process:
        return process.submit(function, *arguments).result()


def seen(conf: cfg.ConfigOpts) -> dict[str, typing.Any]:
    """Return all that a check may change for the next."""
    mask = os.umask(0)
    os.umask(mask)
    root = logging.getLogger()
    return {
        'directory': None if gone() else os.getcwd(),
        'mask': mask,
        'environment': dict(os.environ),
        'locale': locale.setlocale(locale.LC_ALL),
        'handlers': [signal.getsignal(each) for each in range(1, 32)],
        'blocked': signal.pthread_sigmask(signal.SIG_BLOCK, ()),
        'timer': signal.getitimer(signal.ITIMER_REAL),
        'handlers of logs': list(root.handlers),
        'level of logs': (root.level, root.manager.disable),
        'warnings': list(warnings.filters),
        'path': list(sys.path),
        'streams': (sys.stdin, sys.stdout, sys.stderr),
        'hooks': (sys.excepthook, sys.displayhook),
        'set': (conf.use_syslog, conf.policy_dirs),
        'not set': conf.use_journal,
        'in a group': conf.oslo_policy.enforce_scope,
    }


def gone() -> bool:
    """Tell whether the directory of this process is no more."""
    return os.stat('.').st_nlink == 0


def change(conf: cfg.ConfigOpts) -> None:
    """Change all of it."""
    with contextlib.suppress(OSError):
        os.chdir('/')
    os.umask(0o123)
    os.environ['A_VARIABLE'] = 'new'
    del os.environ['PATH']
    locale.setlocale(locale.LC_ALL, 'C')
    for each in (signal.SIGTERM, signal.SIGALRM, signal.SIGVTALRM):
        signal.signal(each, lambda number, frame: None)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    signal.setitimer(signal.ITIMER_REAL, 1000)
    root = logging.getLogger()
    root.addHandler(logging.NullHandler())
    root.setLevel(logging.CRITICAL)
    logging.disable(logging.CRITICAL)
    warnings.simplefilter('error')
    sys.path.append('/nowhere')
    sys.stdin = sys.stdout = sys.stderr = open(os.devnull)  # noqa: SIM115
    sys.excepthook = sys.displayhook = lambda *_anything: None
    conf.set_override('use_syslog', False)
    conf.set_default('use_journal', True)
    conf.set_override('enforce_scope', True, group='oslo_policy')
    conf.set_override('policy_dirs', ['b'])


def changed(
    directory: pathlib.Path, here: pathlib.Path
) -> tuple[set[str], set[str]]:
    """Return what is another while a check runs, and what is afterwards."""
    text = '[DEFAULT]\nuse_syslog = yes\npolicy_dirs = a\n'
    conf = options.glance(checkers.make(directory, text).conf)
    os.chdir(here)
    if here != directory:
        here.rmdir()
    before = seen(conf)
    with surroundings.kept(conf):
        change(conf)
        during = seen(conf)
    after = seen(conf)
    return (
        {name for name, value in before.items() if value != during[name]},
        {name for name, value in before.items() if value != after[name]},
    )


EVERYTHING = {
    *('directory', 'mask', 'environment', 'locale', 'handlers', 'blocked'),
    *('timer', 'handlers of logs', 'level of logs', 'warnings', 'path'),
    *('streams', 'hooks', 'set', 'not set', 'in a group'),
}


def test_what_a_check_changed_is_put_back(tmp_path: pathlib.Path) -> None:
    assert elsewhere(changed, tmp_path, tmp_path) == (EVERYTHING, set())


def test_a_directory_that_is_gone_is_no_fault(tmp_path: pathlib.Path) -> None:
    here = tmp_path / 'here'
    here.mkdir()
    # There is no way back to it.
    assert elsewhere(changed, tmp_path, here) == (EVERYTHING, {'directory'})


def started() -> tuple[int, int, int]:
    """Return how many threads there are more once one runs, and ended."""
    before = surroundings.threads()
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    during = surroundings.threads()
    end.set()
    thread.join()
    return len(before), len(during - before), len(before - during)


def test_threads_are_known_while_they_run() -> None:
    own, more, fewer = elsewhere(started)
    assert (own > 0, more, fewer) == (True, 1, 0)


def without_proc(directory: pathlib.Path) -> frozenset[str]:
    """Return the threads where there is no /proc."""
    os.chroot(directory)
    return surroundings.threads()


@pytest.mark.skipif(os.geteuid() != 0, reason='root alone leaves /proc')
def test_where_nobody_knows_the_threads_there_are_none(
    tmp_path: pathlib.Path,
) -> None:
    assert elsewhere(without_proc, tmp_path) == frozenset()
