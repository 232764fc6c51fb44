# SPDX-License-Identifier: Apache-2.0
"""The options of the import of images."""

import pathlib

import pytest

from glance_status import results
from glance_status.checks import imports
from tests.unit import checkers

FAILURE, WARNING, NOTE = results.FAILURE, results.WARNING, results.SUCCESS


def found(
    directory: pathlib.Path, text: str, target: str = '33'
) -> list[tuple[str, int, str]]:
    """Return id, result and message of what the check finds."""
    checker = checkers.make(directory, text, target=target)
    return checkers.told(directory, imports.check_imports(checker))


@pytest.mark.parametrize(
    'value',
    [
        '[]',
        '[ glance-direct ,web-download,copy-image, glance-download ]',
        '[\'glance-direct\', "web-download"]',
        '[glance-direct,\n  copy-image]',
        '$elsewhere',
    ],
)
def test_methods_of_the_target(tmp_path: pathlib.Path, value: str) -> None:
    text = f'[DEFAULT]\nenabled_import_methods = {value}\n'
    assert found(tmp_path, text) == []


@pytest.mark.parametrize(
    ('method', 'target'),
    [
        ('glance-direct', '18'),
        ('copy-image', '20'),
        ('glance-download', '25'),
    ],
)
def test_methods_from_the_release_on_that_brings_them(
    tmp_path: pathlib.Path, method: str, target: str
) -> None:
    text = f'[DEFAULT]\nenabled_import_methods = [{method}]\n'
    wrong = [name for name, _result, _message in found(tmp_path, text, target)]
    assert 'import-methods' not in wrong


@pytest.mark.parametrize('value', ['glance-direct,web-download', '', '[a'])
def test_methods_without_brackets(tmp_path: pathlib.Path, value: str) -> None:
    text = f'[DEFAULT]\nenabled_import_methods = {value}\n'
    assert found(tmp_path, text) == [
        (
            'import-methods',
            FAILURE,
            f"[DEFAULT] enabled_import_methods is '{value}' "
            '(glance-api.conf, line 2), without brackets.',
        )
    ]


@pytest.mark.parametrize('value', ['[a,]', '[, glance-direct]', '[ ]', "['']"])
@pytest.mark.parametrize(
    ('target', 'result'), [('33', FAILURE), ('32', WARNING)]
)
def test_a_method_without_a_name(
    tmp_path: pathlib.Path, value: str, target: str, result: int
) -> None:
    text = f'[DEFAULT]\nenabled_import_methods = {value}\n'
    assert found(tmp_path, text, target)[0] == (
        'import-methods',
        result,
        f'[DEFAULT] enabled_import_methods is {value!r} (glance-api.conf, '
        'line 2): where nothing stands before or after a comma, or a blank '
        'in the brackets, is a method without a name.',
    )


@pytest.mark.parametrize(
    ('method', 'target', 'title', 'result'),
    [
        ('web-downlaod', '33', '2026.2 Hibiscus', FAILURE),
        ('glance-download', '24', 'Yoga', WARNING),
        ('copy-image', '19', 'Train', WARNING),
        ('web-downlaod', '32', '2026.1 Gazpacho', WARNING),
    ],
)
def test_methods_that_the_target_has_not(
    tmp_path: pathlib.Path, method: str, target: str, title: str, result: int
) -> None:
    text = f'[DEFAULT]\nenabled_import_methods = [glance-direct,{method}]\n'
    assert found(tmp_path, text, target)[0] == (
        'import-methods',
        result,
        f"[DEFAULT] enabled_import_methods is '[glance-direct,{method}]' "
        f'(glance-api.conf, line 2); {title} has no method {method}.',
    )


def test_lists_without_brackets(tmp_path: pathlib.Path) -> None:
    text = (
        '[image_import_opts]\nimage_import_plugins = image_conversion\n'
        '[import_filtering_opts]\nallowed_ports = 80,443\n'
        'disallowed_hosts = [a, b]\n'
    )
    assert found(tmp_path, text) == [
        (
            'import-list-syntax',
            FAILURE,
            "[image_import_opts] image_import_plugins is 'image_conversion' "
            '(glance-api.conf, line 2), without brackets.',
        ),
        (
            'import-list-syntax',
            FAILURE,
            "[import_filtering_opts] allowed_ports is '80,443' "
            '(glance-api.conf, line 4), without brackets.',
        ),
    ]


