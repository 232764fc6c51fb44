# SPDX-License-Identifier: Apache-2.0
"""Metadata definitions that the database lacks, and the real Glance loads."""

import datetime
import pathlib
import typing

import pytest

from glance_status import results
from glance_status.releases import metadefs
from tests.functional import command, glance_databases

KNOWN = metadefs.added(33)
Finding = dict[str, typing.Any]


def load(url: str, *options: str) -> None:
    """Load what the real Glance ships."""
    executable = glance_databases.glance_manage_path()
    assert executable, 'GLANCE_MANAGE'
    shipped = pathlib.Path(executable).parents[1] / 'etc/glance/metadefs'
    done = glance_databases.glance_manage(
        url, 'db', 'load_metadefs', '--path', str(shipped), *options
    )
    assert done.returncode == 0, done.stdout + done.stderr


def found(
    directory: pathlib.Path, url: str, source: str
) -> list[tuple[str, int, Finding | None]]:
    """Return id, result and affected objects of what the check finds."""
    conf = command.deployment(directory, url)
    completed = command.run(
        '--config-file', conf, 'upgrade', 'check', '--format', 'json',
        '--check', 'metadata-definitions', '--from', source, '--target', '33',
    )  # fmt: skip
    (row,) = command.document(completed)['checks']
    return [
        (item['id'], item['result'], item['affected'])
        for item in row['findings']
    ]


def affected(items: list[metadefs.Property]) -> Finding:
    """Return how a finding names these properties."""
    return {'count': len(items), 'sample': [str(i) for i in items[:10]]}


def test_what_is_missing_is_there_after_the_remedy(
    tmp_path: pathlib.Path,
) -> None:
    with glance_databases.database('sqlite', 'up_to_date', tmp_path) as url:
        assert found(tmp_path, url, '18') == []
        load(url)
        assert found(tmp_path, url, '18') == []
        # What Rocky loaded: neither these properties nor the namespaces of
        # the trusted platform module.
        names = "', '".join(sorted({item.name for item in KNOWN}))
        new = "('OS::Compute::TPM', 'OS::Compute::VTPM')"
        glance_databases.execute(
            url,
            f"DELETE FROM metadef_properties WHERE name IN ('{names}')",
            'DELETE FROM metadef_namespace_resource_types WHERE namespace_id '
            f'IN (SELECT id FROM metadef_namespaces WHERE namespace IN {new})',
            f'DELETE FROM metadef_namespaces WHERE namespace IN {new}',
        )
        missing = ('metadefs-behind', results.SUCCESS, affected(KNOWN))
        assert found(tmp_path, url, '18') == [missing]
        load(url, '--merge')
        assert found(tmp_path, url, '18') == []


@pytest.mark.parametrize('server', glance_databases.SERVERS)
def test_what_earlier_releases_added_is_not_mentioned(
    tmp_path: pathlib.Path, server: str
) -> None:
    now = datetime.datetime(2026, 11, 1)
    with glance_databases.database(server, 'up_to_date', tmp_path) as url:
        glance_databases.insert(
            url,
            'metadef_namespaces',
            *(
                {'namespace': name, 'owner': 'admin', 'created_at': now}
                for name in ('OS::Compute::Libvirt', 'OS::Compute::VMware')
            ),
        )
        first = "(SELECT MIN(id) FROM metadef_namespaces), 'mem_encryption'"
        glance_databases.execute(
            url,
            'INSERT INTO metadef_properties (namespace_id, name, json_schema, '
            f"created_at) VALUES ({first}, '{{}}', CURRENT_TIMESTAMP)",
        )
        later = [item for item in KNOWN if item.since > 28]
        assert found(tmp_path, url, '28') == [
            ('metadefs-behind', results.SUCCESS, affected(later))
        ]
        ((_id, _result, all_),) = found(tmp_path, url, '18')
        assert all_ is not None
        assert all_['count'] == len(KNOWN) - 1


def test_a_database_without_the_tables(tmp_path: pathlib.Path) -> None:
    with glance_databases.database('sqlite', 'empty', tmp_path) as url:
        glance_databases.execute(url, 'CREATE TABLE images (id VARCHAR(36))')
        assert found(tmp_path, url, '18') == []
