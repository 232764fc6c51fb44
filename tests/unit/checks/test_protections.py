# SPDX-License-Identifier: Apache-2.0
"""Property protections that are missing, broken or name nothing."""

import pathlib

import pytest

from glance_status import context, results
from glance_status.checks import protections
from tests.unit import checkers


def section(value: str, name: str = 'x_.*') -> str:
    """Return the protection of a property by one rule."""
    lines = (f'{item} = {value}\n' for item in protections.OPERATIONS)
    return f'[{name}]\n{"".join(lines)}'


def checker_of(
    directory: pathlib.Path, content: str | bytes | None, kind: str
) -> context.Checker:
    """Return a checker for a deployment with these protections."""
    if content is not None:
        raw = content.encode() if isinstance(content, str) else content
        (directory / 'protections.conf').write_bytes(raw)
    return checkers.make(
        directory,
        '[DEFAULT]\nproperty_protection_file = protections.conf\n'
        f'property_protection_rule_format = {kind}\n',
    )


def found(checker: context.Checker) -> list[tuple[str, int, str]]:
    """Return id, result and message of what the check finds."""
    return [
        (item.id, item.result, item.message)
        for item in protections.check_protections(checker)
    ]


def test_nothing_is_protected(tmp_path: pathlib.Path) -> None:
    assert found(checkers.make(tmp_path, '')) == []


@pytest.mark.parametrize(
    ('content', 'kind'),
    [
        (section('admin,member'), 'roles'),
        (section('@') + section('', '.*'), 'roles'),
        (section('context_is_admin'), 'policies'),
        (section('@') + section('!', '.*'), 'policies'),
        ('[os_glance_(]\n', 'policies'),
        (section('50%'), 'roles'),
    ],
)
def test_protections_that_hold(
    tmp_path: pathlib.Path, content: str, kind: str
) -> None:
    assert found(checker_of(tmp_path, content, kind)) == []


def test_the_file_is_not_there(tmp_path: pathlib.Path) -> None:
    assert found(checker_of(tmp_path, None, 'roles')) == [
        (
            'prop-protect',
            results.FAILURE,
            '[DEFAULT] property_protection_file is protections.conf '
            f'({tmp_path}/glance-api.conf, line 2), and there is no such '
            'file.',
        )
    ]


@pytest.mark.parametrize(
    ('content', 'kind', 'wrong'),
    [
        ('x\n', 'roles', 'File contains no section headers.'),
        ('[x]\ncreate = admin\n', 'roles', '[x] has no read'),
        (section('a', 'x('), 'roles', '[x(]: missing )'),
        (section('a,b'), 'policies', '[x_.*] create has two policies'),
        (section('@,!'), 'roles', '[x_.*] create has @ and !'),
        (
            '[os_glance_x]\n' + section('@,!'),
            'roles',
            '[x_.*] create has @ and !',
        ),
        (section('a'), 'groups', 'property_protection_rule_format is groups'),
        (b'\xe9', 'roles', 'it is not UTF-8 (line 1)'),
    ],
)
def test_a_file_that_cannot_be_used(
    tmp_path: pathlib.Path, content: str | bytes, kind: str, wrong: str
) -> None:
    ((name, result, message),) = found(checker_of(tmp_path, content, kind))
    assert (name, result) == ('prop-protect', results.FAILURE)
    assert f'protections.conf cannot be used: {wrong}' in message


def test_policies_that_are_not_there(tmp_path: pathlib.Path) -> None:
    content = section('mine') + section('other', 'y')
    (tmp_path / 'policy.yaml').write_text('other: "role:admin"\n')
    assert found(checker_of(tmp_path, content, 'policies')) == [
        (
            'prop-protect',
            results.WARNING,
            f'{tmp_path}/protections.conf names the policy mine for [x_.*] '
            'create and 3 more, and no policy file has it.',
        )
    ]


def test_the_policies_that_are_named(tmp_path: pathlib.Path) -> None:
    content = section('mine') + section('other', 'y')
    checker = checker_of(tmp_path, content, 'policies')
    assert protections.policies_named(checker) == {'mine', 'other'}
    assert protections.policies_named(checkers.make(tmp_path, '')) == set()


def test_where_policies_are_named(tmp_path: pathlib.Path) -> None:
    content = '[x]\ncreate = mine\nread = ours\nupdate = ours\ndelete = @\n'
    assert found(checker_of(tmp_path, content, 'policies')) == [
        (
            'prop-protect',
            results.WARNING,
            f'{tmp_path}/protections.conf names the policy {name} for '
            f'{uses}, and no policy file has it.',
        )
        for name, uses in (
            ('mine', '[x] create'),
            ('ours', '[x] read and 1 more'),
        )
    ]


@pytest.mark.parametrize(('target', 'count'), [('19', 1), ('20', 0)])
def test_a_policy_that_a_release_brings(
    tmp_path: pathlib.Path, target: str, count: int
) -> None:
    checker_of(tmp_path, section('get_images'), 'policies')
    text = (tmp_path / 'glance-api.conf').read_text()
    checker = checkers.make(tmp_path, text, target=target)
    assert len(found(checker)) == count
