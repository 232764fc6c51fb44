# SPDX-License-Identifier: Apache-2.0
"""The map of the audit middleware."""

import pathlib

import pytest

from glance_status import context, results
from glance_status.checks import audit
from tests.unit import checkers
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


def test_a_long_complaint_is_cut(tmp_path: pathlib.Path) -> None:
    (tmp_path / 'map.conf').write_text('x' * 500)
    (finding,) = audit.check_audit(checker_of(tmp_path, ''))
    said = finding.message.partition(' it is no INI file: ')[2]
    assert len(said) == 200 + len('.')
    assert said.startswith('File contains no section headers. file: ')


def test_a_map_that_cannot_be_read(tmp_path: pathlib.Path) -> None:
    (tmp_path / 'map.conf').write_bytes(b'\xff')
    assert audit.check_audit(checker_of(tmp_path, '')) == []


def test_each_filter_has_its_map(tmp_path: pathlib.Path) -> None:
    (tmp_path / 'store').mkdir()
    names = ['relative', 'missing', 'fine', 'broken', 'none']
    file = shipped(33).replace(
        'authtoken context', f'authtoken {" ".join(names)} other context'
    )
    maps = {name: f'{tmp_path}/{name}.conf' for name in names}
    maps['relative'] = 'relative.conf'
    maps['none'] = ''
    (tmp_path / 'fine.conf').touch()
    (tmp_path / 'broken.conf').write_text('[a]\n[a]\n')
    for name in names:
        file += (
            f'[filter:{name}]\n'
            'paste.filter_factory = keystonemiddleware.audit:filter_factory\n'
            f'audit_map_file = {maps[name]}\n'
        )
    file += (
        '[filter:other]\npaste.filter_factory = mine:factory\n'
        f'audit_map_file = {tmp_path}/missing.conf\n'
    )
    text = f'[DEFAULT]\nnode_staging_uri = file://{tmp_path}/store\n'
    lines = file.splitlines()

    def wrong(name: str, what: str) -> results.Finding:
        line = lines.index(f'[filter:{name}]') + 1
        return audit.MAP.failure(
            f'{tmp_path}/glance-api-paste.ini, line {line}: audit_map_file of '
            f'[filter:{name}] is {maps[name]}, and {what}.',
            affected=results.Affected(1, (f'filter:{name}',)),
        )

    assert audit.check_audit(deployed(tmp_path, text + KEYSTONE, file)) == [
        wrong('missing', 'there is no such file'),
        wrong(
            'broken',
            "it is no INI file: While reading from '"
            f"{tmp_path}/broken.conf' [line 2]: section 'a' already exists",
        ),
    ]


def test_no_paste_file_is_there(tmp_path: pathlib.Path) -> None:
    assert audit.check_audit(checkers.make(tmp_path, KEYSTONE)) == []


def test_there_is_no_such_filter(tmp_path: pathlib.Path) -> None:
    assert audit.check_audit(deployed(tmp_path, KEYSTONE, shipped(33))) == []
