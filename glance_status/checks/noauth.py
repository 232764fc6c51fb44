# SPDX-License-Identifier: Apache-2.0
"""Whether somebody asks who it is that sends a request."""

import re

from glance_status import context, results
from glance_status.checks import paste_walk, pipeline, rules, values

NEW_DEFAULTS = 26
_NOBODY = 'glance.api.middleware.context:UnauthenticatedContextMiddleware'
_CONTEXT = 'glance.api.middleware.context:'
_API = 'glance.api.v2.router:'
_VERSIONS = 'glance.api.versions:'
_NEGOTIATES = 'glance.api.middleware.version_negotiation:'
_SOMEBODY = 'glance.api.middleware.context:ContextMiddleware'
_ASKS = re.compile(
    r'(keystonemiddleware\.|egg:keystonemiddleware#)'
    r'(auth_token|external_oauth2_token)'
)
# Middleware that asks nobody; any other may.
_SILENT = re.compile(
    r'glance\.|osprofiler\.|paste\.|egg:oslo\.middleware#(?!basic_auth)'
    r'|keystonemiddleware\.audit|egg:keystonemiddleware#audit'
    r'|oslo_middleware[.:](?!basic_auth|BasicAuth)'
)

NOAUTH = results.FindingKind(
    id='noauth',
    title='Requests without authentication are refused',
    looks_for='A pipeline that authenticates nobody, such as those of the '
    'flavors caching and cachemanagement and the one without a name, and '
    '[oslo_policy] enforce_new_defaults not switched off, which is on by '
    'default from 26.0.0 on. With rules of your own it is a warning. In any '
    'release, a flavor with keystone in its name whose pipeline has no '
    'middleware that asks Keystone, and any pipeline without context or '
    'with authtoken after it. Without versionnegotiation before context it '
    'is a warning.',
    matters='The API starts, and refuses every request to /v2/images with '
    '403: the new policies ask for roles that such a request does not have. '
    'Where nobody asks Keystone for who has to be known, it is 401, and '
    'without context 500. Without versionnegotiation before context only GET '
    '/ is, and with a token it fails with 500: clients and load balancers '
    'ask it for the versions of the API.',
    remediation='Authenticate with [paste_deploy] flavor = keystone, or set '
    '[oslo_policy] enforce_new_defaults = false: then all works but imports, '
    'which end with 500 where nobody is known. In a pipeline of your own put '
    'versionnegotiation and authtoken before context.',
    since='26.0.0',
    reference='https://docs.openstack.org/releasenotes/glance/2023.1.html',
)


def find(
    checker: context.Checker, loaded: pipeline.Pipeline | None
) -> list[results.Finding]:
    """Look for a pipeline in which nobody asks who asks."""
    said = loaded and _wrong_way(checker, loaded)
    if said:
        return [NOAUTH.failure(said)]
    return [*_nobody(checker, loaded), *_versions(checker, loaded)]


def _nobody(
    checker: context.Checker, loaded: pipeline.Pipeline | None
) -> list[results.Finding]:
    asked = values.boolean(checker, 'oslo_policy', 'enforce_new_defaults')
    if checker.target.major < NEW_DEFAULTS or asked is False:
        return []
    flavor = pipeline.flavor(checker)
    if loaded is None:
        # Without a flavor the file might still ask who is there.
        nobody, file = flavor in ('caching', 'cachemanagement'), ''
    else:
        nobody = any(map(_is_nobody, _ways(loaded)))
        file = f' in {loaded.path}'
    if not nobody:
        return []
    place = values.place(checker, 'paste_deploy', 'flavor')
    name = f'The flavor {flavor}{place}' if flavor else 'The default flavor'
    said = f'{name}{file} authenticates nobody, and {checker.target.title} '
    if 'get_images' in rules.merged(rules.read(checker)):
        return [
            NOAUTH.warning(
                f'{said}has policies that ask for a role where the policy '
                'file has no rule.'
            )
        ]
    return [NOAUTH.failure(f'{said}has policies that ask for a role.')]


def _wrong_way(
    checker: context.Checker, loaded: pipeline.Pipeline
) -> str | None:
    """Return why requests are refused whoever sends them, None if not."""
    for way in _ways(loaded):
        contexts = [
            place
            for place, item in enumerate(way)
            if item.factory.startswith(_CONTEXT)
        ]
        # Middleware of somebody else may bring the context.
        if not contexts and all(
            _SILENT.match(item.factory) or _ASKS.match(item.factory)
            for item in way
        ):
            return (
                f'{loaded.path}: the pipeline of {loaded.app} has no context, '
                'and every request for images fails with 500.'
            )
        for place in contexts:
            said = _unasked(checker, loaded, way, place)
            if said:
                return said
    return None


def _unasked(
    checker: context.Checker,
    loaded: pipeline.Pipeline,
    way: pipeline.Way,
    place: int,
) -> str | None:
    """Return what is wrong with what comes before a context, if anything."""
    own = way[place]
    if not own.factory.startswith(_SOMEBODY) or not all(
        _SILENT.match(item.factory) for item in way[:place]
    ):
        return None
    for item in way[place:]:
        if _ASKS.match(item.factory):
            return (
                f'{loaded.path}: [{item.section}] comes after [{own.section}] '
                f'in the pipeline of {loaded.app}: nobody is known to the '
                'latter, and every request is refused with 401.'
            )
    if 'keystone' not in pipeline.flavor(checker):
        return None
    return (
        f'The flavor {pipeline.flavor(checker)}'
        f'{values.place(checker, "paste_deploy", "flavor")} has no authtoken '
        f'in {loaded.path}: every request for images would be refused.'
    )


def _versions(
    checker: context.Checker, loaded: pipeline.Pipeline | None
) -> list[results.Finding]:
    """Look for a list of versions that nobody is shown."""
    for way in loaded.ways if loaded else ():
        if not way[-1].factory.startswith(_VERSIONS):
            continue
        item = _before_versions(checker, way)
        if item:
            assert loaded
            return [
                NOAUTH.warning(
                    f'{loaded.path}: no versionnegotiation comes before '
                    f'[{item.section}] in the pipeline of {loaded.app}: GET '
                    '/, which shows the versions of the API, is answered with '
                    '401 or 500, as before the upgrade.'
                )
            ]
    return []


def _before_versions(
    checker: context.Checker, way: pipeline.Way
) -> paste_walk.Component | None:
    """Return what a request for versions fails at, None where it may not.

    The application of versions cannot answer by itself.
    """
    anybody = values.boolean(checker, 'DEFAULT', 'allow_anonymous_access')
    for item in way:
        if item.factory.startswith(_NEGOTIATES):
            return None
        if item.factory.startswith(_SOMEBODY) and not anybody:
            return item
        # Middleware of somebody else may answer.
        if not _SILENT.match(item.factory) and not _ASKS.match(item.factory):
            return None
    return way[-1]


def _is_nobody(way: pipeline.Way) -> bool:
    """Tell whether the context that counts, the last one, knows nobody."""
    contexts = [
        item.factory for item in way if item.factory.startswith(_CONTEXT)
    ]
    return bool(contexts) and contexts[-1].startswith(_NOBODY)


def _ways(loaded: pipeline.Pipeline) -> list[pipeline.Way]:
    """Return those that lead to the API."""
    return [
        way
        for way in loaded.ways
        if any(item.factory.startswith(_API) for item in way)
    ]
