# SPDX-License-Identifier: Apache-2.0
"""The options of S3 stores."""

import pathlib

import pytest

from glance_status import results
from glance_status.checks import s3
from tests.unit import checkers

FAILURE, WARNING = results.FAILURE, results.WARNING
MULTI = (
    '[DEFAULT]\nenabled_backends = a:s3, b:s3\n'
    '[glance_store]\ndefault_backend = a\n'
)
COMPLETE = (
    's3_store_host = http://s3\ns3_store_access_key = key\n'
    's3_store_secret_key = secret\ns3_store_bucket = glance\n'
)


def found(directory: pathlib.Path, text: str) -> list[tuple[str, int, str]]:
    """Return id, result and message of what the check finds."""
    checker = checkers.make(directory, text)
    return checkers.told(directory, s3.check_s3(checker))


@pytest.mark.parametrize(
    'text',
    [
        '',
        f'{MULTI}[a]\n{COMPLETE}[b]\n{COMPLETE}',
        f'{MULTI}[backend_defaults]\n{COMPLETE}[b]\n'
        's3_store_bucket_url_format = path\n'
        's3_store_large_object_chunk_size = 5\n',
        f'[glance_store]\nstores = s3\ndefault_store = s3\n{COMPLETE}',
    ],
)
def test_complete_stores(tmp_path: pathlib.Path, text: str) -> None:
    assert found(tmp_path, text) == []


def test_what_is_missing(tmp_path: pathlib.Path) -> None:
    text = f'{MULTI}[a]\ns3_store_bucket = a\ns3_store_secret_key = \n'
    assert found(tmp_path, text) == [
        (
            's3-unconfigured',
            FAILURE,
            '[a] does not set s3_store_host, s3_store_access_key, '
            's3_store_secret_key, which the default store a '
            '(glance-api.conf, line 2) needs.',
        ),
        (
            's3-unconfigured',
            WARNING,
            '[b] does not set s3_store_host, s3_store_access_key, '
            's3_store_secret_key, s3_store_bucket, which the store b '
            '(glance-api.conf, line 2) needs.',
        ),
    ]


@pytest.mark.parametrize(
    ('line', 'message'),
    [
        (
            's3_store_large_object_chunk_size = 4',
            '[a] s3_store_large_object_chunk_size is 4 (glance-api.conf, '
            'line 6), and has to be 5 or more.',
        ),
        (
            's3_store_thread_pools = 0',
            '[a] s3_store_thread_pools is 0 (glance-api.conf, line 6), and '
            'has to be 1 or more.',
        ),
        (
            's3_store_bucket_url_format = subdomain',
            "[a] s3_store_bucket_url_format is 'subdomain' (glance-api.conf, "
            'line 6), and has to be auto, virtual or path.',
        ),
    ],
)
def test_what_is_too_small(
    tmp_path: pathlib.Path, line: str, message: str
) -> None:
    text = f'{MULTI}[a]\n{line}\n{COMPLETE}[b]\n{COMPLETE}'
    assert found(tmp_path, text) == [('s3-unconfigured', FAILURE, message)]
