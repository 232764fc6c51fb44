# SPDX-License-Identifier: Apache-2.0
"""A signal at any moment of a run."""

import json
import random
import signal
import subprocess
import time
from collections import abc

import pytest

from tests.faults import judging, scene
from tests.faults.fault import Case
from tests.functional.test_signals import wait_until_it_runs

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE)
# Seconds that a run takes, about.
_RUN = 0.6


@pytest.fixture(scope='module')
def where() -> abc.Iterator[scene.Scene]:
    with scene.on_sqlite() as made:
        yield made


@pytest.mark.parametrize('moment', range(12))
def test_a_signal_at_any_moment_keeps_what_every_fault_keeps(
    moment: int, where: scene.Scene
) -> None:
    # The same in each run.
    delay = random.Random(moment).uniform(0, _RUN)
    number = SIGNALS[moment % len(SIGNALS)]

    def act(process: subprocess.Popen[bytes]) -> None:
        wait_until_it_runs(process)
        time.sleep(delay)
        process.send_signal(number)

    seen = judging.run(where, Case(act=act))

    judging.assert_kept(seen)
    if number == signal.SIGPIPE:
        assert (seen.code, seen.stderr) == (0, '')
        return
    if seen.code == 0:
        # It was done before.
        assert json.loads(seen.stdout)['complete']
        return
    assert seen.code == 255
    told = f'interrupted by {number.name}'
    rows = json.loads(seen.stdout)['not_run'] if seen.stdout else []
    assert f'the run was {told}' in {
        row['reason'] for row in rows
    } or seen.stderr.endswith(f'glance-status: {told}\n')
