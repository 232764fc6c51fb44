# SPDX-License-Identifier: Apache-2.0
"""Files that log_config_append names."""

import pathlib

import pytest

from glance_status import context, results
from glance_status.checks import log_config
from tests.unit import checkers

GOOD = """
[loggers]
keys = root, glance
[handlers]
keys = stderr
[formatters]
keys = context
[logger_root]
level = WARNING
handlers = stderr
[logger_glance]
level = INFO
handlers =
qualname = glance
[handler_stderr]
class = StreamHandler
args = (sys.stderr,)
formatter = context
level = NOTSET
[formatter_context]
format = %(levelname)s %(message)s
class = oslo_log.formatters.ContextFormatter
"""
CLIPPED = '[loggers]\nkeys = root\n'


def found(directory: pathlib.Path, content: str) -> list[tuple[int, str]]:
    """Return result and message of what the check finds."""
    file = directory / 'logging.conf'
    file.write_text(content)
    checker = checkers.make(
        directory, f'[DEFAULT]\nlog_config_append = {file}\n'
    )
    return [
        (item.result, item.message.replace(f'{directory}/', ''))
        for item in log_config.check_config(checker)
    ]


@pytest.mark.parametrize(
    'content',
    [
        GOOD,
        GOOD.replace('class = oslo_log.formatters.ContextFormatter', ''),
        GOOD.replace('level = INFO\n', ''),
        # Whatever else it is, it is no fault of the file.
        GOOD.replace('class = StreamHandler', 'class = mine.Handler'),
    ],
)
def test_a_file_that_is_well(tmp_path: pathlib.Path, content: str) -> None:
    assert found(tmp_path, content) == []


@pytest.mark.parametrize(
    ('content', 'said'),
    [
        ('', 'it has no section [formatters]'),
        (CLIPPED, 'it has no section [formatters]'),
        (GOOD.replace('keys = context', ''), '[formatters] has no keys'),
        (
            GOOD.replace('keys = context', 'keys ='),
            '[handler_stderr] names the formatter context, which '
            '[formatters] keys does not have',
        ),
        (
            GOOD.replace('keys = root, ', 'keys = '),
            '[loggers] keys does not have root',
        ),
        (
            GOOD.replace('keys = root, glance', 'keys = root, mine'),
            'it has no section [logger_mine]',
        ),
        (
            GOOD.replace('handlers = stderr', 'handlers = stderr, file'),
            '[logger_root] names the handler file, which [handlers] keys '
            'does not have',
        ),
        (
            GOOD.replace('handlers =\n', ''),
            '[logger_glance] has no handlers',
        ),
        (
            GOOD.replace('qualname = glance\n', ''),
            '[logger_glance] has no qualname',
        ),
        (
            GOOD.replace('class = StreamHandler\n', ''),
            '[handler_stderr] has no class',
        ),
        (
            GOOD.replace('level = INFO', 'level = info'),
            '[logger_glance] level is info, which is none',
        ),
        (
            GOOD.replace('level = INFO', 'level ='),
            '[logger_glance] level is empty, which is none',
        ),
        (
            GOOD.replace('[formatter_context]', '[formatter_other]'),
            'it has no section [formatter_context]',
        ),
        ('keys\n', 'line 1 is not as those of an INI file are'),
        (f'{GOOD}secret\n', 'line 23 is not as those of an INI file are'),
        (f'{GOOD}secret\n\nb\n', 'line 23 is not as those of an INI file are'),
        (f'{GOOD}[loggers]\n', 'line 23 is not as those of an INI file are'),
        (
            GOOD.replace('class = StreamHandler', 'class = 5%secret'),
            '[handler_stderr] class has a % that stands for nothing',
        ),
    ],
)
def test_a_file_that_is_none(
    tmp_path: pathlib.Path, content: str, said: str
) -> None:
    assert found(tmp_path, content) == [
        (
            results.FAILURE,
            '[DEFAULT] log_config_append is logging.conf (glance-api.conf, '
            f'line 2), which cannot be loaded: {said}. Glance would not '
            'start.',
        )
    ]


def test_a_file_that_is_not_there(tmp_path: pathlib.Path) -> None:
    # Another finding speaks of it.
    text = f'[DEFAULT]\nlog_config_append = {tmp_path}/none\n'
    checker = checkers.make(tmp_path, text)
    assert log_config.check_config(checker) == []


def test_no_such_option(tmp_path: pathlib.Path) -> None:
    with pytest.raises(context.Inapplicable):
        log_config.check_config(checkers.make(tmp_path, ''))


@pytest.mark.parametrize('path', ['logging.conf', '{directory}/$name.conf'])
def test_a_file_of_which_the_place_is_not_known(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    for name in ('logging.conf', '$name.conf'):
        (tmp_path / name).write_text('nonsense\n')
    monkeypatch.chdir(tmp_path)
    path = path.format(directory=tmp_path)
    checker = checkers.make(
        tmp_path, f'[DEFAULT]\nlog_config_append = {path}\n'
    )
    assert log_config.check_config(checker) == []
