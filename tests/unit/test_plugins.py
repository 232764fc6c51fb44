# SPDX-License-Identifier: Apache-2.0
"""How plug-ins are found and loaded, on entry points that are installed."""

import dataclasses
import pathlib
from collections import abc

import pytest

from glance_status import plugins, results

MODULE = '''
from glance_status import plugins

def check(checker):
    """Never run here."""

class Pairs(plugins.BaseChecks):
    def get_checks(self):
        yield 'Image count', check
        yield 'Image size', (check, {'most': 7})

class Rich(plugins.BaseChecks):
    def get_checks(self):
        yield plugins.Check('image-count', 'Image count', check)
'''

Install = abc.Callable[..., None]


@pytest.fixture
def install(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> Install:
    """Return what puts a distribution where Python finds it."""
    (tmp_path / 'glance_status_unit.py').write_text(MODULE)

    def put(name: str, entry_points: str, metadata: bool = True) -> None:
        directory = tmp_path / f'{name.replace("-", "_")}-1.0.dist-info'
        directory.mkdir()
        (directory / 'entry_points.txt').write_text(entry_points)
        if metadata:
            (directory / 'METADATA').write_text(f'Name: {name}\nVersion: 1.0')
        monkeypatch.syspath_prepend(tmp_path)

    return put


def found(*patterns: str) -> list[tuple[str, str, str, str]]:
    """Return the name, group, value and distribution of what is found."""
    return [
        (entry.name, entry.group, entry.value, entry.distribution)
        for entry in plugins.find(patterns)[0]
        if entry.distribution.startswith(('glance-status', 'unit', 'unknown'))
    ]


BUILT_IN = (
    'glance',
    'glance.status.upgrade.checks',
    'glance_status.checks:Checks',
    'glance-status',
)


def test_built_in_checks_come_first_and_the_rest_by_name(
    install: Install,
) -> None:
    install(
        'unit-one',
        '[glance.status.upgrade.checks]\n'
        'beta = glance_status_unit:Rich\n'
        'alpha = glance_status_unit:Pairs\n'
        '[unit.status.upgrade.checks]\n'
        'aardvark = glance_status_unit:Pairs\n'
        '[unit.other]\n'
        'other = glance_status_unit:Pairs\n',
    )
    ours = 'glance.status.upgrade.checks'
    pairs, rich = 'glance_status_unit:Pairs', 'glance_status_unit:Rich'
    assert found() == [
        BUILT_IN,
        ('alpha', ours, pairs, 'unit-one'),
        ('beta', ours, rich, 'unit-one'),
    ]
    assert found('unit.*.checks') == [
        BUILT_IN,
        ('aardvark', 'unit.status.upgrade.checks', pairs, 'unit-one'),
        ('alpha', ours, pairs, 'unit-one'),
        ('beta', ours, rich, 'unit-one'),
    ]


def test_what_an_interrupted_installation_left_is_found(
    install: Install,
) -> None:
    install(
        'unit-one',
        '[unit.checks]\nleft = glance_status_unit:Pairs\n',
        metadata=False,
    )
    assert found('unit.checks') == [
        BUILT_IN,
        ('left', 'unit.checks', 'glance_status_unit:Pairs', 'unknown'),
    ]


def test_of_one_name_that_of_the_default_group_is_used(
    install: Install,
) -> None:
    install('unit-one', '[a.checks]\ntwin = glance_status_unit:Pairs\n')
    install(
        'unit-two',
        '[glance.status.upgrade.checks]\ntwin = glance_status_unit:Rich\n',
    )
    assert [str(item) for item in plugins.find(['a.checks'])[1]] == [
        'two entry points have the name twin: glance_status_unit:Rich of '
        'unit-two is used, and not glance_status_unit:Pairs of unit-one. '
        'Rename or uninstall one.'
    ]


def test_a_pattern_that_matches_no_group_is_an_error() -> None:
    with pytest.raises(plugins.PluginError) as caught:
        plugins.find(['nonsense.*'])
    assert str(caught.value) == (
        'no plug-in is installed in the namespace nonsense.*.'
    )


def test_damaged_entry_points_are_named(install: Install) -> None:
    install('unit-one', '[unit.checks]\nno value\n')
    with pytest.raises(plugins.PluginError) as caught:
        plugins.find()
    said, _colon, rest = str(caught.value).partition(': ')
    assert (said, rest.partition('. ')[2]) == (
        'the entry points of the installed distributions cannot be read',
        'One of their entry_points.txt is damaged: reinstall the '
        'distribution that it belongs to.',
    )


def load(
    value: str, install: Install
) -> tuple[list[plugins.Check], list[str]]:
    """Return the checks of a plug-in, without functions, and its problems."""
    install('unit-one', f'[unit.checks]\nmy-plug-in = {value}\n')
    entry = next(
        entry
        for entry in plugins.find(['unit.checks'])[0]
        if entry.name == 'my-plug-in'
    )
    checks, problems = plugins.load(entry)
    return [
        dataclasses.replace(check, function=print) for check in checks
    ], problems


def test_pairs_get_an_id_and_an_explanation(install: Install) -> None:
    says = (
        'What the plug-in my-plug-in of unit-one looks for; it does not say '
        'more.'
    )

    def pair(identity: str, title: str, **kwargs: int) -> plugins.Check:
        kind = results.FindingKind(
            identity, title, says, 'Its result counts like any other.'
        )
        return plugins.Pair(
            id=identity,
            title=title,
            function=print,
            kinds=(kind,),
            topic='plug-in',
            reads=(),
            description=says,
            kwargs=kwargs,
        )

    assert load('glance_status_unit:Pairs', install) == (
        [
            pair('my-plug-in:image-count', 'Image count'),
            pair('my-plug-in:image-size', 'Image size', most=7),
        ],
        [],
    )


def test_a_rich_check_stays_as_it_is(install: Install) -> None:
    assert load('glance_status_unit:Rich', install) == (
        [plugins.Check('image-count', 'Image count', print)],
        [],
    )


def test_an_entry_point_that_names_no_object_is_a_problem(
    install: Install,
) -> None:
    assert load('glance_status_unit', install) == (
        [],
        [
            'glance_status_unit cannot be loaded: TypeError: '
            "'module' object is not callable"
        ],
    )


class Mute(Exception):
    """An error that cannot be shown."""

    def __str__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize(
    ('error', 'text'),
    [
        (KeyError('word'), "KeyError: 'word'"),
        (AssertionError(), 'AssertionError'),
        (SystemExit(0), 'SystemExit: 0'),
        (ValueError('one\n  two\n'), 'ValueError: one two'),
        (ValueError('x' * 1001), f'ValueError: {"x" * 1000} ...'),
        (ValueError('no table\n[SQL: SELECT 1]\n'), 'ValueError: no table'),
        (Mute(), 'Mute: it cannot say what went wrong'),
    ],
)
def test_an_error_is_described_in_a_line(
    error: BaseException, text: str
) -> None:
    assert plugins.describe(error) == text
