# SPDX-License-Identifier: Apache-2.0
"""The message transport, notifications, and the old names of both."""

import pathlib

import pytest

from glance_status import context, results
from glance_status.checks import messaging, messaging_options
from tests.unit import checkers

NOTIFICATIONS = '[oslo_messaging_notifications]\n'


def found(checker: context.Checker) -> list[tuple[str, int, str]]:
    """Return id, result and message of what both checks find."""
    return [
        (item.id, item.result, item.message)
        for check in (
            messaging.check_transport,
            messaging_options.check_options,
        )
        for item in check(checker)
    ]


@pytest.mark.parametrize(
    ('text', 'target'),
    [
        ('', '33'),
        ('[DEFAULT]\ntransport_url = rabbit://a:b$$c@h:5672,x:y@i/v\n', '33'),
        ('[DEFAULT]\ntransport_url = RABBIT://[::1]:5672/?ssl=1\n', '33'),
        *(
            (f'[DEFAULT]\ntransport_url = rabbit://{place}\n', '33')
            for place in ('', 'a:b@[::1]/', 'a:b@::1:5672/', 'a:b@h,c:d@/x')
        ),
        ('[DEFAULT]\ntransport_url = kafka+x://h:9092\n', '33'),
        *(
            (f'[DEFAULT]\ntransport_url = {url}\n', '18')
            for url in (
                'rabbit://h/?ssl=',
                'kombu://h/?rpc_conn_pool_size=5&heartbeat_rate=3',
                'kafka://h/?max_poll_records=5',
                # Whose driver reads nothing of it.
                'fake:///?nothing=5',
            )
        ),
        # The one of notifications is the one that is opened.
        (
            '[DEFAULT]\ntransport_url = zmq://h\n'
            f'{NOTIFICATIONS}transport_url = fake://\n',
            '33',
        ),
        (
            '[DEFAULT]\ntransport_url = fake://\n'
            f'{NOTIFICATIONS}transport_url =\n',
            '33',
        ),
        (f'{NOTIFICATIONS}driver = messagingv2\ndriver = log\n', '33'),
        (f'{NOTIFICATIONS}driver =\n', '33'),
        # Of which another finding speaks.
        ('[DEFAULT]\ntransport_url = $nothing\n', '33'),
    ],
)
def test_what_the_target_has(
    tmp_path: pathlib.Path, text: str, target: str
) -> None:
    assert found(checkers.make(tmp_path, text, target=target)) == []


