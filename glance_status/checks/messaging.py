# SPDX-License-Identifier: Apache-2.0
"""Whether the target can send notifications, for which it opens a transport.

It does so at its start, whether anything is to be sent or not.
"""

import re
import typing
import urllib.parse

from oslo_config import cfg

from glance_status import context, options, plugins, results
from glance_status.checks import (
    presence,
    transport_pool,
    transport_query,
    values,
)
from glance_status.releases import points

NOTIFICATIONS = 'oslo_messaging_notifications'
# Groups of entry points.
TRANSPORTS = 'oslo.messaging.drivers'
DRIVERS = 'oslo.messaging.notify.drivers'
# Drivers of the one that is taken where no URL is set, too.
_RABBIT = ('rabbit', 'kombu')
# The first that does not read notification_driver and its like in [DEFAULT].
WITHOUT_OLD_NAMES = 30

TRANSPORT = results.FindingKind(
    id='transport',
    title='The message transport has no driver',
    looks_for='What stands before :// in the transport_url of '
    '[oslo_messaging_notifications], else of [DEFAULT]: anything but rabbit, '
    'kombu, kafka and fake, and before 30.0.0 (2025.1) amqp, that no '
    'distribution installed here brings.',
    matters='The API does not start: DriverLoadFailure. This is so where no '
    'notifications are sent, too.',
    remediation='Write rabbit:// or kafka://, with a broker of that kind.',
    since='18.0.0',
    reference='https://docs.openstack.org/oslo.messaging/latest/admin/'
    'drivers.html',
)
TRANSPORT_URL = results.FindingKind(
    id='transport-url',
    title='transport_url is no URL of a message transport',
    looks_for='A transport_url of [oslo_messaging_notifications], else of '
    '[DEFAULT], without a scheme, or with a port that is no number; and '
    'what stands after ? in it, where the driver has no option of that name '
    'or does not take its value.',
    matters='The API does not start: InvalidTransportURL, DriverLoadFailure, '
    'NoSuchOptError or ValueError. This is so where no notifications are '
    'sent, too.',
    remediation='Write it as rabbit://USER:PASSWORD@HOST:5672/, or delete it '
    'where no notifications are sent. Delete what stands after ? and is no '
    'option of the driver.',
    reference='https://docs.openstack.org/oslo.messaging/latest/reference/'
    'transport.html',
)
DRIVER = results.FindingKind(
    id='notification-driver',
    title='There is no notification driver of this name',
    looks_for='A [oslo_messaging_notifications] driver that oslo.messaging '
    'does not have and no distribution installed here brings. It is no '
    'list: several drivers are several lines.',
    matters='Glance starts and sends nothing; each notification leaves a '
    'line in the log alone.',
    remediation='Write messagingv2, messaging, log, routing or noop, each '
    'on a line of its own.',
    reference='https://docs.openstack.org/oslo.messaging/latest/'
    'configuration/opts.html',
)

_SCHEME = re.compile(r'([a-z][a-z0-9+.-]*)://', re.IGNORECASE)


class Transport(typing.NamedTuple):
    """The URL that is in effect.

    :param url: its value, which holds a password
    :param name: ``[section] option (file, line)``
    """

    url: str
    name: str

    @property
    def scheme(self) -> str:
        """Return what stands before ://, in lower case; empty without."""
        match = _SCHEME.match(self.url)
        return match[1].lower() if match else ''

    @property
    def word(self) -> str:
        """Return what stands before the first colon, empty without one."""
        return self.url.partition(':')[0].lower() if ':' in self.url else ''

    @property
    def driver(self) -> str:
        """Return the name of the driver."""
        return self.scheme.partition('+')[0]

    @property
    def bad_port(self) -> bool:
        """Tell whether one of its hosts has a port that is no number."""
        try:
            place = urllib.parse.urlsplit(self.url).netloc
            for host in place.split(','):
                int(_port(host.rpartition('@')[2]))
        except ValueError:
            return True
        return False


def _port(host: str) -> str:
    """Return the port of a host, '0' without one, as oslo.utils does."""
    if host.startswith('['):
        _address, _bracket, rest = host.partition(']')
        return rest.partition(':')[2] if ':' in rest else '0'
    # With more colons it is an address of IPv6.
    return host.partition(':')[2] if host.count(':') == 1 else '0'


