# SPDX-License-Identifier: Apache-2.0
"""What RBD stores take from their options."""

from glance_status import context, plugins, results
from glance_status.checks import backends

# The first release whose glance_store heeds the timeout.
HEEDED = 28

OPTION = 'rados_connect_timeout'

RBD_TIMEOUT = results.FindingKind(
    id='rbd-timeout',
    title='rados_connect_timeout has an effect again',
    looks_for='rados_connect_timeout, of 0 or more, of an RBD store, where '
    'the upgrade passes into 28.0.0 (2024.1).',
    matters='Before, the option was ignored. Now it is set over what '
    'ceph.conf says, for connecting and for each operation of OSDs and '
    'monitors: with 0 a request waits for ever, with a few seconds the '
    'transfer of an image may fail in a busy cluster.',
    remediation='Delete the option, so that ceph.conf decides as before, or '
    'set it on purpose.',
    since='28.0.0',
    reference='https://docs.openstack.org/releasenotes/glance_store/'
    '2024.1.html',
)


def check_rbd(checker: context.Checker) -> list[results.Finding]:
    """Look at the timeouts of all RBD stores."""
    stores = backends.read(checker)
    if not checker.crosses(HEEDED):
        return []
    findings = []
    for store in stores.of('rbd'):
        setting = backends.written(checker, store, OPTION)
        if setting is None:
            continue
        seconds = backends.text(checker, setting).strip()
        if not seconds.isdecimal():
            continue
        effect = (
            'waits that many seconds at most'
            if int(seconds)
            else 'waits for ever'
        )
        findings.append(
            RBD_TIMEOUT.warning(
                f'{setting.name} is {seconds} ({setting.place}): from '
                f'{HEEDED}.0.0 on each request to Ceph {effect}.',
                affected=results.Affected(1, (store.name,)),
            )
        )
    return findings


CHECKS = (
    plugins.Check(
        id='rbd-stores',
        title='RBD stores',
        function=check_rbd,
        kinds=(RBD_TIMEOUT,),
        topic='stores',
        reads=('configuration',),
        description='Whether an RBD store has an option that was ignored '
        'before and is heeded by the target.',
    ),
)
