# SPDX-License-Identifier: Apache-2.0
"""Locations in S3 and the accounts that stand in them."""

import typing
import urllib.parse

from glance_status import context, results, rows
from glance_status.checks import backends

WITHOUT_KEYS = 33

CREDENTIALS = results.FindingKind(
    id='loc-s3-creds',
    title='S3 locations embed credentials',
    looks_for='Locations with an S3 URL in which an access key stands, '
    'where the upgrade passes into 33.0.0.',
    matters='The new driver ignores the keys in the URL and takes those of '
    'the configuration, and with several stores the URL is written anew '
    'without them when somebody reads the image. Nodes of the old release '
    'cannot read such a URL: there is no way back, and old and new nodes '
    'cannot run side by side. An image under another account is lost to '
    'view.',
    remediation='Give each S3 store the one account that its images are '
    'under. Back up image_locations, and stop all nodes of the old release '
    'before the first of the new one starts.',
    since='33.0.0',
    reference='https://docs.openstack.org/glance_store/latest/',
)


def ask(
    checker: context.Checker, stores: backends.Stores
) -> list[rows.Question]:
    """Ask for the locations in which an access key stands."""
    from glance_status import tables

    if not checker.crosses(WITHOUT_KEYS) or not stores.of('s3'):
        return []
    value = tables.exact(tables.IMAGE_LOCATIONS.c.value)
    return [
        tables.live_locations(
            's3',
            value.like('s3%://%@%'),
            sort=_account_sorter(_access_keys(checker, stores)),
            looks_at=(tables.IMAGE_LOCATIONS.c.value,),
        )
    ]


def _access_keys(
    checker: context.Checker, stores: backends.Stores
) -> frozenset[str]:
    found = (
        backends.value(checker, store, 's3_store_access_key')
        for store in stores.of('s3')
    )
    return frozenset(filter(None, found))


def _account_sorter(
    keys: typing.Container[str],
) -> typing.Callable[[str], str]:
    def sort(url: str) -> str:
        key = url.partition('://')[2].partition(':')[0]
        known = key in keys or urllib.parse.unquote(key) in keys
        return 'configured account' if known else 'other accounts'

    return sort


def judge(checker: context.Checker) -> list[results.Finding]:
    """Tell of the accounts that are in the locations."""
    answer = checker.answers.asked('s3')
    if not answer.count:
        return []
    return [
        CREDENTIALS.warning(
            f'S3 locations with credentials in them: {answer.count} '
            f'({answer.by_kind}).',
            affected=answer.affected,
        )
    ]
