# SPDX-License-Identifier: Apache-2.0
"""What a command loads before it does anything."""

import pathlib

import pytest

from tests.functional import command

# Python runs this before the command, in all its processes.
WITHOUT_SQLALCHEMY = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition('.')[0] == 'sqlalchemy':
            raise ImportError('sqlalchemy was asked for')

sys.meta_path.insert(0, Missing())
"""


@pytest.fixture
def without_sqlalchemy(tmp_path: pathlib.Path) -> dict[str, str]:
    """Return an environment in which SQLAlchemy cannot be imported."""
    (tmp_path / 'sitecustomize.py').write_text(WITHOUT_SQLALCHEMY)
    return {'PYTHONPATH': str(tmp_path)}


@pytest.mark.parametrize(
    'arguments',
    [
        ['--help'],
        ['--version'],
        ['upgrade', 'check', '--help'],
        ['upgrade', 'list'],
        ['upgrade', 'explain', 'removed-store'],
    ],
)
def test_what_needs_no_database_does_not_load_sqlalchemy(
    arguments: list[str], without_sqlalchemy: dict[str, str]
) -> None:
    completed = command.run(*arguments, env=without_sqlalchemy)
    assert completed == command.run(*arguments)
    assert completed.code == 0


def test_a_check_does_load_it(
    tmp_path: pathlib.Path, without_sqlalchemy: dict[str, str]
) -> None:
    conf = command.deployment(tmp_path / 'etc', connection='sqlite:///x')
    completed = command.run(
        '--config-file',
        str(conf),
        'upgrade',
        'check',
        env=without_sqlalchemy,
    )
    assert completed.code == 255
    assert 'sqlalchemy was asked for' in completed.stderr
