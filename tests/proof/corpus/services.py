# SPDX-License-Identifier: Apache-2.0
"""Options of what Glance talks with that something is wrong with."""

from tests.proof.corpus.change import Change, default, option

NOTIFIES = 'oslo_messaging_notifications'
AUTH = 'keystone_authtoken'
LOGGING = """
[loggers]
keys = root
[handlers]
keys = stderr
[formatters]
keys = plain
[logger_root]
level = INFO
handlers = stderr
[handler_stderr]
class = StreamHandler
args = (sys.stderr,)
formatter = plain
[formatter_plain]
class = oslo_log.formatters.ContextFormatter
"""
GONE = dict.fromkeys(
    (
        'auth_type',
        'auth_url',
        'www_authenticate_uri',
        'username',
        'password',
        'project_name',
        'user_domain_name',
        'project_domain_name',
    )
)

HAZARDS = (
    *(
        Change(
            f'the transport {url}',
            ('transport',),
            sections=default(transport_url=url),
        )
        for url in ('zmq://127.0.0.1', 'amqp://127.0.0.1', 'qpid://127.0.0.1')
    ),
    *(
        Change(
            f'the transport {url or "of nothing"}',
            ('transport-url',),
            sections=default(transport_url=url),
        )
        for url in (
            '//127.0.0.1',
            'rabbit://h:x',
            'rabbit:127.0.0.1',
            '127.0.0.1:5672',
            'Rabbit://127.0.0.1:1',
            'rabbit://a:p@ss@127.0.0.1:1/',
            'rabbit://a:b@h1:1,a:b@h2:1/',
            'rabbit://a:b@h1:1,h2/?ssl=1',
            'rabbit://[::1]:1/',
            'rabbit://a:p%40@127.0.0.1:1/%2F',
            'rabbit://a:b@127.0.0.1:1/?heartbeat=60',
            'rabbit://a:b@127.0.0.1:1/?ssl=maybe',
            'rabbit://a:b@127.0.0.1:1/?conn_pool_ttl=60',
            '',
        )
    ),
    *(
        Change(
            f'the pool {name} = {size}',
            ('transport-pool',),
            'rabbit',
            option('oslo_messaging_rabbit', name, size),
        )
        for name, size in (
            ('rpc_conn_pool_size', '1'),
            ('conn_pool_min_size', '31'),
        )
    ),
    Change(
        'a pool of another transport',
        sections=option('oslo_messaging_rabbit', 'rpc_conn_pool_size', '1'),
    ),
    Change(
        'a transport of notifications without a port',
        ('transport-url',),
        sections=option(NOTIFIES, 'transport_url', 'rabbit://h:x'),
    ),
    Change(
        'Kafka without its library',
        ('kafka-client',),
        sections=default(transport_url='kafka://127.0.0.1:1'),
    ),
    Change(
        'a driver of notifications that nobody knows',
        ('notification-driver',),
        sections=option(NOTIFIES, 'driver', 'mine'),
    ),
    Change(
        'two drivers of notifications',
        sections=option(NOTIFIES, 'driver', ['log', 'noop']),
    ),
    Change(
        'old names of notifications',
        ('notif-opts',),
        sections=default(notification_driver='messaging', rabbit_host='a'),
    ),
    Change(
        'no options of Keystone',
        ('keystone-auth-incomplete',),
        'keystone',
        {AUTH: GONE},
    ),
    Change(
        'old options of Keystone',
        ('keystone-old-opts',),
        'keystone',
        {
            AUTH: {
                **GONE,
                'identity_uri': 'http://127.0.0.1:{port}',
                'admin_user': 'glance',
                'admin_password': 'password',
                'admin_tenant_name': 'service',
            }
        },
    ),
    *(
        Change(
            f'Keystone without {name}',
            ('keystone-auth-incomplete',),
            'keystone',
            option(AUTH, name, None),
        )
        for name in (
            'auth_type',
            'auth_url',
            'username',
            'password',
            'project_name',
            'user_domain_name',
            'project_domain_name',
            'www_authenticate_uri',
        )
    ),
    Change(
        'a plug-in of Keystone in capitals',
        ('keystone-auth-type',),
        'keystone',
        option(AUTH, 'auth_type', 'Password'),
    ),
    Change(
        'version 3 of the plug-in',
        base='keystone',
        sections=option(AUTH, 'auth_type', 'v3password'),
    ),
    Change(
        'version 2 of the plug-in',
        ('keystone-auth-type',),
        'keystone',
        option(AUTH, 'auth_type', 'v2password'),
    ),
    Change(
        'a version of Keystone that is none',
        ('keystone-auth-version',),
        'keystone',
        option(AUTH, 'auth_version', 'three'),
    ),
    Change(
        'version 2 of Keystone, in its options',
        ('keystone-auth-version',),
        'keystone',
        option(AUTH, 'auth_version', 'v2.0'),
    ),
    *(
        Change(
            f'{name} = {value} for Keystone',
            ('keystone-values',),
            'keystone',
            option(AUTH, name, value),
        )
        for name, value in (
            ('auth_url', '127.0.0.1:5000/v3'),
            ('interface', 'nonsense'),
            ('interface', 'PUBLIC'),
            ('http_connect_timeout', '0'),
            ('http_connect_timeout', '-1'),
            ('domain_name', 'Default'),
            ('system_scope', 'all'),
            ('trust_id', '5'),
        )
    ),
    *(
        Change(
            f'{name} = {value} for Keystone',
            base='keystone',
            sections=option(AUTH, name, value),
        )
        for name, value in (
            ('interface', 'internalURL'),
            ('interface', ''),
            ('http_connect_timeout', '5'),
            ('keyfile', '/no/such/file'),
        )
    ),
    Change(
        'two things to get access to, for version 3 of the plug-in',
        ('keystone-values',),
        'keystone',
        {AUTH: {'auth_type': 'v3password', 'domain_name': 'Default'}},
    ),
    Change(
        'a certificate for Keystone that is not there',
        ('keystone-files',),
        'keystone',
        option(AUTH, 'certfile', '/no/such/file'),
    ),
    Change(
        'certificates of a cache that are not there',
        ('keystone-files',),
        'keystone',
        {
            AUTH: {
                'memcache_tls_enabled': 'true',
                'memcache_tls_cafile': '/no/such/file',
            }
        },
    ),
    Change(
        'a cache of tokens without its key',
        ('keystone-memcache-key',),
        'keystone',
        option(AUTH, 'memcache_security_strategy', 'MAC'),
    ),
    Change(
        'a cache of tokens of a strategy that is none',
        ('value-refused',),
        'keystone',
        option(AUTH, 'memcache_security_strategy', 'SIGN'),
    ),
    Change(
        'a cache of tokens without its library',
        ('memcache-client',),
        'keystone',
        option(AUTH, 'memcached_servers', '127.0.0.1:1'),
    ),
    Change(
        'old roles of services',
        ('service-token-roles',),
        'keystone',
        option(AUTH, 'service_token_roles_required', 'false'),
    ),
    Change(
        'a key manager that is not there',
        ('key-manager-backend',),
        sections=option('key_manager', 'backend', 'fixed'),
    ),
    Change(
        'sources with bits of hosts',
        ('healthcheck-sources',),
        sections=option('healthcheck', 'allowed_source_ranges', '127.0.0.1/8'),
    ),
    Change(
        'a healthcheck that nobody knows',
        ('healthcheck-backends',),
        sections=option('healthcheck', 'backends', 'mine'),
    ),
    Change(
        'quotas of Keystone without an endpoint',
        ('keystone-limits',),
        sections=default(use_keystone_limits='true'),
    ),
    Change(
        'a plug-in of quotas that is none',
        ('keystone-limits',),
        sections=option('oslo_limit', 'auth_type', 'passwort'),
    ),
    Change(
        'levels of logs in small letters',
        ('log-levels',),
        sections=default(default_log_levels='amqp=WARN,oslo=warn'),
    ),
    Change(
        'levels of logs without a level',
        ('log-levels',),
        sections=default(default_log_levels='amqp'),
    ),
    Change(
        'no levels of logs',
        sections=default(default_log_levels=''),
    ),
    Change(
        'a facility that is none',
        ('log-facility',),
        sections=default(use_syslog='true', syslog_log_facility='LOG_KERN'),
    ),
    Change(
        'a facility that is none, of what is off',
        sections=default(syslog_log_facility='LOG_KERN'),
    ),
    *(
        Change(
            f'a log that is rotated at {number} {unit}',
            ('log-rotation',),
            sections=default(
                log_file='{path}/store/api.log',
                log_rotation_type='interval',
                log_rotate_interval=number,
                log_rotate_interval_type=unit,
            ),
        )
        for number, unit in (
            ('7', 'weekday'),
            ('0', 'Weekday'),
            ('0', 'days'),
            ('0', 'midnight'),
            ('2', 'hours'),
        )
    ),
    Change(
        'a directory of logs that is not there',
        ('log-directory',),
        sections=default(log_dir='{path}/log'),
    ),
    Change(
        'a directory of logs by a relative path',
        ('log-relative',),
        sections=default(log_dir='log'),
    ),
    Change(
        'a file of logs in a directory that is not there',
        ('log-directory',),
        sections=default(log_file='{path}/log/api.log'),
    ),
    Change(
        'a configuration of logs that is not there',
        ('log-directory',),
        sections=default(log_config_append='{path}/logging.conf'),
    ),
    *(
        Change(
            f'a configuration of logs {name}',
            ('log-config-broken',) if broken else (),
            sections=default(log_config_append='{path}/logging.conf'),
            files={'logging.conf': content},
        )
        for name, broken, content in (
            ('that is well', False, LOGGING),
            ('that is none', True, '[loggers]\nkeys = root\n'),
            ('of nothing', True, ''),
            (
                'without the handler that it names',
                True,
                LOGGING.replace('handlers = stderr', 'handlers = file'),
            ),
            (
                'of a level that is none',
                True,
                LOGGING.replace('INFO', 'VERBOSE'),
            ),
        )
    ),
    Change(
        'a directory of reports that is not there',
        ('log-directory',),
        sections=option('oslo_reports', 'file_event_handler', '{path}/none'),
    ),
    Change(
        'the journal without its library',
        ('journal-client',),
        sections=default(use_journal='true'),
    ),
    Change(
        'a profiler that writes to Jaeger',
        ('profiler-jaeger',),
        sections={
            'profiler': {
                'enabled': 'true',
                'hmac_keys': 'SECRET',
                'connection_string': 'jaeger://127.0.0.1:6831',
            }
        },
    ),
    Change(
        'the options of the server',
        ('standalone-server',),
        sections=default(workers='abc', bind_port='9292'),
    ),
    Change(
        'certificates of the server',
        ('native-tls',),
        sections=default(cert_file='/etc/a.pem', key_file='/etc/a.key'),
    ),
    Change(
        'the options of the registry',
        ('registry',),
        sections=default(
            registry_host='127.0.0.1', data_api='glance.db.registry.api'
        ),
    ),
)
