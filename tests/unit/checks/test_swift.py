# SPDX-License-Identifier: Apache-2.0
"""The accounts of Swift stores."""

import pathlib

import pytest

from glance_status import results
from glance_status.checks import swift
from tests.unit import checkers

FAILURE, WARNING = results.FAILURE, results.WARNING
MULTI = (
    '[DEFAULT]\nenabled_backends = a:swift, b:file\n'
    '[glance_store]\ndefault_backend = a\n'
)
ACCOUNT = (
    'swift_store_user = service:glance\nswift_store_key = secret\n'
    'swift_store_auth_address = https://keystone:5000/v3\n'
)
NAMED = MULTI + '[a]\nswift_store_config_file = swift.conf\n'
FILE = (
    '[ref1]\nuser = service:glance\nkey = sec%%ret\n'
    'auth_address = https://keystone:5000/v3\n'
)
CREDENTIAL = (
    'application_credential_id = a\napplication_credential_secret = b\n'
    'auth_address = https://keystone:5000/v3\n'
)
MISSING = (
    'default_swift_reference of the default store a is ref1, and swift.conf '
    '([a] swift_store_config_file, glance-api.conf, line 6) has no section '
    'of this name with user, key and auth_address.'
)


def found(
    directory: pathlib.Path,
    text: str,
    file: str | bytes | None = None,
    target: str = '33',
    source: str | None = None,
) -> list[tuple[str, int, str]]:
    """Return id, result and message of what the check finds."""
    if file is not None:
        content = file.encode() if isinstance(file, str) else file
        (directory / 'swift.conf').write_bytes(content)
    checker = checkers.make(directory, text, target=target, source=source)
    return checkers.told(directory, swift.check_swift(checker))


@pytest.mark.parametrize(
    ('text', 'file', 'target'),
    [
        ('[glance_store]\nswift_store_auth_version = 2\n', None, '33'),
        (MULTI + '[a]\n' + ACCOUNT, None, '33'),
        (MULTI + '[backend_defaults]\n' + ACCOUNT, None, '33'),
        (
            MULTI + '[a]\nswift_store_auth_version = 2\n' + ACCOUNT,
            None,
            '30',
        ),
        (MULTI + '[a]\nswift_store_multi_tenant = True\n', None, '33'),
        (
            MULTI + '[a]\nswift_store_application_credential_id = a\n'
            'swift_store_application_credential_secret = b\n'
            'swift_store_auth_address = https://keystone:5000/v3\n',
            None,
            '32',
        ),
        (NAMED, FILE, '33'),
        (NAMED, FILE.replace('sec%%ret', '"a \'b"'), '33'),
        (NAMED, FILE.replace('sec%%ret', "'a'"), '33'),
        (NAMED, '[ref1]\n' + CREDENTIAL, '32'),
        (NAMED, FILE.replace('/v3', '/v2.0'), '30'),
        (
            NAMED + 'default_swift_reference = other\n',
            FILE + FILE.replace('ref1', 'other'),
            '33',
        ),
    ],
)
def test_accounts_that_are_found(
    tmp_path: pathlib.Path, text: str, file: str | None, target: str
) -> None:
    assert found(tmp_path, text, file, target) == []


@pytest.mark.parametrize('value', ['2', '1', ''])
def test_versions_of_keystone_that_are_gone(
    tmp_path: pathlib.Path, value: str
) -> None:
    text = f'{MULTI}[a]\n{ACCOUNT}swift_store_auth_version = {value}\n'
    assert found(tmp_path, text, target='31') == [
        (
            'swift-auth',
            FAILURE,
            f"[a] swift_store_auth_version is '{value}' (glance-api.conf, "
            'line 9): 2025.2 Flamingo allows only 3, and does not start '
            'with any other.',
        )
    ]


def test_a_version_that_is_not_read_at_start(tmp_path: pathlib.Path) -> None:
    text = (
        f'{MULTI}[a]\nswift_store_auth_version = 2\n'
        'swift_store_multi_tenant = true\n'
    )
    assert found(tmp_path, text) == [
        (
            'swift-auth',
            WARNING,
            "[a] swift_store_auth_version is '2' (glance-api.conf, line 6), "
            'and 2026.2 Hibiscus allows only 3.',
        )
    ]


def test_an_address_of_keystone_v2(tmp_path: pathlib.Path) -> None:
    text = f'{MULTI}[a]\n{ACCOUNT.replace("/v3", "/v2.0/")}'
    assert found(tmp_path, text, source='30') == [
        (
            'swift-auth',
            WARNING,
            '[a] swift_store_auth_address is https://keystone:5000/v2.0/ '
            '(glance-api.conf, line 8), which is not Keystone v3.',
        )
    ]
    assert found(tmp_path, text, source='31') == []


def test_old_accounts_in_the_file(tmp_path: pathlib.Path) -> None:
    file = FILE + (
        '[old]\nuser = a:b\nkey = c\nauth_version = 2\n'
        'auth_address = https://keystone:5000/v2.0\n'
    )
    assert found(tmp_path, NAMED, file, source='30') == [
        (
            'swift-auth',
            WARNING,
            'The section [old] of swift.conf has auth_version 2 and '
            'auth_address https://keystone:5000/v2.0, and 2026.2 Hibiscus '
            'takes every account for one of Keystone v3.',
        )
    ]


