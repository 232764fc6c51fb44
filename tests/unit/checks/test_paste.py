# SPDX-License-Identifier: Apache-2.0
"""Paste files that are missing, broken or without the flavor."""

import json
import os
import pathlib
import tempfile
import time
from importlib import resources

import pytest
from oslo_config import cfg

from glance_status import configuration, context, results
from glance_status.checks import middleware, paste, paste_walk, pipeline
from tests.unit import checkers

KEYSTONE = '[paste_deploy]\nflavor = keystone\n'


def shipped(major: int) -> str:
    """Return what the paste file of a release of Glance says."""
    files = json.loads(
        resources.files('glance_status.releases')
        .joinpath('paste.json')
        .read_text('utf-8')
    )
    lines = []
    for name, section in files['glance-api-paste.ini'].items():
        if not section.get('since', 0) <= major < section.get('gone', 99):
            continue
        options = {
            key: value
            for key, value in section.items()
            if key not in {'since', 'gone', 'changes'}
        }
        for since, changed in section.get('changes', {}).items():
            if int(since) <= major:
                options.update(changed)
        lines.append(f'[{name}]')
        lines += [
            f'{key} = {value}'
            for key, value in options.items()
            if value is not None
        ]
    return '\n'.join(lines) + '\n'


def found(checker: context.Checker) -> list[tuple[str, int, str]]:
    """Return id, result and message of what the checks find."""
    return [
        (item.id, item.result, item.message)
        for check in (paste.check_paste, middleware.check_middleware)
        for item in check(checker)
    ]


def ids(checker: context.Checker) -> list[tuple[str, int]]:
    """Return id and result of what the checks find."""
    return [(name, result) for name, result, _message in found(checker)]


def deployed(
    directory: pathlib.Path,
    text: str,
    file: str | bytes,
    *,
    target: str = '33',
    source: str | None = None,
) -> context.Checker:
    """Return a checker for a configuration with a paste file beside it."""
    content = file.encode() if isinstance(file, str) else file
    (directory / 'glance-api-paste.ini').write_bytes(content)
    return checkers.make(directory, text, target=target, source=source)


@pytest.mark.parametrize('flavor', ['', '+caching', '+cachemanagement'])
@pytest.mark.parametrize('major', range(18, 34))
def test_the_shipped_file_with_its_own_release(
    tmp_path: pathlib.Path, flavor: str, major: int
) -> None:
    text = KEYSTONE.rstrip() + flavor + '\n'
    checker = deployed(tmp_path, text, shipped(major), target=str(major))
    assert found(checker) == []


@pytest.mark.parametrize(
    ('major', 'expected'),
    [
        (18, []),
        (20, [('paste-v1', results.WARNING)]),
        (22, []),
        (26, [('paste-healthcheck-filter', results.SUCCESS)]),
        (27, []),
        (31, []),
        (32, []),
    ],
)
def test_the_shipped_file_with_the_next_release(
    tmp_path: pathlib.Path, major: int, expected: list[tuple[str, int]]
) -> None:
    checker = deployed(
        tmp_path, KEYSTONE, shipped(major), target=str(major + 1)
    )
    assert ids(checker) == expected


@pytest.mark.parametrize('major', [18, 21, 26])
def test_healthcheck_as_a_filter(tmp_path: pathlib.Path, major: int) -> None:
    file = shipped(major)
    checker = deployed(tmp_path, KEYSTONE, file)
    path = tmp_path / 'glance-api-paste.ini'
    line = file.splitlines().index('[filter:healthcheck]') + 1
    assert (
        'paste-healthcheck-filter',
        results.FAILURE,
        f'{path}, line {line}: [filter:healthcheck] is oslo_middleware:'
        'Healthcheck.factory: 2026.2 Hibiscus does not start with it as a '
        'filter.',
    ) in found(checker)


