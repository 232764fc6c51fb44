# SPDX-License-Identifier: Apache-2.0
"""Whether the operator's policies can be read, and are."""

import difflib
import typing

from glance_status import context, plugins, results
from glance_status.checks import (
    protections,
    rule_faults,
    rule_parser,
    rule_syntax,
    rules,
    texts,
    values,
)
from glance_status.releases import policies

# Policies are registered in the code, and "default" allows everything.
IN_CODE = 20
# Says of modify_task that it was never asked for.
DEPRECATES = 22
MOST_MISSPELT = 20

SYNTAX = results.FindingKind(
    id='policy-syntax',
    title='A policy file cannot be understood',
    looks_for='A policy file, or a file in policy_dirs, that is no valid '
    'YAML, no mapping of names to rules, or has a rule that is no text.',
    matters='The API starts, and every request that checks a policy fails '
    'with 500.',
    remediation='Correct it. `oslopolicy-validator --namespace glance` says '
    'what is wrong.',
    reference=rules.REFERENCE,
)
DEAD = results.FindingKind(
    id='policy-dead-rules',
    title='Policies that nothing reads',
    looks_for='Names in policy files that the target does not register, and '
    'that no other rule and no property protection refers to.',
    matters='What they allow or forbid has no effect.',
    remediation='Delete them, or correct their names.',
    reference=rules.REFERENCE,
)
UNDEFINED = results.FindingKind(
    id='policy-undefined-rule',
    title='A policy refers to one that is not there',
    looks_for='rule:NAME in a policy file, where neither the policy files nor '
    'the target have a rule of that name.',
    matters='oslo.policy takes the rule "default" in its place. From 20.0.0 '
    'on that rule allows everything, unless the policy file defines it.',
    remediation='Correct the name or write the rule, and write "default": '
    '"role:admin" or "!".',
    since='20.0.0',
    reference=rules.REFERENCE,
)
CYCLE = results.FindingKind(
    id='policy-cycle',
    title='Policies refer to each other in a circle',
    looks_for='Rules in policy files that lead back to themselves.',
    matters='Requests that such a policy is asked for fail with 500.',
    remediation='Write out what one of them asks for.',
    reference=rules.REFERENCE,
)


def check_policy_rules(checker: context.Checker) -> list[results.Finding]:
    """Compare the policy files with the policies of the target."""
    files = rules.read(checker)
    own = rules.merged(files)
    return [
        *_syntax(files),
        *(_of_rules(checker, files, own) if own else ()),
    ]


def _of_rules(
    checker: context.Checker,
    files: list[rules.RuleFile],
    own: dict[str, str],
) -> typing.Iterator[results.Finding]:
    registered = {
        name: item.check
        for name, item in policies.registered(checker.target.major).items()
    }
    there = own if checker.target.major < IN_CODE else {**registered, **own}
    places = rules.places(files)
    asked = registered.keys() | {'default'}
    for rule in own.values():
        asked |= rule_syntax.references(rule)
    yield from rule_faults.find(files, own, places, asked)
    yield from _undefined(checker, own, there, places)
    yield from _cycles(own, there, places)
    yield from _dead(checker, own, registered, places)


def _syntax(files: list[rules.RuleFile]) -> list[results.Finding]:
    return [
        SYNTAX.failure(f'{file.path} cannot be understood: {file.wrong}.')
        for file in files
        # That is a finding of its own.
        if file.wrong and rule_parser.as_json(_text(file)) is None
    ]


def _text(file: rules.RuleFile) -> str:
    return texts.read(file.path).text or ''


def _undefined(
    checker: context.Checker,
    own: dict[str, str],
    there: dict[str, str],
    places: dict[str, str],
) -> list[results.Finding]:
    fallback = (
        values.text(checker, 'oslo_policy', 'policy_default_rule') or 'default'
    )
    opens = rule_syntax.is_open(there.get(fallback))
    missing = [
        (name, other)
        for name, rule in own.items()
        for other in sorted(rule_syntax.references(rule) - there.keys())
    ]
    if not opens:
        end = f'The rule "{fallback}" is taken for it.'
        return _referring(UNDEFINED.warning, missing, places, end)
    lost: list[tuple[str, str]] = []
    kept: list[tuple[str, str]] = []
    for item in missing:
        now = checker.crosses(IN_CODE) or _lost(checker, item[1])
        (lost if now else kept).append(item)
    return [
        *_referring(
            UNDEFINED.failure,
            lost,
            places,
            'From now on that allows everything.',
        ),
        *_referring(
            UNDEFINED.warning, kept, places, 'That allows everything.'
        ),
    ]


