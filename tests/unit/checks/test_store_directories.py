# SPDX-License-Identifier: Apache-2.0
"""The directories of stores, on the host on which they are."""

import os
import pathlib
import pwd
import stat
import subprocess

import pytest

from glance_status import context, results
from glance_status.checks import directories, store_directories
from tests.unit import checkers

FAILURE, WARNING = results.FAILURE, results.WARNING


def found(
    directory: pathlib.Path, text: str, target: str = '33'
) -> list[tuple[str, int, str]]:
    """Return id, result and message of what the check finds."""
    checker = checkers.make(directory, text, target=target)
    return [
        (
            item.id,
            item.result,
            item.message.replace(str(directory), 'DIRECTORY'),
        )
        for item in store_directories.check_directories(checker)
    ]


def multi(datadir: pathlib.Path, staging: pathlib.Path) -> str:
    """Return a configuration of one store."""
    return (
        '[DEFAULT]\nenabled_backends = a:file\n'
        '[glance_store]\ndefault_backend = a\n'
        f'[a]\nfilesystem_store_datadir = {datadir}\n'
        f'[os_glance_staging_store]\nfilesystem_store_datadir = {staging}\n'
    )


def test_directories_that_are_there_or_can_be_made(
    tmp_path: pathlib.Path,
) -> None:
    assert found(tmp_path, multi(tmp_path, tmp_path / 'staging')) == []


def test_directories_of_another_host(tmp_path: pathlib.Path) -> None:
    elsewhere = pathlib.Path('/nonexistent/glance')
    with pytest.raises(context.Inapplicable):
        found(tmp_path, multi(elsewhere / 'images', elsewhere / 'staging'))


def test_files_in_the_way(tmp_path: pathlib.Path) -> None:
    (tmp_path / 'file').touch()
    text = multi(tmp_path / 'file', tmp_path / 'file' / 'staging')
    assert found(tmp_path, text) == [
        (
            'fs-datadir',
            FAILURE,
            'DIRECTORY/file is a directory of the default store a '
            '(DIRECTORY/glance-api.conf, line 2), and DIRECTORY/file is not a '
            'directory.',
        ),
        (
            'staging-directory',
            FAILURE,
            'Images are staged in DIRECTORY/file/staging '
            '(DIRECTORY/glance-api.conf, line 8), and DIRECTORY/file is not a '
            'directory.',
        ),
    ]


def test_staging_without_backends(tmp_path: pathlib.Path) -> None:
    (tmp_path / 'file').touch()
    text = f'[DEFAULT]\nnode_staging_uri = file://{tmp_path}/file\n'
    assert found(tmp_path, text) == [
        (
            'staging-directory',
            FAILURE,
            'Images are staged in DIRECTORY/file (DIRECTORY/glance-api.conf, '
            'line 2), and DIRECTORY/file is not a directory.',
        )
    ]


def test_directories_without_the_right_to_write(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.geteuid() == 0:
        # Root may write everywhere, and asks for the user that may not.
        monkeypatch.setattr(directories, 'USER', 'nobody')
    for path in (tmp_path, *tmp_path.parents[:2]):
        path.chmod(path.stat().st_mode | stat.S_IXOTH)
    closed = tmp_path / 'closed'
    closed.mkdir(mode=stat.S_IRUSR | stat.S_IXUSR)
    text = multi(closed, closed / 'staging')
    assert [item[:2] for item in found(tmp_path, text)] == [
        ('fs-datadir', FAILURE),
        ('staging-directory', FAILURE),
    ]


def test_who_may_not_write_is_named(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directories, 'USER', 'no_such_user')
    monkeypatch.setattr(os, 'geteuid', lambda: 987654)
    monkeypatch.setattr(os, 'access', lambda _path, _mode: False)
    missing = tmp_path / 'a' / 'b'
    assert directories.obstacles(map(str, [missing, tmp_path])) == {
        str(missing): f'the user 987654 may not make it in {tmp_path}',
        str(tmp_path): f'the user 987654 may not write into {tmp_path}',
    }


def test_who_is_neither_root_nor_glance_cannot_tell(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uid = pwd.getpwnam('nobody').pw_uid
    monkeypatch.setattr(directories, 'USER', 'nobody')
    monkeypatch.setattr(os, 'access', lambda _path, _mode: False)
    monkeypatch.setattr(os, 'geteuid', lambda: uid)
    path = str(tmp_path)
    assert directories.obstacles([path]) == {
        path: f'nobody may not write into {path}'
    }
    monkeypatch.setattr(os, 'geteuid', lambda: uid - 1)
    assert directories.obstacles([path]) == {}


def test_root_that_may_not_become_glance_says_nothing(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_details: object) -> None:
        raise PermissionError

    monkeypatch.setattr(directories, 'USER', 'nobody')
    monkeypatch.setattr(os, 'geteuid', lambda: 0)
    monkeypatch.setattr(subprocess, 'run', refuse)
    assert directories.obstacles([str(tmp_path)]) == {}


@pytest.mark.parametrize(
    ('path', 'here'),
    [
        ('/', True),
        ('/tmp/staging/', True),
        ('/nonexistent', False),
        ('/nonexistent/glance', False),
    ],
)
def test_what_is_here(path: str, here: bool) -> None:
    assert directories.is_here(path) is here
