# SPDX-License-Identifier: Apache-2.0
"""What a run makes of checks, whatever they and the database do."""

import dataclasses
import pathlib
import sqlite3
import typing

import pytest

from glance_status import (
    children,
    context,
    loading,
    plugins,
    progress,
    releases,
    results,
    runner,
    selection,
)
from tests.unit import checkers, plugin, reports

EPOXY = releases.find('30')
NEEDLESS = '[database]\nconnection = sqlite:////nowhere\n'
HEAD = '2024_1_contract01'
LOST = (
    '[database] connection is not set in the files that were read. '
    '`glance-status upgrade explain db-connection` says what to do.'
)


class Ran(typing.NamedTuple):
    """What came of a run; durations are left out."""

    rows: list[results.Outcome]
    not_run: list[results.NotRun]
    facts: context.Facts
    interrupted: str | None
    said: list[str]


def run(
    directory: pathlib.Path,
    *entries: plugins.Entry,
    text: str = '',
    stated: releases.Release | None = EPOXY,
    wanted: typing.Iterable[str] | None = None,
    timeout: float = 20,
    deadline: float | None = None,
    watch: progress.Watch | None = None,
    durations: list[float] | None = None,
) -> Ran:
    """Run the checks of plug-ins; those that are wanted, or all.

    :param durations: takes those of the rows
    """
    about = checkers.make(directory, text).run._replace(
        stated=stated, timeout=timeout
    )
    said: list[str] = []
    with children.Children(
        about, timeout, deadline, said.append, watch
    ) as running:
        loaded = loading.load(running, entries)
        every = {name for check in loaded.checks for name in check.ids}
        every |= {row.id for row in loaded.broken}
        chosen = selection.Selection(
            frozenset(every if wanted is None else wanted)
        )
        engine = runner.Runner(
            running,
            loaded,
            stated,
            lambda text: text.replace('hunter2', '***'),
            said.append,
        )
        rows, not_run, facts = engine.execute(chosen)
    if durations is not None:
        durations += [row.duration for row in rows]
    rows = [dataclasses.replace(row, duration=0) for row in rows]
    return Ran(rows, not_run, facts, engine.interrupted, said)


def database(directory: pathlib.Path, *statements: str) -> str:
    """Make a SQLite database; return the configuration that names it."""
    path = directory / 'glance.sqlite'
    connection = sqlite3.connect(path)
    connection.executescript(
        'CREATE TABLE alembic_version (version_num VARCHAR(32));'
        f"INSERT INTO alembic_version VALUES ('{HEAD}');"
        'CREATE TABLE images (id VARCHAR(36) PRIMARY KEY, status VARCHAR);'
        + ''.join(statements)
    )
    connection.close()
    return f'[database]\nconnection = sqlite:///{path}\n'


def row(
    identity: str, *findings: results.Finding, **changes: typing.Any
) -> results.Outcome:
    """Return the row of a check of the sample that found this."""
    return results.Outcome(
        **{
            'id': identity,
            'check': identity.capitalize(),
            'plugin': 'sample',
            'result': results.worst_of(findings),
            'details': results.details_of(findings),
            'findings': findings,
            **changes,
        }
    )


def note(text: str) -> results.Finding:
    """Return what checks of the plug-in use to say something."""
    return reports.KIND.note(text, remediation='')


def counted(kind: str, number: int) -> results.Finding:
    """Return what a check says that counts those before it."""
    return dataclasses.replace(note(f'{number} before.'), id=kind)


def rows_of(kind: str, number: int) -> results.Finding:
    """Return what a check says that asked for rows."""
    return dataclasses.replace(note(f'{number} rows.'), id=kind)


def broke(identity: str, reason: str) -> results.Outcome:
    """Return the row of a check of the sample that broke."""
    return row(
        identity,
        result=255,
        details='The check broke (plug-in sample of the distribution '
        f'sample-pkg): {reason}',
    )


def not_run(
    identity: str, cause: results.Cause, reason: str
) -> results.NotRun:
    """Return the row of a check of the sample that did not run."""
    return results.NotRun(
        identity, identity.capitalize(), 'sample', cause, reason
    )


