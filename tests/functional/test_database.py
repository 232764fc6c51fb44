# SPDX-License-Identifier: Apache-2.0
"""The way into the database: guarded on the server, and clear when barred."""

import contextlib
import hashlib
import os
import pathlib
import secrets
import shutil
import socket
import sqlite3
import tempfile
import threading
import time
import typing
from collections import abc

import pytest
import sqlalchemy
from sqlalchemy import exc

from glance_status import complaints, connecting, database
from tests.functional import command, glance_databases

SERVERS = ('mariadb', 'postgresql')
CITEST = 'openstack_citest'
URLS = {
    'mariadb': f'mysql+pymysql://{CITEST}:{CITEST}@127.0.0.1/{CITEST}',
    'postgresql': f'postgresql+psycopg2://{CITEST}:{CITEST}@127.0.0.1/'
    f'{CITEST}',
}
PORTS = {'mariadb': 3306, 'postgresql': 5432}
# Seconds that count as few, on a machine that has other things to do.
FEW = 20

Document = dict[str, typing.Any]


def check(
    conf: pathlib.Path, *args: str, **options: typing.Any
) -> command.Completed:
    """Run the two checks that are about the database itself."""
    return command.run(
        '--config-file', conf, 'upgrade', 'check', '--json',
        '--check', 'database-connection', '--check', 'schema-revision',
        *args, **options,
    )  # fmt: skip


def rows(completed: command.Completed) -> Document:
    """Return all that a report says of the two checks."""
    report = command.document(completed)
    return {
        'outcome': report['outcome'],
        'source': report['source'],
        'checks': report['checks'],
        'not_run': [
            row for row in report['not_run'] if row['cause'] != 'deselected'
        ],
    }


def out_of_reach(details: str) -> Document:
    """Return what a report says where the database cannot be opened."""
    return {
        'outcome': 'error',
        'source': None,
        'checks': [
            {
                'id': 'database-connection',
                'check': 'Database connection',
                'plugin': 'glance',
                'result': 255,
                'details': details,
                'duration': 0.0,
                'findings': [],
            }
        ],
        'not_run': [
            {
                'id': 'schema-revision',
                'check': 'Schema revision',
                'plugin': 'glance',
                'cause': 'blocked',
                'reason': 'the database is out of reach',
            }
        ],
    }


def assert_out_of_reach(
    completed: command.Completed, details: str, secret: str | None = None
) -> None:
    assert rows(completed) == out_of_reach(details)
    assert completed.code == 255
    said = completed.stdout + completed.stderr
    assert 'Traceback' not in said
    assert secret is None or secret not in said


def reached(completed: command.Completed) -> None:
    report = rows(completed)
    assert (report['outcome'], report['not_run']) == ('success', [])
    assert completed.code == 0


# Guards


WRITES = (
    "UPDATE images SET name = 'mine'",
    "INSERT INTO alembic_version VALUES ('mine')",
    'DELETE FROM alembic_version',
    'CREATE TABLE mine (id INTEGER)',
    'DROP TABLE cached_images',
    'ALTER TABLE images ADD COLUMN mine INTEGER',
)


def content(url: str) -> dict[str, int]:
    """Return how many rows each table has."""
    return {
        name: glance_databases.query(url, f'SELECT COUNT(*) FROM {name}')[0][0]
        for name in sorted(glance_databases.tables(url))
    }


@pytest.mark.parametrize('server', glance_databases.SERVERS)
def test_the_server_refuses_to_write(server: str) -> None:
    with glance_databases.database(server, 'up_to_date') as url:
        before = content(url)
        for statement in WRITES:
            with (
                connecting.connect(database.Access(url)) as connection,
                pytest.raises(exc.DBAPIError) as caught,
            ):
                connection.exec_driver_sql(statement)
            assert 'A check tried to write' in complaints.explain(caught.value)
        assert content(url) == before


@pytest.mark.parametrize('server', SERVERS)
def test_nothing_is_locked_between_two_statements(server: str) -> None:
    with (
        glance_databases.database(server, 'up_to_date') as url,
        connecting.connect(database.Access(url)) as connection,
    ):
        connection.exec_driver_sql('SELECT * FROM images').all()
        if server == 'postgresql':
            pid = connection.exec_driver_sql(
                'SELECT pg_backend_pid()'
            ).scalar()
            assert glance_databases.query(
                url,
                'SELECT state, xact_start FROM pg_stat_activity '
                f'WHERE pid = {pid}',
            ) == [('idle', None)]
            open_now = f'SELECT 1 FROM pg_locks WHERE pid = {pid}'
            no_wait = "SET lock_timeout = '5s'"
        else:
            pid = connection.exec_driver_sql('SELECT CONNECTION_ID()').scalar()
            open_now = (
                'SELECT 1 FROM information_schema.innodb_trx '
                f'WHERE trx_mysql_thread_id = {pid}'
            )
            no_wait = 'SET SESSION lock_wait_timeout = 5'
        assert glance_databases.query(url, open_now) == []
        glance_databases.execute(url, no_wait, 'DROP TABLE image_tags')


@contextlib.contextmanager
def general_log() -> abc.Iterator[None]:
    """Let MariaDB write down every statement that it is sent."""
    url = URLS['mariadb']
    was = glance_databases.query(url, 'SELECT @@general_log, @@log_output')[0]
    glance_databases.execute(
        url, "SET GLOBAL log_output = 'TABLE'", 'SET GLOBAL general_log = 1'
    )
    try:
        yield
    finally:
        glance_databases.execute(
            url,
            f'SET GLOBAL general_log = {was[0]}',
            f"SET GLOBAL log_output = '{was[1]}'",
        )


