# SPDX-License-Identifier: Apache-2.0
"""The plug-in under examples/, installed as an author would install it."""

import pathlib
import shutil
import subprocess
import sys
import venv

import pytest

from tests.functional import command, glance_databases

SOURCE = pathlib.Path(__file__).parents[2] / 'examples' / 'plugin'


@pytest.fixture(scope='session')
def python(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """Give the interpreter of a venv with glance-status and the plug-in."""
    directory = tmp_path_factory.mktemp('example')
    environment = directory / 'venv'
    venv.create(environment, symlinks=True)
    [packages] = environment.glob('lib/python*/site-packages')
    outer = pathlib.Path(pytest.__file__).parents[1]
    # What this Python has, an editable installation of ours too.
    (packages / 'outer.pth').write_text(
        f'import site; site.addsitedir({str(outer)!r})\n'
    )
    # The build leaves files beside the sources.
    source = shutil.copytree(SOURCE, directory / 'plugin')
    python = environment / 'bin' / 'python'
    done = subprocess.run(
        (
            *(sys.executable, '-m', 'pip', '--python', str(python)),
            *('install', '--quiet', '--no-deps', str(source)),
        ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return python


def test_its_own_tests_pass(
    python: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    tests = shutil.copytree(SOURCE / 'tests', tmp_path / 'tests')
    done = subprocess.run(
        (str(python), '-m', 'pytest', '-q', str(tests)),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, 'failed' in done.stdout) == (0, False), (
        done.stdout + done.stderr
    )


def test_it_is_run_beside_the_built_in_checks(
    python: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    with glance_databases.database('sqlite', 'up_to_date', tmp_path) as url:
        conf = command.deployment(tmp_path, url, DEFAULT={'workers': '8'})
        done = command.run(
            *('-m', 'glance_status', '--config-file', conf),
            *('upgrade', 'check', '--json'),
            program=str(python),
        )
    rows = [
        (row['id'], row['result'], row['details'])
        for row in command.document(done)['checks']
        if row['plugin'] == 'my-site'
    ]
    assert (done.code, rows) == (
        2,
        [
            (
                'my-site:public-endpoint',
                1,
                'public_endpoint is not set. Set it to the URL of the load '
                'balancer.',
            ),
            (
                'my-site:approved-releases',
                2,
                '2026.2 Hibiscus is not approved. Approved are: 2025.1.',
            ),
            (
                'my-site-workers',
                1,
                f'{conf}, line 2: workers is 8. Set workers to 4 before the '
                'services start again.',
            ),
            ('my-site-uploads', 0, None),
            (
                'my-site-golden-images',
                1,
                'Golden images that are not there: acme-base-2026, '
                'acme-golden. Upload them, or drop them from GOLDEN in '
                'my_site_checks.',
            ),
        ],
    )
