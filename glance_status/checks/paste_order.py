# SPDX-License-Identifier: Apache-2.0
"""Middleware that stands where it does not find what it needs."""

from glance_status import results
from glance_status.checks import pipeline

_CONTEXT = 'glance.api.middleware.context:'
_CACHE = 'glance.api.middleware.cache:'

CACHE = results.FindingKind(
    id='paste-cache-order',
    title='The cache comes before the context',
    looks_for='The middleware of the image cache before context in the '
    'pipeline of the configured flavor.',
    matters='It asks the context who wants an image that it has, and there '
    'is none yet: the first download of an image succeeds, and each one '
    'after it fails with 500.',
    remediation='Put cache and cachemanage after context in the pipeline.',
    reference=pipeline.REFERENCE,
)


def find(loaded: pipeline.Pipeline | None) -> list[results.Finding]:
    """Look for a cache that a request comes to without a context."""
    for way in loaded.ways if loaded else ():
        placed = [
            item for item in way if item.factory.startswith((_CACHE, _CONTEXT))
        ]
        contexts = [
            item for item in placed if item.factory.startswith(_CONTEXT)
        ]
        # Where there is none at all, somebody else's may be one.
        if contexts and contexts[0] is not placed[0]:
            cache, own = placed[0], contexts[0]
            assert loaded
            return [
                CACHE.failure(
                    f'{loaded.path}: [{cache.section}] comes before '
                    f'[{own.section}] in the pipeline of {loaded.app}: what '
                    'is in the cache cannot be downloaded.'
                )
            ]
    return []