def test_the_server_is_sent_nothing_but_questions(
    tmp_path: pathlib.Path,
) -> None:
    with (
        glance_databases.database('mariadb', 'up_to_date') as url,
        account('mariadb', url, 'plain') as mine,
    ):
        conf = command.deployment(tmp_path, mine)
        with general_log():
            reached(check(conf))
        user = sqlalchemy.make_url(mine).username
        sent = glance_databases.query(
            URLS['mariadb'],
            'SELECT argument FROM mysql.general_log WHERE '
            f"command_type = 'Query' AND user_host LIKE '{user}%'",
        )
    statements = [text.split()[0].upper() for (text,) in sent]
    # SQLAlchemy and PyMySQL also end what they never began.
    ends = {'ROLLBACK', 'COMMIT'}
    assert set(statements) - ends == {'SELECT', 'SHOW', 'SET'}
    settings = {
        text.split('=')[0].strip()
        for (text,) in sent
        if text.upper().startswith('SET')
    }
    assert settings <= {
        'SET NAMES utf8mb4',
        'SET NAMES utf8',
        'SET AUTOCOMMIT',
        'SET SESSION TRANSACTION READ ONLY',
        'SET SESSION max_statement_time',
        'SET SESSION sql_mode',
    }


def test_postgresql_counts_no_write(tmp_path: pathlib.Path) -> None:
    counters = (
        'SELECT relname, n_tup_ins, n_tup_upd, n_tup_del, n_dead_tup '
        'FROM pg_stat_user_tables ORDER BY relname'
    )
    with glance_databases.database('postgresql', 'up_to_date') as url:
        before = glance_databases.query(url, counters)
        reached(check(command.deployment(tmp_path, url)))
        assert glance_databases.query(url, counters) == before
        assert glance_databases.query(
            url,
            'SELECT pg_current_xact_id_if_assigned() IS NULL, temp_files '
            'FROM pg_stat_database WHERE datname = current_database()',
        ) == [(True, 0)]


SLOW = {
    'sqlite': 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)'
    ' SELECT COUNT(*) FROM n',
    'mariadb': 'SELECT SLEEP(60)',
    'postgresql': 'SELECT pg_sleep(60)',
}


@pytest.mark.parametrize('server', glance_databases.SERVERS)
def test_a_slow_statement_is_cut_off_by_the_server(server: str) -> None:
    with glance_databases.database(server) as url:
        access = database.Access(url, statement_timeout=1)
        start = time.monotonic()
        with connecting.connect(access) as connection:
            with pytest.raises(exc.DBAPIError) as caught:
                connection.exec_driver_sql(SLOW[server]).all()
            assert 'longer than --timeout allows' in complaints.explain(
                caught.value
            )
            assert time.monotonic() - start < FEW
            # The session goes on.
            assert connection.exec_driver_sql('SELECT 1').scalar() == 1


@pytest.mark.parametrize('server', SERVERS)
def test_a_statement_may_take_longer_than_connecting(server: str) -> None:
    with glance_databases.database(server) as url:
        access = database.Access(url, connect_timeout=1, statement_timeout=30)
        with connecting.connect(access) as connection:
            slow = SLOW[server].replace('60', '3')
            assert len(connection.exec_driver_sql(slow).all()) == 1


def test_sqlite_may_take_longer_than_its_lock_limit() -> None:
    with glance_databases.database('sqlite') as url:
        access = database.Access(url, connect_timeout=1, statement_timeout=30)
        limited = SLOW['sqlite'] + ' WHERE i < 2000000'
        with connecting.connect(access) as connection:
            slow = limited.replace('FROM n)', 'FROM n LIMIT 2000000)')
            assert connection.exec_driver_sql(slow).scalar() == 1999999


LOCKS = {
    'mariadb': 'LOCK TABLES alembic_version WRITE',
    'postgresql': 'LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE',
}


@contextlib.contextmanager
def locked(server: str, url: str) -> abc.Iterator[sqlalchemy.Connection]:
    """Hold a table so that nobody else may read it."""
    engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(LOCKS[server])
        yield connection
        connection.rollback()


TOO_LONG = {
    'mariadb': 'The check broke: the database said: Query execution was '
    'interrupted (max_statement_time exceeded) (1969). ',
    'postgresql': 'The check broke: the database said: canceling statement '
    'due to lock timeout LINE 2: FROM alembic_version ^. ',
}
ADVICE = (
    'The statement took longer than --timeout allows; allow more, or run it '
    'when the server has less to do.'
)


@pytest.mark.parametrize('server', SERVERS)
def test_a_table_that_another_holds_breaks_the_check_that_needs_it(
    server: str, tmp_path: pathlib.Path
) -> None:
    with glance_databases.database(server, 'up_to_date') as url:
        conf = command.deployment(tmp_path, url)
        with locked(server, url):
            completed = check(conf, '--timeout', '2')
        report = rows(completed)
        results = {row['id']: row for row in report['checks']}
        assert results['database-connection']['result'] == 0
        assert results['schema-revision']['result'] == 255
        details = results['schema-revision']['details']
        assert details.startswith('The check broke: the database said: ')
        assert details.endswith(ADVICE)
        assert completed.code == 255


@contextlib.contextmanager
def killer(server: str, url: str) -> abc.Iterator[None]:
    """End every session that waits for the table which is held."""
    name = sqlalchemy.make_url(url).database
    waiting = {
        'mariadb': 'SELECT id FROM information_schema.processlist WHERE '
        f"db = '{name}' AND state LIKE 'Waiting for table metadata lock'",
        'postgresql': 'SELECT pid FROM pg_stat_activity WHERE '
        f"datname = '{name}' AND wait_event_type = 'Lock'",
    }[server]
    kill = {
        'mariadb': 'KILL {}',
        'postgresql': 'SELECT pg_terminate_backend({})',
    }[server]
    done = threading.Event()

    def run() -> None:
        while not done.wait(0.1):
            for (number,) in glance_databases.query(URLS[server], waiting):
                # It may be gone by now.
                with contextlib.suppress(exc.DBAPIError):
                    glance_databases.execute(URLS[server], kill.format(number))

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


