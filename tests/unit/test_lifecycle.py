# SPDX-License-Identifier: Apache-2.0
"""What the releases know of options."""

import timeit

import pytest

from glance_status import releases
from glance_status.releases import lifecycle


def option(table: str, name: str, major: int) -> lifecycle.Option | None:
    """Return an option of a release."""
    return lifecycle.knowledge().tables[table][name].at(major)


def test_every_release_was_asked() -> None:
    assert lifecycle.majors() == tuple(r.major for r in releases.known())


def test_an_option_from_release_to_release() -> None:
    kind = {'name': 'String', 'ignore_case': True}
    assert option('DEFAULT', 'image_cache_driver', 27) == lifecycle.Option(
        'DEFAULT',
        'image_cache_driver',
        {**kind, 'choices': ['sqlite', 'xattr']},
        'sqlite',
    )
    assert option('DEFAULT', 'image_cache_driver', 28) == lifecycle.Option(
        'DEFAULT',
        'image_cache_driver',
        {**kind, 'choices': ['centralized_db', 'sqlite', 'xattr']},
        'centralized_db',
    )


@pytest.mark.parametrize(
    ('table', 'name', 'since', 'ends'),
    [
        ('DEFAULT', 'cache_prefetcher_interval', 19, {25}),
        ('DEFAULT', 'owner_is_tenant', 17, {22}),
        # A library still brings it; the API does not read it.
        ('DEFAULT', 'tcp_keepidle', 17, {33}),
        ('oslo_policy', 'enforce_scope', 17, {33}),
        ('backend:s3', 's3_store_bucket', 20, set()),
        # It came back.
        (
            'oslo_messaging_rabbit',
            'ssl_enforce_hostname_verification',
            30,
            {31},
        ),
    ],
)
def test_first_and_last(
    table: str, name: str, since: int, ends: set[int]
) -> None:
    life = lifecycle.knowledge().tables[table][name]
    ended = [
        (major, life.ended(major), life.read_at(major) is not None)
        for major in lifecycle.majors()
    ]
    assert life.since == since
    assert {end for _major, end, _read in ended if end} == ends
    # It is read, ended, or comes later.
    assert [
        (major, end)
        for major, end, read in ended
        if read is not (major >= since and end is None)
    ] == []


def test_old_names() -> None:
    (alias,) = lifecycle.knowledge().aliases['DEFAULT', 'sql_connection']
    assert (alias.life.table, alias.life.name) == ('database', 'connection')
    assert alias.majors == tuple(range(17, 28))


def test_sections() -> None:
    sections = lifecycle.Sections(33, {'Fast': 'rbd', 'ours': 'x'}, ['vault'])
    assert {
        name: sections.tables(name)
        for name in ('DEFAULT', 'fast', 'ours', 'vault', 'strange')
    } == {
        'DEFAULT': ('DEFAULT',),
        'fast': ('backend:rbd',),
        'ours': (),
        'vault': ('vault', 'keystoneauth'),
        'strange': (),
    }


def test_policies() -> None:
    policies = lifecycle.policies()
    assert policies['copy_from']['gone'] == 21
    assert policies['fetch_image_location']['since'] == 29


def test_loading_takes_milliseconds() -> None:
    def load() -> None:
        lifecycle._load.cache_clear()
        lifecycle.knowledge.cache_clear()
        assert lifecycle.knowledge().tables

    assert min(timeit.repeat(load, number=1, repeat=5)) < 0.1
