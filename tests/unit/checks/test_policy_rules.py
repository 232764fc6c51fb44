# SPDX-License-Identifier: Apache-2.0
"""Policy files that cannot be read, and rules that nobody asks for."""

import pathlib
import time

import pytest

from glance_status import context, results
from glance_status.checks import policy_rules, rule_syntax, rules
from glance_status.releases import policies
from tests.unit import checkers

ALIASES = 'a0: &a0 [x, x]\n' + ''.join(
    f'a{n}: &a{n} [{", ".join([f"*a{n - 1}"] * 9)}]\n' for n in range(1, 40)
)
MERGES = 'a0: &a0 {x: y}\n' + ''.join(
    f'a{n}: &a{n}\n  <<: [{", ".join([f"*a{n - 1}"] * 9)}]\n'
    for n in range(1, 40)
)
MERGES += '<<: *a39\n'


def checker_of(
    directory: pathlib.Path,
    content: str | bytes,
    *,
    target: str = '33',
    source: str | None = '30',
    text: str = '',
) -> context.Checker:
    """Return a checker for a deployment with this policy.yaml."""
    raw = content.encode() if isinstance(content, str) else content
    name = 'policy.yaml' if int(target) >= 22 else 'policy.json'
    (directory / name).write_bytes(raw)
    return checkers.make(directory, text, target=target, source=source)


def found(checker: context.Checker) -> list[tuple[str, int, str]]:
    """Return id, result and message of what the check finds."""
    return [
        (item.id, item.result, item.message)
        for item in policy_rules.check_policy_rules(checker)
    ]


@pytest.mark.parametrize(
    'content',
    [
        '',
        '# nothing\n',
        '---\n',
        '[]\n',
        '{}\n',
        'get_images: "role:foo or rule:context_is_admin"\n',
        '\ufeffget_images: ""\r\n',
        'get_images:\n',
        'get_images: [["role:a", "rule:mine"], "@"]\nmine: "role:b"\n',
        'mine: &mine "role:b"\nget_images: *mine\nget_image: "rule:mine"\n',
        '"get_images": "" # not: !\n',
        '"copy_from": !\n',
        '"get_images": !\n"get_images": "role:a"\n',
        '{"get_images": "role:foo"}',
        'get_images: "role:a and (rule:service_api)"\nget_images: "!"\n',
    ],
)
def test_files_that_are_taken(tmp_path: pathlib.Path, content: str) -> None:
    assert found(checker_of(tmp_path, content)) == []


@pytest.mark.parametrize(
    ('content', 'wrong'),
    [
        ('- a\n', 'it is no mapping of names to rules'),
        ('hello\n', 'it is no mapping of names to rules'),
        (
            'get_images:\t"role:foo\n',
            "line 1: found character '\\t' that cannot start any token",
        ),
        ('a: ""\n---\nb: ""\n', 'line 2: but found another document'),
        ('get_images: 5\n', 'line 1: the rule is no text'),
        ('get_images: true\n', 'line 1: the rule is no text'),
        ('get_images: 2026-01-01\n', 'line 1: the rule is no text'),
        ('get_images: {a: b}\n', 'line 1: the rule is no text'),
        ('get_images: [[[a]]]\n', 'line 1: the rule is no text'),
        ('\n[a]: b\n', 'line 2: the name of a rule is no text'),
        ('a: !mine b\n', 'line 1: !mine is no tag of YAML'),
        ('a: *b\n', "line 1: found undefined alias 'b'"),
        (b'a: "\0"\n', 'it has NUL bytes'),
        ('# é\n'.encode('latin-1'), 'it is not UTF-8 (line 1)'),
        ('a: ' + '[' * 20_000, 'it is nested too deeply'),
        ('a: ' + '{b: ' * 20_000, 'it is nested too deeply'),
        (MERGES, 'it merges more than 10000 rules'),
    ],
)
def test_files_that_fail_every_request(
    tmp_path: pathlib.Path, content: str | bytes, wrong: str
) -> None:
    start = time.process_time()
    ((name, result, message),) = found(checker_of(tmp_path, content))
    assert (name, result) == ('policy-syntax', results.FAILURE)
    assert message.startswith(f'{tmp_path}/policy.yaml cannot be understood: ')
    assert wrong in message
    assert time.process_time() - start < 10


