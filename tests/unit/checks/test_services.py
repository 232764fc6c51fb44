# SPDX-License-Identifier: Apache-2.0
"""Options that Glance takes at its start or at the first request."""

import pathlib

import pytest

from glance_status import context, plugins, results
from glance_status.checks import (
    admin,
    clients,
    database_driver,
    database_options,
    healthcheck,
    key_manager,
    keystone,
    keystone_options,
    limits,
    log_files,
    logs,
    messaging,
    messaging_options,
    registry,
    tasks,
)
from tests.unit import checkers

CHECKS: tuple[plugins.Check, ...] = (
    *admin.CHECKS,
    *healthcheck.CHECKS,
    *key_manager.CHECKS,
    *limits.CHECKS,
    *log_files.CHECKS,
    *logs.CHECKS,
    *tasks.CHECKS,
)
LIMITS = (
    '[DEFAULT]\nuse_keystone_limits = true\n[oslo_limit]\n'
    'auth_type = password\nauth_url = http://ks\nusername = glance\n'
    'password = secret\n'
)


def found(checker: context.Checker) -> list[tuple[str, int, str]]:
    """Return id, result and message of what the checks find."""
    return [
        (item.id, item.result, item.message)
        for check in CHECKS
        for item in check.function(checker)
    ]


@pytest.mark.parametrize(
    ('text', 'target', 'source'),
    [
        ('', '33', None),
        ('[DEFAULT]\nadmin_role = boss\n', '19', '18'),
        ('[DEFAULT]\nadmin_role =\n', '33', None),
        *(
            (
                '[DEFAULT]\nlog_rotation_type = interval\n'
                f'log_rotate_interval_type = weekday\n{line}\n',
                '33',
                None,
            )
            for line in (
                # Into no file.
                'log_rotate_interval = 7',
                'log_rotate_interval = 6\nlog_dir = /tmp',
                'log_rotate_interval = 0\nlog_dir = /tmp',
                'log_rotate_interval = many\nlog_dir = /tmp',
                'log_dir = /tmp',
            )
        ),
        (
            '[DEFAULT]\nlog_rotation_type = interval\nlog_dir = /tmp\n'
            'log_rotate_interval_type = midnight\nlog_rotate_interval = 0\n',
            '33',
            None,
        ),
        (
            '[DEFAULT]\nlog_rotation_type = interval\nlog_dir = /tmp\n'
            'log_rotate_interval = 1\n',
            '33',
            None,
        ),
        ('[DEFAULT]\nlog_dir = /tmp\nlog_rotate_interval = 0\n', '33', None),
        ('[DEFAULT]\nadmin_role = boss\n', '33', '22'),
        ('[healthcheck]\nallowed_source_ranges = 10.0.0.1/8\n', '27', None),
        (
            '[healthcheck]\nallowed_source_ranges = 10.0.0.0/8, ::1,\n',
            '33',
            None,
        ),
        ('[healthcheck]\nallowed_source_ranges = $ranges\n', '33', None),
        (
            '[healthcheck]\nbackends = enable_by_files,disable_by_file\n',
            '28',
            None,
        ),
        ('[key_manager]\nbackend = vault\n', '33', None),
        ('[key_manager]\nbackend = fixed\n', '18', None),
        (
            '[key_manager]\nbackend = castellan.key_manager.'
            'barbican_key_manager.BarbicanKeyManager\n',
            '33',
            None,
        ),
        (f'{LIMITS}endpoint_id = 1\n', '23', None),
        (f'{LIMITS}endpoint_service_type = image\n', '30', None),
        (LIMITS.replace('true', 'false'), '33', None),
        (LIMITS, '22', None),
        ('[oslo_limit]\nauth_type = nonsense\n', '22', None),
        ('[DEFAULT]\ndefault_log_levels = amqp=WARN, a.b=10\n', '33', None),
        (
            '[DEFAULT]\ndefault_log_levels = nonsense\n'
            'log_config_append = $nowhere\n',
            '33',
            None,
        ),
        ('[DEFAULT]\nsyslog_log_facility = nonsense\n', '33', None),
        (
            '[DEFAULT]\nuse_syslog = 1\nsyslog_log_facility = local0\n',
            '33',
            None,
        ),
        *(
            (
                f'[DEFAULT]\nuse_syslog = 1\nsyslog_log_facility = {name}\n',
                '33',
                None,
            )
            for name in ('local7', '$facility')
        ),
        ('[DEFAULT]\nlog_file = glance.log\nlog_dir = $log\n', '33', None),
        ('[oslo_reports]\nfile_event_handler = /missing\n', '32', None),
        ('[task]\ntask_executor = taskflow\n', '33', None),
        ('[task]\ntask_executor = $executor\n', '33', None),
    ],
)
def test_nothing_to_say(
    tmp_path: pathlib.Path, text: str, target: str, source: str | None
) -> None:
    # So that this is the host that the configuration is about.
    text += f'[local]\nfilesystem_store_datadir = {tmp_path}\n'
    checker = checkers.make(tmp_path, text, target=target, source=source)
    assert found(checker) == []


