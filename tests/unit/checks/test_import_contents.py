# SPDX-License-Identifier: Apache-2.0
"""What imports add to images, and how large they may get."""

import pathlib

import pytest

from glance_status import results
from glance_status.checks import import_contents
from tests.unit import checkers

PLUGIN = (
    '[image_import_opts]\n'
    'image_import_plugins = [inject_image_metadata, image_conversion]\n'
)
CAPPED = '[DEFAULT]\nimage_size_cap = 1000\n'


def found(
    directory: pathlib.Path,
    text: str,
    target: str = '33',
    source: str | None = None,
) -> list[tuple[str, int, str]]:
    """Return id, result and message of what the check finds."""
    checker = checkers.make(directory, text, target=target, source=source)
    return checkers.told(directory, import_contents.check_contents(checker))


def test_reserved_properties_are_dropped(tmp_path: pathlib.Path) -> None:
    text = (
        f'{CAPPED}{PLUGIN}[inject_metadata_properties]\n'
        'inject = os_glance_origin:import,color:red,os_glancex:1\n'
    )
    assert found(tmp_path, text) == [
        (
            'inject-reserved',
            results.WARNING,
            f'[inject_metadata_properties] inject has the property {name} '
            '(glance-api.conf, line 6), which 22.0.0 and later drop.',
        )
        for name in ('os_glance_origin', 'os_glancex')
    ]


@pytest.mark.parametrize(
    ('text', 'source'),
    [
        ('[inject_metadata_properties]\ninject = os_glance_a:1\n', None),
        (f'{PLUGIN}[inject_metadata_properties]\ninject = a:1\n', None),
        (
            f'{PLUGIN}[inject_metadata_properties]\ninject = os_glance_a\n',
            None,
        ),
        (f'{PLUGIN}[inject_metadata_properties]\ninject = $b$\n', None),
        (
            f'{PLUGIN}[inject_metadata_properties]\ninject = os_glance_a:1\n',
            '22',
        ),
    ],
)
def test_nothing_that_is_injected_is_reserved(
    tmp_path: pathlib.Path, text: str, source: str | None
) -> None:
    assert found(tmp_path, CAPPED + text, source=source) == []


@pytest.mark.parametrize(
    'text', ['', '[DEFAULT]\nenabled_import_methods = [web-download]\n']
)
def test_the_default_limit_is_worth_a_note(
    tmp_path: pathlib.Path, text: str
) -> None:
    assert found(tmp_path, text) == [
        (
            'image-size-cap',
            results.SUCCESS,
            'web-download is enabled and [DEFAULT] image_size_cap is not '
            'set: imports stop at 1 TiB.',
        )
    ]


@pytest.mark.parametrize(
    ('text', 'target', 'source'),
    [
        (CAPPED, '33', None),
        ('', '32', None),
        ('', '33', '33'),
        ('[DEFAULT]\nenabled_import_methods = [glance-direct]\n', '33', None),
        ('[DEFAULT]\nenabled_import_methods = []\n', '33', None),
    ],
)
def test_a_limit_that_is_known_or_not_used(
    tmp_path: pathlib.Path, text: str, target: str, source: str | None
) -> None:
    assert found(tmp_path, text, target, source) == []
