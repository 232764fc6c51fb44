# SPDX-License-Identifier: Apache-2.0
"""The way of a request through middleware, as the paste file has it.

It is read as PasteDeploy reads it, which would import what it names; that
may not be installed here.
"""

import collections
import configparser
import functools
import os
import re
import typing

from glance_status import context
from glance_status.checks import texts, values

REFERENCE = (
    'https://opendev.org/openstack/glance/src/branch/master/etc/'
    'glance-api-paste.ini'
)
SUFFIX = '-paste.ini'
NAME = 'glance-api' + SUFFIX

Kind = typing.Literal['app', 'filter']

# What stands before the colon of a section, and what it is.
_PREFIXES: dict[str, Kind] = {
    'app': 'app',
    'application': 'app',
    'composite': 'app',
    'composit': 'app',
    'pipeline': 'app',
    'filter-app': 'app',
    'filter': 'filter',
}
FACTORIES: dict[Kind, tuple[str, ...]] = {
    'app': (
        'paste.app_factory',
        'paste.composite_factory',
        'paste.composit_factory',
    ),
    'filter': ('paste.filter_factory', 'paste.filter_app_factory'),
}
"""Options that name what makes a piece, and groups of entry points."""

# Composites whose options are path = app.
_URL_MAPS = re.compile(
    r'glance\.api:root_app_factory|paste\.urlmap:urlmap_factory'
    r'|egg:paste#urlmap',
    re.IGNORECASE,
)
# It does not load without one of its options.
_CORS = re.compile(
    r'oslo_middleware(\.cors:|:CORS\.)|egg:oslo\.middleware#cors'
)
_CORS_OPTIONS = ('oslo_config_project', 'allowed_origin')
_BY_FLAVOR = 'glance.api:pipeline_factory'
# What PasteDeploy adds to [DEFAULT]: the directory, and the file.
_OWN_DEFAULTS = ('here', '__file__')
_SCHEME = re.compile(r'[a-zA-Z]+:')
_REFERENCE = re.compile(r'%(?:\(([^)]+)\)s|(.?))', re.DOTALL)


class Component(typing.NamedTuple):
    """A piece of middleware or an application that the pipeline loads.

    :param factory: 'module:object', 'egg:distribution#name' or 'call:...'
    :param options: what the section sets beside it
    """

    kind: Kind
    section: str
    factory: str
    line: int
    options: tuple[tuple[str, str], ...] = ()


class Pipeline(typing.NamedTuple):
    """What a paste file makes of a flavor.

    :param path: the file
    :param app: the name of the application that Glance asks for
    :param components: all that it loads, in the order of the file
    :param wrong: why it does not load, None where it does as far as we see
    :param known: whether ``app`` is in the file
    :param unread: why the file could not be looked at, None where it was
    """

    path: str
    app: str
    components: tuple[Component, ...] = ()
    wrong: str | None = None
    known: bool = True
    unread: texts.Text | None = None

    def loads(self, factory: str) -> bool:
        """Tell whether it loads a factory whose text begins so."""
        return any(
            item.factory.startswith(factory) for item in self.components
        )


class _Wrong(Exception):
    """PasteDeploy would not load it; the text says why."""


class _NoFlavor(_Wrong):
    """There is no such flavor."""


def flavor(checker: context.Checker) -> str:
    """Return the flavor that is configured, an empty text for the default."""
    return values.text(checker, 'paste_deploy', 'flavor') or ''


def file_of(checker: context.Checker) -> str | None:
    """Return the path of the paste file, None where Glance finds none.

    Source: ``_get_deployment_config_file`` in glance/common/config.py.
    """
    conf = checker.conf
    named = values.text(checker, 'paste_deploy', 'config_file')
    if named:
        # Glance looks in its working directory, which we do not know.
        found = named if os.path.isabs(named) else conf.find_file(named)
        return found if found and os.path.isfile(found) else None
    names = [NAME]
    if conf.config_file:
        stem, ending = os.path.splitext(os.path.basename(conf.config_file[-1]))
        if ending == '.conf':
            names.insert(0, stem + SUFFIX)
    for name in names:
        path = conf.find_file(name)
        if path and os.path.isfile(path):
            return os.path.abspath(path)
    return None


def read(checker: context.Checker) -> Pipeline | None:
    """Return the pipeline of the configured flavor, None without a file."""
    path = file_of(checker)
    if path is None:
        return None
    name = flavor(checker)
    return _pipeline(
        path, f'glance-api-{name}' if name else 'glance-api', name
    )


def caches(checker: context.Checker) -> bool:
    """Tell whether requests pass through the image cache.

    Where there is no paste file to look at, the name of the flavor decides.
    """
    pipeline = read(checker)
    if pipeline is None or pipeline.unread or pipeline.wrong:
        return 'cach' in flavor(checker)
    return pipeline.loads('glance.api.middleware.cache')


def _pipeline(path: str, app: str, chosen: str) -> Pipeline:
    file = texts.read(path)
    if file.text is None:
        return Pipeline(path, app, unread=file)
    return _followed(path, file.text, app, chosen)


# Many checks ask, and a large file takes seconds.
@functools.lru_cache(maxsize=2)
def _followed(path: str, text: str, app: str, chosen: str) -> Pipeline:
    try:
        walk = _Walk(path, text, chosen)
    except configparser.Error as error:
        said = ' '.join(str(error).split())
        return Pipeline(path, app, wrong=said)
    wrong, known = None, True
    try:
        if not walk.sections['app', app]:
            raise _NoFlavor(f'it has no [composite:{app}] or [pipeline:{app}]')
        walk.load(app)
    except _Wrong as error:
        wrong, known = str(error), not isinstance(error, _NoFlavor)
    components = sorted(walk.components, key=lambda item: item.line)
    return Pipeline(path, app, tuple(components), wrong, known)


