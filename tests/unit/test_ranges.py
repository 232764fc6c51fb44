# SPDX-License-Identifier: Apache-2.0
"""Ranges of keys: all of them together are the table."""

import itertools
import uuid

import pytest

from glance_status import ranges


def covered(low: ranges.Key, high: ranges.Key, seconds: float) -> int:
    """Walk to the end; return the number of ranges.

    :param seconds: how long each statement takes, where one may take 1
    """
    parts = []
    walk = ranges.Walk(low, high, 1)
    for part in walk:
        parts.append(part)
        walk.went(part, seconds)
        assert 0 < walk.share <= 1
    assert parts[0].after is None
    assert parts[-1].upto is None
    for one, following in itertools.pairwise(parts):
        assert one.upto == following.after
    assert walk.share == 1
    return len(parts)


@pytest.mark.parametrize(
    ('low', 'high', 'seconds', 'most'),
    [
        # Few keys need no ranges.
        (1, 1, 0.1, 1),
        (1, 900, 0.1, 1),
        # Cheap statements become large ones.
        (1, 10_000_000, 0.001, 2),
        (str(uuid.UUID(int=5)), str(uuid.UUID(int=2**127)), 0.001, 2),
        # Those that take what they may take stay as they are.
        (1, 64_000, 1.0, 64),
        (str(uuid.UUID(int=5)), str(uuid.UUID(int=2**127)), 1.0, 64),
        # Text that is no UUID.
        ('', '', 1.0, 64),
        ('image-1', 'zebra', 1.0, 64),
        ('FFFF', 'a', 1.0, 64),
    ],
)
def test_ranges_follow_each_other_from_end_to_end(
    low: ranges.Key, high: ranges.Key, seconds: float, most: int
) -> None:
    assert covered(low, high, seconds) <= most


def test_uuids_are_cut_where_they_differ() -> None:
    low = '1a9e0000-0000-4000-8000-000000000000'
    high = '1a9e0000-0000-4000-8000-000000010000'
    assert next(ranges.Walk(low, high, 1)) == ranges.Range(
        None, '1a9e0000-0000-4000-8000-000000000400'
    )


def test_a_range_that_took_too_long_is_made_again_smaller() -> None:
    walk = ranges.Walk(0, 6_400_000, 1)
    assert next(walk) == ranges.Range(None, 100_000)
    walk.went(ranges.Range(None, 100_000), 0.1)
    assert next(walk) == ranges.Range(100_000, 1_100_000)
    assert walk.cut()
    assert next(walk) == ranges.Range(100_000, 200_000)
    # It was as small as the first, so that it is not its size.
    assert not walk.cut()


def test_the_last_range_can_be_made_again_too() -> None:
    walk = ranges.Walk(0, 640_000, 10)
    first = next(walk)
    walk.went(first, 0.001)
    assert next(walk) == ranges.Range(10_000, None)
    assert walk.cut()
    assert next(walk) == ranges.Range(10_000, 20_000)


def test_where_no_keys_are_nobody_goes() -> None:
    walk = ranges.Walk(0, 6_400_000, 1)
    first = next(walk)
    walk.went(first, 0.001)
    walk.skip(5_000_000)
    assert next(walk) == ranges.Range(100_000, 5_099_999)


@pytest.mark.parametrize(
    ('low', 'high'), [(None, None), (1, 'a'), (1.5, 2.5), (b'a', b'b')]
)
def test_other_keys_are_read_at_once(low: object, high: object) -> None:
    assert list(ranges.walk(low, high, 1)) == [ranges.Range()]
