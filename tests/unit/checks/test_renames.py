# SPDX-License-Identifier: Apache-2.0
"""The old names that checks know are those of the released packages."""

import json
import pathlib
import typing

import pytest

import glance_status
from glance_status.checks import (
    database_options,
    keystone_options,
    messaging_options,
    renames,
)

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
