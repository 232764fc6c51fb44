# SPDX-License-Identifier: Apache-2.0
"""A session that may write is asked nothing."""

import pathlib

import pytest
import sqlalchemy

from tests.faults import proxies
from tests.functional import command, glance_databases

# What begins each session: its length, and version 3.0 of the protocol.
HEADER = 8
VERSION = (3 << 16).to_bytes(4, 'big')


def without_options(said: bytes) -> bytes:
    """Return the first packet as PgBouncer hands it on, told to ignore them.

    That is what its ignore_startup_parameters = options does.
    """
    if said[4:HEADER] != VERSION:
        return said
    words = said[HEADER:].rstrip(b'\0').split(b'\0')
    pairs = zip(words[::2], words[1::2], strict=True)
    kept = b''.join(
        name + b'\0' + value + b'\0'
        for name, value in pairs
        if name != b'options'
    )
    size = HEADER + len(kept) + 1
    return size.to_bytes(4, 'big') + VERSION + kept + b'\0'


@pytest.mark.parametrize(
    ('change', 'code', 'details'),
    [
        (bytes, 0, None),
        (
            without_options,
            255,
            'the server does not keep the session read-only, so nothing was '
            'asked of it. Connect to the database server itself in [database] '
            'connection, not to a proxy that changes what a session may do.',
        ),
    ],
)
def test_a_proxy_that_drops_what_a_session_may_not_do(
    tmp_path: pathlib.Path,
    change: proxies.Change,
    code: int,
    details: str | None,
) -> None:
    with glance_databases.database('postgresql', 'up_to_date') as url:
        there = sqlalchemy.make_url(url)
        with proxies.proxy(there.port or 5432, 0, change=change) as port:
            through = there.set(port=port, query={'sslmode': 'disable'})
            conf = command.deployment(
                tmp_path, through.render_as_string(hide_password=False)
            )
            done = command.run(
                *('--config-file', conf, 'upgrade', 'check', '--json'),
                *('--check', 'database-connection'),
            )
    [row] = command.document(done)['checks']
    assert (done.code, row['result'], row['details']) == (code, code, details)
