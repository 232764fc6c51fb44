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
        f'{MULTI}[backend_defaults]\n{COMPLETE}[b]\n'
        's3_store_bucket_url_format = $format\ns3_store_thread_pools = 1\n',
        # Refused as what it is no number of.
        f'{MULTI}[backend_defaults]\n{COMPLETE}[b]\n'
        's3_store_thread_pools = many\n',
        f'[glance_store]\nstores = s3\ndefault_store = s3\n{COMPLETE}',
    ],
)
def test_complete_stores(tmp_path: pathlib.Path, text: str) -> None:
    assert found(tmp_path, text) == []


@pytest.mark.parametrize(
    ('host', 'more', 'target', 'fails'),
    [
        ('s3.example.com', '', '33', True),
        ('192.0.2.1:9000', '', '20', True),
        ('s3.amazonaws.com', '', '33', True),
        ('http://', '', '33', True),
        ('http://[::1', '', '33', True),
        ('https://s3.example.com:9000/', '', '33', False),
        ('"http://192.0.2.1"', '', '33', False),
        ('$nothing', '', '33', False),
        ('s3-eu-west-1.amazonaws.com', '', '33', False),
        ('s3-eu-west-1.amazonaws.com', 's3_store_region_name = a', '33', True),
        ('s3-eu-west-1.amazonaws.com', 's3_store_region_name = a', '26', True),
        (
            's3-eu-west-1.amazonaws.com',
            's3_store_region_name = a',
            '25',
            False,
        ),
    ],
)
def test_a_host_that_is_no_url(
    tmp_path: pathlib.Path, host: str, more: str, target: str, fails: bool
) -> None:
    text = (
        '[DEFAULT]\nenabled_backends = a:s3\n'
        f'[glance_store]\ndefault_backend = a\n[a]\n{more}\n'
        f'{COMPLETE.replace("http://s3", host)}'
    )
    checker = checkers.make(tmp_path, text, target=target)
    said = (
        f'[a] s3_store_host is {host} (glance-api.conf, line 7), and has to '
        'be a URL with http:// or https:// and a host.'
    )
    assert checkers.told(tmp_path, s3.check_s3(checker)) == (
        [('s3-unconfigured', FAILURE, said)] if fails else []
    )


def test_keys_before_the_host_are_not_shown(tmp_path: pathlib.Path) -> None:
    text = f'{MULTI}[backend_defaults]\n{COMPLETE}[b]\n' + (
        's3_store_host = key:secret@s3.example.com\n'
    )
    assert found(tmp_path, text) == [
        (
            's3-unconfigured',
            WARNING,
            '[b] s3_store_host is s3.example.com (glance-api.conf, line 11), '
            'and has to be a URL with http:// or https:// and a host.',
        )
    ]


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
