# SPDX-License-Identifier: Apache-2.0
"""What a check is given, made from the text of a configuration file."""

import pathlib

from oslo_config import cfg

from glance_status import configuration, context, releases


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
