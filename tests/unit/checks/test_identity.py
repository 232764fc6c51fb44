# SPDX-License-Identifier: Apache-2.0
"""What plug-ins of keystoneauth ask for is what the packages say."""

import json
import pathlib

import pytest

import glance_status
from glance_status.checks import identity
from tests.unit import checkers
from tests.unit.checks.test_paste import shipped

AUTH = json.loads(
    pathlib.Path(glance_status.__file__)
    .with_name('releases')
    .joinpath('options.json')
    .read_text()
)['auth']
# Those that other packages than keystoneauth bring.
FOREIGN = {'noauth', 'v1password'}


@pytest.mark.parametrize('plugin', sorted(AUTH.keys() - FOREIGN))
def test_all_that_is_required_is_asked_for(plugin: str) -> None:
    required = {
        name for name, record in AUTH[plugin].items() if record.get('required')
    }
    needs = identity.NEEDS[plugin]
    assert required <= {names[0] for names in needs if len(names) == 1}
    assert {name for names in needs for name in names} <= AUTH[plugin].keys()


@pytest.mark.parametrize('option', ['username', 'user_name', 'user-name'])
def test_an_option_under_its_old_names(
    tmp_path: pathlib.Path, option: str
) -> None:
    checker = checkers.make(tmp_path, f'[ks]\n{option} = glance\n')
    assert identity.is_set(checker, 'ks', 'username')
    assert not identity.is_set(checker, 'ks', 'user_id')


@pytest.mark.parametrize(
    ('flavor', 'file', 'expected'),
    [
        ('keystone', None, True),
        ('caching', None, False),
        # What it says is not known.
        ('keystone', b'\xff', True),
        ('keystone', b'nonsense\n', True),
        ('caching', b'nonsense\n', False),
        ('keystone', shipped(33).encode(), True),
        ('caching', shipped(33).encode(), False),
        (
            'keystone',
            shipped(33).replace(' authtoken ', ' ').encode(),
            False,
        ),
        (
            'keystone',
            shipped(33)
            .replace(' authtoken ', ' egg:keystonemiddleware#auth_token ')
            .encode(),
            True,
        ),
    ],
)
def test_whether_requests_go_through_keystone(
    tmp_path: pathlib.Path, flavor: str, file: bytes | None, expected: bool
) -> None:
    if file is not None:
        (tmp_path / 'glance-api-paste.ini').write_bytes(file)
    text = f'[paste_deploy]\nflavor = {flavor}\n'
    checker = checkers.make(tmp_path, text)
    assert identity.uses_keystone(checker) is expected
