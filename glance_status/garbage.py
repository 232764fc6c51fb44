# SPDX-License-Identifier: Apache-2.0
"""When Python looks for garbage: not while it only imports.

Nothing that is imported is garbage, and to look for it, again and again, and
once more at the exit, costs as much as a fifth of what is imported.
"""

import contextlib
import gc
import typing


@contextlib.contextmanager
def unsought() -> typing.Iterator[None]:
    """Look for no garbage, and among what is there then never again."""
    gc.disable()
    try:
        yield
    finally:
        seek()


def seek() -> None:
    """Look for garbage from now on, in what is made from now on."""
    gc.freeze()
    gc.enable()
