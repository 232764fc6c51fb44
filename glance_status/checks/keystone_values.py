# SPDX-License-Identifier: Apache-2.0
"""Values of [keystone_authtoken] with which no token can be checked.

What the middleware does with each was found by sending requests to the
released Glance.
"""

import typing

from glance_status import context, plugins, results
from glance_status.checks import backends, identity, values

SECTION = 'keystone_authtoken'
# The first whose keystonemiddleware finds no endpoint of another interface.
INTERFACE = 19
# The first that gets access to the system with these plug-ins.
SYSTEM = 26

VALUES = results.FindingKind(
    id='keystone-values',
    title='[keystone_authtoken] has values with which nothing is asked',
    looks_for='Where requests go through Keystone: an auth_url that does not '
    'begin with http:// or https://, an http_connect_timeout of 0 or less, '
    'more than one of project, domain and trust to get access to, or from '
    '26.0.0 on of these and the system, and from 19.0.0 on an interface '
    'other than public, internal and admin.',
    matters='The API starts, and every request that brings a token ends with '
    '500.',
    remediation='Correct the value, or delete the option.',
    reference='https://docs.openstack.org/keystonemiddleware/latest/'
    'middlewarearchitecture.html',
)

_Test = typing.Callable[[str], bool]

_INTERFACES = ('public', 'internal', 'admin')
# With these plug-ins it was tried.
_PASSWORD = ('password', 'v3password')
# What a token can give access to, one of them at a time.
_SYSTEM = ('system_scope',)
_SCOPES = (
    ('project_name', 'project_id'),
    ('domain_name', 'domain_id'),
    ('trust_id',),
    _SYSTEM,
)


def check_values(checker: context.Checker) -> list[results.Finding]:
    """Look for values of which the middleware makes an error."""
    if not identity.uses_keystone(checker):
        return []
    how = identity.of(checker, SECTION)
    found = [
        *_refused(checker, how.section, 'auth_url', _is_address),
        *_refused(checker, SECTION, 'http_connect_timeout', _is_timeout),
        *_scopes(checker, how),
    ]
    if checker.target.major >= INTERFACE:
        found += _refused(checker, SECTION, 'interface', _is_interface)
    return found


def _is_address(text: str) -> bool:
    return text.lower().startswith(('http://', 'https://'))


def _is_interface(text: str) -> bool:
    return text.removesuffix('URL') in _INTERFACES


def _is_timeout(text: str) -> bool:
    try:
        return int(text) > 0
    except ValueError:
        # It is the finding of a check of all options.
        return True


def _refused(
    checker: context.Checker, section: str, option: str, takes: _Test
) -> list[results.Finding]:
    setting = checker.written(section, option)
    if setting is None:
        return []
    text = backends.text(checker, setting)
    if not text or not backends.resolvable(text) or takes(text):
        return []
    return [
        VALUES.failure(
            f'{setting.name} is {values.shown(text)} ({setting.place}): '
            'Glance could not check any token.',
            affected=results.Affected(1, (option,)),
        )
    ]


def _scopes(
    checker: context.Checker, how: identity.Identity
) -> list[results.Finding]:
    if how.plugin not in _PASSWORD:
        return []
    found = [
        settings[0]
        for names in _SCOPES
        if (names != _SYSTEM or checker.target.major >= SYSTEM)
        and (
            settings := [
                item
                for name in names
                if (item := identity.setting(checker, how.section, name))
            ]
        )
    ]
    if len(found) <= 1:
        return []
    names = tuple(item.option for item in found)
    said = ' and '.join(f'{item.name} ({item.place})' for item in found)
    return [
        VALUES.failure(
            f'{said} are set, and a token is for one of them: Glance could '
            'not check any token.',
            remediation='Leave one of them; project_name is the usual one.',
            affected=results.Affected(len(names), names),
        )
    ]


CHECKS = (
    plugins.Check(
        id='keystone-access',
        title='Values for Keystone',
        function=check_values,
        kinds=(VALUES,),
        topic='services',
        reads=('configuration',),
        description='Whether the middleware can ask Keystone with the '
        'values of [keystone_authtoken].',
    ),
)
