# SPDX-License-Identifier: Apache-2.0
"""What statements read, by the word of the server that they go to."""

import dataclasses
import json
import re
import typing

import sqlalchemy
from sqlalchemy import event

# The tables that grow with a cloud: a pass over one of them is dear.
LARGE = frozenset(
    (
        *('images', 'image_locations', 'image_members', 'image_properties'),
        *('image_tags', 'tasks', 'task_info'),
    )
)
# An index of what nearly all rows have in common saves nothing.
_COMMON = frozenset(('deleted', 'os_hidden'))

_SQLITE_STEP = re.compile(
    r'(?P<how>SCAN|SEARCH) (?:TABLE )?(?P<name>\w+)(?: AS (?P<alias>\w+))?'
    r'(?:.*\((?P<by>[^()]*)\))?'
)
# Source: sqlite3.h.
_SQLITE_OK = 0
_SQLITE_READ = 20


@dataclasses.dataclass(frozen=True)
class Statement:
    """A statement that was sent.

    :param check: on whose behalf
    :param text: its SQL
    :param tables: the large tables that it reads
    :param scans: those that it reads from the first row to the last
    """

    check: str
    text: str
    tables: tuple[str, ...]
    scans: tuple[str, ...]


class Recorder:
    """Writes down what all engines of this process send.

    :ivar check: the one that runs, None while none does; what is sent then
        is the shared pass, and is not written down
    """

    def __init__(self) -> None:
        self.check: str | None = None
        self.statements: list[Statement] = []
        event.listen(sqlalchemy.Engine, 'before_cursor_execute', self._hear)

    def close(self) -> None:
        """Write nothing down from now on."""
        event.remove(sqlalchemy.Engine, 'before_cursor_execute', self._hear)

    def _hear(
        self,
        connection: sqlalchemy.Connection,
        _cursor: typing.Any,
        statement: str,
        parameters: typing.Any,
        _context: typing.Any,
        many: bool,
    ) -> None:
        if self.check is None:
            return
        tables: set[str] = set()
        scans: set[str] = set()
        explain = _EXPLAIN.get(connection.dialect.name)
        if explain and _asks(statement) and not many:
            raw = connection.connection.dbapi_connection
            tables, scans = explain(raw, statement, parameters)
        self.statements.append(
            Statement(
                self.check,
                ' '.join(statement.split()),
                tuple(sorted(tables & LARGE)),
                tuple(sorted(scans & LARGE)),
            )
        )


def _asks(statement: str) -> bool:
    return statement.lstrip(' (\n').upper().startswith(('SELECT', 'WITH'))


def _sqlite(
    raw: typing.Any, statement: str, parameters: typing.Any
) -> tuple[set[str], set[str]]:
    tables: set[str] = set()

    def allow(action: int, name: str | None, *_rest: typing.Any) -> int:
        if action == _SQLITE_READ and name:
            tables.add(name)
        return _SQLITE_OK

    raw.set_authorizer(allow)
    try:
        rows = raw.execute(f'EXPLAIN QUERY PLAN {statement}', parameters)
        steps = [_SQLITE_STEP.match(row[-1]) for row in rows]
    finally:
        # None is understood from Python 3.11 on.
        raw.set_authorizer(lambda *_anything: _SQLITE_OK)
    scans = {
        _table(step['name'], statement)
        for step in steps
        if step and (step['how'] == 'SCAN' or _is_common(step['by']))
    }
    return tables, scans


def _is_common(condition: str | None) -> bool:
    """Tell whether a condition is about nothing but ``_COMMON``."""
    columns = set(re.findall(r'([a-z_]+)\s*[=<>]', condition or ''))
    return bool(columns) and columns <= _COMMON


def _table(name: str, statement: str) -> str:
    """Return the table that a plan calls by a name of the statement's own."""
    if name in LARGE:
        return name
    named = re.search(
        rf'[`"]?(\w+)[`"]?\s+(?:AS\s+)?[`"]?{re.escape(name)}[`"]?(?!\w|\.)',
        statement,
        re.IGNORECASE,
    )
    return named[1] if named else name


def _postgresql(
    raw: typing.Any, statement: str, parameters: typing.Any
) -> tuple[set[str], set[str]]:
    tables: set[str] = set()
    scans: set[str] = set()
    with raw.cursor() as cursor:
        # Of a small table it would read all rows, indexes or not.
        cursor.execute('SET enable_seqscan = off')
        cursor.execute(f'EXPLAIN (FORMAT JSON) {statement}', parameters)
        [[found]] = cursor.fetchall()
        cursor.execute('RESET enable_seqscan')
    plans = json.loads(found) if isinstance(found, str) else found
    waiting = [plan['Plan'] for plan in plans]
    while waiting:
        node = waiting.pop()
        children = node.get('Plans', ())
        waiting += children
        if name := node.get('Relation Name'):
            tables.add(name)
            by = [node.get('Index Cond')]
            if node['Node Type'] == 'Bitmap Heap Scan':
                by = [node.get('Recheck Cond')]
            if not any(by) or all(map(_is_common, by)):
                scans.add(name)
    return tables, scans


def _mysql(
    raw: typing.Any, statement: str, parameters: typing.Any
) -> tuple[set[str], set[str]]:
    with raw.cursor() as cursor:
        cursor.execute(f'EXPLAIN {statement}', parameters)
        names = [column[0] for column in cursor.description]
        steps = [
            dict(zip(names, row, strict=True)) for row in cursor.fetchall()
        ]
    tables: set[str] = set()
    scans: set[str] = set()
    for step in steps:
        if step['table']:
            table = _table(step['table'], statement)
            tables.add(table)
            # Of a small table it may read all rows where it need not.
            if step['type'] in ('ALL', 'index') and not step['possible_keys']:
                scans.add(table)
    return tables, scans


_EXPLAIN = {
    'sqlite': _sqlite,
    'postgresql': _postgresql,
    'mysql': _mysql,
    'mariadb': _mysql,
}
