# SPDX-License-Identifier: Apache-2.0
"""Tests of how real shells complete the command when TAB is pressed."""

import os
import pathlib
import shutil
import subprocess
import sys
import typing

import pytest

from tests.functional import command, terminals

ROOT = pathlib.Path(__file__).parents[2]
FILES = ROOT / 'etc' / 'completion'
LOADER = pathlib.Path('/usr/share/bash-completion/bash_completion')

BASH = """
PS1='$ '
HISTFILE=
bind 'set bell-style none'
bind 'set show-all-if-ambiguous on'
bind 'set enable-bracketed-paste off'
"""
ZSH = """
PS1='$ '
unsetopt prompt_sp beep
autoload -Uz compinit
"""
CHECK = 'glance-status upgrade check'


def test_the_files_are_what_the_command_line_makes_of_them(
    tmp_path: pathlib.Path,
) -> None:
    subprocess.run(
        [sys.executable, ROOT / 'tools' / 'make_completion.py', tmp_path],
        check=True,
    )

    made = {path.name: path.read_text() for path in tmp_path.iterdir()}
    kept = {path.name: path.read_text() for path in FILES.iterdir()}
    assert made == kept, 'run tools/make_completion.py'


def needs(found: object, what: str) -> None:
    """Skip where a shell is missing; CI brings all of them."""
    if not found:
        assert os.environ.get('GLANCE_STATUS_REQUIRE_SERVERS') != '1', what
        pytest.skip(f'{what} is not installed')


def bash(directory: pathlib.Path) -> list[str]:
    """Return a bash that was given the file by name."""
    needs(shutil.which('bash'), 'bash')
    settings = directory / 'bashrc'
    settings.write_text(f'{BASH}source {FILES}/glance-status\n')
    return ['bash', '--noprofile', '--rcfile', str(settings), '-i']


def bash_completion(directory: pathlib.Path) -> list[str]:
    """Return a bash that finds the file where it is installed."""
    needs(LOADER.exists(), 'bash-completion')
    share = directory / 'share'
    shutil.copytree(FILES, share / 'bash-completion' / 'completions')
    settings = directory / 'bashrc'
    settings.write_text(f'{BASH}XDG_DATA_DIRS={share}\nsource {LOADER}\n')
    return ['bash', '--noprofile', '--rcfile', str(settings), '-i']


def zsh(directory: pathlib.Path) -> list[str]:
    """Return a zsh that finds the file where it is installed."""
    needs(shutil.which('zsh'), 'zsh')
    (directory / '.zshrc').write_text(
        f'{ZSH}fpath=({FILES} $fpath)\ncompinit -u -d {directory}/dump\n'
    )
    return ['env', f'ZDOTDIR={directory}', 'zsh', '-d', '-i']


SHELLS: dict[str, typing.Callable[[pathlib.Path], list[str]]] = {
    'bash': bash,
    'bash-completion': bash_completion,
    'zsh': zsh,
}


