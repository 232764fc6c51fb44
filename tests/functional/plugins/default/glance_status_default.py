# SPDX-License-Identifier: Apache-2.0
"""A plug-in that needs no --namespace."""

from oslo_upgradecheck import upgradecheck

from glance_status import plugins


class Checks(plugins.BaseChecks):
    def get_checks(self):
        return [('Default', self.check)]

    def check(self, checker):
        """Find something to look at."""
        return upgradecheck.Result(upgradecheck.Code.WARNING, 'look')
