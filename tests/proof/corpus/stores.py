# SPDX-License-Identifier: Apache-2.0
"""Stores that something is wrong with."""

from typing import Any

from tests.proof import cloud
from tests.proof.corpus.change import Change, Sections, default, merged, option
from tests.proof.corpus.clean import S3, SWIFT, beside, first

SECOND = '{path}/second'
METADATA = '{"id": "a", "mountpoint": "/"}'
STAGING = 'os_glance_staging_store'
TASKS = 'os_glance_tasks_store'
BUFFER = 'swift_upload_buffer_dir'
# Where stores go that have no directory, from 31.0.0 on. Before, they go to
# /var/lib/glance, and there is nothing that a deployment of ours may make.
SHARED = option(
    'backend_defaults', 'filesystem_store_datadir', '{path}/store/images'
)


def local(**options: Any) -> Sections:
    """Return options of the default store."""
    return {'local': options}


HAZARDS = (
    Change(
        'no default store',
        ('default-backend',),
        sections=option('glance_store', 'default_backend', None),
    ),
    Change(
        'a default store that is not there',
        ('default-backend',),
        sections=option('glance_store', 'default_backend', 'remote'),
    ),
    Change(
        'a default store in capitals',
        ('default-backend',),
        sections=option('glance_store', 'default_backend', 'Local'),
    ),
    Change(
        'an empty default store',
        ('default-backend',),
        sections=option('glance_store', 'default_backend', ''),
    ),
    Change(
        'a driver by its class',
        ('default-backend',),
        sections=default(
            enabled_backends='local:glance.store.filesystem.Store'
        ),
    ),
    Change(
        'a reserved name',
        ('reserved-store-name',),
        sections=default(enabled_backends='local:file,os_glance_a:file'),
    ),
    Change(
        'a store twice',
        ('enabled-backends-syntax',),
        sections=default(enabled_backends='local:file,local:file'),
    ),
    Change(
        'a store without a driver',
        ('enabled-backends-syntax',),
        sections=default(enabled_backends='local'),
    ),
    Change(
        'a store with an empty driver',
        sections=default(enabled_backends='local:file,other:'),
    ),
    Change(
        'a comma at the end',
        sections=default(enabled_backends='local:file,'),
    ),
    Change(
        'a driver in capitals',
        ('unknown-store', 'default-backend'),
        sections=default(enabled_backends='local:File'),
    ),
    Change(
        'a driver that is gone',
        ('removed-store',),
        sections=default(enabled_backends='local:file,dogs:sheepdog'),
    ),
    Change(
        'a driver that nobody knows',
        ('unknown-store',),
        sections=default(enabled_backends='local:file,other:mine'),
    ),
    Change(
        'a default store with a driver that is gone',
        ('removed-store', 'default-backend'),
        sections=first('sheepdog'),
    ),
    Change(
        'a store of the name of an option group',
        sections={
            'DEFAULT': {'enabled_backends': 'task:file'},
            'glance_store': {'default_backend': 'task'},
            'task': {'filesystem_store_datadir': '{path}/store/images'},
        },
    ),
    Change(
        'a default store that only reads',
        ('default-store-read-only',),
        sections=first('http'),
    ),
    Change(
        'a single store that is not enabled',
        ('default-store',),
        'single store',
        option('glance_store', 'stores', 'http'),
    ),
    *(
        Change(
            f'the single stores {value}',
            ('default-store',),
            'single store',
            option('glance_store', 'stores', value),
        )
        for value in ('[file]', 'file http', 'filesystem')
    ),
    Change(
        'an empty single store',
        ('unknown-store',),
        'single store',
        option('glance_store', 'default_store', ''),
    ),
    Change(
        'a single store that nobody knows',
        ('default-store', 'value-refused'),
        'single store',
        option('glance_store', 'default_store', 'mine'),
    ),
    Change(
        'a single store that is gone',
        ('removed-store', 'default-store'),
        'single store',
        option('glance_store', 'default_store', 'sheepdog'),
    ),
    Change(
        'a store that is gone among the single one',
        ('removed-store',),
        'single store',
        option('glance_store', 'stores', 'file,http,sheepdog'),
    ),
    Change(
        'a single store by its class',
        ('legacy-stores',),
        'single store',
        option('glance_store', 'stores', 'glance.store.filesystem.Store'),
    ),
    Change(
        'the single store is VMware',
        ('store-python-deps', 'vmware-unconfigured'),
        'single store',
        {'glance_store': {'stores': 'vmware', 'default_store': 'vsphere'}},
    ),
    Change(
        'no staging store',
        ('reserved-stores',),
        sections=merged(
            SHARED, option(STAGING, 'filesystem_store_datadir', None)
        ),
        since=31,
    ),
    Change(
        'an empty staging store',
        ('reserved-stores', 'staging-empty'),
        sections=merged(
            SHARED, option(STAGING, 'filesystem_store_datadir', '')
        ),
    ),
    Change(
        'no store of tasks',
        ('reserved-stores',),
        sections=merged(
            SHARED, option(TASKS, 'filesystem_store_datadir', None)
        ),
        since=31,
    ),
    Change(
        'staging within the store',
        ('fs-same-dir',),
        sections=option(
            STAGING, 'filesystem_store_datadir', '{path}/store/images'
        ),
    ),
    Change(
        'a staging directory that cannot be made',
        ('staging-directory',),
        sections=option(
            STAGING, 'filesystem_store_datadir', '{path}/glance-api.conf/a'
        ),
    ),
    Change(
        'staging at no URL',
        ('staging-uri',),
        'single store',
        default(node_staging_uri='{path}/store'),
    ),
    Change(
        'staging at a web server',
        ('staging-uri',),
        'single store',
        default(node_staging_uri='http://127.0.0.1/a'),
    ),
    Change(
        'staging in a directory without a root',
        ('staging-uri',),
        'single store',
        default(node_staging_uri='file://staging'),
    ),
    Change(
        'an empty URL of staging',
        ('staging-uri',),
        'single store',
        default(node_staging_uri=''),
    ),
    *(
        Change(
            f'a staging store at {path}',
            ('staging-relative',),
            sections=option(STAGING, 'filesystem_store_datadir', path),
        )
        for path in ('staging', 'file://{path}/store/staging')
    ),
    Change(
        'a URL of staging beside stores',
        ('staging-ignored',),
        sections=default(node_staging_uri='file://{path}/old'),
    ),
    Change(
        'two stores in one directory',
        ('fs-same-dir',),
        sections=beside(
            'file', filesystem_store_datadir='{path}/store/images'
        ),
    ),
    Change(
        'both options of directories',
        ('fs-directory-options',),
        sections=local(filesystem_store_datadirs=['{path}/store/a:1']),
    ),
    Change(
        'the directories of old',
        ('fs-datadirs',),
        sections=local(
            filesystem_store_datadir='',
            filesystem_store_datadirs=['{path}/store/a:1'],
        ),
    ),
    Change(
        'a directory twice',
        ('fs-directory-options',),
        sections=local(
            filesystem_store_datadir='',
            filesystem_store_datadirs=['{path}/store/a:1', '{path}/store/a:2'],
        ),
    ),
    Change(
        'a directory with a priority that is none',
        ('fs-directory-options',),
        sections=local(
            filesystem_store_datadir='',
            filesystem_store_datadirs=['{path}/store/a:high'],
        ),
    ),
    Change(
        'an empty directory',
        ('fs-directory-options',),
        sections=local(filesystem_store_datadir=''),
    ),
    Change(
        'a directory that cannot be made',
        ('fs-datadir',),
        sections=local(filesystem_store_datadir='{path}/glance-api.conf/a'),
    ),
    Change(
        'a directory by a reference to what nobody knows',
        sections={
            'DEFAULT': {'state_path': '{path}/store'},
            'local': {'filesystem_store_datadir': '$state_path/images'},
        },
    ),
    Change(
        'a directory of a relative path',
        sections=local(filesystem_store_datadir='store/images'),
    ),
    *(
        Change(
            f'the directory {name}',
            ('fs-path',),
            sections=local(filesystem_store_datadir=f'{{path}}/{name}'),
        )
        for name in ('images # of Glance', 'images?')
    ),
    *(
        Change(
            f'the permissions {value or "of nothing"}',
            ('fs-file-perm',),
            sections=local(filesystem_store_file_perm=value),
        )
        for value in ('680', '044', '', '0o640', '-1', '01000', 'rw')
    ),
    Change(
        'the permissions of nothing, of all stores',
        ('value-refused',),
        sections=option('backend_defaults', 'filesystem_store_file_perm', ''),
    ),
    Change(
        'the permissions of nothing, of the single store',
        ('value-refused',),
        'single store',
        option('glance_store', 'filesystem_store_file_perm', ''),
    ),
    Change(
        'metadata that is not there',
        ('fs-metadata-file',),
        sections=local(filesystem_store_metadata_file='/missing.json'),
    ),
    Change(
        'metadata that is no JSON',
        ('fs-metadata-file',),
        sections=local(
            filesystem_store_metadata_file='{path}/glance-api.conf'
        ),
    ),
    Change(
        'metadata that is well',
        sections=local(filesystem_store_metadata_file='{path}/meta.json'),
        files={'meta.json': METADATA},
    ),
    Change(
        'metadata without a mount point',
        ('fs-metadata-file',),
        sections=local(filesystem_store_metadata_file='{path}/meta.json'),
        files={'meta.json': '{"id": "a"}'},
    ),
    Change(
        'metadata with a number',
        ('fs-metadata-file',),
        sections=local(filesystem_store_metadata_file='{path}/meta.json'),
        files={'meta.json': '{"id": "a", "mountpoint": "/", "port": 5}'},
    ),
    Change(
        'metadata with more',
        sections=local(filesystem_store_metadata_file='{path}/meta.json'),
        files={'meta.json': '{"id": "a", "mountpoint": "/", "x": ["5"]}'},
    ),
    Change(
        'a chunk of no size',
        sections=local(filesystem_store_chunk_size='0'),
    ),
    Change(
        'version 2 of Keystone',
        ('swift-auth',),
        'swift beside',
        beside('swift', swift_store_auth_version='2'),
    ),
    Change(
        'Swift without its configuration',
        ('swift-config-file',),
        'swift by default',
        option('other', 'swift_store_config_file', 'missing.conf'),
    ),
    Change(
        'Swift beside, without its configuration',
        ('swift-config-file',),
        'swift beside',
        option('other', 'swift_store_config_file', 'missing.conf'),
    ),
    Change(
        'Swift with two ways to its account',
        ('swift-multi-tenant',),
        'swift by default',
        {
            'other': {
                'swift_store_config_file': '{path}/glance-api.conf',
                'swift_store_multi_tenant': 'true',
            }
        },
    ),
    Change(
        'Swift without an account',
        ('swift-unconfigured',),
        'swift by default',
        {'other': dict.fromkeys(SWIFT)},
    ),
    Change(
        'Swift without a key',
        ('swift-unconfigured',),
        'swift by default',
        option('other', 'swift_store_key', None),
    ),
    *(
        Change(
            f'Swift with a buffer {name}',
            ('swift-buffer',),
            'swift beside',
            {'other': {'swift_buffer_on_upload': 'true', **options}},
        )
        for name, options in (
            ('nowhere', {}),
            ('that is not there', {BUFFER: '{path}/buffer'}),
            ('that is there', {BUFFER: '{path}/store'}),
        )
    ),
    *(
        Change(
            f'Swift {where}, with the seed {seed}',
            ('value-refused',),
            f'swift {where}',
            option('other', 'swift_store_multiple_containers_seed', seed),
        )
        for where in ('by default', 'beside')
        for seed in ('3', '33')
    ),
    Change(
        'S3 without options',
        ('s3-unconfigured',),
        's3 by default',
        {'other': dict.fromkeys(S3)},
    ),
    *(
        Change(
            f'S3 without {name}',
            ('s3-unconfigured',),
            's3 by default',
            option('other', name, None),
        )
        for name in S3
    ),
    Change(
        'S3 of a wrong format of addresses',
        ('value-refused',),
        's3 beside',
        option('other', 's3_store_bucket_url_format', 'neither'),
    ),
    Change(
        'S3 at a host that is no URL',
        ('s3-unconfigured',),
        's3 by default',
        option('other', 's3_store_host', '127.0.0.1:1'),
        since=20,
    ),
    Change(
        'S3 with small parts',
        ('s3-unconfigured',),
        's3 by default',
        option('other', 's3_store_large_object_chunk_size', '1'),
    ),
    Change(
        'Cinder without credentials',
        ('cinder-start',),
        sections=beside('cinder', cinder_volume_type=cloud.VOLUME_TYPE),
    ),
    Change(
        'Cinder without a password',
        ('cinder-start',),
        'cinder beside',
        option('other', 'cinder_store_password', None),
    ),
    Change(
        'Cinder without a place for locks',
        ('location-lock-path',),
        'cinder beside',
        option('oslo_concurrency', 'lock_path', None),
    ),
    Change(
        'Cinder with a Keystone that is no URL',
        ('cinder-start',),
        'cinder beside',
        option('other', 'cinder_store_auth_address', '127.0.0.1:5000/v3'),
        since=21,
    ),
    Change(
        'Cinder without a volume type',
        ('cinder-volume-type',),
        'cinder beside',
        option('other', 'cinder_volume_type', None),
    ),
    Change(
        'version 2 of Cinder',
        ('cinder-catalog-info',),
        'cinder beside',
        option('other', 'cinder_catalog_info', 'volumev2::publicURL'),
    ),
    Change(
        'a catalogue entry of Cinder that is none',
        ('cinder-catalog-info',),
        'cinder beside',
        option('other', 'cinder_catalog_info', 'volumev3'),
    ),
    Change(
        'Cinder without os-brick locks',
        ('cinder-lock-path',),
        'cinder beside',
        option('os_brick', 'lock_path', '{path}/elsewhere'),
    ),
    Change(
        'RBD without its library',
        ('store-python-deps',),
        sections=first('rbd'),
    ),
    Change('RBD beside, without its library', sections=beside('rbd')),
    Change(
        'a time limit of RBD',
        ('rbd-timeout',),
        sections=beside('rbd', rados_connect_timeout='10'),
    ),
    Change(
        'VMware beside',
        ('vmware', 'vmware-unconfigured'),
        sections=beside('vmware'),
    ),
    Change(
        'VMware without a password',
        ('vmware-unconfigured',),
        sections=beside(
            'vmware',
            vmware_server_host='127.0.0.1',
            vmware_server_username='glance',
        ),
    ),
    Change(
        'the option of a strategy',
        ('location-strategy',),
        sections=default(location_strategy='store_type'),
    ),
    Change(
        'the weight of a store is no number',
        ('value-refused',),
        sections=local(weight='heavy'),
    ),
    Change(
        'the single store with both options of directories',
        ('fs-directory-options',),
        'single store',
        option(
            'glance_store', 'filesystem_store_datadirs', ['{path}/store/a:1']
        ),
    ),
)
