# SPDX-License-Identifier: Apache-2.0
"""What checks find, and the report that it makes: values without behaviour."""

import dataclasses
import typing

SUCCESS = 0
WARNING = 1
FAILURE = 2
ERROR = 255

OUTCOMES = {
    SUCCESS: 'success',
    WARNING: 'warning',
    FAILURE: 'failure',
    ERROR: 'error',
}

# How many affected objects a finding names at most; their count is exact.
SAMPLE_SIZE = 10

Cause = typing.Literal['blocked', 'deselected', 'inapplicable']


@dataclasses.dataclass(frozen=True)
class Affected:
    """How many objects a finding is about, and the first of them by name."""

    count: int
    sample: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Finding:
    """One thing to know; a result of 0 is a note."""

    id: str
    result: int
    message: str
    remediation: str | None = None
    since: str | None = None
    reference: str | None = None
    affected: Affected | None = None
    state: str = 'active'
    waiver: dict[str, typing.Any] | None = None


@dataclasses.dataclass(frozen=True)
class FindingKind:
    """What a check may find, and the text that explains it.

    :param id: lower-case words with hyphens, never used again for another
    :param title: what is wrong, in half a line
    :param looks_for: what the check looks at and when it speaks
    :param matters: what happens to those who do not heed it
    :param remediation: what to do; a finding may say it more precisely
    :param since: the Glance version from which on it matters
    :param reference: where it can be read, a URL
    """

    id: str
    title: str
    looks_for: str
    matters: str
    remediation: str | None = None
    since: str | None = None
    reference: str | None = None

    def note(self, message: str, **details: typing.Any) -> Finding:
        """Return a finding that never changes the exit code."""
        return self._finding(SUCCESS, message, **details)

    def warning(self, message: str, **details: typing.Any) -> Finding:
        """Return a finding to look at before the upgrade."""
        return self._finding(WARNING, message, **details)

    def failure(self, message: str, **details: typing.Any) -> Finding:
        """Return a finding that stops the upgrade."""
        return self._finding(FAILURE, message, **details)

    def _finding(
        self,
        result: int,
        message: str,
        *,
        remediation: str | None = None,
        affected: Affected | None = None,
    ) -> Finding:
        return Finding(
            id=self.id,
            result=result,
            message=message,
            remediation=remediation or self.remediation,
            since=self.since,
            reference=self.reference,
            affected=affected,
        )


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What a check that ran, or broke, has to say: a row of the report."""

    id: str
    check: str
    plugin: str
    result: int
    details: str | None = None
    duration: float = 0.0
    findings: tuple[Finding, ...] = ()


@dataclasses.dataclass(frozen=True)
class NotRun:
    """A check that did not run, and why."""

    id: str
    check: str
    plugin: str
    cause: Cause
    reason: str


@dataclasses.dataclass(frozen=True)
class Target:
    """The release to upgrade to, and who chose it."""

    release: str
    version: str
    origin: typing.Literal['option', 'configuration', 'newest']


@dataclasses.dataclass(frozen=True)
class Source:
    """The releases that the deployment may be at, oldest first."""

    releases: tuple[str, ...]
    schema_revisions: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Report:
    """All that a run found out."""

    tool_version: str
    host: str
    generated_at: str
    before: str
    target: Target
    source: Source | None
    config_files: tuple[str, ...]
    options: dict[str, str]
    outcomes: tuple[Outcome, ...]
    not_run: tuple[NotRun, ...]
    gone: tuple[Finding, ...] = ()
    fail_level: int = WARNING
    interrupted: str | None = None

    @property
    def complete(self) -> bool:
        """Tell whether every selected check finished."""
        return not (
            self.interrupted
            or any(row.result == ERROR for row in self.outcomes)
            or any(row.cause == 'blocked' for row in self.not_run)
        )

    @property
    def worst(self) -> int:
        """Return the worst result of all rows, 255 where one is missing."""
        if not self.complete:
            return ERROR
        return max((row.result for row in self.outcomes), default=SUCCESS)

    @property
    def summary(self) -> dict[str, int]:
        """Return how many checks ended how, and the waived findings."""
        ended = [OUTCOMES[row.result] for row in self.outcomes]
        counts = {name: ended.count(name) for name in OUTCOMES.values()}
        counts['not_run'] = len(self.not_run)
        counts['waived'] = sum(
            item.state == 'waived'
            for row in self.outcomes
            for item in row.findings
        )
        return counts

    @property
    def exit_code(self) -> int:
        """Return what the process exits with: 0, 1, 2 or 255."""
        return self.worst if self.worst >= self.fail_level else SUCCESS


def worst_of(
    findings: typing.Iterable[Finding],
    counted: typing.Container[str] = ('active',),
) -> int:
    """Return the worst result of findings, 0 where there are none.

    :param counted: the states that count
    """
    return max(
        (item.result for item in findings if item.state in counted),
        default=SUCCESS,
    )


def with_findings(
    row: Outcome,
    changed: typing.Callable[[Finding], Finding],
    counted: typing.Container[str] = ('active',),
) -> Outcome:
    """Return a row with each finding changed, and its result anew.

    A row that broke stays broken.
    """
    if not row.findings or row.result == ERROR:
        return row
    findings = tuple(map(changed, row.findings))
    return dataclasses.replace(
        row, findings=findings, result=worst_of(findings, counted)
    )


def details_of(findings: typing.Iterable[Finding]) -> str | None:
    """Return what findings say as text, a line each; None without any."""
    lines = [
        ' '.join(filter(None, (item.message, item.remediation)))
        for item in findings
    ]
    return '\n'.join(lines) or None


def finding_from(document: dict[str, typing.Any]) -> Finding:
    """Return the finding that ``dataclasses.asdict`` took apart."""
    affected = document['affected']
    return Finding(
        **{
            **document,
            'affected': affected
            and Affected(affected['count'], tuple(affected['sample'])),
        }
    )
