# SPDX-License-Identifier: Apache-2.0
"""Stores that the real Glance does not start with, or that take no images."""

import json
import pathlib
from typing import Any

import pytest

from glance_status import results
from glance_status.checks import (
    cinder,
    filesystem,
    s3,
    staging,
    store_default,
    store_directories,
    swift,
    swift_buffer,
    vmware,
)
from tests.functional import glance_databases
from tests.proof import cloud, real
from tests.unit import checkers

CHECKED = (
    store_default,
    staging,
    filesystem,
    store_directories,
    swift,
    swift_buffer,
    s3,
    cinder,
    vmware,
)
IMAGE = {
    'id': '7c0e2f6e-5d0b-4d36-8a38-0d2b5d3b3f10',
    'name': 'an image',
    'disk_format': 'raw',
    'container_format': 'bare',
}
PATH = f'/v2/images/{IMAGE["id"]}'
CREATE = ('POST', '/v2/images', real.ADMIN, json.dumps(IMAGE))
UPLOAD = ('PUT', f'{PATH}/file', real.UPLOAD, 'content')
STAGE = ('PUT', f'{PATH}/stage', real.UPLOAD, 'content')
# What our check of libraries says, in the environment of Glance.
LIBRARIES = """
import sys
from oslo_config import cfg
from glance_status import configuration, context, releases
from glance_status.checks import store_libraries
config = configuration.read(cfg.ConfigOpts(), [('file', sys.argv[1])])
run = context.Run(config, releases.find('33'))
checker = context.Checker(run, context.Facts())
for finding in store_libraries.check_libraries(checker):
    print(finding.id, finding.result)
"""

Sections = dict[str, dict[str, Any]]

# The one store of old, in place of the named one.
SINGLE: Sections = {
    'DEFAULT': {
        'enabled_backends': None,
        'node_staging_uri': 'file://{path}/store/staging',
    },
    'glance_store': {
        'default_backend': None,
        'filesystem_store_datadir': '{path}/store/images',
    },
}
SWIFT = {
    'swift_store_user': 'service:glance',
    'swift_store_key': 'key',
    'swift_store_auth_address': 'http://127.0.0.1:1/v3',
}
S3 = {
    's3_store_host': 'http://127.0.0.1:1',
    's3_store_access_key': 'key',
    's3_store_secret_key': 'secret',
    's3_store_bucket': 'glance',
}


def merged(*layers: Sections) -> Sections:
    """Return sections with those of later layers over the others."""
    sections: Sections = {}
    for layer in layers:
        for name, options in layer.items():
            sections.setdefault(name, {}).update(options)
    return sections


def filled(sections: Sections, path: pathlib.Path) -> Sections:
    """Return sections with the directory of the deployment put in."""

    def put(value: Any) -> Any:
        if isinstance(value, list):
            return [put(item) for item in value]
        return value and value.replace('{path}', str(path))

    return {
        name: {option: put(value) for option, value in options.items()}
        for name, options in sections.items()
    }


def ids(conf: pathlib.Path) -> list[str]:
    """Return what our checks say will fail."""
    return [
        finding.id
        for topic in CHECKED
        for check in topic.CHECKS
        for finding in check.function(checkers.of(conf))
        if finding.result == results.FAILURE
    ]


def default(driver: str, **options: Any) -> Sections:
    """Return a default store with this driver and these options."""
    return {
        'DEFAULT': {'enabled_backends': f'other:{driver},local:file'},
        'glance_store': {'default_backend': 'other'},
        'other': options,
    }


