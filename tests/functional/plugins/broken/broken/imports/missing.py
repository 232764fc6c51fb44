# SPDX-License-Identifier: Apache-2.0
"""A plug-in that needs a module that is not installed."""

import glance_status_has_no_such_module  # noqa: F401
