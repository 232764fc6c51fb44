# SPDX-License-Identifier: Apache-2.0
"""The command, run in a fault, and what every run has to keep."""

import dataclasses
import functools
import json
import re
import subprocess
import tempfile
import time
import typing

from tests.faults import scene
from tests.faults.fault import SECONDS, Case, Fault
from tests.functional import command
from tests.functional.test_documentation import pattern_of, validator

# A run that hangs fails its test; no fault comes near.
_HANGS = 120

Document = dict[str, typing.Any]


@dataclasses.dataclass(frozen=True)
class Seen:
    """What came of a run."""

    code: int
    stdout: str
    stderr: str
    seconds: float


def run(where: scene.Scene, case: Case) -> Seen:
    """Run the command in a case, in an empty working directory."""
    conf = where.configure(case.url, case.database, case.own)
    with (
        where.unwritten(),
        tempfile.TemporaryDirectory(dir=where.root) as empty,
    ):
        start = time.monotonic()
        process = command.Process(
            [
                *case.prefix,
                command.COMMAND,
                *('--config-file', conf, 'upgrade', 'check', '--json'),
                *case.args,
            ],
            env=command.environment(case.env),
            cwd=empty,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=command.default_signals,
        )
        try:
            if case.act:
                case.act(process)
            stdout, stderr = process.communicate(timeout=_HANGS)
        finally:
            process.kill()
            process.wait()
        seconds = time.monotonic() - start
    return Seen(
        process.returncode,
        stdout.decode(),
        stderr.decode().removeprefix(f'glance-status: read {conf}\n'),
        seconds,
    )


def look(where: scene.Scene, fault: Fault) -> None:
    """Run the command in a fault, and assert that all is as the row says."""
    before = where.rows()
    with fault.make(where) as case:
        seen = run(where, case)
        words = {**where.words, **case.words}
    assert where.rows() == before
    assert_kept(seen)
    assert seen.seconds < SECONDS[fault.takes]
    assert seen.code == fault.code
    assert_matches({'stderr': seen.stderr}, {'stderr': fault.stderr}, words)
    if seen.stdout:
        assert_report(where, fault, json.loads(seen.stdout), words)


def assert_kept(seen: Seen) -> None:
    """Assert what holds in every fault: see the page."""
    said = seen.stdout + seen.stderr
    assert scene.PLANTED not in said
    assert 'Traceback' not in said
    if seen.stdout:
        document = json.loads(seen.stdout)
        assert list(validator().iter_errors(document)) == []
        # What fails to be written is no part of the report.
        assert seen.stderr or document['exit_code'] == seen.code
    else:
        assert seen.stderr


def assert_report(
    where: scene.Scene, fault: Fault, report: Document, words: dict[str, str]
) -> None:
    """Assert that a fault spoils the rows that it has to, and no other."""
    broken = {
        row['id']: row['details']
        for row in report['checks']
        if row['result'] == 255
    }
    assert_matches(broken, fault.broken, words)
    healthy = healthy_report(where)
    blocked = blocked_ids(fault, report)
    assert causes(report) == {
        **{
            name: cause
            for name, cause in causes(healthy).items()
            if name not in broken
        },
        **dict.fromkeys(blocked, 'blocked'),
    }
    spoilt = {*broken, *blocked}
    others = [row for row in steady(report) if row['id'] not in spoilt]
    expected = [row for row in steady(healthy) if row['id'] not in spoilt]
    if report['source'] == healthy['source']:
        assert others == expected
    # Without a source, changes of all releases count.
    assert [row['id'] for row in others] == [row['id'] for row in expected]
    assert report['complete'] == (not spoilt)


def assert_matches(
    found: dict[str, str],
    templates: typing.Mapping[str, str],
    words: dict[str, str],
) -> None:
    """Assert that texts are what templates say; show what differs whole."""
    expected = {
        name: template.format(**words) for name, template in templates.items()
    }
    if found.keys() == expected.keys():
        for name, text in expected.items():
            pattern = '\n'.join(map(pattern_of, text.split('\n')))
            if re.fullmatch(pattern, found[name], re.DOTALL):
                expected[name] = found[name]
    assert found == expected


def steady(report: Document) -> list[Document]:
    """Return the rows, without how long each took."""
    return [{**row, 'duration': 0.0} for row in report['checks']]


def causes(report: Document) -> dict[str, str]:
    return {row['id']: row['cause'] for row in report['not_run']}


@functools.cache
def healthy_report(where: scene.Scene) -> Document:
    """Return the report of a deployment in which all is well."""
    seen = run(where, Case())
    report: Document = json.loads(seen.stdout)
    assert (seen.code, report['outcome'], seen.stderr) == (0, 'success', '')
    return report


@functools.cache
def checks() -> dict[str, list[str]]:
    """Return what each check reads, by id, in the order of the report."""
    listed = json.loads(command.run('upgrade', 'list', '--json').stdout)
    return {item['id']: item['reads'] for item in listed['checks']}


def blocked_ids(fault: Fault, report: Document) -> set[str]:
    """Return the ids of the checks that a fault keeps from running."""
    ids = list(checks())
    if fault.blocked == 'none':
        return set()
    if fault.blocked == 'rest':
        # Where it began, time decides.
        assert 'blocked' in causes(report).values()
        first = min(
            ids.index(name)
            for name, cause in causes(report).items()
            if cause == 'blocked'
        )
        return set(ids[first:])
    readers = [name for name in ids if 'database' in checks()[name]]
    if fault.blocked == 'database':
        return {name for name in readers if name not in fault.broken}
    last = max(
        readers.index(name)
        for name in fault.broken
        if name != 'database-connection'
    )
    return set(readers[last + 1 :])
