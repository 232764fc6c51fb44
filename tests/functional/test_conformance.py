# SPDX-License-Identifier: Apache-2.0
"""The built-in checks keep what every plug-in has to keep."""

import pathlib
import re

from glance_status import testing
from glance_status.testing import glance_observed

__all__ = ['TestBuiltIn', 'glance_observed']

EXAMPLE = pathlib.Path(__file__).parents[2] / 'examples' / 'deployment'


class TestBuiltIn(testing.Conformance):
    """What authors of plug-ins are asked for."""

    entry_point = 'glance'
    configuration = re.sub(
        '(?m)^connection = .*',
        '',
        (EXAMPLE / 'etc' / 'glance' / 'glance-api.conf').read_text('utf-8'),
    )
