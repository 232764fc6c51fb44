# SPDX-License-Identifier: Apache-2.0
"""Bring the fixtures of glance-status into our tests."""

pytest_plugins = ['glance_status.testing']
