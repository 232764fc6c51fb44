# SPDX-License-Identifier: Apache-2.0
"""Which images the target takes, and options that go wrong."""

import pathlib

import pytest

from glance_status import results
from glance_status.checks import image_options
from tests.unit import checkers

FAILURE, WARNING, NOTE = results.FAILURE, results.WARNING, results.SUCCESS


@pytest.mark.parametrize(
    ('text', 'source', 'target', 'expected'),
    [
        ('', '30', '32', []),
        ('', '26', '28', []),
        (
            '',
            '25',
            '26',
            [
                (
                    NOTE,
                    'After the upgrade these are refused: VMDK images of '
                    'other types than two (26.0.0).',
                )
            ],
        ),
        (
            '',
            '28',
            '30',
            [
                (
                    NOTE,
                    'After the upgrade these are refused: QCOW2 images with '
                    'a backing or a data file (29.0.0); images whose content '
                    'is not of their disk_format (30.0.0).',
                )
            ],
        ),
        (
            '[image_format]\nrequire_image_format_match = False\n',
            '29',
            '30',
            [
                (
                    WARNING,
                    "[image_format] require_image_format_match is 'False' "
                    '(glance-api.conf, line 2), which decides which uploads '
                    'are refused after the upgrade.',
                )
            ],
        ),
        (
            '[image_format]\nrequire_image_format_match = False\n',
            '32',
            '33',
            [
                (
                    NOTE,
                    'After the upgrade these are refused: GPT images whose '
                    'MBR is not as it should be (33.0.0).',
                )
            ],
        ),
    ],
)
def test_uploads_that_are_refused(
    tmp_path: pathlib.Path,
    text: str,
    source: str,
    target: str,
    expected: list[tuple[int, str]],
) -> None:
    checker = checkers.make(tmp_path, text, source=source, target=target)
    assert [
        (item.result, item.message.replace(f'{tmp_path}/', ''))
        for item in image_options.check_formats(checker)
    ] == expected


@pytest.mark.parametrize(
    ('text', 'expected'),
    [
        ('', []),
        ('[image_format]\ndisk_formats = raw\n', []),
        ('[image_format]\ndisk_formats = raw,MINE,[own]\n', []),
        (
            '[image_format]\ndisk_formats = [raw,qcow2]\n'
            'container_formats = bare,OVA\n',
            [
                (
                    'image-formats-empty',
                    FAILURE,
                    '[image_format] disk_formats (glance-api.conf, line 2) '
                    'has [raw, qcow2]: formats are written in small letters, '
                    'with commas between them, without brackets and '
                    'quotation marks.',
                ),
                (
                    'image-formats-empty',
                    results.WARNING,
                    '[image_format] container_formats (glance-api.conf, line '
                    '3) has OVA: formats are written in small letters, with '
                    'commas between them, without brackets and quotation '
                    'marks.',
                ),
            ],
        ),
        (
            '[image_format]\ndisk_formats = raw;qcow2 iso\n'
            'container_formats = my own,\n',
            [
                (
                    'image-formats-empty',
                    FAILURE,
                    '[image_format] disk_formats (glance-api.conf, line 2) '
                    'has raw;qcow2 iso: formats are written in small '
                    'letters, with commas between them, without brackets and '
                    'quotation marks.',
                ),
            ],
        ),
        ('[DEFAULT]\nlimit_param_default = 1\napi_limit_max = many\n', []),
        (
            '[image_format]\ndisk_formats =\n[DEFAULT]\n'
            'container_formats = ,\n',
            [
                (
                    'image-formats-empty',
                    FAILURE,
                    '[image_format] disk_formats is empty (glance-api.conf, '
                    'line 2).',
                ),
                (
                    'image-formats-empty',
                    FAILURE,
                    '[DEFAULT] container_formats is empty (glance-api.conf, '
                    'line 4).',
                ),
            ],
        ),
        (
            '[DEFAULT]\nlimit_param_default = 0\napi_limit_max = -5\n',
            [
                (
                    'api-limits',
                    FAILURE,
                    '[DEFAULT] limit_param_default is 0 (glance-api.conf, '
                    'line 2).',
                ),
                (
                    'api-limits',
                    FAILURE,
                    '[DEFAULT] api_limit_max is -5 (glance-api.conf, line 3).',
                ),
            ],
        ),
        (
            '[DEFAULT]\nuser_storage_quota = 10GB\n'
            'hashing_algorithm = sha256\n',
            [],
        ),
        (
            '[DEFAULT]\nuser_storage_quota = 10 GB\n'
            'hashing_algorithm = shake_128\n',
            [
                (
                    'user-storage-quota',
                    FAILURE,
                    "[DEFAULT] user_storage_quota is '10 GB' "
                    '(glance-api.conf, line 2).',
                ),
                (
                    'hashing-algorithm',
                    FAILURE,
                    "[DEFAULT] hashing_algorithm is 'shake_128' "
                    '(glance-api.conf, line 3).',
                ),
            ],
        ),
        (
            '[DEFAULT]\nhashing_algorithm = SHA512\n',
            [
                (
                    'hashing-algorithm',
                    FAILURE,
                    "[DEFAULT] hashing_algorithm is 'SHA512' "
                    '(glance-api.conf, line 2).',
                ),
            ],
        ),
        *(
            (f'[DEFAULT]\npublic_endpoint = {url}\n', [])
            for url in (
                '',
                'https://[2001:db8::1]:9292/image',
                '$no_such_option',
                # Clients take it as it is.
                'images.example.com',
            )
        ),
        (
            '[DEFAULT]\npublic_endpoint = http://[::1:9292\n',
            [
                (
                    'public-endpoint',
                    FAILURE,
                    '[DEFAULT] public_endpoint is http://[::1:9292 '
                    '(glance-api.conf, line 2): the API could not list its '
                    'versions.',
                ),
            ],
        ),
        (
            '[DEFAULT]\ndigest_algorithm = sha256\n',
            [
                (
                    'digest-alg',
                    NOTE,
                    '[DEFAULT] digest_algorithm is set (glance-api.conf, '
                    'line 2), for nothing.',
                )
            ],
        ),
    ],
)
def test_options(
    tmp_path: pathlib.Path, text: str, expected: list[tuple[str, int, str]]
) -> None:
    checker = checkers.make(tmp_path, text)
    assert [
        (item.id, item.result, item.message.replace(f'{tmp_path}/', ''))
        for item in image_options.check_options(checker)
    ] == expected


@pytest.mark.parametrize(('target', 'count'), [('28', 0), ('29', 1)])
def test_an_option_of_signatures(
    tmp_path: pathlib.Path, target: str, count: int
) -> None:
    text = '[DEFAULT]\ndigest_algorithm = sha256\n'
    checker = checkers.make(tmp_path, text, target=target)
    found = [item.id for item in image_options.check_options(checker)]
    assert found == ['digest-alg'] * count


@pytest.mark.parametrize(('target', 'count'), [('19', 0), ('20', 1)])
def test_an_address_that_older_releases_only_show(
    tmp_path: pathlib.Path, target: str, count: int
) -> None:
    text = '[DEFAULT]\npublic_endpoint = http://[::1:9292\n'
    checker = checkers.make(tmp_path, text, target=target)
    found = [item.id for item in image_options.check_options(checker)]
    assert found == ['public-endpoint'] * count
