# SPDX-License-Identifier: Apache-2.0
"""What is known of the names and values of options."""

import dataclasses
import pathlib
import typing

import pytest

from glance_status import ini, results
from glance_status.checks import kinds, known
from glance_status.releases import lifecycle
from tests.unit import checkers

KIND = results.FindingKind(
    id='things',
    title='Things',
    looks_for='Things.',
    matters='They are.',
    remediation='Take them away.',
)


def of(
    directory: pathlib.Path, text: str, target: str
) -> dict[str, typing.Any]:
    """Return what is known of a setting, without what says nothing."""
    checker = checkers.make(directory, text, target=target)
    *_before, found = known.settings(checker)
    return {
        field.name: value
        for field in dataclasses.fields(found)
        if field.name != 'setting'
        if (value := getattr(found, field.name))
    }


def life(table: str, name: str) -> lifecycle.Life:
    """Return an option from its first release to its last."""
    return lifecycle.knowledge().tables[table][name]


RABBIT = ('oslo_messaging_rabbit', 'amqp_durable_queues')
AMQP = ('oslo_messaging_amqp', 'container_name')


@pytest.mark.parametrize(
    ('text', 'target', 'said'),
    [
        # The old name went, the option did not.
        (
            '[DEFAULT]\nrabbit_durable_queues = true\n',
            '18',
            {
                'tables': ('DEFAULT',),
                'old_name': True,
                'life': life(*RABBIT),
                'ended': 18,
            },
        ),
        # The option went with its old name.
        (
            '[amqp1]\ncontainer_name = glance\n',
            '29',
            {
                'option': life(*AMQP).at(29),
                'old_name': True,
                'life': life(*AMQP),
            },
        ),
        (
            '[amqp1]\ncontainer_name = glance\n',
            '30',
            {'life': life(*AMQP), 'ended': 30},
        ),
        (
            '[amqp1]\ncontainer_name = glance\n',
            '33',
            {'life': life(*AMQP), 'ended': 30},
        ),
        # The old name comes later, with the option.
        (
            '[oslo_limit]\nuser-name = glance\n',
            '20',
            {
                'tables': ('oslo_limit', 'keystoneauth'),
                'life': life('oslo_limit', 'username'),
            },
        ),
    ],
)
def test_old_names_end_with_their_option_or_before(
    text: str, target: str, said: dict[str, typing.Any], tmp_path: pathlib.Path
) -> None:
    assert of(tmp_path, text, target) == said


def test_the_section_that_a_client_is_sent_to_has_its_options(
    tmp_path: pathlib.Path,
) -> None:
    text = '[service_user]\n{} = barbican\n[barbican]\nusername = glance\n'
    assert [
        of(tmp_path, text.format(name), '33').get('option')
        for name in ('auth_section', 'auth_type')
    ] == [life(lifecycle.AUTH, 'username').at(33), None]


def test_settings_that_decide_and_one_of_each_strange_section(
    tmp_path: pathlib.Path,
) -> None:
    text = (
        '[upgrade_check]\ntarget = 33\n[ours]\na = 1\nb = 2\n'
        '[DEFAULT]\nworkers = 1\nworkers = 2\n[theirs]\nc = 1\nd = 2\n'
        '[database]\nconnection = sqlite://\n'
        '[amqp1]\ncontainer_name = a\ntrace = true\n'
    )
    found = known.settings(checkers.make(tmp_path, text))
    assert [(item.setting.name, item.setting.line) for item in found] == [
        ('[ours] a', 4),
        ('[DEFAULT] workers', 8),
        ('[theirs] c', 10),
        ('[database] connection', 13),
        # An old name of another section, and so no strange one.
        ('[amqp1] container_name', 15),
        ('[amqp1] trace', 16),
    ]


def test_names_that_other_findings_speak_of_are_left_to_them(
    tmp_path: pathlib.Path,
) -> None:
    text = (
        '[DEFAULT]\nnotification_driver = log\nenabled_backends = v:vmware\n'
        'log_file = /log\n[v]\nvmware_server_host = vcenter.example\n'
    )
    found = known.names(checkers.make(tmp_path, text, target='28'))
    assert [item.setting.name for item in found] == ['[DEFAULT] log_file']


def test_what_is_known_of_the_last_configuration_is_looked_up_once(
    tmp_path: pathlib.Path,
) -> None:
    one, other = (
        checkers.make(tmp_path, f'[DEFAULT]\nworkers = {number}\n')
        for number in (1, 2)
    )
    for look in (known.settings, known.sections):
        first = look(one)
        assert look(one) is first
        look(other)
        # Of what is gone nothing is kept.
        assert look(one) is not first


@pytest.mark.parametrize(
    ('kind', 'default', 'same', 'another'),
    [
        ('String', None, '', 'x'),
        ('Integer', 5, '05', '6'),
        # It is no value at all.
        ('Integer', 5, '5', 'five'),
        # Longer ones are not read.
        ('Float', 1.5, f'{0:049997}1.5', f'{0:049998}1.5'),
    ],
)
def test_a_value_that_is_the_default(
    kind: str, default: object, same: str, another: str
) -> None:
    option = lifecycle.Option('DEFAULT', 'thing', kind, default)
    assert known.is_default(option, same)
    assert not known.is_default(option, another)


def test_the_release_before_says_why() -> None:
    record = {
        'reason': 'Nobody reads it.',
        'changes': {'20': {'reason': ''}, '25': {'reason': 'It is bad.'}},
    }
    made = lifecycle.Life('DEFAULT', 'thing', 17, None, record)
    assert [known.reason(made, major) for major in (17, 18, 24, 25, 26)] == [
        '',
        ' Its documentation says: "Nobody reads it".',
        ' Its documentation says: "Nobody reads it".',
        ' Its documentation says: "Nobody reads it".',
        ' Its documentation says: "It is bad".',
    ]


def item(number: int) -> known.Known:
    return known.Known(
        ini.Setting('x.conf', number, 'DEFAULT', f'thing_{number}', ''), ()
    )


def test_fifty_are_said_one_by_one() -> None:
    def judge(item: known.Known) -> results.Finding:
        make = KIND.warning if item.setting.line == 7 else KIND.note
        return make(item.setting.name, affected=known.affected(item))

    items = [item(number) for number in range(62)]
    each = [judge(item) for item in items]
    assert known.capped(KIND, items[:50], judge) == each[:50]
    assert known.capped(KIND, items[:51], judge) == [
        *each[:50],
        KIND.warning(
            'There are 1 more.',
            affected=results.Affected(1, ('[DEFAULT] thing_50',)),
        ),
    ]
    assert known.capped(KIND, items, judge)[50:] == [
        KIND.warning(
            'There are 12 more.',
            affected=results.Affected(
                12, tuple(f'[DEFAULT] thing_{n}' for n in range(50, 60))
            ),
        ),
    ]


def test_a_type_is_made_once() -> None:
    assert kinds.make({'name': 'Integer', 'min': 1}) is kinds.make(
        {'name': 'Integer', 'min': 1}
    )
