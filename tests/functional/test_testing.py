# SPDX-License-Identifier: Apache-2.0
"""What ``glance_status.testing`` gives, and what it complains about."""

import importlib.metadata
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

from glance_status import reflection
from glance_status.releases import layouts
from glance_status.testing import databases
from tests.functional import glance_databases

PLUGIN = pathlib.Path(__file__).parent / 'plugins' / 'careless'

TESTS = """
from glance_status import testing

class Careless(testing.Conformance):
    group = 'careless.checks'
    published = ['careless-once']
"""
CLASS = """
class Test{name}(Careless):
    entry_point = '{name}'
"""

FAILS: dict[str, set[str]] = {
    'changes': {'test_it_leaves_its_process_as_it_was[no tables]'},
    'fails': {'test_every_check_comes_to_an_end[no tables]'},
    'halves': {'test_it_loads'},
    'loops': {
        f'test_no_check_reads_a_table_twice[{server}]'
        for server in ('sqlite', 'mariadb', 'postgresql')
    },
    'missing': {'test_it_loads'},
    'mumbles': {
        'test_every_finding_is_explained',
        'test_what_it_finds_says_what_to_do[no tables]',
    },
    'prints': {'test_it_prints_nothing[no tables]'},
    'scans': {
        f'test_no_statement_reads_a_whole_table[{server}]'
        for server in ('sqlite', 'mariadb', 'postgresql')
    },
    'slow': {'test_it_loads_fast'},
    'takes': {'test_ids_are_its_own'},
    'varies': {'test_ids_are_stable', 'test_published_ids_are_still_there'},
    'writes': {'test_it_writes_nothing[no tables]'},
}
SAYS = {
    'changes': 'threads: not as before',
    'fails': 'no such table: images',
    'halves': 'returned str where (name, callable) was expected',
    'loops': 'careless-check reads images more than once',
    'missing': 'no entry point missing is installed in the group '
    'careless.checks',
    'mumbles': 'careless-finding has no remediation',
    'prints': 'WARNING:root:looking',
    'scans': 'careless-deleted reads all of images: SELECT some.name',
    'slow': 'import what is dear inside the functions that need it',
    'takes': 'image-ownership is a built-in one',
    'varies': 'careless-once is gone',
    'writes': "AssertionError: open '/tmp",
}


@pytest.fixture(scope='module')
def site(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """Give the directory in which the careless plug-ins are installed."""
    directory = tmp_path_factory.mktemp('careless')
    source = shutil.copytree(PLUGIN, directory / 'source')
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
    return site


@pytest.fixture(scope='module')
def said(site: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return what pytest says of the tests that careless plug-ins fail."""
    directory = tmp_path_factory.mktemp('tests')
    conftest = "pytest_plugins = ['glance_status.testing']\n"
    (directory / 'conftest.py').write_text(conftest)
    tests = TESTS + ''.join(CLASS.format(name=name) for name in FAILS)
    (directory / 'test_careless.py').write_text(tests)
    done = subprocess.run(
        (
            *(sys.executable, '-m', 'pytest', '-rA', '-p', 'no:cacheprovider'),
            *(
                f'test_careless.py::Test{name}::{test}'
                for name, tests in FAILS.items()
                for test in sorted(tests)
            ),
        ),
        cwd=directory,
        env={**os.environ, 'PYTHONPATH': str(site), 'TMPDIR': '/tmp'},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout


@pytest.mark.parametrize('name', FAILS)
def test_a_careless_plug_in_fails_where_it_is_careless(
    name: str, said: str
) -> None:
    failed = re.findall(rf'(?m)^FAILED \S+::Test{name}::(.*?)(?: - |$)', said)
    assert {*failed} == FAILS[name]
    assert SAYS[name] in said


def test_who_does_not_ask_for_it_does_not_load_it() -> None:
    points = importlib.metadata.entry_points(group='pytest11')
    values = [point.value for point in points]
    assert [name for name in values if 'glance_status' in name] == []


@pytest.mark.parametrize('server', glance_databases.SERVERS)
@pytest.mark.parametrize(
    ('release', 'revision'),
    [
        ('liberty', 'liberty'),
        ('rocky', 'rocky_contract02'),
        ('33', '2024_1_contract01'),
    ],
)
def test_a_database_has_the_tables_that_glance_makes(
    release: str, revision: str, server: str, tmp_path: pathlib.Path
) -> None:
    glance_databases.require(server, glance=False)
    expected = layouts.expected(
        'mysql' if server == 'mariadb' else server, [revision]
    )
    with databases.database(server, release, tmp_path) as made:
        with glance_databases.connection(made.url) as connection:
            found = {
                name: table._replace(engine='', taken=frozenset())
                for name, table in reflection.read(
                    connection, expected
                ).items()
            }
        made.populate()
        counted = glance_databases.query(
            made.url, 'SELECT COUNT(*), COUNT(deleted_at) FROM images'
        )
        assert found == expected
        assert glance_databases.revisions(made.url) == [revision]
        assert counted == [(9, 2)]