UNREACHABLE = results.Outcome(
    id='database-connection',
    check='Database connection',
    plugin='glance',
    result=255,
    details=LOST,
)
BLOCKED = 'the database is out of reach'


def test_each_check_has_a_row_in_its_order(tmp_path: pathlib.Path) -> None:
    assert run(tmp_path, plugin.entry()) == Ran(
        [
            row('fine'),
            row(
                'finds',
                reports.KIND.failure(
                    'Stop ***.',
                    remediation='Change ***.',
                    affected=results.Affected(2, ('***', 'b')),
                ),
                plugin.OTHER.note('Know ***.'),
            ),
        ],
        [],
        context.Facts((EPOXY,)),
        None,
        [],
    )


def test_what_was_not_wanted_did_not_run(tmp_path: pathlib.Path) -> None:
    ran = run(tmp_path, plugin.entry(), wanted={'new-thing'})
    assert ran.rows == [row('finds', plugin.OTHER.note('Know ***.'))]
    assert ran.not_run == [
        not_run('fine', 'deselected', 'left out by the operator')
    ]


def test_who_watches_hears_of_the_checks_that_run(
    tmp_path: pathlib.Path,
) -> None:
    begun: list[tuple[str, str]] = []

    class Heard(progress.Watch):
        def begin(self, what: str, limit: float, place: str = '') -> None:
            begun.append((what, place))

    run(
        tmp_path,
        plugin.entry(),
        plugin.entry('Raises', name='other'),
        wanted={'finds', 'old-thing'},
        watch=Heard(),
    )
    assert begun == [
        ('loading the plug-in sample', ''),
        ('loading the plug-in other', ''),
        ('Finds', '1/1'),
    ]


def test_a_check_that_breaks_says_so_and_shows_its_trace(
    tmp_path: pathlib.Path,
) -> None:
    ran = run(tmp_path, plugin.entry('Raises'))
    assert ran.rows == [broke('raises', 'it raised ValueError: *** is wrong')]
    (said,) = ran.said
    assert said.startswith('the check raises:\nTraceback ')
    assert said.endswith('\nValueError: hunter2 is wrong\n')


def test_a_check_with_nothing_to_look_at_did_not_run(
    tmp_path: pathlib.Path,
) -> None:
    ran = run(tmp_path, plugin.entry('PassesBy'))
    assert (ran.rows, ran.not_run) == (
        [],
        [not_run('passes-by', 'inapplicable', 'there is no ***')],
    )


def test_a_process_that_is_gone_or_busy_is_there_again_for_the_next(
    tmp_path: pathlib.Path,
) -> None:
    ran = run(
        tmp_path,
        plugin.entry('All'),
        text=NEEDLESS,
        wanted={'first', 'again', 'prints', 'second', 'dies', 'last'},
    )
    assert ran.rows == [
        row('first', counted('first', 0)),
        row('again', counted('again', 1)),
        row('prints'),
        # What printed had left a thread behind.
        row('second', counted('second', 0)),
        broke('dies', 'its process ended in the middle of it (exit code 3).'),
        row('last', counted('last', 0)),
    ]
    assert ran.said == ['the plug-in sample printed:\nhello']


def test_a_check_that_takes_too_long_is_stopped(
    tmp_path: pathlib.Path,
) -> None:
    durations: list[float] = []
    ran = run(
        tmp_path, plugin.entry('Sleeps'), timeout=0.3, durations=durations
    )
    assert ran.rows == [
        broke(
            'sleeps',
            'it took longer than 0.3 seconds and was stopped. Allow more '
            'with --timeout.',
        )
    ]
    # It got a second more.
    (duration,) = durations
    assert 1.3 <= duration < 3


def test_what_a_check_took_is_told_in_thousandths(
    tmp_path: pathlib.Path,
) -> None:
    durations: list[float] = []
    run(tmp_path, plugin.entry('Often'), durations=durations)
    assert durations == [round(each, 3) for each in durations]
    # One of them may have a zero there, and not all.
    assert durations != [round(each, 2) for each in durations]


