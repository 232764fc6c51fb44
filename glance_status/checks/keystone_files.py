# SPDX-License-Identifier: Apache-2.0
"""Certificates and keys by which Glance speaks with Keystone and its cache."""

from glance_status import context, ini, plugins, results
from glance_status.checks import identity, presence, values

SECTION = 'keystone_authtoken'
# The first release whose keystonemiddleware has them.
HAS_MEMCACHE_TLS = 31

FILES = results.FindingKind(
    id='keystone-files',
    title='A certificate of [keystone_authtoken] is missing',
    looks_for='The files of [keystone_authtoken] certfile and, beside it, '
    'keyfile; with an auth_url of https:// that of cafile; with '
    'memcache_tls_enabled those of memcache_tls_cafile, '
    'memcache_tls_certfile and memcache_tls_keyfile, where requests go '
    'through Keystone. Looked at only on a host that has something else '
    'that the configuration names.',
    matters='Without those of the cache the API does not start; without '
    'those of Keystone every request ends with 500.',
    remediation='Put the file there, so that the user who runs Glance may '
    'read it, or correct the option.',
    reference='https://docs.openstack.org/keystonemiddleware/latest/'
    'middlewarearchitecture.html',
)

# Read for an address of http:// as well; a key alone is read by nobody.
_OF_CLIENT = ('certfile', 'keyfile')
_OF_CACHE = (
    'memcache_tls_cafile',
    'memcache_tls_certfile',
    'memcache_tls_keyfile',
)


def check_files(checker: context.Checker) -> list[results.Finding]:
    """Look for certificates and keys."""
    if not identity.uses_keystone(checker):
        return []
    missing = [
        setting for setting in _named(checker) if presence.lacks(setting.value)
    ]
    if missing:
        presence.require_own(checker)
    return [
        FILES.failure(
            f'{setting.name} ({setting.place}) names '
            f'{values.shown(setting.value)}, which is not on this host.',
            affected=results.Affected(1, (values.shown(setting.value),)),
        )
        for setting in missing
    ]


def _named(checker: context.Checker) -> list[ini.Setting]:
    names: tuple[str, ...] = ()
    certificate = checker.written(SECTION, 'certfile')
    if certificate and certificate.value:
        names += _OF_CLIENT
    url = checker.written(identity.of(checker, SECTION).section, 'auth_url')
    if url and url.value.lower().startswith('https:'):
        names += ('cafile',)
    if checker.target.major >= HAS_MEMCACHE_TLS and values.boolean(
        checker, SECTION, 'memcache_tls_enabled'
    ):
        names += _OF_CACHE
    found = [checker.written(SECTION, name) for name in names]
    return [item for item in found if item and item.value]


CHECKS = (
    plugins.Check(
        id='keystone-certificates',
        title='Certificates for Keystone',
        function=check_files,
        kinds=(FILES,),
        topic='services',
        reads=('configuration', 'files', 'host'),
        description='Whether the certificates and keys are there by which '
        'Glance speaks with Keystone and with its cache.',
    ),
)
