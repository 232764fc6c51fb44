# SPDX-License-Identifier: Apache-2.0
"""The options of VMware stores."""

import pathlib

import pytest

from glance_status import results
from glance_status.checks import vmware
from tests.unit import checkers

FAILURE, WARNING = results.FAILURE, results.WARNING
SINGLE = '[glance_store]\nstores = vmware\ndefault_store = vsphere\n'
BESIDE = (
    '[DEFAULT]\nenabled_backends = a:file, b:vmware\n'
    '[glance_store]\ndefault_backend = a\n'
)
SERVER = (
    'vmware_server_host = vcenter\nvmware_server_username = glance\n'
    'vmware_server_password = secret\n'
)
DATASTORES = 'vmware_datastores = dc:images\n'


def found(
    directory: pathlib.Path, text: str, target: str = '33'
) -> list[tuple[str, int, str]]:
    """Return id, result and message of what the check finds."""
    checker = checkers.make(directory, text, target=target)
    return checkers.told(directory, vmware.check_vmware(checker))


@pytest.mark.parametrize(
    'text',
    [
        '',
        f'{SINGLE}{SERVER}{DATASTORES}',
        f'{BESIDE}[b]\n{SERVER}{DATASTORES}',
        f'{BESIDE}[backend_defaults]\n{SERVER}[b]\n{DATASTORES}',
    ],
)
def test_complete_stores(tmp_path: pathlib.Path, text: str) -> None:
    assert found(tmp_path, text) == []


@pytest.mark.parametrize(
    ('text', 'result', 'message'),
    [
        (
            SINGLE,
            FAILURE,
            '[glance_store] does not set vmware_server_host, '
            'vmware_server_username, vmware_server_password, '
            'vmware_datastores, which the default store vmware '
            '(glance-api.conf, line 2) needs.',
        ),
        (
            f'{SINGLE}{SERVER}',
            FAILURE,
            '[glance_store] does not set vmware_datastores, which the '
            'default store vmware (glance-api.conf, line 2) needs.',
        ),
        (
            # The default or not, it is asked of the server at the start.
            f'{BESIDE}[b]\n{DATASTORES}vmware_server_host = vcenter\n',
            FAILURE,
            '[b] does not set vmware_server_username, '
            'vmware_server_password, which the store b (glance-api.conf, '
            'line 2) needs.',
        ),
        (
            f'{BESIDE}[b]\n{SERVER}',
            WARNING,
            '[b] does not set vmware_datastores, which the store b '
            '(glance-api.conf, line 2) needs.',
        ),
    ],
)
def test_what_is_missing(
    tmp_path: pathlib.Path, text: str, result: int, message: str
) -> None:
    assert found(tmp_path, text) == [('vmware-unconfigured', result, message)]


def test_what_is_missing_of_several(tmp_path: pathlib.Path) -> None:
    text = BESIDE.replace('b:vmware', 'b:vmware, c:vmware, d:vmware')
    text += f'[b]\n{SERVER}{DATASTORES}[c]\n{SERVER}[d]\n{DATASTORES}'
    assert found(tmp_path, text) == [
        (
            'vmware-unconfigured',
            WARNING,
            '[c] does not set vmware_datastores, which the store c '
            '(glance-api.conf, line 2) needs.',
        ),
        (
            'vmware-unconfigured',
            FAILURE,
            '[d] does not set vmware_server_host, vmware_server_username, '
            'vmware_server_password, which the store d (glance-api.conf, '
            'line 2) needs.',
        ),
    ]


def test_shared_options_that_the_target_does_not_read(
    tmp_path: pathlib.Path,
) -> None:
    text = f'{BESIDE}[backend_defaults]\n{SERVER}[b]\n{DATASTORES}'
    assert found(tmp_path, text, '30') == [
        (
            'vmware-unconfigured',
            FAILURE,
            '[b] does not set vmware_server_host, vmware_server_username, '
            'vmware_server_password, which the store b (glance-api.conf, '
            'line 2) needs.',
        )
    ]
