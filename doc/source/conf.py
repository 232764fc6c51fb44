# SPDX-License-Identifier: Apache-2.0
"""How Sphinx builds the documentation."""

import importlib.metadata
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent / '_ext'))

extensions = [
    'check_reference',
    'openstackdocstheme',
    'oslo_config.sphinxext',
    'upgrade_notes',
]

project = 'glance-status'
copyright = 'The glance-status authors'
author = 'The glance-status authors'
release = importlib.metadata.version('glance-status')
version = release

# The version is that of the installed package: a clone may have no tags.
openstackdocs_auto_name = False
openstackdocs_auto_version = False

html_theme = 'openstackdocs'
html_theme_options = {
    # The theme would count visits for OpenStack.
    'analytics_tracking_code': '',
    'display_badge': False,
    'show_other_versions': False,
    'sidebar_mode': 'toctree',
}
html_css_files = ['tables.css']
html_static_path = ['_static']
pygments_style = 'native'
templates_path = ['_templates']
# Two hyphens begin an option here.
smartquotes = False

man_pages = [
    (
        'cli/glance-status',
        'glance-status',
        'tell whether an upgrade of OpenStack Glance will go through',
        author,
        1,
    )
]
