# SPDX-License-Identifier: Apache-2.0
"""Each finding about rows: break it, see it, do what it says, see success."""

import dataclasses
import datetime
import json
import pathlib
import tempfile
import typing
from collections import abc

import pytest

from glance_status import results
from tests.functional import command, glance_databases, judging
from tests.unit import checkers

NOW = datetime.datetime(2026, 11, 1, 12)
NODE = 'http://node1:9292'
SECTIONS: dict[str, dict[str, str]] = {
    'DEFAULT': {
        'enabled_backends': 'fast:rbd, obj:s3, web:http, vol:cinder, sw:swift',
        'metadata_encryption_key': '0123456789abcdef',
        'worker_self_reference_url': NODE,
    },
    'obj': {'s3_store_access_key': 'MINE', 's3_store_secret_key': 'hidden'},
    'paste_deploy': {'flavor': 'keystone+cachemanagement'},
    # This host may have that of a Glance of its own.
    'glance_store': {'filesystem_store_datadir': '/no/such/directory'},
}
# What must not be seen anywhere.
SECRETS = ('hidden', 'THEIRS', 'unseen', 'MINE')

Row = dict[str, typing.Any]


def image_id(number: int) -> str:
    return f'1a9e0000-0000-4000-8000-{number:012d}'


def image(number: int, **values: typing.Any) -> Row:
    return {
        'id': image_id(number),
        'name': f'image {number}',
        'size': 10,
        'status': 'active',
        'visibility': 'private',
        'os_hash_value': 'abc',
        'min_disk': 0,
        'min_ram': 0,
        'protected': False,
        'os_hidden': False,
        'created_at': NOW,
        'updated_at': NOW,
        'deleted': False,
        **values,
    }


def location(
    number: int, value: str, meta: str | None = None, **values: typing.Any
) -> Row:
    return {
        'image_id': image_id(number),
        'value': value,
        'meta_data': '{"store": "fast"}' if meta is None else meta,
        'status': 'active',
        'created_at': NOW,
        'updated_at': NOW,
        'deleted': False,
        **values,
    }


def stored(name: str, **more: str) -> str:
    return json.dumps({**more, 'store': name})


def prop(number: int, name: str, value: str | None = 'x', **more: bool) -> Row:
    return {
        'image_id': image_id(number),
        'name': name,
        'value': value,
        'created_at': NOW,
        'updated_at': NOW,
        'deleted': False,
        **more,
    }


def task(number: int, status: str, deleted: bool = False) -> Row:
    return {
        'id': image_id(900 + number),
        'type': 'api_image_import',
        'status': status,
        'owner': 'someone',
        'created_at': NOW,
        'updated_at': NOW,
        'deleted': deleted,
    }


RBD = 'rbd://fsid/images/%s/snap'
S3 = 's3+https://%s:unseen@s3.example.org/bucket/%s'
SWIFT = 'swift+https://tenant%3Auser:unseen@id.example.org/%s/glance/x'
# Where they have to be after the upgrade of their row.
GOOD: dict[str, list[Row]] = {
    'images': [image(number) for number in range(1, 4)]
    + [image(4, size=0), image(5, status='queued', os_hash_value=None)],
    'image_locations': [
        location(1, RBD % 1),
        location(2, RBD % 2, stored('fast', note='"store": "gone"')),
        location(3, 'https://example.org/image', stored('web', a='b')),
        # Deleted, so that nothing in them counts.
        location(1, 'sheepdog://1', '{}', status='deleted', deleted=True),
        location(1, 'no URL', '{"backend": "x"}', deleted=True),
    ],
    'image_properties': [
        prop(1, 'os_glance_importing_to_stores', ''),
        prop(1, 'os_glance_failed_import', 'fast'),
        prop(1, 'OS_GLANCE_mine'),
        prop(1, 'Stores'),
        prop(1, 'os-glance'),
        prop(2, 'os_glance_import_task', deleted=True),
    ],
    'tasks': [task(1, 'success'), task(2, 'processing', deleted=True)],
    'node_reference': [{'node_reference_url': NODE}],
}
BAD: dict[str, list[Row]] = {
    'images': [
        image(11, status='saving'),
        image(12, status='uploading'),
        image(13, status='importing'),
        # Of the rest, 20 has an active location that is deleted.
        image(20, size=1),
        image(21, size=None, min_ram=-1),
        image(22, os_hash_value=None),
        image(23, status='pending_delete', deleted=True, deleted_at=NOW),
        image(24, min_disk=-1),
        # It is gone, so that its values do not count.
        image(46, min_disk=-1, status='deleted', deleted=True),
        *(image(number) for number in range(25, 46)),
    ],
    'image_locations': [
        location(20, RBD % 20, deleted=True),
        location(22, RBD % 22),
        location(24, RBD % 24, status='pending_delete', deleted=True),
        location(24, RBD % 24),
        location(25, 'sheepdog://1:7000:25'),
        location(26, 'file:///var/lib/glance/images/26'),
        *(location(n, f'file:///tmp/{n}') for n in range(33, 46)),
        location(27, 'Z2FyYmFnZQ=='),
        location(28, S3 % ('MINE', 28), stored('obj')),
        location(29, S3 % ('THEIRS', 29), stored('obj')),
        location(30, 'cinder://6a3f0000', stored('vol')),
        location(31, SWIFT.replace('%s', 'v2.0'), stored('sw')),
        location(32, 'swift+config://ref7/glance/32', stored('sw')),
        # A second one of these.
        location(1, 'http://example.org:8080/x', stored('web')),
        location(1, 'http://127.0.0.1/x', stored('web')),
        location(2, RBD % 'b', '{"backend": "fast"}'),
        location(3, RBD % 'c', stored('gone')),
        location(3, RBD % 'd', stored('Fast', more='"store": "fast"')),
        location(4, RBD % 'e', '{}'),
        location(4, RBD % 'f', 'null'),
        location(4, RBD % 'g', '{"note": "store"}'),
    ],
    'image_properties': [
        prop(13, 'os_glance_import_task'),
        prop(13, 'os_glance_importing_to_stores', 'fast'),
        prop(12, 'os_glance_stage_host', 'http://node7:9292'),
        prop(2, 'os_glance_mine'),
        prop(3, 'stores', 'fast'),
    ],
    'tasks': [task(3, 'pending'), task(4, 'processing')],
}


