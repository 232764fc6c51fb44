# SPDX-License-Identifier: Apache-2.0
"""Rules that do not say what whoever wrote them meant."""

import re
import typing

from glance_status import results
from glance_status.checks import rule_syntax, rules, texts

BROKEN = results.FindingKind(
    id='policy-rule-broken',
    title='A rule cannot be parsed',
    looks_for='Rules in policy files with an operator too many, two checks '
    'without one between them, a parenthesis that has no other, or a check '
    'that has no kind, such as admin for role:admin, or a misspelt one, such '
    'as rules:mine. A ! without quotation marks, and checks that oslo.policy '
    'takes and cannot carry out, such as "!role:admin" for "not role:admin" '
    'or one with a % that stands for nothing, are failures.',
    matters='oslo.policy logs an error and refuses everybody, administrators '
    'too. A check without a kind fits nobody. A check that cannot be carried '
    'out fails the request with 500. YAML takes a ! without quotation marks '
    'for nothing: everybody is allowed.',
    remediation='Correct the rule: checks such as role:admin, joined by and '
    'and or, with not before them and parentheses around them, and '
    'quotation marks around all of it.',
    reference='https://docs.openstack.org/oslo.policy/latest/reference/api/'
    'oslo_policy.policy.html',
)

# A line with a rule of ! and no quotation marks around it.
_UNQUOTED = re.compile(r'[^#]*:\s+!\s*(#.*)?')


def find(
    files: list[rules.RuleFile],
    own: dict[str, str],
    places: dict[str, str],
    asked: typing.Container[str],
) -> list[results.Finding]:
    """Return findings of rules, the first ones of each sort.

    :param asked: names that a request or another rule asks for
    """
    opened = _unquoted(files)
    open_ones = [name for name in own if name in opened and name in asked]
    failing = {
        name: check
        for name, rule in own.items()
        if name in asked
        and not rule_syntax.is_broken(rule)
        and (check := rule_syntax.raising(rule))
    }
    found = [
        BROKEN.failure(
            f'{places[name]}: "{name}" is ! without quotation marks, which '
            'is nothing to YAML: everybody is allowed.',
            affected=results.Affected(1, (name,)),
        )
        for name in open_ones[: results.SAMPLE_SIZE]
    ]
    found += [
        BROKEN.failure(
            f'{places[name]}: "{name}" has {rule_syntax.short(check)}, and '
            'requests that come to it fail with 500.',
            affected=results.Affected(1, (name,)),
        )
        for name, check in list(failing.items())[: results.SAMPLE_SIZE]
    ]
    return [*found, *_refusing(own, places)]


def _refusing(
    own: dict[str, str], places: dict[str, str]
) -> list[results.Finding]:
    names = [
        name
        for name, rule in own.items()
        if rule_syntax.is_broken(rule) or rule_syntax.misspelt(rule)
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
    check = rule_syntax.misspelt(rule)
    if check is None or rule_syntax.is_broken(rule):
        return ''
    kind, _colon, match = rule_syntax.short(check).partition(':')
    right = kind.lower().removesuffix('s')
    return f', where {right}:{match} may be meant'


def _unquoted(files: list[rules.RuleFile]) -> set[str]:
    """Return names whose last rule is a ! that YAML drops."""
    last = {name: file for file in files for name in file.rules}
    lines: dict[str, list[str]] = {}
    found = set()
    for name, file in last.items():
        if file.rules[name]:
            continue
        if file.path not in lines:
            text = texts.read(file.path).text or ''
            lines[file.path] = text.splitlines()
        number = file.lines[name] - 1
        line = ''.join(lines[file.path][number : number + 1])
        if _UNQUOTED.fullmatch(line):
            found.add(name)
    return found
