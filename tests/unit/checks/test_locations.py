# SPDX-License-Identifier: Apache-2.0
"""The options for locations of images."""

import pathlib

import pytest

from glance_status import results
from glance_status.checks import locations
from tests.unit import checkers

FAILURE, WARNING, NOTE = results.FAILURE, results.WARNING, results.SUCCESS


def found(
    directory: pathlib.Path,
    text: str,
    target: str = '33',
    source: str | None = None,
) -> list[tuple[str, int, str]]:
    """Return id, result and message of what the check finds."""
    checker = checkers.make(directory, text, target=target, source=source)
    return checkers.told(directory, locations.check_locations(checker))


@pytest.mark.parametrize(
    ('text', 'target', 'source'),
    [
        ('', '33', '28'),
        ('[DEFAULT]\nlocation_strategy = location_order\n', '33', '28'),
        ('[DEFAULT]\nlocation_strategy = store_type\n', '27', '26'),
        ('[DEFAULT]\nlocation_strategy = store_type\n', '33', '29'),
        ('[DEFAULT]\nmetadata_encryption_key =\n', '33', '28'),
        (f'[DEFAULT]\nmetadata_encryption_key = {16 * "k"}\n', '28', '27'),
        (f'[DEFAULT]\nmetadata_encryption_key = {32 * "k"}\n', '28', '27'),
        ('[DEFAULT]\nshow_image_direct_url = true\n', '28', '27'),
        ('[DEFAULT]\nshow_image_direct_url = False\n', '33', '28'),
    ],
)
def test_nothing_changes(
    tmp_path: pathlib.Path, text: str, target: str, source: str
) -> None:
    assert found(tmp_path, text, target, source) == []


@pytest.mark.parametrize(
    ('target', 'what'),
    [('28', 'is deprecated.'), ('29', 'has no effect any more.')],
)
def test_strategies(tmp_path: pathlib.Path, target: str, what: str) -> None:
    text = (
        '[DEFAULT]\nlocation_strategy = store_type\n'
        '[store_type_location_strategy]\nstore_type_preference = rbd,file\n'
    )
    assert found(tmp_path, text, target, '27') == [
        (
            'location-strategy',
            WARNING,
            '[DEFAULT] location_strategy is store_type (glance-api.conf, '
            f'line 2), and {what}',
        ),
        (
            'location-strategy',
            WARNING,
            '[store_type_location_strategy] store_type_preference is '
            f'rbd,file (glance-api.conf, line 4), and {what}',
        ),
    ]


@pytest.mark.parametrize('target', ['29', '33'])
def test_a_key_is_deprecated_and_not_shown(
    tmp_path: pathlib.Path, target: str
) -> None:
    key = 'topsecrettopsecrettopsec'
    text = f'[DEFAULT]\nmetadata_encryption_key = {key}\n'
    assert found(tmp_path, text, target) == [
        (
            'metadata-key',
            WARNING,
            '[DEFAULT] metadata_encryption_key is set (glance-api.conf, '
            'line 2), and is deprecated: without it, or with another, '
            'locations cannot be read.',
        )
    ]


def test_a_key_of_no_use(tmp_path: pathlib.Path) -> None:
    text = '[DEFAULT]\nmetadata_encryption_key = topsecret\n'
    assert found(tmp_path, text, '28') == [
        (
            'metadata-key-size',
            FAILURE,
            '[DEFAULT] metadata_encryption_key is set (glance-api.conf, '
            'line 2) and has another length than 16, 24 or 32 bytes.',
        )
    ]


@pytest.mark.parametrize(
    ('text', 'expected'),
    [
        (
            '[DEFAULT]\nshow_image_direct_url = true\n'
            'enabled_backends = a:rbd\n',
            [
                (
                    'multi-locations',
                    NOTE,
                    '[DEFAULT] show_image_direct_url is true '
                    '(glance-api.conf, line 2): users see where images lie.',
                )
            ],
        ),
        (
            '[DEFAULT]\nshow_image_direct_url = 1\n',
            [
                (
                    'multi-locations',
                    WARNING,
                    '[DEFAULT] show_image_direct_url is true '
                    '(glance-api.conf, line 2): users see where images lie.',
                )
            ],
        ),
        (
            '[DEFAULT]\nshow_multiple_locations = True\n'
            'enabled_backends = a:rbd\n',
            [
                (
                    'multi-locations',
                    WARNING,
                    '[DEFAULT] show_multiple_locations is true '
                    '(glance-api.conf, line 2): who may change an image may '
                    'replace what it holds.',
                )
            ],
        ),
    ],
)
@pytest.mark.parametrize('target', ['29', '33'])
def test_locations_that_are_shown(
    tmp_path: pathlib.Path,
    text: str,
    expected: list[tuple[str, int, str]],
    target: str,
) -> None:
    locks = '[oslo_concurrency]\nlock_path = /run/glance\n'
    assert found(tmp_path, text + locks, target, '28') == expected


def test_changing_locations_is_deprecated_in_every_release(
    tmp_path: pathlib.Path,
) -> None:
    text = (
        '[DEFAULT]\nshow_multiple_locations = true\n'
        'show_image_direct_url = true\n'
    )
    assert found(tmp_path, text, '20', '19') == [
        (
            'multi-locations',
            WARNING,
            '[DEFAULT] show_multiple_locations is true (glance-api.conf, '
            'line 2): who may change an image may replace what it holds.',
        )
    ]
