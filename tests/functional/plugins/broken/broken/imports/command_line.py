# SPDX-License-Identifier: Apache-2.0
"""A plug-in that reads a command line that is not its own."""

from oslo_config import cfg

cfg.CONF(['upgrade', 'check'])