@dataclasses.dataclass(frozen=True)
class Found:
    """A finding, but for the texts that its kind has."""

    id: str
    result: int
    message: str
    count: int
    sample: tuple[int | str, ...]

    def __str__(self) -> str:
        return self.id


NOTE, WARNING, FAILURE = results.SUCCESS, results.WARNING, results.FAILURE
TITLE = '2026.2 Hibiscus'

EXPECTED = {
    Found(
        'loc-scheme',
        FAILURE,
        'Locations with the scheme file, which no store of the '
        f'configuration serves in {TITLE}: 14.',
        14,
        (26, *range(33, 42)),
    ): [
        "UPDATE image_locations SET value = 'rbd://fsid/images/x/snap' "
        "WHERE value LIKE 'file:%'"
    ],
    Found(
        'loc-scheme',
        FAILURE,
        'Locations with the scheme sheepdog, which no store of the '
        f'configuration serves in {TITLE}: 1.',
        1,
        (25,),
    ): [
        "UPDATE image_locations SET value = 'rbd://fsid/images/x/snap' "
        "WHERE value LIKE 'sheepdog:%' AND NOT deleted"
    ],
    Found(
        'loc-encrypted',
        WARNING,
        'Locations that are no URLs: 1. The key in glance-api.conf, line 3 '
        'is needed to read them.',
        1,
        (27,),
    ): ["UPDATE images SET deleted = true WHERE id LIKE '%27'"],
    Found(
        'loc-s3-creds',
        WARNING,
        'S3 locations with credentials in them: 2 (configured account: 1, '
        'other accounts: 1).',
        2,
        (28, 29),
    ): [
        "UPDATE image_locations SET value = 's3+https://s3.example.org/b/x' "
        "WHERE value LIKE 's3%'"
    ],
    Found(
        'loc-cinder-legacy',
        WARNING,
        'Cinder locations without the name of a store: 1.',
        1,
        (30,),
    ): [
        "UPDATE image_locations SET value = 'cinder://vol/6a3f0000' "
        "WHERE value = 'cinder://6a3f0000'"
    ],
    Found(
        'loc-swift-reference',
        FAILURE,
        'Locations with the swift reference ref7, which is not configured: '
        '1.',
        1,
        (32,),
    ): [
        "UPDATE image_locations SET value = 'swift+config://ref1/glance/32' "
        "WHERE value LIKE 'swift+config%'"
    ],
    Found(
        'loc-swift-auth',
        WARNING,
        'Swift locations with an address of an identity service that is not '
        'version 3: 1 (v2.0: 1).',
        1,
        (31,),
    ): [
        "UPDATE image_locations SET value = REPLACE(value, '/v2.0/', '/v3/')"
    ],
    Found(
        'loc-http-filtered',
        WARNING,
        f'HTTP locations that {TITLE} would not let anybody add: 2 '
        '(loopback address: 1, port 8080: 1).',
        2,
        (1,),
    ): [
        "DELETE FROM image_locations WHERE value LIKE 'http://127%'",
        "UPDATE image_locations SET value = REPLACE(value, '8080', '80')",
    ],
    Found(
        'loc-metadata',
        FAILURE,
        'Locations whose metadata cannot be read: 1 (JSON that is no '
        'object: 1).',
        1,
        (4,),
    ): [
        "UPDATE image_locations SET meta_data = '{}' WHERE meta_data = 'null'"
    ],
    Found(
        'db-train-backend',
        WARNING,
        'Locations whose metadata has the key "backend": 1.',
        1,
        (2,),
    ): [
        'UPDATE image_locations SET meta_data = REPLACE(meta_data, '
        '\'"backend":\', \'"store":\') WHERE meta_data LIKE '
        "'%\"backend\":%'"
    ],
    Found(
        'loc-store-unknown',
        FAILURE,
        'Locations in the store Fast, which [DEFAULT] enabled_backends does '
        'not have: 1.',
        1,
        (3,),
    ): [
        'UPDATE image_locations SET meta_data = REPLACE(meta_data, '
        '\'"Fast"\', \'"fast"\')'
    ],
    Found(
        'loc-store-unknown',
        FAILURE,
        'Locations in the store gone, which [DEFAULT] enabled_backends does '
        'not have: 1.',
        1,
        (3,),
    ): [
        'DELETE FROM image_locations WHERE meta_data = '
        '\'{"store": "gone"}\''
    ],
    Found(
        'loc-store-missing',
        WARNING,
        'Locations that do not name their store: 3.',
        3,
        (4,),
    ): [
        'UPDATE image_locations SET meta_data = \'{"store": "fast"}\' '
        "WHERE image_id LIKE '%04'"
    ],
    Found(
        'image-values',
        FAILURE,
        'Images that the API cannot show: 2 (min_disk below 0: 1, min_ram '
        'below 0: 1).',
        2,
        (21, 24),
    ): [
        'UPDATE images SET min_disk = 0 WHERE min_disk < 0;',
        'UPDATE images SET min_ram = 0 WHERE min_ram < 0;',
    ],
    Found(
        'images-in-flight',
        NOTE,
        'Images that are being uploaded or imported: 3 (importing: 1, '
        'saving: 1, uploading: 1).',
        3,
        (11, 12, 13),
    ): [
        'UPDATE images SET deleted = true WHERE status IN '
        "('saving', 'uploading', 'importing')"
    ],
    Found(
        'active-no-location',
        WARNING,
        'Active images without an active location: 2. They cannot be '
        'downloaded now either.',
        2,
        (20, 21),
    ): [
        'UPDATE images SET deleted = true WHERE '
        f"id IN ('{image_id(20)}', '{image_id(21)}')"
    ],
    Found(
        'pending-delete',
        WARNING,
        'Images whose data is still to be deleted: 1. [DEFAULT] '
        'delayed_delete is off.',
        1,
        (23,),
    ): [
        "UPDATE images SET status = 'deleted' WHERE status = 'pending_delete'"
    ],
    Found(
        'pending-delete',
        WARNING,
        'Locations of images which are not deleted, whose data is still to '
        'be deleted: 1. [DEFAULT] delayed_delete is off.',
        1,
        (24,),
    ): [
        "UPDATE image_locations SET status = 'deleted' WHERE status = "
        f"'pending_delete' AND image_id = '{image_id(24)}';"
    ],
    Found(
        'no-hash',
        NOTE,
        'Active images without os_hash_value: 1.',
        1,
        (22,),
    ): ["UPDATE images SET os_hash_value = 'abc' WHERE status = 'active'"],
    Found(
        'import-locks',
        WARNING,
        'Marks of imports that are going on: 3 (os_glance_import_task: 1, '
        'os_glance_importing_to_stores: 1, os_glance_stage_host: 1).',
        3,
        (13, 12),
    ): [
        "DELETE FROM image_properties WHERE name LIKE 'os!_glance%' ESCAPE "
        f"'!' AND image_id = '{image_id(number)}';"
        for number in (12, 13)
    ],
    Found(
        'reserved-props',
        WARNING,
        'Images with a property stores: 1. From 21.0.0 on that is where '
        'Glance says in which stores the image is.',
        1,
        (3,),
    ): [
        "UPDATE image_properties SET deleted = true WHERE name = 'stores'"
    ],
    Found(
        'reserved-props',
        WARNING,
        'Properties that begin with os_glance: 1 (os_glance_mine: 1). Glance '
        '22.0.0 and later keep such names to themselves.',
        1,
        (2,),
    ): ["DELETE FROM image_properties WHERE name = 'os_glance_mine'"],
    Found(
        'tasks-in-flight',
        NOTE,
        'Tasks that have not come to their end: 2 (pending: 1, processing: '
        '1).',
        2,
        (903, 904),
    ): [
        "UPDATE tasks SET status = 'failure' WHERE status IN ('pending', "
        "'processing');"
    ],
}  # fmt: skip
"""Each finding, and what takes it away."""


