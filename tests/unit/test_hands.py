# SPDX-License-Identifier: Apache-2.0
"""Jobs for one connection, and for several."""

import pathlib
import queue
import sqlite3
import threading
import typing
from collections import abc

import pytest

from glance_status import context, hands
from tests.unit import checkers

# Seconds; only a fault takes that long.
LIMIT = 20


@pytest.fixture
def checker(tmp_path: pathlib.Path) -> abc.Iterator[context.Checker]:
    """What has a database with nothing in it."""
    file = tmp_path / 'glance.sqlite'
    sqlite3.connect(file).close()
    made = checkers.make(
        tmp_path, f'[database]\nconnection = sqlite:///{file}\n'
    )
    assert made.connection
    yield made
    made.close()
    assert threading.active_count() == 1


def bring(*brought: typing.Any) -> hands.Job:
    """Return a job that brings this, as the thread and checker it is in."""

    def job(mine: context.Checker) -> abc.Iterator[typing.Any]:
        for each in brought:
            if callable(each):
                yield each
            else:
                yield each, threading.get_ident(), mine

    return job


def test_with_one_connection_one_job_comes_after_the_other(
    checker: context.Checker,
) -> None:
    here = threading.get_ident()
    jobs = [bring('a', bring('late', 'later'), 'b'), bring('c')]
    assert list(hands.work(checker, jobs, 1)) == [
        (each, here, checker) for each in ('a', 'b', 'late', 'later', 'c')
    ]


def test_with_two_connections_two_jobs_are_done_at_once(
    checker: context.Checker,
) -> None:
    both = threading.Barrier(2, timeout=LIMIT)

    def job(mine: context.Checker) -> abc.Iterator[typing.Any]:
        # Who is alone waits here in vain.
        both.wait()
        yield mine
        mine.connection.exec_driver_sql('SELECT 1')
        both.wait()

    found = list(hands.work(checker, [job, job], 2))
    assert len(found) == len(set(found)) == 2
    assert checker in found


def test_with_two_connections_further_jobs_are_done_as_well(
    checker: context.Checker,
) -> None:
    jobs = [bring('a', bring('late', bring('last'))), bring('b'), bring('c')]
    found = [name for name, *_rest in hands.work(checker, jobs, 2)]
    assert sorted(found) == ['a', 'b', 'c', 'last', 'late']
    assert list(hands.work(checker, [], 2)) == []


def test_the_second_connection_begins_before_anybody_asks(
    checker: context.Checker,
) -> None:
    begun: queue.SimpleQueue[context.Checker] = queue.SimpleQueue()

    def job(mine: context.Checker) -> abc.Iterator[typing.Any]:
        begun.put(mine)
        yield mine

    work = hands.work(checker, [job, job, job], 2)
    early = [begun.get(timeout=LIMIT) for _job in range(3)]
    assert early[0] is not checker
    assert early == [early[0]] * 3
    assert list(work) == early


@pytest.mark.parametrize('there', [True, False])
def test_who_asks_for_nothing_waits_for_nothing(
    checker: context.Checker, tmp_path: pathlib.Path, there: bool
) -> None:
    if not there:
        (tmp_path / 'glance.sqlite').unlink()
    work = hands.work(checker, [bring('a')] * 9, 2)
    work.close()
    assert list(work) == []


def test_who_gets_no_second_connection_goes_on_with_one(
    checker: context.Checker, tmp_path: pathlib.Path
) -> None:
    (tmp_path / 'glance.sqlite').unlink()
    found = hands.work(checker, [bring('a'), bring('b')], 2)
    assert {(name, mine) for name, _thread, mine in found} == {
        ('a', checker),
        ('b', checker),
    }


@pytest.mark.parametrize('number', [1, 2])
def test_what_breaks_a_job_breaks_the_work(
    number: int, checker: context.Checker
) -> None:
    def breaks(mine: context.Checker) -> abc.Iterator[typing.Any]:
        yield 'begun'
        raise ZeroDivisionError

    work = hands.work(checker, [breaks], number)
    assert next(iter(work)) == 'begun'
    with pytest.raises(ZeroDivisionError):
        next(iter(work))


@pytest.mark.parametrize('number', [1, 2])
def test_who_wants_no_more_waits_for_no_more_than_a_statement(
    number: int, checker: context.Checker
) -> None:
    begun = set()

    def endless(mine: context.Checker) -> abc.Iterator[typing.Any]:
        begun.add(mine)
        while True:
            yield 'on'

    jobs = [endless, endless, endless]
    work = hands.work(checker, jobs, number)
    assert next(work) == 'on'
    work.close()
    # The third would have had to wait for one of the others.
    assert len(begun) <= number
    assert checker.connection.exec_driver_sql('SELECT 1').scalar() == 1
