# SPDX-License-Identifier: Apache-2.0
"""The old names that checks know are those of the released packages."""

import json
import pathlib
import typing

import pytest

import glance_status
from glance_status import results
from glance_status.checks import (
    database_options,
    keystone_options,
    messaging_options,
    renames,
)
from tests.unit import checkers

RENAMES = (
    *database_options.CONNECTIONS,
    *database_options.RENAMES,
    *keystone_options.RENAMES,
    *messaging_options.RENAMES,
)
GROUPS: dict[str, dict[str, dict[str, typing.Any]]] = json.loads(
    pathlib.Path(glance_status.__file__)
    .with_name('releases')
    .joinpath('options.json')
    .read_text()
)['groups']


def ends() -> dict[tuple[str, str], int]:
    """Return the release in which each name went, by section and option."""
    found = {
        (group.lower(), name): record['gone']
        for group, records in GROUPS.items()
        for name, record in records.items()
        if 'gone' in record
    }
    for group, records in GROUPS.items():
        for record in records.values():
            changes = record.get('changes', {})
            end = min(
                (int(at) for at, new in changes.items() if 'aliases' in new),
                default=record.get('gone'),
            )
            for section, alias in record.get('aliases', ()) if end else ():
                found[(section or group).lower(), alias] = end
    return found


ENDS = ends()


@pytest.mark.parametrize('rename', RENAMES, ids=lambda item: item.option)
def test_the_packages_end_a_name_where_the_check_does(
    rename: renames.Rename,
) -> None:
    assert ENDS[rename.section.lower(), rename.option] == rename.gone


@pytest.mark.parametrize('option', keystone_options.ADMIN)
def test_the_packages_end_the_options_of_before_auth_type(
    option: str,
) -> None:
    end = ENDS['keystone_authtoken', option]
    assert end == keystone_options.WITHOUT_ADMIN


OLD = '[DEFAULT]\nold = 1\n'
NEW = '[main]\nnew = 2\n'
NOTE, WARNING = results.SUCCESS, results.WARNING


@pytest.mark.parametrize(
    ('text', 'new', 'source', 'target', 'expected'),
    [
        ('', '[main] new', '24', '25', []),
        (NEW, '[main] new', '24', '25', []),
        (OLD, '[main] new', '25', '25', []),
        (OLD, '[main] new', '25', '26', []),
        (
            OLD,
            '[main] new',
            '23',
            '24',
            [
                (
                    WARNING,
                    '[DEFAULT] old (glance-api.conf, line 2) is still read '
                    'by Yoga, and no longer by 25.0.0 (Zed).',
                    'Write it as [main] new.',
                )
            ],
        ),
        (
            OLD,
            '',
            '23',
            '24',
            [
                (
                    WARNING,
                    '[DEFAULT] old (glance-api.conf, line 2) is still read '
                    'by Yoga, and no longer by 25.0.0 (Zed).',
                    'Delete [DEFAULT] old.',
                )
            ],
        ),
        (
            OLD,
            '[main] new',
            '24',
            '25',
            [
                (
                    WARNING,
                    '[DEFAULT] old (glance-api.conf, line 2) is not read '
                    'from 25.0.0 (Zed) on. In its place counts [main] new, '
                    'which is not set.',
                    'Write it as [main] new.',
                )
            ],
        ),
        (
            OLD,
            '',
            '24',
            '25',
            [
                (
                    WARNING,
                    '[DEFAULT] old (glance-api.conf, line 2) is not read '
                    'from 25.0.0 (Zed) on.',
                    'Delete [DEFAULT] old.',
                )
            ],
        ),
        *(
            (
                OLD + NEW,
                '[main] new',
                '23',
                target,
                [
                    (
                        NOTE,
                        '[DEFAULT] old (glance-api.conf, line 2) has no '
                        'effect beside [main] new (glance-api.conf, line 4); '
                        'from 25.0.0 (Zed) on it is not read at all.',
                        'Delete [DEFAULT] old.',
                    )
                ],
            )
            for target in ('24', '25')
        ),
    ],
)
def test_what_is_said_of_an_old_name(
    tmp_path: pathlib.Path,
    text: str,
    new: str,
    source: str,
    target: str,
    expected: list[tuple[int, str, str]],
) -> None:
    checker = checkers.make(tmp_path, text, source=source, target=target)
    kind = database_options.OLD_NAME
    affected = results.Affected(1, ('[DEFAULT] old',))
    assert renames.findings(
        checker, kind, [renames.Rename('DEFAULT', 'old', 25, new)]
    ) == [
        (kind.warning if result else kind.note)(
            message.replace('glance-api', f'{tmp_path}/glance-api'),
            remediation=remediation,
            affected=affected,
        )
        for result, message, remediation in expected
    ]
