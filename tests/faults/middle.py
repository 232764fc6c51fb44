# SPDX-License-Identifier: Apache-2.0
"""What can happen while the command asks the server something."""

import contextlib
import os
import signal
import subprocess
import time
from collections import abc

import sqlalchemy
from sqlalchemy import exc

from tests.faults.fault import Case, Fault, Maker, on_each
from tests.faults.proxies import proxy
from tests.faults.reaching import DOWN
from tests.faults.scene import Scene
from tests.functional import glance_databases
from tests.functional.test_signals import descendants

# Seconds; only a fault of a test takes that long.
_LIMIT = 60

_HOLD = {
    'mariadb': 'LOCK TABLES image_properties WRITE',
    'postgresql': 'LOCK TABLE image_properties IN ACCESS EXCLUSIVE MODE',
}
_WAITING = {
    'mariadb': 'SELECT id FROM information_schema.processlist WHERE user = '
    "'glance' AND state LIKE 'Waiting for table%%'",
    'postgresql': "SELECT pid FROM pg_stat_activity WHERE usename = 'glance' "
    "AND wait_event_type = 'Lock'",
}
_KILL = {
    'mariadb': 'KILL {}',
    'postgresql': 'SELECT pg_terminate_backend({})',
}

Then = abc.Callable[[Scene, 'Holder', subprocess.Popen[bytes]], None]


class Holder:
    """A session that keeps all others from reading a table."""

    def __init__(self, where: Scene):
        self._where = where
        engine = sqlalchemy.create_engine(
            where.admin, poolclass=sqlalchemy.NullPool
        )
        self.connection = engine.connect()
        self.connection.exec_driver_sql(_HOLD[where.server])

    def wait(self, url: str | None = None) -> int:
        """Return the number of the session that waits, as soon as one does.

        :param url: where it waits, unless it is the same server
        """
        end = time.monotonic() + _LIMIT
        statement = _WAITING[self._where.server]
        # Not our own connection: its transaction sees what it saw before.
        with glance_databases.connection(url or self._where.admin) as other:
            while time.monotonic() < end:
                found = other.exec_driver_sql(statement).scalar()
                if found:
                    return int(found)
                time.sleep(0.01)
        raise AssertionError('nobody waits')

    def want(self) -> None:
        """Keep all from a table of PostgreSQL's own, too.

        A statement that waits for Glance's has read that already.
        """
        self.connection.exec_driver_sql('LOCK TABLE pg_attrdef')

    def close(self) -> None:
        """Let the others go on, whether the server is still there or not."""
        with contextlib.suppress(exc.SQLAlchemyError):
            self.connection.close()


def waiting(then: Then) -> Maker:
    """Return what lets the command wait for a table, and then does more."""

    @contextlib.contextmanager
    def make(where: Scene) -> abc.Iterator[Case]:
        holder = Holder(where)

        def act(process: subprocess.Popen[bytes]) -> None:
            holder.wait()
            then(where, holder, process)

        try:
            yield Case(act=act)
        finally:
            holder.close()
            if not where.machine.answers():
                where.machine.start()

    return make


def _kill_session(
    where: Scene, holder: Holder, _process: subprocess.Popen[bytes]
) -> None:
    where.machine.execute(_KILL[where.server].format(holder.wait()))
    holder.close()


def _kill_server(
    where: Scene, _holder: Holder, _process: subprocess.Popen[bytes]
) -> None:
    where.machine.end(signal.SIGKILL)


def _restart_server(
    where: Scene, holder: Holder, process: subprocess.Popen[bytes]
) -> None:
    """Restart it while the command is not looking."""
    family = [process.pid, *descendants(process.pid)]
    for pid in family:
        os.kill(pid, signal.SIGSTOP)
    holder.close()
    where.machine.end()
    where.machine.start()
    for pid in family:
        os.kill(pid, signal.SIGCONT)


@contextlib.contextmanager
def timed_out(where: Scene) -> abc.Iterator[Case]:
    holder = Holder(where)
    try:
        yield Case(args=('--timeout', '2'))
    finally:
        holder.close()


@contextlib.contextmanager
def out_waited(where: Scene) -> abc.Iterator[Case]:
    """Let the server give up before the command would."""
    holder = Holder(where)
    where.machine.execute('SET GLOBAL lock_wait_timeout = 1')
    try:
        yield Case()
    finally:
        where.machine.execute('SET GLOBAL lock_wait_timeout = DEFAULT')
        holder.close()