@pytest.mark.parametrize('server', SERVERS)
def test_a_connection_that_is_killed_in_the_middle(
    server: str, tmp_path: pathlib.Path
) -> None:
    with glance_databases.database(server, 'up_to_date') as url:
        conf = command.deployment(tmp_path, url)
        with locked(server, url), killer(server, url):
            completed = check(conf)
    results = {row['id']: row for row in rows(completed)['checks']}
    assert results['database-connection']['result'] == 0
    details = results['schema-revision']['details']
    assert details.startswith('The check broke: the database said: ')
    assert details.endswith(
        'The server went away in the middle; run it again when it is back.'
    )
    assert completed.code == 255
    assert 'Traceback' not in completed.stdout + completed.stderr


# SQLite's files


def listing(directory: pathlib.Path) -> dict[str, str]:
    """Return the digests of all files of a directory."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(directory.iterdir())
    }


@pytest.fixture
def place() -> abc.Iterator[pathlib.Path]:
    """Give a directory for the database alone, which others may enter.

    pytest closes its own to all others, whenever it is started.
    """
    with tempfile.TemporaryDirectory() as name:
        pathlib.Path(name).chmod(0o755)
        directory = pathlib.Path(name, 'db')
        directory.mkdir()
        yield directory


@pytest.fixture
def file(place: pathlib.Path) -> pathlib.Path:
    """A Glance database that is up to date, alone in its directory."""
    path = place / 'glance.sqlite'
    with glance_databases.database('sqlite', 'up_to_date') as url:
        shutil.copy(url.removeprefix('sqlite:///'), path)
    path.chmod(0o644)
    return path


def test_a_missing_sqlite_file_is_not_made(place: pathlib.Path) -> None:
    path = place / 'glance.sqlite'
    conf = command.deployment(place.parent / 'etc', f'sqlite:///{path}')
    assert_out_of_reach(
        check(conf),
        f'the SQLite file {path} does not exist. Check [database] '
        'connection; a relative path starts at the working directory.',
    )
    assert listing(place) == {}


def wal(file: pathlib.Path, keep: tuple[str, ...]) -> None:
    """Put a database into write-ahead mode as a killed writer leaves it.

    :param keep: the files beside it that stay, by what their names end with
    """
    copy = file.with_name('copy')
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.execute('PRAGMA journal_mode = wal')
        connection.execute("UPDATE alembic_version SET version_num = 'old'")
        connection.commit()
        connection.execute('PRAGMA wal_checkpoint(TRUNCATE)')
        connection.execute(
            "UPDATE alembic_version SET version_num = '2024_1_contract01'"
        )
        connection.commit()
        if not keep:
            connection.execute('PRAGMA wal_checkpoint(TRUNCATE)')
        shutil.copy(file, copy)
        for end in keep:
            shutil.copy(f'{file}{end}', f'{copy}{end}')
    for end in ('-wal', '-shm'):
        pathlib.Path(f'{file}{end}').unlink(missing_ok=True)
    for end in ('', *keep):
        os.rename(f'{copy}{end}', f'{file}{end}')


@pytest.mark.parametrize('keep', [(), ('-wal', '-shm')])
@pytest.mark.parametrize('writable', [True, False])
def test_a_write_ahead_log_stays_as_it_is(
    keep: tuple[str, ...], writable: bool, file: pathlib.Path
) -> None:
    wal(file, keep)
    conf = command.deployment(file.parent.parent / 'etc', f'sqlite:///{file}')
    before = listing(file.parent)
    file.parent.chmod(0o777 if writable else 0o555)
    for path in file.parent.iterdir():
        path.chmod(0o666 if writable else 0o444)
    completed = check(conf, prefix=command.unprivileged())
    file.parent.chmod(0o755)
    reached(completed)
    assert rows(completed)['source']['schema_revisions'] == [
        '2024_1_contract01'
    ]
    after = listing(file.parent)
    # Readers mark their place in the index of the log.
    assert after.keys() == before.keys()
    assert after[file.name] == before[file.name]


def test_a_log_that_was_left_behind_is_named(file: pathlib.Path) -> None:
    wal(file, ('-wal',))
    conf = command.deployment(file.parent.parent / 'etc', f'sqlite:///{file}')
    before = listing(file.parent)
    assert_out_of_reach(
        check(conf),
        f'the program that wrote to the SQLite file {file} was stopped in '
        f'the middle and left {file}-wal, which nobody can read without '
        'making a file beside it. Start Glance on it once, or run '
        f"`sqlite3 {file} 'PRAGMA wal_checkpoint'` as Glance's user.",
    )
    assert listing(file.parent) == before
    # What the row says helps.
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.execute('PRAGMA wal_checkpoint')
    reached(check(conf))


def test_a_transaction_that_was_left_behind_is_named(
    file: pathlib.Path,
) -> None:
    glance_databases.leave_transaction(file, file.with_name('copy'))
    conf = command.deployment(file.parent.parent / 'etc', f'sqlite:///{file}')
    before = listing(file.parent)
    assert_out_of_reach(
        check(conf),
        f'{file} did not let us in: attempt to write a readonly database. A '
        'program that wrote to it was stopped in the middle, and what it '
        'left has to be rolled back first. Start Glance on it once, or open '
        'it with sqlite3.',
    )
    assert listing(file.parent) == before


def test_a_sqlite_file_that_is_being_written(file: pathlib.Path) -> None:
    conf = command.deployment(
        file.parent.parent / 'etc',
        f'sqlite:///{file}',
        upgrade_check={'connect_timeout': '1'},
    )
    with glance_databases.locked(file):
        completed = check(conf)
    assert_out_of_reach(
        completed,
        f'{file} did not let us in: database is locked. Another program '
        'writes to it; try again when it is done.',
    )


def test_a_file_that_is_no_database(file: pathlib.Path) -> None:
    file.write_bytes(b'no database at all' * 100)
    conf = command.deployment(file.parent.parent / 'etc', f'sqlite:///{file}')
    assert_out_of_reach(
        check(conf),
        f'{file} did not let us in: file is not a database. Restore the file '
        'from a backup; the upgrade cannot mend it.',
    )


def test_a_database_that_is_damaged_inside(file: pathlib.Path) -> None:
    with file.open('r+b') as stream:
        stream.seek(100)
        stream.write(b'\xff' * 4000)
    conf = command.deployment(file.parent.parent / 'etc', f'sqlite:///{file}')
    assert_out_of_reach(
        check(conf),
        f'{file} did not let us in: database disk image is malformed. '
        'Restore the file from a backup; the upgrade cannot mend it.',
    )


def test_a_directory_in_the_place_of_the_file(place: pathlib.Path) -> None:
    conf = command.deployment(place.parent / 'etc', f'sqlite:///{place}')
    assert_out_of_reach(
        check(conf),
        f'{place} is no file. Check [database] connection.',
    )


def test_a_pipe_in_the_place_of_the_file(place: pathlib.Path) -> None:
    pipe = place / 'pipe'
    os.mkfifo(pipe)
    conf = command.deployment(place.parent / 'etc', f'sqlite:///{pipe}')
    assert_out_of_reach(
        check(conf),
        f'{pipe} is no file. Check [database] connection.',
    )


def test_a_sqlite_file_that_this_user_may_not_read(
    file: pathlib.Path,
) -> None:
    conf = command.deployment(file.parent.parent / 'etc', f'sqlite:///{file}')
    file.chmod(0)
    assert_out_of_reach(
        check(conf, prefix=command.unprivileged()),
        f'the SQLite file {file} cannot be read: Permission denied. Check '
        'the path, and that this user may read it.',
    )


# Servers that do not answer


@contextlib.contextmanager
def listener(backlog: int = 50) -> abc.Iterator[int]:
    """Give the port of a server that accepts and never says a word."""
    with socket.socket() as server:
        server.bind(('127.0.0.1', 0))
        server.listen(backlog)
        yield server.getsockname()[1]


@contextlib.contextmanager
def black_hole() -> abc.Iterator[int]:
    """Give a port to which no packet is answered: its queue is full."""
    with listener(backlog=0) as port, contextlib.ExitStack() as stack:
        for _ in range(4):
            client = stack.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(('127.0.0.1', port))
        yield port


@contextlib.contextmanager
def closed() -> abc.Iterator[int]:
    """Give a port on which nobody listens."""
    with socket.socket() as server:
        server.bind(('127.0.0.1', 0))
        yield server.getsockname()[1]


Port = contextlib.AbstractContextManager[int]
SILENT: dict[tuple[str, abc.Callable[[], Port]], str] = {
    ('mariadb', closed): "Can't connect to MySQL server on '127.0.0.1' "
    '([Errno 111] Connection refused) (2003)',
    ('mariadb', black_hole): "Can't connect to MySQL server on '127.0.0.1' "
    '(timed out) (2003)',
    ('mariadb', listener): 'Lost connection to MySQL server during query '
    '(timed out) (2013)',
    ('postgresql', closed): 'connection to server at "127.0.0.1", port {} '
    'failed: Connection refused Is the server running on that host and '
    'accepting TCP/IP connections',
    ('postgresql', black_hole): 'connection to server at "127.0.0.1", port {} '
    'failed: timeout expired',
    ('postgresql', listener): 'connection to server at "127.0.0.1", port {} '
    'failed: timeout expired',
}


@pytest.mark.parametrize(('server', 'opened'), SILENT)
def test_a_server_that_does_not_answer_costs_seconds(
    server: str,
    opened: abc.Callable[[], Port],
    tmp_path: pathlib.Path,
) -> None:
    start = time.monotonic()
    with opened() as port:
        url = URLS[server].replace('127.0.0.1', f'127.0.0.1:{port}')
        conf = command.deployment(
            tmp_path, url, upgrade_check={'connect_timeout': '2'}
        )
        completed = check(conf)
    slow = (
        ' Where it only is slow, set [upgrade_check] connect_timeout.'
        if opened is not closed
        else ''
    )
    assert_out_of_reach(
        completed,
        f'127.0.0.1:{port}/{CITEST} did not let us in: '
        + SILENT[server, opened].format(port)
        + '. Check that the server runs and that this host reaches it, and '
        f'the host and port in [database] connection.{slow}',
    )
    assert time.monotonic() - start < FEW


def packet(number: int, payload: bytes) -> bytes:
    """Return a packet of MariaDB's protocol."""
    return len(payload).to_bytes(3, 'little') + bytes([number]) + payload


