# SPDX-License-Identifier: Apache-2.0
"""The policies that the operator has written, as oslo.policy takes them."""

import os
import typing

from glance_status import context
from glance_status.checks import rule_parser, texts, values

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


class RuleFile(typing.NamedTuple):
    """A file of policies.

    :param rules: what each policy asks for
    :param lines: where each stands; lines count from 1
    :param dropped: names of those before which YAML drops a !
    :param wrong: why no request is served while the file is as it is
    :param unread: why it was not looked at
    """

    path: str
    rules: typing.Mapping[str, str] = {}
    lines: typing.Mapping[str, int] = {}
    dropped: frozenset[str] = frozenset()
    wrong: str | None = None
    unread: str | None = None


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


def places(files: typing.Iterable[RuleFile]) -> dict[str, str]:
    """Return where each policy stands, as messages have it."""
    return {
        name: f'{file.path}, line {file.lines[name]}'
        for file in files
        for name in file.rules
    }


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
        if not (os.path.isdir(path) or os.path.basename(path).startswith('.'))
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
        found = rule_parser.parsed(file.text, takes_json)
    except rule_parser.Wrong as error:
        return RuleFile(path, wrong=str(error))
    last = {rule.name: rule for rule in found}
    return RuleFile(
        path,
        {name: rule.asks for name, rule in last.items()},
        {name: rule.line for name, rule in last.items()},
        frozenset(rule.name for rule in last.values() if rule.dropped),
    )
