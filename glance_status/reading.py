# SPDX-License-Identifier: Apache-2.0
"""Read a report that an earlier run wrote as JSON."""

import dataclasses
import re
import typing

from glance_status import documents, errors, fields, results

# What ended a run that says no more than that it was interrupted.
A_SIGNAL = 'a signal'

_VERSION = re.compile(r'(\d{1,6})\.\d{1,6}', re.ASCII)

_MAJOR = 1


def report(path: str) -> results.Report:
    """Return the report in a file, or raise Problem, which names the file.

    A report does not say by which signal it was interrupted, nor which
    --fail-level it was made with where none would change its exit code:
    there it has A_SIGNAL and the default. All else is as it was.
    """
    try:
        document = documents.read(path)
        major = _major(document)
        return _report(fields.Node(document, '', early=major < _MAJOR))
    except fields.Wrong as error:
        raise errors.Problem(
            f'{documents.shown(path)} cannot be read as a report: {error}.'
        ) from error


def _major(document: typing.Any) -> int:
    """Return the first number of the schema's version, if it is known."""
    if not isinstance(document, dict):
        raise fields.Wrong(f'it is JSON of something else; {documents.HOW}')
    version = document.get('schema_version')
    if version is None and {'name', 'checks'} <= document.keys():
        raise fields.Wrong(
            "it has no schema_version: it comes from Glance's own "
            "glance-status, or from another service's status command"
        )
    if version is None:
        raise fields.Wrong(f'it is JSON of something else; {documents.HOW}')
    match = isinstance(version, str) and _VERSION.fullmatch(version)
    if not match:
        raise fields.Wrong('schema_version is not two numbers with a dot')
    if int(match[1]) > _MAJOR:
        raise fields.Wrong(
            f'its schema_version is {version}, and this glance-status reads '
            f'none above {_MAJOR}.x. Read it with the glance-status that '
            'wrote it, or a later one'
        )
    return int(match[1])


def _report(node: fields.Node) -> results.Report:
    outcome = node.get(
        'outcome', fields.one_of(*results.OUTCOMES.values()), None
    )
    exit_code = node.get('exit_code', fields.one_of(0, 1, 2, 255), None)
    complete = node.get('complete', fields.one_of(True, False), None)
    lenient = (outcome, exit_code) == ('warning', 0)
    found = results.Report(
        tool_version=node.get('tool_version', fields.name, 'unknown'),
        host=node.get('host', fields.name),
        generated_at=node.get('generated_at', fields.time),
        before=node.get('before', fields.one_of('sync', 'restart'), 'sync'),
        target=node.get('target', _target),
        source=node.get('source', fields.maybe(_source), None),
        config_files=node.get('config_files', fields.list_of(fields.text), ()),
        options=node.get('options', fields.options, {}),
        outcomes=node.get('checks', fields.list_of(_outcome)),
        not_run=node.get('not_run', fields.list_of(_not_run), ()),
        gone=node.get('gone', fields.list_of(_finding), ()),
        fail_level=results.FAILURE if lenient else results.WARNING,
    )
    twin = documents.twin(row.id for row in found.outcomes)
    if twin is not None:
        raise fields.Wrong(
            f'two of its checks have the id {documents.shown(twin)}'
        )
    if complete is False and found.complete:
        found = dataclasses.replace(found, interrupted=A_SIGNAL)
    for key, stated, actual in (
        ('complete', complete, found.complete),
        ('outcome', outcome, results.OUTCOMES[found.worst]),
        ('exit_code', exit_code, found.exit_code),
    ):
        if stated not in (None, actual):
            raise fields.Wrong(f'its {key} is not what its checks make')
    return found


def _target(node: fields.Node) -> results.Target:
    origins: fields.Kind[
        typing.Literal['option', 'configuration', 'newest']
    ] = fields.one_of('option', 'configuration', 'newest')
    return results.Target(
        release=node.get('release', fields.name),
        version=node.get('version', fields.name),
        origin=node.get('origin', origins, 'option'),
    )


def _source(node: fields.Node) -> results.Source:
    return results.Source(
        releases=node.get('releases', fields.list_of(fields.name)),
        schema_revisions=node.get(
            'schema_revisions', fields.list_of(fields.text), ()
        ),
    )


def _outcome(node: fields.Node) -> results.Outcome:
    identity = node.get('id', fields.name)
    return results.Outcome(
        id=identity,
        check=node.get('check', fields.text, identity),
        plugin=node.get('plugin', fields.name, 'unknown'),
        result=node.get('result', fields.one_of(0, 1, 2, 255)),
        details=node.get('details', fields.maybe(fields.text), None),
        duration=node.get('duration', fields.seconds, 0.0),
        findings=node.get('findings', fields.list_of(_finding), ()),
    )


def _finding(node: fields.Node) -> results.Finding:
    states = fields.one_of('active', 'waived', 'known')
    return results.Finding(
        id=node.get('id', fields.name),
        result=node.get('result', fields.one_of(0, 1, 2)),
        message=node.get('message', fields.text),
        remediation=node.get('remediation', fields.maybe(fields.text), None),
        since=node.get('since', fields.maybe(fields.line), None),
        reference=node.get('reference', fields.maybe(fields.line), None),
        affected=node.get('affected', fields.maybe(_affected), None),
        state=node.get('state', states, 'active'),
        waiver=node.get('waiver', fields.maybe(fields.waiver), None),
    )


def _affected(node: fields.Node) -> results.Affected:
    return results.Affected(
        count=node.get('count', fields.count),
        sample=node.get('sample', fields.list_of(fields.text), ()),
    )


def _not_run(node: fields.Node) -> results.NotRun:
    causes: fields.Kind[results.Cause] = fields.one_of(
        'blocked', 'deselected', 'inapplicable'
    )
    identity = node.get('id', fields.name)
    return results.NotRun(
        id=identity,
        check=node.get('check', fields.text, identity),
        plugin=node.get('plugin', fields.name, 'unknown'),
        cause=node.get('cause', causes),
        reason=node.get('reason', fields.text),
    )
