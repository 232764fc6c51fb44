# SPDX-License-Identifier: Apache-2.0
"""Paste files that something is wrong with."""

from collections import abc

from tests.proof.corpus.change import Change, default, merged, option
from tests.unit.checks.test_paste import shipped


def extra(factory: str) -> abc.Callable[[str], str]:
    """Return what adds a filter to all pipelines."""
    return lambda text: (
        text.replace('= cors', '= extra cors')
        + f'\n[filter:extra]\npaste.filter_factory = {factory}\n'
    )


def by_egg(used: str) -> abc.Callable[[str], str]:
    """Return what adds a filter to all pipelines, by what it uses."""
    return lambda text: (
        text.replace('= cors', '= extra cors')
        + f'\n[filter:extra]\nuse = {used}\n'
    )


def of_release(major: int) -> abc.Callable[[str], str]:
    """Return what puts the file of a release in its place.

    The flavors without Keystone take who asks from headers.
    """
    text = shipped(major).replace(' unauthenticated-context ', ' context ')
    return lambda _text: text


FLAVOR = option('paste_deploy', 'flavor', 'trusted-auth')

HAZARDS = (
    *(
        Change(
            f'the paste file of {major}.0.0',
            ('paste-healthcheck-filter',),
            paste=of_release(major),
        )
        for major in (18, 20, 22, 26)
    ),
    *(
        Change(
            f'the paste file of {major}.0.0, with a cache',
            ('paste-healthcheck-filter',),
            'cachemanagement, central',
            paste=of_release(major),
        )
        for major in (17, 21, 24)
    ),
    Change(
        'the paste file of 26.0.0, with Keystone',
        ('paste-healthcheck-filter',),
        'keystone',
        paste=of_release(26),
    ),
    Change(
        'a healthcheck as a filter that no pipeline names',
        paste=lambda text: (
            text + '\n[filter:health]\npaste.filter_factory = '
            'oslo_middleware:Healthcheck.factory\n'
        ),
    ),
    Change(
        'a healthcheck by egg',
        ('paste-healthcheck-filter',),
        paste=lambda text: (
            text.replace('= cors', '= health cors')
            + '\n[filter:health]\nuse = egg:oslo.middleware#healthcheck\n'
        ),
    ),
    Change(
        'a filter by an egg that is not there',
        ('paste-factory',),
        paste=by_egg('egg:oslo.middleware#healthchek'),
    ),
    Change(
        'a filter by an egg', paste=by_egg('egg:oslo.middleware#request_id')
    ),
    Change(
        'a filter that is made of itself',
        ('paste-file-broken',),
        paste=by_egg('extra'),
    ),
    Change(
        'a filter of a file that is not there',
        ('paste-file-broken',),
        paste=by_egg('config:mine.ini#extra'),
    ),
    Change(
        'the middleware of CORS without its project',
        ('paste-file-broken',),
        paste=lambda text: text.replace('oslo_config_project = glance\n', ''),
    ),
    Change(
        'an application by both of its words',
        paste=lambda text: text + '[application:apiv2app]\nuse = mine\n',
    ),
    Change(
        'an application that is a composite as well',
        ('paste-file-broken',),
        paste=lambda text: text.replace(
            '[app:apiversions]\n',
            '[app:apiversions]\n'
            'paste.composite_factory = glance.api:root_app_factory\n',
        ),
    ),
    Change(
        'an option that takes what another sets',
        paste=lambda text: text.replace(
            'oslo_config_project = glance\n',
            'set project = glance\nget oslo_config_project = project\n',
        ),
    ),
    Change(
        'an option that takes what nothing sets',
        ('paste-file-broken',),
        paste=lambda text: text.replace(
            'oslo_config_project = glance\n',
            'get oslo_config_project = project\n',
        ),
    ),
    Change(
        'a pipeline with an option',
        ('paste-file-broken',),
        paste=lambda text: (
            text.replace('/v2: apiv2app', '/v2: mine')
            + '[pipeline:mine]\npipeline = apiv2app\ntimeout = 60\n'
        ),
    ),
    Change(
        'a percent sign in the paste file',
        ('paste-file-broken',),
        paste=lambda text: f'[DEFAULT]\nfull = 100%\n{text}',
    ),
    Change(
        'a flavor that is gone', ('paste-flavor-missing',), sections=FLAVOR
    ),
    Change(
        'a flavor in capitals',
        ('paste-flavor-missing',),
        sections=option('paste_deploy', 'flavor', 'Caching'),
    ),
    Change('an empty flavor', sections=option('paste_deploy', 'flavor', '')),
    Change(
        'a flavor with a space',
        ('paste-flavor-missing',),
        sections=option('paste_deploy', 'flavor', 'keystone + caching'),
    ),
    Change(
        'a paste file that is not there',
        ('paste-file-missing',),
        sections=option('paste_deploy', 'config_file', '{path}/none.ini'),
    ),
    Change(
        'a paste file by a relative path',
        ('paste-file-relative',),
        sections=option('paste_deploy', 'config_file', 'glance-api-paste.ini'),
    ),
    Change(
        'a paste file by no path',
        sections=option('paste_deploy', 'config_file', None),
    ),
    Change(
        'an empty paste file', ('paste-flavor-missing',), paste=lambda _: ''
    ),
    Change(
        'a paste file without sections',
        ('paste-file-broken',),
        paste=lambda _text: 'pipeline = cors\n',
    ),
    Change(
        'a section twice',
        ('paste-file-broken',),
        paste=lambda text: text + '[filter:cors]\n',
    ),
    Change(
        'a filter that is not defined',
        ('paste-file-broken',),
        paste=lambda text: text.replace('[filter:cors]', '[filter:other]'),
    ),
    Change(
        'a pipeline without a value',
        ('paste-file-broken',),
        paste=lambda text: text + '\n[pipeline:glance-api-mine]\n',
        sections=option('paste_deploy', 'flavor', 'mine'),
    ),
    *(
        Change(
            f'the filter {factory}', ('paste-factory',), paste=extra(factory)
        )
        for factory in (
            'oslo_middleware:SSLMiddleware.factory',
            'glance.registry.api:API.factory',
            'glance.api.middleware.none:Filter.factory',
            'keystoneclient.middleware.auth_token:filter_factory',
            'oslo_middleware:NoSuch.factory',
            'no_such_package:filter_factory',
        )
    ),
    *(
        Change(f'the filter {factory}', paste=extra(factory))
        for factory in (
            'oslo_middleware:RequestId.factory',
            'oslo_middleware.catch_errors:CatchErrors.factory',
            'glance.api.middleware.gzip:GzipMiddleware.factory',
        )
    ),
    Change(
        'the route of /v1',
        ('paste-v1',),
        paste=lambda text: (
            text.replace('/v2: apiv2app', '/v1: apiv1app\n/v2: apiv2app')
            + '\n[app:apiv1app]\n'
            'paste.app_factory = glance.api.v1.router:API.factory\n'
        ),
    ),
    Change(
        'a pipeline of Keystone without authtoken',
        ('noauth',),
        'keystone',
        paste=lambda text: text.replace(' authtoken ', ' '),
    ),
    Change(
        'a pipeline of Keystone without context',
        ('noauth',),
        'keystone',
        paste=lambda text: text.replace(' authtoken context ', ' authtoken '),
    ),
    *(
        Change(
            f'a pipeline with {what}',
            findings,
            'keystone',
            paste=lambda text, order=order: text.replace(
                ' authtoken context ', f' {order} '
            ),
        )
        for what, findings, order in (
            ('authtoken after context', ('noauth',), 'context authtoken'),
            ('authtoken twice', (), 'authtoken context authtoken'),
            (
                'a context before authtoken, and after',
                ('noauth',),
                'context authtoken context',
            ),
            (
                'a context of nobody before that of Keystone',
                (),
                'authtoken unauthenticated-context context',
            ),
        )
    ),
    Change(
        'a context of nobody after that of Keystone',
        ('noauth',),
        'keystone',
        paste=lambda text: text.replace(
            ' context ', ' context unauthenticated-context '
        ),
        since=26,
    ),
    Change(
        'authtoken around the API',
        base='keystone',
        paste=lambda text: text.replace(' authtoken ', ' ').replace(
            '[composite:api]\n', '[composite:api]\nfilter-with = authtoken\n'
        ),
        since=27,
    ),
    Change(
        'authtoken inside the context',
        ('noauth',),
        'keystone',
        paste=lambda text: text.replace(' authtoken ', ' ').replace(
            '[composite:rootapp]\n',
            '[composite:rootapp]\nfilter-with = authtoken\n',
        ),
    ),
    Change(
        'a pipeline of its own for the API',
        base='keystone',
        paste=lambda text: (
            text.replace(' authtoken context ', ' ').replace(
                '/v2: apiv2app', '/v2: mine'
            )
            + '\n[pipeline:mine]\npipeline = authtoken context apiv2app\n'
        ),
    ),
    *(
        Change(
            f'a pipeline {what}',
            ('noauth',),
            'keystone',
            paste=lambda text, after=after: text.replace(
                ' versionnegotiation ', ' '
            ).replace(' context rootapp', f' context {after}rootapp'),
        )
        for what, after in (
            ('without versionnegotiation', ''),
            ('with versionnegotiation at its end', 'versionnegotiation '),
        )
    ),
    Change(
        'versionnegotiation between authtoken and context',
        base='keystone',
        paste=lambda text: text.replace(' versionnegotiation ', ' ').replace(
            ' authtoken ', ' authtoken versionnegotiation '
        ),
    ),
    Change(
        'versions that nobody has to be known for',
        ('noauth',),
        'keystone',
        paste=lambda text: text.replace(' versionnegotiation ', ' '),
        sections=default(allow_anonymous_access='true'),
    ),
    Change(
        'a pipeline that ends at the versions',
        ('paste-file-broken',),
        paste=lambda text: text.replace(' rootapp', ' apiversions'),
    ),
    Change(
        'a paste file without the route of /v2',
        ('paste-file-broken',),
        paste=lambda text: text.replace('/v2: apiv2app\n', ''),
    ),
    Change(
        'a paste file without the route of the versions',
        paste=lambda text: text.replace('/: apiversions\n', ''),
    ),
    Change(
        'a cache before the context',
        ('paste-cache-order',),
        'caching, central',
        paste=lambda text: text.replace(' context cache ', ' cache context '),
    ),
    Change(
        'requests without authentication',
        ('noauth',),
        paste=lambda text: text.replace(
            ' context ', ' unauthenticated-context '
        ),
    ),
    Change(
        'requests without authentication, and the old defaults',
        paste=lambda text: text.replace(
            ' context ', ' unauthenticated-context '
        ),
        sections=option('oslo_policy', 'enforce_new_defaults', 'false'),
        intended={'list as a stranger': '200', 'tasks': '403'},
    ),
    *(
        Change(
            f'an audit map {what}',
            findings,
            files={'map.conf': text},
            paste=lambda text: (
                text.replace('= cors', '= audit cors')
                + '\n[filter:audit]\npaste.filter_factory = '
                'keystonemiddleware.audit:filter_factory\n'
                'audit_map_file = %(here)s/map.conf\n'
            ),
        )
        for what, findings, text in (
            ('of words', ('paste-audit-map',), 'images\n'),
            (
                'with an option twice',
                ('paste-audit-map',),
                '[path_keywords]\na = b\na = c\n',
            ),
            ('of nothing', (), ''),
        )
    ),
    Change(
        'an audit map that is not there',
        ('paste-audit-map',),
        paste=lambda text: (
            text.replace('= cors', '= audit cors')
            + '\n[filter:audit]\npaste.filter_factory = '
            'keystonemiddleware.audit:filter_factory\n'
            'audit_map_file = /no/such/file\n'
        ),
    ),
    Change(
        'the header of a proxy',
        ('proxy-headers',),
        sections=merged(
            option('DEFAULT', 'secure_proxy_ssl_header', 'X-Forwarded-Proto')
        ),
    ),
)
