# SPDX-License-Identifier: Apache-2.0
"""What --check and --skip choose."""

import importlib.metadata

import pytest

from glance_status import plugins, results, selection


def check(name: str, *kinds: str) -> selection.Listed:
    """Return a check with these findings."""
    point = importlib.metadata.EntryPoint('glance', 'm:C', 'group')
    return selection.Listed(
        entry=plugins.Entry('glance', 'group', 'm:C', 'glance-status', point),
        id=name,
        title=name.title(),
        topic='things',
        reads=(),
        description='',
        kinds=tuple(
            results.FindingKind(kind, kind, 'looks', 'matters')
            for kind in kinds
        ),
    )


CHECKS = [
    check('cache', 'cache-url', 'cache-dir'),
    check('stores', 'removed-store', 'unknown-store'),
    check('other:plain', 'other:plain'),
]
BROKEN = [results.Outcome('third:plug-in', 'Plug-in third', 'third', 255)]


def wanted(include: list[str], exclude: list[str]) -> list[str]:
    """Return what is chosen, sorted."""
    chosen = selection.select(CHECKS, BROKEN, include, exclude)
    return sorted(chosen.wanted)


@pytest.mark.parametrize(
    ('include', 'exclude', 'expected'),
    [
        (
            [],
            [],
            [
                'cache',
                'cache-dir',
                'cache-url',
                'other:plain',
                'removed-store',
                'stores',
                'third:plug-in',
                'unknown-store',
            ],
        ),
        (['cache'], [], ['cache', 'cache-dir', 'cache-url']),
        (['cache-url'], [], ['cache-url']),
        (['*-store'], [], ['removed-store', 'unknown-store']),
        (['cache'], ['cache-dir'], ['cache', 'cache-url']),
        (['cache', 'other:*'], ['cache-*'], ['other:plain']),
        (['third:whatever'], [], ['third:plug-in']),
        (
            [],
            ['third:*', 'stores', 'other:plain'],
            ['cache', 'cache-dir', 'cache-url'],
        ),
    ],
)
def test_ids_and_patterns_of_checks_and_findings(
    include: list[str], exclude: list[str], expected: list[str]
) -> None:
    assert wanted(include, exclude) == expected


def test_a_check_runs_for_one_of_its_findings() -> None:
    chosen = selection.select(CHECKS, [], ['cache-url'])
    assert [chosen.runs(item) for item in CHECKS] == [True, False, False]
    kinds = CHECKS[0].kinds
    assert [chosen.keeps(CHECKS[0], kind.note('n')) for kind in kinds] == [
        True,
        False,
    ]


@pytest.mark.parametrize('option', ['include', 'exclude'])
def test_a_word_that_matches_nothing_names_the_near_miss(option: str) -> None:
    with pytest.raises(selection.SelectionError) as caught:
        selection.select(CHECKS, [], **{option: ['cash-url']})
    assert str(caught.value) == (
        "no check and no finding has the id 'cash-url'. Did you mean "
        'cache-url? `glance-status upgrade list` shows them all.'
    )


def test_what_no_check_has_can_be_left_out_where_it_is_known() -> None:
    chosen = selection.select(
        CHECKS[:1], [], exclude=['waiver*', 'cache-dir'], others=['waivers']
    )
    assert chosen.wanted == {'cache', 'cache-url'}


def test_a_check_asks_nothing_of_rows_unless_it_says_so() -> None:
    assert [item.asks for item in CHECKS] == [False, False, False]


def test_nothing_is_left() -> None:
    with pytest.raises(selection.SelectionError) as caught:
        selection.select(CHECKS, [], ['cache'], ['cache*'])
    assert str(caught.value) == (
        'nothing is left to check: --skip leaves out all'
    )
