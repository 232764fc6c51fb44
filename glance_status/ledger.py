# SPDX-License-Identifier: Apache-2.0
"""The answers that surveys brought, for the processes in which checks run."""

import typing
from collections import abc

Message = dict[str, typing.Any]


class Ledger:
    """Keeps answers by check, and why others have none."""

    def __init__(self) -> None:
        self._answers: dict[str, Message] = {}
        self._refused: dict[str, Message] = {}
        self._lost: dict[str, str] = {}
        self._surveyed: set[str] = set()

    def begin(self, plugin: str) -> bool:
        """Tell whether the survey of a plug-in is yet to be made."""
        new = plugin not in self._surveyed
        self._surveyed.add(plugin)
        return new

    def enter(self, answers: abc.Mapping[str, Message]) -> None:
        """Take in what a step brought."""
        for check, documents in answers.items():
            self._answers.setdefault(check, {}).update(documents)

    def refuse(self, replies: abc.Mapping[str, Message]) -> None:
        """Take in what checks have in place of a run."""
        self._refused.update(replies)

    def lose(self, plugin: str, reason: str) -> None:
        """Take in why a survey did not come to its end, and never will."""
        self._lost[plugin] = reason
        self._surveyed.add(plugin)

    def refused(self, check: str) -> Message | None:
        """Return what a check has in place of a run, None where it can run."""
        return self._refused.get(check)

    def share(self, plugin: str, check: str) -> Message:
        """Return what goes into the request to run a check."""
        return {
            'answers': self._answers.get(check, {}),
            'otherwise': self._lost.get(plugin),
        }
