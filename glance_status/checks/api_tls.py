# SPDX-License-Identifier: Apache-2.0
"""Whether the API is told to serve TLS itself."""

from glance_status import context, plugins, results

# The first release whose API has no TLS.
WITHOUT_TLS = 20

NATIVE_TLS = results.FindingKind(
    id='native-tls',
    title='The API no longer serves TLS',
    looks_for='[DEFAULT] cert_file and key_file, where the upgrade passes '
    'into 20.0.0 (Ussuri), which removed them.',
    matters='The options are ignored: the same port answers plain HTTP. '
    'Clients that use the https:// address in the catalogue fail, and '
    'tokens and images cross the network in clear.',
    remediation='Let a proxy or the web server that runs the API serve TLS, '
    'with the same certificate and key, and delete cert_file, key_file and '
    'ca_file. Where one does so already, only delete them.',
    since='20.0.0',
    reference='https://docs.openstack.org/releasenotes/glance/ussuri.html',
)


def check_tls(checker: context.Checker) -> list[results.Finding]:
    """Look at the certificate and the key of the API."""
    certificate = checker.written('DEFAULT', 'cert_file')
    key = checker.written('DEFAULT', 'key_file')
    # The releases that had them did not start with one of the two.
    if not (certificate and certificate.value and key and key.value):
        return []
    if not checker.crosses(WITHOUT_TLS):
        return []
    return [
        NATIVE_TLS.failure(
            f'{certificate.name} ({certificate.place}) and {key.name} '
            f'({key.place}) are set: from {WITHOUT_TLS}.0.0 on they are '
            'ignored, and the API serves plain HTTP.',
        )
    ]


CHECKS = (
    plugins.Check(
        id='api-tls',
        title='TLS of the API',
        function=check_tls,
        kinds=(NATIVE_TLS,),
        topic='services',
        reads=('configuration',),
        description='Whether the API has to serve TLS itself, which no '
        'release from 20.0.0 on does.',
    ),
)
