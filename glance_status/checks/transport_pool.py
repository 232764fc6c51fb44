# SPDX-License-Identifier: Apache-2.0
"""The pool of connections of a message transport of RabbitMQ."""

from glance_status import context, results
from glance_status.checks import backends, transport_query

# The first that compares the two sizes.
COMPARES = 19
# The first that does not read rpc_conn_pool_size in [DEFAULT].
WITHOUT_DEFAULT = 30

POOL = results.FindingKind(
    id='transport-pool',
    title='The pool of connections to RabbitMQ is too small',
    looks_for='With a transport of RabbitMQ, an rpc_conn_pool_size that is '
    'below conn_pool_min_size, which is 2 where nothing sets it.',
    matters='The API does not start: DriverLoadFailure. This is so where no '
    'notifications are sent, too.',
    remediation='Set rpc_conn_pool_size and conn_pool_min_size of '
    '[oslo_messaging_rabbit] so that the first is not the smaller one, or '
    'delete them: 30 and 2 are the defaults.',
    since='19.0.0',
    reference='https://docs.openstack.org/oslo.messaging/latest/'
    'configuration/opts.html',
)

_RABBIT = 'oslo_messaging_rabbit'
_MOST = ('rpc_conn_pool_size', 30)
_LEAST = ('conn_pool_min_size', 2)


def small(checker: context.Checker, url: str) -> list[results.Finding]:
    """Compare the sizes of the pool.

    :param url: of the transport, which may set them too
    """
    if checker.target.major < COMPARES:
        return []
    most = _size(checker, url, *_MOST)
    least = _size(checker, url, *_LEAST)
    if most is None or least is None or most >= least:
        return []
    return [
        POOL.failure(
            f'rpc_conn_pool_size is {most}, and conn_pool_min_size '
            f'{least}: the API would not start.'
        )
    ]


def _size(
    checker: context.Checker, url: str, name: str, default: int
) -> int | None:
    """Return a size, None for what is no number."""
    text = transport_query.options(url).get(name)
    if text is None:
        setting = checker.written(_RABBIT, name)
        if name == _MOST[0] and checker.target.major < WITHOUT_DEFAULT:
            setting = setting or checker.written('DEFAULT', name)
        if setting is None:
            return default
        text = backends.text(checker, setting)
    try:
        return int(text)
    except ValueError:
        # It is the finding of a check of all options.
        return None
