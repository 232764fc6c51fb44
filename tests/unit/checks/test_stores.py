# SPDX-License-Identifier: Apache-2.0
"""Drivers of stores, wherever the configuration names them."""

import pathlib

import pytest

from glance_status import results
from glance_status.checks import stores
from tests.unit import checkers

Found = list[tuple[str, int, str]]


def found(checker: object) -> Found:
    """Return id, result and message of what the check finds."""
    return [
        (item.id, item.result, item.message)
        for item in stores.check_stores(checker)  # type: ignore[arg-type]
    ]


@pytest.mark.parametrize(
    ('text', 'target'),
    [
        ('', '33'),
        ('[DEFAULT]\nenabled_backends = fast:rbd, slow:file\n', '33'),
        ('[DEFAULT]\nenabled_backends = sheepdog:rbd\n', '33'),
        ('[DEFAULT]\nenabled_backends = old:sheepdog\n', '19'),
        ('[glance_store]\nstores = file,http,glance.store.rbd.Store\n', '33'),
        ('[glance_store]\ndefault_store = swift+https\n', '33'),
        ('[glance_store]\ndefault_store = vsphere\n', '18'),
    ],
)
def test_drivers_that_the_target_has(
    tmp_path: pathlib.Path, text: str, target: str
) -> None:
    assert found(checkers.make(tmp_path, text, target=target)) == []


@pytest.mark.parametrize(
    ('text', 'option'),
    [
        (
            '[DEFAULT]\nenabled_backends = a:rbd, b:sheepdog\n',
            '[DEFAULT] enabled_backends (b)',
        ),
        (
            '[glance_store]\nstores = file,sheepdog\n',
            '[glance_store] stores',
        ),
        (
            '[glance_store]\ndefault_store = sheepdog\n',
            '[glance_store] default_store',
        ),
    ],
)
def test_sheepdog_is_gone(
    tmp_path: pathlib.Path, text: str, option: str
) -> None:
    assert found(checkers.make(tmp_path, text, target='20')) == [
        (
            'removed-store',
            results.FAILURE,
            f'{option} names the driver sheepdog ({tmp_path}/glance-api.conf, '
            'line 2), which Ussuri (20.0.0) does not have; Train (19.0.4) was '
            'the last to have it.',
        )
    ]


def test_s3_is_not_there_yet(tmp_path: pathlib.Path) -> None:
    text = '[DEFAULT]\nenabled_backends = a:s3\n'
    assert found(checkers.make(tmp_path, text, target='19')) == [
        (
            'removed-store',
            results.FAILURE,
            '[DEFAULT] enabled_backends (a) names the driver s3 '
            f'({tmp_path}/glance-api.conf, line 2), which Train (19.0.0) does '
            'not have; it came with 20.0.0 (Ussuri).',
        )
    ]


def test_backends_by_a_reference_to_nothing(tmp_path: pathlib.Path) -> None:
    text = '[DEFAULT]\nenabled_backends = $stores\n'
    assert found(checkers.make(tmp_path, text)) == [
        (
            'enabled-backends-syntax',
            results.FAILURE,
            '[DEFAULT] enabled_backends '
            f'({tmp_path}/glance-api.conf, line 2) cannot be read: it refers '
            'to an option that is not there.',
        )
    ]


# A scheme of the file driver is no driver, in capitals or not.
@pytest.mark.parametrize('driver', ['flie', 'Filesystem'])
def test_a_driver_of_nobody(tmp_path: pathlib.Path, driver: str) -> None:
    text = f'[DEFAULT]\nenabled_backends = a:{driver}\n'
    assert found(checkers.make(tmp_path, text)) == [
        (
            'unknown-store',
            results.WARNING,
            f'[DEFAULT] enabled_backends (a) names the driver {driver} '
            f'({tmp_path}/glance-api.conf, line 2), which no release of '
            'Glance has and which is not installed beside glance-status.',
        )
    ]


