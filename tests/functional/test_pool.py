# SPDX-License-Identifier: Apache-2.0
"""Connections to a server: who has them, and how they are left."""

import os
import pathlib
import typing

import pytest
import sqlalchemy

from glance_status import answering, context, database, pool
from tests.faults.proxies import proxy
from tests.functional import command, glance_databases
from tests.unit import checkers, plugin

SERVERS = ('mariadb', 'postgresql')
# What a client says last, in the protocol of each.
GOODBYE = {
    'mariadb': b'\x01\x00\x00\x00\x01',
    'postgresql': b'X\x00\x00\x00\x04',
}
PORT = {'mariadb': 3306, 'postgresql': 5432}
WHO = {
    'mariadb': 'SELECT CONNECTION_ID()',
    'postgresql': 'SELECT pg_backend_pid()',
}
KILL = {
    'mariadb': 'KILL {}',
    'postgresql': 'SELECT pg_terminate_backend({}, 5000)',
}


@pytest.mark.parametrize('server', SERVERS)
def test_a_run_has_one_session_and_says_goodbye(
    server: str, tmp_path: pathlib.Path
) -> None:
    said: list[bytes] = []
    with (
        glance_databases.database(server, 'up_to_date') as url,
        proxy(PORT[server], 0, said.append) as port,
    ):
        near = sqlalchemy.make_url(url).set(port=port)
        path = command.deployment(
            tmp_path, near.render_as_string(hide_password=False)
        )
        assert command.run('--config-file', path, 'upgrade', 'check').code == 0
    goodbye = GOODBYE[server]
    assert [chunk for chunk in said if chunk == goodbye] == [goodbye]
    assert said[-1] == goodbye


@pytest.fixture(params=SERVERS)
def asked(request: pytest.FixtureRequest) -> str:
    """The kind of server that is asked."""
    return str(request.param)


def test_who_comes_next_has_the_same_session(asked: str) -> None:
    with glance_databases.database(asked) as url:
        access, kept = database.Access(url), pool.Pool()
        seen = []
        for _ in range(2):
            with kept.connect(access) as connection:
                seen.append(connection.exec_driver_sql(WHO[asked]).scalar())
        kept.close()
    assert seen[0] == seen[1]


def test_who_comes_meanwhile_has_another(asked: str) -> None:
    with glance_databases.database(asked) as url:
        access, kept = database.Access(url), pool.Pool()
        with (
            kept.connect(access) as first,
            kept.connect(access) as second,
        ):
            seen = {
                connection.exec_driver_sql(WHO[asked]).scalar()
                for connection in (first, second)
            }
        kept.close()
        assert (first.closed, second.closed) == (True, True)
    assert len(seen) == 2


def use_and_kill(
    kept: pool.Pool, access: database.Access, server: str
) -> typing.Any:
    """Let the server end what the pool keeps; return which that was."""
    with kept.connect(access) as connection:
        gone = connection.exec_driver_sql(WHO[server]).scalar()
    assert access.url
    glance_databases.execute(access.url, KILL[server].format(gone))
    return gone


def test_who_comes_after_the_server_has_gone_has_a_new_one(
    asked: str,
) -> None:
    with glance_databases.database(asked) as url:
        access, kept = database.Access(url), pool.Pool()
        gone = use_and_kill(kept, access, asked)
        with kept.connect(access) as connection:
            assert connection.exec_driver_sql(WHO[asked]).scalar() != gone
        kept.close()


def test_a_session_that_broke_is_nobodys(asked: str) -> None:
    with glance_databases.database(asked) as url:
        access, kept = database.Access(url), pool.Pool()
        with kept.connect(access) as connection:
            gone = connection.exec_driver_sql(WHO[asked]).scalar()
            glance_databases.execute(url, KILL[asked].format(gone))
            with pytest.raises(sqlalchemy.exc.DBAPIError):
                connection.exec_driver_sql('SELECT 1')
        with kept.connect(access) as connection:
            assert connection.exec_driver_sql(WHO[asked]).scalar() != gone
        kept.close()


def test_to_leave_a_server_that_has_gone_is_no_fault(asked: str) -> None:
    with glance_databases.database(asked) as url:
        access, kept = database.Access(url), pool.Pool()
        gone = use_and_kill(kept, access, asked)
        kept.close()
        with kept.connect(access) as connection:
            assert connection.exec_driver_sql(WHO[asked]).scalar() != gone
        kept.close()


@pytest.mark.parametrize(
    ('distribution', 'sessions'), [('glance-status', 1), ('sample-pkg', 2)]
)
def test_checks_of_others_do_not_share_theirs(
    asked: str, distribution: str, sessions: int, tmp_path: pathlib.Path
) -> None:
    entry = plugin.entry(distribution=distribution)
    with glance_databases.database(asked) as url:
        text = f'[database]\nconnection = {url}\n'
        served = answering.Served(entry, checkers.make(tmp_path, text).run)
        seen = set()
        for _ in range(2):
            checker = served.checker(context.Facts())
            session = checker.connection.exec_driver_sql(WHO[asked]).scalar()
            seen.add(session)
            checker.close()
        served.connections.close()
    assert len(seen) == sessions


def test_a_file_of_sqlite_is_closed_each_time() -> None:
    with glance_databases.database('sqlite') as url:
        path = sqlalchemy.make_url(url).database
        kept = pool.Pool()
        with kept.connect(database.Access(url)) as connection:
            connection.exec_driver_sql('SELECT 1')
            assert path in opened()
        assert path not in opened()


def opened() -> list[str]:
    """Return the files that this process has open."""
    here = pathlib.Path('/proc/self/fd')
    return [
        os.readlink(each) for each in here.iterdir() if os.path.lexists(each)
    ]
