# SPDX-License-Identifier: Apache-2.0
"""The directories in which images wait while they are imported."""

import pathlib

import pytest

from glance_status import results
from glance_status.checks import staging
from tests.unit import checkers

FAILURE, WARNING = results.FAILURE, results.WARNING
MULTI = (
    '[DEFAULT]\nenabled_backends = a:rbd\n'
    '[glance_store]\ndefault_backend = a\n'
)
STAGING = '[os_glance_staging_store]\nfilesystem_store_datadir = /srv/s\n'
TASKS = '[os_glance_tasks_store]\nfilesystem_store_datadir = /srv/t\n'

EMPTY = (
    'staging-empty',
    FAILURE,
    '[os_glance_staging_store] filesystem_store_datadir is empty '
    '(glance-api.conf, line 8).',
)


def found(
    directory: pathlib.Path,
    text: str,
    target: str = '33',
    source: str | None = None,
) -> list[tuple[str, int, str]]:
    """Return id, result and message of what the check finds."""
    checker = checkers.make(directory, text, target=target, source=source)
    return checkers.told(directory, staging.check_staging(checker))


@pytest.mark.parametrize(
    ('text', 'target'),
    [
        ('', '33'),
        (MULTI, '30'),
        (MULTI + STAGING + TASKS, '33'),
        ('[DEFAULT]\nnode_staging_uri = file:///srv/s\n', '33'),
        ('[DEFAULT]\nnode_staging_uri = $somewhere\n', '33'),
    ],
)
def test_directories_that_are_found(
    tmp_path: pathlib.Path, text: str, target: str
) -> None:
    assert found(tmp_path, text, target) == []


@pytest.mark.parametrize(
    ('text', 'missing'),
    [
        (MULTI, ['os_glance_staging_store', 'os_glance_tasks_store']),
        (MULTI + STAGING, ['os_glance_tasks_store']),
        (
            MULTI + TASKS + '[backend_defaults]\n'
            'filesystem_store_datadir = /srv/all\n',
            ['os_glance_staging_store'],
        ),
    ],
)
def test_reserved_stores_have_no_default(
    tmp_path: pathlib.Path, text: str, missing: list[str]
) -> None:
    assert found(tmp_path, text, '31') == [
        (
            'reserved-stores',
            FAILURE,
            f'[{group}] filesystem_store_datadir is not set, and 2025.2 '
            'Flamingo has no default for it.',
        )
        for group in missing
    ]


def test_a_reserved_store_without_a_directory(tmp_path: pathlib.Path) -> None:
    text = MULTI + TASKS + STAGING.replace('/srv/s', '')
    assert found(tmp_path, text, '31') == [
        (
            'reserved-stores',
            FAILURE,
            '[os_glance_staging_store] filesystem_store_datadir is empty '
            '(glance-api.conf, line 8), and 2025.2 Flamingo has no default '
            'for it.',
        )
    ]


@pytest.mark.parametrize(
    ('target', 'expected'),
    [('18', []), ('19', [EMPTY]), ('30', [EMPTY])],
)
def test_an_empty_directory_is_not_the_default(
    tmp_path: pathlib.Path,
    target: str,
    expected: list[tuple[str, int, str]],
) -> None:
    empty = STAGING.replace('/srv/s', '')
    assert found(tmp_path, MULTI + TASKS + empty, target) == expected
    assert found(tmp_path, TASKS + empty, target) == []


@pytest.mark.parametrize(
    ('target', 'uri', 'result', 'message'),
    [
        (
            '18',
            '/srv/s',
            WARNING,
            'no image can be imported, and 27.0.0 does not start with it.',
        ),
        (
            '26',
            '/srv/s',
            WARNING,
            'no image can be imported, and 27.0.0 does not start with it.',
        ),
        ('27', '/srv/s', FAILURE, '2023.2 Bobcat does not start with it.'),
        ('33', 'file://srv/s', WARNING, 'no image can be imported.'),
    ],
)
def test_a_staging_uri_that_is_no_path(
    tmp_path: pathlib.Path, target: str, uri: str, result: int, message: str
) -> None:
    text = f'[DEFAULT]\nnode_staging_uri = {uri}\n'
    assert found(tmp_path, text, target) == [
        (
            'staging-uri',
            result,
            f'[DEFAULT] node_staging_uri is {uri!r} (glance-api.conf, line '
            f'2): {message}',
        )
    ]


