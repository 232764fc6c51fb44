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


@pytest.mark.parametrize(
    ('walk', 'first'),
    [
        # The first range is a part of the whole.
        (ranges.Walk(0, 128_000, 1), ranges.Range(None, 2000)),
        (ranges.Walk(0, -1, 1), ranges.Range()),
        # Less than this is not worth a statement of its own.
        (ranges.Walk(0, 2000, 1), ranges.Range(None, 1000)),
        (
            ranges.walk_blocks(ranges.Range(blocks=6401), 1),
            ranges.Range(None, 100, 6401),
        ),
        (
            ranges.walk_blocks(ranges.Range(blocks=101), 1),
            ranges.Range(None, 16, 101),
        ),
        (
            ranges.walk_blocks(ranges.Range(blocks=20), 1),
            ranges.Range(None, None, 20),
        ),
        (
            ranges.walk_blocks(ranges.Range(blocks=21), 1),
            ranges.Range(None, 16, 21),
        ),
        (ranges.walk_blocks(ranges.Range(blocks=0), 1), ranges.Range()),
        # All that can be a UUID, where texts are none.
        (
            ranges.Walk('', '', 1),
            ranges.Range(None, '03ffffff-ffff-ffff-ffff-ffffffffffff'),
        ),
        # What would be left is added, where it is less than a quarter.
        (ranges.Walk(0, 1249, 1), ranges.Range()),
        (ranges.Walk(0, 1250, 1), ranges.Range(None, 1000)),
    ],
)
def test_how_large_the_first_range_is(
    walk: ranges.Walk, first: ranges.Range
) -> None:
    assert next(walk) == first


@pytest.mark.parametrize(
    ('seconds', 'following'),
    [
        # What took no time is taken for what took a thousandth.
        (0.0, ranges.Range(1_000_000, 11_000_000)),
        (0.001, ranges.Range(1_000_000, 11_000_000)),
        (0.005, ranges.Range(1_000_000, 3_000_000)),
        (0.02, ranges.Range(1_000_000, 1_500_000)),
        # There is one key in a range at least.
        (1e9, ranges.Range(1_000_000, 1_000_001)),
    ],
)
def test_a_range_is_as_large_as_the_time_of_the_last_allows(
    seconds: float, following: ranges.Range
) -> None:
    walk = ranges.Walk(0, 64_000_000, 0.01)
    walk.went(next(walk), seconds)
    assert next(walk) == following


def test_a_range_grows_by_steps() -> None:
    walk = ranges.Walk(0, 64_000_000, 1)
    walk.went(next(walk), 10)
    walk.went(next(walk), 0.001)
    assert next(walk) == ranges.Range(1_100_000, 7_500_000)


def test_which_part_lies_behind() -> None:
    walk = ranges.Walk(1_000, 64_999, 1)
    shares = [walk.share]
    for part in walk:
        shares.append(walk.share)
        walk.went(part, 0.05)
    assert shares == [0.0, 1_000 / 64_000, 21_000 / 64_000, 1.0]


def test_what_is_jumped_over_counts_as_behind_and_nobody_goes_back() -> None:
    walk = ranges.Walk(0, 6_400_000, 1)
    walk.went(next(walk), 1)
    walk.skip(50_000)
    assert next(walk) == ranges.Range(100_000, 200_000)
    walk.went(ranges.Range(100_000, 200_000), 0.001)
    walk.skip(9_999_999)
    assert (walk.share, next(walk)) == (
        6_400_000 / 6_400_001,
        ranges.Range(200_000, None),
    )


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


@pytest.mark.parametrize(
    ('low', 'high', 'first'),
    [
        (0, 2000, ranges.Range(None, 1000)),
        (
            '00000000-0000-0000-0000-000000000000',
            'ffffffff-ffff-ffff-ffff-ffffffffffff',
            ranges.Range(None, '03ffffff-ffff-ffff-ffff-ffffffffffff'),
        ),
    ],
)
def test_integers_and_uuids_are_cut(
    low: object, high: object, first: ranges.Range
) -> None:
    assert next(iter(ranges.walk(low, high, 1))) == first


