# SPDX-License-Identifier: Apache-2.0
"""Values of [keystone_authtoken] of which the middleware makes an error."""

import pathlib

import pytest

from glance_status import results
from glance_status.checks import keystone_values
from tests.unit import checkers

FLAVOR = '[paste_deploy]\nflavor = keystone\n'
USUAL = (
    '[keystone_authtoken]\nauth_type = password\n'
    'auth_url = https://ks/v3\nproject_name = service\n'
)


@pytest.mark.parametrize(
    'text',
    [
        # Nothing goes through Keystone.
        f'{USUAL}interface = nonsense\n',
        FLAVOR + USUAL,
        FLAVOR + USUAL.replace('https', 'HTTP'),
        FLAVOR + USUAL.replace('https://ks/v3', ''),
        FLAVOR + USUAL.replace('https://ks/v3', '$www_authenticate_uri'),
        f'{FLAVOR}{USUAL}interface = internal\n',
        f'{FLAVOR}{USUAL}interface = publicURL\n',
        f'{FLAVOR}{USUAL}interface =\n',
        f'{FLAVOR}{USUAL}http_connect_timeout = 1\n',
        # Refused as what it is no number of.
        f'{FLAVOR}{USUAL}http_connect_timeout = soon\n',
        # Two names of one project.
        f'{FLAVOR}{USUAL}project_id = 5\n',
        f'{FLAVOR}{USUAL}domain_name =\n',
        FLAVOR + USUAL.replace('project_name', 'domain_name'),
        # Another plug-in may know what to do with both.
        f'{FLAVOR}{USUAL}trust_id = 5\n'.replace('password', 'v3totp'),
    ],
)
def test_what_can_be_asked_with(text: str, tmp_path: pathlib.Path) -> None:
    checker = checkers.make(tmp_path, text)
    assert keystone_values.check_values(checker) == []


@pytest.mark.parametrize(
    ('text', 'message', 'names'),
    [
        (
            FLAVOR + USUAL.replace('https://', ''),
            '[keystone_authtoken] auth_url is ks/v3 ({file}, line 5): Glance '
            'could not check any token.',
            ('auth_url',),
        ),
        (
            f'{FLAVOR}{USUAL}auth_section = ks\n[ks]\nauth_url = ftp://ks\n',
            '[ks] auth_url is ftp://ks ({file}, line 9): Glance could not '
            'check any token.',
            ('auth_url',),
        ),
        (
            f'{FLAVOR}{USUAL}interface = PUBLIC\n',
            '[keystone_authtoken] interface is PUBLIC ({file}, line 7): '
            'Glance could not check any token.',
            ('interface',),
        ),
        (
            f'{FLAVOR}{USUAL}http_connect_timeout = 0\n',
            '[keystone_authtoken] http_connect_timeout is 0 ({file}, line 7): '
            'Glance could not check any token.',
            ('http_connect_timeout',),
        ),
        (
            f'{FLAVOR}{USUAL}system_scope = all\ndomain-id = default\n',
            '[keystone_authtoken] project_name ({file}, line 6) and '
            '[keystone_authtoken] domain-id ({file}, line 8) and '
            '[keystone_authtoken] system_scope ({file}, line 7) are set, and '
            'a token is for one of them: Glance could not check any token.',
            ('project_name', 'domain-id', 'system_scope'),
        ),
        (
            f'{FLAVOR}{USUAL}project_id = 5\ntrust_id = 6\n',
            '[keystone_authtoken] project_name ({file}, line 6) and '
            '[keystone_authtoken] trust_id ({file}, line 8) are set, and a '
            'token is for one of them: Glance could not check any token.',
            ('project_name', 'trust_id'),
        ),
    ],
)
def test_what_nothing_is_asked_with(
    text: str, message: str, names: tuple[str, ...], tmp_path: pathlib.Path
) -> None:
    checker = checkers.make(tmp_path, text)
    (finding,) = keystone_values.check_values(checker)
    file = tmp_path / 'glance-api.conf'
    assert (finding.id, finding.result, finding.message) == (
        'keystone-values',
        results.FAILURE,
        message.format(file=file),
    )
    assert finding.affected == results.Affected(len(names), names)


@pytest.mark.parametrize(
    ('option', 'first'),
    [('interface = nonsense', 19), ('system_scope = all', 26)],
)
def test_the_release_from_which_on_a_value_is_an_error(
    option: str, first: int, tmp_path: pathlib.Path
) -> None:
    text = f'{FLAVOR}{USUAL}{option}\n'
    assert [
        len(
            keystone_values.check_values(
                checkers.make(tmp_path, text, target=str(target))
            )
        )
        for target in (first - 1, first, 33)
    ] == [0, 1, 1]


@pytest.mark.parametrize('target', ['18', '25', '33'])
def test_two_things_that_a_token_is_for(
    target: str, tmp_path: pathlib.Path
) -> None:
    text = f'{FLAVOR}{USUAL}trust_id = 6\n'
    checker = checkers.make(tmp_path, text, target=target)
    (finding,) = keystone_values.check_values(checker)
    assert finding.affected == results.Affected(
        2, ('project_name', 'trust_id')
    )
