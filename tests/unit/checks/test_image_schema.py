# SPDX-License-Identifier: Apache-2.0
"""The site's own schema of images."""

import pathlib

import pytest

from glance_status import results
from glance_status.checks import image_schema
from tests.unit import checkers


def found(
    directory: pathlib.Path,
    content: str | bytes,
    target: str = '33',
    source: str | None = None,
) -> list[tuple[str, int, str]]:
    """Return id, result and message of what is found in a file."""
    raw = content.encode() if isinstance(content, str) else content
    (directory / image_schema.FILE).write_bytes(raw)
    checker = checkers.make(directory, '', target=target, source=source)
    return [
        (item.id, item.result, item.message)
        for item in image_schema.check_image_schema(checker)
    ]


def test_there_is_none(tmp_path: pathlib.Path) -> None:
    assert image_schema.check_image_schema(checkers.make(tmp_path, '')) == []


@pytest.mark.parametrize(
    ('content', 'target'),
    [
        ('{}', '33'),
        ('[]', '33'),
        ('{"kernel_id": {"type": "string"}}', '33'),
        ('{"properties": {"kernel_id": {}}, "required": []}', '33'),
        ('{"backend": {"type": "string"}}', '19'),
        ('{"stores": {"type": "string"}}', '18'),
        ('{"properties": {"type": "string"}}', '31'),
        ('{"a": {"type": ["string", "null"], "enum": [], "mine": 5}}', '33'),
        ('{"a": {"type": "integer", "minimum": -1, "maximum": 5.5}}', '33'),
        ('{"a": {"maxLength": 255, "pattern": "^a$", "title": ""}}', '33'),
        ('{"a": {"pattern": "("}}', '27'),
        ('{"a": {"minLength": 0, "maxLength": 0}}', '33'),
    ],
)
def test_files_that_are_taken(
    tmp_path: pathlib.Path, content: str, target: str
) -> None:
    assert found(tmp_path, content, target) == []


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        ('{', 'is no JSON: '),
        ('', 'is no JSON: '),
        ('\ufeff{}', 'is no JSON: '),
        (b'\xe9', 'cannot be read: it is not UTF-8 (line 1).'),
        ('[' * 100_000, 'is nested too deeply.'),
        ('[1]', 'is no object of properties.'),
        ('{"a": 1, "b": {}}', 'describes a by no object.'),
        ('{"stores": {}}', 'has stores, which 2026.2 Hibiscus has itself.'),
        (
            '{"properties": {"name": {}}}',
            'has name, which 2026.2 Hibiscus has itself.',
        ),
        ('{"a": {"type": "str"}}', 'has "type": "str" for a, which is no '),
        ('{"a": {"type": []}}', 'has "type": [] for a, '),
        ('{"a": {"type": ["string", 5]}}', 'has "type": ["string", 5.0] for '),
        ('{"a": {"enum": "a"}}', 'has "enum": "a" for a, '),
        ('{"a": {"required": true}}', 'has "required": true for a, '),
        ('{"a": {"description": null}}', 'has "description": null for a, '),
        ('{"a": {"maxLength": "5"}}', 'has "maxLength": "5" for a, '),
        ('{"a": {"maxLength": -1}}', 'has "maxLength": -1.0 for a, '),
        ('{"a": {"minItems": 0.5}}', 'has "minItems": 0.5 for a, '),
        ('{"a": {"minimum": true}}', 'has "minimum": true for a, '),
        ('{"a": {"pattern": "("}}', 'has "pattern": "(" for a, '),
    ],
)
def test_files_that_are_not_taken(
    tmp_path: pathlib.Path, content: str | bytes, message: str
) -> None:
    ((name, result, said),) = found(tmp_path, content)
    assert (name, result) == ('image-schema', results.FAILURE)
    assert said.startswith(f'{tmp_path / image_schema.FILE} {message}')


@pytest.mark.parametrize(
    ('source', 'expected'),
    [('31', ['image-schema-properties']), ('32', [])],
)
def test_a_property_called_properties(
    tmp_path: pathlib.Path, source: str, expected: list[str]
) -> None:
    content = '{"properties": {}, "kernel_id": {}}'
    seen = found(tmp_path, content, source=source)
    assert [name for name, *_rest in seen] == expected


@pytest.mark.parametrize(
    ('content', 'target', 'told'),
    [
        # The first that takes "properties" for all of them.
        (
            '{"properties": {"stores": {}}}',
            '32',
            ['has stores, which 2026.1 Gazpacho has itself.'],
        ),
        # The first that looks at patterns.
        (
            '{"a": {"pattern": "("}}',
            '28',
            [
                'has "pattern": "(" for a, which is no JSON Schema: no image '
                'can be created.'
            ],
        ),
        (
            '{"a": 1, "b": {"type": "str"}}',
            '33',
            [
                'describes a by no object.',
                'has "type": "str" for b, which is no JSON Schema: no image '
                'can be created.',
            ],
        ),
    ],
)
def test_what_is_wrong_with_a_file(
    tmp_path: pathlib.Path, content: str, target: str, told: list[str]
) -> None:
    path = tmp_path / image_schema.FILE
    assert found(tmp_path, content, target) == [
        ('image-schema', results.FAILURE, f'{path} {said}') for said in told
    ]