GREETING = (
    b'\x0a10.11.0-MariaDB\0'
    + b'\x01\0\0\0'
    + b'saltsalt\0'
    + b'\xff\xf7\x21\x02\0\xff\x81\x15'
    + bytes(10)
    + b'saltsaltsalt\0'
    + b'mysql_native_password\0'
)
# Go on with another way to prove who you are.
SWITCH = b'\xfeclient_ed25519\0' + b's' * 32 + b'\0'


@contextlib.contextmanager
def ed25519() -> abc.Iterator[int]:
    """Give the port of a server that wants a way to log in of its own."""
    with socket.socket() as server:
        server.bind(('127.0.0.1', 0))
        server.listen()

        def serve() -> None:
            while True:
                try:
                    client, _address = server.accept()
                except OSError:
                    return
                with client:
                    client.sendall(packet(0, GREETING))
                    client.recv(4096)
                    client.sendall(packet(2, SWITCH))
                    client.recv(4096)

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def test_a_way_to_log_in_that_needs_a_package(tmp_path: pathlib.Path) -> None:
    with ed25519() as port:
        url = URLS['mariadb'].replace('127.0.0.1', f'127.0.0.1:{port}')
        completed = check(
            command.deployment(tmp_path, url),
            env={'PYTHONPATH': without(tmp_path, 'nacl')},
        )
    assert_out_of_reach(
        completed,
        f"127.0.0.1:{port}/{CITEST} did not let us in: 'pynacl' package is "
        'required for ed25519_password auth method. Install it with '
        "`pip install 'PyMySQL[ed25519]'`.",
    )


