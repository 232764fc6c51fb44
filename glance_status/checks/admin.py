# SPDX-License-Identifier: Apache-2.0
"""Who is an administrator of Glance."""

import re

from glance_status import context, plugins, results
from glance_status.checks import rules, values

REMOVED_IN = 22
# What the policy context_is_admin has by default.
DEFAULT = 'role:admin'
POLICY = 'context_is_admin'

ADMIN_ROLE = results.FindingKind(
    id='admin-role',
    title='admin_role no longer makes administrators',
    looks_for='[DEFAULT] admin_role, which 20.0.0 (Ussuri) deprecated and '
    '22.0.0 (Wallaby) removed.',
    matters='Users with that role, and not with the one in the policy '
    'context_is_admin, are administrators of Glance no more.',
    remediation='Put the role into the policy context_is_admin, in the '
    'policy file: "context_is_admin": "role:admin or role:ROLE". Then '
    'delete admin_role.',
    since='22.0.0',
    reference='https://docs.openstack.org/releasenotes/glance/wallaby.html',
)


def check_admin_role(checker: context.Checker) -> list[results.Finding]:
    """Look at admin_role."""
    setting = checker.written('DEFAULT', 'admin_role')
    target = checker.target
    if setting is None or not setting.value:
        return []
    role = values.shown(setting.value)
    said = f'[DEFAULT] admin_role is {role} ({setting.place}).'
    affected = results.Affected(1, (role,))
    if target.major < REMOVED_IN:
        if target.major < REMOVED_IN - 2:
            return []
        return [
            ADMIN_ROLE.warning(
                f'{said} {target.title} deprecates the option; '
                f'{REMOVED_IN}.0.0 ignores it.',
                affected=affected,
            )
        ]
    if not checker.crosses(REMOVED_IN):
        return []
    ignored = f'{said} {REMOVED_IN}.0.0 and later ignore it'
    if _has_policy(checker, setting.value):
        return [
            ADMIN_ROLE.note(
                f'{ignored}; the policy context_is_admin names the same role.',
                remediation='Delete admin_role.',
                affected=affected,
            )
        ]
    return [
        ADMIN_ROLE.warning(
            f'{ignored}: its users are administrators no more, unless the '
            'policy context_is_admin names the role.',
            affected=affected,
        )
    ]


def _has_policy(checker: context.Checker, role: str) -> bool:
    """Tell whether context_is_admin has a role already."""
    written = rules.merged(rules.read(checker)).get(POLICY, DEFAULT)
    # Words of a rule: oslo.policy compares roles without their case.
    return f'role:{role}'.lower() in re.split(r'[\s()"]+', written.lower())


CHECKS = (
    plugins.Check(
        id='administrators',
        title='Administrators',
        function=check_admin_role,
        kinds=(ADMIN_ROLE,),
        topic='policy',
        reads=('configuration', 'files'),
        description='Whether those who are administrators of Glance by '
        'admin_role will remain so.',
    ),
)
