# SPDX-License-Identifier: Apache-2.0
"""The stores that the configuration names, and what it says of each."""

import re
import typing

from oslo_config import cfg

from glance_status import context, ini, options, releases, results
from glance_status.checks import values

# The first release whose glance_store gives a backend, for an option that
# its section has not, the one of [backend_defaults].
SHARED_DEFAULTS = 31
SHARED_GROUP = 'backend_defaults'
SINGLE_GROUP = 'glance_store'

STAGING = 'os_glance_staging_store'
TASKS = 'os_glance_tasks_store'
RESERVED = (STAGING, TASKS)

# What glance_store takes where [glance_store] does not say.
SINGLE_STORES = ('file', 'http')
SINGLE_DEFAULT = 'file'

# What findings of stores that take no images have in common.
REFUSED = 'The API starts, and answers 410 to every upload to the store.'

DATADIR = 'filesystem_store_datadir'
DEFAULT_DATADIR = '/var/lib/glance/images'

# Drivers under the names that they had at first, which still work.
_CLASSES = {
    'glance.store.filesystem.Store': 'file',
    'glance.store.http.Store': 'http',
    'glance.store.swift.Store': 'swift',
    'glance.store.rbd.Store': 'rbd',
    'glance.store.cinder.Store': 'cinder',
    'glance.store.vmware_datastore.Store': 'vmware',
    'glance.store.s3.Store': 's3',
}
REFERENCE = re.compile(
    r'[$\\]\$|\$(?:\{(?P<braced>[a-z_][\w.]*)\}|(?P<plain>[a-z_][\w.]*))',
    re.IGNORECASE | re.ASCII,
)
"""A reference to an option, or one of the two ways to write a dollar."""

# References in references; more are a circle.
_DEPTH = 10


class Store(typing.NamedTuple):
    """A store that Glance makes.

    :param name: of the backend; of the driver where there is one store
    :param driver: by its short name: 'file', 'rbd'
    :param written: the driver as the configuration has it
    :param group: the section in which its options stand
    :param default: whether images go there when nobody says where
    """

    name: str
    driver: str
    written: str
    group: str
    default: bool


class Stores(typing.NamedTuple):
    """All stores, and how the configuration names them.

    :param multi: whether [DEFAULT] enabled_backends names them
    :param default: the backend, or the scheme, that is the default; None
        where enabled_backends is set and default_backend is not
    :param all: without the reserved ones
    """

    multi: bool
    default: str | None
    all: tuple[Store, ...]

    def of(self, driver: str) -> list[Store]:
        """Return the stores with this driver."""
        return [store for store in self.all if store.driver == driver]


def read(checker: context.Checker) -> Stores:
    """Return the stores; Inapplicable where enabled_backends is no list.

    The check of the drivers is the one that says what is wrong with it.
    """
    try:
        conf = options.glance(checker.conf)
        backends = conf.enabled_backends
        stores = conf.glance_store.stores
        scheme = conf.glance_store.default_store
        default = conf.glance_store.default_backend
    except (cfg.Error, ValueError, RecursionError) as error:
        raise context.Inapplicable(
            'the options that name the stores cannot be read'
        ) from error
    if backends:
        return Stores(True, default, tuple(_named(backends, default)))
    names = SINGLE_STORES if stores is None else stores
    scheme = scheme or SINGLE_DEFAULT
    return Stores(
        False, scheme, tuple(_unnamed(names, scheme, checker.target))
    )


def _named(
    backends: typing.Mapping[str, str], default: str | None
) -> typing.Iterator[Store]:
    for name, driver in backends.items():
        yield Store(name, short(driver), driver, name, name == default)


def _unnamed(
    drivers: typing.Iterable[str], scheme: str, target: releases.Release
) -> typing.Iterator[Store]:
    for written in dict.fromkeys(drivers):
        driver = short(written)
        default = scheme in target.store_schemes.get(driver, (driver,))
        yield Store(driver, driver, written, SINGLE_GROUP, default)


def short(driver: str) -> str:
    """Return the short name of a driver."""
    return _CLASSES.get(driver, driver)