def without(directory: pathlib.Path, module: str) -> str:
    """Return a PYTHONPATH with which a module cannot be imported."""
    blocked = directory / 'blocked'
    blocked.mkdir()
    (blocked / 'sitecustomize.py').write_text(
        f'import sys\nsys.modules[{module!r}] = None\n'
    )
    return str(blocked)


# What the servers say no to

WRONG = (
    'Check user and password in [database] connection: special characters of '
    'a password have to be written as %XX. Where the server lets the user in '
    'over TLS alone, [database] connection needs the SSL options.'
)
DENIED = {
    'mariadb': f"Access denied for user '{CITEST}'@'localhost' (using "
    'password: YES) (1045). ',
    'postgresql': 'connection to server at "127.0.0.1", port 5432 failed: '
    f'FATAL: password authentication failed for user "{CITEST}". ',
}


@pytest.mark.parametrize('server', SERVERS)
@pytest.mark.parametrize('debug', [(), ('--debug',)])
def test_a_wrong_password_is_a_row(
    server: str, debug: tuple[str, ...], tmp_path: pathlib.Path
) -> None:
    glance_databases.require(server, glance=False)
    url = URLS[server].replace(f':{CITEST}@', ':not%25my%40word@')
    completed = check(command.deployment(tmp_path, url), *debug)
    assert rows(completed) == out_of_reach(
        f'127.0.0.1:{PORTS[server]}/{CITEST} did not let us in: '
        f'{DENIED[server]}{WRONG}'
    )
    assert completed.code == 255
    for secret in ('not%my@word', 'not%25my%40word'):
        assert secret not in completed.stdout + completed.stderr


@contextlib.contextmanager
def account(
    server: str, url: str, password: str, more: str = '', grant: str = 'SELECT'
) -> abc.Iterator[str]:
    """Make a user with a password; give the URL with both in it.

    :param more: what CREATE USER says of it
    :param grant: what it may do in the database of the URL
    """
    parsed = sqlalchemy.make_url(url)
    user = f'test_{secrets.token_hex(4)}'
    if server == 'mariadb':
        # Such names are what servers that are rented have.
        user += '@server'
    name = f"'{user}'@'%%'" if server == 'mariadb' else user
    quoted = password.replace('%', '%%')
    if server == 'mariadb':
        made = [f"CREATE USER {name} IDENTIFIED BY '{quoted}' {more}"]
        made += [f'GRANT {grant} ON {parsed.database}.* TO {name}']
        dropped = [f'DROP USER {name}']
    else:
        made = [f"CREATE ROLE {user} LOGIN PASSWORD '{quoted}' {more}"]
        made += [f'GRANT {grant} ON ALL TABLES IN SCHEMA public TO {user}']
        dropped = [f'REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {user}']
        dropped += [f'DROP ROLE {user}']
    with _raw(url) as run:
        try:
            run(made[0])
        except exc.DBAPIError as error:
            if 'permission denied' not in str(error):
                raise
            pytest.skip(f'{CITEST} may not create roles')
        for statement in made[1:] if grant else []:
            run(statement)
    try:
        yield parsed.set(username=user, password=password).render_as_string(
            hide_password=False
        )
    finally:
        with _raw(url) as run:
            for statement in dropped:
                run(statement)


@contextlib.contextmanager
def _raw(url: str) -> abc.Iterator[abc.Callable[[str], object]]:
    with glance_databases.connection(url) as connection:
        yield connection.exec_driver_sql


@pytest.mark.parametrize('server', SERVERS)
def test_special_characters_of_a_password_are_quoted(
    server: str, tmp_path: pathlib.Path
) -> None:
    password = 'p%40@s/w:r?d#$1 +&='
    with (
        glance_databases.database(server, 'up_to_date') as url,
        account(server, url, password) as mine,
    ):
        assert password not in mine
        completed = check(command.deployment(tmp_path, mine))
        reached(completed)
        assert password not in completed.stdout + completed.stderr


@pytest.mark.parametrize(
    'url',
    [
        'mysql+pymysql://glance:pass@word/h3re@127.0.0.1/glance',
        'mysql+pymysql://glance:pass@word/h3re@127.0.0.1:3306/glance',
        'mysql+pymysql://glance:word/h3re@127.0.0.1:port/glance',
        'glance:word/h3re@127.0.0.1',
        'word/h3re',
    ],
)
def test_a_malformed_url_is_not_repeated(
    url: str, tmp_path: pathlib.Path
) -> None:
    assert_out_of_reach(
        check(command.deployment(tmp_path, url)),
        '[database] connection is not a database URL. Write it as '
        'mysql+pymysql://USER:PASSWORD@HOST/glance, with each special '
        'character of the password as %XX (@ is %40, % is %25, / is %2F).',
        secret='h3re',
    )