@pytest.mark.parametrize(
    'content', [ALIASES, 'a: "x"\n' * 100_000, b'#' * (50 << 20)]
)
def test_files_that_would_take_for_ever(
    tmp_path: pathlib.Path, content: str | bytes
) -> None:
    start = time.process_time()
    (file,) = rules.read(checker_of(tmp_path, content))
    assert time.process_time() - start < 10
    assert file.wrong or file.unread


def test_files_in_a_directory(tmp_path: pathlib.Path) -> None:
    directory = tmp_path / 'policy.d'
    (directory / 'more').mkdir(parents=True)
    (directory / '.hidden').write_text('- x\n')
    (directory / '1.yaml').write_text('get_image: "role:a"\nget_images: ""\n')
    (directory / '2.txt').write_text('get_images: "role:b"\n')
    (directory / '3.yaml').write_text('- x\n')
    checker = checker_of(tmp_path, 'get_image: "role:c"\n')
    assert rules.merged(rules.read(checker)) == {
        'get_image': 'role:a',
        'get_images': 'role:b',
    }
    assert found(checker) == [
        (
            'policy-syntax',
            results.FAILURE,
            f'{directory}/3.yaml cannot be understood: it is no mapping of '
            'names to rules.',
        )
    ]


def test_a_link_to_nothing_in_a_directory(tmp_path: pathlib.Path) -> None:
    directory = tmp_path / 'policy.d'
    directory.mkdir()
    (directory / '1.yaml').symlink_to('nothing')
    assert found(checker_of(tmp_path, '')) == [
        (
            'policy-syntax',
            results.FAILURE,
            f'{directory}/1.yaml cannot be understood: no such file or '
            'directory.',
        )
    ]


@pytest.mark.parametrize(
    ('source', 'target', 'more', 'result', 'end'),
    [
        ('30', '33', '', results.WARNING, 'That allows everything.'),
        (
            '19',
            '20',
            '',
            results.FAILURE,
            'From now on that allows everything.',
        ),
        (
            '19',
            '20',
            'default: "role:admin"\n',
            results.WARNING,
            'The rule "default" is taken for it.',
        ),
        (
            '18',
            '19',
            '',
            results.WARNING,
            'The rule "default" is taken for it.',
        ),
    ],
)
def test_a_rule_that_is_not_there(
    tmp_path: pathlib.Path,
    source: str,
    target: str,
    more: str,
    result: int,
    end: str,
) -> None:
    content = f'get_images: "role:a or (rule:nobody)"\n{more}'
    checker = checker_of(tmp_path, content, source=source, target=target)
    name = 'policy.yaml' if int(target) >= 22 else 'policy.json'
    assert found(checker) == [
        (
            'policy-undefined-rule',
            result,
            f'{tmp_path}/{name}, line 1: "get_images" refers to the rule '
            f'"nobody", which is not there. {end}',
        )
    ]


def test_a_rule_that_the_target_has_no_more(tmp_path: pathlib.Path) -> None:
    content = 'get_images: "rule:copy_from"\n'
    checker = checker_of(tmp_path, content, source='20', target='21')
    said = (
        f'{tmp_path}/policy.json, line 1: "get_images" refers to the rule '
        '"copy_from", which is not there.'
    )
    assert found(checker) == [
        (
            'policy-undefined-rule',
            results.FAILURE,
            f'{said} From now on that allows everything.',
        )
    ]
    checker = checker_of(tmp_path, content, source='21', target='21')
    assert found(checker) == [
        (
            'policy-undefined-rule',
            results.WARNING,
            f'{said} That allows everything.',
        )
    ]


def test_several_rules_that_are_not_there(tmp_path: pathlib.Path) -> None:
    content = 'get_images: "rule:a"\nget_image: "rule:b"\n'
    ((_name, _result, message),) = found(checker_of(tmp_path, content))
    assert message == (
        f'{tmp_path}/policy.yaml, line 1: "get_images" refers to the rule '
        '"a", which is not there, and 1 more do. That allows everything.'
    )


@pytest.mark.parametrize(
    ('names', 'said'),
    [('abc', 'a, b, c lead'), ('abcd', 'a, b, c ... lead')],
)
def test_a_circle(tmp_path: pathlib.Path, names: str, said: str) -> None:
    content = ''.join(
        f'{name}: "rule:{other}"\n'
        for name, other in zip(names, f'{names[1:]}a', strict=True)
    )
    assert found(checker_of(tmp_path, content)) == [
        (
            'policy-cycle',
            results.FAILURE,
            f'{tmp_path}/policy.yaml, line 1: {said} back to themselves.',
        )
    ]


