# SPDX-License-Identifier: Apache-2.0
"""Nothing is written: what a run could change, compared before and after.

That is the contents and the definitions of each database of the tests, and
the files below the directories that the run is told of.
"""

import contextlib
import hashlib
import itertools
import os
import pathlib
import stat
import tempfile
import time
import typing
from collections import abc

import psycopg2
import psycopg2.errors
import pymysql
import sqlalchemy

State = dict[str, typing.Any]
"""What is there, by name: of each, its checksum."""

UNKNOWN = 'unknown'
"""What is said of that which locks and rights keep from being seen."""

ROWS = ': rows'
"""It is in the names of what stands for rows, and in no other."""

ERRORS = (pymysql.MySQLError, psycopg2.Error)
"""What is raised where a server does not answer."""

_databases: set[str] = set()

_TEMPORARY = pathlib.Path(tempfile.gettempdir()).resolve()
_PROJECT = pathlib.Path(__file__).resolve().parents[2]
# The caches of the user and of Python.
_CACHES = {'.cache', '__pycache__'}
# They say where programs are, not what they work on.
_NO_PLACES = {'PATH', 'PYTHONPATH'}
# That of the log of a SQLite database: readers mark their place in it.
_INDEX = '-shm'
_OUTPUT = '--output'


@contextlib.contextmanager
def by(
    words: abc.Iterable[str | os.PathLike[str]],
    env: abc.Mapping[str, str] | None = None,
    cwd: str | os.PathLike[str] | None = None,
    but: abc.Iterable[str | os.PathLike[str]] = (),
) -> abc.Iterator[None]:
    """Assert that a command that runs in here writes nothing.

    Its files of ``--output`` and the user's cache are left out.

    :param words: its arguments
    :param env: what it has in its environment
    :param cwd: its working directory, ours by default
    :param but: files and directories that others write meanwhile
    """
    args = [os.fspath(word) for word in words]
    values = dict(env or {})
    here = pathlib.Path(cwd or os.curdir).resolve()
    roots = _roots([*args, *_places(values), str(here)], here)
    ignored = {
        *_outputs(args, values, here),
        *(_path(os.fspath(path), here) for path in but),
    }
    urls = sorted(_databases)

    def look() -> State:
        found: State = {}
        for root in roots:
            found |= files(root, ignored)
        for url in urls:
            found |= contents(url)
        return found

    before = look()
    yield
    changed = differences(before, look())
    assert not changed, f'the run has changed {changed}'


@contextlib.contextmanager
def watched(url: str) -> abc.Iterator[None]:
    """Let each run that follows have to leave a database alone."""
    _databases.add(url)
    try:
        yield
    finally:
        _databases.remove(url)


def differences(before: State, after: State) -> State:
    """Return what differs, as it was and as it is.

    What is not known of one of them does not.
    """
    found = {
        name: [before.get(name), after.get(name)]
        for name in sorted({*before, *after})
    }
    return {
        name: both
        for name, both in found.items()
        if both[0] != both[1] and UNKNOWN not in both
    }


# Files


def _places(env: abc.Mapping[str, str]) -> list[str]:
    return [value for name, value in env.items() if name not in _NO_PLACES]


def _roots(words: abc.Iterable[str], here: pathlib.Path) -> set[pathlib.Path]:
    """Return the directories of the test that words speak of."""
    places = {
        _path(part, here)
        for word in words
        # As in --config-file=PATH and json:PATH.
        for part in (word, word.partition('=')[2], word.partition(':')[2])
    }
    return {root for path in places if (root := _root(path))}


def _path(word: str, here: pathlib.Path) -> pathlib.Path:
    try:
        return pathlib.Path(os.path.realpath(here / word))
    except ValueError:
        # It has a NUL.
        return here


