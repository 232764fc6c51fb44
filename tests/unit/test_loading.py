# SPDX-License-Identifier: Apache-2.0
"""What a run knows of plug-ins after it loaded them."""

import pytest

from glance_status import children, loading, plugins, results, selection
from tests.unit import plugin, reports

GOOD = plugin.entry()
OTHER = plugin.entry('Twin', name='other')

FINE = selection.Listed(
    entry=GOOD,
    id='fine',
    title='Fine',
    topic='things',
    reads=(),
    description='Looks.',
    kinds=(),
)
FINDS = selection.Listed(
    entry=GOOD,
    id='finds',
    title='Finds',
    topic='other',
    reads=('files',),
    description='',
    kinds=(reports.KIND, plugin.OTHER),
)


def load(
    *entries: plugins.Entry,
    timeout: float = 20,
    conflicts: tuple[plugins.Conflict, ...] = (),
) -> loading.Loaded:
    """Load plug-ins in a run that will run no check."""
    with children.Children(None, timeout) as running:
        return loading.load(
            running,
            entries,
            conflicts,
            lambda text: text.replace('sample', '***'),
        )


def broken(entry: plugins.Entry, *problems: str) -> results.Outcome:
    """Return the row of a plug-in in which something is wrong."""
    return results.Outcome(
        id=f'{entry.name}:plug-in',
        check=f'Plug-in {entry.name}',
        plugin=entry.name,
        result=255,
        details=f'The plug-in {entry.name} of the distribution sample-pkg is '
        'broken:\n' + '\n'.join(problems) + '\nUpdate or uninstall '
        f"sample-pkg, or leave it out with `--skip '{entry.name}:*'`.",
    )


def test_checks_are_listed_as_their_plug_in_describes_them() -> None:
    assert load(GOOD) == loading.Loaded([FINE, FINDS], [], None)


def test_a_check_that_asks_is_known_to() -> None:
    (check,) = load(plugin.entry('Asking')).checks
    assert (check.id, check.asks, FINE.asks) == ('asked', True, False)


def test_an_id_is_for_who_came_first() -> None:
    loaded = load(GOOD, OTHER)
    assert [check.id for check in loaded.checks] == ['fine', 'finds', 'told']
    assert loaded.broken == [
        broken(
            OTHER,
            'its check finds is left out: *** has the id finds already',
            'its check waivers is left out: glance-status has the id waivers '
            'already',
        )
    ]


def test_the_id_of_a_finding_is_for_who_came_first_too() -> None:
    loaded = load(OTHER, plugin.entry('Raises'))
    assert [check.id for check in loaded.checks] == ['finds', 'told']
    assert loaded.broken[1] == broken(
        plugin.entry('Raises'),
        'its check raises is left out: other has the id old-thing already',
    )


def test_the_row_of_a_plug_in_is_no_check_of_it() -> None:
    reserved = plugin.entry('Reserved')
    assert load(reserved) == loading.Loaded(
        [],
        [
            broken(
                reserved,
                'its check ***:plug-in is left out: the run has the id '
                '***:plug-in already',
            )
        ],
    )


def test_an_entry_point_that_is_there_twice_is_told_of() -> None:
    conflict = plugins.Conflict(GOOD, (plugin.entry('Twin'),))
    loaded = load(GOOD, conflicts=(conflict,))
    assert loaded.checks == [FINE, FINDS]
    assert loaded.broken == [
        broken(GOOD, str(conflict).replace('sample', '***'))
    ]


@pytest.mark.parametrize(
    ('value', 'timeout', 'said'),
    [
        ('Endless', 0.2, 'it did not load within 0.2 seconds'),
        (
            'Deadly',
            20,
            'it did not load: its process ended in the middle of it (exit '
            'code 7)',
        ),
        (
            'Missing',
            20,
            'tests.unit.plugin:Missing cannot be loaded: AttributeError: '
            "module 'tests.unit.plugin' has no attribute 'Missing'",
        ),
    ],
)
def test_a_plug_in_that_does_not_load_leaves_the_others(
    value: str, timeout: float, said: str
) -> None:
    entry = plugin.entry(value, name='bad')
    loaded = load(entry, GOOD, timeout=timeout)
    assert loaded == loading.Loaded([FINE, FINDS], [broken(entry, said)])


def test_an_interruption_ends_the_loading() -> None:
    def interrupt() -> None:
        raise children.Interrupted('SIGTERM')

    with children.Children(None, 20, meanwhile=interrupt) as running:
        loaded = loading.load(running, [GOOD])
    assert loaded == loading.Loaded([], [], 'SIGTERM')
