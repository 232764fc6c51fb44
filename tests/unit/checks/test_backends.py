# SPDX-License-Identifier: Apache-2.0
"""The stores of a configuration, and where their options stand."""

import pathlib
import time

import pytest

from glance_status import context
from glance_status.checks import backends
from tests.unit import checkers


def test_named_stores(tmp_path: pathlib.Path) -> None:
    checker = checkers.make(
        tmp_path,
        '[DEFAULT]\nenabled_backends = fast:rbd, Slow:file\n'
        '[glance_store]\ndefault_backend = Slow\nstores = http\n',
    )
    assert backends.read(checker) == backends.Stores(
        True,
        'Slow',
        (
            backends.Store('fast', 'rbd', 'rbd', 'fast', False),
            backends.Store('Slow', 'file', 'file', 'Slow', True),
        ),
    )


def test_stores_of_an_empty_configuration(tmp_path: pathlib.Path) -> None:
    assert backends.read(checkers.make(tmp_path, '')) == backends.Stores(
        False,
        'file',
        (
            backends.Store('file', 'file', 'file', 'glance_store', True),
            backends.Store('http', 'http', 'http', 'glance_store', False),
        ),
    )


def test_drivers_by_their_classes(tmp_path: pathlib.Path) -> None:
    checker = checkers.make(
        tmp_path,
        '[glance_store]\nstores = glance.store.swift.Store\n'
        'default_store = swift+https\n',
    )
    assert backends.read(checker).all == (
        backends.Store(
            'swift', 'swift', 'glance.store.swift.Store', 'glance_store', True
        ),
    )


def test_what_is_no_list_is_not_looked_at(tmp_path: pathlib.Path) -> None:
    checker = checkers.make(tmp_path, '[DEFAULT]\nenabled_backends = x\n')
    with pytest.raises(context.Inapplicable):
        backends.read(checker)


@pytest.mark.parametrize(
    ('target', 'directory'),
    [('30', '/var/lib/glance/images'), ('31', '/shared')],
)
def test_shared_defaults(
    tmp_path: pathlib.Path, target: str, directory: str
) -> None:
    checker = checkers.make(
        tmp_path,
        '[DEFAULT]\nenabled_backends = a:file\n'
        '[backend_defaults]\nfilesystem_store_datadir = /shared\n',
        target=target,
    )
    assert backends.datadir(checker, 'a') == directory


@pytest.mark.parametrize(
    ('written', 'value'),
    [
        ('$base/images', '/srv/images'),
        ('${other.base}/images', '/other/images'),
        ('$unknown/images', '$unknown/images'),
        ('$$base', '$base'),
        ('$filesystem_store_datadir', '$filesystem_store_datadir'),
    ],
)
def test_references(tmp_path: pathlib.Path, written: str, value: str) -> None:
    checker = checkers.make(
        tmp_path,
        '[DEFAULT]\nenabled_backends = a:file\nbase = /srv\n'
        '[other]\nbase = /other\n'
        f'[A]\nfilesystem_store_datadir = {written}\n',
    )
    assert backends.datadir(checker, 'a') == value


def test_ten_thousand_stores(tmp_path: pathlib.Path) -> None:
    names = [f'store{number}' for number in range(10_000)]
    sections = [
        f'[{name}]\nfilesystem_store_datadir = /srv/{name}' for name in names
    ]
    checker = checkers.make(
        tmp_path,
        '[DEFAULT]\nenabled_backends = '
        + ','.join(f'{name}:file' for name in names)
        + '\n'
        + '\n'.join(sections),
    )
    start = time.process_time()
    found = [
        backends.datadir(checker, store.group)
        for store in backends.read(checker).all
    ]
    assert found == [f'/srv/{name}' for name in names]
    assert time.process_time() - start < 3
