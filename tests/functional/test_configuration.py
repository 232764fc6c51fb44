# SPDX-License-Identifier: Apache-2.0
"""Tests of which configuration is read, and what is said of a bad one."""

import json
import os
import pathlib
import re
import secrets
import shutil
import socket
import stat
import subprocess
import tempfile
import typing
import unittest
from unittest import mock

import pytest

from glance_status import formatters
from tests.functional import command, glance_databases

CHECK = ('upgrade', 'check')
# What needs no database.
STORES = (*CHECK, '--check', 'store-backends')


def refused(*args: str | pathlib.Path, **kwargs: typing.Any) -> str:
    """Return the one line with which a configuration is refused."""
    completed = command.run(*args, *CHECK, '--json', **kwargs)
    assert (completed.code, completed.stdout) == (255, '')
    line = completed.stderr.removeprefix('glance-status: ')
    assert line.endswith('\n')
    assert line.count('\n') == 1
    return line.removesuffix('\n')


def read(stderr: str) -> list[str]:
    """Return the files that the command says it read."""
    (line,) = stderr.splitlines()
    return line.removeprefix('glance-status: read ').split(', ')


def write(path: pathlib.Path, text: str | bytes) -> pathlib.Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def backends(name: str) -> str:
    """Return the text of a file that names one backend, of a gone driver."""
    return f'[DEFAULT]\nenabled_backends = {name}:sheepdog\n'


def backend(completed: command.Completed) -> str:
    """Return the name of the backend that the report is about."""
    (row,) = command.document(completed)['checks']
    (finding,) = row['findings']
    message: str = finding['message']
    return message.partition('(')[2].partition(')')[0]


@pytest.fixture(scope='module')
def database(
    tmp_path_factory: pytest.TempPathFactory,
) -> typing.Iterator[str]:
    """The URL of a database in which all is well."""
    directory = tmp_path_factory.mktemp('database')
    with glance_databases.database('sqlite', 'up_to_date', directory) as url:
        yield url


# Which files


def test_without_any_file_it_says_where_it_looked(
    tmp_path: pathlib.Path,
) -> None:
    etc = tmp_path / 'etc'

    assert refused(env={'OS_GLANCE_CONFIG_DIR': str(etc)}) == (
        f'{etc}/glance-api.conf does not exist. Name the configuration of '
        'the Glance API with --config-file, or its directory in the '
        'environment variable OS_GLANCE_CONFIG_DIR.'
    )


@pytest.mark.skipif(
    os.path.exists('/etc/glance'), reason='this host has a Glance'
)
def test_without_anything_said_it_looks_in_etc_glance() -> None:
    assert refused().startswith('/etc/glance/glance-api.conf does not exist.')


def test_it_reads_what_the_glance_api_reads_in_its_order(
    tmp_path: pathlib.Path,
) -> None:
    etc, home = tmp_path / 'etc', tmp_path / 'home'
    files = [
        write(etc / 'glance-image-import.conf', backends('import')),
        write(etc / 'glance-api.conf', backends('api')),
        write(home / '.glance/glance-api.conf.d/10-a.conf', backends('ten')),
        write(home / '.glance/glance-api.conf.d/20-b.conf', backends('last')),
        write(etc / 'glance-status.conf', '[upgrade_check]\ntarget = 28\n'),
    ]
    write(home / '.glance/glance-api.conf.d/30-c.txt', backends('text'))
    write(etc / 'glance-cache.conf', backends('cache'))

    completed = command.run(
        *STORES,
        '--json',
        env={'OS_GLANCE_CONFIG_DIR': str(etc), 'HOME': str(home)},
    )

    assert backend(completed) == 'last'
    report = command.document(completed)
    assert report['config_files'] == [str(file) for file in files]
    assert report['config_files'] == read(completed.stderr)
    assert report['target']['version'] == '28.0.0'
    assert report['target']['origin'] == 'configuration'


def test_the_api_file_wins_over_that_of_the_image_import(
    tmp_path: pathlib.Path,
) -> None:
    write(tmp_path / 'glance-image-import.conf', backends('import'))
    write(tmp_path / 'glance-api.conf', backends('api'))

    completed = command.run(
        *STORES, '--json', env={'OS_GLANCE_CONFIG_DIR': str(tmp_path)}
    )

    assert backend(completed) == 'api'


def test_its_own_file_alone_says_nothing_of_glance(
    tmp_path: pathlib.Path,
) -> None:
    write(tmp_path / 'glance-api.conf', backends('api'))
    write(tmp_path / 'glance-status.conf', backends('status'))

    completed = command.run(
        *STORES, '--json', env={'OS_GLANCE_CONFIG_DIR': str(tmp_path)}
    )

    assert backend(completed) == 'api'


def test_its_own_file_alone_is_not_enough(tmp_path: pathlib.Path) -> None:
    write(tmp_path / 'glance-status.conf', '[upgrade_check]\n')

    assert refused(env={'OS_GLANCE_CONFIG_DIR': str(tmp_path)}).startswith(
        f'{tmp_path}/glance-api.conf does not exist.'
    )


