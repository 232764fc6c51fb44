# SPDX-License-Identifier: Apache-2.0
"""Defaults that change, of options that nobody set."""

import pathlib

import pytest

from glance_status import context, releases, results
from glance_status.checks import option_defaults
from glance_status.releases import lifecycle
from tests.unit import checkers

KEYSTONE = '[paste_deploy]\nflavor = keystone\n'
RABBIT = (
    '[DEFAULT]\ntransport_url = rabbit://a:b@mq1/\n'
    '[oslo_messaging_rabbit]\nssl = true\nssl_ca_file = /etc/ca.pem\n'
)


def test_a_default_that_changes(tmp_path: pathlib.Path) -> None:
    checker = checkers.make(tmp_path, KEYSTONE, source='20', target='21')
    assert [
        (item.id, item.result, item.message)
        for item in option_defaults.check_defaults(checker)
    ] == [
        (
            'default-changed',
            results.SUCCESS,
            '[keystone_authtoken] interface is not set. Its default is '
            "'internal' from 21.0.0 (Victoria) on, and was 'admin'. The API "
            'asks Keystone at another of its endpoints, which has to answer '
            'there.',
        )
    ]


@pytest.mark.parametrize(
    ('text', 'source', 'target'),
    [
        (KEYSTONE, '21', '22'),
        (KEYSTONE, '18', '20'),
        (KEYSTONE + '[keystone_authtoken]\ninterface = admin\n', '20', '21'),
        ('', '20', '21'),
        (RABBIT + 'ssl_enforce_hostname_verification = true\n', '30', '33'),
        (RABBIT, '28', '30'),
    ],
)
def test_defaults_that_stay(
    tmp_path: pathlib.Path, text: str, source: str, target: str
) -> None:
    checker = checkers.make(tmp_path, text, source=source, target=target)
    assert option_defaults.check_defaults(checker) == []


@pytest.mark.parametrize('source', ['30', '32'])
def test_one_that_breaks(tmp_path: pathlib.Path, source: str) -> None:
    checker = checkers.make(tmp_path, RABBIT, source=source, target='33')
    assert [
        (item.result, item.affected)
        for item in option_defaults.check_defaults(checker)
    ] == [
        (
            results.WARNING,
            results.Affected(
                1,
                ('[oslo_messaging_rabbit] ssl_enforce_hostname_verification',),
            ),
        )
    ]


def test_all_of_them_change() -> None:
    for table, name in option_defaults.MATTERING:
        life = lifecycle.knowledge().tables[table][name]
        defaults = [option.default for _major, option in life.states]
        assert any(item != defaults[0] for item in defaults)


MULTI = '[DEFAULT]\nenabled_backends = a:file\n'
CINDER = '[DEFAULT]\nenabled_backends = a:cinder\n'
MQ = '[DEFAULT]\ntransport_url = rabbit://a:b@mq1/\n'
TLS = f'{MQ}[oslo_messaging_rabbit]\n'
HOST = 'ssl_enforce_hostname_verification'
POOL = 'memcache_use_advanced_pool'
CACHED = f'{KEYSTONE}[keystone_authtoken]\ninterface = public\n'


@pytest.mark.parametrize(
    ('text', 'source', 'target', 'names'),
    [
        (MULTI, '19', '20', ['enabled_import_methods']),
        ('', '19', '20', []),
        ('', '24', '25', ['context_format_string', 'user_identity_format']),
        ('', '23', '24', ['user_identity_format']),
        (CINDER, '21', '22', ['cinder_catalog_info']),
        (MULTI, '21', '22', []),
        ('[DEFAULT]\nenabled_backends = $stores\n', '21', '22', []),
        (f'{CACHED}memcached_servers = m\n', '22', '23', [POOL]),
        (f'{CACHED}memcache_servers = m\n', '22', '23', [POOL]),
        (CACHED, '22', '23', []),
        ('[keystone_authtoken]\nmemcached_servers = m\n', '22', '23', []),
        (MQ, '21', '22', ['heartbeat_in_pthread']),
        (MQ.replace('rabbit', 'kafka'), '21', '22', []),
        ('', '21', '22', []),
        (f'{TLS}ssl = true\nssl_ca_file = a\n', '32', '33', [HOST]),
        (f'{TLS}ssl = false\nssl_ca_file = a\n', '32', '33', []),
        (f'{TLS}ssl_ca_file = a\n', '32', '33', []),
        (f'{TLS}ssl = true\n', '32', '33', []),
        (
            '[oslo_messaging_rabbit]\nssl = true\nssl_ca_file = a\n',
            '32',
            '33',
            [],
        ),
        # Without a source all that the target has changed matters.
        (KEYSTONE, None, '21', ['interface']),
        (
            f'{TLS}ssl = true\nssl_ca_file = a\nheartbeat_in_pthread = true\n'
            '[DEFAULT]\nlogging_user_identity_format = a\n'
            'logging_context_format_string = a\n',
            None,
            '33',
            [HOST],
        ),
    ],
)
def test_to_whom_a_change_matters(
    tmp_path: pathlib.Path,
    text: str,
    source: str | None,
    target: str,
    names: list[str],
) -> None:
    checker = checkers.make(tmp_path, text, source=source, target=target)
    found = [
        finding.affected.sample[0].rpartition(' logging_')[2].split(' ')[-1]
        for finding in option_defaults.check_defaults(checker)
        if finding.affected
    ]
    assert found == names


def test_a_default_that_returns(tmp_path: pathlib.Path) -> None:
    checker = checkers.make(tmp_path, MQ, source='24', target='26')
    messages = [
        item.message
        for item in option_defaults.check_defaults(checker)
        if 'heartbeat' in item.message
    ]
    assert messages == [
        '[oslo_messaging_rabbit] heartbeat_in_pthread is not set. Its default '
        'is False from 25.0.0 (Zed) on, and was True. The heartbeat to '
        'RabbitMQ runs in another kind of thread.'
    ]


def test_a_source_that_may_be_one_of_two(tmp_path: pathlib.Path) -> None:
    checker = checkers.make(tmp_path, KEYSTONE, target='21')
    source = tuple(map(releases.find, ('20', '21')))
    checker = context.Checker(checker.run, context.Facts(source))
    assert len(option_defaults.check_defaults(checker)) == 1
