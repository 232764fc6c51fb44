# SPDX-License-Identifier: Apache-2.0
"""Help for the tests of plug-ins: pytest fixtures, and what all must keep.

Name it in the ``conftest.py`` at the top of your tests::

    pytest_plugins = ['glance_status.testing']
"""

import contextlib
import pathlib
import tempfile
import typing
from collections import abc

import pytest
from oslo_config import cfg

from glance_status import (
    answering,
    configuration,
    context,
    plugins,
    releases,
    results,
)
from glance_status.testing import conformance, databases, servers
from glance_status.testing.conformance import Conformance
from glance_status.testing.databases import Database

__all__ = [
    'Conformance',
    'Database',
    'glance_checker',
    'glance_database',
    'glance_observed',
    'glance_server',
    'run',
]


@pytest.fixture(params=servers.SERVERS)
def glance_server(request: pytest.FixtureRequest) -> str:
    """Run the test on each server that is there: SQLite always is."""
    servers.require(request.param)
    return str(request.param)


class _MakeDatabase(typing.Protocol):
    def __call__(
        self, release: str | None = releases.newest().version
    ) -> Database: ...


@pytest.fixture
def glance_database(
    glance_server: str, tmp_path: pathlib.Path
) -> abc.Iterator[_MakeDatabase]:
    """Give a function that returns a new database of a release of Glance.

    It is called with a name, a cycle or a version, the newest without, or
    with a revision. None is a database without tables.
    """
    with contextlib.ExitStack() as stack:

        def make(
            release: str | None = releases.newest().version,
        ) -> Database:
            return stack.enter_context(
                databases.database(glance_server, release, tmp_path)
            )

        yield make


def run(
    check: plugins.Check, checker: context.Checker
) -> list[results.Finding]:
    """Return what a check finds, run as the command runs it.

    Its questions to the rows are answered before. AssertionError where it
    breaks, Inapplicable where it has nothing to look at.
    """
    reply = answering.run_alone(check, checker.run, checker.facts)
    if reason := reply.get('inapplicable'):
        raise context.Inapplicable(reason)
    if reason := reply.get('unreachable') or reply.get('broken'):
        raise AssertionError(reply.get('trace') or reason)
    return [results.finding_from(item) for item in reply['findings']]


class _MakeChecker(typing.Protocol):
    def __call__(
        self,
        text: str = '',
        *,
        database: Database | None = None,
        target: str | None = None,
        source: str | None = None,
        before: context.Before = 'sync',
    ) -> context.Checker: ...


@pytest.fixture
def glance_checker(tmp_path: pathlib.Path) -> abc.Iterator[_MakeChecker]:
    """Give a function that returns what a check is given.

    It is called with the text of a ``glance-api.conf``, and the database if
    there is one. The target is the newest release, the source what the
    database allows, unless told otherwise.
    """
    with contextlib.ExitStack() as stack:

        def make(
            text: str = '',
            *,
            database: Database | None = None,
            target: str | None = None,
            source: str | None = None,
            before: context.Before = 'sync',
        ) -> context.Checker:
            wanted = releases.find(target) if target else releases.newest()
            run = context.Run(_read(text, database, tmp_path), wanted, before)
            known = database.source if database else ()
            if source:
                known = (releases.find(source),)
            checker = context.Checker(run, context.Facts(known))
            # A server drops no database that somebody has open.
            users = database.users if database else stack
            users.callback(checker.close)
            return checker

        yield make


def _read(
    text: str, database: Database | None, directory: pathlib.Path
) -> configuration.Configuration:
    """Return a configuration as the command reads it."""
    directory = pathlib.Path(tempfile.mkdtemp(dir=directory))
    files = {'glance-api.conf': text}
    if database:
        files['database.conf'] = database.configuration
    for name, content in files.items():
        (directory / name).write_text(content, 'utf-8')
    return configuration.read(
        cfg.ConfigOpts(), [('file', str(directory / name)) for name in files]
    )


@pytest.fixture(scope='class')
def glance_observed(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> conformance.Observed:
    """Give what the tests of ``Conformance`` look at, each of it once."""
    known: dict[str, conformance.Observation] = {}

    def get(name: str) -> conformance.Observation:
        if name not in known:
            known[name] = request.cls.observe(
                conformance.SITUATIONS[name], tmp_path_factory.mktemp('seen')
            )
        return known[name]

    return get
