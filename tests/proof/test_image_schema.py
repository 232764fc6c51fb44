# SPDX-License-Identifier: Apache-2.0
"""Schemas of images that the real Glance does not start with."""

import pathlib

from glance_status.checks import image_schema
from tests.functional import glance_databases
from tests.proof import real
from tests.unit import checkers


def test_a_property_of_glances_own(tmp_path: pathlib.Path) -> None:
    def asked(content: str) -> tuple[bool, list[str]]:
        (tmp_path / image_schema.FILE).write_text(content)
        findings = image_schema.check_image_schema(checkers.of(conf))
        return real.start(conf).error is None, [item.id for item in findings]

    with glance_databases.database('sqlite', 'up_to_date', tmp_path) as url:
        conf = real.deployment(tmp_path, url)
        assert asked('{') == (False, ['image-schema'])
        assert asked('{"stores": {}}') == (False, ['image-schema'])
        assert asked('{"my_stores": {}}') == (True, [])
