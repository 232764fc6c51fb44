# SPDX-License-Identifier: Apache-2.0
"""Whatever is read: a report or one clear line, and never a secret.

A few fixed examples each; GLANCE_STATUS_FUZZ is how many others to try.
"""

import contextlib
import copy
import json
import os
import pathlib
import sqlite3
import tempfile
import typing
from collections import abc

import hypothesis
import jsonschema
import yaml
from hypothesis import strategies as st

import glance_status
from tests.functional import command

SECRET = 'Xk9planted7S3cr3t'

SCHEMA = json.loads(
    pathlib.Path(glance_status.__file__)
    .with_name('report.schema.json')
    .read_text('utf-8')
)
EXAMPLE = pathlib.Path(__file__).parents[2] / 'examples/deployment'

fuzzed = hypothesis.settings(
    max_examples=int(os.environ.get('GLANCE_STATUS_FUZZ', '8')),
    deadline=None,
    database=None,
    derandomize='GLANCE_STATUS_FUZZ' not in os.environ,
    suppress_health_check=list(hypothesis.HealthCheck),
    # Each example is a run of the command: a smaller one is found by hand.
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
)


@contextlib.contextmanager
def deployment(
    files: abc.Mapping[str, bytes | str] | None = None,
    statements: abc.Iterable[tuple[str, tuple[object, ...]]] = (),
) -> abc.Iterator[pathlib.Path]:
    """Give a directory with the example deployment, some of it replaced.

    :param files: content by name
    :param statements: what is done to the database, and with which values
    """
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        database = sqlite3.connect(directory / 'glance.sqlite')
        database.executescript((EXAMPLE / 'glance.sql').read_text('utf-8'))
        for statement, values in statements:
            # What the schema does not take is no deployment.
            with contextlib.suppress(sqlite3.Error):
                database.execute(statement, values)
        database.commit()
        database.close()
        for source in (EXAMPLE / 'etc/glance').iterdir():
            (directory / source.name).write_bytes(source.read_bytes())
        # Read last, so that it holds whatever stands in the others.
        (directory / 'zz-database.conf').write_text(
            f'[database]\nconnection = sqlite:///{directory}/glance.sqlite\n'
        )
        for file, content in (files or {}).items():
            data = content if isinstance(content, bytes) else encoded(content)
            (directory / file).write_bytes(data)
        yield directory


def encoded(text: str) -> bytes:
    """Return text as a file; lone surrogates as broken UTF-8."""
    return text.encode('utf-8', 'surrogatepass')


def check(directory: pathlib.Path, *args: str) -> command.Completed:
    """Run the check on all that stands in a directory."""
    sources = ['--config-file', str(directory / 'glance-api.conf')]
    sources += ['--config-file', str(directory / 'zz-database.conf')]
    return command.run(*sources, 'upgrade', 'check', '--json', *args)


def assert_told(completed: command.Completed) -> None:
    """Assert a report or one clear line, and nothing that hurts."""
    said = completed.stdout + completed.stderr
    assert completed.code in {0, 1, 2, 255}, said
    assert 'Traceback' not in said
    assert SECRET not in said
    if completed.stdout:
        report = json.loads(completed.stdout)
        jsonschema.validate(report, SCHEMA)
        assert report['exit_code'] == completed.code
    else:
        assert completed.code == 255
        assert completed.stderr.strip()


# What files may hold

