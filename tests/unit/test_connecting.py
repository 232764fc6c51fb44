# SPDX-License-Identifier: Apache-2.0
"""The way into the database, and what is said where there is none."""

import contextlib
import pathlib
import socket
import sqlite3
import sys
import threading
from collections import abc

import pytest
from sqlalchemy import exc

from glance_status import connecting, database

OPTION = '[database] slave_connection'


def refusal(url: str) -> str:
    """Return what is said of a database that cannot be opened."""
    access = database.Access(url, connect_timeout=2, option=OPTION)
    with (
        pytest.raises(database.Unreachable) as caught,
        connecting.connect(access),
    ):
        pass
    return str(caught.value)


def test_a_connection_reads_and_cannot_write(tmp_path: pathlib.Path) -> None:
    path = tmp_path / 'glance.sqlite'
    with contextlib.closing(sqlite3.connect(path)) as made:
        made.execute('CREATE TABLE images (id INTEGER)')
        made.execute('INSERT INTO images VALUES (7)')
        made.commit()
    access = database.Access(f'sqlite:///{path}')
    with connecting.connect(access) as connection:
        found = connection.exec_driver_sql('SELECT id FROM images').all()
        with pytest.raises(exc.OperationalError, match='readonly'):
            connection.exec_driver_sql('DELETE FROM images')
    assert found == [(7,)]
    assert connection.closed


NO_DRIVER = (
    'names no driver that glance-status can use. Write mysql+pymysql:// or '
    f'postgresql+psycopg2:// in {OPTION}, in a copy of the configuration if '
    'need be.'
)


@pytest.mark.parametrize(
    ('url', 'said'),
    [
        (
            'mssql://glance:secret@127.0.0.1/glance',
            f'mssql is no database that Glance runs on: {OPTION} has to start '
            'with mysql, postgresql or sqlite.',
        ),
        (
            'mysql+aiomysql://glance:secret@127.0.0.1/glance',
            f'mysql+aiomysql:// {NO_DRIVER}',
        ),
        (
            'postgresql+typo://glance:secret@127.0.0.1/glance',
            f'postgresql+typo:// {NO_DRIVER}',
        ),
        # Who knows more of it says so itself.
        (
            'mysql+pymysql://glance:secret@127.0.0.1',
            f'{OPTION} names no database: write it after the host, as in '
            'mysql+pymysql://USER:PASSWORD@HOST/glance.',
        ),
    ],
)
def test_a_url_that_leads_nowhere(url: str, said: str) -> None:
    assert refusal(url) == said


@pytest.mark.parametrize(
    ('scheme', 'module', 'install'),
    [
        ('mysql', 'MySQLdb', '`pip install mysqlclient`, or write '),
        ('mysql+pymysql', 'pymysql', ''),
        ('mariadb+pymysql', 'pymysql', ''),
    ],
)
def test_a_driver_that_is_not_installed(
    scheme: str, module: str, install: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    also = 'mysql+pymysql:// and ' if install else ''
    assert refusal(f'{scheme}://glance:secret@127.0.0.1/glance') == (
        f'the driver of {scheme}:// is not installed beside glance-status '
        f'(import of {module} halted; None in sys.modules). Install it with '
        f"{install}{also}`pip install 'glance-status[mysql]'`."
    )


def test_a_server_that_does_not_listen() -> None:
    with socket.socket() as server:
        server.bind(('127.0.0.1', 0))
        port = server.getsockname()[1]
        url = f'mysql+pymysql://glance:secret@127.0.0.1:{port}/glance'
        assert refusal(url) == (
            f"127.0.0.1:{port}/glance did not let us in: Can't connect to "
            "MySQL server on '127.0.0.1' ([Errno 111] Connection refused) "
            '(2003). Check that the server runs and that this host reaches '
            f'it, and the host and port in {OPTION}.'
        )


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
DONE = b'\0\0\0\x02\0\0\0'
END = b'\xfe\0\0\x02\0'


def answer(statement: bytes) -> bytes:
    """Return what a server that lets every session write says."""
    if not statement.startswith(b'SELECT'):
        return packet(1, DONE)
    text = b'10.11.0-MariaDB' if b'VERSION' in statement else b'0'
    kind = b'\xfd' if b'VERSION' in statement else b'\x03'
    column = b'\x03def\0\0\0\x01v\0\x0c\x21\0' + b'\xff\0\0\0' + kind
    return (
        packet(1, b'\x01')
        + packet(2, column + bytes(5))
        + packet(3, END)
        + packet(4, bytes([len(text)]) + text)
        + packet(5, END)
    )


@contextlib.contextmanager
def forgetful() -> abc.Iterator[int]:
    """Give the port of a server that forgets what a session may not do."""

    def serve() -> None:
        client, _address = server.accept()
        with (
            # Whoever is refused goes without a word.
            contextlib.suppress(ConnectionError),
            client,
            client.makefile('rb') as stream,
        ):
            client.sendall(packet(0, GREETING))
            logged_in = False
            while header := stream.read(4):
                said = stream.read(int.from_bytes(header[:3], 'little'))
                if logged_in:
                    client.sendall(answer(said[1:]))
                else:
                    client.sendall(packet(header[3] + 1, DONE))
                logged_in = True

    with socket.socket() as server:
        server.bind(('127.0.0.1', 0))
        server.listen()
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


def test_nothing_is_asked_where_a_session_may_write() -> None:
    with forgetful() as port:
        said = refusal(
            f'mysql+pymysql://glance:secret@127.0.0.1:{port}/glance'
        )
    assert said == (
        'the server does not keep the session read-only, so nothing was asked '
        'of it. Connect to the database server itself in [database] '
        'connection, not to a proxy that changes what a session may do.'
    )
