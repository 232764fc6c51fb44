# SPDX-License-Identifier: Apache-2.0
"""A clean deployment of each release, with its own release and the next.

The configuration is the sample that each release generates, in which every
option is a comment, with what it needs to start; the paste file is the one
that the release ships, and the database the one that the real Glance makes
for it.
"""

import pathlib

import pytest

from glance_status import releases, results
from tests.functional import command, glance_databases
from tests.unit.checks import test_paste

KNOWN = releases.targets()

CONFIGURATION: dict[str, command.Section] = {
    'keystone_authtoken': {
        'www_authenticate_uri': 'https://192.0.2.9:5000',
        'auth_url': 'https://192.0.2.9:5000',
        'auth_type': 'password',
        'project_domain_name': 'Default',
        'user_domain_name': 'Default',
        'project_name': 'service',
        'username': 'glance',
        'password': 'secret',
    },
    'paste_deploy': {'flavor': 'keystone'},
    'oslo_concurrency': {'lock_path': '/var/lib/glance/tmp'},
}

# What the next release asks of a clean deployment, by its major version.
NEXT = {
    # The paste file of 20.2.0 routes /v1; that of 21.0.0 does not.
    21: {'paste-v1': results.WARNING},
    # enforce_new_defaults is true from 26.0.0 on: users need a role.
    26: {'policy-new-defaults': results.WARNING},
}


def found(
    directory: pathlib.Path,
    release: releases.Release,
    target: releases.Release,
) -> dict[str, int]:
    """Return the findings that count, and their results."""
    state = f'behind_{release.contract_head}'
    if state not in glance_databases.STATES:
        state = 'up_to_date'
    with glance_databases.database('sqlite', state, directory) as url:
        path = command.deployment(directory, url, **CONFIGURATION)
        paste = directory / 'glance-api-paste.ini'
        paste.write_text(test_paste.shipped(release.major))
        completed = command.run(
            *('--config-file', path, 'upgrade', 'check', '--json'),
            *('--from', release.version, '--target', target.version),
        )
    report = command.document(completed)
    assert report['complete'], completed.stderr
    return {
        item['id']: item['result']
        for row in report['checks']
        for item in row['findings']
        if item['result']
    }


@pytest.mark.parametrize('release', KNOWN, ids=lambda item: item.label)
def test_its_own_release_finds_nothing(
    release: releases.Release, tmp_path: pathlib.Path
) -> None:
    assert found(tmp_path, release, release) == {}


@pytest.mark.parametrize('target', KNOWN[1:], ids=lambda item: item.label)
def test_the_next_release_finds_what_changes(
    target: releases.Release, tmp_path: pathlib.Path
) -> None:
    release = KNOWN[KNOWN.index(target) - 1]
    assert found(tmp_path, release, target) == NEXT.get(target.major, {})
