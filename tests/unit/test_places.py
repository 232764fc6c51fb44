# SPDX-License-Identifier: Apache-2.0
"""Where Glance's programs look for their configuration."""

import pathlib

import pytest

from glance_status import ini, places

HOW = (
    'does not exist. Name the configuration of the Glance API with '
    '--config-file, or its directory in the environment variable '
    'OS_GLANCE_CONFIG_DIR.'
)


@pytest.fixture(autouse=True)
def home(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> pathlib.Path:
    """The home of the user, with an empty directory of Glance's."""
    monkeypatch.setenv('HOME', str(tmp_path))
    directory = tmp_path / '.glance'
    directory.mkdir()
    return directory


def touch(directory: pathlib.Path, *names: str) -> list[str]:
    """Make files with these names, and return their paths."""
    paths = [directory / name for name in names]
    for path in paths:
        path.parent.mkdir(exist_ok=True)
        path.touch()
    return list(map(str, paths))


@pytest.mark.parametrize(
    'names',
    [
        ['glance-api.conf'],
        ['glance-image-import.conf', 'glance-api.conf'],
    ],
)
def test_the_api_reads_its_files_and_then_its_directories(
    names: list[str], home: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    paths = touch(tmp_path / 'etc', *names, 'glance-status.conf')
    touch(home, 'glance.conf.d/a.conf', 'glance-api.conf.d/a.conf')
    touch(home, 'glance-api.conf')
    environ = {'OS_GLANCE_CONFIG_DIR': f' {tmp_path}/etc\n'}
    assert places.default(environ) == [
        *(('file', path) for path in paths[: len(names)]),
        ('dir', f'{home}/glance.conf.d'),
        ('dir', f'{home}/glance-api.conf.d'),
    ]


def test_without_its_file_the_api_does_not_start(
    tmp_path: pathlib.Path,
) -> None:
    touch(tmp_path / 'etc', 'glance-image-import.conf', 'file')
    said = {}
    for name in ('etc', 'nothing', 'etc/file', 'x' * 300):
        with pytest.raises(ini.ConfigurationError) as caught:
            places.default({'OS_GLANCE_CONFIG_DIR': f'{tmp_path}/{name}'})
        said[name] = str(caught.value).replace(f'{tmp_path}/', '')
    assert said == {
        'etc': f'etc/glance-api.conf {HOW}',
        'nothing': f'nothing/glance-api.conf {HOW}',
        'etc/file': f'etc/file/glance-api.conf {HOW}',
        'x' * 300: f'{"x" * 300}/glance-api.conf: File name too long.',
    }
    assert places.home({}) == '/etc/glance'


def test_files_of_directories_are_read_by_name(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    several = touch(tmp_path / 'etc.d', 'a.conf', 'b.conf', 'c.txt', '.d.conf')
    (file,) = touch(tmp_path, 'z.conf')
    sources = [('file', 'z.conf'), ('dir', '~/etc.d'), ('file', '~/z.conf')]
    assert places.files_of(sources) == [file, *several[:2], file]
    for name, said in (
        ('z.conf', 'z.conf is a file: use --config-file.'),
        ('nothing', 'nothing: No such file or directory.'),
    ):
        with pytest.raises(ini.ConfigurationError) as caught:
            places.files_of([('dir', name)])
        assert str(caught.value) == f'{tmp_path}/{said}'


@pytest.mark.parametrize('registry', [False, True])
def test_glance_manage_reads_files_of_several_programs(
    registry: bool, home: pathlib.Path
) -> None:
    names = ['registry'] if registry else []
    names += ['api', 'manage']
    touch(home, 'glance-registry.conf', 'glance-registry.conf.d/x.conf')
    touch(
        home, 'glance-api.conf', 'glance-manage.conf', 'glance-scrubber.conf'
    )
    touch(home, 'glance-api.conf.d/a.conf', 'glance-api.conf.d/b.conf')
    own = [f'glance-{name}.conf' for name in names]
    directories = ['glance-registry.conf.d/x.conf'] if registry else []
    directories += ['glance-api.conf.d/a.conf', 'glance-api.conf.d/b.conf']
    # This host may have a Glance of its own.
    assert [
        path
        for path in places.glance_manage_files(registry)
        if path.startswith(str(home))
    ] == [f'{home}/{name}' for name in (*own, *directories)]