def test_past_the_deadline_nothing_runs(tmp_path: pathlib.Path) -> None:
    ran = run(
        tmp_path,
        plugin.entry('Sleeps'),
        plugin.entry('Fine', name='other'),
        deadline=1,
    )
    late = 'the deadline of 1 seconds was reached'
    assert ran.rows == [broke('sleeps', late)]
    assert ran.not_run == [
        results.NotRun('fine', 'Fine', 'other', 'blocked', late)
    ]


def test_a_database_that_is_out_of_reach_has_one_row(
    tmp_path: pathlib.Path,
) -> None:
    ran = run(
        tmp_path,
        plugin.entry('Opens'),
        plugin.entry('Told', name='other'),
        stated=None,
    )
    assert ran.rows == [
        UNREACHABLE,
        row('told', note(f'[] [] {LOST}'), plugin='other'),
    ]
    assert ran.not_run == [not_run('opens', 'blocked', BLOCKED)]
    assert ran.facts == context.Facts()


def test_where_no_check_needs_it_the_database_has_no_row(
    tmp_path: pathlib.Path,
) -> None:
    ran = run(tmp_path, plugin.entry('Told'), stated=None)
    assert ran.rows == [row('told', note(f'[] [] {LOST}'))]


def test_a_database_that_is_not_needed_is_not_asked(
    tmp_path: pathlib.Path,
) -> None:
    ran = run(tmp_path, plugin.entry('Told'))
    assert ran.rows == [row('told', note("['30.0.0'] [] None"))]


@pytest.mark.parametrize(
    ('stated', 'source'),
    [
        (EPOXY, (EPOXY,)),
        (
            None,
            tuple(map(releases.find, ('28', '29', '30', '31', '32', '33'))),
        ),
    ],
)
def test_checks_are_told_where_the_database_stands(
    tmp_path: pathlib.Path,
    stated: releases.Release | None,
    source: tuple[releases.Release, ...],
) -> None:
    ran = run(
        tmp_path,
        plugin.entry('Told'),
        plugin.entry('Opens', name='other'),
        text=database(tmp_path),
        stated=stated,
    )
    facts = context.Facts(source, (HEAD,))
    versions = [release.version for release in source]
    assert ran.facts == facts
    assert ran.rows == [
        row('told', note(f"{versions} ['{HEAD}'] None")),
        row('opens', plugin='other'),
    ]


@pytest.mark.parametrize(
    ('distribution', 'revision'),
    # Ours is there already, and may be asked.
    [('sample-pkg', HEAD), ('glance-status', 'lie')],
)
def test_where_the_database_stands_is_no_matter_of_other_plug_ins(
    tmp_path: pathlib.Path, distribution: str, revision: str
) -> None:
    entry = plugin.entry('Lying', distribution=distribution)
    ran = run(tmp_path, entry, text=database(tmp_path))
    assert ran.facts == context.Facts((EPOXY,), (revision,))


@pytest.mark.parametrize(
    ('value', 'reason'),
    [
        ('Slow', 'the database gave no answer in time'),
        (
            'Ending',
            'asking the database failed: its process ended in the middle of '
            'it (exit code 4)',
        ),
    ],
)
def test_a_database_that_gives_no_answer_is_out_of_reach(
    tmp_path: pathlib.Path, value: str, reason: str
) -> None:
    entry = plugin.entry(value, distribution='glance-status')
    ran = run(tmp_path, entry, text=database(tmp_path), timeout=1)
    assert ran.rows == [
        dataclasses.replace(UNREACHABLE, details=reason),
        row('told', note(f"['30.0.0'] [] {reason}")),
    ]
    assert ran.not_run == [not_run('opens', 'blocked', BLOCKED)]


