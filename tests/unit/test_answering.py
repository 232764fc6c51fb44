# SPDX-License-Identifier: Apache-2.0
"""What the process of a plug-in answers, asked in this process."""

import os
import pathlib
import sqlite3
import typing

import pytest

from glance_status import answering, context, plugins
from tests.unit import checkers, plugin, reports

Text = dict[str, typing.Any]

OURS = 'glance-status'
NOTHING: Text = {'findings': [], 'details': None}
NO_FACTS: Text = {'source': [], 'revisions': [], 'unreachable': None}
LOST = (
    '[database] connection is not set in the files that were read. '
    '`glance-status upgrade explain db-connection` says what to do.'
)


def serve(
    directory: pathlib.Path,
    value: str,
    text: str = '',
    distribution: str = 'sample-pkg',
) -> answering.Served:
    """Return what serves a plug-in whose checks are loaded."""
    run = checkers.make(directory, text).run
    entry = plugin.entry(value, distribution=distribution)
    served = answering.Served(entry, run)
    assert answering.answer({'do': 'load'}, served)['problems'] == []
    return served


def run(served: answering.Served, identity: str) -> Text:
    """Return what a check answers, but for the time that it took."""
    request = {
        'do': 'run',
        'id': identity,
        'facts': NO_FACTS,
        'answers': {},
        'otherwise': None,
    }
    reply = answering.answer(request, served)
    assert 0 <= reply.pop('duration') < 60
    return reply


def database(directory: pathlib.Path, *statements: str) -> str:
    """Make a database of two images; return the configuration of it."""
    path = directory / 'glance.sqlite'
    connection = sqlite3.connect(path)
    connection.executescript(
        'CREATE TABLE images (id VARCHAR(36) PRIMARY KEY, status VARCHAR);'
        "INSERT INTO images VALUES ('a', 'active'), ('b', 'active');"
        + ''.join(statements)
    )
    connection.close()
    return f'[database]\nconnection = sqlite:///{path}\n'


def noted(kind: str, text: str) -> Text:
    """Return the answer of a check that has something to say."""
    finding = {
        'id': kind,
        'result': 0,
        'message': text,
        'remediation': reports.KIND.remediation,
        'since': reports.KIND.since,
        'reference': reports.KIND.reference,
        'affected': None,
        'state': 'active',
        'waiver': None,
    }
    return {
        'findings': [finding],
        'details': f'{text} {reports.KIND.remediation}',
    }


def test_checks_are_told_before_there_is_a_run() -> None:
    served = answering.Served(plugin.entry(), None)
    reply = answering.answer({'do': 'load'}, served)
    assert [check['id'] for check in reply['checks']] == ['fine', 'finds']
    assert reply['problems'] == []
    assert list(served.checks) == ['fine', 'finds']


def test_an_option_of_the_command_line_is_one_of_the_files(
    tmp_path: pathlib.Path,
) -> None:
    text = '[DEFAULT]\ncolour = red\nsize = 7\n'
    assert run(serve(tmp_path, 'Registers', text), 'registers') == {
        **noted('old-thing', 'red 7'),
        'runs_on': False,
    }
    # Ours have no business there.
    reply = run(serve(tmp_path, 'Registers', text, OURS), 'registers')
    assert reply['broken'] == (
        'the configuration cannot be used: arguments already parsed: '
        'cannot register CLI option'
    )


def test_a_database_that_says_nothing_of_itself_is_reached_all_the_same(
    tmp_path: pathlib.Path,
) -> None:
    text = database(tmp_path, 'CREATE TABLE alembic_version (other INTEGER);')
    served = serve(tmp_path, 'Good', text)
    assert answering.answer({'do': 'probe'}, served) == NO_FACTS


