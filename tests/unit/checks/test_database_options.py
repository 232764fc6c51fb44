# SPDX-License-Identifier: Apache-2.0
"""[database] options under the names of old, and the URL among them."""

import pathlib

import pytest

from glance_status import context, results
from glance_status.checks import database_options
from tests.unit import checkers

URL = 'connection = mysql+pymysql://glance:secret@db1/glance\n'
NEW = f'[database]\n{URL}'


def found(checker: context.Checker) -> list[tuple[str, int, str]]:
    """Return id, result and message of what the check finds."""
    return [
        (item.id, item.result, item.message)
        for item in database_options.check_options(checker)
    ]


@pytest.mark.parametrize(
    ('text', 'target', 'source'),
    [
        (NEW, '18', None),
        (NEW, '33', None),
        (f'[DATABASE]\n{URL}', '33', None),
        # What a release before the source ignored is ignored today.
        (f'{NEW}idle_timeout = 3600\n', '33', '26'),
        (f'{NEW}use_tpool = true\n', '33', '29'),
        (f'{NEW}max_retries = -1\nconnection_recycle_time = 9\n', '33', '18'),
        # The API had no database of its own then.
        ('[DEFAULT]\ndata_api = glance.db.registry.api\n', '20', '18'),
    ],
)
def test_options_under_the_names_of_today(
    tmp_path: pathlib.Path, text: str, target: str, source: str | None
) -> None:
    checker = checkers.make(tmp_path, text, target=target, source=source)
    assert found(checker) == []


@pytest.mark.parametrize(
    ('text', 'target'),
    [
        ('', '18'),
        ('', '33'),
        ('[DEFAULT]\ndata_api = glance.db.registry.api\n', '21'),
    ],
)
def test_nothing_names_the_database(
    tmp_path: pathlib.Path, text: str, target: str
) -> None:
    assert found(checkers.make(tmp_path, text, target=target)) == [
        (
            'db-connection',
            results.FAILURE,
            '[database] connection is not set in the configuration of the '
            'Glance API.',
        )
    ]


def test_an_empty_connection(tmp_path: pathlib.Path) -> None:
    checker = checkers.make(tmp_path, '[database]\nconnection =\n')
    path = tmp_path / 'glance-api.conf'
    assert found(checker) == [
        (
            'db-connection',
            results.FAILURE,
            f'[database] connection is empty ({path}, line 2) in the '
            'configuration of the Glance API.',
        )
    ]


OLD = [
    ('[DEFAULT]\nsql_', '[DEFAULT] sql_connection'),
    ('[DATABASE]\nsql_', '[DATABASE] sql_connection'),
    ('[sql]\n', '[sql] connection'),
]


@pytest.mark.parametrize(('section', 'name'), OLD)
def test_the_connection_under_an_old_name(
    tmp_path: pathlib.Path, section: str, name: str
) -> None:
    path = tmp_path / 'glance-api.conf'
    messages = {}
    for target in ('27', '28'):
        checker = checkers.make(tmp_path, section + URL, target=target)
        (finding,) = database_options.check_options(checker)
        assert finding.remediation == (
            f'Move the value of {name} to [database] connection.'
        )
        messages[finding.result] = finding.message
    assert messages == {
        results.WARNING: '[database] connection is not set. 2023.2 Bobcat '
        f'still takes {name} ({path}, line 2) for it; 28.0.0 and later do '
        'not.',
        results.FAILURE: '[database] connection is not set. 2024.1 Caracal '
        f'does not read {name} ({path}, line 2), under which the database '
        'stands.',
    }


@pytest.mark.parametrize(('section', 'name'), OLD)
def test_the_database_is_opened_all_the_same(
    tmp_path: pathlib.Path, section: str, name: str
) -> None:
    text = section + URL.replace('secret', 'sec$$ret')
    access = checkers.make(tmp_path, text).access()
    assert (access.url, access.option) == (
        'mysql+pymysql://glance:sec$ret@db1/glance',
        name,
    )


def test_both_names_of_the_connection(tmp_path: pathlib.Path) -> None:
    text = f'[DEFAULT]\nsql_connection = sqlite:///x\n{NEW}'
    checker = checkers.make(tmp_path, text)
    path = tmp_path / 'glance-api.conf'
    assert found(checker) == [
        (
            'db-alias-opts',
            results.SUCCESS,
            f'[DEFAULT] sql_connection ({path}, line 2) has no effect beside '
            f'[database] connection ({path}, line 4); from 28.0.0 (2024.1 '
            'Caracal) on it is not read at all.',
        )
    ]
    assert checker.access().option == '[database] connection'


@pytest.mark.parametrize(
    ('option', 'target', 'message'),
    [
        (
            '[database]\nidle_timeout = 9\n',
            '23',
            '[database] idle_timeout ({path}, line 4) is not read from '
            '23.0.0 (Xena) on. In its place counts [database] '
            'connection_recycle_time, which is not set.',
        ),
        (
            '[DEFAULT]\nsql_max_retries = 9\n',
            '27',
            '[DEFAULT] sql_max_retries ({path}, line 4) is still read by '
            '2023.2 Bobcat, and no longer by 28.0.0 (2024.1 Caracal).',
        ),
        (
            '[database]\nuse_tpool = true\n',
            '29',
            '[database] use_tpool ({path}, line 4) is not read from 29.0.0 '
            '(2024.2 Dalmatian) on.',
        ),
    ],
)
def test_other_options_under_old_names(
    tmp_path: pathlib.Path, option: str, target: str, message: str
) -> None:
    checker = checkers.make(tmp_path, NEW + option, target=target, source='18')
    path = tmp_path / 'glance-api.conf'
    assert found(checker) == [
        ('db-alias-opts', results.WARNING, message.format(path=path))
    ]


def test_a_connection_that_refers_to_itself_is_for_its_own_row(
    tmp_path: pathlib.Path,
) -> None:
    text = '[database]\nconnection = $connection\n'
    assert found(checkers.make(tmp_path, text)) == []