@pytest.mark.parametrize(
    ('value', 'identity', 'reason'),
    [
        ('Nothing', 'fine', "KeyError('findings')"),
        (
            'NoFindings',
            'fine',
            'TypeError("\'int\' object is not iterable")',
        ),
        (
            'NoTime',
            'fine',
            'ValueError("could not convert string to float: \'x\'")',
        ),
        ('NoSurvey', 'asked', "KeyError('refused')"),
        (
            'NoRefusals',
            'asked',
            'TypeError("\'int\' object is not iterable")',
        ),
        (
            'NoAnswers',
            'asked',
            "AttributeError(\"'int' object has no attribute 'items'\")",
        ),
    ],
)
def test_a_process_that_answers_something_else_breaks_its_check_alone(
    tmp_path: pathlib.Path, value: str, identity: str, reason: str
) -> None:
    ran = run(
        tmp_path,
        plugin.entry(value),
        plugin.entry('Prints', name='other'),
        text=database(tmp_path),
        wanted={identity, 'prints'},
    )
    assert ran.rows == [
        broke(identity, f'its process sent something unreadable: {reason}.'),
        row('prints', plugin='other'),
    ]


def test_a_check_that_finds_the_database_gone_blocks_the_next(
    tmp_path: pathlib.Path,
) -> None:
    # It does not say that it reads the database, so it is not asked before.
    ran = run(tmp_path, plugin.entry('Secretly'))
    assert ran.rows == [
        UNREACHABLE,
        row('told', note(f"['30.0.0'] [] {LOST}")),
    ]
    assert ran.not_run == [
        not_run('opens', 'blocked', BLOCKED),
    ]


def test_what_rows_are_asked_for_is_answered(tmp_path: pathlib.Path) -> None:
    text = database(
        tmp_path,
        "INSERT INTO images VALUES ('a', 'active'), ('b', 'active'), "
        "('c', 'queued');",
    )
    ran = run(
        tmp_path,
        plugin.entry('Asking'),
        plugin.entry('AskingToo', name='other'),
        text=text,
    )
    assert ran.rows == [
        row('asked', rows_of('asked', 2)),
        row('asked-too', rows_of('asked-too', 2), plugin='other'),
    ]


OURS = {'name': 'glance', 'distribution': plugins.DISTRIBUTION}


def test_our_own_rows_are_counted_though_the_process_died_meanwhile(
    tmp_path: pathlib.Path,
) -> None:
    ran = run(
        tmp_path,
        plugin.entry('DyingAndAsking', **OURS),
        text=database(tmp_path, "INSERT INTO images VALUES ('a', 'active');"),
    )
    assert ran.rows == [
        row(
            'dies',
            plugin='glance',
            result=255,
            details='The check broke: its process ended in the middle of it '
            '(exit code 3).',
        ),
        row('asked', rows_of('asked', 1), plugin='glance'),
    ]


@pytest.mark.parametrize(('about', 'begun'), [(OURS, ['asked']), ({}, [])])
def test_our_own_survey_begins_before_the_first_check(
    tmp_path: pathlib.Path, about: dict[str, str], begun: list[str]
) -> None:
    ran = run(
        tmp_path,
        plugin.entry('TellingAndAsking', **about),
        text=database(tmp_path),
    )
    plugin_name = about.get('name', 'sample')
    assert ran.rows == [
        row('first', note(f'Begun: {begun}.'), plugin=plugin_name),
        row('last', plugin=plugin_name),
    ]


@pytest.mark.parametrize(
    ('value', 'reason'),
    [
        (
            'NoSurvey',
            "its process sent something unreadable: KeyError('refused').",
        ),
        ('NoRefusals', 'its process sent something unreadable: TypeError('),
        (
            'NoAnswers',
            'its process sent something unreadable: AttributeError(',
        ),
        (
            'AskingDeadly',
            'what it asks of the rows was not answered: its process ended in '
            'the middle of it (exit code 5).',
        ),
    ],
)
def test_our_own_survey_that_does_not_come_to_its_end_is_no_other_way(
    tmp_path: pathlib.Path, value: str, reason: str
) -> None:
    ran = run(
        tmp_path,
        plugin.entry(value, **OURS),
        text=database(tmp_path, "INSERT INTO images VALUES ('a', 'active');"),
    )
    assert ran.rows
    for each in ran.rows:
        assert (each.plugin, each.result) == ('glance', 255)
        assert each.details
        assert reason in each.details


