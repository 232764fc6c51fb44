# SPDX-License-Identifier: Apache-2.0
"""What README and documentation show is what happens.

``python -m tests.functional.test_documentation`` brings the output that the
pages show up to date.
"""

import configparser
import contextlib
import copy
import dataclasses
import json
import pathlib
import re
import shlex
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import typing
from collections import abc
from importlib import resources

import jsonschema
import pytest

from tests.functional import command

REPOSITORY = pathlib.Path(__file__).parents[2]
SOURCE = REPOSITORY / 'doc' / 'source'
MANUAL = SOURCE / 'cli' / 'glance-status.rst'
EXAMPLE_PLUGIN = REPOSITORY / 'examples' / 'plugin'
EXAMPLE_WAIVERS = SOURCE / 'user' / 'example' / 'waivers.yaml'
PAGES = [
    REPOSITORY / 'README.rst',
    REPOSITORY / 'CONTRIBUTING.rst',
    *sorted(SOURCE.rglob('*.rst')),
]

# Where the pages say that the clone is; tables are wrapped for this length.
SHOWN_AT = '/opt/glance-status'

# What stands for anything in the output, many lines if it has one of its own.
ANYTHING = '[...]'

# They install or build, which takes a network, or a machine to change.
NOT_RUN = {
    '$ GLANCE_STATUS_FUZZ=200 tox -e py3 -- tests/fuzz',
    "$ .venv/bin/pip install '.[formats]'",
    "$ .venv/bin/pip install '.[mysql]'",
    "$ .venv/bin/pip install '.[postgresql]'",
    "$ .venv/bin/pip install -e '.[test]'",
    '$ .venv/bin/pip install -r doc/requirements.txt',
    '$ .venv/bin/pip install .',
    '$ .venv/bin/pip install examples/plugin',
    '$ .venv/bin/pip install pytest',
    '$ .venv/bin/pytest examples/plugin/tests',
    '$ .venv/bin/pytest tests/unit',
    '$ .venv/bin/python -m tests.functional.test_documentation',
    '$ .venv/bin/python -m tests.proof.agreement --json agreement.json',
    '$ .venv/bin/python benchmarks/glance_database.py $url 1000000',
    '$ .venv/bin/python benchmarks/rows.py --runs 3 $url',
    '$ url=mysql+pymysql://USER:PASSWORD@127.0.0.1/EMPTY_DATABASE',
    '$ .venv/bin/python tools/metadefs.py',
    '$ .venv/bin/python tools/notes.py',
    '$ .venv/bin/reno new short-name-of-the-change',
    '$ .venv/bin/sphinx-build -W -b html doc/source doc/build/html',
    '$ .venv/bin/sphinx-build -W -b man doc/source doc/build/man',
    '$ .venv/bin/sphinx-build -W -b html releasenotes/source '
    'releasenotes/build/html',
    '$ mv refusals.json glance_status/releases',
    '$ tox -e mutation',
    '$ tox -e mutation -- glance_status/results.py',
    '$ python3 -m venv .venv',
    '$ python3 tools/releases.py --constraints DIR',
    '$ sudo apt-get install python3-venv',
    '$ ~/.cache/glance-status/glance-28.2.0/bin/python tools/lifecycle/'
    'refuse.py glance_status/releases/options.json 28 newest.json > '
    'refusals.json',
    '$ ~/.cache/glance-status/glance-33.0.0/bin/python tools/lifecycle/'
    'refuse.py glance_status/releases/options.json 33 > newest.json',
    '$ sudo tools/test-setup.sh',
    # CI runs this one, and the functional tests what the first ends with.
    'python3 -m venv .venv && .venv/bin/pip install . && '
    'GLANCE_STATUS=.venv/bin/glance-status examples/deployment/run',
    'python3 -m venv .venv && .venv/bin/pip install tox && .venv/bin/tox',
}


# The pages


@dataclasses.dataclass(frozen=True)
class Shown:
    """A command that a page shows, and the output below it.

    :param prompt: '$ ' in a console, nothing in a shell block
    :param first: the line of the page where the output begins
    """

    text: str
    prompt: str
    output: tuple[str, ...]
    first: int
    indent: str

    @property
    def runs(self) -> bool:
        """Tell whether a test runs it."""
        return self.prompt + self.text not in NOT_RUN

    def matches(self, lines: abc.Sequence[str]) -> bool:
        """Tell whether it is what the command printed."""
        if not self.output:
            return True
        pattern = '\n'.join(map(pattern_of, self.output))
        return bool(re.fullmatch(pattern, '\n'.join(lines), re.DOTALL))


