# SPDX-License-Identifier: Apache-2.0
"""Run glance-status where another script took its name."""

import sys

from glance_status import cli

sys.exit(cli.main())
