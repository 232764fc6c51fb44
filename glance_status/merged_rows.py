# SPDX-License-Identifier: Apache-2.0
"""The rows of many nodes' reports, each once, with the nodes it is true of."""

import dataclasses
import json
import typing

from glance_status import differences, results


def outcomes(nodes: differences.Nodes) -> list[results.Outcome]:
    """Return what ran, the results of all nodes in one row."""
    by_id: dict[str, dict[str, results.Outcome]] = {}
    for host, report in nodes.items():
        for row in report.outcomes:
            by_id.setdefault(row.id, {})[host] = row
    order = differences.ordered(
        [row.id for row in r.outcomes] for r in nodes.values()
    )
    return [_outcome(by_id[identity], nodes) for identity in order]


def not_run(nodes: differences.Nodes) -> list[results.NotRun]:
    """Return what did not run; an id can be there for several reasons."""
    by_id: dict[str, dict[results.NotRun, list[str]]] = {}
    for host, report in nodes.items():
        for row in report.not_run:
            by_id.setdefault(row.id, {}).setdefault(row, []).append(host)
    order = differences.ordered(
        [row.id for row in r.not_run] for r in nodes.values()
    )
    return [
        row
        if len(hosts) == len(nodes)
        else dataclasses.replace(
            row, reason=f'{row.reason} (on {", ".join(hosts)})'
        )
        for identity in order
        for row, hosts in by_id[identity].items()
    ]


def gone(nodes: differences.Nodes) -> tuple[results.Finding, ...]:
    """Return what the baselines of the nodes had, and who has it no more."""
    found: dict[object, tuple[results.Finding, list[str]]] = {}
    for host, report in nodes.items():
        for item in report.gone:
            _add(found, item, host)
    return tuple(
        item
        if len(nodes) == 1
        else dataclasses.replace(
            item, message=_placed(item.message, having, [], nodes)
        )
        for item, having in found.values()
    )


def _outcome(
    rows: dict[str, results.Outcome], nodes: differences.Nodes
) -> results.Outcome:
    first = next(iter(rows.values()))
    if len(nodes) == 1:
        return first
    findings = _findings(rows, nodes)
    result = max(row.result for row in rows.values())
    return results.Outcome(
        id=first.id,
        check=first.check,
        plugin=first.plugin,
        result=result,
        details=_reasons(rows, nodes)
        if result == results.ERROR
        else _details(rows, findings, nodes),
        duration=max(row.duration for row in rows.values()),
        findings=findings,
    )


def _findings(
    rows: dict[str, results.Outcome], nodes: differences.Nodes
) -> tuple[results.Finding, ...]:
    """Return the findings of all hosts, each once, with those who have it."""
    kinds: dict[str, dict[object, tuple[results.Finding, list[str]]]] = {}
    for host, row in rows.items():
        for item in row.findings:
            _add(kinds.setdefault(item.id, {}), item, host)
    finished = [h for h, row in rows.items() if row.result != results.ERROR]
    found = []
    for same in kinds.values():
        any_of = {host for _item, having in same.values() for host in having}
        lacking = [host for host in finished if host not in any_of]
        found += [
            dataclasses.replace(
                item, message=_placed(item.message, having, lacking, nodes)
            )
            for item, having in same.values()
        ]
    return tuple(found)


def _reasons(
    rows: dict[str, results.Outcome], nodes: differences.Nodes
) -> str:
    """Return why the check broke, and where."""
    finished = [h for h, row in rows.items() if row.result != results.ERROR]
    reasons = {
        host: row.details or 'The check broke'
        for host, row in rows.items()
        if host not in finished
    }
    return '\n'.join(
        _placed(text, hosts, finished, nodes)
        for text, hosts in differences.grouped(reasons).items()
    )


def _details(
    rows: dict[str, results.Outcome],
    findings: tuple[results.Finding, ...],
    nodes: differences.Nodes,
) -> str | None:
    """Return what the findings say, and rows that have something to say."""
    said = {
        host: row.details
        for host, row in rows.items()
        if row.details and not row.findings
    }
    lines = [
        results.details_of(findings),
        *(
            _placed(text, hosts, [], nodes)
            for text, hosts in differences.grouped(said).items()
        ),
    ]
    return '\n'.join(filter(None, lines)) or None


def _add(
    found: dict[object, tuple[results.Finding, list[str]]],
    item: results.Finding,
    host: str,
) -> None:
    _item, having = found.setdefault(_key(item), (item, []))
    if host not in having[-1:]:
        having.append(host)


def _key(item: results.Finding) -> object:
    """Return what is the same for findings that say the same."""
    if item.waiver is None:
        return item
    waiver = json.dumps(item.waiver, sort_keys=True, default=str)
    return dataclasses.replace(item, waiver=None), waiver


def _placed(
    text: str,
    having: typing.Sequence[str],
    lacking: typing.Sequence[str],
    nodes: differences.Nodes,
) -> str:
    """Return a text with the hosts that it is true of, and not true of."""
    where = 'On all nodes'
    if len(having) < len(nodes):
        where = f'On {", ".join(having)}'
    if lacking:
        where += f'; not on {", ".join(lacking)}'
    text = text.rstrip()
    if text and not text.endswith(('.', '!', '?', ':')):
        text += '.'
    return f'{text} {where}.'.lstrip()