@pytest.fixture(scope='module', params=glance_databases.SERVERS)
def server(request: pytest.FixtureRequest) -> str:
    """Each of the supported servers."""
    return str(request.param)


@pytest.fixture(scope='module')
def url(server: str) -> abc.Iterator[str]:
    """A database with good rows alone."""
    with glance_databases.database(server, 'up_to_date') as made:
        fill(made, GOOD)
        yield made


def fill(url: str, content: dict[str, list[Row]]) -> None:
    for table, several in content.items():
        glance_databases.insert(url, table, *several)


def conf(directory: pathlib.Path, url: str) -> pathlib.Path:
    return command.deployment(directory, url, **SECTIONS)


def check(path: pathlib.Path, *more: str) -> command.Completed:
    """Run the checks of rows, for an upgrade from Rocky."""
    chosen = [word for item in judging.CHECKS for word in ('--check', item.id)]
    return command.run(
        *('--config-file', path, 'upgrade', 'check', '--json'),
        *('--from', 'rocky', *chosen, *more),
    )


def seen(completed: command.Completed, path: pathlib.Path) -> list[Found]:
    document = command.document(completed)
    assert {row['result'] for row in document['checks']} <= {0, 1, 2}
    return [
        as_found(finding, path)
        for row in document['checks']
        for finding in row['findings']
    ]


