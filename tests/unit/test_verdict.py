# SPDX-License-Identifier: Apache-2.0
"""What the run is told of a check, and of what it returned or raised."""

import dataclasses
import decimal
import sqlite3
import typing

import pytest
import sqlalchemy
from oslo_config import cfg
from oslo_db import exception as db_exception
from oslo_upgradecheck import upgradecheck
from sqlalchemy import exc

from glance_status import context, database, plugins, results, rows, verdict
from tests.unit import reports

Text = dict[str, typing.Any]


def nothing(checker: context.Checker) -> None:
    """Never run here."""


CHECK = plugins.Check('a-check', 'First', nothing, (reports.KIND,))
PAIR = plugins.Pair('a-check', 'First', nothing)


def document(**changes: typing.Any) -> Text:
    """Return a warning of the kind old-thing as it is sent."""
    return {
        'id': 'old-thing',
        'result': 1,
        'message': 'Look.',
        'remediation': 'Do.',
        'since': '28.0.0',
        'reference': 'https://example.org/thing',
        'affected': None,
        'state': 'active',
        'waiver': None,
        **changes,
    }


def finding(**changes: typing.Any) -> results.Finding:
    """Return a warning of the kind old-thing."""
    return results.Finding(**document(**changes))


class Lazy(str):
    """A text that is translated when it is shown."""

    __slots__ = ()

    def __str__(self) -> str:
        return f'{self[:]}'


def test_the_run_is_told_texts_that_a_terminal_can_show() -> None:
    check = plugins.Check(
        id='a-check',
        title=Lazy('First\n\x1b[31m check'),
        function=nothing,
        kinds=(
            dataclasses.replace(
                reports.KIND,
                title='A thing\x00is  old',
                matters=Lazy('They\nbreak.'),
                reference=None,
            ),
        ),
        topic='some\tthings',
        reads=('files\n', 'host'),
        description=Lazy('Looks.'),
    )
    assert verdict.describe(check) == {
        'id': 'a-check',
        'title': 'First [31m check',
        'topic': 'some things',
        'reads': ['files', 'host'],
        'description': 'Looks.',
        'asks': False,
        'kinds': [
            {
                'id': 'old-thing',
                'title': 'A thing is old',
                'looks_for': 'Old things.',
                'matters': 'They\nbreak.',
                'remediation': reports.KIND.remediation,
                'since': '28.0.0',
                'reference': None,
            }
        ],
    }


def test_the_run_is_told_who_asks_of_rows() -> None:
    asking = dataclasses.replace(CHECK, asks=lambda checker: ())
    assert verdict.describe(asking)['asks'] is True


def test_findings_are_sent_the_worst_first() -> None:
    assert verdict.judged(
        CHECK,
        iter(
            [
                finding(result=0, message='Know.'),
                finding(result=2, message='Stop.'),
                finding(result=1),
                finding(result=2, message='Halt.', remediation=None),
            ]
        ),
    ) == {
        'details': 'Stop. Do.\nHalt.\nLook. Do.\nKnow. Do.',
        'findings': [
            document(result=2, message='Stop.'),
            document(result=2, message='Halt.', remediation=None),
            document(),
            document(result=0, message='Know.'),
        ],
    }


def test_a_sample_is_cut_and_all_is_sent_as_plain_values() -> None:
    message = verdict.judged(
        CHECK,
        [
            finding(
                result=True,
                message=Lazy('Look.'),
                remediation=Lazy('Do.'),
                reference=Lazy('https://example.org/thing'),
                since=Lazy('28.0.0'),
                affected=results.Affected(
                    12, typing.cast(tuple[str, ...], tuple(range(12)))
                ),
            )
        ],
    )
    assert message['findings'] == [
        document(affected={'count': 12, 'sample': [str(n) for n in range(10)]})
    ]
    sent = message['findings'][0]
    assert {
        name: type(sent[name])
        for name in ('result', 'message', 'remediation', 'since', 'reference')
    } == {
        'result': int,
        'message': str,
        'remediation': str,
        'since': str,
        'reference': str,
    }


@pytest.mark.parametrize(
    'affected',
    [
        None,
        results.Affected(2, ('a', 'b')),
        results.Affected(typing.cast(int, decimal.Decimal(2)), ('a', 'b')),
    ],
)
def test_as_many_names_as_objects_are_right(
    affected: results.Affected | None,
) -> None:
    assert verdict.judged(CHECK, [finding(affected=affected)]) == {
        'details': 'Look. Do.',
        'findings': [
            document(affected=affected and {'count': 2, 'sample': ['a', 'b']})
        ],
    }


def test_nothing_was_found() -> None:
    assert verdict.judged(CHECK, []) == {'details': None, 'findings': []}


OTHER = 'and neither findings nor an oslo_upgradecheck.upgradecheck.Result'


