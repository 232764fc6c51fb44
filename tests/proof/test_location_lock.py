# SPDX-License-Identifier: Apache-2.0
"""The lock under which the real Glance makes hashes of locations."""

import pathlib

from glance_status.checks import locations
from tests.functional import command
from tests.proof import real
from tests.unit import checkers

# What its task does first, and where it ends without a place for locks.
REGISTERS = """
import sys

from glance import task_cancellation_tracker
from glance.common import config
from oslo_config import cfg

cfg.CONF([], project='glance', default_config_files=sys.argv[1:])
try:
    task_cancellation_tracker.register_operation('the-task')
    print('it goes on')
except cfg.RequiredOptError as error:
    print(type(error).__name__)
"""


def test_a_task_goes_on_after_the_remedy(tmp_path: pathlib.Path) -> None:
    def asked(**locks: str) -> tuple[str, list[str]]:
        conf = tmp_path / 'glance-api.conf'
        conf.write_text(
            command.configuration(
                {
                    'DEFAULT': {'node_staging_uri': f'file://{tmp_path}'},
                    'glance_store': {'stores': 'rbd', 'default_store': 'rbd'},
                    'oslo_concurrency': locks,
                }
            )
        )
        checker = checkers.of(conf, source='29')
        found = [item.id for item in locations.check_locations(checker)]
        return real.run(REGISTERS, str(conf)).strip(), found

    assert asked() == ('RequiredOptError', ['location-lock-path'])
    assert asked(lock_path=str(tmp_path)) == ('it goes on', [])
