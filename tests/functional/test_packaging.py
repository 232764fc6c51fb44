# SPDX-License-Identifier: Apache-2.0
"""Tests that build the Debian package, and look at what is in it."""

import gzip
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

from tests.functional import command

REPOSITORY = pathlib.Path(__file__).parents[2]
DEBIAN = REPOSITORY / 'examples' / 'packaging' / 'debian'
# Debian's Python builds Debian's packages, and no other that is on the PATH.
SYSTEM = {'PATH': '/usr/sbin:/usr/bin:/sbin:/bin'}
# Debian 12 has what builds the package, and not what it needs to run.
NO_CHECK = {'DEB_BUILD_OPTIONS': 'nocheck', 'DEB_BUILD_PROFILES': 'nocheck'}

MODULES = pathlib.Path('usr/lib/python3/dist-packages')
EXAMPLES = pathlib.Path('usr/share/doc/glance-status/examples')


def run(*words: str | pathlib.Path, **options: str) -> command.Completed:
    """Run a program of the system; options are the environment, and cwd."""
    cwd = options.pop('cwd', None)
    process = subprocess.run(
        words,
        env=command.environment(SYSTEM | NO_CHECK | options),
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    return command.Completed(
        process.returncode, process.stdout, process.stderr
    )


@pytest.fixture(scope='module')
def built(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The package, built in a copy of the tree without git."""
    if not shutil.which('dpkg-buildpackage', path=SYSTEM['PATH']):
        pytest.skip('dpkg-buildpackage is not installed')
    source = tmp_path_factory.mktemp('debian') / 'glance-status'
    shutil.copytree(
        REPOSITORY,
        source,
        ignore=shutil.ignore_patterns(
            '.*',
            '__pycache__',
            '*.egg-info',
            'build',
            'dist',
            # What pbr made of git.
            'AUTHORS',
            'ChangeLog',
        ),
    )
    shutil.copytree(DEBIAN, source / 'debian')
    missing = run('dpkg-checkbuilddeps', cwd=str(source))
    if missing.code:
        pytest.skip(missing.stderr.strip())
    done = run('dpkg-buildpackage', '-us', '-uc', '-b', cwd=str(source))
    assert done.code == 0, done.stdout + done.stderr
    (package,) = source.parent.glob('*.deb')
    return package


@pytest.fixture(scope='module')
def unpacked(built: pathlib.Path) -> pathlib.Path:
    """The directory with the files of the package."""
    directory = built.parent / 'unpacked'
    assert run('dpkg-deb', '-x', built, directory).code == 0
    return directory


def files_in(directory: pathlib.Path) -> set[str]:
    """Return the files below a directory."""
    return {
        str(path.relative_to(directory))
        for path in directory.rglob('*')
        if path.is_file() and '__pycache__' not in path.parts
    }


def test_the_package_has_all_modules_and_their_data(
    built: pathlib.Path, unpacked: pathlib.Path
) -> None:
    source = built.parent / 'glance-status' / 'glance_status'

    assert files_in(unpacked / MODULES / 'glance_status') == files_in(source)


def test_the_package_has_the_rest_where_debian_has_it(
    built: pathlib.Path, unpacked: pathlib.Path
) -> None:
    source = built.parent / 'glance-status' / 'examples' / 'runbooks'
    doc = 'usr/share/doc/glance-status'
    others = {
        path
        for path in files_in(unpacked)
        if not path.startswith((str(MODULES), str(EXAMPLES / 'runbooks')))
    }

    assert others == {
        'usr/bin/glance-status',
        'usr/share/bash-completion/completions/glance-status',
        'usr/share/man/man1/glance-status.1.gz',
        'usr/share/zsh/site-functions/_glance-status',
        f'{doc}/README.rst.gz',
        f'{doc}/changelog.Debian.gz',
        f'{doc}/copyright',
        f'{doc}/examples/glance-status.conf.sample',
    }
    compressed = {
        path.removesuffix('.gz')
        for path in files_in(unpacked / EXAMPLES / 'runbooks')
    }
    assert compressed == files_in(source)


def test_the_manual_page_says_what_the_command_does(
    unpacked: pathlib.Path,
) -> None:
    page = unpacked / 'usr/share/man/man1/glance-status.1.gz'
    text = gzip.decompress(page.read_bytes()).decode()
    plain = text.replace('\\-', '-').replace('\\&', '')

    assert (
        '.SH NAME\nglance-status - tell whether an upgrade of OpenStack '
        'Glance will go through\n'
    ) in plain
    for option in ('--target', '--before', '--json', '--deadline'):
        assert option in plain


def test_what_was_packaged_runs(unpacked: pathlib.Path) -> None:
    modules = str(unpacked / MODULES)
    first = (DEBIAN / 'changelog').read_text().splitlines()[0]
    (expected,) = re.findall(r'\((.*)-\d+\)', first)

    version, listed = (
        subprocess.run(
            [sys.executable, '-B', '-m', 'glance_status', *words],
            env=command.environment({'PYTHONPATH': modules}),
            cwd=unpacked,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        for words in (['--version'], ['upgrade', 'list'])
    )

    assert version.stdout == f'glance-status {expected}\n'
    assert (listed.returncode, listed.stderr) == (0, '')
    assert listed.stdout == command.run('upgrade', 'list').stdout


def test_the_command_of_the_package_is_debians_python(
    unpacked: pathlib.Path,
) -> None:
    script = (unpacked / 'usr/bin/glance-status').read_text()

    assert script.startswith('#!/usr/bin/python3\n')
    assert os.access(unpacked / 'usr/bin/glance-status', os.X_OK)


def debian_name(name: str) -> str:
    """Return how Debian calls what PyPI calls so."""
    plain = name.lower().replace('_', '-')
    return 'python3-' + plain.removeprefix('py')


def test_the_package_asks_for_what_the_project_requires() -> None:
    required = {
        (debian_name(name), version)
        for name, version in re.findall(
            r'^([\w.-]+)>=([\d.]+)',
            (REPOSITORY / 'requirements.txt').read_text(),
            re.MULTILINE,
        )
    }
    build, package = (
        set(
            re.findall(
                r'^ (python3-[\w.-]+) \(>= (?:1:)?([\d.]+)\)', part, re.M
            )
        )
        for part in (DEBIAN / 'control').read_text().split('\n\n', 1)
    )

    assert build == required
    assert package == required


def test_a_package_like_glances_keeps_its_command(
    built: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    other = glance_common(tmp_path)
    system = System(tmp_path / 'system')
    ours = '#!/usr/bin/python3\n'

    system.unpack(other)
    system.unpack(built)
    assert system.commands() == {
        'glance-status': ours,
        'glance-status.glance': 'theirs\n',
    }
    system.unpack(built)
    system.unpack(other)
    assert system.commands() == {
        'glance-status': ours,
        'glance-status.glance': 'theirs\n',
    }
    system.remove('glance-status')
    assert system.commands() == {'glance-status': 'theirs\n'}


def test_glances_command_may_also_come_second(
    built: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    other = glance_common(tmp_path)
    system = System(tmp_path / 'system')

    system.unpack(built)
    system.unpack(other)
    system.remove('glance-common')
    assert system.commands() == {'glance-status': '#!/usr/bin/python3\n'}
    system.remove('glance-status')
    assert system.commands() == {}
    assert system.diversions() == ''


def glance_common(directory: pathlib.Path) -> pathlib.Path:
    """Build a package that has the command, as Debian's glance-common."""
    tree = directory / 'glance-common'
    (tree / 'DEBIAN').mkdir(parents=True)
    (tree / 'DEBIAN' / 'control').write_text(
        'Package: glance-common\nVersion: 2:25.1.0-2\nArchitecture: all\n'
        'Maintainer: Nobody <nobody@example.org>\nDescription: a stand-in\n'
    )
    (tree / 'usr/bin').mkdir(parents=True)
    (tree / 'usr/bin/glance-status').write_text('theirs\n')
    package = directory / 'glance-common.deb'
    assert run('dpkg-deb', '--build', tree, package).code == 0
    return package


class System:
    """A directory that dpkg takes for a system of its own."""

    def __init__(self, root: pathlib.Path) -> None:
        self.root = root
        self.state = root / 'var/lib/dpkg'
        for name in ('info', 'updates'):
            (self.state / name).mkdir(parents=True)
        for name in ('status', 'available'):
            (self.state / name).touch()

    def unpack(self, package: pathlib.Path) -> None:
        """Unpack a package; what it depends on is not there."""
        self._dpkg('--unpack', package)

    def remove(self, name: str) -> None:
        """Remove a package."""
        self._dpkg('--purge', name)

    def _dpkg(self, *words: str | pathlib.Path) -> None:
        done = run(
            'dpkg',
            f'--root={self.root}',
            '--force-script-chrootless,depends,not-root',
            '--log=/dev/null',
            *words,
        )
        assert done.code == 0, done

    def commands(self) -> dict[str, str]:
        """Return the first line of each command."""
        return {
            path.name: path.read_text().splitlines(keepends=True)[0]
            for path in (self.root / 'usr/bin').glob('*')
        }

    def diversions(self) -> str:
        """Return what is diverted."""
        return (self.state / 'diversions').read_text()
