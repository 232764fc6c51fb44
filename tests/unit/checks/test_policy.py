# SPDX-License-Identifier: Apache-2.0
"""Policy files in JSON, named and not."""

import pathlib

import pytest

from glance_status import context, results
from glance_status.checks import policy
from tests.unit import checkers

RULES = '{"default": "role:admin", "get_image": "role:foo"}'
NAMED = '[oslo_policy]\npolicy_file = policy.json\n'


def found(checker: context.Checker) -> list[tuple[str, int, str]]:
    """Return id, result and message of what the check finds."""
    return [
        (item.id, item.result, item.message)
        for item in policy.check_policy_file(checker)
    ]


def place(directory: pathlib.Path) -> str:
    """Return where the option stands that names the file."""
    return f'{directory}/glance-api.conf, line 2'


def test_no_policy_file(tmp_path: pathlib.Path) -> None:
    assert found(checkers.make(tmp_path, '')) == []


@pytest.mark.parametrize(
    ('target', 'result', 'message'),
    [
        (
            '22',
            results.WARNING,
            '{path} has 2 rules, and no option names it. Wallaby still falls '
            'back to it; 32.0.0 ignores it.',
        ),
        (
            '31',
            results.WARNING,
            '{path} has 2 rules, and no option names it. 2025.2 Flamingo '
            'still falls back to it; 32.0.0 ignores it.',
        ),
        (
            '32',
            results.FAILURE,
            '{path} has 2 rules, and no option names it: 2026.1 Gazpacho '
            'ignores it and applies its defaults.',
        ),
    ],
)
def test_nothing_names_the_json_file(
    tmp_path: pathlib.Path, target: str, result: int, message: str
) -> None:
    path = tmp_path / 'policy.json'
    path.write_text(RULES)
    assert found(checkers.make(tmp_path, '', target=target)) == [
        ('policy-json-implicit', result, message.format(path=path))
    ]


@pytest.mark.parametrize(
    ('files', 'text', 'target'),
    [
        # It was the default then.
        ({'policy.json': RULES}, '', '21'),
        ({'policy.json': RULES, 'policy.yaml': ''}, '', '33'),
        # Without rules there is nothing to lose.
        ({'policy.json': '{}'}, '', '33'),
        ({'policy.json': '{}'}, NAMED, '33'),
        (
            {'rules.yaml': '"get_image": ""\n', 'policy.yaml': ''},
            '[oslo_policy]\npolicy_file = rules.yaml\n',
            '33',
        ),
        ({'policy.json': RULES}, NAMED, '21'),
    ],
)
def test_policies_that_stay_in_force(
    tmp_path: pathlib.Path, files: dict[str, str], text: str, target: str
) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    assert found(checkers.make(tmp_path, text, target=target)) == []


def test_an_option_names_the_json_file(tmp_path: pathlib.Path) -> None:
    path = tmp_path / 'policy.json'
    path.write_text(RULES)
    assert found(checkers.make(tmp_path, NAMED)) == [
        (
            'policy-json-explicit',
            results.WARNING,
            f'[oslo_policy] policy_file names {path} ({place(tmp_path)}), '
            'which is JSON: still read, and no longer supported.',
        )
    ]


def test_json_that_is_no_yaml(tmp_path: pathlib.Path) -> None:
    path = tmp_path / 'policy.json'
    path.write_text('{\n\t"get_image": "role:foo"\n}')
    assert found(checkers.make(tmp_path, NAMED, target='32')) == [
        (
            'policy-json-explicit',
            results.FAILURE,
            f'[oslo_policy] policy_file names {path} ({place(tmp_path)}), '
            'which is JSON of a kind that is not YAML: every request would '
            'fail.',
        )
    ]


def test_the_option_in_its_old_group(tmp_path: pathlib.Path) -> None:
    (tmp_path / 'policy.json').write_text(RULES)
    text = '[DEFAULT]\npolicy_file = policy.json\n'
    path = tmp_path / 'policy.json'
    assert {
        target: found(checkers.make(tmp_path, text, target=target))
        for target in ('29', '33')
    } == {
        '29': [
            (
                'policy-json-explicit',
                results.WARNING,
                f'[DEFAULT] policy_file names {path} ({place(tmp_path)}), '
                'which is JSON: still read, and no longer supported.',
            )
        ],
        '33': [
            (
                'policy-json-implicit',
                results.FAILURE,
                f'{path} has 2 rules, and no option names it: 2026.2 Hibiscus '
                'ignores it and applies its defaults.',
            )
        ],
    }


def test_a_file_in_another_encoding(tmp_path: pathlib.Path) -> None:
    path = tmp_path / 'policy.json'
    path.write_bytes('{"é": ""}'.encode('latin-1'))
    assert found(checkers.make(tmp_path, '')) == [
        (
            'policy-file-unreadable',
            results.WARNING,
            f'{path} cannot be read: it is not UTF-8 (line 1).',
        )
    ]
