# SPDX-License-Identifier: Apache-2.0
"""The report as JSON."""

import json

from glance_status import formatters
from tests.unit import reports


def test_a_report_with_all_kinds_of_rows() -> None:
    report = reports.make(reports.WARNED, reports.BROKEN, reports.BLOCKED)
    text = formatters.render('json', report, formatters.Style())
    assert json.loads(text) == {
        'schema_version': '1.0',
        'tool_version': '1.0.0',
        'host': 'node1',
        'generated_at': '2026-11-22T02:00:00Z',
        'name': 'Upgrade Check Results',
        'outcome': 'error',
        'exit_code': 255,
        'complete': False,
        'before': 'sync',
        'target': {
            'release': '2026.2',
            'version': '33.0.0',
            'origin': 'newest',
        },
        'source': {
            'releases': ['2024.1', '2024.2'],
            'schema_revisions': ['2024_1_contract01'],
        },
        'config_files': ['/etc/glance/glance-api.conf'],
        'options': {'DEFAULT.workers': 'sha256:00'},
        'summary': {
            'success': 0,
            'warning': 1,
            'failure': 0,
            'error': 1,
            'not_run': 1,
            'waived': 0,
        },
        'checks': [
            {
                'check': 'Third',
                'result': 1,
                'details': 'Look.',
                'id': 'c-check',
                'plugin': 'other',
                'duration': 1.0,
                'findings': [
                    {
                        'id': 'old-thing',
                        'result': 1,
                        'message': 'Look.',
                        'remediation': 'Replace it with `glance-manage thing '
                        '--replace everything`.',
                        'since': '28.0.0',
                        'reference': 'https://example.org/thing',
                        'affected': None,
                        'state': 'active',
                        'waiver': None,
                    }
                ],
            },
            {
                'check': 'Plug-in other',
                'result': 255,
                'details': 'It broke:\nin two lines',
                'id': 'other:plug-in',
                'plugin': 'other',
                'duration': 0.0,
                'findings': [],
            },
        ],
        'not_run': [
            {
                'id': 'e-check',
                'check': 'Fifth',
                'plugin': 'glance',
                'cause': 'blocked',
                'reason': 'no server',
            }
        ],
        'gone': [],
    }


def test_json_is_ascii_so_that_every_locale_carries_it() -> None:
    report = reports.make(host='näscher\udcff')
    text = formatters.render('json', report, formatters.Style())
    assert text.isascii()
    assert json.loads(text)['host'] == 'näscher\udcff'


def test_json_is_indented_for_who_reads_it() -> None:
    text = formatters.render('json', reports.make(), formatters.Style())
    assert text.splitlines()[:2] == ['{', '  "schema_version": "1.0",']
