# SPDX-License-Identifier: Apache-2.0
"""Whether the client libraries of the stores are installed."""

from glance_status import context, plugins, results
from glance_status.checks import backends, presence

# What each driver imports.
MODULES = {
    'cinder': ('cinderclient', 'os_brick'),
    'rbd': ('rados', 'rbd'),
    's3': ('boto3', 'botocore'),
    'swift': ('swiftclient',),
    'vmware': ('oslo_vmware',),
}
# Drivers without whose libraries the API does not start, be they the default
# or not.
NEEDED = ('cinder', 'swift', 'vmware')

STORE_LIBRARIES = results.FindingKind(
    id='store-python-deps',
    title='A store lacks its client library',
    looks_for='The Python modules that the drivers of the stores import: '
    'cinderclient and os_brick for cinder, rados and rbd for rbd, boto3 for '
    's3, swiftclient for swift, oslo_vmware for vmware. Looked at where the '
    'target is installed in the environment in which this tool runs.',
    matters='With a store of cinder, swift or vmware, the default or not, the '
    'API does not start. With rbd or s3 it starts, answers 410 to uploads, '
    'and cannot read what the store has.',
    remediation='Install the libraries in the environment of Glance, with '
    "the extras of glance_store (`pip install 'glance_store[cinder,s3,swift,"
    "vmware]'`) or as packages of the distribution; rados and rbd come with "
    'Ceph (python3-rados, python3-rbd).',
    since='18.0.0',
    reference='https://docs.openstack.org/glance_store/latest/user/'
    'drivers.html',
)


def check_libraries(checker: context.Checker) -> list[results.Finding]:
    """Look for the modules of all drivers, where the new code will run."""
    stores = backends.read(checker)
    presence.require_target(checker)
    findings = []
    for driver, modules in MODULES.items():
        users = stores.of(driver)
        missing = [name for name in modules if not presence.imports(name)]
        if not users or not missing:
            continue
        default = any(store.default for store in users)
        made = (
            STORE_LIBRARIES.failure
            if default or driver in NEEDED
            else STORE_LIBRARIES.warning
        )
        names = tuple(store.name for store in users)
        first = users[0]
        findings.append(
            made(
                f'The driver {driver} of {first.name}'
                f'{backends.place(checker, first)} needs '
                f'{" and ".join(missing)}, which cannot be imported.',
                affected=results.Affected(
                    len(names), names[: results.SAMPLE_SIZE]
                ),
            )
        )
    return findings


CHECKS = (
    plugins.Check(
        id='store-libraries',
        title='Libraries of stores',
        function=check_libraries,
        kinds=(STORE_LIBRARIES,),
        topic='stores',
        reads=('configuration', 'host'),
        description='Whether what the drivers of the stores import is '
        'installed, on the host that will run the new code.',
    ),
)
