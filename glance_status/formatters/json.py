# SPDX-License-Identifier: Apache-2.0
"""The report as a document of oslo.upgradecheck, with more keys."""

import dataclasses
import json
import typing

from glance_status import formatters, results

SCHEMA_VERSION = '1.0'
NAME = 'Upgrade Check Results'


def render(report: results.Report, _style: formatters.Style) -> str:
    """Return the report as JSON in ASCII, which every locale can carry."""
    return json.dumps(document(report), indent=2) + '\n'


def document(report: results.Report) -> dict[str, typing.Any]:
    """Return the report as the JSON Schema that ships with us has it."""
    return {
        'schema_version': SCHEMA_VERSION,
        'tool_version': report.tool_version,
        'host': report.host,
        'generated_at': report.generated_at,
        'name': NAME,
        'outcome': results.OUTCOMES[report.worst],
        'exit_code': report.exit_code,
        'complete': report.complete,
        'before': report.before,
        'target': dataclasses.asdict(report.target),
        'source': report.source and dataclasses.asdict(report.source),
        'config_files': report.config_files,
        'options': report.options,
        'summary': report.summary,
        'checks': [_row(row) for row in report.outcomes],
        'not_run': [dataclasses.asdict(row) for row in report.not_run],
        'gone': [dataclasses.asdict(item) for item in report.gone],
    }


def _row(row: results.Outcome) -> dict[str, typing.Any]:
    return {
        'check': row.check,
        'result': row.result,
        'details': row.details,
        'id': row.id,
        'plugin': row.plugin,
        'duration': row.duration,
        'findings': [dataclasses.asdict(item) for item in row.findings],
    }
