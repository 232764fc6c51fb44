# SPDX-License-Identifier: Apache-2.0
"""A plug-in that lacks what its entry point names."""

CHECKS = ()
