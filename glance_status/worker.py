# SPDX-License-Identifier: Apache-2.0
"""What happens in the process of one plug-in: load it, run its checks."""

import contextlib
import dataclasses
import fcntl
import json
import os
import resource
import signal
import sys
import time
import typing
from collections import abc

from oslo_config import cfg

from glance_status import (
    context,
    garbage,
    guard,
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

# Bytes of memory that one plug-in may take before it gets a MemoryError.
MEMORY = 2**30

RESET_SIGNALS = (
    signal.SIGINT,
    signal.SIGTERM,
    signal.SIGHUP,
    signal.SIGQUIT,
    signal.SIGPIPE,
)


@dataclasses.dataclass
class _Served:
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

    def checker(
        self, facts: context.Facts, answers: rows.Answers | None = None
    ) -> context.Checker:
        """Return what a check is given."""
        assert self.run
        ours = self.entry and self.entry.builtin
        connect = self.connections.connect if ours else None
        return context.Checker(self.run, facts, answers, connect)


def serve(
    requests: int,
    replies: int,
    output: int,
    lifeline: int,
    entry: plugins.Entry | None,
    run: context.Run | None,
) -> typing.NoReturn:
    """Answer requests until there are no more; never return.

    :param requests: the file descriptor to read requests from, a line each
    :param replies: the one to write replies to
    :param output: the one that takes the place of stdout and stderr
    :param lifeline: the one that closes when the run ends, however it does
    :param entry: the plug-in, None where only the database is asked
    :param run: None where no check will be run
    """
    try:
        _settle(output)
        _die_with_the_run(lifeline)
        myself = os.getpid()
        served = _Served(entry, run)
        with (
            os.fdopen(requests, 'rb', closefd=False) as stream,
            os.fdopen(replies, 'wb', closefd=False) as answers,
        ):
            for line in stream:
                reply = _reply(json.loads(line), served)
                _flush()
                # A check that forked comes back twice.
                if os.getpid() != myself:
                    break
                answers.write(reply)
                answers.flush()
    finally:
        os._exit(0)


def _settle(output: int) -> None:
    """Cut what ties a child to the run: terminal, streams, signals."""
    os.setsid()
    null = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((null, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    for number in RESET_SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, RESET_SIGNALS)
    _limit(resource.RLIMIT_DATA, MEMORY)
    # A core file would be written to the deployment, with secrets in it.
    _limit(resource.RLIMIT_CORE, 0)
    guard.install()


def _die_with_the_run(lifeline: int) -> None:
    """Let the kernel end this process, and what it starts, with the run.

    Whoever waits for requests sees their end; who is stuck in a check does
    not. Nothing is ever written to this line, so that its end is the one
    thing that the kernel can have to tell of it.
    """
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, -os.getpgrp())
    fcntl.fcntl(lifeline, fcntl.F_SETSIG, signal.SIGKILL)
    flags = fcntl.fcntl(lifeline, fcntl.F_GETFL)
    fcntl.fcntl(lifeline, fcntl.F_SETFL, flags | os.O_ASYNC)


def _limit(kind: int, most: int) -> None:
    soft, hard = resource.getrlimit(kind)
    limits = [n for n in (most, soft, hard) if n != resource.RLIM_INFINITY]
    resource.setrlimit(kind, (min(limits), hard))


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            # A plug-in closed it, or put something else in its place.
            continue


def _reply(request: Message, served: _Served) -> bytes:
    """Return the answer to a request as a line of JSON, whatever happens."""
    try:
        answer = _answer(request, served)
        text = json.dumps(answer, ensure_ascii=False)
    except Exception as error:
        text = json.dumps({'lost': plugins.describe(error)})
    # Half a surrogate pair is more than many a JSON parser takes.
    return f'{text}\n'.encode(errors='replace')


def _answer(request: Message, served: _Served) -> Message:
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
    if entry and entry.builtin:
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
    asking: list[plugins.Check], served: _Served, checker: context.Checker
) -> Message:
    """Find out what checks ask, and begin to answer it.

    A check that cannot ask has its reply now, in place of being run.
    """
    from glance_status import asked, survey

    questions: dict[str, list[rows.Question]] = {}
    refused: Message = {}
    for check in asking:
        start = time.monotonic()
        try:
            questions[check.id] = asked.questions(check.asks, checker)
        except BaseException as error:
            duration = round(time.monotonic() - start, 3)
            refused[check.id] = {**verdict.broken(error), 'duration': duration}
    served.steps = _closing(survey.survey(checker, questions), checker)
    return {'refused': refused}


def run_alone(
    check: plugins.Check, run: context.Run, facts: context.Facts
) -> Message:
    """Return what a check finds that shares its survey with no other."""
    nothing: Message = {'findings': [], 'details': None}
    served = _Served(None, run)
    kept = ledger.Ledger()
    if check.asks:
        begun = _begin_survey([check], served, served.checker(facts))
        if refused := begun['refused'].get(check.id):
            return {**nothing, **refused}
        while reply := _step(served):
            if 'unreachable' in reply:
                return {**nothing, **reply, 'duration': 0.0}
            if reply['step'] is None:
                break
            kept.enter(reply['step']['answers'])
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


def _step(served: _Served) -> Message:
    """Return what the next statement of a survey brought, if there is one."""
    from glance_status import database

    try:
        step = next(served.steps, None)
    except database.Unreachable as error:
        return {'unreachable': str(error)}
    return {'step': step and step._asdict()}


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