def test_what_is_not_wanted_asks_nothing(tmp_path: pathlib.Path) -> None:
    ran = run(
        tmp_path,
        plugin.entry('AskingDeadly'),
        text=database(tmp_path, "INSERT INTO images VALUES ('a', 'active');"),
        wanted={'asked'},
    )
    assert ran.rows == [row('asked', rows_of('asked', 1))]


def test_what_a_table_lacks_is_no_error(tmp_path: pathlib.Path) -> None:
    text = database(tmp_path, 'DROP TABLE images;')
    ran = run(tmp_path, plugin.entry('Asking'), text=text)
    assert (ran.rows, ran.not_run) == (
        [],
        [not_run('asked', 'inapplicable', 'the database has no table images')],
    )


def test_nobody_asks_for_rows_of_a_database_that_is_out_of_reach(
    tmp_path: pathlib.Path,
) -> None:
    ran = run(tmp_path, plugin.entry('Asking'))
    assert (ran.rows, ran.not_run) == (
        [UNREACHABLE],
        [not_run('asked', 'blocked', BLOCKED)],
    )


def test_a_survey_is_made_where_somebody_asks_and_is_answered(
    tmp_path: pathlib.Path,
) -> None:
    aloud = plugin.entry('AskingAloud')
    text = database(tmp_path)
    heard = 'the plug-in sample printed:\nsurveyed'
    assert run(tmp_path, aloud, text=text).said[-1] == heard
    assert run(tmp_path, aloud).said == []
    assert run(tmp_path, plugin.entry('Aloud'), text=text).said == []


@pytest.mark.parametrize(
    ('value', 'identities', 'reason'),
    [
        (
            'AskingDeadly',
            ('asked', 'deadly'),
            'what it asks of the rows was not answered: its process ended in '
            'the middle of it (exit code 5).',
        ),
        (
            'AskingEndless',
            ('endless',),
            'a statement took longer than 2 seconds and was given up. Allow '
            'more with --timeout.',
        ),
    ],
)
def test_a_survey_that_does_not_come_to_its_end_breaks_its_plug_in_alone(
    tmp_path: pathlib.Path,
    value: str,
    identities: tuple[str, ...],
    reason: str,
) -> None:
    ran = run(
        tmp_path,
        plugin.entry(value),
        plugin.entry('Fine', name='other'),
        text=database(tmp_path, "INSERT INTO images VALUES ('a', 'active');"),
        timeout=2,
    )
    assert ran.rows == [
        *(broke(identity, reason) for identity in identities),
        row('fine', plugin='other'),
    ]


def test_a_plug_in_that_is_broken_has_its_row_where_it_is_wanted(
    tmp_path: pathlib.Path,
) -> None:
    bad = plugin.entry('Missing', name='bad')
    ran = run(tmp_path, bad, plugin.entry('Fine'))
    assert [(each.id, each.result) for each in ran.rows] == [
        ('fine', 0),
        ('bad:plug-in', 255),
    ]
    assert run(tmp_path, bad, plugin.entry('Fine'), wanted={'fine'}).rows == [
        row('fine')
    ]


def test_an_interruption_leaves_what_was_done(tmp_path: pathlib.Path) -> None:
    class Interrupting(progress.Watch):
        def begin(self, what: str, limit: float, place: str = '') -> None:
            if what == 'Prints':
                raise children.Interrupted('SIGINT')

    ran = run(
        tmp_path,
        plugin.entry('All'),
        text=NEEDLESS,
        wanted={'first', 'prints', 'second'},
        watch=Interrupting(),
    )
    assert ran.interrupted == 'SIGINT'
    assert ran.rows == [row('first', counted('first', 0))]
    assert ran.not_run == [
        not_run('again', 'deselected', 'left out by the operator'),
        not_run('prints', 'blocked', 'the run was interrupted by SIGINT'),
        not_run('second', 'blocked', 'the run was interrupted by SIGINT'),
        not_run('dies', 'deselected', 'left out by the operator'),
        not_run('last', 'deselected', 'left out by the operator'),
    ]
