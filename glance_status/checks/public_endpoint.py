# SPDX-License-Identifier: Apache-2.0
"""The address at which clients are told to find the API."""

import urllib.parse

from glance_status import context, results
from glance_status.checks import backends, values

# The first release that makes addresses of it, and does not only show it.
JOINED = 20

PUBLIC_ENDPOINT = results.FindingKind(
    id='public-endpoint',
    title='public_endpoint is no URL',
    looks_for='A [DEFAULT] public_endpoint whose square brackets are not '
    'closed or hold no IPv6 address.',
    matters='The API starts, and GET / ends with 500: clients ask there for '
    'the versions of the API before anything else.',
    remediation='Write it as https://HOST or https://[ADDRESS]:PORT, or '
    'delete it: then the address of each request is taken.',
    since='20.0.0',
    reference='https://docs.openstack.org/glance/latest/configuration/'
    'glance_api.html#DEFAULT.public_endpoint',
)


def broken(checker: context.Checker) -> list[results.Finding]:
    """Look for an address of which Glance cannot make others."""
    setting = checker.written('DEFAULT', 'public_endpoint')
    if setting is None or checker.target.major < JOINED:
        return []
    value = backends.text(checker, setting)
    if not backends.resolvable(value):
        return []
    try:
        urllib.parse.urljoin(value, 'v2')
    except ValueError:
        shown = values.shown(value)
        return [
            PUBLIC_ENDPOINT.failure(
                f'{setting.name} is {shown} ({setting.place}): the API could '
                'not list its versions.'
            )
        ]
    return []