def as_found(finding: Row, path: pathlib.Path) -> Found:
    affected = finding['affected']
    return Found(
        finding['id'],
        finding['result'],
        finding['message'].replace(str(path), path.name),
        affected['count'],
        tuple(map(number_of, affected['sample'])),
    )


def number_of(name: str) -> int | str:
    head, _, tail = name.rpartition('-')
    return int(tail) if head == image_id(0).rpartition('-')[0] else name


def judged(path: pathlib.Path, **more: typing.Any) -> list[Found]:
    """Return the same, without a process of its own.

    :param more: target, source and before
    """
    more.setdefault('source', 'rocky')
    checker = checkers.make(path.parent, path.read_text(), **more)
    return [
        as_found(dataclasses.asdict(finding), path)
        for finding in judging.findings(checker)
    ]


def test_every_finding_comes_and_goes(
    url: str, tmp_path: pathlib.Path
) -> None:
    path = conf(tmp_path, url)
    assert judged(path) == []

    fill(url, BAD)
    left = list(EXPECTED)
    assert judged(path) == left
    completed = check(path)
    # The report has what is worse first.
    assert set(seen(completed, path)) == set(left)
    assert completed.code == 2
    for secret in SECRETS:
        assert secret not in completed.stdout + completed.stderr

    for finding, remedy in EXPECTED.items():
        glance_databases.execute(url, *remedy)
        left.remove(finding)
        assert judged(path) == left
    completed = check(path)
    assert (seen(completed, path), completed.code) == ([], 0)


# Other configurations, on SQLite alone


@pytest.fixture(scope='module')
def bad() -> abc.Iterator[str]:
    """A database with all that is bad."""
    with glance_databases.database('sqlite', 'up_to_date') as made:
        fill(made, GOOD)
        fill(made, BAD)
        yield made


def brief(found: list[Found]) -> list[tuple[str, int, int]]:
    return [(each.id, each.result, each.count) for each in found]


def variant(
    directory: pathlib.Path, url: str, *gone: str, **options: str
) -> pathlib.Path:
    """Write the configuration with some options of DEFAULT changed."""
    default = {**SECTIONS['DEFAULT'], **options}
    for name in gone:
        del default[name]
    return command.deployment(
        directory, url, **{**SECTIONS, 'DEFAULT': default}
    )


def test_right_before_a_restart_what_is_cut_off_is_a_warning(
    bad: str, tmp_path: pathlib.Path
) -> None:
    found = brief(judged(variant(tmp_path, bad), before='restart'))
    assert ('images-in-flight', WARNING, 3) in found
    assert ('tasks-in-flight', WARNING, 2) in found


