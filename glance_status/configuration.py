# SPDX-License-Identifier: Apache-2.0
"""Read the configuration as the Glance API does, and as it is written."""

import codecs
import contextlib
import dataclasses
import functools
import glob
import hashlib
import io
import json
import locale
import math
import os
import stat
import typing

from oslo_config import cfg, iniparser

from glance_status import errors, options, redaction

# What oslo.config calls the two names that its search places depend on.
PROJECT = 'glance'
PROGRAM = 'glance-api'

DEFAULT_DIRECTORY = '/etc/glance'
OPTIONAL_FILE = 'glance-image-import.conf'
MAIN_FILE = 'glance-api.conf'
OWN_FILE = 'glance-status.conf'

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


@dataclasses.dataclass(frozen=True)
class Configuration:
    """All that was read, parsed by oslo.config and as it is written.

    :param conf: what Glance would see
    :param own: the [upgrade_check] options
    :param files: the files in the order in which they were read
    :param settings: all that Glance's files set, in that order
    :param explicit: whether the command line named the files
    """

    conf: cfg.ConfigOpts
    own: cfg.ConfigOpts
    files: tuple[str, ...]
    settings: tuple[Setting, ...]
    explicit: bool

    def redactor(self) -> redaction.Redactor:
        """Return what masks the secrets that stand in this configuration."""
        return redaction.Redactor(
            [
                *((item.option, item.value) for item in self.settings),
                *_environment_settings(os.environ),
            ]
        )

    def written(self, section: str, option: str) -> Setting | None:
        """Return the line that decides an option, None where none does.

        As oslo.config reads files: the last one wins, and the case of a
        section counts for DEFAULT alone.
        """
        return self._deciding.get((group_name(section), option))

    @functools.cached_property
    def _deciding(self) -> dict[tuple[str, str], Setting]:
        """Return the last line of each option, by group and option.

        Searched through once for each of ten thousand stores, the settings
        would take minutes.
        """
        return {
            (group_name(item.section), item.option): item
            for item in self.settings
        }

    def digests(self) -> dict[str, str]:
        """Return a digest of each option that is set and no secret.

        Keys are ``section.option``; the last file that sets one decides.
        """
        values: dict[str, tuple[str, list[str]]] = {}
        for item in self.settings:
            if redaction.is_secret(item.option, item.value):
                continue
            key = f'{item.section}.{item.option}'
            if key not in values or values[key][0] != item.file:
                values[key] = (item.file, [])
            values[key][1].append(item.value)
        return {
            key: 'sha256:'
            + hashlib.sha256(json.dumps(seen).encode()).hexdigest()
            for key, (_file, seen) in sorted(values.items())
        }


def read(
    conf: cfg.ConfigOpts,
    sources: typing.Sequence[tuple[str, str]] = (),
    environ: typing.Mapping[str, str] = os.environ,
) -> Configuration:
    """Read the configuration, or raise ConfigurationError.

    :param conf: where Glance's configuration goes, not yet parsed
    :param sources: ('file' or 'dir', path) in the order of the command line;
        without any, what the Glance API reads
    """
    # oslo.config reads files in the locale's encoding, which may be any.
    with contextlib.suppress(locale.Error):
        locale.setlocale(locale.LC_CTYPE, 'C.UTF-8')
    explicit = bool(sources)
    own_sources = list(sources)
    if not explicit:
        sources = _default_sources(environ)
        own_file = os.path.join(_directory(environ), OWN_FILE)
        own_sources = [*sources, ('file', own_file)]
        if not os.path.exists(own_file):
            own_sources.pop()

    files = _files_of(own_sources)
    glance_files = _files_of(sources)
    if not files:
        raise ConfigurationError(
            'no file in ' + ', '.join(path for _kind, path in sources) + ' '
            'ends in .conf. Name the configuration with --config-file.'
        )
    settings = settings_of(glance_files)
    own_settings = settings_of(files[len(glance_files) :])

    own = cfg.ConfigOpts()
    options.register_own(own)
    options.register_database(conf)
    # Most have none of it, and what they have is much to parse again.
    sections = {item.section.lower() for item in settings + own_settings}
    _parse(own, own_sources if options.GROUP in sections else ())
    _parse(conf, sources)
    _validate(own, [*settings, *own_settings])
    return Configuration(conf, own, tuple(files), tuple(settings), explicit)


