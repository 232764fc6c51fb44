# SPDX-License-Identifier: Apache-2.0
"""The default store, and how stores are named."""

import pathlib

import pytest

from glance_status import results
from glance_status.checks import store_default, stores
from tests.unit import checkers

FAILURE, WARNING = results.FAILURE, results.WARNING


def found(
    directory: pathlib.Path, text: str, target: str = '33'
) -> list[tuple[str, int, str]]:
    """Return id, result and message of what the check finds."""
    checker = checkers.make(directory, text, target=target)
    return checkers.told(directory, store_default.check_default(checker))


@pytest.mark.parametrize(
    ('text', 'target'),
    [
        ('', '33'),
        (
            '[DEFAULT]\nenabled_backends = a:rbd, b:file\n'
            '[glance_store]\ndefault_backend = b\n',
            '33',
        ),
        (
            '[DEFAULT]\nenabled_backends = os_glance_a:rbd\n'
            '[glance_store]\ndefault_backend = os_glance_a\n',
            '18',
        ),
        # What no release has is the business of another check.
        (
            '[DEFAULT]\nenabled_backends = a:mine\n'
            '[glance_store]\ndefault_backend = a\n',
            '33',
        ),
    ],
)
def test_what_glance_starts_with(
    tmp_path: pathlib.Path, text: str, target: str
) -> None:
    assert found(tmp_path, text, target) == []


def test_no_default_backend(tmp_path: pathlib.Path) -> None:
    text = '[DEFAULT]\nenabled_backends = a:rbd\n'
    assert found(tmp_path, text) == [
        (
            'default-backend',
            FAILURE,
            '[DEFAULT] enabled_backends is set (glance-api.conf, line 2), and '
            '[glance_store] default_backend is not.',
        )
    ]


def test_a_default_backend_that_is_not_there(tmp_path: pathlib.Path) -> None:
    text = (
        '[DEFAULT]\nenabled_backends = a:rbd\n'
        '[glance_store]\ndefault_backend = b\n'
    )
    assert found(tmp_path, text) == [
        (
            'default-backend',
            FAILURE,
            '[glance_store] default_backend is b (glance-api.conf, line 4), '
            'which [DEFAULT] enabled_backends does not have.',
        )
    ]


@pytest.mark.parametrize(
    ('driver', 'scheme', 'remedy'),
    [
        ('vmware', 'vsphere', 'Make another store the default.'),
        (
            'glance.store.rbd.Store',
            'rbd',
            'Make another store the default, or write the driver as rbd.',
        ),
    ],
)
def test_drivers_that_cannot_be_the_default(
    tmp_path: pathlib.Path, driver: str, scheme: str, remedy: str
) -> None:
    text = (
        f'[DEFAULT]\nenabled_backends = a:{driver}\n'
        '[glance_store]\ndefault_backend = a\n'
    )
    assert found(tmp_path, text) == [
        (
            'default-backend',
            FAILURE,
            '[glance_store] default_backend is a (glance-api.conf, line 4), '
            f'a store with the driver {driver}: Glance looks for a default '
            f'by the scheme of its locations, which is {scheme}.',
        )
    ]
    checker = checkers.make(tmp_path, text)
    (finding,) = store_default.check_default(checker)
    assert finding.remediation == remedy


def test_reserved_names(tmp_path: pathlib.Path) -> None:
    text = (
        '[DEFAULT]\n'
        'enabled_backends = os_glance_staging_store:file, a:file\n'
        '[glance_store]\ndefault_backend = a\n'
    )
    assert found(tmp_path, text, '19') == [
        (
            'reserved-store-name',
            FAILURE,
            '[DEFAULT] enabled_backends has the name os_glance_staging_store '
            '(glance-api.conf, line 2), which no store may have.',
        )
    ]


def test_a_store_without_a_section(tmp_path: pathlib.Path) -> None:
    text = (
        '[DEFAULT]\nenabled_backends = DEFAULT:file\n'
        '[glance_store]\ndefault_backend = DEFAULT\n'
    )
    assert found(tmp_path, text, '18') == [
        (
            'reserved-store-name',
            FAILURE,
            '[DEFAULT] enabled_backends has the name DEFAULT '
            '(glance-api.conf, line 2), which no store may have.',
        )
    ]


@pytest.mark.parametrize(
    ('named', 'here', 'result'),
    [
        ('[file]', False, [FAILURE]),
        ('file http', False, [FAILURE]),
        ('filesystem', False, []),
        ('filesystem', True, [FAILURE]),
        ('mine', True, []),
    ],
)
def test_a_single_store_with_a_driver_that_nobody_has(
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    named: str,
    here: bool,
    result: list[int],
) -> None:
    stores.installed_drivers.cache_clear()
    checkers.install(tmp_path, monkeypatch, 'mine', '1.0')
    (tmp_path / 'mine-1.0.dist-info/entry_points.txt').write_text(
        '[glance_store.drivers]\nmine = mine:Store\n'
    )
    if here:
        checkers.install(tmp_path, monkeypatch, 'glance', '33.0.0')
    told = found(tmp_path, f'[glance_store]\nstores = {named}\n')
    stores.installed_drivers.cache_clear()
    assert [
        found_result
        for name, found_result, _message in told
        if name == 'default-store'
    ] == result


def test_a_default_store_that_is_not_there(tmp_path: pathlib.Path) -> None:
    assert found(tmp_path, '[glance_store]\nstores = rbd,http\n') == [
        (
            'default-store',
            FAILURE,
            '[glance_store] default_store is not set, which means file, and '
            '[glance_store] stores is rbd, http (glance-api.conf, line 2).',
        ),
        (
            'legacy-stores',
            WARNING,
            '[glance_store] stores is set (glance-api.conf, line 2), and is '
            'deprecated.',
        ),
    ]


def test_deprecated_options(tmp_path: pathlib.Path) -> None:
    text = '[glance_store]\nstores = rbd\ndefault_store = rbd\n'
    assert [item[:2] for item in found(tmp_path, text, '18')] == [
        ('legacy-stores', WARNING),
        ('legacy-stores', WARNING),
    ]


def test_a_default_store_that_cannot_be_written(
    tmp_path: pathlib.Path,
) -> None:
    text = (
        '[DEFAULT]\nenabled_backends = web:http\n'
        '[glance_store]\ndefault_backend = web\n'
    )
    assert found(tmp_path, text) == [
        (
            'default-store-read-only',
            WARNING,
            'The default store is web (glance-api.conf, line 2), whose driver '
            'http only reads.',
        )
    ]
