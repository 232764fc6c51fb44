# SPDX-License-Identifier: Apache-2.0
"""Whether the target has a driver for every store."""

import functools
import typing

from oslo_config import cfg

from glance_status import context, options, plugins, releases, results
from glance_status.checks import presence, values

REMOVED_STORE = results.FindingKind(
    id='removed-store',
    title='A store has no driver in the target',
    looks_for='Drivers in [DEFAULT] enabled_backends (the type after the '
    'colon, not the name before it), and in [glance_store] stores and '
    'default_store, that some release of Glance has and the target has not.',
    matters='As the default store it keeps the API from starting. Elsewhere '
    'the API starts, drops the store with a line in its log, and its images '
    'can be neither read nor deleted.',
    remediation='Before the upgrade, copy its images to a store that the '
    'target has, then remove it from the configuration.',
    since='20.0.0',
    reference='https://docs.openstack.org/releasenotes/glance/ussuri.html',
)
UNKNOWN_STORE = results.FindingKind(
    id='unknown-store',
    title='A store has a driver that no release of Glance has',
    looks_for='Drivers in the same options that no released glance_store '
    'brings, and that are not installed beside this tool either. It is a '
    'failure where a backend has no driver, or one in capitals, and where '
    'the target is installed beside this tool.',
    matters='A driver of another party has to be installed, in a version for '
    'the target, before the API starts; a misspelt name leaves its images '
    'out of reach, and /v2/info/stores answers 500. The API does not start '
    'if the store is the default one.',
    remediation='Correct the name, or install the driver where the new '
    'Glance will run.',
)
BAD_BACKENDS = results.FindingKind(
    id='enabled-backends-syntax',
    title='enabled_backends cannot be read',
    looks_for='A value of [DEFAULT] enabled_backends that is no list of '
    'name:type pairs, or has a name twice.',
    matters='The API does not start: ConfigFileValueError.',
    remediation='Write it as NAME:TYPE, NAME:TYPE with each name once.',
    since='18.0.0',
)


class Use(typing.NamedTuple):
    """A driver, and where the configuration names it."""

    driver: str
    section: str
    option: str
    name: str | None = None

    @property
    def title(self) -> str:
        """Return what messages call it."""
        which = f' ({self.name})' if self.name else ''
        return f'[{self.section}] {self.option}{which}'

    @property
    def default(self) -> bool:
        """Tell whether it is the one that images go to."""
        return self.option == 'default_store'


def _uses(conf: cfg.ConfigOpts) -> list[Use]:
    """Return the drivers that Glance would load, without repetition."""
    backends = conf.enabled_backends
    if backends:
        return [
            Use(driver, 'DEFAULT', 'enabled_backends', name)
            for name, driver in backends.items()
        ]
    uses = [
        Use(driver, 'glance_store', 'stores')
        for driver in conf.glance_store.stores or ()
    ]
    default = conf.glance_store.default_store
    if default is not None:
        uses.append(Use(default, 'glance_store', 'default_store'))
    return uses


def check_stores(checker: context.Checker) -> list[results.Finding]:
    """Compare the drivers of all stores with those of the target."""
    try:
        uses = _uses(options.glance(checker.conf))
    except (cfg.Error, ValueError) as error:
        return [_unreadable(checker, error)]
    return [
        finding
        for use in uses
        if (finding := _judged(use, checker)) is not None
    ]


def _unreadable(checker: context.Checker, error: Exception) -> results.Finding:
    where = values.place(checker, 'DEFAULT', 'enabled_backends')
    # What stands before it is the same place in oslo.config's words.
    reason = str(error).rpartition(' is not valid: ')[2]
    if isinstance(error, cfg.NoSuchOptError):
        # It names the one that was asked for, not the one that is missing.
        reason = 'it refers to an option that is not there'
    return BAD_BACKENDS.failure(
        f'[DEFAULT] enabled_backends{where} cannot be read: {reason}.'
    )


def _judged(use: Use, checker: context.Checker) -> results.Finding | None:
    target = checker.target
    where = values.place(checker, use.section, use.option)
    if use.driver in _drivers(target, use.default):
        return None
    affected = results.Affected(1, (use.driver,))
    having = [
        release
        for release in releases.known()
        if use.driver in _drivers(release, use.default)
    ]
    if having:
        message = (
            f'{use.title} names the driver {use.driver}{where}, which '
            f'{target.title} ({target.version}) does not have; '
            f'{_span(having)}.'
        )
        return REMOVED_STORE.failure(message, affected=affected)
    if use.default:
        return UNKNOWN_STORE.failure(
            f'{use.title} is {use.driver or "empty"}{where}, and the API does '
            'not start with any but '
            f'{", ".join(sorted(target.default_stores))}.',
            affected=affected,
        )
    if use.driver in installed_drivers():
        return None
    if not use.driver:
        return UNKNOWN_STORE.failure(
            f'{use.title} names no driver{where}.', affected=affected
        )
    near = use.driver.lower()
    meant = (
        f' (did you mean {near}?)' if near in _drivers(target, False) else ''
    )
    message = (
        f'{use.title} names the driver {use.driver}{where}, which no release '
        'of Glance has and which is not installed beside '
        f'glance-status{meant}.'
    )
    # Its Glance would not find it either; [glance_store] stores are lenient.
    here = presence.runs_target(checker) and use.name is not None
    made = UNKNOWN_STORE.failure if meant or here else UNKNOWN_STORE.warning
    return made(message, affected=affected)


def _drivers(release: releases.Release, default: bool) -> frozenset[str]:
    return release.default_stores if default else release.store_drivers


def _span(having: list[releases.Release]) -> str:
    first, last = having[0], having[-1]
    if last == releases.newest():
        return f'it came with {first.version} ({first.title})'
    return f'{last.title} ({last.last}) was the last to have it'


@functools.cache
def installed_drivers() -> frozenset[str]:
    """Return the drivers that any distribution brings here."""
    import importlib.metadata

    points = importlib.metadata.entry_points(group='glance_store.drivers')
    return frozenset(point.name for point in points)


CHECKS = (
    plugins.Check(
        id='store-backends',
        title='Store backends',
        function=check_stores,
        kinds=(REMOVED_STORE, UNKNOWN_STORE, BAD_BACKENDS),
        topic='stores',
        reads=('configuration', 'host'),
        description='Whether the target has a driver for every store that '
        'the configuration names.',
    ),
)
