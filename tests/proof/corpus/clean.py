# SPDX-License-Identifier: Apache-2.0
"""Ways to run Glance well."""

import json

from tests.proof import cloud
from tests.proof.corpus.change import Change, default, merged, option
from tests.unit.checks.test_paste import shipped

SINGLE = {
    'DEFAULT': {
        'enabled_backends': None,
        'node_staging_uri': 'file://{path}/store/staging',
    },
    'glance_store': {
        'default_backend': None,
        'filesystem_store_datadir': '{path}/store/images',
    },
    'os_glance_staging_store': {'filesystem_store_datadir': None},
    'os_glance_tasks_store': {'filesystem_store_datadir': None},
}
"""The one store of old, in place of the named one."""

CACHE = {'image_cache_dir': '{path}/cache'}
URL = {'worker_self_reference_url': 'http://node1.example.com:9292'}
KEYSTONE = {
    'auth_type': 'password',
    'auth_url': '{cloud}',
    'www_authenticate_uri': '{cloud}',
    'username': 'glance',
    'password': 'not-a-real-secret',
    'project_name': 'service',
    'user_domain_name': 'Default',
    'project_domain_name': 'Default',
}
SWIFT = {
    'swift_store_user': 'service:glance',
    'swift_store_key': 'key',
    'swift_store_auth_address': '{cloud}',
    'swift_store_create_container_on_put': 'true',
}
S3 = {
    's3_store_host': 'http://127.0.0.1:1',
    's3_store_access_key': 'key',
    's3_store_secret_key': 'secret',
    's3_store_bucket': 'glance',
}
CINDER = {
    'cinder_volume_type': cloud.VOLUME_TYPE,
    'cinder_store_user_name': 'glance',
    'cinder_store_password': 'password',
    'cinder_store_project_name': 'service',
    'cinder_store_auth_address': '{cloud}',
}
FILTERS = {
    'allowed_hosts': '[127.0.0.1]',
    'allowed_ports': '[{port}]',
    'allowed_schemes': '[http]',
}
PROTECTION = '[x_.*]\ncreate = a\nread = a\nupdate = a\ndelete = a\n'
RULES = '"get_images": "role:reader"\n'
SCHEMA = {'my_property': {'type': 'string', 'description': 'mine'}}


def beside(driver: str, **options: str) -> dict[str, dict[str, str]]:
    """Return a second store, with this driver and these options."""
    return {
        'DEFAULT': {'enabled_backends': f'local:file,other:{driver}'},
        'other': options,
    }


def first(driver: str, **options: str) -> dict[str, dict[str, str]]:
    """Return a default store with this driver and these options."""
    return {
        'DEFAULT': {'enabled_backends': f'other:{driver},local:file'},
        'glance_store': {'default_backend': 'other'},
        'other': options,
    }


def flavor(name: str, **options: str) -> dict[str, dict[str, str]]:
    """Return a flavor of the paste file, and options of [DEFAULT]."""
    return {'paste_deploy': {'flavor': name}, 'DEFAULT': options}


