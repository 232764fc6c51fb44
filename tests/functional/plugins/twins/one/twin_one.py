# SPDX-License-Identifier: Apache-2.0
"""A plug-in of which another one has the name."""

from oslo_upgradecheck import upgradecheck

from glance_status import plugins


class Checks(plugins.BaseChecks):
    def get_checks(self):
        return [('Who', self.who)]

    def who(self, checker):
        """Tell which of the two was asked."""
        return upgradecheck.Result(upgradecheck.Code.SUCCESS, 'one')
