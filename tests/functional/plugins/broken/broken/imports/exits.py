# SPDX-License-Identifier: Apache-2.0
"""A plug-in that takes itself for a program."""

import sys

sys.exit(0)
