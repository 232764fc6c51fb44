# SPDX-License-Identifier: Apache-2.0
"""Whether the libraries that the options call for are beside the target."""

from glance_status import context, plugins, results
from glance_status.checks import identity, logs, messaging, presence, values

MEMCACHE = results.FindingKind(
    id='memcache-client',
    title='The client library of memcached is not installed',
    looks_for='[keystone_authtoken] memcached_servers, where requests go '
    'through Keystone, and no Python module memcache beside the target; with '
    'memcache_sasl_enabled, no module bmemcached.',
    matters='The API starts, and every request ends with 500.',
    remediation='Install python-memcached where the new Glance runs '
    '(python-binary-memcached for SASL): `pip install python-memcached`.',
    reference='https://docs.openstack.org/keystonemiddleware/latest/'
    'middlewarearchitecture.html',
)
KAFKA = results.FindingKind(
    id='kafka-client',
    title='The client library of Kafka is not installed',
    looks_for='A transport_url that begins with kafka:// and no Python '
    'module confluent_kafka beside the target.',
    matters='The API does not start: ModuleNotFoundError.',
    remediation='Install confluent-kafka where the new Glance runs: '
    '`pip install confluent-kafka`.',
    reference='https://docs.openstack.org/oslo.messaging/latest/admin/'
    'kafka.html',
)

JOURNAL = results.FindingKind(
    id='journal-client',
    title='The Python bindings of systemd are not installed',
    looks_for='[DEFAULT] use_journal = true, without log_config_append, and '
    'no Python module systemd beside the target.',
    matters='Glance does not start: RuntimeError, Systemd bindings do not '
    'exist.',
    remediation='Install systemd-python where the new Glance runs: '
    '`pip install systemd-python`, or set use_journal = false.',
    reference='https://docs.openstack.org/oslo.log/latest/admin/journal.html',
)


def check_clients(checker: context.Checker) -> list[results.Finding]:
    """Look for the client libraries of memcached, Kafka and the journal."""
    wanted = [*_memcache(checker), *_kafka(checker), *_journal(checker)]
    if not wanted:
        return []
    presence.require_target(checker)
    return [
        kind.failure(
            f'{why}, and the Python module {module} is not installed beside '
            f'Glance {checker.target.major}.'
        )
        for kind, module, why in wanted
        if not presence.imports(module)
    ]


_Want = tuple[results.FindingKind, str, str]


def _memcache(checker: context.Checker) -> list[_Want]:
    section = 'keystone_authtoken'
    servers = checker.written(section, 'memcached_servers') or checker.written(
        section, 'memcache_servers'
    )
    if not (servers and servers.value and identity.uses_keystone(checker)):
        return []
    binary = values.boolean(checker, section, 'memcache_sasl_enabled')
    return [
        (
            MEMCACHE,
            'bmemcached' if binary else 'memcache',
            f'{servers.name} is set ({servers.place})',
        )
    ]


def _kafka(checker: context.Checker) -> list[_Want]:
    found = messaging.transport(checker)
    if found is None or found.driver != 'kafka':
        return []
    return [(KAFKA, 'confluent_kafka', f'{found.name} begins with kafka://')]


def _journal(checker: context.Checker) -> list[_Want]:
    if logs.is_appended(checker) or not values.boolean(
        checker, 'DEFAULT', 'use_journal'
    ):
        return []
    place = values.place(checker, 'DEFAULT', 'use_journal')
    return [(JOURNAL, 'systemd', f'[DEFAULT] use_journal is true{place}')]


CHECKS = (
    plugins.Check(
        id='client-libraries',
        title='Client libraries',
        function=check_clients,
        kinds=(MEMCACHE, KAFKA, JOURNAL),
        topic='services',
        reads=('configuration', 'host'),
        description='Whether the client libraries of memcached, Kafka and '
        'the journal are beside the target where its options call for them.',
    ),
)
