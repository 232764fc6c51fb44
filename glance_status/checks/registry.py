# SPDX-License-Identifier: Apache-2.0
"""What is left of the registry and of the v1 API."""

import os
import typing

from glance_status import context, ini, plugins, results
from glance_status.checks import units

REMOVED_IN = 21

REGISTRY = results.FindingKind(
    id='registry',
    title='The configuration has settings of the registry',
    looks_for='Options of glance-registry, of its clients and of the v1 API, '
    'and a glance-registry.conf beside the configuration, where the upgrade '
    'passes into 21.0.0 (Victoria). In targets before, which call them '
    'deprecated, it is a note.',
    matters='There is no registry any more, and all these are ignored. An '
    'API with data_api = glance.db.registry.api had no database of its own: '
    'from then on it needs [database] connection, with the database of the '
    'registry.',
    remediation='Give the API the [database] connection of the registry, '
    'disable the service glance-registry, and delete these options.',
    since='21.0.0',
    reference='https://docs.openstack.org/releasenotes/glance/victoria.html',
)

SERVICE = results.FindingKind(
    id='registry-service',
    title='A service still starts glance-registry',
    looks_for='A systemd service of this host, with its drop-ins, whose '
    'ExecStart runs glance-registry, where the upgrade passes into 21.0.0 '
    '(Victoria).',
    matters='From 21.0.0 on the script is not installed any more, and the '
    'service fails to start, with all that systemd starts only after it.',
    remediation='Stop and disable the service, and remove its file.',
    since='21.0.0',
    reference='https://docs.openstack.org/releasenotes/glance/victoria.html',
)

_SCRIPT = 'glance-registry'
_FILE = 'glance-registry.conf'
OPTIONS = frozenset(
    (
        'admin_password',
        'admin_tenant_name',
        'admin_user',
        'auth_region',
        'auth_strategy',
        'auth_url',
        'data_api',
        'enable_v1_api',
        'enable_v1_registry',
        'enable_v2_api',
        'enable_v2_registry',
        'registry_client_ca_file',
        'registry_client_cert_file',
        'registry_client_insecure',
        'registry_client_key_file',
        'registry_client_protocol',
        'registry_client_timeout',
        'registry_host',
        'registry_port',
        'send_identity_headers',
        'use_user_token',
    )
)


def check_registry(checker: context.Checker) -> list[results.Finding]:
    """Look for settings of the registry that the upgrade leaves behind."""
    early = checker.target.major < REMOVED_IN
    if not early and not checker.crosses(REMOVED_IN):
        return []
    found = [
        item
        for item in checker.settings
        if item.section == 'DEFAULT' and item.option in OPTIONS
    ]
    names = sorted({item.option for item in found})
    files = _files(checker)
    if not names and not files:
        return []
    affected = results.Affected(
        len(names) + len(files), (*names, *files)[: results.SAMPLE_SIZE]
    )
    said = f'{_listed(found, files)}; {REMOVED_IN}.0.0 removed the registry.'
    if early:
        return [REGISTRY.note(said, affected=affected)]
    if _is_blind(checker):
        return [
            REGISTRY.failure(
                f'{said} The API has no [database] connection of its own.',
                affected=affected,
            )
        ]
    return [REGISTRY.warning(said, affected=affected)]


def of_services(
    checker: context.Checker, services: typing.Iterable[units.Service]
) -> list[results.Finding]:
    """Look for services that start what the upgrade takes away."""
    if not checker.crosses(REMOVED_IN):
        return []
    return [
        SERVICE.warning(
            f'{service.line.place}: {service.unit} starts {service.program}, '
            f'which {REMOVED_IN}.0.0 and later do not install.',
            affected=results.Affected(1, (service.unit,)),
        )
        for service in services
        if os.path.basename(service.program) == _SCRIPT
    ]


def _listed(found: list[ini.Setting], files: typing.Sequence[str]) -> str:
    parts = []
    if found:
        first = [f'{item.option} ({item.place})' for item in found[:3]]
        if len(found) > len(first):
            first.append(f'{len(found) - len(first)} more')
        parts.append(f'[DEFAULT] has {", ".join(first)}')
    parts += [f'{path} is there' for path in files]
    return ', and '.join(parts)


def _is_blind(checker: context.Checker) -> bool:
    """Tell whether the API reaches the database through the registry alone."""
    connection = checker.written('database', 'connection')
    data_api = checker.written('DEFAULT', 'data_api')
    return bool(
        data_api
        and 'registry' in data_api.value
        and not (connection and connection.value)
        and not checker.old_connection()
    )


def _files(checker: context.Checker) -> list[str]:
    places = {
        os.path.join(os.path.dirname(path), _FILE)
        for path in checker.run.configuration.files
    }
    return sorted(path for path in places if os.path.isfile(path))


CHECKS = (
    plugins.Check(
        id='registry-settings',
        title='Registry settings',
        function=check_registry,
        kinds=(REGISTRY,),
        topic='services',
        reads=('configuration', 'files'),
        description='Whether anything in the configuration is about the '
        'registry, which 21.0.0 removed.',
    ),
)
