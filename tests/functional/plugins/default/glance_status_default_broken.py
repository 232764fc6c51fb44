# SPDX-License-Identifier: Apache-2.0
"""A plug-in that needs no --namespace, and does not import."""

raise RuntimeError('not here')
