# SPDX-License-Identifier: Apache-2.0
"""Which databases SQLite would make."""

import contextlib
import pathlib
import sqlite3
import subprocess
import sys

import pytest

from glance_status import guard


@pytest.mark.parametrize(
    ('database', 'made'),
    [
        ('', None),
        (':memory:', None),
        ('there', None),
        (b'there', None),
        ('missing', 'missing'),
        (b'missing', 'missing'),
        (pathlib.Path('missing'), 'missing'),
        ('file:there', None),
        ('file:missing', 'missing'),
        ('file:missing?mode=rwc', 'missing'),
        ('file:missing?mode=ro', None),
        ('file:missing?mode=rw', None),
        # The last one counts.
        ('file:missing?mode=rwc&mode=ro', None),
        ('file:missing?mode=memory&cache=shared', None),
        ('file::memory:', None),
        ('file:mis%73ing?cache=private', 'missing'),
    ],
)
def test_it_knows_what_sqlite_makes(
    database: str | bytes | pathlib.Path,
    made: str | None,
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'there').touch()
    assert guard.new_file(database) == made
    with contextlib.suppress(sqlite3.OperationalError):
        _use(database)
    assert (tmp_path / 'missing').exists() == (made is not None)


def _use(database: str | bytes | pathlib.Path) -> None:
    with contextlib.closing(sqlite3.connect(database, uri=True)) as made:
        made.execute('CREATE TABLE a (b INTEGER)')


# What a process does that is watched: it opens a file, which is no database,
# and three databases.
WATCHED = """
import sqlite3
from glance_status import guard

guard.install()
open('there').close()
for name in (':memory:', 'there', 'missing'):
    try:
        sqlite3.connect(name).execute('CREATE TABLE a (b INTEGER)')
        print(name, 'is open')
    except sqlite3.OperationalError as error:
        print(error)
"""


def test_a_process_that_is_watched_makes_no_database(
    tmp_path: pathlib.Path,
) -> None:
    (tmp_path / 'there').touch()
    done = subprocess.run(
        [sys.executable, '-c', WATCHED],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout.splitlines(), done.stderr) == (
        [
            ':memory: is open',
            'there is open',
            'the SQLite file missing does not exist, and no check may make it',
        ],
        '',
    )
    assert [path.name for path in tmp_path.iterdir()] == ['there']
