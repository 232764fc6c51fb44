# SPDX-License-Identifier: Apache-2.0
"""What goes wrong while rows are read: who hears of it, and who does not."""

import pathlib
import typing

import pytest
import sqlalchemy
from sqlalchemy import exc

from glance_status import asked, context, rows, survey, tables, trouble
from tests.functional import command, glance_databases
from tests.functional.test_database import ADVICE, account, killer
from tests.unit import checkers

SERVERS = ('mariadb', 'postgresql')
# Of one table each, in the order of the report.
CHECKS = ('image-properties', 'task-states')
GOOD = [('image-properties', 0, None), ('task-states', 0, None)]

Told = list[tuple[str, int, str | None]]


def check(path: pathlib.Path, *more: str) -> command.Completed:
    chosen = [word for name in CHECKS for word in ('--check', name)]
    return command.run(
        '--config-file', path, 'upgrade', 'check', '--json', *chosen, *more
    )


def told(completed: command.Completed) -> Told:
    """Return id, result and details of each row."""
    assert 'Traceback' not in completed.stdout + completed.stderr
    return [
        (row['id'], row['result'], row['details'])
        for row in command.document(completed)['checks']
    ]


LOCKS = {
    'mariadb': 'LOCK TABLES image_properties WRITE',
    'postgresql': 'LOCK TABLE image_properties IN ACCESS EXCLUSIVE MODE',
}


class Locked:
    """Holds the table of the first check, so that nobody may read it."""

    def __init__(self, server: str, url: str):
        self.statement = LOCKS[server]
        self.engine = sqlalchemy.create_engine(
            url, poolclass=sqlalchemy.NullPool
        )

    def __enter__(self) -> None:
        self.connection = self.engine.connect()
        self.connection.exec_driver_sql(self.statement)

    def __exit__(self, *_error: object) -> None:
        self.connection.close()


def broken(told: Told) -> str:
    """Return why the first check broke; the other must be well."""
    assert [row[:2] for row in told] == [
        ('image-properties', 255),
        ('task-states', 0),
    ]
    details = told[0][2]
    assert details is not None
    prefix = 'The check broke: the database said: '
    assert details.startswith(prefix)
    return details.removeprefix(prefix)


@pytest.mark.parametrize('server', SERVERS)
def test_a_table_that_is_locked_or_whose_reader_is_killed(
    server: str, tmp_path: pathlib.Path
) -> None:
    with glance_databases.database(server, 'up_to_date') as url:
        path = command.deployment(tmp_path, url)
        with Locked(server, url):
            late = check(path, '--timeout', '2')
        assert broken(told(late)).endswith(ADVICE)
        with Locked(server, url), killer(server, url):
            killed = check(path)
        assert broken(told(killed)).endswith(
            'The server went away in the middle; run it again when it is back.'
        )
        assert late.code == killed.code == 255
        assert told(check(path)) == GOOD


DENIED = {
    'mariadb': [
        'REVOKE SELECT ON `{name}`.* FROM {user}',
        'GRANT SELECT ON `{name}`.alembic_version TO {user}',
        'GRANT SELECT ON `{name}`.tasks TO {user}',
    ],
    'postgresql': ['REVOKE SELECT ON image_properties FROM {user}'],
}
GRANTS = {
    'mariadb': "GRANT SELECT ON `{name}`.* TO '{user}'@'%';",
    'postgresql': 'GRANT SELECT ON ALL TABLES IN SCHEMA "public" TO "{user}";',
}


@pytest.mark.parametrize('server', SERVERS)
def test_a_table_that_may_not_be_read(
    server: str, tmp_path: pathlib.Path
) -> None:
    with (
        glance_databases.database(server, 'up_to_date') as url,
        account(server, url, 'plain') as mine,
    ):
        parsed = sqlalchemy.make_url(mine)
        user, name = str(parsed.username), str(parsed.database)
        account_name = f"'{user}'@'%%'" if server == 'mariadb' else user
        path = command.deployment(tmp_path, mine)
        with glance_databases.connection(url) as connection:
            for statement in DENIED[server]:
                connection.exec_driver_sql(
                    statement.format(user=account_name, name=name)
                )
            details = broken(told(check(path)))
            assert 'denied' in details
            grant = GRANTS[server].format(
                user=user, name=name.replace('_', r'\_')
            )
            assert details.endswith(
                'Grant the user of [database] connection SELECT on all '
                f'tables of the database. {grant}'
            )
            connection.exec_driver_sql(grant.replace('%', '%%'))
        assert told(check(path)) == GOOD


@pytest.mark.parametrize(
    ('path', 'schema'), [('"Mine"', '"Mine"'), ('nowhere', '"public"')]
)
def test_the_grant_is_of_the_schema_that_is_read(
    path: str, schema: str, tmp_path: pathlib.Path
) -> None:
    with glance_databases.database('postgresql') as url:
        glance_databases.execute(url, 'CREATE SCHEMA "Mine"')
        options = f'?options=-c%20search_path%3D{path}'
        text = f'[database]\nconnection = {url}{options}\n'
        checker = checkers.make(tmp_path, text)
        things = sqlalchemy.table('things', sqlalchemy.column('id'))
        item = asked.Asked(
            'check', rows.Question('one', things, things.c.id == 1)
        )
        refusal = Exception('permission denied for table things')
        trouble.fail(checker, [item], exc.DBAPIError('SELECT', {}, refusal))
        checker.close()
    assert item.document['unanswered'].endswith(
        f' GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO '
        f'"{sqlalchemy.make_url(url).username}";'
    )


