# SPDX-License-Identifier: Apache-2.0
"""Paste files that the real Glance does not start with, and the remedies."""

import pathlib
from collections import abc

import pytest

from glance_status import results
from glance_status.checks import middleware, paste
from tests.functional import glance_databases
from tests.proof import real
from tests.unit import checkers
from tests.unit.checks.test_paste import shipped

REQUEST = ('GET', '/v2/images', real.ADMIN, '')
AS_IT_IS: abc.Callable[[str], str] = str


def failing(conf: pathlib.Path) -> list[str]:
    """Return what the checks say will fail."""
    checker = checkers.of(conf)
    return [
        item.id
        for check in (paste.check_paste, middleware.check_middleware)
        for item in check(checker)
        if item.result == results.FAILURE
    ]


def extra(factory: str) -> abc.Callable[[str], str]:
    """Return what adds a filter to all pipelines."""
    return lambda text: (
        text.replace('= cors', '= extra cors')
        + f'\n[filter:extra]\npaste.filter_factory = {factory}\n'
    )


@pytest.mark.parametrize(
    ('flavor', 'changed', 'error', 'expected'),
    [
        ('caching', AS_IT_IS, None, []),
        (
            'keystone',
            lambda _text: shipped(20),
            'NotImplementedError: HealthcheckMiddleware',
            ['paste-healthcheck-filter'],
        ),
        (
            'keystone',
            lambda _text: shipped(26),
            'NotImplementedError: HealthcheckMiddleware',
            ['paste-healthcheck-filter'],
        ),
        (
            'trusted-auth',
            AS_IT_IS,
            'RuntimeError: Unable to load glance-api-trusted-auth',
            ['paste-flavor-missing'],
        ),
        (
            'caching',
            extra('oslo_middleware:SSLMiddleware.factory'),
            'AttributeError: ',
            ['paste-factory'],
        ),
        (
            'caching',
            extra('glance.registry.api:API.factory'),
            'RuntimeError: Unable to load',
            ['paste-factory'],
        ),
        (
            'caching',
            lambda text: text.replace('[filter:cors]', '[filter:other]'),
            'RuntimeError: Unable to load',
            ['paste-file-broken'],
        ),
        (
            'caching',
            lambda text: text + '[filter:cors]\n',
            'DuplicateSectionError: ',
            ['paste-file-broken'],
        ),
        (
            'caching',
            lambda text: text.replace(
                '[filter:cors]\n', '[filter:cors]\nset full = 100%\n'
            ),
            'InterpolationSyntaxError: Error in file',
            ['paste-file-broken'],
        ),
        (
            'caching',
            lambda text: text + '[application:apiv2app]\nuse = mine\n',
            None,
            [],
        ),
        (
            'caching',
            lambda text: text + '[filter-app:apiv2app]\nuse = mine\n',
            'RuntimeError: Unable to load',
            ['paste-file-broken'],
        ),
        (
            'caching',
            lambda text: text.replace(
                'oslo_config_project = glance\n',
                'set project = glance\nget oslo_config_project = project\n',
            ),
            None,
            [],
        ),
        (
            'caching',
            lambda text: text.replace(
                'oslo_config_project = glance\n',
                'get oslo_config_project = project\n',
            ),
            'RuntimeError: Unable to load',
            ['paste-file-broken'],
        ),
        (
            'caching',
            lambda text: text.replace(
                '[app:apiversions]\n',
                '[app:apiversions]\n'
                'paste.composite_factory = glance.api:root_app_factory\n',
            ),
            'RuntimeError: Unable to load',
            ['paste-file-broken'],
        ),
        (
            'caching',
            lambda text: (
                text.replace('/v2: apiv2app', '/v2: mine')
                + '[pipeline:mine]\npipeline = apiv2app\ntimeout = 60\n'
            ),
            'RuntimeError: Unable to load',
            ['paste-file-broken'],
        ),
    ],
)
def test_what_the_real_glance_makes_of_a_paste_file(
    tmp_path: pathlib.Path,
    flavor: str,
    changed: abc.Callable[[str], str],
    error: str | None,
    expected: list[str],
) -> None:
    cached = {
        'image_cache_dir': str(tmp_path / 'cache'),
        'image_cache_driver': 'xattr',
    }
    sections = {'DEFAULT': cached, 'paste_deploy': {'flavor': flavor}}
    with glance_databases.database('sqlite', 'up_to_date', tmp_path) as url:
        conf = real.deployment(tmp_path, url, sections)
        file = tmp_path / 'glance-api-paste.ini'
        file.write_text(changed(file.read_text()))
        answer = real.start(conf, REQUEST)
    started = answer.error is None
    assert (started, failing(conf)) == (error is None, expected)
    assert (answer.error or '').startswith(error or '')


def test_no_paste_file(tmp_path: pathlib.Path) -> None:
    named = str(tmp_path / 'none.ini')
    sections = {'paste_deploy': {'config_file': named, 'flavor': 'keystone'}}
    with glance_databases.database('sqlite', 'up_to_date', tmp_path) as url:
        conf = real.deployment(tmp_path, url, sections)
        answer = real.start(conf)
    error = 'RuntimeError: Unable to locate paste config file for glance-api.'
    assert (answer.error, failing(conf)) == (error, ['paste-file-missing'])


@pytest.mark.parametrize('enforced', [None, 'false'])
def test_requests_without_authentication(
    tmp_path: pathlib.Path, enforced: str | None
) -> None:
    sections = {'oslo_policy': {'enforce_new_defaults': enforced}}
    with glance_databases.database('sqlite', 'up_to_date', tmp_path) as url:
        conf = real.deployment(tmp_path, url, sections)
        (tmp_path / 'glance-api-paste.ini').write_text(shipped(33))
        answer = real.start(conf, ('GET', '/v2/images', {}, ''))
    statuses = [status for status, _text in answer.responses]
    assert (answer.error, statuses, failing(conf)) == (
        (None, [403], ['noauth']) if enforced is None else (None, [200], [])
    )