def pattern_of(line: str) -> str:
    """Return a regular expression for a line, or lines, of output."""
    return '.*'.join(map(re.escape, line.split(ANYTHING)))


def blocks(page: pathlib.Path) -> abc.Iterator[tuple[str, int, list[str]]]:
    """Yield each block of commands: its language, where it is, its lines."""
    lines = page.read_text('utf-8').splitlines()
    for number, line in enumerate(lines):
        found = re.fullmatch(r'( *)\.\. code-block:: (console|shell)', line)
        if not found:
            continue
        indent = found[1] + '   '
        start = end = number + 2
        while end < len(lines) and (
            not lines[end] or lines[end].startswith(indent)
        ):
            end += 1
        content = lines[start:end]
        while content and not content[-1]:
            content.pop()
        yield found[2], start, content


def shown(page: pathlib.Path) -> list[Shown]:
    """Return the commands of a page."""
    found: list[Shown] = []
    for language, start, content in blocks(page):
        indent = ' ' * (len(content[0]) - len(content[0].lstrip()))
        prompt = '$ ' if language == 'console' else ''
        for number, raw in enumerate(content, start):
            line = raw.removeprefix(indent)
            if not prompt or line.startswith(prompt):
                text = line.removeprefix(prompt)
                found.append(Shown(text, prompt, (), number + 1, indent))
                continue
            last = found.pop()
            if line.startswith('> ') and not last.output:
                new = dataclasses.replace(
                    last, text=f'{last.text}\n{line[2:]}', first=number + 1
                )
            else:
                new = dataclasses.replace(last, output=(*last.output, line))
            found.append(new)
    return found


# A clone to run them in


@pytest.fixture
def clone() -> abc.Iterator[pathlib.Path]:
    """Make what the pages take for granted, at a path of that length."""
    with made_clone() as root:
        yield root


@contextlib.contextmanager
def made_clone() -> abc.Iterator[pathlib.Path]:
    """Give a directory with the example and a configuration."""
    with tempfile.TemporaryDirectory(dir='/tmp') as top:
        room = len(SHOWN_AT) - len(top) - 1
        root = pathlib.Path(top) / ('c' * room)
        shutil.copytree(
            REPOSITORY / 'examples' / 'deployment',
            root / 'examples' / 'deployment',
            ignore=shutil.ignore_patterns('.run'),
        )
        write_host(root)
        shutil.copy(EXAMPLE_WAIVERS, root)
        programs = root / '.venv' / 'bin'
        programs.mkdir(parents=True)
        (programs / 'glance-status').symlink_to(command.COMMAND)
        for name, connection in (
            ('reader.conf', f'sqlite:///{root}/glance.sqlite'),
            (
                'unreachable.conf',
                'mysql+pymysql://glance:secret@127.0.0.1:1/glance',
            ),
        ):
            (root / name).write_text(f'[database]\nconnection = {connection}')
        yield root


def write_host(root: pathlib.Path) -> None:
    """Write what a host of the Glance API has in /etc/glance."""
    example = root / 'examples' / 'deployment'
    etc = root / 'etc' / 'glance'
    shutil.copytree(example / 'etc' / 'glance', etc)
    database = root / 'glance.sqlite'
    connection = sqlite3.connect(database)
    connection.executescript((example / 'glance.sql').read_text('utf-8'))
    connection.close()
    main = etc / 'glance-api.conf'
    main.write_text(
        re.sub(
            '(?m)^connection = .*',
            f'connection = sqlite:///{database}',
            main.read_text('utf-8'),
        ),
        'utf-8',
    )


def environment(root: pathlib.Path) -> dict[str, str]:
    """Return the environment of a shell in the clone."""
    own = command.environment()
    programs = pathlib.Path(command.COMMAND).parent
    return own | {
        'PATH': f'{programs}:{own["PATH"]}',
        'OS_GLANCE_CONFIG_DIR': str(root / 'etc' / 'glance'),
        'PYTHONPATH': str(root / 'site'),
        'PYTHONDONTWRITEBYTECODE': '1',
    }


