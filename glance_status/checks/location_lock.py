# SPDX-License-Identifier: Apache-2.0
"""Whether there is a place for the lock under which hashes are made."""

import os

from glance_status import context, results
from glance_status.checks import backends, pipeline, values

# Makes the hash of an image that a service has stored, under a lock.
LOCKS = 30
# Drivers of stores in which Nova and Cinder store images themselves.
_SHARED = ('rbd', 'cinder')

LOCK = results.FindingKind(
    id='location-lock-path',
    title='Images that services store get no hash without a lock_path',
    looks_for='No [oslo_concurrency] lock_path, a store of RBD or Cinder, and '
    '[DEFAULT] do_secure_hash not off, where the upgrade passes into 30.0.0 '
    '(2025.1). The variable OSLO_LOCK_PATH counts as one; so does a cache of '
    'images whose driver is not xattr.',
    matters='Where Nova or Cinder stores an image itself, and tells Glance '
    'by its API of locations where it is, Glance makes the hash under a lock. '
    'Without a place for it the task fails, RequiredOptError: the image is '
    'active, has no hash, and keeps the mark of an import that goes on. No '
    'release note says that the option is needed.',
    remediation='Set [oslo_concurrency] lock_path to a directory that Glance '
    'may write to.',
    since='30.0.0',
    reference='https://docs.openstack.org/oslo.concurrency/latest/admin/',
)


def find(checker: context.Checker) -> list[results.Finding]:
    """Look for a place of locks."""
    if not checker.crosses(LOCKS) or _is_off(checker) or _has_one(checker):
        return []
    stores = backends.read(checker)
    shared = [store for name in _SHARED for store in stores.of(name)]
    if not shared:
        return []
    return [
        LOCK.warning(
            '[oslo_concurrency] lock_path is not set: the hash of what Nova '
            f'or Cinder puts into {backends.placed(checker, shared[0])} '
            'cannot be made.'
        )
    ]


def _is_off(checker: context.Checker) -> bool:
    return values.boolean(checker, 'DEFAULT', 'do_secure_hash') is False


def _has_one(checker: context.Checker) -> bool:
    if values.text(checker, 'oslo_concurrency', 'lock_path'):
        return True
    driver = values.text(checker, 'DEFAULT', 'image_cache_driver')
    # The other drivers give locks the directory of the cache.
    cached = driver != 'xattr' and pipeline.caches(checker)
    return cached or bool(os.environ.get('OSLO_LOCK_PATH'))
