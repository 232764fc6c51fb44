# SPDX-License-Identifier: Apache-2.0
"""How Glance hears of a proxy that ends TLS."""

import re

from glance_status import context, results
from glance_status.checks import pipeline, values

NO_SSL_HEADER = 25

KIND = results.FindingKind(
    id='proxy-headers',
    title='secure_proxy_ssl_header no longer has any effect',
    looks_for='[DEFAULT] secure_proxy_ssl_header, where the upgrade passes '
    'into 25.0.0 (Zed), and no middleware that takes its place: '
    'http_proxy_to_wsgi in the pipeline, with [oslo_middleware] '
    'enable_proxy_headers_parsing. In targets before, which call the option '
    'deprecated, it is a note.',
    matters='Behind a proxy that ends TLS, the links in answers begin with '
    'http:// and lead nowhere.',
    remediation='Set [oslo_middleware] enable_proxy_headers_parsing = true '
    'and have http_proxy_to_wsgi in the pipeline, or set [DEFAULT] '
    'public_endpoint. Then delete secure_proxy_ssl_header.',
    since='25.0.0',
    reference='https://docs.openstack.org/releasenotes/glance/zed.html',
)


def find(
    checker: context.Checker, loaded: pipeline.Pipeline | None
) -> list[results.Finding]:
    """Look for the option of old without what takes its place."""
    setting = checker.written('DEFAULT', 'secure_proxy_ssl_header')
    if setting is None:
        return []
    if checker.target.major < NO_SSL_HEADER:
        return [
            KIND.note(
                f'{setting.name} is set ({setting.place}), which '
                f'{checker.target.title} calls deprecated and '
                f'{NO_SSL_HEADER}.0.0 ignores.'
            )
        ]
    if not checker.crosses(NO_SSL_HEADER):
        return []
    said = f'{setting.name} is set ({setting.place}), and ignored'
    if not values.boolean(
        checker, 'oslo_middleware', 'enable_proxy_headers_parsing'
    ):
        return [
            KIND.warning(
                f'{said}; [oslo_middleware] enable_proxy_headers_parsing is '
                'not on.'
            )
        ]
    if loaded and not any(
        re.search('HTTPProxyToWSGI|http_proxy_to_wsgi', item.factory)
        for item in loaded.components
    ):
        return [
            KIND.warning(f'{said}; the pipeline has no http_proxy_to_wsgi.')
        ]
    return []
