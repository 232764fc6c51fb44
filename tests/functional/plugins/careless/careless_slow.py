# SPDX-License-Identifier: Apache-2.0
"""A plug-in that does its work as soon as it is imported."""

import time

from careless import Checks

END = time.process_time() + 2
while time.process_time() < END:
    pass

__all__ = ['Checks']
