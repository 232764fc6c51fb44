# SPDX-License-Identifier: Apache-2.0
"""What on this host starts Glance: services, web servers, cron."""

import functools
import glob
import os
import re
import shlex
import typing

from glance_status.checks import texts

# In the order in which systemd prefers them.
UNITS = (
    'etc/systemd/system',
    'run/systemd/system',
    'usr/local/lib/systemd/system',
    'usr/lib/systemd/system',
    'lib/systemd/system',
)
WEB_SERVERS = (
    'etc/apache2/**/*.conf',
    'etc/httpd/**/*.conf',
    'etc/nginx/**/*.conf',
    'etc/uwsgi/**/*.*',
    'etc/uwsgi.d/*.*',
    'etc/glance/*uwsgi*',
)
# Of sites and modules that are there and not used.
_UNUSED = re.compile(r'/(sites|conf|mods|apps)-available/')
CRON = (
    'etc/crontab',
    'etc/cron.*/*',
    'var/spool/cron/*',
    'var/spool/cron/*/*',
)


class Line(typing.NamedTuple):
    """A line of a file that says something; lines count from 1."""

    path: str
    number: int
    text: str

    @property
    def place(self) -> str:
        """Return where it stands, as messages have it."""
        return f'{self.path}, line {self.number}'


class Service(typing.NamedTuple):
    """A command that systemd starts a service with.

    :param words: the command without what only wraps it, such as a shell
    """

    unit: str
    line: Line
    words: tuple[str, ...]

    @property
    def program(self) -> str:
        """Return the path of the program, empty where none is named."""
        return self.words[0] if self.words else ''


def services(root: str, word: str) -> list[Service]:
    """Return the commands of services in which a word stands."""
    return [
        Service(unit, line, tuple(_unwrapped(_words(line.text))))
        for unit, files in sorted(_units(root).items())
        # A host has hundreds of others.
        if any(word in _text(path) for path in files)
        # One that is masked is a link to nothing.
        and os.path.realpath(files[0]) != os.devnull
        for line in _commands(files)
        if word in line.text
    ]


def lines(
    root: str, patterns: typing.Iterable[str], wanted: str
) -> list[Line]:
    """Return the lines of files that have a word outside of comments.

    :param patterns: of files below the root, as shells have them
    """
    return [
        Line(path, number, line)
        for path in _files(root, patterns)
        for number, line in enumerate(_text(path).splitlines(), 1)
        if wanted in line and not line.lstrip().startswith(('#', ';'))
    ]


def _files(root: str, patterns: typing.Iterable[str]) -> list[str]:
    found = {
        os.path.realpath(path): path
        for pattern in patterns
        for path in sorted(
            glob.glob(os.path.join(glob.escape(root), pattern), recursive=True)
        )
        if os.path.isfile(path) and not _UNUSED.search(path)
    }
    return sorted(found.values())


def _text(path: str) -> str:
    try:
        found = os.stat(path)
    except OSError:
        return ''
    return _text_of(path, found.st_mtime_ns, found.st_size)


# Several checks look at the same hundreds of files.
@functools.cache
def _text_of(path: str, _changed: int, _size: int) -> str:
    return texts.read(path).text or ''


def _units(root: str) -> dict[str, list[str]]:
    """Return the files of each service, drop-ins last."""
    units: dict[str, str] = {}
    drop_ins: dict[str, dict[str, str]] = {}
    for directory in _unit_directories(root):
        for name in _listed(directory):
            if name.endswith('.service'):
                units.setdefault(name, f'{directory}/{name}')
            elif name.endswith('.service.d'):
                path = f'{directory}/{name}'
                more = drop_ins.setdefault(name.removesuffix('.d'), {})
                for part in _listed(path):
                    if part.endswith('.conf'):
                        more.setdefault(part, os.path.join(path, part))
    return {
        unit: [
            path,
            *(more for _name, more in sorted(drop_ins.get(unit, {}).items())),
        ]
        for unit, path in units.items()
    }


def _unit_directories(root: str) -> typing.Iterable[str]:
    """Return those that are there, /lib and /usr/lib once if they are one."""
    there: dict[str, str] = {}
    for place in UNITS:
        directory = os.path.join(root, place)
        there.setdefault(os.path.realpath(directory), directory)
    return there.values()


def _listed(directory: str) -> list[str]:
    try:
        return sorted(os.listdir(directory))
    except OSError:
        return []


def _commands(files: list[str]) -> list[Line]:
    """Return what a service is started with; an empty one takes all back."""
    found: list[Line] = []
    for path in files:
        section = ''
        for line in _joined(path):
            text = line.text.strip()
            if text.startswith('['):
                section = text
            name, equals, value = text.partition('=')
            if (
                section == '[Service]'
                and equals
                and name.strip() == 'ExecStart'
            ):
                value = value.strip()
                found = [*found, line._replace(text=value)] if value else []
    return found


def _joined(path: str) -> typing.Iterator[Line]:
    """Yield lines without comments, those that go on below put together."""
    begun: Line | None = None
    for number, text in enumerate(_text(path).splitlines(), 1):
        if text.lstrip().startswith(('#', ';')):
            continue
        line = Line(path, number, text)
        if begun is not None:
            line = begun._replace(text=f'{begun.text} {text.strip()}')
        if line.text.endswith('\\'):
            begun = line._replace(text=line.text[:-1])
            continue
        begun = None
        yield line


def _words(command: str) -> list[str]:
    command = command.lstrip('@-:+!|')
    try:
        return shlex.split(command)
    except ValueError:
        return command.split()


def _unwrapped(words: list[str]) -> list[str]:
    """Return a command without env, shells and interpreters around it."""
    while words:
        name = os.path.basename(words[0])
        if name in ('sh', 'bash', 'dash') and '-c' in words[:-1]:
            words = _words(words[words.index('-c') + 1])
        elif (
            name in ('env', 'exec', 'sh', 'bash', 'dash')
            or re.fullmatch(r'python[\d.]*', name)
            or name.startswith('-')
            or re.match(r'\w+=', name)
        ):
            words = words[1:]
        else:
            return words
    return []
