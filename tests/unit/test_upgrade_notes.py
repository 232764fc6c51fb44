# SPDX-License-Identifier: Apache-2.0
"""The table of upgrade notes, against the findings that there are."""

import csv
import pathlib
import re

import pytest

from glance_status import catalogue, checks, releases

REFERENCE = pathlib.Path(__file__).parents[2] / 'doc' / 'source' / 'reference'
COLUMNS = [
    'release',
    'package',
    'note',
    'sections',
    'summary',
    'findings',
    'reason',
]
SECTIONS = ['upgrade', 'deprecations', 'critical', 'security']


def rows() -> list[dict[str, str]]:
    """Return the rows of the table."""
    path = REFERENCE / 'upgrade-notes.csv'
    with path.open(encoding='utf-8', newline='') as stream:
        return list(csv.DictReader(stream))


def reasons() -> set[str]:
    """Return the reasons that the page explains."""
    page = (REFERENCE / 'upgrade-notes.rst').read_text('utf-8')
    return set(re.findall(r'^\*(\w+)\*$', page, re.MULTILINE))


@pytest.mark.parametrize(
    'row', rows(), ids=lambda row: f'{row["package"]}-{row["note"]}'
)
def test_every_note_is_judged(row: dict[str, str]) -> None:
    assert list(row) == COLUMNS
    assert releases.find(row['release']) in releases.targets()
    assert row['package'] in {'glance', 'glance_store'}
    sections = row['sections'].split()
    assert sections == [name for name in SECTIONS if name in sections] != []
    assert 1 <= len(row['summary'].split()) <= 15
    assert bool(row['findings']) != bool(row['reason'])


def test_every_finding_that_it_names_exists() -> None:
    known = {
        kind.id
        for check in [*checks.Checks().get_checks(), *catalogue.own_rows()]
        for kind in check.kinds
    }
    named = {name for row in rows() for name in row['findings'].split()}
    assert named - known == set()


def test_the_page_explains_every_reason_and_no_other() -> None:
    assert {row['reason'] for row in rows()} - {''} == reasons()


def test_rows_are_sorted_and_none_is_there_twice() -> None:
    keys = [
        (int(row['release']), row['package'], row['note']) for row in rows()
    ]
    assert keys == sorted(keys)
    notes = [key[1:] for key in keys]
    assert len(notes) == len(set(notes))
