# SPDX-License-Identifier: Apache-2.0
"""The deployment that all proofs begin with: the real Glance takes it."""

import json
import pathlib

from tests.functional import glance_databases
from tests.proof import real

IMAGE = {
    'id': '5d5cc0f2-4b0b-4a3f-9a51-6f2f6f6a7d11',
    'name': 'an image',
    'disk_format': 'raw',
    'container_format': 'bare',
}


def test_the_real_glance_starts_and_serves(tmp_path: pathlib.Path) -> None:
    with glance_databases.database('sqlite', 'up_to_date', tmp_path) as url:
        conf = real.deployment(tmp_path, url)
        answer = real.start(
            conf,
            ('GET', '/healthcheck', {}, ''),
            ('GET', '/v2/images', real.ADMIN, ''),
            ('POST', '/v2/images', real.ADMIN, json.dumps(IMAGE)),
            ('PUT', f'/v2/images/{IMAGE["id"]}/file', real.UPLOAD, 'content'),
            ('GET', f'/v2/images/{IMAGE["id"]}/file', real.ADMIN, ''),
        )
    statuses = [status for status, _text in answer.responses]
    assert (answer.error, statuses) == (None, [200, 200, 201, 204, 200])
    assert answer.responses[-1][1] == 'content'
