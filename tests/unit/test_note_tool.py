# SPDX-License-Identifier: Apache-2.0
"""What tools/notes.py makes of source packages and of the table it finds."""

import importlib
import io
import pathlib
import tarfile
import types

import pytest

TOOLS = pathlib.Path(__file__).parents[2] / 'tools'


@pytest.fixture
def tool(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """Return the module."""
    monkeypatch.syspath_prepend(str(TOOLS))
    return importlib.import_module('notes')


def package(path: pathlib.Path, notes: dict[str, str]) -> pathlib.Path:
    """Make a source package with these release notes."""
    with tarfile.open(path, 'w:gz') as archive:
        for name, text in notes.items():
            member = tarfile.TarInfo(f'p-1/releasenotes/notes/{name}.yaml')
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    return path


def test_a_note_stands_under_the_first_release_that_has_it(
    tool: types.ModuleType, tmp_path: pathlib.Path
) -> None:
    asks = 'upgrade: [Do it.]\nfixes: [A bug.]\n'
    known = {'a-1': asks}
    news = {'b-2': asks, 'c-3': 'fixes: [A bug.]\n', 'd-4': ''}
    mended = {'b-2': f'security: [A hole.]\n{asks}'}
    packages = [
        (17, 'glance', package(tmp_path / '17', known)),
        (18, 'glance', package(tmp_path / '18', known | news)),
        (19, 'glance', package(tmp_path / '19', known | news | mended)),
    ]
    assert tool.collect(packages) == [
        {
            'release': '18',
            'package': 'glance',
            'note': 'b-2',
            'sections': 'upgrade security',
        }
    ]


def test_what_was_judged_is_kept(tool: types.ModuleType) -> None:
    read = {'package': 'glance', 'release': '18', 'sections': 'upgrade'}
    judged = {'summary': 'Do it.', 'findings': 'cache-url', 'reason': ''}
    open_row = {'summary': '', 'findings': '', 'reason': ''}
    rows, forgotten = tool.judge(
        [{**read, 'note': 'a-1'}, {**read, 'note': 'b-2'}],
        [
            {**read, 'release': '19', 'note': 'a-1', **judged},
            {**read, 'note': 'c-3', **judged},
        ],
    )
    assert rows == [
        {**read, 'note': 'a-1', **judged},
        {**read, 'note': 'b-2', **open_row},
    ]
    assert list(map(tool.complete, rows)) == [True, False]
    assert forgotten == [{**read, 'note': 'c-3', **judged}]