@pytest.mark.parametrize(
    'name',
    [
        'oslo_middleware.healthcheck:Healthcheck.factory',
        'egg:oslo.middleware#healthcheck',
    ],
)
@pytest.mark.parametrize('target', ['31', '32'])
def test_healthcheck_under_other_names(
    tmp_path: pathlib.Path, name: str, target: str
) -> None:
    option = 'use' if name.startswith('egg') else 'paste.filter_factory'
    file = shipped(26).replace(
        'paste.filter_factory = oslo_middleware:Healthcheck.factory',
        f'{option} = {name}',
    )
    result = results.FAILURE if target == '32' else results.SUCCESS
    checker = deployed(tmp_path, KEYSTONE, file, target=target)
    assert ids(checker) == [('paste-healthcheck-filter', result)]


def test_a_filter_that_no_pipeline_names(tmp_path: pathlib.Path) -> None:
    file = shipped(33) + (
        '[filter:old]\n'
        'paste.filter_factory = oslo_middleware:Healthcheck.factory\n'
    )
    assert found(deployed(tmp_path, KEYSTONE, file)) == []


@pytest.mark.parametrize('source', ['22', '23'])
def test_trusted_auth(tmp_path: pathlib.Path, source: str) -> None:
    text = '[paste_deploy]\nflavor = trusted-auth\n'
    conf, path = tmp_path / 'glance-api.conf', tmp_path / pipeline.NAME
    taken = deployed(tmp_path, text, shipped(33), source=source)
    assert found(taken) == [
        (
            'paste-flavor-missing',
            results.FAILURE,
            f'[paste_deploy] flavor is trusted-auth ({conf}, line 2), and '
            f'{path} does not have it: it has no [composite:glance-api-'
            'trusted-auth] or [pipeline:glance-api-trusted-auth].',
        )
    ]
    kept = deployed(tmp_path, text, shipped(22), source=source, target='23')
    assert ids(kept) == (
        [('paste-flavor-missing', results.WARNING)] if source == '22' else []
    )
    path.unlink()
    missing = ('paste-file-missing', results.SUCCESS)
    for target, more in (
        ('22', []),
        ('23', [('paste-flavor-missing', results.FAILURE)]),
        ('33', [('paste-flavor-missing', results.FAILURE)]),
    ):
        checker = checkers.make(tmp_path, text, source=source, target=target)
        assert ids(checker) == [*more, missing]


def test_a_flavor_without_a_pipeline_of_its_own(
    tmp_path: pathlib.Path,
) -> None:
    file = shipped(33).replace('keystone = cors', 'other = cors', 1)
    ((name, result, message),) = found(deployed(tmp_path, KEYSTONE, file))
    assert (name, result) == ('paste-flavor-missing', results.FAILURE)
    assert message.endswith('its [composite:api] has no keystone.')


@pytest.mark.parametrize(
    ('file', 'error'),
    [
        (
            'x\n',
            'File contains no section headers.',
        ),
        (
            shipped(33) + '[filter:cors]\n',
            "section 'filter:cors' already exists",
        ),
        (
            shipped(33).replace('[filter:cors]', '[filter:other]'),
            'it has no [filter:cors]',
        ),
        (
            shipped(33).replace(
                'oslo_middleware.cors:filter', '%(nothing)s:filter'
            ),
            'its [filter:cors] has %(nothing)s, which stands for nothing',
        ),
        (
            shipped(33).replace(
                '[app:apiv2app]\npaste.app', '[app:apiv2app]\n'
            ),
            'its [app:apiv2app] names nothing that makes it',
        ),
        (
            shipped(33).replace(
                '[filter:cors]\n', '[filter:cors]\nuse = mine\n'
            )
            + '[filter:mine]\nuse = cors\n',
            'its [filter:cors] is made of itself',
        ),
        (
            shipped(33).replace(
                '[filter:cors]\n', '[filter:cors]\nuse = config:mine.ini#a\n'
            ),
            '/mine.ini, which is missing',
        ),
        (
            shipped(33).replace('oslo_config_project = glance\n', ''),
            'its [filter:cors] has no oslo_config_project',
        ),
        (
            f'[DEFAULT]\nfull = 100%\n{shipped(33)}',
            'its [DEFAULT] has %, which stands for nothing',
        ),
        (
            shipped(33).replace(
                '[filter:cors]\n', '[filter:cors]\nset full = 100%\n'
            ),
            'its [filter:cors] has %, which stands for nothing',
        ),
        (
            shipped(33) + '[composite:glance-api-keystone ]\n',
            'it has both [composite:glance-api-keystone] and '
            '[composite:glance-api-keystone ]',
        ),
        (
            shipped(33) + '[filter-app:glance-api-keystone]\n',
            'it has both [composite:glance-api-keystone] and '
            '[filter-app:glance-api-keystone]',
        ),
        (
            shipped(33).replace(
                '[filter:cors]\n', '[filter:cors]\nget name = nothing\n'
            ),
            'its [filter:cors] gets nothing, which is set nowhere',
        ),
        (
            shipped(33).replace(
                '[app:apiv2app]\n',
                '[app:apiv2app]\npaste.composit_factory = mine:app\n',
            ),
            'its [app:apiv2app] has both paste.app_factory and '
            'paste.composit_factory',
        ),
        (
            '[pipeline:glance-api-keystone]\npipeline = egg:mine\n'
            'timeout = 60\ndebug = no\n',
            'its [pipeline:glance-api-keystone] has debug, timeout beside '
            'pipeline',
        ),
        (
            '[pipeline:glance-api-keystone]\npipeline = both\n'
            '[filter-app:both]\nuse = egg:mine\n',
            'its [filter-app:both] has no next',
        ),
    ],
)
def test_a_file_that_does_not_load(
    tmp_path: pathlib.Path, file: str, error: str
) -> None:
    ((name, result, message),) = found(deployed(tmp_path, KEYSTONE, file))
    assert (name, result) == ('paste-file-broken', results.FAILURE)
    assert error in message


