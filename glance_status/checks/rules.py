# SPDX-License-Identifier: Apache-2.0
"""The policies that the operator has written, as oslo.policy takes them."""

import functools
import json
import os
import typing

from glance_status import context
from glance_status.checks import texts, values

if typing.TYPE_CHECKING:
    import yaml

REFERENCE = (
    'https://docs.openstack.org/glance/latest/configuration/glance_policy.html'
)
# policy_file is policy.yaml by default from here on; oslo.policy then still
# falls back to policy.json where nobody names a file.
DEFAULT_IS_YAML = 22
# The first release tested with oslo.policy 5, which has no such fallback.
NO_FALLBACK = 32
# The first whose oslo.policy does not look under [DEFAULT].
NO_ALIAS = 30

# A file that generators write has a tenth of it; YAML is slow to read.
LARGEST = 256 * 1024
# Characters of a rule that are shown.
SHOWN = 500
# Rules after all merge keys are resolved.
MOST = 10_000
_STANDARD = 'tag:yaml.org,2002:'


class RuleFile(typing.NamedTuple):
    """A file of policies.

    :param rules: what each policy asks for
    :param lines: where each stands; lines count from 1
    :param wrong: why no request is served while the file is as it is
    :param unread: why it was not looked at
    """

    path: str
    rules: typing.Mapping[str, str] = {}
    lines: typing.Mapping[str, int] = {}
    wrong: str | None = None
    unread: str | None = None


class _Wrong(Exception):
    """oslo.policy fails at it; the text says why."""


def named(checker: context.Checker) -> str | None:
    """Return the policy file that an option names for the target."""
    name = values.text(checker, 'oslo_policy', 'policy_file')
    if name is None and checker.target.major < NO_ALIAS:
        name = values.text(checker, 'DEFAULT', 'policy_file')
    return name


def naming(checker: context.Checker, path: str) -> str:
    """Return which option names a policy file, as messages have it."""
    option = 'policy_file'
    setting = checker.written('oslo_policy', option)
    if setting is None and checker.target.major < NO_ALIAS:
        setting = checker.written('DEFAULT', option)
    if setting is None:
        return f'[oslo_policy] {option} names {path}'
    return f'{setting.name} names {path} ({setting.place})'


def main_file(checker: context.Checker) -> str | None:
    """Return the path of the policy file, None where there is none."""
    name = named(checker)
    if name:
        return _find(checker, name)
    major = checker.target.major
    if major < DEFAULT_IS_YAML:
        return _find(checker, 'policy.json')
    found = _find(checker, 'policy.yaml')
    if found is None and major < NO_FALLBACK:
        return _find(checker, 'policy.json')
    return found


def directories(checker: context.Checker) -> list[str]:
    """Return the paths of policy_dirs that are there."""
    dirs = values.several(checker, 'oslo_policy', 'policy_dirs')
    if not dirs and checker.target.major < NO_ALIAS:
        dirs = values.several(checker, 'DEFAULT', 'policy_dirs')
    found = [_find(checker, name) for name in dirs or ['policy.d']]
    return [path for path in found if path]


def read(checker: context.Checker) -> list[RuleFile]:
    """Return the files that the target takes policies from, in its order."""
    paths = [main_file(checker)]
    for directory in directories(checker):
        paths += _files_in(directory)
    takes_json = checker.target.major < NO_FALLBACK
    return [_read(path, takes_json) for path in paths if path]


def merged(files: typing.Iterable[RuleFile]) -> dict[str, str]:
    """Return the policies of all files; the last one wins."""
    return {name: rule for file in files for name, rule in file.rules.items()}


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


def places(files: typing.Iterable[RuleFile]) -> dict[str, str]:
    """Return where each policy stands, as messages have it."""
    return {
        name: f'{file.path}, line {file.lines[name]}'
        for file in files
        for name in file.rules
    }


def as_json(text: str) -> dict[str, typing.Any] | None:
    """Return a mapping in JSON, None where a text is none."""
    try:
        # Making a long integer takes long.
        content = json.loads(text, parse_int=float)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def is_yaml(text: str) -> bool:
    """Tell whether oslo.policy takes a text for rules in YAML."""
    try:
        _parsed(text, takes_json=False)
    except _Wrong:
        return False
    return True


def _find(checker: context.Checker, name: str) -> str | None:
    path = checker.conf.find_file(name)
    return None if path is None else str(path)


def _files_in(directory: str) -> list[str]:
    try:
        names = sorted(os.listdir(directory))
    except OSError:
        return []
    paths = (os.path.join(directory, name) for name in names)
    return [
        path
        for path in paths
        if os.path.isfile(path) and not os.path.basename(path).startswith('.')
    ]


