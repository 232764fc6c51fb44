# SPDX-License-Identifier: Apache-2.0
"""Files that are replaced whole, or left as they are."""

import contextlib
import os
import pathlib
import signal
import stat
import subprocess
import sys
import threading
import time
import typing

import pytest

from glance_status import files

# Seconds; only a fault takes that long.
LIMIT = 60


def content(directory: pathlib.Path) -> dict[str, str]:
    """Return all that is in a directory."""
    return {path.name: path.read_text('utf-8') for path in directory.iterdir()}


@contextlib.contextmanager
def masked(mask: int) -> typing.Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def test_a_new_file_is_written(tmp_path: pathlib.Path) -> None:
    files.replace(str(tmp_path / 'new'), 'Größe: ☃\n')
    assert content(tmp_path) == {'new': 'Größe: ☃\n'}


def test_an_old_file_is_replaced(tmp_path: pathlib.Path) -> None:
    path = tmp_path / 'old'
    path.write_text('a longer text than the new one\n')
    files.replace(str(path), 'new\n')
    assert content(tmp_path) == {'old': 'new\n'}


def test_what_utf_8_lacks_is_escaped(tmp_path: pathlib.Path) -> None:
    files.replace(str(tmp_path / 'new'), 'a\udcffb\n')
    assert content(tmp_path) == {'new': 'a\\udcffb\n'}


def test_lines_end_as_they_do(tmp_path: pathlib.Path) -> None:
    files.replace(str(tmp_path / 'new'), 'a\r\nb\n')
    assert (tmp_path / 'new').read_bytes() == b'a\r\nb\n'


@pytest.mark.parametrize(
    ('mask', 'mode'), [(0o022, 0o644), (0o027, 0o640), (0, 0o666)]
)
def test_a_new_file_has_the_permissions_that_umask_leaves(
    tmp_path: pathlib.Path, mask: int, mode: int
) -> None:
    with masked(mask):
        files.replace(str(tmp_path / 'new'), 'x')
        assert os.umask(mask) == mask
    assert stat.S_IMODE((tmp_path / 'new').stat().st_mode) == mode


@pytest.mark.parametrize('mode', [0o600, 0o444, 0o664, 0o777])
def test_an_old_file_keeps_its_permissions(
    tmp_path: pathlib.Path, mode: int
) -> None:
    path = tmp_path / 'old'
    path.touch()
    path.chmod(mode)
    files.replace(str(path), 'x')
    assert stat.S_IMODE(path.stat().st_mode) == mode


@pytest.mark.skipif(os.geteuid() != 0, reason="files are root's to give")
def test_an_old_file_keeps_its_owner(tmp_path: pathlib.Path) -> None:
    path = tmp_path / 'old'
    path.touch()
    os.chown(path, 65534, 65533)
    files.replace(str(path), 'x')
    found = path.stat()
    assert (found.st_uid, found.st_gid) == (65534, 65533)


@pytest.mark.parametrize('exists', [True, False])
def test_a_link_stays_one_and_leads_to_the_new_file(
    tmp_path: pathlib.Path, exists: bool
) -> None:
    away = tmp_path / 'away'
    away.mkdir()
    if exists:
        (away / 'file').write_text('old')
    link = tmp_path / 'link'
    link.symlink_to('away/file')
    files.replace(str(link), 'new')
    assert os.readlink(link) == 'away/file'
    assert content(away) == {'file': 'new'}