def test_blocks_follow_each_other_from_end_to_end() -> None:
    parts = []
    walk = ranges.walk_blocks(ranges.Range(blocks=100_000), 1)
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


@pytest.mark.parametrize(
    ('part', 'rows', 'most', 'pages'),
    [
        (ranges.Range(9, 39, 90), 0, 1000, [(9, 39)]),
        (ranges.Range(9, 39, 90), 1, 1, [(9, 39)]),
        (ranges.Range(9, 39, 90), 2, 1, [(9, 24), (24, 39)]),
        # Blocks count from 0.
        (ranges.Range(None, 29, 90), 2, 1, [(None, 14), (14, 29)]),
        (ranges.Range(0, 2, 90), 2, 1, [(0, 1), (1, 2)]),
    ],
)
def test_pages_of_few_rows(
    part: ranges.Range,
    rows: int,
    most: int,
    pages: list[tuple[int | None, int | None]],
) -> None:
    assert list(part.pages(rows, most)) == [
        ranges.Range(after, upto, 90) for after, upto in pages
    ]


def test_keys_have_no_pages() -> None:
    with pytest.raises(AssertionError):
        next(ranges.Range(1, 5).pages(10, 1))


def test_all_is_taken_at_once_until_it_proves_too_much() -> None:
    walk = ranges.Walk(1, 6_400_000, 1)
    walk.leap()
    assert next(walk) == ranges.Range()
    assert walk.cut()
    first = ranges.Range(None, 100_000)
    assert next(walk) == first
    walk.went(first, 1)
    assert next(walk) == ranges.Range(100_000, 199_999)
    again = ranges.Walk(1, 6_400_000, 1)
    again.leap()
    assert list(again) == [ranges.Range()]


@pytest.mark.parametrize('low', [1, -3])
def test_all_of_two_keys_is_taken_at_once(low: int) -> None:
    walk = ranges.Walk(low, low + 1, 1)
    walk.leap()
    assert list(walk) == [ranges.Range()]


@pytest.mark.parametrize(('keys', 'cut'), [(1000, False), (1001, True)])
def test_all_is_cut_where_that_makes_it_smaller(keys: int, cut: bool) -> None:
    walk = ranges.Walk(1, keys, 1)
    walk.leap()
    next(walk)
    assert walk.cut() == cut


def test_a_table_without_a_key_is_taken_whole() -> None:
    walk = ranges.walk(None, None, 1)
    assert walk.share == 0
    part = next(walk)
    assert part == ranges.Range()
    # It took too long, and there is no other way.
    assert not walk.cut()
    walk.went(part, 60)
    assert walk.share == 1
    assert list(walk) == []


@pytest.mark.parametrize(
    ('blocks', 'number', 'parts'),
    [
        (9, 1, [(None, None)]),
        (9, 2, [(None, 3), (3, None)]),
        (9, 3, [(None, 2), (2, 5), (5, None)]),
    ],
)
def test_parts_of_a_table_follow_each_other(
    blocks: int, number: int, parts: list[tuple[int | None, int | None]]
) -> None:
    assert ranges.split(blocks, number) == [
        ranges.Range(after, upto, blocks) for after, upto in parts
    ]


@pytest.mark.parametrize(
    ('part', 'seen'),
    [
        (0, [(None, 16), (16, 32), (32, 99)]),
        (1, [(99, 116), (116, 132), (132, 199)]),
        (2, [(199, 216), (216, 232), (232, None)]),
    ],
)
def test_a_part_is_gone_through_from_its_beginning_to_its_end(
    part: int, seen: list[tuple[int | None, int | None]]
) -> None:
    walk = ranges.walk_blocks(ranges.split(300, 3)[part], 1)
    found = []
    for each in walk:
        found.append((each.after, each.upto))
        walk.went(each, 1 if len(found) < 2 else 0.001)
    assert found == seen
