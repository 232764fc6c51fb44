# SPDX-License-Identifier: Apache-2.0
"""Whether VMware stores have the options that they start with."""

from glance_status import context, plugins, results
from glance_status.checks import backends

SERVER = (
    'vmware_server_host',
    'vmware_server_username',
    'vmware_server_password',
)
DATASTORES = 'vmware_datastores'

VMWARE_UNCONFIGURED = results.FindingKind(
    id='vmware-unconfigured',
    title='A VMware store has not the options that it starts with',
    looks_for='A store with the driver vmware, the default or not, without '
    'vmware_server_host, vmware_server_username or vmware_server_password; '
    'or without vmware_datastores.',
    matters='Without the first three the API does not start: '
    'BadStoreConfiguration. Without vmware_datastores it answers 410 to '
    'every upload to the store.',
    remediation='Set the options in the section of the store, or in '
    '[glance_store] where [DEFAULT] enabled_backends is not set. The server '
    'then has to answer whenever the API starts.',
    since='18.0.0',
    reference='https://docs.openstack.org/glance_store/latest/user/'
    'drivers.html',
)


def check_vmware(checker: context.Checker) -> list[results.Finding]:
    """Look at the options of all VMware stores."""
    findings = []
    for store in backends.read(checker).of('vmware'):
        missing = [
            name
            for name in (*SERVER, DATASTORES)
            if backends.written(checker, store, name) is None
        ]
        if not missing:
            continue
        message = (
            f'[{store.group}] does not set {", ".join(missing)}, which '
            f'{backends.placed(checker, store)} needs.'
        )
        if missing == [DATASTORES]:
            findings.append(
                backends.judged(VMWARE_UNCONFIGURED, store, message)
            )
            continue
        findings.append(
            VMWARE_UNCONFIGURED.failure(
                message, affected=results.Affected(1, (store.name,))
            )
        )
    return findings


CHECKS = (
    plugins.Check(
        id='vmware-stores',
        title='VMware stores',
        function=check_vmware,
        kinds=(VMWARE_UNCONFIGURED,),
        topic='stores',
        reads=('configuration',),
        description='Whether VMware stores have the options that they need.',
    ),
)