@pytest.mark.parametrize(
    ('text', 'target', 'expected'),
    [
        *(
            (
                '[DEFAULT]\nadmin_role = boss\n',
                target,
                (
                    'admin-role',
                    results.WARNING,
                    f'[DEFAULT] admin_role is boss ({{at}}2). {title} '
                    'deprecates the option; 22.0.0 ignores it.',
                ),
            )
            for target, title in (('20', 'Ussuri'), ('21', 'Victoria'))
        ),
        (
            '[DEFAULT]\nadmin_role = boss\n',
            '22',
            (
                'admin-role',
                results.WARNING,
                '[DEFAULT] admin_role is boss ({at}2). 22.0.0 and later '
                'ignore it: its users are administrators no more, unless the '
                'policy context_is_admin names the role.',
            ),
        ),
        (
            '[DEFAULT]\nadmin_role = admin\n',
            '33',
            (
                'admin-role',
                results.SUCCESS,
                '[DEFAULT] admin_role is admin ({at}2). 22.0.0 and later '
                'ignore it; the policy context_is_admin names the same role.',
            ),
        ),
        (
            '[healthcheck]\nallowed_source_ranges = 10.0.0.1/8,::1,home\n',
            '28',
            (
                'healthcheck-sources',
                results.FAILURE,
                '[healthcheck] allowed_source_ranges ({at}2) has 10.0.0.1/8, '
                'home, which is no network address: the API would not start.',
            ),
        ),
        (
            '[healthcheck]\nbackends = enable_by_files, disable_by_file\n',
            '29',
            (
                'healthcheck-backends',
                results.FAILURE,
                '[healthcheck] backends ({at}2) has both disable_by_file and '
                'enable_by_files: the API would not start.',
            ),
        ),
        (
            '[key_manager]\nbackend = fixed\n',
            '19',
            (
                'key-manager-backend',
                results.FAILURE,
                '[key_manager] backend is fixed ({at}2), and castellan has '
                'no such key manager: the API would not start.',
            ),
        ),
        (
            '[key_manager]\napi_class = nova.keymgr.conf_key_mgr.Conf\n',
            '33',
            (
                'key-manager-backend',
                results.WARNING,
                '[key_manager] api_class is nova.keymgr.conf_key_mgr.Conf '
                '({at}2), a class that castellan does not have: the API '
                'starts only where it is installed beside it.',
            ),
        ),
        (
            '[DEFAULT]\nuse_keystone_limits = yes\n',
            '29',
            (
                'keystone-limits',
                results.FAILURE,
                '[DEFAULT] use_keystone_limits is true ({at}2), and '
                '[oslo_limit] does not set auth_type, endpoint_id: images '
                'could not be made.',
            ),
        ),
        (
            LIMITS.replace('auth_url', 'url'),
            '30',
            (
                'keystone-limits',
                results.FAILURE,
                '[DEFAULT] use_keystone_limits is true ({at}2), and '
                '[oslo_limit] does not set auth_url, endpoint_id or '
                'endpoint_service_type or endpoint_service_name: images '
                'could not be made.',
            ),
        ),
        (
            '[oslo_limit]\nauth_type = passwort\n',
            '23',
            (
                'keystone-limits',
                results.FAILURE,
                '[oslo_limit] auth_type is passwort ({at}2), and '
                'keystoneauth has no plug-in of this name (did you mean '
                'password?): the API would not start.',
            ),
        ),
        (
            '[DEFAULT]\ndefault_log_levels = amqp=warn, oslo\n',
            '33',
            (
                'log-levels',
                results.FAILURE,
                '[DEFAULT] default_log_levels ({at}2) has amqp=warn, oslo: '
                'Glance would not start.',
            ),
        ),
        (
            '[DEFAULT]\nsyslog_log_facility = local8\nuse_syslog = true\n',
            '33',
            (
                'log-facility',
                results.FAILURE,
                '[DEFAULT] syslog_log_facility is local8 ({at}2): Glance '
                'would not start.',
            ),
        ),
        (
            '[DEFAULT]\nlog_rotation_type = Interval\n'
            'log_rotate_interval_type = Weekday\nlog_rotate_interval = 7\n'
            'log_dir = {dir}\n',
            '33',
            (
                'log-rotation',
                results.FAILURE,
                '[DEFAULT] log_rotate_interval is 7 ({at}4), and '
                'log_rotate_interval_type is weekday: Glance would not '
                'start.',
            ),
        ),
        *(
            (
                '[DEFAULT]\nlog_rotation_type = interval\n'
                f'log_rotate_interval = {number}\nlog_file = {{dir}}/a.log\n'
                f'log_rotate_interval_type = {unit.capitalize()}\n',
                '18',
                (
                    'log-rotation',
                    results.FAILURE,
                    f'[DEFAULT] log_rotate_interval is {number} ({{at}}3), '
                    f'and log_rotate_interval_type is {unit}: Glance would '
                    'hang when it starts.',
                ),
            )
            for number, unit in (
                (0, 'seconds'),
                (0, 'minutes'),
                (0, 'hours'),
                (-1, 'days'),
            )
        ),
        (
            '[DEFAULT]\nlog_rotation_type = interval\nlog_dir = {dir}\n'
            'log_rotate_interval = 0\n',
            '33',
            (
                'log-rotation',
                results.FAILURE,
                '[DEFAULT] log_rotate_interval is 0 ({at}4), and '
                'log_rotate_interval_type is days: Glance would hang when it '
                'starts.',
            ),
        ),
        (
            '[DEFAULT]\nlog_rotation_type = interval\nlog_dir = {dir}\n'
            'log_rotate_interval = -1\nlog_rotate_interval_type = weekday\n',
            '33',
            (
                'log-rotation',
                results.FAILURE,
                '[DEFAULT] log_rotate_interval is -1 ({at}4), and '
                'log_rotate_interval_type is weekday: Glance would not '
                'start.',
            ),
        ),
        (
            '[DEFAULT]\nlog_dir = {dir}/log\n',
            '33',
            (
                'log-directory',
                results.FAILURE,
                '[DEFAULT] log_dir ({at}2) needs {dir}/log, which is not on '
                'this host: Glance would not start.',
            ),
        ),
        (
            '[DEFAULT]\nlog_file = {dir}/log/glance.log\n',
            '18',
            (
                'log-directory',
                results.FAILURE,
                '[DEFAULT] log_file ({at}2) needs {dir}/log, which is not on '
                'this host: Glance would not start.',
            ),
        ),
        (
            '[DEFAULT]\nlog_config_append = {dir}/logging.conf\n',
            '18',
            (
                'log-directory',
                results.FAILURE,
                '[DEFAULT] log_config_append ({at}2) needs '
                '{dir}/logging.conf, which is not on this host: Glance would '
                'not start.',
            ),
        ),
        (
            '[oslo_reports]\nfile_event_handler = {dir}/report\n',
            '33',
            (
                'log-directory',
                results.FAILURE,
                '[oslo_reports] file_event_handler ({at}2) needs '
                '{dir}/report, which is not on this host: Glance would not '
                'start.',
            ),
        ),
        (
            '[task]\ntask_executor = eventlet\n',
            '32',
            (
                'task-executor',
                results.WARNING,
                '[task] task_executor is eventlet ({at}2), which 2026.1 '
                'Gazpacho takes for taskflow; 33.0.0 refuses it.',
            ),
        ),
        (
            '[task]\ntask_executor = eventlet\n',
            '33',
            (
                'task-executor',
                results.FAILURE,
                '[task] task_executor is eventlet ({at}2), and 2026.2 '
                'Hibiscus has none but taskflow: imports and other tasks '
                'would fail.',
            ),
        ),
        (
            '[task]\ntask_executor = TaskFlow\n',
            '18',
            (
                'task-executor',
                results.FAILURE,
                '[task] task_executor is TaskFlow ({at}2), and Stein has '
                'none but taskflow: imports and other tasks would fail.',
            ),
        ),
    ],
)
def test_what_the_target_does_not_take(
    tmp_path: pathlib.Path,
    text: str,
    target: str,
    expected: tuple[str, int, str],
) -> None:
    text = text.format(dir=tmp_path)
    text += f'[local]\nfilesystem_store_datadir = {tmp_path}\n'
    checker = checkers.make(tmp_path, text, target=target)
    identity, result, message = expected
    at = f'{tmp_path}/glance-api.conf, line '
    assert found(checker) == [
        (identity, result, message.format(at=at, dir=tmp_path))
    ]


