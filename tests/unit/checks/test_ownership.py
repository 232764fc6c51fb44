# SPDX-License-Identifier: Apache-2.0
"""Whose images they are, release by release."""

import pathlib

import pytest

from glance_status import results
from glance_status.checks import ownership
from tests.unit import checkers

USERS = '[DEFAULT]\nowner_is_tenant = False\n'


def said(directory: pathlib.Path) -> str:
    """Return how messages begin."""
    return (
        f'[DEFAULT] owner_is_tenant is False ({directory}/glance-api.conf, '
        'line 2), so images belong to users.'
    )


@pytest.mark.parametrize(
    'text', ['', '[DEFAULT]\n', '[DEFAULT]\nowner_is_tenant = True\n']
)
def test_projects_own_images(tmp_path: pathlib.Path, text: str) -> None:
    checker = checkers.make(tmp_path, text, source='18')
    assert ownership.check_ownership(checker) == []


@pytest.mark.parametrize('source', ['18', '21', None])
def test_users_own_images_on_the_way_into_wallaby(
    tmp_path: pathlib.Path, source: str | None
) -> None:
    checker = checkers.make(tmp_path, USERS, target='22', source=source)
    assert ownership.check_ownership(checker) == [
        results.Finding(
            id='owner-is-tenant',
            result=results.FAILURE,
            message=f'{said(tmp_path)} Glance 22.0.0 and later ignore the '
            'option and take every owner for a project.',
            remediation=ownership.OWNER_IS_TENANT.remediation,
            since='22.0.0',
            reference=ownership.OWNER_IS_TENANT.reference,
        )
    ]


def test_the_option_is_deprecated_before_wallaby(
    tmp_path: pathlib.Path,
) -> None:
    checker = checkers.make(tmp_path, USERS, target='21', source='20')
    (finding,) = ownership.check_ownership(checker)
    assert (finding.result, finding.message) == (
        results.WARNING,
        f'{said(tmp_path)} The option is deprecated, and gone in 22.0.0.',
    )


@pytest.mark.parametrize('target', ['22', '33'])
def test_what_wallaby_did_is_not_mentioned_after_it(
    tmp_path: pathlib.Path, target: str
) -> None:
    checker = checkers.make(tmp_path, USERS, target=target, source='22')
    assert ownership.check_ownership(checker) == []
