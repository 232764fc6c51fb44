# SPDX-License-Identifier: Apache-2.0
"""Whether Swift stores find their accounts, and may use them."""

import re
import typing

from glance_status import context, ini, plugins, results
from glance_status.checks import backends, small_files, swift_file

# The first release whose glance_store knows Keystone v3 alone.
ONLY_V3 = 31

VERSION = '3'

# Addresses of the API of Keystone v2, and of what was there before.
_OLD_ADDRESS = re.compile(r'/v[12](\.\d)?/?$')

AUTH_VERSION = 'swift_store_auth_version'

AUTH_ADDRESS = 'swift_store_auth_address'

CONFIG_FILE = 'swift_store_config_file'

MULTI_TENANT = 'swift_store_multi_tenant'

REFERENCE = 'default_swift_reference'

DEFAULT_REFERENCE = 'ref1'

PASSWORD = ('swift_store_user', 'swift_store_key', AUTH_ADDRESS)

CREDENTIAL = (
    'swift_store_application_credential_id',
    'swift_store_application_credential_secret',
    AUTH_ADDRESS,
)

SWIFT_AUTH = results.FindingKind(
    id='swift-auth',
    title='A Swift store uses a version of Keystone that is gone',
    looks_for='swift_store_auth_version other than 3 for a Swift store. '
    'Where the upgrade passes into 31.0.0 (2025.2) also auth_version other '
    'than 3 in a swift_store_config_file, and addresses in both that end in '
    '/v1.0 or /v2.0.',
    matters='The API does not start with the option (ConfigFileValueError). '
    'In the file the version is taken for 3 without a word, and users who '
    'are only known to an older Keystone, or in a domain that is not named, '
    'are refused: images can be neither stored nor read.',
    remediation='Remove swift_store_auth_version, or set it to 3; give the '
    'address of Keystone v3, and the domains of user and project '
    '(user_domain_id, project_domain_id in swift_store_config_file). Try it '
    'before the upgrade: the older release takes it too.',
    since='31.0.0',
    reference='https://docs.openstack.org/releasenotes/glance_store/'
    '2025.2.html',
)

SWIFT_CONFIG = results.FindingKind(
    id='swift-config-file',
    title='swift_store_config_file cannot be used',
    looks_for='A swift_store_config_file, searched in the directories of the '
    'configuration, that is not there or cannot be parsed. A % in it has to '
    'be written %%. A warning where not even its directory is on this host.',
    matters='The store is dropped with a line in the log: its images can be '
    'neither read nor deleted. Where it is the default store, and wherever a '
    '% in the file is not doubled, the API does not start.',
    remediation='Put the file where the option says, or correct it, or '
    'remove the option and set swift_store_user, swift_store_key and '
    'swift_store_auth_address.',
    since='18.0.0',
)

SWIFT_MULTI_TENANT = results.FindingKind(
    id='swift-multi-tenant',
    title='A Swift store has two ways to find its account',
    looks_for='swift_store_multi_tenant = true together with '
    'swift_store_config_file.',
    matters='The store is dropped with a line in the log. Where it is the '
    'default store, the API does not start.',
    remediation='Remove the one that is not wanted: with '
    'swift_store_multi_tenant each image goes into the account of the user '
    'who uploads it.',
    since='18.0.0',
)

SWIFT_UNCONFIGURED = results.FindingKind(
    id='swift-unconfigured',
    title='A Swift store has no account',
    looks_for='A Swift store without swift_store_user, swift_store_key and '
    'swift_store_auth_address (or an application credential, from 32.0.0 '
    'on), or whose default_swift_reference is no section of its '
    'swift_store_config_file with user, key and auth_address.',
    matters=backends.REFUSED,
    remediation='Set the three options, or name a complete section of '
    'swift_store_config_file as default_swift_reference.',
    since='18.0.0',
)


def check_swift(checker: context.Checker) -> list[results.Finding]:
    """Look at the options and the files of all Swift stores."""
    files: dict[str, swift_file.File] = {}
    return [
        finding
        for store in backends.read(checker).of('swift')
        for finding in _store(store, files, checker)
    ]


def _store(
    store: backends.Store,
    files: dict[str, swift_file.File],
    checker: context.Checker,
) -> list[results.Finding]:
    multi_tenant = backends.is_true(
        backends.value(checker, store, MULTI_TENANT)
    )
    # Of this option alone, [backend_defaults] does not count.
    named = checker.written(store.group, CONFIG_FILE)
    findings = _version(store, multi_tenant, checker)
    if multi_tenant:
        return [*findings, *_two_ways(store, named)]
    if named is None:
        return [
            *findings,
            *_address(store, checker),
            *_options(store, checker),
        ]
    path = backends.text(checker, named)
    if path not in files:
        # One parser reads the files of all stores.
        files[path] = swift_file.read(checker, path)
    return [
        *findings,
        *_file(store, named, files[path]),
        *_sections(store, files[path], checker),
        *_references(store, files, named, checker),
    ]


