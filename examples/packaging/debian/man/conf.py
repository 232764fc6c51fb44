# SPDX-License-Identifier: Apache-2.0
"""How Sphinx makes the manual page, without the rest of the documentation."""

import os

project = 'glance-status'
release = os.environ['PBR_VERSION']
man_pages = [
    (
        'glance-status',
        'glance-status',
        'tell whether an upgrade of OpenStack Glance will go through',
        '',
        1,
    )
]
