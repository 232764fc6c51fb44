# SPDX-License-Identifier: Apache-2.0
"""One run of ``upgrade check``: what was asked for, and the report of it."""

import argparse
import datetime
import importlib.metadata
import os
import time
import typing

from oslo_config import cfg

from glance_status import (
    children,
    configuration,
    context,
    errors,
    lazily,
    loading,
    plugins,
    progress,
    releases,
    results,
    runner,
    selection,
    waivers,
)

_FAIL_LEVELS = {'warning': results.WARNING, 'failure': results.FAILURE}


class Plan(typing.NamedTuple):
    """All that decides a run, from the command line and from [upgrade_check].

    :param timeout: in seconds, of each check and statement
    :param deadline: in seconds, of the whole run; None for none
    :param include: ids or patterns of what to run; none for all
    :param exclude: ids or patterns of what to leave out
    :param waivers: what the operator accepts; None without a waivers file
    :param baseline: the report to compare with, None for none
    :param only_new: whether what the baseline has does not count
    """

    run: context.Run
    target: results.Target
    entries: tuple[plugins.Entry, ...]
    conflicts: tuple[plugins.Conflict, ...]
    timeout: float
    deadline: float | None
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    fail_level: int
    waivers: tuple[waivers.Waiver, ...] | None
    baseline: results.Report | None
    only_new: bool


def plan(
    args: argparse.Namespace, config: configuration.Configuration
) -> Plan:
    """Return what to do; Problem where something asked for is not there."""
    own = _own(config.own)
    accepted = args.waivers or own['waivers']
    for name, path in args.outputs:
        if args.baseline and _place(path) == _place(args.baseline):
            raise errors.Problem(
                f'--output {name}:{path} is the baseline, which is only '
                'read: write to another file.'
            )
    chosen, target = _target(args.target, own['target'])
    stated = _release(args.stated, releases.known()) if args.stated else None
    timeout = args.timeout or own['timeout']
    run = context.Run(
        configuration=config,
        target=chosen,
        before=args.before,
        stated=stated,
        timeout=timeout,
        connect_timeout=own['connect_timeout'],
        replica=args.replica or own['replica'],
    )
    entries, conflicts = plugins.find([*own['namespaces'], *args.namespaces])
    return Plan(
        run=run,
        target=target,
        entries=tuple(entries),
        conflicts=tuple(conflicts),
        timeout=timeout,
        deadline=args.deadline or own['deadline'],
        include=tuple(args.include),
        exclude=(*own['skip'], *args.exclude),
        fail_level=_FAIL_LEVELS[args.fail_level],
        waivers=_accepted(accepted) if accepted else None,
        baseline=_known(args.baseline) if args.baseline else None,
        only_new=args.fail_on == 'new',
    )


def upgrade(
    args: argparse.Namespace, config: configuration.Configuration
) -> tuple[context.Run, results.Target]:
    """Return the upgrade that ``upgrade plan`` is asked about."""
    own = _own(config.own)
    chosen, target = _target(args.target, own['target'])
    run = context.Run(
        configuration=config,
        target=chosen,
        stated=_release(args.stated, releases.known())
        if args.stated
        else None,
        timeout=own['timeout'],
        connect_timeout=own['connect_timeout'],
    )
    return run, target


def _accepted(path: str) -> tuple[waivers.Waiver, ...]:
    from glance_status import waiver_file

    return tuple(waiver_file.read(path))


def _known(path: str) -> results.Report:
    from glance_status import reading

    return reading.report(path)


def _place(path: str) -> str:
    return os.path.realpath(os.path.expanduser(path))


def run(
    planned: Plan,
    clean: typing.Callable[[str], str],
    say: typing.Callable[[str], None],
    watch: progress.Watch,
    meanwhile: typing.Callable[[], None] = lambda: None,
) -> results.Report:
    """Run what is planned and return the report.

    :param clean: masks secrets
    :param say: shows diagnostics
    :param watch: is told what is being done
    :param meanwhile: what can be done while others work
    """
    if len(planned.entries) > 1:
        # Their processes share what is imported before they fork. A single
        # one imports it while this process does something else.
        from glance_status import connecting, schema, survey  # noqa: F401

        lazily.load()

    with children.Children(
        planned.run,
        planned.timeout,
        planned.deadline,
        say,
        watch,
        meanwhile,
    ) as running:
        loaded = loading.load(
            running, planned.entries, planned.conflicts, clean
        )
        interrupted = loaded.interrupted
        facts = context.Facts()
        outcomes = list(loaded.broken)
        not_run: list[results.NotRun] = []
        wanted: frozenset[str] = frozenset()
        if not interrupted:
            chosen = selection.select(
                loaded.checks,
                loaded.broken,
                planned.include,
                planned.exclude,
                waivers.IDS,
            )
            wanted = chosen.wanted.union(waivers.IDS)
            engine = runner.Runner(
                running, loaded, planned.run.stated, clean, say
            )
            outcomes, not_run, facts = engine.execute(chosen)
            interrupted = engine.interrupted
    report = results.Report(
        tool_version=importlib.metadata.version(plugins.DISTRIBUTION),
        host=os.uname().nodename,
        generated_at=time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime()),
        before=planned.run.before,
        target=planned.target,
        source=_source(facts),
        config_files=planned.run.configuration.files,
        options=planned.run.configuration.digests(),
        outcomes=tuple(outcomes),
        not_run=tuple(not_run),
        fail_level=planned.fail_level,
        interrupted=interrupted,
    )
    return _judged(planned, report, loaded.checks, wanted, clean)


def _judged(
    planned: Plan,
    report: results.Report,
    checks: typing.Iterable[selection.Listed],
    wanted: typing.Container[str],
    clean: typing.Callable[[str], str],
) -> results.Report:
    """Return the report after what is accepted, and known, was marked."""
    if planned.waivers is not None:
        owners = {
            kind.id: check.id for check in checks for kind in check.kinds
        }
        today = datetime.datetime.now(datetime.timezone.utc).date()
        report = waivers.apply(
            report,
            planned.waivers,
            owners,
            today,
            wanted,
            clean,
            planned.exclude,
        )
    if planned.baseline:
        from glance_status import baseline

        report = baseline.compare(
            report, planned.baseline, planned.only_new, wanted
        )
    return report


def _own(conf: cfg.ConfigOpts) -> dict[str, typing.Any]:
    """Return the [upgrade_check] options by name, which were looked at."""
    from glance_status import options

    group = conf[options.GROUP]
    return {opt.dest: group[opt.dest] for opt in options.OWN}


def _target(
    word: str | None, configured: str | None
) -> tuple[releases.Release, results.Target]:
    origin: typing.Literal['option', 'configuration', 'newest']
    if word:
        origin, release = 'option', _release(word, releases.targets())
    elif configured:
        origin = 'configuration'
        release = _release(configured, releases.targets())
    else:
        origin, release = 'newest', releases.newest()
    return release, results.Target(release.label, release.version, origin)


def _release(
    word: str, among: typing.Sequence[releases.Release]
) -> releases.Release:
    try:
        return releases.find(word, among)
    except releases.UnknownRelease as error:
        raise errors.Problem(f'{error}.') from error


def _source(facts: context.Facts) -> results.Source | None:
    if not facts.source and not facts.revisions:
        return None
    return results.Source(
        tuple(release.label for release in facts.source), facts.revisions
    )
