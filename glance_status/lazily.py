# SPDX-License-Identifier: Apache-2.0
"""Modules that libraries import, and that few runs have a use for.

oslo.config has them for the values of two types of options, and half of its
own start is theirs.
"""

import contextlib
import sys
import types
import typing

if typing.TYPE_CHECKING:
    from collections import abc
    from importlib import machinery

_SELDOM = ('netaddr', 'rfc3986')


class _Finder:
    """Finds these modules as ever, and has them loaded at their first use."""

    @staticmethod
    def find_spec(
        name: str,
        path: 'abc.Sequence[str] | None' = None,
        target: types.ModuleType | None = None,
    ) -> 'machinery.ModuleSpec | None':
        if name not in _SELDOM:
            return None
        from importlib import machinery, util

        spec = machinery.PathFinder.find_spec(name, path, target)
        if spec and spec.loader:
            spec.loader = util.LazyLoader(spec.loader)
        return spec


@contextlib.contextmanager
def imported() -> 'abc.Iterator[None]':
    """Load these modules, if they are imported now, when they are used."""
    sys.meta_path.insert(0, _Finder)
    try:
        yield
    finally:
        sys.meta_path.remove(_Finder)


def load() -> None:
    """Load those of them that were imported, for who may use them at once.

    Two threads that are the first to use one get in each other's way.
    """
    for name in _SELDOM:
        # What is wrong with it shows where it is used.
        with contextlib.suppress(Exception):
            getattr(sys.modules.get(name), '__version__', None)
