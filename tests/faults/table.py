# SPDX-License-Identifier: Apache-2.0
"""All faults, in the order of the page."""

from tests.faults import (
    files,
    host,
    interrupting,
    lagging,
    middle,
    reaching,
    states,
)
from tests.faults.fault import Fault

GROUPS: dict[str, tuple[Fault, ...]] = {
    'reaching': reaching.FAULTS,
    'middle': middle.FAULTS,
    'states': (*states.FAULTS, *lagging.FAULTS),
    'files': files.FAULTS,
    'host': host.FAULTS,
    'interrupting': interrupting.FAULTS,
}
"""The tables of the page."""

FAULTS = tuple(fault for faults in GROUPS.values() for fault in faults)


def on(server: str) -> list[Fault]:
    """Return the faults that are made on a server."""
    return [fault for fault in FAULTS if server in fault.servers]


def name(fault: Fault) -> str:
    """Return what pytest calls a fault."""
    return fault.name
