# SPDX-License-Identifier: Apache-2.0
"""Tests of the database user whom grant.sh makes, who reads and no more."""

import contextlib
import os
import pathlib
import shutil
import subprocess
import uuid
from collections import abc

import pytest
import sqlalchemy
from sqlalchemy import exc

from tests.functional import command, glance_databases

GRANT = (
    pathlib.Path(__file__).parents[2]
    / 'examples/runbooks/database-user/grant.sh'
)
SERVERS = ('mariadb', 'postgresql')

# What a shell, SQL or a URL might take for something else.
PASSWORD = 's3c$ret "@:/%x#; --'

WRITES = (
    'CREATE TABLE mine (id INTEGER)',
    "INSERT INTO image_tags (image_id, value) VALUES ('1', 'x')",
    "UPDATE images SET name = 'x'",
    'DELETE FROM images',
    'ALTER TABLE images ADD COLUMN mine INTEGER',
    'DROP TABLE images',
)

# The only words in which a server may refuse a write here.
REFUSALS = {
    'mariadb': ('command denied to user',),
    'postgresql': ('permission denied for', 'must be owner of'),
}


def call(
    words: abc.Sequence[str | pathlib.Path], stdin: str, **env: str
) -> command.Completed:
    """Run a program and return how it ended."""
    process = subprocess.run(
        words,
        input=stdin,
        env=command.environment(env),
        cwd='/',
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return command.Completed(
        process.returncode, process.stdout, process.stderr
    )


def grant(*words: str, stdin: str = f'{PASSWORD}\n') -> command.Completed:
    """Run grant.sh."""
    return call([GRANT, *words], stdin)


def arguments(server: str, url: sqlalchemy.URL, user: str) -> list[str]:
    """Return the arguments of grant.sh."""
    host = ['%'] if server == 'mariadb' else []
    return [server, str(url.database), user, *host]


def administer(
    server: str, url: sqlalchemy.URL, statements: str
) -> command.Completed:
    """Give statements to the server's own client, as an administrator."""
    if server == 'postgresql':
        # openstack_citest may make databases there, but no roles.
        client = ['runuser', '-u', 'postgres', '--', 'psql', '--quiet']
        return call([*client, '--port=5432', str(url.database)], statements)
    client = ['mariadb', '--no-defaults', f'--host={url.host}']
    return call(
        [*client, f'--user={url.username}'],
        statements,
        MYSQL_PWD=url.password or '',
    )


def require(server: str) -> None:
    """Skip the test where nobody can make users on the server."""
    glance_databases.require(server)
    client = 'psql' if server == 'postgresql' else 'mariadb'
    if not shutil.which(client):
        pytest.skip(f'{client}, the client of {server}, is not installed')
    if server == 'postgresql' and os.geteuid() != 0:
        pytest.skip('only root can become postgres, who makes roles')


@contextlib.contextmanager
def reader(server: str, url: sqlalchemy.URL) -> abc.Iterator[sqlalchemy.URL]:
    """Give the URL of a user whom grant.sh makes; remove the user."""
    user = f'status_{uuid.uuid4().hex[:12]}'
    made = grant(*arguments(server, url, user))
    assert (made.code, made.stderr) == (0, '')
    done = administer(server, url, made.stdout)
    try:
        assert done == command.Completed(0, '', '')
        yield url.set(username=user, password=PASSWORD)
    finally:
        owned = f'DROP OWNED BY {user};' if server == 'postgresql' else ''
        administer(server, url, f'{owned} DROP USER {user};')


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest) -> str:
    """A server on which we can make users."""
    name: str = request.param
    require(name)
    return name


@pytest.fixture
def glance(server: str) -> abc.Iterator[sqlalchemy.URL]:
    """The URL of an up-to-date database, for its owner."""
    with glance_databases.database(server, 'up_to_date') as url:
        yield sqlalchemy.make_url(url)


def text(url: sqlalchemy.URL) -> str:
    """Return a URL with its password in it."""
    return url.render_as_string(hide_password=False)


def refusal(url: sqlalchemy.URL, statement: str) -> str:
    """Return what the server says to a statement that is not read-only."""
    with glance_databases.connection(text(url)) as conn:
        if url.get_backend_name() == 'postgresql':
            # A default that the user can change is no protection.
            conn.exec_driver_sql('SET default_transaction_read_only = off')
        with pytest.raises(exc.DBAPIError) as raised:
            conn.exec_driver_sql(statement)
    return str(raised.value.orig)


def test_the_command_works_with_the_user_who_may_only_read(
    server: str, glance: sqlalchemy.URL, tmp_path: pathlib.Path
) -> None:
    owner = command.deployment(tmp_path / 'glance', text(glance))
    check = ('upgrade', 'check', '--json', '--skip', 'glance-installed')

    with reader(server, glance) as url:
        own = command.deployment(tmp_path / 'own', text(url))
        files = ('--config-file', owner, '--config-file', own)
        completed = command.run(*files, *check)

    expected = command.document(command.run('--config-file', owner, *check))
    expected['config_files'].append(str(own))
    assert command.document(completed) == expected
    assert (completed.code, expected['complete']) == (
        expected['exit_code'],
        True,
    )
    assert PASSWORD not in completed.stdout + completed.stderr


