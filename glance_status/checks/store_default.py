# SPDX-License-Identifier: Apache-2.0
"""Whether there is a store that images go to, and under which name."""

import re

from glance_status import context, plugins, results
from glance_status.checks import backends, presence, values
from glance_status.checks import stores as drivers

# The first release that keeps names for stores of its own.
RESERVING = 19
RESERVED_PREFIX = 'os_glance_'
# Drivers that only read.
READ_ONLY = ('http',)
# What the name of an entry point, or of a class, is made of.
_DRIVER = re.compile(r'[\w.+-]+')

DEFAULT_BACKEND = results.FindingKind(
    id='default-backend',
    title='default_backend names no store that Glance can use',
    looks_for='[DEFAULT] enabled_backends without a [glance_store] '
    'default_backend, with one that is not among its names, or with one '
    'whose driver cannot be a default (vmware, and drivers under the names '
    'of their classes).',
    matters='The API does not start: RuntimeError.',
    remediation='Set [glance_store] default_backend to one of the names in '
    '[DEFAULT] enabled_backends, that of the store to which images go today.',
    since='18.0.0',
    reference='https://docs.openstack.org/glance/latest/admin/'
    'multistores.html',
)
DEFAULT_STORE = results.FindingKind(
    id='default-store',
    title='default_store belongs to no store that is there',
    looks_for='A [glance_store] default_store, file where it is not set, '
    'that none of the drivers in [glance_store] stores serves. Looked at '
    'where [DEFAULT] enabled_backends is not set.',
    matters='The API does not start: RuntimeError, "Store for scheme ... not '
    'found".',
    remediation='Name its driver in [glance_store] stores, or set '
    'default_store to a scheme of a driver that stands there.',
    since='18.0.0',
)
READ_ONLY_DEFAULT = results.FindingKind(
    id='default-store-read-only',
    title='The default store can only be read',
    looks_for='A default store with the driver http.',
    matters='The API starts, and answers 410 to every upload that does not '
    'name another store.',
    remediation='Make a store the default that can be written, unless nobody '
    'is to upload images.',
)
RESERVED_NAME = results.FindingKind(
    id='reserved-store-name',
    title='A store has a name that Glance keeps for itself',
    looks_for='Names that begin with os_glance_ in [DEFAULT] '
    'enabled_backends, and DEFAULT among them.',
    matters='The API does not start: RuntimeError. A store with the name '
    'DEFAULT has no section of its own, and is dropped.',
    remediation='Remove os_glance_staging_store and os_glance_tasks_store '
    'from [DEFAULT] enabled_backends: Glance makes these itself, from the '
    'sections of these names. Give any other store another name, and write '
    'that into the metadata of its locations.',
    since='19.0.0',
    reference='https://docs.openstack.org/releasenotes/glance/train.html',
)
LEGACY_STORES = results.FindingKind(
    id='legacy-stores',
    title='The store is configured in the old way',
    looks_for='[glance_store] stores or default_store in a configuration '
    'without [DEFAULT] enabled_backends.',
    matters='Both options are deprecated since 17.0.0. They still work in '
    'every release that this tool knows, and may be removed in any later '
    'one.',
    remediation='Plan to move to [DEFAULT] enabled_backends and '
    '[glance_store] default_backend, with the directory, the pool or the '
    'container that the store has today, and with the sections '
    '[os_glance_staging_store] and [os_glance_tasks_store]. It need not be '
    'done for this upgrade.',
    since='17.0.0',
    reference='https://docs.openstack.org/glance/latest/admin/'
    'multistores.html',
)


def check_default(checker: context.Checker) -> list[results.Finding]:
    """Look at the default store and at how the stores are named."""
    stores = backends.read(checker)
    if stores.multi:
        found = [*_reserved(stores, checker), *_backend(stores, checker)]
    else:
        found = [*_scheme(stores, checker), *_legacy(checker)]
    return [*found, *_read_only(stores, checker)]


def _reserved(
    stores: backends.Stores, checker: context.Checker
) -> list[results.Finding]:
    prefixes: tuple[str, ...] = (RESERVED_PREFIX,)
    if checker.target.major < RESERVING:
        prefixes = ()
    return [
        RESERVED_NAME.failure(
            f'[DEFAULT] enabled_backends has the name {store.name}'
            f'{backends.place(checker, store)}, which no store may have.',
            affected=results.Affected(1, (store.name,)),
        )
        for store in stores.all
        if store.name == 'DEFAULT' or store.name.startswith(prefixes)
    ]


