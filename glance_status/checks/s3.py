# SPDX-License-Identifier: Apache-2.0
"""Whether S3 stores have the options without which they take no images."""

import re

from glance_status import context, ini, plugins, results
from glance_status.checks import backends, values

REQUIRED = (
    's3_store_host',
    's3_store_access_key',
    's3_store_secret_key',
    's3_store_bucket',
)
CHUNK_SIZE = 's3_store_large_object_chunk_size'
# Options that are too small below a number, in glance_store's words.
SMALLEST = ((CHUNK_SIZE, 5), ('s3_store_thread_pools', 1))
# The first release that has s3_store_region_name.
HAS_REGION = 26
# Amazon's names, of which the driver makes a region.
_REGIONAL = re.compile(r's3-[a-z0-9-]+\.amazonaws\.com(\.cn)?(:\d+)?/?')
URL_FORMAT = 's3_store_bucket_url_format'
URL_FORMATS = ('auto', 'virtual', 'path')

S3_UNCONFIGURED = results.FindingKind(
    id='s3-unconfigured',
    title='An S3 store cannot take images with its options',
    looks_for='An S3 store without s3_store_host, s3_store_access_key, '
    's3_store_secret_key or s3_store_bucket; with a '
    's3_store_large_object_chunk_size below 5 or a s3_store_thread_pools '
    'below 1; with a s3_store_bucket_url_format other than auto, virtual '
    'and path; or with a s3_store_host that is no URL, which the help of the '
    'option does not ask for.',
    matters='The API starts, and answers 410 to every upload to the store, '
    '500 where it is the format of the URL, and 400 where it is the host. '
    'From 33.0.0 on images are read '
    'with these keys too.',
    remediation='Set the options in the section of the store, or in '
    '[glance_store] where [DEFAULT] enabled_backends is not set.',
    since='20.0.0',
)


def check_s3(checker: context.Checker) -> list[results.Finding]:
    """Look at the options of all S3 stores."""
    return [
        finding
        for store in backends.read(checker).of('s3')
        for finding in [
            *_missing(store, checker),
            *_host(store, checker),
            *_wrong(store, checker),
        ]
    ]


def _missing(
    store: backends.Store, checker: context.Checker
) -> list[results.Finding]:
    missing = [
        name for name in REQUIRED if not backends.value(checker, store, name)
    ]
    if not missing:
        return []
    message = (
        f'[{store.group}] does not set {", ".join(missing)}, which '
        f'{backends.placed(checker, store)} needs.'
    )
    return [backends.judged(S3_UNCONFIGURED, store, message)]


def _host(
    store: backends.Store, checker: context.Checker
) -> list[results.Finding]:
    setting = backends.written(checker, store, 's3_store_host')
    if setting is None or _is_endpoint(setting, store, checker):
        return []
    # Somebody may have put the keys before it.
    host = backends.text(checker, setting).rpartition('@')[2]
    message = (
        f'{setting.name} is {values.shown(host)} ({setting.place}), and has '
        'to be a URL with http:// or https:// and a host.'
    )
    return [backends.judged(S3_UNCONFIGURED, store, message)]


def _is_endpoint(
    setting: ini.Setting, store: backends.Store, checker: context.Checker
) -> bool:
    value = backends.text(checker, setting)
    if not value or not backends.resolvable(value):
        return True
    region = checker.target.major >= HAS_REGION and backends.value(
        checker, store, 's3_store_region_name'
    )
    if _REGIONAL.fullmatch(value) and not region:
        return True
    return values.has_host(value)


def _wrong(
    store: backends.Store, checker: context.Checker
) -> list[results.Finding]:
    findings = []
    for name, smallest in SMALLEST:
        setting = backends.written(checker, store, name)
        if setting is None:
            continue
        value = backends.text(checker, setting)
        # What is no number at all, all options refuse alike.
        if _is_number(value) and int(value) < smallest:
            message = (
                f'{setting.name} is {value} ({setting.place}), and has to be '
                f'{smallest} or more.'
            )
            findings.append(backends.judged(S3_UNCONFIGURED, store, message))
    setting = backends.written(checker, store, URL_FORMAT)
    if setting is not None:
        value = backends.text(checker, setting)
        if value not in URL_FORMATS and backends.resolvable(value):
            message = (
                f'{setting.name} is {value!r} ({setting.place}), and has to '
                f'be {", ".join(URL_FORMATS[:-1])} or {URL_FORMATS[-1]}.'
            )
            findings.append(backends.judged(S3_UNCONFIGURED, store, message))
    return findings


def _is_number(value: str) -> bool:
    try:
        int(value)
    except ValueError:
        return False
    return True


CHECKS = (
    plugins.Check(
        id='s3-stores',
        title='S3 stores',
        function=check_s3,
        kinds=(S3_UNCONFIGURED,),
        topic='stores',
        reads=('configuration',),
        description='Whether S3 stores have the options that they need.',
    ),
)
