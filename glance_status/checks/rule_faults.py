# SPDX-License-Identifier: Apache-2.0
"""Rules that do not say what whoever wrote them meant."""

import typing

from glance_status import results
from glance_status.checks import rule_syntax, rules

BROKEN = results.FindingKind(
    id='policy-rule-broken',
    title='A rule cannot be parsed',
    looks_for='Rules in policy files with an operator too many, two checks '
    'without one between them, a parenthesis that has no other, or a check '
    'that has no kind, such as admin for role:admin, or a misspelt one, such '
    'as rules:mine. Failures are a ! without quotation marks, a misspelt kind '
    'behind not, and checks that oslo.policy takes and cannot carry out, such '
    'as "!role:admin" for "not role:admin" or one with a % that stands for '
    'nothing.',
    matters='oslo.policy logs an error and refuses everybody, administrators '
    'too. A check without a kind, or of one that does not exist, fits '
    'nobody, and not before it everybody. A check that cannot be carried '
    'out fails the request with 500. YAML takes a ! without quotation marks '
    'for nothing: everybody is allowed, or whom "! role:x" names.',
    remediation='Correct the rule: checks such as role:admin, joined by and '
    'and or, with not before them and parentheses around them, and '
    'quotation marks around all of it.',
    reference='https://docs.openstack.org/oslo.policy/latest/reference/api/'
    'oslo_policy.policy.html',
)


def find(
    files: list[rules.RuleFile],
    own: dict[str, str],
    places: dict[str, str],
    asked: typing.Container[str],
) -> list[results.Finding]:
    """Return findings of rules, the first ones of each sort.

    :param asked: names that a request or another rule asks for
    """
    last = {name: file for file in files for name in file.rules}
    dropped = [
        name
        for name, file in last.items()
        if name in file.dropped and name in asked
    ]
    failing = {
        name: check
        for name, rule in own.items()
        if name in asked
        and not rule_syntax.is_broken(rule)
        and (check := rule_syntax.raising(rule))
    }
    found = [
        BROKEN.failure(
            f'{places[name]}: "{name}" has ! without quotation marks, which '
            f'is nothing to YAML: {_left(own[name])}.',
            affected=results.Affected(1, (name,)),
        )
        for name in dropped[: results.SAMPLE_SIZE]
    ]
    found += [
        BROKEN.failure(
            f'{places[name]}: "{name}" has {rule_syntax.short(check)}, and '
            'requests that come to it fail with 500.',
            affected=results.Affected(1, (name,)),
        )
        for name, check in list(failing.items())[: results.SAMPLE_SIZE]
    ]
    return [*found, *_reversed(own, places, asked), *_refusing(own, places)]


def _left(rule: str) -> str:
    """Return what a rule is without its !, as a clause."""
    if rule_syntax.is_open(rule):
        return 'everybody is allowed'
    return f'the rule is "{rule_syntax.short(rule)}"'


def _reversed(
    own: dict[str, str], places: dict[str, str], asked: typing.Container[str]
) -> list[results.Finding]:
    names = [
        name for name, rule in own.items() if _lets_in(rule) and name in asked
    ]
    return [
        BROKEN.failure(
            f'{places[name]}: "{name}" is "{rule_syntax.short(own[name])}"'
            f'{_meant(own[name])}: no check is of that kind, and its "not" '
            'keeps out nobody.',
            affected=results.Affected(1, (name,)),
        )
        for name in names[: results.SAMPLE_SIZE]
    ]


def _lets_in(rule: str) -> bool:
    return (
        not rule_syntax.is_broken(rule)
        and rule_syntax.reversed_by_mistake(rule) is not None
    )


def _refusing(
    own: dict[str, str], places: dict[str, str]
) -> list[results.Finding]:
    names = [
        name
        for name, rule in own.items()
        if rule_syntax.is_broken(rule)
        or (rule_syntax.misspelt(rule) and not _lets_in(rule))
    ]
    return [
        BROKEN.warning(
            f'{places[name]}: "{name}" is "{rule_syntax.short(own[name])}"'
            f'{_meant(own[name])}.',
            affected=results.Affected(1, (name,)),
        )
        for name in names[: results.SAMPLE_SIZE]
    ]


def _meant(rule: str) -> str:
    """Return what is meant where only the kind of a check is misspelt."""
    if rule_syntax.is_broken(rule):
        return ''
    check = rule_syntax.reversed_by_mistake(rule) or rule_syntax.misspelt(rule)
    if check is None:
        return ''
    kind, _colon, match = rule_syntax.short(check).partition(':')
    right = kind.lower().removesuffix('s')
    return f', where {right}:{match} may be meant'
