# SPDX-License-Identifier: Apache-2.0
"""The healthy deployment in which a fault is made, and how to look at it."""

import contextlib
import dataclasses
import pathlib
import tempfile
import typing
from collections import abc

import sqlalchemy
from sqlalchemy import exc

from tests.faults import servers
from tests.functional import command, glance_databases, untouched
from tests.functional.test_clean_deployments import CONFIGURATION
from tests.unit.checks import test_paste

PLANTED = 'pl4nted'
"""What is in every secret of the deployment, and never in what is said."""

PASSWORD = f'{PLANTED}-passw0rd'

SECTIONS: dict[str, command.Section] = {
    **CONFIGURATION,
    'DEFAULT': {
        'transport_url': f'rabbit://glance:{PLANTED}-rabbit@192.0.2.9/',
    },
    'keystone_authtoken': {
        **CONFIGURATION['keystone_authtoken'],
        'password': f'{PLANTED}-keystone',
    },
}

IMAGE = '5d5cc0f2-4b0b-4a3f-9a51-6f2f6f6a7d11'
_NOW = '2026-01-02 03:04:05'
ROWS = (
    'INSERT INTO images (id, name, status, size, disk_format, '
    'container_format, owner, visibility, os_hidden, protected, min_disk, '
    'min_ram, deleted, created_at, updated_at) VALUES '
    f"('{IMAGE}', 'an image', 'queued', NULL, 'raw', 'bare', 'a-project', "
    f"'private', {{no}}, {{no}}, 0, 0, {{no}}, '{_NOW}', '{_NOW}')",
    'INSERT INTO image_properties (image_id, name, value, deleted, '
    f"created_at) VALUES ('{IMAGE}', 'admin_pass', '{PLANTED}-property', "
    f"{{no}}, '{_NOW}')",
)
"""A queued image, of which a property is a secret, as SQL."""


@dataclasses.dataclass(frozen=True)
class Scene:
    """A deployment in which all is well.

    :param server: one of ``glance_databases.SERVERS``
    :param root: a directory that anybody may enter, which holds all of it
    :param url: what stands in [database] connection
    :param admin: the URL of one who may do all to the database
    :param own: the server, None for SQLite
    """

    server: str
    root: pathlib.Path
    url: str
    admin: str
    own: servers.Server | None = None

    @property
    def machine(self) -> servers.Server:
        """Return the server, in a scene that has one."""
        assert self.own
        return self.own

    def url_with(self, **changes: typing.Any) -> str:
        """Return the URL with parts of it changed, as SQLAlchemy names them.

        A query is added to that which is there.
        """
        query = changes.pop('query', {})
        return (
            sqlalchemy.make_url(self.url)
            .set(**changes)
            .update_query_dict(query)
            .render_as_string(hide_password=False)
        )

    @property
    def file(self) -> pathlib.Path:
        """Return the file of SQLite."""
        return pathlib.Path(self.url.removeprefix('sqlite:///'))

    @property
    def etc(self) -> pathlib.Path:
        """Return the directory of the configuration."""
        return self.root / 'etc'

    @property
    def words(self) -> dict[str, str]:
        """Return what the templates of the table stand for."""
        if self.server == 'sqlite':
            return {'file': str(self.file), 'place': str(self.file)}
        url = sqlalchemy.make_url(self.url)
        return {
            'place': f'{url.host}:{url.port}/{url.database}',
            'host': str(url.host),
            'port': str(url.port),
            'user': str(url.username),
            'database': str(url.database),
        }

    def configure(
        self,
        url: str | None,
        database: abc.Mapping[str, str],
        own: abc.Mapping[str, str],
    ) -> pathlib.Path:
        """Write the configuration, with these changes; return its path."""
        path = command.deployment(
            self.etc,
            url or self.url,
            **SECTIONS,
            database=database,
            upgrade_check=own,
        )
        (self.etc / 'glance-api-paste.ini').write_text(test_paste.shipped(33))
        return path

    def rows(self) -> list[object]:
        """Return the checksums of the rows of all tables."""
        return [
            each
            for name, each in untouched.contents(self.admin).items()
            if untouched.ROWS in name
        ]

    @contextlib.contextmanager
    def unwritten(self) -> abc.Iterator[None]:
        """Assert that nothing is written to the server in here.

        That is known where the server is there before and after.
        """
        before = self._written()
        yield
        after = self._written()
        # A server forgets some of it when it ends.
        if before and after and before['server'] == after['server']:
            assert untouched.differences(before, after) == {}

    def _written(self) -> untouched.State | None:
        if not self.own:
            # The files say it.
            return None
        try:
            found = untouched.contents(self.admin)
            found['server'] = self.own.pid
            if self.server == 'mariadb':
                found['log'] = glance_databases.query(
                    self.admin, 'SHOW MASTER STATUS'
                )
        except (exc.SQLAlchemyError, *untouched.ERRORS):
            return None
        return found


@contextlib.contextmanager
def on_sqlite() -> abc.Iterator[Scene]:
    """Give a deployment with its database in a file."""
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name).resolve()
        root.chmod(0o755)
        place = root / 'db'
        place.mkdir()
        with glance_databases.database('sqlite', 'up_to_date', place) as url:
            glance_databases.execute(
                url, *(statement.format(no=0) for statement in ROWS)
            )
            pathlib.Path(url.removeprefix('sqlite:///')).chmod(0o644)
            yield Scene('sqlite', root, url, url)


ACCOUNTS = {
    'mariadb': (
        "CREATE USER 'glance'@'%%' IDENTIFIED BY '{password}'",
        "GRANT SELECT ON glance.* TO 'glance'@'%%'",
    ),
    'postgresql': (
        "CREATE ROLE glance LOGIN PASSWORD '{password}'",
        'GRANT SELECT ON ALL TABLES IN SCHEMA public TO glance',
    ),
}


@contextlib.contextmanager
def on_server(server: str) -> abc.Iterator[Scene]:
    """Give a deployment with a database server of its own."""
    with servers.of_glance(server) as own, servers.place() as root:
        no = '0' if server == 'mariadb' else 'false'
        with glance_databases.connection(own.url()) as connection:
            for statement in (*ROWS, *ACCOUNTS[server]):
                connection.exec_driver_sql(
                    statement.format(no=no, password=PASSWORD)
                )
        url = sqlalchemy.make_url(own.url()).set(
            username='glance', password=PASSWORD
        )
        yield Scene(
            server,
            root,
            url.render_as_string(hide_password=False),
            own.url(),
            own,
        )
