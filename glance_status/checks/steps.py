# SPDX-License-Identifier: Apache-2.0
"""Steps of a remedy at the database, and how they are written."""

import typing

from glance_status import waypoints

SYNC = '`glance-manage db sync`'

UPGRADING = 'https://docs.openstack.org/glance/latest/admin/db.html'
ROLLING = 'https://docs.openstack.org/glance/latest/admin/rollingupgrades.html'


def stamp(revision: str) -> str:
    """Return the command that writes a revision into alembic_version."""
    return f'`{waypoints.stamp(revision)}`'


def in_order(steps: list[str]) -> str:
    """Return steps as one sentence; a backup comes before all of them."""
    return 'Back up the database, then: ' + ' then '.join(steps) + '.'


def listed(names: typing.Iterable[str]) -> str:
    """Return names as they stand in a sentence."""
    return ', '.join(names)
