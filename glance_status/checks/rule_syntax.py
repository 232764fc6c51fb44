# SPDX-License-Identifier: Apache-2.0
"""The language of rules, as far as oslo.policy refuses or resolves them."""

import ast
import re
import typing

# Characters of a rule that are shown.
SHOWN = 500

# Kinds that oslo.policy has, apart from what credentials have.
_KINDS = ('rule', 'role', 'http', 'https')
# Longer ones are nobody's, and would take long.
_LONGEST_KIND = 100
# What a policy is asked about, as far as it is a number.
_NUMBERS = 'min_disk|min_ram|size|virtual_size'
# What a percent sign may stand before.
_GOOD = re.compile(
    r'%%|%(\([^()]*\))?[-#0 +\d.]*[sra]'
    rf'|%\(({_NUMBERS})\)[-#0 +\d.]*[diouxXeEfFgG]'
)


def references(rule: str) -> set[str]:
    """Return the names of the policies that one refers to."""
    return {
        token[len('rule:') :]
        for token in _tokens(rule)
        if token.startswith('rule:')
    }


def is_broken(rule: str) -> bool:
    """Tell whether a rule, or a check in it, cannot be parsed.

    The rule then refuses everybody, or whoever has this check alone.
    """
    wanted, depth = True, 0
    for token in _tokens(rule):
        if token in ('(', 'not') and wanted:
            depth += token == '('
        elif token == ')' and depth and not wanted:
            depth -= 1
        elif token in ('and', 'or') and not wanted:
            wanted = True
        elif wanted and (':' in token or token in ('@', '!')):
            wanted = False
        else:
            return True
    return bool(rule) and (wanted or depth > 0)


def raising(rule: str) -> str | None:
    """Return a check that oslo.policy raises an error at, None without."""
    for token in _tokens(rule):
        kind, colon, match = token.partition(':')
        if not colon or kind == 'rule':
            continue
        if '%' in _GOOD.sub('', match) or not (
            kind in _KINDS or _is_kind(kind)
        ):
            return token
    return None


def _is_kind(kind: str) -> bool:
    """Tell whether oslo.policy can look a kind up in credentials.

    It first tries whether it is a literal, and expects a ValueError alone.
    """
    if len(kind) > _LONGEST_KIND:
        return True
    try:
        ast.literal_eval(kind)
    except ValueError:
        return True
    except (SyntaxError, TypeError, MemoryError, RecursionError):
        return False
    return True


def misspelt(rule: str) -> str | None:
    """Return a check whose kind is almost one, None without."""
    return next((item for item in _tokens(rule) if _is_misspelt(item)), None)


def reversed_by_mistake(rule: str) -> str | None:
    """Return a misspelt check that a "not" makes hold for everybody.

    The rule is one that can be parsed.
    """
    around, nots = [False], False
    for token in _tokens(rule):
        if token == 'not':
            nots = not nots
            continue
        if token == '(':
            around.append(around[-1] != nots)
        elif token == ')':
            around.pop()
        elif around[-1] != nots and _is_misspelt(token):
            return token
        nots = False
    return None


def _is_misspelt(token: str) -> bool:
    kind, colon, _match = token.partition(':')
    near = kind.lower().removesuffix('s') in ('rule', 'role')
    # A list of roles is in the credentials.
    return bool(colon) and near and kind not in (*_KINDS, 'roles')


def _tokens(rule: str) -> typing.Iterator[str]:
    """Yield operators, parentheses and checks; a quotation mark for a text.

    Parentheses inside a check stay there.
    """
    for word in rule.split():
        inner = word.lstrip('(')
        yield from '(' * (len(word) - len(inner))
        check = inner.rstrip(')')
        if check.lower() in ('and', 'or', 'not'):
            yield check.lower()
        elif check:
            quoted = len(inner) > 1 and inner[0] == inner[-1] in ('"', "'")
            yield '"' if quoted else check
        yield from ')' * (len(inner) - len(check))


def short(rule: str) -> str:
    """Return a rule so that it fits into a message."""
    return rule if len(rule) <= SHOWN else f'{rule[:SHOWN]}...'


def is_open(rule: str | None) -> bool:
    """Tell whether a rule allows everything; None is no rule."""
    return rule == '' or (rule is not None and rule.strip() == '@')
