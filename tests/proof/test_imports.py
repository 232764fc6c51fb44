# SPDX-License-Identifier: Apache-2.0
"""Options with which the real Glance starts, and then answers errors."""

import json
import pathlib
from typing import Any

import pytest

from glance_status import results
from glance_status.checks import image_options, imports, locations
from tests.functional import glance_databases
from tests.proof import real
from tests.unit import checkers

IMAGE = {
    'id': '2f7d6f0a-0f0e-4a54-9d0c-52d6d4f7f3c1',
    'name': 'an image',
    'disk_format': 'raw',
    'container_format': 'bare',
}
PATH = f'/v2/images/{IMAGE["id"]}'
CREATE = ('POST', '/v2/images', real.ADMIN, json.dumps(IMAGE))
UPLOAD = ('PUT', f'{PATH}/file', real.UPLOAD, 'content')
LIST = ('GET', '/v2/images', real.ADMIN, '')
METHODS = ('GET', '/v2/info/import', real.ADMIN, '')


def ids(conf: pathlib.Path) -> list[str]:
    """Return what our checks say will fail."""
    return [
        finding.id
        for topic in (imports, locations, image_options)
        for check in topic.CHECKS
        for finding in check.function(checkers.of(conf))
        if finding.result == results.FAILURE
    ]


@pytest.mark.parametrize(
    ('section', 'option', 'value', 'requests', 'expected', 'answers'),
    [
        (
            'DEFAULT',
            'enabled_import_methods',
            'glance-direct,web-download',
            (CREATE, METHODS),
            'import-methods',
            [500, 500],
        ),
        (
            'DEFAULT',
            'enabled_import_methods',
            '[glance-direct,copy]',
            (CREATE, METHODS),
            'import-methods',
            [500, 500],
        ),
        (
            'DEFAULT',
            'metadata_encryption_key',
            'tooshort',
            (CREATE, UPLOAD),
            'metadata-key-size',
            [201, 400],
        ),
        (
            'DEFAULT',
            'limit_param_default',
            '0',
            (LIST,),
            'api-limits',
            [500],
        ),
        ('DEFAULT', 'api_limit_max', '0', (LIST,), 'api-limits', [500]),
        (
            'DEFAULT',
            'user_storage_quota',
            '10 GB',
            (CREATE, UPLOAD),
            'user-storage-quota',
            [201, 500],
        ),
        (
            'DEFAULT',
            'hashing_algorithm',
            'sha-512',
            (CREATE, UPLOAD),
            'hashing-algorithm',
            [201, 500],
        ),
        (
            'image_format',
            'disk_formats',
            '',
            (CREATE,),
            'image-formats-empty',
            [400],
        ),
        (
            'image_format',
            'container_formats',
            '',
            (CREATE,),
            'image-formats-empty',
            [400],
        ),
    ],
)
def test_the_real_glance_answers_errors(
    tmp_path: pathlib.Path,
    section: str,
    option: str,
    value: str,
    requests: tuple[real.Request, ...],
    expected: str,
    answers: list[int],
) -> None:
    with glance_databases.database('sqlite', 'up_to_date', tmp_path) as url:
        conf = real.deployment(tmp_path, url, {section: {option: value}})
        answer = real.start(conf, *requests)
    statuses = [status for status, _text in answer.responses]
    assert (answer.error, statuses) == (None, answers)
    assert ids(conf) == [expected]


def test_the_real_glance_answers_after_the_remedies(
    tmp_path: pathlib.Path,
) -> None:
    sections: dict[str, dict[str, Any]] = {
        'DEFAULT': {
            'enabled_import_methods': '[glance-direct,copy-image]',
            'metadata_encryption_key': 'sixteen letters.',
            'limit_param_default': '1',
            'api_limit_max': '1',
            'user_storage_quota': '10GB',
            'hashing_algorithm': 'sha512',
        },
        'image_format': {'disk_formats': 'raw', 'container_formats': 'bare'},
    }
    with glance_databases.database('sqlite', 'up_to_date', tmp_path) as url:
        conf = real.deployment(tmp_path, url, sections)
        answer = real.start(conf, CREATE, UPLOAD, LIST, METHODS)
    statuses = [status for status, _text in answer.responses]
    assert (answer.error, statuses) == (None, [201, 204, 200, 200])
    assert ids(conf) == []


def test_filters_of_imports_are_lists(tmp_path: pathlib.Path) -> None:
    method = {'name': 'web-download', 'uri': 'http://127.0.0.1/image'}
    body = json.dumps({'method': method})
    fetch = ('POST', f'{PATH}/import', real.ADMIN, body)

    def asked(ports: str) -> tuple[list[str], list[int]]:
        sections = {
            'import_filtering_opts': {
                'allowed_hosts': '[127.0.0.1]',
                'allowed_ports': ports,
            }
        }
        with glance_databases.database(
            'sqlite', 'up_to_date', tmp_path
        ) as url:
            conf = real.deployment(tmp_path, url, sections)
            answer = real.start(conf, CREATE, fetch)
        return ids(conf), [status for status, _text in answer.responses]

    assert asked('80,443') == (['import-list-syntax'], [201, 400])
    assert asked('[80,443]') == ([], [201, 202])