UNUSABLE = {
    'mssql://glance:secret@127.0.0.1/glance': 'mssql is no database '
    'that Glance runs on: [database] connection has to start with mysql, '
    'postgresql or sqlite.',
    'mysql+aiomysql://glance:secret@127.0.0.1/glance': 'mysql+aiomysql:// '
    'names no driver that glance-status can use. Write mysql+pymysql:// or '
    'postgresql+psycopg2:// in [database] connection, in a copy of the '
    'configuration if need be.',
    'mysql+typo://glance:secret@127.0.0.1/glance': 'mysql+typo:// names no '
    'driver that glance-status can use. Write mysql+pymysql:// or '
    'postgresql+psycopg2:// in [database] connection, in a copy of the '
    'configuration if need be.',
    'mysql+pymysql://glance:secret@127.0.0.1': '[database] connection names '
    'no database: write it after the host, as in '
    'mysql+pymysql://USER:PASSWORD@HOST/glance.',
    'sqlite://': '[database] connection names a SQLite database in memory, '
    'which nobody else can read.',
}


@pytest.mark.parametrize('url', UNUSABLE)
def test_a_url_that_leads_nowhere(url: str, tmp_path: pathlib.Path) -> None:
    assert_out_of_reach(
        check(command.deployment(tmp_path, url)),
        UNUSABLE[url],
        secret='secret',
    )


MODULES = {
    'mysql': ('MySQLdb', 'pip install mysqlclient'),
    'mysql+pymysql': ('pymysql', "pip install 'glance-status[mysql]'"),
    'postgresql+psycopg2': (
        'psycopg2',
        "pip install 'glance-status[postgresql]'",
    ),
}


@pytest.mark.parametrize('scheme', MODULES)
def test_a_driver_that_is_not_installed(
    scheme: str, tmp_path: pathlib.Path
) -> None:
    module, advice = MODULES[scheme]
    url = f'{scheme}://glance:secret@127.0.0.1/glance'
    completed = check(
        command.deployment(tmp_path, url),
        env={'PYTHONPATH': without(tmp_path, module)},
    )
    details = rows(completed)['checks'][0]['details']
    assert_out_of_reach(completed, details, secret='secret')
    assert details.startswith(
        f'the driver of {scheme}:// is not installed beside glance-status '
    )
    assert module in details
    assert f'Install it with `{advice}`' in details


NO_DATABASE = {
    'mariadb': "Unknown database 'no_such_database' (1049)",
    'postgresql': 'connection to server at "127.0.0.1", port 5432 failed: '
    'FATAL: database "no_such_database" does not exist',
}


@pytest.mark.parametrize('server', SERVERS)
def test_a_database_that_is_not_there(
    server: str, tmp_path: pathlib.Path
) -> None:
    glance_databases.require(server, glance=False)
    url = URLS[server].replace(f'/{CITEST}', '/no_such_database')
    url = url.replace('/no_such_database:', f'/{CITEST}:')
    assert_out_of_reach(
        check(command.deployment(tmp_path, url)),
        f'127.0.0.1:{PORTS[server]}/no_such_database did not let us in: '
        f'{NO_DATABASE[server]}. Check the database name in [database] '
        'connection, and that the database was made.',
    )


def test_a_user_without_any_right_on_mariadb(tmp_path: pathlib.Path) -> None:
    with (
        glance_databases.database('mariadb', 'up_to_date') as url,
        account('mariadb', url, 'plain', grant='') as mine,
    ):
        parsed = sqlalchemy.make_url(mine)
        name = parsed.database
        assert_out_of_reach(
            check(command.deployment(tmp_path, mine)),
            f'127.0.0.1:3306/{name} did not let us in: Access denied for '
            f"user '{parsed.username}'@'%' to database '{name}' (1044). "
            'Grant the user of [database] connection SELECT on all tables of '
            'that database.',
        )


def test_a_user_who_sees_one_table_on_mariadb(tmp_path: pathlib.Path) -> None:
    with (
        glance_databases.database('mariadb', 'up_to_date') as url,
        account('mariadb', url, 'plain', grant='') as mine,
    ):
        parsed = sqlalchemy.make_url(mine)
        with _raw(url) as run:
            run(
                f'GRANT SELECT ON {parsed.database}.images TO '
                f"'{parsed.username}'@'%%'"
            )
        completed = check(command.deployment(tmp_path, mine))
    # The server says of the others that they are not there.
    assert rows(completed)['checks'][1]['details'] == (
        'The check broke: the database said: SELECT command denied to user '
        f"'{parsed.username}'@'localhost' for table "
        f'`{parsed.database}`.`alembic_version` (1142). Grant the user of '
        '[database] connection SELECT on all tables of the database.'
    )
    assert completed.code == 255


def test_a_user_who_may_not_read_on_postgresql(
    tmp_path: pathlib.Path,
) -> None:
    with glance_databases.database('postgresql', 'up_to_date') as url:
        glance_databases.execute(
            url, f'REVOKE SELECT ON alembic_version FROM {CITEST}'
        )
        completed = check(command.deployment(tmp_path, url))
    report = rows(completed)
    assert [(row['id'], row['result']) for row in report['checks']] == [
        ('database-connection', 0),
        ('schema-revision', 255),
    ]
    assert report['checks'][1]['details'] == (
        'The check broke: the database said: permission denied for table '
        'alembic_version. Grant the user of [database] connection SELECT on '
        'all tables of the database.'
    )
    assert completed.code == 255


