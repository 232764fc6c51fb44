# SPDX-License-Identifier: Apache-2.0
"""Policies that mean something else in the target."""

import json
import pathlib

import pytest

from glance_status import context, results
from glance_status.checks import policy_meaning
from glance_status.releases import policies
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
        ('default: "@"', '23', '25', '', [results.WARNING]),
        ('default: "@"', '23', '26', '', []),
        ('default: "@"\nget_image: "rule:default"', '18', '19', '', []),
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
        *(
            (f'{name}: "role:nova"', target, expected)
            for name, result in (
                ('service_api', results.WARNING),
                ('add_image_location', results.WARNING),
                ('fetch_image_location', results.WARNING),
                ('get_image_location', results.SUCCESS),
            )
            for target, expected in (('28', []), ('29', [result]))
        ),
        ('service_api: "role:service"', '33', []),
        ('add_image_location: "rule:service_api"', '33', []),
        ('fetch_image_location: "role:admin"', '33', [results.WARNING]),
        ('fetch_image_location: "@"', '33', []),
        ('get_image_location: "role:admin"', '33', [results.SUCCESS]),
        ('stores_info_detail: "role:admin"', '29', []),
        ('stores_info_detail: "role:admin"', '30', [results.SUCCESS]),
        ('stores_info_detail: "@"', '30', []),
        *(
            (
                f'service_api: "{rule}"\nfetch_image_location: "role:nova"',
                '33',
                [results.WARNING],
            )
            for rule in ('@', 'role:service')
        ),
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
        (
            'add_metadef_tag: "rule:mine"\nmine: "rule:good or rule:mine"\n'
            'good: "role:admin"',
            '21',
            [],
        ),
        ('delete_metadef_tag: "rule:metadef_admin"', '21', []),
    ],
)
def test_who_writes_metadata_definitions(
    tmp_path: pathlib.Path, content: str, source: str, expected: list[int]
) -> None:
    checker = checker_of(tmp_path, content, source=source)
    assert found(checker) == [('policy-metadef', item) for item in expected]


METADEFS = [
    f'{verb}_metadef_{what}'
    for verb in ('add', 'modify', 'delete')
    for what in ('namespace', 'object', 'tag', 'tags')
    if (verb, what) != ('modify', 'tags')
]


@pytest.mark.parametrize(
    ('count', 'names'),
    [
        (1, 'add_metadef_namespace'),
        (3, 'add_metadef_namespace, add_metadef_object, add_metadef_tag'),
        (4, 'add_metadef_namespace, add_metadef_object, add_metadef_tag ...'),
        (11, 'add_metadef_namespace, add_metadef_object, add_metadef_tag ...'),
    ],
)
def test_the_open_metadata_definitions_are_named(
    tmp_path: pathlib.Path, count: int, names: str
) -> None:
    content = '"get_metadef_tag": ""\n"add_metadef_nonsense": ""\n'
    content += ''.join(f'"{name}": "rule:any"\n' for name in METADEFS[:count])
    content += '"any": "rule:any or rule:none"\n'
    checker = checker_of(tmp_path, content, source='21')
    assert policy_meaning.check_policy_meaning(checker) == [
        policy_meaning.METADEF.warning(
            f'{tmp_path}/policy.yaml, line 3: others than administrators may '
            f'write metadata definitions: {names}.',
            affected=results.Affected(count, tuple(METADEFS[:count][:10])),
        )
    ]


def test_nobody_else_writes_metadata_definitions(
    tmp_path: pathlib.Path,
) -> None:
    checker = checker_of(tmp_path, '', source='21')
    assert policy_meaning.check_policy_meaning(checker) == [
        policy_meaning.METADEF.note(
            'From 22.0.0 on, users who are no administrators cannot write '
            'metadata definitions.'
        )
    ]


INHERITED = [
    *('add_image', 'add_member', 'add_task', 'communitize_image'),
    *('deactivate', 'delete_image', 'delete_image_location', 'delete_member'),
    *('download_image', 'get_image_location'),
]


def test_an_open_rule_for_what_has_none(tmp_path: pathlib.Path) -> None:
    content = '"get_image": " rule:default "\n"default": "@"\n'
    checker = checker_of(tmp_path, content, source='25', text=OLD_RULES)
    assert policy_meaning.check_policy_meaning(checker) == [
        policy_meaning.DEFAULT.warning(
            f'{tmp_path}/policy.yaml, line 2: "default" allows everything, '
            'and the old policies are on: add_image, add_member, '
            'add_task ....',
            affected=results.Affected(22, tuple(INHERITED)),
        )
    ]


def test_the_only_policies_that_open_up(tmp_path: pathlib.Path) -> None:
    names = [
        name
        for name, item in policies.registered(20).items()
        if 'rule:default' in f'{item.check} {item.old_check}'
    ]
    for count in (0, 1, 3, 4):
        content = json.dumps(
            {
                **dict.fromkeys(names, 'role:admin'),
                **{f'mine_{n}': 'rule:default' for n in range(count)},
            }
        )
        checker = checker_of(tmp_path, content, source='19', target='20')
        mine = tuple(f'mine_{n}' for n in range(count))
        more = ' ...' if count > 3 else ''
        finding = policy_meaning.DEFAULT.failure(
            'The policies of the configuration have no rule "default", which '
            f'20.0.0 opens to everybody: {", ".join(mine[:3])}{more}.',
            affected=results.Affected(count, mine),
        )
        assert policy_meaning.check_policy_meaning(checker) == (
            [finding] if count else []
        )


def test_what_is_said_of_policies_for_services(tmp_path: pathlib.Path) -> None:
    content = (
        '"service_api": "role:nova"\n'
        '"get_image_location": "role:admin"\n'
        '"stores_info_detail": "role:admin"\n'
        '"fetch_image_location": "role:cinder"\n'
    )
    checker = checker_of(tmp_path, content, source='29')
    at = f'{tmp_path}/policy.yaml, line'
    kind = policy_meaning.SERVICE_API
    assert policy_meaning.check_policy_meaning(checker) == [
        kind.warning(
            f'{at} 1: "service_api" is "role:nova", which leaves the role '
            'service out.',
            affected=results.Affected(1, ('service_api',)),
        ),
        kind.warning(
            f'{at} 4: "fetch_image_location" is "role:cinder", which leaves '
            'the role service out.',
            affected=results.Affected(1, ('fetch_image_location',)),
        ),
        kind.note(
            f'{at} 2: "get_image_location" is "role:admin", and the new '
            'location API asks for fetch_image_location.',
            affected=results.Affected(1, ('get_image_location',)),
        ),
        kind.note(
            f'{at} 3: "stores_info_detail" is "role:admin", so that services '
            'do not learn the details of stores.',
            affected=results.Affected(1, ('stores_info_detail',)),
        ),
    ]
