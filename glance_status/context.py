# SPDX-License-Identifier: Apache-2.0
"""What a check may look at: configuration, database, releases."""

import contextlib
import typing

from glance_status import configuration, ini, options, releases, rows

if typing.TYPE_CHECKING:
    import sqlalchemy
    from oslo_config import cfg

    from glance_status import database

Before = typing.Literal['sync', 'restart']
# oslo.db's default.
_SQL_MODE = 'TRADITIONAL'

Connect = typing.Callable[
    ['database.Access'],
    contextlib.AbstractContextManager['sqlalchemy.Connection'],
]


class Unknown(Exception):
    """The check cannot find out; the text says why. Its result is 255."""


class Inapplicable(Exception):
    """A check has nothing to look at here; the text says why."""


class Facts(typing.NamedTuple):
    """What is known of the deployment before any check runs.

    :param source: the releases that it may be at, oldest first; none where
        nothing says
    :param revisions: what its alembic_version holds
    :param unreachable: why the database cannot be opened; None where it can,
        or nobody tried
    """

    source: tuple[releases.Release, ...] = ()
    revisions: tuple[str, ...] = ()
    unreachable: str | None = None


class Run(typing.NamedTuple):
    """What one run of the command is about."""

    configuration: configuration.Configuration
    target: releases.Release
    before: Before = 'sync'
    stated: releases.Release | None = None
    timeout: float = 60
    connect_timeout: int = 5
    replica: bool = False


class Checker:
    """What a check is given: every method and attribute only reads.

    :ivar conf: Glance's configuration, an oslo.config ConfigOpts
    :ivar target: the release to upgrade to
    :ivar source: the releases that the deployment may be at, oldest first;
        empty where nothing says
    :ivar before: the step that comes next, 'sync' or 'restart'
    :ivar answers: to what the check asked of the rows in the database
    """

    def __init__(
        self,
        run: Run,
        facts: Facts,
        answers: rows.Answers | None = None,
        connect: Connect | None = None,
    ):
        self.run = run
        self.facts = facts
        self.conf: cfg.ConfigOpts = run.configuration.conf
        self.target = run.target
        self.source = facts.source
        self.before: Before = run.before
        self.answers = answers or rows.Answers()
        self._connect = connect
        self._stack = contextlib.ExitStack()
        self._connection: sqlalchemy.Connection | None = None

    @property
    def settings(self) -> tuple[ini.Setting, ...]:
        """Return all that Glance's files set, as it is written, in order."""
        return self.run.configuration.settings

    def written(self, section: str, option: str) -> ini.Setting | None:
        """Return the line that decides an option, None where none does."""
        return self.run.configuration.written(section, option)

    def crosses(self, major: int) -> bool:
        """Tell whether the upgrade may pass from before a release into it.

        A source that nobody knows may be any.
        """
        oldest = self.source[0].major if self.source else 0
        return oldest < major <= self.target.major

    @property
    def connection(self) -> 'sqlalchemy.Connection':
        """The database, opened at the first look; Unreachable without one.

        Each statement is a transaction of its own and has a time limit.
        """
        from glance_status import connecting, database

        if self.facts.unreachable:
            raise database.Unreachable(self.facts.unreachable)
        if self._connection is None:
            connect = self._connect or connecting.connect
            self._connection = self._stack.enter_context(
                connect(self.access())
            )
        return self._connection

    def access(self) -> 'database.Access':
        """Return how to get into the database that Glance is told to use."""
        from oslo_config import cfg

        from glance_status import database

        option = 'slave_connection' if self.run.replica else 'connection'
        try:
            group = self.conf.database
            url = group[option]
            # As oslo.db: what refers to nothing is not there.
            parameters = getattr(group, 'connection_parameters', '')
            sql_mode = getattr(group, 'mysql_sql_mode', _SQL_MODE)
        except RecursionError as error:
            raise database.Unreachable(
                f'[database] {option} refers to itself'
            ) from error
        except cfg.Error as error:
            raise database.Unreachable(str(error)) from error
        name = f'[database] {option}'
        old = None if url or self.run.replica else self.old_connection()
        if old:
            url, name = old.value.replace('$$', '$'), old.name
        return database.Access(
            url,
            parameters,
            sql_mode,
            self.run.connect_timeout,
            self.run.timeout,
            name,
        )

    def old_connection(self) -> ini.Setting | None:
        """Return the URL that stands under an old name, None for none."""
        for section, option in options.OLD_CONNECTIONS:
            found = self.written(section, option)
            if found and found.value:
                return found
        return None

    def close(self) -> None:
        """Leave the database."""
        self._connection = None
        self._stack.close()
