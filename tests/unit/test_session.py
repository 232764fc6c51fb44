# SPDX-License-Identifier: Apache-2.0
"""What command line and [upgrade_check] make of a run."""

import pathlib
import sqlite3
import threading
import typing

import pytest
from oslo_config import cfg

from glance_status import (
    arguments,
    children,
    configuration,
    errors,
    formatters,
    progress,
    releases,
    results,
    session,
    usage,
    waivers,
)
from tests.unit import plugin, reports

CHECK = ('upgrade', 'check')
HOW = 'See `glance-status upgrade check --help`.'


def parsed(path: pathlib.Path, *words: str) -> session.Plan:
    """Return the plan for a file and a command line."""
    args = arguments.parse(('--config-file', str(path), *words))
    config = configuration.read(cfg.ConfigOpts(), args.sources)
    return session.plan(args, config)


def planned(
    directory: pathlib.Path, text: str, *words: str
) -> dict[str, typing.Any]:
    """Return the plan for a file with this text, but for what is found."""
    path = directory / 'glance-status.conf'
    path.write_text(f'[upgrade_check]\n{text}\n')
    found = parsed(path, *CHECK, *words)
    run = found.run
    return {
        'target': (found.target.origin, found.target.version),
        'stated': run.stated and run.stated.label,
        'before': run.before,
        'seconds': (run.timeout, found.timeout, found.deadline),
        'connect': (run.connect_timeout, run.replica),
        'checks': (found.include, found.exclude),
        'level': (found.fail_level, found.only_new),
        'accepted': (found.waivers, found.baseline),
    }


DEFAULTS: dict[str, typing.Any] = {
    'target': ('newest', releases.newest().version),
    'stated': None,
    'before': 'sync',
    'seconds': (60, 60, None),
    'connect': (5, False),
    'checks': ((), ()),
    'level': (results.WARNING, False),
    'accepted': (None, None),
}


def test_without_a_word_all_is_as_the_help_says(
    tmp_path: pathlib.Path,
) -> None:
    assert planned(tmp_path, '') == DEFAULTS


CONFIGURED = (
    'target = 28\ntimeout = 7\ndeadline = 8\nconnect_timeout = 9\n'
    'replica = true\nskip = a, b\n'
)


def test_the_configuration_decides_what_the_line_does_not(
    tmp_path: pathlib.Path,
) -> None:
    assert planned(tmp_path, CONFIGURED) == DEFAULTS | {
        'target': ('configuration', '28.0.0'),
        'seconds': (7, 7, 8),
        'connect': (9, True),
        'checks': ((), ('a', 'b')),
    }


def test_the_line_decides_before_the_configuration(
    tmp_path: pathlib.Path,
) -> None:
    words = (
        *('--target', '29', '--from', 'zed', '--before', 'restart'),
        *('--timeout', '0.1', '--deadline', '86400', '--replica'),
        *('--check', 'x', '--check', 'y', '--skip', 'z'),
        *('--fail-level', 'failure', '--fail-on', 'any'),
    )
    assert planned(tmp_path, CONFIGURED, *words) == {
        'target': ('option', '29.0.0'),
        'stated': 'Zed',
        'before': 'restart',
        'seconds': (0.1, 0.1, 86400),
        'connect': (9, True),
        'checks': (('x', 'y'), ('a', 'b', 'z')),
        'level': (results.FAILURE, False),
        'accepted': (None, None),
    }
    assert planned(tmp_path, '', '--replica')['connect'] == (5, True)


def baseline(directory: pathlib.Path) -> pathlib.Path:
    """Write the report of an earlier run."""
    path = directory / 'base.json'
    path.write_text(
        formatters.render('json', reports.make(), formatters.Style())
    )
    return path


def test_waivers_and_baseline_are_read_before_anything_runs(
    tmp_path: pathlib.Path,
) -> None:
    report = baseline(tmp_path)
    (tmp_path / 'empty.yaml').write_text('[]\n')
    words = ('--baseline', str(report), '--fail-on', 'new')
    found = planned(tmp_path, f'waivers = {tmp_path}/empty.yaml', *words)
    assert found['level'] == (results.WARNING, True)
    accepted, known = found['accepted']
    assert (accepted, known.host) == ((), 'node1')
    for name in ('waivers', 'baseline'):
        with pytest.raises(errors.Problem, match='nothing'):
            planned(tmp_path, '', f'--{name}', f'{tmp_path}/nothing')