def _root(path: pathlib.Path) -> pathlib.Path | None:
    """Return the directory of a test in which a path is.

    It is one of pytest's, or another one among the temporary files.
    """
    if not path.is_relative_to(_TEMPORARY):
        return None
    parts = path.relative_to(_TEMPORARY).parts
    count = 1
    if parts and parts[0].startswith('pytest-of-'):
        # pytest-of-root/pytest-1/popen-gw0/test_name0
        count = 4 if parts[2:] and parts[2].startswith('popen-') else 3
    root = _TEMPORARY.joinpath(*parts[:count])
    if len(parts) < count or _PROJECT.is_relative_to(root):
        # A clone may stand there too, with all that is installed in it.
        return None
    return root if _is_directory(root) else None


def _is_directory(path: pathlib.Path) -> bool:
    # The word may be longer than any name may be.
    with contextlib.suppress(OSError):
        return path.is_dir()
    return False


def _outputs(
    args: abc.Sequence[str], env: abc.Mapping[str, str], here: pathlib.Path
) -> abc.Iterator[pathlib.Path]:
    """Give the files that the run is told to write."""
    for option, following in itertools.pairwise([*args, '']):
        name, _equals, value = option.partition('=')
        if name == _OUTPUT:
            path = (value or following).partition(':')[2]
            if path.startswith('~'):
                path = env.get('HOME', '') + path[1:]
            yield _path(path, here)


def files(
    root: pathlib.Path, ignored: abc.Collection[pathlib.Path] = ()
) -> State:
    """Return what is below a directory: of each file its checksum."""
    found = {}
    for name, directories, names in os.walk(root):
        directory = pathlib.Path(name)
        directories[:] = [
            each
            for each in directories
            if each not in _CACHES and directory / each not in ignored
        ]
        for each in (*directories, *names):
            path = directory / each
            if path not in ignored:
                # It may be gone meanwhile: another program's.
                with contextlib.suppress(FileNotFoundError):
                    found[str(path)] = _sum(path)
    return found


def _sum(path: pathlib.Path) -> tuple[str, str]:
    found = path.lstat()
    mode = stat.filemode(found.st_mode)
    if stat.S_ISLNK(found.st_mode):
        return mode, os.readlink(path)
    if not stat.S_ISREG(found.st_mode) or path.name.endswith(_INDEX):
        return mode, ''
    try:
        return mode, hashlib.sha256(path.read_bytes()).hexdigest()
    except PermissionError:
        return mode, str(found.st_mtime_ns)


# Databases


def contents(url: str) -> State:
    """Return what is in a database, as checksums."""
    made = sqlalchemy.make_url(url)
    try:
        found = _CONTENTS[made.get_backend_name()](made)
    except psycopg2.OperationalError as error:
        if 'too many connections' not in str(error):
            raise
        return {}
    return {f'{made.database}: {name}': each for name, each in found.items()}


_LOCK_WAIT_TIMEOUT = 1205


def _sqlite(url: sqlalchemy.URL) -> State:
    file = pathlib.Path(url.database or '')
    beside = (
        file.with_name(file.name + suffix)
        for suffix in ('', '-wal', '-shm', '-journal')
    )
    found: State = {}
    for path in beside:
        try:
            found[path.name] = _sum(path)
        except FileNotFoundError:
            found[path.name] = None
        except PermissionError:
            found[path.name] = UNKNOWN
    return found


def _mariadb(url: sqlalchemy.URL) -> State:
    connection = pymysql.connect(
        host=url.host,
        port=url.port or 0,
        user=url.username,
        password=url.password or '',
        database=url.database,
        autocommit=True,
        # Else it reads the certificates of the system: 20 ms.
        ssl_disabled=True,
    )
    with connection, connection.cursor() as cursor:

        def ask(statement: str) -> typing.Any:
            try:
                cursor.execute(statement)
            except pymysql.OperationalError as error:
                if error.args[0] != _LOCK_WAIT_TIMEOUT:
                    raise
                return UNKNOWN
            return cursor.fetchall()

        # Nobody's lock is waited for.
        ask('SET SESSION lock_wait_timeout = 0')
        tables = [
            f'`{row[0]}`'
            for row in ask("SHOW FULL TABLES WHERE Table_type = 'BASE TABLE'")
        ]
        return {
            **{table: ask(f'SHOW CREATE TABLE {table}') for table in tables},
            # None is a table that is locked.
            **{
                f'rows of {name}': UNKNOWN if checksum is None else checksum
                for name, checksum in ask(
                    f'CHECKSUM TABLE {", ".join(tables)}' if tables else 'DO 0'
                )
            },
            'triggers': ask('SHOW TRIGGERS'),
            # To the second, and where rows are again what they were, too.
            'written': ask(
                'SELECT table_name, update_time FROM information_schema.tables'
                ' WHERE table_schema = DATABASE() AND update_time IS NOT NULL'
                ' ORDER BY table_name'
            ),
        }


