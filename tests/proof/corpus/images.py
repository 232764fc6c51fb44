# SPDX-License-Identifier: Apache-2.0
"""Options of images and their imports that something is wrong with."""

from tests.proof.corpus.change import Change, default, option

FILTERS = 'import_filtering_opts'
# What is answered where the import of staged images is not enabled.
NOT_STAGED = {
    'stage': '404',
    'import': '400',
    'imported': '200 queued',
    'content of imported': '204',
}

HAZARDS = (
    *(
        Change(
            f'import methods {value or "of nothing"}',
            ('import-methods',),
            sections=default(enabled_import_methods=value),
        )
        for value in (
            'glance-direct,web-download',
            '[glance-direct,copy]',
            '[glance-direct',
            '[web_download]',
            '[Glance-Direct]',
            '[glance-direct,]',
            '[ ]',
            '',
        )
    ),
    *(
        Change(
            f'good import methods {value}',
            sections=default(enabled_import_methods=value),
        )
        for value in (
            '[ glance-direct , web-download ]',
            "['glance-direct','web-download']",
            '["glance-direct"]',
        )
    ),
    Change(
        'no import method',
        sections=default(enabled_import_methods='[]'),
        intended=NOT_STAGED,
    ),
    Change(
        'ports without brackets',
        ('import-list-syntax',),
        'web download',
        option(FILTERS, 'allowed_ports', '{port},443'),
    ),
    Change(
        'schemes in capitals',
        ('import-list-syntax',),
        'web download',
        option(FILTERS, 'allowed_schemes', '[HTTP]'),
    ),
    Change(
        'schemes as they stand in addresses',
        ('import-list-syntax',),
        'web download',
        option(FILTERS, 'allowed_schemes', '[http://, https://]'),
    ),
    Change(
        'schemes in capitals and in small letters',
        base='web download',
        sections=option(FILTERS, 'allowed_schemes', '[http, HTTP]'),
    ),
    Change(
        'ports that are no numbers',
        base='web download',
        sections=option(FILTERS, 'allowed_ports', '[http]'),
    ),
    Change(
        'plug-ins of imports without brackets',
        ('import-list-syntax',),
        sections=option(
            'image_import_opts',
            'image_import_plugins',
            'inject_image_metadata',
        ),
    ),
    Change(
        'a plug-in of imports that nobody knows',
        sections=option(
            'image_import_opts', 'image_import_plugins', '[no_such]'
        ),
    ),
    Change(
        'a conversion without its program',
        ('qemu-img-missing',),
        sections=option(
            'image_import_opts', 'image_import_plugins', '[image_conversion]'
        ),
    ),
    Change(
        'a conversion into a format that is none',
        ('value-refused', 'qemu-img-missing'),
        sections={
            'image_import_opts': {
                'image_import_plugins': '[image_conversion]'
            },
            'image_conversion': {'output_format': 'RAW'},
        },
    ),
    Change(
        'addresses of imports are not filtered',
        ('ssrf-imports',),
        sections=default(enabled_import_methods='[web-download]'),
        intended=NOT_STAGED,
    ),
    Change(
        'properties of a reserved name',
        ('inject-reserved',),
        sections={
            'image_import_opts': {
                'image_import_plugins': '[inject_image_metadata]'
            },
            'inject_metadata_properties': {'inject': 'os_glance_mine:a'},
        },
    ),
    Change(
        'properties that are no pairs',
        ('value-refused',),
        sections={
            'image_import_opts': {
                'image_import_plugins': '[inject_image_metadata]'
            },
            'inject_metadata_properties': {'inject': 'mine'},
        },
    ),
    Change(
        'imports without a cap',
        ('image-size-cap',),
        sections=default(image_size_cap=None),
    ),
    Change(
        'an executor of tasks',
        ('task-executor',),
        sections=option('task', 'task_executor', 'eventlet'),
    ),
    Change(
        'the one executor of tasks',
        sections=option('task', 'task_executor', 'taskflow'),
    ),
    Change(
        'the engine of tasks',
        ('value-refused',),
        sections=option('taskflow_executor', 'engine_mode', 'serial'),
    ),
    Change(
        'an engine of tasks that is none',
        ('value-refused',),
        sections=option('taskflow_executor', 'engine_mode', 'quick'),
    ),
    Change(
        'no worker for tasks',
        ('value-refused',),
        sections=option('taskflow_executor', 'max_workers', '0'),
    ),
    *(
        Change(
            f'the key of locations {value}',
            ('metadata-key-size',),
            sections=default(metadata_encryption_key=value),
        )
        for value in ('tooshort', 'seventeen letters', 'fünfzehn Buchst.')
    ),
    Change(
        'a key of locations',
        ('metadata-key',),
        sections=default(metadata_encryption_key='x' * 32),
    ),
    Change(
        'locations are shown',
        ('multi-locations',),
        sections=default(show_multiple_locations='true'),
    ),
    Change(
        'locations at web servers',
        ('http-location-filter',),
        base='http beside',
    ),
    *(
        Change(
            f'the limit {name} = {value}',
            ('api-limits',),
            sections=default(**{name: value}),
        )
        for name in ('limit_param_default', 'api_limit_max')
        for value in ('0', '-1')
    ),
    Change(
        'a public endpoint with an open bracket',
        ('public-endpoint',),
        sections=default(public_endpoint='http://[::1:9292'),
    ),
    Change(
        'a public endpoint in brackets',
        sections=default(public_endpoint='http://[::1]:9292'),
    ),
    *(
        Change(
            f'the quota {value}',
            ('user-storage-quota',),
            sections=default(user_storage_quota=value),
        )
        for value in ('10 GB', '10gb', '-1', '1.5GB', '', '10G', 'GB')
    ),
    *(
        Change(
            f'the hash {value or "of nothing"}',
            ('hashing-algorithm',),
            sections=default(hashing_algorithm=value),
        )
        for value in ('sha-512', 'SHA512', '', 'shake_128', 'sha3_256')
    ),
    *(
        Change(
            f'no {name}',
            ('image-formats-empty',),
            sections=option('image_format', name, ''),
        )
        for name in ('disk_formats', 'container_formats')
    ),
    Change(
        'formats of capitals',
        sections=option('image_format', 'disk_formats', 'RAW,QCOW2'),
    ),
    Change(
        'formats in brackets',
        sections=option('image_format', 'disk_formats', '[raw,qcow2]'),
    ),
    *(
        Change(
            f'formats with {name} between them',
            ('image-formats-empty',),
            sections=option('image_format', 'disk_formats', value),
        )
        for name, value in (
            ('semicolons', 'raw;qcow2'),
            ('spaces', 'raw qcow2'),
        )
    ),
    Change(
        'images that are looked at',
        ('image-format',),
        sections=option('image_format', 'require_image_format_match', 'false'),
    ),
    Change(
        'an algorithm of digests',
        ('digest-alg',),
        sections=default(digest_algorithm='sha1'),
    ),
    Change(
        'an owner that is no project',
        ('owner-is-tenant',),
        sections=default(owner_is_tenant='false'),
    ),
    Change(
        'a role of administrators',
        ('admin-role',),
        sections=default(admin_role='cloud_admin'),
    ),
    Change(
        'a schema of images that is no JSON',
        ('image-schema',),
        files={'schema-image.json': '{'},
    ),
    Change(
        'a schema of images of a name of Glance',
        ('image-schema',),
        files={'schema-image.json': '{"stores": {}}'},
    ),
    Change(
        'a schema of images that is a list',
        ('image-schema',),
        files={'schema-image.json': '["a"]'},
    ),
    *(
        Change(
            f'a schema of images of {text}',
            findings,
            files={'schema-image.json': f'{{"a": {text}}}'},
        )
        for findings, text in (
            (('image-schema',), '{"type": "str"}'),
            (('image-schema',), '{"enum": "a"}'),
            (('image-schema',), '{"type": "string", "required": true}'),
            ((), '{"type": ["string", "null"], "maxLength": 5}'),
        )
    ),
    Change(
        'a schema of images with properties',
        ('image-schema-properties',),
        files={
            'schema-image.json': '{"properties": {"a": {"type": "string"}}}'
        },
    ),
    *(
        Change(
            f'{name} = {value or "nothing"}',
            ('value-refused',),
            sections=default(**{name: value}),
        )
        for name, value in (
            ('image_tag_quota', 'many'),
            ('image_member_quota', ''),
            ('image_property_quota', ''),
            ('image_tag_quota', ''),
            ('image_location_quota', ''),
            ('image_size_cap', ''),
            ('limit_param_default', ''),
            ('api_limit_max', ''),
            ('image_size_cap', '0'),
            ('image_size_cap', '-5'),
            ('image_size_cap', '9223372036854775809'),
            ('image_property_quota', '1.5'),
            ('show_image_direct_url', 'maybe'),
            ('delayed_delete', 'YES'),
            ('do_secure_hash', 'maybe'),
        )
    ),
)
