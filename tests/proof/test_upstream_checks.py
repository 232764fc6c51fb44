# SPDX-License-Identifier: Apache-2.0
"""Glance's own upgrade checks, as a plug-in beside the real Glance."""

import importlib.metadata
import pathlib
import shutil
import subprocess
import sys

import pytest

import glance_status
from tests.functional import command, glance_databases

EXAMPLE = pathlib.Path(__file__).parents[2] / 'examples' / 'plugin-upstream'


@pytest.fixture(scope='module')
def site(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """Give a directory with glance-status and the example, installed."""
    glance_databases.require('sqlite')
    directory = tmp_path_factory.mktemp('beside-glance')
    # The build leaves files beside the sources.
    source = shutil.copytree(EXAMPLE, directory / 'source')
    site = directory / 'site'
    done = subprocess.run(
        (
            *(sys.executable, '-m', 'pip', 'install', '--quiet', '--no-deps'),
            *('--target', str(site), str(source)),
        ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for path in (
        pathlib.Path(glance_status.__file__).parent,
        # In it stand the entry points.
        pathlib.Path(
            str(importlib.metadata.distribution('glance-status')._path)
        ),
    ):
        shutil.copytree(path, site / path.name)
    return site


def rows(
    site: pathlib.Path, directory: pathlib.Path, **sections: command.Section
) -> list[tuple[str, int, str | None]]:
    """Return what Glance's own checks say of a configuration."""
    glance_manage = glance_databases.glance_manage_path()
    assert glance_manage
    conf = command.deployment(
        directory, f'sqlite:///{directory}/x', **sections
    )
    done = command.run(
        *('-m', 'glance_status', '--config-file', conf),
        *('upgrade', 'check', '--json', '--check', 'upstream:*'),
        program=str(pathlib.Path(glance_manage).with_name('python')),
        env={'PYTHONPATH': str(site)},
    )
    return [
        (row['id'], row['result'], row['details'])
        for row in command.document(done)['checks']
    ]


def test_they_say_what_they_say_in_glance(
    site: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    names = (
        'sheepdog-driver-removal',
        'policy-file-json-to-yaml-migration',
        'config-option-owner-is-tenant-removal',
    )
    assert rows(site, tmp_path / 'well') == [
        (f'upstream:{name}', 0, None) for name in names
    ]
    found = rows(
        site,
        tmp_path / 'old',
        DEFAULT={'owner_is_tenant': 'False'},
        # Of enabled_backends it takes the names for drivers.
        glance_store={'stores': 'file,sheepdog'},
    )
    assert found == [
        (
            f'upstream:{names[0]}',
            2,
            'The "sheepdog" backend store driver has been removed, but '
            'current settings have it configured.',
        ),
        (f'upstream:{names[1]}', 0, None),
        (
            f'upstream:{names[2]}',
            2,
            'The "owner_is_tenant" option has been removed and there is no '
            'upgrade path for installations that had this option set to '
            'False.',
        ),
    ]