def test_named_files_are_read_in_the_order_of_the_line_and_no_others(
    tmp_path: pathlib.Path,
) -> None:
    etc, home = tmp_path / 'etc', tmp_path / 'home'
    write(etc / 'glance-api.conf', backends('api'))
    write(home / '.glance/glance-api.conf.d/10-a.conf', backends('home'))
    files = [
        write(tmp_path / 'one.conf', backends('one')),
        write(tmp_path / 'directory/10.conf', backends('ten')),
        write(tmp_path / 'directory/20.conf', backends('twenty')),
        write(tmp_path / 'two.conf', backends('two')),
        write(tmp_path / 'three.conf', backends('three')),
    ]
    one, _ten, _twenty, two, three = files

    completed = command.run(
        '--config-file',
        one,
        f'--config-dir={tmp_path / "directory"}',
        *STORES,
        '--json',
        '--config-file',
        two,
        '--config-file',
        three,
        env={'OS_GLANCE_CONFIG_DIR': str(etc), 'HOME': str(home)},
    )

    assert read(completed.stderr) == [str(file) for file in files]
    assert backend(completed) == 'three'


def test_a_directory_after_a_file_wins(tmp_path: pathlib.Path) -> None:
    file = write(tmp_path / 'one.conf', backends('one'))
    write(tmp_path / 'directory/10.conf', backends('ten'))
    directory = tmp_path / 'directory'

    for args, name in (
        (('--config-file', file, '--config-dir', directory), 'ten'),
        (('--config-dir', directory, '--config-file', file), 'one'),
    ):
        assert backend(command.run(*STORES, '--json', *args)) == name
        assert backend(command.run(*args, *STORES, '--json')) == name


def test_a_file_named_twice_is_read_twice(tmp_path: pathlib.Path) -> None:
    file = write(tmp_path / 'one.conf', backends('one'))

    completed = command.run(
        '--config-file', file, *STORES, '--json', '--config-file', file
    )

    assert read(completed.stderr) == [str(file), str(file)]
    assert backend(completed) == 'one'


@pytest.mark.parametrize('name', ['-', '--help', 'a b', 'é', '*'])
def test_a_file_may_have_any_name(tmp_path: pathlib.Path, name: str) -> None:
    write(tmp_path / name, backends('one'))
    write(tmp_path / f'{name}.d/{name}.conf', backends('two'))

    completed = command.run(
        f'--config-file={name}',
        f'--config-dir={name}.d',
        *STORES,
        '--json',
        cwd=tmp_path,
    )

    assert backend(completed) == 'two'
    assert command.document(completed)['config_files'] == [
        f'{tmp_path}/{name}',
        f'{tmp_path}/{name}.d/{name}.conf',
    ]


def test_a_file_name_that_is_not_utf_8_is_read(tmp_path: pathlib.Path) -> None:
    name = os.fsencode(tmp_path) + b'/\xff.conf'
    with open(name, 'w') as stream:
        stream.write(backends('one'))

    completed = command.run(
        '--config-file', os.fsdecode(name), *STORES, '--json'
    )

    assert backend(completed) == 'one'


def test_a_tilde_is_the_home(tmp_path: pathlib.Path) -> None:
    write(tmp_path / 'one.conf', backends('one'))

    completed = command.run(
        '--config-file=~/one.conf',
        *STORES,
        '--json',
        env={'HOME': str(tmp_path)},
    )

    assert backend(completed) == 'one'


# What is no configuration file


@pytest.mark.parametrize(
    ('path', 'line'),
    [
        ('none.conf', '{}/none.conf: No such file or directory.'),
        ('-', '{}/-: No such file or directory.'),
        ('.', '{} is a directory: use --config-dir.'),
        ('file/x', '{}/file/x: Not a directory.'),
        ('loop', '{}/loop: Too many levels of symbolic links.'),
        ('dangling', '{}/dangling: No such file or directory.'),
        ('n' * 300, '{}/' + 'n' * 300 + ': File name too long.'),
        (
            'fifo',
            '{}/fifo is not a regular file, and a configuration is read more '
            'than once: copy it into a file.',
        ),
        (
            '/dev/stdin',
            '/dev/stdin is not a regular file, and a configuration is read '
            'more than once: copy it into a file.',
        ),
        (
            '/dev/zero',
            '/dev/zero is not a regular file, and a configuration is read '
            'more than once: copy it into a file.',
        ),
    ],
)
def test_what_is_no_file_is_refused(
    tmp_path: pathlib.Path, path: str, line: str
) -> None:
    write(tmp_path / 'file', '')
    (tmp_path / 'loop').symlink_to('loop')
    (tmp_path / 'dangling').symlink_to('nowhere')
    os.mkfifo(tmp_path / 'fifo')

    assert refused(f'--config-file={path}', cwd=tmp_path) == line.format(
        tmp_path
    )