def test_with_delayed_delete_the_scrubber_is_expected(
    bad: str, tmp_path: pathlib.Path
) -> None:
    found = judged(variant(tmp_path, bad, delayed_delete='true'))
    assert [item for item in found if item.id == 'pending-delete'] == [
        Found(
            'pending-delete',
            NOTE,
            'Images whose data is still to be deleted: 1. [DEFAULT] '
            'delayed_delete is on.',
            1,
            (23,),
        ),
        Found(
            'pending-delete',
            NOTE,
            'Locations of images which are not deleted, whose data is still '
            'to be deleted: 1. [DEFAULT] delayed_delete is on.',
            1,
            (24,),
        ),
    ]


def test_one_store_serves_what_its_drivers_do(
    bad: str, tmp_path: pathlib.Path
) -> None:
    path = variant(
        tmp_path, bad, 'enabled_backends', 'metadata_encryption_key'
    )
    assert [
        item
        for item in judged(path, source='32')
        if item.id.startswith(('loc-', 'db-'))
    ] == [
        *(
            Found(
                'loc-scheme',
                FAILURE,
                f'Locations with the scheme {name}, which no store of the '
                f'configuration serves in {TITLE}: {count}.',
                count,
                sample,
            )
            for name, count, sample in (
                ('cinder', 1, (30,)),
                ('rbd', 10, (1, 2, 22, 24, 3, 4)),
                ('s3+https', 2, (28, 29)),
                ('sheepdog', 1, (25,)),
                ('swift+config', 1, (32,)),
                ('swift+https', 1, (31,)),
            )
        ),
        Found(
            'loc-encrypted',
            WARNING,
            'Locations that are no URLs: 1. [DEFAULT] '
            'metadata_encryption_key is not set, so that Glance cannot read '
            'them.',
            1,
            (27,),
        ),
        *(
            next(item for item in EXPECTED if item.id == name)
            for name in (
                'loc-http-filtered',
                'loc-metadata',
                'db-train-backend',
            )
        ),
    ]


def test_files_are_found_in_a_store_of_another_name(
    server: str, tmp_path: pathlib.Path
) -> None:
    sections = {
        'DEFAULT': {'enabled_backends': 'now:file, many:file'},
        'now': {'filesystem_store_datadir': '/data/1_x'},
        'many': {'filesystem_store_datadir': ''},
    }
    places = ('/data/1_x/a', '/data/1ax/b', '/DATA/1_x/c')
    with glance_databases.database(server, 'up_to_date') as made:
        for number, place in enumerate(places):
            row = location(number, f'file://{place}', stored('former'))
            fill(made, {'images': [image(number)], 'image_locations': [row]})
        found = judged(command.deployment(tmp_path, made, **sections))
    said = (
        'Locations in the store former, which [DEFAULT] enabled_backends '
        'does not have: {}.'
    )
    assert [item for item in found if item.id == 'loc-store-unknown'] == [
        Found('loc-store-unknown', FAILURE, said.format(2), 2, (1, 2)),
        Found(
            'loc-store-unknown',
            WARNING,
            f'{said.format(1)} Their files are in a directory of another '
            'store, by which Glance finds them.',
            1,
            (0,),
        ),
    ]


def test_of_a_foreign_driver_nobody_knows_what_it_serves(
    bad: str, tmp_path: pathlib.Path
) -> None:
    backends = 'fast:rbd, ours:acme'
    path = variant(tmp_path, bad, enabled_backends=backends)
    found = brief(judged(path))
    assert [item for item in found if item[0] == 'loc-scheme'] == [
        ('loc-scheme', FAILURE, 1),  # cinder
        ('loc-scheme', FAILURE, 14),  # file
        ('loc-scheme', FAILURE, 2),  # http
        ('loc-scheme', FAILURE, 1),  # https
        ('loc-scheme', FAILURE, 2),  # s3+https
        ('loc-scheme', FAILURE, 1),  # sheepdog
        ('loc-scheme', FAILURE, 1),  # swift+config
        ('loc-scheme', FAILURE, 1),  # swift+https
    ]


@pytest.mark.parametrize(
    ('backends', 'found'),
    [('fast:rbd', [('loc-scheme', FAILURE, 1)]), ('fast:rbd, ours:acme', [])],
)
def test_a_scheme_that_no_driver_of_glance_serves(
    backends: str, found: list[tuple[str, int, int]], tmp_path: pathlib.Path
) -> None:
    with glance_databases.database('sqlite', 'up_to_date') as url:
        fill(url, {'images': [image(1), image(2)]})
        fill(
            url,
            {'image_locations': [location(1, 'acme://1'), location(2, RBD)]},
        )
        path = command.deployment(
            tmp_path, url, DEFAULT={'enabled_backends': backends}
        )
        assert brief(judged(path)) == found


