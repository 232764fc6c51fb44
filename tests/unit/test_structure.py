# SPDX-License-Identifier: Apache-2.0
"""The rooms of the package, and who may enter which."""

import ast
import pathlib
import re
import typing

import pytest

import glance_status
from glance_status import catalogue, formatters, results
from glance_status.checks import Checks

PACKAGE = pathlib.Path(glance_status.__file__).parent
MODULES = sorted(PACKAGE.rglob('*.py'))
CORE = [
    path
    for path in MODULES
    if path.name not in {'cli.py', '__main__.py'}
    and path.parent.name != 'checks'
]
CHECKS = [path for path in MODULES if path.parent.name == 'checks']

# Library: the modules that know it, by their path in the package.
OWNERS = {
    'prettytable': {'formatters/table.py', 'catalogue.py', 'planning/text.py'},
    'jinja2': {'formatters/html.py'},
    'junitparser': {'formatters/junit.py'},
    'prometheus_client': {'formatters/prometheus.py'},
    'stevedore': {'plugins.py'},
    'oslo_upgradecheck': {'verdict.py'},
    'oslo_db': {'options.py'},
    'argparse': {'arguments.py', 'cli.py', 'session.py', 'usage.py'},
}


def imported(path: pathlib.Path, top: bool = False) -> set[str]:
    """Return what a module imports, by full name.

    :param top: only what is imported as soon as the module is
    """
    tree = ast.parse(path.read_text('utf-8'))
    found: set[str] = set()
    for node in tree.body if top else ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.update(f'{node.module}.{a.name}' for a in node.names)
    return found


def name(path: pathlib.Path) -> str:
    """Return the path of a module in the package."""
    return str(path.relative_to(PACKAGE))


@pytest.mark.parametrize('path', CORE, ids=name)
def test_the_core_knows_neither_the_command_nor_the_checks(
    path: pathlib.Path,
) -> None:
    found = {
        item
        for item in imported(path)
        if item.startswith(('glance_status.cli', 'glance_status.checks'))
    }
    assert found == set()


@pytest.mark.parametrize('path', CHECKS, ids=name)
def test_checks_know_neither_the_runner_nor_the_formats(
    path: pathlib.Path,
) -> None:
    forbidden = {
        f'glance_status.{module}'
        for module in (
            *('cli', 'session', 'runner', 'loading', 'outcomes'),
            *('children', 'process', 'worker', 'answering'),
        )
    } | {'glance_status.formatters'}
    assert imported(path) & forbidden == set()


@pytest.mark.parametrize('library', sorted(OWNERS))
def test_a_library_is_known_where_it_belongs(library: str) -> None:
    users = {
        name(path)
        for path in MODULES
        if any(item.split('.')[0] == library for item in imported(path))
    }
    assert users == OWNERS[library]


def test_checks_are_listed_without_sqlalchemy() -> None:
    heavy = {
        'asked',
        'bounds',
        'closer',
        'complaints',
        'connecting',
        'counting',
        'database',
        'ddl',
        'engines',
        'hands',
        'parts',
        'planning',
        'missing',
        'reflection',
        'schema',
        'sharing',
        'survey',
        'tables',
        'trouble',
        'walks',
    }
    users = {
        name(path)
        for path in MODULES
        if path.stem not in heavy
        and path.parent.name not in {'observing', 'planning', 'testing'}
        and any(
            item.startswith('sqlalchemy')
            or item.removeprefix('glance_status.') in heavy
            for item in imported(path, top=True)
        )
    }
    assert users == set()


def test_what_helps_the_tests_of_plug_ins_is_for_tests_alone() -> None:
    users = {
        name(path)
        for path in MODULES
        if path.parent.name not in {'observing', 'testing'}
        and any(
            item.startswith(
                ('glance_status.testing', 'glance_status.observing', 'pytest')
            )
            for item in imported(path)
        )
    }
    assert users == set()


@pytest.mark.parametrize(
    ('words', 'where'),
    [
        (r'cfg\.CONF\b', {'cli.py', 'observing/__main__.py'}),
        (r'\bprint\(', set()),
        (r'sys\.stdout\.write', {'streams.py'}),
    ],
)
def test_only_the_command_prints_and_touches_the_global_configuration(
    words: str, where: set[str]
) -> None:
    users = {
        name(path)
        for path in MODULES
        if re.search(words, path.read_text('utf-8'))
    }
    assert users == where


def test_every_format_has_its_file_and_every_file_its_format() -> None:
    files = {path.stem for path in (PACKAGE / 'formatters').glob('*.py')}
    assert files - {'__init__'} == set(formatters.FORMATS)


def checks() -> list[typing.Any]:
    """Return all rows that there are without plug-ins."""
    return [*Checks().get_checks(), *catalogue.own_rows()]


def kinds() -> list[results.FindingKind]:
    """Return all kinds of findings that there are without plug-ins."""
    return [kind for check in checks() for kind in check.kinds]


@pytest.mark.parametrize('kind', kinds(), ids=lambda kind: kind.id)
def test_every_finding_is_explained(kind: results.FindingKind) -> None:
    assert re.fullmatch(r'[a-z0-9]+(-[a-z0-9]+)*', kind.id)
    for text in (kind.title, kind.looks_for, kind.matters, kind.remediation):
        assert text
        # Longer ones would make the table wider than 80 columns.
        commands = re.findall(r'`[^`]*`', text)
        assert [item for item in commands if len(item) > 68] == []


def test_ids_are_one_namespace() -> None:
    ids = [check.id for check in checks()] + [kind.id for kind in kinds()]
    assert len(ids) == len(set(ids))
