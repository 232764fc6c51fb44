# SPDX-License-Identifier: Apache-2.0
"""What the kernel is asked to change: nothing, anywhere on the host.

Other tests compare what a run was told of; this one sees each call.
"""

import os
import pathlib
import re
import shutil
from collections import abc

import pytest

from tests.functional import command, glance_databases

# Those that change a file, or what stands in a directory. A question mark
# leaves out what a kernel does not have.
CALLS = ','.join(
    f'?{name}'
    for name in (
        *('open', 'openat', 'openat2', 'creat', 'truncate', 'ftruncate'),
        *('mkdir', 'mkdirat', 'rmdir', 'unlink', 'unlinkat', 'mknod'),
        *('mknodat', 'link', 'linkat', 'symlink', 'symlinkat', 'rename'),
        *('renameat', 'renameat2', 'chmod', 'fchmod', 'fchmodat', 'chown'),
        *('fchown', 'lchown', 'fchownat', 'utime', 'utimes', 'futimesat'),
        *('utimensat', 'fallocate', 'setxattr', 'lsetxattr', 'fsetxattr'),
        *('removexattr', 'lremovexattr', 'fremovexattr', 'mount'),
    )
)
# Opened like this, a file may change.
CHANGING = re.compile(r'\bO_(WRONLY|RDWR|CREAT|TRUNC|APPEND)\b')
# It keeps nothing.
NOWHERE = re.compile(r'"/dev/(null|tty)"')
# One process after the other says what it does; ends of calls that another
# interrupted, and signals, are no calls.
CALL = re.compile(r'(?:\d+ +)?(\w+)\((.*)')

PLUGIN = """
import os
import pathlib

from oslo_upgradecheck import upgradecheck

from glance_status import plugins


class Writes(plugins.BaseChecks):
    def get_checks(self):
        return [('It writes', self.write)]

    def write(self, checker):
        pathlib.Path(os.environ['FILE']).write_text('x')
        return upgradecheck.Result(upgradecheck.Code.SUCCESS)
"""


@pytest.fixture(scope='module')
def tracer() -> str:
    found = shutil.which('strace')
    if not found:
        if os.environ.get('GLANCE_STATUS_REQUIRE_SERVERS'):
            pytest.fail('there is no strace; see tools/test-setup.sh')
        pytest.skip('there is no strace')
    return found


def changes(
    tracer: str,
    directory: pathlib.Path,
    *words: str | pathlib.Path,
    but: abc.Iterable[str | pathlib.Path] = (),
    **env: str,
) -> tuple[int, list[str]]:
    """Return the exit code, and each call that may change something."""
    trace = directory / 'trace'
    ran = command.run(
        *words,
        prefix=(
            *(tracer, '-f', '-qq', '-e', 'signal=none', '-s', '4096'),
            *('-e', f'trace={CALLS}', '-o', str(trace)),
        ),
        # Python's own cache, which another run may have made.
        env={'PYTHONDONTWRITEBYTECODE': '1', **env},
        but=[trace, *but],
    )
    found = []
    for line in trace.read_text().splitlines():
        if not (match := CALL.match(line)):
            continue
        name, rest = match.groups()
        if name.startswith('open') and not CHANGING.search(rest):
            continue
        if not NOWHERE.search(rest):
            found.append(f'{name}({rest}')
    return ran.code, found


@pytest.mark.parametrize('server', glance_databases.SERVERS)
def test_to_check_and_to_plan_changes_nothing_anywhere(
    server: str, tracer: str, tmp_path: pathlib.Path
) -> None:
    with glance_databases.database(server, 'up_to_date', tmp_path) as url:
        conf = command.deployment(tmp_path / 'etc', url)
        for words in (
            ('check',),
            ('check', '--json', '--timeout', '30'),
            ('plan', '--target', '33'),
        ):
            code, found = changes(
                tracer, tmp_path, '--config-file', conf, 'upgrade', *words
            )
            assert (code in (0, 1, 2), found) == (True, [])


@pytest.mark.parametrize(
    'words', [('list',), ('list', '--json'), ('explain', 'paste-file')]
)
def test_to_tell_what_there_is_changes_nothing_anywhere(
    words: abc.Sequence[str], tracer: str, tmp_path: pathlib.Path
) -> None:
    assert changes(tracer, tmp_path, 'upgrade', *words) == (0, [])


def test_who_writes_is_seen(tracer: str, tmp_path: pathlib.Path) -> None:
    site = tmp_path / 'site'
    command.plugin(site, 'writes', PLUGIN, 'Writes')
    file = tmp_path / 'written'
    conf = command.deployment(tmp_path / 'etc')
    code, found = changes(
        *(tracer, tmp_path, '--config-file', conf, 'upgrade', 'check'),
        *('--namespace', 'writes.checks', '--check', 'writes:it-writes'),
        but=[file],
        PYTHONPATH=str(site),
        FILE=str(file),
    )
    assert code == 0
    assert len(found) == 1
    assert found[0].startswith(f'openat(AT_FDCWD, "{file}", O_WRONLY|')
