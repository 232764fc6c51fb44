# SPDX-License-Identifier: Apache-2.0
"""The rows of a report, made of what the processes of plug-ins answer."""

import dataclasses
import typing

from glance_status import results, selection, worker

Row = results.Outcome | results.NotRun
Clean = typing.Callable[[str], str]


def of(
    check: selection.Listed,
    chosen: selection.Selection,
    reply: worker.Message,
    clean: Clean,
) -> Row:
    """Return the row of a check that could ask what it wanted to.

    :param clean: masks secrets
    """
    if reason := reply.get('inapplicable'):
        return not_run(check, 'inapplicable', clean(reason))
    if reason := reply.get('broken'):
        return broken(check, reason, reply['duration'], clean)
    findings = tuple(
        _cleaned(results.finding_from(document), clean)
        for document in reply['findings']
    )
    kept = tuple(item for item in findings if chosen.keeps(check, item))
    details = reply['details']
    if kept != findings:
        details = results.details_of(kept)
    return results.Outcome(
        id=check.id,
        check=check.title,
        plugin=check.entry.name,
        result=results.worst_of(kept),
        details=details and clean(details),
        duration=float(reply['duration']),
        findings=kept,
    )


def broken(
    check: selection.Listed, reason: str, duration: float, clean: Clean
) -> results.Outcome:
    """Return the row of a check that told nothing that can be used."""
    whose = (
        ''
        if check.entry.builtin
        else f' (plug-in {check.entry.name} of the distribution '
        f'{check.entry.distribution})'
    )
    return results.Outcome(
        id=check.id,
        check=check.title,
        plugin=check.entry.name,
        result=results.ERROR,
        details=clean(f'The check broke{whose}: {reason}'),
        duration=duration,
    )


def not_run(
    check: selection.Listed, cause: results.Cause, reason: str
) -> results.NotRun:
    """Return the row of a check that did not run."""
    return results.NotRun(
        check.id, check.title, check.entry.name, cause, reason
    )


def _cleaned(finding: results.Finding, clean: Clean) -> results.Finding:
    affected = finding.affected
    return dataclasses.replace(
        finding,
        message=clean(finding.message),
        remediation=finding.remediation and clean(finding.remediation),
        affected=affected
        and dataclasses.replace(
            affected, sample=tuple(map(clean, affected.sample))
        ),
    )
