# SPDX-License-Identifier: Apache-2.0
"""How many connections read for a survey, and what each of them does."""

import collections
import contextlib
import queue
import threading
import typing
from collections import abc

import sqlalchemy

from glance_status import context, database, walks

# As long as the server would take more processes than one for a statement,
# two of ours are no more than anybody's statement by hand.
_MOST = 2
# Bytes that one connection reads in less than the second one would save.
_FEW = 64 * 2**20

Job = typing.Callable[[context.Checker], abc.Iterator[typing.Any]]
"""Yields what it brings, and further jobs, which come before all others."""


def wanted(connection: sqlalchemy.Connection, size: int) -> int:
    """Return how many connections are to read tables of PostgreSQL's.

    :param size: of them together, in bytes; 0 on other servers
    """
    if size < _FEW:
        return 1
    return min(1 + walks.workers(connection), _MOST)


def work(
    checker: context.Checker, jobs: abc.Iterable[Job], number: int
) -> abc.Generator[typing.Any]:
    """Begin jobs, and return what they bring, as it comes in.

    The connection of ``checker`` joins in when somebody asks what they
    bring; until then it is free for something else.

    :param number: how many are done at once, each with a connection of its
        own; where the server has no more, one after the other
    """
    if number == 1:
        return _in_turn(checker, jobs)
    others = [
        context.Checker(checker.run, checker.facts) for _ in range(1, number)
    ]
    brought = _at_once(checker, others, jobs)
    # Up to where it waits for the first who asks.
    next(brought)
    return brought


def _in_turn(
    checker: context.Checker, jobs: abc.Iterable[Job]
) -> abc.Generator[typing.Any]:
    waiting = collections.deque(jobs)
    while waiting:
        for brought in waiting.popleft()(checker):
            if callable(brought):
                waiting.appendleft(brought)
            else:
                yield brought


def _at_once(
    checker: context.Checker,
    others: abc.Sequence[context.Checker],
    jobs: abc.Iterable[Job],
) -> abc.Generator[typing.Any]:
    from concurrent import futures

    free: queue.SimpleQueue[context.Checker] = queue.SimpleQueue()
    said: queue.SimpleQueue[typing.Any] = queue.SimpleQueue()
    left = threading.Event()
    waiting = collections.deque(jobs)

    def join_in(other: context.Checker) -> None:
        with contextlib.suppress(database.Unreachable):
            _ = other.connection
            free.put(other)

    def do() -> None:
        mine = free.get()
        try:
            if left.is_set():
                return
            for brought in waiting.popleft()(mine):
                said.put(brought)
                if left.is_set():
                    break
        except BaseException as error:
            said.put(error)
        finally:
            free.put(mine)
            said.put(None)

    with contextlib.ExitStack() as stack:
        for other in others:
            stack.callback(other.close)
        pool = stack.enter_context(futures.ThreadPoolExecutor(1 + len(others)))
        # Nobody wants what is left then, and nobody waits for a connection.
        stack.callback(free.put, checker)
        stack.callback(left.set)
        for other in others:
            pool.submit(join_in, other)
        under_way = len(waiting)
        for _job in range(under_way):
            pool.submit(do)
        yield None
        free.put(checker)
        while under_way:
            brought = said.get()
            if brought is None:
                under_way -= 1
            elif isinstance(brought, BaseException):
                raise brought
            elif callable(brought):
                waiting.appendleft(brought)
                pool.submit(do)
                under_way += 1
            else:
                yield brought
