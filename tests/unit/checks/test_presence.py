# SPDX-License-Identifier: Apache-2.0
"""Whether a configuration is that of the host on which it lies."""

import os
import pathlib

import pytest

from glance_status import configuration, context
from glance_status.checks import presence
from tests.unit import checkers


@pytest.mark.parametrize(
    'text',
    [
        '[local]\nfilesystem_store_datadir = {dir}/images\n',
        '[DEFAULT]\nnode_staging_uri = file://{dir}/images/\n',
        '[database]\nconnection = sqlite:///{dir}/images\n',
    ],
)
def test_something_that_it_names_is_here(
    tmp_path: pathlib.Path, text: str
) -> None:
    checker = checkers.make(tmp_path, text.format(dir=tmp_path))
    with pytest.raises(context.Inapplicable):
        presence.require_own(checker)
    (tmp_path / 'images').mkdir()
    presence.require_own(checker)


@pytest.mark.parametrize(
    'value', ['/', '//', '/var/log', '/tmp/', '/etc/hosts', '/usr', 'a\tb', '']
)
def test_what_every_host_has_says_nothing(
    tmp_path: pathlib.Path, value: str
) -> None:
    checker = checkers.make(tmp_path, f'[DEFAULT]\na = {value}\nb = /\n')
    with pytest.raises(context.Inapplicable):
        presence.require_own(checker)


def test_a_configuration_that_was_looked_for_is_our_own(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('OS_GLANCE_CONFIG_DIR', str(tmp_path))
    checker = checkers.make(tmp_path, '')
    config = configuration.read(checker.conf, environ=os.environ)
    run = context.Run(config, checker.target)
    presence.require_own(context.Checker(run, context.Facts()))


def test_the_target_beside_the_tool(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkers.install(tmp_path, monkeypatch, 'glance', '33.0.0')
    presence.require_own(checkers.make(tmp_path, ''))
    with pytest.raises(context.Inapplicable) as caught:
        presence.require_target(checkers.make(tmp_path, '', target='32'))
    assert str(caught.value) == (
        'Glance 32 is not installed beside glance-status, so the libraries '
        'that it will find are not known'
    )


def test_missing_is_what_is_surely_not_there(tmp_path: pathlib.Path) -> None:
    (tmp_path / 'file').touch()
    missing = {
        path: presence.lacks(path)
        for path in (
            *('/no/such', f'{tmp_path}/file/such', 'no/such', '/no/$such'),
            *(str(tmp_path), '/no/\0such', f'/{"x" * 5000}'),
        )
    }
    assert missing == {
        '/no/such': True,
        f'{tmp_path}/file/such': True,
        # Nobody can tell.
        '/no/\0such': False,
        f'/{"x" * 5000}': False,
        'no/such': False,
        '/no/$such': False,
        str(tmp_path): False,
    }


def test_modules_that_are_here() -> None:
    assert {
        name: presence.imports(name)
        for name in ('json', 'no_such', 'no_such.module', '')
    } == {'json': True, 'no_such': False, 'no_such.module': False, '': False}


def test_eggs_that_are_here(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkers.install(tmp_path, monkeypatch, 'mycloud', '1.0')
    (tmp_path / 'mycloud-1.0.dist-info/entry_points.txt').write_text(
        '[paste.app_factory]\nserve = a:b\n'
        '[paste.filter_factory]\nmain = a:b\n'
    )
    groups = ['paste.filter_factory']
    assert {
        uri: presence.has_egg(uri, groups)
        for uri in (
            *('egg:mycloud', 'egg:mycloud#main', 'egg:mycloud#serve'),
            *('egg:no_such#main', 'egg:', 'egg:#main'),
        )
    } == {
        'egg:mycloud': True,
        'egg:mycloud#main': True,
        'egg:mycloud#serve': False,
        'egg:no_such#main': False,
        'egg:': False,
        'egg:#main': False,
    }


def test_what_others_than_a_library_bring(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkers.install(tmp_path, monkeypatch, 'my.cloud', '1.0')
    (tmp_path / 'my.cloud-1.0.dist-info/entry_points.txt').write_text(
        '[mycloud.drivers]\nmine = a:b\n'
    )
    assert presence.brought('mycloud.drivers', 'other') == {'mine'}
    assert presence.brought('mycloud.drivers', 'My_Cloud') == frozenset()
