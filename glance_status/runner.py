# SPDX-License-Identifier: Apache-2.0
"""Run checks, each plug-in in a process of its own, whatever they do."""

import dataclasses
import time
import types
import typing

from glance_status import (
    context,
    garbage,
    ledger,
    plugins,
    process,
    progress,
    releases,
    results,
    selection,
    waivers,
    worker,
)

DATABASE_CHECK = 'database-connection'
DATABASE_TITLE = 'Database connection'

# Seconds that a check may go beyond its time limit before its process is
# killed: the server's or the driver's own word is the better message.
GRACE = 1.0


Row = results.Outcome | results.NotRun

# Why a check is blocked; the row of DATABASE_CHECK says more.
_OUT_OF_REACH = 'the database is out of reach'
# The process that only asks the database; no plug-in has such a name.
_DATABASE = '(database)'


# The row about waivers, which comes from no plug-in.
_RESERVED = (waivers.CHECK, *(kind.id for kind in waivers.KINDS))


class Interrupted(BaseException):
    """A signal asked the run to end; the text is the signal's name."""


class Runner:
    """Loads plug-ins and runs their checks.

    :param run: what the run is about; None to load only
    :param timeout: seconds that a check, or a plug-in's loading, may take
    :param deadline: seconds that all may take together; None for no limit
    :param clean: masks secrets in what plug-ins say
    :param say: shows a line of diagnostics to those who asked for it
    :param watch: is told what is being done
    :param meanwhile: called once, while the first process is at work
    :ivar checks: what was loaded
    :ivar broken: the rows of plug-ins in which something is wrong
    :ivar interrupted: the signal that ended the run, None without
    :ivar lost: why the database cannot be reached, None while it can
    """

    def __init__(
        self,
        run: context.Run | None,
        timeout: float,
        deadline: float | None = None,
        clean: typing.Callable[[str], str] = str,
        say: typing.Callable[[str], None] = lambda text: None,
        watch: progress.Watch | None = None,
        meanwhile: typing.Callable[[], None] = lambda: None,
    ):
        self.run = run
        self.timeout = timeout
        self.deadline = deadline
        self.end = time.monotonic() + deadline if deadline else None
        self.clean = clean
        self.say = say
        self.watch = watch or progress.Watch()
        self._meanwhile: typing.Callable[[], None] | None = meanwhile
        self.checks: list[selection.Listed] = []
        self.broken: list[results.Outcome] = []
        self.interrupted: str | None = None
        self.lost: str | None = None
        self._processes: dict[str, process.Process] = {}
        self._ledger = ledger.Ledger()
        self._taken = dict.fromkeys(_RESERVED, 'glance-status')

    def __enter__(self) -> 'Runner':
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: types.TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all processes."""
        for name, child in self._processes.items():
            self._end(name, child)
        self._processes.clear()

    def load(
        self,
        entries: typing.Iterable[plugins.Entry],
        conflicts: typing.Iterable[plugins.Conflict] = (),
    ) -> None:
        """Load plug-ins; fills ``checks`` and ``broken``."""
        wrong = {conflict.used.name: [str(conflict)] for conflict in conflicts}
        try:
            for entry in entries:
                problems = wrong.setdefault(entry.name, [])
                problems += self._load(entry)
                if problems:
                    self.broken.append(self._broken_plugin(entry, problems))
        except Interrupted as error:
            self.interrupted = str(error)
        # Most of what is imported is there; a long run may begin.
        garbage.seek()

    def execute(
        self, chosen: selection.Selection
    ) -> tuple[list[results.Outcome], list[results.NotRun], context.Facts]:
        """Run the chosen checks; return rows, what did not run, and facts."""
        rows: list[Row] = []
        facts = context.Facts()
        done = 0
        try:
            facts = self._probe(chosen)
            running = [item for item in self.checks if chosen.runs(item)]
            for check in self.checks:
                if check in running:
                    self._begin(
                        check.title,
                        f'{running.index(check) + 1}/{len(running)}',
                    )
                rows.append(self._row(check, chosen, facts))
                done += 1
        except Interrupted as error:
            self.interrupted = str(error)
            rows += self._unfinished(chosen, done, f'interrupted by {error}')
        rows += [row for row in self.broken if row.id in chosen.wanted]
        rows = self._with_database_row(rows)
        outcomes = [row for row in rows if isinstance(row, results.Outcome)]
        not_run = [row for row in rows if isinstance(row, results.NotRun)]
        return outcomes, not_run, facts

    def _load(self, entry: plugins.Entry) -> list[str]:
        self._begin(f'loading the plug-in {entry.name}')
        try:
            reply = self._start(entry.name, entry, {'do': 'load'})
            for document in reply['checks']:
                self._list(entry, document, reply['problems'])
            return list(map(str, reply['problems']))
        except process.TimedOut:
            return [f'it did not load within {self.timeout:g} seconds']
        except process.Lost as error:
            return [f'it did not load: {error}']
        except (KeyError, TypeError) as error:
            return [f'it described its checks in an unknown way: {error!r}']

    def _start(
        self, name: str, entry: plugins.Entry | None, first: worker.Message
    ) -> worker.Message:
        """Start a process and return its answer to the first request."""
        try:
            self._processes[name] = process.Process(entry, self.run)
        except OSError as error:
            raise process.Lost(
                f'no process can be started: {error.strerror}'
            ) from error
        return self._ask(name, first)

    def _list(
        self,
        entry: plugins.Entry,
        document: worker.Message,
        problems: list[str],
    ) -> None:
        check = selection.Listed(
            entry=entry,
            id=document['id'],
            title=document['title'],
            topic=document['topic'],
            reads=tuple(document['reads']),
            description=document['description'],
            kinds=tuple(
                results.FindingKind(**kind) for kind in document['kinds']
            ),
            asks=document['asks'],
        )
        broken = f'{entry.name}:plug-in'
        for name in check.ids:
            if name in self._taken or name == broken:
                problems.append(
                    f'its check {check.id} is left out: '
                    f'{self._taken.get(name, "the run")} has the id {name} '
                    'already'
                )
                return
        self._taken.update(dict.fromkeys(check.ids, entry.name))
        self.checks.append(check)

    def _broken_plugin(
        self, entry: plugins.Entry, problems: list[str]
    ) -> results.Outcome:
        listed = '\n'.join(self.clean(problem) for problem in problems)
        return results.Outcome(
            id=f'{entry.name}:plug-in',
            check=f'Plug-in {entry.name}',
            plugin=entry.name,
            result=results.ERROR,
            details=f'The plug-in {entry.name} of the distribution '
            f'{entry.distribution} is broken:\n{listed}\n'
            f'Update or uninstall {entry.distribution}, or leave it out with '
            f"`--skip '{entry.name}:*'`.",
        )

    def _ask(self, name: str, request: worker.Message) -> worker.Message:
        limit = self._limit(GRACE)
        try:
            return self._processes[name].ask(request, limit, self._tick)
        except process.Lost:
            self._end(name, self._processes[name])
            del self._processes[name]
            raise

    def _tick(self) -> None:
        meanwhile, self._meanwhile = self._meanwhile, None
        if meanwhile:
            meanwhile()
        self.watch.tick()

    def _begin(self, what: str, place: str = '') -> None:
        self.watch.begin(what, self._limit(), place)

    def _limit(self, more: float = 0) -> float:
        """Return the seconds that are allowed from now on."""
        limit = self.timeout + more
        if self.end is not None:
            limit = min(limit, max(self.end - time.monotonic(), 0))
        return limit

    def _end(self, name: str, child: process.Process) -> None:
        child.close()
        printed = child.output.decode(errors='replace').strip()
        if printed:
            self.say(f'the plug-in {name} printed:\n{printed}')

    def _probe(self, chosen: selection.Selection) -> context.Facts:
        """Ask the database where it stands, before any check runs."""
        assert self.run
        stated = (self.run.stated,) if self.run.stated else ()
        reads = any(
            'database' in check.reads
            for check in self.checks
            if chosen.runs(check)
        )
        if stated and not reads:
            return context.Facts(stated)
        self._begin('asking the database')
        try:
            reply = self._ask_database()
        except process.TimedOut:
            reply = _unanswered('the database gave no answer in time')
        except process.Lost as error:
            reply = _unanswered(f'asking the database failed: {error}')
        self.lost = reply['unreachable'] and self.clean(reply['unreachable'])
        return context.Facts(
            stated or tuple(map(releases.find, reply['source'])),
            tuple(reply['revisions']),
        )

    def _ask_database(self) -> worker.Message:
        probe = {'do': 'probe'}
        for check in self.checks:
            name = check.entry.name
            # It is there already: another process would be one more fork.
            if check.entry.builtin and name in self._processes:
                return self._ask(name, probe)
        reply = self._start(_DATABASE, None, probe)
        self._end(_DATABASE, self._processes.pop(_DATABASE))
        return reply

    def _told(self, facts: context.Facts) -> worker.Message:
        return {
            'source': [release.version for release in facts.source],
            'revisions': list(facts.revisions),
            'unreachable': self.lost,
        }

    def _row(
        self,
        check: selection.Listed,
        chosen: selection.Selection,
        facts: context.Facts,
    ) -> Row:
        if not chosen.runs(check):
            return _not_run(check, 'deselected', 'left out by the operator')
        if check.asks and not self.lost:
            self._survey(check.entry, chosen, facts)
        if self.end is not None and time.monotonic() >= self.end:
            return _not_run(check, 'blocked', self._late())
        if self.lost and 'database' in check.reads:
            return _not_run(check, 'blocked', _OUT_OF_REACH)
        start = time.monotonic()
        name = check.entry.name
        try:
            if reply := self._ledger.refused(check.id):
                return self._outcome(check, chosen, reply)
            self._started(check.entry)
            reply = self._ask(
                name,
                {
                    'do': 'run',
                    'id': check.id,
                    'facts': self._told(facts),
                    **self._ledger.share(name, check.id),
                },
            )
            if reply.get('runs_on'):
                # What it left may do anything while another check runs.
                self._end(name, self._processes.pop(name))
            return self._outcome(check, chosen, reply)
        except process.TimedOut:
            late = self.end is not None and time.monotonic() >= self.end
            broken = (
                self._late()
                if late
                else (
                    f'it took longer than {self.timeout:g} seconds and was '
                    'stopped. Allow more with --timeout.'
                )
            )
        except process.Lost as error:
            broken = f'{error}.'
        except (KeyError, TypeError, ValueError) as error:
            broken = f'its process sent something unreadable: {error!r}.'
        duration = round(time.monotonic() - start, 3)
        return self._broken_check(check, broken, duration)

    def _started(self, entry: plugins.Entry) -> None:
        """Start the process of a plug-in, where there is none any more."""
        if entry.name not in self._processes:
            self._start(entry.name, entry, {'do': 'load'})

    def _survey(
        self,
        entry: plugins.Entry,
        chosen: selection.Selection,
        facts: context.Facts,
    ) -> None:
        """Let a plug-in answer, once, what its checks ask of the rows.

        What it does not answer, the checks hear when they run.
        """
        if not self._ledger.begin(entry.name):
            return
        asking = [
            check.id
            for check in self.checks
            if check.asks and check.entry == entry and chosen.runs(check)
        ]
        try:
            self._started(entry)
            reply = self._ask(
                entry.name,
                {'do': 'survey', 'ids': asking, 'facts': self._told(facts)},
            )
            self._ledger.refuse(reply['refused'])
            self._go_through(entry)
        except process.TimedOut:
            reason = (
                f'a statement took longer than {self.timeout:g} seconds and '
                'was given up. Allow more with --timeout.'
            )
        except process.Lost as error:
            reason = f'what it asks of the rows was not answered: {error}.'
        except (KeyError, TypeError, AttributeError) as error:
            reason = f'its process sent something unreadable: {error!r}.'
        else:
            return
        self._ledger.lose(entry.name, reason)

    def _go_through(self, entry: plugins.Entry) -> None:
        while True:
            reply = self._ask(entry.name, {'do': 'step'})
            if reason := reply.get('unreachable'):
                self.lost = self.clean(reason)
                return
            step = reply['step']
            if step is None:
                return
            self._ledger.enter(step['answers'])
            self.watch.part(
                f'reading {step["table"]}',
                step['place'],
                step['share'],
                self._limit(),
            )

    def _late(self) -> str:
        return f'the deadline of {self.deadline:g} seconds was reached'

    def _outcome(
        self,
        check: selection.Listed,
        chosen: selection.Selection,
        reply: worker.Message,
    ) -> Row:
        if trace := reply.get('trace'):
            self.say(f'the check {check.id}:\n{trace}')
        if reason := reply.get('unreachable'):
            self.lost = self.lost or self.clean(reason)
            return _not_run(check, 'blocked', _OUT_OF_REACH)
        if reason := reply.get('inapplicable'):
            return _not_run(check, 'inapplicable', self.clean(reason))
        if broken := reply.get('broken'):
            return self._broken_check(check, broken, reply['duration'])
        findings = tuple(
            self._cleaned(results.finding_from(document))
            for document in reply['findings']
        )
        kept = tuple(item for item in findings if chosen.keeps(check, item))
        details = reply['details']
        if kept != findings:
            details = results.details_of(kept)
        return results.Outcome(
            id=check.id,
            check=check.title,
            plugin=check.entry.name,
            result=results.worst_of(kept),
            details=details and self.clean(details),
            duration=float(reply['duration']),
            findings=kept,
        )

    def _cleaned(self, finding: results.Finding) -> results.Finding:
        affected = finding.affected
        return dataclasses.replace(
            finding,
            message=self.clean(finding.message),
            remediation=finding.remediation
            and self.clean(finding.remediation),
            affected=affected
            and dataclasses.replace(
                affected, sample=tuple(map(self.clean, affected.sample))
            ),
        )

    def _broken_check(
        self, check: selection.Listed, reason: str, duration: float
    ) -> results.Outcome:
        whose = (
            ''
            if check.entry.builtin
            else f' (plug-in {check.entry.name} of the distribution '
            f'{check.entry.distribution})'
        )
        return results.Outcome(
            id=check.id,
            check=check.title,
            plugin=check.entry.name,
            result=results.ERROR,
            details=self.clean(f'The check broke{whose}: {reason}'),
            duration=duration,
        )

    def _with_database_row(self, rows: list[Row]) -> list[Row]:
        """Let one row say why the database is out of reach.

        It stands there whether it was selected or not, as soon as a check
        needed the database and did not get it.
        """
        blocked = any(
            isinstance(row, results.NotRun) and row.reason == _OUT_OF_REACH
            for row in rows
        )
        if not blocked:
            return rows
        row = results.Outcome(
            id=DATABASE_CHECK,
            check=DATABASE_TITLE,
            plugin='glance',
            result=results.ERROR,
            details=self.lost,
        )
        return [row, *(item for item in rows if item.id != DATABASE_CHECK)]

    def _unfinished(
        self, chosen: selection.Selection, done: int, reason: str
    ) -> list[Row]:
        rest = [
            _not_run(check, 'blocked', f'the run was {reason}')
            if chosen.runs(check)
            else _not_run(check, 'deselected', 'left out by the operator')
            for check in self.checks[done:]
        ]
        return list(rest)


def _not_run(
    check: selection.Listed, cause: results.Cause, reason: str
) -> results.NotRun:
    return results.NotRun(
        check.id, check.title, check.entry.name, cause, reason
    )


def _unanswered(reason: str) -> worker.Message:
    return {'source': [], 'revisions': [], 'unreachable': reason}
