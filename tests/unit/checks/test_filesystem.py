# SPDX-License-Identifier: Apache-2.0
"""The options of filesystem stores."""

import pathlib

import pytest

from glance_status import results
from glance_status.checks import filesystem, texts
from tests.unit import checkers

FAILURE, WARNING = results.FAILURE, results.WARNING
MULTI = (
    '[DEFAULT]\nenabled_backends = a:file, b:file\n'
    '[glance_store]\ndefault_backend = a\n'
    '[b]\nfilesystem_store_datadir = /srv/b\n'
)


def found(
    directory: pathlib.Path, text: str, target: str = '30'
) -> list[tuple[str, int, str]]:
    """Return id, result and message of what the check finds."""
    checker = checkers.make(directory, text, target=target)
    return checkers.told(directory, filesystem.check_options(checker))


@pytest.mark.parametrize(
    'text',
    [
        '',
        MULTI,
        MULTI + '[a]\nfilesystem_store_datadir =\n'
        'filesystem_store_datadirs = /srv/1:1\n'
        'filesystem_store_datadirs = /srv/2:2\n'
        'filesystem_store_datadirs = /srv/2:2\n'
        'filesystem_store_datadirs = /srv/3\n'
        'filesystem_store_datadirs = /srv/3:\n'
        'filesystem_store_datadirs = /srv/3:0\n'
        'filesystem_store_file_perm = 0640\n'
        '[b]\nfilesystem_store_file_perm = 700\n',
        '[glance_store]\nfilesystem_store_datadir = /srv\n'
        'filesystem_store_file_perm = 0\n',
        '[glance_store]\nstores = rbd\ndefault_store = rbd\n'
        'filesystem_store_datadirs = /srv/1:1\n',
        MULTI + '[a]\nfilesystem_store_metadata_file = relative.json\n',
        # Refused as what it is no number of.
        MULTI + '[a]\nfilesystem_store_file_perm = rw\n',
    ],
)
def test_stores_in_order(tmp_path: pathlib.Path, text: str) -> None:
    assert found(tmp_path, text) == []


def test_directories_beside_the_default_one(tmp_path: pathlib.Path) -> None:
    text = (
        '[glance_store]\nfilesystem_store_datadirs = /srv/1:1\n'
        'filesystem_store_datadirs = /srv/2:1\n'
    )
    assert found(tmp_path, text, '31') == [
        (
            'fs-datadirs',
            WARNING,
            '[glance_store] filesystem_store_datadirs is set '
            '(glance-api.conf, line 2), and is deprecated.',
        ),
        (
            'fs-directory-options',
            FAILURE,
            '[glance_store] filesystem_store_datadirs is set '
            '(glance-api.conf, line 2), and filesystem_store_datadir is '
            '/var/lib/glance/images: the default store file takes no images.',
        ),
    ]


@pytest.mark.parametrize(
    ('lines', 'message'),
    [
        (
            ['/srv/1:1', '/srv/1:2'],
            '[a] filesystem_store_datadirs has /srv/1 with two priorities '
            '(glance-api.conf, line 10)',
        ),
        (
            ['/srv/1:high'],
            '[a] filesystem_store_datadirs is /srv/1:high (glance-api.conf, '
            'line 9), which is not PATH:PRIORITY',
        ),
        ([], '[a] names no directory (glance-api.conf, line 8)'),
    ],
)
def test_directories_that_contradict(
    tmp_path: pathlib.Path, lines: list[str], message: str
) -> None:
    text = MULTI + '[a]\nfilesystem_store_datadir =\n'
    text += ''.join(f'filesystem_store_datadirs = {item}\n' for item in lines)
    assert found(tmp_path, text) == [
        (
            'fs-directory-options',
            FAILURE,
            f'{message}: the default store a takes no images.',
        )
    ]


@pytest.mark.parametrize(
    ('group', 'value', 'result', 'message'),
    [
        ('a', '044', FAILURE, 'the owner may not read the files.'),
        ('b', '044', WARNING, 'the owner may not read the files.'),
        ('a', '1', FAILURE, 'the owner may not read the files.'),
    ],
)
def test_permissions_without_the_owner(
    tmp_path: pathlib.Path, group: str, value: str, result: int, message: str
) -> None:
    text = f'{MULTI}[{group}]\nfilesystem_store_file_perm = {value}\n'
    assert found(tmp_path, text) == [
        (
            'fs-file-perm',
            result,
            f'[{group}] filesystem_store_file_perm is {int(value)} '
            f'(glance-api.conf, line 8): {message}',
        )
    ]


def test_permissions_that_are_not_octal(tmp_path: pathlib.Path) -> None:
    text = f'{MULTI}[b]\nfilesystem_store_file_perm = 680\n'
    assert found(tmp_path, text) == [
        (
            'fs-file-perm',
            FAILURE,
            '[b] filesystem_store_file_perm is 680 (glance-api.conf, line '
            '8), which is no octal number: the API does not start.',
        )
    ]


