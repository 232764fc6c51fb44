# SPDX-License-Identifier: Apache-2.0
"""Database servers of our own, which may be broken."""

import contextlib
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import typing
import unittest
from collections import abc

from sqlalchemy import exc

from tests.functional import glance_databases

DATABASE = 'glance'
# Seconds; only a server that does not start takes that long.
_LIMIT = 60
# What a server and its logs need, and some more.
_SIZE = '256m'
_PAGE = 4096


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as found:
        found.bind(('127.0.0.1', 0))
        port: int = found.getsockname()[1]
        return port


class Server:
    """A server on a port of 127.0.0.1, with its data in a directory.

    :cvar account: the user of the system whose it is where root starts it
    :cvar ending: the signal after which it ends in order, now
    :cvar administrator: scheme and user of who may do all
    :cvar system: a database that is always there
    :param root: an empty directory
    :ivar more: options with which it starts the next time
    """

    account: typing.ClassVar[str]
    ending: typing.ClassVar[signal.Signals]
    administrator: typing.ClassVar[str]
    system: typing.ClassVar[str]

    def __init__(self, root: pathlib.Path):
        self.root = root
        self.port = free_port()
        self.more: list[str] = []
        self._process: subprocess.Popen[bytes] | None = None
        if os.geteuid() == 0:
            shutil.chown(root, self.account)

    @property
    def pid(self) -> int | None:
        """Return the process, None where there is none."""
        return self._process and self._process.pid

    def url(self, name: str = DATABASE) -> str:
        """Return the URL of a database, for the administrator."""
        return f'{self.administrator}@127.0.0.1:{self.port}/{name}'

    def execute(self, *statements: str) -> None:
        """Execute statements in Glance's database, as the administrator."""
        with glance_databases.connection(self.url()) as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def words(self) -> list[str]:
        """Return what starts it, in the foreground."""
        raise NotImplementedError

    def with_tls(self, path: pathlib.Path, key: pathlib.Path) -> list[str]:
        """Return the options with which it has a certificate and its key."""
        raise NotImplementedError

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with (self.root / 'log').open('ab') as log:
            self._process = self._popen(self.words(), log)
        end = time.monotonic() + _LIMIT
        while not self.answers():
            log_text = (self.root / 'log').read_text(errors='replace')
            assert self._process.poll() is None, log_text[-2000:]
            assert time.monotonic() < end, log_text[-2000:]
            time.sleep(0.02)

    def answers(self) -> bool:
        """Tell whether it lets the administrator in."""
        try:
            glance_databases.query(self.url(self.system), 'SELECT 1')
        except exc.SQLAlchemyError:
            return False
        return True

    def end(self, number: signal.Signals | None = None) -> None:
        """End it by a signal, in order unless it is another one."""
        process = self._process
        assert process
        process.send_signal(number or self.ending)
        process.wait(_LIMIT)
        self._process = None

    @contextlib.contextmanager
    def running(self) -> abc.Iterator[None]:
        """Run it, until here or until somebody ends it."""
        self.start()
        try:
            yield
        finally:
            if self._process:
                self.end(signal.SIGKILL)

    def run(self, *words: str) -> None:
        """Run a program of the server to its end."""
        process = self._popen(list(words), subprocess.PIPE)
        said = process.communicate(timeout=_LIMIT)[0].decode()
        assert process.returncode == 0, said

    def _popen(
        self, words: list[str], output: typing.Any
    ) -> subprocess.Popen[bytes]:
        account = None
        if os.geteuid() == 0:
            account = pwd.getpwnam(self.account)
        return subprocess.Popen(
            words,
            cwd=self.root,
            env={'PATH': os.environ.get('PATH', os.defpath), 'LC_ALL': 'C'},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            user=account and account.pw_uid,
            group=account and account.pw_gid,
            extra_groups=account and [],
            start_new_session=True,
        )


def find(program: str, where: str) -> str:
    """Return the path of a server's program, the newest if there are many."""
    path = shutil.which(program)
    found = [path] if path else sorted(pathlib.Path('/').glob(where[1:]))
    if not found:
        glance_databases._missing(f'{program} is not installed')
    return str(found[-1])


