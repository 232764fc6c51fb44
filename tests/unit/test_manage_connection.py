# SPDX-License-Identifier: Apache-2.0
"""Where glance-manage goes, beside the database of the API."""

import pathlib
import sqlite3

import pytest
from oslo_config import cfg

from glance_status import configuration, context, places, releases, results
from glance_status.checks import connection

OTHER = 'mysql+pymysql://glance:secret@db/glance'


@pytest.fixture
def home(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> pathlib.Path:
    """Return the directory in which glance-manage looks for files."""
    if pathlib.Path(places.DEFAULT_DIRECTORY).exists():
        pytest.skip('this host has a Glance of its own')
    monkeypatch.setenv('HOME', str(tmp_path))
    directory = tmp_path / '.glance'
    directory.mkdir()
    return directory


def deployed(directory: pathlib.Path) -> str:
    """Make a database, and return the text of a configuration for it."""
    path = directory / 'glance.sqlite'
    sqlite3.connect(path).close()
    return f'[database]\nconnection = sqlite:///{path}\n'


def found(
    directory: pathlib.Path, *, named: bool = False, target: str = '33'
) -> list[results.Finding]:
    """Return what is found of the API whose files are in a directory."""
    (directory / 'api').mkdir()
    file = directory / 'api/glance-api.conf'
    file.write_text(deployed(directory))
    config = configuration.read(
        cfg.ConfigOpts(),
        [('file', str(file))] if named else [],
        environ={'OS_GLANCE_CONFIG_DIR': str(file.parent)},
    )
    run = context.Run(config, releases.find(target))
    checker = context.Checker(run, context.Facts())
    try:
        return connection.check_connection(checker)
    finally:
        checker.close()


def leads(
    directory: pathlib.Path, file: str, place: str
) -> list[results.Finding]:
    """Return what is found where glance-manage goes to another place."""
    return [
        connection.OTHER_CONNECTION.warning(
            'glance-manage takes [database] connection from '
            f'{directory}/.glance/{file}, which leads to {place}; the Glance '
            f'API uses {directory}/glance.sqlite.'
        )
    ]


def test_glance_manage_finds_nothing(
    tmp_path: pathlib.Path, home: pathlib.Path
) -> None:
    (home / 'glance-manage.conf').write_text(
        f'[DEFAULT]\nconnection = {OTHER}\n[database]\nbackend = {OTHER}\n'
    )
    assert found(tmp_path) == [
        connection.OTHER_CONNECTION.note(
            'glance-manage finds no [database] connection in its own places, '
            'and fails without --config-file.'
        )
    ]


def test_nobody_knows_where_the_files_come_from(
    tmp_path: pathlib.Path, home: pathlib.Path
) -> None:
    (home / 'glance-manage.conf').write_text(
        f'[database]\nconnection = {OTHER}\n'
    )
    assert found(tmp_path, named=True) == []


@pytest.mark.parametrize(
    ('url', 'place'),
    [
        (OTHER, 'db:3306/glance'),
        ('nonsense', 'something that is no database URL'),
    ],
)
def test_glance_manage_goes_elsewhere(
    tmp_path: pathlib.Path, home: pathlib.Path, url: str, place: str
) -> None:
    (home / 'glance-api.conf').write_text(deployed(tmp_path))
    (home / 'glance-manage.conf').write_text(
        f'# Mine\n[database]\nconnection = {url}\n'
    )
    assert found(tmp_path) == leads(
        tmp_path, 'glance-manage.conf, line 3', place
    )


@pytest.mark.parametrize('more', ['', '?timeout=5'])
def test_glance_manage_goes_the_same_way(
    tmp_path: pathlib.Path, home: pathlib.Path, more: str
) -> None:
    (home / 'glance-api.conf').write_text(f'[database]\nconnection = {OTHER}')
    (home / 'glance-manage.conf').write_text(
        deployed(tmp_path).rstrip() + more
    )
    assert found(tmp_path) == []


@pytest.mark.parametrize('target', ['20', '21'])
def test_the_file_of_the_registry_counts_as_long_as_there_is_one(
    tmp_path: pathlib.Path, home: pathlib.Path, target: str
) -> None:
    (home / 'glance-registry.conf').write_text(
        f'[database]\nconnection = {OTHER}\n'
    )
    findings = found(tmp_path, target=target)
    if target == '20':
        file = 'glance-registry.conf, line 2'
        assert findings == leads(tmp_path, file, 'db:3306/glance')
    else:
        assert [item.result for item in findings] == [results.SUCCESS]