@pytest.mark.parametrize(
    ('path', 'line'),
    [
        ('none', '{}/none: No such file or directory.'),
        ('file', '{}/file is a file: use --config-file.'),
        (
            'empty',
            'no file in empty ends in .conf. Name the configuration with '
            '--config-file.',
        ),
        ('nested', '{}/nested/a.conf is a directory: use --config-dir.'),
        ('dangling', '{}/dangling/a.conf: No such file or directory.'),
    ],
)
def test_what_is_no_directory_of_files_is_refused(
    tmp_path: pathlib.Path, path: str, line: str
) -> None:
    write(tmp_path / 'file', '')
    (tmp_path / 'nested/a.conf').mkdir(parents=True)
    (tmp_path / 'empty').mkdir()
    (tmp_path / 'dangling').mkdir()
    (tmp_path / 'dangling/a.conf').symlink_to('nowhere')

    assert refused(f'--config-dir={path}', cwd=tmp_path) == line.format(
        tmp_path
    )


@pytest.fixture
def open_path() -> typing.Iterator[pathlib.Path]:
    """A directory that every user can reach."""
    with tempfile.TemporaryDirectory() as directory:
        path = pathlib.Path(directory)
        path.chmod(0o755)
        yield path


@pytest.mark.parametrize('option', ['--config-file', '--config-dir'])
def test_what_may_not_be_read_is_refused(
    open_path: pathlib.Path, option: str
) -> None:
    path = open_path / 'glance-api.conf'
    if option == '--config-dir':
        path.mkdir(mode=0)
    else:
        path.touch(mode=0)

    assert refused(option, path, prefix=command.unprivileged()) == (
        f'{path}: Permission denied. Run glance-status as root or as the '
        'user that runs Glance.'
    )


def test_a_directory_that_may_not_be_entered_is_not_called_empty(
    open_path: pathlib.Path,
) -> None:
    etc = open_path / 'glance'
    write(etc / 'glance-api.conf', '')
    etc.chmod(0)
    try:
        line = refused(
            env={'OS_GLANCE_CONFIG_DIR': str(etc)},
            prefix=command.unprivileged(),
        )
    finally:
        etc.chmod(0o755)

    assert line == (
        f'{etc}/glance-api.conf: Permission denied. Run glance-status as '
        'root or as the user that runs Glance.'
    )


# What stands in the files

SECRET = 'Tr0ub4dor-and-3'
NUL = (
    'a NUL byte, as binary files, UTF-16 or a crash of the host have it. Save '
    'it as UTF-8 without one.'
)


@pytest.mark.parametrize(
    ('text', 'line'),
    [
        (b'\x7fELF\0\0\0', f', line 1: {NUL}'),
        ('[DEFAULT]\nx = 1\n'.encode('utf-16'), f', line 1: {NUL}'),
        (
            f'[DEFAULT]\npassword = {SECRET}\0\n'.encode(),
            f', line 2: {NUL}',
        ),
        (
            f'[DEFAULT]\npassword = {SECRET}ä\n'.encode('latin-1'),
            ', line 2: not UTF-8. Convert the file, for example `iconv -f '
            'ISO-8859-1 -t UTF-8`.',
        ),
        (
            b'\xef\xbb\xbf[DEFAULT]\n',
            ' begins with a byte order mark, at which Glance fails. Save it '
            'as UTF-8 without one.',
        ),
        (
            f'password = {SECRET}\n[DEFAULT]\n',
            ', line 1: no [section] before it.',
        ),
        (
            f'# a comment\n[DEFAULT]\n  {SECRET}\n',
            ', line 3: unexpected continuation line.',
        ),
        (
            f'[DEFAULT]\npassword {SECRET}\n',
            ", line 2: no ':' or '=' found in assignment.",
        ),
        (
            f'[DEFAULT]\r\n\r\npassword {SECRET}\r\n',
            ", line 3: no ':' or '=' found in assignment.",
        ),
        (f'[DEFAULT]\n= {SECRET}\n', ', line 2: key cannot be empty.'),
        (
            f'[{SECRET}\n',
            ', line 1: invalid section (must end with ]).',
        ),
        ('[]\n', ', line 1: empty section name.'),
    ],
)
@pytest.mark.parametrize('debug', [(), ('--debug',)])
def test_a_file_that_cannot_be_parsed_is_refused_without_its_secrets(
    tmp_path: pathlib.Path,
    text: str | bytes,
    line: str,
    debug: tuple[str, ...],
) -> None:
    path = write(tmp_path / 'glance-api.conf', text)

    completed = command.run('--config-file', path, *CHECK, *debug)

    assert (completed.code, completed.stdout) == (255, '')
    assert completed.stderr.startswith(f'glance-status: {path}{line}\n')
    assert SECRET not in completed.stderr
    if not debug:
        assert completed.stderr.count('\n') == 1


