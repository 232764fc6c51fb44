# SPDX-License-Identifier: Apache-2.0
"""Make one report of the reports of many nodes."""

import collections
import dataclasses
import datetime
import json
import re
import typing

from glance_status import errors, reading, releases, results

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

MERGED = results.FindingKind(
    id='merged-nodes',
    title='Whose reports were merged',
    looks_for='The hosts of all reports.',
    matters='A node that is missing here was not looked at.',
    remediation='Compare the list with the nodes that you have.',
)
OPTION = results.FindingKind(
    id='node-options-differ',
    title='An option differs between nodes',
    looks_for='Options that have different values on different nodes, or '
    'that only some of them set, as their configuration files have it. '
    'Reports hold digests and not values, and nothing of options that hold '
    'secrets: those are not compared.',
    matters='Which answer a user gets depends on the node that gives it, and '
    'an upgrade that goes through on one node fails on another.',
    remediation='Compare the configuration files of the nodes. Make them '
    'alike, or know why they are not.',
)
OWN_OPTION = results.FindingKind(
    id='node-own-options-differ',
    title='An option that may differ between nodes does',
    looks_for='Different values of options that say something about one '
    'node: its name, addresses, number of processes, certificate and log.',
    matters='It is as it should be, unless a node has what belongs to '
    'another.',
    remediation='Nothing, where the values are those of the nodes.',
)
TARGET = results.FindingKind(
    id='node-targets-differ',
    title='The reports are not about the same step of the same upgrade',
    looks_for='Reports that were made with another --target or --before.',
    matters='They answer different questions, so that together they are no '
    'permission to upgrade.',
    remediation='Run `glance-status upgrade check` with the same --target '
    'and --before on all nodes.',
)
SOURCE = results.FindingKind(
    id='node-sources-differ',
    title='The nodes do not see the same database',
    looks_for='Reports that found the database at different revisions, or '
    'were told so with --from.',
    matters='Either nodes use different databases, and users see different '
    'images, or the database was changed between the runs, and the older '
    'reports are out of date.',
    remediation='Compare [database] connection on the nodes, then run '
    '`glance-status upgrade check` again on all.',
)
TOOL = results.FindingKind(
    id='node-tools-differ',
    title='The reports come from different versions of glance-status',
    looks_for='The version of glance-status that made each report.',
    matters='A later version knows more of the releases, and finds more.',
    remediation='Install the same version on all nodes.',
)
CHECKS = results.FindingKind(
    id='node-checks-differ',
    title='Checks are missing on some nodes',
    looks_for='Checks that are in the reports of some nodes and neither run '
    'nor left out in those of others.',
    matters='Nobody looked there for what these checks find.',
    remediation='Install the same glance-status and the same plug-ins on all '
    'nodes, and give all runs the same --namespace and --waivers.',
)
TWICE = results.FindingKind(
    id='node-reported-twice',
    title='Several reports are of one host',
    looks_for='Reports that have the same host. The newest of them counts, '
    'of several of one second the worst, and the others are left out.',
    matters='Where two machines go by one name, one of them is left out.',
    remediation='Give the newest report of each node alone. Where two '
    'machines go by one name, give each a name of its own.',
)
APART = results.FindingKind(
    id='node-reports-apart',
    title='Some reports are much older than others',
    looks_for='Reports that are more than a day older than the newest.',
    matters='The older ones may no longer be true.',
    remediation='Run `glance-status upgrade check` again on these nodes.',
)
KINDS = (
    MERGED,
    OPTION,
    OWN_OPTION,
    TARGET,
    SOURCE,
    TOOL,
    CHECKS,
    TWICE,
    APART,
)

_LONG = datetime.timedelta(days=1)

# Options that say something about one node.
_OWN = re.compile(
    'bind_(host|port)|certfile|cert_file|host|hostname|image_cache_dir'
    '|keyfile|key_file|lock_path|log_?(dir|file)|log_config_append|my_ip'
    '|node_staging_uri|pidfile|worker_self_reference_url|workers'
)

