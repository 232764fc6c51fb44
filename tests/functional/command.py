# SPDX-License-Identifier: Apache-2.0
"""The installed command, run as a user runs it, and what it reads."""

import contextlib
import dataclasses
import json
import os
import pathlib
import secrets
import shutil
import signal
import subprocess
import sys
import typing
from collections import abc

from tests.functional import untouched

COMMAND = str(pathlib.Path(sys.executable).parent / 'glance-status')
"""The script that the package installs beside this Python."""

# Nothing of the caller's environment but what a process needs.
_ENVIRONMENT = {
    'PATH': os.environ.get('PATH', os.defpath),
    # Not even root can make a directory in it.
    'HOME': '/dev/null',
    'LC_ALL': 'C.UTF-8',
}

FEW = tuple(
    word
    for name in (
        'upgrade-path',
        'database-connection',
        'schema-revision',
        'image-ownership',
        'policy-file',
        'store-backends',
    )
    for word in ('--check', name)
)
"""Arguments that leave a check of each kind, for tests that are about none:
they need not know what all the others say of a deployment."""

_VOLATILE = {
    'host': 'node1',
    'generated_at': '2026-11-22T02:00:00Z',
    'tool_version': '1.0.0',
    'duration': 0.0,
}


@dataclasses.dataclass(frozen=True)
class Completed:
    """How a command ended; ``code`` is negative where a signal killed it."""

    code: int
    stdout: str
    stderr: str


