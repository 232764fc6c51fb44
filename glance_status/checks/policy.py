# SPDX-License-Identifier: Apache-2.0
"""Whether the policy file will still be read."""

import typing

from glance_status import context, plugins, results
from glance_status.checks import rule_parser, rules, texts

CONVERT = '`oslopolicy-convert-json-to-yaml --namespace glance`'

IMPLICIT = results.FindingKind(
    id='policy-json-implicit',
    title='policy.json would be ignored',
    looks_for='A policy.json in the configuration directories, with no '
    '[oslo_policy] policy_file that names it and no policy.yaml beside it. '
    'A file without any rule does not count.',
    matters='The API starts and the built-in defaults apply: whatever the '
    'file forbids or allows beyond them is lost without a word.',
    remediation=f'Convert it with {CONVERT} and set [oslo_policy] '
    'policy_file = policy.yaml.',
    since='32.0.0',
    reference='https://docs.openstack.org/oslo.policy/latest/cli/',
)
EXPLICIT = results.FindingKind(
    id='policy-json-explicit',
    title='policy_file names a JSON file',
    looks_for='A file named by [oslo_policy] policy_file that is JSON.',
    matters='oslo.policy supports YAML alone. JSON is still read as far as '
    'it is YAML, which JSON with tabs in it is not: then every request '
    'fails with 500.',
    remediation=f'Convert it with {CONVERT} and set [oslo_policy] '
    'policy_file = policy.yaml.',
    since='22.0.0',
    reference='https://docs.openstack.org/oslo.policy/latest/cli/',
)
UNREADABLE = results.FindingKind(
    id='policy-file-unreadable',
    title='The policy file cannot be read',
    looks_for='A policy file that is there and that this user may not read, '
    'that is no file of text, or that is larger than any that people write.',
    matters='Nothing can be said of the rules in it; where the Glance user '
    'cannot read it either, requests fail.',
    remediation='Run glance-status as the user that runs Glance, or as '
    'root, and make the file UTF-8 text.',
)


class PolicyFile(typing.NamedTuple):
    """A policy file as it stands.

    :param named: whether an option names it
    """

    named: bool
    file: texts.Text

    @property
    def rules(self) -> int | None:
        """Return how many rules it has as JSON; None where it is not JSON."""
        content = rule_parser.as_json(self.file.text or '')
        return None if content is None else len(content)


def _find(checker: context.Checker) -> PolicyFile | None:
    """Return the policy file that matters, None where there is none."""
    named = bool(rules.named(checker))
    path = rules.main_file(checker)
    if path is None and not named:
        path = checker.conf.find_file('policy.json')
    return PolicyFile(named, texts.read(path)) if path else None


def check_policy_file(checker: context.Checker) -> list[results.Finding]:
    """Look for policies in JSON."""
    file = _find(checker)
    target = checker.target
    unread = _unread(checker, file)
    if unread or file is None or target.major < rules.DEFAULT_IS_YAML:
        return unread
    if file.named:
        return _named(checker, file)
    path = file.file.path
    if file.rules == 0 or not path.endswith('policy.json'):
        return []
    number = 'rules' if file.rules is None else f'{file.rules} rules'
    if target.major < rules.NO_FALLBACK:
        return [
            IMPLICIT.warning(
                f'{path} has {number}, and no option names it. '
                f'{target.title} still falls back to it; '
                f'{rules.NO_FALLBACK}.0.0 ignores it.'
            )
        ]
    return [
        IMPLICIT.failure(
            f'{path} has {number}, and no option names it: '
            f'{target.title} ignores it and applies its defaults.'
        )
    ]


def _unread(
    checker: context.Checker, file: PolicyFile | None
) -> list[results.Finding]:
    """Return what nothing can be said of."""
    unread = {item.path: item.unread for item in rules.read(checker)}
    if file and file.file.text is None:
        unread.setdefault(file.file.path, file.file.error)
    return [
        UNREADABLE.warning(f'{path} cannot be read: {error}.')
        for path, error in unread.items()
        if error
    ]


def _named(
    checker: context.Checker, file: PolicyFile
) -> list[results.Finding]:
    text = file.file.text or ''
    said = rules.naming(checker, file.file.path)
    if not text.lstrip().startswith('{') or file.rules == 0:
        return []
    if checker.target.major >= rules.NO_FALLBACK and not rule_parser.is_yaml(
        text
    ):
        return [
            EXPLICIT.failure(
                f'{said}, which is JSON of a kind that is not YAML: every '
                'request would fail.'
            )
        ]
    if file.rules is None:
        return []
    return [
        EXPLICIT.warning(
            f'{said}, which is JSON: still read, and no longer supported.'
        )
    ]


CHECKS = (
    plugins.Check(
        id='policy-file',
        title='Policy file',
        function=check_policy_file,
        kinds=(IMPLICIT, EXPLICIT, UNREADABLE),
        topic='policy',
        reads=('configuration', 'files'),
        description='Whether the target reads the policy file that '
        'authorises requests today.',
    ),
)
