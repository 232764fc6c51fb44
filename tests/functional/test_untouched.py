# SPDX-License-Identifier: Apache-2.0
"""A run that writes is caught by what every test of the command looks at."""

import ast
import pathlib
from collections import abc

import pytest
import sqlalchemy

from tests.functional import command, glance_databases, untouched

# A plug-in that writes, past all that the command does against it.
PLUGIN = """
import os
import ast
import pathlib

import sqlalchemy
from oslo_upgradecheck import upgradecheck

from glance_status import plugins


class Writes(plugins.BaseChecks):
    def get_checks(self):
        return [('It writes', self.write)]

    def write(self, checker):
        if 'FILE' in os.environ:
            pathlib.Path(os.environ['FILE']).write_text('x')
        if 'STATEMENTS' in os.environ:
            engine = sqlalchemy.create_engine(os.environ['URL'])
            with engine.connect() as connection:
                for statement in os.environ['STATEMENTS'].split(';'):
                    connection.exec_driver_sql(statement)
                    connection.commit()
        return upgradecheck.Result(upgradecheck.Code.SUCCESS)
"""

Run = abc.Callable[..., command.Completed]


@pytest.fixture(params=glance_databases.SERVERS)
def url(
    request: pytest.FixtureRequest, tmp_path: pathlib.Path
) -> abc.Iterator[str]:
    with glance_databases.database(
        request.param, 'up_to_date', tmp_path
    ) as made:
        yield made


@pytest.fixture
def run(tmp_path: pathlib.Path) -> Run:
    """Return what runs the plug-in alone."""
    site = tmp_path / 'site'
    command.plugin(site, 'writes', PLUGIN, 'Writes')

    def run(
        url: str | None = None, *args: str, **env: str
    ) -> command.Completed:
        conf = command.deployment(tmp_path / 'etc', url)
        return command.run(
            *('--config-file', conf, 'upgrade', 'check'),
            *('--namespace', 'writes.checks', '--check', 'writes:it-writes'),
            *args,
            env={'PYTHONPATH': str(site), 'URL': url or '', **env},
        )

    return run


def changed(run: Run, *args: str | None, **env: str) -> str:
    """Return what a run is found to have changed."""
    with pytest.raises(
        AssertionError, match=r'^the run has changed'
    ) as caught:
        run(*args, **env)
    return str(caught.value)


TIME = "'2026-01-02 03:04:05'"
INSERT = (
    'INSERT INTO metadef_namespaces (id, namespace, owner, created_at, '
    f"updated_at) VALUES (1000, 'mine', 'me', {TIME}, {TIME})"
)


@pytest.mark.parametrize(
    'statements',
    [
        INSERT,
        "UPDATE alembic_version SET version_num = 'x'",
        'DELETE FROM metadef_tags;DELETE FROM alembic_version',
        'CREATE TABLE mine (id INTEGER)',
        'DROP TABLE cached_images',
        'CREATE INDEX mine ON images (name)',
        'DROP INDEX owner_image_idx{on}',
        'ALTER TABLE images ADD COLUMN mine INTEGER',
    ],
)
def test_what_a_check_writes_to_the_database_is_seen(
    url: str, run: Run, statements: str
) -> None:
    on = ' ON images' if url.startswith('mysql') else ''
    name = sqlalchemy.make_url(url).database

    assert str(name) in changed(run, url, STATEMENTS=statements.format(on=on))


def test_what_is_the_same_again_is_seen(url: str, run: Run) -> None:
    if url.startswith('mysql'):
        # Its clock has seconds.
        statements = (INSERT, 'SELECT SLEEP(1.1)')
    else:
        statements = (INSERT,)
    delete = 'DELETE FROM metadef_namespaces WHERE id = 1000'

    changed(run, url, STATEMENTS=';'.join((*statements, delete)))


def test_what_a_check_writes_into_the_directory_of_a_test_is_seen(
    run: Run, tmp_path: pathlib.Path
) -> None:
    for path in (tmp_path / 'new', tmp_path / 'etc' / 'glance-api.conf'):
        assert f"'{path}'" in changed(run, None, FILE=str(path))


def test_what_the_user_asks_for_and_the_cache_may_be_written(
    run: Run, tmp_path: pathlib.Path
) -> None:
    (tmp_path / '.cache').mkdir()
    cached = tmp_path / '.cache' / 'new'

    for words in (
        f'--output=json:{tmp_path}/1',
        f'--output=json:{tmp_path}/2',
    ):
        run(None, words, FILE=str(cached))

    assert cached.read_text() == 'x'
    assert (tmp_path / '1').exists()


def test_a_locked_table_hides_its_rows_alone() -> None:
    """It is not waited for, and what else there is, is seen."""
    with (
        glance_databases.database('mariadb', 'up_to_date') as url,
        glance_databases.connection(url) as holder,
    ):
        holder.exec_driver_sql('LOCK TABLES images WRITE')
        before = untouched.contents(url)
        glance_databases.execute(url, 'CREATE TABLE mine (id INTEGER)')

        found = untouched.differences(before, untouched.contents(url))

        assert [name.partition(': ')[2] for name in found] == [
            '`mine`',
            f'rows of {sqlalchemy.make_url(url).database}.mine',
        ]


def test_no_test_starts_the_command_past_it() -> None:
    tests = pathlib.Path(__file__).parents[1]
    past = [
        f'{path.relative_to(tests)}:{node.lineno}'
        for path in tests.rglob('*.py')
        for node in ast.walk(ast.parse(path.read_text('utf-8')))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).startswith('subprocess.')
        and 'command.COMMAND' in ast.unparse(node)
    ]
    assert past == []
