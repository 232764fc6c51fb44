# SPDX-License-Identifier: Apache-2.0
"""Services and web servers that start what is gone."""

import pathlib

import pytest

from glance_status import context, results
from glance_status.checks import wsgi
from tests.unit import checkers
from tests.unit.checks.test_units import unit

UNIT = 'lib/systemd/system/glance-api.service'


def checker_of(
    directory: pathlib.Path, target: str = '33', source: str | None = '32'
) -> context.Checker:
    """Return a checker for an empty configuration."""
    return checkers.make(directory, '', target=target, source=source)


def found(
    checker: context.Checker, root: pathlib.Path
) -> list[tuple[str, int, str]]:
    """Return id, result and message of what is found on a host."""
    return [
        (item.id, item.result, item.message)
        for item in wsgi.check_services(checker, str(root))
    ]


@pytest.mark.parametrize(
    ('source', 'target', 'expected'),
    [
        ('32', '33', ['[DEFAULT] bind_port', '[DEFAULT] workers']),
        (None, '33', ['[DEFAULT] bind_port', '[DEFAULT] workers']),
        ('31', '32', ['[DEFAULT] bind_port', '[DEFAULT] workers']),
        ('32', '32', []),
        ('30', '31', []),
        ('33', '33', []),
    ],
)
def test_options_of_the_server(
    tmp_path: pathlib.Path,
    source: str | None,
    target: str,
    expected: list[str],
) -> None:
    checker = checkers.make(
        tmp_path,
        '[DEFAULT]\nworkers = 4\nbind_port = 9292\n',
        source=source,
        target=target,
    )
    findings = wsgi.check_options(checker, str(tmp_path))
    assert [
        item.affected.sample[0] for item in findings if item.affected
    ] == expected
    result = results.SUCCESS if target == '32' else results.WARNING
    assert {item.result for item in findings} <= {result}


@pytest.mark.parametrize(
    ('command', 'result'),
    [
        ('/usr/bin/uwsgi --ini /etc/uwsgi/glance-api.ini', results.SUCCESS),
        ('/usr/bin/glance-api', results.WARNING),
        ('/usr/bin/podman start glance_api', results.WARNING),
    ],
)
def test_options_that_a_web_server_ignores_already(
    tmp_path: pathlib.Path, command: str, result: int
) -> None:
    unit(tmp_path, UNIT, command)
    checker = checkers.make(tmp_path, '[DEFAULT]\nbind_host = ::\n')
    findings = wsgi.check_options(checker, str(tmp_path))
    assert [item.result for item in findings] == [result]


def test_a_host_without_glance(tmp_path: pathlib.Path) -> None:
    unit(tmp_path, 'etc/systemd/system/a.service', '/usr/bin/a')
    with pytest.raises(context.Inapplicable, match='of this host starts'):
        found(checker_of(tmp_path), tmp_path)


def test_a_service_that_starts_the_server(tmp_path: pathlib.Path) -> None:
    path = unit(
        tmp_path,
        UNIT,
        '/usr/bin/glance-api --config-file=/etc/glance/glance-api.conf',
    )
    assert found(checker_of(tmp_path, '31', '30'), tmp_path) == []
    assert found(checker_of(tmp_path, '32', '31'), tmp_path) == [
        (
            'wsgi-unit',
            results.SUCCESS,
            f'{path}, line 4: glance-api.service starts /usr/bin/glance-api, '
            'which 33.0.0 does not have as a server.',
        )
    ]
    assert found(checker_of(tmp_path), tmp_path) == [
        (
            'wsgi-unit',
            results.FAILURE,
            f'{path}, line 4: glance-api.service starts /usr/bin/glance-api, '
            'which 2026.2 Hibiscus does not have as a server.',
        )
    ]


@pytest.mark.parametrize(
    'command',
    [
        '/usr/bin/python3 -m glance.cmd.api',
        '/usr/bin/glance-control api start',
        '/bin/sh -c "exec glance-api >> /var/log/glance.log"',
    ],
)
def test_services_that_start_it_by_another_name(
    tmp_path: pathlib.Path, command: str
) -> None:
    unit(tmp_path, UNIT, command)
    names = [name for name, *_rest in found(checker_of(tmp_path), tmp_path)]
    assert names == ['wsgi-unit']


@pytest.mark.parametrize(
    'command',
    [
        # As devstack, OpenStack-Ansible and Kolla-Ansible have it.
        '/usr/local/bin/uwsgi --procname-prefix glance-api --ini '
        '/etc/glance/glance-uwsgi.ini',
        '/usr/bin/podman start -a glance_api',
        '/opt/glance/bin/gunicorn glance.wsgi.api:application',
    ],
)
def test_services_that_start_something_else(
    tmp_path: pathlib.Path, command: str
) -> None:
    unit(tmp_path, UNIT, command)
    assert found(checker_of(tmp_path), tmp_path) == []


