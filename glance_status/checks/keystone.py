# SPDX-License-Identifier: Apache-2.0
"""Whether Glance will be able to check the tokens of its users."""

import re

from glance_status import context, plugins, results
from glance_status.checks import identity, keystone_options, values

SECTION = 'keystone_authtoken'
# The first whose keystonemiddleware asks service tokens for a role.
ROLES_REQUIRED = 33

_DOCUMENTED = (
    'https://docs.openstack.org/keystonemiddleware/latest/'
    'middlewarearchitecture.html'
)

AUTH_TYPE = results.FindingKind(
    id='keystone-auth-type',
    title='[keystone_authtoken] auth_type names no plug-in',
    looks_for='A [keystone_authtoken] auth_type, or auth_plugin, that '
    'keystoneauth does not have and no distribution installed here brings, '
    'or one for version 2 of Keystone, where requests go through Keystone. '
    'Upper and lower case differ.',
    matters='The API does not start: NoMatchingPlugin. With version 2, which '
    'Keystone has not had since its 13.0.0 (Queens), it starts and cannot '
    'check any token.',
    remediation='Write auth_type = password, with auth_url, username, '
    'password, user_domain_name, project_name and project_domain_name.',
    reference=_DOCUMENTED,
)
INCOMPLETE = results.FindingKind(
    id='keystone-auth-incomplete',
    title='[keystone_authtoken] does not say how to authenticate',
    looks_for='No [keystone_authtoken] auth_type, or one whose plug-in asks '
    'for options that are not set, where requests go through Keystone.',
    matters='Without auth_url the API does not start. Without auth_type, a '
    'user and password, a project, or the domains of user and project, it '
    'starts, and cannot check any token: requests end with 500 or 401.',
    remediation='Write auth_type = password, with auth_url, username, '
    'password, user_domain_name, project_name and project_domain_name.',
    reference=_DOCUMENTED,
)
AUTH_VERSION = results.FindingKind(
    id='keystone-auth-version',
    title='[keystone_authtoken] auth_version is no version',
    looks_for='A [keystone_authtoken] auth_version that is not like v3 or '
    '3.0, where requests go through Keystone.',
    matters='The API does not start: TypeError, Invalid version specified.',
    remediation='Delete [keystone_authtoken] auth_version.',
    reference=_DOCUMENTED,
)
MEMCACHE_KEY = results.FindingKind(
    id='keystone-memcache-key',
    title='memcache_secret_key is missing',
    looks_for='A [keystone_authtoken] memcache_security_strategy of MAC or '
    'ENCRYPT without a memcache_secret_key, where requests go through '
    'Keystone.',
    matters='The API does not start: ConfigurationError.',
    remediation='Set [keystone_authtoken] memcache_secret_key, the same on '
    'all nodes that share the cache, or delete memcache_security_strategy.',
    reference=_DOCUMENTED,
)
SERVICE_ROLES = results.FindingKind(
    id='service-token-roles',
    title='Service tokens will have to carry a role',
    looks_for='[keystone_authtoken] service_token_roles_required, whose '
    'default becomes true in 33.0.0 (2026.2): where it is not set and the '
    'upgrade passes into that release, and where it is false.',
    matters='Nova, Cinder and others send a service token along with that '
    'of the user. Where their users have none of the roles in '
    'service_token_roles, Glance refuses such requests with 401, and '
    'servers cannot be made from images. Without the requirement, any '
    'valid token passes for that of a service.',
    remediation='Give the users of the services that call Glance the role '
    'service in the project service: `openstack role add --user nova '
    '--project service service`. Until then, '
    'service_token_roles_required = false.',
    since='33.0.0',
    reference=_DOCUMENTED,
)


# As keystoneauth reads it.
_VERSION = re.compile(r'v*(\d+|latest)(\.(\d+|latest))*')