def _version(
    store: backends.Store, multi_tenant: bool, checker: context.Checker
) -> list[results.Finding]:
    setting = backends.written(checker, store, AUTH_VERSION)
    if setting is None or checker.target.major < ONLY_V3:
        return []
    value = backends.text(checker, setting)
    if value == VERSION:
        return []
    affected = results.Affected(1, (store.name,))
    message = f'{setting.name} is {value!r} ({setting.place})'
    if multi_tenant:
        # Such a store does not read it when it starts.
        return [
            SWIFT_AUTH.warning(
                f'{message}, and {checker.target.title} allows only '
                f'{VERSION}.',
                affected=affected,
            )
        ]
    return [
        SWIFT_AUTH.failure(
            f'{message}: {checker.target.title} allows only {VERSION}, and '
            'does not start with any other.',
            affected=affected,
        )
    ]


def _two_ways(
    store: backends.Store, named: ini.Setting | None
) -> list[results.Finding]:
    if named is None:
        return []
    return [
        SWIFT_MULTI_TENANT.failure(
            f'{named.name} is set ({named.place}), and {MULTI_TENANT} is '
            f'true: Glance drops {backends.title(store)}.',
            affected=results.Affected(1, (store.name,)),
        )
    ]


def _address(
    store: backends.Store, checker: context.Checker
) -> list[results.Finding]:
    setting = backends.written(checker, store, AUTH_ADDRESS)
    if setting is None or not checker.crosses(ONLY_V3):
        return []
    address = backends.text(checker, setting)
    if not _OLD_ADDRESS.search(address):
        return []
    return [
        SWIFT_AUTH.warning(
            f'{setting.name} is {address} ({setting.place}), which is not '
            'Keystone v3.',
            affected=results.Affected(1, (store.name,)),
        )
    ]


def _options(
    store: backends.Store, checker: context.Checker
) -> list[results.Finding]:
    ways = [PASSWORD]
    if checker.target.major >= swift_file.APPLICATION_CREDENTIALS:
        ways.append(CREDENTIAL)
    missing = [
        [name for name in way if not backends.value(checker, store, name)]
        for way in ways
    ]
    if not all(missing):
        return []
    message = (
        f'{backends.placed(checker, store)} has no account: [{store.group}] '
        f'does not set {", ".join(missing[0])}.'
    )
    return [
        backends.judged(
            SWIFT_UNCONFIGURED, store, message[0].upper() + message[1:]
        )
    ]


def _file(
    store: backends.Store, named: ini.Setting, file: swift_file.File
) -> list[results.Finding]:
    if not file.wrong:
        return []
    then = (
        'the API does not start'
        if store.default or file.fatal
        else f'Glance drops {backends.title(store)}'
    )
    affected = results.Affected(1, (store.name,))
    said = f'{named.name} names {file.path} ({named.place}), which '
    if small_files.is_elsewhere(file.path):
        return [
            SWIFT_CONFIG.warning(
                f'{said}{file.wrong}. Its directory is not on this host '
                'either: look where Glance runs.',
                affected=affected,
            )
        ]
    return [
        SWIFT_CONFIG.failure(f'{said}{file.wrong}: {then}.', affected=affected)
    ]


def _sections(
    store: backends.Store, file: swift_file.File, checker: context.Checker
) -> list[results.Finding]:
    if not checker.crosses(ONLY_V3):
        return []
    findings = []
    for name, (version, address) in file.sections.items():
        old = [
            said
            for said, wrong in (
                (f'auth_version {version}', version not in ('', VERSION)),
                (f'auth_address {address}', _OLD_ADDRESS.search(address)),
            )
            if wrong
        ]
        if old:
            findings.append(
                SWIFT_AUTH.warning(
                    f'The section [{name}] of {file.path} has '
                    f'{" and ".join(old)}, and {checker.target.title} takes '
                    f'every account for one of Keystone v{VERSION}.',
                    affected=results.Affected(1, (f'{store.name}/{name}',)),
                )
            )
    return findings


def _references(
    store: backends.Store,
    files: typing.Mapping[str, swift_file.File],
    named: ini.Setting,
    checker: context.Checker,
) -> list[results.Finding]:
    complete: set[str] = set()
    for file in files.values():
        if file.wrong or file.complete is None:
            return []
        complete |= file.complete
    wanted = backends.value(checker, store, REFERENCE) or DEFAULT_REFERENCE
    if wanted in complete:
        return []
    path = backends.text(checker, named) or 'the empty path'
    message = (
        f'{REFERENCE} of {backends.title(store)} is {wanted}, and '
        f'{path} ({named.name}, {named.place}) has '
        'no section of this name with user, key and auth_address.'
    )
    return [backends.judged(SWIFT_UNCONFIGURED, store, message)]


CHECKS = (
    plugins.Check(
        id='swift-stores',
        title='Swift stores',
        function=check_swift,
        kinds=(
            SWIFT_AUTH,
            SWIFT_CONFIG,
            SWIFT_MULTI_TENANT,
            SWIFT_UNCONFIGURED,
        ),
        topic='stores',
        reads=('configuration', 'files'),
        description='Whether Swift stores find their accounts, and the '
        'target can use them.',
    ),
)