class MariaDB(Server):
    """A MariaDB that does not wait for its disk.

    It logs what replicas have to do. ``SET GLOBAL`` does the rest.
    """

    account = 'mysql'
    ending = signal.SIGTERM
    administrator = 'mysql+pymysql://root'
    system = 'mysql'

    def __init__(self, root: pathlib.Path, of: 'MariaDB | None' = None):
        """Make its data.

        :param of: the server that it is to be a copy of
        """
        super().__init__(root)
        self._options = [
            *('--no-defaults', f'--datadir={root}/data'),
            *('--innodb-log-file-size=4M', '--innodb-flush-method=nosync'),
        ]
        if of:
            of.end()
            shutil.copytree(of.root / 'data', root / 'data')
            of.start()
            if os.geteuid() == 0:
                for path in (root / 'data', *(root / 'data').rglob('*')):
                    shutil.chown(path, self.account)
        else:
            self._install()
        self.more = [
            *(
                f'--server-id={2 if of else 1}',
                f'--log-bin={root}/data/binlog',
            ),
            *('--binlog-format=ROW', '--innodb-autoinc-lock-mode=2'),
        ]

    def _install(self) -> None:
        self.run(
            *(find('mariadb-install-db', '/usr/bin/mariadb-install-db'),),
            *self._options,
            *('--auth-root-authentication-method=normal', '--skip-test-db'),
        )

    def words(self) -> list[str]:
        return [
            *(find('mariadbd', '/usr/sbin/mariadbd'), *self._options),
            *(f'--port={self.port}', '--bind-address=127.0.0.1'),
            *(f'--socket={self.root}/socket', f'--pid-file={self.root}/pid'),
            f'--tmpdir={self.root}',
            *('--innodb-buffer-pool-size=16M', '--performance-schema=off'),
            *('--innodb-flush-log-at-trx-commit=2', '--sync-binlog=0'),
            # Nobody waits to see what is asked of it.
            *('--innodb-print-all-deadlocks=OFF', '--skip-name-resolve'),
            *self.more,
        ]

    def with_tls(self, path: pathlib.Path, key: pathlib.Path) -> list[str]:
        return [f'--ssl-cert={path}', f'--ssl-key={key}', f'--ssl-ca={path}']


class PostgreSQL(Server):
    """A PostgreSQL that does not wait for its disk."""

    account = 'postgres'
    ending = signal.SIGINT
    administrator = 'postgresql+psycopg2://postgres'
    system = 'postgres'

    def __init__(self, root: pathlib.Path, of: 'PostgreSQL | None' = None):
        """Make its data.

        :param of: the server of which it is to be a standby
        """
        super().__init__(root)
        self.data = root / 'data'
        if of:
            self.run(
                *(self._program('pg_basebackup'), f'--pgdata={self.data}'),
                *('--host=127.0.0.1', f'--port={of.port}'),
                *('--username=postgres', '--write-recovery-conf'),
                *('--checkpoint=fast', '--no-sync'),
            )
            return
        self.run(
            *(self._program('initdb'), f'--pgdata={self.data}', '--no-sync'),
            *('--username=postgres', '--encoding=UTF8', '--no-locale'),
        )
        (self.data / 'pg_hba.conf').write_text(
            'host all postgres 127.0.0.1/32 trust\n'
            'host replication postgres 127.0.0.1/32 trust\n'
            'hostssl all tls_only 127.0.0.1/32 scram-sha-256\n'
            'hostnossl all tls_only 127.0.0.1/32 reject\n'
            'host all all 127.0.0.1/32 scram-sha-256\n'
        )

    @staticmethod
    def _program(name: str) -> str:
        return find(f'postgresql-{name}', f'/usr/lib/postgresql/*/bin/{name}')

    def words(self) -> list[str]:
        return [
            *(self._program('postgres'), '-D', str(self.data)),
            *('-p', str(self.port), '-c', 'listen_addresses=127.0.0.1'),
            *('-c', f'unix_socket_directories={self.root}'),
            *('-c', 'fsync=off', '-c', 'shared_buffers=16MB'),
            *('-c', 'max_connections=20'),
            *self.more,
        ]

    def with_tls(self, path: pathlib.Path, key: pathlib.Path) -> list[str]:
        return [
            *('-c', 'ssl=on', '-c', f'ssl_cert_file={path}'),
            *('-c', f'ssl_key_file={key}'),
        ]


KINDS: dict[str, type[MariaDB] | type[PostgreSQL]] = {
    'mariadb': MariaDB,
    'postgresql': PostgreSQL,
}


@contextlib.contextmanager
def place() -> abc.Iterator[pathlib.Path]:
    """Give an empty directory that a server may enter.

    It is a file system of its own where this user may mount one.
    """
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name).resolve()
        size = ('-o', f'size={_SIZE}')
        mounted = os.geteuid() == 0 and not subprocess.call(
            ['mount', '-t', 'tmpfs', *size, 'tmpfs', root],
            stderr=subprocess.DEVNULL,
        )
        root.chmod(0o755)
        try:
            yield root
        finally:
            if mounted:
                subprocess.run(['umount', '--lazy', root], check=True)


@contextlib.contextmanager
def full(root: pathlib.Path) -> abc.Iterator[None]:
    """Fill the file system of a server; skip the test where it is shared."""
    if not root.is_mount():
        raise unittest.SkipTest('this user may not mount anything')
    ballast = root / 'ballast'
    try:
        with contextlib.suppress(OSError), ballast.open('wb', 0) as stream:
            while stream.write(bytes(_PAGE)):
                pass
        assert shutil.disk_usage(root).free < _PAGE
        yield
    finally:
        ballast.unlink()


@contextlib.contextmanager
def of_glance(server: str) -> abc.Iterator[Server]:
    """Run a server on which the real Glance has made its database."""
    with place() as root:
        own = KINDS[server](root)
        with own.running():
            glance_databases.execute(
                own.url(own.system), f'CREATE DATABASE {DATABASE}'
            )
            glance_databases.require('sqlite')
            done = glance_databases.glance_manage(own.url(), 'db', 'sync')
            assert done.returncode == 0, done.stderr
            yield own
