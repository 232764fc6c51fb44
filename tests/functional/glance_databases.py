# SPDX-License-Identifier: Apache-2.0
"""Databases as the real Glance leaves them, on every supported server."""

import atexit
import contextlib
import dataclasses
import functools
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest
import uuid
from collections import abc
from typing import Any

import sqlalchemy
from sqlalchemy import exc, pool

from tests.functional import untouched

SERVERS = ('sqlite', 'mariadb', 'postgresql')
"""What a test can be parametrized with."""

HEAD = '2024_1_contract01'
"""The schema revision of the Glance that the tests run."""

_CITEST = 'openstack_citest'
_URLS = {
    'mariadb': f'mysql+pymysql://{_CITEST}:{_CITEST}@127.0.0.1/%s'
    '?charset=utf8',
    'postgresql': f'postgresql+psycopg2://{_CITEST}:{_CITEST}@127.0.0.1/%s',
}


_cleanup = contextlib.ExitStack()
atexit.register(_cleanup.close)

# Servers and the real Glance: there, or a reason to skip or fail


def glance_manage_path() -> str | None:
    """The executable that the environment names, None when it is not there."""
    path = os.environ.get('GLANCE_MANAGE')
    return path if path and os.access(path, os.X_OK) else None


@functools.cache
def available(server: str) -> bool:
    """Tell whether the server takes our user."""
    if server == 'sqlite':
        return True
    try:
        query(_URLS[server] % _CITEST, 'SELECT 1')
    except (exc.SQLAlchemyError, ImportError):
        return False
    return True


def require(server: str, glance: bool = True) -> None:
    """Skip the test when it cannot run here; fail it where it has to run."""
    if not available(server):
        _missing(
            f'no {server} server takes {_CITEST} on 127.0.0.1: '
            'run tools/test-setup.sh'
        )
    if glance and not glance_manage_path():
        _missing(
            'the environment variable GLANCE_MANAGE does not name the '
            'glance-manage of an installed Glance'
        )


def _missing(reason: str) -> None:
    if os.environ.get('GLANCE_STATUS_REQUIRE_SERVERS') == '1':
        raise AssertionError(reason)
    raise unittest.SkipTest(reason)


# Plain SQL


@contextlib.contextmanager
def connection(url: str) -> abc.Iterator[sqlalchemy.Connection]:
    """Give a connection that commits each statement and is closed at the end.

    It is not pooled: PostgreSQL neither copies nor drops a database in use.
    """
    arguments: dict[str, Any] = {}
    if not url.startswith('sqlite'):
        arguments['connect_timeout'] = 10
    if url.startswith('mysql+pymysql'):
        # Else it reads the certificates of the system: 20 ms.
        arguments['ssl_disabled'] = True
    engine = sqlalchemy.create_engine(
        url,
        poolclass=pool.NullPool,
        isolation_level='AUTOCOMMIT',
        connect_args=arguments,
    )
    with engine.connect() as conn:
        yield conn


def execute(url: str, *statements: str) -> None:
    """Execute statements, without parameters, each on its own."""
    with connection(url) as conn:
        for statement in statements:
            conn.execute(sqlalchemy.text(statement))


def query(url: str, statement: str) -> list[tuple[Any, ...]]:
    """Return all the rows."""
    with connection(url) as conn:
        return [tuple(row) for row in conn.execute(sqlalchemy.text(statement))]


def insert(url: str, table: str, *rows: dict[str, Any]) -> None:
    """Insert rows of Python values: True and datetimes suit every server."""
    with connection(url) as conn:
        reflected = sqlalchemy.Table(
            table, sqlalchemy.MetaData(), autoload_with=conn, resolve_fks=False
        )
        for row in rows:
            conn.execute(reflected.insert().values(row))


def tables(url: str) -> set[str]:
    """Return the names of the tables."""
    with connection(url) as conn:
        return set(sqlalchemy.inspect(conn).get_table_names())


def revisions(url: str) -> list[str] | None:
    """Return the rows of alembic_version, None without the table."""
    if 'alembic_version' not in tables(url):
        return None
    rows = query(url, 'SELECT version_num FROM alembic_version ORDER BY 1')
    return [row[0] for row in rows]


# The real Glance