def test_the_store_of_a_location_is_what_its_metadata_says(
    tmp_path: pathlib.Path,
) -> None:
    metadata = [
        '{"store":"fast"}',
        '{"a": "b", "store":  "fast"}',
        '{"store": "gone", "backend": "fast"}',
        '{"store": null, "backend": "gone"}',
        '{"store": "gone", "to, store": "fast"}',
        '{"store": "faster"}',
        # None of these says anything.
        '{"store": ""}',
        '{"of": {"store": "gone"}}',
        '["store", "gone"]',
        '"store": "gone"',
        '{"a": "b"}',
        None,
    ]
    with glance_databases.database('sqlite', 'up_to_date') as url:
        for number, text in enumerate(metadata):
            row = {**location(number, RBD % number), 'meta_data': text}
            fill(url, {'images': [image(number)], 'image_locations': [row]})
        path = command.deployment(
            tmp_path, url, DEFAULT={'enabled_backends': 'fast:rbd'}
        )
        found = judged(path)
    assert [(item.id, item.count, item.sample) for item in found] == [
        ('loc-metadata', 3, (8, 9, 11)),
        ('db-train-backend', 2, (2, 3)),
        ('loc-store-unknown', 1, (5,)),
        ('loc-store-unknown', 3, (2, 3, 4)),
        ('loc-store-missing', 6, (6, 7, 8, 9, 10, 11)),
    ]


def test_metadata_that_cannot_be_read(server: str) -> None:
    with (
        glance_databases.database(server, 'up_to_date') as url,
        tempfile.TemporaryDirectory() as directory,
    ):
        rows = [
            *((text, {}) for text in ("{'store': 'fast'}", '', 'x', '[]')),
            ('x', {'deleted': True, 'status': 'deleted'}),
            ('[]', {'deleted': True, 'status': 'deleted'}),
            ('null', {'status': 'pending_delete'}),
            (' { "store": "fast"}', {}),
            ('{}', {}),
            (None, {}),
        ]
        for number, (text, more) in enumerate(rows):
            row = {**location(number, RBD % number, **more), 'meta_data': text}
            fill(url, {'images': [image(number)], 'image_locations': [row]})
        gone = image(len(rows), deleted=True)
        fill(url, {'images': [gone]})
        fill(url, {'image_locations': [location(len(rows), 'x', 'x')]})
        path = command.deployment(pathlib.Path(directory), url, DEFAULT={})
        found = [item for item in judged(path) if item.id == 'loc-metadata']
        assert [(item.message, item.count, item.sample) for item in found] == [
            (
                'Locations whose metadata cannot be read: 6 (JSON that is no '
                'object: 2, no JSON: 4).',
                6,
                (0, 1, 2, 3, 4, 9),
            )
        ]
        glance_databases.execute(
            url, "UPDATE image_locations SET meta_data = '{}'"
        )
        assert 'loc-metadata' not in {item.id for item in judged(path)}


@pytest.mark.parametrize('server', ['sqlite', 'mariadb'])
def test_a_visibility_that_the_api_does_not_know(server: str) -> None:
    # MariaDB wrote an empty one, and PostgreSQL takes none.
    other = 'everybody' if server == 'sqlite' else ''
    with (
        glance_databases.database(server, 'up_to_date') as url,
        tempfile.TemporaryDirectory() as directory,
    ):
        words = ('public', 'private', 'shared', 'community')
        rows = [image(n, visibility=word) for n, word in enumerate(words)]
        fill(url, {'images': [*rows, image(4), image(5)]})
        if server == 'mariadb':
            glance_databases.execute(
                url,
                "ALTER TABLE images MODIFY visibility ENUM('private', "
                "'public', 'shared', 'community', '') NOT NULL",
            )
        glance_databases.execute(
            url,
            f"UPDATE images SET visibility = '{other}' "
            f"WHERE id = '{image_id(4)}'",
        )
        path = command.deployment(pathlib.Path(directory), url, DEFAULT={})
        found = [item for item in judged(path) if item.id == 'image-values']
        assert [(item.message, item.sample) for item in found] == [
            (
                'Images that the API cannot show: 1 (an unknown visibility: '
                '1).',
                (4,),
            )
        ]
        glance_databases.execute(
            url,
            "UPDATE images SET visibility = 'private' "
            f"WHERE id = '{image_id(4)}';",
        )
        assert 'image-values' not in {item.id for item in judged(path)}