# Where the remedy leads back to the deployment that all proofs begin with, it
# stands as None, and is not started each time.
@pytest.mark.parametrize(
    ('before', 'error', 'expected', 'after'),
    [
        (
            {'glance_store': {'default_backend': None}},
            'RuntimeError: ',
            'default-backend',
            None,
        ),
        (
            {'glance_store': {'default_backend': 'remote'}},
            'RuntimeError: ',
            'default-backend',
            None,
        ),
        (
            {
                'DEFAULT': {
                    'enabled_backends': 'local:glance.store.filesystem.Store'
                }
            },
            'RuntimeError: ',
            'default-backend',
            None,
        ),
        (
            {'DEFAULT': {'enabled_backends': 'local:file,os_glance_a:file'}},
            'RuntimeError: ',
            'reserved-store-name',
            None,
        ),
        (
            merged(SINGLE, {'glance_store': {'stores': 'http'}}),
            'RuntimeError: ',
            'default-store',
            merged(SINGLE, {'glance_store': {'stores': 'http,file'}}),
        ),
        (
            merged(SINGLE, {'DEFAULT': {'node_staging_uri': '{path}/store'}}),
            'GlanceException: ',
            'staging-uri',
            SINGLE,
        ),
        (
            {'local': {'filesystem_store_file_perm': '680'}},
            'ValueError: ',
            'fs-file-perm',
            {'local': {'filesystem_store_file_perm': '640'}},
        ),
        (
            default('swift', **SWIFT, swift_store_auth_version='2'),
            'ConfigFileValueError: ',
            'swift-auth',
            default('swift', **SWIFT, swift_store_auth_version='3'),
        ),
        (
            default('swift', **SWIFT, swift_buffer_on_upload='true'),
            'BadStoreConfiguration',
            'swift-buffer',
            default(
                'swift',
                **SWIFT,
                swift_buffer_on_upload='true',
                swift_upload_buffer_dir='{path}',
            ),
        ),
        (
            default('swift', swift_store_config_file='missing.conf'),
            'RuntimeError: ',
            'swift-config-file',
            default('swift', **SWIFT),
        ),
        (
            default(
                'swift',
                swift_store_config_file='{path}/glance-api.conf',
                swift_store_multi_tenant='true',
            ),
            'RuntimeError: ',
            'swift-multi-tenant',
            default('swift', swift_store_multi_tenant='true'),
        ),
    ],
)
def test_the_real_glance_starts_after_the_remedy(
    tmp_path: pathlib.Path,
    before: Sections,
    error: str,
    expected: str,
    after: Sections | None,
) -> None:
    if 'swift' in str(before):
        real.require('swiftclient')
    with glance_databases.database('sqlite', 'up_to_date', tmp_path) as url:
        conf = real.deployment(tmp_path, url, filled(before, tmp_path))
        found, refused = ids(conf), real.start(conf)
        conf = real.deployment(tmp_path, url, filled(after or {}, tmp_path))
        then = ids(conf)
        started = real.start(conf).error if after else None
    assert (found, str(refused.error)[: len(error)]) == ([expected], error)
    assert (then, started) == ([], None)


@pytest.mark.parametrize(
    ('before', 'expected', 'after'),
    [
        (
            {'local': {'filesystem_store_datadirs': ['{path}/store/a:1']}},
            'fs-directory-options',
            {
                'local': {
                    'filesystem_store_datadir': '',
                    'filesystem_store_datadirs': ['{path}/store/a:1'],
                }
            },
        ),
        (
            {
                'local': {
                    'filesystem_store_datadir': '',
                    'filesystem_store_datadirs': [
                        '{path}/store/a:1',
                        '{path}/store/a:2',
                    ],
                }
            },
            'fs-directory-options',
            None,
        ),
        (
            {'local': {'filesystem_store_file_perm': '044'}},
            'fs-file-perm',
            {'local': {'filesystem_store_file_perm': '444'}},
        ),
        (
            {'local': {'filesystem_store_metadata_file': '/missing.json'}},
            'fs-metadata-file',
            None,
        ),
        (
            {
                'local': {
                    'filesystem_store_metadata_file': '{path}/glance-api.conf'
                }
            },
            'fs-metadata-file',
            {'local': {'filesystem_store_metadata_file': '{path}/good.json'}},
        ),
        (
            {
                'local': {
                    'filesystem_store_datadir': '{path}/glance-api.conf/a'
                }
            },
            'fs-datadir',
            None,
        ),
        (default('swift'), 'swift-unconfigured', default('swift', **SWIFT)),
        (default('s3'), 's3-unconfigured', default('s3', **S3)),
    ],
)
def test_the_real_glance_takes_images_after_the_remedy(
    tmp_path: pathlib.Path,
    before: Sections,
    expected: str,
    after: Sections | None,
) -> None:
    for driver, module in (('swift', 'swiftclient'), ('s3', 'boto3')):
        if f'other:{driver}' in str(before):
            real.require(module)
    (tmp_path / 'good.json').write_text('{"id": "a", "mountpoint": "/"}')
    with glance_databases.database('sqlite', 'up_to_date', tmp_path) as url:
        conf = real.deployment(tmp_path, url, filled(before, tmp_path))
        found, gone = ids(conf), real.start(conf, CREATE, UPLOAD)
        conf = real.deployment(tmp_path, url, filled(after or {}, tmp_path))
        then = ids(conf)
        taken = real.start(conf, UPLOAD) if after else None
    assert found == [expected]
    assert [status for status, _text in gone.responses] == [201, 410]
    assert then == []
    if after and taken:
        # The servers of Swift and S3 are not there, which it then finds out.
        answer = 500 if 'other' in after else 204
        assert taken.responses[0][0] == answer


def test_images_are_staged_where_glance_looks_after_the_remedy(
    tmp_path: pathlib.Path,
) -> None:
    store = tmp_path / 'store'

    def asked(datadir: str | None) -> tuple[list[str], bool, bool]:
        sections = {
            'os_glance_staging_store': {'filesystem_store_datadir': datadir},
            # Where reserved stores go that have no directory.
            'backend_defaults': {
                'filesystem_store_datadir': str(store / 'images')
            },
        }
        with glance_databases.database(
            'sqlite', 'up_to_date', tmp_path
        ) as url:
            conf = real.deployment(tmp_path, url, sections)
            answer = real.start(conf, CREATE, STAGE)
        assert [status for status, _text in answer.responses] == [201, 204]
        return (
            ids(conf),
            'staging directory None does not exist' in answer.log,
            (store / 'staging' / IMAGE['id']).exists(),
        )

    assert asked(None) == (['reserved-stores'], True, False)
    assert asked(str(store / 'staging')) == ([], False, True)


