# SPDX-License-Identifier: Apache-2.0
"""Whether the target can read what the locations of images point to."""

from glance_status import context, plugins, results, rows
from glance_status.checks import (
    backends,
    location_cinder,
    location_http,
    location_metadata,
    location_s3,
    location_schemes,
    location_swift,
)

# What is asked, and told, of each kind of location.
_KINDS = (
    location_schemes,
    location_s3,
    location_cinder,
    location_swift,
    location_http,
    location_metadata,
)


def ask(checker: context.Checker) -> list[rows.Question]:
    """Ask for the locations that need a look in this configuration."""
    stores = backends.read(checker)
    return [item for kind in _KINDS for item in kind.ask(checker, stores)]


def check_locations(checker: context.Checker) -> list[results.Finding]:
    """Judge the URLs of locations."""
    return [item for kind in _KINDS for item in kind.judge(checker)]


CHECKS = (
    plugins.Check(
        id='image-locations',
        title='Image locations',
        function=check_locations,
        kinds=(
            location_schemes.SCHEME,
            location_schemes.ENCRYPTED,
            location_s3.CREDENTIALS,
            location_cinder.LEGACY,
            location_swift.REFERENCE,
            location_swift.AUTH,
            location_http.FILTERED,
            location_metadata.METADATA,
        ),
        topic='stores',
        reads=('configuration', 'files', 'database'),
        description='Whether the stores of the target can read what the '
        'locations of images point to, and what they say of it.',
        asks=ask,
    ),
)