@pytest.mark.parametrize(
    ('ports', 'found'),
    [
        (
            None,
            '6 (link-local address: 1, localhost: 1, loopback address: 1, '
            'port 8080: 2, unreadable port: 1)',
        ),
        (
            '[8080, 443]',
            '6 (loopback address: 1, port 80: 4, unreadable port: 1)',
        ),
    ],
)
def test_where_the_target_lets_nobody_fetch_from(
    ports: str | None, found: str, tmp_path: pathlib.Path
) -> None:
    urls = [
        'http://example.org/x',
        'https://example.org/x',
        'https://10.0.0.1:80/x',
        'http://example.org:8080/x',
        'http://10.0.0.1:8080/x',
        'http://localhost/x',
        'http://169.254.169.254/x',
        'https://[::1]/x',
        'http://example.org:port/x',
    ]
    sections = {'DEFAULT': {'enabled_backends': 'web:http'}}
    if ports:
        sections['import_filtering_opts'] = {'allowed_ports': ports}
    with glance_databases.database('sqlite', 'up_to_date') as url:
        for number, value in enumerate(urls):
            row = location(number, value, stored('web'))
            fill(url, {'images': [image(number)], 'image_locations': [row]})
        path = command.deployment(tmp_path, url, **sections)
        assert [item.message for item in judged(path)] == [
            f'HTTP locations that {TITLE} would not let anybody add: {found}.'
        ]


def swift_locations(
    directory: pathlib.Path, urls: abc.Sequence[str], source: str = '32'
) -> list[str]:
    """Return what is said of locations in two stores, one with a file."""
    sections = {
        'DEFAULT': {'enabled_backends': 'two:swift, one:swift'},
        'one': {'swift_store_config_file': str(directory / 'swift.conf')},
        'two': {'default_swift_reference': 'named'},
    }
    with glance_databases.database('sqlite', 'up_to_date') as url:
        for number, value in enumerate(urls):
            row = location(number, value, stored('one'))
            fill(url, {'images': [image(number)], 'image_locations': [row]})
        path = command.deployment(directory, url, **sections)
        return [item.message for item in judged(path, source=source)]


def test_references_of_swift_are_those_of_all_its_stores(
    tmp_path: pathlib.Path,
) -> None:
    urls = [
        f'swift+config://{name}/glance/x'
        for name in ('ref1', 'half', 'named', 'ref9', 'half')
    ]
    file = tmp_path / 'swift.conf'
    # Nobody knows what stands in a file that is not there.
    assert swift_locations(tmp_path, urls) == []
    account = 'user = a:b\nauth_address = https://id/v3\n'
    file.write_text(f'[ref1]\nkey = c\n{account}[half]\n{account}')
    said = (
        'Locations with the swift reference {}, which is not configured: {}.'
    )
    assert swift_locations(tmp_path, urls) == [
        said.format('half', 2),
        said.format('ref9', 1),
    ]


@pytest.mark.parametrize(
    ('source', 'found'),
    [
        (
            '30',
            [
                'Swift locations with an address of an identity service that '
                'is not version 3: 3 (v1.0: 1, v2.0: 2).'
            ],
        ),
        ('31', []),
    ],
)
def test_the_version_of_an_address_is_not_that_of_a_container(
    source: str, found: list[str], tmp_path: pathlib.Path
) -> None:
    urls = [
        'swift+https://a%3Ab:c@id.example.org/v2.0/glance/x',
        'swift+http://a%3Ab:c@v3@id.example.org/identity/v2.0/v3/x',
        'swift+https://a%3Ab:c@id.example.org/v1.0/glance/x',
        'swift+https://a%3Ab:c@v2.example.org/v3/v1/v2',
        'swift+https://a%3Ab:c@id.example.org/v2/x',
        'swift+https://id.example.org/v2.0/glance/x',
    ]
    assert swift_locations(tmp_path, urls, source) == found


@pytest.mark.parametrize(
    ('sections', 'found'),
    [
        ({'glance_store': {'stores': 'cinder'}}, []),
        ({'DEFAULT': {'enabled_backends': 'fast:rbd'}}, ['loc-scheme']),
        (
            {'DEFAULT': {'enabled_backends': 'fast:cinder'}},
            ['loc-cinder-legacy'],
        ),
    ],
)
def test_where_there_is_one_store_a_volume_needs_no_name_of_it(
    sections: dict[str, command.Section],
    found: list[str],
    tmp_path: pathlib.Path,
) -> None:
    with glance_databases.database('sqlite', 'up_to_date') as url:
        row = location(1, 'cinder://6a3f0000')
        fill(url, {'images': [image(1)], 'image_locations': [row]})
        path = command.deployment(tmp_path, url, **sections)
        assert [item.id for item in judged(path)] == found