def glance_manage(url: str, *args: str) -> subprocess.CompletedProcess[str]:
    """Run the real glance-manage with a configuration of the database alone.

    :param args: the command, such as ``'db', 'sync'``
    """
    with tempfile.TemporaryDirectory() as directory:
        conf = pathlib.Path(directory, 'glance-api.conf')
        conf.write_text(
            '[DEFAULT]\n[database]\nconnection = '
            + url.replace('$', '$$')
            + '\n'
        )
        words = ['--config-file', str(conf), *args]
        code, output, errors = answer(_MANAGING, json.dumps(words))
        return subprocess.CompletedProcess(words, code, output, errors)


_MANAGING = pathlib.Path(__file__).with_name('managing.py')


def answer(program: pathlib.Path, job: str) -> Any:
    """Return what a program answers that Glance's own Python runs.

    It reads a line for each job, and answers with a line of JSON. It is
    started once: its imports take more time than the jobs.
    """
    process = _running(program)
    process.stdin.write(f'{job}\n')
    process.stdin.flush()
    line = process.stdout.readline()
    assert line, f'{program} has ended'
    return json.loads(line)


@functools.cache
def _running(program: pathlib.Path) -> Any:
    path = glance_manage_path()
    assert path, 'GLANCE_MANAGE'
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(('OS_', 'PYTHON'))
    }
    return _cleanup.enter_context(
        subprocess.Popen(
            [pathlib.Path(path).with_name('python'), '-W', 'ignore', program],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            # Who interrupts the tests wants them to drop their databases.
            start_new_session=True,
        )
    )


