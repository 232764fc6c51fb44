# SPDX-License-Identifier: Apache-2.0
"""Configuration files as they are written, with the line of each option."""

import codecs
import io
import os
import stat
import typing

from oslo_config import iniparser

from glance_status import errors

# Bytes of all files together. The sample that Glance ships has 200 KiB, and
# ten thousand stores fit in; beyond it oslo.config takes time and memory that
# nobody waits for.
LARGEST = 4 * 1024 * 1024


class ConfigurationError(errors.Problem):
    """The configuration cannot be read; the text says why, in one line."""


class Setting(typing.NamedTuple):
    """An option as a file has it; ``line`` counts from 1."""

    file: str
    line: int
    section: str
    option: str
    value: str

    @property
    def place(self) -> str:
        """Return where it stands, as messages have it."""
        return f'{self.file}, line {self.line}'

    @property
    def name(self) -> str:
        """Return it as ``[section] option``."""
        return f'[{self.section}] {self.option}'


def group_name(section: str) -> str:
    """Return the name by which oslo.config knows a section."""
    return section if section == 'DEFAULT' else section.lower()


def settings_of(files: typing.Iterable[str]) -> list[Setting]:
    """Return all that these files set; ConfigurationError as in ``read``."""
    settings: list[Setting] = []
    left = LARGEST
    for file in files:
        content = _content_of(file, left)
        left -= len(content)
        settings += _settings_in(file, _text_of(file, content))
    return settings


class _Reader(iniparser.BaseParser):
    """Keeps file and line, which oslo.config's own parser forgets."""

    def __init__(self, file: str):
        super().__init__()
        self.file = file
        self.section = ''
        self.settings: list[Setting] = []

    def new_section(self, section: str) -> None:
        self.section = section

    def assignment(self, key: str, value: list[str]) -> None:
        line = self.lineno - len(value)
        if not self.section:
            raise iniparser.ParseError('no [section] before it', line, '')
        self.settings.append(
            Setting(self.file, line, self.section, key, '\n'.join(value))
        )


def _settings_in(file: str, text: str) -> list[Setting]:
    reader = _Reader(file)
    try:
        # The empty line at the end makes the last option end where the
        # others do, one line below its last.
        reader.parse([*io.StringIO(text, newline=None), ''])
    except iniparser.ParseError as error:
        # Its text repeats the line, in which a password may stand; so does
        # the traceback that --debug shows.
        what = error.msg[:1].lower() + error.msg[1:]
        raise ConfigurationError(
            f'{file}, line {error.lineno}: {what}.'
        ) from None
    return reader.settings


def _text_of(file: str, content: bytes) -> str:
    if b'\0' in content:
        # oslo.config takes it as part of a value, where it may do no harm;
        # but a file that a crash has damaged is nothing to judge by.
        line = content[: content.index(0)].count(b'\n') + 1
        raise ConfigurationError(
            f'{file}, line {line}: a NUL byte, as binary files, UTF-16 or a '
            'crash of the host have it. Save it as UTF-8 without one.'
        )
    if content.startswith(codecs.BOM_UTF8):
        raise ConfigurationError(
            f'{file} begins with a byte order mark, at which Glance fails. '
            'Save it as UTF-8 without one.'
        )
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b'\n', 0, error.start) + 1
        raise ConfigurationError(
            f'{file}, line {line}: not UTF-8. Convert the file, for example '
            f'`iconv -f ISO-8859-1 -t UTF-8`.'
        ) from error


def _content_of(file: str, left: int) -> bytes:
    """Return the bytes of a file, of which there may be so many yet."""
    try:
        mode = os.stat(file).st_mode
        if stat.S_ISDIR(mode):
            raise ConfigurationError(
                f'{file} is a directory: use --config-dir.'
            )
        if not stat.S_ISREG(mode) and file != os.devnull:
            # It would be empty the second time, or keep us waiting for ever.
            raise ConfigurationError(
                f'{file} is not a regular file, and a configuration is read '
                'more than once: copy it into a file.'
            )
        with open(file, 'rb') as stream:
            content = stream.read(left + 1)
    except OSError as error:
        raise unreadable(file, error) from error
    if len(content) > left:
        which, size = f'{file} is', f'{LARGEST >> 20} MiB'
        if left < LARGEST:
            which, size = (
                f'{file} and the files before it are',
                f'{size} together',
            )
        raise ConfigurationError(
            f'{which} larger than {size}, as no configuration of Glance is. '
            'Name another file with --config-file.'
        )
    return content


def unreadable(path: str, error: OSError) -> ConfigurationError:
    """Return what to raise where a file or a directory cannot be read."""
    advice = (
        ' Run glance-status as root or as the user that runs Glance.'
        if isinstance(error, PermissionError)
        else ''
    )
    return ConfigurationError(f'{path}: {error.strerror}.{advice}')
