# SPDX-License-Identifier: Apache-2.0
"""Help for the tests of plug-ins: pytest fixtures, and what all must keep.

Name it in the ``conftest.py`` at the top of your tests::

    pytest_plugins = ['glance_status.testing']
"""

import pathlib
import typing
from collections import abc

import pytest
from oslo_config import cfg

from glance_status import configuration, context, releases
from glance_status.testing import conformance
from glance_status.testing.conformance import Conformance

__all__ = ['Conformance', 'glance_checker', 'glance_observed']


class _MakeChecker(typing.Protocol):
    def __call__(
        self,
        text: str = '',
        *,
        target: str | None = None,
        source: str | None = None,
        before: context.Before = 'sync',
    ) -> context.Checker: ...


@pytest.fixture
def glance_checker(tmp_path: pathlib.Path) -> abc.Iterator[_MakeChecker]:
    """Give a function that returns what a check is given.

    It is called with the text of a ``glance-api.conf``. The target is the
    newest release, the source unknown, unless told otherwise.
    """
    made: list[context.Checker] = []

    def make(
        text: str = '',
        *,
        target: str | None = None,
        source: str | None = None,
        before: context.Before = 'sync',
    ) -> context.Checker:
        path = tmp_path / f'glance-{len(made)}' / 'glance-api.conf'
        path.parent.mkdir()
        path.write_text(text, 'utf-8')
        read = configuration.read(cfg.ConfigOpts(), [('file', str(path))])
        run = context.Run(
            read,
            releases.find(target) if target else releases.newest(),
            before,
        )
        known = (releases.find(source),) if source else ()
        made.append(context.Checker(run, context.Facts(known)))
        return made[-1]

    yield make
    for checker in made:
        checker.close()


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