VOCABULARY = r"""
DEFAULT database glance_store oslo_policy paste_deploy keystone_authtoken
enabled_backends stores default_backend policy_file flavor config_file
transport_url image_cache_driver owner_is_tenant file rbd swift sheepdog
keystone cache + , : = [ ] { } $ $$ % " ' \ # ; file:file a:b,a:b ${x}
$database.connection True none -1 1e400 /dev/null /proc .. ~ glance-api
pipeline composite filter app use egg:Paste#urlmap paste.filter_factory
glance.api.middleware.cache:CacheFilter.factory
oslo_middleware:Healthcheck.factory call: rule: role: @ ! not and or ( ) & *
<<: - | > %(here)s
"""
WORDS = st.sampled_from(VOCABULARY.split())
TEXT = st.text(max_size=12)
VALUE = st.lists(WORDS | TEXT, max_size=5).map(' '.join) | st.lists(
    WORDS | TEXT, max_size=5
).map(''.join)
SECRETS = st.sampled_from(
    [
        f'swift_store_key = {SECRET}',
        f'password: {SECRET}',
        f'admin_token={SECRET}',
        f'connection = mysql+pymysql://glance:{SECRET}@127.0.0.1:1/glance',
        f'slave_connection = nonsense://glance:{SECRET}@[/glance',
        f'transport_url = rabbit://a:{SECRET}@h:5672,b:{SECRET}@i:port//',
        f'metadata_encryption_key = {SECRET}\n  and more',
    ]
)
LINE = st.one_of(
    VALUE.map('[{}]'.format),
    st.tuples(WORDS | TEXT, VALUE).map(' = '.join),
    st.tuples(WORDS | TEXT, VALUE).map(' : '.join),
    VALUE.map('  {}'.format),
    VALUE,
    SECRETS,
)
LINES = st.lists(LINE, max_size=20).map('\n'.join)
ANY_FILE = LINES | LINES.map('\ufeff{}'.format) | st.binary(max_size=200)

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | WORDS
    | TEXT
    | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(WORDS | TEXT, inner, max_size=4)
    ),
    max_leaves=12,
)


def dumped(value: object) -> str:
    """Return a value as YAML."""
    return yaml.safe_dump(value, allow_unicode=True)


@fuzzed
@hypothesis.given(LINES)
def test_configuration(text: str) -> None:
    with deployment({'glance-api.conf': text}) as directory:
        assert_told(check(directory))


@fuzzed
@hypothesis.given(st.binary(max_size=300), st.booleans())
def test_configuration_that_is_none(content: bytes, sections: bool) -> None:
    content = b'[DEFAULT]\n' + content if sections else content
    with deployment({'glance-api.conf': content}) as directory:
        assert_told(check(directory))


@fuzzed
@hypothesis.given(ANY_FILE, st.sampled_from(['keystone', 'a b', '']))
def test_paste_file(content: str | bytes, flavor: str) -> None:
    files: dict[str, str | bytes] = {'glance-api-paste.ini': content}
    with deployment(files) as directory:
        conf = directory / 'zz-database.conf'
        conf.write_text(
            conf.read_text() + f'[paste_deploy]\nflavor = {flavor}\n'
            f'config_file = {directory}/glance-api-paste.ini\n'
        )
        assert_told(check(directory))


@fuzzed
@hypothesis.given(
    ANY_FILE
    | JSON.map(dumped)
    | st.dictionaries(WORDS | TEXT, VALUE).map(dumped),
    st.sampled_from(['policy.yaml', 'policy.json']),
    st.booleans(),
)
def test_policy_file(content: str | bytes, name: str, named: bool) -> None:
    with deployment({name: content}) as directory:
        if named:
            conf = directory / 'zz-database.conf'
            conf.write_text(
                f'{conf.read_text()}[oslo_policy]\n'
                f'policy_file = {directory}/{name}\n'
            )
        assert_told(check(directory))


ENTRY = st.fixed_dictionaries(
    {},
    optional={
        'id': WORDS | TEXT | st.just('removed-store'),
        'object': JSON,
        'reason': JSON | st.just('known'),
        'expires': JSON,
        'max_count': JSON,
        'else': JSON,
    },
)


@fuzzed
@hypothesis.given(
    JSON.map(dumped) | st.lists(ENTRY, max_size=4).map(dumped) | ANY_FILE
)
def test_waivers(content: str | bytes) -> None:
    with deployment({'waivers.yaml': content}) as directory:
        assert_told(
            check(directory, '--waivers', str(directory / 'waivers.yaml'))
        )


