# SPDX-License-Identifier: Apache-2.0
"""Locations in cinder, and whether they name their store."""

from glance_status import context, results, rows
from glance_status.checks import backends

STORES = 21

LEGACY = results.FindingKind(
    id='loc-cinder-legacy',
    title='Cinder locations do not name their store',
    looks_for='Locations like cinder://VOLUME, where [DEFAULT] '
    'enabled_backends has a cinder store: since Victoria they are '
    'cinder://STORE/VOLUME.',
    matters='Glance finds out the store by the type of the volume when '
    'somebody reads the image, and writes it down. It does not where no '
    'store has that volume type.',
    remediation='Set cinder_volume_type of each cinder store to the type of '
    'the volumes in it, then read each image once as an administrator: '
    '`openstack image show IMAGE`.',
    since='21.0.0',
    reference='https://docs.openstack.org/releasenotes/glance/victoria.html',
)


def ask(
    checker: context.Checker, stores: backends.Stores
) -> list[rows.Question]:
    """Ask for the locations that name a volume alone."""
    from glance_status import tables

    if not stores.multi or not stores.of('cinder'):
        return []
    value = tables.exact(tables.IMAGE_LOCATIONS.c.value)
    alone = value.like('cinder://%') & ~value.like('cinder://%/%')
    return [tables.live_locations('cinder', alone)]


def judge(checker: context.Checker) -> list[results.Finding]:
    """Tell of the locations that name a volume alone."""
    answer = checker.answers.asked('cinder')
    if not answer.count or checker.target.major < STORES:
        return []
    return [
        LEGACY.warning(
            f'Cinder locations without the name of a store: {answer.count}.',
            affected=answer.affected,
        )
    ]
