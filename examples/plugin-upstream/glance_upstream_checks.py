# SPDX-License-Identifier: Apache-2.0
"""The upgrade checks that Glance itself brings, as a plug-in."""

from glance.cmd import status

# Glance 33.0.0 reads options in its checks that nothing has defined there.
from glance.common import config  # noqa: F401

from glance_status import plugins


class Checks(plugins.BaseChecks):
    """The entry point."""

    def get_checks(self):
        """Return the checks of ``glance.cmd.status``."""
        for name, check in status.Checks()._upgrade_checks:
            function, kwargs = (
                check if isinstance(check, tuple) else (check, {})
            )
            yield name, (_call, {'function': function, 'arguments': kwargs})


def _call(checker, function, arguments):
    # They are methods, and make no use of the object that they belong to.
    return function(checker, **arguments)
