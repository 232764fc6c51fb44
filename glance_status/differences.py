# SPDX-License-Identifier: Apache-2.0
"""What differs between the nodes whose reports are merged."""

import collections
import datetime
import re
import typing

from glance_status import fields, results

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

Nodes = dict[str, results.Report]
"""A report of each host."""


def between(nodes: Nodes) -> list[results.Finding]:
    """Return what differs between nodes, none where there is one."""
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


def _targets(nodes: Nodes) -> typing.Iterator[results.Finding]:
    steps = grouped(
        {
            host: f'{report.target.release} ({report.target.version}), '
            f'before {report.before},'
            for host, report in nodes.items()
        }
    )
    if len(steps) > 1:
        yield TARGET.warning(f'The target is {_each(steps)}.')


def _sources(nodes: Nodes) -> typing.Iterator[results.Finding]:
    sources = grouped(
        {
            host: f'{", ".join(report.source.releases) or "unknown"} '
            f'({", ".join(report.source.schema_revisions) or "no revision"})'
            for host, report in nodes.items()
            if report.source
        }
    )
    if len(sources) > 1:
        yield SOURCE.warning(f'The source is {_each(sources)}.')


def _tools(nodes: Nodes) -> typing.Iterator[results.Finding]:
    versions = grouped({h: r.tool_version for h, r in nodes.items()})
    if len(versions) > 1:
        yield TOOL.note(f'glance-status is {_each(versions)}.')


def _checks(nodes: Nodes) -> typing.Iterator[results.Finding]:
    """Yield who lacks which checks.

    Who was interrupted lacks any, and a row of a broken plug-in is there
    where it is broken alone.
    """
    ids = {
        host: set(identities(report))
        for host, report in nodes.items()
        if not report.interrupted
    }
    every = ordered(map(identities, nodes.values()))
    lacking = {
        identity: tuple(host for host in ids if identity not in ids[host])
        for identity in every
        if not identity.endswith(':plug-in')
    }
    for hosts, missing in grouped(lacking).items():
        if hosts:
            yield CHECKS.warning(
                f'Missing on {", ".join(hosts)}: {", ".join(missing)}.',
                affected=_affected(missing),
            )


def _ages(nodes: Nodes) -> typing.Iterator[results.Finding]:
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
    return datetime.datetime.strptime(report.generated_at, fields.TIME)


def _options(nodes: Nodes) -> typing.Iterator[results.Finding]:
    every = sorted({key for r in nodes.values() for key in r.options})
    for key in every:
        values = grouped(
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


def _apart(values: list[list[str]], unset: list[str], nodes: Nodes) -> str:
    """Return which hosts agree on a value, without the value."""
    absent = ', '.join(unset)
    one, *others = (', '.join(hosts) for hosts in values)
    if not others:
        return f'is set on {one}; not on {absent}'
    if len(values) == len(nodes) > 2:
        return 'has another value on each node'
    text = f'has one value on {one}'
    text += ''.join(f'; another on {hosts}' for hosts in others)
    return f'{text}; none on {absent}' if unset else text


def _affected(names: typing.Sequence[str]) -> results.Affected:
    return results.Affected(len(names), tuple(names[: results.SAMPLE_SIZE]))


def _each(groups: dict[str, list[str]]) -> str:
    return '; '.join(
        f'{value} on {", ".join(hosts)}' for value, hosts in groups.items()
    )


def identities(report: results.Report) -> list[str]:
    """Return the ids of all rows, those that did not run among them."""
    return [
        *(row.id for row in report.outcomes),
        *(row.id for row in report.not_run),
    ]


def ordered(orders: typing.Iterable[list[str]]) -> list[str]:
    """Return all ids; one that the first order lacks follows its neighbour."""
    found: list[str] = []
    for order in dict.fromkeys(map(tuple, orders)):
        place = 0
        for identity in order:
            if identity not in found:
                found.insert(place, identity)
            place = found.index(identity) + 1
    return found


_Host = typing.TypeVar('_Host')
_Value = typing.TypeVar('_Value', bound=typing.Hashable)


def grouped(values: dict[_Host, _Value]) -> dict[_Value, list[_Host]]:
    """Return which hosts have each value."""
    groups: dict[_Value, list[_Host]] = collections.defaultdict(list)
    for host, value in values.items():
        groups[value].append(host)
    return groups
