# SPDX-License-Identifier: Apache-2.0
"""What can be wrong on the way into a database server."""

import contextlib
import signal
from collections import abc

from tests.faults import tls
from tests.faults.fault import Case, on_each
from tests.faults.scene import PLANTED, Scene
from tests.functional import glance_databases
from tests.functional.test_database import listener


@contextlib.contextmanager
def down(where: Scene) -> abc.Iterator[Case]:
    where.machine.end(signal.SIGKILL)
    try:
        yield Case()
    finally:
        where.machine.start()


@contextlib.contextmanager
def silent(where: Scene) -> abc.Iterator[Case]:
    with listener() as port:
        yield Case(
            url=where.url_with(port=port),
            own={'connect_timeout': '1'},
            words={'port': str(port), 'place': f'127.0.0.1:{port}/glance'},
        )


@contextlib.contextmanager
def wrong_password(where: Scene) -> abc.Iterator[Case]:
    yield Case(url=where.url_with(password=f'{PLANTED}-wr0ng'))


@contextlib.contextmanager
def no_database(where: Scene) -> abc.Iterator[Case]:
    name = 'no_such_database'
    grant = {
        'mariadb': f"GRANT SELECT ON {name}.* TO 'glance'@'%%'",
        'postgresql': 'SELECT 1',
    }
    revoke = {
        'mariadb': f"REVOKE SELECT ON {name}.* FROM 'glance'@'%%'",
        'postgresql': 'SELECT 1',
    }
    where.machine.execute(grant[where.server])
    try:
        yield Case(
            url=where.url_with(database=name),
            words={'place': f'127.0.0.1:{where.machine.port}/{name}'},
        )
    finally:
        where.machine.execute(revoke[where.server])


@contextlib.contextmanager
def server_full(where: Scene) -> abc.Iterator[Case]:
    """Let others have all connections that are for everybody."""
    # Those of PostgreSQL less its three for administrators.
    count = {'mariadb': 10, 'postgresql': 17}[where.server]
    if where.server == 'mariadb':
        where.machine.execute('SET GLOBAL max_connections = 10')
    try:
        with contextlib.ExitStack() as stack:
            for _ in range(count):
                stack.enter_context(glance_databases.connection(where.url))
            yield Case()
    finally:
        if where.server == 'mariadb':
            where.machine.execute('SET GLOBAL max_connections = DEFAULT')


@contextlib.contextmanager
def user_full(where: Scene) -> abc.Iterator[Case]:
    """Let another connection of the user be the one that it may have."""
    limit = {
        'mariadb': "ALTER USER 'glance'@'%%' WITH MAX_USER_CONNECTIONS {}",
        'postgresql': 'ALTER ROLE glance CONNECTION LIMIT {}',
    }[where.server]
    none = {'mariadb': 0, 'postgresql': -1}[where.server]
    where.machine.execute(limit.format(1))
    try:
        with glance_databases.connection(where.url):
            yield Case()
    finally:
        where.machine.execute(limit.format(none))


def _no(mariadb: str, postgresql: str) -> dict[str, dict[str, str]]:
    """Return the row of a database that did not let us in."""
    said = {
        'mariadb': mariadb,
        'postgresql': 'connection to server at "127.0.0.1", port {port} '
        f'failed: {postgresql}',
    }
    return {
        server: {
            'database-connection': f'{{place}} did not let us in: {words}'
        }
        for server, words in said.items()
    }


ROUTE = (
    'Check that the server runs and that this host reaches it, and the host '
    'and port in [database] connection.'
)
PATIENCE = (
    f'{ROUTE} Where it only is slow, set [upgrade_check] connect_timeout.'
)
PASSWORD = (
    'Check user and password in [database] connection: special characters of '
    'a password have to be written as %XX. Where the server lets the user in '
    'over TLS alone, [database] connection needs the SSL options.'
)
NAME = (
    'Check the database name in [database] connection, and that the database '
    'was made.'
)
SSL = 'Check the SSL options in [database] connection.'
CERTIFICATE = (
    'Look whether the certificate of the server has expired, and whether it '
    'is of the host and of the CA that [database] connection names.'
)
REFUSED = _no(
    "Can't connect to MySQL server on '127.0.0.1' ([Errno 111] Connection "
    f'refused) (2003). {ROUTE}',
    'Connection refused Is the server running on that host and accepting '
    f'TCP/IP connections. {ROUTE}',
)
DOWN = {server: row['database-connection'] for server, row in REFUSED.items()}
"""What is said of a server that is down."""

SILENT = _no(
    f'Lost connection to MySQL server during query (timed out) (2013). '
    f'{PATIENCE}',
    f'timeout expired. {PATIENCE}',
)

FAULTS = tuple(
    fault
    for name, title, make, broken, *takes in (
        ('server-down', 'The server is down', down, REFUSED),
        (
            'server-silent',
            'The server takes connections and says nothing',
            silent,
            SILENT,
            '``connect_timeout``',
        ),
        (
            'wrong-password',
            'The password is wrong',
            wrong_password,
            _no(
                "Access denied for user 'glance'@'{host}' (using password: "
                f'YES) (1045). {PASSWORD}',
                'FATAL: password authentication failed for user "glance". '
                f'{PASSWORD}',
            ),
        ),
        (
            'no-database',
            'There is no such database',
            no_database,
            _no(
                f"Unknown database 'no_such_database' (1049). {NAME}",
                f'FATAL: database "no_such_database" does not exist. {NAME}',
            ),
        ),
        (
            'server-full',
            'All connections of the server are taken',
            server_full,
            _no(
                'Too many connections (1040). Try again later.',
                'FATAL: remaining connection slots are reserved for '
                '[...]. Try again later.',
            ),
        ),
        (
            'user-full',
            'All connections of the user are taken',
            user_full,
            _no(
                "User 'glance' has exceeded the 'max_user_connections' "
                'resource (current value: 1) (1226). Try again later.',
                'FATAL: too many connections for role "glance". Try again '
                'later.',
            ),
        ),
        (
            'tls-required',
            'The server lets the user in over TLS alone, and nobody asks for '
            'it',
            tls.required,
            _no(
                "Access denied for user 'tls_only'@'{host}' (using password: "
                f'YES) (1045). {PASSWORD}',
                'FATAL: pg_hba.conf rejects connection for host "{host}", '
                'user "tls_only", database "glance", no encryption. Let the '
                'user of [database] connection in from this host, or run '
                'this on the host of the Glance API. Where the server lets '
                'the user in over TLS alone, [database] connection needs the '
                'SSL options.',
            ),
        ),
        (
            'tls-refused',
            'TLS is asked for, and the server has none',
            tls.refused,
            _no(
                "SSL is required but the server doesn't support it (2026). "
                f'{SSL}',
                f'server does not support SSL, but SSL was required. {SSL}',
            ),
        ),
        (
            'tls-expired',
            'The certificate of the server has expired',
            tls.asked(-1),
            _no(
                "Can't connect to MySQL server on '127.0.0.1' ([SSL: "
                'CERTIFICATE_VERIFY_FAILED] certificate verify failed: '
                f'certificate has expired ([...])) (2003). {CERTIFICATE}',
                f'SSL error: certificate verify failed. {CERTIFICATE}',
            ),
        ),
    )
    for fault in on_each(
        name,
        title,
        make,
        broken,
        blocked='database',
        takes=(*takes, 'nothing')[0],
    )
)
