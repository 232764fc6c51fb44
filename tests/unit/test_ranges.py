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


def test_blocks_follow_each_other_from_end_to_end() -> None:
    parts = []
    walk = ranges.walk_blocks(100_000, 1)
    for part in walk:
        parts.append(part)
        walk.went(part, 1.0)
    assert parts[0] == ranges.Range(None, 1562, 100_000)
    assert parts[-1] == ranges.Range(98406, None, 100_000)
    assert [part.upto for part in parts[:-1]] == [
        part.after for part in parts[1:]
    ]


@pytest.mark.parametrize(
    ('part', 'rows', 'pages'),
    [
        # All at once where there are few.
        (ranges.Range(None, None, 40), 1000, [(None, None)]),
        (ranges.Range(9, 39, 90), 1000, [(9, 39)]),
        (
            ranges.Range(9, 39, 90),
            3000,
            [(9, 19), (19, 29), (29, 39)],
        ),
        # The last of all goes to the end, which may have moved.
        (
            ranges.Range(79, None, 90),
            2000,
            [(79, 84), (84, 89), (89, None)],
        ),
        # A block is the least.
        (ranges.Range(None, 1, 90), 90_000, [(None, 0), (0, 1)]),
    ],
)
def test_pages_of_blocks_have_about_as_many_rows_as_may_be(
    part: ranges.Range,
    rows: int,
    pages: list[tuple[int | None, int | None]],
) -> None:
    assert list(part.pages(rows, 1000)) == [
        ranges.Range(after, upto, 90 if part.blocks == 90 else 40)
        for after, upto in pages
    ]
