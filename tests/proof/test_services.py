# SPDX-License-Identifier: Apache-2.0
"""What the real Glance refuses of the options around it, and the remedies."""

import json
import pathlib
from typing import Any

import pytest

from glance_status import results
from glance_status.checks import (
    clients,
    database_driver,
    database_options,
    healthcheck,
    key_manager,
    keystone,
    keystone_files,
    keystone_options,
    limits,
    log_files,
    logs,
    messaging,
    tasks,
)
from tests.functional import glance_databases
from tests.proof import real
from tests.unit import checkers

CHECKS = [
    check
    for topic in (
        clients,
        database_driver,
        database_options,
        healthcheck,
        key_manager,
        keystone,
        keystone_files,
        keystone_options,
        limits,
        log_files,
        logs,
        messaging,
        tasks,
    )
    for check in topic.CHECKS
]
IMAGE = {
    'id': '5d5cc0f2-4b0b-4a3f-9a51-6f2f6f6a7d11',
    'name': 'an image',
    'disk_format': 'raw',
    'container_format': 'bare',
}
PATH = f'/v2/images/{IMAGE["id"]}'
LIST = ('GET', '/v2/images', real.ADMIN, '')
WITH_TOKEN = ('GET', '/v2/images', {'X-Auth-Token': 'a-token'}, '')
MAKE = ('POST', '/v2/images', real.ADMIN, json.dumps(IMAGE))
IMPORT = (
    MAKE,
    ('PUT', f'{PATH}/stage', real.UPLOAD, 'content'),
    (
        'POST',
        f'{PATH}/import',
        real.ADMIN,
        json.dumps({'method': {'name': 'glance-direct'}}),
    ),
)
# None is there: whoever gets as far as asking it is not let in.
KEYSTONE = {
    'auth_type': 'password',
    'auth_url': 'http://127.0.0.1:1/v3',
    'username': 'glance',
    'password': 'not-a-real-secret',
    'user_domain_name': 'Default',
    'project_name': 'service',
    'project_domain_name': 'Default',
}

Sections = dict[str, dict[str, Any]]


def ids(conf: pathlib.Path) -> list[str]:
    """Return what the checks say will fail."""
    checker = checkers.of(conf)
    return [
        item.id
        for check in CHECKS
        for item in check.function(checker)
        if item.result == results.FAILURE
    ]


def judged(
    conf: pathlib.Path, *requests: real.Request
) -> tuple[str, list[str]]:
    """Return what Glance makes of it, and what the checks say.

    The former is the type of the error at its start, or the status of the
    last response.
    """
    found = ids(conf)
    answer = real.start(conf, *requests)
    if answer.error:
        return answer.error.partition(':')[0], found
    return str(answer.responses[-1][0]), found


def default(**options: str) -> Sections:
    """Return these options of [DEFAULT]."""
    return {'DEFAULT': options}


@pytest.mark.parametrize(
    ('before', 'refusal', 'expected'),
    [
        (
            default(transport_url='zmq://127.0.0.1'),
            'DriverLoadFailure',
            'transport',
        ),
        (
            default(transport_url='//127.0.0.1'),
            'InvalidTransportURL',
            'transport-url',
        ),
        (
            {
                'oslo_messaging_notifications': {
                    'transport_url': 'rabbit://h:x'
                }
            },
            'ValueError',
            'transport-url',
        ),
        (
            {'key_manager': {'backend': 'fixed'}},
            'ValueError',
            'key-manager-backend',
        ),
        (
            {'healthcheck': {'allowed_source_ranges': '127.0.0.1/8'}},
            'ValueError',
            'healthcheck-sources',
        ),
        (
            {'oslo_limit': {'auth_type': 'passwort'}},
            'NoMatchingPlugin',
            'keystone-limits',
        ),
        (
            default(default_log_levels='amqp=WARN,oslo=warn'),
            'ValueError',
            'log-levels',
        ),
        (
            default(use_syslog='true', syslog_log_facility='LOG_KERN'),
            'TypeError',
            'log-facility',
        ),
        (
            default(
                log_file='{path}/log',
                log_rotation_type='interval',
                log_rotate_interval_type='weekday',
                log_rotate_interval='7',
            ),
            'ValueError',
            'log-rotation',
        ),
        (
            default(log_dir='{path}/log'),
            'FileNotFoundError',
            'log-directory',
        ),
        (
            default(log_config_append='{path}/logging.conf'),
            'LogConfigError',
            'log-directory',
        ),
        (
            {'oslo_reports': {'file_event_handler': '{path}/report'}},
            'FileNotFoundError',
            'log-directory',
        ),
    ],
)
def test_the_real_glance_does_not_start(
    tmp_path: pathlib.Path, before: Sections, refusal: str, expected: str
) -> None:
    with glance_databases.database('sqlite', 'up_to_date', tmp_path) as url:
        conf = real.deployment(tmp_path, url, placed(before, tmp_path))
        assert judged(conf, LIST) == (refusal, [expected])


