# SPDX-License-Identifier: Apache-2.0
"""Whether the operator's policies mean in the target what they meant."""

import typing

from glance_status import context, plugins, results
from glance_status.checks import rule_syntax, rules, values
from glance_status.releases import policies

# Policies are registered in the code, and "default" allows everything.
IN_CODE = 20
METADEF_ADMIN = 22
NEW_DEFAULTS = 26
# The first release in which each policy is about the role service.
SERVICE = {
    'service_api': 29,
    'add_image_location': 29,
    'fetch_image_location': 29,
    'get_image_location': 29,
    'stores_info_detail': 30,
}
NOTES = 'https://docs.openstack.org/releasenotes/glance/'

DEFAULT = results.FindingKind(
    id='policy-default',
    title='The policy file has no rule "default"',
    looks_for='A policy file without "default", where the upgrade passes '
    'into 20.0.0 (Ussuri) and some policy falls back to it; and an open '
    '"default" with the old policies still on.',
    matters='In 20.0.0 "default" became a rule that allows everything; '
    'before, what was not in the file was refused. Policies that fall back '
    'to it open up.',
    remediation='Write "default": "role:admin" into the policy file.',
    since='20.0.0',
    reference=f'{NOTES}ussuri.html',
)
SERVICE_API = results.FindingKind(
    id='policy-service',
    title='Policies of services leave the role service out',
    looks_for='service_api, add_image_location or fetch_image_location in a '
    'policy file with a rule that does not name the role service. '
    'get_image_location is a note: the new API does not ask for it; so is '
    'stores_info_detail, from 30.0.0 on.',
    matters='Nova and Cinder find images by the new location API, with '
    'tokens of the role service. Where it refuses them, they cannot clone '
    'images and fall back to copies, or fail.',
    remediation='Give the users nova, cinder and glance the role service '
    'and delete these rules from the policy file.',
    since='29.0.0',
    reference=f'{NOTES}2024.2.html',
)
METADEF = results.FindingKind(
    id='policy-metadef',
    title='Writing metadata definitions is for administrators',
    looks_for='Policies that add, change or delete metadata definitions, '
    'where the upgrade passes into 22.0.0 (Wallaby), and the rules of the '
    'policy file for them that do not ask for an administrator.',
    matters='The defaults ask for one. Rules that do not keep a hole open '
    'by which any user can fill the database and learn names of others '
    '(OSSN-0088).',
    remediation='Delete these rules from the policy file, or write '
    '"rule:metadef_admin" into them.',
    since='22.0.0',
    reference='https://wiki.openstack.org/wiki/OSSN/OSSN-0088',
)


def check_policy_meaning(checker: context.Checker) -> list[results.Finding]:
    """Compare the policy files with the policies of the target."""
    files = rules.read(checker)
    own = rules.merged(files)
    places = rules.places(files)
    findings = _metadef(checker, own, places)
    if own:
        findings += _default(checker, own, places)
        findings += _service(checker, own, places)
    return findings


def _default(
    checker: context.Checker,
    own: dict[str, str],
    places: dict[str, str],
) -> list[results.Finding]:
    new = _new_defaults(checker)
    inherit = sorted(
        name
        for name, item in policies.registered(checker.target.major).items()
        if name not in own
        and 'default'
        in rule_syntax.references(
            f'{item.check} {"" if new else item.old_check}'
        )
    )
    inherit += sorted(
        name for name, rule in own.items() if rule.strip() == 'rule:default'
    )
    if not inherit or checker.target.major < IN_CODE:
        return []
    affected = results.Affected(
        len(inherit), tuple(inherit[: results.SAMPLE_SIZE])
    )
    names = f'{", ".join(inherit[:3])}{" ..." if len(inherit) > 3 else ""}'
    if 'default' not in own and checker.crosses(IN_CODE):
        return [
            DEFAULT.failure(
                'The policies of the configuration have no rule "default", '
                f'which {IN_CODE}.0.0 opens to everybody: {names}.',
                affected=affected,
            )
        ]
    if rule_syntax.is_open(own.get('default')) and not new:
        return [
            DEFAULT.warning(
                f'{places["default"]}: "default" allows everything, and the '
                f'old policies are on: {names}.',
                affected=affected,
            )
        ]
    return []


def _new_defaults(checker: context.Checker) -> bool:
    chosen = values.boolean(checker, 'oslo_policy', 'enforce_new_defaults')
    return checker.target.major >= NEW_DEFAULTS if chosen is None else chosen


def _service(
    checker: context.Checker,
    own: dict[str, str],
    places: dict[str, str],
) -> typing.Iterator[results.Finding]:
    registered = policies.registered(checker.target.major)
    for name, since in SERVICE.items():
        rule = own.get(name)
        if rule is None or checker.target.major < since:
            continue
        if rule == registered[name].check or 'service' in rule:
            continue
        said = f'{places[name]}: "{name}" is "{rule_syntax.short(rule)}"'
        affected = results.Affected(1, (name,))
        if name == 'get_image_location':
            yield SERVICE_API.note(
                f'{said}, and the new location API asks for '
                'fetch_image_location.',
                affected=affected,
            )
        elif rule_syntax.is_open(rule):
            continue
        elif name == 'stores_info_detail':
            yield SERVICE_API.note(
                f'{said}, so that services do not learn the details of '
                'stores.',
                affected=affected,
            )
        else:
            yield SERVICE_API.warning(
                f'{said}, which leaves the role service out.',
                affected=affected,
            )


def _metadef(
    checker: context.Checker,
    own: dict[str, str],
    places: dict[str, str],
) -> list[results.Finding]:
    if not checker.crosses(METADEF_ADMIN):
        return []
    registered = policies.registered(checker.target.major)
    there = {name: item.check for name, item in registered.items()}
    written = [
        name
        for name in own
        if name in registered
        and '_metadef_' in name
        and not name.startswith(('get_', 'list_'))
    ]
    weak = [
        name for name in written if not _asks_for_admin(name, {**there, **own})
    ]
    if weak:
        names = f'{", ".join(weak[:3])}{" ..." if len(weak) > 3 else ""}'
        return [
            METADEF.warning(
                f'{places[weak[0]]}: others than administrators may write '
                f'metadata definitions: {names}.',
                affected=results.Affected(
                    len(weak), tuple(weak[: results.SAMPLE_SIZE])
                ),
            )
        ]
    if written:
        return []
    return [
        METADEF.note(
            f'From {METADEF_ADMIN}.0.0 on, users who are no administrators '
            'cannot write metadata definitions.'
        )
    ]


def _asks_for_admin(name: str, there: dict[str, str]) -> bool:
    waiting = {name}
    seen: set[str] = set()
    while waiting:
        seen |= waiting
        found = [there.get(name, '') for name in waiting]
        if any('admin' in rule for rule in found):
            return True
        waiting = {
            other for rule in found for other in rule_syntax.references(rule)
        } - seen
    return False


CHECKS = (
    plugins.Check(
        id='policy-meaning',
        title='Meaning of policies',
        function=check_policy_meaning,
        kinds=(DEFAULT, SERVICE_API, METADEF),
        topic='policy',
        reads=('configuration', 'files'),
        description='Whether the rules in the policy files still allow and '
        'forbid what they did.',
    ),
)