@pytest.mark.parametrize(
    ('file', 'wrong'),
    [
        (None, 'does not exist: the API does not start.'),
        (
            'secret\n',
            'cannot be parsed (line 1): the API does not start.',
        ),
        (
            '[ref1]\nkey = a\n[ref1]\n',
            'cannot be parsed (line 3): the API does not start.',
        ),
        (b'[ref1]\nkey = \xff\n', 'is not UTF-8: the API does not start.'),
        (
            '[ref1]\nkey = 50%secret\n',
            'has a % that is not doubled, in [ref1]: the API does not start.',
        ),
    ],
)
def test_files_that_cannot_be_used(
    tmp_path: pathlib.Path, file: str | bytes | None, wrong: str
) -> None:
    assert found(tmp_path, NAMED, file) == [
        (
            'swift-config-file',
            FAILURE,
            '[a] swift_store_config_file names swift.conf (glance-api.conf, '
            f'line 6), which {wrong}',
        )
    ]


def test_a_missing_file_of_another_store(tmp_path: pathlib.Path) -> None:
    text = NAMED + '[glance_store]\ndefault_backend = b\n'
    assert found(tmp_path, text) == [
        (
            'swift-config-file',
            FAILURE,
            '[a] swift_store_config_file names swift.conf (glance-api.conf, '
            'line 6), which does not exist: Glance drops the store a.',
        )
    ]


def test_a_file_that_stops_the_api_for_any_store(
    tmp_path: pathlib.Path,
) -> None:
    text = NAMED + '[glance_store]\ndefault_backend = b\n'
    assert found(tmp_path, text, '[ref1]\nkey = 50%secret\n') == [
        (
            'swift-config-file',
            FAILURE,
            '[a] swift_store_config_file names swift.conf (glance-api.conf, '
            'line 6), which has a % that is not doubled, in [ref1]: the API '
            'does not start.',
        )
    ]


def test_a_file_of_another_host(tmp_path: pathlib.Path) -> None:
    text = NAMED.replace('swift.conf', '/nonexistent/swift.conf')
    assert found(tmp_path, text) == [
        (
            'swift-config-file',
            WARNING,
            '[a] swift_store_config_file names /nonexistent/swift.conf '
            '(glance-api.conf, line 6), which does not exist. Its directory '
            'is not on this host either: look where Glance runs.',
        )
    ]


def test_two_ways_to_an_account(tmp_path: pathlib.Path) -> None:
    text = NAMED + 'swift_store_multi_tenant = true\n'
    assert found(tmp_path, text, FILE) == [
        (
            'swift-multi-tenant',
            FAILURE,
            '[a] swift_store_config_file is set (glance-api.conf, line 6), '
            'and swift_store_multi_tenant is true: Glance drops the default '
            'store a.',
        )
    ]


@pytest.mark.parametrize(
    ('text', 'file', 'message'),
    [
        (
            MULTI + '[a]\nswift_store_user = a\n',
            None,
            'The default store a (glance-api.conf, line 2) has no account: '
            '[a] does not set swift_store_key, swift_store_auth_address.',
        ),
        (
            '[glance_store]\nstores = swift\ndefault_store = swift\n',
            None,
            'The default store swift (glance-api.conf, line 2) has no '
            'account: [glance_store] does not set swift_store_user, '
            'swift_store_key, swift_store_auth_address.',
        ),
        (NAMED, '[ref2]\n', MISSING),
        *(
            (NAMED, FILE.replace('sec%%ret', key), MISSING)
            for key in ('"secret', '"', '\'secret"', '""')
        ),
    ],
)
def test_stores_without_an_account(
    tmp_path: pathlib.Path, text: str, file: str | None, message: str
) -> None:
    assert found(tmp_path, text, file) == [
        ('swift-unconfigured', FAILURE, message)
    ]


def test_application_credentials_that_the_target_does_not_take(
    tmp_path: pathlib.Path,
) -> None:
    account = 'swift_store_' + CREDENTIAL.replace('\n', '\nswift_store_', 2)
    text = f'{MULTI}[a]\n{account}'
    assert found(tmp_path, text, target='31') == [
        (
            'swift-unconfigured',
            FAILURE,
            'The default store a (glance-api.conf, line 2) has no account: '
            '[a] does not set swift_store_user, swift_store_key.',
        )
    ]
    assert found(tmp_path, text, target='32') == []
    file = '[ref1]\n' + CREDENTIAL
    assert found(tmp_path, NAMED, file, target='31') == [
        ('swift-unconfigured', FAILURE, MISSING)
    ]


def test_the_files_of_all_stores_are_read_by_one_parser(
    tmp_path: pathlib.Path,
) -> None:
    (tmp_path / 'more.conf').write_text(FILE.replace('ref1', 'more'))
    text = NAMED.replace('b:file', 'b:swift') + (
        '[b]\nswift_store_config_file = more.conf\n'
        'default_swift_reference = ref1\n'
    )
    assert found(tmp_path, text, FILE) == []


@pytest.mark.parametrize(
    ('path', 'said'),
    [('', 'the empty path'), ('swift.conf', 'swift.conf')],
)
def test_a_file_that_the_parser_passes_over(
    tmp_path: pathlib.Path, path: str, said: str
) -> None:
    (tmp_path / 'swift.conf').mkdir()
    assert found(tmp_path, NAMED.replace('swift.conf', path)) == [
        (
            'swift-unconfigured',
            FAILURE,
            MISSING.replace('swift.conf', said),
        )
    ]
