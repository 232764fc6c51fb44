# SPDX-License-Identifier: Apache-2.0
"""Releases: their names, their database heads, and the data behind them."""

import itertools

import pytest

from glance_status import releases
from glance_status.releases import chain


def labels(found):
    return [release.label for release in found]


def ids(revisions):
    return [revision.id for revision in revisions]


def names(objects):
    return sorted(str(item) for item in objects)


# Names


@pytest.mark.parametrize(
    ('word', 'version'),
    [
        ('stein', '18.0.0'),
        ('Stein', '18.0.0'),
        ('ROCKY', '17.0.0'),
        ('Caracal', '28.0.0'),
        ('2024.1', '28.0.0'),
        ('2024.1 Caracal', '28.0.0'),
        ('  2024.1   caracal ', '28.0.0'),
        ('28', '28.0.0'),
        ('v28', '28.0.0'),
        ('28.0.0', '28.0.0'),
        ('28.1.2', '28.0.0'),
        ('V28.1.2', '28.0.0'),
        ('33.0.0.0rc1', '33.0.0'),
        ('33.0.0.0b2.dev12', '33.0.0'),
        ('33.0.0+local.1', '33.0.0'),
        ('2026.2', '33.0.0'),
        ('hibiscus', '33.0.0'),
    ],
)
def test_spelling(word, version):
    assert releases.find(word).version == version


@pytest.mark.parametrize(
    'word', ['', '16', '34.0.0', '2024.3', '2024.1 bobcat', 'liberty', '-28']
)
def test_unknown_spelling(word):
    with pytest.raises(releases.UnknownRelease):
        releases.find(word)


def test_unknown_release_names_the_near_miss_and_the_known():
    with pytest.raises(releases.UnknownRelease) as caught:
        releases.find('Caracel')
    assert str(caught.value) == (
        "unknown release 'Caracel' (did you mean 'Caracal'?); known: "
        'Rocky (17), Stein (18), Train (19), Ussuri (20), Victoria (21), '
        'Wallaby (22), Xena (23), Yoga (24), Zed (25), '
        '2023.1 Antelope (26), 2023.2 Bobcat (27), 2024.1 Caracal (28), '
        '2024.2 Dalmatian (29), 2025.1 Epoxy (30), 2025.2 Flamingo (31), '
        '2026.1 Gazpacho (32), 2026.2 Hibiscus (33)'
    )


def test_rocky_is_no_target():
    with pytest.raises(releases.UnknownRelease) as caught:
        releases.find('rocky', releases.targets())
    assert "'rocky'; known: Stein (18), " in str(caught.value)


def test_newest_release():
    newest = releases.newest()
    assert (newest.label, newest.title, newest.version, newest.python) == (
        '2026.2',
        '2026.2 Hibiscus',
        '33.0.0',
        (3, 11),
    )


def test_releases_between():
    crossed = releases.crossed(releases.find('zed'), releases.find('caracal'))
    assert labels(crossed) == ['2023.1', '2023.2', '2024.1']


# Where a database stands

CARACAL_ON = ['2024.1', '2024.2', '2025.1', '2025.2', '2026.1', '2026.2']
ANTELOPE_ON = ['2023.1', '2023.2', *CARACAL_ON]
WALLABY_TO_ZED = ['Wallaby', 'Xena', 'Yoga', 'Zed']


@pytest.mark.parametrize(
    ('rows', 'at', 'toward'),
    [
        (['rocky_contract02'], ['Rocky', 'Stein'], []),
        (['train_contract01'], ['Train'], []),
        (['ussuri_contract01'], ['Ussuri', 'Victoria'], []),
        (['wallaby_contract01'], WALLABY_TO_ZED, []),
        (['2023_1_contract01'], ['2023.1', '2023.2'], []),
        (['2024_1_contract01'], CARACAL_ON, []),
        # expanded, not contracted
        (
            ['2024_1_expand01', 'wallaby_contract01'],
            WALLABY_TO_ZED,
            CARACAL_ON,
        ),
        # stopped inside expand, and inside contract
        (['zed_expand01', 'wallaby_contract01'], WALLABY_TO_ZED, ANTELOPE_ON),
        (['2023_1_expand01', 'yoga_contract01'], WALLABY_TO_ZED, ANTELOPE_ON),
        # nothing to tell from
        ([], [], []),
        (['2099_1_contract01'], [], []),
        (['2024_1_contract01', '2099_1_expand01'], [], []),
        (['ocata01'], [], []),
        # older than all that is known; a first installation, half done
        (['queens_contract01'], [], labels(releases.known())),
        (['2024_1_expand01'], [], CARACAL_ON),
    ],
)
def test_position(rows, at, toward):
    assert (
        labels(releases.at(rows)),
        labels(releases.toward(rows)),
    ) == (at, toward)


def test_missing_revisions_stand_in_the_order_of_db_sync():
    missing = releases.missing(['ussuri_contract01'], releases.find('2023.1'))
    assert ids(missing) == [
        'wallaby_expand01',
        'xena_expand01',
        'yoga_expand01',
        'zed_expand01',
        '2023_1_expand01',
        'wallaby_contract01',
        'xena_contract01',
        'yoga_contract01',
        'zed_contract01',
        '2023_1_contract01',
    ]


def test_database_at_the_target_misses_nothing():
    target = releases.find('2026.2')
    rows = ['2024_1_contract01']
    assert releases.missing(rows, target) == ()
    assert releases.beyond(rows, target) == ()