def glance_manage_by_itself(env: abc.Mapping[str, str]) -> tuple[int, str]:
    """Return the exit code and the words of ``db version`` without files.

    :param env: what decides where it looks for its configuration
    """
    require('sqlite')
    path = glance_manage_path()
    assert path
    process = subprocess.run(
        [path, 'db', 'version'],
        env={'PATH': os.defpath, **env},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return process.returncode, process.stdout.strip()


def _manage(url: str, *args: str) -> None:
    process = glance_manage(url, *args)
    if process.returncode:
        raise RuntimeError(
            f'glance-manage {" ".join(args)}: exit '
            f'{process.returncode}\n{process.stdout}'
            f'{process.stderr}'
        )


# The situations


@dataclasses.dataclass(frozen=True)
class State:
    """A situation: what is done to a database that is in another one."""

    parent: str | None
    change: abc.Callable[[str], None]


def _run(*args: str) -> abc.Callable[[str], None]:
    return lambda url: _manage(url, *args)


def _upgrade(revision: str) -> abc.Callable[[str], None]:
    """Upgrade to a revision, with what it depends on in the other branch."""
    return _run('db', 'upgrade', '--version', revision)


def _sql(*statements: str) -> abc.Callable[[str], None]:
    return lambda url: execute(url, *statements)


def _stamp(revision: str) -> abc.Callable[[str], None]:
    return _sql(f"UPDATE alembic_version SET version_num = '{revision}'")


def _online(command: str, revision: str) -> abc.Callable[[str], None]:
    """Run a step of the online upgrade, which PostgreSQL is refused."""

    def change(url: str) -> None:
        if url.startswith('postgresql'):
            _upgrade(revision)(url)
        else:
            _manage(url, 'db', command)

    return change


def _failed_sync(url: str) -> None:
    process = glance_manage(url, 'db', 'sync')
    if process.returncode != 1:
        raise RuntimeError(
            'glance-manage db sync took a database of before '
            'alembic: ' + process.stdout
        )


_TO_MIGRATE = (
    'DROP TABLE alembic_version',
    'CREATE TABLE migrate_version ('
    'repository_id VARCHAR(250) NOT NULL, repository_path TEXT, '
    'version INTEGER, PRIMARY KEY (repository_id))',
    "INSERT INTO migrate_version VALUES ('Glance Migrations', "
    "'/usr/lib/python2.7/dist-packages/glance/db/sqlalchemy/migrate_repo', "
    '42)',
)

_NOVA = (
    'CREATE TABLE services (id INTEGER NOT NULL, host VARCHAR(255), '
    'version INTEGER, deleted INTEGER, PRIMARY KEY (id))',
    'CREATE TABLE instances (id INTEGER NOT NULL, uuid VARCHAR(36) NOT NULL, '
    'image_ref VARCHAR(255), deleted INTEGER, PRIMARY KEY (id))',
    'CREATE TABLE compute_nodes (id INTEGER NOT NULL, deleted INTEGER, '
    'PRIMARY KEY (id))',
    "INSERT INTO services VALUES (1, 'compute1', 66, 0)",
)

_NOVA_ALEMBIC = (
    'CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, '
    'PRIMARY KEY (version_num))',
    "INSERT INTO alembic_version VALUES ('8f2f1571d55b')",
)

_OLD_HEADS = (
    'mitaka02',
    'ocata_contract01',
    'pike_contract01',
    'queens_contract01',
    'rocky_contract02',
    'train_contract01',
    'ussuri_contract01',
    'wallaby_contract01',
    '2023_1_contract01',
)

STATES: dict[str, State] = {
    'empty': State(None, lambda url: None),
    'up_to_date': State('empty', _run('db', 'sync')),
    **{
        f'behind_{head}': State('empty', _upgrade(head))
        for head in ('liberty', *_OLD_HEADS)
    },
    # In the middle of an online upgrade: two rows in alembic_version.
    'expanded': State(
        'behind_2023_1_contract01', _online('expand', '2024_1_expand01')
    ),
    'migrated': State('expanded', _online('migrate', '2024_1_expand01')),
    'expanded_from_rocky': State(
        'behind_rocky_contract02', _online('expand', '2024_1_expand01')
    ),
    # Expanded by Ocata, or on the way there: images without visibility.
    'ocata_expanded': State('empty', _upgrade('ocata_expand01')),
    # Not, or no more, under the control of alembic.
    'pre_alembic': State('behind_liberty', _sql(*_TO_MIGRATE)),
    'pre_alembic_failed_sync': State('pre_alembic', _failed_sync),
    'unstamped': State('up_to_date', _sql('DROP TABLE alembic_version')),
    'unstamped_empty': State(
        'up_to_date', _sql('DELETE FROM alembic_version')
    ),
    # Revisions that the real Glance trips over.
    'ocata01': State('behind_ocata_contract01', _stamp('ocata01')),
    'pike01': State('behind_pike_contract01', _stamp('pike01')),
    'unknown_revision': State('up_to_date', _stamp('2029_2_contract01')),
    # The database of another service.
    'foreign': State('empty', _sql(*_NOVA)),
    'foreign_alembic': State('foreign', _sql(*_NOVA_ALEMBIC)),
    # Revision and tables at odds.
    'half_applied': State(
        'expanded',
        _sql(
            'DROP TABLE cached_images',
            'DELETE FROM alembic_version',
            "INSERT INTO alembic_version VALUES ('2023_1_contract01')",
        ),
    ),
    'half_applied_all': State('up_to_date', _stamp('2023_1_contract01')),
    'head_without_table': State(
        'up_to_date', _sql('DROP TABLE cached_images')
    ),
}
"""The situations, by name."""


# Making and copying databases


@contextlib.contextmanager
def database(
    server: str, state: str = 'empty', directory: pathlib.Path | None = None
) -> abc.Iterator[str]:
    """Give the URL of a new database in a state, and drop it afterwards.

    The first database in a state takes Glance seconds; it is then kept as
    the template of the others until the process ends.

    :param directory: where SQLite's file is to be, else a temporary one
    """
    require(server, glance=_needs_glance(state))
    template = None if state == 'empty' else _template(server, state)
    with (
        _copy(server, template, directory) as url,
        untouched.watched(url),
    ):
        yield url


def _needs_glance(state: str) -> bool:
    return state != 'empty' and not state.startswith('foreign')


_templates: dict[tuple[str, str], str] = {}


def _template(server: str, state: str) -> str:
    key = server, state
    if key not in _templates:
        parent = STATES[state].parent
        assert parent is not None
        source = None if parent == 'empty' else _template(server, parent)
        with contextlib.ExitStack() as stack:
            url = stack.enter_context(_copy(server, source, None))
            STATES[state].change(url)
            _cleanup.push(stack.pop_all())
        _templates[key] = url
    return _templates[key]


@contextlib.contextmanager
def _copy(
    server: str, template: str | None, directory: pathlib.Path | None
) -> abc.Iterator[str]:
    name = f'glance_status_{uuid.uuid4().hex[:12]}'
    with _MAKERS[server](name, template, directory) as url:
        yield url


@contextlib.contextmanager
def _sqlite(
    name: str, template: str | None, directory: pathlib.Path | None
) -> abc.Iterator[str]:
    with contextlib.ExitStack() as stack:
        if directory is None:
            directory = pathlib.Path(
                stack.enter_context(tempfile.TemporaryDirectory())
            )
        path = directory.resolve() / f'{name}.sqlite'
        source = template and template.removeprefix('sqlite:///')
        path.write_bytes(pathlib.Path(source).read_bytes() if source else b'')
        yield f'sqlite:///{path}'
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def _mariadb(
    name: str, template: str | None, directory: pathlib.Path | None
) -> abc.Iterator[str]:
    admin, url = _URLS['mariadb'] % _CITEST, _URLS['mariadb'] % name
    execute(admin, f'CREATE DATABASE {name} CHARACTER SET utf8')
    try:
        if template:
            _copy_tables(template, url)
        yield url
    finally:
        execute(
            admin,
            'SET SESSION lock_wait_timeout = 10',
            f'DROP DATABASE IF EXISTS {name}',
        )


def _copy_tables(template: str, url: str) -> None:
    source = sqlalchemy.make_url(template).database
    with connection(url) as conn:
        conn.execute(sqlalchemy.text('SET SESSION foreign_key_checks = 0'))
        found = conn.execute(sqlalchemy.text(f'SHOW TABLES FROM {source}'))
        for name in found.scalars().all():
            shown = conn.execute(
                sqlalchemy.text(f'SHOW CREATE TABLE {source}.{name}')
            ).one()
            conn.exec_driver_sql(shown[1].replace('%', '%%'))
            conn.execute(
                sqlalchemy.text(
                    f'INSERT INTO {name} SELECT * FROM {source}.{name}'
                )
            )
        found = conn.execute(sqlalchemy.text(f'SHOW TRIGGERS FROM {source}'))
        for name in found.scalars().all():
            shown = conn.execute(
                sqlalchemy.text(f'SHOW CREATE TRIGGER {source}.{name}')
            ).one()
            conn.exec_driver_sql(shown[2].replace('%', '%%'))


@contextlib.contextmanager
def _postgresql(
    name: str, template: str | None, directory: pathlib.Path | None
) -> abc.Iterator[str]:
    admin, url = _URLS['postgresql'] % _CITEST, _URLS['postgresql'] % name
    source = sqlalchemy.make_url(template).database if template else None
    execute(
        admin,
        f'CREATE DATABASE {name} TEMPLATE {source}'
        if source
        else f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'",
    )
    try:
        yield url
    finally:
        # Only without force does it get past an autovacuum worker.
        try:
            execute(admin, f'DROP DATABASE IF EXISTS {name}')
        except exc.DBAPIError:
            execute(admin, f'DROP DATABASE IF EXISTS {name} WITH (FORCE)')


_MAKERS = {'sqlite': _sqlite, 'mariadb': _mariadb, 'postgresql': _postgresql}


# In a process of its own: whoever closes a file loses all locks on it.
_HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute('BEGIN EXCLUSIVE')
print(flush=True)
sys.stdin.read()
"""


@contextlib.contextmanager
def locked(file: pathlib.Path) -> abc.Iterator[None]:
    """Let another program write to a SQLite file, and nobody read it."""
    holder = subprocess.Popen(
        [sys.executable, '-c', _HOLD, file],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with holder:
        assert holder.stdout
        assert holder.stdout.readline() == b'\n'
        yield


def leave_transaction(file: str | pathlib.Path, copy: pathlib.Path) -> None:
    """Leave a SQLite file as a writer does who is killed in the middle.

    :param copy: a place beside the file, which is free
    """
    with contextlib.closing(sqlite3.connect(file)) as connection:
        # Small, so that the file is written before the transaction ends.
        connection.execute('PRAGMA cache_size = 1')
        connection.execute('CREATE TABLE mine (text)')
        connection.execute('BEGIN')
        for _ in range(2000):
            connection.execute(f"INSERT INTO mine VALUES ('{'x' * 500}')")
        shutil.copy(file, copy)
        shutil.copy(f'{file}-journal', f'{copy}-journal')
        connection.rollback()
    os.rename(copy, file)
    os.rename(f'{copy}-journal', f'{file}-journal')
