# SPDX-License-Identifier: Apache-2.0
"""What an option amounts to, whatever stands in it."""

import urllib.parse

from oslo_config import cfg

from glance_status import context, options

# Characters of a value that are shown; no name is as long.
_LONGEST = 100


def shown(value: str) -> str:
    """Return a value of any origin so that it fits into a sentence."""
    line = ' '.join(value[: 10 * _LONGEST].split())
    return line if len(line) <= _LONGEST else f'{line[:_LONGEST]}...'


def has_host(url: str) -> bool:
    """Tell whether a text is a URL that leads somewhere."""
    try:
        return bool(urllib.parse.urlsplit(url).hostname)
    except ValueError:
        return False


def text(checker: context.Checker, section: str, option: str) -> str | None:
    """Return the value of a text option, its references resolved.

    One that cannot be resolved is returned as it is written.
    """
    conf = options.glance(checker.conf)
    try:
        group = conf if section == 'DEFAULT' else conf[section]
        value = group[option]
    except (cfg.Error, ValueError, RecursionError):
        written = checker.written(section, option)
        return written.value if written else None
    return None if value is None else str(value)


def boolean(
    checker: context.Checker, section: str, option: str
) -> bool | None:
    """Return the value of a switch, None where none or no such is set."""
    conf = options.glance(checker.conf)
    try:
        group = conf if section == 'DEFAULT' else conf[section]
        value = group[option]
    except (cfg.Error, ValueError, RecursionError):
        return None
    return None if value is None else bool(value)


def several(checker: context.Checker, section: str, option: str) -> list[str]:
    """Return the values of an option that may be repeated."""
    conf = options.glance(checker.conf)
    try:
        group = conf if section == 'DEFAULT' else conf[section]
        return list(group[option] or ())
    except (cfg.Error, ValueError, RecursionError):
        written = checker.written(section, option)
        return [written.value] if written else []


def place(checker: context.Checker, section: str, option: str) -> str:
    """Return where an option is set, as the end of a sentence."""
    written = checker.written(section, option)
    return f' ({written.place})' if written else ''
