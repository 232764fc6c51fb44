# SPDX-License-Identifier: Apache-2.0
"""Whether Glance can ask Keystone for the limits of a project."""

from glance_status import context, plugins, results
from glance_status.checks import identity, values

SECTION = 'oslo_limit'
# The first release that asks Keystone for limits.
HAS_LIMITS = 23
# The first tested with an oslo.limit that looks the endpoint up by the name
# or the type of the service.
LOOKS_UP = 30

LIMITS = results.FindingKind(
    id='keystone-limits',
    title='[oslo_limit] does not say how to get the limits',
    looks_for='use_keystone_limits = true without what [oslo_limit] needs to '
    'authenticate and to know the endpoint: auth_type, what its plug-in '
    'asks for, and endpoint_id (from 30.0.0 on, endpoint_service_type or '
    'endpoint_service_name do as well). And a [oslo_limit] auth_type that '
    'names no plug-in of keystoneauth, used or not.',
    matters='The API starts, and every image that is made or uploaded ends '
    'with 500. With an auth_type that is not known it does not start.',
    remediation='Set in [oslo_limit] auth_type = password, auth_url, '
    'username, password, user_domain_name, system_scope = all and '
    'endpoint_id, or set use_keystone_limits = false.',
    since='23.0.0',
    reference='https://docs.openstack.org/glance/latest/admin/quotas.html',
)


def check_limits(checker: context.Checker) -> list[results.Finding]:
    """Look at [oslo_limit]."""
    target = checker.target
    if target.major < HAS_LIMITS:
        return []
    how = identity.of(checker, SECTION)
    if '$' in how.plugin:
        return []
    if how.plugin and not how.known:
        return [LIMITS.failure(f'{how.unknown}: the API would not start.')]
    option = 'use_keystone_limits'
    if not values.boolean(checker, 'DEFAULT', option):
        return []
    place = values.place(checker, 'DEFAULT', option)
    missing = identity.lacking(checker, how) if how.plugin else ['auth_type']
    missing += _endpoint(checker)
    if not missing:
        return []
    return [
        LIMITS.failure(
            f'[DEFAULT] {option} is true{place}, and [{SECTION}] '
            f'does not set {", ".join(missing)}: images could not be made.',
            affected=results.Affected(len(missing), tuple(missing)),
        )
    ]


def _endpoint(checker: context.Checker) -> list[str]:
    names = ['endpoint_id']
    if checker.target.major >= LOOKS_UP:
        names += ['endpoint_service_type', 'endpoint_service_name']
    if any(identity.is_set(checker, SECTION, name) for name in names):
        return []
    return [' or '.join(names)]


CHECKS = (
    plugins.Check(
        id='keystone-quotas',
        title='Limits from Keystone',
        function=check_limits,
        kinds=(LIMITS,),
        topic='services',
        reads=('configuration',),
        description='Whether Glance can ask Keystone for the limits of a '
        'project, where it is told to.',
    ),
)
