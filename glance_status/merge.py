# SPDX-License-Identifier: Apache-2.0
"""Make one report of the reports of many nodes."""

import collections
import re
import typing

from glance_status import (
    differences,
    errors,
    merged_rows,
    reading,
    releases,
    results,
)

CHECK_ID = 'node-differences'

TITLE = 'Differences between nodes'

DESCRIPTION = (
    'Whether the reports that are merged belong together, and whether the '
    'nodes are configured alike.'
)

# The row of the reports that cannot be read.
UNREAD_ID = 'node-reports'

UNREAD_TITLE = 'Reports of the nodes'

PLUGIN = 'glance'


def files(paths: typing.Iterable[str]) -> results.Report:
    """Return one report of the JSON reports in these files.

    A file that cannot be read, or holds what was merged before, makes a row
    with the result 255; Problem where none can be read.
    """
    found: list[results.Report] = []
    problems: list[str] = []
    for path in paths:
        try:
            found.append(_of_one_node(path))
        except errors.Problem as error:
            problems.append(str(error))
    if not found and len(problems) == 1:
        raise errors.Problem(problems[0])
    if not found and problems:
        raise errors.Problem(
            f'none of the {len(problems)} reports can be read. The first: '
            f'{problems[0]}'
        )
    return merge(found, problems)


def merge(
    reports: typing.Sequence[results.Report],
    unread: typing.Sequence[str] = (),
) -> results.Report:
    """Return one report of the reports of many nodes.

    The order of the reports does not matter. A report of one node alone
    keeps all its rows as they are.

    :param reports: each of one node
    :param unread: what is wrong with reports that are missing
    """
    if not reports:
        raise errors.Problem('there is no report to merge.')
    nodes, repeated = _one_each(reports)
    findings = [*differences.between(nodes), *repeated]
    outcomes = merged_rows.outcomes(nodes)
    not_run = merged_rows.not_run(nodes)
    if findings:
        outcomes.append(
            results.Outcome(
                id=CHECK_ID,
                check=TITLE,
                plugin=PLUGIN,
                result=results.worst_of(findings),
                details=results.details_of(findings),
                findings=tuple(findings),
            )
        )
    else:
        not_run.append(
            results.NotRun(
                CHECK_ID, TITLE, PLUGIN, 'inapplicable', 'there is one node'
            )
        )
    if unread:
        outcomes.append(
            results.Outcome(
                id=UNREAD_ID,
                check=UNREAD_TITLE,
                plugin=PLUGIN,
                result=results.ERROR,
                details='\n'.join(unread),
            )
        )
    return _report(nodes, outcomes, not_run)


def _of_one_node(path: str) -> results.Report:
    report = reading.report(path)
    if CHECK_ID in differences.identities(report):
        raise errors.Problem(
            f'{path} was made by `upgrade merge`: give the reports of its '
            'nodes instead.'
        )
    return report


def _one_each(
    reports: typing.Sequence[results.Report],
) -> tuple[differences.Nodes, list[results.Finding]]:
    """Return the newest report of each host, and who had several."""
    by_host = collections.defaultdict(list)
    for report in reports:
        by_host[report.host].append(report)
    nodes = {}
    findings = []
    for host in sorted(by_host, key=_natural):
        same = sorted(
            by_host[host], key=lambda item: (item.generated_at, item.worst)
        )
        nodes[host] = same[-1]
        if len(same) == 1:
            continue
        if all(item == same[0] for item in same):
            findings.append(
                differences.TWICE.note(
                    f'The report of {host} was given {_times(same)}.'
                )
            )
            continue
        others = ', '.join(item.generated_at for item in same[:-1])
        findings.append(
            differences.TWICE.warning(
                f'{len(same)} reports are of a host named {host}. That of '
                f'{same[-1].generated_at} counts, and not: {others}.'
            )
        )
    return nodes, findings


def _times(items: typing.Sized) -> str:
    return 'twice' if len(items) == 2 else f'{len(items)} times'


def _natural(name: str) -> tuple[list[tuple[int, str]], str]:
    """Return what sorts node2 before node10."""
    pieces = [
        (len(piece), piece) if piece.isdecimal() else (0, piece)
        for piece in re.split(r'0*(\d+)', name)
    ]
    return pieces, name


def _report(
    nodes: differences.Nodes,
    outcomes: list[results.Outcome],
    not_run: list[results.NotRun],
) -> results.Report:
    every = list(nodes.values())
    codes = {report.exit_code for report in every}
    levels = {report.fail_level for report in every}
    lenient = results.FAILURE in levels and results.WARNING not in codes
    interrupted = {
        host: report.interrupted
        for host, report in nodes.items()
        if report.interrupted
    }
    return results.Report(
        tool_version=', '.join(sorted({r.tool_version for r in every})),
        host=', '.join(nodes),
        # As old as the oldest thing that it says.
        generated_at=min(report.generated_at for report in every),
        before='sync'
        if any(report.before == 'sync' for report in every)
        else 'restart',
        target=_most_common([report.target for report in every]),
        source=_source(every),
        config_files=tuple(
            dict.fromkeys(file for r in every for file in r.config_files)
        ),
        options=_common(every),
        outcomes=tuple(outcomes),
        not_run=tuple(not_run),
        gone=merged_rows.gone(nodes),
        fail_level=results.FAILURE if lenient else results.WARNING,
        interrupted='; '.join(
            signal if len(nodes) == 1 else f'{signal} on {", ".join(hosts)}'
            for signal, hosts in differences.grouped(interrupted).items()
        )
        or None,
    )


def _most_common(targets: list[results.Target]) -> results.Target:
    return collections.Counter(targets).most_common(1)[0][0]


def _source(every: list[results.Report]) -> results.Source | None:
    """Return all that the nodes' reports think possible."""
    sources = [report.source for report in every if report.source]
    if not sources:
        return None
    if len(set(sources)) == 1:
        return sources[0]
    ages = {release.label: age for age, release in enumerate(releases.known())}
    labels = {label for source in sources for label in source.releases}
    revisions = {name for item in sources for name in item.schema_revisions}
    return results.Source(
        tuple(sorted(labels, key=lambda name: (ages.get(name, -1), name))),
        tuple(sorted(revisions)),
    )


def _common(every: list[results.Report]) -> dict[str, str]:
    """Return the options that are the same everywhere."""
    first, *others = every
    return {
        key: digest
        for key, digest in first.options.items()
        if all(report.options.get(key) == digest for report in others)
    }