@contextlib.contextmanager
def deadlocked(where: Scene) -> abc.Iterator[Case]:
    """Let another want what a statement has that waits for the other.

    The server ends whoever is the first to look for the reason.
    """
    holder = Holder(where)
    holder.connection.exec_driver_sql("SET deadlock_timeout = '1min'")
    where.machine.execute("ALTER ROLE glance SET deadlock_timeout = '3s'")

    def act(_process: subprocess.Popen[bytes]) -> None:
        holder.wait()
        holder.want()
        holder.close()

    try:
        yield Case(act=act)
    finally:
        holder.close()
        where.machine.execute('ALTER ROLE glance RESET deadlock_timeout')


_VICTIM = b'Deadlock found when trying to get lock; try restarting transaction'


@contextlib.contextmanager
def said_deadlocked(where: Scene) -> abc.Iterator[Case]:
    """Answer a statement as MariaDB answers the victim of a deadlock.

    Reads that lock nothing, each a transaction of its own, never are one
    there: a statement that waits for a table begins again.
    """
    said = b'\xff' + (1213).to_bytes(2, 'little') + b'#40001' + _VICTIM
    packet = len(said).to_bytes(3, 'little') + b'\x01' + said
    asked: list[bytes] = []

    def answer(chunk: bytes) -> bytes | None:
        if b'FROM image_properties' not in chunk or b'count(CASE' not in chunk:
            return None
        asked.append(chunk)
        return packet if len(asked) == 1 else None

    with proxy(where.machine.port, 0, answer) as port:
        yield Case(
            url=where.url_with(port=port),
            words={'port': str(port), 'place': f'127.0.0.1:{port}/glance'},
        )
    assert asked


BROKE = 'The check broke: the database said: '
AWAY = 'The server went away in the middle; run it again when it is back.'
GONE = {
    'mariadb': {
        'image-properties': f'{BROKE}Lost connection to MySQL server during '
        f'query (2013). {AWAY}'
    },
    # There, the catalogue cannot be read either.
    'postgresql': {
        'schema-drift': f'{BROKE}server closed the connection unexpectedly '
        'This probably means the server terminated abnormally before or '
        f'while processing the request. {AWAY}'
    },
}
LATE = (
    'The statement took longer than --timeout allows; allow more, or run it '
    'when the server has less to do.'
)
CANCELLED = f'{BROKE}canceling statement due to statement timeout. {LATE}'

FAULTS = (
    *on_each(
        'session-killed',
        'The connection is killed in the middle of a check',
        waiting(_kill_session),
        GONE,
    ),
    *on_each(
        'server-killed',
        'The server goes down in the middle of a check',
        waiting(_kill_server),
        {
            'mariadb': {
                **GONE['mariadb'],
                'task-states': 'The check broke: the database did not let us '
                f'in again: {DOWN["mariadb"]}',
                'database-connection': DOWN['mariadb'],
            },
            'postgresql': {
                **GONE['postgresql'],
                'database-connection': DOWN['postgresql'],
            },
        },
        blocked='later',
    ),
    *on_each(
        'server-restarted',
        'The server is restarted in the middle of a check',
        waiting(_restart_server),
        GONE,
    ),
    *on_each(
        'statement-timed-out',
        'Another holds a table for longer than ``--timeout``',
        timed_out,
        {
            'mariadb': {
                'image-properties': f'{BROKE}Query execution was interrupted '
                f'(max_statement_time exceeded) (1969). {LATE}'
            },
            'postgresql': {
                'schema-drift': CANCELLED,
                'image-properties': CANCELLED,
            },
        },
        takes='``--timeout`` for each check that meets it',
    ),
    Fault(
        'lock-wait',
        'Another holds a table for longer than the server lets anybody wait',
        ('mariadb',),
        out_waited,
        {
            'image-properties': f'{BROKE}Lock wait timeout exceeded; try '
            f'restarting transaction (1205). {LATE}'
        },
        takes='the ``lock_wait_timeout`` of the server',
    ),
    Fault(
        'deadlock-victim',
        'The server ends a statement as the victim of a deadlock',
        ('mariadb',),
        said_deadlocked,
        code=0,
    ),
    Fault(
        'deadlock-victim',
        'The server ends a statement as the victim of a deadlock',
        ('postgresql',),
        deadlocked,
        {
            'schema-drift': f'{BROKE}deadlock detected [...]. The server '
            'ended it, as it and another session waited for each other; run '
            'it again.'
        },
        takes='the ``deadlock_timeout`` of the server',
    ),
)
