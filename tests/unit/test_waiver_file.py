# SPDX-License-Identifier: Apache-2.0
"""What is read of a waivers file, and what is said of one that is none."""

import datetime
import pathlib

import pytest

from glance_status import errors, waiver_file, waivers


def test_a_file_is_read(tmp_path: pathlib.Path) -> None:
    path = tmp_path / 'waivers.yaml'
    path.write_text(
        '- id: old-thing\n'
        '  object: image-*\n'
        '  reason: Moved next week.\n'
        '  expires: 2026-12-31\n'
        '  max_count: 12\n'
        '- {id: new-thing, expires: "2027-01-01"}\n'
    )
    assert waiver_file.read(str(path)) == [
        waivers.Waiver(
            1,
            'old-thing',
            'image-*',
            'Moved next week.',
            datetime.date(2026, 12, 31),
            12,
        ),
        waivers.Waiver(2, 'new-thing', expires=datetime.date(2027, 1, 1)),
    ]


@pytest.mark.parametrize(
    'content', ['', '# none yet\n', '[]', '~', '#' * 256 * 1024]
)
def test_a_file_without_entries(tmp_path: pathlib.Path, content: str) -> None:
    path = tmp_path / 'waivers.yaml'
    path.write_text(content)
    assert waiver_file.read(str(path)) == []


def test_what_an_entry_leaves_empty_is_not_there(
    tmp_path: pathlib.Path,
) -> None:
    path = tmp_path / 'waivers.yaml'
    path.write_text(
        '- {id: old-thing, object: null, reason: " ", expires: ~,'
        ' max_count: 0}\n'
    )
    assert waiver_file.read(str(path)) == [
        waivers.Waiver(1, 'old-thing', max_count=0)
    ]


KNOWN = 'id, object, reason, expires, max_count'


@pytest.mark.parametrize(
    ('content', 'expected'),
    [
        (
            b'id: x',
            f'{{path}}: a list of entries is expected, each with {KNOWN}.',
        ),
        (b'- [', '{path}, line 1: not YAML.'),
        (b'- x', f'{{path}}: entry 1: keys and values are expected: {KNOWN}.'),
        (
            b'- {id: a, reson: b}',
            f'{{path}}: entry 1: unknown key reson; known: {KNOWN}.',
        ),
        (b'- {reason: b}', '{path}: entry 1: id is missing.'),
        (b'- {id: 7}', '{path}: entry 1: id is no text.'),
        (
            b'- {id: a, max_count: true}',
            '{path}: entry 1: max_count is no number from 0 on.',
        ),
        (
            b'- {id: a, expires: soon}',
            '{path}: entry 1: expires is no date like 2026-12-31.',
        ),
        (
            b'- {id: a, expires: 2026-02-30}',
            '{path}: entry 1: expires is no date like 2026-12-31.',
        ),
        (
            b'- {id: a}\n- {id: a, id: b}',
            '{path}: entry 2: id is there twice.',
        ),
        (
            b'- {id: a, object: null, object: b}',
            '{path}: entry 1: object is there twice.',
        ),
        (b'- {id: [a]}', '{path}: entry 1: id is no text.'),
        (b"- {id: ''}", '{path}: entry 1: id is missing.'),
        (
            b'- {id: a, [b]: c}',
            f'{{path}}: entry 1: unknown key a sequence; known: {KNOWN}.',
        ),
        (
            b'- {id: a, ' + b'x' * 40 + b'yz: c}',
            f'{{path}}: entry 1: unknown key {"x" * 40}; known: {KNOWN}.',
        ),
        (
            b'- {id: a, "' + b'x' * 39 + b'\\eyz": c}',
            f"{{path}}: entry 1: unknown key '{'x' * 39}\\x1b'; "
            f'known: {KNOWN}.',
        ),
        (b'- id: a\n- id: b\n  object: [', '{path}, line 3: not YAML.'),
        (
            b'- id: a\n  object: *.example.org',
            '{path}, line 2: not YAML; a text that begins with * needs '
            'quotes.',
        ),
        (b'- id: a\n- !x {id: b}', '{path}, line 2: not YAML.'),
        (b'[' * 100_000, '{path}: not YAML.'),
        (
            b'#' * (256 * 1024 + 1),
            '{path} is larger than 256 KiB: no waivers file.',
        ),
        (b'\xff', '{path} is not UTF-8 text.'),
        (b'- !!python/object:os.system {}', '{path}, line 1: not YAML.'),
    ],
)
def test_a_file_that_is_no_waivers_file(
    tmp_path: pathlib.Path, content: bytes, expected: str
) -> None:
    path = tmp_path / 'waivers.yaml'
    path.write_bytes(content)
    with pytest.raises(errors.Problem) as caught:
        waiver_file.read(str(path))
    assert str(caught.value) == expected.format(path=path)


def test_a_file_that_is_not_there(tmp_path: pathlib.Path) -> None:
    path = tmp_path / 'waivers.yaml'
    with pytest.raises(errors.Problem) as caught:
        waiver_file.read(str(path))
    assert str(caught.value) == f'{path}: No such file or directory.'
