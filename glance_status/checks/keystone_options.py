# SPDX-License-Identifier: Apache-2.0
"""Options of [keystone_authtoken] that are there no more."""

from glance_status import context, plugins, releases, results
from glance_status.checks import identity, renames

SECTION = 'keystone_authtoken'
# The first whose keystonemiddleware has none of the options of before
# auth_type; found by listing the options of the released packages.
WITHOUT_ADMIN = 33

OLD_OPTIONS = results.FindingKind(
    id='keystone-old-opts',
    title='[keystone_authtoken] has options of the past',
    looks_for='Options that keystonemiddleware no longer reads: admin_user, '
    'admin_password, admin_tenant_name, admin_token, identity_uri, auth_host '
    'and its like, auth_uri, and those of PKI tokens.',
    matters='Where nothing but admin_user and its like says how to '
    'authenticate, the API starts and cannot check any token: requests end '
    'with 500. Beside auth_type they are without effect.',
    remediation='Write www_authenticate_uri for auth_uri, auth_url for '
    'identity_uri, and auth_type = password with username, password, '
    'user_domain_name, project_name and project_domain_name for admin_*.',
    since='33.0.0',
    reference='https://docs.openstack.org/keystonemiddleware/latest/'
    'middlewarearchitecture.html',
)

ADMIN = (
    'admin_user',
    'admin_password',
    'admin_tenant_name',
    'admin_token',
    'identity_uri',
    'auth_host',
    'auth_port',
    'auth_protocol',
    'auth_admin_prefix',
)
RENAMES = (
    renames.Rename(
        SECTION, 'auth_uri', WITHOUT_ADMIN, f'[{SECTION}] www_authenticate_uri'
    ),
    renames.Rename(SECTION, 'check_revocations_for_cached', 18),
    renames.Rename(SECTION, 'revocation_cache_time', 18),
    renames.Rename(SECTION, 'hash_algorithms', 19),
    renames.Rename(SECTION, 'signing_dir', 19),
)


def instead(checker: context.Checker) -> bool:
    """Tell whether options of the past say how to authenticate."""
    return not identity.of(checker, SECTION).plugin and any(
        checker.written(SECTION, option) for option in ADMIN
    )


def check_options(checker: context.Checker) -> list[results.Finding]:
    """Look for options of before auth_type, and of PKI tokens."""
    if not identity.uses_keystone(checker):
        return []
    return [
        *_admin(checker),
        *renames.findings(checker, OLD_OPTIONS, RENAMES),
    ]


def _admin(checker: context.Checker) -> list[results.Finding]:
    found = [
        setting
        for option in ADMIN
        if (setting := checker.written(SECTION, option)) is not None
    ]
    if not found:
        return []
    names = tuple(setting.option for setting in found)
    affected = results.Affected(len(names), names)
    listed = f'[{SECTION}] has {", ".join(names)} ({found[0].place})'
    target = checker.target
    ends = f'{WITHOUT_ADMIN}.0.0'
    if not instead(checker):
        if not checker.crosses(WITHOUT_ADMIN):
            return []
        return [
            OLD_OPTIONS.note(
                f'{listed}, which have no effect beside auth_type; {ends} '
                'does not know them.',
                remediation='Delete them.',
                affected=affected,
            )
        ]
    if target.major < WITHOUT_ADMIN:
        return [
            OLD_OPTIONS.warning(
                f'{listed} and no auth_type. {target.title} still reads '
                f'them; {ends} ({releases.find(ends).title}) does not.',
                affected=affected,
            )
        ]
    return [
        OLD_OPTIONS.failure(
            f'{listed} and no auth_type: {target.title} does not read them '
            'and cannot check any token.',
            affected=affected,
        )
    ]


CHECKS = (
    plugins.Check(
        id='keystone-options',
        title='Keystone options',
        function=check_options,
        kinds=(OLD_OPTIONS,),
        topic='services',
        reads=('configuration',),
        description='Whether [keystone_authtoken] has options that the '
        'target no longer reads.',
    ),
)
