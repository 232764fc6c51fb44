# SPDX-License-Identifier: Apache-2.0
"""When Python looks for garbage."""

import gc
import typing

import pytest

from glance_status import garbage


@pytest.fixture(autouse=True)
def _sought_as_before() -> typing.Iterator[None]:
    enabled = gc.isenabled()
    yield
    gc.unfreeze()
    if enabled:
        gc.enable()


def test_nothing_is_garbage_while_it_is_imported() -> None:
    gc.unfreeze()
    with garbage.unsought():
        during = gc.isenabled(), gc.get_freeze_count()
    assert (*during, gc.isenabled()) == (False, 0, True)
    assert gc.get_freeze_count() > 1000


def test_it_is_looked_for_after_an_import_that_failed() -> None:
    with pytest.raises(ImportError), garbage.unsought():
        raise ImportError
    assert gc.isenabled()
    assert gc.get_freeze_count() > 1000
