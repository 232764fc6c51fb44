# SPDX-License-Identifier: Apache-2.0
"""The report as metrics, for the textfile collector of node_exporter."""

import calendar
import collections
import time
import typing

import prometheus_client

from glance_status import formatters, results, wording

PREFIX = 'glance_status'


def render(report: results.Report, _style: formatters.Style) -> str:
    """Return the report as gauges in the text format of Prometheus."""
    report = wording.plain(report)
    registry = prometheus_client.CollectorRegistry()
    _add_run(report, registry)
    _add_checks(report, registry)
    _add_findings(report, registry)
    return prometheus_client.generate_latest(registry).decode('utf-8')


def _add_run(
    report: results.Report, registry: prometheus_client.CollectorRegistry
) -> None:
    info = {
        'version': report.tool_version,
        'target': report.target.release,
        'target_version': report.target.version,
        'source': wording.source(report),
        'before': report.before,
        'reported_by': report.host,
    }
    _gauge(registry, 'info', 'What was checked, and by what; always 1.', info)(
        *info.values()
    ).set(1)
    _gauge(
        registry,
        'report_timestamp_seconds',
        'When the report was made, in seconds since 1970.',
    )().set(_seconds(report.generated_at))
    _gauge(
        registry,
        'exit_code',
        'The exit code: 0 go, 1 look first, 2 stop, 255 not found out.',
    )().set(report.exit_code)
    outcome = _gauge(
        registry,
        'outcome',
        'The worst result of all checks: 1 for the outcome that it is.',
        ['outcome'],
    )
    for result, name in results.OUTCOMES.items():
        outcome(name).set(result == report.worst)


def _add_checks(
    report: results.Report, registry: prometheus_client.CollectorRegistry
) -> None:
    checks = _gauge(
        registry, 'checks', 'How many checks ended how.', ['result']
    )
    for name in (*results.OUTCOMES.values(), 'not_run'):
        checks(name).set(report.summary[name])
    result = _gauge(
        registry,
        'check_result',
        'The result of a check: 0 success, 1 warning, 2 failure, 255 error.',
        ['check', 'plugin'],
    )
    duration = _gauge(
        registry,
        'check_duration_seconds',
        'How long a check took.',
        ['check', 'plugin'],
    )
    for row in report.outcomes:
        result(row.id, row.plugin).set(row.result)
        duration(row.id, row.plugin).set(row.duration)


def _add_findings(
    report: results.Report, registry: prometheus_client.CollectorRegistry
) -> None:
    labels = ['id', 'result', 'state']
    findings = _gauge(
        registry, 'findings', 'How many findings there are.', labels
    )
    affected = _gauge(
        registry,
        'finding_affected',
        'How many objects findings are about.',
        labels,
    )
    counts: dict[tuple[str, str, str], int] = collections.Counter()
    objects: dict[tuple[str, str, str], int] = collections.Counter()
    for item, state in _findings(report):
        key = (item.id, results.OUTCOMES[item.result], state)
        counts[key] += 1
        if item.affected:
            objects[key] += item.affected.count
    for key, count in counts.items():
        findings(*key).set(count)
    for key, count in objects.items():
        affected(*key).set(count)


def _findings(
    report: results.Report,
) -> typing.Iterator[tuple[results.Finding, str]]:
    for row in report.outcomes:
        for item in row.findings:
            yield item, item.state
    for item in report.gone:
        yield item, 'gone'


def _gauge(
    registry: prometheus_client.CollectorRegistry,
    name: str,
    about: str,
    labels: typing.Iterable[str] = (),
) -> typing.Callable[..., prometheus_client.Gauge]:
    """Return what gives the gauge of the values of its labels."""
    gauge = prometheus_client.Gauge(
        f'{PREFIX}_{name}', about, list(labels), registry=registry
    )
    return gauge.labels if labels else lambda: gauge


def _seconds(moment: str) -> int:
    return calendar.timegm(time.strptime(moment, '%Y-%m-%dT%H:%M:%SZ'))
