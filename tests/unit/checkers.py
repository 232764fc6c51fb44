# SPDX-License-Identifier: Apache-2.0
"""What a check is given, made from the text of a configuration file."""

import pathlib
from collections import abc

import pytest
from oslo_config import cfg

from glance_status import configuration, context, releases, results


def make(
    directory: pathlib.Path,
    text: str,
    *,
    target: str = '33',
    source: str | None = None,
    before: context.Before = 'sync',
) -> context.Checker:
    """Return a checker for a glance-api.conf with this text."""
    conf = directory / 'glance-api.conf'
    conf.write_text(text)
    return of(conf, target=target, source=source, before=before)


def of(
    conf: pathlib.Path,
    *,
    target: str = '33',
    source: str | None = None,
    before: context.Before = 'sync',
) -> context.Checker:
    """Return a checker for a configuration file that is there."""
    config = configuration.read(cfg.ConfigOpts(), [('file', str(conf))])
    facts = context.Facts((releases.find(source),) if source else ())
    run = context.Run(config, releases.find(target), before)
    return context.Checker(run, facts)


def told(
    directory: pathlib.Path, findings: abc.Iterable[results.Finding]
) -> list[tuple[str, int, str]]:
    """Return id, result and message of findings, with names for paths."""
    return [
        (item.id, item.result, item.message.replace(f'{directory}/', ''))
        for item in findings
    ]


def install(
    directory: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    distribution: str,
    version: str,
) -> None:
    """Put a distribution beside this tool, with nothing in it."""
    info = directory / f'{distribution}-{version}.dist-info'
    info.mkdir()
    (info / 'METADATA').write_text(
        f'Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n'
    )
    monkeypatch.syspath_prepend(str(directory))