def _read(path: str, takes_json: bool) -> RuleFile:
    file = texts.read(path)
    if file.text is None:
        if file.denied or os.path.isdir(path) or 'larger' in str(file.error):
            return RuleFile(path, unread=file.error)
        return RuleFile(path, wrong=file.error)
    if len(file.text) > LARGEST:
        return RuleFile(path, unread=f'it is larger than {LARGEST >> 10} KiB')
    try:
        pairs = _parsed(file.text, takes_json)
    except _Wrong as error:
        return RuleFile(path, wrong=str(error))
    return RuleFile(
        path,
        {name: rule for name, rule, _line in pairs},
        {name: line for name, _rule, line in pairs},
    )


# Several checks look at the same file.
@functools.lru_cache(maxsize=8)
def _parsed(text: str, takes_json: bool) -> 'Pairs':
    pairs = _json(text) if takes_json else None
    return _yaml(text) if pairs is None else pairs


Pairs = list[tuple[str, str, int]]


def _json(text: str) -> Pairs | None:
    """Return rules in JSON, None where it is none."""
    content = as_json(text)
    if content is None or not all(
        isinstance(rule, str) for rule in content.values()
    ):
        return None
    return [(name, rule, _line(text, name)) for name, rule in content.items()]


def _line(text: str, name: str) -> int:
    place = text.find(json.dumps(name))
    return text.count('\n', 0, max(place, 0)) + 1


def _yaml(text: str) -> Pairs:
    import yaml

    try:
        # Nodes and no objects: those that many aliases name are never made.
        # libyaml's loader takes more than the one that oslo.policy uses.
        node = yaml.compose(text, yaml.SafeLoader)
    except RecursionError:
        raise _Wrong('it is nested too deeply') from None
    except yaml.YAMLError as error:
        raise _Wrong(_said(error)) from None
    if (
        node is None
        or (isinstance(node, yaml.ScalarNode) and _falsy(node))
        or (isinstance(node, yaml.SequenceNode) and not node.value)
    ):
        return []
    if not isinstance(node, yaml.MappingNode):
        raise _Wrong('it is no mapping of names to rules')
    return [
        (_name(key), _rule(value), key.start_mark.line + 1)
        for key, value in _flat(node)
    ]


def _flat(
    mapping: 'yaml.MappingNode',
) -> list[tuple['yaml.Node', 'yaml.Node']]:
    """Return the pairs of a mapping and of those that it merges."""
    import yaml

    own: list[tuple[yaml.Node, yaml.Node]] = []
    merged: list[tuple[yaml.Node, yaml.Node]] = []
    waiting: list[yaml.Node] = [mapping]
    seen = 0
    while waiting:
        node = waiting.pop(0)
        seen += 1
        if isinstance(node, yaml.SequenceNode):
            waiting += node.value
        elif isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.tag == f'{_STANDARD}merge':
                    waiting.append(value)
                else:
                    (own if node is mapping else merged).append((key, value))
        if seen + len(merged) > MOST:
            raise _Wrong(f'it merges more than {MOST} rules')
    # The first one that is merged counts, and what is not merged over it.
    return [*reversed(merged), *own]


def _said(error: 'yaml.YAMLError') -> str:
    """Return what a parser says, in one line."""
    problem = getattr(error, 'problem', None)
    mark = getattr(error, 'problem_mark', None)
    if problem is None:
        return ' '.join(str(error).split())[:200]
    return f'line {mark.line + 1}: {problem}' if mark else str(problem)


def _name(node: 'yaml.Node') -> str:
    import yaml

    if not isinstance(node, yaml.ScalarNode):
        line = node.start_mark.line + 1
        raise _Wrong(f'line {line}: the name of a rule is no text')
    return str(node.value)


def _falsy(node: 'yaml.ScalarNode') -> bool:
    kind = node.tag.removeprefix(_STANDARD)
    value = node.value.lower()
    return (
        kind == 'null'
        or (kind == 'str' and not node.value)
        or (kind == 'bool' and value in ('no', 'false', 'off'))
        or (kind == 'int' and not value.strip('+-0_'))
    )


def _rule(node: 'yaml.Node') -> str:
    """Return what a policy asks for, as text; lists are its old form."""
    import yaml

    line = node.start_mark.line + 1
    if not node.tag.startswith(_STANDARD):
        raise _Wrong(f'line {line}: {node.tag} is no tag of YAML')
    if isinstance(node, yaml.ScalarNode):
        if _falsy(node):
            return ''
        if node.tag == f'{_STANDARD}str':
            return str(node.value)
    if isinstance(node, yaml.SequenceNode):
        return ' or '.join(_alternative(item, line) for item in node.value)
    raise _Wrong(f'line {line}: the rule is no text')


def _alternative(node: 'yaml.Node', line: int) -> str:
    import yaml

    items = node.value if isinstance(node, yaml.SequenceNode) else [node]
    if not all(isinstance(item, yaml.ScalarNode) for item in items):
        raise _Wrong(f'line {line}: the rule is no text')
    # Blanks are part of a name here.
    checks = ('_'.join(str(item.value).split()) for item in items)
    return '(' + ' and '.join(checks) + ')'
