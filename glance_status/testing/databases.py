# SPDX-License-Identifier: Apache-2.0
"""A database of Glance with what a test puts into it."""

import contextlib
import datetime
import json
import pathlib
import typing
import uuid

import sqlalchemy

from glance_status import releases
from glance_status.releases import chain
from glance_status.testing import schemas, servers

# The time of all that a test does not date itself.
_NOW = datetime.datetime(2026, 1, 2, 3, 4, 5)
# What a column that has to have a value has, by the type of it.
_FILLERS: dict[type, typing.Any] = {
    bool: False,
    datetime.datetime: _NOW,
    int: 0,
    str: '',
}
_IMAGE_STATUSES = (
    *('active', 'queued', 'saving', 'importing', 'uploading'),
    *('deactivated', 'killed', 'pending_delete', 'deleted'),
)
_TASK_STATUSES = ('pending', 'processing', 'success', 'failure')
_DELETED = ('deleted', 'pending_delete')

Values = dict[str, typing.Any]


class Database:
    """A database of Glance.

    The functions that add rows take the values of any columns by name, and
    refuse those that it does not have.

    :ivar url: what stands in ``[database] connection``
    :ivar revision: the one whose tables it has; None for no tables at all
    :ivar users: is closed before the database is dropped
    """

    def __init__(
        self,
        url: str,
        connection: sqlalchemy.Connection,
        revision: str | None,
    ):
        self.url = url
        self.revision = revision
        self.users = contextlib.ExitStack()
        self._connection = connection
        self._tables = sqlalchemy.MetaData()
        if revision:
            self._tables = schemas.create(connection, revision)

    @property
    def source(self) -> tuple[releases.Release, ...]:
        """Return the releases to which it may belong, oldest first."""
        return releases.at([self.revision] if self.revision else [])

    @property
    def configuration(self) -> str:
        """Return the text of a ``glance-api.conf`` that names it."""
        return f'[database]\nconnection = {self.url.replace("$", "$$")}\n'

    def add_image(self, **columns: typing.Any) -> str:
        """Add an image, and return its id."""
        values = {
            'id': str(uuid.uuid4()),
            'name': 'an image',
            'status': 'active',
            'size': 1024,
            'disk_format': 'raw',
            'container_format': 'bare',
            'owner': 'a-project',
            'visibility': 'private',
            'deleted': columns.get('status') in _DELETED,
            **columns,
        }
        self._insert('images', values, columns)
        return str(values['id'])

    def add_location(
        self,
        image: str,
        url: str = 'file:///var/lib/glance/images/an-image',
        metadata: typing.Mapping[str, typing.Any] | None = None,
        **columns: typing.Any,
    ) -> None:
        """Add a location of the content of an image."""
        values = {
            'image_id': image,
            'value': url,
            'meta_data': json.dumps(metadata or {}),
            'status': 'active',
            **columns,
        }
        self._insert('image_locations', values, columns)

    def add_property(
        self, image: str, name: str, value: str, **columns: typing.Any
    ) -> None:
        """Add a property of an image."""
        values = {'image_id': image, 'name': name, 'value': value, **columns}
        self._insert('image_properties', values, columns)

    def add_tag(self, image: str, value: str, **columns: typing.Any) -> None:
        """Add a tag of an image."""
        values = {'image_id': image, 'value': value, **columns}
        self._insert('image_tags', values, columns)

    def add_member(
        self, image: str, member: str = 'a-project', **columns: typing.Any
    ) -> None:
        """Add a project with which an image is shared."""
        values = {
            'image_id': image,
            'member': member,
            'status': 'accepted',
            **columns,
        }
        self._insert('image_members', values, columns)

    def add_task(
        self,
        input: typing.Any = None,
        result: typing.Any = None,
        message: str | None = None,
        **columns: typing.Any,
    ) -> str:
        """Add a task and what belongs to it; return its id."""
        values = {
            'id': str(uuid.uuid4()),
            'type': 'import',
            'status': 'success',
            'owner': 'a-project',
            **columns,
        }
        self._insert('tasks', values, columns)
        info = {
            'task_id': values['id'],
            'input': None if input is None else json.dumps(input),
            'result': None if result is None else json.dumps(result),
            'message': message,
        }
        self._insert('task_info', info, {})
        return str(values['id'])

    def populate(self) -> None:
        """Add a little of everything that is customary."""
        for number, status in enumerate(_IMAGE_STATUSES):
            gone = status in _DELETED
            image = self.add_image(name=f'image {number}', status=status)
            self.add_location(image, deleted=gone)
            self.add_property(image, 'hw_disk_bus', 'scsi', deleted=gone)
            self.add_tag(image, 'a-tag', deleted=gone)
            self.add_member(image, deleted=gone)
        for status in _TASK_STATUSES:
            self.add_task(
                {'import_from': 'https://example.org'}, status=status
            )

    def execute(self, statement: str) -> None:
        """Execute a statement of SQL, for what no other function does."""
        self._connection.execute(sqlalchemy.text(statement))

    def _insert(self, name: str, values: Values, given: Values) -> None:
        """Insert a row, completed by what its table cannot do without.

        :param given: what the table has to have a column for
        """
        if name not in self._tables.tables:
            raise ValueError(f'{self._title} has no table {name}')
        table = self._tables.tables[name]
        unknown = sorted({*given} - {*table.columns.keys()})
        if unknown:
            raise ValueError(
                f'the table {name} of {self._title} has no column '
                f'{", ".join(unknown)}'
            )
        if values.get('deleted'):
            values.setdefault('deleted_at', _NOW)
        row = {
            column.name: values[column.name]
            if column.name in values
            else _filler(column)
            for column in table.columns
            if column.name in values or _is_wanted(column)
        }
        self._connection.execute(table.insert().values(row))

    @property
    def _title(self) -> str:
        return self.revision or 'a database without tables'


def _is_wanted(column: 'sqlalchemy.Column[typing.Any]') -> bool:
    if column.name in ('created_at', 'updated_at'):
        return True
    return not (
        column.nullable
        or column.server_default is not None
        or column.autoincrement is True
    )


def _filler(column: 'sqlalchemy.Column[typing.Any]') -> typing.Any:
    return _FILLERS[column.type.python_type]


def _revision(release: str) -> str:
    try:
        return releases.find(release).contract_head
    except releases.UnknownRelease:
        if chain.unknown([release]):
            raise
        return chain.revision(release).id


@contextlib.contextmanager
def database(
    server: str, release: str | None, directory: pathlib.Path
) -> typing.Iterator[Database]:
    """Give a new database of a release, and drop it afterwards.

    :param server: one of ``servers.SERVERS``
    :param release: a name, a cycle or a version, or a revision such as
        ``liberty`` for tables that are older; None for no tables
    :param directory: where the file of SQLite is to be
    """
    found = _revision(release) if release else None
    with (
        servers.empty(server, directory) as url,
        servers.connect(url) as connection,
    ):
        database = Database(url, connection, found)
        with database.users:
            yield database