@pytest.mark.parametrize('wrong', ['HTTP', 'http://', 'Http:'])
def test_a_scheme_that_no_address_has(
    tmp_path: pathlib.Path, wrong: str
) -> None:
    text = (
        '[import_filtering_opts]\n'
        f'allowed_schemes = [{wrong}, HTTPS, https, https://]\n'
        'disallowed_schemes = [FTP]\n'
    )
    assert found(tmp_path, text) == [
        (
            'import-list-syntax',
            FAILURE,
            f'[import_filtering_opts] allowed_schemes has {wrong} '
            '(glance-api.conf, line 2), which matches no address; http does.',
        ),
    ]


@pytest.mark.parametrize(
    ('text', 'target', 'result', 'message'),
    [
        (
            '',
            '31',
            NOTE,
            'web-download is enabled by default, and 2025.2 Flamingo can be '
            'led around its filters; 32.0.0 cannot.',
        ),
        (
            '[DEFAULT]\nenabled_import_methods = [web-download]\n',
            '30',
            WARNING,
            '[DEFAULT] enabled_import_methods has web-download '
            '(glance-api.conf, line 2), and 2025.1 Epoxy can be led around '
            'its filters; 32.0.0 cannot.',
        ),
        (
            '',
            '32',
            NOTE,
            'In 2026.1 Gazpacho administrators can still make the tasks API '
            'fetch from inside the cloud; 33.0.0 filters that.',
        ),
    ],
)
def test_fetching_from_inside(
    tmp_path: pathlib.Path,
    text: str,
    target: str,
    result: int,
    message: str,
) -> None:
    assert found(tmp_path, text, target) == [('ssrf-imports', result, message)]


def test_nothing_is_fetched(tmp_path: pathlib.Path) -> None:
    text = '[DEFAULT]\nenabled_import_methods = [glance-direct]\n'
    assert found(tmp_path, text, '31') == []


@pytest.mark.parametrize(
    ('text', 'source', 'expected'),
    [
        ('', '32', []),
        ('[DEFAULT]\nenabled_backends = a:file\n', '32', []),
        ('[DEFAULT]\nenabled_backends = a:http, b:file\n', '32', [WARNING]),
        ('[DEFAULT]\nenabled_backends = a:http, b:file\n', '33', []),
        ('[glance_store]\nstores = file,http\n', '32', [NOTE]),
        (
            '[glance_store]\nstores = file,http\n'
            '[DEFAULT]\nshow_multiple_locations = true\n',
            '32',
            [WARNING],
        ),
        (
            '[glance_store]\nstores = file,http\n'
            '[import_filtering_opts]\nallowed_ports = [80, 8080]\n',
            '32',
            [],
        ),
    ],
)
def test_locations_at_http_servers(
    tmp_path: pathlib.Path, text: str, source: str, expected: list[int]
) -> None:
    checker = checkers.make(tmp_path, text, source=source)
    findings = imports.check_http(checker)
    assert [item.result for item in findings] == expected
    assert {item.id for item in findings} <= {'http-location-filter'}


@pytest.mark.parametrize(
    ('text', 'said'),
    [
        (
            '[DEFAULT]\nenabled_backends = a:file, b:http, c:http\n',
            'b) (glance-api.conf, line 2)',
        ),
        (
            '[glance_store]\nstores = http\n',
            'http) (glance-api.conf, line 2)',
        ),
    ],
)
def test_the_store_whose_locations_are_filtered(
    tmp_path: pathlib.Path, text: str, said: str
) -> None:
    checker = checkers.make(tmp_path, text, source='32')
    ((_name, _result, message),) = checkers.told(
        tmp_path, imports.check_http(checker)
    )
    assert message == (
        f'There is a store with the driver http ({said}, and '
        '[import_filtering_opts] allowed_ports is not set: only locations at '
        'the ports 80 and 443 can be added.'
    )
