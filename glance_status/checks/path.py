# SPDX-License-Identifier: Apache-2.0
"""From which release to which the upgrade leads."""

import importlib.metadata

from glance_status import context, plugins, releases, results

TARGET_OLDER = results.FindingKind(
    id='target-older',
    title='The target is older than the source',
    looks_for='A target release that is older than every release which the '
    'database, or --from, allows as the source.',
    matters='Glance cannot go back: its migrations have no downgrade, and '
    'the older code does not know what the newer one wrote.',
    remediation='Name a later release with --target. To go back all the '
    'same, restore the backup that was made before the upgrade.',
    reference='https://docs.openstack.org/glance/latest/admin/'
    'rollingupgrades.html',
)
GLANCE_INSTALLED = results.FindingKind(
    id='glance-installed',
    title='Another Glance is installed beside this tool',
    looks_for='A distribution named glance in the environment in which '
    'glance-status runs, of a release that is neither source nor target.',
    matters='It may be a sign that the target was mistaken, or that this is '
    'not the host that was meant. Nothing of it is used.',
    remediation='Compare it with --target and --from.',
)


def _installed_glance() -> str | None:
    try:
        return importlib.metadata.version('glance')
    except importlib.metadata.PackageNotFoundError:
        return None


def check_path(checker: context.Checker) -> list[results.Finding]:
    """Compare target, source and what is installed here."""
    findings = []
    target, source = checker.target, checker.source
    if source and target < source[0]:
        findings.append(
            TARGET_OLDER.failure(
                f'The target {target.title} ({target.version}) is older '
                f'than {source[0].title}, the oldest release that this '
                'deployment can be at.'
            )
        )
    version = _installed_glance()
    if version and not _belongs(version, checker):
        findings.append(
            GLANCE_INSTALLED.note(
                f'Glance {version} is installed beside glance-status; it is '
                f'neither the target {target.title} nor the source.'
            )
        )
    return findings


def _belongs(version: str, checker: context.Checker) -> bool:
    try:
        release = releases.find(version)
    except releases.UnknownRelease:
        return False
    return release in (checker.target, *checker.source)


CHECKS = (
    plugins.Check(
        id='upgrade-path',
        title='Upgrade path',
        function=check_path,
        kinds=(TARGET_OLDER, GLANCE_INSTALLED),
        topic='releases',
        reads=('configuration', 'host'),
        description='Whether the way from the source to the target leads '
        'forward, and which Glance is installed beside this tool.',
    ),
)
