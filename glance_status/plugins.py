# SPDX-License-Identifier: Apache-2.0
"""Where checks come from: entry points, the built-in ones among them."""

import collections
import dataclasses
import fnmatch
import importlib.metadata
import re
import typing

import stevedore

from glance_status import errors, results

if typing.TYPE_CHECKING:
    from glance_status import rows

NAMESPACE = 'glance.status.upgrade.checks'
DISTRIBUTION = 'glance-status'

# With a prefix of the plug-in's own, as the checks that give none have it.
_ID = re.compile(r'(?:[\w.-]+:)?[a-z0-9]+(?:-[a-z0-9]+)*')
# Characters of what an error says that are kept.
_LONGEST = 1000


class PluginError(errors.Problem):
    """A plug-in is of no use; the text says why."""


@dataclasses.dataclass(frozen=True)
class Check:
    """A check and all that is known of it before it runs.

    :param id: lower-case words with hyphens, of its own
    :param title: the name of its row in the report
    :param function: called as ``function(checker, **kwargs)``; returns
        findings, none where all is well, or an oslo.upgradecheck Result
    :param kinds: every kind of finding that it may return
    :param topic: under which heading it is listed
    :param reads: 'configuration', 'database', 'files', 'host'
    :param description: what it looks at, in a sentence
    :param asks: what it asks of the rows in the database, as questions of
        ``glance_status.rows``, or a function that is called with the checker
        and returns them; the answers are in ``checker.answers``
    """

    id: str
    title: str
    function: typing.Callable[..., typing.Any]
    kinds: tuple[results.FindingKind, ...] = ()
    topic: str = 'other'
    reads: tuple[str, ...] = ('configuration', 'database')
    description: str = ''
    kwargs: typing.Mapping[str, typing.Any] = dataclasses.field(
        default_factory=dict
    )
    asks: (
        tuple['rows.Question', ...]
        | typing.Callable[..., typing.Iterable['rows.Question']]
    ) = ()


@dataclasses.dataclass(frozen=True)
class Pair(Check):
    """A check that came as (name, callable), and has to return a Result."""


class BaseChecks:
    """What a plug-in's class inherits, or looks like."""

    def get_checks(self) -> typing.Iterable[typing.Any]:
        """Return checks: Check objects, or (name, callable) pairs.

        In the place of the callable may stand ``(callable, kwargs)``. It is
        called as ``callable(checker, **kwargs)`` and returns an
        oslo_upgradecheck.upgradecheck.Result.
        """
        raise NotImplementedError


class Entry(typing.NamedTuple):
    """An entry point that was found and not loaded."""

    name: str
    group: str
    value: str
    distribution: str
    point: importlib.metadata.EntryPoint

    @property
    def builtin(self) -> bool:
        """Tell whether it is our own."""
        return self.distribution == DISTRIBUTION


class Conflict(typing.NamedTuple):
    """Entry points of one name, of which only the first is used."""

    used: Entry
    others: tuple[Entry, ...]

    def __str__(self) -> str:
        others = ', '.join(
            f'{entry.value} of {entry.distribution}' for entry in self.others
        )
        return (
            f'two entry points have the name {self.used.name}: '
            f'{self.used.value} of {self.used.distribution} is used, and not '
            f'{others}. Rename or uninstall one.'
        )


def find(
    patterns: typing.Iterable[str] = (),
) -> tuple[list[Entry], list[Conflict]]:
    """Return the entry points of our group and of others, ours first.

    :param patterns: more groups, as shell patterns
    :raises PluginError: where a pattern matches no group
    """
    found = [
        entry
        for group, points in _groups(patterns).items()
        for entry in map(_entry, points)
    ]
    by_name = collections.defaultdict(list)
    for entry in sorted(found, key=_order):
        by_name[entry.name].append(entry)
    entries = [same[0] for same in by_name.values()]
    conflicts = [
        Conflict(same[0], tuple(same[1:]))
        for same in by_name.values()
        if len(same) > 1
    ]
    return entries, conflicts


def _groups(
    patterns: typing.Iterable[str],
) -> dict[str, list[importlib.metadata.EntryPoint]]:
    try:
        installed = importlib.metadata.entry_points()
    except Exception as error:
        raise PluginError(
            'the entry points of the installed distributions cannot be read: '
            f'{describe(error)}. One of their entry_points.txt is damaged: '
            'reinstall the distribution that it belongs to.'
        ) from error
    chosen = {NAMESPACE}
    for pattern in patterns:
        matching = fnmatch.filter(installed.groups, pattern)
        if not matching:
            raise PluginError(
                f'no plug-in is installed in the namespace {pattern}.'
            )
        chosen.update(matching)
    return {
        group: list(installed.select(group=group)) for group in sorted(chosen)
    }


