# SPDX-License-Identifier: Apache-2.0
"""The real Glance, started on a configuration, in a process of its own."""

import dataclasses
import json
import os
import pathlib
import shutil
import subprocess
import unittest
from collections import abc
from typing import Any

from tests.functional import command, glance_databases

SERVE = pathlib.Path(__file__).with_name('serve.py')

ADMIN = {
    'X-Identity-Status': 'Confirmed',
    'X-User-Id': 'a-user',
    'X-Project-Id': 'a-project',
    'X-Tenant-Id': 'a-project',
    'X-Roles': 'admin,member,reader',
}
"""The headers of a request that Keystone's middleware let pass."""

UPLOAD = {**ADMIN, 'Content-Type': 'application/octet-stream'}
"""Those of the upload of an image's content."""

Request = tuple[str, str, dict[str, str], str]


@dataclasses.dataclass(frozen=True)
class Answer:
    """What became of it: why it did not start, or what it answered.

    :param error: the type and the text of what was raised, None where it
        started
    :param responses: (status, text) of each request
    :param log: what it wrote to stderr and stdout
    """

    error: str | None
    responses: tuple[tuple[int, str], ...]
    log: str


def paste(root: pathlib.Path | None = None) -> str:
    """Return the paste file that the real Glance ships, but for Keystone.

    The flavors without Keystone take who asks from headers, as the others
    do after Keystone's middleware: see ``ADMIN``.

    :param root: the prefix of another Glance's environment
    """
    path = (root or _root()) / 'etc/glance/glance-api-paste.ini'
    text = path.read_text()
    return text.replace(' unauthenticated-context ', ' context ')


def deployment(
    directory: pathlib.Path,
    connection: str | None,
    sections: abc.Mapping[str, command.Section] | None = None,
) -> pathlib.Path:
    """Write a configuration that the real Glance starts with, or nearly.

    Files of images go into ``directory``/store.

    :param sections: what to set in it, over what it needs to start; an
        option of None is left out
    :return: the path of glance-api.conf
    """
    store = directory / 'store'
    for name in ('images', 'staging', 'tasks'):
        (store / name).mkdir(parents=True, exist_ok=True)
    wanted: dict[str, dict[str, Any]] = {
        'DEFAULT': {
            'enabled_backends': 'local:file',
            'transport_url': 'fake:///',
        },
        'glance_store': {'default_backend': 'local'},
        'local': {'filesystem_store_datadir': str(store / 'images')},
        'os_glance_staging_store': {
            'filesystem_store_datadir': str(store / 'staging')
        },
        'os_glance_tasks_store': {
            'filesystem_store_datadir': str(store / 'tasks')
        },
        'oslo_concurrency': {'lock_path': str(store)},
        'paste_deploy': {
            'config_file': str(directory / 'glance-api-paste.ini')
        },
    }
    for name, options in (sections or {}).items():
        wanted.setdefault(name, {}).update(options)
    kept = {
        name: {key: item for key, item in options.items() if item is not None}
        for name, options in wanted.items()
    }
    path = command.deployment(directory, connection, **kept)
    (directory / 'glance-api-paste.ini').write_text(paste())
    return path


def start(
    conf: pathlib.Path,
    *requests: Request,
    env: abc.Mapping[str, str] | None = None,
) -> Answer:
    """Start the API as a WSGI server does, and send it requests.

    :param conf: a glance-api.conf; its directory is the one that is read
    :param requests: (method, path, headers, body) each
    """
    glance_databases.require('sqlite')
    environment = {
        'PATH': os.defpath,
        # stevedore keeps a cache in it.
        'HOME': str(conf.parent),
        'LC_ALL': 'C.UTF-8',
        'OS_GLANCE_CONFIG_DIR': str(conf.parent),
        **(env or {}),
    }
    job = {
        'directory': str(conf.parent),
        'environment': environment,
        'requests': requests,
    }
    answer = glance_databases.answer(SERVE, json.dumps(job))
    return Answer(
        answer['error'],
        tuple((status, text) for status, text in answer['responses']),
        answer['log'],
    )


def run(program: str, *arguments: str) -> str:
    """Run a program with Glance's own Python, and return what it prints.

    It can import this tool too.
    """
    glance_databases.require('sqlite')
    done = subprocess.run(
        [_python(), '-c', program, *arguments],
        env={
            'PATH': os.defpath,
            'LC_ALL': 'C.UTF-8',
            'PYTHONDONTWRITEBYTECODE': '1',
            'PYTHONPATH': str(SERVE.parent.parent.parent),
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def require(module: str) -> None:
    """Skip the test where the real Glance lacks a library."""
    program = f'import importlib.util as u; print(u.find_spec({module!r}))'
    if run(program).strip() == 'None':
        raise unittest.SkipTest(f'the real Glance has no {module}')


def _python() -> str:
    path = glance_databases.glance_manage_path()
    assert path
    return str(pathlib.Path(path).with_name('python'))


def _root() -> pathlib.Path:
    """Return the prefix of the environment that Glance is installed in."""
    glance_databases.require('sqlite')
    assert shutil.which(_python())
    return pathlib.Path(_python()).parent.parent