@pytest.mark.parametrize(
    ('text', 'path', 'line'),
    [
        (MULTI + STAGING.replace('= /', '= '), 'srv/s', 6),
        (MULTI + STAGING.replace('= ', '= file://'), 'file:///srv/s', 6),
    ],
)
@pytest.mark.parametrize('target', ['21', '30', '33'])
def test_a_staging_directory_that_is_no_path_from_the_root(
    tmp_path: pathlib.Path, text: str, path: str, line: int, target: str
) -> None:
    assert found(tmp_path, text + TASKS, target) == [
        (
            'staging-relative',
            FAILURE,
            f'Images are staged in {path} (glance-api.conf, line {line}), '
            'which is no path from the root.',
        )
    ]


@pytest.mark.parametrize(
    ('text', 'target'),
    [
        (MULTI + STAGING.replace('/srv/s', '$somewhere'), '33'),
        (MULTI + STAGING.replace('= /', '= '), '20'),
    ],
)
def test_a_staging_directory_of_which_nothing_is_said(
    tmp_path: pathlib.Path, text: str, target: str
) -> None:
    assert found(tmp_path, text + TASKS, target) == []


def test_options_that_train_no_longer_reads(tmp_path: pathlib.Path) -> None:
    text = (
        '[task]\nwork_dir = /srv/w\n'
        + MULTI
        + '[DEFAULT]\nnode_staging_uri = file:///srv/s\n'
        + STAGING
        + TASKS
    )
    assert found(tmp_path, text, '19', '18') == [
        (
            'staging-ignored',
            WARNING,
            f'{name} is set (glance-api.conf, line {line}), and has no '
            'effect beside [DEFAULT] enabled_backends.',
        )
        for name, line in (
            ('[DEFAULT] node_staging_uri', 8),
            ('[task] work_dir', 2),
        )
    ]
    assert found(tmp_path, text, '20', '19') == []


def test_the_scrubber_has_a_file_of_its_own(tmp_path: pathlib.Path) -> None:
    (tmp_path / 'glance-scrubber.conf').write_text(MULTI + TASKS)
    assert found(tmp_path, MULTI, '19', '18') == [
        (
            'scrubber-reserved',
            WARNING,
            'glance-scrubber.conf sets enabled_backends, and '
            'filesystem_store_datadir not in [os_glance_staging_store].',
        )
    ]


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        (b'\xff', 'glance-scrubber.conf, line 1: not UTF-8.'),
        (b'\0', 'glance-scrubber.conf, line 1: a NUL byte'),
        (b'x', 'glance-scrubber.conf, line 1:'),
    ],
)
def test_a_scrubber_file_that_cannot_be_read(
    tmp_path: pathlib.Path, content: bytes, message: str
) -> None:
    (tmp_path / 'glance-scrubber.conf').write_bytes(content)
    ((name, result, text),) = found(tmp_path, '', '19', '18')
    assert (name, result) == ('scrubber-reserved', WARNING)
    assert text.startswith(message)


@pytest.mark.parametrize('text', [MULTI + STAGING + TASKS, '', TASKS])
def test_scrubber_files_that_will_do(
    tmp_path: pathlib.Path, text: str
) -> None:
    (tmp_path / 'glance-scrubber.conf').write_text(text)
    assert found(tmp_path, MULTI, '19', '18') == []


@pytest.mark.parametrize(
    ('text', 'target', 'directory', 'place'),
    [
        ('', '33', '/tmp/staging/', ''),
        ('[DEFAULT]\nnode_staging_uri = /srv/s\n', '33', None, ', line 2'),
        (
            '[DEFAULT]\nnode_staging_uri = file:///srv/s\n' + STAGING,
            '33',
            '/srv/s',
            ', line 2',
        ),
        (MULTI + STAGING, '18', '/tmp/staging/', ''),
        (MULTI, '19', '/var/lib/glance/os_glance_staging_store', ''),
        (MULTI + STAGING, '19', '/srv/s', ', line 6'),
        (MULTI, '30', '/var/lib/glance/os_glance_staging_store', ''),
        (MULTI, '31', None, ''),
        (MULTI + STAGING, '31', '/srv/s', ', line 6'),
        (MULTI + STAGING.replace('/srv/s', ''), '31', None, ', line 6'),
    ],
)
def test_where_images_are_staged(
    tmp_path: pathlib.Path,
    text: str,
    target: str,
    directory: str | None,
    place: str,
) -> None:
    checker = checkers.make(tmp_path, text, target=target)
    multi = text.startswith(MULTI)
    assert (
        staging.directory(checker, multi),
        staging.place(checker, multi),
    ) == (directory, place and f' ({tmp_path}/glance-api.conf{place})')