def test_too_many_connections_on_mariadb(tmp_path: pathlib.Path) -> None:
    with (
        glance_databases.database('mariadb', 'up_to_date') as url,
        account(
            'mariadb', url, 'plain', 'WITH MAX_USER_CONNECTIONS 1'
        ) as mine,
        glance_databases.connection(mine),
    ):
        user = sqlalchemy.make_url(mine).username
        name = sqlalchemy.make_url(mine).database
        completed = check(command.deployment(tmp_path, mine))
    assert_out_of_reach(
        completed,
        f"127.0.0.1:3306/{name} did not let us in: User '{user}' has exceeded "
        "the 'max_user_connections' resource (current value: 1) (1226). Try "
        'again later.',
    )


def test_too_many_connections_on_postgresql(tmp_path: pathlib.Path) -> None:
    with glance_databases.database('postgresql', 'up_to_date') as url:
        name = sqlalchemy.make_url(url).database
        glance_databases.execute(
            URLS['postgresql'], f'ALTER DATABASE {name} CONNECTION LIMIT 0'
        )
        completed = check(command.deployment(tmp_path, url))
    assert_out_of_reach(
        completed,
        f'127.0.0.1:5432/{name} did not let us in: connection to server at '
        '"127.0.0.1", port 5432 failed: FATAL: too many connections for '
        f'database "{name}". Try again later.',
    )


def test_a_user_who_needs_tls_is_told_of_it(tmp_path: pathlib.Path) -> None:
    with (
        glance_databases.database('mariadb', 'up_to_date') as url,
        account('mariadb', url, 'plain', 'REQUIRE SSL') as mine,
    ):
        parsed = sqlalchemy.make_url(mine)
        completed = check(command.deployment(tmp_path, mine))
    details = rows(completed)['checks'][0]['details']
    assert_out_of_reach(completed, details)
    assert f"Access denied for user '{parsed.username}'" in details
    assert details.endswith(WRONG)


TLS = {
    ('postgresql', 'sslmode=require'): 'server does not support SSL, but SSL '
    'was required',
    ('mariadb', 'ssl_ca={ca}'): "doesn't support",
    ('mariadb', 'ssl_ca=/no/such/file'): 'No such file or directory',
}


@pytest.mark.parametrize(('server', 'options'), TLS)
def test_tls_that_the_server_does_not_speak(
    server: str, options: str, tmp_path: pathlib.Path
) -> None:
    glance_databases.require(server, glance=False)
    if speaks_tls(server):
        pytest.skip(f'this {server} speaks TLS')
    if server == 'mariadb' and not insists_on_tls():
        pytest.skip('this PyMySQL goes on without')
    ca = tmp_path / 'ca.pem'
    ca.write_text(CERTIFICATE)
    url = f'{URLS[server]}?{options.format(ca=ca)}'
    completed = check(command.deployment(tmp_path, url))
    details = rows(completed)['checks'][0]['details']
    assert_out_of_reach(completed, details)
    assert TLS[server, options] in details
    assert 'SSL options in [database] connection' in details or (
        'the files which the options in [database] connection name' in details
    )


def speaks_tls(server: str) -> bool:
    question = {
        'mariadb': "SELECT @@have_ssl = 'YES'",
        'postgresql': "SELECT current_setting('ssl') = 'on'",
    }[server]
    return bool(glance_databases.query(URLS[server], question)[0][0])


def insists_on_tls() -> bool:
    pymysql = pytest.importorskip('pymysql')
    version: tuple[int, ...] = pymysql.VERSION[:2]
    return version >= (1, 2)


# Of nobody in particular; the server is never asked for its own.
CERTIFICATE = """\
-----BEGIN CERTIFICATE-----
MIIBODCB66ADAgECAhR8fYU8fZKPTHqUZiZYYKvqtegRaDAFBgMrZXAwETEPMA0G
A1UEAwwGbm9ib2R5MCAXDTI2MTEyMjA2MzQyMFoYDzIxMjYxMDI5MDYzNDIwWjAR
MQ8wDQYDVQQDDAZub2JvZHkwKjAFBgMrZXADIQA8cBJUCKcISI/VAuhUqhgIdxdp
NbDGmlFBA38UMdLgi6NTMFEwHQYDVR0OBBYEFHqVAoPED6nSgu5HiAhT5RZxljFF
MB8GA1UdIwQYMBaAFHqVAoPED6nSgu5HiAhT5RZxljFFMA8GA1UdEwEB/wQFMAMB
Af8wBQYDK2VwA0EA1H2u5g+4ixzUV8ItV1qgg0Mfiwsnh3dUFwiTmaNE3gtpJSvD
4e7VDn7ywuB9aFrOve1e1Dedb9cyKzzjvWPyBQ==
-----END CERTIFICATE-----
"""


# Options of [database]


def test_connection_parameters_are_heeded(tmp_path: pathlib.Path) -> None:
    with glance_databases.database('mariadb', 'up_to_date') as url:
        for parameters, code in (
            ('program_name=mine', 0),
            ('no_such_option=1', 255),
        ):
            conf = command.deployment(
                tmp_path,
                url,
                database={'connection_parameters': parameters},
            )
            assert check(conf).code == code


@pytest.mark.parametrize('mode', ['TRADITIONAL', 'ANSI_QUOTES', ''])
def test_mysql_sql_mode_is_heeded(mode: str, tmp_path: pathlib.Path) -> None:
    with glance_databases.database('mariadb', 'up_to_date') as url:
        access = database.Access(url, sql_mode=mode)
        with connecting.connect(access) as connection:
            found = connection.exec_driver_sql('SELECT @@sql_mode').scalar()
        conf = command.deployment(
            tmp_path, url, database={'mysql_sql_mode': mode}
        )
        reached(check(conf))
    assert not mode or mode in str(found)


