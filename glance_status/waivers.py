# SPDX-License-Identifier: Apache-2.0
"""Findings that the operator accepts, with a reason and for a time."""

import dataclasses
import datetime
import fnmatch
import functools
import typing

from glance_status import results, selection

EXPIRED = results.FindingKind(
    id='waiver-expired',
    title='A waiver is past its date',
    looks_for='Entries of the waivers file whose day `expires` is over, '
    'in UTC.',
    matters='The waiver no longer covers its finding, which counts again.',
    remediation='Do what the finding says, or accept it anew with a later '
    'date.',
)

WITHOUT_REASON = results.FindingKind(
    id='waiver-without-reason',
    title='A waiver has no reason',
    looks_for='Entries of the waivers file without `reason`.',
    matters='The waiver is not applied: nobody could tell later on why the '
    'finding was accepted.',
    remediation='Write down why the finding is accepted, as `reason`.',
)

UNKNOWN_ID = results.FindingKind(
    id='waiver-unknown-id',
    title='A waiver names a finding that does not exist',
    looks_for='Entries of the waivers file whose `id` no installed check has.',
    matters='The waiver covers nothing; what was meant still counts.',
    remediation='Correct the id; `glance-status upgrade list` shows them all.',
)

UNUSED = results.FindingKind(
    id='waiver-unused',
    title='A waiver matches nothing',
    looks_for='Entries of the waivers file that match no finding although '
    'the check ran: what they accepted is gone, or `object` or `max_count` '
    'does not fit.',
    matters='It may hide something later on that nobody accepted.',
    remediation='Remove the entry, or correct its `object` or `max_count`.',
)

KINDS = (EXPIRED, WITHOUT_REASON, UNKNOWN_ID, UNUSED)

CHECK = 'waivers'

TITLE = 'Waivers'

# All that the operator can leave out of the row about waivers.
IDS = (CHECK, *(kind.id for kind in KINDS))


class Waiver(typing.NamedTuple):
    """One entry of a waivers file.

    :param number: its place in the file, from 1
    :param id: that of a finding, or of a check for all that it finds
    :param object: the name, or a shell pattern, that all that the finding
        affects has to match; None for whatever it affects
    :param expires: the last day on which it holds, in UTC
    :param max_count: how many affected objects it covers at most
    """

    number: int
    id: str
    object: str | None = None
    reason: str | None = None
    expires: datetime.date | None = None
    max_count: int | None = None

    def concerns(
        self, finding: results.Finding, check: str | None = None
    ) -> bool:
        """Tell whether it is about this finding, or about its check."""
        return self.id in (finding.id, check)

    def covers(
        self, finding: results.Finding, check: str | None = None
    ) -> bool:
        """Tell whether it is about this finding, and about all of it."""
        return self.concerns(finding, check) and not self.falls_short(finding)

    def falls_short(self, finding: results.Finding) -> str | None:
        """Return why it does not cover all of a finding that it concerns."""
        affected = finding.affected or results.Affected(0)
        count, names = affected.count, affected.sample
        if self.max_count is not None and count > self.max_count:
            return f'covers {self.max_count} at most, and {count} are affected'
        if self.object is None:
            return None
        if not names or not all(
            fnmatch.fnmatchcase(name, self.object) for name in names
        ):
            return 'matches nothing that was found'
        if count > len(names):
            # What is not named cannot be matched, so it is not covered.
            return (
                f'covers objects by name, and only {len(names)} of the '
                f'{count} that are affected are named: use max_count in the '
                'place of object'
            )
        return None

    def document(self) -> dict[str, typing.Any]:
        """Return what the report shows of it."""
        return {
            'reason': self.reason,
            'object': self.object,
            'expires': self.expires and self.expires.isoformat(),
            'max_count': self.max_count,
        }

    def __str__(self) -> str:
        what = f'{self.id} ({self.object})' if self.object else self.id
        return f'entry {self.number}, {what}'


