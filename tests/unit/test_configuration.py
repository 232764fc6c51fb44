# SPDX-License-Identifier: Apache-2.0
"""The configuration as oslo.config reads it, and as it is written."""

import dataclasses
import hashlib
import json
import pathlib

import pytest
from oslo_config import cfg

from glance_status import configuration, ini


def read(directory: pathlib.Path, **files: str) -> configuration.Configuration:
    """Return what is read of files, in their order."""
    sources = []
    for name, content in files.items():
        path = directory / f'{name}.conf'
        path.write_text(content, 'utf-8')
        sources.append(('file', str(path)))
    return configuration.read(cfg.ConfigOpts(), sources)


def refused(directory: pathlib.Path, **files: str) -> str:
    with pytest.raises(ini.ConfigurationError) as caught:
        read(directory, **files)
    return str(caught.value).replace(f'{directory}/', '')


def test_the_line_that_decides_is_the_last(tmp_path: pathlib.Path) -> None:
    config = read(
        tmp_path,
        one='[DEFAULT]\na = 1\na = 2\n[Other]\nb = 1\n',
        two='[other]\nb = 2\n[OTHER]\nc = 3\n[default]\na = 3\n',
    )
    assert {
        (section, option): setting and (setting.line, setting.value)
        for section, option in (
            ('DEFAULT', 'a'),
            ('default', 'a'),
            ('oTHER', 'b'),
            ('other', 'c'),
            ('other', 'd'),
        )
        for setting in [config.written(section, option)]
    } == {
        ('DEFAULT', 'a'): (3, '2'),
        ('default', 'a'): (6, '3'),
        ('oTHER', 'b'): (2, '2'),
        ('other', 'c'): (4, '3'),
        ('other', 'd'): None,
    }
    assert config.files == (f'{tmp_path}/one.conf', f'{tmp_path}/two.conf')
    assert config.explicit
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.files = ()  # type: ignore[misc]


def digest(*values: str) -> str:
    text = json.dumps(list(values))
    return f'sha256:{hashlib.sha256(text.encode()).hexdigest()}'


def test_options_are_told_by_the_digest_of_the_last_file(
    tmp_path: pathlib.Path,
) -> None:
    config = read(
        tmp_path,
        one='[z]\nb = 1\n[DEFAULT]\na = 1\nadmin_password = sesame\n',
        two='[DEFAULT]\na = 2\na = 3\nurl = http://u:sesame@h/\n',
    )
    digests = config.digests()
    assert list(digests.items()) == [
        ('DEFAULT.a', digest('2', '3')),
        ('z.b', digest('1')),
    ]


def test_own_files_say_nothing_of_glance(tmp_path: pathlib.Path) -> None:
    (tmp_path / 'glance-api.conf').write_text(
        '[database]\nconnection = sqlite://\n[upgrade_check]\ntimeout = 5\n'
    )
    environ = {'OS_GLANCE_CONFIG_DIR': str(tmp_path)}
    alone = configuration.read(cfg.ConfigOpts(), environ=environ)
    own = tmp_path / 'glance-status.conf'
    own.write_text('[database]\nconnection = x\n[UPGRADE_CHECK]\ntimeout=7\n')
    both = configuration.read(cfg.ConfigOpts(), environ=environ)
    assert [
        (
            config.own.upgrade_check.timeout,
            config.conf.database.connection,
            len(config.settings),
            config.explicit,
            str(own) in config.files,
        )
        for config in (alone, both)
    ] == [
        (5.0, 'sqlite://', 2, False, False),
        (7.0, 'sqlite://', 2, False, True),
    ]


def test_a_directory_without_files_is_no_configuration(
    tmp_path: pathlib.Path,
) -> None:
    (tmp_path / 'glance-api.txt').touch()
    sources = [('dir', str(tmp_path))]
    with pytest.raises(ini.ConfigurationError) as caught:
        configuration.read(cfg.ConfigOpts(), sources)
    assert str(caught.value) == (
        f'no file in {tmp_path} ends in .conf. Name the configuration with '
        '--config-file.'
    )


@pytest.mark.parametrize(
    ('setting', 'said'),
    [
        ('timeout =', 'timeout: its value is empty.'),
        ('timeout = nan', 'timeout: nan is not a number of seconds.'),
        ('timeout = $timeout', 'timeout: refers to itself.'),
        ('timeout = 0', 'timeout: should be greater than or equal to 0.1.'),
        (
            'timeout = soon',
            "timeout: could not convert string to float: 'soon'.",
        ),
        (
            'target = $nowhere',
            'target: no such option nowhere in group [DEFAULT].',
        ),
    ],
)
def test_a_value_of_ours_that_cannot_be_is_refused_with_its_last_line(
    setting: str, said: str, tmp_path: pathlib.Path
) -> None:
    assert (
        refused(
            tmp_path,
            one=f'[upgrade_check]\n{setting}\n{setting}\n',
            two=f'[upgrade_check]\n\n{setting}\nskip = a\n',
        )
        == f'two.conf, line 3: [upgrade_check] {said}'
    )


@pytest.mark.parametrize(
    ('option', 'least', 'below', 'most', 'above'),
    [
        ('timeout', '0.1', '0.09', '86400', '86400.5'),
        ('deadline', '0.1', '0.09', '86400', '86400.5'),
        ('connect_timeout', '1', '0', '3600', '3601'),
    ],
)
def test_seconds_have_limits(
    option: str,
    least: str,
    below: str,
    most: str,
    above: str,
    tmp_path: pathlib.Path,
) -> None:
    for value in (least, most):
        config = read(tmp_path, one=f'[upgrade_check]\n{option} = {value}\n')
        assert config.own.upgrade_check[option] == float(value)
    for value, which in (
        (below, f'greater than or equal to {least}'),
        (above, f'less than or equal to {most}'),
    ):
        said = (
            f'one.conf, line 2: [upgrade_check] {option}: should be {which}.'
        )
        text = f'[upgrade_check]\n{option} = {value}\n'
        assert refused(tmp_path, one=text) == said


def test_empty_values_that_may_be_are_none(tmp_path: pathlib.Path) -> None:
    config = read(
        tmp_path, one='[upgrade_check]\ndeadline =\ntarget =\nskip =\n'
    )
    own = config.own.upgrade_check
    assert (own.deadline, own.target, own.skip) == (None, '', [])


def test_what_oslo_config_refuses_is_a_problem(tmp_path: pathlib.Path) -> None:
    said = refused(tmp_path, one='[DEFAULT]\nshell_completion = no\n')
    assert said.startswith('a file sets an option of the command line: arg')


def test_secrets_of_files_and_of_the_environment_are_masked(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (
        ('OS_SWIFT__PASSWORD', 'hunter2'),
        ('OS_SWIFT_PASSWORD', 'hunter3'),
        ('MY_SWIFT__PASSWORD', 'hunter4'),
    ):
        monkeypatch.setenv(name, value)
    text = '[x]\npassword = sesame\nname = visible\n'
    clean = read(tmp_path, one=text).redactor().clean
    assert clean('sesame hunter2 hunter3 hunter4 visible') == (
        '*** *** hunter3 hunter4 visible'
    )
