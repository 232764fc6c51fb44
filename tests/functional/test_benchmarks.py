# SPDX-License-Identifier: Apache-2.0
"""No ratio that the documentation claims is far from true."""

import os
import pathlib
import subprocess
import sys

from tests.functional import glance_databases

RUN = pathlib.Path(__file__).parents[2] / 'benchmarks' / 'run'


def test_no_ratio_is_far_beyond_what_is_claimed() -> None:
    glance_databases.require('sqlite')
    done = subprocess.run(
        [sys.executable, str(RUN), '--small'],
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    beyond = [
        line for line in done.stderr.splitlines() if 'is more than' in line
    ]
    assert (done.returncode, beyond) == (0, []), done.stdout + done.stderr
