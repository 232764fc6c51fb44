# SPDX-License-Identifier: Apache-2.0
"""The processes of a run: how long they may take, and what they leave."""

import resource
import time
import typing

import pytest

from glance_status import children, process, progress
from tests.unit import plugin

LOAD = {'do': 'load'}


class Heard(progress.Watch):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[typing.Any, ...]] = []

    def begin(self, what: str, limit: float, place: str = '') -> None:
        self.told.append(('begin', what, limit, place))

    def part(self, what: str, place: str, share: float, limit: float) -> None:
        self.told.append(('part', what, place, share, limit))

    def tick(self) -> None:
        self.told.append(('tick',))


def test_a_process_is_there_until_it_is_ended() -> None:
    entry = plugin.entry()
    with children.Children(None, 20) as running:
        assert 'sample' not in running
        reply = running.start('sample', entry, LOAD)
        assert [check['id'] for check in reply['checks']] == ['fine', 'finds']
        assert 'sample' in running
        assert running.ask('sample', LOAD) == reply
        running.end('sample')
        assert 'sample' not in running


def test_what_a_plug_in_printed_is_shown_when_it_ends() -> None:
    said: list[str] = []
    with children.Children(None, 20, say=said.append) as running:
        running.start('sample', plugin.entry('Loud'), LOAD)
        running.start('quiet', plugin.entry(), LOAD)
        assert said == []
    assert said == ['the plug-in sample printed:\none\n  two']
    assert 'sample' not in running


@pytest.mark.parametrize(
    ('value', 'error', 'reason'),
    [
        ('Endless', process.TimedOut, ''),
        (
            'Deadly',
            process.Lost,
            'its process ended in the middle of it (exit code 7)',
        ),
    ],
)
def test_a_process_that_gives_no_answer_is_gone(
    value: str, error: type[Exception], reason: str
) -> None:
    with children.Children(None, 0.5) as running:
        with pytest.raises(error) as caught:
            running.start('sample', plugin.entry(value), LOAD)
        assert str(caught.value) == reason
        assert 'sample' not in running


def test_a_process_cannot_be_started() -> None:
    few, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with children.Children(None, 20) as running:
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, most))
        try:
            with pytest.raises(process.Lost) as caught:
                running.start('sample', plugin.entry(), LOAD)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (few, most))
        assert str(caught.value) == (
            'no process can be started: Too many open files'
        )
        assert 'sample' not in running


def test_a_process_gets_a_second_more_than_the_limit() -> None:
    start = time.monotonic()
    with children.Children(None, 0.5) as running:
        with pytest.raises(process.TimedOut):
            running.start('sample', plugin.entry('Endless'), LOAD)
        assert 1.5 <= time.monotonic() - start < 2.5


def test_nothing_goes_beyond_the_deadline() -> None:
    start = time.monotonic()
    with children.Children(None, 100, 0.5) as running:
        assert running.late() is None
        with pytest.raises(process.TimedOut):
            running.start('sample', plugin.entry('Endless'), LOAD)
        assert 0.5 <= time.monotonic() - start < 1.5
        assert running.late() == 'the deadline of 0.5 seconds was reached'


def test_without_a_deadline_it_is_never_late() -> None:
    with children.Children(None, 0.01) as running:
        assert running.late() is None


def test_who_watches_hears_what_is_done_and_how_long_it_may_take() -> None:
    heard = Heard()
    with children.Children(None, 20, watch=heard) as running:
        running.begin('looking', '1/2')
        running.begin('asking')
        running.part('reading images', '2/2', 0.5)
    assert heard.told == [
        ('begin', 'looking', 20, '1/2'),
        ('begin', 'asking', 20, ''),
        ('part', 'reading images', '2/2', 0.5, 20),
    ]


def test_no_more_time_is_told_than_the_deadline_leaves() -> None:
    heard = Heard()
    with children.Children(None, 20, 5, watch=heard) as running:
        running.begin('looking')
    ((_begin, _what, limit, _place),) = heard.told
    assert 4 < limit < 5


def test_past_the_deadline_there_is_no_time_left() -> None:
    heard = Heard()
    with children.Children(None, 20, 0.01, watch=heard) as running:
        time.sleep(0.02)
        running.begin('looking')
    assert heard.told == [('begin', 'looking', 0, '')]


def test_what_can_be_done_meanwhile_is_done_once() -> None:
    done: list[str] = []
    heard = Heard()
    with children.Children(
        None, 20, watch=heard, meanwhile=lambda: done.append('it')
    ) as running:
        running.start('sample', plugin.entry(), LOAD)
        running.ask('sample', LOAD)
    assert done == ['it']
    assert {told[0] for told in heard.told} == {'tick'}