def _backend(
    stores: backends.Stores, checker: context.Checker
) -> list[results.Finding]:
    setting = checker.written('glance_store', 'default_backend')
    name = stores.default
    if not name:
        named = values.place(checker, 'DEFAULT', 'enabled_backends')
        return [
            DEFAULT_BACKEND.failure(
                f'[DEFAULT] enabled_backends is set{named}, and '
                '[glance_store] default_backend is not.'
            )
        ]
    where = f'[glance_store] default_backend is {name}'
    if setting is not None:
        where += f' ({setting.place})'
    chosen = next((store for store in stores.all if store.default), None)
    if chosen is None:
        return [
            DEFAULT_BACKEND.failure(
                f'{where}, which [DEFAULT] enabled_backends does not have.',
                affected=results.Affected(1, (name,)),
            )
        ]
    schemes = checker.target.store_schemes.get(chosen.driver)
    if schemes is None or chosen.written in schemes:
        return []
    return [
        DEFAULT_BACKEND.failure(
            f'{where}, a store with the driver {chosen.written}: Glance '
            'looks for a default by the scheme of its locations, which is '
            f'{" or ".join(schemes)}.',
            remediation='Make another store the default'
            + (
                '.'
                if chosen.driver not in schemes
                else f', or write the driver as {chosen.driver}.'
            ),
            affected=results.Affected(1, (name,)),
        )
    ]


def _scheme(
    stores: backends.Stores, checker: context.Checker
) -> list[results.Finding]:
    target = checker.target
    if stores.default not in target.default_stores:
        # The check of the drivers says so.
        return []
    if any(store.default for store in stores.all):
        return []
    if any(
        store.driver not in target.store_schemes
        and _may_be_there(checker, store.written)
        for store in stores.all
    ):
        # A driver of another party may serve any scheme.
        return []
    written = ', '.join(store.written for store in stores.all)
    return [
        DEFAULT_STORE.failure(
            f'{_said(checker, "default_store", stores.default)}, and '
            f'{_said(checker, "stores", written or "empty")}.',
            affected=results.Affected(1, (str(stores.default),)),
        )
    ]


def _may_be_there(checker: context.Checker, driver: str) -> bool:
    """Tell whether a driver that Glance lacks may be another party's."""
    if not _DRIVER.fullmatch(driver):
        return False
    return driver in drivers.installed_drivers() or not presence.runs_target(
        checker
    )


def _said(checker: context.Checker, option: str, value: str | None) -> str:
    setting = checker.written('glance_store', option)
    if setting is None:
        return f'[glance_store] {option} is not set, which means {value}'
    return f'[glance_store] {option} is {value} ({setting.place})'


def _read_only(
    stores: backends.Stores, checker: context.Checker
) -> list[results.Finding]:
    return [
        READ_ONLY_DEFAULT.warning(
            f'The default store is {store.name}'
            f'{backends.place(checker, store)}, whose driver {store.written} '
            'only reads.',
            affected=results.Affected(1, (store.name,)),
        )
        for store in stores.all
        if store.default and store.driver in READ_ONLY
    ]


def _legacy(checker: context.Checker) -> list[results.Finding]:
    settings = [
        setting
        for option in ('stores', 'default_store')
        if (setting := checker.written('glance_store', option)) is not None
    ]
    return [
        LEGACY_STORES.warning(
            f'{setting.name} is set ({setting.place}), and is deprecated.',
            affected=results.Affected(1, (setting.name,)),
        )
        for setting in settings
    ]


CHECKS = (
    plugins.Check(
        id='store-default',
        title='Default store',
        function=check_default,
        kinds=(
            DEFAULT_BACKEND,
            DEFAULT_STORE,
            READ_ONLY_DEFAULT,
            RESERVED_NAME,
            LEGACY_STORES,
        ),
        topic='stores',
        reads=('configuration',),
        description='Whether the store that images go to is one that the '
        'target makes, and whether stores are named as it wants.',
    ),
)
