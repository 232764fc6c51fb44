# SPDX-License-Identifier: Apache-2.0
"""What a rule says, and whether it can be parsed."""

import pytest

from glance_status.checks import rule_syntax


def test_what_a_rule_refers_to() -> None:
    assert rule_syntax.references(
        'rule:a or (NOT rule:b and (rule:c)) or role:rule:d or "rule:e"'
    ) == {'a', 'b', 'c'}


@pytest.mark.parametrize(
    ('rule', 'broken'),
    [
        ('', False),
        ('@', False),
        ('!', False),
        ('role:a', False),
        ('not role:a', False),
        ('not (role:a or not @)', False),
        ('((role:a) and (role:b))', False),
        ('((role:a)', True),
        ('(role:a))', True),
        (')', True),
        ('role:a (role:b)', True),
        ('role:a and or role:b', True),
        ('"role:a"', True),
        ("'role:a'", True),
        ('"', True),
        ("'a':%(b)s", False),
        ('role:a"', False),
        ('"role:a', False),
    ],
)
def test_which_rules_are_broken(rule: str, broken: bool) -> None:
    assert rule_syntax.is_broken(rule) is broken


@pytest.mark.parametrize(
    ('rule', 'check'),
    [
        ('', None),
        ('@', None),
        ('nonsense', None),
        ('role:a', None),
        ('not-so:True', None),
        ('user.domain.id:%(owner)s', None),
        ("'public':%(visibility)s", None),
        ('1:%(min_disk)d', None),
        ('role:100%%', None),
        ('rule:100%', None),
        ('role:100%', 'role:100%'),
        ('(role:a and project_id:%(owner))', 'project_id:%(owner'),
        ('project_id:%(owner)d', 'project_id:%(owner)d'),
        ('@ or not !role:admin', '!role:admin'),
        ('%(owner)s:project_id', '%(owner)s:project_id'),
        (':admin', ':admin'),
        ('[' * 500 + ':a', None),
        ('[' * 90 + ':a', '[' * 90 + ':a'),
    ],
)
def test_at_what_a_request_fails(rule: str, check: str | None) -> None:
    assert rule_syntax.raising(rule) == check


@pytest.mark.parametrize(
    ('rule', 'check'),
    [
        ('rule:a or role:b or roles:c', None),
        ('@ or not rules:a', 'rules:a'),
        ('Role:a', 'Role:a'),
        ('Roles:a', 'Roles:a'),
        ('rules', None),
    ],
)
def test_which_kinds_are_misspelt(rule: str, check: str | None) -> None:
    assert rule_syntax.misspelt(rule) == check


@pytest.mark.parametrize(
    ('rule', 'check'),
    [
        ('not rules:a', 'rules:a'),
        ('role:a and not Role:b', 'Role:b'),
        ('rules:a or not Roles:b', 'Roles:b'),
        ('not (role:a or rules:b)', 'rules:b'),
        ('not (not rules:a)', None),
        ('not (not role:a) and rules:b', None),
        ('not (role:a) and not Rule:b', 'Rule:b'),
        ('not role:a and rules:b', None),
        ('not roles:a', None),
        ('not rule:a', None),
        ('rules:a', None),
    ],
)
def test_which_nots_keep_out_nobody(rule: str, check: str | None) -> None:
    assert rule_syntax.reversed_by_mistake(rule) == check


@pytest.mark.parametrize(
    ('rule', 'shown'),
    [
        ('x' * 500, 'x' * 500),
        ('x' * 501, 'x' * 500 + '...'),
    ],
)
def test_how_much_of_a_rule_is_shown(rule: str, shown: str) -> None:
    assert rule_syntax.short(rule) == shown


@pytest.mark.parametrize(
    ('rule', 'expected'),
    [
        ('', True),
        ('@', True),
        (' @ ', True),
        (None, False),
        (' ', False),
        ('!', False),
        ('@ or role:a', False),
    ],
)
def test_which_rules_allow_everything(
    rule: str | None, expected: bool
) -> None:
    assert rule_syntax.is_open(rule) is expected


def test_a_kind_that_is_too_long_to_look_at() -> None:
    long = f'!{"a" * 99}:b'
    assert rule_syntax.raising(long) == long
    assert rule_syntax.raising(f'!a{long[1:]}') is None


def test_parentheses_within_what_not_stands_before() -> None:
    rule = 'not (role:a or (rules:b))'
    assert rule_syntax.reversed_by_mistake(rule) == 'rules:b'
