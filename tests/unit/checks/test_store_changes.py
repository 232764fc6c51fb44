# SPDX-License-Identifier: Apache-2.0
"""What changed for the drivers of RBD and VMware."""

import pathlib

import pytest

from glance_status import results
from glance_status.checks import store_changes
from tests.unit import checkers


@pytest.mark.parametrize(
    ('text', 'source', 'target', 'expected'),
    [
        ('', '23', '33', []),
        (
            '[DEFAULT]\nenabled_backends = a:rbd, b:rbd\n',
            '23',
            '24',
            [
                (
                    'rbd-caps',
                    'Images are in Ceph (a, b) (glance-api.conf, line 2), '
                    'and from 24.0.0 on Glance has to be allowed to read the '
                    'pools of their clones.',
                    2,
                )
            ],
        ),
        ('[DEFAULT]\nenabled_backends = a:rbd\n', '24', '33', []),
        (
            '[glance_store]\nstores = vmware\ndefault_store = vsphere\n',
            '27',
            '28',
            [
                (
                    'vmware',
                    'vmware (glance-api.conf, line 2): the driver vmware is '
                    'deprecated.',
                    1,
                )
            ],
        ),
        ('[DEFAULT]\nenabled_backends = a:vmware\n', '24', '27', []),
        (
            '[DEFAULT]\nenabled_backends = a:sheepdog\n',
            '18',
            '19',
            [
                (
                    'sheepdog',
                    'a (glance-api.conf, line 2): the driver sheepdog is '
                    'deprecated, and gone in 20.0.0.',
                    1,
                )
            ],
        ),
        ('[DEFAULT]\nenabled_backends = a:sheepdog\n', '18', '20', []),
        ('[DEFAULT]\nenabled_backends = a:sheepdog\n', '17', '18', []),
    ],
)
def test_changes(
    tmp_path: pathlib.Path,
    text: str,
    source: str,
    target: str,
    expected: list[tuple[str, str, int]],
) -> None:
    checker = checkers.make(tmp_path, text, source=source, target=target)
    findings = store_changes.check_changes(checker)
    assert [
        (
            item.id,
            item.message.replace(f'{tmp_path}/', ''),
            item.affected and item.affected.count,
        )
        for item in findings
    ] == expected
    assert all(item.result == results.WARNING for item in findings)


@pytest.mark.parametrize(('count', 'more'), [(10, ''), (11, ' and 1 more')])
def test_many_stores(tmp_path: pathlib.Path, count: int, more: str) -> None:
    names = [f'ceph{number}' for number in range(count)]
    stores = ','.join(f'{name}:rbd' for name in names)
    checker = checkers.make(
        tmp_path,
        f'[DEFAULT]\nenabled_backends = {stores}\n',
        source='23',
        target='24',
    )
    assert store_changes.check_changes(checker) == [
        store_changes.RBD_CAPS.warning(
            f'Images are in Ceph ({", ".join(names[:10])}{more}) '
            f'({tmp_path}/glance-api.conf, line 2), and from 24.0.0 on Glance '
            'has to be allowed to read the pools of their clones.',
            affected=results.Affected(count, tuple(names[:10])),
        )
    ]