def test_what_a_check_of_others_changed_is_put_back(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('DISTURBED', 'no')
    reply = run(serve(tmp_path, 'Disturbs'), 'disturbs')
    assert reply == {**NOTHING, 'runs_on': False}
    assert os.environ['DISTURBED'] == 'no'


def test_a_database_that_cannot_be_left_leaves_what_was_found(
    tmp_path: pathlib.Path,
) -> None:
    served = serve(tmp_path, 'Spoils', database(tmp_path))
    assert run(served, 'spoils') == {
        **NOTHING,
        'trace': 'RuntimeError: it stays open',
        'runs_on': False,
    }


def test_who_cannot_ask_is_refused_with_the_reason(
    tmp_path: pathlib.Path,
) -> None:
    served = serve(tmp_path, 'AskingSlowly')
    request = {'do': 'survey', 'ids': ['fine'], 'facts': NO_FACTS}
    durations = []
    for _ in range(5):
        refused = answering.answer(request, served)['refused']
        assert list(refused) == ['fine']
        assert refused['fine']['broken'] == (
            'it raised ValueError: it does not know what to ask'
        )
        durations.append(refused['fine']['duration'])
    assert_in_thousandths(durations)


def test_what_a_check_took_is_told(tmp_path: pathlib.Path) -> None:
    served = serve(tmp_path, 'Lingers')
    request = {
        'do': 'run',
        'id': 'lingers',
        'facts': NO_FACTS,
        'answers': {},
        'otherwise': None,
    }
    assert_in_thousandths(
        [answering.answer(request, served)['duration'] for _ in range(5)]
    )


def assert_in_thousandths(durations: list[float]) -> None:
    assert all(0.004 <= each < 60 for each in durations)
    assert durations == [round(each, 3) for each in durations]
    # One of them may have a zero there, and not all.
    assert durations != [round(each, 2) for each in durations]


def test_a_survey_of_a_database_that_is_out_of_reach(
    tmp_path: pathlib.Path,
) -> None:
    served = serve(tmp_path, 'Asking')
    request = {'do': 'survey', 'ids': ['asked'], 'facts': NO_FACTS}
    assert answering.answer(request, served) == {
        'refused': {},
        'unreachable': LOST,
    }
    assert answering.answer({'do': 'step'}, served) == {'step': None}


def test_a_survey_of_ours_of_a_database_that_has_gone_meanwhile(
    tmp_path: pathlib.Path,
) -> None:
    served = serve(
        tmp_path, 'Asking', database(tmp_path), plugins.DISTRIBUTION
    )
    request = {'do': 'survey', 'ids': ['asked'], 'facts': NO_FACTS}
    assert answering.answer(request, served) == {'refused': {}}
    (tmp_path / 'glance.sqlite').unlink()
    step = answering.answer({'do': 'step'}, served)
    said = step['unreachable'].replace(str(tmp_path), '')
    assert said.startswith('the SQLite file /glance.sqlite does not exist.')
    assert answering.answer({'do': 'step'}, served) == {'step': None}


def alone(directory: pathlib.Path, text: str, check: typing.Any) -> Text:
    """Return what a check answers that is run by itself."""
    about = checkers.make(directory, text).run
    return answering.run_alone(check, about, context.Facts())


def test_a_check_by_itself_has_its_rows_counted(
    tmp_path: pathlib.Path,
) -> None:
    reply = alone(tmp_path, database(tmp_path), plugin.asking())
    assert 0 <= reply.pop('duration') < 60
    assert reply == {**noted('asked', '2 rows.'), 'runs_on': False}


def test_a_check_by_itself_that_asks_nothing_needs_no_database(
    tmp_path: pathlib.Path,
) -> None:
    reply = alone(tmp_path, '', plugin.check(plugin.fine))
    assert 0 <= reply.pop('duration') < 60
    assert reply == {**NOTHING, 'runs_on': False}


def test_a_check_by_itself_whose_database_is_out_of_reach(
    tmp_path: pathlib.Path,
) -> None:
    assert alone(tmp_path, '', plugin.asking()) == {
        **NOTHING,
        'unreachable': LOST,
        'duration': 0.0,
    }


def test_a_check_by_itself_that_cannot_ask(tmp_path: pathlib.Path) -> None:
    check = plugin.check(plugin.fine, asks=plugin.asks_slowly)
    reply = alone(tmp_path, '', check)
    assert reply.pop('trace').startswith('Traceback ')
    assert 0 <= reply.pop('duration') < 60
    assert reply == {
        **NOTHING,
        'broken': 'it raised ValueError: it does not know what to ask',
    }


@pytest.mark.parametrize('distribution', ['sample-pkg', OURS])
def test_what_is_loaded_is_run(
    tmp_path: pathlib.Path, distribution: str
) -> None:
    served = serve(tmp_path, 'Good', '', distribution)
    assert run(served, 'fine') == {**NOTHING, 'runs_on': False}
    assert answering.answer({'do': 'leave'}, served) == {}
