# SPDX-License-Identifier: Apache-2.0
"""What a row of the table of faults is made of."""

import contextlib
import dataclasses
import subprocess
import typing
from collections import abc

from tests.faults import scene

SECONDS = {
    'nothing': 15,
    '``connect_timeout``': 15,
    'the ``deadlock_timeout`` of the server': 15,
    'the ``lock_wait_timeout`` of the server': 15,
    'what the way there takes': 30,
    '``--timeout`` for each check that meets it': 20,
    '``--timeout``': 20,
}
"""How much longer a run takes, in words; all of it in seconds.

The tests set limits of 1 to 3 seconds; the rest is for a busy machine.
"""


@dataclasses.dataclass(frozen=True)
class Case:
    """How the command is run in a fault; as it is, all is well.

    :param url: what [database] connection is, None for the healthy one
    :param database: more options of [database]
    :param own: options of [upgrade_check]
    :param args: arguments of ``upgrade check``
    :param env: more of the environment
    :param prefix: a command to run it with
    :param words: more words for the templates of the row
    :param act: is called with the process as soon as it runs
    """

    url: str | None = None
    database: abc.Mapping[str, str] = dataclasses.field(default_factory=dict)
    own: abc.Mapping[str, str] = dataclasses.field(default_factory=dict)
    args: tuple[str, ...] = ()
    env: abc.Mapping[str, str] = dataclasses.field(default_factory=dict)
    prefix: tuple[str, ...] = ()
    words: abc.Mapping[str, str] = dataclasses.field(default_factory=dict)
    act: abc.Callable[[subprocess.Popen[bytes]], None] | None = None


Maker = abc.Callable[[scene.Scene], contextlib.AbstractContextManager[Case]]

Blocked = typing.Literal['none', 'database', 'later', 'rest']
"""Which checks do not run: none; all that read the database; those of them
that come after the ones that broke; or all that come after some moment."""


@dataclasses.dataclass(frozen=True)
class Fault:
    """A row of the table: what is wrong, and what the operator sees.

    :param name: lower-case words with hyphens
    :param title: what is wrong, in the words of the page
    :param servers: what it is looked at on
    :param make: gives the case; the fault is there while it is entered
    :param broken: the rows with 255, by id: their details, in which
        ``{place}`` and the like are names of the case, and ``[...]`` is
        anything
    :param code: the exit code
    :param blocked: which checks do not run
    :param stderr: what is said there, other than which files were read
    :param takes: how much longer it takes at most: a key of ``SECONDS``
    """

    name: str
    title: str
    servers: tuple[str, ...]
    make: Maker
    broken: abc.Mapping[str, str] = dataclasses.field(default_factory=dict)
    code: int = 255
    blocked: Blocked = 'none'
    stderr: str = ''
    takes: str = 'nothing'


def on_each(
    name: str,
    title: str,
    make: Maker,
    broken: abc.Mapping[str, abc.Mapping[str, str]],
    **more: typing.Any,
) -> tuple[Fault, ...]:
    """Return a fault that is seen in other words on each server.

    :param broken: by server, then as ``Fault`` has it
    """
    return tuple(
        Fault(name, title, (server,), make, details, **more)
        for server, details in broken.items()
    )
