# SPDX-License-Identifier: Apache-2.0
"""A plug-in that asserts something that is not so."""

assert not __name__, 'wrong release'