def test_images_are_staged_after_the_remedy(tmp_path: pathlib.Path) -> None:
    def asked(datadir: str) -> tuple[list[str], list[int]]:
        sections = {
            'os_glance_staging_store': {
                'filesystem_store_datadir': str(tmp_path / datadir)
            }
        }
        with glance_databases.database(
            'sqlite', 'up_to_date', tmp_path
        ) as url:
            conf = real.deployment(tmp_path, url, sections)
            answer = real.start(conf, CREATE, STAGE)
        return ids(conf), [status for status, _text in answer.responses]

    assert asked('glance-api.conf/a') == (['staging-directory'], [201, 500])
    assert asked('new') == ([], [201, 204])


def test_a_cinder_store_has_credentials_after_the_remedy(
    tmp_path: pathlib.Path,
) -> None:
    real.require('os_brick')

    def asked(**options: str) -> tuple[list[str], str | None]:
        sections: Sections = {
            'DEFAULT': {'enabled_backends': 'local:file,volumes:cinder'},
            'volumes': {'cinder_volume_type': cloud.VOLUME_TYPE, **options},
        }
        with glance_databases.database(
            'sqlite', 'up_to_date', tmp_path
        ) as url:
            conf = real.deployment(tmp_path, url, sections)
            return ids(conf), real.start(conf).error

    assert asked() == (
        ['cinder-start'],
        "AttributeError: 'NoneType' object has no attribute 'user_id'",
    )
    with cloud.serving() as keystone:
        assert asked(
            cinder_store_user_name='glance',
            cinder_store_password='password',
            cinder_store_project_name='service',
            cinder_store_auth_address=keystone,
        ) == ([], None)


def test_the_real_glance_needs_the_libraries_of_its_stores(
    tmp_path: pathlib.Path,
) -> None:
    sections = merged(
        SINGLE,
        {'glance_store': {'stores': 'vmware', 'default_store': 'vsphere'}},
    )
    with glance_databases.database('sqlite', 'up_to_date', tmp_path) as url:
        conf = real.deployment(tmp_path, url, filled(sections, tmp_path))
        error = str(real.start(conf).error)
        assert real.run(LIBRARIES, str(conf)) == 'store-python-deps 2\n'
        conf = real.deployment(tmp_path, url)
        assert real.run(LIBRARIES, str(conf)) == ''
    assert error.startswith('BadStoreConfiguration: ')


def test_the_real_glance_needs_the_server_of_a_store_beside(
    tmp_path: pathlib.Path,
) -> None:
    sections = {'DEFAULT': {'enabled_backends': 'local:file,other:vmware'}}
    server = {
        'vmware_server_host': '127.0.0.1',
        'vmware_server_username': 'glance',
        'vmware_server_password': 'secret',
        'vmware_datastores': 'dc:images',
    }
    with glance_databases.database('sqlite', 'up_to_date', tmp_path) as url:
        conf = real.deployment(tmp_path, url, filled(sections, tmp_path))
        before = str(real.start(conf).error), ids(conf)
        conf = real.deployment(tmp_path, url, {**sections, 'other': server})
        after = str(real.start(conf).error), ids(conf)
        libraries = real.run(LIBRARIES, str(conf))
    assert 'Could not find vmware_server_host' in before[0]
    assert before[1] == ['vmware-unconfigured']
    # Then it is the library that is missing, although the store is not the
    # default one.
    assert 'Missing dependencies: oslo_vmware' in after[0]
    assert (after[1], libraries) == ([], 'store-python-deps 2\n')


def test_images_staged_in_a_store_are_not_imported(
    tmp_path: pathlib.Path,
) -> None:
    method = json.dumps({'method': {'name': 'glance-direct'}})
    asks = ('POST', f'{PATH}/import', real.ADMIN, method)
    show = ('GET', PATH, real.ADMIN, '')

    images = str(tmp_path / 'store' / 'images')
    sections = {
        'os_glance_staging_store': {'filesystem_store_datadir': images}
    }
    with glance_databases.database('sqlite', 'up_to_date', tmp_path) as url:
        conf = real.deployment(tmp_path, url, sections)
        # It imports meanwhile, in a thread.
        answer = real.start(conf, CREATE, STAGE, asks, *[show] * 250)
        found = ids(conf)
        then = ids(real.deployment(tmp_path, url))
    assert (found, 'REVERTED' in answer.log) == (['fs-same-dir'], True)
    assert then == []
