# SPDX-License-Identifier: Apache-2.0
"""Schemes of locations, and whether a store of the target serves them."""

import typing

from glance_status import context, results, rows
from glance_status.checks import backends, located

SCHEME = results.FindingKind(
    id='loc-scheme',
    title='Locations use a scheme that no store serves',
    looks_for='Locations of images whose URL has a scheme that no driver of '
    'the configured stores serves in the target.',
    matters='These images can be neither read nor deleted.',
    remediation='Before the upgrade, copy the images to a store that the '
    'target has, and remove these locations; or configure a store that '
    'serves the scheme.',
    since='20.0.0',
    reference='https://docs.openstack.org/releasenotes/glance/ussuri.html',
)
ENCRYPTED = results.FindingKind(
    id='loc-encrypted',
    title='Locations are no URLs',
    looks_for='Locations of images whose value has no scheme, as it is '
    'after it was encrypted with [DEFAULT] metadata_encryption_key.',
    matters='Without the key with which it was encrypted, Glance does not '
    'find the image.',
    remediation='Keep metadata_encryption_key as it is on all nodes, and '
    'back it up apart from the database.',
    reference='https://docs.openstack.org/releasenotes/glance/2024.2.html',
)


def ask(
    checker: context.Checker, stores: backends.Stores
) -> list[rows.Question]:
    """Ask for the locations that no store serves, and for what is no URL."""
    from glance_status import tables

    value = tables.exact(tables.IMAGE_LOCATIONS.c.value)
    return [
        tables.live_locations(
            'scheme',
            _unserved(value, stores, checker),
            sort=scheme,
            looks_at=(tables.IMAGE_LOCATIONS.c.value,),
        ),
        tables.live_locations('encrypted', ~value.like('%://%')),
    ]


def _unserved(
    value: typing.Any, stores: backends.Stores, checker: context.Checker
) -> typing.Any:
    """Return the condition that a URL has a scheme that no store serves.

    Where a driver of another party is configured, nobody knows what that
    one serves: then only the schemes of Glance's own drivers count.
    """
    import sqlalchemy

    def one_of(schemes: typing.Iterable[str]) -> typing.Any:
        return sqlalchemy.or_(
            sqlalchemy.false(),
            *(value.like(f'{name}://%') for name in sorted(schemes)),
        )

    served = located.schemes(stores, checker.target)
    if located.foreign(stores):
        return one_of(located.known_schemes() - served)
    return value.like('%://%') & ~one_of(served)


def scheme(url: str) -> str:
    """Return the scheme of a URL, and no more of it than that."""
    name = url.partition('://')[0]
    return name if name.replace('+', '').isalnum() else 'others'


def judge(checker: context.Checker) -> list[results.Finding]:
    """Tell of the schemes without a store, and of what is no URL."""
    return [*_schemes(checker), *_encrypted(checker)]


def _schemes(checker: context.Checker) -> list[results.Finding]:
    return [
        SCHEME.failure(
            f'Locations with the scheme {name}, which no store of the '
            f'configuration serves in {checker.target.title}: {each.count}.',
            affected=each.affected,
        )
        for name, each in sorted(checker.answers['scheme'].kinds.items())
    ]


def _encrypted(checker: context.Checker) -> list[results.Finding]:
    answer = checker.answers['encrypted']
    if not answer.count:
        return []
    message = f'Locations that are no URLs: {answer.count}.'
    key = checker.written('DEFAULT', 'metadata_encryption_key')
    if key is None:
        return [
            ENCRYPTED.warning(
                f'{message} [DEFAULT] metadata_encryption_key is not set, so '
                'that Glance cannot read them.',
                remediation='Set metadata_encryption_key to the key with '
                'which they were encrypted, or delete these images.',
                affected=answer.affected,
            )
        ]
    return [
        ENCRYPTED.warning(
            f'{message} The key in {key.place} is needed to read them.',
            affected=answer.affected,
        )
    ]
