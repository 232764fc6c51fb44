# SPDX-License-Identifier: Apache-2.0
"""Locations in swift, and how the target gets in there."""

from glance_status import context, results, rows
from glance_status.checks import backends, swift, swift_file

V3_ALONE = 31

REFERENCE = results.FindingKind(
    id='loc-swift-reference',
    title='Swift locations use a reference that is not configured',
    looks_for='Locations like swift+config://REFERENCE/..., whose reference '
    'is neither a complete section of the swift_store_config_file of a store '
    'nor, without such a file, its default_swift_reference.',
    matters='These images can be neither read nor deleted.',
    remediation='Add the section with the account to the file that '
    'swift_store_config_file names.',
    reference='https://docs.openstack.org/glance/latest/configuration/'
    'configuring.html',
)
AUTH = results.FindingKind(
    id='loc-swift-auth',
    title='Swift locations lead to version 1 or 2 of the identity service',
    looks_for='Locations with a swift URL that has credentials and an '
    'address which ends in /v1 or /v2, where the upgrade passes into 31.0.0.',
    matters='The new driver speaks version 3 alone, also with these '
    'addresses, and does not get in.',
    remediation='Before the upgrade, copy the images to a container of a '
    'store that uses version 3 and swift_store_config_file, and remove '
    'these locations.',
    since='31.0.0',
    reference='https://docs.openstack.org/releasenotes/glance_store/'
    '2025.2.html',
)


def ask(
    checker: context.Checker, stores: backends.Stores
) -> list[rows.Question]:
    """Ask for the references, and for the addresses in the locations."""
    from glance_status import tables

    if not stores.of('swift'):
        return []
    value = tables.exact(tables.IMAGE_LOCATIONS.c.value)
    raw = (tables.IMAGE_LOCATIONS.c.value,)
    asked = []
    references = _references(checker, stores)
    if references is not None:
        asked.append(
            tables.live_locations(
                'swift-reference',
                value.like('swift+config://%'),
                sort=lambda url: (
                    None if _host(url) in references else _host(url)
                ),
                looks_at=raw,
            )
        )
    if checker.crosses(V3_ALONE):
        asked.append(
            tables.live_locations(
                'swift-auth',
                value.like('swift%://%@%'),
                sort=_identity_version,
                looks_at=raw,
            )
        )
    return asked


def _host(url: str) -> str:
    return url.partition('://')[2].partition('/')[0]


def _references(
    checker: context.Checker, stores: backends.Stores
) -> frozenset[str] | None:
    """Return the references of all swift stores, None where one is unknown."""
    found: set[str] = set()
    for store in stores.of('swift'):
        path = backends.value(checker, store, swift.CONFIG_FILE)
        if path is None:
            named = backends.value(checker, store, swift.REFERENCE)
            found.add(named or swift.DEFAULT_REFERENCE)
            continue
        file = swift_file.read(checker, path)
        if file.wrong or file.complete is None:
            return None
        found |= file.complete
    return frozenset(found)


def _identity_version(url: str) -> str | None:
    # The last two are the container and the object.
    path = url.rpartition('@')[2].split('/')[1:-2]
    return next((part for part in path if part.startswith(('v1', 'v2'))), None)


def judge(checker: context.Checker) -> list[results.Finding]:
    """Tell of what the target would not get in with."""
    findings = [
        REFERENCE.failure(
            f'Locations with the swift reference {name}, which is not '
            f'configured: {each.count}.',
            affected=each.affected,
        )
        for name, each in sorted(
            checker.answers.asked('swift-reference').kinds.items()
        )
    ]
    answer = checker.answers.asked('swift-auth')
    if answer.count:
        findings.append(
            AUTH.warning(
                'Swift locations with an address of an identity service '
                f'that is not version 3: {answer.count} ({answer.by_kind}).',
                affected=answer.affected,
            )
        )
    return findings
