# SPDX-License-Identifier: Apache-2.0
"""A plug-in that never comes to an end."""

import time

time.sleep(1000)