def check_authtoken(checker: context.Checker) -> list[results.Finding]:
    """Look at what Keystone's middleware needs to start and to work."""
    if not identity.uses_keystone(checker):
        return []
    return [
        *_authentication(checker),
        *_version(checker),
        *_memcache(checker),
        *_service_roles(checker),
    ]


def _authentication(checker: context.Checker) -> list[results.Finding]:
    how = identity.of(checker, SECTION)
    if not how.plugin:
        if identity.in_paste_file(checker) or keystone_options.instead(
            checker
        ):
            # The options of old are the finding of their own check.
            return []
        said = (
            f'[{how.section}] auth_type is not set, so Glance cannot check '
            'any token.'
        )
        return [INCOMPLETE.failure(said)]
    if '$' in how.plugin:
        return []
    if not how.known:
        return [AUTH_TYPE.failure(f'{how.unknown}: the API would not start.')]
    if how.plugin in identity.ENDED:
        return [
            AUTH_TYPE.failure(
                f'[{how.section}] auth_type is {how.plugin}{how.place}, for '
                'version 2 of Keystone, which no supported Keystone has: '
                'Glance cannot check any token.'
            )
        ]
    missing = identity.lacking(checker, how, service=True)
    if not missing:
        return []
    return [
        INCOMPLETE.failure(
            f'[{how.section}] auth_type is {how.plugin}{how.place}, which '
            f'takes {" and ".join(missing)}; nothing sets '
            f'{"them" if len(missing) > 1 else "it"}.',
            affected=results.Affected(len(missing), tuple(missing)),
        )
    ]


def _version(checker: context.Checker) -> list[results.Finding]:
    setting = checker.written(SECTION, 'auth_version')
    if setting is None or '$' in setting.value:
        return []
    if _VERSION.fullmatch(setting.value):
        return []
    return [
        AUTH_VERSION.failure(
            f'{setting.name} is {values.shown(setting.value) or "empty"} '
            f'({setting.place}): the API would not start.'
        )
    ]


def _memcache(checker: context.Checker) -> list[results.Finding]:
    strategy = checker.written(SECTION, 'memcache_security_strategy')
    key = checker.written(SECTION, 'memcache_secret_key')
    if not strategy or strategy.value.upper() not in ('MAC', 'ENCRYPT'):
        return []
    if key and key.value:
        return []
    return [
        MEMCACHE_KEY.failure(
            f'[{SECTION}] memcache_security_strategy is {strategy.value} '
            f'({strategy.place}), and memcache_secret_key is not set: the '
            'API would not start.'
        )
    ]


def _service_roles(checker: context.Checker) -> list[results.Finding]:
    option = 'service_token_roles_required'
    required = values.boolean(checker, SECTION, option)
    target = checker.target
    if target.major < ROLES_REQUIRED or required:
        return []
    if required is False:
        place = values.place(checker, SECTION, option)
        return [
            SERVICE_ROLES.note(
                f'[{SECTION}] {option} is false{place}: any valid token '
                'passes for that of a service.',
                remediation='Give the users of the services the role '
                'service, then delete the option.',
            )
        ]
    if not checker.crosses(ROLES_REQUIRED):
        return []
    roles = checker.written(SECTION, 'service_token_roles')
    named = 'service_token_roles, which is '
    named += (
        values.shown(roles.value)
        if roles and roles.value
        else 'service by default'
    )
    return [
        SERVICE_ROLES.note(
            f'[{SECTION}] {option} is not set, and '
            f'becomes true with {target.title}: the users by which Nova and '
            f'Cinder send service tokens need a role of {named}.'
        )
    ]


CHECKS = (
    plugins.Check(
        id='keystone-authtoken',
        title='Keystone middleware',
        function=check_authtoken,
        kinds=(
            AUTH_TYPE,
            INCOMPLETE,
            AUTH_VERSION,
            MEMCACHE_KEY,
            SERVICE_ROLES,
        ),
        topic='services',
        reads=('configuration',),
        description='Whether [keystone_authtoken] has what the middleware '
        'that checks the tokens of users needs to start and to work.',
    ),
)