def test_a_store_is_affected_by_its_driver(tmp_path: pathlib.Path) -> None:
    text = '[DEFAULT]\nenabled_backends = a:sheepdog, b:flie\n'
    assert [
        (item.id, item.affected)
        for item in stores.check_stores(checkers.make(tmp_path, text))
    ] == [
        ('removed-store', results.Affected(1, ('sheepdog',))),
        ('unknown-store', results.Affected(1, ('flie',))),
    ]


@pytest.mark.parametrize(
    ('driver', 'said'),
    [
        ('', 'names no driver ({path}/glance-api.conf, line 2).'),
        (
            'File',
            'names the driver File ({path}/glance-api.conf, line 2), which '
            'no release of Glance has and which is not installed beside '
            'glance-status (did you mean file?).',
        ),
    ],
)
def test_a_driver_that_cannot_be_one(
    tmp_path: pathlib.Path, driver: str, said: str
) -> None:
    text = f'[DEFAULT]\nenabled_backends = a:{driver}\n'
    assert found(checkers.make(tmp_path, text)) == [
        (
            'unknown-store',
            results.FAILURE,
            '[DEFAULT] enabled_backends (a) ' + said.format(path=tmp_path),
        )
    ]


def test_a_driver_that_the_target_beside_does_not_find(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkers.install(tmp_path, monkeypatch, 'glance', '33.0.0')

    def severity(text: str, target: str) -> list[int]:
        checker = checkers.make(tmp_path, text, target=target)
        return [result for _id, result, _message in found(checker)]

    named = '[DEFAULT]\nenabled_backends = a:mine\n'
    assert severity(named, '33') == [results.FAILURE]
    assert severity(named, '32') == [results.WARNING]
    unnamed = '[glance_store]\nstores = file,mine\n'
    assert severity(unnamed, '33') == [results.WARNING]


def test_an_empty_default_store(tmp_path: pathlib.Path) -> None:
    checker = checkers.make(tmp_path, '[glance_store]\ndefault_store =\n')
    ((name, result, message),) = checkers.told(
        tmp_path, stores.check_stores(checker)
    )
    assert (name, result) == ('unknown-store', results.FAILURE)
    assert message.startswith(
        '[glance_store] default_store is empty (glance-api.conf, line 2), and '
        'the API does not start with any but '
    )


def test_a_default_store_of_nobody(tmp_path: pathlib.Path) -> None:
    text = '[glance_store]\ndefault_store = vmware\n'
    assert found(checkers.make(tmp_path, text)) == [
        (
            'unknown-store',
            results.FAILURE,
            '[glance_store] default_store is vmware '
            f'({tmp_path}/glance-api.conf, line 2), and the API does not '
            'start with any but cinder, file, filesystem, http, https, rbd, '
            's3, swift, swift+config, swift+http, swift+https, vsphere.',
        )
    ]


def test_single_store_options_do_not_count_beside_backends(
    tmp_path: pathlib.Path,
) -> None:
    text = (
        '[DEFAULT]\nenabled_backends = a:file\n'
        '[glance_store]\ndefault_store = sheepdog\n'
    )
    assert found(checkers.make(tmp_path, text)) == []


@pytest.mark.parametrize(
    ('value', 'reason'),
    [
        ('a:file, a:rbd', 'Duplicate key a'),
        ('file', 'Value should be NAME:VALUE pairs separated by ","'),
    ],
)
def test_backends_that_oslo_config_refuses(
    tmp_path: pathlib.Path, value: str, reason: str
) -> None:
    text = f'[DEFAULT]\nenabled_backends = {value}\n'
    assert found(checkers.make(tmp_path, text)) == [
        (
            'enabled-backends-syntax',
            results.FAILURE,
            f'[DEFAULT] enabled_backends ({tmp_path}/glance-api.conf, line 2) '
            f'cannot be read: {reason}.',
        )
    ]