def test_a_wrong_mysql_sql_mode_is_named(tmp_path: pathlib.Path) -> None:
    glance_databases.require('mariadb', glance=False)
    conf = command.deployment(
        tmp_path, URLS['mariadb'], database={'mysql_sql_mode': 'TYPO'}
    )
    assert_out_of_reach(
        check(conf),
        f'127.0.0.1:3306/{CITEST} did not let us in: Variable '
        "'sql_mode' can't be set to the value of 'TYPO' (1231). Correct "
        '[database] mysql_sql_mode: Glance would not start with it either.',
    )


def test_the_replica_is_read_where_it_is_asked_for(
    tmp_path: pathlib.Path,
) -> None:
    with glance_databases.database('sqlite', 'up_to_date') as url:
        gone = 'sqlite:////no/such/file'
        conf = command.deployment(
            tmp_path, gone, database={'slave_connection': url}
        )
        reached(check(conf, '--replica'))
        assert check(conf).code == 255


def test_postgres_is_an_old_name_of_postgresql(
    tmp_path: pathlib.Path,
) -> None:
    with glance_databases.database('postgresql', 'up_to_date') as url:
        old = url.replace('postgresql', 'postgres', 1)
        reached(check(command.deployment(tmp_path, old)))


def test_options_of_a_postgresql_url_are_kept(tmp_path: pathlib.Path) -> None:
    with glance_databases.database('postgresql', 'up_to_date') as url:
        glance_databases.execute(
            url, 'CREATE SCHEMA mine', 'ALTER TABLE images SET SCHEMA mine'
        )
        options = '-csearch_path%3Dmine%2Cpublic%20-cstatement_timeout%3D0'
        access = database.Access(
            f'{url}?options={options}', statement_timeout=7
        )
        with connecting.connect(access) as connection:
            settings = {
                name: connection.exec_driver_sql(f'SHOW {name}').scalar()
                for name in (
                    'search_path',
                    'statement_timeout',
                    'default_transaction_read_only',
                )
            }
    assert settings == {
        'search_path': 'mine,public',
        'statement_timeout': '7s',
        'default_transaction_read_only': 'on',
    }


@pytest.mark.parametrize('name', ['dbcounter', 'no_such_plugin'])
def test_a_plugin_of_sqlalchemy_is_not_loaded(
    name: str, tmp_path: pathlib.Path
) -> None:
    with glance_databases.database('mariadb', 'up_to_date') as url:
        reached(check(command.deployment(tmp_path, f'{url}&plugin={name}')))


def test_a_postgresql_url_without_a_driver(tmp_path: pathlib.Path) -> None:
    with glance_databases.database('postgresql', 'up_to_date') as url:
        bare = url.replace('+psycopg2', '')
        reached(check(command.deployment(tmp_path, bare)))


# Where glance-manage goes


def manage_connection(
    tmp_path: pathlib.Path, api: str, manage: str | None
) -> tuple[command.Completed, dict[str, str]]:
    """Run the check as the API finds its files and glance-manage others."""
    command.deployment(tmp_path / 'etc', api)
    home = tmp_path / 'home'
    home.mkdir()
    env = {
        'OS_GLANCE_CONFIG_DIR': str(tmp_path / 'etc'),
        'HOME': str(home),
    }
    if manage is not None:
        command.deployment(home / '.glance', manage).rename(
            home / '.glance' / 'glance-manage.conf'
        )
    completed = command.run(
        'upgrade', 'check', '--json', '--check', 'database-connection', env=env
    )
    return completed, env


def test_glance_manage_with_another_database(tmp_path: pathlib.Path) -> None:
    with (
        glance_databases.database('sqlite', 'up_to_date') as api,
        glance_databases.database('mariadb', 'up_to_date') as manage,
    ):
        completed, env = manage_connection(tmp_path, api, manage)
        name = sqlalchemy.make_url(manage).database
        revision = glance_databases.glance_manage_by_itself(env)
    finding = rows(completed)['checks'][0]['findings'][0]
    file = tmp_path / 'home' / '.glance' / 'glance-manage.conf'
    assert (finding['id'], finding['result'], finding['message']) == (
        'manage-connection',
        1,
        f'glance-manage takes [database] connection from {file}, line 2, '
        f'which leads to 127.0.0.1:3306/{name}; the Glance API uses '
        f'{api.removeprefix("sqlite:///")}.',
    )
    assert completed.code == 1
    assert revision == (0, '2024_1_contract01')


def test_glance_manage_with_the_same_database(tmp_path: pathlib.Path) -> None:
    with glance_databases.database('mariadb', 'up_to_date') as api:
        same = api.replace('127.0.0.1', '127.0.0.1:3306')
        completed, _env = manage_connection(tmp_path, api, same)
    assert rows(completed)['checks'][0]['findings'] == []
    assert completed.code == 0


def test_glance_manage_without_a_database(tmp_path: pathlib.Path) -> None:
    if pathlib.Path('/etc/glance').exists():
        pytest.skip('this host has a Glance of its own')
    with glance_databases.database('sqlite', 'up_to_date') as api:
        completed, env = manage_connection(tmp_path, api, None)
        code, _said = glance_databases.glance_manage_by_itself(env)
    finding = rows(completed)['checks'][0]['findings'][0]
    assert (finding['id'], finding['result'], finding['message']) == (
        'manage-connection',
        0,
        'glance-manage finds no [database] connection in its own places, and '
        'fails without --config-file.',
    )
    assert completed.code == 0
    assert code != 0