def test_the_real_glance_starts_after_the_remedies(
    tmp_path: pathlib.Path,
) -> None:
    after: Sections = {
        'DEFAULT': {
            'transport_url': 'rabbit://127.0.0.1:1',
            'default_log_levels': 'amqp=WARN,oslo=10',
            'use_syslog': 'false',
            'syslog_log_facility': 'LOG_DAEMON',
            'log_dir': '{path}/store',
            'log_rotation_type': 'interval',
            'log_rotate_interval_type': 'weekday',
            'log_rotate_interval': '6',
        },
        'oslo_messaging_notifications': {'transport_url': 'fake://'},
        'key_manager': {'backend': 'barbican'},
        'healthcheck': {'allowed_source_ranges': '127.0.0.0/8'},
        'oslo_limit': {'auth_type': 'password'},
        'oslo_reports': {'file_event_handler': '{path}/store'},
    }
    with glance_databases.database('sqlite', 'up_to_date', tmp_path) as url:
        conf = real.deployment(tmp_path, url, placed(after, tmp_path))
        assert judged(conf, LIST) == ('200', [])


def placed(sections: Sections, path: pathlib.Path) -> Sections:
    """Return sections whose values name this path."""
    return {
        section: {
            name: value.format(path=path) for name, value in options.items()
        }
        for section, options in sections.items()
    }


@pytest.mark.parametrize(
    ('options', 'refusal', 'expected'),
    [
        ({}, '500', 'keystone-auth-incomplete'),
        (
            {'identity_uri': 'http://127.0.0.1:1', 'admin_user': 'glance'},
            '500',
            'keystone-old-opts',
        ),
        (
            {**KEYSTONE, 'auth_type': 'Password'},
            'NoMatchingPlugin',
            'keystone-auth-type',
        ),
        (
            {**KEYSTONE, 'auth_url': None},
            'MissingRequiredOptions',
            'keystone-auth-incomplete',
        ),
        ({**KEYSTONE, 'password': None}, '500', 'keystone-auth-incomplete'),
        (
            {**KEYSTONE, 'auth_version': 'three'},
            'TypeError',
            'keystone-auth-version',
        ),
        (
            {
                **KEYSTONE,
                'memcache_tls_enabled': 'true',
                'memcache_tls_cafile': '/no/such/file',
            },
            'FileNotFoundError',
            'keystone-files',
        ),
        (
            {
                **KEYSTONE,
                'auth_url': 'https://127.0.0.1:1/v3',
                'cafile': '/no/such/file',
            },
            '500',
            'keystone-files',
        ),
        (
            {**KEYSTONE, 'memcache_security_strategy': 'MAC'},
            'ConfigurationError',
            'keystone-memcache-key',
        ),
    ],
)
def test_requests_are_not_checked_with_keystone(
    tmp_path: pathlib.Path,
    options: dict[str, Any],
    refusal: str,
    expected: str,
) -> None:
    with glance_databases.database('sqlite', 'up_to_date', tmp_path) as url:
        conf = with_keystone(tmp_path, url, options)
        assert judged(conf, WITH_TOKEN) == (refusal, [expected])


