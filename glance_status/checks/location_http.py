# SPDX-License-Identifier: Apache-2.0
"""Locations of the web, and which of them could be added again."""

import ipaddress
import typing
import urllib.parse

from glance_status import context, results, rows
from glance_status.checks import backends

FILTER = 33

_PORTS = {'http': 80, 'https': 443}

FILTERED = results.FindingKind(
    id='loc-http-filtered',
    title='HTTP locations that could not be added any more',
    looks_for='Locations with an HTTP URL on another port than 80 and 443, '
    'or than [import_filtering_opts] allowed_ports has, or on a loopback or '
    'link-local address, where the upgrade passes into 33.0.0.',
    matters='These images stay as they are, and nobody can add such a '
    'location any more: the request is refused.',
    remediation='Set [import_filtering_opts] allowed_ports and '
    'allowed_hosts in glance-image-import.conf to what is still wanted.',
    since='33.0.0',
    reference='https://docs.openstack.org/glance/latest/admin/'
    'interoperable-image-import.html',
)


def ask(
    checker: context.Checker, stores: backends.Stores
) -> list[rows.Question]:
    """Ask for the locations of the web."""
    from glance_status import tables

    if not checker.crosses(FILTER) or not stores.of('http'):
        return []
    value = tables.exact(tables.IMAGE_LOCATIONS.c.value)
    return [
        tables.live_locations(
            'http',
            value.like('http://%') | value.like('https://%'),
            sort=_filter(checker),
            looks_at=(tables.IMAGE_LOCATIONS.c.value,),
        )
    ]


def _filter(checker: context.Checker) -> typing.Callable[[str], str | None]:
    setting = checker.written('import_filtering_opts', 'allowed_ports')
    text = setting.value if setting else '80,443'
    allowed = {word.strip() for word in text.strip('[] ').split(',')}

    def sort(url: str) -> str | None:
        """Return why a URL would be refused, None where it would not."""
        try:
            parsed = urllib.parse.urlsplit(url)
            port = parsed.port or _PORTS[parsed.scheme]
        except ValueError:
            return 'unreadable port'
        if str(port) not in allowed:
            return f'port {port}'
        try:
            address = ipaddress.ip_address(parsed.hostname or '')
        except ValueError:
            return 'localhost' if parsed.hostname == 'localhost' else None
        if address.is_loopback:
            return 'loopback address'
        return 'link-local address' if address.is_link_local else None

    return sort


def judge(checker: context.Checker) -> list[results.Finding]:
    """Tell of the locations that the target would refuse."""
    answer = checker.answers.asked('http')
    if not answer.count:
        return []
    return [
        FILTERED.warning(
            f'HTTP locations that {checker.target.title} would not let '
            f'anybody add: {answer.count} ({answer.by_kind}).',
            affected=answer.affected,
        )
    ]
