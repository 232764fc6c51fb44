# SPDX-License-Identifier: Apache-2.0
"""The built-in checks, one topic a file; this is the list of them."""

from glance_status import plugins
from glance_status.checks import (
    admin,
    cache,
    cinder,
    clients,
    connection,
    database_driver,
    database_options,
    filesystem,
    healthcheck,
    key_manager,
    keystone,
    keystone_options,
    limits,
    logs,
    messaging,
    messaging_options,
    middleware,
    ownership,
    paste,
    path,
    policy,
    policy_meaning,
    policy_place,
    policy_rules,
    protections,
    rbac,
    registry,
    revision,
    s3,
    staging,
    store_changes,
    store_default,
    store_directories,
    stores,
    swift,
    tasks,
)

TOPICS = (
    path,
    connection,
    revision,
    ownership,
    policy,
    policy_place,
    policy_rules,
    policy_meaning,
    rbac,
    protections,
    stores,
    cache,
    store_default,
    staging,
    paste,
    middleware,
    database_options,
    database_driver,
    keystone,
    keystone_options,
    messaging,
    messaging_options,
    registry,
    admin,
    tasks,
    limits,
    clients,
    key_manager,
    healthcheck,
    logs,
    filesystem,
    store_directories,
    swift,
    s3,
    cinder,
    store_changes,
)


class Checks(plugins.BaseChecks):
    """The entry point ``glance`` of our own distribution."""

    def get_checks(self) -> list[plugins.Check]:
        """Return the checks of all topics."""
        return [check for topic in TOPICS for check in topic.CHECKS]
