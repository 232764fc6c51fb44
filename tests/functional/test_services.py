# SPDX-License-Identifier: Apache-2.0
"""What the services around Glance leave in the way of it."""

import pathlib

from tests.functional import command


def test_a_log_that_cannot_be_written(tmp_path: pathlib.Path) -> None:
    place = tmp_path / 'log'
    place.mkdir(mode=0o555)
    conf = command.deployment(
        tmp_path, DEFAULT={'log_dir': str(place), 'log_file': 'api.log'}
    )
    asked = (
        *('--config-file', conf, 'upgrade', 'check', '--json'),
        *('--check', 'logging-files'),
    )

    refused = command.run(*asked, prefix=command.unprivileged())
    (place / 'api.log').touch()
    taken = command.run(*asked, prefix=command.unprivileged())

    (row,) = command.document(refused)['checks']
    assert [item['id'] for item in row['findings']] == ['log-unwritable']
    assert (refused.code, taken.code) == (2, 0)
