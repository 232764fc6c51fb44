# SPDX-License-Identifier: Apache-2.0
"""What the host may keep from the command: space, memory, files."""

import contextlib
import os
import subprocess
import unittest
from collections import abc

from tests.faults.fault import Case, Fault, Maker
from tests.faults.scene import Scene
from tests.functional.test_outputs import redirected, small_disk

SQLITE = ('sqlite',)


def run_with(*prefix: str) -> Maker:
    """Return what runs the command with another."""

    @contextlib.contextmanager
    def make(_where: Scene) -> abc.Iterator[Case]:
        yield Case(prefix=prefix)

    return make


@contextlib.contextmanager
def output_full(_where: Scene) -> abc.Iterator[Case]:
    with small_disk() as directory:
        path = directory / 'report'
        yield Case(
            args=('--output', f'html:{path}'), words={'path': str(path)}
        )
        assert os.listdir(directory) == []


@contextlib.contextmanager
def nothing_writable(where: Scene) -> abc.Iterator[Case]:
    words = (
        *('unshare', '--mount', 'sh', '-c'),
        f'mount --bind {where.root} {where.root} && '
        f'mount -o remount,bind,ro {where.root} && cd "$PWD" && exec "$@"',
        '-',
    )
    if os.geteuid() != 0 or subprocess.call(
        [*words, 'true'], stderr=subprocess.DEVNULL
    ):
        raise unittest.SkipTest('this user may not mount anything')
    yield Case(prefix=words, env={'HOME': str(where.root)})


def _fine(name: str, title: str, make: Maker) -> Fault:
    """Return a fault that does no harm."""
    return Fault(name, title, SQLITE, make, code=0)


FAULTS = (
    Fault(
        'output-full',
        'The disk of ``--output`` is full',
        SQLITE,
        output_full,
        stderr='glance-status: --output html:{path}: No space left on '
        'device\n',
    ),
    Fault(
        'stdout-full',
        'The disk of stdout is full',
        SQLITE,
        run_with(*redirected('> /dev/full')),
        stderr='glance-status: stdout cannot be written: No space left on '
        'device\n',
    ),
    _fine(
        'stderr-full',
        'The disk of stderr is full',
        run_with(*redirected('2> /dev/full')),
    ),
    _fine(
        'little-memory',
        'Each process may have 256 MiB of addresses (``ulimit -v``)',
        run_with('prlimit', f'--as={256 * 2**20}'),
    ),
    _fine(
        'few-descriptors',
        'Each process may open 32 files (``ulimit -n``)',
        run_with('prlimit', '--nofile=32'),
    ),
    _fine('no-home', 'HOME is not set', run_with('env', '--unset=HOME')),
    _fine(
        'no-environment',
        'No variable is set at all',
        run_with('env', '--ignore-environment'),
    ),
    _fine(
        'read-only',
        'The file system of the configuration, the database, HOME and the '
        'working directory is read-only',
        nothing_writable,
    ),
)
