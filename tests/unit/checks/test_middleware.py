# SPDX-License-Identifier: Apache-2.0
"""Middleware that the target has not, and requests without anybody."""

import pathlib

import pytest

from glance_status import results
from tests.unit import checkers
from tests.unit.checks.test_paste import (
    KEYSTONE,
    deployed,
    found,
    ids,
    shipped,
)

HEADER = '[DEFAULT]\nsecure_proxy_ssl_header = HTTP_X_FORWARDED_PROTO\n'
PARSED = '[oslo_middleware]\nenable_proxy_headers_parsing = true\n'


@pytest.mark.parametrize(
    ('factory', 'target', 'result', 'message'),
    [
        (
            'oslo_middleware:SSLMiddleware.factory',
            '28',
            results.FAILURE,
            'which 2024.1 Caracal does not have.',
        ),
        (
            'glance.registry.api.v1:API.factory',
            '21',
            results.FAILURE,
            'which Victoria does not have.',
        ),
        (
            'keystoneclient.middleware.auth_token:filter_factory',
            '33',
            results.FAILURE,
            'which 2026.2 Hibiscus does not have.',
        ),
        (
            'keystoneclient.middleware.auth_token:filter_factory',
            '18',
            results.FAILURE,
            'which Stein does not have.',
        ),
        (
            'glance.api.middleware.quota:Quota.factory',
            '33',
            results.FAILURE,
            'which no release of Glance brings.',
        ),
        (
            'egg:oslo.middleware#healthchek',
            '33',
            results.FAILURE,
            'which no release of Glance brings.',
        ),
        (
            'mycloud.audit:filter_factory',
            '33',
            results.WARNING,
            'which is not of Glance: it has to be there for it.',
        ),
    ],
)
def test_middleware_that_is_not_there(
    tmp_path: pathlib.Path,
    factory: str,
    target: str,
    result: int,
    message: str,
) -> None:
    file = shipped(33).replace('keystone = cors', 'keystone = extra cors')
    option = 'use' if factory.startswith('egg:') else 'paste.filter_factory'
    file += f'[filter:extra]\n{option} = {factory}\n'
    if int(target) < 27:
        file = shipped(22).replace(
            'oslo_middleware:Healthcheck.factory', factory
        )
    ((name, found_result, said),) = found(
        deployed(tmp_path, KEYSTONE, file, target=target)
    )
    assert (name, found_result) == ('paste-factory', result)
    assert said.endswith(f' is {factory}, {message}')


