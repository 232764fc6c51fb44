# SPDX-License-Identifier: Apache-2.0
"""What happens in the process of one plug-in: requests come, replies go."""

import fcntl
import json
import os
import resource
import signal
import sys
import typing

from glance_status import answering, context, guard, plugins, verdict

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
        served = answering.Served(entry, run)
        with (
            os.fdopen(requests, 'rb') as stream,
            os.fdopen(replies, 'wb') as answers,
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


def _reply(request: Message, served: answering.Served) -> bytes:
    """Return the answer to a request as a line of JSON, whatever happens."""
    try:
        answer = answering.answer(request, served)
        text = json.dumps(answer, ensure_ascii=False)
    except Exception as error:
        text = json.dumps({'lost': plugins.describe(error)})
    # Half a surrogate pair is more than many a JSON parser takes.
    return f'{text}\n'.encode(errors='replace')
