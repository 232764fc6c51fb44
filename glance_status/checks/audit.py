# SPDX-License-Identifier: Apache-2.0
"""Whether the audit middleware finds its map."""

import os

from glance_status import context, plugins, results
from glance_status.checks import pipeline, presence

FACTORY = 'keystonemiddleware.audit:'
OPTION = 'audit_map_file'

MAP = results.FindingKind(
    id='paste-audit-map',
    title='The map of the audit middleware is not there',
    looks_for=f'{OPTION} of the audit middleware of Keystone, in the pipeline '
    'of the configured flavor, that names no file. Looked at only on a host '
    'that has something else that the configuration names.',
    matters='The API does not start: FileNotFoundError.',
    remediation='Put the file where it is looked for, or take the filter out '
    'of the pipeline.',
    reference='https://docs.openstack.org/keystonemiddleware/latest/'
    'audit.html',
)


def check_audit(checker: context.Checker) -> list[results.Finding]:
    """Look for the files that audit filters name."""
    loaded = pipeline.read(checker)
    missing = [
        (item, path)
        for item in (loaded.components if loaded else ())
        if item.factory.startswith(FACTORY)
        for path in [dict(item.options).get(OPTION, '')]
        if os.path.isabs(path) and not os.path.isfile(path)
    ]
    if not missing or loaded is None:
        return []
    presence.require_own(checker)
    return [
        MAP.failure(
            f'{loaded.path}, line {item.line}: {OPTION} of [{item.section}] '
            f'is {path}, and there is no such file.',
            affected=results.Affected(1, (item.section,)),
        )
        for item, path in missing
    ]


CHECKS = (
    plugins.Check(
        id='audit-middleware',
        title='Audit middleware',
        function=check_audit,
        kinds=(MAP,),
        topic='middleware',
        reads=('configuration', 'files', 'host'),
        description='Whether the file is there that the audit middleware '
        'reads at its start.',
    ),
)
