# SPDX-License-Identifier: Apache-2.0
"""The configuration, read as the Glance API does."""

import contextlib
import dataclasses
import functools
import hashlib
import io
import json
import locale
import math
import os
import typing

from oslo_config import cfg

from glance_status import ini, options, places, redaction


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
    settings: tuple[ini.Setting, ...]
    explicit: bool

    def redactor(self) -> redaction.Redactor:
        """Return what masks the secrets that stand in this configuration."""
        return redaction.Redactor(
            [
                *((item.option, item.value) for item in self.settings),
                *_environment_settings(os.environ),
            ]
        )

    def written(self, section: str, option: str) -> ini.Setting | None:
        """Return the line that decides an option, None where none does.

        As oslo.config reads files: the last one wins, and the case of a
        section counts for DEFAULT alone.
        """
        return self._deciding.get((ini.group_name(section), option))

    @functools.cached_property
    def _deciding(self) -> dict[tuple[str, str], ini.Setting]:
        """Return the last line of each option, by group and option.

        Searched through once for each of ten thousand stores, the settings
        would take minutes.
        """
        return {
            (ini.group_name(item.section), item.option): item
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
        sources = places.default(environ)
        own_file = os.path.join(places.home(environ), places.OWN_FILE)
        own_sources = [*sources, ('file', own_file)]
        if not os.path.exists(own_file):
            own_sources.pop()

    files = places.files_of(own_sources)
    glance_files = places.files_of(sources)
    if not files:
        raise ini.ConfigurationError(
            'no file in ' + ', '.join(path for _kind, path in sources) + ' '
            'ends in .conf. Name the configuration with --config-file.'
        )
    settings = ini.settings_of(glance_files)
    own_settings = ini.settings_of(files[len(glance_files) :])

    own = cfg.ConfigOpts()
    options.register_own(own)
    options.register_database(conf)
    # Most have none of it, and what they have is much to parse again.
    sections = {item.section.lower() for item in settings + own_settings}
    _parse(own, own_sources if options.GROUP in sections else ())
    _parse(conf, sources)
    _validate(own, [*settings, *own_settings])
    return Configuration(conf, own, tuple(files), tuple(settings), explicit)


def _environment_settings(
    environ: typing.Mapping[str, str],
) -> typing.Iterator[tuple[str, str]]:
    """Yield the options that oslo.config takes from the environment."""
    for name, value in environ.items():
        group, found, option = name.partition('__')
        if found and group.startswith('OS_'):
            yield option.lower(), value


def _parse(
    conf: cfg.ConfigOpts, sources: typing.Iterable[tuple[str, str]]
) -> None:
    arguments = [f'--config-{kind}={path}' for kind, path in sources]
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            conf(
                arguments,
                project=places.PROJECT,
                prog=places.PROGRAM,
                default_config_files=[],
                default_config_dirs=[],
            )
    except SystemExit as error:
        # argparse looks at values from files, too: [DEFAULT] shell_completion.
        reason = said.getvalue().strip().rpartition('error: ')[2]
        raise ini.ConfigurationError(
            f'a file sets an option of the command line: {reason}'
        ) from error
    except (cfg.Error, OSError, ValueError) as error:
        raise ini.ConfigurationError(str(error)) from error


def _validate(
    own: cfg.ConfigOpts, settings: typing.Sequence[ini.Setting]
) -> None:
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
            lines = [
                f'{item.place}: '
                for item in settings
                if (item.section, item.option) == (options.GROUP, opt.dest)
            ]
            raise ini.ConfigurationError(
                f'{lines[-1] if lines else ""}[{options.GROUP}] {opt.dest}: '
                f'{wrong}.'
            )


def _unusable(value: typing.Any, default: typing.Any) -> str | None:
    if value is None and default is not None:
        return 'its value is empty'
    if isinstance(value, float) and not math.isfinite(value):
        return f'{value} is not a number of seconds'
    return None