def places(document: typing.Any) -> abc.Iterator[tuple[typing.Any, object]]:
    """Yield each container of a document with each of its keys."""
    if isinstance(document, dict | list):
        keys = list(document) if isinstance(document, dict) else None
        for key in keys if keys is not None else range(len(document)):
            yield document, key
            yield from places(document[key])


@fuzzed
@hypothesis.given(st.data())
def test_baseline(data: st.DataObject) -> None:
    with deployment() as directory:
        report = json.loads(check(directory).stdout)
        changed = copy.deepcopy(report)
        found = list(places(changed))
        container, key = found[data.draw(st.integers(0, len(found) - 1))]
        container[key] = data.draw(JSON)
        path = directory / 'baseline.json'
        text = json.dumps(changed, default=str)
        cut = data.draw(st.sampled_from([len(text), len(text) // 2]))
        path.write_bytes(encoded(text[:cut]))
        assert_told(check(directory, '--baseline', str(path)))


@fuzzed
@hypothesis.given(st.lists(TEXT | st.binary(max_size=9) | WORDS, max_size=3))
def test_revisions(revisions: list[str | bytes]) -> None:
    statements: list[tuple[str, tuple[object, ...]]] = [
        ('DELETE FROM alembic_version', ()),
        *(
            ('INSERT INTO alembic_version VALUES (?)', (item,))
            for item in revisions
        ),
    ]
    with deployment(statements=statements) as directory:
        assert_told(check(directory))


CELL = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    TEXT,
    WORDS,
    st.binary(max_size=20),
    JSON.map(lambda value: json.dumps(value, default=str)),
    st.sampled_from(
        [
            f's3://key:{SECRET}@host/bucket/object',
            f'swift+https://tenant:user:{SECRET}@host/container/object',
            'x' * 100_000,
            '{"store": ' + '[' * 5_000,
            '9' * 5_000,
            'a\0b',
        ]
    ),
)
COLUMNS = st.sampled_from(
    [
        *('images.status', 'images.visibility', 'images.owner', 'images.size'),
        *('images.created_at', 'images.deleted', 'images.os_hash_value'),
        *('image_locations.value', 'image_locations.meta_data'),
        *('image_locations.status', 'image_locations.deleted'),
        *('image_properties.name', 'image_properties.value'),
        *('tasks.status', 'tasks.type', 'tasks.updated_at'),
    ]
)


@fuzzed
@hypothesis.given(st.lists(st.tuples(COLUMNS, CELL), max_size=8))
def test_rows(cells: list[tuple[str, object]]) -> None:
    statements: list[tuple[str, tuple[object, ...]]] = []
    for place, cell in cells:
        table, column = place.split('.')
        statements.append((f'UPDATE {table} SET {column} = ?', (cell,)))
    with deployment(statements=statements) as directory:
        assert_told(check(directory))


ARGUMENTS = """
--target --from --before --format --check --skip --fail-level --timeout
--deadline --replica --namespace --verbose --debug --json --output
json:/proc/none/a sync restart warning 1 0 -1 nan inf stein 28 check list
explain merge upgrade -h --help * [ a* , -- - --config-file --config-dir /
/dev/null
"""
ARGUMENT = st.one_of(
    st.sampled_from(ARGUMENTS.split()),
    TEXT,
    WORDS,
).map(lambda word: word.replace('\0', '').encode('utf-8', 'ignore').decode())


@fuzzed
@hypothesis.given(st.lists(ARGUMENT, max_size=6))
def test_command_line(words: list[str]) -> None:
    with deployment() as directory:
        sources = ['--config-file', str(directory / 'glance-api.conf')]
        completed = command.run(
            *sources, 'upgrade', 'check', *words, cwd=directory
        )
    said = completed.stdout + completed.stderr
    assert completed.code in {0, 1, 2, 255}, said
    assert completed.code not in {1, 2} or completed.stdout
    assert '--debug' in words or 'Traceback' not in said
