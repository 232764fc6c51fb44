# SPDX-License-Identifier: Apache-2.0
"""States of a server in which it answers, but not as it should."""

import contextlib
import pathlib
import signal
import unittest
from collections import abc

from sqlalchemy import exc

from tests.faults import servers
from tests.faults.fault import Case, Fault, Maker, on_each
from tests.faults.middle import BROKE
from tests.faults.proxies import proxy
from tests.faults.reaching import SILENT
from tests.faults.scene import Scene
from tests.functional import glance_databases

SERVERS = ('mariadb', 'postgresql')


@contextlib.contextmanager
def read_only(where: Scene) -> abc.Iterator[Case]:
    on, off = {
        'mariadb': (
            ('SET GLOBAL read_only = ON',),
            ('SET GLOBAL read_only = OFF',),
        ),
        'postgresql': (
            (
                'ALTER SYSTEM SET default_transaction_read_only = on',
                'SELECT pg_reload_conf()',
            ),
            (
                'ALTER SYSTEM RESET default_transaction_read_only',
                'SELECT pg_reload_conf()',
            ),
        ),
    }[where.server]
    where.machine.execute(*on)
    try:
        yield Case()
    finally:
        where.machine.execute(*off)


@contextlib.contextmanager
def disk_full(where: Scene) -> abc.Iterator[Case]:
    with servers.full(where.machine.root):
        yield Case(args=('--timeout', '5'))


def slow(delay: float, connect_timeout: int) -> Maker:
    """Return what puts the server behind a slow way.

    :param delay: seconds that each direction takes
    :param connect_timeout: how long the command waits for it
    """

    @contextlib.contextmanager
    def make(where: Scene) -> abc.Iterator[Case]:
        with proxy(where.machine.port, delay) as port:
            yield Case(
                url=where.url_with(port=port),
                own={'connect_timeout': str(connect_timeout)},
                words={'port': str(port), 'place': f'127.0.0.1:{port}/glance'},
            )

    return make


GALERA = '/usr/lib/galera/libgalera_smm.so'


@contextlib.contextmanager
def not_synced(where: Scene) -> abc.Iterator[Case]:
    """Let the server be a node of Galera that has lost its cluster."""
    own = where.machine
    if not pathlib.Path(GALERA).exists():
        raise unittest.SkipTest('Galera is not installed')
    listens = f'gmcast.listen_addr=tcp://127.0.0.1:{servers.free_port()}'
    before = list(own.more)
    own.more += [
        *('--wsrep-on=ON', f'--wsrep-provider={GALERA}'),
        *('--wsrep-cluster-address=gcomm://', '--wsrep-new-cluster'),
        *(
            f'--wsrep-provider-options=gcache.size=1M;pc.wait_prim=no;{listens}',
        ),
        *('--wsrep-node-address=127.0.0.1', '--wsrep-sst-method=rsync'),
    ]
    own.end()
    try:
        own.start()
        nowhere = f'gcomm://127.0.0.1:{servers.free_port()}'
        # It takes this, and then nothing any more, not even a ROLLBACK.
        with contextlib.suppress(exc.DBAPIError):
            own.execute(f"SET GLOBAL wsrep_cluster_address = '{nowhere}'")
        yield Case()
    finally:
        own.end(signal.SIGKILL)
        own.more = before
        (own.root / 'data' / 'grastate.dat').unlink()
        own.start()


@contextlib.contextmanager
def may_not_read(where: Scene) -> abc.Iterator[Case]:
    """Take from the user the right to read one table."""
    tables = glance_databases.tables(where.admin) - {'tasks'}
    each = [f'SELECT ON glance.{name}' for name in sorted(tables)]
    lose, give = {
        'mariadb': (
            (
                "REVOKE SELECT ON glance.* FROM 'glance'@'%%'",
                *(f"GRANT {right} TO 'glance'@'%%'" for right in each),
            ),
            (
                *(f"REVOKE {right} FROM 'glance'@'%%'" for right in each),
                "GRANT SELECT ON glance.* TO 'glance'@'%%'",
            ),
        ),
        'postgresql': (
            ('REVOKE SELECT ON tasks FROM glance',),
            ('GRANT SELECT ON tasks TO glance',),
        ),
    }[where.server]
    where.machine.execute(*lose)
    try:
        yield Case()
    finally:
        where.machine.execute(*give)


DENIED = (
    f"{BROKE}SELECT command denied to user 'glance'@'{{host}}' for table "
    '`glance`.`tasks` (1142). Grant the user of [database] connection SELECT '
    'on all tables of the database.'
)

FAULTS = (
    Fault(
        'server-read-only',
        'The server takes no writes',
        SERVERS,
        read_only,
        code=0,
    ),
    Fault(
        'disk-full',
        'The disk of the server is full',
        ('mariadb',),
        disk_full,
        {
            'schema-revision': f'{BROKE}Disk got full writing [...] (Errcode: '
            '28 "No space left on device") (1021). The disk of the database '
            'server is full; make room there.'
        },
    ),
    Fault(
        'disk-full',
        'The disk of the server is full',
        ('postgresql',),
        disk_full,
        code=0,
    ),
    Fault(
        'server-far',
        'The way to the server is slow',
        SERVERS,
        slow(0.005, connect_timeout=10),
        code=0,
        takes='what the way there takes',
    ),
    *on_each(
        'server-too-far',
        'The way to the server is slower than ``connect_timeout`` allows',
        slow(0.7, connect_timeout=1),
        SILENT,
        blocked='database',
        takes='``connect_timeout``',
    ),
    Fault(
        'not-synced',
        'The server is a node of Galera that is not synced',
        ('mariadb',),
        not_synced,
        {
            'database-connection': '{place} did not let us in: WSREP has not '
            'yet prepared node for application use (1047). The server is a '
            'node of Galera that has lost its cluster, or is not yet in step '
            'with it. Ask another node, or wait until this one is synced.'
        },
        blocked='database',
    ),
    *on_each(
        'may-not-read',
        'The user may not read a table',
        may_not_read,
        {
            'mariadb': {
                'schema-revision': DENIED,
                'task-states': f'{DENIED} GRANT SELECT ON `glance`.* TO '
                "'glance'@'%';",
            },
            'postgresql': {
                'task-states': f'{BROKE}permission denied for table tasks. '
                'Grant the user of [database] connection SELECT on all '
                'tables of the database. GRANT SELECT ON ALL TABLES IN '
                'SCHEMA "public" TO "glance";'
            },
        },
    ),
)