def test_keys_of_s3_are_told_apart_as_they_stand_in_urls(
    tmp_path: pathlib.Path,
) -> None:
    sections = {
        'DEFAULT': {'enabled_backends': 'one:s3, two:s3'},
        'one': {'s3_store_access_key': 'MINE'},
        'two': {'s3_store_access_key': 'MY/OWN'},
    }
    keys = ('MINE', 'MY%2FOWN', 'MY/OWN', 'THEIRS')
    with glance_databases.database('sqlite', 'up_to_date') as url:
        for number, key in enumerate(keys):
            row = location(number, S3 % (key, number), stored('one'))
            fill(url, {'images': [image(number)], 'image_locations': [row]})
        found = judged(command.deployment(tmp_path, url, **sections))
    assert [item.message for item in found] == [
        'S3 locations with credentials in them: 4 (configured account: 3, '
        'other accounts: 1).'
    ]


@pytest.mark.parametrize(
    ('source', 'target', 'absent'),
    [
        # Behind us, or not yet.
        ('33', '33', {'loc-s3-creds', 'loc-http-filtered', 'loc-swift-auth'}),
        ('29', '30', {'loc-s3-creds', 'loc-http-filtered', 'loc-swift-auth'}),
        ('22', '32', {'reserved-props', 'loc-s3-creds'}),
        ('19', '20', {'reserved-props', 'import-locks', 'loc-cinder-legacy'}),
        ('17', '18', {'db-train-backend', 'loc-store-unknown'}),
    ],
)
def test_what_the_upgrade_does_not_pass_is_not_mentioned(
    source: str,
    target: str,
    absent: set[str],
    bad: str,
    tmp_path: pathlib.Path,
) -> None:
    found = judged(variant(tmp_path, bad), source=source, target=target)
    assert absent.isdisjoint(item.id for item in found)


@pytest.mark.parametrize(
    ('source', 'target', 'present'),
    [
        ('18', '19', {'db-train-backend', 'loc-store-unknown'}),
        ('20', '21', {'reserved-props', 'import-locks', 'loc-cinder-legacy'}),
        ('21', '22', {'reserved-props'}),
        ('30', '31', {'loc-swift-auth'}),
        ('32', '33', {'loc-s3-creds', 'loc-http-filtered'}),
    ],
)
def test_what_the_upgrade_passes_is_mentioned(
    source: str,
    target: str,
    present: set[str],
    bad: str,
    tmp_path: pathlib.Path,
) -> None:
    found = judged(variant(tmp_path, bad), source=source, target=target)
    assert present <= {item.id for item in found}


def test_train_renames_the_key_by_itself(
    bad: str, tmp_path: pathlib.Path
) -> None:
    found = judged(variant(tmp_path, bad), source='18', target='19')
    assert [item for item in found if item.id == 'db-train-backend'] == [
        Found(
            'db-train-backend',
            NOTE,
            'Locations whose metadata has the key "backend": 1. The data '
            'migration of 19.x renames it.',
            1,
            (2,),
        ),
    ]


# Files


def test_files_are_looked_for_where_their_directory_is(
    tmp_path: pathlib.Path,
) -> None:
    datadir = tmp_path / 'my_images'
    datadir.mkdir()
    (datadir / '1').touch()
    with glance_databases.database('sqlite', 'up_to_date') as url:
        path = command.deployment(
            tmp_path / 'etc',
            url,
            glance_store={'filesystem_store_datadir': str(datadir)},
        )
        fill(url, {'images': [image(n) for n in (1, 2, 3)]})
        places = (datadir / '1', datadir / '2', tmp_path / 'my-images/3')
        several = [
            location(number, f'file://{place}')
            for number, place in enumerate(places, 1)
        ]
        fill(url, {'image_locations': several})
        assert judged(path) == [
            Found(
                'loc-file-missing',
                WARNING,
                'Files that were looked for: 2, not there: 1.',
                1,
                (2,),
            )
        ]
        (datadir / '2').touch()
        assert judged(path) == []
        (datadir / '1').unlink()
        (datadir / '2').unlink()
        datadir.rmdir()
        assert judged(path) == []
