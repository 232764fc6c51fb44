# SPDX-License-Identifier: Apache-2.0
"""The source packages of the last Glance of each release, and its library.

For every release in ``glance_status/releases/releases.json`` these are its
last glance, and the glance_store that OpenStack tested it with.
"""

import argparse
import contextlib
import json
import pathlib
import tempfile
import venv
from collections.abc import Iterator

import releases

RELEASES = releases.OUTPUT / 'releases.json'

# Release, package and file.
Archive = tuple[int, str, pathlib.Path]


@contextlib.contextmanager
def wanted(what: str, argv: list[str] | None) -> Iterator[list[Archive]]:
    """Parse the command line of a tool and give it the packages.

    :param what: what the tool does
    """
    parser = argparse.ArgumentParser(description=what, allow_abbrev=False)
    parser.add_argument(
        '--packages',
        type=pathlib.Path,
        metavar='DIR',
        help='where the source packages are kept (nowhere)',
    )
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as scratch:
        folder = args.packages or pathlib.Path(scratch, 'packages')
        yield fetch(folder, pathlib.Path(scratch, 'venv'))


def fetch(folder: pathlib.Path, environment: pathlib.Path) -> list[Archive]:
    """Return all archives, oldest first; download what is missing.

    pip runs a source package's own set-up to learn of its dependencies, and
    that needs pbr.
    """
    folder.mkdir(parents=True, exist_ok=True)
    archives = []
    for release in json.loads(RELEASES.read_text('utf-8')):
        for package, version in (
            ('glance', release['last']),
            ('glance_store', release['libraries']['glance_store']),
        ):
            archive = folder / f'{package}-{version}.tar.gz'
            archives.append((release['major'], package, archive))
    missing = [archive for *_, archive in archives if not archive.exists()]
    if missing:
        venv.create(environment, with_pip=True)
        pip = str(environment / 'bin' / 'pip')
        releases.run(pip, 'install', '--quiet', 'pbr', 'setuptools', 'wheel')
    for archive in missing:
        name = archive.name.removesuffix('.tar.gz').replace('-', '==')
        releases.run(
            *(pip, 'download', '--quiet', '--no-deps', '--no-binary=:all:'),
            *('--no-build-isolation', '--ignore-requires-python'),
            *('--dest', str(folder), name),
        )
    return archives
