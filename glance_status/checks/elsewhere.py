# SPDX-License-Identifier: Apache-2.0
"""Options that a finding of their own speaks for."""

import typing

from glance_status.checks import (
    database_options,
    keystone_options,
    messaging_options,
    registry,
    renames,
)

# The standalone server's: uWSGI or mod_wsgi decide what they decided.
_SERVER = (
    'backlog',
    'bind_host',
    'bind_port',
    'client_socket_timeout',
    'http_keepalive',
    'max_header_line',
    'tcp_keepidle',
    'workers',
)


def _names(
    old: typing.Iterable[renames.Rename], finding: str
) -> dict[tuple[str, str], str]:
    return {(item.section, item.option): finding for item in old}


FINDINGS: dict[tuple[str, str], str] = {
    **{('DEFAULT', name): 'standalone-server' for name in _SERVER},
    **{('DEFAULT', name): 'registry' for name in registry.OPTIONS},
    **{
        ('keystone_authtoken', name): 'keystone-old-opts'
        for name in keystone_options.ADMIN
    },
    **_names(database_options.CONNECTIONS, 'db-connection'),
    **_names(database_options.RENAMES, 'db-alias-opts'),
    **_names(keystone_options.RENAMES, 'keystone-old-opts'),
    **_names(messaging_options.RENAMES, 'notif-opts'),
    ('DEFAULT', 'admin_role'): 'admin-role',
    ('DEFAULT', 'ca_file'): 'native-tls',
    ('DEFAULT', 'cache_prefetcher_interval'): 'cache-prefetch-opt',
    ('DEFAULT', 'cert_file'): 'native-tls',
    ('DEFAULT', 'digest_algorithm'): 'digest-alg',
    ('DEFAULT', 'enable_secure_rbac'): 'policy-secure-rbac',
    ('DEFAULT', 'enabled_backends'): 'enabled-backends-syntax',
    ('DEFAULT', 'enabled_import_methods'): 'import-methods',
    ('DEFAULT', 'enforce_secure_rbac'): 'policy-secure-rbac',
    ('DEFAULT', 'image_cache_driver'): 'cache-driver',
    ('DEFAULT', 'image_cache_sqlite_db'): 'cache-sqlite-deprecated',
    ('DEFAULT', 'key_file'): 'native-tls',
    ('DEFAULT', 'location_strategy'): 'location-strategy',
    ('DEFAULT', 'metadata_encryption_key'): 'metadata-key',
    ('DEFAULT', 'owner_is_tenant'): 'owner-is-tenant',
    ('DEFAULT', 'policy_default_rule'): 'policy-file-alias',
    ('DEFAULT', 'policy_dirs'): 'policy-file-alias',
    ('DEFAULT', 'policy_file'): 'policy-file-alias',
    ('DEFAULT', 'secure_proxy_ssl_header'): 'proxy-headers',
    ('DEFAULT', 'show_image_direct_url'): 'multi-locations',
    ('DEFAULT', 'show_multiple_locations'): 'multi-locations',
    ('DEFAULT', 'transport_url'): 'transport',
    ('database', 'connection'): 'db-connection',
    ('database', 'slave_connection'): 'db-driver-url',
    ('glance_store', 'default_store'): 'legacy-stores',
    ('glance_store', 'filesystem_store_datadirs'): 'fs-datadirs',
    ('glance_store', 'stores'): 'legacy-stores',
    ('glance_store', 'swift_store_auth_version'): 'swift-auth',
    ('oslo_policy', 'enforce_scope'): 'policy-scope',
    ('oslo_messaging_notifications', 'transport_url'): 'transport',
    ('store_type_location_strategy', 'store_type_preference'): (
        'location-strategy'
    ),
    ('task', 'task_executor'): 'task-executor',
    ('backend:file', 'filesystem_store_datadirs'): 'fs-datadirs',
    ('backend:swift', 'swift_store_auth_version'): 'swift-auth',
    ('backend:vmware', '*'): 'vmware',
}
"""{(table, option): the finding}; a table is a group, or what
``lifecycle`` calls one, and an option of ``*`` is all of them."""

VALUES = frozenset(
    {
        ('DEFAULT', 'enabled_backends'),
        ('DEFAULT', 'enabled_import_methods'),
        ('DEFAULT', 'image_cache_driver'),
        ('glance_store', 'default_store'),
        ('glance_store', 'swift_store_auth_version'),
        ('task', 'task_executor'),
        ('backend:swift', 'swift_store_auth_version'),
    }
)
"""Those of which it speaks also where the target refuses the value.

import-list-syntax speaks of lists without their brackets.
"""


def speaks(table: str, option: str) -> bool:
    """Tell whether another finding speaks of an option."""
    return (table, option) in FINDINGS or (table, '*') in FINDINGS