@pytest.mark.parametrize(
    ('content', 'wrong'),
    [
        (None, 'does not exist'),
        (b'', 'is not JSON'),
        (b'[' * 100_000, 'is not JSON'),
        (b'\xff', 'is not UTF-8'),
        (b' ' * (texts.LARGEST + 1), 'is larger than 4 MiB'),
        (b'{"id": "a"}', 'has an object without a string "mountpoint"'),
        (
            b'[{"id": 1, "mountpoint": "/"}]',
            'has an object without a string "id"',
        ),
        (
            b'{"id": "a", "mountpoint": "/", "more": [{"port": 5}]}',
            'has a value that is no string',
        ),
        (b'3', 'is not an object, or a list of objects'),
    ],
)
def test_metadata_files_of_no_use(
    tmp_path: pathlib.Path, content: bytes | None, wrong: str
) -> None:
    path = tmp_path / 'metadata.json'
    if content is not None:
        path.write_bytes(content)
    text = f'{MULTI}[a]\nfilesystem_store_metadata_file = {path}\n'
    assert found(tmp_path, text) == [
        (
            'fs-metadata-file',
            FAILURE,
            '[a] filesystem_store_metadata_file names metadata.json '
            f'(glance-api.conf, line 8), which {wrong}.',
        )
    ]


def test_a_metadata_file_of_another_host(tmp_path: pathlib.Path) -> None:
    path = '/nonexistent/metadata.json'
    text = f'{MULTI}[a]\nfilesystem_store_metadata_file = {path}\n'
    assert found(tmp_path, text) == [
        (
            'fs-metadata-file',
            WARNING,
            f'[a] filesystem_store_metadata_file names {path} '
            '(glance-api.conf, line 8), which does not exist. Its directory '
            'is not on this host either: look where Glance runs.',
        )
    ]


def test_a_metadata_file(tmp_path: pathlib.Path) -> None:
    path = tmp_path / 'metadata.json'
    content = '{"id": "share", "mountpoint": "/srv", "more": {"ports": ["5"]}}'
    path.write_text(content.ljust(texts.LARGEST))
    text = f'{MULTI}[a]\nfilesystem_store_metadata_file = {path}\n'
    assert found(tmp_path, text) == []


@pytest.mark.parametrize(
    ('store', 'written', 'path', 'result'),
    [
        ('a', 'datadir = /srv/a # images', '/srv/a # images', FAILURE),
        ('b', 'datadir = /srv/b?', '/srv/b?', WARNING),
        ('a', 'datadir =\nfilesystem_store_datadirs = /a#:1', '/a#', FAILURE),
    ],
)
def test_a_path_that_a_location_cannot_have(
    tmp_path: pathlib.Path, store: str, written: str, path: str, result: int
) -> None:
    text = f'{MULTI}[{store}]\nfilesystem_store_{written}\n'
    end = '#' if '#' in path else '?'
    title = 'default store a' if store == 'a' else 'store b'
    assert found(tmp_path, text) == [
        (
            'fs-path',
            result,
            f'{path} is a directory of the {title} (glance-api.conf, '
            f'line 2): the path of a location would end at {end}.',
        )
    ]


def test_stores_that_share_a_directory(tmp_path: pathlib.Path) -> None:
    text = (
        MULTI + '[a]\nfilesystem_store_datadir = /srv/b/\n'
        '[os_glance_tasks_store]\nfilesystem_store_datadir = /srv//b\n'
    )
    said = [
        (
            'fs-same-dir',
            WARNING,
            '/srv/b is the directory of 3: a, b, os_glance_tasks_store '
            '(glance-api.conf, line 2).',
        )
    ]
    assert found(tmp_path, text, '33') == said
    assert found(tmp_path, text, '19') == said
    assert found(tmp_path, text, '18') == []


@pytest.mark.parametrize(
    ('text', 'names'),
    [
        (
            MULTI + '[os_glance_staging_store]\n'
            'filesystem_store_datadir = /srv/b\n',
            'b, os_glance_staging_store (glance-api.conf, line 2)',
        ),
        (
            '[DEFAULT]\nnode_staging_uri = file:///srv/b/\n'
            '[glance_store]\nfilesystem_store_datadir = /srv/b\n',
            'file, node_staging_uri',
        ),
    ],
)
def test_images_that_are_staged_where_they_are_stored(
    tmp_path: pathlib.Path, text: str, names: str
) -> None:
    assert found(tmp_path, text, '33') == [
        (
            'fs-same-dir',
            FAILURE,
            f'/srv/b is the directory of 2: {names}. No import into this '
            'store succeeds.',
        )
    ]
