# SPDX-License-Identifier: Apache-2.0
"""The Python of the installed Glance, and deprecated tools."""

import pathlib
import sys
import typing

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


@pytest.mark.parametrize(
    ('name', 'program', 'version'),
    [
        ('python', '/usr/lib/none/python3.8', '3.8'),
        ('python3.9', '/usr/lib/none/python3.8', '3.8'),
        ('python3.9', '/usr/lib/none/interpreter', '3.9'),
    ],
)
def test_a_python_that_is_a_link(
    tmp_path: pathlib.Path, name: str, program: str, version: str
) -> None:
    link = tmp_path / name
    link.symlink_to(program)
    installed(tmp_path, str(link))
    findings = host.check_python(checkers.make(tmp_path, ''), str(tmp_path))
    assert checkers.told(tmp_path, findings) == [
        (
            'python-version',
            results.FAILURE,
            f'Glance runs with {name}, Python {version}, and 2026.2 Hibiscus '
            'needs 3.11 or later.',
        )
    ]


def test_a_python_that_two_services_name(tmp_path: pathlib.Path) -> None:
    for name in ('api', 'api2'):
        program = f'/opt/bin/glance-{name}'
        unit(tmp_path, f'etc/systemd/system/{name}.service', program)
    unit(tmp_path, 'etc/systemd/system/cleaner.service', 'glance-cleaner')
    installed(tmp_path, '/usr/bin/python3.9')
    script = tmp_path / 'opt/bin/glance-api'
    script.with_name('glance-api2').write_text(script.read_text())
    checker = checkers.make(tmp_path, '')
    assert host.check_python(checker, str(tmp_path)) == [
        host.PYTHON.failure(
            'Glance runs with /usr/bin/python3.9, Python 3.9, and 2026.2 '
            'Hibiscus needs 3.11 or later.',
            affected=results.Affected(1, ('/usr/bin/python3.9',)),
        )
    ]


@pytest.mark.parametrize('script', ['glance-manage', 'glance-api'])
def test_the_python_of_a_script_in_the_path(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    monkeypatch.setenv('PATH', str(tmp_path))
    program = tmp_path / script
    program.write_text('#! /usr/bin/python2.7 -s\n')
    program.chmod(0o755)
    checker = checkers.make(tmp_path, '')
    assert [item.message for item in host.check_python(checker)] == [
        'Glance runs with /usr/bin/python2.7, Python 2.7, and 2026.2 '
        'Hibiscus needs 3.11 or later.'
    ]
    # It is a script of this host, and not of the one below another root.
    with pytest.raises(context.Inapplicable):
        host.check_python(checker, str(tmp_path))


class Version(typing.NamedTuple):
    """What Python says of itself."""

    major: int
    minor: int
    micro: int


@pytest.mark.parametrize(
    ('version', 'messages'),
    [
        (
            Version(3, 10, 14),
            [
                f'Glance runs with {sys.executable}, Python 3.10, and 2026.2 '
                'Hibiscus needs 3.11 or later.'
            ],
        ),
        (Version(3, 11, 0), []),
    ],
)
def test_the_python_of_a_glance_beside_this_tool(
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    version: Version,
    messages: list[str],
) -> None:
    checkers.install(tmp_path, monkeypatch, 'glance', '33.0.0')
    monkeypatch.setattr(sys, 'version_info', version)
    checker = checkers.make(tmp_path, '')
    assert [
        item.message for item in host.check_python(checker, str(tmp_path))
    ] == messages


@pytest.mark.parametrize('first', ['#!/bin/sh', '', '#!/usr/bin/env python3'])
def test_a_script_that_does_not_say(
    tmp_path: pathlib.Path, first: str
) -> None:
    installed(tmp_path, '/usr/bin/python3.8')
    (tmp_path / 'opt/bin/glance-api').write_text(first)
    with pytest.raises(context.Inapplicable):
        host.check_python(checkers.make(tmp_path, ''), str(tmp_path))


@pytest.mark.parametrize(
    ('target', 'expected'),
    [
        ('27', []),
        ('28', ['manage']),
        ('31', ['manage']),
        ('32', ['cleaner', 'prefetcher', 'pruner', 'manage']),
    ],
)
def test_tools_of_the_image_cache(
    tmp_path: pathlib.Path, target: str, expected: list[str]
) -> None:
    crontab = tmp_path / 'var/spool/cron/crontabs/glance'
    crontab.parent.mkdir(parents=True)
    crontab.write_text(
        '#0 * * * * glance-cache-cleaner\n0 * * * * glance-cache-cleaner\n'
        '0 * * * * glance-cache-pruner; glance-cache-prefetcher\n'
    )
    service = 'etc/systemd/system/cache.service'
    unit(tmp_path, service, '/usr/bin/glance-cache-manage queue-image x')
    checker = checkers.make(tmp_path, '', target=target)
    places = {
        'cleaner': f'{crontab}, line 2',
        'pruner': f'{crontab}, line 3',
        'prefetcher': f'{crontab}, line 3',
        'manage': f'{tmp_path / service}, line 4',
    }
    assert host.check_tools(checker, str(tmp_path)) == [
        host.TOOLS.note(
            f'{places[name]}: glance-cache-{name} is deprecated.',
            affected=results.Affected(1, (f'glance-cache-{name}',)),
        )
        for name in expected
    ]
