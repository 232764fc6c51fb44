# SPDX-License-Identifier: Apache-2.0
"""The plug-ins that the packages of each release bring, by entry point.

The data are made by ``tools/lifecycle.py``. They are loaded at the first
question.
"""

import functools
import json
import pathlib
from typing import Any

from glance_status import releases


def names(group: str, release: releases.Release) -> frozenset[str]:
    """Return the names of a group of entry points as a release has them."""
    return frozenset(
        name
        for name, life in _data()[group].items()
        if life.get('since', 0)
        <= release.major
        < life.get('gone', release.major + 1)
    )


def last(group: str, name: str) -> releases.Release | None:
    """Return the last release that has a name; None without an end."""
    gone = _data()[group].get(name, {}).get('gone')
    having = [item for item in releases.known() if item.major < (gone or 0)]
    return having[-1] if having else None


@functools.cache
def _data() -> dict[str, dict[str, dict[str, Any]]]:
    path = pathlib.Path(__file__).with_name('plugins.json')
    data: dict[str, dict[str, dict[str, Any]]] = json.loads(
        path.read_text('utf-8')
    )
    return data
