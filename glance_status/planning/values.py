# SPDX-License-Identifier: Apache-2.0
"""What a plan consists of."""

import dataclasses
import typing

from glance_status import migrations, releases, results

Runs = typing.Literal['shell', 'sql', 'hand']


@dataclasses.dataclass(frozen=True)
class Size:
    """How large a table is: what the server estimates.

    None is what it does not say.
    """

    table: str
    rows: int | None
    bytes: int | None
    compressed: bool = False


@dataclasses.dataclass(frozen=True)
class Rows:
    """Rows that change, and what changes them.

    :param count: None where nobody knows
    :param exact: whether they were counted, and not estimated
    """

    what: str
    table: str
    count: int | None
    exact: bool


@dataclasses.dataclass(frozen=True)
class Stop:
    """A release to stop at, or else do what the steps of the plan say."""

    release: str
    why: str
    instead: str


@dataclasses.dataclass(frozen=True)
class Revision:
    """A revision to come, and what it does; nothing, where it is empty."""

    id: str
    branch: str
    release: str
    changes: tuple[migrations.Change, ...]
    rows: str | None


@dataclasses.dataclass(frozen=True)
class Step:
    """One thing to do: in a shell, in the database, or by hand."""

    what: str
    runs: Runs
    commands: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Plan:
    """The way to the target.

    :param source: the releases that the database may be at
    :param stated: whether --from named the source
    :param online: whether the old services may run on for a while
    """

    target: results.Target
    source: tuple[releases.Release, ...]
    stated: bool
    rows: tuple[str, ...]
    server: migrations.Server
    online: bool
    passed: tuple[releases.Release, ...]
    stops: tuple[Stop, ...]
    revisions: tuple[Revision, ...]
    sizes: tuple[Size, ...]
    data: tuple[Rows, ...]
    steps: tuple[Step, ...]
    notes: tuple[str, ...]
