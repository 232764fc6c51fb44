# SPDX-License-Identifier: Apache-2.0
"""Whether Python's logging takes the file of log_config_append."""

import configparser
import typing

from glance_status import context, plugins, results
from glance_status.checks import logs, presence, texts, values

BROKEN = results.FindingKind(
    id='log-config-broken',
    title='The configuration of logging cannot be loaded',
    looks_for='A file of [DEFAULT] log_config_append that is no INI file, '
    "that lacks a section or an option of those that Python's logging asks "
    'for, that names a handler or a formatter which it does not define, or '
    'a level that there is none of. Classes and their arguments are not '
    'tried.',
    matters='Glance does not start: LogConfigError, or ValueError.',
    remediation='Correct the file, or leave log_config_append out.',
    reference='https://docs.python.org/3/library/logging.config.html'
    '#logging-config-fileformat',
)

ROOT = 'root'


class _Wrong(Exception):
    """What is wrong with the file, for the end of a sentence."""


def check_config(checker: context.Checker) -> list[results.Finding]:
    """Read the file as Python's logging does, and make nothing of it."""
    setting = logs.written(checker, 'log_config_append', 'log_config')
    if setting is None:
        raise context.Inapplicable('log_config_append is not set')
    path = setting.value
    if not path.startswith('/') or '$' in path:
        return []
    text = texts.read(path).text
    if text is None:
        return []
    try:
        _load(text)
    except _Wrong as wrong:
        said = str(wrong)
    except configparser.Error as error:
        said = _fault(error)
    else:
        return []
    presence.require_own(checker)
    path = values.shown(path)
    return [
        BROKEN.failure(
            f'{setting.name} is {path} ({setting.place}), which cannot be '
            f'loaded: {said}. Glance would not start.',
            affected=results.Affected(1, (path,)),
        )
    ]


def _fault(error: configparser.Error) -> str:
    """Return what is wrong, without the value, which may be a secret."""
    if isinstance(error, configparser.InterpolationError):
        section, option = map(values.shown, (error.section, error.option))
        return f'[{section}] {option} has a % that stands for nothing'
    line = getattr(error, 'lineno', None)
    if line is None and isinstance(error, configparser.ParsingError):
        line = error.errors[0][0]
    return f'line {line} is not as those of an INI file are'


def _load(text: str) -> None:
    parser = configparser.ConfigParser()
    parser.read_string(text)
    formatters = _names(parser, 'formatters')
    for name in formatters:
        _section(parser, f'formatter_{name}')
    handlers = _names(parser, 'handlers')
    for name in handlers:
        section = _section(parser, f'handler_{name}')
        _required(section, 'class')
        formatter = section.get('formatter', '')
        if formatter and formatter not in formatters:
            raise _Wrong(
                f'[{section.name}] names the formatter '
                f'{values.shown(formatter)}, which [formatters] keys does '
                'not have'
            )
        _level(section)
    loggers = _names(parser, 'loggers')
    if ROOT not in loggers:
        raise _Wrong('[loggers] keys does not have root')
    for name in loggers:
        section = _section(parser, f'logger_{name}')
        if name != ROOT:
            _required(section, 'qualname')
        _level(section)
        for handler in _listed(_required(section, 'handlers')):
            if handler not in handlers:
                raise _Wrong(
                    f'[{section.name}] names the handler '
                    f'{values.shown(handler)}, which [handlers] keys does '
                    'not have'
                )


def _names(parser: configparser.ConfigParser, section: str) -> list[str]:
    return _listed(_required(_section(parser, section), 'keys'))


def _listed(text: str) -> list[str]:
    return [item.strip() for item in text.split(',')] if text else []


def _section(
    parser: configparser.ConfigParser, name: str
) -> configparser.SectionProxy:
    if not parser.has_section(name):
        raise _Wrong(f'it has no section [{values.shown(name)}]')
    return parser[name]


def _required(section: configparser.SectionProxy, option: str) -> str:
    value: typing.Any = section.get(option)
    if value is None:
        raise _Wrong(f'[{values.shown(section.name)}] has no {option}')
    return str(value)


def _level(section: configparser.SectionProxy) -> None:
    level = section.get('level')
    if level is not None and level not in logs.LEVEL_NAMES:
        raise _Wrong(
            f'[{values.shown(section.name)}] level is '
            f'{values.shown(level) or "empty"}, which is none'
        )


CHECKS = (
    plugins.Check(
        id='logging-configuration',
        title='Logging configuration',
        function=check_config,
        kinds=(BROKEN,),
        topic='services',
        reads=('configuration', 'files', 'host'),
        description="Whether Python's logging takes the file that "
        'log_config_append names.',
    ),
)
