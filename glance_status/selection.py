# SPDX-License-Identifier: Apache-2.0
"""Which checks and findings the operator wants."""

import difflib
import fnmatch
import typing

from glance_status import errors, plugins, results


class SelectionError(errors.Problem):
    """A word matches nothing, or all words together leave nothing."""


class Listed(typing.NamedTuple):
    """A check as its plug-in describes it.

    :param asks: whether it asks of the rows in the database
    """

    entry: plugins.Entry
    id: str
    title: str
    topic: str
    reads: tuple[str, ...]
    description: str
    kinds: tuple[results.FindingKind, ...]
    asks: bool = False

    @property
    def ids(self) -> tuple[str, ...]:
        """Return its own id and those of its findings."""
        return (
            self.id,
            *(kind.id for kind in self.kinds if kind.id != self.id),
        )


class Selection(typing.NamedTuple):
    """What to run, and which findings to leave out of it.

    :param wanted: the ids of checks and findings that count
    """

    wanted: frozenset[str]

    def runs(self, check: Listed) -> bool:
        """Tell whether a check is to run."""
        return not self.wanted.isdisjoint(check.ids)

    def keeps(self, check: Listed, finding: results.Finding) -> bool:
        """Tell whether a finding of a check that ran is to be shown."""
        return finding.id in self.wanted


def select(
    checks: typing.Sequence[Listed],
    broken: typing.Sequence[results.Outcome],
    include: typing.Sequence[str] = (),
    exclude: typing.Sequence[str] = (),
    others: typing.Collection[str] = (),
) -> Selection:
    """Return what is wanted, or raise SelectionError.

    :param checks: all that there is to choose from
    :param broken: the rows of plug-ins that did not load
    :param include: ids, or shell patterns, of checks and findings; without
        any, all
    :param exclude: the same for what to leave out
    :param others: ids that may be left out and that no check has
    """
    everything = {name for check in checks for name in check.ids}
    everything.update(row.id for row in broken)
    wanted = set(everything)
    if include:
        wanted = set()
        for pattern in include:
            wanted |= _matching(pattern, checks, broken, everything)
    for pattern in exclude:
        if fnmatch.filter(everything, pattern) or not fnmatch.filter(
            others, pattern
        ):
            wanted -= _matching(pattern, checks, broken, everything)
    # A check without its findings, and findings without their check.
    for check in checks:
        kinds = set(check.ids[1:])
        if kinds and kinds.isdisjoint(wanted):
            wanted.discard(check.id)
    if not wanted:
        raise SelectionError('nothing is left to check: --skip leaves out all')
    return Selection(frozenset(wanted))


def near(word: str, known: typing.Iterable[str]) -> str:
    """Return ' Did you mean ...?' where something known is like a word."""
    match = difflib.get_close_matches(word.lower(), list(known), n=1)
    return f' Did you mean {match[0]}?' if match else ''


def _matching(
    pattern: str,
    checks: typing.Sequence[Listed],
    broken: typing.Sequence[results.Outcome],
    everything: set[str],
) -> set[str]:
    found = set(fnmatch.filter(everything, pattern))
    for check in checks:
        if check.id in found:
            found.update(check.ids)
    # What a plug-in that did not load would have had.
    found.update(
        row.id for row in broken if pattern.startswith(f'{row.plugin}:')
    )
    if not found:
        names = ', '.join(sorted({row.plugin for row in broken}))
        unknown = f' What {names} would bring is not known.' if names else ''
        raise SelectionError(
            f'no check and no finding has the id {pattern!r}.'
            f'{near(pattern, everything)}{unknown} '
            '`glance-status upgrade list` shows them all.'
        )
    return found
