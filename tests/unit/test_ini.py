# SPDX-License-Identifier: Apache-2.0
"""Configuration files, with the line in which each option stands."""

import os
import pathlib

import pytest

from glance_status import ini

SECRET = 'Tr0ub4dor-and-3'


def write(path: pathlib.Path, content: str | bytes) -> str:
    path.write_bytes(
        content if isinstance(content, bytes) else content.encode()
    )
    return str(path)


def refused(*files: str) -> str:
    """Return what is said of files, without the directory of the first."""
    with pytest.raises(ini.ConfigurationError) as caught:
        ini.settings_of(files)
    assert SECRET not in str(caught.value)
    return str(caught.value).replace(f'{os.path.dirname(files[0])}/', '')


@pytest.mark.parametrize('end', ['\n', '\r\n', '\r'])
def test_options_are_told_with_their_line(
    end: str, tmp_path: pathlib.Path
) -> None:
    lines = (
        '# a comment',
        '[DEFAULT]',
        'one = 1',
        'two = a,',
        '    b,',
        '    c',
        '',
        '[Other]',
        'one: "x"',
        'one =',
        'last = ü',
    )
    file = write(tmp_path / 'a.conf', end.join(lines))
    more = write(tmp_path / 'b.conf', '[DEFAULT]\none = 2\n')
    assert ini.settings_of([file, os.devnull, more]) == [
        ini.Setting(file, 3, 'DEFAULT', 'one', '1'),
        ini.Setting(file, 4, 'DEFAULT', 'two', 'a,\nb,\nc'),
        ini.Setting(file, 9, 'Other', 'one', 'x'),
        ini.Setting(file, 10, 'Other', 'one', ''),
        ini.Setting(file, 11, 'Other', 'last', 'ü'),
        ini.Setting(more, 2, 'DEFAULT', 'one', '2'),
    ]


def test_a_setting_is_named_as_messages_have_it() -> None:
    setting = ini.Setting('/etc/a.conf', 3, 'Other', 'one', '1')
    assert (setting.place, setting.name) == (
        '/etc/a.conf, line 3',
        '[Other] one',
    )
    assert list(map(ini.group_name, ('DEFAULT', 'default', 'Other'))) == [
        'DEFAULT',
        'default',
        'other',
    ]


@pytest.mark.parametrize(
    ('content', 'said'),
    [
        (
            b'[DEFAULT]\n\0',
            ', line 2: a NUL byte, as binary files, UTF-16 or a crash of the '
            'host have it. Save it as UTF-8 without one.',
        ),
        (
            b'\xef\xbb\xbf[DEFAULT]\n',
            ' begins with a byte order mark, at which Glance fails. Save it '
            'as UTF-8 without one.',
        ),
        (
            f'\n[DEFAULT]\n\npassword = {SECRET}ä\nx = ä'.encode('latin-1'),
            ', line 4: not UTF-8. Convert the file, for example `iconv -f '
            'ISO-8859-1 -t UTF-8`.',
        ),
        (f'a = {SECRET}\n  b\n[x]', ', line 1: no [section] before it.'),
        (
            f'[DEFAULT]\n\n{SECRET}\n',
            ", line 3: no ':' or '=' found in assignment.",
        ),
    ],
)
def test_what_is_no_such_file_is_refused_with_its_place(
    content: str | bytes, said: str, tmp_path: pathlib.Path
) -> None:
    good = write(tmp_path / 'good.conf', '[DEFAULT]\nx = y\n')
    bad = write(tmp_path / 'bad.conf', content)
    assert refused(good, bad) == f'bad.conf{said}'


def test_what_is_no_file_is_refused(tmp_path: pathlib.Path) -> None:
    os.mkfifo(tmp_path / 'pipe')
    (tmp_path / 'directory').mkdir()
    assert {
        name: refused(f'{tmp_path}/{name}')
        for name in ('pipe', 'directory', 'nothing')
    } == {
        'pipe': 'pipe is not a regular file, and a configuration is read '
        'more than once: copy it into a file.',
        'directory': 'directory is a directory: use --config-dir.',
        'nothing': 'nothing: No such file or directory.',
    }
    assert str(ini.unreadable('/x', PermissionError(13, 'Not yours'))) == (
        '/x: Not yours. Run glance-status as root or as the user that runs '
        'Glance.'
    )


def test_files_are_as_large_together_as_any_configuration(
    tmp_path: pathlib.Path,
) -> None:
    most = 4 * 1024 * 1024
    large = write(tmp_path / 'large.conf', b'#' * (most - 1) + b'\n')
    small = write(tmp_path / 'small.conf', b'\n')
    assert ini.settings_of([large]) == []
    end = (
        'larger than 4 MiB{}, as no configuration of Glance is. Name another '
        'file with --config-file.'
    )
    assert refused(large, small) == (
        f'small.conf and the files before it are {end.format(" together")}'
    )
    write(tmp_path / 'large.conf', b'#' * most + b'\n')
    assert refused(large) == f'large.conf is {end.format("")}'
