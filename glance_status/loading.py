# SPDX-License-Identifier: Apache-2.0
"""Plug-ins loaded, each in its process, and the checks that they list."""

import dataclasses
import typing

from glance_status import (
    garbage,
    plugins,
    process,
    results,
    selection,
    waivers,
    worker,
)
from glance_status.children import Children, Interrupted

# The row about waivers, which comes from no plug-in.
_RESERVED = (waivers.CHECK, *(kind.id for kind in waivers.KINDS))


@dataclasses.dataclass
class Loaded:
    """What was loaded.

    :ivar broken: the rows of plug-ins in which something is wrong
    :ivar interrupted: the signal that ended the loading, None without
    """

    checks: list[selection.Listed] = dataclasses.field(default_factory=list)
    broken: list[results.Outcome] = dataclasses.field(default_factory=list)
    interrupted: str | None = None


def load(
    children: Children,
    entries: typing.Iterable[plugins.Entry],
    conflicts: typing.Iterable[plugins.Conflict] = (),
    clean: typing.Callable[[str], str] = str,
) -> Loaded:
    """Load plug-ins.

    :param clean: masks secrets in what plug-ins say
    """
    loaded = Loaded()
    taken = dict.fromkeys(_RESERVED, 'glance-status')
    wrong = {conflict.used.name: [str(conflict)] for conflict in conflicts}
    try:
        for entry in entries:
            problems = wrong.setdefault(entry.name, [])
            problems += _load(children, entry, loaded.checks, taken)
            if problems:
                loaded.broken.append(
                    _broken(entry, [clean(problem) for problem in problems])
                )
    except Interrupted as error:
        loaded.interrupted = str(error)
    # Most of what is imported is there; a long run may begin.
    garbage.seek()
    return loaded


def _load(
    children: Children,
    entry: plugins.Entry,
    checks: list[selection.Listed],
    taken: dict[str, str],
) -> list[str]:
    """List the checks of a plug-in, and return what is wrong with it."""
    children.begin(f'loading the plug-in {entry.name}')
    try:
        reply = children.start(entry.name, entry, {'do': 'load'})
        for document in reply['checks']:
            check = _listed(entry, document)
            if problem := _clash(check, taken):
                reply['problems'].append(problem)
                continue
            taken.update(dict.fromkeys(check.ids, entry.name))
            checks.append(check)
        return list(map(str, reply['problems']))
    except process.TimedOut:
        return [f'it did not load within {children.timeout:g} seconds']
    except process.Lost as error:
        return [f'it did not load: {error}']
    except (KeyError, TypeError) as error:
        return [f'it described its checks in an unknown way: {error!r}']


def _listed(
    entry: plugins.Entry, document: worker.Message
) -> selection.Listed:
    return selection.Listed(
        entry=entry,
        id=document['id'],
        title=document['title'],
        topic=document['topic'],
        reads=tuple(document['reads']),
        description=document['description'],
        kinds=tuple(results.FindingKind(**kind) for kind in document['kinds']),
        asks=document['asks'],
    )


def _row_of(entry: plugins.Entry) -> str:
    """Return the id of the row that says what is wrong with a plug-in."""
    return f'{entry.name}:plug-in'


def _clash(check: selection.Listed, taken: dict[str, str]) -> str | None:
    """Return why a check is left out, None where its ids are its own."""
    for name in check.ids:
        if name in taken or name == _row_of(check.entry):
            return (
                f'its check {check.id} is left out: '
                f'{taken.get(name, "the run")} has the id {name} already'
            )
    return None


def _broken(entry: plugins.Entry, problems: list[str]) -> results.Outcome:
    listed = '\n'.join(problems)
    return results.Outcome(
        id=_row_of(entry),
        check=f'Plug-in {entry.name}',
        plugin=entry.name,
        result=results.ERROR,
        details=f'The plug-in {entry.name} of the distribution '
        f'{entry.distribution} is broken:\n{listed}\n'
        f'Update or uninstall {entry.distribution}, or leave it out with '
        f"`--skip '{entry.name}:*'`.",
    )