def install_example_plugin(root: pathlib.Path) -> None:
    """Put the plug-in of the documentation where Python finds it."""
    site = root / 'site'
    cfg = configparser.ConfigParser()
    cfg.read(EXAMPLE_PLUGIN / 'setup.cfg')
    name, version = cfg['metadata']['name'], cfg['metadata']['version']
    info = site / f'{name.replace("-", "_")}-{version}.dist-info'
    info.mkdir(parents=True)
    (info / 'METADATA').write_text(
        f'Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n'
    )
    (info / 'entry_points.txt').write_text(
        '\n'.join(
            f'[{group}]{points}'
            for group, points in cfg['options.entry_points'].items()
        )
    )
    module = cfg['options']['py_modules']
    shutil.copy(EXAMPLE_PLUGIN / f'{module}.py', site)


# What a line of shell says is to be written.
_WRITTEN = re.compile(r'(?:>|--output[ =]\w+:) *(\S+)')


def transcript(
    root: pathlib.Path, commands: abc.Sequence[Shown]
) -> list[tuple[int, list[str]]]:
    """Run commands in one shell; return each exit code and what it printed."""
    script = ['status=0']
    for item in commands:
        text = item.text.replace('/etc/glance/', f'{root}/etc/glance/')
        script.append(
            f'(exit $status); eval {shlex.quote(text)} </dev/null\n'
            "status=$?; printf '\\0%s\\0' $status"
        )
    process = command.call(
        ['bash', '-c', '\n'.join(script)],
        cwd=root,
        env=environment(root),
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        but=[
            # It makes a database of its own.
            root / 'examples' / 'deployment' / '.run',
            *(
                root / name
                for item in commands
                for name in _WRITTEN.findall(item.text)
            ),
        ],
    )
    parts = process.stdout.replace(str(root), SHOWN_AT).split('\0')
    return [
        (int(code), output.splitlines())
        for output, code in zip(parts[::2], parts[1::2], strict=False)
    ]


# Commands


def test_what_is_not_run_is_known() -> None:
    commands = {
        item.prompt + item.text for page in PAGES for item in shown(page)
    }
    assert commands & NOT_RUN == NOT_RUN
    first_words = {
        text.removeprefix('$ ').split()[0] for text in commands - NOT_RUN
    }
    assert first_words == {
        'glance-status',
        '.venv/bin/glance-status',
        'examples/deployment/run',
        'mended/run',
        'cp',
        'echo',
        'export',
        'mv',
        'python3',
        'rm',
        'sed',
    }


def test_commands_that_are_not_run_name_what_is_there() -> None:
    setup, tox = configparser.ConfigParser(), configparser.ConfigParser()
    setup.read(REPOSITORY / 'setup.cfg')
    tox.read(REPOSITORY / 'tox.ini')
    text = '\n'.join(page.read_text('utf-8') for page in PAGES)
    extras = set(re.findall(r"'\.\[(\w+)\]'", text))
    environments = set(re.findall(r'\btox -e (\w+)', text))
    files = set(
        re.findall(
            r'(?<![\w/])(?:tools|doc|tests|etc|examples)/[\w./-]+\w', text
        )
    ) - {'doc/build/html', 'doc/build/man'}
    assert extras == set(setup['extras'])
    assert {f'testenv:{name}' for name in environments} - set(tox) == {
        'testenv:py3'
    }
    assert {name for name in files if not (REPOSITORY / name).exists()} == (
        set()
    )


def test_the_readme_has_one_line_that_runs_tox() -> None:
    # .ci/run looks for it.
    readme = (REPOSITORY / 'README.rst').read_text('utf-8')
    assert re.findall('(?m)^ *(.*/tox)$', readme) == [
        'python3 -m venv .venv && .venv/bin/pip install tox && .venv/bin/tox'
    ]


@pytest.mark.parametrize(
    'page',
    [page for page in PAGES if any(item.runs for item in shown(page))],
    ids=lambda page: str(page.relative_to(REPOSITORY)),
)
def test_what_a_command_prints_is_what_is_shown(
    page: pathlib.Path, clone: pathlib.Path
) -> None:
    install_for(page, clone)
    commands = [item for item in shown(page) if item.runs]
    results = transcript(clone, commands)
    assert len(results) == len(commands)
    for item, (code, output) in zip(commands, results, strict=True):
        if item.output and not item.matches(output):
            # Shown this way, pytest says where they differ.
            assert list(item.output) == output, item.text
        if not item.output:
            assert code in (0, 1, 2), (item.text, output)