@pytest.mark.parametrize(
    'text',
    [
        '[DEFAULT]\r\nenabled_backends = one:sheepdog\r\n',
        '[DEFAULT]\renabled_backends = one:sheepdog\r',
        '[DEFAULT]\nenabled_backends: one:sheepdog',
        '[DEFAULT]\nenabled_backends = one:\n    sheepdog',
        '[DEFAULT]\nenabled_backends = "one:sheepdog"',
        '[DEFAULT]\nenabled_backends = two:file\n'
        'enabled_backends = one:sheepdog',
        '[DEFAULT]\n[other]\nx = 1\n[DEFAULT]\nenabled_backends=one:sheepdog',
        '[DEFAULT]\ndebug = true\nverbose = true\nuse_stderr = true\n'
        'log_config_append = /nonexistent\nenabled_backends = one:sheepdog',
    ],
)
def test_whatever_oslo_config_reads_is_read(
    tmp_path: pathlib.Path, text: str
) -> None:
    path = write(tmp_path / 'glance-api.conf', text)

    completed = command.run('--config-file', path, *STORES, '--json')

    assert (completed.code, backend(completed)) == (2, 'one')
    assert read(completed.stderr) == [str(path)]


def test_an_option_of_the_command_line_in_a_file_is_refused(
    tmp_path: pathlib.Path,
) -> None:
    path = write(
        tmp_path / 'glance-api.conf', '[DEFAULT]\nshell_completion = no\n'
    )

    completed = command.run('--config-file', path, *CHECK, '--json')

    assert (completed.code, completed.stdout) == (255, '')
    assert re.fullmatch(
        'glance-status: a file sets an option of the command line: argument '
        '--shell_completion: .* value: no\n',
        completed.stderr,
    )


@pytest.mark.parametrize(
    'text', ['', '\n\n', '# nothing\n; here\n', '[DEFAULT]\n']
)
def test_a_file_that_sets_nothing_lacks_a_database(
    tmp_path: pathlib.Path, text: str
) -> None:
    path = write(tmp_path / 'glance-api.conf', text)

    completed = command.run(
        '--config-file', path, *CHECK, '--json', '--check', 'database-*'
    )
    report = command.document(completed)

    assert (completed.code, report['outcome']) == (255, 'error')
    assert report['checks'][0]['id'] == 'database-connection'
    assert report['checks'][0]['details'] == (
        '[database] connection is not set in the files that were read. '
        '`glance-status upgrade explain db-connection` says what to do.'
    )
    assert [
        finding['id']
        for check in report['checks']
        for finding in check['findings']
    ] == ['db-connection']


def test_a_database_under_an_old_name_is_looked_at(
    tmp_path: pathlib.Path,
) -> None:
    with glance_databases.database('sqlite', 'up_to_date', tmp_path) as url:
        path = command.deployment(tmp_path, DEFAULT={'sql_connection': url})
        completed = command.run(
            *('--config-file', path, *CHECK, '--json'),
            *('--check', 'database-*', '--check', 'schema-*'),
        )

    report = command.document(completed)
    causes = {row['cause'] for row in report['not_run']}
    assert (completed.code, causes) == (2, {'deselected'})
    assert [
        finding['id']
        for check in report['checks']
        for finding in check['findings']
        if finding['result']
    ] == ['db-connection']


def test_debug_of_glance_is_not_about_us(tmp_path: pathlib.Path) -> None:
    quiet = command.deployment(tmp_path / 'quiet')
    loud = command.deployment(
        tmp_path / 'loud',
        DEFAULT={'debug': 'true', 'verbose': 'true', 'use_stderr': 'true'},
    )

    one = command.run('--config-file', quiet, *CHECK, *command.FEW)
    two = command.run('--config-file', loud, *CHECK, *command.FEW)

    assert one.code == two.code == 255
    assert one.stdout == two.stdout
    assert one.stderr == two.stderr.replace('loud', 'quiet')


# Values of ours


@pytest.mark.parametrize(
    ('setting', 'complaint'),
    [
        ('timeout = soon', "could not convert string to float: 'soon'"),
        ('timeout = 0', 'should be greater than or equal to 0.1'),
        ('timeout = 1e9', 'should be less than or equal to 86400'),
        ('timeout = nan', 'nan is not a number of seconds'),
        ('timeout =', 'its value is empty'),
        ('timeout = $timeout', 'refers to itself'),
        ('deadline = -1', 'should be greater than or equal to 0.1'),
        ('deadline = nan', 'nan is not a number of seconds'),
        (
            'connect_timeout = 1.5',
            "invalid literal for int() with base 10: '1.5'",
        ),
        ('replica = maybe', "unexpected boolean value 'maybe'"),
        ('target = $nowhere', 'no such option nowhere in group [DEFAULT]'),
        ('target = $target', 'refers to itself'),
    ],
)
def test_a_bad_value_of_ours_is_refused_with_its_place(
    tmp_path: pathlib.Path, setting: str, complaint: str
) -> None:
    path = write(
        tmp_path / 'glance-status.conf', f'[upgrade_check]\n\n{setting}\n'
    )
    name = setting.partition(' ')[0]

    assert refused('--config-file', path) == (
        f'{path}, line 3: [upgrade_check] {name}: {complaint}.'
    )