@pytest.mark.parametrize(
    ('url', 'target', 'identity', 'result', 'ending'),
    [
        (
            'zmq://h',
            '18',
            'transport',
            results.FAILURE,
            'begins with zmq://, for which Stein has no driver: the API '
            'would not start.',
        ),
        (
            'amqp://h',
            '29',
            'transport',
            results.WARNING,
            'begins with amqp://. No release after 2024.2 Dalmatian has a '
            'driver for it.',
        ),
        (
            'amqp://h',
            '30',
            'transport',
            results.FAILURE,
            'begins with amqp://, for which 2025.1 Epoxy has no driver: the '
            'API would not start.',
        ),
        *(
            (
                url,
                '33',
                'transport-url',
                results.FAILURE,
                'does not begin with rabbit:// or another scheme: the API '
                'would not start.',
            )
            for url in ('', 'rabbit.example.com:5672', '//h', 'a:secret@h/')
        ),
        (
            'Rabbit:a:secret@h/',
            '33',
            'transport-url',
            results.WARNING,
            'has no // after rabbit: the API would start, and look for the '
            'transport on its own host.',
        ),
        *(
            (
                f'rabbit://a:b@h/?{query}',
                '33',
                'transport-url',
                results.FAILURE,
                f'sets {said}: the API would not start.',
            )
            for query, said in (
                (
                    'ssl=1&heartbeat=60',
                    'heartbeat, and [oslo_messaging_rabbit] has no such '
                    'option',
                ),
                (
                    'rabbit_host=h',
                    'rabbit_host, and [oslo_messaging_rabbit] has no such '
                    'option',
                ),
                (
                    'se=cret@h',
                    'something, and [oslo_messaging_rabbit] has no such '
                    'option',
                ),
                ('ssl=maybe', 'ssl, which takes true or false'),
                ('ssl=1&ssl=0', 'ssl, which takes true or false'),
                (
                    'conn_pool_ttl=long',
                    'conn_pool_ttl, which takes a whole number',
                ),
            )
        ),
        *(
            (
                f'rabbit://{place}',
                '33',
                'transport-url',
                results.FAILURE,
                'has a host whose port is no number: the API would not '
                'start. Special characters of a password have to be written '
                'as %XX.',
            )
            for place in (
                'a:sec/ret@h:5672/',
                'a:sec#ret@h:5672/',
                'a:sec[ret@h:5672/',
                'a:b@h:/',
                'a:b@h:1,c:d@[::1]:x/',
            )
        ),
    ],
)
@pytest.mark.parametrize('section', ['DEFAULT', NOTIFICATIONS[1:-2]])
def test_what_the_target_does_not_have(
    tmp_path: pathlib.Path,
    section: str,
    url: str,
    target: str,
    identity: str,
    result: int,
    ending: str,
) -> None:
    text = f'[{section}]\ntransport_url = {url}\n'
    checker = checkers.make(tmp_path, text, target=target)
    path = tmp_path / 'glance-api.conf'
    expected = [
        (
            identity,
            result,
            f'[{section}] transport_url ({path}, line 2) {ending}',
        )
    ]
    # An empty one of notifications means that of all else.
    assert found(checker) == (
        [] if not url and section != 'DEFAULT' else expected
    )


RABBIT = '[oslo_messaging_rabbit]\n'


@pytest.mark.parametrize(
    ('text', 'target', 'sizes'),
    [
        (f'{RABBIT}rpc_conn_pool_size = 1\n', '33', (1, 2)),
        (f'{RABBIT}rpc_conn_pool_size = 1\n', '19', (1, 2)),
        (f'{RABBIT}rpc_conn_pool_size = 1\n', '18', None),
        ('[DEFAULT]\nrpc_conn_pool_size = 1\n', '29', (1, 2)),
        ('[DEFAULT]\nrpc_conn_pool_size = 1\n', '30', None),
        (f'{RABBIT}conn_pool_min_size = 31\n', '33', (30, 31)),
        ('[DEFAULT]\nconn_pool_min_size = 31\n', '29', None),
        (f'{RABBIT}conn_pool_min_size = 30\n', '33', None),
        (f'{RABBIT}rpc_conn_pool_size = 2\n', '33', None),
        (f'{RABBIT}rpc_conn_pool_size = few\n', '33', None),
        (
            f'{RABBIT}rpc_conn_pool_size = 1\nconn_pool_min_size = 1\n',
            '33',
            None,
        ),
        (
            f'{RABBIT}rpc_conn_pool_size = 1\n'
            '[DEFAULT]\ntransport_url = rabbit://h/?rpc_conn_pool_size=9\n',
            '33',
            None,
        ),
        (
            '[DEFAULT]\ntransport_url = kombu://h/?conn_pool_min_size=40\n',
            '33',
            (30, 40),
        ),
        (
            f'{RABBIT}rpc_conn_pool_size = 1\n'
            '[DEFAULT]\ntransport_url = kafka://h\n',
            '33',
            None,
        ),
    ],
)
def test_the_pool_of_connections(
    tmp_path: pathlib.Path,
    text: str,
    target: str,
    sizes: tuple[int, int] | None,
) -> None:
    expected = []
    if sizes:
        message = (
            f'rpc_conn_pool_size is {sizes[0]}, and conn_pool_min_size '
            f'{sizes[1]}: the API would not start.'
        )
        expected = [('transport-pool', results.FAILURE, message)]
    assert found(checkers.make(tmp_path, text, target=target)) == expected


