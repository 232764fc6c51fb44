# SPDX-License-Identifier: Apache-2.0
"""The Python of the installed Glance, and deprecated tools."""

import pathlib

import pytest

from glance_status import context, results
from glance_status.checks import host
from tests.unit import checkers
from tests.unit.checks.test_units import unit


def installed(root: pathlib.Path, python: str) -> None:
    """Make a service of a Glance that runs with a Python."""
    unit(root, 'etc/systemd/system/glance-api.service', '/opt/bin/glance-api')
    script = root / 'opt/bin/glance-api'
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(f'#!{python}\nimport sys\n')


def test_a_host_without_glance(tmp_path: pathlib.Path) -> None:
    with pytest.raises(context.Inapplicable, match='no Glance is installed'):
        host.check_python(checkers.make(tmp_path, ''), str(tmp_path))


@pytest.mark.parametrize(
    ('python', 'target', 'expected'),
    [
        (
            '/usr/bin/python3.10',
            '33',
            ['3.10, and 2026.2 Hibiscus needs 3.11'],
        ),
        ('/usr/bin/python3.10', '32', []),
        ('/usr/bin/python3.13', '33', []),
        ('/usr/bin/python3.9', '31', ['3.9, and 2025.2 Flamingo needs 3.10']),
        ('/usr/bin/python2.7', '20', ['2.7, and Ussuri needs 3.6']),
    ],
)
def test_the_python_of_a_service(
    tmp_path: pathlib.Path, python: str, target: str, expected: list[str]
) -> None:
    installed(tmp_path, python)
    checker = checkers.make(tmp_path, '', target=target)
    assert [
        item.message for item in host.check_python(checker, str(tmp_path))
    ] == [f'Glance runs with {python}, Python {e} or later.' for e in expected]


def test_a_python_that_is_a_link(tmp_path: pathlib.Path) -> None:
    link = tmp_path / 'python'
    link.symlink_to('/usr/lib/none/python3.8')
    installed(tmp_path, str(link))
    (finding,) = host.check_python(checkers.make(tmp_path, ''), str(tmp_path))
    assert (finding.id, finding.result) == ('python-version', results.FAILURE)


@pytest.mark.parametrize('first', ['#!/bin/sh', '', '#!/usr/bin/env python3'])
def test_a_script_that_does_not_say(
    tmp_path: pathlib.Path, first: str
) -> None:
    installed(tmp_path, '/usr/bin/python3.8')
    (tmp_path / 'opt/bin/glance-api').write_text(first)
    with pytest.raises(context.Inapplicable):
        host.check_python(checkers.make(tmp_path, ''), str(tmp_path))


@pytest.mark.parametrize(
    ('target', 'names'),
    [
        ('27', []),
        ('28', ['glance-cache-manage']),
        ('33', ['glance-cache-manage', 'glance-cache-pruner']),
    ],
)
def test_tools_of_the_image_cache(
    tmp_path: pathlib.Path, target: str, names: list[str]
) -> None:
    crontab = tmp_path / 'var/spool/cron/crontabs/glance'
    crontab.parent.mkdir(parents=True)
    crontab.write_text(
        '#0 * * * * glance-cache-cleaner\n0 * * * * glance-cache-pruner\n'
    )
    unit(
        tmp_path,
        'etc/systemd/system/cache.service',
        '/usr/bin/glance-cache-manage queue-image x',
    )
    checker = checkers.make(tmp_path, '', target=target)
    findings = host.check_tools(checker, str(tmp_path))
    assert {item.result for item in findings} <= {results.SUCCESS}
    assert (
        sorted(item.affected.sample[0] for item in findings if item.affected)
        == names
    )
