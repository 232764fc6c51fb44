# SPDX-License-Identifier: Apache-2.0
"""The way from the source to the target, and a Glance beside this tool."""

import pathlib

import pytest

from glance_status import context, releases, results
from glance_status.checks import path
from tests.unit import checkers

OLDER = (
    'target-older',
    results.FAILURE,
    'The target 2023.1 Antelope (26.0.0) is older than 2026.1 Gazpacho, the '
    'oldest release that this deployment can be at.',
)


def found(
    directory: pathlib.Path, source: str | None, target: str
) -> list[tuple[str, int, str]]:
    """Return what the check finds between two releases."""
    checker = checkers.make(directory, '', source=source, target=target)
    return checkers.told(directory, path.check_path(checker))


@pytest.mark.parametrize(
    ('source', 'target', 'expected'),
    [
        (None, '26', []),
        ('25', '26', []),
        ('26', '26', []),
        ('32', '26', [OLDER]),
    ],
)
def test_the_target_is_not_to_be_older(
    tmp_path: pathlib.Path,
    source: str | None,
    target: str,
    expected: list[tuple[str, int, str]],
) -> None:
    assert found(tmp_path, source, target) == expected


@pytest.mark.parametrize(
    ('target', 'older'),
    [
        ('27', False),
        # Where it is older than some, it may be no older than it is.
        ('26', False),
        ('24', True),
    ],
)
def test_the_deployment_may_be_at_one_of_many(
    tmp_path: pathlib.Path, target: str, older: bool
) -> None:
    run = checkers.make(tmp_path, '', target=target).run
    sources = tuple(map(releases.find, ('25', '26', '27')))
    said = (
        'The target Yoga (24.0.0) is older than Zed, the oldest release that '
        'this deployment can be at.'
    )
    assert path.check_path(context.Checker(run, context.Facts(sources))) == (
        [path.TARGET_OLDER.failure(said)] if older else []
    )


@pytest.mark.parametrize(
    ('version', 'source', 'noted'),
    [
        ('33.0.0', '32', False),
        ('32.1.0', '32', False),
        ('31.0.0', '32', True),
        ('32.0.0', None, True),
        # No release that is known.
        ('99.0.0', '32', True),
    ],
)
def test_a_glance_beside_this_tool(
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    version: str,
    source: str | None,
    noted: bool,
) -> None:
    checkers.install(tmp_path, monkeypatch, 'glance', version)
    said = (
        f'Glance {version} is installed beside glance-status; it is neither '
        'the target 2026.2 Hibiscus nor the source.'
    )
    assert found(tmp_path, source, '33') == (
        [('glance-installed', results.SUCCESS, said)] if noted else []
    )


def test_another_glance_and_an_older_target(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkers.install(tmp_path, monkeypatch, 'glance', '33.0.0')
    assert found(tmp_path, '32', '26') == [
        OLDER,
        (
            'glance-installed',
            results.SUCCESS,
            'Glance 33.0.0 is installed beside glance-status; it is neither '
            'the target 2023.1 Antelope nor the source.',
        ),
    ]
