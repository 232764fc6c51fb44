# SPDX-License-Identifier: Apache-2.0
"""Connections to a database server, each for one check after the other."""

import contextlib
import typing

if typing.TYPE_CHECKING:
    from collections import abc

    import sqlalchemy

    from glance_status import database


class Pool:
    """Keeps a connection for whoever comes next: to open one costs more.

    A file of SQLite's is closed each time: for as long as it is open, who
    writes to it may not be seen.
    """

    def __init__(self) -> None:
        self._idle: dict[database.Access, _Kept] = {}

    @contextlib.contextmanager
    def connect(
        self, access: 'database.Access'
    ) -> 'abc.Iterator[sqlalchemy.Connection]':
        """Yield a connection that cannot write, as ``connecting.connect``."""
        kept = self._idle.pop(access, None)
        if not kept or not kept.answers():
            kept = _Kept(access)
        try:
            yield kept.connection
        finally:
            if kept.serves_on and access not in self._idle:
                self._idle[access] = kept
            else:
                kept.close()

    def close(self) -> None:
        """Leave the servers as they like to be left."""
        while self._idle:
            self._idle.popitem()[1].close()


class _Kept:
    def __init__(self, access: 'database.Access'):
        from glance_status import connecting

        self._stack = contextlib.ExitStack()
        self.connection = self._stack.enter_context(connecting.connect(access))

    @property
    def serves_on(self) -> bool:
        """Tell whether somebody else may have it, as far as is known."""
        return (
            self.connection.dialect.name != 'sqlite'
            and not self.connection.invalidated
            and not self.connection.closed
        )

    def answers(self) -> bool:
        """Tell whether the server is still there; close it otherwise."""
        from sqlalchemy import exc

        try:
            self.connection.exec_driver_sql('SELECT 1').close()
            # As new: nobody has begun anything.
            self.connection.rollback()
        except exc.DBAPIError:
            self.close()
            return False
        return True

    def close(self) -> None:
        """Leave the server, if it is still there."""
        from sqlalchemy import exc

        # A driver may want to roll back even then.
        with contextlib.suppress(exc.DBAPIError):
            self._stack.close()
