# SPDX-License-Identifier: Apache-2.0
"""Plug-ins that are of no use from the moment of their import."""