@pytest.mark.parametrize(
    ('old', 'new'),
    [
        (
            '[filter:cors]\n',
            '[application:apiv2app]\nuse = mine\n[filter:cors]\n',
        ),
        (
            '[composite:glance-api]\n',
            '[composit:glance-api-keystone]\nuse = mine\n'
            '[composite:glance-api]\n',
        ),
        (
            'oslo_config_project = glance\n',
            'set project = glance\nget oslo_config_project = project\n',
        ),
        (
            'oslo_config_project = glance\n',
            'get oslo_config_project = here\n',
        ),
        (
            '[filter:cors]\n',
            '[DEFAULT]\nproject = glance\n'
            '[filter:cors]\nget project = project\n',
        ),
        (
            '[composite:glance-api-keystone]\n',
            '[composite:glance-api-keystone]\nset kept = 1\n',
        ),
    ],
)
def test_a_file_that_loads_all_the_same(
    tmp_path: pathlib.Path, old: str, new: str
) -> None:
    assert old in shipped(33)
    file = shipped(33).replace(old, new)
    assert found(deployed(tmp_path, KEYSTONE, file)) == []


@pytest.mark.parametrize(
    ('old', 'other', 'missing'),
    [
        ('/v2 = apiv2app\n', '', True),
        (' rootapp', ' apiversions', True),
        (' rootapp', ' healthcheck', True),
        ('/ = api\n', '', True),
        (
            'glance.api.v2.router:API.factory',
            'glance.api.versions:create_resource',
            True,
        ),
        (
            'glance.api.v2.router:API.factory',
            'glance.api.v1.router:API.factory',
            True,
        ),
        (
            'paste.app_factory = glance.api.v2.router:API.factory',
            'use = egg:oslo.middleware#healthcheck',
            True,
        ),
        ('glance.api.v2.router:API.factory', 'mycloud:factory', False),
        (
            'paste.app_factory = glance.api.v2.router:API.factory',
            'use = egg:mycloud#api',
            False,
        ),
        ('/ = apiversions\n', '', False),
    ],
)
def test_a_pipeline_that_does_not_lead_to_the_api(
    tmp_path: pathlib.Path, old: str, other: str, missing: bool
) -> None:
    assert old in shipped(33)
    file = shipped(33).replace(old, other)
    said = (
        f'{tmp_path / "glance-api-paste.ini"}: the pipeline of '
        'glance-api-keystone does not lead to the API: no request for images '
        'is answered.'
    )
    checker = deployed(tmp_path, KEYSTONE, file)
    assert [item for item in found(checker) if 'broken' in item[0]] == (
        [('paste-file-broken', results.FAILURE, said)] if missing else []
    )


