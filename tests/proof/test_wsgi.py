# SPDX-License-Identifier: Apache-2.0
"""What the real Glance no longer brings to be started with."""

import pathlib
import subprocess

from glance_status import results
from glance_status.checks import wsgi
from tests.functional import glance_databases
from tests.proof import real
from tests.unit import checkers
from tests.unit.checks.test_units import unit


def installed(name: str) -> pathlib.Path:
    """Return where a script of the real Glance would be."""
    glance_databases.require('sqlite')
    path = glance_databases.glance_manage_path()
    assert path
    return pathlib.Path(path).with_name(name)


def test_the_server_and_the_script_are_gone(tmp_path: pathlib.Path) -> None:
    server, script = installed('glance-api'), installed('glance-wsgi-api')
    unit(tmp_path, 'etc/systemd/system/a.service', str(server))
    unit(tmp_path, 'etc/systemd/system/b.service', f'uwsgi {script}')
    (tmp_path / 'conf').mkdir()
    checker = checkers.make(tmp_path / 'conf', '', source='31')
    found = [
        (item.id, item.result)
        for item in wsgi.check_services(checker, str(tmp_path))
    ]
    done = subprocess.run([server], capture_output=True, text=True, timeout=60)
    assert (done.returncode, script.exists(), found) == (
        1,
        False,
        [
            ('wsgi-unit', results.FAILURE),
            ('wsgi-script', results.FAILURE),
        ],
    )
    assert 'glance.wsgi.api:application' in done.stderr + done.stdout


def test_options_of_the_server_are_ignored(tmp_path: pathlib.Path) -> None:
    with glance_databases.database('sqlite', 'up_to_date', tmp_path) as url:
        conf = real.deployment(tmp_path, url, {'DEFAULT': {'workers': 'abc'}})
        answer = real.start(conf)
    findings = wsgi.check_options(checkers.of(conf))
    assert answer.error is None
    assert [item.result for item in findings] == [results.WARNING]
