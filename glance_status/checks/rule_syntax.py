# SPDX-License-Identifier: Apache-2.0
"""The language of rules, as far as oslo.policy refuses or resolves them."""

import typing

# Characters of a rule that are shown.
SHOWN = 500


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