@pytest.mark.parametrize(
    ('script', 'expected'),
    [
        ('DAEMON=/usr/bin/uwsgi_python3\n', []),
        ('DAEMON=/usr/bin/glance-api\n', [results.WARNING]),
    ],
)
def test_a_service_with_an_init_script(
    tmp_path: pathlib.Path, script: str, expected: list[int]
) -> None:
    unit(tmp_path, UNIT, '/etc/init.d/glance-api systemd-start')
    path = tmp_path / 'etc/init.d/glance-api'
    path.parent.mkdir(parents=True)
    path.write_text(script)
    assert [
        result
        for _id, result, _message in found(checker_of(tmp_path), tmp_path)
    ] == expected


@pytest.mark.parametrize(
    ('options', 'lost'),
    [
        ('--config-file /etc/glance/glance-api.conf', None),
        (
            '--config-file=/etc/glance/glance-image-import.conf '
            '--config-file=/etc/glance/glance-api.conf',
            None,
        ),
        (
            '--config-file=/usr/share/glance/dist.conf '
            '--config-file=/etc/glance/glance-api.conf',
            '/usr/share/glance/dist.conf',
        ),
        ('--config-dir /etc/glance/more', '/etc/glance/more'),
        ('--config-dir /etc/glance/more --verbose', '/etc/glance/more'),
        (
            '--config-file=/a/glance-image-import.conf '
            '--config-file=/b/glance-api.conf',
            '/a/glance-image-import.conf, /b/glance-api.conf',
        ),
    ],
)
def test_files_that_are_not_read_any_more(
    tmp_path: pathlib.Path, options: str, lost: str | None
) -> None:
    path = unit(tmp_path, UNIT, f'/usr/bin/glance-api {options}')
    expected = [
        (
            'wsgi-extra-conf',
            results.WARNING,
            f'{path}, line 4: glance-api.service reads {lost}, and WSGI would '
            'not.',
        )
    ]
    after = found(checker_of(tmp_path), tmp_path)[1:]
    assert after == (expected if lost else [])


@pytest.mark.parametrize(
    ('file', 'line'),
    [
        ('etc/uwsgi/glance-api.ini', 'wsgi-file = /usr/bin/glance-wsgi-api'),
        ('etc/glance/glance-uwsgi.ini', 'wsgi-file=/bin/glance-wsgi-api'),
        (
            'etc/apache2/sites-enabled/glance.conf',
            'WSGIScriptAlias / /usr/bin/glance-wsgi-api',
        ),
        (
            'etc/httpd/conf.d/10-glance.conf',
            '  WSGIScriptAlias /image /usr/bin/glance-wsgi-api',
        ),
    ],
)
def test_a_web_server_that_runs_the_script(
    tmp_path: pathlib.Path, file: str, line: str
) -> None:
    path = tmp_path / file
    path.parent.mkdir(parents=True)
    path.write_text(f'# glance-wsgi-api\n{line}\n')
    assert found(checker_of(tmp_path, '31', '30'), tmp_path) == []
    assert found(checker_of(tmp_path, '32', '31'), tmp_path) == [
        (
            'wsgi-script',
            results.FAILURE,
            f'{path}, line 2: glance-wsgi-api is run, which 2026.1 Gazpacho '
            'does not install.',
        )
    ]


def test_a_service_that_runs_the_script(tmp_path: pathlib.Path) -> None:
    unit(tmp_path, UNIT, 'uwsgi --wsgi-file /usr/bin/glance-wsgi-api')
    names = [name for name, *_rest in found(checker_of(tmp_path), tmp_path)]
    assert names == ['wsgi-script']


REGISTRY = 'lib/systemd/system/glance-registry.service'


def test_a_service_of_the_registry_on_the_way_into_victoria(
    tmp_path: pathlib.Path,
) -> None:
    unit(tmp_path, REGISTRY, '/usr/bin/glance-registry --debug')
    checker = checker_of(tmp_path, '21', '20')
    assert found(checker, tmp_path) == [
        (
            'registry-service',
            results.WARNING,
            f'{tmp_path}/{REGISTRY}, line 4: glance-registry.service starts '
            '/usr/bin/glance-registry, which 21.0.0 and later do not '
            'install.',
        )
    ]
    (tmp_path / REGISTRY).unlink()
    unit(tmp_path, UNIT, '/usr/bin/glance-api')
    assert found(checker, tmp_path) == []


@pytest.mark.parametrize(('source', 'target'), [('19', '20'), ('21', '32')])
def test_a_service_of_the_registry_elsewhere(
    tmp_path: pathlib.Path, source: str, target: str
) -> None:
    unit(tmp_path, REGISTRY, '/usr/bin/glance-registry')
    assert found(checker_of(tmp_path, target, source), tmp_path) == []
