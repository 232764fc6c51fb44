# SPDX-License-Identifier: Apache-2.0
"""Make the data of what each database revision looks like on each server.

The newest glance of ``tools/releases/series.csv`` is installed into a
throw-away virtual environment, and its ``glance-manage`` takes a new
database on SQLite, on MariaDB and on PostgreSQL from revision to revision.
What the tables look like after each is read and written to
``glance_status/releases/schemas.json``: of each revision what it changes,
first what is the same on all three, then the rest.

Needs the servers of ``tools/test-setup.sh``, and glance-status with its
extras ``mysql`` and ``postgresql`` in the Python that it runs with::

    python tools/schemas.py
"""

import argparse
import contextlib
import json
import pathlib
import sys
import tempfile
import uuid
from collections.abc import Iterator

import releases
import sqlalchemy

from glance_status import reflection
from glance_status.releases import chain, layouts

OUTPUT = releases.OUTPUT / 'schemas.json'
CITEST = 'openstack_citest:openstack_citest@127.0.0.1'
URLS = {
    'mysql': f'mysql+pymysql://{CITEST}/%s?charset=utf8',
    'postgresql': f'postgresql+psycopg2://{CITEST}/%s',
}
CREATE = {
    'mysql': 'CREATE DATABASE %s CHARACTER SET utf8',
    'postgresql': "CREATE DATABASE %s TEMPLATE template0 ENCODING 'UTF8'",
}
# Alembic's own.
IGNORED = {'alembic_version'}

Json = releases.Json


def main(argv: list[str] | None = None) -> int:
    """Write schemas.json."""
    parser = argparse.ArgumentParser(
        description='Make the data of what revisions look like.',
        allow_abbrev=False,
    )
    parser.add_argument(
        '--glance-manage',
        type=pathlib.Path,
        metavar='PATH',
        help='one that is installed with PyMySQL and psycopg2, in the place '
        'of a throw-away one',
    )
    parser.add_argument('--output', type=pathlib.Path, default=OUTPUT)
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        manage = args.glance_manage or install(scratch)
        states = {
            server: walk(server, manage, scratch) for server in layouts.SERVERS
        }
    releases.write(args.output, compact(states))
    return 0


def install(scratch: pathlib.Path) -> pathlib.Path:
    """Install the newest glance with the drivers of all servers."""
    newest = releases.read_series()[-1]['major']
    pins = json.loads(releases.CONSTRAINTS.read_text('utf-8'))[newest]
    manage = releases.install(f'{newest}.*', pins, scratch)
    releases.run(
        *(str(manage.parent / 'pip'), 'install', '--quiet'),
        *('--disable-pip-version-check', 'PyMySQL', 'psycopg2-binary'),
    )
    return manage


def walk(
    server: str, manage: pathlib.Path, scratch: pathlib.Path
) -> dict[str, Json]:
    """Return {revision: the tables after it}, in the order of db sync."""
    config = scratch / f'{server}.conf'
    states = {}
    with database(server, scratch) as url:
        config.write_text(f'[database]\nconnection = {url}\n')
        engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool)
        for step in chain.revisions():
            releases.run(
                *(str(manage), '--config-file', str(config)),
                *('db', 'upgrade', '--version', step.id),
            )
            with engine.connect() as connection:
                names = sqlalchemy.inspect(connection).get_table_names()
                found = reflection.read(connection, {*names} - IGNORED)
            states[step.id] = layouts.as_data(found)
    return states


@contextlib.contextmanager
def database(server: str, scratch: pathlib.Path) -> Iterator[str]:
    """Give the URL of a new database."""
    if server == 'sqlite':
        yield f'sqlite:///{scratch}/schemas.sqlite'
        return
    name = f'glance_status_{uuid.uuid4().hex[:12]}'
    admin = sqlalchemy.create_engine(
        URLS[server] % 'openstack_citest',
        poolclass=sqlalchemy.NullPool,
        isolation_level='AUTOCOMMIT',
    )
    with admin.connect() as connection:
        connection.exec_driver_sql(CREATE[server] % name)
        try:
            yield URLS[server] % name
        finally:
            connection.exec_driver_sql(f'DROP DATABASE {name}')


def compact(states: dict[str, dict[str, Json]]) -> Json:
    """Return {"common" or server: {revision: merge patch}}."""
    data: Json = {part: {} for part in ('common', *layouts.SERVERS)}
    before: dict[str, Json] = {server: {} for server in layouts.SERVERS}
    for step in chain.revisions():
        patches = {
            server: patch(before[server], states[server][step.id])
            for server in layouts.SERVERS
        }
        common = shared(list(patches.values()))
        found = {'common': common} | {
            server: without(each, common) for server, each in patches.items()
        }
        for part, change in found.items():
            if change:
                data[part][step.id] = change
        before = {server: states[server][step.id] for server in states}
    return data


def patch(before: Json, after: Json) -> Json:
    """Return the merge patch from one state to another."""
    changes: Json = {key: None for key in before if key not in after}
    for key, value in after.items():
        if key not in before:
            changes[key] = value
        elif isinstance(value, dict):
            if inner := patch(before[key], value):
                changes[key] = inner
        elif value != before[key]:
            changes[key] = value
    return changes


def shared(patches: list[Json]) -> Json:
    """Return what patches have in common."""
    first, *others = patches
    found: Json = {}
    for key, value in first.items():
        if any(key not in other for other in others):
            continue
        values = [value, *(other[key] for other in others)]
        if all(isinstance(each, dict) for each in values):
            found[key] = shared(values)
        elif all(each == value for each in values):
            found[key] = value
    return found


def without(change: Json, common: Json) -> Json:
    """Return what a patch has beyond a common part."""
    found: Json = {}
    for key, value in change.items():
        if key not in common:
            found[key] = value
        elif isinstance(value, dict):
            inner = without(value, common[key])
            if inner:
                found[key] = inner
    return found


if __name__ == '__main__':
    sys.exit(main())
