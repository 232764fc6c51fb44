# SPDX-License-Identifier: Apache-2.0
"""Whether the health check can be made from its options."""

import ipaddress
import re

from glance_status import context, plugins, results
from glance_status.checks import pipeline, texts, values

# The first release whose oslo.middleware has the option.
HAS_RANGES = 28
# The first whose oslo.middleware has both backends, and refuses them together.
EXCLUDES = 29

SOURCES = results.FindingKind(
    id='healthcheck-sources',
    title='allowed_source_ranges has something that is no network',
    looks_for='Values of [healthcheck] allowed_source_ranges that are no '
    'network, or have bits set behind the prefix, as 10.0.0.1/8 has.',
    matters='The API does not start: ValueError.',
    remediation='Write networks, as 10.0.0.0/8 or 2001:db8::/32, or single '
    'addresses.',
    since='28.0.0',
    reference='https://docs.openstack.org/oslo.middleware/latest/reference/'
    'healthcheck_plugins.html',
)

BACKENDS = results.FindingKind(
    id='healthcheck-backends',
    title='Two backends of the health check exclude each other',
    looks_for='disable_by_file together with enable_by_files in the backends '
    'of the health check: those of the paste file, else those of '
    '[healthcheck].',
    matters='The API does not start: ConfigInvalid.',
    remediation='Keep one of the two.',
    since='29.0.0',
    reference='https://docs.openstack.org/oslo.middleware/latest/reference/'
    'healthcheck_plugins.html',
)

# The healthcheck in the paste file, as a filter or as an application.
_FACTORY = re.compile(
    r'oslo_middleware(\.healthcheck)?:Healthcheck'
    r'|egg:oslo\.middleware#healthcheck'
)
# Options that one backend alone reads.
_OF_BACKEND = {
    'disable_by_file_path': 'disable_by_file',
    'disable_by_file_paths': 'disable_by_files_ports',
    'enable_by_file_paths': 'enable_by_files',
}
_EXCLUSIVE = frozenset(('disable_by_file', 'enable_by_files'))
_IN_PASTE = re.compile(r'^backends\s*[=:](.*)$', re.MULTILINE)


def is_read(checker: context.Checker, option: str) -> bool:
    """Tell whether an option of [healthcheck] is read, as far as is seen.

    What the section of the paste file sets is taken from there.
    """
    loaded = pipeline.read(checker)
    if loaded is None or loaded.unread or loaded.wrong:
        return True
    written = checker.written('healthcheck', 'backends')
    for item in loaded.components:
        own = dict(item.options)
        if option in own or not _FACTORY.match(item.factory):
            continue
        backends = own.get('backends', written.value if written else '')
        if _OF_BACKEND.get(option, '') in ('', *_listed(backends)):
            return True
    return False


def _listed(value: str) -> list[str]:
    return [item.strip() for item in value.split(',')]


def check_options(checker: context.Checker) -> list[results.Finding]:
    """Look at the sources and the backends of the health check."""
    return [*_sources(checker), *_backends(checker)]


def _backends(checker: context.Checker) -> list[results.Finding]:
    if checker.target.major < EXCLUDES:
        return []
    path = pipeline.file_of(checker)
    in_paste = _IN_PASTE.search((path and texts.read(path).text) or '')
    setting = checker.written('healthcheck', 'backends')
    if in_paste:
        place, value = f'backends in {path}', in_paste[1]
    elif setting:
        place, value = f'{setting.name} ({setting.place})', setting.value
    else:
        return []
    if not {*_listed(value)} >= _EXCLUSIVE:
        return []
    return [
        BACKENDS.failure(
            f'{place} has both {" and ".join(sorted(_EXCLUSIVE))}: the API '
            'would not start.'
        )
    ]


def _sources(checker: context.Checker) -> list[results.Finding]:
    setting = checker.written('healthcheck', 'allowed_source_ranges')
    if setting is None or checker.target.major < HAS_RANGES:
        return []
    items = [item.strip() for item in setting.value.split(',')]
    wrong = [
        values.shown(item)
        for item in items
        if item and '$' not in item and not _is(item)
    ]
    if not wrong:
        return []
    return [
        SOURCES.failure(
            f'{setting.name} ({setting.place}) has '
            f'{", ".join(wrong[: results.SAMPLE_SIZE])}, which is no network '
            'address: the API would not start.',
            affected=results.Affected(
                len(wrong), tuple(wrong[: results.SAMPLE_SIZE])
            ),
        )
    ]


def _is(text: str) -> bool:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True


CHECKS = (
    plugins.Check(
        id='healthcheck-options',
        title='Health check options',
        function=check_options,
        kinds=(SOURCES, BACKENDS),
        topic='services',
        reads=('configuration', 'files'),
        description='Whether the API can make its health check from the '
        'options in [healthcheck].',
    ),
)