@pytest.mark.parametrize(
    ('distribution', 'expected'),
    [('oslo.messaging', results.FAILURE), ('another', results.WARNING)],
)
def test_a_driver_that_is_installed_here(
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    distribution: str,
    expected: int,
) -> None:
    checkers.install(tmp_path, monkeypatch, distribution, '14.9.3')
    (
        tmp_path / f'{distribution}-14.9.3.dist-info/entry_points.txt'
    ).write_text('[oslo.messaging.drivers]\namqp = driver:Driver\n')
    text = '[DEFAULT]\ntransport_url = amqp://h\n'
    checker = checkers.make(tmp_path, text, target='30')
    ((_name, result, _said),) = found(checker)
    assert result == expected


def test_the_transport_of_notifications_under_its_old_name(
    tmp_path: pathlib.Path,
) -> None:
    text = '[DEFAULT]\nnotification_transport_url = zmq://h\n'
    ids = {
        target: [
            (name, result)
            for name, result, _said in found(
                checkers.make(tmp_path, text, target=target, source='18')
            )
        ]
        for target in ('29', '30')
    }
    assert ids == {
        '29': [
            ('transport', results.FAILURE),
            ('notif-opts', results.WARNING),
        ],
        '30': [('notif-opts', results.WARNING)],
    }


def test_a_list_of_drivers_is_none(tmp_path: pathlib.Path) -> None:
    text = f'{NOTIFICATIONS}driver = messaging,log\n'
    path = tmp_path / 'glance-api.conf'
    assert found(checkers.make(tmp_path, text)) == [
        (
            'notification-driver',
            results.WARNING,
            '[oslo_messaging_notifications] driver is messaging,log '
            f'({path}, line 2), and there is no such driver: it would send '
            'nothing.',
        )
    ]


@pytest.mark.parametrize(
    ('option', 'target', 'source', 'ending'),
    [
        (
            'notification_driver = messaging',
            '29',
            '28',
            'is still read by 2024.2 Dalmatian, and no longer by 30.0.0 '
            '(2025.1 Epoxy).',
        ),
        (
            'notification_driver = messaging',
            '30',
            '29',
            'is not read from 30.0.0 (2025.1 Epoxy) on. In its place counts '
            '[oslo_messaging_notifications] driver, which is not set.',
        ),
        ('notification_driver = messaging', '31', '30', None),
        (
            'rabbit_host = h',
            '18',
            None,
            'is not read from 18.0.0 (Stein) on. In its place counts '
            '[DEFAULT] transport_url, which is not set.',
        ),
        ('rabbit_host = h', '33', '18', None),
    ],
)
def test_old_names(
    tmp_path: pathlib.Path,
    option: str,
    target: str,
    source: str | None,
    ending: str | None,
) -> None:
    text = f'[DEFAULT]\n{option}\n'
    checker = checkers.make(tmp_path, text, target=target, source=source)
    path = tmp_path / 'glance-api.conf'
    name = option.partition(' ')[0]
    assert found(checker) == (
        [
            (
                'notif-opts',
                results.WARNING,
                f'[DEFAULT] {name} ({path}, line 2) {ending}',
            )
        ]
        if ending
        else []
    )


@pytest.mark.parametrize(
    ('target', 'ids'),
    [('29', ['notif-opts', 'notification-driver']), ('30', ['notif-opts'])],
)
def test_a_driver_under_its_old_name(
    tmp_path: pathlib.Path, target: str, ids: list[str]
) -> None:
    text = '[DEFAULT]\nnotification_driver = nonsense\n'
    checker = checkers.make(tmp_path, text, target=target)
    assert sorted(item[0] for item in found(checker)) == sorted(ids)
