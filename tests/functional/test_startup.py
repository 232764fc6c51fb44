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
    assert 'sqlalchemy was asked for' in completed.stdout


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
                'documents',
                'fields',
                'merge',
                'merged_rows',
                'observing',
                'planning',
                'reading',
                'waiver_file',
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


# Python cannot import a module for want of something.
SCARCE = """
import sys

class Scarce:
    def find_spec(self, name, path=None, target=None):
        if name in {names!r}:
            raise {error}

sys.meta_path.insert(0, Scarce())
"""


@pytest.mark.parametrize(
    ('error', 'said'),
    [
        ('MemoryError', 'Cannot allocate memory'),
        ("OSError(24, 'Too many open files')", 'Too many open files'),
    ],
)
def test_what_the_system_does_not_give_is_said(
    error: str, said: str, tmp_path: pathlib.Path
) -> None:
    (tmp_path / 'sitecustomize.py').write_text(
        SCARCE.format(names=('glance_status.catalogue',), error=error)
    )
    completed = command.run(
        'upgrade', 'list', env={'PYTHONPATH': str(tmp_path)}
    )
    assert completed == command.Completed(
        255,
        '',
        f'glance-status: the system gives it too little: {said}. Raise the '
        'limits of the process; `ulimit -a` shows them.\n',
    )


def test_what_cannot_be_said_is_an_error_all_the_same(
    tmp_path: pathlib.Path,
) -> None:
    names = ('glance_status.catalogue', 'glance_status.redaction')
    (tmp_path / 'sitecustomize.py').write_text(
        SCARCE.format(names=names, error='MemoryError')
    )
    completed = command.run(
        'upgrade', 'list', env={'PYTHONPATH': str(tmp_path)}
    )
    assert completed == command.Completed(
        255, '', 'glance-status: interrupted by MemoryError\n'
    )
