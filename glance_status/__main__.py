# SPDX-License-Identifier: Apache-2.0
"""Run glance-status where another script took its name."""

from glance_status import cli

cli.command()
