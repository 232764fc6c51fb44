# SPDX-License-Identifier: Apache-2.0
"""What a paste file loads, as PasteDeploy follows the names in it.

PasteDeploy would import what it names; that may not be installed here.
"""

import configparser
import os
import re
import typing
from collections import abc

Kind = typing.Literal['app', 'filter']

# What stands before the colon of a section. Of several ways to write the same,
# the first that is there counts; two that are not the same are a fault.
_PREFIXES: dict[Kind, tuple[tuple[str, ...], ...]] = {
    'app': (
        ('app', 'application'),
        ('composite', 'composit'),
        ('pipeline',),
        ('filter-app',),
    ),
    'filter': (('filter',),),
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


Item = tuple[Kind, str]
"""Something that the file names."""

Parts = list[Component | Item]
"""What a request passes, one after the other."""


class Wrong(Exception):
    """PasteDeploy would not load it; the text says why."""


class NoFlavor(Wrong):
    """There is no such flavor."""


class Walk:
    """Follows the names in a paste file from an application on."""

    def __init__(self, path: str, text: str, chosen: str):
        self.chosen = chosen
        # What PasteDeploy adds to [DEFAULT]: the directory, and the file.
        self.added = {'here': os.path.dirname(path), '__file__': path}
        # Without interpolation: one value could grow for ever.
        self.parser = configparser.ConfigParser(
            defaults=self.added, interpolation=None
        )
        self.parser.optionxform = str  # type: ignore[assignment,method-assign]
        self.parser.read_string(text, path)
        self.lines = {
            line.strip()[1:-1]: number
            for number, line in enumerate(text.splitlines(), 1)
            if line.startswith('[')
        }
        # By what stands before the colon and after it.
        self.sections: dict[tuple[str, str], list[str]] = {}
        # What a section hands down to what it loads.
        self.handed: dict[str, str] = {}
        for section in self.parser.sections():
            prefix, _colon, name = section.partition(':')
            same = self.sections.setdefault((prefix, name.strip()), [])
            same.append(section)
            self.handed.update(_words('set ', self.parser[section]))
        self.components: set[Component] = set()
        self.branches: dict[Item, list[Parts]] = {}

    def has(self, kind: Kind, name: str) -> bool:
        """Tell whether some section is called so."""
        return any(
            (prefix, name) in self.sections
            for prefixes in _PREFIXES[kind]
            for prefix in prefixes
        )

    def load(self, app: str) -> None:
        """Collect what an application loads, and what that loads in turn."""
        for option, value in self.parser.defaults().items():
            if option not in self.added:
                self._plain('DEFAULT', value)
        waiting: list[Item] = [('app', app)]
        inside: set[Item] = set()
        while waiting:
            item = waiting[-1]
            if item in self.branches:
                inside.discard(waiting.pop())
                continue
            self.branches[item] = self._branches(*item)
            inside.add(item)
            found = [
                part
                for branch in self.branches[item]
                for part in branch
                if not isinstance(part, Component)
            ]
            for kind, name in inside.intersection(found):
                raise Wrong(f'its [{kind}:{name}] is made of itself')
            waiting += dict.fromkeys(found)

    def _branches(self, kind: Kind, name: str) -> list[Parts]:
        """Return what something is made of, by the ways through it."""
        if name.startswith(('egg:', 'call:')):
            return [[self._add(kind, name, name, {})]]
        if name.startswith('config:'):
            self._require(name.removeprefix('config:').partition('#')[0])
        if _SCHEME.match(name):
            # It may be anything, and is nothing that stands here.
            return [[Component(kind, name, name, 1)]]
        return self._of_section(kind, name)

    def _require(self, file: str) -> None:
        path = os.path.join(self.parser.defaults()['here'], file)
        if not os.path.exists(path):
            raise Wrong(f'it takes something from {path}, which is missing')

    def _of_section(self, kind: Kind, name: str) -> list[Parts]:
        section = self._section(kind, name)
        options = self._values(section)
        before: Parts = []
        after: Parts = []
        if 'filter-with' in options:
            before = [('filter', options.pop('filter-with'))]
        prefix = section.partition(':')[0]
        if prefix == 'pipeline':
            chain = _chain(section, options.pop('pipeline', ''))
            if options:
                extra = ', '.join(sorted(options))
                raise Wrong(f'its [{section}] has {extra} beside pipeline')
            return [before + chain]
        if prefix == 'filter-app':
            if 'next' not in options:
                raise Wrong(f'its [{section}] has no next')
            after = [('app', options.pop('next'))]
            kind = 'filter'
        return [
            before + branch + after
            for branch in self._made(section, kind, options)
        ]

    def _section(self, kind: Kind, name: str) -> str:
        sections: list[str] = []
        for prefixes in _PREFIXES[kind]:
            ways = (self.sections.get((word, name)) for word in prefixes)
            sections += next(filter(None, ways), [])
        if not sections:
            raise Wrong(f'it has no [{kind}:{name}]')
        if len(sections) > 1:
            raise Wrong(f'it has both [{"] and [".join(sections)}]')
        [section] = sections
        return section

    def _made(
        self, section: str, kind: Kind, options: dict[str, str]
    ) -> list[Parts]:
        """Note what makes a section; return the ways through it."""
        used = options.pop('use', '')
        if used and not used.startswith(('egg:', 'call:')):
            return [[(kind, used)]]
        named = [name for name in FACTORIES[kind] if name in options]
        factories = [options.pop(name) for name in named]
        # A filter may have two, and is made by the first.
        if kind == 'app' and len(named) > 1 and not used:
            raise Wrong(f'its [{section}] has both {" and ".join(named)}')
        factory = used or next(iter(factories), '')
        if not factory:
            raise Wrong(f'its [{section}] names nothing that makes it')
        if _CORS.match(factory) and not options.keys() & _CORS_OPTIONS:
            raise Wrong(f'its [{section}] has no {_CORS_OPTIONS[0]}')
        own = self._add(kind, section, factory, options)
        if factory == _BY_FLAVOR:
            chosen = self.chosen or 'default'
            if chosen not in options:
                raise NoFlavor(f'its [{section}] has no {chosen}')
            return [[own, *_chain(section, options[chosen])]]
        if _URL_MAPS.fullmatch(factory) and options:
            return [[own, ('app', app)] for app in options.values()]
        return [[own]]

    def _values(self, section: str) -> dict[str, str]:
        defaults = self.parser.defaults()
        found = {
            option: self._plain(section, value)
            for option, value in self.parser[section].items()
            if option not in defaults
        }
        known = {**defaults, **self.handed, **_words('set ', found)}
        taken = {}
        for option, name in _words('get ', found).items():
            if name not in known:
                raise Wrong(
                    f'its [{section}] gets {name}, which is set nowhere'
                )
            taken[option] = known[name]
        own = {
            option: value
            for option, value in found.items()
            if not option.startswith(('set ', 'get '))
        }
        values = own | taken
        values.pop('require', None)
        return values

    def _plain(self, section: str, value: str) -> str:
        def replaced(match: re.Match[str]) -> str:
            name, other = match.groups()
            if name is None and other == '%':
                return '%'
            if name not in self.parser[section]:
                raise Wrong(
                    f'its [{section}] has {match[0]}, which stands for nothing'
                )
            return self.parser[section][name]

        return _REFERENCE.sub(replaced, value)

    def _add(
        self, kind: Kind, section: str, factory: str, options: dict[str, str]
    ) -> Component:
        line = self.lines.get(section, 1)
        more = tuple(sorted(options.items()))
        added = Component(kind, section, factory, line, more)
        self.components.add(added)
        return added


def _words(kind: str, options: abc.Mapping[str, str]) -> dict[str, str]:
    """Return the options that are ``set NAME`` or ``get NAME``, by name."""
    return {
        option.removeprefix(kind).strip(): value
        for option, value in options.items()
        if option.startswith(kind)
    }


def _chain(section: str, value: str) -> Parts:
    names = value.split()
    if not names:
        raise Wrong(f'its [{section}] names nothing to load')
    return [*(('filter', name) for name in names[:-1]), ('app', names[-1])]
