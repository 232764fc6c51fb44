# SPDX-License-Identifier: Apache-2.0
"""Whether the audit middleware finds its map."""

import configparser
import os

from glance_status import context, plugins, results
from glance_status.checks import pipeline, presence, texts

FACTORY = 'keystonemiddleware.audit:'
OPTION = 'audit_map_file'

MAP = results.FindingKind(
    id='paste-audit-map',
    title='The audit middleware cannot read its map',
    looks_for=f'{OPTION} of the audit middleware of Keystone, in the pipeline '
    'of the configured flavor, that names no file, or one that is no INI '
    'file or has an option twice. That it is not there is said only on a '
    'host that has something else that the configuration names.',
    matters='The API does not start: FileNotFoundError, '
    'PycadfAuditApiConfigError or an error of configparser.',
    remediation='Put the file where it is looked for and correct it, or take '
    'the filter out of the pipeline.',
    reference='https://docs.openstack.org/keystonemiddleware/latest/'
    'audit.html',
)


def check_audit(checker: context.Checker) -> list[results.Finding]:
    """Look at the files that audit filters name."""
    loaded = pipeline.read(checker)
    maps = [
        (item, path)
        for item in (loaded.components if loaded else ())
        if item.factory.startswith(FACTORY)
        for path in [dict(item.options).get(OPTION, '')]
        if os.path.isabs(path)
    ]
    if not all(os.path.isfile(path) for _item, path in maps):
        presence.require_own(checker)
    return [
        MAP.failure(
            f'{loaded.path}, line {item.line}: {OPTION} of [{item.section}] '
            f'is {path}, and {wrong}.',
            affected=results.Affected(1, (item.section,)),
        )
        for item, path in maps
        if loaded and (wrong := _wrong(path))
    ]


def _wrong(path: str) -> str | None:
    """Return why the middleware fails at a map, None where it does not."""
    if not os.path.isfile(path):
        return 'there is no such file'
    text = texts.read(path).text
    if text is None:
        return None
    parser = configparser.ConfigParser()
    try:
        parser.read_string(text, path)
        # Errors at any other option are caught there.
        parser.get('DEFAULT', 'target_endpoint_type', fallback=None)
    except configparser.Error as error:
        return f'it is no INI file: {" ".join(str(error).split())[:200]}'
    return None


CHECKS = (
    plugins.Check(
        id='audit-middleware',
        title='Audit middleware',
        function=check_audit,
        kinds=(MAP,),
        topic='middleware',
        reads=('configuration', 'files', 'host'),
        description='Whether the file is there that the audit middleware '
        'reads at its start, and can be read.',
    ),
)