def test_a_bad_value_in_our_own_file_is_refused_with_its_place(
    tmp_path: pathlib.Path,
) -> None:
    write(tmp_path / 'glance-api.conf', '[upgrade_check]\ntimeout = 5\n')
    path = write(
        tmp_path / 'glance-status.conf', '[upgrade_check]\ntimeout = x\n'
    )

    assert refused(env={'OS_GLANCE_CONFIG_DIR': str(tmp_path)}) == (
        f'{path}, line 2: [upgrade_check] timeout: could not convert string '
        "to float: 'x'."
    )


@pytest.mark.parametrize(
    ('setting', 'complaint'),
    [
        ('skip = nothing', "no check and no finding has the id 'nothing'."),
        ('namespaces = none', 'no plug-in is installed in the namespace none'),
        ('target = kilo', "unknown release 'kilo'"),
    ],
)
def test_a_value_of_ours_that_names_nothing_is_refused(
    tmp_path: pathlib.Path, setting: str, complaint: str
) -> None:
    path = write(
        tmp_path / 'glance-status.conf', f'[upgrade_check]\n{setting}\n'
    )

    completed = command.run('--config-file', path, *CHECK)

    assert (completed.code, completed.stdout) == (255, '')
    assert f'glance-status: {complaint}' in completed.stderr


def test_what_the_configuration_skips_does_not_run(
    tmp_path: pathlib.Path, database: str
) -> None:
    path = command.deployment(
        tmp_path,
        database,
        DEFAULT={'enabled_backends': 'one:sheepdog'},
        upgrade_check={'skip': 'store-*, database-*, schema-*, upgrade-*'},
    )

    completed = command.run('--config-file', path, *CHECK, '--json')
    report = command.document(completed)

    assert 'store-backends' not in {row['id'] for row in report['checks']}
    assert {
        row['id'] for row in report['not_run'] if row['cause'] == 'deselected'
    } >= {'store-backends', 'database-connection', 'upgrade-path'}


def test_the_line_wins_over_the_configuration(tmp_path: pathlib.Path) -> None:
    # It takes connections, and never answers.
    with socket.create_server(('127.0.0.1', 0)) as server:
        port = server.getsockname()[1]
        path = command.deployment(
            tmp_path,
            f'mysql+pymysql://glance@127.0.0.1:{port}/glance',
            upgrade_check={'deadline': '2', 'target': 'stein'},
        )
        args = ('--config-file', path, *CHECK, '--json')
        both = (
            command.run(*args),
            command.run(*args, '--deadline', '1', '--target', '33'),
        )

    for completed, seconds, version in zip(
        both, (2, 1), ('18.0.0', '33.0.0'), strict=True
    ):
        report = command.document(completed)
        assert completed.code == 255
        assert report['target']['version'] == version
        assert f'the deadline of {seconds} seconds was reached' in {
            row['reason'] for row in report['not_run']
        }


# Values of Glance's


@pytest.mark.parametrize(
    ('options', 'check'),
    [
        ({'owner_is_tenant': 'perhaps'}, 'image-ownership'),
        ({'owner_is_tenant': '$nowhere'}, 'image-ownership'),
        ({'enabled_backends': '$nowhere'}, 'store-backends'),
        ({'enabled_backends': '$enabled_backends'}, 'store-backends'),
    ],
)
def test_a_bad_value_of_glance_is_a_row_and_hides_no_other(
    tmp_path: pathlib.Path,
    database: str,
    options: dict[str, str],
    check: str,
) -> None:
    path = command.deployment(tmp_path, database, DEFAULT=options)

    completed = command.run(
        *('--config-file', path, *CHECK, '--json', '--target', '29'),
        *command.FEW,
    )
    report = command.document(completed)
    rows = {row['id']: row for row in report['checks']}

    # Without its stores Glance does not start: that is found out.
    result, said = {
        'image-ownership': (255, 'The check broke'),
        'store-backends': (2, f'[DEFAULT] enabled_backends ({path}, line '),
    }[check]
    assert (completed.code, report['exit_code']) == (result, result)
    assert rows[check]['result'] == result
    assert rows[check]['details'].startswith(said)
    assert {row['result'] for row in rows.values()} == {0, result}
    assert sum(row['result'] for row in rows.values()) == result
    assert read(completed.stderr) == [str(path)]


@pytest.mark.parametrize(
    'value',
    [
        'mysql+pymysql://glance:Tr0ub4dor-and-3@db/$nowhere',
        '$connection',
        '$slave_connection',
    ],
)
def test_a_connection_that_refers_to_nothing_is_a_row(
    tmp_path: pathlib.Path, value: str
) -> None:
    path = command.deployment(
        tmp_path,
        database={'connection': value, 'slave_connection': '$connection'},
    )

    completed = command.run(
        '--config-file', path, *CHECK, '--json', *command.FEW
    )
    report = command.document(completed)

    assert (completed.code, report['outcome']) == (255, 'error')
    results = {row['id']: row['result'] for row in report['checks']}
    assert results['database-connection'] == 255
    assert set(results.values()) == {0, 255}
    assert SECRET not in completed.stdout + completed.stderr


