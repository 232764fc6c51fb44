# SPDX-License-Identifier: Apache-2.0
"""Whether the target looks for policies where they are."""

import os

from glance_status import context, ini, plugins, results
from glance_status.checks import rules, values

OPTIONS = ('policy_file', 'policy_dirs', 'policy_default_rule')
# Where Glance looks when nobody says, in all releases.
DEFAULTS = {
    'policy_file': ('policy.yaml', 'policy.json'),
    'policy_dirs': ('policy.d',),
    'policy_default_rule': ('default',),
}

ALIAS = results.FindingKind(
    id='policy-file-alias',
    title='Policies are named where they are no longer looked for',
    looks_for='policy_file, policy_dirs and policy_default_rule in [DEFAULT], '
    'where [oslo_policy] does not have them. Up to 29.0.0 they count: that '
    'is a note.',
    matters='The API starts and the built-in defaults apply: whatever the '
    'file forbids or allows beyond them is lost without a word.',
    remediation='Move the option to [oslo_policy].',
    since='30.0.0',
    reference=rules.REFERENCE,
)
MISSING = results.FindingKind(
    id='policy-file-missing',
    title='The policy file that the configuration names is not there',
    looks_for='A file that [oslo_policy] policy_file names and that is not '
    'to be found, as a path or in the configuration directories. policy.yaml '
    'is what Glance would look for anyway: that is a note.',
    matters='The API starts and the built-in defaults apply: whatever the '
    'file forbids or allows beyond them is lost without a word.',
    remediation='Put the file back or correct the path. Delete the option '
    'if there are no policies of your own.',
    reference=rules.REFERENCE,
)
DIRECTORY = results.FindingKind(
    id='policy-dirs-file',
    title='policy_dirs names something that is no directory',
    looks_for='A path in [oslo_policy] policy_dirs that is there and is no '
    'directory.',
    matters='The API starts, and every request that checks a policy fails '
    'with 500.',
    remediation='Name the directory in which the file is, or name the file '
    'with policy_file.',
    reference=rules.REFERENCE,
)


def check_policy_place(checker: context.Checker) -> list[results.Finding]:
    """Look for what the options name."""
    findings = [
        finding
        for option in OPTIONS
        if (finding := _alias(checker, option)) is not None
    ]
    missing = _missing(checker)
    if missing is not None:
        findings.append(missing)
    findings += [
        DIRECTORY.failure(
            f'[oslo_policy] policy_dirs names {path}'
            f'{values.place(checker, "oslo_policy", "policy_dirs")}, which is '
            'no directory.'
        )
        for path in rules.directories(checker)
        if not os.path.isdir(path)
    ]
    return findings


def _alias(checker: context.Checker, option: str) -> results.Finding | None:
    setting = checker.written('DEFAULT', option)
    if setting is None or checker.written('oslo_policy', option):
        return None
    said = f'{setting.name} is {setting.value} ({setting.place})'
    affected = results.Affected(1, (setting.name,))
    if checker.target.major < rules.NO_ALIAS:
        return ALIAS.note(
            f'{said}. {rules.NO_ALIAS}.0.0 will not look there.',
            affected=affected,
        )
    if not _matters(checker, setting):
        return ALIAS.note(
            f'{said}. It is not looked for there, and nothing is lost by '
            'that.',
            affected=affected,
        )
    if checker.crosses(rules.NO_ALIAS):
        return ALIAS.failure(
            f'{said}, where {checker.target.title} does not look.',
            affected=affected,
        )
    return ALIAS.warning(
        f'{said}, where no release since {rules.NO_ALIAS}.0.0 looks.',
        affected=affected,
    )


def _matters(checker: context.Checker, setting: ini.Setting) -> bool:
    """Tell whether something else applies than what a setting names."""
    if setting.option == 'policy_default_rule':
        return setting.value not in DEFAULTS[setting.option]
    path = checker.conf.find_file(setting.value) if setting.value else None
    if setting.option == 'policy_dirs':
        return path is not None and path not in rules.directories(checker)
    if path is None:
        return setting.value not in DEFAULTS[setting.option]
    return path != rules.main_file(checker)


def _missing(checker: context.Checker) -> results.Finding | None:
    name = rules.named(checker)
    if not name or rules.main_file(checker) is not None:
        return None
    message = f'{rules.naming(checker, name)}, and there is no such file'
    others = [n for n in DEFAULTS['policy_file'] if checker.conf.find_file(n)]
    if name in DEFAULTS['policy_file'] and not others:
        return MISSING.note(f'{message}: the built-in policies apply.')
    return MISSING.failure(
        f'{message}. {checker.target.title} applies its built-in policies.'
    )


CHECKS = (
    plugins.Check(
        id='policy-place',
        title='Place of policies',
        function=check_policy_place,
        kinds=(ALIAS, MISSING, DIRECTORY),
        topic='policy',
        reads=('configuration', 'files'),
        description='Whether the policy file and the directories that the '
        'configuration names are there, and looked for.',
    ),
)
