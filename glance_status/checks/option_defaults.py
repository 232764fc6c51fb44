# SPDX-License-Identifier: Apache-2.0
"""Defaults that change on the way, and that nobody has set."""

import itertools
import typing

from glance_status import context, plugins, results
from glance_status.checks import backends, known, values
from glance_status.releases import lifecycle

CHANGED = results.FindingKind(
    id='default-changed',
    title='A default changes, and the option is not set',
    looks_for='Options that the configuration does not set, whose default '
    'in the target is not the one of the source, and where somebody may see '
    'the difference. Only those that concern this configuration are named.',
    matters='The target behaves otherwise without a change of the '
    'configuration. A warning is one that may keep something from working.',
    remediation='Set the option to its old default where that is wanted.',
    reference='https://docs.openstack.org/glance/latest/configuration/',
)


class Change(typing.NamedTuple):
    """What a change of a default means, and to whom.

    :param concerns: tells whether a configuration has to do with it
    :param breaks: whether something may not work any more
    """

    means: str
    concerns: typing.Callable[[context.Checker], bool]
    breaks: bool = False


def _always(_checker: context.Checker) -> bool:
    return True


def _keystone(checker: context.Checker) -> bool:
    flavor = values.text(checker, 'paste_deploy', 'flavor') or ''
    return 'keystone' in flavor


def _memcached(checker: context.Checker) -> bool:
    section = 'keystone_authtoken'
    return _keystone(checker) and bool(
        checker.written(section, 'memcached_servers')
        or checker.written(section, 'memcache_servers')
    )


def _rabbit(checker: context.Checker) -> bool:
    url = checker.written('DEFAULT', 'transport_url')
    return url is not None and url.value.startswith('rabbit')


def _rabbit_over_tls(checker: context.Checker) -> bool:
    # Without the certificate of an authority nothing is verified.
    section = 'oslo_messaging_rabbit'
    ssl = checker.written(section, 'ssl')
    return (
        _rabbit(checker)
        and ssl is not None
        and backends.is_true(ssl.value)
        and checker.written(section, 'ssl_ca_file') is not None
    )


def _multi_store(checker: context.Checker) -> bool:
    return checker.written('DEFAULT', 'enabled_backends') is not None


def _cinder(checker: context.Checker) -> bool:
    try:
        return bool(backends.read(checker).of('cinder'))
    except context.Inapplicable:
        return False


MATTERING: dict[tuple[str, str], Change] = {
    ('DEFAULT', 'enabled_import_methods'): Change(
        'Users may copy images from store to store, where the policy '
        'copy_image lets them.',
        _multi_store,
    ),
    ('DEFAULT', 'logging_context_format_string'): Change(
        'The lines of the log have another form; what reads them has to '
        'know it.',
        _always,
    ),
    ('DEFAULT', 'logging_user_identity_format'): Change(
        'What the lines of the log say of the user has another form; what '
        'reads them has to know it.',
        _always,
    ),
    ('glance_store', 'cinder_catalog_info'): Change(
        'Cinder is looked for in the catalogue under another name.',
        _cinder,
    ),
    ('keystone_authtoken', 'interface'): Change(
        'The API asks Keystone at another of its endpoints, which has to '
        'answer there.',
        _keystone,
    ),
    ('keystone_authtoken', 'memcache_use_advanced_pool'): Change(
        'Connections to memcached are kept in a pool.',
        _memcached,
    ),
    ('oslo_messaging_rabbit', 'heartbeat_in_pthread'): Change(
        'The heartbeat to RabbitMQ runs in another kind of thread.',
        _rabbit,
    ),
    ('oslo_messaging_rabbit', 'ssl_enforce_hostname_verification'): Change(
        'The certificate of RabbitMQ has to bear the host name that '
        'transport_url has, or no notification is sent.',
        _rabbit_over_tls,
        breaks=True,
    ),
}
"""Judged by hand. Changes that a finding of its own speaks of are not here,
nor those that nobody would see."""


def check_defaults(checker: context.Checker) -> list[results.Finding]:
    """Compare the defaults of source and target."""
    source = checker.source[0].major if checker.source else None
    found = []
    for (table, name), change in MATTERING.items():
        if checker.written(table, name) or not change.concerns(checker):
            continue
        life = lifecycle.knowledge().tables[table][name]
        states = list(life.states)
        after = life.at(checker.target.major)
        # Some were away for a release or two, and did nothing meanwhile.
        before = [
            o for major, o in states if major <= (source or states[0][0])
        ]
        if before and after and before[-1].default != after.default:
            found.append(_changed(before[-1], after, states, change))
    return found


def _changed(
    before: lifecycle.Option,
    after: lifecycle.Option,
    states: list[tuple[int, lifecycle.Option]],
    change: Change,
) -> results.Finding:
    since = next(
        major
        for (_major, old), (major, new) in itertools.pairwise(states)
        if old.default != new.default and new.default == after.default
    )
    name = f'[{after.table}] {after.name}'
    make = CHANGED.warning if change.breaks else CHANGED.note
    return make(
        f'{name} is not set. Its default is {_shown(after.default)} from '
        f'{known.release(since)} on, and was {_shown(before.default)}. '
        f'{change.means}',
        affected=results.Affected(1, (name,)),
    )


def _shown(value: typing.Any) -> str:
    return 'not set' if value is None else f'{value!r}'


CHECKS = (
    plugins.Check(
        id='option-defaults',
        title='Changed defaults',
        function=check_defaults,
        kinds=(CHANGED,),
        topic='options',
        reads=('configuration',),
        description='Whether a default that matters changes between source '
        'and target.',
    ),
)
