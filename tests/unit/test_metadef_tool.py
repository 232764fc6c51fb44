# SPDX-License-Identifier: Apache-2.0
"""What tools/metadefs.py makes of the definitions of releases."""

import importlib
import pathlib
import types

import pytest

TOOLS = pathlib.Path(__file__).parents[2] / 'tools'


@pytest.fixture
def tool(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """Return the module."""
    monkeypatch.syspath_prepend(str(TOOLS))
    return importlib.import_module('metadefs')


def test_what_releases_added_is_kept(tool: types.ModuleType) -> None:
    shipped = [
        (17, {'A': {'a'}, 'B': {'b'}, 'gone': {'x'}}),
        (18, {'A': {'a', 'a1'}, 'B': {'b'}, 'C': {'c'}}),
        (19, {'A': {'a'}, 'B': {'b'}, 'C': {'c'}}),
        (20, {'A': {'a', 'a2'}, 'B': set()}),
    ]
    assert tool.fold(shipped) == {
        'A': {'added': {'a1': {'since': 18, 'gone': 19}, 'a2': {'since': 20}}},
        'C': {
            'since': 18,
            'gone': 20,
            'added': {'c': {'since': 18, 'gone': 20}},
        },
    }
