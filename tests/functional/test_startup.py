# SPDX-License-Identifier: Apache-2.0
"""What a command loads before it does anything."""

import pathlib

import pytest

from glance_status import formatters
from tests.functional import command, glance_databases

# Python runs this before the command, in all its processes.
WITHOUT = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name in {names!r}:
            raise ImportError(f'{{name}} was asked for')

sys.meta_path.insert(0, Missing())
"""


def without(directory: pathlib.Path, *names: str) -> dict[str, str]:
    """Return an environment in which modules cannot be imported."""
    text = WITHOUT.format(names=names)
    (directory / 'sitecustomize.py').write_text(text)
    return {'PYTHONPATH': str(directory)}


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
    arguments: list[str], tmp_path: pathlib.Path
) -> None:
    completed = command.run(*arguments, env=without(tmp_path, 'sqlalchemy'))
    assert completed == command.run(*arguments)
    assert completed.code == 0


def test_a_check_does_load_it(
    tmp_path: pathlib.Path,
) -> None:
    conf = command.deployment(tmp_path / 'etc', connection='sqlite:///x')
    completed = command.run(
        '--config-file',
        str(conf),
        'upgrade',
        'check',
        env=without(tmp_path, 'sqlalchemy'),
    )
    assert completed.code == 255
    assert 'sqlalchemy was asked for' in completed.stderr


def test_a_check_loads_nothing_that_other_commands_need(
    tmp_path: pathlib.Path,
) -> None:
    needless = [
        *(
            f'glance_status.{name}'
            for name in (
                'baseline',
                'catalogue',
                'ddl',
                'differences',
                'merge',
                'observing',
                'plan_text',
                'planning',
                'reading',
                'testing',
            )
        ),
        *(
            f'glance_status.formatters.{name}'
            for name in formatters.FORMATS
            if name != 'table'
        ),
        'alembic',
        'pymysql',
        'psycopg2',
        'yaml',
    ]
    with glance_databases.database('sqlite', 'up_to_date') as url:
        conf = command.deployment(tmp_path / 'etc', connection=url)
        words = ('--config-file', conf, 'upgrade', 'check')
        completed = command.run(*words, env=without(tmp_path, *needless))
        assert completed == command.run(*words)
    assert completed.code == 0
