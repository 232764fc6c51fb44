# SPDX-License-Identifier: Apache-2.0
"""Policies in YAML or JSON, parsed as oslo.policy does it."""

import functools
import json
import re
import typing

if typing.TYPE_CHECKING:
    import yaml

# Rules after all merge keys are resolved.
MOST = 10_000

_STANDARD = 'tag:yaml.org,2002:'

# A ! that YAML takes for a tag of its own choice, and drops.
_DROPPED = re.compile(r'(&\S+\s+)?!(\s|$)')


class Rule(typing.NamedTuple):
    """What a policy asks for.

    :param line: where it stands; lines count from 1
    :param dropped: whether a ! stands before it that YAML takes away
    """

    name: str
    asks: str
    line: int
    dropped: bool = False


class Wrong(Exception):
    """oslo.policy fails at it; the text says why."""


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
        parsed(text, takes_json=False)
    except Wrong:
        return False
    return True


# Several checks look at the same file.
@functools.lru_cache(maxsize=8)
def parsed(text: str, takes_json: bool) -> list[Rule]:
    """Return the rules in their order, or raise Wrong."""
    found = _json(text) if takes_json else None
    return _yaml(text) if found is None else found


def _json(text: str) -> list[Rule] | None:
    """Return rules in JSON, None where it is none."""
    content = as_json(text)
    if content is None or not all(
        isinstance(rule, str) for rule in content.values()
    ):
        return None
    return [
        Rule(name, rule, _line(text, name)) for name, rule in content.items()
    ]


def _line(text: str, name: str) -> int:
    place = text.find(json.dumps(name))
    return text.count('\n', 0, max(place, 0)) + 1


def _yaml(text: str) -> list[Rule]:
    import yaml

    try:
        # Nodes and no objects: those that many aliases name are never made.
        # libyaml's loader takes more than the one that oslo.policy uses.
        node = yaml.compose(text, yaml.SafeLoader)
    except RecursionError:
        raise Wrong('it is nested too deeply') from None
    except yaml.YAMLError as error:
        raise Wrong(_said(error)) from None
    if (
        node is None
        or (isinstance(node, yaml.ScalarNode) and _falsy(node))
        or (isinstance(node, yaml.SequenceNode) and not node.value)
    ):
        return []
    if not isinstance(node, yaml.MappingNode):
        raise Wrong('it is no mapping of names to rules')
    return [
        Rule(
            _name(key),
            _asked(value),
            key.start_mark.line + 1,
            _drops(text, value),
        )
        for key, value in _flat(node)
    ]


def _drops(text: str, node: 'yaml.Node') -> bool:
    start, end = node.start_mark.index, node.end_mark.index
    return bool(_DROPPED.match(text, start, end))


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
            raise Wrong(f'it merges more than {MOST} rules')
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
        raise Wrong(f'line {line}: the name of a rule is no text')
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


def _asked(node: 'yaml.Node') -> str:
    """Return what a policy asks for, as text; lists are its old form."""
    import yaml

    line = node.start_mark.line + 1
    if not node.tag.startswith(_STANDARD):
        raise Wrong(f'line {line}: {node.tag} is no tag of YAML')
    if isinstance(node, yaml.ScalarNode):
        if _falsy(node):
            return ''
        if node.tag == f'{_STANDARD}str':
            return str(node.value)
    if isinstance(node, yaml.SequenceNode):
        return ' or '.join(_alternative(item, line) for item in node.value)
    raise Wrong(f'line {line}: the rule is no text')


def _alternative(node: 'yaml.Node', line: int) -> str:
    import yaml

    items = node.value if isinstance(node, yaml.SequenceNode) else [node]
    if not all(isinstance(item, yaml.ScalarNode) for item in items):
        raise Wrong(f'line {line}: the rule is no text')
    # Blanks are part of a name here.
    checks = ('_'.join(str(item.value).split()) for item in items)
    return '(' + ' and '.join(checks) + ')'
