# SPDX-License-Identifier: Apache-2.0
"""Service units and drop-ins as systemd takes them."""

import pathlib

import pytest

from glance_status.checks import units


def unit(root: pathlib.Path, name: str, *commands: str) -> pathlib.Path:
    """Write a unit or a drop-in with these ExecStart lines."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ''.join(f'ExecStart={item}\n' for item in commands)
    path.write_text(f'[Unit]\nExecStart=no\n[Service]\n{lines}')
    return path


@pytest.mark.parametrize(
    ('command', 'words'),
    [
        ('/usr/bin/glance-api', ('/usr/bin/glance-api',)),
        ('-@/usr/bin/glance-api -v', ('/usr/bin/glance-api', '-v')),
        ('/usr/bin/env A=b glance-api', ('glance-api',)),
        (
            '/bin/sh -c "exec glance-api --a=b >> log"',
            ('glance-api', '--a=b', '>>', 'log'),
        ),
        (
            '/usr/bin/python3.11 -s /usr/bin/glance-api',
            ('/usr/bin/glance-api',),
        ),
        ("/usr/bin/glance-api 'open", ('/usr/bin/glance-api', "'open")),
        ('/bin/sh -c glance-api', ('glance-api',)),
        ('/usr/bin/env A=glance', ()),
    ],
)
def test_what_a_command_runs(
    tmp_path: pathlib.Path, command: str, words: tuple[str, ...]
) -> None:
    unit(tmp_path, 'etc/systemd/system/a.service', command)
    (service,) = units.services(str(tmp_path), 'glance')
    assert service.words == words


def test_drop_ins_and_directories(tmp_path: pathlib.Path) -> None:
    unit(tmp_path, 'lib/systemd/system/a.service', '/glance/old')
    unit(tmp_path, 'etc/systemd/system/a.service', '/glance/base')
    unit(tmp_path, 'lib/systemd/system/a.service.d/1.conf', '', '/glance/1')
    more = unit(tmp_path, 'run/systemd/system/a.service.d/2.conf', '/glance/2')
    unit(tmp_path, 'lib/systemd/system/a.service.d/2.conf', '/glance/no')
    masked = tmp_path / 'etc/systemd/system/b.service'
    masked.symlink_to('/dev/null')
    unit(tmp_path, 'lib/systemd/system/b.service', '/glance/b')
    services = units.services(str(tmp_path), 'glance')
    assert [item.program for item in services] == ['/glance/1', '/glance/2']
    assert services[1].line.place == f'{more}, line 4'


def test_comments_and_lines_that_go_on(tmp_path: pathlib.Path) -> None:
    path = unit(tmp_path, 'etc/systemd/system/a.service')
    path.write_text(
        '[Service]\n#ExecStart=/glance/no\nExecStart=/glance/yes \\\n'
        '# between\n  --a \\\n  --b\nExecStartPre=/glance/pre\n'
    )
    (service,) = units.services(str(tmp_path), 'glance')
    assert service.words == ('/glance/yes', '--a', '--b')
    assert service.line.place == f'{path}, line 3'


def test_files_that_are_not_used(tmp_path: pathlib.Path) -> None:
    for name in ('sites-available/a.conf', 'sites-enabled/b.conf', 'c.txt'):
        path = tmp_path / 'etc/apache2' / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('# glance\n  ; glance\nA glance\n')
    lines = units.lines(str(tmp_path), units.WEB_SERVERS, 'glance')
    path = tmp_path / 'etc/apache2/sites-enabled/b.conf'
    assert lines == [units.Line(str(path), 3, 'A glance')]


def test_no_such_directory(tmp_path: pathlib.Path) -> None:
    root = str(tmp_path / 'none[')
    assert units.services(root, 'a') == []
    assert units.lines(root, units.CRON, 'a') == []
