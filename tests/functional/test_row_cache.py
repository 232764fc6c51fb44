# SPDX-License-Identifier: Apache-2.0
"""The tables of the image cache: who needs them, and whose rows they have."""

import pathlib

import pytest

from glance_status import context
from glance_status.checks import row_cache
from tests.functional import command, glance_databases
from tests.functional.test_row_checks import (
    FAILURE,
    NODE,
    NOTE,
    NOW,
    TITLE,
    Found,
    conf,
    fill,
    image_id,
    judged,
    seen,
    variant,
)
from tests.unit import checkers

OLD = 'http://old:9292'
CACHED = {
    'image_id': image_id(1),
    'last_accessed': NOW,
    'last_modified': NOW,
    'size': 1,
    'hits': 1,
    'node_reference_id': 1,
}
ABSENT = (
    'Tables that are not there: node_reference, cached_images. The API of '
    f'{TITLE} uses them from its start.'
)
TABLES = ('node_reference', 'cached_images')
GONE = tuple(f'DROP TABLE {name}' for name in reversed(TABLES))


def judged_before(step: str, path: pathlib.Path) -> list[Found]:
    """Return what the command finds, which knows the revision."""
    completed = command.run(
        *('--config-file', path, 'upgrade', 'check', '--json'),
        *('--before', step, '--check', 'cache-database'),
    )
    return seen(completed, path)


@pytest.mark.parametrize('server', glance_databases.SERVERS)
def test_the_tables_of_the_cache(server: str, tmp_path: pathlib.Path) -> None:
    state = 'behind_2023_1_contract01'
    with glance_databases.database(server, state) as url:
        path = conf(tmp_path, url)
        for step, result in (('sync', NOTE), ('restart', FAILURE)):
            assert judged_before(step, path) == [
                Found('cache-tables', result, ABSENT, 2, TABLES)
            ]
        assert (
            glance_databases.glance_manage(url, 'db', 'sync').returncode == 0
        )
        assert judged(path) == []

        fill(url, {'node_reference': [{'node_reference_url': OLD}]})
        assert judged(path) == []
        fill(url, {'cached_images': [CACHED]})
        assert judged(path) == [
            Found(
                'node-refs',
                NOTE,
                'Nodes whose cache is recorded: 1. The '
                f'worker_self_reference_url of this one, {NODE}, is none of '
                'theirs.',
                1,
                (OLD,),
            )
        ]
        glance_databases.execute(
            url,
            'DELETE FROM cached_images WHERE node_reference_id IN (SELECT '
            'node_reference_id FROM node_reference WHERE '
            "node_reference_url = 'http://old\\:9292')",
            'DELETE FROM node_reference',
        )
        assert judged(path) == []


@pytest.mark.parametrize(
    'rows',
    [
        ['unknown01'],
        # Before the rest of it is migrated and contracted.
        ['2024_1_expand01', '2023_1_contract01'],
    ],
)
def test_tables_that_the_upgrade_will_not_make(
    rows: list[str], tmp_path: pathlib.Path
) -> None:
    with glance_databases.database('sqlite', 'up_to_date') as url:
        glance_databases.execute(
            url,
            *GONE,
            'DELETE FROM alembic_version',
            *(f"INSERT INTO alembic_version VALUES ('{row}')" for row in rows),
        )
        assert judged_before('sync', conf(tmp_path, url)) == [
            Found('cache-tables', FAILURE, ABSENT, 2, TABLES)
        ]


def test_a_node_that_has_no_name_or_is_known(tmp_path: pathlib.Path) -> None:
    with glance_databases.database('sqlite', 'up_to_date') as url:
        path = conf(tmp_path / 'named', url)
        fill(url, {'node_reference': [{'node_reference_url': OLD}]})
        fill(url, {'cached_images': [CACHED]})
        assert [found.id for found in judged(path)] == ['node-refs']
        nameless = variant(
            tmp_path / 'nameless', url, 'worker_self_reference_url'
        )
        assert judged(nameless) == []
        fill(url, {'node_reference': [{'node_reference_url': NODE}]})
        assert judged(path) == []


NAMED = f'worker_self_reference_url = {NODE}'
OFF = 'the image cache is off, or not in the database'


@pytest.mark.parametrize(
    ('flavor', 'options', 'target', 'said'),
    [
        (
            'caching',
            NAMED,
            '27',
            'the image cache has no tables before 28.0.0',
        ),
        ('caching', NAMED, '28', None),
        ('keystone', NAMED, '28', OFF),
        ('caching', f'{NAMED}\nimage_cache_driver = sqlite', '28', OFF),
        (
            'caching',
            f'{NAMED}\nimage_cache_driver = centralized_db',
            '28',
            None,
        ),
        (
            'caching',
            '',
            '28',
            'without worker_self_reference_url nothing is cached',
        ),
        # By its name alone, the API asks for the URL when it starts.
        ('cachemanagement', '', '28', None),
    ],
)
def test_who_uses_the_tables(
    flavor: str,
    options: str,
    target: str,
    said: str | None,
    tmp_path: pathlib.Path,
) -> None:
    text = f'[DEFAULT]\n{options}\n[paste_deploy]\nflavor = {flavor}\n'
    checker = checkers.make(tmp_path, text, target=target)
    if said is None:
        assert len(row_cache.ask(checker)) == 3
        return
    with pytest.raises(context.Inapplicable) as raised:
        row_cache.ask(checker)
    assert str(raised.value) == said
