# SPDX-License-Identifier: Apache-2.0
"""Options by what their names and values are alone."""

from tests.proof.corpus.change import Change, default, option

HAZARDS = (
    *(
        Change(
            f'[{section}] {name} = {value or "nothing"}',
            ('value-refused',),
            sections=option(section, name, value),
        )
        for section, name, value in (
            ('cors', 'max_age', 'long'),
            ('wsgi', 'task_pool_threads', '0'),
            ('wsgi', 'task_pool_threads', '-1'),
            ('local', 'filesystem_store_chunk_size', 'large'),
            ('local', 'filesystem_store_thin_provisioning', 'maybe'),
            ('local', 'filesystem_store_timeout', '-1'),
            ('database', 'max_retries', 'often'),
            ('database', 'max_pool_size', ''),
            ('database', 'connection_recycle_time', '-5'),
            ('database', 'mysql_sql_mode', ''),
            ('database', 'slave_connection', 'nonsense'),
            ('task', 'task_time_to_live', ''),
            ('image_import_opts', 'max_parallel_stores', '0'),
            ('oslo_concurrency', 'disable_process_locking', 'maybe'),
            ('oslo_middleware', 'enable_proxy_headers_parsing', 'Nope'),
            ('oslo_policy', 'enforce_new_defaults', ''),
            ('oslo_policy', 'remote_timeout', '-1'),
            ('DEFAULT', 'allow_anonymous_access', 'maybe'),
            ('DEFAULT', 'image_member_quota', 'many'),
            ('DEFAULT', 'debug', 'maybe'),
            ('DEFAULT', 'log_rotation_type', 'weekly'),
            ('DEFAULT', 'rpc_response_timeout', 'long'),
            ('DEFAULT', 'executor_thread_pool_size', 'x'),
            ('DEFAULT', 'state_path', '$nothing'),
        )
    ),
    *(
        Change(
            f'[{section}] {name} = $nothing',
            ('value-refused',),
            sections=option(section, name, '$nothing'),
        )
        for section, name in (
            ('DEFAULT', 'public_endpoint'),
            ('DEFAULT', 'image_size_cap'),
            ('DEFAULT', 'log_file'),
            ('DEFAULT', 'transport_url'),
            ('DEFAULT', 'enabled_backends'),
            ('DEFAULT', 'hashing_algorithm'),
            ('DEFAULT', 'image_cache_dir'),
            ('DEFAULT', 'logging_default_format_string'),
            ('glance_store', 'default_backend'),
            ('oslo_policy', 'policy_dirs'),
            ('oslo_policy', 'policy_file'),
            ('paste_deploy', 'flavor'),
            ('healthcheck', 'path'),
            ('healthcheck', 'detailed'),
            # The paste file sets the first two; no backend reads the third.
            ('healthcheck', 'backends'),
            ('healthcheck', 'disable_by_file_path'),
            ('healthcheck', 'disable_by_file_paths'),
            ('import_filtering_opts', 'allowed_ports'),
            # oslo.db takes its own in their place.
            ('database', 'max_retries'),
            ('database', 'connection_parameters'),
            ('database', 'mysql_sql_mode'),
            # No image is signed, or claims to be what it is not.
            ('key_manager', 'password'),
            ('image_format', 'require_image_format_match'),
            ('image_format', 'vmdk_allowed_types'),
            # Not with stores that [DEFAULT] enabled_backends names.
            ('glance_store', 'stores'),
            # No other Glance is asked for images.
            ('glance_download_properties', 'extra_properties'),
            # No image is signed, and none waits to be deleted.
            ('barbican', 'auth_endpoint'),
            ('DEFAULT', 'scrub_time'),
            # Nobody asks Keystone for limits.
            ('oslo_limit', 'auth_url'),
            # No plug-in of imports reads them.
            ('image_conversion', 'output_format'),
            ('inject_metadata_properties', 'inject'),
            ('inject_metadata_properties', 'ignore_user_roles'),
        )
    ),
    Change(
        'a user by a reference to nothing',
        ('value-refused',),
        'keystone',
        option('keystone_authtoken', 'username', '$nothing'),
    ),
    Change(
        'a user by a reference to nothing, and nobody asks',
        ('value-refused',),
        sections=option('keystone_authtoken', 'username', '$nothing'),
    ),
    *(
        Change(
            f'whether strangers may look is {value}',
            ('value-refused',),
            'keystone',
            default(allow_anonymous_access=value),
        )
        for value in ('maybe', '$nothing')
    ),
    Change(
        'a value with a reference to nothing',
        sections=option(
            'local', 'filesystem_store_datadir', '{path}/$nothing'
        ),
    ),
    Change(
        'a value with a dollar',
        sections=option('local', 'store_description', 'a $$ b'),
    ),
    Change(
        'an option that nobody knows',
        ('option-unknown',),
        sections=default(no_such_option='1'),
    ),
    Change(
        'a section that nobody knows',
        ('option-unknown',),
        sections=option('no_such_section', 'a', '1'),
    ),
    Change(
        'an option that is deprecated',
        ('option-deprecated',),
        sections=default(image_cache_sqlite_db='cache.db'),
    ),
    Change(
        'a NUL byte in a configuration file',
        files={'glance-image-import.conf': '[DEFAULT]\n# \0\ndebug = no\n'},
    ),
    Change(
        'an option by its old name',
        ('option-old-name',),
        sections=option('DEFAULT', 'location_strategy', 'location_order'),
    ),
)
