# SPDX-License-Identifier: Apache-2.0
"""What plug-ins ask of the rows, answered once for all of their checks."""

import contextlib
import typing

from glance_status import ledger, plugins, process, worker
from glance_status.children import Children


class Surveys:
    """Has the processes of plug-ins read, and enters what they bring.

    What is not answered, the checks hear when they run.

    :param children: the processes
    :param book: takes the answers
    """

    def __init__(self, children: Children, book: ledger.Ledger):
        self._children = children
        self._ledger = book
        # The process in which that of a plug-in has begun.
        self._begun: dict[str, process.Process | None] = {}

    def begin(
        self,
        entry: plugins.Entry,
        asking: list[str],
        facts: worker.Message,
    ) -> str | None:
        """Let a plug-in begin, while others of its checks run.

        It returns why the database is out of reach, None where it is not.

        :param asking: the ids of the checks that ask
        """
        with self._losing(entry):
            return self._begin(entry, asking, facts)
        return None

    def finish(
        self,
        entry: plugins.Entry,
        asking: list[str],
        facts: worker.Message,
    ) -> str | None:
        """Take what a plug-in brings, once; return the same as ``begin``."""
        name = entry.name
        if not self._ledger.begin(name):
            return None
        with self._losing(entry):
            self._children.ready(entry)
            if self._begun.get(name) is not self._children.which(name):
                # None has, or a check has taken it along.
                reason = self._begin(entry, asking, facts)
                if reason:
                    return reason
            return self._go_through(name)
        return None

    def _begin(
        self,
        entry: plugins.Entry,
        asking: list[str],
        facts: worker.Message,
    ) -> str | None:
        self._children.ready(entry)
        request = {'do': 'survey', 'ids': asking, 'facts': facts}
        reply = self._children.ask(entry.name, request)
        self._ledger.refuse(reply['refused'])
        self._begun[entry.name] = self._children.which(entry.name)
        return reply.get('unreachable')

    def _go_through(self, name: str) -> str | None:
        while True:
            reply = self._children.ask(name, {'do': 'step'})
            if reason := reply.get('unreachable'):
                return str(reason)
            step = reply['step']
            if step is None:
                return None
            self._ledger.enter(step['answers'])
            self._children.part(
                f'reading {step["table"]}', step['place'], step['share']
            )

    @contextlib.contextmanager
    def _losing(self, entry: plugins.Entry) -> typing.Iterator[None]:
        """Note why a survey did not come to its end."""
        try:
            yield
            return
        except process.TimedOut:
            reason = (
                f'a statement took longer than {self._children.timeout:g} '
                'seconds and was given up. Allow more with --timeout.'
            )
        except process.Lost as error:
            reason = f'what it asks of the rows was not answered: {error}.'
        except (KeyError, TypeError, AttributeError) as error:
            reason = f'its process sent something unreadable: {error!r}.'
        self._ledger.lose(entry.name, reason)
