# SPDX-License-Identifier: Apache-2.0
"""Options of notifications and their transport under old names."""

from glance_status import context, plugins, results
from glance_status.checks import renames

OLD_NAME = results.FindingKind(
    id='notif-opts',
    title='A messaging option stands under an old name',
    looks_for='Options of notifications and of RabbitMQ where some release '
    'before the target read them: notification_driver and its like in '
    '[DEFAULT], rpc_backend, rabbit_host and its like.',
    matters='The target ignores them without a word: notifications are no '
    'longer sent, or go to a RabbitMQ on the same host that is not there.',
    remediation='Write driver, topics and transport_url in '
    '[oslo_messaging_notifications], and hosts, user and password in '
    '[DEFAULT] transport_url.',
    since='18.0.0',
    reference='https://docs.openstack.org/oslo.messaging/latest/'
    'configuration/opts.html',
)

_NOTIFICATIONS = '[oslo_messaging_notifications]'
_RABBIT = '[oslo_messaging_rabbit]'
_SERVER = (
    'rabbit_host',
    'rabbit_hosts',
    'rabbit_password',
    'rabbit_port',
    'rabbit_userid',
    'rabbit_virtual_host',
)
# By the first release that reads them no more: section, option, what counts.
_MOVED = {
    30: (
        ('DEFAULT', 'notification_driver', f'{_NOTIFICATIONS} driver'),
        ('DEFAULT', 'notification_topics', f'{_NOTIFICATIONS} topics'),
        ('rpc_notifier2', 'topics', f'{_NOTIFICATIONS} topics'),
        (
            'DEFAULT',
            'notification_transport_url',
            f'{_NOTIFICATIONS} transport_url',
        ),
        ('DEFAULT', 'amqp_auto_delete', f'{_RABBIT} amqp_auto_delete'),
        (
            'DEFAULT',
            'kombu_reconnect_delay',
            f'{_RABBIT} kombu_reconnect_delay',
        ),
        ('DEFAULT', 'rabbit_ha_queues', f'{_RABBIT} rabbit_ha_queues'),
        ('DEFAULT', 'rabbit_login_method', f'{_RABBIT} rabbit_login_method'),
        ('DEFAULT', 'rabbit_retry_backoff', f'{_RABBIT} rabbit_retry_backoff'),
    ),
    18: (
        ('DEFAULT', 'amqp_durable_queues', f'{_RABBIT} amqp_durable_queues'),
        ('DEFAULT', 'rabbit_durable_queues', f'{_RABBIT} amqp_durable_queues'),
        ('DEFAULT', 'rpc_backend', '[DEFAULT] transport_url'),
        *(
            (section, option, '[DEFAULT] transport_url')
            for option in _SERVER
            for section in ('DEFAULT', 'oslo_messaging_rabbit')
        ),
        ('DEFAULT', 'rabbit_max_retries', ''),
        ('oslo_messaging_rabbit', 'rabbit_max_retries', ''),
    ),
}
RENAMES = tuple(
    renames.Rename(section, option, gone, new)
    for gone, moved in _MOVED.items()
    for section, option, new in moved
)


def check_options(checker: context.Checker) -> list[results.Finding]:
    """Look for messaging options where the target does not look."""
    return renames.findings(checker, OLD_NAME, RENAMES)


CHECKS = (
    plugins.Check(
        id='messaging-options',
        title='Messaging options',
        function=check_options,
        kinds=(OLD_NAME,),
        topic='services',
        reads=('configuration',),
        description='Whether the options of notifications and of their '
        'transport stand where the target reads them.',
    ),
)
