# SPDX-License-Identifier: Apache-2.0
"""Which files Glance reads its configuration from, in which order."""

import glob
import os
import typing

from oslo_config import cfg

from glance_status import ini

# What oslo.config calls the two names that its search places depend on.
PROJECT = 'glance'
PROGRAM = 'glance-api'

DEFAULT_DIRECTORY = '/etc/glance'
OPTIONAL_FILE = 'glance-image-import.conf'
MAIN_FILE = 'glance-api.conf'
OWN_FILE = 'glance-status.conf'


def default(environ: typing.Mapping[str, str]) -> list[tuple[str, str]]:
    """Return what the WSGI application of Glance reads, in its order.

    Source: ``_get_config_files`` in glance/common/wsgi_app.py.
    """
    directory = home(environ)
    optional, main = (
        os.path.join(directory, name) for name in (OPTIONAL_FILE, MAIN_FILE)
    )
    try:
        os.stat(main)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ini.ConfigurationError(
            f'{os.path.abspath(main)} does not exist. Name the configuration '
            'of the Glance API with --config-file, or its directory in the '
            'environment variable OS_GLANCE_CONFIG_DIR.'
        ) from error
    except OSError as error:
        raise ini.unreadable(main, error) from error
    files = [optional, main] if os.path.exists(optional) else [main]
    directories = cfg.find_config_dirs(project=PROJECT, prog=PROGRAM)
    return [
        *(('file', path) for path in files),
        *(('dir', path) for path in directories),
    ]


def home(environ: typing.Mapping[str, str]) -> str:
    """Return where the Glance API looks when nobody names a file."""
    return environ.get('OS_GLANCE_CONFIG_DIR', DEFAULT_DIRECTORY).strip()


def files_of(sources: typing.Iterable[tuple[str, str]]) -> list[str]:
    """Return the files of ('file' or 'dir', path), in their order."""
    files = []
    for kind, path in sources:
        full = os.path.abspath(os.path.expanduser(path))
        if kind == 'file':
            files.append(full)
            continue
        files += _files_in(full)
    return files


def glance_manage_files(registry: bool) -> list[str]:
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


def _files_in(directory: str) -> list[str]:
    try:
        os.listdir(directory)
    except NotADirectoryError as error:
        raise ini.ConfigurationError(
            f'{directory} is a file: use --config-file.'
        ) from error
    except OSError as error:
        raise ini.unreadable(directory, error) from error
    return sorted(glob.glob(os.path.join(directory, '*.conf')))
