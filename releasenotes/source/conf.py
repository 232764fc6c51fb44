# SPDX-License-Identifier: Apache-2.0
"""How Sphinx builds the release notes, which needs the history in git."""

extensions = ['openstackdocstheme', 'reno.sphinxext']

project = 'glance-status release notes'
copyright = 'The glance-status authors'
author = 'The glance-status authors'
# The notes are of all versions.
release = ''
version = ''
openstackdocs_auto_name = False
openstackdocs_auto_version = False

html_theme = 'openstackdocs'
html_theme_options = {
    # The theme would count visits for OpenStack.
    'analytics_tracking_code': '',
    'display_badge': False,
    'sidebar_mode': 'toc',
}
smartquotes = False
templates_path = ['../../doc/source/_templates']
