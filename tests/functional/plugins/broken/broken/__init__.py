# SPDX-License-Identifier: Apache-2.0
"""Plug-ins that are wrong, each in a way of its own."""
