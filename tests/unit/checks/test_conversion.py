# SPDX-License-Identifier: Apache-2.0
"""What imports need on the host to convert images."""

import pathlib

import pytest

from glance_status import context, results
from glance_status.checks import conversion
from tests.unit import checkers

TEXT = (
    '[image_import_opts]\n'
    'image_import_plugins = [image_decompression, image_conversion]\n'
)


@pytest.fixture(autouse=True)
def programs(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Be on a host that has the programs of one directory."""
    (tmp_path / 'bin').mkdir()
    monkeypatch.setenv('PATH', str(tmp_path / 'bin'))


def found(directory: pathlib.Path, text: str) -> list[tuple[str, int, str]]:
    """Return id, result and message of what the check finds."""
    # So that this is the host that the configuration is about.
    text += f'[local]\nfilesystem_store_datadir = {directory}\n'
    checker = checkers.make(directory, text)
    return checkers.told(directory, conversion.check_conversion(checker))


def test_it_is_not_there(tmp_path: pathlib.Path) -> None:
    said = (
        '[image_import_opts] image_import_plugins has image_conversion '
        '(glance-api.conf, line 2), and this host has no qemu-img.'
    )
    assert found(tmp_path, TEXT) == [
        ('qemu-img-missing', results.WARNING, said)
    ]
    program = tmp_path / 'bin' / 'qemu-img'
    program.touch(0o755)
    assert found(tmp_path, TEXT) == []


def test_it_is_not_there_and_glance_is(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkers.install(tmp_path, monkeypatch, 'glance', '33.0.0')
    [(_id, result, _message)] = found(tmp_path, TEXT)
    assert result == results.FAILURE


@pytest.mark.parametrize(
    'text',
    [
        '',
        '[image_import_opts]\nimage_import_plugins = [no_op]\n',
        # Another finding speaks of it.
        '[image_import_opts]\nimage_import_plugins = image_conversion\n',
    ],
)
def test_nothing_is_converted(tmp_path: pathlib.Path, text: str) -> None:
    with pytest.raises(context.Inapplicable):
        found(tmp_path, text)


def test_the_configuration_of_another_host(tmp_path: pathlib.Path) -> None:
    with pytest.raises(context.Inapplicable):
        conversion.check_conversion(checkers.make(tmp_path, TEXT))
