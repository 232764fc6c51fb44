# SPDX-License-Identifier: Apache-2.0
"""The stores of a configuration, and where their options stand."""

import pathlib
import time

import pytest

from glance_status import context, results
from glance_status.checks import backends
from tests.unit import checkers, reports


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


def test_stores_by_their_driver(tmp_path: pathlib.Path) -> None:
    checker = checkers.make(
        tmp_path, '[DEFAULT]\nenabled_backends = a:rbd, b:file, c:rbd\n'
    )
    stores = backends.read(checker)
    assert [store.name for store in stores.of('rbd')] == ['a', 'c']


def test_a_default_store_that_is_not_among_the_stores(
    tmp_path: pathlib.Path,
) -> None:
    checker = checkers.make(
        tmp_path,
        '[glance_store]\nstores = rbd, file, rbd\ndefault_store = swift\n',
    )
    assert backends.read(checker) == backends.Stores(
        False,
        'swift',
        (
            backends.Store('rbd', 'rbd', 'rbd', 'glance_store', False),
            backends.Store('file', 'file', 'file', 'glance_store', False),
        ),
    )


@pytest.mark.parametrize(
    ('target', 'group', 'directory'),
    [
        ('30', 'a', '/own'),
        ('30', 'b', None),
        ('30', 'c', '/var/lib/glance/images'),
        (
            '30',
            'os_glance_staging_store',
            '/var/lib/glance/os_glance_staging_store',
        ),
        (
            '30',
            'os_glance_tasks_store',
            '/var/lib/glance/os_glance_tasks_store',
        ),
        ('30', 'glance_store', '/var/lib/glance/images'),
        ('31', 'a', '/own'),
        ('31', 'b', None),
        ('31', 'c', '/shared'),
        ('31', 'os_glance_staging_store', '/shared'),
        ('31', 'glance_store', '/var/lib/glance/images'),
    ],
)
def test_where_a_store_has_its_files(
    tmp_path: pathlib.Path, target: str, group: str, directory: str | None
) -> None:
    checker = checkers.make(
        tmp_path,
        '[DEFAULT]\nenabled_backends = a:file, b:file, c:file\n'
        '[a]\nfilesystem_store_datadir = /own\n'
        '[b]\nfilesystem_store_datadir =\n'
        '[backend_defaults]\nfilesystem_store_datadir = /shared\n',
        target=target,
    )
    assert backends.datadir(checker, group) == directory


def test_a_reserved_store_without_any_directory(
    tmp_path: pathlib.Path,
) -> None:
    checker = checkers.make(tmp_path, '', target='31')
    assert backends.datadir(checker, 'os_glance_tasks_store') == (
        '/var/lib/glance/images'
    )


@pytest.mark.parametrize(('references', 'value'), [(10, '/srv'), (11, '$o12')])
def test_references_in_references(
    tmp_path: pathlib.Path, references: int, value: str
) -> None:
    chain = ''.join(f'o{n} = $o{n + 1}\n' for n in range(2, references + 1))
    checker = checkers.make(
        tmp_path,
        f'[DEFAULT]\n{chain}o{references + 1} = /srv\n'
        '[glance_store]\nfilesystem_store_datadir = $o2\n',
    )
    assert backends.datadir(checker, 'glance_store') == value
    assert backends.resolvable(value) is (value == '/srv')


@pytest.mark.parametrize(
    ('written', 'value'),
    [
        # The own section comes first, then [DEFAULT].
        ('$pool', 'own'),
        ('$base', '/srv'),
        ('${other.pool}', 'another'),
        # An option of [DEFAULT] is no option of another section...
        ('${other.base}', '${other.base}'),
        # ...and what it refers to is looked for where it stands.
        ('$twice', '/srv/default'),
        ('\\$base', '$base'),
        ('$other.pool-$base', 'another-/srv'),
    ],
)
def test_where_a_reference_is_looked_for(
    tmp_path: pathlib.Path, written: str, value: str
) -> None:
    checker = checkers.make(
        tmp_path,
        '[DEFAULT]\nenabled_backends = a:rbd\nbase = /srv\npool = default\n'
        'twice = $base/$pool\n'
        '[other]\npool = another\n'
        f'[a]\npool = own\nrbd_store_user = {written}\n',
    )
    (store,) = backends.read(checker).all
    assert [
        backends.value(checker, store, option)
        for option in ('rbd_store_user', 'rbd_store_pool')
    ] == [value, None]


@pytest.mark.parametrize(
    ('value', 'expected'),
    [
        ('true', True),
        ('True', True),
        ('1', True),
        ('YES', True),
        ('on', True),
        ('false', False),
        ('2', False),
        ('', False),
        (None, False),
    ],
)
def test_what_oslo_config_takes_for_true(
    value: str | None, expected: bool
) -> None:
    assert backends.is_true(value) is expected


@pytest.mark.parametrize(
    ('target', 'group', 'expected'),
    [
        ('30', 'A', ['/one', '/two']),
        ('31', 'A', ['/one', '/two']),
        ('30', 'b', []),
        ('31', 'b', ['/shared']),
        ('31', 'glance_store', []),
    ],
)
def test_options_that_are_repeated(
    tmp_path: pathlib.Path, target: str, group: str, expected: list[str]
) -> None:
    checker = checkers.make(
        tmp_path,
        '[DEFAULT]\nfilesystem_store_datadirs = /elsewhere\n'
        '[a]\nfilesystem_store_datadirs = /one\n'
        'filesystem_store_datadir = /single\n'
        'filesystem_store_datadirs = /two\n'
        '[backend_defaults]\nfilesystem_store_datadirs = /shared\n',
        target=target,
    )
    found = backends.repeated(checker, 'filesystem_store_datadirs')
    assert [
        item.value for item in backends.of_group(checker, found, group)
    ] == expected


@pytest.mark.parametrize(('default', 'result'), [(True, 2), (False, 1)])
def test_a_fault_of_the_default_store_is_a_failure(
    default: bool, result: int
) -> None:
    store = backends.Store('a', 'rbd', 'rbd', 'a', default)
    assert [
        backends.judged(reports.KIND, store, 'It is bad.'),
        backends.judged(reports.KIND, store, 'It is bad.', 'Mend it.'),
    ] == [
        results.Finding(
            'old-thing',
            result,
            'It is bad.',
            remediation,
            '28.0.0',
            'https://example.org/thing',
            results.Affected(1, ('a',)),
        )
        for remediation in (reports.KIND.remediation, 'Mend it.')
    ]


@pytest.mark.parametrize(
    ('text', 'titles'),
    [
        (
            '[DEFAULT]\nenabled_backends = a:rbd, b:file\n'
            '[glance_store]\ndefault_backend = b\nstores = file\n',
            [
                'the store a ({path}/glance-api.conf, line 2)',
                'the default store b ({path}/glance-api.conf, line 2)',
            ],
        ),
        (
            '[glance_store]\ndefault_store = rbd\nstores = rbd\n',
            ['the default store rbd ({path}/glance-api.conf, line 3)'],
        ),
        (
            '[glance_store]\ndefault_store = http\n',
            [
                'the store file ({path}/glance-api.conf, line 2)',
                'the default store http ({path}/glance-api.conf, line 2)',
            ],
        ),
        ('', ['the default store file', 'the store http']),
    ],
)
def test_what_messages_call_a_store(
    tmp_path: pathlib.Path, text: str, titles: list[str]
) -> None:
    checker = checkers.make(tmp_path, text)
    assert [
        backends.placed(checker, store) for store in backends.read(checker).all
    ] == [title.format(path=tmp_path) for title in titles]