def test_the_policy_file_has_the_role_already(tmp_path: pathlib.Path) -> None:
    (tmp_path / 'policy.yaml').write_text(
        '"context_is_admin": "role:admin or (role:Boss)"\n'
    )
    text = '[DEFAULT]\nadmin_role = {role}\n'
    assert {
        role: [
            result
            for _name, result, _said in found(
                checkers.make(tmp_path, text.format(role=role))
            )
        ]
        for role in ('boss', 'bos')
    } == {'boss': [results.SUCCESS], 'bos': [results.WARNING]}


@pytest.mark.parametrize(
    ('backends', 'ids'),
    [
        ('disable_by_file', []),
        ('disable_by_file,enable_by_files', ['healthcheck-backends']),
    ],
)
def test_the_paste_file_decides_for_the_health_check(
    tmp_path: pathlib.Path, backends: str, ids: list[str]
) -> None:
    (tmp_path / 'glance-api-paste.ini').write_text(
        f'[app:healthcheck]\nbackends = {backends}\n'
    )
    text = '[healthcheck]\nbackends = disable_by_file,enable_by_files\n'
    checker = checkers.make(tmp_path, text)
    said = (
        f'backends in {tmp_path}/glance-api-paste.ini has both '
        'disable_by_file and enable_by_files: the API would not start.'
    )
    assert found(checker) == [(name, results.FAILURE, said) for name in ids]


