# SPDX-License-Identifier: Apache-2.0
"""What stands after ? in the URL of a message transport.

It sets options of the driver, in place of those of its section.
"""

import typing
import urllib.parse

from glance_status import context
from glance_status.checks import kinds
from glance_status.releases import lifecycle

_RABBIT = 'oslo_messaging_rabbit'
_GROUPS = {
    'amqp': 'oslo_messaging_amqp',
    'kafka': 'oslo_messaging_kafka',
    'kombu': _RABBIT,
    'rabbit': _RABBIT,
}
# What the driver has registered in every release; it was not documented
# before 30.0.0.
_POOL = frozenset(
    {'conn_pool_min_size', 'conn_pool_ttl', 'rpc_conn_pool_size'}
)


def trouble(checker: context.Checker, driver: str, url: str) -> str | None:
    """Return what is wrong with the query of a URL, None for nothing."""
    group = _GROUPS.get(driver)
    if group is None:
        return None
    for name, value in options(url).items():
        kind = _kind(group, name, checker.target.major)
        if kind is None:
            # With a @ it may be a piece of a password.
            shown = 'something' if '@' in url.partition('?')[2] else name
            return f'sets {shown}, and [{group}] has no such option'
        try:
            kinds.make(kind)(value)
        except ValueError:
            return f'sets {name}, which takes {kinds.described(kind)}'
    return None


def options(url: str) -> dict[str, str]:
    """Return what the query of a URL sets, empty values left out."""
    query = urllib.parse.urlsplit(url).query
    return {
        name: ','.join(found)
        for name, found in urllib.parse.parse_qs(query).items()
    }


def _kind(group: str, name: str, major: int) -> typing.Any:
    if group == _RABBIT and name in _POOL:
        return 'Integer'
    life = lifecycle.knowledge().tables[group].get(name)
    option = life.at(major) if life else None
    return option.kind if option else None
