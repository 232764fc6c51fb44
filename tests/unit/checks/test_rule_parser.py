# SPDX-License-Identifier: Apache-2.0
"""What is taken for JSON, and what for YAML."""

import pytest

from glance_status.checks import rule_parser


@pytest.mark.parametrize(
    ('text', 'mapping', 'yaml'),
    [
        ('{"a": "b"}', {'a': 'b'}, True),
        ('{"a": 10}', {'a': 10.0}, False),
        ('["a"]', None, False),
        ('a: b', None, True),
        ('{', None, False),
        ('{\n\t"a": "b"}', {'a': 'b'}, False),
        ('[' * 100_000, None, False),
    ],
)
def test_what_is_json_and_what_yaml(
    text: str, mapping: dict[str, object] | None, yaml: bool
) -> None:
    assert (rule_parser.as_json(text), rule_parser.is_yaml(text)) == (
        mapping,
        yaml,
    )


@pytest.mark.parametrize(
    ('text', 'wrong'),
    [
        ('a: b\n[c]: d\n', 'line 2: the name of a rule is no text'),
        ('a: b\nc: !mine d\n', 'line 2: !mine is no tag of YAML'),
    ],
)
def test_the_line_that_is_wrong(text: str, wrong: str) -> None:
    with pytest.raises(rule_parser.Wrong) as caught:
        rule_parser.parsed(text, False)
    assert str(caught.value) == wrong
