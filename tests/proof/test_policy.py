# SPDX-License-Identifier: Apache-2.0
"""Policies that the real Glance loses or fails with, and the remedies."""

import pathlib

import pytest

from glance_status import results
from glance_status.checks import (
    policy,
    policy_place,
    policy_rules,
    protections,
)
from tests.functional import command, glance_databases
from tests.proof import real
from tests.unit import checkers

STRANGER = {**real.ADMIN, 'X-Roles': 'stranger'}
ADMIN_AND_STRANGER = [
    ('GET', '/v2/images', real.ADMIN, ''),
    ('GET', '/v2/images', STRANGER, ''),
]
OPEN = '"get_images": "@"\n'
CLOSED = '"get_images": "!"\n'
PROTECTED = {'property_protection_file': '{path}/protections.conf'}
PROTECTION = '[x]\ncreate = a\nread = a\nupdate = a\ndelete = a\n'


def failing(conf: pathlib.Path) -> list[str]:
    """Return what the checks say will fail."""
    checker = checkers.of(conf, source='20')
    return [
        item.id
        for check in (
            policy.check_policy_file,
            policy_place.check_policy_place,
            policy_rules.check_policy_rules,
            protections.check_protections,
        )
        for item in check(checker)
        if item.result == results.FAILURE
    ]


@pytest.mark.parametrize(
    ('sections', 'files', 'expected', 'statuses', 'remedy', 'after'),
    [
        # Whoever was let in is not, and the other way round.
        (
            {},
            {'policy.json': '{"get_images": "!"}'},
            'policy-json-implicit',
            [200, 403],
            {'policy.yaml': CLOSED},
            [403, 403],
        ),
        (
            {'oslo_policy': {'policy_file': 'policy.json'}},
            {'policy.json': '{\n\t"get_images": "@"\n}'},
            'policy-json-explicit',
            [500, 500],
            {'policy.json': OPEN},
            [200, 200],
        ),
        (
            {'DEFAULT': {'policy_file': 'mine.yaml'}},
            {'mine.yaml': CLOSED},
            'policy-file-alias',
            [200, 403],
            {'glance-api.conf': '[oslo_policy]\npolicy_file = mine.yaml\n'},
            [403, 403],
        ),
        (
            {'oslo_policy': {'policy_file': 'mine.yaml'}},
            {},
            'policy-file-missing',
            [200, 403],
            {'mine.yaml': OPEN},
            [200, 200],
        ),
        (
            {'oslo_policy': {'policy_dirs': '{path}/mine'}},
            {'mine': OPEN},
            'policy-dirs-file',
            [500, 500],
            {'mine': None},
            [200, 403],
        ),
        (
            {},
            {'policy.yaml': '- get_images\n'},
            'policy-syntax',
            [500, 500],
            {'policy.yaml': OPEN},
            [200, 200],
        ),
        (
            {},
            {'policy.yaml': 'unused: 5\n'},
            'policy-syntax',
            [500, 500],
            {'policy.yaml': OPEN},
            [200, 200],
        ),
        (
            {},
            {'policy.yaml': '"get_images": "rule:a"\n"a": "rule:get_images"'},
            'policy-cycle',
            [500, 500],
            {'policy.yaml': OPEN},
            [200, 200],
        ),
        # copy_from is gone since 21.0.0.
        (
            {},
            {'policy.yaml': '"get_images": "rule:copy_from"\n'},
            'policy-undefined-rule',
            [200, 200],
            {'policy.yaml': CLOSED},
            [403, 403],
        ),
        (
            {'DEFAULT': PROTECTED},
            {},
            'prop-protect',
            [400, 400],
            {'protections.conf': PROTECTION},
            [200, 403],
        ),
    ],
)
def test_what_the_real_glance_answers(
    tmp_path: pathlib.Path,
    sections: dict[str, command.Section],
    files: dict[str, str | None],
    expected: str,
    statuses: list[int],
    remedy: dict[str, str | None],
    after: list[int],
) -> None:
    def asked(changed: dict[str, str | None]) -> tuple[list[int], list[str]]:
        for name, content in changed.items():
            path = tmp_path / name
            if content is None:
                path.unlink()
            elif path == conf:
                path.write_text(path.read_text() + content)
            else:
                path.write_text(content)
        answer = real.start(conf, *ADMIN_AND_STRANGER)
        seen = [status for status, _text in answer.responses]
        return seen, failing(conf)

    wanted = {
        name: {
            key: str(value).format(path=tmp_path)
            for key, value in options.items()
        }
        for name, options in sections.items()
    }
    with glance_databases.database('sqlite', 'up_to_date', tmp_path) as url:
        conf = real.deployment(tmp_path, url, wanted)
        assert asked(files) == (statuses, [expected])
        assert asked(remedy) == (after, [])