_Nodes = dict[str, results.Report]


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
    findings = [*_differences(nodes), *repeated]
    outcomes = _outcomes(nodes)
    not_run = _not_run(nodes)
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
    if CHECK_ID in _ids(report):
        raise errors.Problem(
            f'{path} was made by `upgrade merge`: give the reports of its '
            'nodes instead.'
        )
    return report


def _one_each(
    reports: typing.Sequence[results.Report],
) -> tuple[_Nodes, list[results.Finding]]:
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
                TWICE.note(f'The report of {host} was given {_times(same)}.')
            )
            continue
        others = ', '.join(item.generated_at for item in same[:-1])
        findings.append(
            TWICE.warning(
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
    nodes: _Nodes,
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
        gone=_gone(nodes),
        fail_level=results.FAILURE if lenient else results.WARNING,
        interrupted='; '.join(
            signal if len(nodes) == 1 else f'{signal} on {", ".join(hosts)}'
            for signal, hosts in _grouped(interrupted).items()
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


def _outcomes(nodes: _Nodes) -> list[results.Outcome]:
    by_id: dict[str, dict[str, results.Outcome]] = {}
    for host, report in nodes.items():
        for row in report.outcomes:
            by_id.setdefault(row.id, {})[host] = row
    order = _ordered([row.id for row in r.outcomes] for r in nodes.values())
    return [_outcome(by_id[identity], nodes) for identity in order]


def _not_run(nodes: _Nodes) -> list[results.NotRun]:
    """Return what did not run; an id can be there for several reasons."""
    by_id: dict[str, dict[results.NotRun, list[str]]] = {}
    for host, report in nodes.items():
        for row in report.not_run:
            by_id.setdefault(row.id, {}).setdefault(row, []).append(host)
    order = _ordered([row.id for row in r.not_run] for r in nodes.values())
    return [
        row
        if len(hosts) == len(nodes)
        else dataclasses.replace(
            row, reason=f'{row.reason} (on {", ".join(hosts)})'
        )
        for identity in order
        for row, hosts in by_id[identity].items()
    ]


def _ids(report: results.Report) -> list[str]:
    return [
        *(row.id for row in report.outcomes),
        *(row.id for row in report.not_run),
    ]


def _ordered(orders: typing.Iterable[list[str]]) -> list[str]:
    """Return all ids; one that the first order lacks follows its neighbour."""
    found: list[str] = []
    for order in dict.fromkeys(map(tuple, orders)):
        place = 0
        for identity in order:
            if identity not in found:
                found.insert(place, identity)
            place = found.index(identity) + 1
    return found


def _outcome(
    rows: dict[str, results.Outcome], nodes: _Nodes
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
    rows: dict[str, results.Outcome], nodes: _Nodes
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


def _reasons(rows: dict[str, results.Outcome], nodes: _Nodes) -> str:
    """Return why the check broke, and where."""
    finished = [h for h, row in rows.items() if row.result != results.ERROR]
    reasons = {
        host: row.details or 'The check broke'
        for host, row in rows.items()
        if host not in finished
    }
    return '\n'.join(
        _placed(text, hosts, finished, nodes)
        for text, hosts in _grouped(reasons).items()
    )


def _details(
    rows: dict[str, results.Outcome],
    findings: tuple[results.Finding, ...],
    nodes: _Nodes,
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
            for text, hosts in _grouped(said).items()
        ),
    ]
    return '\n'.join(filter(None, lines)) or None


def _gone(nodes: _Nodes) -> tuple[results.Finding, ...]:
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


def _placed(
    text: str,
    having: typing.Sequence[str],
    lacking: typing.Sequence[str],
    nodes: _Nodes,
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


def _differences(nodes: _Nodes) -> list[results.Finding]:
    if len(nodes) == 1:
        return []
    return [
        MERGED.note(f'{len(nodes)} nodes: {", ".join(nodes)}.'),
        *_targets(nodes),
        *_sources(nodes),
        *_tools(nodes),
        *_checks(nodes),
        *_ages(nodes),
        *_options(nodes),
    ]


def _targets(nodes: _Nodes) -> typing.Iterator[results.Finding]:
    steps = _grouped(
        {
            host: f'{report.target.release} ({report.target.version}), '
            f'before {report.before},'
            for host, report in nodes.items()
        }
    )
    if len(steps) > 1:
        yield TARGET.warning(f'The target is {_each(steps)}.')


def _sources(nodes: _Nodes) -> typing.Iterator[results.Finding]:
    sources = _grouped(
        {
            host: f'{", ".join(report.source.releases) or "unknown"} '
            f'({", ".join(report.source.schema_revisions) or "no revision"})'
            for host, report in nodes.items()
            if report.source
        }
    )
    if len(sources) > 1:
        yield SOURCE.warning(f'The source is {_each(sources)}.')


def _tools(nodes: _Nodes) -> typing.Iterator[results.Finding]:
    versions = _grouped({h: r.tool_version for h, r in nodes.items()})
    if len(versions) > 1:
        yield TOOL.note(f'glance-status is {_each(versions)}.')


def _checks(nodes: _Nodes) -> typing.Iterator[results.Finding]:
    """Yield who lacks which checks.

    Who was interrupted lacks any, and a row of a broken plug-in is there
    where it is broken alone.
    """
    ids = {
        host: set(_ids(report))
        for host, report in nodes.items()
        if not report.interrupted
    }
    every = _ordered(map(_ids, nodes.values()))
    lacking = {
        identity: tuple(host for host in ids if identity not in ids[host])
        for identity in every
        if not identity.endswith(':plug-in')
    }
    for hosts, missing in _grouped(lacking).items():
        if hosts:
            yield CHECKS.warning(
                f'Missing on {", ".join(hosts)}: {", ".join(missing)}.',
                affected=_affected(missing),
            )


def _ages(nodes: _Nodes) -> typing.Iterator[results.Finding]:
    times = {host: _time(report) for host, report in nodes.items()}
    newest = max(times, key=lambda host: times[host])
    old = [host for host in times if times[newest] - times[host] > _LONG]
    if old:
        listed = ', '.join(f'{h} ({nodes[h].generated_at})' for h in old)
        yield APART.note(
            f'More than a day older than the newest, that of {newest} '
            f'({nodes[newest].generated_at}): {listed}.',
            affected=_affected(old),
        )


def _time(report: results.Report) -> datetime.datetime:
    return datetime.datetime.strptime(report.generated_at, reading.TIME)


def _options(nodes: _Nodes) -> typing.Iterator[results.Finding]:
    every = sorted({key for r in nodes.values() for key in r.options})
    for key in every:
        values = _grouped(
            {
                host: report.options[key]
                for host, report in nodes.items()
                if key in report.options
            }
        )
        unset = [host for host, r in nodes.items() if key not in r.options]
        if len(values) == 1 and not unset:
            continue
        section, _dot, option = key.rpartition('.')
        name = f'[{section}] {option}'
        text = f'{name} {_apart(list(values.values()), unset, nodes)}.'
        own = _OWN.fullmatch(option.replace('-', '_'))
        say = OWN_OPTION.note if own else OPTION.warning
        yield say(text, affected=_affected([name]))


def _apart(values: list[list[str]], unset: list[str], nodes: _Nodes) -> str:
    """Return which hosts agree on a value, without the value."""
    absent = ', '.join(unset)
    if len(values) == 1:
        return f'is set on {", ".join(values[0])}; not on {absent}'
    if len(values) == len(nodes) > 2:
        return 'has another value on each node'
    one, *others = (', '.join(hosts) for hosts in values)
    text = f'has one value on {one}'
    text += ''.join(f'; another on {hosts}' for hosts in others)
    return f'{text}; none on {absent}' if unset else text


def _affected(names: typing.Sequence[str]) -> results.Affected:
    return results.Affected(len(names), tuple(names[: results.SAMPLE_SIZE]))


_Host = typing.TypeVar('_Host')
_Value = typing.TypeVar('_Value', bound=typing.Hashable)


def _grouped(values: dict[_Host, _Value]) -> dict[_Value, list[_Host]]:
    groups: dict[_Value, list[_Host]] = collections.defaultdict(list)
    for host, value in values.items():
        groups[value].append(host)
    return groups


def _each(groups: dict[str, list[str]]) -> str:
    return '; '.join(
        f'{value} on {", ".join(hosts)}' for value, hosts in groups.items()
    )