def install_for(page: pathlib.Path, root: pathlib.Path) -> None:
    """Make what the commands of a page need beside the host."""
    if page.parent == SOURCE / 'plugins':
        install_example_plugin(root)
    if 'upgrade merge node1.json' in page.read_text('utf-8'):
        write_nodes(root)


def write_nodes(root: pathlib.Path) -> None:
    """Write the reports of two nodes; the second lacks a store."""
    write_node(root, 'node1')
    conf = root / 'etc' / 'glance' / 'glance-api.conf'
    whole = conf.read_text('utf-8')
    conf.write_text(whole.replace(', dogs:sheepdog', ''), 'utf-8')
    write_node(root, 'node2')
    conf.write_text(whole, 'utf-8')


def write_node(root: pathlib.Path, host: str) -> None:
    """Write a report as one that was made on another host."""
    document = report(root, '--target', '2025.1') | {'host': host}
    (root / f'{host}.json').write_text(json.dumps(document), 'utf-8')


def test_the_example_ends_as_the_readme_says(clone: pathlib.Path) -> None:
    # The end of the first command, without the installation before it.
    end = 'GLANCE_STATUS=.venv/bin/glance-status examples/deployment/run'
    [(code, output)] = transcript(clone, [Shown(end, '', (), 0, '')])
    assert (code, output[1]) == (
        2,
        'Target: 2026.2 (33.0.0), the newest that this tool knows',
    )


# The manual page


def test_every_level_of_help_is_shown() -> None:
    shown_help = {
        item.text for item in shown(SOURCE / 'cli' / 'help.rst') if item.output
    }
    assert shown_help == {
        'glance-status --help',
        'glance-status upgrade --help',
        'glance-status upgrade check --help',
        'glance-status upgrade list --help',
        'glance-status upgrade explain --help',
        'glance-status upgrade plan --help',
        'glance-status upgrade merge --help',
    }


@pytest.mark.parametrize(
    'program',
    [
        'glance-status',
        'glance-status upgrade check',
        'glance-status upgrade list',
        'glance-status upgrade explain',
        'glance-status upgrade plan',
        'glance-status upgrade merge',
    ],
)
def test_the_manual_describes_the_options_that_there_are(
    program: str,
) -> None:
    section = re.split(r'(?m)^\.\. program:: ', MANUAL.read_text('utf-8'))
    [text] = [part for part in section if part.startswith(f'{program}\n')]
    described = re.findall(r'(?m)^\.\. option:: (.*)$', text)
    printed = command.run(*program.split()[1:], '--help').stdout
    there = re.findall(r'(?m)^  ((?:-|[A-Z]+(?=  )).*?)(?:  +\S.*)?$', printed)
    # Described at the first level for all.
    general = {'-h, --help', '--config-file PATH', '--config-dir DIR'}
    if program != 'glance-status':
        there = [option for option in there if option not in general]
    there = [option for option in there if option != 'CATEGORY']
    assert sorted(described) == sorted(there)


# The schema


def validator() -> jsonschema.Draft202012Validator:
    """Return what judges reports by the schema that is installed."""
    file = resources.files('glance_status').joinpath('report.schema.json')
    schema = json.loads(file.read_text('utf-8'))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.FormatChecker()
    )


def report(root: pathlib.Path, *args: str) -> typing.Any:
    """Return the document of a run on the host in the clone."""
    done = command.run(
        'upgrade', 'check', '--json', *args, env=environment(root)
    )
    document = json.loads(done.stdout)
    assert document['exit_code'] == done.code
    return document


@pytest.mark.parametrize(
    ('args', 'outcome', 'code'),
    [
        (['--check', 'image-ownership'], 'success', 0),
        (
            ['--check', 'policy-file', '--target', '2024.1'],
            'warning',
            1,
        ),
        (
            [
                *('--check', 'policy-file', '--target', '2024.1'),
                *('--fail-level', 'failure'),
            ],
            'warning',
            0,
        ),
        ([], 'failure', 2),
        (['--from', 'stein', '--before', 'restart'], 'failure', 2),
    ],
)
def test_the_schema_holds_for_a_report_that_is_complete(
    clone: pathlib.Path, args: list[str], outcome: str, code: int
) -> None:
    document = report(clone, *args)
    assert list(validator().iter_errors(document)) == []
    assert (document['outcome'], document['exit_code']) == (outcome, code)


