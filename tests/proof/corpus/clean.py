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

STAGED = Change(
    'staging without a store of its own',
    sections={'DEFAULT': {'node_staging_uri': 'file://{path}/store/staging'}},
)
"""What all deployments have beside, where images are staged at a URL."""

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


# What tools that deploy Glance write, with the stores and the database of
# the deployment that all begin with.
KOLLA = {
    'DEFAULT': {
        'debug': 'False',
        'log_file': '{path}/store/glance-api.log',
        'worker_self_reference_url': 'http://192.0.2.1:9292',
        'enabled_backends': 'local:file, web:http',
        'cinder_catalog_info': 'volume:cinder:internalURL',
        'show_image_direct_url': 'True',
    },
    'web': {'store_description': ''},
    'database': {
        'connection_recycle_time': '10',
        'max_pool_size': '1',
        'max_retries': '-1',
    },
    'keystone_authtoken': {
        **KEYSTONE,
        'service_type': 'image',
        'user_domain_id': 'default',
        'project_domain_id': 'default',
        'cafile': '',
        'region_name': 'one',
    },
    'paste_deploy': {'flavor': 'keystone'},
    'oslo_middleware': {'enable_proxy_headers_parsing': 'True'},
    'oslo_messaging_notifications': {
        'transport_url': 'rabbit://openstack:pass@127.0.0.1:1//',
        'driver': 'noop',
    },
    'oslo_messaging_rabbit': {
        'use_queue_manager': 'true',
        'heartbeat_in_pthread': 'false',
        'rabbit_quorum_queue': 'true',
    },
    'image_format': {
        'container_formats': 'ami,ari,aki,bare,ovf,ova,docker,compressed',
    },
    'import_filtering_opts': {'allowed_ports': '[80,443,{port}]'},
    'cors': {'allowed_origin': 'https://cloud.example.com'},
}
DEVSTACK = {
    'DEFAULT': {
        'debug': 'True',
        'use_syslog': 'False',
        'limit_param_default': '100',
        'api_limit_max': '1000',
        'cinder_catalog_info': 'volumev3:cinder:publicURL',
        'image_cache_dir': '{path}/cache',
        'image_cache_driver': 'centralized_db',
        'worker_self_reference_url': 'http://127.0.0.1:60999',
        'public_endpoint': 'http://127.0.0.1/image',
        'enforce_secure_rbac': 'True',
        'show_multiple_locations': 'True',
        'graceful_shutdown_timeout': '5',
        'workers': '2',
        'logging_exception_prefix': (
            'ERROR %(name)s \x1b[01;35m%(instance)s\x1b[00m'
        ),
        'logging_default_format_string': (
            '%(color)s%(levelname)s %(name)s [\x1b[00;36m-%(color)s] '
            '\x1b[01;35m%(instance)s%(color)s%(message)s\x1b[00m'
        ),
        'logging_context_format_string': (
            '%(color)s%(levelname)s %(name)s [\x1b[01;36m'
            '%(global_request_id)s %(request_id)s \x1b[00;36m'
            '%(project_name)s %(user_name)s%(color)s] %(message)s'
        ),
        'logging_debug_format_suffix': (
            '{{(pid=%(process)d) %(funcName)s %(pathname)s:%(lineno)d}}'
        ),
    },
    'keystone_authtoken': {
        **KEYSTONE,
        'interface': 'public',
        'memcached_servers': '',
        'cafile': '',
        'service_token_roles_required': 'True',
    },
    'oslo_limit': {
        'region_name': 'one',
        'endpoint_service_name': 'glance',
        'endpoint_service_type': 'image',
        'endpoint_interface': 'public',
        'endpoint_region_name': 'one',
        'auth_url': '{cloud}',
        'auth_type': 'password',
        'username': 'glance',
        'password': 'secret',
        'system_scope': 'all',
        'user_domain_id': 'default',
    },
    'oslo_messaging_notifications': {'driver': 'noop'},
    'oslo_policy': {'enforce_new_defaults': 'True', 'enforce_scope': 'True'},
    'oslo_reports': {'file_event_handler': '{path}/store'},
    'paste_deploy': {'flavor': 'keystone+cachemanagement'},
    'taskflow_executor': {'conversion_format': 'raw'},
    'cors': {'allowed_origin': '*'},
    'wsgi': {'python_interpreter': '/usr/bin/python3'},
}
ANSIBLE = {
    'DEFAULT': {
        'debug': 'False',
        'use_journal': 'False',
        'fatal_deprecations': 'False',
        'digest_algorithm': 'sha256',
        'transport_url': 'rabbit://glance:p@127.0.0.1:1,glance:p@127.0.0.2:1'
        '//glance?ssl=0',
        'scrub_time': '0',
        'image_cache_dir': '{path}/cache',
        'image_cache_stall_time': '86400',
        'image_cache_max_size': '10737418240',
        'enabled_import_methods': '[web-download,copy-image,glance-direct]',
        'http_keepalive': 'True',
        'rpc_response_timeout': '60',
        'executor_thread_pool_size': '64',
        'image_member_quota': '128',
        **URL,
    },
    'task': {'task_executor': 'taskflow', 'work_dir': '{path}/store/tasks'},
    'database': {
        'max_overflow': '50',
        'max_pool_size': '5',
        'connection_recycle_time': '600',
    },
    'keystone_authtoken': {
        **KEYSTONE,
        'insecure': 'True',
        'auth_version': 'v3',
        'token_cache_time': '300',
        'service_token_roles': 'service',
        'service_token_roles_required': 'False',
        'memcache_security_strategy': 'ENCRYPT',
        'memcache_secret_key': 'secret',
    },
    'paste_deploy': {'flavor': 'keystone+caching'},
    'profiler': {'enabled': 'False', 'hmac_keys': 'SECRET_KEY'},
    'oslo_messaging_notifications': {'driver': 'noop', 'topics': 'a,b'},
    'oslo_messaging_rabbit': {
        'ssl': 'False',
        'rpc_conn_pool_size': '30',
        'amqp_durable_queues': 'True',
        'rabbit_transient_queues_ttl': '1800',
    },
    'oslo_policy': {'policy_file': 'policy.yaml', 'policy_dirs': 'policy.d'},
    'oslo_middleware': {'enable_proxy_headers_parsing': 'True'},
    'healthcheck': {'ignore_path': '/healthcheck'},
}

VARIANTS = (
    Change('plain'),
    Change('keystone, as Kolla has it', sections=KOLLA),
    Change('keystone, as DevStack has it', sections=DEVSTACK),
    Change('keystone, as OpenStack-Ansible has it', sections=ANSIBLE),
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