def _referring(
    finding: typing.Callable[..., results.Finding],
    missing: list[tuple[str, str]],
    places: dict[str, str],
    end: str,
) -> list[results.Finding]:
    """Return one finding of all references to what is not there."""
    if not missing:
        return []
    name, other = missing[0]
    more = f', and {len(missing) - 1} more do' if missing[1:] else ''
    return [
        finding(
            f'{places[name]}: "{name}" refers to the rule "{other}", which is '
            f'not there{more}. {end}',
            affected=_affected([name for name, _other in missing]),
        )
    ]


def _affected(names: list[str]) -> results.Affected:
    return results.Affected(len(names), tuple(names[: results.SAMPLE_SIZE]))


def _lost(checker: context.Checker, name: str) -> bool:
    gone = policies.gone(name)
    return gone is not None and checker.crosses(gone)


def _cycles(
    own: dict[str, str], there: dict[str, str], places: dict[str, str]
) -> list[results.Finding]:
    leads = {
        name: rule_syntax.references(rule) for name, rule in there.items()
    }
    inside = sorted(_in_circles(leads) & own.keys())
    if not inside:
        return []
    return [
        CYCLE.failure(
            f'{places[inside[0]]}: {", ".join(inside[:3])}'
            f'{" ..." if len(inside) > 3 else ""} lead back to themselves.',
            affected=_affected(inside),
        )
    ]


def _in_circles(leads: dict[str, set[str]]) -> set[str]:
    """Return the names from which one comes to a circle."""
    # Those from which all ways end, again and again, until none is left.
    users: dict[str, list[str]] = {}
    open_ends = {}
    for name, others in leads.items():
        known = [other for other in others if other in leads]
        open_ends[name] = len(known)
        for other in known:
            users.setdefault(other, []).append(name)
    ended = [name for name, number in open_ends.items() if not number]
    left = set(leads)
    while ended:
        name = ended.pop()
        left.discard(name)
        for user in users.get(name, ()):
            open_ends[user] -= 1
            if not open_ends[user]:
                ended.append(user)
    return left


def _dead(
    checker: context.Checker,
    own: dict[str, str],
    registered: dict[str, str],
    places: dict[str, str],
) -> typing.Iterator[results.Finding]:
    used = {'default', *protections.policies_named(checker)}
    for rule in (*own.values(), *registered.values()):
        used |= rule_syntax.references(rule)
    policy = policies.registered(checker.target.major)
    unknown = []
    for name in own:
        gone = policies.gone(name)
        said = f'{places[name]}: "{name}"'
        if name in registered:
            if policy[name].deprecated and checker.crosses(DEPRECATES):
                yield DEAD.warning(
                    f'{said} is deprecated: no request asks for it.',
                    affected=_affected([name]),
                )
        elif name in used:
            continue
        elif gone is None:
            unknown.append(name)
        elif checker.crosses(gone):
            yield DEAD.warning(
                f'{said} is gone since {gone}.0.0.',
                affected=_affected([name]),
            )
    yield from _unknown(checker, unknown, registered, places)


def _unknown(
    checker: context.Checker,
    names: list[str],
    registered: dict[str, str],
    places: dict[str, str],
) -> typing.Iterator[results.Finding]:
    others = []
    for number, name in enumerate(names):
        # It takes long, and who misspells so many?
        near = (
            difflib.get_close_matches(name, registered, 1, 0.85)
            if number < MOST_MISSPELT
            else []
        )
        if near:
            yield DEAD.warning(
                f'{places[name]}: "{name}" is no policy of '
                f'{checker.target.title}; did you mean "{near[0]}"?',
                affected=_affected([name]),
            )
        else:
            others.append(name)
    if others:
        more = f' and {len(others) - 1} more are' if others[1:] else ' is'
        yield DEAD.note(
            f'{places[others[0]]}: "{others[0]}"{more} no policy of '
            f'{checker.target.title}, and nothing refers to it.',
            affected=_affected(others),
        )


CHECKS = (
    plugins.Check(
        id='policy-rules',
        title='Rules of policies',
        function=check_policy_rules,
        kinds=(SYNTAX, rule_faults.BROKEN, UNDEFINED, CYCLE, DEAD),
        topic='policy',
        reads=('configuration', 'files'),
        description='Whether the rules in the policy files can be read, refer '
        'to what is there, and are asked for.',
    ),
)
