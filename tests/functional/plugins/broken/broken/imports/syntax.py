# SPDX-License-Identifier: Apache-2.0
"""A plug-in that is no Python."""

return  # noqa: F706
