# SPDX-License-Identifier: Apache-2.0
"""Policies that are looked for elsewhere than they are."""

import pathlib

import pytest

from glance_status import context, results
from glance_status.checks import policy_place
from tests.unit import checkers

RULES = '"get_images": "role:foo"\n'


def found(checker: context.Checker) -> list[tuple[str, int, str]]:
    """Return id, result and message of what the check finds."""
    return [
        (item.id, item.result, item.message)
        for item in policy_place.check_policy_place(checker)
    ]


@pytest.mark.parametrize(
    ('source', 'target', 'expected'),
    [
        ('28', '29', [results.SUCCESS]),
        ('29', '30', [results.FAILURE]),
        (None, '33', [results.FAILURE]),
        ('30', '33', [results.WARNING]),
    ],
)
def test_a_file_that_is_named_in_the_old_group(
    tmp_path: pathlib.Path,
    source: str | None,
    target: str,
    expected: list[int],
) -> None:
    (tmp_path / 'mine.yaml').write_text(RULES)
    text = '[DEFAULT]\npolicy_file = mine.yaml\n'
    checker = checkers.make(tmp_path, text, source=source, target=target)
    assert [result for _id, result, _message in found(checker)] == expected
    both = f'{text}[oslo_policy]\npolicy_file = mine.yaml\n'
    assert found(checkers.make(tmp_path, both, target=target)) == []


@pytest.mark.parametrize(
    ('option', 'value', 'result'),
    [
        ('policy_file', 'policy.yaml', results.SUCCESS),
        ('policy_file', 'policy.json', results.SUCCESS),
        ('policy_file', '/etc/none.yaml', results.FAILURE),
        ('policy_dirs', 'rules', results.FAILURE),
        ('policy_dirs', 'policy.d', results.SUCCESS),
        ('policy_default_rule', 'default', results.SUCCESS),
        ('policy_default_rule', 'mine', results.FAILURE),
    ],
)
def test_what_is_lost_by_that(
    tmp_path: pathlib.Path, option: str, value: str, result: int
) -> None:
    (tmp_path / 'policy.yaml').write_text(RULES)
    (tmp_path / 'rules').mkdir()
    text = f'[DEFAULT]\n{option} = {value}\n'
    place = f'{tmp_path}/glance-api.conf, line 2'
    said = f'[DEFAULT] {option} is {value} ({place})'
    assert found(checkers.make(tmp_path, text)) == [
        (
            'policy-file-alias',
            result,
            f'{said}, where 2026.2 Hibiscus does not look.'
            if result
            else f'{said}. It is not looked for there, and nothing is lost '
            'by that.',
        )
    ]


@pytest.mark.parametrize(
    ('name', 'others', 'result'),
    [
        ('mine.yaml', [], results.FAILURE),
        ('/etc/none/policy.yaml', [], results.FAILURE),
        # OpenStack-Ansible names it whether it is there or not.
        ('policy.yaml', [], results.SUCCESS),
        ('policy.json', [], results.SUCCESS),
        ('policy.json', ['policy.yaml'], results.FAILURE),
    ],
)
def test_a_file_that_is_not_there(
    tmp_path: pathlib.Path, name: str, others: list[str], result: int
) -> None:
    for other in others:
        (tmp_path / other).write_text(RULES)
    text = f'[oslo_policy]\npolicy_file = {name}\n'
    end = (
        '. 2026.2 Hibiscus applies its built-in policies.'
        if result
        else ': the built-in policies apply.'
    )
    assert found(checkers.make(tmp_path, text)) == [
        (
            'policy-file-missing',
            result,
            f'[oslo_policy] policy_file names {name} ({tmp_path}/'
            f'glance-api.conf, line 2), and there is no such file{end}',
        )
    ]


def test_a_directory_that_is_none(tmp_path: pathlib.Path) -> None:
    (tmp_path / 'rules').write_text(RULES)
    text = '[oslo_policy]\npolicy_dirs = rules\npolicy_dirs = none\n'
    ((name, result, _message),) = found(checkers.make(tmp_path, text))
    assert (name, result) == ('policy-dirs-file', results.FAILURE)


@pytest.mark.parametrize('target', ['18', '22', '33'])
def test_nothing_is_named(tmp_path: pathlib.Path, target: str) -> None:
    assert found(checkers.make(tmp_path, '', target=target)) == []
