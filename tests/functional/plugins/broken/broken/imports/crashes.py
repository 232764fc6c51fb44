# SPDX-License-Identifier: Apache-2.0
"""A plug-in that crashes."""

import os
import signal

os.kill(os.getpid(), signal.SIGSEGV)