# The environment


def test_the_environment_wins_over_the_files(
    tmp_path: pathlib.Path, database: str
) -> None:
    path = command.deployment(tmp_path, 'sqlite:////nonexistent/none')
    args = ('--config-file', path, *CHECK, '--json')

    assert command.run(*args).code == 255
    assert command.run(*args, env={'OS_DATABASE__CONNECTION': database}) == (
        command.Completed(
            0,
            mock.ANY,
            f'glance-status: read {path}\n',
        )
    )


def test_a_password_in_the_environment_is_masked(
    tmp_path: pathlib.Path,
) -> None:
    path = command.deployment(tmp_path)
    one, other = secrets.token_hex(8), secrets.token_hex(8)

    completed = command.run(
        '--config-file',
        path,
        *CHECK,
        '--debug',
        env={
            'OS_DATABASE__CONNECTION': (
                f'mysql+pymysql://glance:{one}%40{other}@nowhere.invalid/x'
            )
        },
    )

    assert completed.code == 255
    shown = completed.stdout + completed.stderr
    assert 'nowhere.invalid' in shown
    assert one not in shown
    assert other not in shown


# The replica


def test_the_replica_is_read_where_it_is_asked_for(
    tmp_path: pathlib.Path, database: str
) -> None:
    path = command.deployment(
        tmp_path,
        database={
            'connection': 'sqlite:////nonexistent/none',
            'slave_connection': database,
        },
    )
    configured = write(
        tmp_path / 'replica.conf', '[upgrade_check]\nreplica = yes\n'
    )
    args = ('--config-file', path, *CHECK)

    assert command.run(*args).code == 255
    assert command.run(*args, '--replica').code == 0
    assert command.run('--config-file', configured, *args).code == 0


def test_a_replica_that_is_not_there_is_a_row_that_says_so(
    tmp_path: pathlib.Path, database: str
) -> None:
    path = command.deployment(tmp_path, database)

    completed = command.run(
        '--config-file', path, *CHECK, '--json', '--replica'
    )
    row = command.document(completed)['checks'][0]

    assert completed.code == 255
    assert (row['id'], row['result']) == ('database-connection', 255)
    assert 'connection is not set' in row['details']


# Locales and encodings


@pytest.mark.parametrize(
    'env',
    [
        {'LC_ALL': 'C'},
        {'LC_ALL': 'POSIX'},
        {'LC_ALL': 'C', 'PYTHONUTF8': '0', 'PYTHONCOERCECLOCALE': '0'},
        {'LC_ALL': 'no_SUCH.ISO-8859-1', 'PYTHONUTF8': '0'},
    ],
)
def test_files_are_utf_8_in_every_locale(
    tmp_path: pathlib.Path, env: dict[str, str]
) -> None:
    path = write(tmp_path / 'glance-api.conf', backends('späicher'))

    completed = command.run('--config-file', path, *STORES, '--json', env=env)

    assert backend(completed) == 'späicher'


def test_files_are_utf_8_in_a_latin_1_locale(tmp_path: pathlib.Path) -> None:
    path = write(tmp_path / 'glance-api.conf', backends('späicher'))

    completed = command.run(
        '--config-file', path, *STORES, env=latin_1(tmp_path)
    )

    assert completed.code == 2
    # What is not UTF-8 stands as an escape in what the helper decodes.
    assert '(sp\\xe4icher)' in completed.stdout


def latin_1(directory: pathlib.Path) -> dict[str, str]:
    """Return variables of a locale in ISO-8859-1, made for the occasion."""
    if not shutil.which('localedef'):
        raise unittest.SkipTest('there is no localedef')
    made = subprocess.run(
        [
            'localedef',
            '-c',
            '-i',
            'en_US',
            '-f',
            'ISO-8859-1',
            directory / 'en_US.ISO-8859-1',
        ],
        capture_output=True,
        check=False,
    )
    if made.returncode > 1:
        raise unittest.SkipTest('localedef finds no sources of locales')
    return {
        'LOCPATH': str(directory),
        'LC_ALL': 'en_US.ISO-8859-1',
        'PYTHONCOERCECLOCALE': '0',
    }


# Size


def limited(memory: int, seconds: int) -> tuple[str, ...]:
    """Return the prefix that limits MiB of memory and seconds of CPU."""
    return ('prlimit', f'--as={memory << 20}', f'--cpu={seconds}')


ONE = backends('one')
LARGEST = 4 * 1024 * 1024


