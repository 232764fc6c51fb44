# SPDX-License-Identifier: Apache-2.0
"""What can be wrong with the file of a SQLite database."""

import contextlib
import os
import pathlib
import shutil
import sqlite3
from collections import abc

from tests.faults.fault import Case, Fault, Maker
from tests.faults.scene import Scene
from tests.functional import command, glance_databases
from tests.functional.test_database import wal

UNPRIVILEGED = Case(prefix=command.unprivileged())
HEADER = 16
DAMAGE = b'\xff'


@contextlib.contextmanager
def restored(where: Scene) -> abc.Iterator[pathlib.Path]:
    """Give the file, and put it and its directory back at the end."""
    file = where.file
    copy = where.root / 'copy'
    shutil.copy2(file, copy)
    try:
        yield file
    finally:
        file.parent.chmod(0o755)
        for path in file.parent.iterdir():
            path.unlink()
        os.rename(copy, file)


@contextlib.contextmanager
def missing(where: Scene) -> abc.Iterator[Case]:
    with restored(where) as file:
        file.unlink()
        yield Case()
        assert not file.exists()


@contextlib.contextmanager
def unreadable(where: Scene) -> abc.Iterator[Case]:
    with restored(where) as file:
        file.chmod(0)
        yield UNPRIVILEGED


@contextlib.contextmanager
def closed_directory(where: Scene) -> abc.Iterator[Case]:
    with restored(where) as file:
        file.parent.chmod(0)
        yield UNPRIVILEGED


@contextlib.contextmanager
def bad_header(where: Scene) -> abc.Iterator[Case]:
    with restored(where) as file:
        with file.open('r+b') as stream:
            stream.write(DAMAGE * HEADER)
        yield Case()


@contextlib.contextmanager
def bad_page(where: Scene) -> abc.Iterator[Case]:
    """Damage the first page of a table."""
    with restored(where) as file:
        with contextlib.closing(sqlite3.connect(file)) as connection:
            [[size]] = connection.execute('PRAGMA page_size')
            [[page]] = connection.execute(
                "SELECT rootpage FROM sqlite_master WHERE name = 'tasks'"
            )
        with file.open('r+b') as stream:
            stream.seek((page - 1) * size)
            stream.write(DAMAGE * size)
        yield Case()


@contextlib.contextmanager
def locked(where: Scene) -> abc.Iterator[Case]:
    with glance_databases.locked(where.file):
        yield Case(own={'connect_timeout': '1'})


def with_log(keep: tuple[str, ...], writable: bool) -> Maker:
    """Return what leaves the file in write-ahead mode.

    :param keep: which files of the log are beside it
    :param writable: whether its directory may be written
    """

    @contextlib.contextmanager
    def make(where: Scene) -> abc.Iterator[Case]:
        with restored(where) as file:
            wal(file, keep)
            if not writable:
                for path in file.parent.iterdir():
                    path.chmod(0o444)
                file.parent.chmod(0o555)
            before = sorted(os.listdir(file.parent))
            yield UNPRIVILEGED
            assert sorted(os.listdir(file.parent)) == before

    return make


@contextlib.contextmanager
def unfinished(where: Scene) -> abc.Iterator[Case]:
    """Leave a transaction as a writer does who is killed in it."""
    with restored(where) as file:
        glance_databases.leave_transaction(file, where.root / 'unfinished')
        yield Case()


def _unreached(details: str) -> dict[str, str]:
    return {'database-connection': details}


RESTORE = 'Restore the file from a backup; the upgrade cannot mend it.'
SQLITE = ('sqlite',)

FAULTS = (
    Fault(
        'file-missing',
        'The file is not there',
        SQLITE,
        missing,
        _unreached(
            'the SQLite file {file} does not exist. Check [database] '
            'connection; a relative path starts at the working directory.'
        ),
        blocked='database',
    ),
    Fault(
        'file-unreadable',
        'This user may not read the file',
        SQLITE,
        unreadable,
        _unreached(
            'the SQLite file {file} cannot be read: Permission denied. '
            'Check the path, and that this user may read it.'
        ),
        blocked='database',
    ),
    Fault(
        'directory-closed',
        'This user may not enter the directory of the file',
        SQLITE,
        closed_directory,
        _unreached(
            'the SQLite file {file} cannot be read: Permission denied. '
            'Check the path, and that this user may read it.'
        ),
        blocked='database',
    ),
    Fault(
        'file-header',
        'The header of the file is damaged',
        SQLITE,
        bad_header,
        _unreached(
            '{file} did not let us in: file is not a database. ' + RESTORE
        ),
        blocked='database',
    ),
    Fault(
        'file-page',
        'A page in the middle of the file is damaged',
        SQLITE,
        bad_page,
        {
            'task-states': 'The check broke: the database said: database '
            'disk image is malformed. ' + RESTORE
        },
    ),
    Fault(
        'file-locked',
        'Another program writes to the file, and lets nobody read it',
        SQLITE,
        locked,
        _unreached(
            '{file} did not let us in: database is locked. Another program '
            'writes to it; try again when it is done.'
        ),
        blocked='database',
        takes='``connect_timeout``',
    ),
    Fault(
        'log-read-only',
        'A write-ahead log in use, in a directory that is read-only',
        SQLITE,
        with_log(('-wal', '-shm'), writable=False),
        code=0,
    ),
    Fault(
        'log-absent-read-only',
        'Write-ahead mode without a log, in a directory that is read-only',
        SQLITE,
        with_log((), writable=False),
        code=0,
    ),
    Fault(
        'log-left',
        'A write-ahead log that a killed program left',
        SQLITE,
        with_log(('-wal',), writable=True),
        _unreached(
            'the program that wrote to the SQLite file {file} was stopped in '
            'the middle and left {file}-wal, which nobody can read without '
            'making a file beside it. Start Glance on it once, or run '
            "`sqlite3 {file} 'PRAGMA wal_checkpoint'` as Glance's user."
        ),
        blocked='database',
    ),
    Fault(
        'transaction-left',
        'A transaction that a killed program left',
        SQLITE,
        unfinished,
        _unreached(
            '{file} did not let us in: attempt to write a readonly database. '
            'A program that wrote to it was stopped in the middle, and what '
            'it left has to be rolled back first. Start Glance on it once, '
            'or open it with sqlite3.'
        ),
        blocked='database',
    ),
)