def test_the_schema_holds_where_the_database_is_out_of_reach(
    clone: pathlib.Path,
) -> None:
    (clone / 'glance.sqlite').unlink()
    document = report(clone)
    assert list(validator().iter_errors(document)) == []
    assert (document['outcome'], document['source']) == ('error', None)
    causes = {row['cause'] for row in document['not_run']}
    assert causes == {'blocked', 'inapplicable'}


def test_the_schema_holds_where_a_plugin_is_broken(
    clone: pathlib.Path,
) -> None:
    install_example_plugin(clone)
    module = clone / 'site' / 'my_site_checks.py'
    module.write_text('raise SystemExit(2)\n')
    document = report(clone)
    assert list(validator().iter_errors(document)) == []
    broken = [row['id'] for row in document['checks'] if row['result'] == 255]
    assert (document['outcome'], broken) == ('error', ['my-site:plug-in'])


def test_the_schema_holds_for_plugins(clone: pathlib.Path) -> None:
    install_example_plugin(clone)
    document = report(clone, '--check', 'my-site*')
    assert list(validator().iter_errors(document)) == []
    assert [row['id'] for row in document['checks']] == [
        'my-site:public-endpoint',
        'my-site:approved-releases',
        'my-site-workers',
        'my-site-uploads',
        'my-site-golden-images',
    ]


def test_the_schema_holds_for_a_report_with_waivers_and_a_baseline(
    clone: pathlib.Path,
) -> None:
    drivers = ('--check', 'store-backends')
    waivers = ('--waivers', str(clone / 'waivers.yaml'))
    document = report(clone, *drivers, *waivers)
    assert list(validator().iter_errors(document)) == []
    [waived] = [
        item
        for row in document['checks']
        for item in row['findings']
        if item['state'] == 'waived'
    ]
    assert waived['waiver'] == {
        'reason': 'CHG-4711: its images are copied on the day before',
        'object': 'sheepdog',
        'expires': '2099-12-31',
        'max_count': None,
    }
    for key in waived['waiver']:
        less = copy.deepcopy(waived)
        del less['waiver'][key]
        assert not fits(document, less), key
        wrong = copy.deepcopy(waived)
        wrong['waiver'][key] = ['no such thing']
        assert not fits(document, wrong), key
    more = copy.deepcopy(waived)
    more['waiver']['extra'] = None
    assert fits(document, waived)
    assert not fits(document, more)
    before = clone / 'before.json'
    before.write_text(json.dumps(document), 'utf-8')
    conf = clone / 'etc' / 'glance' / 'glance-api.conf'
    text = conf.read_text('utf-8')
    conf.write_text(text.replace(', dogs:sheepdog', ''), 'utf-8')
    compared = report(
        clone, *drivers, '--baseline', str(before), '--fail-on', 'new'
    )
    assert list(validator().iter_errors(compared)) == []
    assert waived in compared['gone']
    assert (compared['outcome'], compared['exit_code']) == ('success', 0)


def fits(document: typing.Any, finding: typing.Any) -> bool:
    """Tell whether a report may have a finding that is gone."""
    return bool(validator().is_valid(document | {'gone': [finding]}))


def test_the_schema_holds_for_a_merged_report(clone: pathlib.Path) -> None:
    write_nodes(clone)
    paths = [clone / f'node{number}.json' for number in (1, 2)]
    done = command.run('upgrade', 'merge', '--json', *paths)
    document = json.loads(done.stdout)
    assert list(validator().iter_errors(document)) == []
    assert (document['host'], document['exit_code']) == ('node1, node2', 2)
    assert done.code == 2


def test_the_schema_holds_where_the_run_is_interrupted(
    clone: pathlib.Path,
) -> None:
    with socket.create_server(('127.0.0.1', 0)) as server:
        server.settimeout(60)
        port = server.getsockname()[1]
        conf = command.deployment(
            clone / 'slow',
            f'mysql+pymysql://glance:secret@127.0.0.1:{port}/glance',
        )
        process = command.Process(
            [
                *(command.COMMAND, '--config-file', str(conf)),
                *('upgrade', 'check', '--json'),
            ],
            env=environment(clone),
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=command.default_signals,
        )
        # It waits for a greeting that does not come.
        with server.accept()[0]:
            process.send_signal(signal.SIGTERM)
            output, _nothing = process.communicate(timeout=60)
    document = json.loads(output)
    assert list(validator().iter_errors(document)) == []
    assert (document['outcome'], process.returncode) == ('error', 255)
    assert {row['reason'] for row in document['not_run']} == {
        'the run was interrupted by SIGTERM'
    }