def environment(
    env: abc.Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return a small environment, with these variables added."""
    return _ENVIRONMENT | dict(env or {})


def default_signals() -> None:
    """Let a process heed what it is sent: a ``preexec_fn``.

    Who runs the tests in the background, or with ``nohup``, has a shell that
    lets SIGINT or SIGHUP be ignored, by all that is started there.
    """
    heeded = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    for number in heeded:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, heeded)


class Process(subprocess.Popen[typing.Any]):
    """The command while it runs; when it has ended, it has written nothing.

    :param words: the command, and all that stands behind it
    :param but: files and directories that others write meanwhile
    """

    def __init__(
        self,
        words: abc.Sequence[str | pathlib.Path],
        *,
        env: abc.Mapping[str, str],
        cwd: str | pathlib.Path | None = None,
        but: abc.Iterable[str | pathlib.Path] = (),
        **more: typing.Any,
    ) -> None:
        with contextlib.ExitStack() as stack:
            stack.enter_context(untouched.by(words, env, cwd, but))
            super().__init__(list(map(str, words)), env=env, cwd=cwd, **more)
            self._untouched = stack.pop_all()

    def wait(self, timeout: float | None = None) -> int:
        code = super().wait(timeout)
        self._untouched.close()
        return code


def call(
    words: abc.Sequence[str | pathlib.Path],
    *,
    input: str | bytes | None = None,
    timeout: float = 120,
    **more: typing.Any,
) -> subprocess.CompletedProcess[typing.Any]:
    """Run the command to its end, as ``subprocess.run`` would.

    :param input: what it may read, nothing by default
    :param more: what ``Process`` takes; what it prints is caught by default
    """
    given = {
        'stdin': subprocess.DEVNULL if input is None else subprocess.PIPE,
        'stdout': subprocess.PIPE,
        'stderr': subprocess.PIPE,
    }
    with Process(words, **given | more) as process:
        try:
            stdout, stderr = process.communicate(input, timeout)
        except BaseException:
            process.kill()
            raise
    return subprocess.CompletedProcess(
        process.args, process.returncode, stdout, stderr
    )


def run(
    *args: str | pathlib.Path,
    env: abc.Mapping[str, str] | None = None,
    stdin: str | None = None,
    cwd: str | pathlib.Path | None = None,
    prefix: abc.Sequence[str] = (),
    timeout: float = 120,
    program: str = COMMAND,
    but: abc.Iterable[str | pathlib.Path] = (),
) -> Completed:
    """Run ``glance-status`` with arguments and return how it ended.

    :param env: what to add to a small environment
    :param stdin: what it may read, nothing by default
    :param prefix: a command to run it with, such as ``('setpriv', ...)``
    :param timeout: seconds after which a hanging command fails the test
    :param program: what to run in its place, such as another Python
    :param but: what a plug-in writes, or another program meanwhile
    """
    process = call(
        [*prefix, program, *args],
        input=(stdin or '').encode(),
        env=environment(env),
        cwd=cwd,
        timeout=timeout,
        but=but,
    )
    return Completed(
        process.returncode,
        process.stdout.decode(errors='backslashreplace'),
        process.stderr.decode(errors='backslashreplace'),
    )


def document(output: str | Completed) -> typing.Any:
    """Return the JSON on stdout, its volatile values replaced by fixed ones.

    These are the host, the time, durations and the version of the tool; the
    document still is as its schema has it.
    """
    text = output.stdout if isinstance(output, Completed) else output
    return json.loads(text, object_hook=_steady)


def _steady(item: dict[str, typing.Any]) -> dict[str, typing.Any]:
    return {name: _VOLATILE.get(name, value) for name, value in item.items()}


Section = abc.Mapping[str, str | abc.Sequence[str]]


def deployment(
    directory: pathlib.Path,
    connection: str | None = None,
    **sections: Section,
) -> pathlib.Path:
    """Write a glance-api.conf into a directory and return its path.

    :param connection: that of [database]; a ``$`` in it is escaped
    :param sections: options by section; a sequence is a repeated option, and
        a ``$`` is as oslo.config has it
    """
    written = {name: dict(options) for name, options in sections.items()}
    if connection is not None:
        written.setdefault('database', {})
        written['database']['connection'] = connection.replace('$', '$$')
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / 'glance-api.conf'
    path.write_text(configuration(written), encoding='utf-8')
    return path


def plugin(site: pathlib.Path, name: str, text: str, value: str) -> None:
    """Install a module with a plug-in, as far as Python looks.

    :param site: the directory, for ``PYTHONPATH``
    :param name: of the module, of its distribution, and before ``.checks``
    :param value: what the module calls the plug-in
    """
    information = site / f'{name}-1.dist-info'
    information.mkdir(parents=True)
    (site / f'{name}.py').write_text(text)
    (information / 'METADATA').write_text(f'Name: {name}\nVersion: 1\n')
    (information / 'entry_points.txt').write_text(
        f'[{name}.checks]\n{name} = {name}:{value}\n'
    )


def configuration(sections: abc.Mapping[str, Section]) -> str:
    """Return sections as the text of a configuration file."""
    lines = []
    for name, options in sections.items():
        lines.append(f'[{name}]')
        for option, value in options.items():
            values = [value] if isinstance(value, str) else value
            lines += [f'{option} = {item}' for item in values]
    return '\n'.join(lines) + '\n'


@contextlib.contextmanager
def like_etc_glance() -> abc.Iterator[pathlib.Path]:
    """Make a directory whose path is as long as /etc/glance.

    Where tests compare tables, whose width paths decide.
    """
    path = pathlib.Path(f'/tmp/{secrets.token_hex(3)}')
    path.mkdir(mode=0o700)
    try:
        yield path
    finally:
        shutil.rmtree(path)


def in_etc_glance(text: str, directory: pathlib.Path) -> str:
    """Return a text as if that directory were /etc/glance."""
    return text.replace(str(directory), '/etc/glance')


# Root may read everything by these alone; to whom files belong stays as it
# is, so that an interpreter under root's home can be run all the same.
_WITHOUT_RIGHTS = (
    'setpriv',
    '--bounding-set=-dac_override,-dac_read_search',
)


def unprivileged() -> tuple[str, ...]:
    """Return the prefix that makes files' permissions hold, for root too."""
    return _WITHOUT_RIGHTS if os.geteuid() == 0 else ()
