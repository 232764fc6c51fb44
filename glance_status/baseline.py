# SPDX-License-Identifier: Apache-2.0
"""Compare a report with an earlier one: what is new, known, and gone."""

import dataclasses
import functools
import typing

from glance_status import results


def compare(
    report: results.Report,
    earlier: results.Report,
    only_new: bool = False,
    wanted: typing.Container[str] | None = None,
) -> results.Report:
    """Return the report with what the earlier one had marked as known.

    A finding that is known, with more objects than before, is new. What is
    gone is known only of what was looked for.

    :param only_new: whether what is known does not count any more
    :param wanted: the ids that were looked for, None for all
    """
    old = {row.id: row.findings for row in earlier.outcomes}
    counted = ('active',) if only_new else ('active', 'known')
    outcomes = tuple(
        results.with_findings(
            row, functools.partial(_marked, old.get(row.id, ())), counted
        )
        for row in report.outcomes
    )
    gone = tuple(
        item
        for item in _gone(outcomes, earlier.outcomes)
        if wanted is None or item.id in wanted
    )
    return dataclasses.replace(report, outcomes=outcomes, gone=gone)


def _marked(
    old: tuple[results.Finding, ...], finding: results.Finding
) -> results.Finding:
    known = any(_includes(item, finding) for item in old)
    if finding.state == 'active' and known:
        return dataclasses.replace(finding, state='known')
    return finding


def _gone(
    now: typing.Iterable[results.Outcome],
    before: typing.Iterable[results.Outcome],
) -> typing.Iterator[results.Finding]:
    present = {
        row.id: row.findings for row in now if row.result != results.ERROR
    }
    for row in before:
        for item in row.findings:
            if row.id in present and not any(
                _overlap(item, other) for other in present[row.id]
            ):
                yield item


def _overlap(old: results.Finding, new: results.Finding) -> bool:
    """Tell whether an object of one is, or may be, an object of the other."""
    if old.id != new.id:
        return False
    known, names = _objects(old), _objects(new)
    return known is None or names is None or bool(known & names)


def _objects(finding: results.Finding) -> frozenset[str] | None:
    """Return what a finding is about, None where not all is named."""
    affected = finding.affected
    if affected is None or affected.count != len(affected.sample):
        return None
    return frozenset(affected.sample)


def _includes(old: results.Finding, new: results.Finding) -> bool:
    if old.id != new.id or new.result > old.result:
        return False
    if old.affected is None or new.affected is None:
        return old.affected == new.affected
    if new.affected.count > old.affected.count:
        return False
    if old.affected.count > len(old.affected.sample):
        return True
    return set(new.affected.sample) <= set(old.affected.sample)