@pytest.fixture
def full_document(clone: pathlib.Path) -> typing.Any:
    """Return a document in which every kind of object stands."""
    document = report(clone, '--check', 'removed-store')
    assert list(validator().iter_errors(document)) == []
    return document


def places(
    item: typing.Any, path: tuple[str | int, ...] = ()
) -> abc.Iterator[tuple[str | int, ...]]:
    """Yield the way to every object of a document whose keys are fixed."""
    if isinstance(item, dict):
        yield path
        for key, value in item.items():
            if key != 'options':
                yield from places(value, (*path, key))
    if isinstance(item, list) and item:
        yield from places(item[0], (*path, 0))


def at(document: typing.Any, path: tuple[str | int, ...]) -> typing.Any:
    """Return the object at the end of a way."""
    for key in path:
        document = document[key]
    return document


def test_the_schema_rejects_a_key_too_few_and_one_too_many(
    full_document: typing.Any,
) -> None:
    ways = list(places(full_document))
    assert ways == [
        (),
        ('target',),
        ('source',),
        ('summary',),
        ('checks', 0),
        ('checks', 0, 'findings', 0),
        ('checks', 0, 'findings', 0, 'affected'),
        ('not_run', 0),
    ]
    judge = validator()
    for path in ways:
        for key in at(full_document, path):
            less = copy.deepcopy(full_document)
            del at(less, path)[key]
            assert not judge.is_valid(less), (path, key)
        more = copy.deepcopy(full_document)
        at(more, path)['extra'] = None
        assert not judge.is_valid(more), path


@pytest.mark.parametrize(
    ('path', 'value'),
    [
        (('schema_version',), '2.0'),
        (('generated_at',), '2026-11-22 02:00:00'),
        (('outcome',), 'error'),
        (('exit_code',), 1),
        (('complete',), False),
        (('before',), 'migrate'),
        (('target', 'version'), '33'),
        (('target', 'origin'), 'default'),
        (('source', 'releases'), ['caracal']),
        (('config_files',), ['glance-api.conf']),
        (('options',), {'DEFAULT.debug': 'true'}),
        (('summary', 'failure'), -1),
        (('checks', 0, 'result'), 3),
        (('checks', 0, 'id'), 'Store Backends'),
        (('checks', 0, 'findings', 0, 'result'), 255),
        (('checks', 0, 'findings', 0, 'since'), 'Stein'),
        (('checks', 0, 'findings', 0, 'reference'), 'see the manual'),
        (('checks', 0, 'findings', 0, 'state'), 'gone'),
        (('checks', 0, 'findings', 0, 'affected', 'sample'), ['x'] * 11),
        (('not_run', 0, 'cause'), 'skipped'),
    ],
    ids=lambda item: (
        '.'.join(map(str, item)) if isinstance(item, tuple) else ''
    ),
)
def test_the_schema_rejects_a_wrong_value(
    full_document: typing.Any, path: tuple[str | int, ...], value: typing.Any
) -> None:
    at(full_document, path[:-1])[path[-1]] = value
    assert not validator().is_valid(full_document)


# Bringing the pages up to date


def update(page: pathlib.Path) -> None:
    """Write into a page what its commands print, where it shows output."""
    commands = [item for item in shown(page) if item.runs]
    with made_clone() as root:
        install_for(page, root)
        results = transcript(root, commands)
    lines = page.read_text('utf-8').splitlines()
    pairs = list(zip(commands, results, strict=True))
    for item, (_code, output) in reversed(pairs):
        if item.matches(output):
            continue
        if ANYTHING in item.output:
            print(f'{page}: by hand: {item.text}', file=sys.stderr)
            continue
        end = item.first + len(item.output)
        lines[item.first : end] = [
            (item.indent + kept(line, item.output)).rstrip() for line in output
        ]
    page.write_text('\n'.join(lines) + '\n', 'utf-8')


def kept(line: str, output: abc.Iterable[str]) -> str:
    """Return a line of output as the page has it shortened, if it has."""
    for short in output:
        if ANYTHING in short and re.fullmatch(pattern_of(short), line):
            return short
    return line


if __name__ == '__main__':
    for each in PAGES:
        update(each)
