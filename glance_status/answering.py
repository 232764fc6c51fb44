# SPDX-License-Identifier: Apache-2.0
"""What the process of a plug-in answers: checks, facts, rows, findings."""

import contextlib
import dataclasses
import time
import typing
from collections import abc

from oslo_config import cfg

from glance_status import (
    context,
    garbage,
    ledger,
    plugins,
    pool,
    rows,
    surroundings,
    verdict,
)

if typing.TYPE_CHECKING:
    from glance_status import survey

_Kept = typing.Callable[
    [cfg.ConfigOpts], contextlib.AbstractContextManager[typing.Any]
]

Message = verdict.Message

# Seconds of a survey after which who watches is told how far it is: to tell
# of each statement costs time that the server needs.
_PATIENCE = 0.1


@dataclasses.dataclass
class Served:
    """What this process is about.

    :ivar checks: what was loaded, by id
    :ivar steps: what is left of a survey
    :ivar connections: of our own checks; others may do to theirs what
        they like
    """

    entry: plugins.Entry | None
    run: context.Run | None
    checks: dict[str, plugins.Check] = dataclasses.field(default_factory=dict)
    steps: abc.Iterator['survey.Step'] = dataclasses.field(
        default_factory=lambda: iter(())
    )
    connections: pool.Pool = dataclasses.field(default_factory=pool.Pool)

    @property
    def ours(self) -> bool:
        """Tell whether the checks are our own."""
        return self.entry is not None and self.entry.builtin

    def checker(
        self, facts: context.Facts, answers: rows.Answers | None = None
    ) -> context.Checker:
        """Return what a check is given."""
        assert self.run
        connect = self.connections.connect if self.ours else None
        return context.Checker(self.run, facts, answers, connect)


def answer(request: Message, served: Served) -> Message:
    """Do what a request says, and return what came of it."""
    entry, run = served.entry, served.run
    if request['do'] == 'load':
        assert entry
        if run and not entry.builtin:
            _close_command_line(run.configuration.conf)
        with garbage.unsought():
            found, problems = plugins.load(entry)
        served.checks.update((check.id, check) for check in found)
        return {
            'checks': [verdict.describe(check) for check in found],
            'problems': problems,
        }
    if request['do'] == 'leave':
        served.connections.close()
        return {}
    assert run
    if request['do'] == 'probe':
        with garbage.unsought():
            return _probe(served.checker(context.Facts()))
    if request['do'] == 'step':
        return _step(served)
    facts = _facts(request['facts'])
    if request['do'] == 'survey':
        asking = [served.checks[name] for name in request['ids']]
        return _begin_survey(asking, served, served.checker(facts))
    answers = rows.Answers(request['answers'], request['otherwise'])
    kept: _Kept = surroundings.kept
    if served.ours:
        # Ours leave everything as it was; tests see to it.
        kept = contextlib.nullcontext
    checker = served.checker(facts, answers)
    return _run(served.checks[request['id']], checker, kept)


def _close_command_line(conf: cfg.ConfigOpts) -> None:
    """Let a plug-in register options of the command line, as oslo.log does.

    The command line is parsed by then, so such an option is one of the
    configuration files alone.
    """
    vars(conf).update(
        register_cli_opt=conf.register_opt,
        register_cli_opts=conf.register_opts,
    )


def _facts(document: Message) -> context.Facts:
    from glance_status import releases

    return context.Facts(
        tuple(releases.find(name) for name in document['source']),
        tuple(document['revisions']),
        document['unreachable'],
    )


def _probe(checker: context.Checker) -> Message:
    """Return what the database says of itself, or why it cannot be asked."""
    from glance_status import database, releases, schema

    try:
        revisions = schema.revisions(checker.connection)
    except database.Unreachable as error:
        return {'source': [], 'revisions': [], 'unreachable': str(error)}
    except Exception:
        # The check that reads the same will say what is wrong with it.
        revisions = ()
    finally:
        checker.close()
    return {
        'source': [release.version for release in releases.at(revisions)],
        'revisions': list(revisions),
        'unreachable': None,
    }


def _begin_survey(
    asking: list[plugins.Check], served: Served, checker: context.Checker
) -> Message:
    """Find out what checks ask, and begin to answer it.

    A check that cannot ask has its reply now, in place of being run.
    """
    from glance_status import asked, database, survey

    questions: dict[str, list[rows.Question]] = {}
    refused: Message = {}
    for check in asking:
        start = time.monotonic()
        try:
            questions[check.id] = asked.questions(check.asks, checker)
        except BaseException as error:
            duration = round(time.monotonic() - start, 3)
            refused[check.id] = {**verdict.broken(error), 'duration': duration}
    try:
        steps = survey.survey(checker, questions)
    except database.Unreachable as error:
        return {'refused': refused, 'unreachable': str(error)}
    served.steps = _closing(steps, checker)
    if served.ours:
        # Others may have the connection until somebody asks for a step.
        checker.close()
    return {'refused': refused}


def run_alone(
    check: plugins.Check, run: context.Run, facts: context.Facts
) -> Message:
    """Return what a check finds that shares its survey with no other."""
    nothing: Message = {'findings': [], 'details': None}
    served = Served(None, run)
    kept = ledger.Ledger()
    if check.asks:
        begun = _begin_survey([check], served, served.checker(facts))
        if refused := begun['refused'].get(check.id):
            return {**nothing, **refused}
        if reason := begun.get('unreachable'):
            return {**nothing, 'unreachable': reason, 'duration': 0.0}
        while step := _step(served).get('step'):
            kept.enter(step['answers'])
    shared = kept.share('', check.id)
    answers = rows.Answers(shared['answers'], shared['otherwise'])
    return _run(check, served.checker(facts, answers))


def _closing(
    steps: abc.Iterator['survey.Step'], checker: context.Checker
) -> abc.Iterator['survey.Step']:
    try:
        yield from steps
    finally:
        checker.close()


def _step(served: Served) -> Message:
    """Return what the next statements brought, None after the last one."""
    from glance_status import database

    enough = time.monotonic() + _PATIENCE
    try:
        for step in served.steps:
            if step.answers or time.monotonic() >= enough:
                return {'step': step._asdict()}
    except database.Unreachable as error:
        return {'unreachable': str(error)}
    return {'step': None}


def _run(
    check: plugins.Check,
    checker: context.Checker,
    kept: _Kept = surroundings.kept,
) -> Message:
    start = time.monotonic()
    threads = surroundings.threads()
    reply: Message = {'findings': [], 'details': None}
    try:
        with kept(checker.conf):
            returned = check.function(checker, **check.kwargs)
            reply.update(verdict.judged(check, returned))
    except BaseException as error:
        reply.update(verdict.broken(error))
    try:
        checker.close()
    except BaseException as error:
        reply.setdefault('trace', plugins.describe(error))
    reply['runs_on'] = bool(surroundings.threads() - threads)
    reply['duration'] = round(time.monotonic() - start, 3)
    return reply
