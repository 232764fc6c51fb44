# SPDX-License-Identifier: Apache-2.0
"""The names that authors of plug-ins may rely on: few, typed, documented."""

import ast
import importlib
import inspect
import pathlib
import re
import typing

import pytest

import glance_status

REPOSITORY = pathlib.Path(__file__).parents[2]
PAGE = REPOSITORY / 'doc' / 'source' / 'plugins' / 'index.rst'
EXAMPLES = sorted(
    path
    for name in ('plugin', 'plugin-upstream')
    for path in (REPOSITORY / 'examples' / name).rglob('*.py')
)

# Module, name and, of a class, the members.
PUBLIC: dict[str, dict[str, set[str]]] = {
    'glance_status.context': {
        'Checker': {
            *('answers', 'before', 'conf', 'connection', 'crosses'),
            *('settings', 'source', 'target', 'written'),
        },
        'Inapplicable': set(),
        'Unknown': set(),
    },
    'glance_status.plugins': {
        'BaseChecks': {'get_checks'},
        'Check': {
            *('asks', 'description', 'function', 'id', 'kinds', 'kwargs'),
            *('reads', 'title', 'topic'),
        },
    },
    'glance_status.results': {
        'Affected': {'count', 'sample'},
        'Finding': {'affected', 'id', 'message', 'remediation', 'result'},
        'FindingKind': {
            *('failure', 'id', 'looks_for', 'matters', 'note', 'reference'),
            *('remediation', 'since', 'title', 'warning'),
        },
    },
    'glance_status.rows': {
        'Answer': {'affected', 'count', 'kinds', 'sample'},
        'Answers': {'get'},
        'Join': {'on', 'table'},
        'Missing': set(),
        'Question': {
            *('joins', 'looks_at', 'name', 'sample', 'sort', 'table'),
            'where',
        },
        'Unanswered': set(),
    },
    'glance_status.testing': {
        'Conformance': {
            *('configuration', 'entry_point', 'group', 'published'),
            'slowest_import',
        },
        'Database': {
            *('add_image', 'add_location', 'add_member', 'add_property'),
            *('add_tag', 'add_task', 'configuration', 'execute', 'populate'),
            *('revision', 'source', 'url'),
        },
        'glance_checker': set(),
        'glance_database': set(),
        'glance_observed': set(),
        'glance_server': set(),
        'run': set(),
    },
}
NAMES = [(module, name) for module, names in PUBLIC.items() for name in names]


def found(module: str, name: str) -> typing.Any:
    """Return what a public name stands for; of a fixture, its function."""
    value = getattr(importlib.import_module(module), name)
    # Releases of pytest keep the function in one or the other place.
    wrapped = getattr(value, '__pytest_wrapped__', None)
    return inspect.unwrap(wrapped.obj if wrapped else value)


def test_the_documentation_lists_them() -> None:
    text = PAGE.read_text('utf-8')
    _title, _line, rest = text.partition('\nWhat to rely on\n')
    section = re.split(r'\n[^\n]+\n-{3,}\n', rest.lstrip('-\n'))[0]
    listed = re.findall(
        r'^   \* - ``([\w.]+)``\n     - (.*?)(?=^   \*|\Z)',
        section,
        re.MULTILINE | re.DOTALL,
    )
    assert {
        module: set(re.findall(r'``(\w+)``', names))
        for module, names in listed
    } == {module: set(names) for module, names in PUBLIC.items()}


@pytest.mark.parametrize(('module', 'name'), NAMES)
def test_each_is_there_and_says_what_it_is(module: str, name: str) -> None:
    value = found(module, name)
    assert value.__doc__
    assert not value.__doc__.startswith(f'{name}(')
    members = PUBLIC[module][name]
    known = {*dir(value), *getattr(value, '__annotations__', ())}
    # Those that are set when it is made are in its words.
    known |= set(re.findall(r':ivar (\w+):', value.__doc__))
    assert members - known == set()


@pytest.mark.parametrize(('module', 'name'), NAMES)
def test_each_is_typed(module: str, name: str) -> None:
    value = found(module, name)
    functions = [
        function
        for member, function in inspect.getmembers(value, inspect.isfunction)
        if member in PUBLIC[module][name]
    ]
    if inspect.isfunction(value):
        functions.append(value)
    for function in functions:
        signature = inspect.signature(function)
        assert signature.return_annotation is not inspect.Signature.empty
        untyped = [
            parameter.name
            for parameter in signature.parameters.values()
            if parameter.annotation is inspect.Parameter.empty
            and parameter.name != 'self'
        ]
        assert untyped == []


def test_types_are_part_of_the_package() -> None:
    assert (pathlib.Path(glance_status.__file__).parent / 'py.typed').exists()


@pytest.mark.parametrize('path', EXAMPLES, ids=lambda path: path.name)
def test_the_examples_use_no_others(path: pathlib.Path) -> None:
    tree = ast.parse(path.read_text('utf-8'))
    modules = {
        alias.name: f'glance_status.{alias.name}'
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == 'glance_status'
        for alias in node.names
    }
    used = {
        (modules[node.value.id], node.attr)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in modules
    }
    assert used - set(NAMES) == set()
