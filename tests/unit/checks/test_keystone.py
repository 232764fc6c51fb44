# SPDX-License-Identifier: Apache-2.0
"""[keystone_authtoken], complete and not, of today and of the past."""

import pathlib

import pytest

from glance_status import context, results
from glance_status.checks import keystone, keystone_files, keystone_options
from tests.unit import checkers

FLAVOR = '[paste_deploy]\nflavor = keystone\n[keystone_authtoken]\n'
COMPLETE = (
    'auth_type = password\nauth_url = http://ks/v3\nusername = glance\n'
    'password = secret\nuser_domain_name = Default\n'
    'project_name = service\nproject_domain_name = Default\n'
    'service_token_roles_required = true\n'
)


def found(checker: context.Checker) -> list[tuple[str, int, str]]:
    """Return id, result and message of what both checks find."""
    return [
        (item.id, item.result, item.message)
        for check in (
            keystone.check_authtoken,
            keystone_options.check_options,
        )
        for item in check(checker)
    ]


@pytest.mark.parametrize(
    ('text', 'target'),
    [
        # Nothing goes through Keystone.
        ('', '33'),
        ('[keystone_authtoken]\nauth_type = nonsense\n', '33'),
        (
            '[paste_deploy]\nflavor = caching\n'
            '[keystone_authtoken]\nadmin_user = a\n',
            '33',
        ),
        (FLAVOR + COMPLETE, '18'),
        (FLAVOR + COMPLETE, '33'),
        (FLAVOR + COMPLETE.replace('auth_type', 'auth_plugin'), '33'),
        (FLAVOR + COMPLETE + 'memcache_security_strategy = None\n', '33'),
        (
            FLAVOR + COMPLETE + 'memcache_security_strategy = encrypt\n'
            'memcache_secret_key = abcdef\n',
            '33',
        ),
        (
            f'{FLAVOR}auth_section = ks\nservice_token_roles_required = 1\n'
            f'[ks]\n{COMPLETE}',
            '33',
        ),
        (FLAVOR + COMPLETE.replace('username', 'user-name'), '33'),
        (FLAVOR + COMPLETE.replace('project_name', 'tenant-name'), '33'),
        (
            FLAVOR + COMPLETE.replace('user_domain_name', 'default_domain_id'),
            '33',
        ),
        (FLAVOR + COMPLETE.replace('project_name', 'system_scope'), '33'),
        *(
            (f'{FLAVOR}{COMPLETE}auth_version = {version}\n', '33')
            for version in ('v3', '3', 'v2.0', '$version')
        ),
        (FLAVOR + COMPLETE.replace('= password', '= $plugin', 1), '33'),
        (f'{FLAVOR}{COMPLETE}memcache_security_strategy = none\n', '33'),
        (
            f'{FLAVOR}{COMPLETE}memcache_security_strategy = MAC\n'
            'memcache_secret_key = secret\n',
            '33',
        ),
    ],
)
def test_what_keystone_takes(
    tmp_path: pathlib.Path, text: str, target: str
) -> None:
    assert found(checkers.make(tmp_path, text, target=target)) == []


@pytest.mark.parametrize(
    ('options', 'expected'),
    [
        (
            COMPLETE.replace('= password', '= Password', 1),
            (
                'keystone-auth-type',
                '[keystone_authtoken] auth_type is Password ({path}, line '
                '4), and keystoneauth has no plug-in of this name (did you '
                'mean password?): the API would not start.',
            ),
        ),
        (
            COMPLETE.replace('auth_url', 'uri'),
            (
                'keystone-auth-incomplete',
                '[keystone_authtoken] auth_type is password ({path}, line '
                '4), which takes auth_url; nothing sets it.',
            ),
        ),
        (
            COMPLETE.replace('auth_url', 'uri').replace('password =', 'x ='),
            (
                'keystone-auth-incomplete',
                '[keystone_authtoken] auth_type is password ({path}, line '
                '4), which takes auth_url and password; nothing sets them.',
            ),
        ),
        (
            'auth_type = v3password\nauth_url = http://ks/v3\n'
            'username = glance\nservice_token_roles_required = true\n',
            (
                'keystone-auth-incomplete',
                '[keystone_authtoken] auth_type is v3password ({path}, line '
                '4), which takes password and user_domain_name or '
                'user_domain_id or user_id and project_name or project_id or '
                'domain_name and project_domain_name or project_domain_id or '
                'project_id; nothing sets them.',
            ),
        ),
        (
            COMPLETE.replace('project_domain_name', 'project_domain'),
            (
                'keystone-auth-incomplete',
                '[keystone_authtoken] auth_type is password ({path}, line '
                '4), which takes project_domain_name or project_domain_id or '
                'project_id; nothing sets it.',
            ),
        ),
        (
            COMPLETE.replace('user_domain_name', 'domain'),
            (
                'keystone-auth-incomplete',
                '[keystone_authtoken] auth_type is password ({path}, line '
                '4), which takes user_domain_name or user_domain_id or '
                'user_id; nothing sets it.',
            ),
        ),
        (
            COMPLETE.replace('= password', '= v2password', 1),
            (
                'keystone-auth-type',
                '[keystone_authtoken] auth_type is v2password ({path}, line '
                '4), for version 2 of Keystone, which no supported Keystone '
                'has: Glance cannot check any token.',
            ),
        ),
        (
            'service_token_roles_required = true\n',
            (
                'keystone-auth-incomplete',
                '[keystone_authtoken] auth_type is not set, so Glance cannot '
                'check any token.',
            ),
        ),
        (
            f'{COMPLETE}auth_version = three\n',
            (
                'keystone-auth-version',
                '[keystone_authtoken] auth_version is three ({path}, line '
                '12): the API would not start.',
            ),
        ),
        (
            f'{COMPLETE}auth_version =\n',
            (
                'keystone-auth-version',
                '[keystone_authtoken] auth_version is empty ({path}, line '
                '12): the API would not start.',
            ),
        ),
        (
            f'{COMPLETE}memcache_security_strategy = ENCRYPT\n'
            'memcache_secret_key =\n',
            (
                'keystone-memcache-key',
                '[keystone_authtoken] memcache_security_strategy is ENCRYPT '
                '({path}, line 12), and memcache_secret_key is not set: the '
                'API would not start.',
            ),
        ),
        (
            f'{COMPLETE}memcache_security_strategy = mac\n',
            (
                'keystone-memcache-key',
                '[keystone_authtoken] memcache_security_strategy is mac '
                '({path}, line 12), and memcache_secret_key is not set: the '
                'API would not start.',
            ),
        ),
    ],
)
def test_what_keystone_does_not_take(
    tmp_path: pathlib.Path, options: str, expected: tuple[str, str]
) -> None:
    checker = checkers.make(tmp_path, FLAVOR + options)
    identity, message = expected
    path = tmp_path / 'glance-api.conf'
    assert found(checker) == [
        (identity, results.FAILURE, message.format(path=path))
    ]


