# SPDX-License-Identifier: Apache-2.0
"""What this tool says of deployments."""

import contextlib
import dataclasses
import importlib.metadata
import pathlib
import sys
import tempfile
from collections import abc

import glance_status
from glance_status import releases, results
from tests.functional import command

# Where Glance's own Python is older, the tool has one of its own.
OLDEST = 29
# Seconds that it may take, however busy the machine is, and each check half.
LIMIT = 600


@dataclasses.dataclass(frozen=True)
class Said:
    """The ids of what it found, and what kept it from it.

    :param error: what it did not come to a result about, None for nothing
    """

    failures: tuple[str, ...]
    warnings: tuple[str, ...]
    error: str | None


class Tool:
    """This tool, beside a released Glance where that can be."""

    def __init__(
        self, words: tuple[str, ...], env: abc.Mapping[str, str]
    ) -> None:
        self._words, self._env = words, env

    def says(
        self,
        directory: pathlib.Path,
        source: releases.Release,
        target: releases.Release,
    ) -> Said:
        """Return what it says of the deployment in a directory."""
        program, *words = self._words
        done = command.run(
            *words,
            *('upgrade', 'check', '--json'),
            *('--from', source.version, '--target', target.version),
            *('--timeout', str(LIMIT // 2)),
            program=program,
            timeout=LIMIT,
            env={**self._env, 'OS_GLANCE_CONFIG_DIR': str(directory)},
        )
        if not done.stdout:
            return Said((), (), f'{done.code}: {done.stderr.strip()}')
        checks = command.document(done)['checks']
        found = [item for row in checks for item in row['findings']]
        broken = [row for row in checks if row['result'] == results.ERROR]
        failures, warnings = (
            tuple(
                dict.fromkeys(
                    item['id'] for item in found if item['result'] == result
                )
            )
            for result in (results.FAILURE, results.WARNING)
        )
        error = '; '.join(f'{row["id"]}: {row["details"]}' for row in broken)
        return Said(failures, warnings, error or None)


@contextlib.contextmanager
def beside(
    python: pathlib.Path, release: releases.Release
) -> abc.Iterator[Tool]:
    """Put the tool beside a Glance, as it is installed beside a new one."""
    if release.major < OLDEST:
        here = pathlib.Path(glance_status.__file__).parent.parent
        yield Tool(
            (sys.executable, '-m', 'glance_status'), {'PYTHONPATH': str(here)}
        )
        return
    installed = importlib.metadata.distribution('glance-status')
    with tempfile.TemporaryDirectory() as site:
        for path in (
            pathlib.Path(glance_status.__file__).parent,
            # In it stand the entry points.
            pathlib.Path(str(installed._path)),
        ):
            pathlib.Path(site, path.name).symlink_to(path.resolve())
        yield Tool(
            (str(python), '-W', 'ignore', '-m', 'glance_status'),
            {'PYTHONPATH': site, 'PYTHONDONTWRITEBYTECODE': '1'},
        )
