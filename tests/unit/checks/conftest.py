# SPDX-License-Identifier: Apache-2.0
"""What the findings of all tests of checks are held against."""

import re
import typing

import pytest
from oslo_config import cfg

from glance_status import context, options, results

_OPTION = re.compile(r'\[([^\]\s]+)\] (\w+)')


@pytest.fixture(autouse=True)
def _findings_have_their_place(
    monkeypatch: pytest.MonkeyPatch,
) -> typing.Iterator[None]:
    """Fail where a finding does not say where its option stands in a file.

    Whatever a test makes its checks find is looked at, so that a new message
    cannot be without its place, and none counts others than it names.
    """
    found: list[tuple[context.Checker, results.Finding]] = []
    checkers: list[context.Checker] = []
    make, enter = results.FindingKind._finding, context.Checker.__init__

    def made(*args: typing.Any, **details: typing.Any) -> results.Finding:
        finding = make(*args, **details)
        found.extend((checker, finding) for checker in checkers[-1:])
        return finding

    def entered(checker: context.Checker, *args: typing.Any) -> None:
        enter(checker, *args)
        checkers.append(checker)

    monkeypatch.setattr(results.FindingKind, '_finding', made)
    monkeypatch.setattr(context.Checker, '__init__', entered)
    yield
    assert [
        finding.message
        for checker, finding in found
        if _lacks_its_place(checker, finding)
    ] == []
    assert [
        (finding.message, finding.affected)
        for _checker, finding in found
        if finding.affected and _counts_others(finding.affected)
    ] == []


def _lacks_its_place(
    checker: context.Checker, finding: results.Finding
) -> bool:
    """Tell whether a finding is about what stands in a file, and not where.

    It is about the options that it names, and the stores that it affects.
    """
    names = {
        (match[1].lower(), match[2])
        for match in _OPTION.finditer(finding.message)
    }
    if finding.affected and _backends(checker) & {*finding.affected.sample}:
        names.add(('default', 'enabled_backends'))
    settings = [
        item
        for item in checker.settings
        if (item.section.lower(), item.option) in names
    ]
    return bool(settings) and not re.search(r', line \d', finding.message)


def _counts_others(affected: results.Affected) -> bool:
    """Tell whether names are given, and not of all that are counted."""
    names = len(affected.sample)
    return bool(names) and names != min(affected.count, results.SAMPLE_SIZE)


def _backends(checker: context.Checker) -> set[str]:
    try:
        return set(options.glance(checker.conf).enabled_backends or ())
    except (cfg.Error, ValueError, RecursionError):
        return set()