def _entry(point: importlib.metadata.EntryPoint) -> Entry:
    return Entry(
        point.name, point.group, point.value, _distribution(point), point
    )


def _distribution(point: importlib.metadata.EntryPoint) -> str:
    try:
        known: typing.Any = point.dist.metadata if point.dist else {}
        return str(known.get('Name', 'unknown'))
    except (AttributeError, TypeError):
        # What an interrupted installation left behind has no metadata.
        return 'unknown'


def _order(entry: Entry) -> tuple[bool, str, bool, str, str, str]:
    return (
        not entry.builtin,
        entry.name,
        entry.group != NAMESPACE,
        entry.group,
        entry.value,
        entry.distribution,
    )


if typing.TYPE_CHECKING:
    _Manager = stevedore.ExtensionManager[typing.Any]
else:
    _Manager = stevedore.ExtensionManager


class _Loader(_Manager):
    """Loads the one entry point that it is given."""

    def __init__(self, entry: Entry):
        self.entry = entry
        super().__init__(
            entry.group,
            invoke_on_load=True,
            on_load_failure_callback=self._fail,
        )

    def list_entry_points(self) -> list[importlib.metadata.EntryPoint]:
        return [self.entry.point]

    @staticmethod
    def _fail(
        _manager: typing.Any, _point: typing.Any, error: BaseException
    ) -> None:
        raise error


def load(entry: Entry) -> tuple[list[Check], list[str]]:
    """Import a plug-in; return its checks, and what is wrong with it.

    Anything may happen in it: call this in a process of its own.
    """
    checks: dict[str, Check] = {}
    problems: list[str] = []
    try:
        for item in _items(entry):
            try:
                check = _check(entry, item)
            except PluginError as error:
                problems.append(str(error))
                continue
            except Exception as error:
                problems.append(
                    f'get_checks() of {entry.value} returned something '
                    f'unusable: {describe(error)}'
                )
                continue
            if check.id in checks:
                problems.append(f'two of its checks have the id {check.id}')
            checks.setdefault(check.id, check)
    except PluginError as error:
        problems.append(str(error))
    return list(checks.values()), problems


def _items(entry: Entry) -> typing.Iterator[typing.Any]:
    try:
        plugin = _Loader(entry).extensions[0].obj
    except BaseException as error:
        raise PluginError(
            f'{entry.value} cannot be loaded: {describe(error)}'
        ) from error
    get_checks = getattr(plugin, 'get_checks', None)
    if not callable(get_checks):
        raise PluginError(f'{entry.value} has no get_checks()')
    try:
        yield from get_checks()
    except BaseException as error:
        raise PluginError(
            f'get_checks() of {entry.value} failed: {describe(error)}'
        ) from error


def describe(error: BaseException) -> str:
    """Return the type of an error and what it says, in one line."""
    name = type(error).__name__
    try:
        text = ' '.join(str(error).split())
    except Exception:
        text = 'it cannot say what went wrong'
    # SQLAlchemy adds the statement, and values that may be secret.
    text = text.partition(' [SQL: ')[0]
    if len(text) > _LONGEST:
        text = f'{text[:_LONGEST]} ...'
    return f'{name}: {text}' if text else name


def _check(entry: Entry, item: typing.Any) -> Check:
    if isinstance(item, Check):
        for name in (item.id, *(kind.id for kind in item.kinds)):
            if not _ID.fullmatch(name):
                raise PluginError(
                    f'the id {name} is not lower-case words with hyphens'
                )
        if not callable(item.function):
            raise PluginError(f'the check {item.id} is not callable')
        return item
    try:
        name, function = item
        kwargs: dict[str, typing.Any] = {}
        if isinstance(function, tuple):
            function, kwargs = function
        kwargs = dict(kwargs)
    except (TypeError, ValueError) as error:
        raise PluginError(
            f'get_checks() of {entry.value} returned {type(item).__name__} '
            f'where (name, callable) was expected'
        ) from error
    if not callable(function):
        raise PluginError(f'the check {name} of {entry.value} is not callable')
    title = str(name)
    identity = f'{entry.name}:{_slug(str(getattr(name, "msgid", name)))}'
    kind = results.FindingKind(
        id=identity,
        title=title,
        looks_for=f'What the plug-in {entry.name} of {entry.distribution} '
        'looks for; it does not say more.',
        matters='Its result counts like any other.',
    )
    return Pair(
        id=identity,
        title=title,
        function=function,
        kinds=(kind,),
        topic='plug-in',
        # It does not say, so it is run where the database is out of reach.
        reads=(),
        description=kind.looks_for,
        kwargs=kwargs,
    )


def _slug(name: str) -> str:
    return re.sub(r'[\W_]+', '-', name.lower()).strip('-') or 'check'
