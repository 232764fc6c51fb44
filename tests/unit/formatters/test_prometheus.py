# SPDX-License-Identifier: Apache-2.0
"""The report as metrics."""

import typing

import pytest
from prometheus_client import parser

from glance_status import formatters, results
from tests.unit import reports
from tests.unit.formatters import samples

Labels = tuple[tuple[str, str], ...]


def parsed(report: results.Report) -> dict[str, dict[Labels, float]]:
    """Return the samples of the metrics of a report, by name and labels."""
    text = formatters.render('prometheus', report, formatters.Style())
    families = list(parser.text_string_to_metric_families(text))
    assert {family.type for family in families} == {'gauge'}
    assert [family for family in families if not family.documentation] == []
    # The collector refuses a file whose samples have a time.
    samples = [sample for family in families for sample in family.samples]
    assert [sample for sample in samples if sample.timestamp] == []
    found: dict[str, dict[Labels, float]] = {}
    for name, labels, value, *_more in samples:
        key = tuple(sorted(labels.items()))
        found.setdefault(name, {})[key] = value
    return found


def by(name: str, **values: float) -> dict[Labels, float]:
    """Return samples that have one label."""
    return {((name, label),): value for label, value in values.items()}


def finding(result: str, state: str) -> Labels:
    """Return the labels of our only kind of finding."""
    return (('id', 'old-thing'), ('result', result), ('state', state))


def check(name: str, plugin: str = 'glance') -> Labels:
    """Return the labels of a check."""
    return (('check', name), ('plugin', plugin))


def test_all_kinds_of_rows() -> None:
    assert parsed(samples.everything()) == {
        'glance_status_info': {
            (
                ('before', 'sync'),
                ('reported_by', 'node1'),
                ('source', '2024.1, 2024.2'),
                ('target', '2026.2'),
                ('target_version', '33.0.0'),
                ('version', '1.0.0'),
            ): 1
        },
        'glance_status_report_timestamp_seconds': {(): 1795312800},
        'glance_status_exit_code': {(): 255},
        'glance_status_outcome': by(
            'outcome', success=0, warning=0, failure=0, error=1
        ),
        'glance_status_checks': by(
            'result', success=3, warning=1, failure=1, error=1, not_run=2
        ),
        'glance_status_check_result': {
            check('a-check'): 0,
            check('b-check'): 0,
            check('c-check', 'other'): 1,
            check('d-check'): 2,
            check('other:plug-in', 'other'): 255,
            check('g-check'): 0,
        },
        'glance_status_check_duration_seconds': {
            check('a-check'): 0.25,
            check('b-check'): 0.5,
            check('c-check', 'other'): 1,
            check('d-check'): 1.5,
            check('other:plug-in', 'other'): 0,
            check('g-check'): 2,
        },
        'glance_status_findings': {
            finding('success', 'active'): 1,
            finding('warning', 'active'): 1,
            finding('failure', 'active'): 2,
            finding('warning', 'waived'): 1,
            finding('failure', 'known'): 1,
            finding('failure', 'gone'): 1,
        },
        'glance_status_finding_affected': {finding('failure', 'active'): 12},
    }


def test_a_warning_that_may_pass_is_the_outcome_and_not_the_code() -> None:
    found = parsed(reports.make(reports.WARNED, fail_level=results.FAILURE))
    assert found['glance_status_exit_code'] == {(): 0}
    assert found['glance_status_outcome'] == by(
        'outcome', success=0, warning=1, failure=0, error=0
    )


@pytest.mark.parametrize(
    ('text', 'label'),
    [
        ('a "b" \\ c', 'a "b" \\ c'),
        ('\\n', '\\n'),
        ('two\nlines', 'two\nlines'),
        ('{a="b"} 1', '{a="b"} 1'),
        ('näscher', 'näscher'),
        ('\x1b\udcff', '\ufffd\ufffd'),
    ],
)
def test_a_label_holds_any_text(text: str, label: str) -> None:
    found: dict[str, typing.Any] = parsed(reports.make(host=text))
    ((labels, value),) = found['glance_status_info'].items()
    assert (dict(labels)['reported_by'], value) == (label, 1)