def test_a_filter_of_another_file(tmp_path: pathlib.Path) -> None:
    (tmp_path / 'mine.ini').write_text('[filter:a]\nuse = egg:a#b\n')
    file = shipped(33).replace(
        '[filter:cors]\n', '[filter:cors]\nuse = config:mine.ini#a\n'
    )
    assert found(deployed(tmp_path, KEYSTONE, file)) == []


def test_what_a_section_gets(tmp_path: pathlib.Path) -> None:
    file = """\
[DEFAULT]
theirs = mine:default
file = mine
[pipeline:glance-api-keystone]
pipeline = a b c d
[filter:a]
set mine = egg:mine#a
set handed = mine:handed
get use = mine
[filter:b]
set  theirs = mine:b
get  paste.filter_factory =  theirs
[filter:c]
get paste.filter_factory = handed
get option = file
[app:d]
use = egg:mine#d
get where = here
"""
    loaded = pipeline.read(deployed(tmp_path, KEYSTONE, file))
    assert loaded
    assert loaded.wrong is None
    made = [(item.factory, item.options) for item in loaded.components]
    assert made == [
        ('egg:mine#a', ()),
        ('mine:b', ()),
        ('mine:handed', (('option', 'mine'),)),
        ('egg:mine#d', (('where', str(tmp_path)),)),
    ]


def test_what_a_pipeline_is_made_of(tmp_path: pathlib.Path) -> None:
    (tmp_path / 'mine.ini').touch()
    file = """\
[app:last]
use = egg:mine#app
paste.app_factory = mine:unused
paste.composite_factory = mine:unused
[filter:limits]
paste.filter_app_factory = mine:unused
paste.filter_factory = mine:limits
most = 100%%
[filter-app:both]
use = call:mine:both
next = last
[pipeline:glance-api-keystone]
pipeline = limits egg:mine#audit config:mine.ini#more both
require = mine
set debug = no
"""
    component = paste_walk.Component
    limits = component(
        'filter', 'filter:limits', 'mine:limits', 5, (('most', '100%'),)
    )
    audit = component('filter', 'egg:mine#audit', 'egg:mine#audit', 1)
    more = 'config:mine.ini#more'
    last = component('app', 'app:last', 'egg:mine#app', 1)
    both = component('filter', 'filter-app:both', 'call:mine:both', 9)
    found = pipeline.read(deployed(tmp_path, KEYSTONE, file))
    assert found
    assert found.ways == (
        (limits, audit, component('filter', more, more, 1), both, last),
    )
    assert {*found.components} == {limits, audit, both, last}
    assert found.components[2:] == (limits, both)
    assert found.wrong is None


@pytest.mark.parametrize(
    ('filters', 'application', 'number'),
    [
        # Two steps for each, one for each pipeline, and one at the end.
        (497, '[pipeline:mine]\npipeline = egg:mine\n', 1),
        (498, '[app:mine]\nuse = egg:mine\n', 0),
    ],
)
def test_a_long_way(
    tmp_path: pathlib.Path, filters: int, application: str, number: int
) -> None:
    file = (
        f'[pipeline:glance-api-keystone]\npipeline = {"f " * filters} mine\n'
        f'[filter:f]\nuse = egg:mine\n{application}'
    )
    found = pipeline.read(deployed(tmp_path, KEYSTONE, file))
    assert found
    assert [len(way) for way in found.ways] == [filters + 1] * number


def test_a_filter_under_two_names(tmp_path: pathlib.Path) -> None:
    file = shipped(33).replace('keystone = cors', 'keystone = mine cors', 1)
    file += '[filter:mine]\nuse = cors\n'
    assert found(deployed(tmp_path, KEYSTONE, file)) == []


def test_a_file_of_many_sections_is_read_once(
    tmp_path: pathlib.Path,
) -> None:
    file = ''.join(
        f'[filter:f{number}]\nuse = egg:a#b\n' for number in range(20_000)
    )
    checker = deployed(tmp_path, KEYSTONE, file)
    first = pipeline.read(checker)
    before = time.process_time()
    assert [pipeline.read(checker) for _again in range(100)] == [first] * 100
    assert time.process_time() - before < 5


