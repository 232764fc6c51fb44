# SPDX-License-Identifier: Apache-2.0
"""Whether the target has the middleware that the paste file names."""

import re

from glance_status import context, plugins, results
from glance_status.checks import (
    noauth,
    paste_order,
    paste_walk,
    pipeline,
    presence,
    proxy_headers,
)

# The first release whose own paste file has healthcheck as an application.
HEALTHCHECK_IS_APP = 27
# The first that was tested with oslo.middleware 7 or later.
NO_HEALTHCHECK_FILTER = 32
NO_V1 = 21
RELEASE_NOTES = 'https://docs.openstack.org/releasenotes/'

# Middleware that Glance's own paste files name, in any release, and what
# oslo.middleware has. To compile it takes milliseconds, for who has a paste
# file alone.
_KNOWN = (
    r'glance\.api:(root_app_factory|pipeline_factory)'
    r'|glance\.api\.versions:create_resource'
    r'|glance\.api\.v[12]\.router:API\.factory'
    r'|glance\.api\.middleware\.(version_negotiation:VersionNegotiationFilter'
    r'|cache:CacheFilter|cache_manage:CacheManageFilter'
    r'|context:(Unauthenticated)?ContextMiddleware|gzip:GzipMiddleware)'
    r'\.factory'
    r'|keystonemiddleware\.(audit|auth_token|(external_)?oauth2(_mtls)?_token)'
    r':filter_factory'
    r'|osprofiler\.web:WsgiMiddleware\.factory'
    r'|oslo_middleware:(CatchErrors|CorrelationId|CORS|Debug|Healthcheck'
    r'|HTTPProxyToWSGI|RequestId|RequestBodySizeLimiter|SSLMiddleware'
    r'|BasicAuthMiddleware|TracingMiddleware)\.(app_)?factory'
    r'|oslo_middleware\.(basic_auth|catch_errors|correlation_id|cors|debug'
    r'|healthcheck|http_proxy_to_wsgi|request_id|sizelimit|ssl|stats'
    r'|tracing):.*'
    r'|egg:oslo\.middleware#(basic_auth|catch_errors|correlation_id|cors'
    r'|debug|healthcheck|http_proxy_to_wsgi|request_id|sizelimit|tracing)'
    r'|paste\.urlmap:urlmap_factory'
    r'|egg:[Pp]aste#urlmap'
)
# Where a piece of middleware begins to be, and where it is gone.
_NOT_YET = ((re.compile(r'glance\.api:pipeline_factory'), 27),)
_GONE = (
    (
        re.compile(
            r'oslo_middleware(:SSLMiddleware|\.ssl:).*'
            r'|egg:oslo\.middleware#ssl'
        ),
        28,
    ),
    (re.compile(r'glance\.registry\..*'), 21),
    (re.compile(r'keystoneclient\.middleware\..*'), 18),
)
# What is of a package that the target brings, and none of the above.
_OURS = re.compile(r'glance\.|oslo_middleware[.:]|egg:oslo\.middleware#')
_HEALTHCHECK = re.compile(
    r'oslo_middleware(\.healthcheck)?:Healthcheck(Middleware)?\.factory'
    r'|egg:oslo\.middleware#healthcheck'
)

HEALTHCHECK = results.FindingKind(
    id='paste-healthcheck-filter',
    title='The paste file has healthcheck as a filter',
    looks_for='The healthcheck of oslo.middleware as a [filter:...] in the '
    'pipeline of the configured flavor, as the paste files of all releases '
    'before 27.0.0 have it. A filter that no pipeline names does no harm.',
    matters='oslo.middleware 7.0.0 and later has it as an application alone: '
    'the API does not start, NotImplementedError. No release note of Glance '
    'says so, and paste files outlive upgrades of packages.',
    remediation='Take glance-api-paste.ini of the target and make your '
    'changes to it again. In it [composite:glance-api-keystone] has '
    '"/healthcheck: healthcheck", and [app:healthcheck] has '
    'paste.app_factory = oslo_middleware:Healthcheck.app_factory.',
    since='32.0.0',
    reference=f'{RELEASE_NOTES}oslo.middleware/',
)
FACTORY = results.FindingKind(
    id='paste-factory',
    title='The paste file names middleware that may not be there',
    looks_for='Middleware in the pipeline of the configured flavor that the '
    'target does not have, such as SSLMiddleware of oslo.middleware before '
    '6.0.0, glance.registry or keystoneclient.middleware; and middleware '
    'that is not of OpenStack: a failure where the target is installed '
    'beside this tool and the package is not.',
    matters='With middleware that cannot be imported the API does not '
    'start: ImportError or AttributeError.',
    remediation='Take what the target does not have out of the pipeline. '
    'Install what is of another party where the new Glance will run, and '
    'try that it can be imported there.',
    reference=pipeline.REFERENCE,
)
V1 = results.FindingKind(
    id='paste-v1',
    title='The paste file still has a route to the v1 API',
    looks_for='glance.api.v1.router in the pipeline of the configured '
    'flavor. Where the upgrade does not pass into 21.0.0, it is a note.',
    matters='The v1 API is gone since 17.0.0. What is left of it still '
    'loads and may go in any release; then the API does not start.',
    remediation='Delete the lines "/v1: ..." and the section that they name.',
    since='21.0.0',
    reference=f'{RELEASE_NOTES}glance/victoria.html',
)