@pytest.fixture(scope='module', params=SHELLS)
def shell(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> typing.Iterator[terminals.Terminal]:
    """A shell in a directory with a few files."""
    directory = tmp_path_factory.mktemp('shell')
    args = SHELLS[request.param](directory)
    place = directory / 'place'
    (place / 'conf.d').mkdir(parents=True)
    for name in ('glance-api.conf', 'node1.json', 'other.json'):
        (place / name).touch()
    with terminals.Terminal(
        *('env', '-C', place, *args),
        columns=200,
        # zsh notes what it can complete.
        but=[directory / 'dump'],
    ) as screen:
        screen.wait_until(lambda lines: lines == ['$'])
        yield screen


def after_tab(shell: terminals.Terminal, typed: str) -> tuple[str, set[str]]:
    """Press TAB behind a line; return the line then, and what is offered."""
    # Ctrl-U and Ctrl-L make the line and the screen empty.
    shell.type('\x15\x0c')
    shell.wait_until(lambda lines: lines == ['$'])
    # What is typed after it shows that the completion is done.
    shell.type(f'{typed}\t~')
    shell.wait_for('~')
    lines = shell.shown()
    (line,) = [line for line in lines if line.endswith('~')]
    others = [other for other in lines if not other.startswith('$ ')]
    return line[2:-1], {word for other in others for word in other.split()}


@pytest.mark.parametrize(
    ('typed', 'line'),
    [
        ('glance-status upg', 'glance-status upgrade '),
        ('glance-status upgrade che', f'{CHECK} '),
        ('glance-status --vers', 'glance-status --version '),
        (f'{CHECK} --tar', f'{CHECK} --target '),
        (f'{CHECK} --target car', f'{CHECK} --target caracal '),
        (f'{CHECK} --target 2026.2', f'{CHECK} --target 2026.2 '),
        (f'{CHECK} --target roc', f'{CHECK} --target roc'),
        (f'{CHECK} --from roc', f'{CHECK} --from rocky '),
        (f'{CHECK} --format js', f'{CHECK} --format json '),
        (f'{CHECK} --before s', f'{CHECK} --before sync '),
        (f'{CHECK} --check upgr', f'{CHECK} --check upgrade-path '),
        (f'{CHECK} --skip upgr', f'{CHECK} --skip upgrade-path '),
        (
            f'{CHECK} --check policy-file --check upgr',
            f'{CHECK} --check policy-file --check upgrade-path ',
        ),
        (f'{CHECK} --waivers oth', f'{CHECK} --waivers other.json '),
        (f'{CHECK} --baseline oth', f'{CHECK} --baseline other.json '),
        (
            'glance-status --config-file gla',
            'glance-status --config-file glance-api.conf ',
        ),
        (
            'glance-status --config-file a --config-file gla',
            'glance-status --config-file a --config-file glance-api.conf ',
        ),
        (
            'glance-status --config-file a --config-dir co',
            'glance-status --config-file a --config-dir conf.d/',
        ),
        (
            'glance-status --config-file a upgrade check --json --deb',
            'glance-status --config-file a upgrade check --json --debug ',
        ),
        (
            'glance-status upgrade explain removed',
            'glance-status upgrade explain removed-store ',
        ),
        (
            'glance-status upgrade explain waiver-exp',
            'glance-status upgrade explain waiver-expired ',
        ),
        (
            'glance-status upgrade merge nod',
            'glance-status upgrade merge node1.json ',
        ),
        (
            'glance-status upgrade merge node1.json oth',
            'glance-status upgrade merge node1.json other.json ',
        ),
        ('glance-status upgrade lst', 'glance-status upgrade lst'),
    ],
)
def test_what_is_begun_is_completed(
    shell: terminals.Terminal, typed: str, line: str
) -> None:
    assert after_tab(shell, typed) == (line, set())


@pytest.mark.parametrize(
    ('typed', 'words'),
    [
        (f'{CHECK} --before ', {'sync', 'restart'}),
        (f'{CHECK} --fail-on ', {'any', 'new'}),
        ('glance-status upgrade list --format ', {'table', 'json'}),
    ],
)
def test_where_there_is_a_choice_it_is_shown(
    shell: terminals.Terminal, typed: str, words: set[str]
) -> None:
    assert after_tab(shell, typed) == (typed, words)


@pytest.mark.parametrize('shell', ['zsh'], indirect=True)
@pytest.mark.parametrize(
    ('typed', 'line'),
    [
        (f'{CHECK} --output js', f'{CHECK} --output json:'),
        (f'{CHECK} --output json:oth', f'{CHECK} --output json:other.json '),
    ],
)
def test_zsh_knows_the_two_parts_of_an_output(
    shell: terminals.Terminal, typed: str, line: str
) -> None:
    assert after_tab(shell, typed) == (line, set())


@pytest.mark.parametrize(
    'words',
    [
        ('--shell_completion', 'bash'),
        ('--shell_completion=zsh',),
        ('--shell_completion',),
        ('upgrade', '--shell_completion', 'bash'),
        ('upgrade', 'check', '--shell_completion', 'bash'),
    ],
)
def test_the_option_of_oslo_config_is_no_option_here(
    words: tuple[str, ...],
) -> None:
    assert command.run(*words) == command.Completed(
        255,
        '',
        "glance-status: there is no option '--shell_completion'. "
        'See `glance-status --help`.\n',
    )