@pytest.mark.parametrize(
    ('content', 'error'),
    [
        ('[app:é]\n'.encode('latin-1'), 'it is not UTF-8 (line 1)'),
        (b'[app:x]\n\0\n', 'it has NUL bytes'),
        (b'#' * (5 << 20), 'it is larger than 4 MiB'),
    ],
)
def test_a_file_that_is_no_text(
    tmp_path: pathlib.Path, content: bytes, error: str
) -> None:
    path = tmp_path / pipeline.NAME
    assert found(deployed(tmp_path, KEYSTONE, content)) == [
        (
            'paste-file-broken',
            results.FAILURE,
            f'{path} cannot be read: {error}.',
        )
    ]


@pytest.mark.parametrize(
    'file',
    [
        # Sections and references by the thousand, each other's or its own.
        '[pipeline:glance-api-keystone]\npipeline = a\n[app:a]\nuse = a\n',
        '[app:glance-api-keystone]\nuse = a0\n'
        + ''.join(f'[app:a{n}]\nuse = a{n + 1}\n' for n in range(20_000)),
        '[app:glance-api-keystone]\nuse = %(a0)s\n'
        + ''.join(f'a{n} = {f"%(a{n + 1})s" * 50}\n' for n in range(9)),
        '[pipeline:glance-api-keystone]\npipeline = ' + 'a ' * 500_000,
    ],
    ids=['itself', 'long', 'wide', 'many'],
)
def test_a_hostile_file(tmp_path: pathlib.Path, file: str) -> None:
    start = time.process_time()
    found(deployed(tmp_path, KEYSTONE, file))
    assert time.process_time() - start < 10


def test_the_file_that_an_option_names(tmp_path: pathlib.Path) -> None:
    path = tmp_path / 'mine.ini'
    text = f'{KEYSTONE}config_file = {path}\n'
    conf = tmp_path / 'glance-api.conf'
    assert found(checkers.make(tmp_path, text)) == [
        (
            'paste-file-missing',
            results.FAILURE,
            f'[paste_deploy] config_file names {path} ({conf}, line 3), and '
            'there is no such file.',
        )
    ]
    path.write_text(shipped(33))
    assert found(checkers.make(tmp_path, text)) == []


@pytest.mark.parametrize(
    ('source', 'result'), [('32', results.WARNING), ('33', results.SUCCESS)]
)
def test_a_relative_path(
    tmp_path: pathlib.Path, source: str, result: int
) -> None:
    text = f'{KEYSTONE}config_file = glance-api-paste.ini\n'
    checker = deployed(tmp_path, text, shipped(33), source=source)
    more = (
        ' 33.0.0 is started by another server than before, where glance-api '
        'started it.'
    )
    assert found(checker) == [
        (
            'paste-file-relative',
            result,
            '[paste_deploy] config_file is glance-api-paste.ini '
            f'({tmp_path}/glance-api.conf, line 3): Glance looks for it in '
            f'its working directory.{more if result else ""}',
        )
    ]


def test_a_relative_path_of_nothing(tmp_path: pathlib.Path) -> None:
    text = f'{KEYSTONE}config_file = mine.ini\n'
    checker = deployed(tmp_path, text, shipped(33), source='33')
    assert [(name, said) for name, _result, said in found(checker)] == [
        (
            'paste-file-relative',
            f'[paste_deploy] config_file is mine.ini ({tmp_path}/'
            'glance-api.conf, line 3): Glance looks for it in its working '
            'directory.',
        ),
        (
            'paste-file-missing',
            'No mine.ini is to be found beside the configuration, so nothing '
            'was said of the middleware. The API needs the file where it '
            'runs.',
        ),
    ]


def test_no_flavor_and_none_by_default(tmp_path: pathlib.Path) -> None:
    assert found(deployed(tmp_path, '', '')) == [
        (
            'paste-flavor-missing',
            results.FAILURE,
            f'[paste_deploy] flavor is not set, and {tmp_path}/'
            'glance-api-paste.ini does not have it: it has no '
            '[composite:glance-api] or [pipeline:glance-api].',
        )
    ]


