# SPDX-License-Identifier: Apache-2.0
"""Glance's own glance-status, with the import done first that it lacks.

In 33.0.0 it reads options that nothing has registered when it runs alone,
and ends in a traceback. Run this with the Python of the real Glance.
"""

import sys

import glance.common.config  # noqa: F401
from glance.cmd import status

if __name__ == '__main__':
    sys.exit(status.main())
