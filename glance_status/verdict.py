# SPDX-License-Identifier: Apache-2.0
"""What a check is and returned, as its process tells the run."""

import dataclasses
import re
import sys
import traceback
import typing
from collections import abc

from oslo_config import cfg

from glance_status import context, plugins, results, rows

Message = dict[str, typing.Any]

_RESULTS = (results.SUCCESS, results.WARNING, results.FAILURE)

_VERSION = re.compile(r'\d+\.\d+\.\d+')

_CONTROL = re.compile(r'[\x00-\x1f\x7f-\x9f]')


def describe(check: plugins.Check) -> Message:
    """Return what the run is told of a check."""
    return {
        'id': check.id,
        'title': _name(check.title),
        'topic': _name(check.topic),
        'reads': list(map(_name, check.reads)),
        'description': str(check.description),
        'asks': bool(check.asks),
        'kinds': [
            {**_texts(dataclasses.asdict(kind)), 'title': _name(kind.title)}
            for kind in check.kinds
        ],
    }


def judged(check: plugins.Check, returned: typing.Any) -> Message:
    """Return the findings of a check, or what is wrong with them."""
    from oslo_upgradecheck import upgradecheck

    if isinstance(returned, upgradecheck.Result):
        return _from_result(check, returned)
    if isinstance(check, plugins.Pair):
        return {
            'broken': f'it returned {type(returned).__name__}, and no '
            'oslo_upgradecheck.upgradecheck.Result'
        }
    iterable = isinstance(returned, abc.Iterable)
    findings = list(returned) if iterable else [returned]
    known = {kind.id for kind in check.kinds}
    for item in findings:
        if not isinstance(item, results.Finding):
            return {
                'broken': f'it returned {type(item).__name__}, and neither '
                'findings nor an oslo_upgradecheck.upgradecheck.Result'
            }
        if not isinstance(item.id, str) or item.id not in known:
            return {
                'broken': f'it returned the finding {item.id}, which it '
                'does not declare'
            }
        if wrong := _wrong_with(item):
            return {
                'broken': f'it returned the finding {item.id} with {wrong}'
            }
    # What stops the upgrade is read first.
    findings.sort(key=lambda item: -item.result)
    return {
        'details': results.details_of(findings),
        'findings': [_document(item) for item in findings],
    }


def broken(error: BaseException) -> Message:
    """Return why a check has no result, with the traceback for --debug."""
    trace = ''.join(traceback.format_exception(error))
    if isinstance(error, (context.Inapplicable, rows.Missing)):
        return {'inapplicable': str(error)}
    if isinstance(error, (context.Unknown, rows.Unanswered)):
        return {'broken': str(error)}
    if 'sqlalchemy' in sys.modules:
        from sqlalchemy import exc

        from glance_status import complaints, database

        if isinstance(error, database.Unreachable):
            return {'unreachable': str(error), 'trace': trace}
        # oslo.db wraps what the driver raised.
        cause = getattr(error, 'inner_exception', error)
        if isinstance(cause, exc.DBAPIError):
            return {'broken': complaints.explain(cause), 'trace': trace}
    if isinstance(error, (cfg.NoSuchOptError, cfg.NoSuchGroupError)):
        return {
            'broken': f'it asked for what it did not register ({error})',
            'trace': trace,
        }
    if isinstance(error, cfg.Error):
        return {
            'broken': f'the configuration cannot be used: {error}',
            'trace': trace,
        }
    if isinstance(error, SystemExit):
        return {
            'broken': f'it called sys.exit({error.code!r})',
            'trace': trace,
        }
    return {'broken': f'it raised {plugins.describe(error)}', 'trace': trace}


def _wrong_with(item: results.Finding) -> str | None:
    """Return what the report could not carry, None where it can."""
    if item.result not in _RESULTS:
        return f'the unknown result {item.result!r}'
    if item.state != 'active' or item.waiver is not None:
        return 'a state, which only the run decides'
    for name, value in (
        ('message', item.message),
        ('remediation', item.remediation or ''),
    ):
        if not isinstance(value, str):
            return f'a {name} that is no text but {type(value).__name__}'
    if item.since is not None and not _VERSION.fullmatch(str(item.since)):
        return f'since {item.since!r}, which is no version like 28.0.0'
    affected = item.affected
    if affected is None:
        return None
    try:
        # A sum comes from some drivers as a Decimal.
        enough = int(affected.count) >= len(affected.sample)
    except (AttributeError, TypeError, ValueError):
        return 'affected objects that are not a number and a list'
    return None if enough else 'fewer affected objects than it names'


def _document(item: results.Finding) -> Message:
    affected = item.affected
    return {
        **dataclasses.asdict(item),
        **_texts(
            {
                'message': item.message,
                'remediation': item.remediation,
                'since': item.since,
                'reference': item.reference,
            }
        ),
        'result': int(item.result),
        'affected': affected
        and {
            'count': int(affected.count),
            'sample': [str(name) for name in affected.sample][
                : results.SAMPLE_SIZE
            ],
        },
    }


def _from_result(check: plugins.Check, returned: typing.Any) -> Message:
    from oslo_upgradecheck import upgradecheck

    details = None if returned.details is None else str(returned.details)
    try:
        code = int(upgradecheck.Code(returned.code))
    except ValueError:
        return {'broken': f'it returned the unknown code {returned.code!r}'}
    if code == results.SUCCESS:
        return {'details': details}
    finding = results.Finding(check.id, code, details or check.title)
    return {'details': details, 'findings': [_document(finding)]}


def _name(text: typing.Any) -> str:
    """Return what a terminal, and any format, can show in one line."""
    return ' '.join(_CONTROL.sub(' ', str(text)).split())


def _texts(fields: Message) -> Message:
    return {
        name: value if value is None else str(value)
        for name, value in fields.items()
    }
