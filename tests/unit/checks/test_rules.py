# SPDX-License-Identifier: Apache-2.0
"""Which files a release takes policies from, and what it reads in them."""

import pathlib

import pytest

from glance_status.checks import rule_parser, rules
from tests.unit import checkers

NEW = '[oslo_policy]\npolicy_file = new.yaml\n'
OLD = '[DEFAULT]\npolicy_file = old.yaml\n'


@pytest.mark.parametrize(
    ('text', 'target', 'names', 'file'),
    [
        # The default changed, and then its fallback went.
        ('', '21', ['policy.yaml', 'policy.json'], 'policy.json'),
        ('', '21', ['policy.yaml'], None),
        ('', '22', ['policy.yaml', 'policy.json'], 'policy.yaml'),
        ('', '22', ['policy.json'], 'policy.json'),
        ('', '31', ['policy.json'], 'policy.json'),
        ('', '32', ['policy.json'], None),
        ('', '32', ['policy.yaml'], 'policy.yaml'),
        # The group of the option changed.
        (NEW + OLD, '29', ['new.yaml', 'old.yaml'], 'new.yaml'),
        (OLD, '29', ['old.yaml', 'policy.yaml'], 'old.yaml'),
        (OLD, '30', ['old.yaml', 'policy.yaml'], 'policy.yaml'),
        # What is named and not there is not looked for elsewhere.
        (NEW, '30', ['policy.yaml', 'policy.json'], None),
    ],
)
def test_where_the_main_file_is(
    tmp_path: pathlib.Path,
    text: str,
    target: str,
    names: list[str],
    file: str | None,
) -> None:
    for name in names:
        (tmp_path / name).write_text('')
    checker = checkers.make(tmp_path, text, target=target)
    assert rules.main_file(checker) == (file and str(tmp_path / file))


@pytest.mark.parametrize(
    ('text', 'target', 'said'),
    [
        (
            NEW,
            '29',
            '[oslo_policy] policy_file names x.yaml ({path}, line 2)',
        ),
        (OLD, '29', '[DEFAULT] policy_file names x.yaml ({path}, line 2)'),
        (OLD, '30', '[oslo_policy] policy_file names x.yaml'),
        (
            OLD + NEW,
            '29',
            '[oslo_policy] policy_file names x.yaml ({path}, line 4)',
        ),
    ],
)
def test_which_option_names_it(
    tmp_path: pathlib.Path, text: str, target: str, said: str
) -> None:
    checker = checkers.make(tmp_path, text, target=target)
    assert rules.naming(checker, 'x.yaml') == said.format(
        path=tmp_path / 'glance-api.conf'
    )


@pytest.mark.parametrize(
    ('text', 'target', 'expected'),
    [
        ('', '33', ['policy.d']),
        ('[DEFAULT]\npolicy_dirs = old.d\n', '29', ['old.d']),
        ('[DEFAULT]\npolicy_dirs = old.d\n', '30', ['policy.d']),
        (
            '[DEFAULT]\npolicy_dirs = old.d\n'
            '[oslo_policy]\npolicy_dirs = new.d\npolicy_dirs = none.d\n',
            '29',
            ['new.d'],
        ),
    ],
)
def test_where_the_directories_are(
    tmp_path: pathlib.Path, text: str, target: str, expected: list[str]
) -> None:
    for name in ('policy.d', 'old.d', 'new.d'):
        (tmp_path / name).mkdir()
    checker = checkers.make(tmp_path, text, target=target)
    assert rules.directories(checker) == [
        str(tmp_path / name) for name in expected
    ]


def test_a_directory_that_is_a_file_has_no_rules(
    tmp_path: pathlib.Path,
) -> None:
    (tmp_path / 'policy.d').write_text('a: b\n')
    assert rules.read(checkers.make(tmp_path, '')) == []


def test_each_rule_has_its_line_and_the_last_file_wins(
    tmp_path: pathlib.Path,
) -> None:
    (tmp_path / 'policy.d').mkdir()
    main, more = tmp_path / 'policy.yaml', tmp_path / 'policy.d/more.json'
    main.write_text('# Mine.\nget_image: "role:a"\nget_images: "role:b"\n')
    more.write_text('{\n"get_image":\n"role:c"}')
    files = rules.read(checkers.make(tmp_path, ''))
    assert files == [
        rules.RuleFile(
            str(main),
            {'get_image': 'role:a', 'get_images': 'role:b'},
            {'get_image': 2, 'get_images': 3},
        ),
        rules.RuleFile(str(more), {'get_image': 'role:c'}, {'get_image': 2}),
    ]
    assert rules.merged(files) == {
        'get_image': 'role:c',
        'get_images': 'role:b',
    }
    assert rules.places(files) == {
        'get_image': f'{more}, line 2',
        'get_images': f'{main}, line 3',
    }


