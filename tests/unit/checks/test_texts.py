# SPDX-License-Identifier: Apache-2.0
"""Files of text, and what is wrong with them."""

import os
import pathlib

import pytest

from glance_status.checks import texts

MIB = 1024 * 1024


def test_a_file_of_text(tmp_path: pathlib.Path) -> None:
    path = tmp_path / 'file'
    path.write_bytes(b'caf\xc3\xa9\r\n')
    assert texts.read(path) == texts.Text(str(path), 'café\r\n')


@pytest.mark.parametrize(
    ('content', 'error'),
    [
        (b'a\0b', 'it has NUL bytes'),
        (b'\xff', 'it is not UTF-8 (line 1)'),
        (b'\n\xff', 'it is not UTF-8 (line 2)'),
        (b'a\n\nb\xff\nc\xff\n', 'it is not UTF-8 (line 3)'),
        (b'#' * (4 * MIB + 1), 'it is larger than 4 MiB'),
        (b'\xff' * (5 * MIB), 'it is larger than 4 MiB'),
    ],
)
def test_a_file_that_is_no_text(
    tmp_path: pathlib.Path, content: bytes, error: str
) -> None:
    path = tmp_path / 'file'
    path.write_bytes(content)
    assert texts.read(path) == texts.Text(str(path), None, error)


def test_the_largest_file(tmp_path: pathlib.Path) -> None:
    path = tmp_path / 'file'
    path.write_bytes(b'#' * 4 * MIB)
    assert texts.read(path) == texts.Text(str(path), '#' * 4 * MIB)


def test_what_is_no_file(tmp_path: pathlib.Path) -> None:
    os.mkfifo(tmp_path / 'pipe')
    (tmp_path / 'link').symlink_to('link')
    assert [
        texts.read(str(tmp_path / name))[1:]
        for name in ('missing', 'pipe', 'link', '.', 'a\0b')
    ] == [
        (None, 'no such file or directory', False),
        (None, 'it is not a regular file', False),
        (None, 'too many levels of symbolic links', False),
        (None, 'it is not a regular file', False),
        (None, 'its name has a NUL character', False),
    ]


def test_a_file_for_others(tmp_path: pathlib.Path) -> None:
    path = tmp_path / 'file'
    path.write_text('secret')
    path.chmod(0)
    user = os.geteuid()
    if not user:
        # Root may read all, and nobody what is root's.
        os.seteuid(65534)
    try:
        found = texts.read(path)
    finally:
        os.seteuid(user)
    assert found == texts.Text(str(path), None, 'permission denied', True)
