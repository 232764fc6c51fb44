# SPDX-License-Identifier: Apache-2.0
"""A replica that has stopped to do what the server does."""

import contextlib
import subprocess
import time
from collections import abc

from tests.faults import servers
from tests.faults.fault import Case, on_each
from tests.faults.middle import BROKE, Holder
from tests.faults.scene import PLANTED, Scene
from tests.functional import glance_databases

# Seconds; only a replica that never comes takes that long.
_LIMIT = 60

_TASK = (
    'INSERT INTO tasks (id, type, status, owner, deleted, created_at, '
    "updated_at) VALUES ('late', 'import', 'no such status', 'me', {no}, "
    "'2026-01-02 03:04:05', '2026-01-02 03:04:05')"
)
"""What task-states would find."""


@contextlib.contextmanager
def mariadb(own: servers.Server) -> abc.Iterator[servers.Server]:
    """Run a replica of a server, which does what that does from now on."""
    assert isinstance(own, servers.MariaDB)
    with servers.place() as root:
        replica = servers.MariaDB(root, of=own)
        own.execute(
            f"CREATE USER replica@'%%' IDENTIFIED BY '{PLANTED}-replica'",
            "GRANT REPLICATION SLAVE ON *.* TO replica@'%%'",
        )
        [[name, position, *_more]] = glance_databases.query(
            own.url(), 'SHOW MASTER STATUS'
        )
        with replica.running():
            replica.execute(
                f"CHANGE MASTER TO MASTER_HOST = '127.0.0.1', "
                f"MASTER_PORT = {own.port}, MASTER_USER = 'replica', "
                f"MASTER_PASSWORD = '{PLANTED}-replica', "
                f"MASTER_LOG_FILE = '{name}', MASTER_LOG_POS = {position}",
                'START SLAVE',
            )
            yield replica
        own.execute("DROP USER replica@'%%'")


@contextlib.contextmanager
def postgresql(own: servers.Server) -> abc.Iterator[servers.Server]:
    """Run a standby of a server."""
    assert isinstance(own, servers.PostgreSQL)
    with servers.place() as root:
        replica = servers.PostgreSQL(root, of=own)
        with replica.running():
            yield replica


STOP = {
    'mariadb': 'STOP SLAVE SQL_THREAD',
    'postgresql': 'SELECT pg_wal_replay_pause()',
}


def _late(url: str) -> bool:
    """Tell whether the task has come to a server."""
    found = glance_databases.query(
        url, "SELECT COUNT(*) FROM tasks WHERE id = 'late'"
    )
    return bool(found[0][0])


def _wait_for(url: str, there: bool) -> None:
    end = time.monotonic() + _LIMIT
    while _late(url) is not there:
        assert time.monotonic() < end
        time.sleep(0.02)


@contextlib.contextmanager
def stopped(where: Scene) -> abc.Iterator[Case]:
    """Let a task come to the server, and not to its replica."""
    own = where.machine
    task = _TASK.format(no='0' if where.server == 'mariadb' else 'false')
    gone = "DELETE FROM tasks WHERE id = 'late'"
    replicated = {'mariadb': mariadb, 'postgresql': postgresql}
    with replicated[where.server](own) as replica:
        # It follows at first.
        own.execute(task)
        _wait_for(replica.url(), True)
        own.execute(gone)
        _wait_for(replica.url(), False)
        if where.server == 'mariadb':
            # The right to ask how far it is.
            replica.execute("GRANT SLAVE MONITOR ON *.* TO 'glance'@'%%'")
        replica.execute(STOP[where.server])
        own.execute(task)
        try:
            yield Case(
                database={
                    'slave_connection': where.url_with(port=replica.port)
                },
                args=('--replica',),
            )
            assert not _late(replica.url())
        finally:
            own.execute(gone)


@contextlib.contextmanager
def outrun(where: Scene) -> abc.Iterator[Case]:
    """Let the server want what a statement on its standby reads."""
    with postgresql(where.machine) as replica:
        replica.execute(
            'ALTER SYSTEM SET max_standby_streaming_delay = 0',
            'SELECT pg_reload_conf()',
        )
        holder = Holder(where)
        # This sends all that came before.
        send = 'SELECT pg_switch_wal()'
        holder.connection.exec_driver_sql(send)

        def act(_process: subprocess.Popen[bytes]) -> None:
            holder.wait(replica.url())
            holder.want()
            holder.connection.exec_driver_sql(send)
            end = time.monotonic() + _LIMIT
            while _CONFLICT not in (replica.root / 'log').read_text():
                assert time.monotonic() < end
                time.sleep(0.02)
            holder.close()

        try:
            yield Case(
                database={
                    'slave_connection': where.url_with(port=replica.port)
                },
                args=('--replica',),
                act=act,
            )
        finally:
            holder.close()


_CONFLICT = 'canceling statement due to conflict with recovery'
_SAID = (
    'The check broke: the replica {why}, so that this report is about what '
    'the database was. Let it follow again, or run this without --replica.'
)
FAULTS = (
    *on_each(
        'replica-behind',
        'The replica that ``--replica`` reads has stopped to follow',
        stopped,
        {
            server: {'database-connection': _SAID.replace('{why}', why)}
            for server, why in (
                ('mariadb', 'has stopped (Slave_SQL_Running: No)'),
                ('postgresql', 'has been told to pause'),
            )
        },
    ),
    *on_each(
        'replica-outrun',
        'A statement on the replica is in the way of what the server does',
        outrun,
        {
            'postgresql': {
                'schema-drift': f'{BROKE}{_CONFLICT} DETAIL: User was '
                'holding a relation lock for too long. The replica is behind '
                'and could not wait; run it again, or without --replica.'
            },
        },
    ),
)