@pytest.mark.parametrize(
    'line',
    [
        '# ' + 'x' * 98 + '\n',
        'an_option = x\n',
        '[s{number}]\na = 1\n',
    ],
    ids=['comments', 'lines', 'sections'],
)
def test_the_largest_file_is_read_in_bounded_time_and_memory(
    tmp_path: pathlib.Path, line: str
) -> None:
    lines, number = [ONE], 0
    left = LARGEST - len(ONE)
    while left > 2 * len(line):
        lines.append(line.format(number=number))
        left -= len(lines[-1])
        number += 1
    text = ''.join(lines) + '#' * left
    path = write(tmp_path / 'glance-api.conf', text)
    assert path.stat().st_size == LARGEST

    completed = command.run(
        *('--config-file', path, *STORES, '--json'),
        prefix=limited(1024, 60),
        timeout=300,
    )

    assert (completed.code, backend(completed)) == (2, 'one')


@pytest.mark.parametrize(
    'text',
    [
        'a_password = ' + 'x' * 4_000_000,
        'an_option = ' + '://a:' * 20_000,
    ],
    ids=['long', 'hostile'],
)
def test_a_value_is_read_in_bounded_time_and_memory(
    tmp_path: pathlib.Path, text: str
) -> None:
    path = write(tmp_path / 'glance-api.conf', f'{ONE}{text}\n')

    completed = command.run(
        *('--config-file', path, *STORES, '--json'),
        prefix=limited(1024, 60),
        timeout=300,
    )

    assert (completed.code, backend(completed)) == (2, 'one')


def test_a_larger_file_is_refused(tmp_path: pathlib.Path) -> None:
    path = write(tmp_path / 'glance-api.conf', ONE)
    with path.open('r+b') as stream:
        # As large as it looks, without a place on the disk.
        stream.truncate(50 * 1024 * 1024)

    line = refused('--config-file', path, prefix=limited(256, 10))

    assert line == (
        f'{path} is larger than 4 MiB, as no configuration of Glance is. '
        'Name another file with --config-file.'
    )


