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