def test_a_file_for_others() -> None:
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        directory.chmod(0o755)
        checker = deployed(directory, KEYSTONE, shipped(33))
        path = directory / pipeline.NAME
        path.chmod(0)
        user = os.geteuid()
        if not user:
            # Root may read all, and nobody what is root's.
            os.seteuid(65534)
        try:
            findings = paste.check_paste(checker)
        finally:
            os.seteuid(user)
    assert findings == [
        paste.BROKEN.warning(
            f'{path} cannot be read: permission denied.',
            remediation='Run glance-status as the user that runs Glance, or '
            'as root.',
        )
    ]


def test_a_copy_of_the_configuration_without_the_file(
    tmp_path: pathlib.Path,
) -> None:
    assert found(checkers.make(tmp_path, KEYSTONE)) == [
        (
            'paste-file-missing',
            results.SUCCESS,
            'No glance-api-paste.ini is to be found beside the configuration, '
            'so nothing was said of the middleware. The API needs the file '
            'where it runs.',
        )
    ]


def test_the_configuration_of_the_api_without_the_file(
    tmp_path: pathlib.Path,
) -> None:
    from glance_status import releases

    (tmp_path / 'glance-api.conf').write_text(KEYSTONE)
    environ = {'OS_GLANCE_CONFIG_DIR': str(tmp_path)}
    config = configuration.read(cfg.ConfigOpts(), environ=environ)
    run = context.Run(config, releases.find('33'))
    assert found(context.Checker(run, context.Facts())) == [
        (
            'paste-file-missing',
            results.FAILURE,
            'No glance-api-paste.ini is to be found: the API does not start.',
        )
    ]


@pytest.mark.parametrize(
    ('conf', 'files', 'expected'),
    [
        ('own.conf', ['own-paste.ini', pipeline.NAME], 'own-paste.ini'),
        ('own.conf', [pipeline.NAME], pipeline.NAME),
        ('own.txt', ['own-paste.ini', pipeline.NAME], pipeline.NAME),
        ('own.conf', [], None),
    ],
)
def test_the_file_beside_the_configuration(
    tmp_path: pathlib.Path, conf: str, files: list[str], expected: str | None
) -> None:
    (tmp_path / conf).write_text(KEYSTONE)
    for name in files:
        (tmp_path / name).touch()
    found = pipeline.file_of(checkers.of(tmp_path / conf))
    assert found == (str(tmp_path / expected) if expected else None)


@pytest.mark.parametrize(
    ('flavor', 'file', 'expected'),
    [
        ('keystone', None, False),
        ('keystone+caching', None, True),
        # What it says is not known.
        ('keystone+caching', b'\xff', True),
        ('keystone+caching', b'nonsense\n', True),
        ('keystone', b'nonsense\n', False),
        ('keystone+caching', shipped(33).encode(), True),
        ('keystone', shipped(33).encode(), False),
        (
            'keystone',
            shipped(33)
            .replace(' context rootapp', ' context cache rootapp')
            .encode(),
            True,
        ),
        (
            'keystone+caching',
            shipped(33).replace(' context cache ', ' context ').encode(),
            False,
        ),
    ],
)
def test_whether_requests_pass_through_a_cache(
    tmp_path: pathlib.Path, flavor: str, file: bytes | None, expected: bool
) -> None:
    if file is not None:
        (tmp_path / pipeline.NAME).write_bytes(file)
    text = f'[paste_deploy]\nflavor = {flavor}\n'
    assert pipeline.caches(checkers.make(tmp_path, text)) is expected


def test_the_file_beside_the_last_configuration(
    tmp_path: pathlib.Path,
) -> None:
    for name in ('a.conf', 'b.conf', 'a-paste.ini', 'b-paste.ini'):
        (tmp_path / name).touch()
    checker = checkers.make(tmp_path, '')
    arguments = [
        ('file', str(tmp_path / name)) for name in ('a.conf', 'b.conf')
    ]
    config = configuration.read(cfg.ConfigOpts(), arguments)
    run = context.Run(config, checker.target)
    found = pipeline.file_of(context.Checker(run, context.Facts()))
    assert found == str(tmp_path / 'b-paste.ini')
