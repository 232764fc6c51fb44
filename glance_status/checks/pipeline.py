# SPDX-License-Identifier: Apache-2.0
"""The way of a request through middleware, as the paste file has it.

``paste_walk`` reads it.
"""

import configparser
import functools
import os
import typing
from collections import abc

from glance_status import context
from glance_status.checks import paste_walk, texts, values

REFERENCE = (
    'https://opendev.org/openstack/glance/src/branch/master/etc/'
    'glance-api-paste.ini'
)
SUFFIX = '-paste.ini'
NAME = 'glance-api' + SUFFIX


Way = tuple[paste_walk.Component, ...]
"""What a request passes, the application last."""

_Linked = tuple[paste_walk.Component | paste_walk.Item, '_Linked'] | None
# Steps of all ways together; the file that Glance ships has some fifty.
_MOST_STEPS = 1000


class Pipeline(typing.NamedTuple):
    """What a paste file makes of a flavor.

    :param path: the file
    :param app: the name of the application that Glance asks for
    :param components: all that it loads, in the order of the file
    :param ways: what requests pass, way by way, in that order; none where
        it does not load
    :param wrong: why it does not load, None where it does as far as we see
    :param known: whether ``app`` is in the file
    :param unread: why the file could not be looked at, None where it was
    """

    path: str
    app: str
    components: tuple[paste_walk.Component, ...] = ()
    ways: tuple[Way, ...] = ()
    wrong: str | None = None
    known: bool = True
    unread: texts.Text | None = None

    def loads(self, factory: str) -> bool:
        """Tell whether it loads a factory whose text begins so."""
        return any(
            item.factory.startswith(factory) for item in self.components
        )


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
            names = [stem + SUFFIX, NAME]
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
@functools.cache
def _followed(path: str, text: str, app: str, chosen: str) -> Pipeline:
    try:
        walk = paste_walk.Walk(path, text, chosen)
    except configparser.Error as error:
        said = ' '.join(str(error).split())
        return Pipeline(path, app, wrong=said)
    wrong, known = None, True
    ways: tuple[Way, ...] = ()
    try:
        if not walk.has('app', app):
            raise paste_walk.NoFlavor(
                f'it has no [composite:{app}] or [pipeline:{app}]'
            )
        walk.load(app)
        ways = _ways(walk.branches, app)
    except paste_walk.Wrong as error:
        wrong, known = str(error), not isinstance(error, paste_walk.NoFlavor)
    components = sorted(walk.components, key=lambda item: item.line)
    return Pipeline(path, app, tuple(components), ways, wrong, known)


def _ways(
    branches: abc.Mapping[paste_walk.Item, abc.Sequence[paste_walk.Parts]],
    app: str,
) -> tuple[Way, ...]:
    """Return all ways through an application; nothing of a maze."""
    found: list[Way] = []
    waiting: list[tuple[_Linked, Way]] = [((('app', app), None), ())]
    for _step in range(_MOST_STEPS):
        if not waiting:
            return tuple(found)
        ahead, passed = waiting.pop()
        if ahead is None:
            found.append(passed)
            continue
        part, rest = ahead
        if isinstance(part, paste_walk.Component):
            waiting.append((rest, (*passed, part)))
            continue
        for branch in branches[part]:
            further = rest
            for other in reversed(branch):
                further = (other, further)
            waiting.append((further, passed))
    return ()
