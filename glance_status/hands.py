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
) -> abc.Iterator[typing.Any]:
    """Yield what jobs bring, as it comes in.

    :param number: how many are done at once, each with a connection of its
        own; where the server has no more, one after the other
    """
    if number == 1:
        yield from _in_turn(checker, jobs)
        return
    others = [
        context.Checker(checker.run, checker.facts) for _ in range(1, number)
    ]
    with contextlib.ExitStack() as stack:
        for other in others:
            stack.callback(other.close)
        yield from _at_once(checker, others, jobs)


def _in_turn(
    checker: context.Checker, jobs: abc.Iterable[Job]
) -> abc.Iterator[typing.Any]:
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
) -> abc.Iterator[typing.Any]:
    from concurrent import futures

    free: queue.SimpleQueue[context.Checker] = queue.SimpleQueue()
    said: queue.SimpleQueue[typing.Any] = queue.SimpleQueue()
    left = threading.Event()
    waiting = collections.deque(jobs)
    free.put(checker)

    def join_in(other: context.Checker) -> None:
        with contextlib.suppress(database.Unreachable):
            _ = other.connection
            free.put(other)

    def do() -> None:
        mine = free.get()
        try:
            for brought in waiting.popleft()(mine):
                said.put(brought)
                if left.is_set():
                    break
        except BaseException as error:
            said.put(error)
        finally:
            free.put(mine)
            said.put(None)

    with futures.ThreadPoolExecutor(1 + len(others)) as pool:
        for other in others:
            pool.submit(join_in, other)
        under_way = len(waiting)
        for _job in range(under_way):
            pool.submit(do)
        try:
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
        finally:
            # Nobody wants what is left.
            left.set()
            pool.shutdown(cancel_futures=True)
