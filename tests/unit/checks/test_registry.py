# SPDX-License-Identifier: Apache-2.0
"""What a deployment with a registry leaves in the configuration."""

import pathlib

import pytest

from glance_status import context, results
from glance_status.checks import registry
from tests.unit import checkers

API = '[DEFAULT]\ndata_api = glance.db.registry.api\n'
URL = '[database]\nconnection = sqlite:///glance.sqlite\n'


def found(checker: context.Checker) -> list[tuple[int, str]]:
    """Return result and message of what the check finds."""
    return [
        (item.result, item.message)
        for item in registry.check_registry(checker)
    ]


@pytest.mark.parametrize(
    ('text', 'target', 'source'),
    [
        ('', '33', None),
        (URL, '21', '20'),
        (API, '33', '21'),
        ('[mine]\nregistry_host = a\n', '21', '20'),
    ],
)
def test_nothing_to_say(
    tmp_path: pathlib.Path, text: str, target: str, source: str | None
) -> None:
    checker = checkers.make(tmp_path, text, target=target, source=source)
    assert found(checker) == []


def test_the_registry_is_deprecated_before(tmp_path: pathlib.Path) -> None:
    checker = checkers.make(tmp_path, API, target='20', source='18')
    assert found(checker) == [
        (
            results.SUCCESS,
            f'[DEFAULT] has data_api ({tmp_path}/glance-api.conf, line 2); '
            '21.0.0 removed the registry.',
        )
    ]


def test_the_api_had_no_database_of_its_own(tmp_path: pathlib.Path) -> None:
    path = tmp_path / 'glance-api.conf'
    assert found(checkers.make(tmp_path, API, target='21')) == [
        (
            results.FAILURE,
            f'[DEFAULT] has data_api ({path}, line 2); 21.0.0 removed the '
            'registry. The API has no [database] connection of its own.',
        )
    ]


def test_settings_that_are_left(tmp_path: pathlib.Path) -> None:
    (tmp_path / 'glance-registry.conf').touch()
    text = (
        f'{API}registry_host = a\nregistry_port = 9191\n'
        f'use_user_token = true\n{URL}'
    )
    path = tmp_path / 'glance-api.conf'
    (finding,) = registry.check_registry(checkers.make(tmp_path, text))
    assert (finding.result, finding.message, finding.affected) == (
        results.WARNING,
        f'[DEFAULT] has data_api ({path}, line 2), registry_host ({path}, '
        f'line 3), registry_port ({path}, line 4), 1 more, and '
        f'{tmp_path}/glance-registry.conf is there; 21.0.0 removed the '
        'registry.',
        results.Affected(
            5,
            (
                'data_api',
                'registry_host',
                'registry_port',
                'use_user_token',
                f'{tmp_path}/glance-registry.conf',
            ),
        ),
    )


@pytest.mark.parametrize(
    ('text', 'blind'),
    [
        ('data_api = glance.db.registry.api\n', True),
        ('data_api = glance.db.registry.api\nsql_connection = x\n', False),
        (
            'data_api = glance.db.registry.api\n[database]\nconnection =\n',
            True,
        ),
        ('data_api = glance.db.sqlalchemy.api\n', False),
        ('registry_host = a\n', False),
        ('registry_host = a\n[database]\nconnection = sqlite://\n', False),
    ],
)
def test_whether_the_api_had_a_database(
    tmp_path: pathlib.Path, text: str, blind: bool
) -> None:
    checker = checkers.make(tmp_path, f'[DEFAULT]\n{text}', target='21')
    (finding,) = registry.check_registry(checker)
    assert (finding.result == results.FAILURE) is blind


def test_a_registry_beside_an_api_without_settings(
    tmp_path: pathlib.Path,
) -> None:
    (tmp_path / 'glance-registry.conf').touch()
    checker = checkers.make(tmp_path, '', target='21')
    file = f'{tmp_path}/glance-registry.conf'
    assert registry.check_registry(checker) == [
        registry.REGISTRY.warning(
            f'{file} is there; 21.0.0 removed the registry.',
            affected=results.Affected(1, (file,)),
        )
    ]


def test_as_many_settings_as_are_told(tmp_path: pathlib.Path) -> None:
    text = '[DEFAULT]\nregistry_host = a\nregistry_port = 1\nauth_url = b\n'
    checker = checkers.make(tmp_path, text, target='21')
    at = f'{tmp_path}/glance-api.conf, line'
    assert found(checker) == [
        (
            results.WARNING,
            f'[DEFAULT] has registry_host ({at} 2), registry_port ({at} 3), '
            f'auth_url ({at} 4); 21.0.0 removed the registry.',
        )
    ]


def test_all_settings_there_were(tmp_path: pathlib.Path) -> None:
    names = sorted(registry.OPTIONS)
    text = '[DEFAULT]\n' + ''.join(f'{name} = x\n' for name in names)
    checker = checkers.make(tmp_path, text, target='21')
    (finding,) = registry.check_registry(checker)
    assert finding.affected == results.Affected(21, tuple(names[:10]))