VARIANTS = (
    Change('plain'),
    Change('single store', sections=SINGLE),
    Change(
        'single store, named twice',
        sections=merged(
            SINGLE,
            option('glance_store', 'stores', 'file,http'),
            option('glance_store', 'default_store', 'file'),
        ),
    ),
    Change(
        'two file stores and http',
        sections={
            'DEFAULT': {
                'enabled_backends': 'local:file, other:file , web:http'
            },
            'local': {'weight': '10', 'store_description': 'a disk'},
            'other': {
                'filesystem_store_datadir': '{path}/other',
                'weight': '-5',
            },
        },
    ),
    Change(
        'spaces in names', sections=default(enabled_backends='local :file')
    ),
    Change(
        'caching, central',
        sections=flavor('caching', **CACHE, **URL),
    ),
    Change(
        'cachemanagement, central',
        sections=flavor('cachemanagement', **CACHE, **URL),
    ),
    Change(
        'cachemanagement, xattr',
        sections=flavor(
            'cachemanagement', **CACHE, image_cache_driver='xattr'
        ),
    ),
    Change(
        'cachemanagement, sqlite',
        sections=flavor(
            'cachemanagement', **CACHE, image_cache_driver='sqlite'
        ),
    ),
    Change(
        'keystone',
        sections={**flavor('keystone'), 'keystone_authtoken': KEYSTONE},
    ),
    Change(
        'keystone and cachemanagement',
        sections={
            **flavor('keystone+cachemanagement', **CACHE, **URL),
            'keystone_authtoken': KEYSTONE,
        },
    ),
    Change(
        'paste file of 2023.2',
        paste=lambda _text: shipped(27).replace(
            ' unauthenticated-context ', ' context '
        ),
    ),
    Change('policy in policy.yaml', files={'policy.yaml': RULES}),
    Change(
        'policy in a file of its name',
        sections=option('oslo_policy', 'policy_file', 'mine.yaml'),
        files={'mine.yaml': RULES},
    ),
    Change('policy in a directory', files={'policy.d/mine.yaml': RULES}),
    Change('policy of comments', files={'policy.yaml': '# "default": ""\n'}),
    Change(
        'property protections',
        sections=default(property_protection_file='{path}/protections.conf'),
        files={'protections.conf': PROTECTION},
    ),
    Change('swift beside', sections=beside('swift', **SWIFT)),
    Change('s3 beside', sections=beside('s3', **S3)),
    Change('swift by default', sections=first('swift', **SWIFT)),
    Change('s3 by default', sections=first('s3', **S3)),
    Change('cinder beside', sections=beside('cinder', **CINDER)),
    Change('http beside', sections=beside('http')),
    Change(
        'rabbit',
        sections={
            'DEFAULT': {'transport_url': 'rabbit://a:b@127.0.0.1:1//'},
            'oslo_messaging_notifications': {'driver': 'noop'},
        },
    ),
    Change(
        'notifications into the log',
        sections=option('oslo_messaging_notifications', 'driver', 'log'),
    ),
    Change(
        'log file',
        sections=default(
            log_file='api.log',
            log_dir='{path}/store',
            debug='True',
            default_log_levels='amqp=WARN,glance=DEBUG',
        ),
    ),
    Change(
        'limits and quotas',
        sections=default(
            image_size_cap='1073741824',
            user_storage_quota='10GB',
            image_member_quota='-1',
            image_property_quota='0',
            api_limit_max='1000',
            limit_param_default='25',
            hashing_algorithm='sha256',
        ),
    ),
    Change('web download', sections={'import_filtering_opts': FILTERS}),
    Change(
        'import plug-ins',
        sections={
            'DEFAULT': {
                'enabled_import_methods': '[glance-direct, copy-image]'
            },
            'image_import_opts': {
                'image_import_plugins': '[inject_image_metadata]'
            },
            'inject_metadata_properties': {
                'ignore_user_roles': 'admin',
                'inject': 'os_type:linux, "hw_disk_bus":virtio',
            },
        },
    ),
    Change(
        'directories by reference',
        sections={
            'DEFAULT': {'image_cache_dir': '{path}/store/images'},
            'local': {'filesystem_store_datadir': '$image_cache_dir'},
        },
    ),
    Change(
        'options in glance-image-import.conf',
        files={
            'glance-image-import.conf': '[DEFAULT]\n'
            'enabled_import_methods = [glance-direct]\n'
        },
    ),
    Change(
        'encrypted locations',
        sections=default(metadata_encryption_key='sixteen letters.'),
    ),
    Change(
        'schema of images', files={'schema-image.json': json.dumps(SCHEMA)}
    ),
    Change(
        'behind proxies',
        sections={
            'DEFAULT': {'public_endpoint': 'https://images.example.com'},
            'oslo_middleware': {'enable_proxy_headers_parsing': 'true'},
            'cors': {'allowed_origin': 'https://horizon.example.com'},
        },
    ),
    Change(
        'healthcheck by file',
        sections={
            'healthcheck': {
                'backends': 'disable_by_file',
                'disable_by_file_path': '{path}/down',
                'detailed': 'true',
                'allowed_source_ranges': '127.0.0.0/8, 10.0.0.0/8',
            }
        },
    ),
    Change(
        'formats by name',
        sections={
            'image_format': {
                'disk_formats': 'raw,qcow2,iso',
                'container_formats': 'bare,ova',
            }
        },
    ),
    Change(
        'permissions of files',
        sections=option('local', 'filesystem_store_file_perm', '640'),
    ),
)