def test_a_host_that_has_nothing_of_the_configuration(
    tmp_path: pathlib.Path,
) -> None:
    text = (
        '[DEFAULT]\nlog_dir = /var/log/kolla/glance\nlock_path = /var/lib\n'
        'ca_file = /etc/passwd\n'
        '[local]\nfilesystem_store_datadir = /var/lib/missing/images\n'
    )
    with pytest.raises(context.Inapplicable) as caught:
        log_files.check_files(checkers.make(tmp_path, text))
    assert str(caught.value) == (
        'nothing that the configuration names is on this host: it may be '
        'that of another'
    )


MEMCACHED = (
    '[paste_deploy]\nflavor = keystone\n'
    '[keystone_authtoken]\nmemcached_servers = h:11211\n'
)
JOURNAL = 'use_journal = true\n'
KAFKA = '[DEFAULT]\ntransport_url = kafka://h\n'


def test_client_libraries_are_looked_for_beside_the_target(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert clients.check_clients(checkers.make(tmp_path, '')) == []
    checker = checkers.make(tmp_path, f'{KAFKA}{JOURNAL}{MEMCACHED}')
    with pytest.raises(context.Inapplicable):
        clients.check_clients(checker)
    checkers.install(tmp_path, monkeypatch, 'glance', '33.1.0')
    path = tmp_path / 'glance-api.conf'
    assert [
        (item.id, item.result, item.message)
        for item in clients.check_clients(checker)
    ] == [
        (
            'memcache-client',
            results.FAILURE,
            f'[keystone_authtoken] memcached_servers is set ({path}, line '
            '7), and the Python module memcache is not installed beside '
            'Glance 33.',
        ),
        (
            'kafka-client',
            results.FAILURE,
            f'[DEFAULT] transport_url ({path}, line 2) begins with kafka://, '
            'and the Python module confluent_kafka is not installed beside '
            'Glance 33.',
        ),
        (
            'journal-client',
            results.FAILURE,
            f'[DEFAULT] use_journal is true ({path}, line 3), and the Python '
            'module systemd is not installed beside Glance 33.',
        ),
    ]
    for module in ('memcache', 'confluent_kafka', 'systemd'):
        (tmp_path / f'{module}.py').touch()
    assert clients.check_clients(checker) == []
    sasl = f'{MEMCACHED}memcache_sasl_enabled = true\n'
    (finding,) = clients.check_clients(checkers.make(tmp_path, sasl))
    assert 'the Python module bmemcached' in finding.message


@pytest.mark.parametrize(
    ('text', 'modules'),
    [
        (MEMCACHED.replace('memcached_', 'memcache_'), ['memcache']),
        (MEMCACHED.replace('h:11211', ''), []),
        (MEMCACHED.replace('= keystone', '= caching'), []),
        (KAFKA, ['confluent_kafka']),
        (KAFKA.replace('kafka', 'rabbit'), []),
        (f'[DEFAULT]\n{JOURNAL}', ['systemd']),
        ('[DEFAULT]\nuse_journal = false\n', []),
        (f'[DEFAULT]\n{JOURNAL}log_config_append = logging.conf\n', []),
    ],
)
def test_which_client_libraries_are_needed(
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    modules: list[str],
) -> None:
    checkers.install(tmp_path, monkeypatch, 'glance', '33.1.0')
    findings = clients.check_clients(checkers.make(tmp_path, text))
    assert [
        item.message.partition('the Python module ')[2] for item in findings
    ] == [f'{name} is not installed beside Glance 33.' for name in modules]


def test_as_many_wrong_items_as_are_told(tmp_path: pathlib.Path) -> None:
    items = [f'item{number}' for number in range(11)]
    text = (
        f'[DEFAULT]\ndefault_log_levels = {",".join(items)}\n'
        f'[healthcheck]\nallowed_source_ranges = {",".join(items)}\n'
    )
    checker = checkers.make(tmp_path, text)
    at = f'{tmp_path}/glance-api.conf, line'
    affected = results.Affected(11, tuple(items[:10]))
    shown = ', '.join(items[:10])
    assert healthcheck.check_options(checker) == [
        healthcheck.SOURCES.failure(
            f'[healthcheck] allowed_source_ranges ({at} 4) has {shown}, which '
            'is no network address: the API would not start.',
            affected=affected,
        )
    ]
    assert logs.check_options(checker) == [
        logs.LEVELS.failure(
            f'[DEFAULT] default_log_levels ({at} 2) has {shown}: Glance would '
            'not start.',
            affected=affected,
        )
    ]


@pytest.mark.parametrize(
    'text',
    [
        # The finding of a check of all options.
        '[DEFAULT]\ndefault_log_levels = $no_such_option\n',
        '[DEFAULT]\ndefault_log_levels = $log_dir\nlog_dir = $log_dir\n',
    ],
)
def test_levels_that_cannot_be_had(tmp_path: pathlib.Path, text: str) -> None:
    assert logs.check_options(checkers.make(tmp_path, text)) == []


KEYSTONE = (
    '[keystone_authtoken]\nwww_authenticate_uri = http://vip:5000\n'
    'auth_url = http://vip:5000\nauth_type = password\n'
    'project_domain_id = default\nuser_domain_id = default\n'
    'project_name = service\nusername = glance\npassword = secret\n'
    'memcache_security_strategy = ENCRYPT\nmemcache_secret_key = secret\n'
    'memcached_servers = h1:11211,h2:11211\n[paste_deploy]\n'
    'flavor = keystone\n'
)
CUSTOMARY = {
    'kolla-ansible': (
        '[DEFAULT]\ndebug = False\n'
        'log_file = /var/log/kolla/glance/glance-api.log\n'
        'worker_self_reference_url = http://h1:9292\n'
        'enabled_backends = rbd:rbd\nshow_image_direct_url = True\n'
        'transport_url = rabbit://openstack:a%2Fb@h1:5672,openstack:c@h2:5672'
        '//\n[database]\n'
        'connection = mysql+pymysql://glance:secret@vip:3306/glance\n'
        'connection_recycle_time = 10\nmax_pool_size = 1\n'
        'max_retries = -1\n'
        f'{KEYSTONE}[oslo_middleware]\nenable_proxy_headers_parsing = True\n'
        '[oslo_messaging_notifications]\n'
        'transport_url = rabbit://openstack:c@h1:5672//\ndriver = noop\n'
        '[oslo_messaging_rabbit]\nrabbit_quorum_queue = true\n'
    ),
    'openstack-ansible': (
        '[DEFAULT]\nuse_journal = True\nsyslog_log_facility = LOG_LOCAL6\n'
        'transport_url = rabbit://glance:c@h1:5671,glance:c@h2:5671//glance'
        '?ssl=1&ssl_version=TLSv1_2\n[database]\n'
        'connection = mysql+pymysql://glance:s@vip/glance?charset=utf8&'
        'ssl_verify_cert=true\nmax_overflow = 50\npool_timeout = 30\n'
        f'{KEYSTONE}[keystone_authtoken]\ninsecure = False\n'
        'service_token_roles = service\n[oslo_messaging_notifications]\n'
        'driver = messagingv2\n[oslo_messaging_rabbit]\nssl = True\n'
    ),
    'openstack-helm': (
        '[DEFAULT]\nlog_config_append = /etc/glance/logging.conf\n'
        'transport_url = rabbit://glance:c@rabbitmq.svc:5672/glance\n'
        '[database]\nmax_retries = -1\n'
        'connection = mysql+pymysql://glance:secret@mariadb.svc:3306/glance\n'
        f'{KEYSTONE}[keystone_authtoken]\nauth_version = v3\n'
        'service_type = image\n[oslo_messaging_notifications]\n'
        'driver = messagingv2\n'
    ),
    'devstack': (
        '[DEFAULT]\ndebug = True\nuse_keystone_limits = True\n'
        'logging_exception_prefix = ERROR %(name)s [01;35m%(instance)s\n'
        'transport_url = rabbit://stackrabbit:secret@127.0.0.1:5672/\n'
        '[database]\nconnection = mysql+pymysql://root:secret@127.0.0.1/'
        'glance?charset=utf8&plugin=dbcounter\n'
        f'{KEYSTONE}[keystone_authtoken]\ninterface = public\n'
        'service_token_roles_required = True\n[oslo_limit]\n'
        'auth_type = password\nauth_url = http://vip/identity\n'
        'username = glance\npassword = secret\nsystem_scope = all\n'
        'user_domain_id = default\nendpoint_id = 1f\n'
        '[oslo_messaging_notifications]\ndriver = messagingv2\n'
    ),
    'debian': (
        '[DEFAULT]\n[database]\nbackend = sqlalchemy\n'
        'connection = postgresql://glance:secret@db/glance\n'
        '[glance_store]\nstores = file,http\ndefault_store = file\n'
        f'{KEYSTONE}[keystone_authtoken]\nregion_name = regionOne\n'
    ),
}


@pytest.mark.parametrize('name', CUSTOMARY)
@pytest.mark.parametrize(
    ('source', 'target'), [('26', '28'), ('28', '30'), ('30', '33')]
)
def test_customary_deployments_get_notes_at_most(
    tmp_path: pathlib.Path, name: str, source: str, target: str
) -> None:
    checker = checkers.make(
        tmp_path, CUSTOMARY[name], target=target, source=source
    )
    topics = (
        database_driver,
        database_options,
        keystone,
        keystone_options,
        messaging,
        messaging_options,
        registry,
        *(admin, healthcheck, key_manager, limits, tasks),
    )
    found = {
        (item.id, item.result)
        for topic in topics
        for check in topic.CHECKS
        for item in check.function(checker)
    }
    needs_role = target == '33' and name != 'devstack'
    assert found == (
        {('service-token-roles', results.SUCCESS)} if needs_role else set()
    )
    assert logs.check_options(checker) == []


def test_huge_values_are_cut(tmp_path: pathlib.Path) -> None:
    huge = 'x' * 600_000
    text = (
        f'[DEFAULT]\nadmin_role = {huge}\ndefault_log_levels = a={huge}\n'
        f'[key_manager]\nbackend = {huge}\n[oslo_limit]\n'
        f'auth_type = {huge}\n[task]\ntask_executor = {huge}\n'
        f'[healthcheck]\nallowed_source_ranges = {huge}\n'
    )
    messages = [said for *_rest, said in found(checkers.make(tmp_path, text))]
    assert len(messages) == 6
    assert max(map(len, messages)) < 500


@pytest.mark.parametrize(
    ('options', 'wrong'),
    [
        ('log_dir = {dir}/file\nlog_file = a.log\n', True),
        # Which log that would be, Glance's program decides.
        ('log_dir = {dir}/file\n', False),
        ('log_dir = {dir}\nlog_file = file\n', False),
    ],
)
def test_a_directory_of_logs_that_is_none(
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    options: str,
    wrong: bool,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'file').touch()
    text = f'[DEFAULT]\n{options}[local]\nfilesystem_store_datadir = {{dir}}\n'
    checker = checkers.make(tmp_path, text.format(dir=tmp_path))
    said = (
        f'[DEFAULT] log_dir ({tmp_path}/glance-api.conf, line 2): {tmp_path}/'
        'file is not a directory, and there is no log in it yet: Glance '
        'would not start.'
    )
    assert found(checker) == (
        [('log-unwritable', results.FAILURE, said)] if wrong else []
    )


def test_a_directory_of_logs_that_would_be_none_from_here(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'file').touch()
    text = (
        '[DEFAULT]\nlog_dir = file\nlog_file = a.log\n'
        f'[local]\nfilesystem_store_datadir = {tmp_path}\n'
    )
    names = [name for name, *_rest in found(checkers.make(tmp_path, text))]
    assert names == ['log-relative']


RELATIVE = (
    'is relative: what is there depends on where each service, and '
    'glance-manage, is started.'
)


@pytest.mark.parametrize(
    ('text', 'target', 'name'),
    [
        ('[DEFAULT]\nlog_dir = log\n', '18', '[DEFAULT] log_dir'),
        # It is the directory that decides.
        (
            '[DEFAULT]\nlog_dir = log\nlog_file = a.log\n',
            '33',
            '[DEFAULT] log_dir',
        ),
        ('[DEFAULT]\nlog_file = a.log\n', '33', '[DEFAULT] log_file'),
        (
            '[DEFAULT]\nlog_config_append = a/logging.conf\n',
            '33',
            '[DEFAULT] log_config_append',
        ),
        (
            '[oslo_reports]\nfile_event_handler = reports\n',
            '33',
            '[oslo_reports] file_event_handler',
        ),
        ('[oslo_reports]\nfile_event_handler = reports\n', '32', None),
        ('[DEFAULT]\nlog_dir = $log\n', '33', None),
    ],
)
def test_a_log_by_a_relative_path(
    tmp_path: pathlib.Path, text: str, target: str, name: str | None
) -> None:
    checker = checkers.make(tmp_path, text, target=target)
    place = f'({tmp_path}/glance-api.conf, line 2)'
    assert found(checker) == (
        [('log-relative', results.WARNING, f'{name} {place} {RELATIVE}')]
        if name
        else []
    )


def test_a_log_by_a_relative_path_beside_what_is_missing(
    tmp_path: pathlib.Path,
) -> None:
    text = (
        '[DEFAULT]\nlog_dir = log\n'
        f'[oslo_reports]\nfile_event_handler = {tmp_path}/none\n'
    )
    relative = (
        'log-relative',
        results.WARNING,
        f'[DEFAULT] log_dir ({tmp_path}/glance-api.conf, line 2) {RELATIVE}',
    )
    # Of a copy, what is not on this host says nothing.
    assert found(checkers.make(tmp_path, text)) == [relative]
    text += f'[local]\nfilesystem_store_datadir = {tmp_path}\n'
    assert found(checkers.make(tmp_path, text)) == [
        (
            'log-directory',
            results.FAILURE,
            f'[oslo_reports] file_event_handler ({tmp_path}/glance-api.conf, '
            f'line 4) needs {tmp_path}/none, which is not on this host: '
            'Glance would not start.',
        ),
        relative,
    ]