def test_the_user_cannot_write(server: str, glance: sqlalchemy.URL) -> None:
    with reader(server, glance) as url:
        said = {statement: refusal(url, statement) for statement in WRITES}

    others = {
        statement: text
        for statement, text in said.items()
        if not any(words in text for words in REFUSALS[server])
    }
    assert others == {}


def test_the_user_sees_no_other_database(
    server: str, glance: sqlalchemy.URL
) -> None:
    with (
        glance_databases.database(server, 'up_to_date') as other,
        reader(server, glance) as url,
    ):
        elsewhere = url.set(database=sqlalchemy.make_url(other).database)
        with pytest.raises(exc.DBAPIError) as raised:
            glance_databases.query(
                text(elsewhere), 'SELECT COUNT(*) FROM images'
            )

    said = str(raised.value.orig)
    assert 'Access denied' in said or 'permission denied' in said


def test_a_table_of_a_later_release_can_be_read_too(
    server: str, glance: sqlalchemy.URL
) -> None:
    with reader(server, glance) as url:
        glance_databases.execute(
            text(glance), 'CREATE TABLE image_futures (id INTEGER)'
        )
        rows = glance_databases.query(
            text(url), 'SELECT COUNT(*) FROM image_futures'
        )

    assert rows == [(0,)]


def test_a_user_that_exists_is_left_alone(
    server: str, glance: sqlalchemy.URL
) -> None:
    with reader(server, glance) as url:
        assert url.username
        again = grant(
            *arguments(server, glance, url.username), stdin='another\n'
        )
        done = administer(server, glance, again.stdout)
        rows = glance_databases.query(text(url), 'SELECT 1')

    assert done.code != 0
    assert rows == [(1,)]


# The script alone


@pytest.mark.parametrize(
    ('words', 'stdin', 'line'),
    [
        (
            (),
            'x\n',
            'usage: grant.sh mariadb DATABASE USER HOST | grant.sh '
            'postgresql DATABASE USER',
        ),
        (
            ('mysql', 'glance', 'reader'),
            'x\n',
            'usage: grant.sh mariadb DATABASE USER HOST | grant.sh '
            'postgresql DATABASE USER',
        ),
        (
            ('mariadb', 'glance', 'reader'),
            'x\n',
            'usage: grant.sh mariadb DATABASE USER HOST | grant.sh '
            'postgresql DATABASE USER',
        ),
        (
            ('postgresql', 'gl"ance', 'reader'),
            'x\n',
            'DATABASE gl"ance: only letters, digits, _ and - are understood',
        ),
        (
            ('mariadb', 'glance', "o'reader", '%'),
            'x\n',
            "USER o'reader: only letters, digits, _ and - are understood",
        ),
        (
            ('mariadb', 'glance', 'reader', "a'b"),
            'x\n',
            "HOST a'b: only letters, digits and . : % _ / - are understood",
        ),
        (
            ('postgresql', 'glance', 'reader'),
            "it's\n",
            'the password has a quote or a backslash: choose another',
        ),
        (('postgresql', 'glance', 'reader'), '\n', 'the password is empty'),
        (('postgresql', 'glance', 'reader'), '', 'the password is empty'),
    ],
)
def test_what_cannot_be_quoted_is_refused(
    words: tuple[str, ...], stdin: str, line: str
) -> None:
    assert grant(*words, stdin=stdin) == command.Completed(
        2, '', f'grant.sh: {line}\n'
    )


def test_an_underscore_is_no_wildcard() -> None:
    completed = grant('mariadb', 'glance_1', 'reader', '192.0.2.%')

    assert completed == command.Completed(
        0,
        f"CREATE USER 'reader'@'192.0.2.%' IDENTIFIED BY '{PASSWORD}';\n"
        "GRANT SELECT ON `glance\\_1`.* TO 'reader'@'192.0.2.%';\n",
        '',
    )


def test_who_may_not_ask_a_replica_how_far_it_is_gets_a_note(
    tmp_path: pathlib.Path,
) -> None:
    require('mariadb')
    with glance_databases.database('mariadb', 'up_to_date') as made:
        url = sqlalchemy.make_url(made)
        with reader('mariadb', url) as replica:
            slave = replica.render_as_string(hide_password=False)
            path = command.deployment(
                tmp_path,
                made,
                database={'slave_connection': slave.replace('$', '$$')},
            )
            words = ('--config-file', path, 'upgrade', 'check', '--json')
            words += ('--replica', '--check', 'database-connection')
            [row] = command.document(command.run(*words))['checks']
            assert [
                (item['id'], item['result'], item['message'])
                for item in row['findings']
            ] == [
                (
                    'replica-unseen',
                    0,
                    'The replica does not tell this user.',
                )
            ]
            remedy = f"GRANT SLAVE MONITOR ON *.* TO '{replica.username}'@'%'"
            assert (
                remedy.partition(' TO ')[0]
                in row['findings'][0]['remediation']
            )
            done = administer('mariadb', url, remedy)
            assert done == command.Completed(0, '', '')
            [row] = command.document(command.run(*words))['checks']
            assert (row['result'], row['findings']) == (0, [])
