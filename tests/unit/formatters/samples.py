# SPDX-License-Identifier: Apache-2.0
"""Reports with everything in them, and with texts that bite."""

import dataclasses

from glance_status import results
from tests.unit import reports

WAIVED = dataclasses.replace(
    reports.KIND.warning('Waived.'),
    state='waived',
    waiver={'reason': 'It moves next year.', 'expires': '2027-01-01'},
)
KNOWN = dataclasses.replace(reports.KIND.failure('Known.'), state='known')
LET_PASS = results.Outcome(
    'g-check', 'Seventh', 'glance', 0, 'W.\nK.', 2.0, (WAIVED, KNOWN)
)
GONE = dataclasses.replace(reports.KIND.failure('Gone.'), reference=None)


def everything() -> results.Report:
    """Return a report with a row and a finding of each kind."""
    return reports.make(
        reports.PASSED,
        reports.NOTED,
        reports.WARNED,
        reports.FAILED,
        reports.BROKEN,
        LET_PASS,
        reports.BLOCKED,
        reports.LEFT_OUT,
        gone=(GONE,),
        interrupted='SIGTERM',
    )


def saying(text: str) -> results.Report:
    """Return a report that has a text wherever the world puts texts."""
    finding = dataclasses.replace(
        reports.KIND.failure(
            text,
            remediation=text,
            affected=results.Affected(2, (text, 'image')),
        ),
        reference=text,
    )
    waived = dataclasses.replace(
        finding, state='waived', waiver={'reason': text, 'expires': None}
    )
    return reports.make(
        results.Outcome(text, text, text, 2, text, 1.0, (finding, waived)),
        results.Outcome(text, text, text, 255, text),
        results.NotRun(text, text, text, 'blocked', text),
        host=text,
        config_files=(text,),
        gone=(finding,),
    )
