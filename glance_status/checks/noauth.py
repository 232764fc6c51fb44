# SPDX-License-Identifier: Apache-2.0
"""Whether somebody asks who it is that sends a request."""

import re

from glance_status import context, results
from glance_status.checks import pipeline, rules, values

NEW_DEFAULTS = 26
_NOBODY = 'glance.api.middleware.context:UnauthenticatedContextMiddleware'
_CONTEXT = 'glance.api.middleware.context:'
_API = 'glance.api.v2.router:'
_SOMEBODY = 'glance.api.middleware.context:ContextMiddleware'
# Middleware that asks nobody; any other may.
_SILENT = re.compile(
    r'glance\.|osprofiler\.|paste\.|egg:oslo\.middleware#(?!basic_auth)'
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
    'middleware that asks Keystone, and any pipeline without context.',
    matters='The API starts, and refuses every request to /v2/images with '
    '403: the new policies ask for roles that such a request does not have. '
    'Where nobody asks Keystone for who has to be known, it is 401, and '
    'without context 500.',
    remediation='Authenticate with [paste_deploy] flavor = keystone, or set '
    '[oslo_policy] enforce_new_defaults = false. In a pipeline of your own '
    'put authtoken before context.',
    since='26.0.0',
    reference='https://docs.openstack.org/releasenotes/glance/2023.1.html',
)


def find(
    checker: context.Checker, loaded: pipeline.Pipeline | None
) -> list[results.Finding]:
    """Look for a pipeline in which nobody asks who asks."""
    if loaded and _unasked(checker, loaded):
        return [
            NOAUTH.failure(
                f'The flavor {pipeline.flavor(checker)}'
                f'{values.place(checker, "paste_deploy", "flavor")} has no '
                f'authtoken in {loaded.path}: every request for images would '
                'be refused.'
            )
        ]
    if loaded and _without_context(loaded):
        return [
            NOAUTH.failure(
                f'{loaded.path}: the pipeline of {loaded.app} has no context, '
                'and every request for images fails with 500.'
            )
        ]
    asked = values.boolean(checker, 'oslo_policy', 'enforce_new_defaults')
    if checker.target.major < NEW_DEFAULTS or asked is False:
        return []
    flavor = pipeline.flavor(checker)
    if loaded is None:
        # Without a flavor the file might still ask who is there.
        nobody, file = flavor in ('caching', 'cachemanagement'), ''
    else:
        nobody, file = loaded.loads(_NOBODY), f' in {loaded.path}'
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


def _unasked(checker: context.Checker, loaded: pipeline.Pipeline) -> bool:
    return (
        'keystone' in pipeline.flavor(checker)
        and not loaded.wrong
        and loaded.loads(_SOMEBODY)
        and all(_SILENT.match(item.factory) for item in loaded.components)
    )


def _without_context(loaded: pipeline.Pipeline) -> bool:
    # Middleware of somebody else may bring the context.
    return (
        not loaded.wrong
        and loaded.loads(_API)
        and not loaded.loads(_CONTEXT)
        and all(
            _SILENT.match(item.factory)
            or item.factory.startswith('keystonemiddleware.')
            for item in loaded.components
        )
    )