def transport(checker: context.Checker) -> Transport | None:
    """Return the transport of notifications; None for the default."""
    conf = options.glance(checker.conf)
    places: list[tuple[str, str]] = [(NOTIFICATIONS, 'transport_url')]
    if checker.target.major < WITHOUT_OLD_NAMES:
        places.append(('DEFAULT', 'notification_transport_url'))
    places.append(('DEFAULT', 'transport_url'))
    for section, option in places:
        setting = checker.written(section, option)
        if setting is None or not (setting.value or section == 'DEFAULT'):
            continue
        value = setting.value
        if option == 'transport_url':
            group = conf if section == 'DEFAULT' else conf[section]
            try:
                value = group.transport_url or ''
            except cfg.Error:
                # Of what it refers to, another finding speaks.
                return None
        return Transport(value, f'[{section}] {option} ({setting.place})')
    return None


def check_transport(checker: context.Checker) -> list[results.Finding]:
    """Look at the URL of the transport, and at who sends notifications."""
    found = transport(checker)
    findings = _transport(checker, found) if found else []
    if not findings and (found is None or found.driver in _RABBIT):
        findings = transport_pool.small(checker, found.url if found else '')
    return [*findings, *_drivers(checker)]


def _transport(
    checker: context.Checker, found: Transport
) -> list[results.Finding]:
    target = checker.target
    if not found.scheme:
        if _is_there(checker, TRANSPORTS, found.word):
            return [
                TRANSPORT_URL.warning(
                    f'{found.name} has no // after {found.word}: the API '
                    'would start, and look for the transport on its own host.'
                )
            ]
        return [
            TRANSPORT_URL.failure(
                f'{found.name} does not begin with rabbit:// or another '
                'scheme: the API would not start.'
            )
        ]
    begins = f'{found.name} begins with {values.shown(found.scheme)}://'
    if not _is_there(checker, TRANSPORTS, found.driver):
        return [
            TRANSPORT.failure(
                f'{begins}, for which {target.title} has no driver: the API '
                'would not start.'
            )
        ]
    if found.bad_port:
        return [
            TRANSPORT_URL.failure(
                f'{found.name} has a host whose port is no number: the API '
                'would not start. Special characters of a password have to '
                'be written as %XX.'
            )
        ]
    query = transport_query.trouble(checker, found.driver, found.url)
    if query:
        return [
            TRANSPORT_URL.failure(
                f'{found.name} {query}: the API would not start.'
            )
        ]
    last = points.last(TRANSPORTS, found.driver)
    if last is not None:
        return [
            TRANSPORT.warning(
                f'{begins}. No release after {last.title} has a driver for it.'
            )
        ]
    return []


def _drivers(checker: context.Checker) -> list[results.Finding]:
    places = [(NOTIFICATIONS, 'driver')]
    if checker.target.major < WITHOUT_OLD_NAMES:
        places.append(('DEFAULT', 'notification_driver'))
    return [
        DRIVER.warning(
            f'{item.name} is {values.shown(item.value)} ({item.place}), and '
            'there is no such driver: it would send nothing.',
            affected=results.Affected(1, (values.shown(item.value),)),
        )
        for item in checker.settings
        if (item.section, item.option) in places
        and item.value
        and '$' not in item.value
        and not _is_there(checker, DRIVERS, item.value)
    ]


def _is_there(checker: context.Checker, group: str, name: str) -> bool:
    """Tell whether the target will find a plug-in, as far as we know."""
    # To ask for what is installed is dear.
    return name in points.names(group, checker.target) or name in (
        presence.brought(group, 'oslo.messaging')
    )


CHECKS = (
    plugins.Check(
        id='message-transport',
        title='Message transport',
        function=check_transport,
        kinds=(TRANSPORT, TRANSPORT_URL, transport_pool.POOL, DRIVER),
        topic='services',
        reads=('configuration',),
        description='Whether the target has the message transport, which it '
        'opens at its start, and the drivers of its notifications.',
    ),
)