def test_middleware_that_is_not_beside_the_target(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkers.install(tmp_path, monkeypatch, 'glance', '33.0.0')
    (tmp_path / 'mycloud.py').touch()
    checkers.install(tmp_path, monkeypatch, 'mycloud', '1.0')
    (tmp_path / 'mycloud-1.0.dist-info/entry_points.txt').write_text(
        '[paste.filter_factory]\naudit = mycloud:factory\n'
        'main = mycloud:factory\n'
        '[paste.app_factory]\nserve = mycloud:factory\n'
    )

    def judged(factory: str) -> list[tuple[int, str]]:
        file = shipped(33).replace('keystone = cors', 'keystone = extra cors')
        option = (
            'use' if factory.startswith('egg:') else 'paste.filter_factory'
        )
        file += f'[filter:extra]\n{option} = {factory}\n'
        return [
            (result, said.partition(f' is {factory}')[2])
            for _id, result, said in found(deployed(tmp_path, KEYSTONE, file))
        ]

    for factory, absent in (
        ('no_cloud.audit:factory', 'no_cloud'),
        ('egg:no_cloud#audit', 'egg:no_cloud#audit'),
        ('egg:mycloud#serve', 'egg:mycloud#serve'),
    ):
        said = (
            f', and there is no {absent} beside the Glance that is installed '
            'here.'
        )
        assert judged(factory) == [(results.FAILURE, said)]
    own = ', which is not of Glance: it has to be there for it.'
    for factory in ('mycloud:factory', 'egg:mycloud#audit', 'egg:mycloud'):
        assert judged(factory) == [(results.WARNING, own)]


@pytest.mark.parametrize(
    ('factory', 'target'),
    [
        ('oslo_middleware:SSLMiddleware.factory', '27'),
        ('oslo_middleware:RequestId.factory', '27'),
        ('oslo_middleware:TracingMiddleware.factory', '27'),
        ('glance.registry.api.v1:API.factory', '20'),
        ('glance.api.v1.router:API.factory', '20'),
    ],
)
def test_middleware_that_is_there(
    tmp_path: pathlib.Path, factory: str, target: str
) -> None:
    file = shipped(int(target))
    assert 'oslo_middleware.cors:filter_factory' in file
    file = file.replace('oslo_middleware.cors:filter_factory', factory)
    assert found(deployed(tmp_path, KEYSTONE, file, target=target)) == []


def test_a_paste_file_of_a_later_release(tmp_path: pathlib.Path) -> None:
    checker = deployed(tmp_path, KEYSTONE, shipped(33), target='26')
    ((name, result, said),) = found(checker)
    assert (name, result) == ('paste-factory', results.FAILURE)
    assert said.endswith(
        ': [composite:api] is glance.api:pipeline_factory, which came with '
        '27.0.0.'
    )


@pytest.mark.parametrize(
    ('text', 'source', 'expected'),
    [
        ('', '24', ['enable_proxy_headers_parsing is not on.']),
        ('', '25', []),
        (PARSED, '24', []),
        (
            PARSED.replace('true', 'perhaps'),
            '24',
            ['enable_proxy_headers_parsing is not on.'],
        ),
    ],
)
def test_the_header_of_a_proxy(
    tmp_path: pathlib.Path, text: str, source: str, expected: list[str]
) -> None:
    checker = deployed(
        tmp_path, HEADER + text + KEYSTONE, shipped(33), source=source
    )
    conf = tmp_path / 'glance-api.conf'
    said = (
        f'[DEFAULT] secure_proxy_ssl_header is set ({conf}, line 2), and '
        'ignored; [oslo_middleware] '
    )
    assert found(checker) == [
        ('proxy-headers', results.WARNING, said + item) for item in expected
    ]


def test_the_header_is_deprecated_before(tmp_path: pathlib.Path) -> None:
    checker = deployed(
        tmp_path, HEADER + KEYSTONE, shipped(24), source='23', target='24'
    )
    assert found(checker) == [
        (
            'proxy-headers',
            results.SUCCESS,
            f'[DEFAULT] secure_proxy_ssl_header is set ({tmp_path}/'
            'glance-api.conf, line 2), which Yoga calls deprecated and 25.0.0 '
            'ignores.',
        )
    ]


def test_the_header_is_ignored_from_zed_on(tmp_path: pathlib.Path) -> None:
    checker = deployed(
        tmp_path, HEADER + KEYSTONE, shipped(25), source='24', target='25'
    )
    assert ids(checker) == [('proxy-headers', results.WARNING)]


def test_a_pipeline_that_does_not_parse_the_header(
    tmp_path: pathlib.Path,
) -> None:
    file = shipped(33).replace('http_proxy_to_wsgi ', '')
    text = HEADER + PARSED + KEYSTONE
    assert found(deployed(tmp_path, text, file)) == [
        (
            'proxy-headers',
            results.WARNING,
            f'[DEFAULT] secure_proxy_ssl_header is set ({tmp_path}/'
            'glance-api.conf, line 2), and ignored; the pipeline has no '
            'http_proxy_to_wsgi.',
        )
    ]
    # Nobody knows the pipeline.
    (tmp_path / 'glance-api-paste.ini').unlink()
    assert ids(checkers.make(tmp_path, text)) == [
        ('paste-file-missing', results.SUCCESS)
    ]


@pytest.mark.parametrize('flavor', ['', 'caching', 'cachemanagement'])
@pytest.mark.parametrize(
    ('target', 'policy', 'expected'),
    [
        ('25', '', []),
        ('26', '', ['noauth']),
        ('33', '[oslo_policy]\nenforce_new_defaults = true\n', ['noauth']),
        ('33', '[oslo_policy]\nenforce_new_defaults = false\n', []),
    ],
)
def test_requests_without_authentication(
    tmp_path: pathlib.Path,
    flavor: str,
    target: str,
    policy: str,
    expected: list[str],
) -> None:
    text = f'{policy}[paste_deploy]\nflavor = {flavor}\n'
    file = shipped(int(target))
    checker = deployed(tmp_path, text, file, target=target)
    wrong = [
        name for name, result in ids(checker) if result == results.FAILURE
    ]
    assert wrong == expected


@pytest.mark.parametrize(
    ('text', 'expected'),
    [('', []), ('[paste_deploy]\nflavor = caching\n', ['noauth'])],
)
def test_requests_without_authentication_where_the_file_is_not_seen(
    tmp_path: pathlib.Path, text: str, expected: list[str]
) -> None:
    wrong = [
        name
        for name, result in ids(checkers.make(tmp_path, text))
        if result == results.FAILURE
    ]
    assert wrong == expected


@pytest.mark.parametrize('major', [18, 33])
def test_a_pipeline_of_keystone_that_does_not_ask_it(
    tmp_path: pathlib.Path, major: int
) -> None:
    file = shipped(major).replace(' authtoken ', ' ')
    checker = deployed(tmp_path, KEYSTONE, file, target=str(major))
    assert found(checker) == [
        (
            'noauth',
            results.FAILURE,
            f'The flavor keystone ({tmp_path / "glance-api.conf"}, line 2) '
            f'has no authtoken in {tmp_path / "glance-api-paste.ini"}: every '
            'request for images would be refused.',
        )
    ]


def test_nobody_notes_who_asks(tmp_path: pathlib.Path) -> None:
    file = shipped(33).replace(' authtoken context ', ' authtoken ')
    checker = deployed(tmp_path, KEYSTONE, file)
    assert found(checker) == [
        (
            'noauth',
            results.FAILURE,
            f'{tmp_path / "glance-api-paste.ini"}: the pipeline of '
            'glance-api-keystone has no context, and every request for '
            'images fails with 500.',
        )
    ]
    file = file.replace(' authtoken ', ' authtoken mine ')
    file += '[filter:mine]\npaste.filter_factory = mycloud:factory\n'
    checker = deployed(tmp_path, KEYSTONE, file)
    assert 'noauth' not in dict(ids(checker))


@pytest.mark.parametrize(
    ('order', 'first', 'last'),
    [
        ('context authtoken', 'authtoken', 'context'),
        ('context authtoken context', 'authtoken', 'context'),
        ('context mine authtoken', 'authtoken', 'context'),
        ('authtoken context', None, None),
        ('authtoken context authtoken', None, None),
        ('authtoken unauthenticated-context context', None, None),
        ('mine context authtoken', None, None),
    ],
)
def test_who_asks_comes_after_who_has_to_know(
    tmp_path: pathlib.Path, order: str, first: str | None, last: str | None
) -> None:
    file = shipped(33).replace(' authtoken context ', f' {order} ')
    file += '[filter:mine]\npaste.filter_factory = mycloud:factory\n'
    checker = deployed(tmp_path, KEYSTONE, file)
    said = (
        f'{tmp_path / "glance-api-paste.ini"}: [filter:{first}] comes after '
        f'[filter:{last}] in the pipeline of glance-api-keystone: nobody is '
        'known to the latter, and every request is refused with 401.'
    )
    assert [item for item in found(checker) if item[0] == 'noauth'] == (
        [('noauth', results.FAILURE, said)] if first else []
    )


ANYBODY = f'[DEFAULT]\nallow_anonymous_access = true\n{KEYSTONE}'
AROUND = '{}\nfilter-with = authtoken'


@pytest.mark.parametrize(
    ('place', 'there', 'expected'),
    [
        ('[composite:api]', AROUND, []),
        ('[composite:glance-api-keystone]', AROUND, []),
        ('[filter:context]', AROUND, []),
        ('[filter:cors]', AROUND, []),
        ('[composite:rootapp]', AROUND, ['noauth']),
        ('/v2 = apiv2app', '/v2 = asking', ['noauth']),
        ('/v2 = apiv2app', '{}\n/v3 = asking', ['noauth']),
        ('/ = apiversions', '/ = asking', ['noauth']),
        ('/v2 = apiv2app', '/v2 = both', ['noauth']),
    ],
)
def test_every_way_to_the_api_counts(
    tmp_path: pathlib.Path, place: str, there: str, expected: list[str]
) -> None:
    file = shipped(33).replace(' authtoken context ', ' context ')
    assert file.count(f'\n{place}\n') == 1
    file = file.replace(f'\n{place}\n', f'\n{there.format(place)}\n')
    file += (
        '[pipeline:asking]\npipeline = authtoken apiv2app\n'
        '[pipeline:both]\npipeline = authtoken context apiv2app\n'
    )
    checker = deployed(tmp_path, KEYSTONE, file)
    assert [item for item, _result in ids(checker)] == expected


def test_a_pipeline_for_the_api_alone(tmp_path: pathlib.Path) -> None:
    file = shipped(33).replace(' authtoken context ', ' ')
    file = file.replace('/v2 = apiv2app', '/v2 = both')
    file += '[pipeline:both]\npipeline = authtoken context apiv2app\n'
    assert ids(deployed(tmp_path, KEYSTONE, file)) == []


def test_another_file_may_ask(tmp_path: pathlib.Path) -> None:
    (tmp_path / 'other.ini').write_text('')
    file = shipped(33).replace(' authtoken context ', ' other context ')
    file += '[filter:other]\nuse = config:other.ini#asking\n'
    assert ids(deployed(tmp_path, KEYSTONE, file)) == []


WITHOUT = ('versionnegotiation ', '')
LAST = (' rootapp', ' versionnegotiation rootapp')


@pytest.mark.parametrize(
    ('text', 'changes', 'first'),
    [
        (KEYSTONE, [], None),
        (KEYSTONE, [WITHOUT], 'filter:context'),
        (KEYSTONE, [WITHOUT, ('= cors', '= gzip cors')], 'filter:context'),
        (KEYSTONE, [WITHOUT, ('= cors', '= mine cors')], None),
        (KEYSTONE, [WITHOUT, LAST], 'filter:context'),
        (KEYSTONE, [WITHOUT, (' context', ' versionnegotiation')], None),
        (KEYSTONE, [WITHOUT, (' authtoken context', '')], 'app:apiversions'),
        (KEYSTONE, [WITHOUT, ('/ = apiversions\n', '')], None),
        (ANYBODY, [WITHOUT], 'app:apiversions'),
        (ANYBODY, [WITHOUT, LAST], None),
    ],
)
def test_versions_that_nobody_is_shown(
    tmp_path: pathlib.Path,
    text: str,
    changes: list[tuple[str, str]],
    first: str | None,
) -> None:
    file = shipped(33)
    for old, other in changes:
        assert old in file
        file = file.replace(old, other)
    # The way to the images is well.
    file = file.replace('/v2 = apiv2app', '/v2 = own')
    file += (
        '[pipeline:own]\npipeline = authtoken context apiv2app\n'
        '[filter:mine]\npaste.filter_factory = mycloud:factory\n'
    )
    said = (
        f'{tmp_path / "glance-api-paste.ini"}: no versionnegotiation comes '
        f'before [{first}] in the pipeline of glance-api-keystone: GET /, '
        'which shows the versions of the API, is answered with 401 or 500, '
        'as before the upgrade.'
    )
    wrong = [
        item
        for item in found(deployed(tmp_path, text, file))
        if item[0] == 'noauth'
    ]
    assert wrong == ([('noauth', results.WARNING, said)] if first else [])


def test_a_maze_of_ways(tmp_path: pathlib.Path) -> None:
    file = shipped(33).replace(
        '/v2 = apiv2app', '\n'.join(f'/{n} = apiv2app' for n in range(1000))
    )
    file = file.replace(' authtoken context ', ' context authtoken ')
    assert ids(deployed(tmp_path, KEYSTONE, file)) == []


@pytest.mark.parametrize(
    ('order', 'wrong'),
    [
        ('cache context', True),
        ('cache context cache', True),
        ('cache again context', True),
        ('cache context later', True),
        ('context cache', False),
        ('context cache later', False),
        ('context cachemanage cache', False),
    ],
)
def test_a_cache_and_a_context(
    tmp_path: pathlib.Path, order: str, wrong: bool
) -> None:
    file = shipped(33).replace(' context rootapp', f' {order} rootapp')
    file += (
        '[filter:again]\nuse = cache\n[filter:later]\npaste.filter_factory = '
        'glance.api.middleware.context:ContextMiddleware.factory\n'
    )
    checker = deployed(tmp_path, KEYSTONE, file)
    said = (
        f'{tmp_path / "glance-api-paste.ini"}: [filter:cache] comes before '
        '[filter:context] in the pipeline of glance-api-keystone: what is in '
        'the cache cannot be downloaded.'
    )
    assert found(checker) == (
        [('paste-cache-order', results.FAILURE, said)] if wrong else []
    )


@pytest.mark.parametrize(
    'factory',
    ['mycloud:factory', 'oslo_middleware:BasicAuthMiddleware.factory'],
)
def test_somebody_else_may_ask(tmp_path: pathlib.Path, factory: str) -> None:
    file = shipped(33).replace(
        'keystonemiddleware.auth_token:filter_factory', factory
    )
    checker = deployed(tmp_path, KEYSTONE, file)
    assert 'noauth' not in dict(ids(checker))


def test_the_way_to_the_v1_api(tmp_path: pathlib.Path) -> None:
    checker = deployed(tmp_path, KEYSTONE, shipped(20), target='21')
    path = tmp_path / 'glance-api-paste.ini'
    assert found(checker) == [
        (
            'paste-v1',
            results.WARNING,
            f'{path}, line 1: [app:apiv1app] is glance.api.v1.router:'
            'API.factory: there is no v1 API any more.',
        )
    ]


@pytest.mark.parametrize(
    ('rules', 'result', 'where'),
    [
        (
            '"get_images": "@"\n',
            results.WARNING,
            ' where the policy file has no rule',
        ),
        ('"get_image": "@"\n', results.FAILURE, ''),
    ],
)
@pytest.mark.parametrize(
    ('flavor', 'name'),
    [
        ('', 'The default flavor'),
        ('caching', 'The flavor caching ({conf}, line 2)'),
    ],
)
def test_requests_without_authentication_and_rules_of_ones_own(
    tmp_path: pathlib.Path,
    flavor: str,
    name: str,
    rules: str,
    result: int,
    where: str,
) -> None:
    (tmp_path / 'policy.yaml').write_text(rules)
    text = f'[paste_deploy]\nflavor = {flavor}\n' if flavor else ''
    checker = deployed(tmp_path, text, shipped(33))
    said = (
        f'{name.format(conf=tmp_path / "glance-api.conf")} in '
        f'{tmp_path / "glance-api-paste.ini"} authenticates nobody, and '
        '2026.2 Hibiscus has policies that ask for a role'
    )
    assert found(checker) == [('noauth', result, f'{said}{where}.')]
