# SPDX-License-Identifier: Apache-2.0
"""Tell whether an upgrade of OpenStack Glance will go through."""
