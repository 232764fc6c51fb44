# SPDX-License-Identifier: Apache-2.0
"""The volume types and credentials of Cinder stores."""

import pathlib

import pytest

from glance_status import results
from glance_status.checks import cinder
from tests.unit import checkers

MULTI = (
    '[DEFAULT]\nenabled_backends = a:cinder, b:file\n'
    '[glance_store]\ndefault_backend = b\n'
)
TYPED = MULTI + '[a]\ncinder_volume_type = images\n'
CREDENTIALS = (
    'cinder_store_user_name = glance\ncinder_store_password = secret\n'
    'cinder_store_project_name = service\n'
    'cinder_store_auth_address = http://keystone:5000/v3\n'
)
APPLICATION = (
    'cinder_store_application_credential_id = a\n'
    'cinder_store_application_credential_secret = b\n'
    'cinder_store_auth_address = http://keystone:5000/v3\n'
)


def found(
    directory: pathlib.Path,
    text: str,
    target: str = '33',
    source: str | None = '20',
) -> list[tuple[str, int, str]]:
    """Return id, result and message of what the check finds."""
    checker = checkers.make(directory, text, target=target, source=source)
    return checkers.told(directory, cinder.check_cinder(checker))


@pytest.mark.parametrize(
    ('text', 'target', 'source'),
    [
        ('', '33', '20'),
        (TYPED + CREDENTIALS, '33', '20'),
        (TYPED + APPLICATION, '32', '20'),
        (TYPED + CREDENTIALS.replace('http://', '$nothing'), '33', '20'),
        (MULTI + '[a]\n' + CREDENTIALS.replace('http://', ''), '33', '21'),
        (TYPED + '[backend_defaults]\n' + CREDENTIALS, '33', '20'),
        (TYPED, '20', '18'),
        (MULTI, '20', '18'),
        (MULTI, '33', '21'),
        ('[glance_store]\nstores = file,cinder\n', '33', '20'),
    ],
)
def test_stores_that_start(
    tmp_path: pathlib.Path, text: str, target: str, source: str
) -> None:
    assert found(tmp_path, text, target, source) == []


@pytest.mark.parametrize(
    ('text', 'target', 'line', 'missing'),
    [
        (
            TYPED,
            '33',
            '[a] cinder_volume_type is set (glance-api.conf, line 6)',
            'cinder_store_user_name, cinder_store_password, '
            'cinder_store_project_name, cinder_store_auth_address',
        ),
        (
            TYPED,
            '21',
            '[a] cinder_volume_type is set (glance-api.conf, line 6)',
            'cinder_store_user_name, cinder_store_password, '
            'cinder_store_project_name, cinder_store_auth_address',
        ),
        (
            TYPED + APPLICATION,
            '31',
            '[a] cinder_volume_type is set (glance-api.conf, line 6)',
            'cinder_store_user_name, cinder_store_password, '
            'cinder_store_project_name',
        ),
        (
            TYPED + CREDENTIALS + APPLICATION + 'cinder_store_auth_address =',
            '33',
            '[a] cinder_volume_type is set (glance-api.conf, line 6)',
            'cinder_store_auth_address',
        ),
        (
            '[glance_store]\nstores = file,cinder\ncinder_volume_type = a\n'
            + CREDENTIALS.replace('cinder_store_password', 'x'),
            '33',
            '[glance_store] cinder_volume_type is set (glance-api.conf, '
            'line 3)',
            'cinder_store_password',
        ),
    ],
)
def test_a_volume_type_without_credentials(
    tmp_path: pathlib.Path, text: str, target: str, line: str, missing: str
) -> None:
    ((name, result, message),) = found(tmp_path, text, target, '21')
    assert (name, result) == ('cinder-start', results.FAILURE)
    assert message.startswith(f'{line}, and {missing} not: ')


@pytest.mark.parametrize('address', ['keystone:5000/v3', 'http://[::1'])
def test_an_address_that_is_no_url(
    tmp_path: pathlib.Path, address: str
) -> None:
    text = TYPED + CREDENTIALS.replace('http://keystone:5000/v3', address)
    assert found(tmp_path, text, source='32') == [
        (
            'cinder-start',
            results.FAILURE,
            f'[a] cinder_store_auth_address is {address} (glance-api.conf, '
            'line 10), and has to be a URL with http:// or https:// and a '
            'host: 2026.2 Hibiscus does not start.',
        )
    ]


def test_one_of_two_stores_has_no_volume_type(tmp_path: pathlib.Path) -> None:
    text = TYPED.replace('b:file', 'b:cinder') + CREDENTIALS
    assert [message for _name, _result, message in found(tmp_path, text)] == [
        '[b] does not set cinder_volume_type, for the default store b '
        '(glance-api.conf, line 2).'
    ]


def test_no_volume_type(tmp_path: pathlib.Path) -> None:
    assert found(tmp_path, MULTI) == [
        (
            'cinder-volume-type',
            results.WARNING,
            '[a] does not set cinder_volume_type, for the store a '
            '(glance-api.conf, line 2).',
        )
    ]


@pytest.mark.parametrize(
    ('text', 'target', 'count'),
    [
        (MULTI + '[a]\ncinder_catalog_info = volumev2::publicURL\n', '33', 1),
        (MULTI + '[a]\ncinder_catalog_info = volumev2::publicURL\n', '22', 1),
        (MULTI + '[a]\ncinder_catalog_info = volumev2::publicURL\n', '21', 0),
        (MULTI + '[a]\ncinder_catalog_info = volumev3::publicURL\n', '33', 0),
        (
            MULTI + '[a]\ncinder_catalog_info = volumev2::publicURL\n'
            'cinder_endpoint_template = http://cinder/v3/%(project_id)s\n',
            '33',
            0,
        ),
        (
            '[glance_store]\ncinder_catalog_info = volumev2::publicURL\n',
            '33',
            0,
        ),
    ],
)
def test_version_2_of_cinder(
    tmp_path: pathlib.Path, text: str, target: str, count: int
) -> None:
    assert [item[:2] for item in found(tmp_path, text, target, target)] == [
        ('cinder-catalog-info', results.WARNING)
    ] * count
