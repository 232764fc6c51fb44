# SPDX-License-Identifier: Apache-2.0
"""Whether the health check can be made from its options."""

import ipaddress

from glance_status import context, plugins, results
from glance_status.checks import values

# The first release whose oslo.middleware has the option.
HAS_RANGES = 28

SOURCES = results.FindingKind(
    id='healthcheck-sources',
    title='allowed_source_ranges has something that is no network',
    looks_for='Values of [healthcheck] allowed_source_ranges that are no '
    'network, or have bits set behind the prefix, as 10.0.0.1/8 has.',
    matters='The API does not start: ValueError.',
    remediation='Write networks, as 10.0.0.0/8 or 2001:db8::/32, or single '
    'addresses.',
    since='28.0.0',
    reference='https://docs.openstack.org/oslo.middleware/latest/reference/'
    'healthcheck_plugins.html',
)


def check_sources(checker: context.Checker) -> list[results.Finding]:
    """Look at who may ask for the health of the API."""
    setting = checker.written('healthcheck', 'allowed_source_ranges')
    if setting is None or checker.target.major < HAS_RANGES:
        return []
    items = [item.strip() for item in setting.value.split(',')]
    wrong = [
        values.shown(item)
        for item in items
        if item and '$' not in item and not _is(item)
    ]
    if not wrong:
        return []
    return [
        SOURCES.failure(
            f'{setting.name} ({setting.place}) has '
            f'{", ".join(wrong[: results.SAMPLE_SIZE])}, which is no network '
            'address: the API would not start.',
            affected=results.Affected(
                len(wrong), tuple(wrong[: results.SAMPLE_SIZE])
            ),
        )
    ]


def _is(text: str) -> bool:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True


CHECKS = (
    plugins.Check(
        id='healthcheck-options',
        title='Health check options',
        function=check_sources,
        kinds=(SOURCES,),
        topic='services',
        reads=('configuration',),
        description='Whether the API can make its health check from the '
        'options in [healthcheck].',
    ),
)