def test_a_plug_in_of_another_party(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkers.install(tmp_path, monkeypatch, 'own_auth', '1.0')
    info = tmp_path / 'own_auth-1.0.dist-info'
    (info / 'entry_points.txt').write_text(
        '[keystoneauth1.plugin]\nown = own_auth:Loader\n'
    )
    text = FLAVOR + COMPLETE.replace('= password', '= own', 1)
    assert found(checkers.make(tmp_path, text)) == []


ADMIN = 'identity_uri = http://ks\nadmin_user = glance\nadmin_password = x\n'
REQUIRED = 'service_token_roles_required = true\n'


@pytest.mark.parametrize(
    ('target', 'result', 'ending'),
    [
        (
            '32',
            results.WARNING,
            'no auth_type. 2026.1 Gazpacho still reads them; 33.0.0 (2026.2 '
            'Hibiscus) does not.',
        ),
        (
            '33',
            results.FAILURE,
            'no auth_type: 2026.2 Hibiscus does not read them and cannot '
            'check any token.',
        ),
    ],
)
def test_only_the_options_of_the_past(
    tmp_path: pathlib.Path, target: str, result: int, ending: str
) -> None:
    text = FLAVOR + REQUIRED + ADMIN
    path = tmp_path / 'glance-api.conf'
    assert found(checkers.make(tmp_path, text, target=target)) == [
        (
            'keystone-old-opts',
            result,
            '[keystone_authtoken] has admin_user, admin_password, '
            f'identity_uri ({path}, line 6) and {ending}',
        )
    ]


@pytest.mark.parametrize(
    ('option', 'source', 'expected'),
    [
        (
            ADMIN,
            '32',
            [
                (
                    results.SUCCESS,
                    '[keystone_authtoken] has admin_user, admin_password, '
                    'identity_uri ({path}, line 13), which have no effect '
                    'beside auth_type; 33.0.0 does not know them.',
                )
            ],
        ),
        (ADMIN, '33', []),
        (
            'auth_uri = http://ks\n',
            '32',
            [
                (
                    results.WARNING,
                    '[keystone_authtoken] auth_uri ({path}, line 12) is not '
                    'read from 33.0.0 (2026.2 Hibiscus) on. In its place '
                    'counts [keystone_authtoken] www_authenticate_uri, which '
                    'is not set.',
                )
            ],
        ),
        (
            'signing_dir = /var/cache/glance\n',
            '18',
            [
                (
                    results.WARNING,
                    '[keystone_authtoken] signing_dir ({path}, line 12) is '
                    'not read from 19.0.0 (Train) on.',
                )
            ],
        ),
        ('signing_dir = /var/cache/glance\n', '19', []),
    ],
)
def test_options_of_the_past_beside_those_of_today(
    tmp_path: pathlib.Path,
    option: str,
    source: str,
    expected: list[tuple[int, str]],
) -> None:
    checker = checkers.make(
        tmp_path, FLAVOR + COMPLETE + option, source=source
    )
    path = tmp_path / 'glance-api.conf'
    assert found(checker) == [
        ('keystone-old-opts', result, message.format(path=path))
        for result, message in expected
    ]


def test_the_paste_file_says_how_to_authenticate(
    tmp_path: pathlib.Path,
) -> None:
    (tmp_path / 'glance-api-paste.ini').write_text(
        '[pipeline:glance-api-keystone]\npipeline = authtoken app\n'
        '[app:app]\npaste.app_factory = a:b\n'
        '[filter:authtoken]\nauth_type = password\n'
        'paste.filter_factory = keystonemiddleware.auth_token:filter_factory\n'
    )
    assert found(checkers.make(tmp_path, FLAVOR + REQUIRED)) == []


NOT_SET = (
    'is not set, and becomes true with 2026.2 Hibiscus: the users by which '
    'Nova and Cinder send service tokens need a role of service_token_roles, '
    'which is'
)


@pytest.mark.parametrize(
    ('option', 'target', 'source', 'expected'),
    [
        ('', '33', '32', [f'{NOT_SET} service by default.']),
        (
            'service_token_roles =\n',
            '33',
            '32',
            [f'{NOT_SET} service by default.'],
        ),
        ('service_token_roles = a,b\n', '33', '32', [f'{NOT_SET} a,b.']),
        ('', '33', '33', []),
        ('', '32', '31', []),
        ('service_token_roles_required = false\n', '32', '32', []),
        (
            'service_token_roles_required = false\n',
            '33',
            '33',
            [
                'is false ({path}, line 11): any valid token passes for that '
                'of a service.'
            ],
        ),
    ],
)
def test_service_tokens_and_roles(
    tmp_path: pathlib.Path,
    option: str,
    target: str,
    source: str,
    expected: list[str],
) -> None:
    text = FLAVOR + COMPLETE.replace(REQUIRED, '') + option
    checker = checkers.make(tmp_path, text, target=target, source=source)
    said = '[keystone_authtoken] service_token_roles_required '
    assert found(checker) == [
        (
            'service-token-roles',
            results.SUCCESS,
            said + message.format(path=tmp_path / 'glance-api.conf'),
        )
        for message in expected
    ]


CERTIFICATES = (
    'cafile = {dir}/ca.pem\ncertfile = {dir}/client.pem\n'
    'keyfile = {dir}/client.key\nmemcache_tls_enabled = true\n'
    'memcache_tls_cafile = {dir}/glance-api.conf\n'
    'memcache_tls_certfile = {dir}/cache.pem\n'
)


@pytest.mark.parametrize(
    ('url', 'target', 'missing'),
    [
        (
            'https://ks',
            '33',
            ['client.pem', 'client.key', 'ca.pem', 'cache.pem'],
        ),
        ('http://ks', '33', ['client.pem', 'client.key', 'cache.pem']),
        ('http://ks', '31', ['client.pem', 'client.key', 'cache.pem']),
        ('https://ks', '30', ['client.pem', 'client.key', 'ca.pem']),
    ],
)
def test_certificates_that_are_missing(
    tmp_path: pathlib.Path, url: str, target: str, missing: list[str]
) -> None:
    text = FLAVOR + COMPLETE.replace('http://ks', url)
    text += CERTIFICATES.format(dir=tmp_path)
    checker = checkers.make(tmp_path, text, target=target)
    assert [
        (item.id, item.result, item.affected)
        for item in keystone_files.check_files(checker)
    ] == [
        (
            'keystone-files',
            results.FAILURE,
            results.Affected(1, (f'{tmp_path}/{name}',)),
        )
        for name in missing
    ]


def test_a_key_without_a_certificate_is_read_by_nobody(
    tmp_path: pathlib.Path,
) -> None:
    text = f'{FLAVOR}{COMPLETE}keyfile = {tmp_path}/client.key\n'
    assert keystone_files.check_files(checkers.make(tmp_path, text)) == []


def test_certificates_of_another_host(tmp_path: pathlib.Path) -> None:
    text = FLAVOR + COMPLETE.replace('http://ks', 'https://ks')
    here = f'{text}cafile = /etc/passwd\n'
    assert keystone_files.check_files(checkers.make(tmp_path, here)) == []
    elsewhere = f'{text}cafile = /etc/ssl/missing/ca.crt\n'
    with pytest.raises(context.Inapplicable):
        keystone_files.check_files(checkers.make(tmp_path, elsewhere))


@pytest.mark.parametrize(
    ('option', 'first'),
    [
        ('check_revocations_for_cached', '18.0.0 (Stein)'),
        ('revocation_cache_time', '18.0.0 (Stein)'),
        ('hash_algorithms', '19.0.0 (Train)'),
        ('signing_dir', '19.0.0 (Train)'),
    ],
)
def test_the_release_that_no_longer_reads_an_option(
    tmp_path: pathlib.Path, option: str, first: str
) -> None:
    checker = checkers.make(tmp_path, f'{FLAVOR}{COMPLETE}{option} = 1\n')
    path = tmp_path / 'glance-api.conf'
    assert found(checker) == [
        (
            'keystone-old-opts',
            results.WARNING,
            f'[keystone_authtoken] {option} ({path}, line 12) is not read '
            f'from {first} on.',
        )
    ]
