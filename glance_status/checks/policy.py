# SPDX-License-Identifier: Apache-2.0
"""Whether the policy file will still be read."""

import dataclasses
import json
import pathlib

from glance_status import context, options, plugins, results

# policy_file is policy.yaml by default from here on; oslo.policy then still
# falls back to policy.json.
DEFAULT_IS_YAML = 22
# The first release tested with oslo.policy 5, which has no such fallback.
NO_FALLBACK = 32
# The first whose oslo.policy does not find policy_file under [DEFAULT].
NO_ALIAS = 30

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
    'or that is no text.',
    matters='Nothing can be said of the rules in it; where the Glance user '
    'cannot read it either, requests fail.',
    remediation='Run glance-status as the user that runs Glance, or as '
    'root, and make the file UTF-8 text.',
)


@dataclasses.dataclass(frozen=True)
class PolicyFile:
    """A policy file as it stands.

    :param path: where it is
    :param named: whether an option names it
    :param text: None where it cannot be read
    :param error: why it cannot be read
    """

    path: str
    named: bool
    text: str | None
    error: str | None = None

    @property
    def rules(self) -> int | None:
        """Return how many rules it has as JSON; None where it is not JSON."""
        try:
            content = json.loads(self.text or '')
        except (ValueError, RecursionError):
            return None
        return len(content) if isinstance(content, dict) else None

    @property
    def yaml(self) -> bool:
        """Tell whether it is YAML, the JSON in it included."""
        import yaml

        try:
            # As oslo.policy does it; libyaml's loader takes more.
            yaml.safe_load(self.text or '')
        except (yaml.YAMLError, RecursionError):
            return False
        return True


def _find(checker: context.Checker) -> PolicyFile | None:
    """Return the policy file that matters, None where there is none."""
    conf = options.glance(checker.conf)
    named = conf.oslo_policy.policy_file
    if named is None and checker.target.major < NO_ALIAS:
        named = conf.policy_file
    if named:
        return _read(conf.find_file(named), True)
    if conf.find_file('policy.yaml'):
        return None
    return _read(conf.find_file('policy.json'), False)


def _read(path: str | None, named: bool) -> PolicyFile | None:
    if path is None:
        return None
    try:
        text = pathlib.Path(path).read_text(encoding='utf-8')
    except OSError as error:
        return PolicyFile(path, named, None, error.strerror)
    except UnicodeDecodeError:
        return PolicyFile(path, named, None, 'not UTF-8')
    return PolicyFile(path, named, text)


def check_policy_file(checker: context.Checker) -> list[results.Finding]:
    """Look for policies in JSON."""
    file = _find(checker)
    target = checker.target
    if file is None or target.major < DEFAULT_IS_YAML:
        return []
    if file.text is None:
        return [
            UNREADABLE.warning(f'{file.path} cannot be read: {file.error}.')
        ]
    if file.named:
        return _named(file, target.major)
    if file.rules == 0:
        return []
    rules = 'rules' if file.rules is None else f'{file.rules} rules'
    if target.major < NO_FALLBACK:
        return [
            IMPLICIT.warning(
                f'{file.path} has {rules}, and no option names it. '
                f'{target.title} still falls back to it; {NO_FALLBACK}.0.0 '
                'ignores it.'
            )
        ]
    return [
        IMPLICIT.failure(
            f'{file.path} has {rules}, and no option names it: '
            f'{target.title} ignores it and applies its defaults.'
        )
    ]


def _named(file: PolicyFile, major: int) -> list[results.Finding]:
    text = file.text or ''
    if not text.lstrip().startswith('{') or file.rules == 0:
        return []
    if not file.yaml and major >= NO_FALLBACK:
        return [
            EXPLICIT.failure(
                f'[oslo_policy] policy_file names {file.path}, which is JSON '
                'of a kind that is not YAML: every request would fail.'
            )
        ]
    if file.rules is None:
        return []
    return [
        EXPLICIT.warning(
            f'[oslo_policy] policy_file names {file.path}, which is JSON: '
            'still read, and no longer supported.'
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
