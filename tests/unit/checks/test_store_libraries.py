# SPDX-License-Identifier: Apache-2.0
"""The client libraries of stores, beside the Glance that needs them."""

import pathlib

import pytest

from glance_status import context, results
from glance_status.checks import store_libraries
from tests.unit import checkers

FAILURE, WARNING = results.FAILURE, results.WARNING


@pytest.fixture
def glance(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install a Glance 33 and the library of Swift, as far as they show."""
    site = tmp_path / 'site'
    metadata = site / 'glance-33.0.0.dist-info' / 'METADATA'
    metadata.parent.mkdir(parents=True)
    metadata.write_text('Name: glance\nVersion: 33.0.0\n')
    (site / 'swiftclient.py').touch()
    (site / 'boto3.py').touch()
    monkeypatch.syspath_prepend(str(site))


def found(
    directory: pathlib.Path, text: str, target: str = '33'
) -> list[tuple[str, int, str]]:
    """Return id, result and message of what the check finds."""
    checker = checkers.make(directory, text, target=target)
    return checkers.told(directory, store_libraries.check_libraries(checker))


def test_no_glance_here(tmp_path: pathlib.Path) -> None:
    with pytest.raises(context.Inapplicable):
        found(tmp_path, '')


@pytest.mark.usefixtures('glance')
def test_another_glance_here(tmp_path: pathlib.Path) -> None:
    with pytest.raises(context.Inapplicable):
        found(tmp_path, '', '32')


@pytest.mark.usefixtures('glance')
@pytest.mark.parametrize(
    'text', ['', '[DEFAULT]\nenabled_backends = a:swift, b:file\n']
)
def test_libraries_that_are_there(tmp_path: pathlib.Path, text: str) -> None:
    assert found(tmp_path, text) == []


@pytest.mark.usefixtures('glance')
def test_libraries_that_are_missing(tmp_path: pathlib.Path) -> None:
    text = (
        '[DEFAULT]\nenabled_backends = a:rbd, b:s3, c:cinder, d:cinder, '
        'e:vmware\n'
        '[glance_store]\ndefault_backend = a\n'
    )
    assert found(tmp_path, text) == [
        (
            'store-python-deps',
            FAILURE,
            'The driver cinder of c (glance-api.conf, line 2) needs '
            'cinderclient and os_brick, which cannot be imported.',
        ),
        (
            'store-python-deps',
            FAILURE,
            'The driver rbd of a (glance-api.conf, line 2) needs rados and '
            'rbd, which cannot be imported.',
        ),
        (
            'store-python-deps',
            WARNING,
            'The driver s3 of b (glance-api.conf, line 2) needs botocore, '
            'which cannot be imported.',
        ),
        (
            'store-python-deps',
            FAILURE,
            'The driver vmware of e (glance-api.conf, line 2) needs '
            'oslo_vmware, which cannot be imported.',
        ),
    ]


@pytest.mark.usefixtures('glance')
def test_a_default_store_that_is_not_the_first(tmp_path: pathlib.Path) -> None:
    names = [f'ceph{number}' for number in range(11)]
    stores = ','.join(f'{name}:rbd' for name in names)
    text = (
        f'[DEFAULT]\nenabled_backends = {stores}\n'
        '[glance_store]\ndefault_backend = ceph3\n'
    )
    checker = checkers.make(tmp_path, text)
    assert store_libraries.check_libraries(checker) == [
        store_libraries.STORE_LIBRARIES.failure(
            f'The driver rbd of ceph0 ({tmp_path}/glance-api.conf, line 2) '
            'needs rados and rbd, which cannot be imported.',
            affected=results.Affected(11, tuple(names[:10])),
        )
    ]
