# SPDX-License-Identifier: Apache-2.0
"""Whether protected properties stay within reach."""

import configparser
import re
import typing

from glance_status import context, plugins, results
from glance_status.checks import rules, texts, values
from glance_status.releases import policies

OPERATIONS = ('create', 'read', 'update', 'delete')
# Registers its policies in the code, those that protections may name too.
IN_CODE = 20
GUIDE = (
    'https://docs.openstack.org/glance/latest/admin/property-protections.html'
)

PROTECTIONS = results.FindingKind(
    id='prop-protect',
    title='Properties cannot be protected as the configuration says',
    looks_for='A [DEFAULT] property_protection_file that is not there or '
    'cannot be used, and policies named in it that are in no policy file '
    'and no policy of the target.',
    matters='The API starts, and every request for images is answered with '
    '400 or 500. A policy that is not there stands for the rule '
    '"default", which allows everything unless the policy file defines it.',
    remediation='Put the file back or correct its path or its content. Write '
    'the policies that it names into the policy file.',
    since='20.0.0',
    reference=GUIDE,
)


class Protections(typing.NamedTuple):
    """What the file says.

    :param path: where it is, None where it is not to be found
    :param named: policies by (property, operation)
    :param wrong: why Glance would not take it
    """

    path: str | None
    named: dict[tuple[str, str], str]
    wrong: str | None = None
    denied: bool = False


def policies_named(checker: context.Checker) -> set[str]:
    """Return the policies that property protections refer to."""
    protections = _read(checker)
    return set(protections.named.values()) if protections else set()


def check_protections(checker: context.Checker) -> list[results.Finding]:
    """Look for the file and for what it names."""
    protections = _read(checker)
    if protections is None:
        return []
    name = values.text(checker, 'DEFAULT', 'property_protection_file')
    where = values.place(checker, 'DEFAULT', 'property_protection_file')
    said = f'[DEFAULT] property_protection_file is {name}{where}'
    if protections.path is None:
        message = f'{said}, and there is no such file.'
        return [PROTECTIONS.failure(message)]
    if protections.denied:
        message = f'{protections.path} cannot be read: {protections.wrong}.'
        return [PROTECTIONS.warning(message)]
    if protections.wrong:
        message = f'{protections.path} cannot be used: {protections.wrong}.'
        return [PROTECTIONS.failure(message)]
    return _undefined(checker, protections)


def _undefined(
    checker: context.Checker, protections: Protections
) -> list[results.Finding]:
    major = checker.target.major
    there = {'@', '!', *rules.merged(rules.read(checker))}
    if major >= IN_CODE:
        there |= policies.registered(major).keys()
    missing = sorted({*protections.named.values()} - there)
    return [
        PROTECTIONS.warning(
            f'{protections.path} names the policy {name} for '
            f'{_uses(protections, name)}, and no policy file has it.',
            affected=results.Affected(1, (name,)),
        )
        for name in missing
    ]


def _uses(protections: Protections, name: str) -> str:
    first, *more = [
        f'[{section}] {operation}'
        for (section, operation), policy in protections.named.items()
        if policy == name
    ]
    return f'{first} and {len(more)} more' if more else first


def _read(checker: context.Checker) -> Protections | None:
    """Return the protections, None where there are none.

    Source: ``PropertyRules`` in glance/common/property_utils.py.
    """
    name = values.text(checker, 'DEFAULT', 'property_protection_file')
    if not name:
        return None
    path = checker.conf.find_file(name)
    if path is None:
        return Protections(None, {})
    file = texts.read(path)
    if file.text is None:
        return Protections(path, {}, file.error, file.denied)
    kind = values.text(checker, 'DEFAULT', 'property_protection_rule_format')
    if kind not in (None, 'roles', 'policies'):
        wrong = f'property_protection_rule_format is {kind}'
        return Protections(path, {}, wrong)
    try:
        return _parsed(path, file.text, kind or 'roles')
    except (configparser.Error, ValueError) as error:
        return Protections(path, {}, ' '.join(str(error).split()))


def _parsed(path: str, text: str, kind: str) -> Protections:
    # Values are not expanded: one could grow for ever.
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(text, path)
    named = {}
    for section in parser.sections():
        if section.startswith('os_glance'):
            continue
        try:
            re.compile(section)
        except re.error as error:
            raise ValueError(f'[{section}]: {error}') from error
        for operation in OPERATIONS:
            if operation not in parser[section]:
                raise ValueError(f'[{section}] has no {operation}')
            value = parser[section][operation]
            roles = [role.strip() for role in value.split(',')]
            if kind == 'policies' and ',' in value:
                raise ValueError(f'[{section}] {operation} has two policies')
            if kind == 'policies' and value:
                named[section, operation] = value
            elif '@' in roles and '!' in roles:
                raise ValueError(f'[{section}] {operation} has @ and !')
    return Protections(path, named)


CHECKS = (
    plugins.Check(
        id='property-protections',
        title='Property protections',
        function=check_protections,
        kinds=(PROTECTIONS,),
        topic='policy',
        reads=('configuration', 'files'),
        description='Whether the property protection file is there, can be '
        'used, and names policies that are there.',
    ),
)
