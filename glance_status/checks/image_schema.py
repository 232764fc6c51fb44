# SPDX-License-Identifier: Apache-2.0
"""Whether the target takes the site's own schema of images."""

import json
import typing

from glance_status import context, plugins, results
from glance_status.checks import schema_words, texts, values

FILE = 'schema-image.json'
# Takes the names of Glance's own properties; "stores" was "backend" before.
STORES = 19
BASE = frozenset(
    (
        'checksum',
        'container_format',
        'created_at',
        'direct_url',
        'disk_format',
        'file',
        'id',
        'locations',
        'min_disk',
        'min_ram',
        'name',
        'os_hash_algo',
        'os_hash_value',
        'os_hidden',
        'owner',
        'protected',
        'schema',
        'self',
        'size',
        'status',
        'tags',
        'updated_at',
        'virtual_size',
        'visibility',
    )
)
# Takes a file with "properties" for one that wraps them.
WRAPPED = 32

SCHEMA = results.FindingKind(
    id='image-schema',
    title='The schema of images cannot be used',
    looks_for=f'A {FILE} in the configuration directories that is no JSON, '
    'describes a property by anything but an object, has a property of '
    "Glance's own, such as stores from 19.0.0 on, or a word of JSON Schema "
    'with a value that is none, such as the type str for string.',
    matters='The API does not start; where it is the value of a word, it '
    'starts, and answers 500 to who creates an image.',
    remediation='Correct the file. Rename properties that Glance has itself, '
    'in the file and in the images.',
    reference='https://docs.openstack.org/glance/latest/user/glanceapi.html',
)
PROPERTIES = results.FindingKind(
    id='image-schema-properties',
    title='The schema of images has a property called properties',
    looks_for=f'A {FILE} with "properties" beside others, where the upgrade '
    'passes into 32.0.0 (2026.1).',
    matters='From then on "properties" holds all properties of the file; '
    'those beside it are ignored without a word.',
    remediation='Write all into "properties": {"properties": {...}}, and '
    'the property of that name too.',
    since='32.0.0',
    reference='https://docs.openstack.org/releasenotes/glance/2026.1.html',
)


def check_image_schema(checker: context.Checker) -> list[results.Finding]:
    """Read the file as Glance does."""
    path = checker.conf.find_file(FILE)
    if path is None:
        return []
    file = texts.read(path)
    if file.text is None:
        found = f'{path} cannot be read: {file.error}.'
        return [
            SCHEMA.warning(found) if file.denied else SCHEMA.failure(found)
        ]
    try:
        content = json.loads(file.text, parse_int=float)
    except ValueError as error:
        return [SCHEMA.failure(f'{path} is no JSON: {error}.')]
    except RecursionError:
        return [SCHEMA.failure(f'{path} is nested too deeply.')]
    return list(_content(checker, path, content))


def _content(
    checker: context.Checker, path: str, content: typing.Any
) -> typing.Iterator[results.Finding]:
    if not content:
        return
    if isinstance(content, dict) and 'properties' in content:
        beside = content.keys() - {'properties', 'required'}
        if beside and checker.crosses(WRAPPED):
            yield PROPERTIES.warning(
                f'{path} has "properties", and {", ".join(sorted(beside))} '
                'beside it.'
            )
        if checker.target.major >= WRAPPED:
            content = content['properties']
    if not isinstance(content, dict):
        yield SCHEMA.failure(f'{path} is no object of properties.')
        return
    wrong = sorted(
        name for name, said in content.items() if not isinstance(said, dict)
    )
    new = 'stores' if checker.target.major >= STORES else 'backend'
    taken = sorted(content.keys() & {*BASE, new})
    if wrong:
        yield SCHEMA.failure(
            f'{path} describes {", ".join(wrong)} by no object.',
        )
    if taken:
        yield SCHEMA.failure(
            f'{path} has {", ".join(taken)}, which {checker.target.title} '
            'has itself.',
        )
    for name, said in content.items():
        if not isinstance(said, dict):
            continue
        word = schema_words.fault(said, checker.target.major)
        if word:
            value = values.shown(json.dumps(said[word]))
            yield SCHEMA.failure(
                f'{path} has "{word}": {value} for {values.shown(name)}, '
                'which is no JSON Schema: no image can be created.'
            )


CHECKS = (
    plugins.Check(
        id='image-schemas',
        title='Schema of images',
        function=check_image_schema,
        kinds=(SCHEMA, PROPERTIES),
        topic='images',
        reads=('configuration', 'files'),
        description='Whether the target takes schema-image.json, the '
        "site's own properties of images.",
    ),
)