def test_names_are_those_of_the_shell(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('HOME', str(tmp_path))
    monkeypatch.chdir(tmp_path)
    files.replace('~/home', 'x')
    files.replace('here', 'x')
    files.replace('a:b c', 'x')
    assert sorted(content(tmp_path)) == ['a:b c', 'here', 'home']


@pytest.mark.parametrize(
    ('name', 'error'),
    [
        ('missing/new', FileNotFoundError),
        ('file/new', NotADirectoryError),
        ('directory', IsADirectoryError),
        ('directory/', IsADirectoryError),
        ('missing/', IsADirectoryError),
        ('missing/.', IsADirectoryError),
        ('x' * 300, OSError),
        ('loop', OSError),
    ],
)
def test_what_cannot_be_a_file_is_an_error_and_leaves_nothing(
    tmp_path: pathlib.Path, name: str, error: type[OSError]
) -> None:
    (tmp_path / 'directory').mkdir()
    (tmp_path / 'file').touch()
    (tmp_path / 'loop').symlink_to('loop')
    with pytest.raises(error):
        files.replace(f'{tmp_path}/{name}', 'x')
    assert sorted(os.listdir(tmp_path)) == ['directory', 'file', 'loop']


def test_a_file_that_cannot_be_finished_leaves_the_old_one(
    tmp_path: pathlib.Path,
) -> None:
    (tmp_path / 'old').write_text('old')
    script = (
        'import resource; from glance_status import files\n'
        'resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n'
        f'files.replace({str(tmp_path / "old")!r}, "x" * 10_000)\n'
    )
    done = subprocess.run(
        [sys.executable, '-c', script],
        stderr=subprocess.PIPE,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    assert done.stderr.splitlines()[-1] == 'OSError: [Errno 27] File too large'
    assert content(tmp_path) == {'old': 'old'}


def test_readers_see_the_old_file_or_the_new(tmp_path: pathlib.Path) -> None:
    path = tmp_path / 'file'
    texts = ['a' * 300_000, 'b' * 200_000]
    path.write_text(texts[0])
    ended = threading.Event()
    seen = set()

    def read() -> None:
        while not ended.is_set():
            seen.add(path.read_text())

    reader = threading.Thread(target=read)
    reader.start()
    end = time.monotonic() + LIMIT
    while len(seen) < 2 and time.monotonic() < end:
        for text in (*texts, *texts):
            files.replace(str(path), text)
    ended.set()
    reader.join()
    assert seen == set(texts)


def test_a_signal_waits_until_the_file_is_there(
    tmp_path: pathlib.Path,
) -> None:
    size = 200_000_000
    path = tmp_path / 'new'
    script = (
        'import os, signal; from glance_status import files\n'
        'signal.signal(signal.SIGTERM, lambda number, frame: os._exit(7))\n'
        f'files.replace({str(path)!r}, "x" * {size})\n'
    )
    process = subprocess.Popen([sys.executable, '-c', script])
    end = time.monotonic() + LIMIT
    while not os.listdir(tmp_path) and time.monotonic() < end:
        time.sleep(0.001)
    process.send_signal(signal.SIGTERM)
    assert process.wait(LIMIT) == 7
    assert [
        (item.name, item.stat().st_size) for item in tmp_path.iterdir()
    ] == [('new', size)]


def test_a_device_and_a_pipe_are_written_to_and_stay(
    tmp_path: pathlib.Path,
) -> None:
    os.mkfifo(tmp_path / 'pipe')
    reader = os.open(tmp_path / 'pipe', os.O_RDONLY | os.O_NONBLOCK)
    with open(reader, encoding='utf-8') as stream:
        files.replace(str(tmp_path / 'pipe'), 'a\udcffb\n')
        files.replace('/dev/null', 'x')
        assert stream.read() == 'a\\udcffb\n'
    assert stat.S_ISFIFO((tmp_path / 'pipe').stat().st_mode)
    assert stat.S_ISCHR(os.stat('/dev/null').st_mode)
    assert os.listdir(tmp_path) == ['pipe']


def test_a_device_that_is_full_is_an_error() -> None:
    with pytest.raises(OSError, match='No space left on device'):
        files.replace('/dev/full', 'x')


@pytest.mark.parametrize('stream', ['stdout', 'stderr'])
@pytest.mark.parametrize('name', ['/dev/{}', '/proc/self/fd/{}', 'log'])
def test_where_a_stream_leads_nothing_is_lost(
    tmp_path: pathlib.Path, stream: str, name: str
) -> None:
    number = ('stdin', 'stdout', 'stderr').index(stream)
    place = name.format(stream if 'dev' in name else number)
    script = (
        'import sys; from glance_status import files\n'
        f'print("before", file=sys.{stream}, flush=True)\n'
        f'files.replace({place!r}, "report\\n")\n'
        f'print("after", file=sys.{stream}, flush=True)\n'
    )
    with (tmp_path / 'log').open('w') as log:
        log.write('old\n')
        log.flush()
        subprocess.run(
            [sys.executable, '-c', script],
            cwd=tmp_path,
            stdout=log if stream == 'stdout' else None,
            stderr=log if stream == 'stderr' else None,
            timeout=LIMIT,
            check=True,
        )
    assert content(tmp_path) == {'log': 'old\nbefore\nreport\nafter\n'}


def test_a_stream_that_is_closed_leads_nowhere(
    tmp_path: pathlib.Path,
) -> None:
    script = (
        'import os; from glance_status import files\n'
        'null = os.open(os.devnull, os.O_RDONLY)\n'
        'os.dup2(null, 2)\n'
        'files.replace(os.devnull, "x")\n'
        f'files.replace({str(tmp_path / "new")!r}, "x")\n'
    )
    subprocess.run([sys.executable, '-c', script], timeout=LIMIT, check=True)
    assert content(tmp_path) == {'new': 'x'}
