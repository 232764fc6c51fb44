# SPDX-License-Identifier: Apache-2.0
"""How tools/lifecycle.py folds what releases say into one record a name."""

import importlib
import pathlib
import types
from typing import Any

import pytest

TOOLS = pathlib.Path(__file__).parents[2] / 'tools'


@pytest.fixture
def tool(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """Return the module."""
    monkeypatch.syspath_prepend(str(TOOLS))
    return importlib.import_module('lifecycle')


def test_a_life(tool: types.ModuleType) -> None:
    parts: dict[int, dict[str, Any]] = {
        17: {},
        18: {'a': {'default': 5}},
        19: {'a': {'default': 6, 'deprecated': True}},
        20: {},
        21: {'a': {'default': 6}},
        22: {},
    }
    assert tool.fold(parts) == {
        'a': {
            'since': 18,
            'default': 5,
            'changes': {
                '19': {'default': 6, 'deprecated': True},
                '21': {'deprecated': None},
            },
            'absent': [20],
            'gone': 22,
        }
    }


def test_what_never_changes_is_said_once(tool: types.ModuleType) -> None:
    assert tool.fold({17: {'a': {}}, 18: {'a': {}}}) == {'a': {}}


@pytest.mark.parametrize(
    ('kind', 'short'),
    [
        ({'name': 'String'}, 'String'),
        ({'name': 'MultiString'}, 'String'),
        ({'name': 'Port', 'min': 0, 'max': 65535}, 'Port'),
        ({'name': 'Integer', 'min': 1}, {'name': 'Integer', 'min': 1}),
        ({'name': 'List', 'item_type': {'name': 'String'}}, 'List'),
        (
            {'name': 'List', 'item_type': {'name': 'Integer'}},
            {'name': 'List', 'item_type': 'Integer'},
        ),
        ({'name': '<lambda>'}, 'Any'),
    ],
)
def test_types(
    tool: types.ModuleType, kind: dict[str, Any], short: object
) -> None:
    assert tool.type_of(kind) == short


def test_whose_an_option_is(tool: types.ModuleType) -> None:
    def option(
        name: str, group: str = 'DEFAULT', **more: Any
    ) -> dict[str, Any]:
        return {
            'group': group,
            'name': name,
            'type': {'name': 'String'},
            **more,
        }

    answer = {
        'sample_namespaces': ['glance.api'],
        'options': [
            option('both', namespace='a.library', default='theirs'),
            option('both', namespace='glance.api', default='ours'),
            option('read', namespace='a.library'),
            option('beside', namespace='a.library'),
            option('command', namespace='glance.api', positional=True),
            option('path', 'healthcheck', namespace='a.library'),
        ],
        'registered': [option('read'), option('unlisted')],
        'paste': {
            'glance-api-paste.ini': {
                'filter:health': {
                    'paste.filter_factory': 'oslo_middleware:Healthcheck.a'
                }
            }
        },
    }
    assert tool.options_of(answer) == {
        'DEFAULT': {
            'both': {'default': 'ours'},
            'read': {},
            'unlisted': {},
            'beside': {'beside': True},
        },
        'healthcheck': {'path': {}},
    }
