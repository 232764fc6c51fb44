# SPDX-License-Identifier: Apache-2.0
"""Run checks, each plug-in in a process of its own, whatever they do."""

import contextlib
import time
import typing

from glance_status import (
    context,
    ledger,
    loading,
    outcomes,
    plugins,
    process,
    releases,
    results,
    selection,
    surveys,
    worker,
)
from glance_status.children import Children, Interrupted

DATABASE_CHECK = 'database-connection'
DATABASE_TITLE = 'Database connection'

# Why a check is blocked; the row of DATABASE_CHECK says more.
_OUT_OF_REACH = 'the database is out of reach'
# The process that only asks the database; no plug-in has such a name.
_DATABASE = '(database)'


class Runner:
    """Runs the checks that were loaded.

    :param children: the processes in which they were loaded
    :param stated: the release that the operator names as the source
    :param clean: masks secrets in what plug-ins say
    :param say: shows a line of diagnostics to those who asked for it
    :ivar interrupted: the signal that ended the run, None without
    :ivar lost: why the database cannot be reached, None while it can
    """

    def __init__(
        self,
        children: Children,
        loaded: loading.Loaded,
        stated: releases.Release | None,
        clean: typing.Callable[[str], str],
        say: typing.Callable[[str], None],
    ):
        self.children = children
        self.checks = loaded.checks
        self.broken = loaded.broken
        self.stated = (stated,) if stated else ()
        self.clean = clean
        self.say = say
        self.interrupted: str | None = None
        self.lost: str | None = None
        self._ledger = ledger.Ledger()
        self._surveys = surveys.Surveys(children, self._ledger)

    def execute(
        self, chosen: selection.Selection
    ) -> tuple[list[results.Outcome], list[results.NotRun], context.Facts]:
        """Run the chosen checks; return rows, what did not run, and facts."""
        rows: list[outcomes.Row] = []
        facts = context.Facts()
        done = 0
        try:
            facts = self._probe(chosen)
            self._begin_ours(chosen, facts)
            running = [item for item in self.checks if chosen.runs(item)]
            for check in self.checks:
                if check in running:
                    self.children.begin(
                        check.title,
                        f'{running.index(check) + 1}/{len(running)}',
                    )
                rows.append(self._row(check, chosen, facts))
                done += 1
            self._leave()
        except Interrupted as error:
            self.interrupted = str(error)
            rows += self._unfinished(chosen, done, f'interrupted by {error}')
        rows += [row for row in self.broken if row.id in chosen.wanted]
        rows = self._with_database_row(rows)
        ran = [row for row in rows if isinstance(row, results.Outcome)]
        not_run = [row for row in rows if isinstance(row, results.NotRun)]
        return ran, not_run, facts

    def _probe(self, chosen: selection.Selection) -> context.Facts:
        """Ask the database where it stands, before any check runs."""
        reads = any(
            'database' in check.reads
            for check in self.checks
            if chosen.runs(check)
        )
        if self.stated and not reads:
            return context.Facts(self.stated)
        self.children.begin('asking the database')
        try:
            reply = self._ask_database()
        except process.TimedOut:
            reply = _unanswered('the database gave no answer in time')
        except process.Lost as error:
            reply = _unanswered(f'asking the database failed: {error}')
        self.lost = reply['unreachable'] and self.clean(reply['unreachable'])
        return context.Facts(
            self.stated or tuple(map(releases.find, reply['source'])),
            tuple(reply['revisions']),
        )

    def _ask_database(self) -> worker.Message:
        probe = {'do': 'probe'}
        if name := self._ours():
            # It is there already: another process would be one more fork.
            return self.children.ask(name, probe)
        reply = self.children.start(_DATABASE, None, probe)
        self.children.end(_DATABASE)
        return reply

    def _leave(self) -> None:
        """Let our own process close the connection that its checks share.

        A server that is left without a word counts it as a fault.
        """
        if name := self._ours():
            with contextlib.suppress(process.Lost):
                self.children.ask(name, {'do': 'leave'})

    def _ours(self) -> str | None:
        """Return the name of our own process, None while there is none."""
        for check in self.checks:
            name = check.entry.name
            if check.entry.builtin and name in self.children:
                return name
        return None

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
    ) -> outcomes.Row:
        if not chosen.runs(check):
            return _deselected(check)
        if check.asks and not self.lost:
            self._survey(self._surveys.finish, check.entry, chosen, facts)
        if late := self.children.late():
            return outcomes.not_run(check, 'blocked', late)
        if self.lost and 'database' in check.reads:
            return outcomes.not_run(check, 'blocked', _OUT_OF_REACH)
        start = time.monotonic()
        name = check.entry.name
        try:
            if reply := self._ledger.refused(check.id):
                return self._outcome(check, chosen, reply)
            self.children.ready(check.entry)
            reply = self.children.ask(
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
                self.children.end(name)
            return self._outcome(check, chosen, reply)
        except process.TimedOut:
            broken = self.children.late() or (
                f'it took longer than {self.children.timeout:g} seconds and '
                'was stopped. Allow more with --timeout.'
            )
        except process.Lost as error:
            broken = f'{error}.'
        except (KeyError, TypeError, ValueError) as error:
            broken = f'its process sent something unreadable: {error!r}.'
        duration = round(time.monotonic() - start, 3)
        return outcomes.broken(check, broken, duration, self.clean)

    def _outcome(
        self,
        check: selection.Listed,
        chosen: selection.Selection,
        reply: worker.Message,
    ) -> outcomes.Row:
        if trace := reply.get('trace'):
            self.say(f'the check {check.id}:\n{trace}')
        if reason := reply.get('unreachable'):
            self.lost = self.lost or self.clean(reason)
            return outcomes.not_run(check, 'blocked', _OUT_OF_REACH)
        return outcomes.of(check, chosen, reply, self.clean)

    def _begin_ours(
        self, chosen: selection.Selection, facts: context.Facts
    ) -> None:
        """Let rows be read for our own checks while others of them run."""
        ours = (
            check.entry
            for check in self.checks
            if check.entry.builtin and check.asks and chosen.runs(check)
        )
        entry = next(ours, None)
        if entry and not self.lost:
            self._survey(self._surveys.begin, entry, chosen, facts)

    def _survey(
        self,
        do: typing.Callable[
            [plugins.Entry, list[str], worker.Message], str | None
        ],
        entry: plugins.Entry,
        chosen: selection.Selection,
        facts: context.Facts,
    ) -> None:
        asking = [
            check.id
            for check in self.checks
            if check.asks and check.entry == entry and chosen.runs(check)
        ]
        if reason := do(entry, asking, self._told(facts)):
            self.lost = self.clean(reason)

    def _with_database_row(
        self, rows: list[outcomes.Row]
    ) -> list[outcomes.Row]:
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
    ) -> list[outcomes.Row]:
        return [
            outcomes.not_run(check, 'blocked', f'the run was {reason}')
            if chosen.runs(check)
            else _deselected(check)
            for check in self.checks[done:]
        ]


def _deselected(check: selection.Listed) -> results.NotRun:
    return outcomes.not_run(check, 'deselected', 'left out by the operator')


def _unanswered(reason: str) -> worker.Message:
    return {'source': [], 'revisions': [], 'unreachable': reason}
