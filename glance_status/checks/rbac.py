# SPDX-License-Identifier: Apache-2.0
"""Whether those who use images today may still do so."""

from glance_status import context, ini, plugins, results
from glance_status.checks import values

# enforce_scope and enforce_new_defaults are on by default from here on, and
# the option of Glance's own is gone.
NEW_DEFAULTS = 26
# The release that brought that option, deprecated as it was.
OWN_OPTION = 22
# The first release tested with oslo.policy 6, which has no enforce_scope.
SCOPE_ALWAYS = 33
OWN = 'enforce_secure_rbac'
SECURE_RBAC = (OWN, 'enable_secure_rbac')
NOTES = 'https://docs.openstack.org/releasenotes/glance/2023.1.html'

SCOPE = results.FindingKind(
    id='policy-scope',
    title='enforce_scope = false can no longer be kept',
    looks_for='[oslo_policy] enforce_scope = false. The option is gone from '
    '33.0.0 on, and true by default from 26.0.0 on.',
    matters='Tokens with the scope of the system are refused with 403: all '
    'policies of Glance are for tokens of a project.',
    remediation='Have scripts and services that use a token of the system '
    'ask for one of a project, then delete the option.',
    since='33.0.0',
    reference='https://docs.openstack.org/releasenotes/oslo.policy/',
)
DEFAULTS = results.FindingKind(
    id='policy-new-defaults',
    title='The new defaults of policies apply',
    looks_for='[oslo_policy] enforce_new_defaults that is not set, where the '
    'upgrade passes into 26.0.0 (2023.1), and false in later releases.',
    matters='Users need the role member to change images and the role '
    'reader to see them. Those who have other roles alone, such as '
    '_member_, get 403.',
    remediation='Give users the role member or reader in their projects: '
    '`openstack role add --user USER --project PROJECT member`. Until then '
    'set [oslo_policy] enforce_new_defaults = false.',
    since='26.0.0',
    reference=NOTES,
)
SECURE = results.FindingKind(
    id='policy-secure-rbac',
    title='enforce_secure_rbac is gone',
    looks_for='[DEFAULT] enforce_secure_rbac, or enable_secure_rbac as a '
    'release note has it, where the upgrade passes into 26.0.0 (2023.1), or '
    'ends at a release from 22.0.0 on that calls it deprecated.',
    matters='The option is ignored; what it switched on is on by default.',
    remediation='Delete it. Who needs the old policies sets [oslo_policy] '
    'enforce_new_defaults = false.',
    since='26.0.0',
    reference=NOTES,
)
MISMATCH = results.FindingKind(
    id='policy-rbac-mismatch',
    title='enforce_secure_rbac and enforce_new_defaults differ',
    looks_for='One of [DEFAULT] enforce_secure_rbac and [oslo_policy] '
    'enforce_new_defaults that is true, and the other false or not set, with '
    'targets from 22.0.0 (Wallaby) to 25.0.0 (Zed).',
    matters='The API raises ServerError and does not start.',
    remediation='Set both to true, or both to false.',
    since='22.0.0',
    reference='https://docs.openstack.org/releasenotes/glance/wallaby.html',
)


def check_rbac(checker: context.Checker) -> list[results.Finding]:
    """Look at what decides between old and new policies."""
    findings = [
        _scope(checker),
        _defaults(checker),
        *_secure(checker),
        _mismatch(checker),
    ]
    return [finding for finding in findings if finding is not None]


def _scope(checker: context.Checker) -> results.Finding | None:
    setting = checker.written('oslo_policy', 'enforce_scope')
    off = values.boolean(checker, 'oslo_policy', 'enforce_scope') is False
    if setting is None or not off:
        return None
    said = f'{setting.name} is false ({setting.place})'
    if checker.crosses(SCOPE_ALWAYS):
        return SCOPE.warning(f'{said}, and {SCOPE_ALWAYS}.0.0 ignores it.')
    if NEW_DEFAULTS <= checker.target.major < SCOPE_ALWAYS:
        return SCOPE.note(f'{said}, and {SCOPE_ALWAYS}.0.0 will ignore it.')
    return None


def _defaults(checker: context.Checker) -> results.Finding | None:
    if checker.target.major < NEW_DEFAULTS:
        return None
    setting = checker.written('oslo_policy', 'enforce_new_defaults')
    chosen = values.boolean(checker, 'oslo_policy', 'enforce_new_defaults')
    if chosen is None and checker.crosses(NEW_DEFAULTS):
        return DEFAULTS.warning(
            '[oslo_policy] enforce_new_defaults is not set, and true by '
            f'default from {NEW_DEFAULTS}.0.0 on.'
        )
    if chosen is False:
        where = f' ({setting.place})' if setting else ''
        return DEFAULTS.note(
            f'[oslo_policy] enforce_new_defaults is false{where}: the old '
            'policies still apply beside the new ones.'
        )
    return None


def _secure(checker: context.Checker) -> list[results.Finding]:
    found: list[ini.Setting] = [
        setting
        for option in SECURE_RBAC
        if (setting := checker.written('DEFAULT', option)) is not None
    ]
    crossed = checker.crosses(NEW_DEFAULTS)
    if not crossed and not _has_own_option(checker):
        return []
    made = SECURE.warning if crossed else SECURE.note
    ignore = 'ignore' if crossed else 'will ignore'
    return [
        made(
            f'{setting.name} is set ({setting.place}), and {NEW_DEFAULTS}.0.0 '
            f'and later {ignore} it.',
            affected=results.Affected(1, (setting.name,)),
        )
        for setting in found
    ]


def _mismatch(checker: context.Checker) -> results.Finding | None:
    if not _has_own_option(checker):
        return None
    both = ('DEFAULT', OWN), ('oslo_policy', 'enforce_new_defaults')
    on, off = (
        [
            f'[{section}] {option}{values.place(checker, section, option)}'
            for section, option in both
            if bool(values.boolean(checker, section, option)) is state
        ]
        for state in (True, False)
    )
    if not on or not off:
        return None
    return MISMATCH.failure(f'{on[0]} is true, and {off[0]} is not.')


def _has_own_option(checker: context.Checker) -> bool:
    return OWN_OPTION <= checker.target.major < NEW_DEFAULTS


CHECKS = (
    plugins.Check(
        id='policy-defaults',
        title='Defaults of policies',
        function=check_rbac,
        kinds=(SCOPE, DEFAULTS, SECURE, MISMATCH),
        topic='policy',
        reads=('configuration',),
        description='Whether users and services have the roles and the '
        'scope that the policies of the target ask for.',
    ),
)