_NOT_NOW = (
    psycopg2.errors.LockNotAvailable,
    psycopg2.errors.InsufficientPrivilege,
)


def _postgresql(url: sqlalchemy.URL) -> State:
    connection = psycopg2.connect(
        host=url.host,
        port=url.port,
        user=url.username,
        password=url.password,
        dbname=url.database,
        options='-c lock_timeout=10',
    )
    with contextlib.closing(connection), connection.cursor() as cursor:
        connection.autocommit = True

        def ask(statement: str) -> typing.Any:
            try:
                cursor.execute(statement)
            except _NOT_NOW:
                return UNKNOWN
            return cursor.fetchall()

        # The first, as it waits for the sessions of the run to end.
        found = {'written': _written(connection, ask)}
        found['definitions'] = ask(_DEFINITIONS)
        # Sequences by themselves: they jump when a server is killed.
        for kind, letters in {'rows': 'rm', 'sequences': 'S'}.items():
            tables = [
                _ROWS.format(name)
                for name, letter in ask(_TABLES)
                if letter in letters
            ]
            found[kind] = ask(' UNION ALL '.join(tables)) if tables else []
        return found


_TABLES = r"""
SELECT quote_ident(nspname) || '.' || quote_ident(relname), relkind
FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
WHERE relkind IN ('r', 'm', 'S') AND relpersistence <> 't'
AND nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema'
ORDER BY 1
"""
# Where a row is, and who wrote it, change even where the row does not.
_ROWS = """
SELECT '{0}', md5(string_agg(concat(t.ctid, t.xmin, ROW(t.*)), chr(10)
ORDER BY t.ctid)) FROM {0} t
"""
_DEFINITIONS = ' UNION ALL '.join(
    f"SELECT '{catalogue}', md5(string_agg(concat(ctid, xmin), ' ' "
    f'ORDER BY ctid)) FROM {catalogue} WHERE {number} >= 16384'
    for catalogue, number in {
        'pg_attribute': 'attrelid',
        'pg_class': 'oid',
        'pg_constraint': 'oid',
        'pg_index': 'indexrelid',
        'pg_namespace': 'oid',
        'pg_proc': 'oid',
        'pg_trigger': 'oid',
        'pg_type': 'oid',
    }.items()
)
_OTHERS = """
SELECT pid FROM pg_stat_activity WHERE datname = current_database()
AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
_WRITTEN = """
SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables
ORDER BY relid
"""
# The release since which what a session did is counted when it is gone.
_COUNTS = 150000
# Seconds that a session takes to be gone.
_GOING = 0.5


def _written(
    connection: typing.Any, ask: abc.Callable[[str], typing.Any]
) -> typing.Any:
    """Return what the server has counted of writes to this database.

    It is unknown while another session may not have told all.
    """
    if connection.server_version < _COUNTS:
        return UNKNOWN
    end = time.monotonic() + _GOING
    while ask(_OTHERS):
        if time.monotonic() > end:
            return UNKNOWN
        time.sleep(0.005)
    return ask(_WRITTEN)


_CONTENTS: dict[str, abc.Callable[[sqlalchemy.URL], State]] = {
    'sqlite': _sqlite,
    'mysql': _mariadb,
    'postgresql': _postgresql,
}