def glance_manage_files(registry: bool = False) -> list[str]:
    """Return the files that ``glance-manage`` reads when nobody names any.

    :param registry: whether it is of a release that still had the registry
    """
    programs = ['glance-registry'] if registry else []
    programs += ['glance-api', 'glance-manage']
    found = []
    for program in programs:
        found += cfg.find_config_files(project=PROJECT, prog=program)
    for program in programs:
        for directory in cfg.find_config_dirs(project=PROJECT, prog=program):
            found += _files_in(directory)
    return found


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


def _environment_settings(
    environ: typing.Mapping[str, str],
) -> typing.Iterator[tuple[str, str]]:
    """Yield the options that oslo.config takes from the environment."""
    for name, value in environ.items():
        group, found, option = name.partition('__')
        if found and group.startswith('OS_'):
            yield option.lower(), value


def _directory(environ: typing.Mapping[str, str]) -> str:
    return environ.get('OS_GLANCE_CONFIG_DIR', DEFAULT_DIRECTORY).strip()


def _default_sources(
    environ: typing.Mapping[str, str],
) -> list[tuple[str, str]]:
    """Return what the WSGI application of Glance reads, in its order.

    Source: ``_get_config_files`` in glance/common/wsgi_app.py.
    """
    directory = _directory(environ)
    optional, main = (
        os.path.join(directory, name) for name in (OPTIONAL_FILE, MAIN_FILE)
    )
    try:
        os.stat(main)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ConfigurationError(
            f'{os.path.abspath(main)} does not exist. Name the configuration '
            'of the Glance API with --config-file, or its directory in the '
            'environment variable OS_GLANCE_CONFIG_DIR.'
        ) from error
    except OSError as error:
        raise _unreadable(main, error) from error
    files = [optional, main] if os.path.exists(optional) else [main]
    directories = cfg.find_config_dirs(project=PROJECT, prog=PROGRAM)
    return [
        *(('file', path) for path in files),
        *(('dir', path) for path in directories),
    ]


def _files_of(sources: typing.Iterable[tuple[str, str]]) -> list[str]:
    files = []
    for kind, path in sources:
        full = os.path.abspath(os.path.expanduser(path))
        if kind == 'file':
            files.append(full)
            continue
        files += _files_in(full)
    return files


def _files_in(directory: str) -> list[str]:
    try:
        os.listdir(directory)
    except NotADirectoryError as error:
        raise ConfigurationError(
            f'{directory} is a file: use --config-file.'
        ) from error
    except OSError as error:
        raise _unreadable(directory, error) from error
    return sorted(glob.glob(os.path.join(directory, '*.conf')))


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
        raise ConfigurationError(
            f'{file} is a binary file, not a configuration file.'
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
        raise _unreadable(file, error) from error
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


def _unreadable(path: str, error: OSError) -> ConfigurationError:
    advice = (
        ' Run glance-status as root or as the user that runs Glance.'
        if isinstance(error, PermissionError)
        else ''
    )
    return ConfigurationError(f'{path}: {error.strerror}.{advice}')


def _parse(
    conf: cfg.ConfigOpts, sources: typing.Iterable[tuple[str, str]]
) -> None:
    arguments = [f'--config-{kind}={path}' for kind, path in sources]
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            conf(
                arguments,
                project=PROJECT,
                prog=PROGRAM,
                default_config_files=[],
                default_config_dirs=[],
            )
    except SystemExit as error:
        # argparse looks at values from files, too: [DEFAULT] shell_completion.
        reason = said.getvalue().strip().rpartition('error: ')[2]
        raise ConfigurationError(
            f'a file sets an option of the command line: {reason}'
        ) from error
    except (cfg.Error, OSError, ValueError) as error:
        raise ConfigurationError(str(error)) from error


def _validate(own: cfg.ConfigOpts, settings: typing.Sequence[Setting]) -> None:
    """Complain of a value of [upgrade_check] that cannot be used."""
    for opt in options.OWN:
        try:
            value = own[options.GROUP][opt.dest]
            wrong = _unusable(value, opt.default)
        except RecursionError:
            wrong = 'refers to itself'
        except (cfg.Error, ValueError) as error:
            said = str(error).rpartition(' is not valid: ')[2]
            wrong = said[:1].lower() + said[1:]
        if wrong:
            places = [
                f'{item.file}, line {item.line}: '
                for item in settings
                if (item.section, item.option) == (options.GROUP, opt.dest)
            ]
            raise ConfigurationError(
                f'{places[-1] if places else ""}[{options.GROUP}] {opt.dest}: '
                f'{wrong}.'
            )


def _unusable(value: typing.Any, default: typing.Any) -> str | None:
    if value is None and default is not None:
        return 'its value is empty'
    if isinstance(value, float) and not math.isfinite(value):
        return f'{value} is not a number of seconds'
    return None