def written(
    checker: context.Checker, store: Store, option: str
) -> ini.Setting | None:
    """Return the line that decides an option of a store, None for none."""
    return _written(checker, store.group, option)


def _written(
    checker: context.Checker, group: str, option: str
) -> ini.Setting | None:
    found = checker.written(group, option)
    if found is not None or group == SINGLE_GROUP:
        return found
    if checker.target.major < SHARED_DEFAULTS:
        return None
    return checker.written(SHARED_GROUP, option)


def text(checker: context.Checker, setting: ini.Setting) -> str:
    """Return the value of a setting with its references put in.

    A reference to what no file sets stays as it is written.
    """
    return _resolved(checker, setting.section, setting.value, _DEPTH)


def resolvable(value: str) -> bool:
    """Tell whether all references were put into a value."""
    return '$' not in value


def referred(name: str) -> tuple[str, str]:
    """Return section and option of a reference; '' for its own section."""
    section, dot, option = name.partition('.')
    return (section, option) if dot else ('', name)


def _resolved(
    checker: context.Checker, group: str, value: str, depth: int
) -> str:
    if '$' not in value or not depth:
        return value

    def put(match: re.Match[str]) -> str:
        name = match['braced'] or match['plain']
        if name is None:
            return '$'
        section, option = referred(name)
        found = checker.written(section or group, option)
        if found is None:
            found = checker.written(section or 'DEFAULT', option)
        if found is None:
            return match[0]
        return _resolved(checker, found.section, found.value, depth - 1)

    return REFERENCE.sub(put, value)


def value(checker: context.Checker, store: Store, option: str) -> str | None:
    """Return what a store's option is set to, None where nothing sets it."""
    setting = written(checker, store, option)
    return None if setting is None else text(checker, setting)


def is_true(value: str | None) -> bool:
    """Tell whether oslo.config takes a text for true."""
    return (value or '').lower() in ('true', '1', 'yes', 'on')


def datadir(checker: context.Checker, group: str) -> str | None:
    """Return the directory of a filesystem store by its section.

    None where a file leaves it empty, as stores of many directories do.
    """
    setting = _written(checker, group, DATADIR)
    if setting is not None:
        return text(checker, setting) or None
    if group in RESERVED and checker.target.major < SHARED_DEFAULTS:
        return f'/var/lib/glance/{group}'
    return DEFAULT_DATADIR


def repeated(
    checker: context.Checker, option: str
) -> dict[str, list[ini.Setting]]:
    """Return all lines of an option that may be repeated, by section.

    Sections have the name by which oslo.config knows them.
    """
    found: dict[str, list[ini.Setting]] = {}
    for item in checker.settings:
        if item.option == option:
            group = ini.group_name(item.section)
            found.setdefault(group, []).append(item)
    return found


def of_group(
    checker: context.Checker,
    found: typing.Mapping[str, list[ini.Setting]],
    group: str,
) -> list[ini.Setting]:
    """Return what ``repeated`` found for a store by its section."""
    own = found.get(ini.group_name(group), [])
    if own or group == SINGLE_GROUP:
        return own
    if checker.target.major < SHARED_DEFAULTS:
        return []
    return found.get(SHARED_GROUP, [])


def judged(
    kind: results.FindingKind,
    store: Store,
    message: str,
    remediation: str | None = None,
) -> results.Finding:
    """Return what a fault of a store is: a failure where it is the default.

    Others are not used until somebody names them.
    """
    made = kind.failure if store.default else kind.warning
    return made(
        message,
        remediation=remediation,
        affected=results.Affected(1, (store.name,)),
    )


def title(store: Store) -> str:
    """Return what messages call a store."""
    which = 'default store' if store.default else 'store'
    return f'the {which} {store.name}'


def placed(checker: context.Checker, store: Store) -> str:
    """Return the same, with where the store is named."""
    return f'{title(store)}{place(checker, store)}'


def place(checker: context.Checker, store: Store) -> str:
    """Return where a store is named, as the end of a clause."""
    if store.group != SINGLE_GROUP:
        return values.place(checker, 'DEFAULT', 'enabled_backends')
    return values.place(checker, SINGLE_GROUP, 'stores') or values.place(
        checker, SINGLE_GROUP, 'default_store'
    )
