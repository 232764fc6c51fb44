# SPDX-License-Identifier: Apache-2.0
"""Whether this host can run the target, and what else runs on it."""

import importlib.metadata
import os
import re
import shutil
import sys
import typing

from glance_status import context, plugins, results
from glance_status.checks import texts, units

# What the cache API took the place of, and the release that says so.
CACHE_TOOLS = {
    'glance-cache-manage': 28,
    'glance-cache-cleaner': 32,
    'glance-cache-prefetcher': 32,
    'glance-cache-pruner': 32,
}
SCRIPTS = ('glance-manage', 'glance-api')

PYTHON = results.FindingKind(
    id='python-version',
    title='Python is too old for the target',
    looks_for='The Python of the Glance that is installed on this host: '
    'beside this tool, in the PATH, or in a service.',
    matters='The package of the target cannot be installed with it.',
    remediation='Upgrade the operating system, or install the target with '
    'another Python.',
    reference='https://docs.openstack.org/releasenotes/glance/',
)
TOOLS = results.FindingKind(
    id='cron-tools',
    title='Tools of the image cache that are deprecated',
    looks_for='glance-cache-manage, and from 32.0.0 on glance-cache-cleaner, '
    '-prefetcher and -pruner, in the cron tables and services of this host.',
    matters='They still work and will be removed.',
    remediation='Use the cache API: `glance cache-list`, `cache-queue`, '
    '`cache-delete`, `cache-clear`.',
    since='28.0.0',
    reference='https://docs.openstack.org/releasenotes/glance/2026.1.html',
)


class Interpreter(typing.NamedTuple):
    """A Python that runs a Glance of this host."""

    path: str
    version: tuple[int, int]


def check_python(
    checker: context.Checker, root: str = '/'
) -> list[results.Finding]:
    """Compare the Python of the installed Glance with what is needed."""
    found = _interpreters(root)
    if not found:
        raise context.Inapplicable('no Glance is installed on this host')
    target = checker.target
    needed = '.'.join(map(str, target.python))
    return [
        PYTHON.failure(
            f'Glance runs with {path}, Python {version[0]}.{version[1]}, and '
            f'{target.title} needs {needed} or later.',
            affected=results.Affected(1, (path,)),
        )
        for path, version in found
        if version < target.python
    ]


def _interpreters(root: str) -> list[Interpreter]:
    found = []
    try:
        importlib.metadata.version('glance')
        here = sys.version_info
        version = (here.major, here.minor)
        found.append(Interpreter(sys.executable, version))
    except importlib.metadata.PackageNotFoundError:
        pass
    scripts = [
        root.rstrip('/') + service.program
        for service in units.services(root, 'glance')
        if service.program.startswith('/')
    ]
    if root == '/':
        scripts += filter(None, map(shutil.which, SCRIPTS))
    found += [item for item in map(_interpreter, scripts) if item]
    return list(dict.fromkeys(found))


def _interpreter(script: str) -> Interpreter | None:
    """Return what the first line of a script says that runs it."""
    text = texts.read(script).text or ''
    first = text.partition('\n')[0]
    match = re.match(r'#!\s*(/\S*python[\d.]*)', first)
    if match is None:
        return None
    path = match[1]
    version = re.search(
        r'python(\d)\.(\d+)$', os.path.realpath(path)
    ) or re.search(r'python(\d)\.(\d+)$', path)
    if version is None:
        return None
    return Interpreter(path, (int(version[1]), int(version[2])))


def check_tools(
    checker: context.Checker, root: str = '/'
) -> list[results.Finding]:
    """Look for the tools of the image cache."""
    places = units.lines(root, units.CRON, 'glance-cache-')
    places += [item.line for item in units.services(root, 'glance-cache-')]
    return [
        TOOLS.note(
            f'{line.place}: {name} is deprecated.',
            affected=results.Affected(1, (name,)),
        )
        for line in places
        for name, since in CACHE_TOOLS.items()
        if name in line.text and checker.target.major >= since
    ]


CHECKS = (
    plugins.Check(
        id='python',
        title='Python',
        function=check_python,
        kinds=(PYTHON,),
        topic='deployment',
        reads=('host',),
        description='Whether the Python that runs Glance on this host is '
        'new enough for the target.',
    ),
    plugins.Check(
        id='cache-tools',
        title='Tools of the image cache',
        function=check_tools,
        kinds=(TOOLS,),
        topic='deployment',
        reads=('host',),
        description='Whether cron or services of this host run tools that '
        'are deprecated.',
    ),
)