@pytest.mark.parametrize(
    ('returned', 'reason'),
    [
        (None, f'it returned NoneType, {OTHER}'),
        (7, f'it returned int, {OTHER}'),
        (finding(), 'a list'),
        ([finding(), 'Look.'], f'it returned str, {OTHER}'),
        (
            [finding(), finding(id='new-thing')],
            'it returned the finding new-thing, which it does not declare',
        ),
        (
            [finding(id=['old-thing'])],
            "it returned the finding ['old-thing'], which it does not declare",
        ),
        *(
            (
                [finding(), finding(**changes)],
                f'it returned the finding old-thing with {wrong}',
            )
            for changes, wrong in [
                ({'result': 3}, 'the unknown result 3'),
                ({'result': 255}, 'the unknown result 255'),
                ({'message': 7}, 'a message that is no text but int'),
                ({'message': None}, 'a message that is no text but NoneType'),
                (
                    {'remediation': ['Do.']},
                    'a remediation that is no text but list',
                ),
                ({'state': 'known'}, 'a state, which only the run decides'),
                ({'waiver': {}}, 'a state, which only the run decides'),
                (
                    {'since': '28'},
                    "since '28', which is no version like 28.0.0",
                ),
                *(
                    (
                        {'affected': affected},
                        'affected objects that are not a number and a list',
                    )
                    for affected in (
                        ('a', 'b'),
                        {'count': 2},
                        results.Affected(typing.cast(int, None)),
                        results.Affected(typing.cast(int, 'two')),
                        results.Affected(1, typing.cast(tuple[str], 1)),
                    )
                ),
                (
                    {'affected': results.Affected(1, ('a', 'b'))},
                    'fewer affected objects than it names',
                ),
            ]
        ),
    ],
)
def test_what_is_no_finding_breaks_the_check(
    returned: typing.Any, reason: str
) -> None:
    expected = {'broken': reason}
    if reason == 'a list':
        # One finding is as good as a list of one.
        expected = {'details': 'Look. Do.', 'findings': [document()]}
    assert verdict.judged(CHECK, returned) == expected


def test_a_finding_may_have_no_version() -> None:
    assert verdict.judged(CHECK, [finding(since=None)]) == {
        'details': 'Look. Do.',
        'findings': [document(since=None)],
    }


@pytest.mark.parametrize('check', [CHECK, PAIR])
@pytest.mark.parametrize(
    ('code', 'details', 'expected'),
    [
        (upgradecheck.Code.SUCCESS, None, {'details': None}),
        (upgradecheck.Code.SUCCESS, 'Fine.', {'details': 'Fine.'}),
        (
            upgradecheck.Code.WARNING,
            Lazy('Look.'),
            {
                'details': 'Look.',
                'findings': [
                    document(
                        id='a-check',
                        remediation=None,
                        since=None,
                        reference=None,
                    )
                ],
            },
        ),
        (
            2,
            '',
            {
                'details': '',
                'findings': [
                    document(
                        id='a-check',
                        result=2,
                        message='First',
                        remediation=None,
                        since=None,
                        reference=None,
                    )
                ],
            },
        ),
        (3, 'What?', {'broken': 'it returned the unknown code 3'}),
    ],
)
def test_a_result_of_oslo_upgradecheck_is_one_finding(
    check: plugins.Check, code: typing.Any, details: typing.Any, expected: Text
) -> None:
    returned = upgradecheck.Result(upgradecheck.Code.SUCCESS, details)
    returned.code = code
    assert verdict.judged(check, returned) == expected


def test_a_pair_has_to_return_a_result() -> None:
    assert verdict.judged(PAIR, []) == {
        'broken': 'it returned list, and no '
        'oslo_upgradecheck.upgradecheck.Result'
    }


def of_the_driver() -> exc.DBAPIError:
    """Return what is raised for a table that is not there."""
    with sqlalchemy.create_engine('sqlite://').connect() as connection:
        try:
            connection.execute(sqlalchemy.text('SELECT id FROM images'))
        except exc.DBAPIError as error:
            return error
    raise AssertionError('the table is there')


@pytest.mark.parametrize(
    ('error', 'key', 'reason'),
    [
        (
            database.Unreachable('Nobody listens.'),
            'unreachable',
            'Nobody listens.',
        ),
        (
            of_the_driver(),
            'broken',
            'the database said: no such table: images',
        ),
        (
            db_exception.DBError(of_the_driver()),
            'broken',
            'the database said: no such table: images',
        ),
        (
            sqlite3.OperationalError('no such table: images'),
            'broken',
            'it raised OperationalError: no such table: images',
        ),
        (
            cfg.NoSuchOptError('workers'),
            'broken',
            'it asked for what it did not register (no such option workers '
            'in group [DEFAULT])',
        ),
        (
            cfg.NoSuchGroupError('paste'),
            'broken',
            'it asked for what it did not register (no such group [paste])',
        ),
        (
            cfg.RequiredOptError('workers'),
            'broken',
            'the configuration cannot be used: value required for option '
            'workers in group [DEFAULT]',
        ),
        (SystemExit(2), 'broken', 'it called sys.exit(2)'),
        (ValueError('bad'), 'broken', 'it raised ValueError: bad'),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_a_check_raises_is_told_with_its_traceback(
    error: BaseException, key: str, reason: str
) -> None:
    try:
        raise error
    except BaseException as caught:
        told = verdict.broken(caught)
    trace = told.pop('trace')
    assert told == {key: reason}
    assert trace.startswith('Traceback (most recent call last):\n')
    assert f'{type(error).__name__}: ' in trace


@pytest.mark.parametrize(
    ('error', 'told'),
    [
        (
            context.Inapplicable('there is no cache'),
            {'inapplicable': 'there is no cache'},
        ),
        (
            rows.Missing('there is no table images'),
            {'inapplicable': 'there is no table images'},
        ),
        (
            rows.Unanswered('it took too long'),
            {'broken': 'it took too long'},
        ),
    ],
)
def test_what_is_nobodys_mistake_has_no_traceback(
    error: Exception, told: Text
) -> None:
    assert verdict.broken(error) == told