def apply(
    report: results.Report,
    waivers: typing.Iterable[Waiver],
    owners: typing.Mapping[str, str],
    today: datetime.date,
    wanted: typing.Container[str] | None = None,
    clean: typing.Callable[[str], str] = str,
    skip: typing.Sequence[str] = (),
) -> results.Report:
    """Return the report with what is accepted marked, and a row about it.

    :param owners: the check of each finding id that is known
    :param today: the day in UTC
    :param wanted: the ids that were looked for, None for all
    :param clean: masks secrets
    :param skip: ids or patterns of what to leave out of the row
    """
    waivers = [_cleaned(waiver, clean) for waiver in waivers]
    used: set[int] = set()

    def waived(check: str, finding: results.Finding) -> results.Finding:
        covering = [
            waiver
            for waiver in waivers
            if waiver.reason
            and not _is_over(waiver, today)
            and waiver.covers(finding, check)
        ]
        used.update(waiver.number for waiver in covering)
        if not covering:
            return finding
        return dataclasses.replace(
            finding, state='waived', waiver=covering[0].document()
        )

    outcomes = [
        results.with_findings(row, functools.partial(waived, row.id))
        for row in report.outcomes
    ]
    ran = {
        row.id: row for row in report.outcomes if row.result != results.ERROR
    }
    findings: list[results.Finding] = []
    for waiver in waivers:
        if waiver.number in used:
            continue
        row = ran.get(owners.get(waiver.id, waiver.id))
        if wanted is not None and waiver.id not in wanted:
            row = None
        findings += _about(waiver, owners, row, today)
    report = dataclasses.replace(report, outcomes=tuple(outcomes))
    return _with_row(report, findings, skip)


def _with_row(
    report: results.Report,
    findings: typing.Iterable[results.Finding],
    skip: typing.Sequence[str],
) -> results.Report:
    """Return the report with a row of findings about waivers at its end."""
    if _is_any_of(CHECK, skip):
        left_out = results.NotRun(
            CHECK, TITLE, 'glance', 'deselected', 'left out by the operator'
        )
        return dataclasses.replace(report, not_run=(*report.not_run, left_out))
    kept = tuple(item for item in findings if not _is_any_of(item.id, skip))
    row = results.Outcome(
        id=CHECK,
        check=TITLE,
        plugin='glance',
        result=results.worst_of(kept),
        details=results.details_of(kept),
        findings=kept,
    )
    return dataclasses.replace(report, outcomes=(*report.outcomes, row))


def _is_any_of(identity: str, patterns: typing.Iterable[str]) -> bool:
    return any(fnmatch.fnmatchcase(identity, each) for each in patterns)


def _about(
    waiver: Waiver,
    owners: typing.Mapping[str, str],
    row: results.Outcome | None,
    today: datetime.date,
) -> list[results.Finding]:
    """Return what is wrong with an entry that covered nothing.

    :param row: of the check that it is about, None where that did not run
    """
    affected = results.Affected(1, (waiver.id,))
    known = {*owners, *owners.values()}
    if waiver.id not in known:
        return [
            UNKNOWN_ID.warning(
                f'No finding has the id of {waiver}.',
                remediation='Correct the id.'
                f'{selection.near(waiver.id, sorted(known))} '
                '`glance-status upgrade list` shows them all.',
                affected=affected,
            )
        ]
    if not waiver.reason:
        return [
            WITHOUT_REASON.warning(
                f'There is no reason in {waiver}.', affected=affected
            )
        ]
    if _is_over(waiver, today):
        text = f'{waiver}, expired after {waiver.expires}.'
        return [EXPIRED.warning(_sentence(text), affected=affected)]
    if not row:
        return []
    short = [
        why
        for finding in row.findings
        if waiver.concerns(finding, row.id)
        and (why := waiver.falls_short(finding))
    ]
    why = (*short, 'matches nothing that was found')[0]
    return [UNUSED.note(_sentence(f'{waiver}, {why}.'), affected=affected)]


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _is_over(waiver: Waiver, today: datetime.date) -> bool:
    return waiver.expires is not None and waiver.expires < today


def _cleaned(waiver: Waiver, clean: typing.Callable[[str], str]) -> Waiver:
    return waiver._replace(
        id=clean(waiver.id),
        object=waiver.object and clean(waiver.object),
        reason=waiver.reason and clean(waiver.reason),
    )
