# SPDX-License-Identifier: Apache-2.0
"""The policies that each release registers, and what they ask for."""

import functools
import json
import pathlib
from typing import Any, NamedTuple


class Policy(NamedTuple):
    """A policy as a release registers it.

    :param check: what it asks for
    :param old_name: the policy that it takes the place of, None for none
    :param old_check: what is asked for as well without the new defaults
    :param deprecated: whether it is to be removed
    """

    name: str
    check: str
    old_name: str | None = None
    old_check: str | None = None
    deprecated: bool = False


def registered(major: int) -> dict[str, Policy]:
    """Return the policies of a release by name."""
    return {
        name: _policy(name, record, major)
        for name, record in _records().items()
        if record.get('since', 0) <= major < record.get('gone', major + 1)
    }


def gone(name: str) -> int | None:
    """Return the release that no longer has a policy, None for none."""
    found = _records().get(name, {}).get('gone')
    return None if found is None else int(found)


def _policy(name: str, record: dict[str, Any], major: int) -> Policy:
    said = dict(record)
    for since, changed in record.get('changes', {}).items():
        if int(since) <= major:
            said.update(changed)
    return Policy(
        name,
        said['check'],
        said.get('old_name'),
        said.get('old_check'),
        bool(said.get('deprecated')),
    )


@functools.cache
def _records() -> dict[str, dict[str, Any]]:
    path = pathlib.Path(__file__).with_name('policies.json')
    records: dict[str, dict[str, Any]] = json.loads(path.read_text('utf-8'))
    return records
