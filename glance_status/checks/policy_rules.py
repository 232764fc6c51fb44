# SPDX-License-Identifier: Apache-2.0
"""Whether the operator's policies can be read, and are."""

import difflib
import json
import typing

from glance_status import context, plugins, results
from glance_status.checks import protections, rules, texts, values
from glance_status.releases import policies

# Policies are registered in the code, and "default" lets everybody.
IN_CODE = 20
# Says of modify_task that it was never asked for.
DEPRECATES = 22

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
    looks_for='rule:NAME in a policy file, of which neither the policy files '
    'nor the target have the rule.',
    matters='oslo.policy takes the rule "default" for it. From 20.0.0 on '
    'that one lets everybody, unless the policy file has it.',
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
    yield from _undefined(checker, own, there, places)
    yield from _cycles(own, there, places)
    yield from _dead(checker, own, registered, places)


def _syntax(files: list[rules.RuleFile]) -> list[results.Finding]:
    return [
        SYNTAX.failure(f'{file.path} cannot be understood: {file.wrong}.')
        for file in files
        # That is a finding of its own.
        if file.wrong and not _is_json(file.path)
    ]


def _is_json(path: str) -> bool:
    try:
        return isinstance(json.loads(texts.read(path).text or ''), dict)
    except (ValueError, RecursionError):
        return False


def _undefined(
    checker: context.Checker,
    own: dict[str, str],
    there: dict[str, str],
    places: dict[str, str],
) -> list[results.Finding]:
    fallback = (
        values.text(checker, 'oslo_policy', 'policy_default_rule') or 'default'
    )
    opens = rules.is_open(there.get(fallback))
    findings = []
    for name, rule in own.items():
        for missing in sorted(rules.references(rule) - there.keys()):
            said = (
                f'{places[name]}: "{name}" refers to the rule "{missing}", '
                'which is not there. '
            )
            affected = results.Affected(1, (name,))
            if not opens:
                said += f'The rule "{fallback}" is taken for it.'
                finding = UNDEFINED.warning(said, affected=affected)
            elif checker.crosses(IN_CODE) or _lost(checker, missing):
                said += 'Everybody is let through from now on.'
                finding = UNDEFINED.failure(said, affected=affected)
            else:
                said += 'Everybody is let through.'
                finding = UNDEFINED.warning(said, affected=affected)
            findings.append(finding)
    return findings


def _lost(checker: context.Checker, name: str) -> bool:
    gone = policies.gone(name)
    return gone is not None and checker.crosses(gone)


def _cycles(
    own: dict[str, str], there: dict[str, str], places: dict[str, str]
) -> list[results.Finding]:
    leads = {name: rules.references(rule) for name, rule in there.items()}
    inside = sorted(_in_circles(leads) & own.keys())
    if not inside:
        return []
    return [
        CYCLE.failure(
            f'{places[inside[0]]}: {", ".join(inside[:3])}'
            f'{" ..." if len(inside) > 3 else ""} lead back to themselves.',
            affected=results.Affected(
                len(inside), tuple(inside[: results.SAMPLE_SIZE])
            ),
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
        used |= rules.references(rule)
    unused = policies.registered(checker.target.major)
    for name in own:
        affected = results.Affected(1, (name,))
        said = f'{places[name]}: "{name}"'
        gone = policies.gone(name)
        if name in registered:
            if unused[name].deprecated and checker.crosses(DEPRECATES):
                yield DEAD.warning(
                    f'{said} is deprecated: no request asks for it.',
                    affected=affected,
                )
        elif name in used:
            continue
        elif gone is not None:
            if checker.crosses(gone):
                yield DEAD.warning(
                    f'{said} is gone since {gone}.0.0.', affected=affected
                )
        elif near := difflib.get_close_matches(name, registered, 1, 0.85):
            yield DEAD.warning(
                f'{said} is no policy of {checker.target.title}; did you '
                f'mean "{near[0]}"?',
                affected=affected,
            )
        else:
            yield DEAD.note(
                f'{said} is no policy of {checker.target.title}, and nothing '
                'refers to it.',
                affected=affected,
            )


CHECKS = (
    plugins.Check(
        id='policy-rules',
        title='Rules of policies',
        function=check_policy_rules,
        kinds=(SYNTAX, UNDEFINED, CYCLE, DEAD),
        topic='policy',
        reads=('configuration', 'files'),
        description='Whether the rules in the policy files can be read, refer '
        'to what is there, and are asked for.',
    ),
)
