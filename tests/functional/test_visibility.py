# SPDX-License-Identifier: Apache-2.0
"""Images of before Ocata, in tables that have no more than is looked at."""

import contextlib
import pathlib
from collections import abc

import pytest

from glance_status import context, schema, waypoints
from glance_status.checks import steps, visibility
from glance_status.results import Affected, Finding
from tests.functional import glance_databases
from tests.unit import checkers

MEMBERS = 'CREATE TABLE image_members (image_id CHAR(9), deleted BOOLEAN)'
BOTH = ('visibility CHAR(9)', 'is_public BOOLEAN')
UPGRADE = '`glance-manage db upgrade --version ocata_expand01`'
DROPS = tuple(f'DROP TRIGGER IF EXISTS {n};' for n in waypoints.TRIGGERS)


def images(*columns: str) -> tuple[str, str]:
    """Return what makes the tables, with these columns of images."""
    return f'CREATE TABLE images (id CHAR(9), {", ".join(columns)})', MEMBERS


@contextlib.contextmanager
def made(
    directory: pathlib.Path, server: str, *statements: str
) -> abc.Iterator[context.Checker]:
    """Give a checker for a database that is made so."""
    with glance_databases.database(server) as url:
        glance_databases.execute(url, *statements)
        text = f'[database]\nconnection = {url}\n'
        checker = checkers.make(directory, text)
        try:
            yield checker
        finally:
            checker.close()


def found(checker: context.Checker, revision: str) -> list[Finding]:
    """Return what is found in a database of a revision."""
    live = schema.read(checker.connection, ['images'])
    return visibility.incomplete((revision,), live, checker)


@pytest.mark.parametrize('server', glance_databases.SERVERS)
def test_images_without_a_column_for_it(
    tmp_path: pathlib.Path, server: str
) -> None:
    with made(
        tmp_path,
        server,
        *images('is_public BOOLEAN'),
        "INSERT INTO images VALUES ('a', true), ('b', false)",
        "INSERT INTO image_members VALUES ('b', false)",
    ) as checker:
        findings = found(checker, 'mitaka01')
    drops = DROPS if server == 'mariadb' else ()
    ways = [UPGRADE, *waypoints.FILL_VISIBILITY, *drops, steps.SYNC]
    assert findings == [
        visibility.INCOMPLETE.failure(
            'Images without visibility: 2.',
            remediation=steps.in_order(ways),
            affected=Affected(2),
        )
    ]


@pytest.mark.parametrize('server', glance_databases.SERVERS)
def test_images_of_which_some_have_it(
    tmp_path: pathlib.Path, server: str
) -> None:
    with made(
        tmp_path,
        server,
        *images(*BOTH),
        "INSERT INTO images VALUES ('a', NULL, true), ('b', NULL, false), "
        "('c', 'private', false), ('d', 'private', false), "
        "('e', 'shared', false)",
        "INSERT INTO image_members VALUES ('a', false), ('c', false), "
        "('d', true), ('e', false)",
    ) as checker:
        findings = found(checker, 'ocata_expand01')
    drops = DROPS if server == 'mariadb' else ()
    ways = [*waypoints.FILL_VISIBILITY, *drops, steps.SYNC]
    assert findings == [
        visibility.INCOMPLETE.failure(
            'Images without visibility: 2. Private images that are shared '
            'with others: 1.',
            remediation=steps.in_order(ways),
            affected=Affected(3),
        )
    ]


def test_what_is_public_is_gone(tmp_path: pathlib.Path) -> None:
    with made(
        tmp_path,
        'sqlite',
        *images('visibility CHAR(9)'),
        "INSERT INTO images VALUES ('a', NULL), ('b', 'private')",
        "INSERT INTO image_members VALUES ('b', false)",
    ) as checker:
        findings = found(checker, 'ocata_expand01')
    assert findings == [
        visibility.INCOMPLETE.failure(
            'Images without visibility: 1.',
            remediation='Restore the backup that was made before the failed '
            'upgrade: is_public, which says what is public, is gone.',
            affected=Affected(1),
        )
    ]


@pytest.mark.parametrize(
    ('revision', 'statements'),
    [
        ('mitaka01', ()),
        ('mitaka01', images('is_public BOOLEAN')),
        ('ocata_expand01', images(*BOTH)),
        (
            'ocata_expand01',
            (
                *images(*BOTH),
                "INSERT INTO images VALUES ('a', 'private', false)",
            ),
        ),
        # That is behind it.
        (
            'ocata_contract01',
            (*images(*BOTH), "INSERT INTO images VALUES ('a', NULL, true)"),
        ),
    ],
)
def test_no_image_lacks_it(
    tmp_path: pathlib.Path, revision: str, statements: tuple[str, ...]
) -> None:
    with made(tmp_path, 'sqlite', *statements) as checker:
        assert found(checker, revision) == []


@pytest.mark.parametrize(
    ('server', 'names', 'left'),
    [
        ('sqlite', [], []),
        ('postgresql', [], []),
        ('mariadb', [], []),
        ('mariadb', ['mine'], []),
        ('mariadb', ['mine', 'update_visibility'], ['update_visibility']),
        ('mariadb', [*reversed(waypoints.TRIGGERS)], waypoints.TRIGGERS),
    ],
)
def test_triggers_that_are_left(
    tmp_path: pathlib.Path,
    server: str,
    names: list[str],
    left: abc.Sequence[str],
) -> None:
    with made(
        tmp_path,
        server,
        *images(*BOTH),
        *(
            f'CREATE TRIGGER {name} BEFORE INSERT ON images FOR EACH ROW '
            'SET @nothing = 1'
            for name in names
        ),
    ) as checker:
        findings = visibility.triggers_left(checker)
    assert findings == [
        visibility.TRIGGERS_LEFT.failure(
            f'The table images has the triggers {steps.listed(left)}.',
            affected=Affected(len(left), tuple(left)),
        )
    ] * bool(left)
