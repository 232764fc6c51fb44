# SPDX-License-Identifier: Apache-2.0
"""What releases changed for the drivers of RBD, VMware and Sheepdog."""

from glance_status import context, plugins, results
from glance_status.checks import backends

# The first release whose glance_store moves an RBD image to the trash, for
# which it looks for clones of it.
CLONE_V2 = 24
# The first whose glance_store calls the driver deprecated.
VMWARE_DEPRECATED = 28
# The only one that has this driver and calls it deprecated.
SHEEPDOG_DEPRECATED = 19

RBD_CAPS = results.FindingKind(
    id='rbd-caps',
    title='Glance needs to read the pools of its clones in Ceph',
    looks_for='RBD stores, where the upgrade passes into 24.0.0 (Yoga). The '
    'capabilities themselves are in Ceph, where this tool does not look.',
    matters='With Ceph clone v2, an image of which Nova or Cinder have a '
    'clone can be deleted only by a client that may read the pool of the '
    'clone. Without, deleting such images fails.',
    remediation="Look at the capabilities of Glance's client with `ceph auth "
    'get client.glance`, and let it read the pools of Nova and Cinder: '
    '`profile rbd-read-only pool=vms, profile rbd-read-only pool=volumes` '
    'beside `profile rbd pool=images`.',
    since='24.0.0',
    reference='https://docs.openstack.org/releasenotes/glance_store/yoga.html',
)
VMWARE = results.FindingKind(
    id='vmware',
    title='The driver of a VMware store is deprecated',
    looks_for='Stores with the driver vmware.',
    matters='It still works in every release that this tool knows. Its '
    'removal is announced.',
    remediation='Plan to copy its images to another store. It need not be '
    'done for this upgrade.',
    since='28.0.0',
    reference='https://docs.openstack.org/releasenotes/glance_store/'
    '2024.1.html',
)
SHEEPDOG = results.FindingKind(
    id='sheepdog',
    title='The driver of a Sheepdog store is deprecated',
    looks_for='Stores with the driver sheepdog, where the upgrade ends at '
    '19.0.0 (Train).',
    matters='The next release does not have the driver: what is in such a '
    'store by then cannot be reached from there.',
    remediation='Copy its images to another store before the upgrade to '
    '20.0.0 (Ussuri).',
    since='19.0.0',
    reference='https://docs.openstack.org/releasenotes/glance_store/'
    'train.html',
)


def check_changes(checker: context.Checker) -> list[results.Finding]:
    """Look for stores for which something changed."""
    stores = backends.read(checker)
    where = backends.place(checker, stores.all[0]) if stores.all else ''
    findings = []
    rbd = [store.name for store in stores.of('rbd')]
    if rbd and checker.crosses(CLONE_V2):
        findings.append(
            RBD_CAPS.warning(
                f'Images are in Ceph ({_few(rbd)}){where}, and from '
                f'{CLONE_V2}.0.0 on Glance has to be allowed to read the '
                'pools of their clones.',
                affected=_affected(rbd),
            )
        )
    vmware = [store.name for store in stores.of('vmware')]
    if vmware and checker.target.major >= VMWARE_DEPRECATED:
        findings.append(
            VMWARE.warning(
                f'{_few(vmware)}{where}: the driver vmware is deprecated.',
                affected=_affected(vmware),
            )
        )
    sheepdog = [store.name for store in stores.of('sheepdog')]
    if sheepdog and checker.target.major == SHEEPDOG_DEPRECATED:
        findings.append(
            SHEEPDOG.warning(
                f'{_few(sheepdog)}{where}: the driver sheepdog is '
                'deprecated, and gone in 20.0.0.',
                affected=_affected(sheepdog),
            )
        )
    return findings


def _few(names: list[str]) -> str:
    more = len(names) - results.SAMPLE_SIZE
    listed = ', '.join(names[: results.SAMPLE_SIZE])
    return f'{listed} and {more} more' if more > 0 else listed


def _affected(names: list[str]) -> results.Affected:
    return results.Affected(len(names), tuple(names[: results.SAMPLE_SIZE]))


CHECKS = (
    plugins.Check(
        id='store-changes',
        title='Changes of store drivers',
        function=check_changes,
        kinds=(RBD_CAPS, VMWARE, SHEEPDOG),
        topic='stores',
        reads=('configuration',),
        description='Whether releases on the way changed something for a '
        'driver that is used here.',
    ),
)