def test_files_that_are_larger_together_are_refused(
    tmp_path: pathlib.Path,
) -> None:
    for name in ('a', 'b', 'c'):
        write(tmp_path / f'{name}.conf', ONE + '#' * (LARGEST // 3))

    line = refused('--config-dir', tmp_path, prefix=limited(256, 10))

    assert line == (
        f'{tmp_path}/c.conf and the files before it are larger than 4 MiB '
        'together, as no configuration of Glance is. Name another file with '
        '--config-file.'
    )


def test_ten_thousand_backends_are_told_in_bounded_time(
    tmp_path: pathlib.Path,
) -> None:
    names = [f'späicher{number}' for number in range(10_000)]
    keys = [secrets.token_hex(12) for _name in names]
    sections = {
        'DEFAULT': {
            'enabled_backends': ', '.join(f'{n}:sheepdog' for n in names)
        },
        **{
            name: {'swift_store_key': key}
            for name, key in zip(names, keys, strict=True)
        },
    }
    path = write(tmp_path / 'glance-api.conf', command.configuration(sections))

    completed = command.run(
        '--config-file', path, *STORES, '--json', timeout=300
    )

    assert completed.code == 2
    (row,) = json.loads(completed.stdout)['checks']
    assert len(row['findings']) == len(names)
    # Each by itself would be looked for in ten megabytes.
    shown = re.findall('[0-9a-f]{24}', completed.stdout)
    assert set(shown) & set(keys) == set()


# Secrets


def plant() -> tuple[dict[str, command.Section], list[str]]:
    """Return sections full of secrets, and the secrets."""
    found = [secrets.token_hex(8) for _number in range(16)]
    some = iter(found)
    sections: dict[str, command.Section] = {
        'DEFAULT': {
            'transport_url': f'rabbit://stack:{next(some)}@one:5672,'
            f'stack:{next(some)}@two:5672/',
            'metadata_encryption_key': next(some),
            'enabled_backends': 'one:sheepdog, two:nodriver',
            'owner_is_tenant': 'perhaps',
        },
        'keystone_authtoken': {
            'password': next(some),
            'memcache_secret_key': next(some),
            'username': 'glance',
        },
        'glance_store': {
            's3_store_access_key': next(some),
            's3_store_secret_key': next(some),
            'swift_store_key': next(some),
            'vmware_server_password': next(some),
        },
        'one': {'cinder_store_password': next(some)},
        'cors': {'http_proxy': f'http://proxy:{next(some)}@proxy:3128'},
    }
    return sections, [item for item in found if item not in set(some)]


@pytest.mark.parametrize(
    'connection',
    [
        'mysql+pymysql://openstack_citest:{}@127.0.0.1/openstack_citest',
        'mysql+pymysql://{}:{}@127.0.0.1/openstack_citest',
        'postgresql+psycopg2://openstack_citest:{}@127.0.0.1/openstack_citest',
        'postgresql+psycopg2:///x?host=127.0.0.1&user=x&password={}',
        'mysql+pymysql://glance:{}%40%3A%2F%25@127.0.0.1:1/glance',
        'mysql+pymysql://glance:{}@{}@nowhere.invalid/glance',
        'mysql+pymysql://glance:{}/{}@nowhere.invalid/glance',
        'mysql+pymysql://glance:{}:{}@nowhere.invalid/glance',
        'mysql+pymysql://glance:{}%{}@nowhere.invalid/glance',
        'mysql+pymysql://glance:{}#{}@nowhere.invalid/glance',
        'mysql+pymysql://glance:{}?{}@nowhere.invalid/glance',
        'mysql+pymysql://glance:{} {}@nowhere.invalid/glance',
        'mysql+pymysql://glance:{}@nowhere.invalid:port/glance',
        'mysql+pymysql://glance:{}@[::1/glance',
        'mysql+pymysql://glance:{}',
        'mysql+pymysql://:{}@nowhere.invalid/glance',
        'mysql+pymysql://glance:{}@nowhere.invalid/glance?ssl_ca={}',
        'mysql+nodriver://glance:{}@nowhere.invalid/glance',
        'oracle://glance:{}@nowhere.invalid/glance',
        'postgresql+psycopg2://glance:{}@nowhere.invalid:port/glance',
        'postgresql+psycopg2://glance:{}@{}@nowhere.invalid/glance',
        'sqlite://glance:{}@nowhere.invalid/glance',
        'glance:{}@nowhere.invalid/glance',
        'mysql:glance:{}@nowhere.invalid/glance',
        '{}',
        '"{}',
    ],
)
def test_no_secret_shows_in_any_format_of_any_outcome(
    tmp_path: pathlib.Path, connection: str
) -> None:
    sections, planted = plant()
    passwords = [secrets.token_hex(8), secrets.token_hex(8)]
    user_is_secret = connection.startswith('mysql+pymysql://{}')
    url = connection.format(*passwords)
    path = command.deployment(tmp_path, url, **sections)
    hidden = [*planted, *(passwords[1:] if user_is_secret else passwords)]
    bad = write(
        tmp_path / 'bad.conf',
        f'[database]\nconnection = {url}\n[upgrade_check]\ntimeout = x\n',
    )

    for args in (
        ('--json',),
        ('--verbose',),
        ('--debug', '--verbose'),
        ('--debug', '--json', '--config-file', bad),
        ('--debug', '--target', 'none'),
        ('--debug', '--check', 'none'),
    ):
        completed = command.run('--config-file', path, *CHECK, *args)
        shown = completed.stdout + completed.stderr

        assert completed.code == 255
        assert 'Traceback' not in completed.stdout
        assert 'Traceback' not in completed.stderr or '--debug' in args
        assert [item for item in hidden if item in shown] == []


@pytest.mark.parametrize('form', formatters.FORMATS)
def test_no_secret_shows_in_a_format(
    tmp_path: pathlib.Path, form: str
) -> None:
    sections, planted = plant()
    password = secrets.token_hex(8)
    path = command.deployment(
        tmp_path,
        f'mysql+pymysql://glance:{password}%40@nowhere.invalid/glance',
        **sections,
    )

    completed = command.run(
        '--config-file', path, *CHECK, '--format', form, '--debug'
    )

    assert completed.code == (3 if form == 'nagios' else 255)
    shown = completed.stdout + completed.stderr
    assert [item for item in (password, *planted) if item in shown] == []


@pytest.mark.parametrize('password', ['glance', 'images', 'store', 'sheepdog'])
def test_an_ordinary_word_as_a_password_does_not_garble_the_report(
    tmp_path: pathlib.Path, password: str
) -> None:
    reports = []
    for word in (password, 'hunter2-and-3'):
        path = command.deployment(
            tmp_path,
            f'mysql+pymysql://glance:{word}@127.0.0.1:1/glance',
            DEFAULT={'enabled_backends': 'one:sheepdog, two:file'},
            keystone_authtoken={'password': word},
        )
        reports.append(command.run('--config-file', path, *CHECK))

    assert reports[0] == reports[1]
    assert 'sheepdog' in reports[0].stdout


def test_options_are_told_by_digest_and_secret_ones_not_at_all(
    tmp_path: pathlib.Path,
) -> None:
    sections, _planted = plant()
    path = command.deployment(tmp_path, 'sqlite:////none', **sections)

    completed = command.run('--config-file', path, *STORES, '--json')

    assert sorted(command.document(completed)['options']) == [
        'DEFAULT.enabled_backends',
        'DEFAULT.owner_is_tenant',
        'keystone_authtoken.username',
    ]


def test_nothing_is_written_beside_the_configuration(
    tmp_path: pathlib.Path, database: str
) -> None:
    path = command.deployment(tmp_path, database)
    path.chmod(stat.S_IRUSR)

    for args in ((), ('--json',), ('--debug', '--verbose')):
        assert command.run('--config-file', path, *CHECK, *args).code == 0

    assert list(tmp_path.iterdir()) == [path]