@pytest.mark.parametrize(
    ('content', 'target', 'expected'),
    [
        # Tabs are JSON and no YAML.
        ('{\n\t"a":\n\t"b"\n}', '31', ({'a': 'b'}, {'a': 2})),
        # A name that JSON escapes is taken to be in the first line.
        ('\n{"\\u00e9": "b"}', '31', ({'é': 'b'}, {'é': 2})),
        ('\n{"\\u0061": "b"}', '31', ({'a': 'b'}, {'a': 1})),
        # JSON with rules that are no text is read as YAML.
        ('{"a": [["b", "c d"]]}', '31', ({'a': '(b and c_d)'}, {'a': 1})),
        ('{"a": null}', '31', ({'a': ''}, {'a': 1})),
        # The last of two is kept.
        ('a: b\nc: d\na: e\n', '33', ({'a': 'e', 'c': 'd'}, {'a': 3, 'c': 2})),
    ],
)
def test_how_a_file_is_read(
    tmp_path: pathlib.Path,
    content: str,
    target: str,
    expected: tuple[dict[str, str], dict[str, int]],
) -> None:
    (tmp_path / 'policy.yaml').write_text(content)
    checker = checkers.make(tmp_path, '', target=target)
    assert rules.read(checker) == [
        rules.RuleFile(str(tmp_path / 'policy.yaml'), *expected)
    ]


def test_what_yaml_drops(tmp_path: pathlib.Path) -> None:
    (tmp_path / 'policy.yaml').write_text(
        'a: !\nb: "!"\nc: ! role:x\nd: !\nd: "!"\ne: !!str "!"\n'
    )
    (file,) = rules.read(checkers.make(tmp_path, ''))
    assert (file.rules, file.dropped) == (
        {'a': '', 'b': '!', 'c': 'role:x', 'd': '!', 'e': '!'},
        {'a', 'c'},
    )


def test_a_file_that_is_a_directory_is_not_read(
    tmp_path: pathlib.Path,
) -> None:
    path = tmp_path / 'policy.yaml'
    path.mkdir()
    assert rules.read(checkers.make(tmp_path, '')) == [
        rules.RuleFile(str(path), unread='it is not a regular file')
    ]


def test_from_2026_1_on_json_is_read_as_yaml(tmp_path: pathlib.Path) -> None:
    path = tmp_path / 'policy.yaml'
    path.write_text('{\n\t"a": "b"}')
    assert rules.read(checkers.make(tmp_path, '', target='32')) == [
        rules.RuleFile(
            str(path),
            wrong="line 2: found character '\\t' that cannot start any token",
        )
    ]


def test_what_is_merged_stands_behind_what_is_not(
    tmp_path: pathlib.Path,
) -> None:
    (tmp_path / 'policy.yaml').write_text(
        '<<: [{a: one, b: one}, {a: two, b: two, c: two}]\na: own\n'
    )
    (file,) = rules.read(checkers.make(tmp_path, ''))
    assert (file.rules, file.wrong) == (
        {'a': 'own', 'b': 'one', 'c': 'two'},
        None,
    )


@pytest.mark.parametrize(
    ('content', 'falsy'),
    [
        ('', True),
        ('~', True),
        ('""', True),
        ('no', True),
        ('False', True),
        ('OFF', True),
        ('0', True),
        ('-0', True),
        ('00', True),
        ('"no"', False),
        ('yes', False),
        ('1', False),
        ('0.0', False),
        ('none', False),
    ],
)
def test_what_is_empty_for_oslo_policy(
    tmp_path: pathlib.Path, content: str, falsy: bool
) -> None:
    (tmp_path / 'policy.yaml').write_text(content)
    path = str(tmp_path / 'policy.yaml')
    assert rules.read(checkers.make(tmp_path, '')) == [
        rules.RuleFile(path)
        if falsy
        else rules.RuleFile(path, wrong='it is no mapping of names to rules')
    ]


@pytest.mark.parametrize(
    ('size', 'unread'),
    [(256 * 1024, None), (256 * 1024 + 1, 'it is larger than 256 KiB')],
)
def test_how_large_a_file_may_be(
    tmp_path: pathlib.Path, size: int, unread: str | None
) -> None:
    path = tmp_path / 'policy.yaml'
    path.write_text('#' * size)
    assert rules.read(checkers.make(tmp_path, '')) == [
        rules.RuleFile(str(path), unread=unread)
    ]


@pytest.mark.parametrize(('more', 'fails'), [(0, False), (1, True)])
def test_how_many_rules_may_be_merged(
    tmp_path: pathlib.Path, more: int, fails: bool
) -> None:
    path = tmp_path / 'policy.yaml'
    # The mapping itself and the one that it merges count, too.
    merged = ','.join(f'{n}' for n in range(rule_parser.MOST - 2 + more))
    path.write_text(f'<<: {{{merged}}}\n')
    (file,) = rules.read(checkers.make(tmp_path, ''))
    assert (len(file.rules), file.wrong) == (
        (0, 'it merges more than 10000 rules')
        if fails
        else (rule_parser.MOST - 2, None)
    )
