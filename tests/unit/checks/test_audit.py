# SPDX-License-Identifier: Apache-2.0
"""The map of the audit middleware."""

import pathlib

import pytest

from glance_status import context, results
from glance_status.checks import audit
from tests.unit.checks.test_paste import KEYSTONE, deployed, shipped


def checker_of(
    directory: pathlib.Path, text: str, target: str = '33'
) -> context.Checker:
    """Return a checker for a pipeline with an audit filter."""
    file = shipped(33).replace('authtoken context', 'authtoken audit context')
    file += (
        '[filter:audit]\n'
        'paste.filter_factory = keystonemiddleware.audit:filter_factory\n'
        f'audit_map_file = {directory}/map.conf\n'
    )
    return deployed(directory, text + KEYSTONE, file, target=target)


def test_the_map_is_not_there(tmp_path: pathlib.Path) -> None:
    (tmp_path / 'store').mkdir()
    text = f'[DEFAULT]\nnode_staging_uri = file://{tmp_path}/store\n'
    checker = checker_of(tmp_path, text)
    (finding,) = audit.check_audit(checker)
    assert (finding.id, finding.result) == ('paste-audit-map', results.FAILURE)
    assert finding.message.endswith(
        f': audit_map_file of [filter:audit] is {tmp_path}/map.conf, and '
        'there is no such file.'
    )
    (tmp_path / 'map.conf').write_text('')
    assert audit.check_audit(checker) == []


@pytest.mark.parametrize(
    'text',
    [
        'hello\n',
        '[path_keywords]\na = b\na = c\n',
        '[DEFAULT]\ntarget_endpoint_type = 100%\n',
    ],
)
def test_a_map_that_is_no_ini(tmp_path: pathlib.Path, text: str) -> None:
    (tmp_path / 'map.conf').write_text(text)
    (finding,) = audit.check_audit(checker_of(tmp_path, ''))
    assert (finding.id, finding.result) == ('paste-audit-map', results.FAILURE)
    assert f'{tmp_path}/map.conf, and it is no INI file: ' in finding.message


@pytest.mark.parametrize(
    'text',
    [
        '',
        '[path_keywords]\nimages = 100%\n',
        '[DEFAULT]\ntarget_endpoint_type = None\n',
    ],
)
def test_maps_that_are_taken(tmp_path: pathlib.Path, text: str) -> None:
    (tmp_path / 'map.conf').write_text(text)
    assert audit.check_audit(checker_of(tmp_path, '')) == []


def test_the_configuration_may_be_a_copy(tmp_path: pathlib.Path) -> None:
    with pytest.raises(context.Inapplicable):
        audit.check_audit(checker_of(tmp_path, ''))


def test_there_is_no_such_filter(tmp_path: pathlib.Path) -> None:
    assert audit.check_audit(deployed(tmp_path, KEYSTONE, shipped(33))) == []
