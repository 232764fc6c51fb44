# SPDX-License-Identifier: Apache-2.0
"""Old and new policies, and the scope of tokens."""

import pathlib

import pytest

from glance_status import results
from glance_status.checks import rbac
from tests.unit import checkers

SCOPE = '[oslo_policy]\nenforce_scope = false\nenforce_new_defaults = true\n'
OLD = '[oslo_policy]\nenforce_new_defaults = false\n'
NEW = '[oslo_policy]\nenforce_new_defaults = true\n'
SECURE = '[DEFAULT]\nenforce_secure_rbac = true\n'
OFF = '[DEFAULT]\nenforce_secure_rbac = false\n'


@pytest.mark.parametrize(
    ('text', 'source', 'target', 'expected'),
    [
        ('', '25', '26', [('policy-new-defaults', results.WARNING)]),
        ('', '26', '33', []),
        ('', '24', '25', []),
        (NEW, '25', '33', []),
        (OLD, '25', '33', [('policy-new-defaults', results.SUCCESS)]),
        (OLD, '26', '33', [('policy-new-defaults', results.SUCCESS)]),
        (SCOPE, '25', '26', [('policy-scope', results.SUCCESS)]),
        (SCOPE, '32', '33', [('policy-scope', results.WARNING)]),
        (SCOPE, '33', '33', []),
        (SCOPE, '24', '25', [('policy-rbac-mismatch', results.FAILURE)]),
        (SECURE + NEW, '25', '26', [('policy-secure-rbac', results.WARNING)]),
        (SECURE + NEW, '24', '25', [('policy-secure-rbac', results.SUCCESS)]),
        (SECURE + NEW, '20', '21', []),
        (SECURE + NEW, '26', '33', []),
        ('[oslo_policy]\nenforce_scope = perhaps\n', '32', '33', []),
        (NEW, '20', '21', []),
        (NEW, '21', '22', [('policy-rbac-mismatch', results.FAILURE)]),
        (NEW, '24', '25', [('policy-rbac-mismatch', results.FAILURE)]),
        (OLD, '21', '22', []),
        (OFF + OLD, '21', '22', [('policy-secure-rbac', results.SUCCESS)]),
        (
            SECURE,
            '21',
            '22',
            [
                ('policy-secure-rbac', results.SUCCESS),
                ('policy-rbac-mismatch', results.FAILURE),
            ],
        ),
        # A switch that Glance cannot read is value-refused.
        ('[oslo_policy]\nenforce_new_defaults = perhaps\n', '24', '25', []),
    ],
)
def test_what_decides_between_policies(
    tmp_path: pathlib.Path,
    text: str,
    source: str,
    target: str,
    expected: list[tuple[str, int]],
) -> None:
    checker = checkers.make(tmp_path, text, source=source, target=target)
    assert [
        (item.id, item.result) for item in rbac.check_rbac(checker)
    ] == expected


def test_the_place_is_named(tmp_path: pathlib.Path) -> None:
    checker = checkers.make(tmp_path, SCOPE, source='32')
    assert [item.message for item in rbac.check_rbac(checker)] == [
        f'[oslo_policy] enforce_scope is false ({tmp_path}/glance-api.conf, '
        'line 2), and 33.0.0 ignores it.'
    ]


def test_both_switches_are_named(tmp_path: pathlib.Path) -> None:
    checker = checkers.make(tmp_path, SECURE, source='21', target='22')
    *_others, found = rbac.check_rbac(checker)
    assert found.message == (
        f'[DEFAULT] enforce_secure_rbac ({tmp_path}/glance-api.conf, line 2) '
        'is true, and [oslo_policy] enforce_new_defaults is not.'
    )


@pytest.mark.parametrize(
    ('source', 'target', 'ignore'),
    [('25', '26', 'ignore'), ('24', '25', 'will ignore')],
)
def test_the_switch_of_glances_own(
    tmp_path: pathlib.Path, source: str, target: str, ignore: str
) -> None:
    checker = checkers.make(
        tmp_path, SECURE + NEW, source=source, target=target
    )
    assert [item.message for item in rbac.check_rbac(checker)] == [
        f'[DEFAULT] enforce_secure_rbac is set ({tmp_path}/glance-api.conf, '
        f'line 2), and 26.0.0 and later {ignore} it.'
    ]