def test_rules_that_lead_back_to_themselves(tmp_path: pathlib.Path) -> None:
    content = (
        'get_image: "rule:get_image"\n'
        'get_images: "rule:a"\na: "rule:b"\nb: "role:x and rule:a"\n'
        'fine: "rule:default"\nget_member: "rule:fine"\n'
    )
    assert found(checker_of(tmp_path, content)) == [
        (
            'policy-cycle',
            results.FAILURE,
            f'{tmp_path}/policy.yaml, line 3: a, b, get_image ... lead back '
            'to themselves.',
        )
    ]


@pytest.mark.parametrize(
    ('content', 'source', 'target', 'expected'),
    [
        ('copy_from: ""', '20', '21', [(1, 'is gone since 21.0.0.')]),
        ('copy_from: ""', '21', '22', []),
        (
            'modify_task: ""',
            '21',
            '22',
            [(1, 'is deprecated: no request asks for it.')],
        ),
        ('modify_task: ""', '22', '33', []),
        (
            'get_imags: ""',
            '32',
            '33',
            [
                (
                    1,
                    'is no policy of 2026.2 Hibiscus; did you mean '
                    '"get_images"?',
                )
            ],
        ),
        (
            'mine: ""',
            '32',
            '33',
            [
                (
                    0,
                    'is no policy of 2026.2 Hibiscus, and nothing refers to '
                    'it.',
                )
            ],
        ),
        ('mine: "@"\nget_image: "rule:mine"', '32', '33', []),
    ],
)
def test_rules_that_nobody_asks_for(
    tmp_path: pathlib.Path,
    content: str,
    source: str,
    target: str,
    expected: list[tuple[int, str]],
) -> None:
    checker = checker_of(tmp_path, content, source=source, target=target)
    path = tmp_path / ('policy.yaml' if int(target) >= 22 else 'policy.json')
    name = content.partition(':')[0]
    assert found(checker) == [
        ('policy-dead-rules', result, f'{path}, line 1: "{name}" {end}')
        for result, end in expected
    ]


def test_a_rule_behind_one_that_another_refers_to(
    tmp_path: pathlib.Path,
) -> None:
    content = 'mine: "@"\nother: "@"\nget_image: "rule:mine"\n'
    assert found(checker_of(tmp_path, content)) == [
        (
            'policy-dead-rules',
            results.SUCCESS,
            f'{tmp_path}/policy.yaml, line 2: "other" is no policy of 2026.2 '
            'Hibiscus, and nothing refers to it.',
        )
    ]


def test_more_misspelt_names_than_anybody_would_write(
    tmp_path: pathlib.Path,
) -> None:
    names = sorted(policies.registered(33))[:22]
    content = ''.join(f'{name}x: ""\n' for name in names)
    near = [
        (
            results.WARNING,
            f'{tmp_path}/policy.yaml, line {line}: "{name}x" is no policy of '
            f'2026.2 Hibiscus; did you mean "{name}"?',
        )
        for line, name in enumerate(names[:20], 1)
    ]
    assert [item[1:] for item in found(checker_of(tmp_path, content))] == [
        *near,
        (
            results.SUCCESS,
            f'{tmp_path}/policy.yaml, line 21: "{names[20]}x" and 1 more are '
            'no policy of 2026.2 Hibiscus, and nothing refers to it.',
        ),
    ]


def test_a_rule_that_property_protections_ask_for(
    tmp_path: pathlib.Path,
) -> None:
    protections = tmp_path / 'protections.conf'
    protections.write_text(
        '[x_.*]\ncreate = mine\nread = mine\nupdate = mine\ndelete = mine\n'
    )
    text = (
        f'[DEFAULT]\nproperty_protection_file = {protections}\n'
        'property_protection_rule_format = policies\n'
    )
    assert found(checker_of(tmp_path, 'mine: "@"\n', text=text)) == []


