# SPDX-License-Identifier: Apache-2.0
"""Policies that mean something else in the target."""

import pathlib

import pytest

from glance_status import context, results
from glance_status.checks import policy_meaning
from tests.unit.checks.test_policy_rules import checker_of

OLD_RULES = '[oslo_policy]\nenforce_new_defaults = false\n'


def found(checker: context.Checker) -> list[tuple[str, int]]:
    """Return id and result of what the check finds."""
    return [
        (item.id, item.result)
        for item in policy_meaning.check_policy_meaning(checker)
    ]


@pytest.mark.parametrize(
    ('content', 'source', 'target', 'text', 'expected'),
    [
        ('get_image: ""', '19', '20', '', [results.FAILURE]),
        ('get_image: ""', '18', '33', '', [results.FAILURE]),
        ('get_image: ""', '20', '33', '', []),
        ('default: "role:admin"', '19', '20', '', []),
        ('', '19', '20', '', []),
        ('default: ""', '25', '33', '', []),
        ('default: ""', '25', '33', OLD_RULES, [results.WARNING]),
        ('default: "@"', '23', '24', '', [results.WARNING]),
    ],
)
def test_the_rule_for_what_has_none(
    tmp_path: pathlib.Path,
    content: str,
    source: str,
    target: str,
    text: str,
    expected: list[int],
) -> None:
    checker = checker_of(
        tmp_path, content, source=source, target=target, text=text
    )
    seen = [
        result for name, result in found(checker) if name == 'policy-default'
    ]
    assert seen == expected


def test_the_policies_that_open_up_are_named(tmp_path: pathlib.Path) -> None:
    checker = checker_of(tmp_path, 'get_image: ""', source='19', target='22')
    (finding, *_rest) = [
        item
        for item in policy_meaning.check_policy_meaning(checker)
        if item.id == 'policy-default'
    ]
    assert finding.message == (
        'The policies of the configuration have no rule "default", which '
        '20.0.0 opens to everybody: add_image, add_member, add_task ....'
    )
    assert finding.affected
    assert finding.affected.count == 21


@pytest.mark.parametrize(
    ('content', 'target', 'expected'),
    [
        ('service_api: "role:nova"', '29', [results.WARNING]),
        ('service_api: "role:nova"', '28', []),
        ('service_api: "role:service"', '33', []),
        ('add_image_location: "rule:service_api"', '33', []),
        ('fetch_image_location: "role:admin"', '33', [results.WARNING]),
        ('fetch_image_location: "@"', '33', []),
        ('get_image_location: "role:admin"', '33', [results.SUCCESS]),
        ('stores_info_detail: "role:admin"', '29', []),
        ('stores_info_detail: "role:admin"', '30', [results.SUCCESS]),
        ('stores_info_detail: "@"', '30', []),
    ],
)
def test_the_role_of_services(
    tmp_path: pathlib.Path, content: str, target: str, expected: list[int]
) -> None:
    checker = checker_of(tmp_path, content, source='27', target=target)
    assert found(checker) == [('policy-service', item) for item in expected]


@pytest.mark.parametrize(
    ('content', 'source', 'expected'),
    [
        ('', '21', [results.SUCCESS]),
        ('', '22', []),
        ('add_metadef_tag: ""', '21', [results.WARNING]),
        ('add_metadef_tag: "rule:mine"\nmine: "@"', '21', [results.WARNING]),
        ('add_metadef_tag: "rule:mine"\nmine: "role:admin"', '21', []),
        ('delete_metadef_tag: "rule:metadef_admin"', '21', []),
    ],
)
def test_who_writes_metadata_definitions(
    tmp_path: pathlib.Path, content: str, source: str, expected: list[int]
) -> None:
    checker = checker_of(tmp_path, content, source=source)
    assert found(checker) == [('policy-metadef', item) for item in expected]