def test_xena_revisions_are_beyond_xena():
    rows = ['xena_expand01', 'wallaby_contract01']
    beyond = releases.beyond(rows, releases.find('xena'))
    assert ids(beyond) == ['xena_expand01']


def test_database_is_beyond_an_older_target():
    beyond = releases.beyond(['2024_1_contract01'], releases.find('2023.2'))
    assert ids(beyond) == ['2024_1_expand01', '2024_1_contract01']


# Revisions and schema


def test_old_names_are_known_but_no_revisions():
    assert chain.labels() == {
        'ocata01': 'ocata_contract01',
        'pike01': 'pike_contract01',
    }
    assert chain.unknown(['pike01', 'foreign', 'rocky_contract02']) == (
        'foreign',
    )
    with pytest.raises(chain.UnknownRevision):
        chain.revision('pike01')


def test_unknown_revision_is_named():
    with pytest.raises(chain.UnknownRevision, match="'1a2b'"):
        chain.included(['1a2b'])


def test_contract_head_includes_its_expand_revisions():
    assert chain.included(['pike_contract01']) == {
        'liberty',
        'mitaka01',
        'mitaka02',
        'ocata_expand01',
        'ocata_contract01',
        'pike_expand01',
        'pike_contract01',
    }


def test_objects_that_should_not_exist_yet():
    assert names(chain.later(['ussuri_contract01'])) == [
        'column cached_images.checksum',
        'column cached_images.hits',
        'column cached_images.id',
        'column cached_images.image_id',
        'column cached_images.last_accessed',
        'column cached_images.last_modified',
        'column cached_images.node_reference_id',
        'column cached_images.size',
        'column node_reference.node_reference_id',
        'column node_reference.node_reference_url',
        'column tasks.image_id',
        'column tasks.request_id',
        'column tasks.user_id',
        'index tasks.ix_tasks_image_id',
        'table cached_images',
        'table node_reference',
    ]


def test_objects_that_an_upgrade_adds_and_removes():
    old = chain.schema(['ocata_expand01'])
    new = chain.schema(['rocky_contract02'])
    tables = {item.table for item in old - new if item.kind == 'table'}
    columns = {
        str(item)
        for item in old - new
        if item.kind == 'column' and item.table not in tables
    }
    assert (sorted(tables), columns, names(new - old)) == (
        [
            'artifact_blob_locations',
            'artifact_blobs',
            'artifact_dependencies',
            'artifact_properties',
            'artifact_tags',
            'artifacts',
        ],
        {'column images.is_public'},
        [
            'column images.os_hash_algo',
            'column images.os_hash_value',
            'column images.os_hidden',
            'index images.os_hash_value_image_idx',
            'index images.os_hidden_image_idx',
        ],
    )


def test_nothing_comes_after_the_newest_head():
    assert chain.later([releases.newest().contract_head]) == frozenset()


# The data


def test_releases_follow_each_other():
    majors = [release.major for release in releases.known()]
    assert majors == list(range(17, 17 + len(majors)))
    assert releases.targets() == releases.known()[1:]


def test_names_are_unique():
    for field in ('name', 'label', 'version'):
        values = [getattr(r, field).lower() for r in releases.known()]
        assert len(set(values)) == len(values)


def test_slurp_releases():
    slurp = [release for release in releases.known() if release.slurp]
    assert labels(slurp) == ['2023.1', '2024.1', '2025.1', '2026.1']


def test_only_train_migrates_data():
    assert {
        release.label: release.data_migrations
        for release in releases.known()
        if release.data_migrations
    } == {'Train': ('train_migrate01_backend_to_store',)}


def test_drivers_that_came_and_went():
    changes = [
        (new.label, sorted(old.store_drivers ^ new.store_drivers))
        for old, new in itertools.pairwise(releases.known())
        if old.store_drivers != new.store_drivers
    ]
    assert changes == [
        (
            'Ussuri',
            [
                'glance.store.s3.Store',
                'glance.store.sheepdog.Store',
                's3',
                'sheepdog',
            ],
        )
    ]


def test_schemes_have_drivers():
    newest = releases.newest()
    assert newest.store_schemes == {
        'cinder': ('cinder',),
        'file': ('file', 'filesystem'),
        'http': ('http', 'https'),
        'rbd': ('rbd',),
        's3': ('s3', 's3+http', 's3+https'),
        'swift': ('swift', 'swift+config', 'swift+http', 'swift+https'),
        'vmware': ('vsphere',),
    }
    assert newest.default_stores < {
        scheme for served in newest.store_schemes.values() for scheme in served
    }


def test_heads_belong_to_their_branches_and_releases():
    for release in releases.known():
        expand = chain.revision(release.expand_head)
        contract = chain.revision(release.contract_head)
        assert (expand.branch, contract.branch) == ('expand', 'contract')
        assert contract.depends_on == expand.id
        assert expand.first <= release.major


def test_both_branches_are_straight_lines_from_one_fork():
    for branch in ('expand', 'contract'):
        line = [r for r in chain.revisions() if r.branch == branch]
        assert [r.down_revision for r in line] == [
            'mitaka02',
            *ids(line)[:-1],
        ]


def test_order_is_the_order_of_db_sync():
    branches = [revision.branch for revision in chain.revisions()]
    assert [branch for branch, _ in itertools.groupby(branches)] == [
        'initial',
        'expand',
        'contract',
    ]


def test_nothing_is_removed_that_was_not_added():
    for revision in chain.revisions():
        if revision.branch == 'contract':
            previous = chain.schema(
                [revision.down_revision, revision.depends_on]
            )
            assert revision.removes <= previous