class _Walk:
    """Follows the names in a paste file from an application on."""

    def __init__(self, path: str, text: str, chosen: str):
        self.chosen = chosen
        # Without interpolation: one value could grow for ever.
        self.parser = configparser.ConfigParser(
            defaults=dict(
                zip(_OWN_DEFAULTS, (os.path.dirname(path), path), strict=True)
            ),
            interpolation=None,
        )
        self.parser.optionxform = str  # type: ignore[assignment,method-assign]
        self.parser.read_string(text, path)
        self.lines = {
            line.strip()[1:-1]: number
            for number, line in enumerate(text.splitlines(), 1)
            if line.startswith('[')
        }
        self.sections: dict[tuple[Kind, str], list[str]] = (
            collections.defaultdict(list)
        )
        for section in self.parser.sections():
            prefix, _colon, name = section.partition(':')
            if prefix in _PREFIXES:
                self.sections[_PREFIXES[prefix], name.strip()].append(section)
        self.components: set[Component] = set()

    def load(self, app: str) -> None:
        """Collect what an application loads, and what that loads in turn."""
        for option, value in self.parser.defaults().items():
            if option not in _OWN_DEFAULTS:
                self._plain('DEFAULT', value)
        waiting: list[tuple[Kind, str]] = [('app', app)]
        inside: set[tuple[Kind, str]] = set()
        done: set[tuple[Kind, str]] = set()
        while waiting:
            item = waiting[-1]
            if item in done or item in inside:
                done.add(waiting.pop())
                inside.discard(item)
                continue
            inside.add(item)
            found = self._loaded_by(*item)
            for kind, name in inside.intersection(found):
                raise _Wrong(f'its [{kind}:{name}] is made of itself')
            waiting += found

    def _loaded_by(self, kind: Kind, name: str) -> list[tuple[Kind, str]]:
        if name.startswith(('egg:', 'call:')):
            self._add(kind, name, name, {})
            return []
        if name.startswith('config:'):
            self._require(name.removeprefix('config:').partition('#')[0])
        return [] if _SCHEME.match(name) else self._next(kind, name)

    def _require(self, file: str) -> None:
        path = os.path.join(self.parser.defaults()['here'], file)
        if not os.path.exists(path):
            raise _Wrong(f'it takes something from {path}, which is missing')

    def _next(self, kind: Kind, name: str) -> list[tuple[Kind, str]]:
        sections = self.sections[kind, name]
        if not sections:
            raise _Wrong(f'it has no [{kind}:{name}]')
        if len(sections) > 1:
            raise _Wrong(f'it has both [{"] and [".join(sections)}]')
        section = sections[0]
        options = self._values(section)
        found: list[tuple[Kind, str]] = []
        if 'filter-with' in options:
            found.append(('filter', options.pop('filter-with')))
        prefix = section.partition(':')[0]
        if prefix == 'pipeline':
            return found + _chain(section, options.get('pipeline', ''))
        if prefix == 'filter-app':
            if 'next' not in options:
                raise _Wrong(f'its [{section}] has no next')
            found.append(('app', options.pop('next')))
            kind = 'filter'
        return found + self._made(section, kind, options)

    def _made(
        self, section: str, kind: Kind, options: dict[str, str]
    ) -> list[tuple[Kind, str]]:
        """Note what makes a section; return what that loads itself."""
        used = options.pop('use', '')
        if used and not used.startswith(('egg:', 'call:')):
            return [(kind, used)]
        factories = [options.pop(f) for f in FACTORIES[kind] if f in options]
        factory = used or ''.join(factories[:1])
        if not factory:
            raise _Wrong(f'its [{section}] names nothing that makes it')
        if _CORS.match(factory) and not options.keys() & _CORS_OPTIONS:
            raise _Wrong(f'its [{section}] has no {_CORS_OPTIONS[0]}')
        self._add(kind, section, factory, options)
        if factory == _BY_FLAVOR:
            chosen = self.chosen or 'default'
            if chosen not in options:
                raise _NoFlavor(f'its [{section}] has no {chosen}')
            return _chain(section, options[chosen])
        if _URL_MAPS.fullmatch(factory):
            return [('app', app) for app in options.values()]
        return []

    def _values(self, section: str) -> dict[str, str]:
        defaults = self.parser.defaults()
        return {
            option: self._plain(section, value)
            for option, value in self.parser[section].items()
            if option not in defaults
            and option != 'require'
            and not option.startswith(('set ', 'get '))
        }

    def _plain(self, section: str, value: str) -> str:
        def replaced(match: re.Match[str]) -> str:
            name, other = match.groups()
            if name is None and other == '%':
                return '%'
            if name not in self.parser[section]:
                raise _Wrong(
                    f'its [{section}] has {match[0]}, which stands for nothing'
                )
            return self.parser[section][name]

        return _REFERENCE.sub(replaced, value)

    def _add(
        self, kind: Kind, section: str, factory: str, options: dict[str, str]
    ) -> None:
        line = self.lines.get(section, 1)
        more = tuple(sorted(options.items()))
        self.components.add(Component(kind, section, factory, line, more))


def _chain(section: str, value: str) -> list[tuple[Kind, str]]:
    names = value.split()
    if not names:
        raise _Wrong(f'its [{section}] names nothing to load')
    return [*(('filter', name) for name in names[:-1]), ('app', names[-1])]
