# SPDX-License-Identifier: Apache-2.0
"""What the formats for people and machines say alike about a report."""

import dataclasses
import re
import typing

from glance_status import results

LABELS = {
    results.SUCCESS: 'Success',
    results.WARNING: 'Warning',
    results.FAILURE: 'Failure',
    results.ERROR: 'Error',
}

STEPS = {
    'sync': 'bringing the database to the new release',
    'restart': 'starting the new services',
}

TO_DO = 'To do'
WAIVED = 'Waived'
KNOWN = 'Known'
NOTES = 'Good to know'
GONE = 'Gone'

COMMAND = re.compile(r'`([^`\n]+)`')
"""A command in a text."""

_SECTIONS = {
    TO_DO: '',
    WAIVED: 'Accepted by the operator; they do not count.',
    KNOWN: 'They were in the baseline already, and do not count.',
    NOTES: 'Notes, which never change the outcome.',
    GONE: 'They were in the baseline, and are no more.',
}
_ORIGINS = {
    'option': 'as --target says',
    'configuration': 'as [upgrade_check] target says',
    'newest': 'the newest that this tool knows',
}
_ADVICE = {
    ('success', 'sync'): (
        'Nothing stands against the upgrade. Bring the database to the new '
        'release, then run `glance-status upgrade check --before restart`.'
    ),
    ('success', 'restart'): 'Nothing stands against starting the new Glance.',
    ('warning', 'sync'): 'Look at the warnings, then decide.',
    ('warning', 'restart'): 'Look at the warnings, then decide.',
    ('failure', 'sync'): (
        'Do not upgrade yet. Do what the failures say and run this again.'
    ),
    ('failure', 'restart'): (
        'Do not start the new Glance yet. Do what the failures say and run '
        'this again.'
    ),
}
_INCOMPLETE = (
    'Not everything could be found out, so this is no permission to upgrade. '
    'Mend what the errors name and run this again.'
)

# What a terminal would obey rather than show, what turns the direction of
# writing, and what neither XML nor UTF-8 can carry.
_UNFIT = re.compile(
    '[\x00-\x08\x0b-\x1f\x7f-\x9f'
    '\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]'
)
_LINK = re.compile(r'https?://[^\s<>"\'`\\^{|}]+')

Value = typing.TypeVar('Value')


@dataclasses.dataclass(frozen=True)
class Entry:
    """A finding, and the title of its check, None where that is unknown."""

    finding: results.Finding
    check: str | None


@dataclasses.dataclass(frozen=True)
class Section:
    """Entries of one kind, the worst first."""

    title: str
    about: str
    entries: tuple[Entry, ...]


def plain(value: Value) -> Value:
    """Return a report, or a part of it, whose texts can be shown anywhere.

    Lines are kept; tabs become spaces, and what a terminal would obey
    becomes the replacement character.
    """
    return typing.cast(Value, _plain(value))


def _plain(value: typing.Any) -> typing.Any:
    if isinstance(value, str):
        return _UNFIT.sub('\N{REPLACEMENT CHARACTER}', value.expandtabs())
    if isinstance(value, dict):
        return {_plain(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(map(_plain, value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value)]
        return dataclasses.replace(
            value, **{name: _plain(getattr(value, name)) for name in names}
        )
    return value


def line(text: str) -> str:
    """Return a text in one line."""
    return ' '.join(text.split())


def target(report: results.Report) -> str:
    """Return the release to upgrade to, and who chose it."""
    return chosen(report.target)


def chosen(target: results.Target) -> str:
    """Return a release to upgrade to, and who chose it."""
    return f'{target.release} ({target.version}), {_ORIGINS[target.origin]}'


def source(report: results.Report) -> str:
    """Return the releases that the deployment may be at."""
    found = report.source
    return ', '.join(found.releases if found else ()) or 'unknown'


def advice(report: results.Report) -> str:
    """Return what to do next."""
    key = (results.OUTCOMES[report.worst], report.before)
    return _ADVICE.get(key, _INCOMPLETE)


def label(finding: results.Finding) -> str:
    """Return what kind of a finding this is, in a word."""
    return 'Note' if not finding.result else LABELS[finding.result]


def state(finding: results.Finding) -> str:
    """Return why a finding does not count; nothing for one that does."""
    if finding.state == 'waived':
        waiver = finding.waiver or {}
        until = waiver.get('expires')
        reason = line(str(waiver.get('reason') or 'no reason given'))
        return f'waived{f" until {until}" if until else ""}: {reason}'
    if finding.state == 'known':
        return 'known from the baseline'
    return ''


def affected(finding: results.Finding) -> tuple[int, tuple[str, ...], int]:
    """Return how many objects, those with a name, and how many more."""
    found = finding.affected or results.Affected(0)
    names = tuple(map(line, found.sample))
    return found.count, names, found.count - len(names)


def link(finding: results.Finding) -> str | None:
    """Return where to read more, when it is safe to make it a link."""
    found = finding.reference or ''
    return found if _LINK.fullmatch(found) else None


def lines(finding: results.Finding) -> list[str]:
    """Return a finding as lines of text."""
    since = f', since {finding.since}' if finding.since else ''
    why = f' - {state(finding)}' if state(finding) else ''
    count, names, more = affected(finding)
    rest = f' and {more} more' if names and more > 0 else ''
    return [
        f'{finding.id} ({label(finding)}{since}){why}',
        *finding.message.split('\n'),
        *([f'Affected: {count}' + _listed(names, rest)] if count else []),
        *([f'Do: {finding.remediation}'] if finding.remediation else []),
        *([f'See: {finding.reference}'] if finding.reference else []),
    ]


def _listed(names: tuple[str, ...], rest: str) -> str:
    return f': {", ".join(names)}{rest}' if names else ''


def said(row: results.Outcome) -> list[results.Finding]:
    """Return the findings of a row; what broke it comes first, as one."""
    broken = results.Finding(row.id, results.ERROR, row.details or 'It broke.')
    reason = [broken] if row.result == results.ERROR else []
    return [*reason, *row.findings]


def counts(row: results.Outcome, finding: results.Finding) -> bool:
    """Tell whether a finding counts in the result of its row.

    Whether those that the baseline knows do is the operator's choice: the
    row's result shows it.
    """
    if finding.state == 'known':
        return finding.result <= row.result
    return finding.state == 'active'


def blocked(report: results.Report) -> list[results.NotRun]:
    """Return the checks that something kept from running."""
    return [row for row in report.not_run if row.cause == 'blocked']


def sections(report: results.Report) -> list[Section]:
    """Return all findings by what they ask of the reader; none is empty."""
    found: dict[str, list[Entry]] = {title: [] for title in _SECTIONS}
    for row in report.outcomes:
        for item in said(row):
            found[_title(row, item)].append(Entry(item, row.check))
    found[GONE] += [Entry(item, None) for item in report.gone]
    return [
        Section(
            title,
            _SECTIONS[title],
            tuple(sorted(entries, key=lambda each: -each.finding.result)),
        )
        for title, entries in found.items()
        if entries
    ]


def _title(row: results.Outcome, item: results.Finding) -> str:
    """Return the section that a finding belongs to."""
    if item.state == 'waived':
        return WAIVED
    if not item.result:
        return NOTES
    return TO_DO if counts(row, item) else KNOWN
