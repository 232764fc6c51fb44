# SPDX-License-Identifier: Apache-2.0
"""Formats, whose libraries may be missing and are loaded when needed."""

import sys

import pytest

from glance_status import errors, formatters

HTML = 'glance_status.formatters.html'


def test_a_terminal_is_taken_for_one_of_80_columns() -> None:
    assert formatters.Style() == (80, False, False)


def test_the_library_of_a_format_may_be_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, HTML, raising=False)
    monkeypatch.setitem(sys.modules, 'jinja2', None)
    with pytest.raises(errors.Problem) as caught:
        formatters.load('html')
    assert str(caught.value) == (
        'the format html needs jinja2, which is not installed: install '
        'glance-status[formats].'
    )


def test_a_file_of_our_own_that_is_missing_is_an_error() -> None:
    with pytest.raises(ModuleNotFoundError):
        formatters.load('no_such_format')


def test_what_a_library_loads_late_is_loaded_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    late = formatters.load('table').LATE
    for name in late:
        monkeypatch.delitem(sys.modules, name, raising=False)
    formatters.warm_up('table')
    assert {name for name in late if name not in sys.modules} == set()