def check_middleware(checker: context.Checker) -> list[results.Finding]:
    """Follow the pipeline of the configured flavor."""
    loaded = pipeline.read(checker)
    findings = [
        *proxy_headers.find(checker, loaded),
        *noauth.find(checker, loaded),
        *paste_order.find(loaded),
    ]
    if loaded is None:
        return findings
    for component in loaded.components:
        findings += _component(checker, loaded.path, component)
    return findings


def _component(
    checker: context.Checker, path: str, component: paste_walk.Component
) -> list[results.Finding]:
    target = checker.target
    factory = component.factory
    said = f'{path}, line {component.line}: [{component.section}] is {factory}'
    affected = results.Affected(1, (component.section,))
    gone, new = _found(_GONE, factory), _found(_NOT_YET, factory)
    if component.kind == 'filter' and _HEALTHCHECK.fullmatch(factory):
        return _healthcheck(checker, said)
    if gone and target.major >= gone:
        message = f'{said}, which {target.title} does not have.'
        return [FACTORY.failure(message, affected=affected)]
    if new and target.major < new:
        message = f'{said}, which came with {new}.0.0.'
        return [FACTORY.failure(message, affected=affected)]
    if factory.startswith('glance.api.v1.') and target.major >= NO_V1:
        said = f'{said}: there is no v1 API any more.'
        return [V1.warning(said) if checker.crosses(NO_V1) else V1.note(said)]
    if gone or re.fullmatch(_KNOWN, factory):
        return []
    if _OURS.match(factory):
        message = f'{said}, which no release of Glance brings.'
        return [FACTORY.failure(message, affected=affected)]
    missing = _missing(component) if presence.runs_target(checker) else None
    if missing:
        message = (
            f'{said}, and there is no {missing} beside the Glance that is '
            'installed here.'
        )
        return [FACTORY.failure(message, affected=affected)]
    message = f'{said}, which is not of Glance: it has to be there for it.'
    return [FACTORY.warning(message, affected=affected)]


def _found(
    majors: tuple[tuple[re.Pattern[str], int], ...], factory: str
) -> int | None:
    """Return the release of the pattern that a factory has, if any."""
    return next(
        (major for pattern, major in majors if pattern.fullmatch(factory)),
        None,
    )


def _missing(component: paste_walk.Component) -> str | None:
    """Return what a factory takes that is not installed here, if anything."""
    factory = component.factory
    if factory.startswith('egg:'):
        groups = paste_walk.FACTORIES[component.kind]
        return None if presence.has_egg(factory, groups) else factory
    package = re.split(r'[.:]', factory)[0]
    # Whoever imports more than the package runs what nobody knows.
    return None if presence.imports(package) else package


def _healthcheck(checker: context.Checker, said: str) -> list[results.Finding]:
    target = checker.target
    if target.major >= NO_HEALTHCHECK_FILTER:
        return [
            HEALTHCHECK.failure(
                f'{said}: {target.title} does not start with it as a filter.'
            )
        ]
    if target.major >= HEALTHCHECK_IS_APP:
        return [
            HEALTHCHECK.note(
                f'{said}. {target.title} still takes it as a filter; '
                f'{NO_HEALTHCHECK_FILTER}.0.0 does not start with it.'
            )
        ]
    return []


CHECKS = (
    plugins.Check(
        id='middleware',
        title='Middleware',
        function=check_middleware,
        kinds=(
            HEALTHCHECK,
            FACTORY,
            V1,
            proxy_headers.KIND,
            noauth.NOAUTH,
            paste_order.CACHE,
        ),
        topic='middleware',
        reads=('configuration', 'files'),
        description='Whether the target has the middleware that stands in '
        'the paste file for the configured flavor, and serves requests with '
        'it.',
    ),
)