def answers(
    checker: context.Checker,
    *questions: rows.Question,
    after: typing.Callable[[str], None] = lambda table: None,
) -> dict[str, typing.Any]:
    """Return the documents of all answers.

    :param after: called with the name of a table after each statement
    """
    found: dict[str, typing.Any] = {}
    for step in survey.survey(checker, {'check': questions}):
        after(step.table)
        found.update(step.answers.get('check', {}))
    return found


PROPERTIES, TASKS = tables.IMAGE_PROPERTIES, tables.TASKS
BOTH = (
    rows.Question('properties', PROPERTIES, ~PROPERTIES.c.deleted),
    rows.Question('tasks', TASKS, ~TASKS.c.deleted),
)
NOTHING = {'count': 0, 'sample': [], 'kinds': {}}


@pytest.mark.parametrize('server', glance_databases.SERVERS)
def test_a_table_that_vanishes(server: str, tmp_path: pathlib.Path) -> None:
    """It does in the middle, after it was found to be there."""
    with glance_databases.database(server, 'up_to_date') as url:
        steps: list[str] = []

        def drop(table: str) -> None:
            steps.append(table)
            if steps == ['image_properties', 'image_properties']:
                glance_databases.execute(url, 'DROP TABLE image_properties')

        checker = checkers.make(tmp_path, f'[database]\nconnection = {url}\n')
        found = answers(checker, *BOTH, after=drop)
        checker.close()
        said = found.pop('properties')['unanswered']
        assert said.startswith('the database said: ')
        assert 'image_properties' in said
        assert found == {'tasks': NOTHING}
        # Whoever comes later finds a schema without it.
        again = answers(checker, *BOTH)
        checker.close()
        assert again == {
            'properties': {
                'missing': 'the database has no table image_properties'
            },
            'tasks': NOTHING,
        }


def test_a_server_that_does_not_let_us_in_again(
    tmp_path: pathlib.Path,
) -> None:
    with glance_databases.database('postgresql', 'up_to_date') as url:
        name = sqlalchemy.make_url(url).database
        admin = glance_databases._URLS['postgresql'] % 'openstack_citest'
        done: list[str] = []

        def shut(table: str) -> None:
            if not done:
                done.append(table)
                glance_databases.execute(
                    admin,
                    f'ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false',
                    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity '
                    f"WHERE datname = '{name}'",
                )

        checker = checkers.make(tmp_path, f'[database]\nconnection = {url}\n')
        found = answers(checker, *BOTH, after=shut)
        checker.close()
        assert found['properties']['unanswered'].endswith(
            'The server went away in the middle; run it again when it is back.'
        )
        assert found['tasks']['unanswered'].startswith(
            'the database did not let us in again: '
        )


# What the server counts while rows are read

FEW = 50
READS = ('first', 'key', 'last', 'next', 'prev', 'rnd', 'rnd_next')


def status(connection: sqlalchemy.Connection) -> dict[str, int]:
    found = connection.exec_driver_sql('SHOW SESSION STATUS')
    return {name: int(value) for name, value in found if value.isdigit()}


def test_rows_are_read_once_however_many_questions_there_are(
    tmp_path: pathlib.Path,
) -> None:
    with glance_databases.database('mariadb', 'up_to_date') as url:
        count = 3000
        with glance_databases.connection(url) as connection:
            connection.execute(
                sqlalchemy.insert(
                    sqlalchemy.table(
                        'tasks',
                        *map(sqlalchemy.column, ('id', 'type', 'status')),
                        *map(sqlalchemy.column, ('owner', 'created_at')),
                        *map(sqlalchemy.column, ('updated_at', 'deleted')),
                    )
                ),
                [
                    {
                        'id': f'{number * 1431655:08x}-0000-4000-8000-000000',
                        'type': 'import',
                        'status': 'success',
                        'owner': 'me',
                        'created_at': '2024-01-01',
                        'updated_at': '2024-01-01',
                        'deleted': 0,
                    }
                    for number in range(count)
                ],
            )
        checker = checkers.make(tmp_path, f'[database]\nconnection = {url}\n')
        before = status(checker.connection)
        found = answers(
            checker,
            *(
                rows.Question(str(n), TASKS, TASKS.c.type == f'none {n}')
                for n in range(20)
            ),
        )
        after = status(checker.connection)
        checker.close()
        assert found == {str(n): NOTHING for n in range(20)}
        read = sum(
            after[f'Handler_read_{name}'] - before[f'Handler_read_{name}']
            for name in READS
        )
        assert count <= read <= count + FEW
        for name in (
            'Created_tmp_disk_tables',
            'Handler_update',
            'Handler_delete',
        ):
            assert after[name] == before[name]
