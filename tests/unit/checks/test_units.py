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
        ('/bin/sh glance-api -c', ('glance-api', '-c')),
        (
            '/usr/bin/uwsgi -c /etc/glance/uwsgi.ini',
            ('/usr/bin/uwsgi', '-c', '/etc/glance/uwsgi.ini'),
        ),
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
    unit(tmp_path, 'etc/systemd/system/b.service.d/1.conf', '/glance/b1')
    unit(tmp_path, 'etc/systemd/system/c.service.d/1.conf', '/glance/c1')
    unit(tmp_path, 'etc/systemd/system/a.service.d/1.txt', '/glance/no')
    unit(tmp_path, 'etc/systemd/system/d.timer', '/glance/d')
    dangling = tmp_path / 'etc/systemd/system/e.service'
    dangling.symlink_to('glance.service')
    unit(tmp_path, 'etc/systemd/system/other.service', '/other/d', 'glance')
    services = units.services(str(tmp_path), 'glance')
    assert [(item.unit, item.program) for item in services] == [
        ('a.service', '/glance/1'),
        ('a.service', '/glance/2'),
        ('other.service', 'glance'),
    ]
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


def test_what_is_no_command(tmp_path: pathlib.Path) -> None:
    path = unit(tmp_path, 'etc/systemd/system/a.service')
    path.write_text(
        'ExecStart=/glance/1\n[Unit]\nExecStart=/glance/2\n[Service]\n'
        'ExecStart /glance/3\nExecStop=/glance/4\n ExecStart = /glance/5\n'
        '[Install]\nExecStart=/glance/6\n'
    )
    (service,) = units.services(str(tmp_path), 'glance')
    line = units.Line(str(path), 7, '/glance/5')
    assert service == units.Service('a.service', line, ('/glance/5',))


def test_a_line_that_goes_on_at_once(tmp_path: pathlib.Path) -> None:
    path = unit(tmp_path, 'etc/systemd/system/a.service')
    path.write_text('[Service]\nExecStart=/glance/yes\\\n--a\\\n--b')
    (service,) = units.services(str(tmp_path), 'glance')
    assert service.words == ('/glance/yes', '--a', '--b')
    assert service.line.place == f'{path}, line 2'


def test_a_file_under_two_names(tmp_path: pathlib.Path) -> None:
    path = tmp_path / 'etc/apache2/a/b/vhost.conf'
    path.parent.mkdir(parents=True)
    path.write_text('glance\n')
    (path.parent / 'copy.conf').symlink_to(path)
    (path.parent / 'directory.conf').mkdir()
    (path.parent / 'missing.conf').symlink_to('nothing')
    lines = units.lines(str(tmp_path), units.WEB_SERVERS, 'glance')
    assert lines == [units.Line(str(path), 1, 'glance')]


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
