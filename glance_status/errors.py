# SPDX-License-Identifier: Apache-2.0
"""What the user can mend: one line on stderr, and exit code 255."""


class Problem(Exception):
    """Something given to us is wrong; the text says what, and what to do."""