def with_keystone(
    directory: pathlib.Path, url: str, options: dict[str, Any]
) -> pathlib.Path:
    """Write a configuration that goes through Keystone's middleware."""
    sections = {
        'paste_deploy': {'flavor': 'keystone'},
        'keystone_authtoken': options,
    }
    return real.deployment(directory, url, sections)


def test_requests_are_checked_after_the_remedies(
    tmp_path: pathlib.Path,
) -> None:
    options = {
        **KEYSTONE,
        'memcache_security_strategy': 'MAC',
        'memcache_secret_key': 'not-a-real-secret',
    }
    with glance_databases.database('sqlite', 'up_to_date', tmp_path) as url:
        conf = with_keystone(tmp_path, url, options)
        assert judged(conf, WITH_TOKEN) == ('401', [])


@pytest.mark.parametrize(
    ('section', 'option', 'value', 'requests', 'statuses', 'expected'),
    [
        (
            'task',
            'task_executor',
            'eventlet',
            IMPORT,
            ('400', '202'),
            'task-executor',
        ),
        (
            'DEFAULT',
            'use_keystone_limits',
            'true',
            (MAKE,),
            ('500', '201'),
            'keystone-limits',
        ),
    ],
)
def test_requests_succeed_without_the_option(
    tmp_path: pathlib.Path,
    section: str,
    option: str,
    value: str,
    requests: tuple[real.Request, ...],
    statuses: tuple[str, str],
    expected: str,
) -> None:
    refused, done = statuses
    with glance_databases.database('sqlite', 'up_to_date', tmp_path) as url:
        conf = real.deployment(tmp_path, url, {section: {option: value}})
        assert judged(conf, *requests) == (refused, [expected])
    with glance_databases.database('sqlite', 'up_to_date', tmp_path) as url:
        conf = real.deployment(tmp_path, url)
        assert judged(conf, *requests) == (done, [])


def test_requests_fail_without_a_connection(tmp_path: pathlib.Path) -> None:
    with glance_databases.database('sqlite', 'up_to_date', tmp_path) as url:
        conf = real.deployment(
            tmp_path, '', {'DEFAULT': {'sql_connection': url}}
        )
        assert judged(conf, LIST) == ('500', ['db-connection'])


@pytest.mark.parametrize(
    ('server', 'old', 'new'),
    [
        ('postgresql', 'postgres', 'postgresql'),
        ('mariadb', 'mysql', 'mysql+pymysql'),
    ],
)
def test_requests_fail_without_the_driver(
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    server: str,
    old: str,
    new: str,
) -> None:
    checkers.install(tmp_path, monkeypatch, 'glance', '33.0.0')
    with glance_databases.database(server, 'up_to_date') as url:
        place = url.partition('://')[2]
        refused = real.deployment(tmp_path, f'{old}://{place}')
        assert judged(refused, LIST) == ('500', ['db-driver-url'])
        taken = real.deployment(tmp_path, f'{new}://{place}')
        assert judged(taken, LIST) == ('200', [])


def test_the_client_libraries_are_not_there(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkers.install(tmp_path, monkeypatch, 'glance', '33.0.0')
    with glance_databases.database('sqlite', 'up_to_date', tmp_path) as url:
        cached = with_keystone(
            tmp_path, url, {**KEYSTONE, 'memcached_servers': '127.0.0.1:1'}
        )
        assert judged(cached, LIST) == ('500', ['memcache-client'])
        sent = real.deployment(
            tmp_path, url, default(transport_url='kafka://127.0.0.1:1')
        )
        assert judged(sent, LIST) == ('RuntimeError', ['kafka-client'])
        logged = real.deployment(tmp_path, url, default(use_journal='true'))
        assert judged(logged, LIST) == ('RuntimeError', ['journal-client'])