def test_a_baseline_is_not_written_to(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('HOME', str(tmp_path))
    report = baseline(tmp_path)
    words = ('--baseline', str(report), '--output')
    with pytest.raises(errors.Problem) as caught:
        planned(tmp_path, '', *words, 'json:~/base.json')
    assert str(caught.value) == (
        '--output json:~/base.json is the baseline, which is only read: write '
        'to another file.'
    )
    assert planned(tmp_path, '', *words, 'json:~/other.json')


@pytest.mark.parametrize(
    ('text', 'words', 'said'),
    [
        ('', ('--target', 'nova'), "unknown release 'nova'"),
        ('target = nova', (), "unknown release 'nova'"),
        ('', ('--from', 'nova'), "unknown release 'nova'"),
        # One may come from where nobody can go to.
        ('', ('--target', 'rocky'), "unknown release 'rocky'"),
    ],
)
def test_a_release_that_is_none_is_a_problem(
    text: str, words: tuple[str, ...], said: str, tmp_path: pathlib.Path
) -> None:
    with pytest.raises(errors.Problem) as caught:
        planned(tmp_path, text, *words)
    assert str(caught.value).startswith(said)
    assert planned(tmp_path, '', '--from', 'rocky')['stated'] == 'Rocky'


def test_an_upgrade_to_be_planned_has_the_same_options(
    tmp_path: pathlib.Path,
) -> None:
    path = tmp_path / 'glance-status.conf'
    path.write_text(f'[upgrade_check]\n{CONFIGURED}\n')
    for words, stated, version in (
        ((), None, '28.0.0'),
        (('--from', 'zed', '--target', '29'), 'Zed', '29.0.0'),
    ):
        line = ('upgrade', 'plan', '--config-file', str(path), *words)
        args = arguments.parse(line)
        config = configuration.read(cfg.ConfigOpts(), args.sources)
        run, target = session.upgrade(args, config)
        assert (
            run.stated and run.stated.label,
            run.target.version,
            target.version,
            run.timeout,
            run.connect_timeout,
        ) == (stated, version, version, 7, 9)


# What comes of it


def ran(
    directory: pathlib.Path, text: str = '', **changes: typing.Any
) -> results.Report:
    """Return the report of a run of the sample's checks.

    :param changes: what is not as the command line had it
    """
    path = directory / 'glance-api.conf'
    path.write_text(text)
    found = parsed(path, *CHECK, '--check', 'finds')
    entries = (plugin.entry('Good'),)
    found = found._replace(**{'entries': entries, **changes})
    return session.run(found, str, print, progress.Watch())


def told(report: results.Report) -> list[tuple[str, str]]:
    """Return id and state of all that was found."""
    return [
        (finding.id, finding.state)
        for row in report.outcomes
        for finding in row.findings
    ]


def test_a_report_has_what_was_wanted_and_found(
    tmp_path: pathlib.Path,
) -> None:
    report = ran(tmp_path, '[DEFAULT]\nworkers = 3\n')
    assert told(report) == [('old-thing', 'active'), ('new-thing', 'active')]
    assert [(item.id, item.cause) for item in report.not_run] == [
        ('fine', 'deselected')
    ]
    assert (report.source, report.interrupted) == (None, None)
    assert list(report.options) == ['DEFAULT.workers']
    assert report.config_files == (f'{tmp_path}/glance-api.conf',)


def test_what_is_accepted_or_known_is_marked(tmp_path: pathlib.Path) -> None:
    before = ran(tmp_path)
    known = ran(tmp_path, baseline=before, only_new=True)
    assert told(known) == [('old-thing', 'known'), ('new-thing', 'known')]
    accepted = (waivers.Waiver(1, 'old-thing', reason='in 2027'),)
    waived = ran(tmp_path, waivers=accepted)
    assert told(waived) == [('old-thing', 'waived'), ('new-thing', 'active')]
    # One that no check may find is told of.
    unknown = ran(tmp_path, waivers=(waivers.Waiver(1, 'x', reason='y'),))
    assert len(told(unknown)) == 3


@pytest.mark.parametrize(
    ('revision', 'source'),
    [
        (
            '2023_1_contract01',
            (('2023.1', '2023.2'), ('2023_1_contract01',)),
        ),
        # It is told, though nobody knows which releases have it.
        ('2029_2_contract01', ((), ('2029_2_contract01',))),
    ],
)
def test_the_source_is_what_the_database_says(
    revision: str, source: tuple[object, ...], tmp_path: pathlib.Path
) -> None:
    file = tmp_path / 'glance.sqlite'
    connection = sqlite3.connect(file)
    connection.executescript(
        'CREATE TABLE alembic_version (version_num VARCHAR(32));'
        f"INSERT INTO alembic_version VALUES ('{revision}');"
    )
    connection.close()
    text = f'[database]\nconnection = sqlite:///{file}\n'
    report = ran(tmp_path, text, entries=(plugin.entry('Opens'),), include=())
    found = report.source
    assert found is not None
    assert (found.releases, found.schema_revisions) == source


def test_who_is_interrupted_while_loading_has_a_report(
    tmp_path: pathlib.Path,
) -> None:
    begun = threading.Event()

    class Watch(progress.Watch):
        def begin(self, what: str, limit: float, place: str = '') -> None:
            if not begun.is_set():
                begun.set()
                raise children.Interrupted('SIGTERM')

    path = tmp_path / 'glance-api.conf'
    path.touch()
    found = parsed(path, *CHECK)._replace(entries=(plugin.entry('Good'),))
    report = session.run(found, str, print, Watch())
    assert (report.interrupted, report.exit_code) == ('SIGTERM', 255)
    assert (report.outcomes, report.not_run) == ((), ())


# The command line alone


def test_files_and_directories_are_read_in_the_order_of_the_line() -> None:
    args = arguments.parse(
        [
            *('--config-dir', 'a', '--config-file', 'b', '--config-dir=c'),
            *CHECK,
            *('--config-file', 'd', '--config-dir', 'e'),
        ]
    )
    assert args.sources == [
        ('dir', 'a'),
        ('file', 'b'),
        ('dir', 'c'),
        ('file', 'd'),
        ('dir', 'e'),
    ]
    assert arguments.parse(CHECK).sources == []


@pytest.mark.parametrize(
    ('words', 'command', 'usage_of'),
    [
        ((), None, 'glance-status'),
        (('upgrade',), None, 'glance-status upgrade'),
        (('-h',), None, 'glance-status'),
        (('upgrade', 'plan', '--help'), None, 'glance-status upgrade plan'),
        (('--version', *CHECK), None, 'glance-status upgrade check'),
        (CHECK, 'check', 'glance-status upgrade check'),
    ],
)
def test_what_is_to_be_run_or_shown(
    words: tuple[str, ...], command: str | None, usage_of: str
) -> None:
    args = arguments.parse(words)
    assert (args.command, args.parser.prog) == (command, usage_of)
    assert not args.debug
    assert args.version == ('--version' in words)


def test_what_the_line_leaves_out_is_off() -> None:
    args = arguments.parse(CHECK)
    assert not any((args.debug, args.verbose, args.replica, args.version))
    assert args.format == 'table'
    words = ('--debug', '--verbose', '--replica', '--json')
    args = arguments.parse((*CHECK, *words))
    assert args.debug
    assert args.verbose
    assert args.replica
    assert args.format == 'json'
    merged = arguments.parse(('upgrade', 'merge', 'a', 'b', '--verbose'))
    assert (merged.reports, merged.verbose) == (['a', 'b'], True)
    assert not arguments.parse(('upgrade', 'merge', 'a')).verbose


@pytest.mark.parametrize(
    ('words', 'said'),
    [
        (
            ('--timeout', '0.09'),
            "argument --timeout: '0.09' is not a number of seconds from 0.1 "
            'to 86400.',
        ),
        (
            ('--deadline', '86401'),
            "argument --deadline: '86401' is not a number of seconds from "
            '0.1 to 86400.',
        ),
        (
            ('--deadline', 'soon'),
            "argument --deadline: 'soon' is not a number of seconds from "
            '0.1 to 86400.',
        ),
        (('--check', ' '), 'argument --check: its value is empty.'),
        (('--fail-on', 'new'), '--fail-on new needs a --baseline.'),
        (('one', 'two'), "'one' is a word too many."),
        (
            ('--output', 'jsn:x'),
            "argument --output: 'jsn:x' is not FORMAT:PATH, where FORMAT is "
            'one of table, json, junit, markdown, html, nagios, prometheus. '
            'Did you mean json?',
        ),
    ],
)
def test_a_line_that_cannot_be_is_refused(
    words: tuple[str, ...], said: str
) -> None:
    with pytest.raises(usage.Error) as caught:
        arguments.parse((*CHECK, *words))
    assert str(caught.value) == f'{said} {HOW}'


@pytest.mark.parametrize(
    ('words', 'nagios'),
    [
        (('--format', 'nagios'), True),
        (('--format=nagios', '--no-such'), True),
        (('--format', 'json', 'nagios'), False),
        (('--output', 'nagios:x'), False),
        ((), False),
    ],
)
def test_nagios_is_known_by_its_format(
    words: tuple[str, ...], nagios: bool
) -> None:
    assert arguments.for_nagios((*CHECK, *words)) == nagios
