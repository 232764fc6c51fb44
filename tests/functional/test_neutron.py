# SPDX-License-Identifier: Apache-2.0
"""The checks of the released neutron as plug-ins: ``tox -e neutron``."""

import collections
import pathlib
import re

import pytest
import sqlalchemy

from tests.functional import command

pytest.importorskip('neutron', reason='neutron is there in tox -e neutron')
pytestmark = pytest.mark.filterwarnings('ignore')

NAMESPACE = 'neutron.status.upgrade.checks'
BROKE = re.compile(
    r'The check broke \(plug-in (neutron|neutron_fwaas) of the distribution '
    r'(neutron|neutron-fwaas)\): (.*)'
)
# neutron-status registers the options of neutron before it runs checks.
UNREGISTERED = (
    'it asked for what it did not register (no such option service_plugins '
    'in group [DEFAULT])'
)


def check(conf: pathlib.Path) -> tuple[list[str], dict[str, str]]:
    """Return the ids of the rows that have a result, and what others say."""
    done = command.run(
        *('--config-file', conf, 'upgrade', 'check', '--json'),
        *('--namespace', NAMESPACE, '--check', 'neutron*'),
    )
    well: list[str] = []
    broken: dict[str, str] = {}
    for row in command.document(done)['checks']:
        if row['result'] in (0, 1, 2):
            well.append(row['id'])
            continue
        match = BROKE.fullmatch(row['details'])
        assert match, row
        broken[row['id']] = match[3]
    assert 'Traceback' not in done.stdout + done.stderr
    return well, broken


@pytest.fixture
def there(tmp_path: pathlib.Path) -> set[str]:
    """Return the ids of all checks that neutron's packages bring."""
    done = command.run(
        *('upgrade', 'list', '--format', 'json', '--namespace', NAMESPACE)
    )
    assert (done.code, done.stderr) == (0, '')
    rows = command.document(done)['checks']
    plugins = collections.Counter(row['plugin'] for row in rows)
    assert plugins['neutron'] > 10
    assert plugins['neutron_fwaas'] == 1
    return {row['id'] for row in rows if row['plugin'] != 'glance'}


def test_in_a_database_of_neutron_they_give_results(
    tmp_path: pathlib.Path, there: set[str]
) -> None:
    from neutron.db.migration.models import head

    url = f'sqlite:///{tmp_path}/neutron.sqlite'
    head.get_metadata().create_all(sqlalchemy.create_engine(url))
    well, broken = check(command.deployment(tmp_path, url))
    assert broken == {
        'neutron:floating-ip-port-forwarding-and-ovn-l3-plugin-configuration'
        '': UNREGISTERED,
        'neutron_fwaas:check-fwaas-v1': UNREGISTERED,
    }
    assert {*well} | {*broken} == there


def test_without_a_database_their_rows_say_why(
    tmp_path: pathlib.Path, there: set[str]
) -> None:
    missing = tmp_path / 'missing.sqlite'
    well, broken = check(command.deployment(tmp_path, f'sqlite:///{missing}'))
    assert set(broken.values()) == {
        UNREGISTERED,
        f'the database said: the SQLite file {missing} does not exist, and '
        'no check may make it',
    }
    assert {*well} | {*broken} == there
    assert not missing.exists()


def test_they_change_no_other_row(tmp_path: pathlib.Path) -> None:
    conf = command.deployment(tmp_path, f'sqlite:///{tmp_path}/x')
    ours = ('--config-file', conf, 'upgrade', 'check', '--json')
    alone = command.document(command.run(*ours))
    beside = command.document(command.run(*ours, '--namespace', NAMESPACE))
    rows = [row for row in beside['checks'] if row['plugin'] == 'glance']
    assert rows == alone['checks']
