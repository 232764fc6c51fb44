# SPDX-License-Identifier: Apache-2.0
"""Run all checks of a plug-in for its author's tests, and watch them.

Apart from ``testing``, since it measures what a plug-in adds to what the
command itself loads.
"""