@pytest.mark.parametrize(
    'rule',
    [
        'role:a or',
        'and role:a',
        'role:a role:b',
        '(role:a',
        'role:a)',
        'not',
        'role:a not role:b',
        '()',
        'role:a and ()',
        "role:a and 'b'",
        'nonsense',
        'role:a or admin',
        ' ',
    ],
)
def test_a_rule_that_refuses_everybody(
    tmp_path: pathlib.Path, rule: str
) -> None:
    checker = checker_of(tmp_path, f'get_image: "{rule}"\n')
    assert found(checker) == [
        (
            'policy-rule-broken',
            results.WARNING,
            f'{tmp_path}/policy.yaml, line 1: "get_image" is "{rule}".',
        )
    ]


@pytest.mark.parametrize(
    ('line', 'left'),
    [
        ('get_image: !', 'everybody is allowed'),
        ('"get_image":  ! # no', 'everybody is allowed'),
        ('{"get_image": ! }', 'everybody is allowed'),
        ('{get_image: !\n}', 'everybody is allowed'),
        ('"get_image":\n  !', 'everybody is allowed'),
        ('? get_image\n: !', 'everybody is allowed'),
        ('get_image: &shut !', 'everybody is allowed'),
        ('get_image: ! role:a', 'the rule is "role:a"'),
        ('get_image: ! "role:a"', 'the rule is "role:a"'),
    ],
)
def test_a_refusal_without_quotation_marks(
    tmp_path: pathlib.Path, line: str, left: str
) -> None:
    checker = checker_of(tmp_path, f'# mine\n{line}\n')
    assert found(checker) == [
        (
            'policy-rule-broken',
            results.FAILURE,
            f'{tmp_path}/policy.yaml, line 2: "get_image" has ! without '
            f'quotation marks, which is nothing to YAML: {left}.',
        )
    ]


def test_a_rule_that_fails_requests(tmp_path: pathlib.Path) -> None:
    checker = checker_of(tmp_path, 'get_image: "@ or (!role:admin)"\n')
    assert found(checker) == [
        (
            'policy-rule-broken',
            results.FAILURE,
            f'{tmp_path}/policy.yaml, line 1: "get_image" has !role:admin, '
            'and requests that come to it fail with 500.',
        )
    ]


@pytest.mark.parametrize(
    ('rule', 'result', 'end'),
    [
        ('rules:default', results.WARNING, ''),
        (
            'not rules:default',
            results.FAILURE,
            ': no check is of that kind, and its "not" keeps out nobody',
        ),
    ],
)
def test_a_rule_of_a_misspelt_kind(
    tmp_path: pathlib.Path, rule: str, result: int, end: str
) -> None:
    checker = checker_of(tmp_path, f'get_image: "{rule}"\n')
    assert found(checker) == [
        (
            'policy-rule-broken',
            result,
            f'{tmp_path}/policy.yaml, line 1: "get_image" is "{rule}", where '
            f'rule:default may be meant{end}.',
        )
    ]


def test_what_nobody_asks_for_may_let_everybody_in(
    tmp_path: pathlib.Path,
) -> None:
    mine = 'mine: "not rules:default"\n'
    checker = checker_of(tmp_path, mine)
    assert 'policy-rule-broken' not in {item[0] for item in found(checker)}
    checker = checker_of(tmp_path, f'{mine}get_image: "rule:mine"\n')
    assert found(checker) == [
        (
            'policy-rule-broken',
            results.FAILURE,
            f'{tmp_path}/policy.yaml, line 1: "mine" is "not rules:default", '
            'where rule:default may be meant: no check is of that kind, and '
            'its "not" keeps out nobody.',
        )
    ]


def test_a_rule_of_a_hundred_thousand_characters(
    tmp_path: pathlib.Path,
) -> None:
    checker = checker_of(tmp_path, f'get_image: "{"(" * 100_000}"\n')
    assert found(checker) == [
        (
            'policy-rule-broken',
            results.WARNING,
            f'{tmp_path}/policy.yaml, line 1: "get_image" is '
            f'"{"(" * 500}...".',
        )
    ]


def test_rules_of_all_releases_can_be_parsed() -> None:
    every = {
        check
        for major in range(18, 34)
        for item in policies.registered(major).values()
        for check in (item.check, item.old_check or '')
    }
    more = {
        'NOT (role:a AND (not role:b or @))',
        "role:a and 'public':%(visibility)s",
        '(project_id:%(project_id)s or (!))',
        '[["role:a b", "role:c"]]',
    }
    assert [rule for rule in every | more if rule_syntax.is_broken(rule)] == [
        '[["role:a b", "role:c"]]'
    ]
