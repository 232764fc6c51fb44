# SPDX-License-Identifier: Apache-2.0
"""Values that the real Glance refuses, and our finding."""

import pathlib
from collections import abc

import pytest
from oslo_config import cfg

from glance_status import configuration, context, releases
from glance_status.checks import option_values
from tests.functional import command, glance_databases
from tests.proof import real


def failures(conf: pathlib.Path) -> list[str]:
    """Return the options whose value is a failure."""
    config = configuration.read(cfg.ConfigOpts(), [('file', str(conf))])
    run = context.Run(config, releases.newest())
    checker = context.Checker(run, context.Facts())
    return [
        finding.affected.sample[0]
        for finding in option_values.check_values(checker)
        if finding.result == 2 and finding.affected
    ]


@pytest.mark.parametrize(
    ('section', 'option', 'value', 'right'),
    [
        ('cors', 'max_age', 'long', '3600'),
        ('wsgi', 'task_pool_threads', '0', '1'),
        ('local', 'filesystem_store_chunk_size', 'large', '65536'),
    ],
)
def test_the_api_does_not_start(
    tmp_path: pathlib.Path,
    section: str,
    option: str,
    value: str,
    right: str,
) -> None:
    def deploy(url: str, text: str) -> pathlib.Path:
        sections: abc.Mapping[str, command.Section] = {section: {option: text}}
        return real.deployment(tmp_path, url, sections)

    with glance_databases.database('sqlite', 'up_to_date', tmp_path) as url:
        conf = deploy(url, value)
        refused = real.start(conf).error
        assert refused is not None
        assert 'ConfigFileValueError' in refused
        assert failures(conf) == [f'[{section}] {option}']
        conf = deploy(url, right)
        assert (real.start(conf).error, failures(conf)) == (None, [])


def test_images_cannot_be_created(tmp_path: pathlib.Path) -> None:
    request = (
        'POST',
        '/v2/images',
        real.ADMIN,
        '{"disk_format": "raw", "container_format": "bare"}',
    )
    with glance_databases.database('sqlite', 'up_to_date', tmp_path) as url:
        for value, status, found in (
            ('many', 500, ['[DEFAULT] image_tag_quota']),
            ('128', 201, []),
        ):
            conf = real.deployment(
                tmp_path, url, {'DEFAULT': {'image_tag_quota': value}}
            )
            answer = real.start(conf, request)
            assert answer.error is None
            assert answer.responses[0][0] == status
            assert failures(conf) == found
