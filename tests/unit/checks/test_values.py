# SPDX-License-Identifier: Apache-2.0
"""What options amount to, whatever stands in them."""

import pathlib

import pytest

from glance_status.checks import values
from tests.unit import checkers


@pytest.mark.parametrize(
    ('value', 'shown'),
    [
        ('', ''),
        ('two\n  words', 'two words'),
        ('x' * 100, 'x' * 100),
        ('x' * 101, 'x' * 100 + '...'),
        # What lies behind a thousand characters is not looked at.
        ('a' + ' ' * 998 + 'bc', 'a b'),
        ('a' + ' ' * 999 + 'bc', 'a'),
    ],
)
def test_values_fit_into_a_sentence(value: str, shown: str) -> None:
    assert values.shown(value) == shown


@pytest.mark.parametrize(
    ('url', 'leads'),
    [
        ('http://glance.example:9292/', True),
        ('http:///images', False),
        ('glance.example', False),
        ('http://[::1', False),
    ],
)
def test_a_url_leads_somewhere(url: str, leads: bool) -> None:
    assert values.has_host(url) is leads


TEXT = """
[DEFAULT]
policy_file = $image_cache_dir/policy.yaml
image_cache_dir = /cache
policy_dirs = /one
policy_dirs = $image_cache_dir
delayed_delete = true
do_secure_hash = false
public_endpoint = $no_such_option
image_cache_sqlite_db = $image_cache_sqlite_db
[oslo_policy]
policy_file = ${image_cache_dir}/other.yaml
policy_dirs = $no_such_option/d
enforce_scope = yes
enforce_new_defaults = $enforce_new_defaults
[profiler]
enabled = perhaps
"""


def test_texts(tmp_path: pathlib.Path) -> None:
    checker = checkers.make(tmp_path, TEXT)
    assert {
        (section, option): values.text(checker, section, option)
        for section, option in (
            ('DEFAULT', 'policy_file'),
            ('DEFAULT', 'policy_default_rule'),
            ('DEFAULT', 'public_endpoint'),
            ('DEFAULT', 'image_cache_sqlite_db'),
            ('DEFAULT', 'delayed_delete'),
            ('DEFAULT', 'no_such_option'),
            ('oslo_policy', 'policy_file'),
            ('oslo_policy', 'policy_default_rule'),
            ('profiler', 'enabled'),
        )
    } == {
        ('DEFAULT', 'policy_file'): '/cache/policy.yaml',
        ('DEFAULT', 'policy_default_rule'): None,
        # As they are written.
        ('DEFAULT', 'public_endpoint'): '$no_such_option',
        ('DEFAULT', 'image_cache_sqlite_db'): '$image_cache_sqlite_db',
        ('DEFAULT', 'delayed_delete'): 'True',
        ('DEFAULT', 'no_such_option'): None,
        ('oslo_policy', 'policy_file'): '/cache/other.yaml',
        ('oslo_policy', 'policy_default_rule'): None,
        ('profiler', 'enabled'): 'perhaps',
    }


def test_switches(tmp_path: pathlib.Path) -> None:
    checker = checkers.make(tmp_path, TEXT)
    assert {
        (section, option): values.boolean(checker, section, option)
        for section, option in (
            ('DEFAULT', 'delayed_delete'),
            ('DEFAULT', 'do_secure_hash'),
            ('DEFAULT', 'owner_is_tenant'),
            ('DEFAULT', 'no_such_option'),
            ('oslo_policy', 'enforce_scope'),
            ('oslo_policy', 'enforce_new_defaults'),
            ('profiler', 'enabled'),
        )
    } == {
        ('DEFAULT', 'delayed_delete'): True,
        ('DEFAULT', 'do_secure_hash'): False,
        ('DEFAULT', 'owner_is_tenant'): None,
        ('DEFAULT', 'no_such_option'): None,
        ('oslo_policy', 'enforce_scope'): True,
        ('oslo_policy', 'enforce_new_defaults'): None,
        ('profiler', 'enabled'): None,
    }


def test_options_that_are_repeated(tmp_path: pathlib.Path) -> None:
    checker = checkers.make(tmp_path, TEXT)
    assert {
        (section, option): values.several(checker, section, option)
        for section, option in (
            ('DEFAULT', 'policy_dirs'),
            ('DEFAULT', 'no_such_option'),
            ('oslo_policy', 'policy_dirs'),
        )
    } == {
        ('DEFAULT', 'policy_dirs'): ['/one', '/cache'],
        ('DEFAULT', 'no_such_option'): [],
        ('oslo_policy', 'policy_dirs'): ['$no_such_option/d'],
    }
    assert (
        values.several(checkers.make(tmp_path, ''), 'DEFAULT', 'policy_dirs')
        == []
    )


def test_where_an_option_is_set(tmp_path: pathlib.Path) -> None:
    checker = checkers.make(tmp_path, TEXT)
    assert [
        values.place(checker, 'DEFAULT', option)
        for option in ('image_cache_dir', 'policy_default_rule')
    ] == [f' ({tmp_path}/glance-api.conf, line 4)', '']
