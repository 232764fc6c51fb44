# SPDX-License-Identifier: Apache-2.0
"""Which locations the configured stores will serve in the target."""

from glance_status import releases
from glance_status.checks import backends


def schemes(
    stores: backends.Stores, target: releases.Release
) -> frozenset[str]:
    """Return the schemes of the locations that the stores serve."""
    return frozenset(
        scheme
        for store in stores.all
        for scheme in target.store_schemes.get(store.driver, ())
    )


def foreign(stores: backends.Stores) -> bool:
    """Tell whether a store has a driver that no release of Glance has."""
    known = {
        driver
        for release in releases.known()
        for driver in release.store_schemes
    }
    return any(store.driver not in known for store in stores.all)


def known_schemes() -> frozenset[str]:
    """Return the schemes of all drivers that any release has."""
    return frozenset(
        scheme
        for release in releases.known()
        for several in release.store_schemes.values()
        for scheme in several
    )
