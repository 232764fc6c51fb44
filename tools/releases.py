# SPDX-License-Identifier: Apache-2.0
"""Make the table of Glance releases and database revisions.

For every row of ``tools/releases/series.csv`` this downloads the last
released glance of that major version and the glance_store that OpenStack
tested it with, and reads both without importing them. The schema that each
database revision adds and removes is seen, not read: the newest glance is
installed into a throw-away virtual environment, and its ``glance-manage``
takes an SQLite database from revision to revision.

After a release of Glance:

1. add its row to ``tools/releases/series.csv`` (name, cycle and SLURP flag
   stand in no package);
2. run, with a Python that the newest glance accepts::

       python tools/releases.py --constraints DIR

   where DIR holds OpenStack's upper constraints of each release as
   ``glance-NN.txt``. The versions that matter are copied into
   ``tools/releases/constraints.json``; without ``--constraints``, that file
   is used as it is;
3. review the difference in ``glance_status/releases/``, and commit it.
"""

import argparse
import ast
import configparser
import contextlib
import csv
import email
import email.message
import json
import pathlib
import re
import shlex
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
import venv
import zipfile
from collections.abc import Iterator
from typing import Any

HERE = pathlib.Path(__file__).resolve().parent
SERIES = HERE / 'releases' / 'series.csv'
CONSTRAINTS = HERE / 'releases' / 'constraints.json'
OUTPUT = HERE.parent / 'glance_status' / 'releases'

LIBRARIES = (
    'SQLAlchemy',
    'glance_store',
    'keystonemiddleware',
    'oslo.db',
    'oslo.messaging',
    'oslo.middleware',
    'oslo.policy',
)
MIGRATIONS = 'glance/db/sqlalchemy/alembic_migrations'
BRANCHES = {'EXPAND_BRANCH': 'expand', 'CONTRACT_BRANCH': 'contract'}

Json = dict[str, Any]
Schema = dict[str, set[tuple[str, str]]]


def main(argv: list[str] | None = None) -> int:
    """Write releases.json and revisions.json."""
    parser = argparse.ArgumentParser(
        description='Make the table of Glance releases.', allow_abbrev=False
    )
    parser.add_argument('--constraints', type=pathlib.Path, metavar='DIR')
    parser.add_argument('--output', type=pathlib.Path, default=OUTPUT)
    args = parser.parse_args(argv)
    if args.constraints:
        write(CONSTRAINTS, read_constraints(args.constraints))
    libraries = json.loads(CONSTRAINTS.read_text('utf-8'))
    with tempfile.TemporaryDirectory() as scratch:
        releases, revisions = collect(pathlib.Path(scratch), libraries)
    write(args.output / 'releases.json', releases)
    write(args.output / 'revisions.json', revisions)
    return 0


def collect(
    scratch: pathlib.Path, libraries: Json
) -> tuple[list[Json], list[Json]]:
    """Return the releases, oldest first, and the revisions in sync order."""
    releases = []
    revisions: dict[str, Json] = {}
    for row in read_series():
        release, chain = read_release(row, libraries[row['major']], scratch)
        merge(revisions, chain, release['major'])
        releases.append(release)
    ordered = in_sync_order(revisions)
    newest = releases[-1]
    glance_manage = install(newest['last'], newest['libraries'], scratch)
    for revision, adds, removes in walk(glance_manage, ordered, scratch):
        revision['adds'] = adds
        revision['removes'] = removes
    return releases, ordered


# Hand-made input


def read_series() -> list[dict[str, str]]:
    """Return the rows of series.csv, oldest first."""
    with SERIES.open(encoding='utf-8', newline='') as stream:
        return sorted(csv.DictReader(stream), key=lambda r: int(r['major']))


def read_constraints(folder: pathlib.Path) -> Json:
    """Return {major: {library: version}} from the files glance-NN.txt."""
    return {
        path.stem.removeprefix('glance-'): pins(path.read_text('utf-8'))
        for path in sorted(folder.glob('glance-*.txt'))
    }


def pins(text: str) -> dict[str, str]:
    """Return {library: version} of a constraints file."""
    found = {}
    for line in text.splitlines():
        name, separator, version = line.partition('===')
        if separator:
            # Of several lines for a library the last is for the newest Python.
            found[name.replace('-', '_').lower()] = version.split(';')[0]
    return {name: found[name.lower()].strip() for name in LIBRARIES}


# Released packages


def read_release(
    row: dict[str, str], libraries: dict[str, str], scratch: pathlib.Path
) -> tuple[Json, dict[str, Json]]:
    """Return a release as it is described, and the revisions it carries."""
    major = int(row['major'])
    folder = scratch / row['major']
    glance = fetch(f'glance>={major},<{major + 1}', folder / 'glance')
    tested = f'glance_store=={libraries["glance_store"]}'
    store = fetch(tested, folder / 'store')
    metadata = read_metadata(glance)
    chain = read_revisions(glance)
    drivers = store_drivers(store)
    release = {
        'major': major,
        'name': row['name'],
        'cycle': row['cycle'],
        'slurp': row['slurp'] == 'yes',
        'version': f'{major}.0.0',
        'last': metadata['Version'],
        'python': minimum_python(metadata),
        'expand_head': head(chain, 'expand'),
        'contract_head': head(chain, 'contract'),
        'data_migrations': data_migrations(glance),
        'store_drivers': sorted(drivers),
        'store_schemes': {
            name: schemes(store, module)
            for name, module in sorted(drivers.items())
            if '.' not in name
        },
        'default_stores': default_stores(store),
        'libraries': libraries,
    }
    return release, chain


def fetch(requirement: str, folder: pathlib.Path) -> pathlib.Path:
    """Download a wheel and return the folder that it is unpacked into."""
    folder.mkdir(parents=True)
    run(
        *(sys.executable, '-m', 'pip', 'download', '--quiet', '--no-deps'),
        *('--disable-pip-version-check', '--ignore-requires-python'),
        *('--only-binary', ':all:', '--dest', str(folder), requirement),
    )
    for wheel in folder.glob('*.whl'):
        zipfile.ZipFile(wheel).extractall(folder)
    return folder


def read_metadata(package: pathlib.Path) -> email.message.Message:
    """Return the METADATA of an unpacked wheel."""
    (path,) = package.glob('*.dist-info/METADATA')
    return email.message_from_string(path.read_text('utf-8'))


def minimum_python(metadata: email.message.Message) -> str:
    """Return the oldest Python that a package declares, like "3.8"."""
    declared = re.search(r'>=\s*(\d+\.\d+)', metadata['Requires-Python'] or '')
    if declared:
        return declared[1]
    classifiers = ' '.join(metadata.get_all('Classifier', []))
    named = re.findall(r'Python :: (\d+)\.(\d+)', classifiers)
    major, minor = min((int(a), int(b)) for a, b in named)
    return f'{major}.{minor}'


def store_drivers(store: pathlib.Path) -> dict[str, str]:
    """Return {driver name: module} of a glance_store."""
    (path,) = store.glob('*.dist-info/entry_points.txt')
    parser = configparser.ConfigParser(delimiters='=')
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(path.read_text('utf-8'))
    return {
        name: target.split(':')[0]
        for name, target in parser['glance_store.drivers'].items()
        if '.tests.' not in target
    }


def schemes(store: pathlib.Path, module: str) -> list[str]:
    """Return the URL schemes that a store driver serves."""
    path = store / module.replace('.', '/')
    files = [path.with_suffix('.py'), *sorted(path.glob('*.py'))]
    for file in filter(pathlib.Path.is_file, files):
        tree = parse(file)
        for node in ast.walk(tree):
            if isinstance(node, ast.Return) and in_get_schemes(node, tree):
                return sorted(constant(node.value, assignments(tree)))
    raise SystemExit(f'{module}: no get_schemes()')


def in_get_schemes(node: ast.Return, tree: ast.Module) -> bool:
    """Tell whether a statement stands in a function get_schemes()."""
    return any(
        isinstance(f, ast.FunctionDef)
        and f.name == 'get_schemes'
        and node in f.body
        for f in ast.walk(tree)
    )


def default_stores(store: pathlib.Path) -> list[str]:
    """Return the choices of [glance_store] default_store, sorted."""
    for node in ast.walk(parse(store / 'glance_store' / 'backend.py')):
        if (
            isinstance(node, ast.Call)
            and node.args
            and isinstance(node.args[0], ast.Constant)
            and node.args[0].value == 'default_store'
        ):
            keywords = {k.arg: k.value for k in node.keywords}
            return sorted(ast.literal_eval(keywords['choices']))
    raise SystemExit('glance_store: no option default_store')


def data_migrations(glance: pathlib.Path) -> list[str]:
    """Return the data migrations that a release runs and that do something.

    A release runs only those whose names start with its own.
    """
    names = assignments(parse(glance / 'glance/db/migration.py'))
    folder = glance / MIGRATIONS / 'data_migrations'
    return [
        path.stem
        for path in sorted(folder.glob(f'{names["CURRENT_RELEASE"]}*.py'))
        if not path.stem.endswith('_empty')
    ]


# Database revisions


def read_revisions(glance: pathlib.Path) -> dict[str, Json]:
    """Return {id: revision} of the revisions that a package carries."""
    chain = {}
    for path in sorted((glance / MIGRATIONS / 'versions').glob('*.py')):
        names = assignments(parse(path))
        if 'revision' in names:
            chain[names['revision']] = {
                'id': names['revision'],
                'down_revision': names['down_revision'],
                'depends_on': names['depends_on'],
                'labels': as_tuple(names['branch_labels']),
            }
    renamed = old_names(glance)
    branches = {name: branch(r, chain) for name, r in chain.items()}
    for name, revision in chain.items():
        labels = {*revision['labels'], *renamed.get(name, ())}
        revision['labels'] = sorted(labels - set(BRANCHES.values()))
        revision['branch'] = branches[name]
    return chain


def branch(revision: Json, chain: dict[str, Json]) -> str:
    """Return the branch of a revision: its own, or its predecessor's."""
    own = set(revision['labels']) & set(BRANCHES.values())
    if own:
        return str(own.pop())
    if revision['down_revision'] is None:
        return 'initial'
    return branch(chain[revision['down_revision']], chain)


def old_names(glance: pathlib.Path) -> dict[str, set[str]]:
    """Return {revision: names that glance-manage takes for it}."""
    names: dict[str, set[str]] = {}
    for node in ast.walk(parse(glance / MIGRATIONS / '__init__.py')):
        if isinstance(node, ast.Call) and (
            ast.unparse(node.func) == 'update_alembic_version'
        ):
            old, new = (ast.literal_eval(arg) for arg in node.args)
            names.setdefault(new, set()).add(old)
    return names


def head(chain: dict[str, Json], wanted: str) -> str:
    """Return the one revision of a branch that nothing follows."""
    followed = {r['down_revision'] for r in chain.values()}
    (found,) = (
        name
        for name, revision in chain.items()
        if revision['branch'] == wanted and name not in followed
    )
    return found


def merge(known: dict[str, Json], chain: dict[str, Json], major: int) -> None:
    """Add the revisions that this release is the first to carry."""
    for name, revision in chain.items():
        seen = known.setdefault(name, {**revision, 'first': major})
        if {**revision, 'first': seen['first']} != seen:
            raise SystemExit(f'{name} is another in glance {major}')


def in_sync_order(revisions: dict[str, Json]) -> list[Json]:
    """Return revisions as db sync runs them: all of expand, then contract."""
    initial = line(revisions, 'initial', None)
    fork = initial[-1]['id']
    expand = line(revisions, 'expand', fork)
    contract = line(revisions, 'contract', fork)
    ordered = [*initial, *expand, *contract]
    if len(ordered) != len(revisions):
        raise SystemExit('the revisions are no fork of two straight lines')
    return ordered


def line(
    revisions: dict[str, Json], wanted: str, last: str | None
) -> list[Json]:
    """Return the revisions of a branch, one after the other."""
    following = {
        r['down_revision']: r
        for r in revisions.values()
        if r['branch'] == wanted
    }
    ordered = []
    while last in following:
        ordered.append(following[last])
        last = following[last]['id']
    return ordered


def install(
    version: str, libraries: dict[str, str], scratch: pathlib.Path
) -> pathlib.Path:
    """Install a glance into a new environment; return its glance-manage."""
    folder = scratch / 'venv'
    venv.create(folder, with_pip=True)
    run(
        *(str(folder / 'bin' / 'pip'), 'install', '--quiet'),
        *('--disable-pip-version-check', f'glance=={version}'),
        *(f'{name}=={pin}' for name, pin in libraries.items()),
    )
    return folder / 'bin' / 'glance-manage'


def walk(
    glance_manage: pathlib.Path, ordered: list[Json], scratch: pathlib.Path
) -> Iterator[tuple[Json, Json, Json]]:
    """Upgrade step by step; yield (revision, what it adds, what removes)."""
    database = scratch / 'glance.sqlite'
    config = scratch / 'glance.conf'
    config.write_text(f'[database]\nconnection = sqlite:///{database}\n')
    before = schema(database)
    for revision in ordered:
        run(
            *(str(glance_manage), '--config-file', str(config)),
            *('db', 'upgrade', '--version', revision['id']),
        )
        after = schema(database)
        yield revision, difference(after, before), difference(before, after)
        before = after


def schema(database: pathlib.Path) -> Schema:
    """Return the tables, columns and named indexes of an SQLite file."""
    found: Schema = {'tables': set(), 'columns': set(), 'indexes': set()}
    with contextlib.closing(sqlite3.connect(database)) as connection:
        for kind, name, table in connection.execute(
            'SELECT type, name, tbl_name FROM sqlite_master'
            " WHERE sql IS NOT NULL AND tbl_name <> 'alembic_version'"
        ).fetchall():
            if kind == 'index':
                found['indexes'].add((table, name))
            elif kind == 'table':
                found['tables'].add((table, table))
                columns = connection.execute(f'PRAGMA table_info({table})')
                found['columns'] |= {(table, c[1]) for c in columns}
    return found


def difference(more: Schema, less: Schema) -> Json:
    """Return {"tables": [name], "columns" and "indexes": {table: [name]}}."""
    extra = {kind: sorted(more[kind] - less[kind]) for kind in more}
    return {
        'tables': [name for name, _ in extra['tables']],
        'columns': by_table(extra['columns']),
        'indexes': by_table(extra['indexes']),
    }


def by_table(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    """Return {table: [name]}."""
    grouped: dict[str, list[str]] = {}
    for table, name in pairs:
        grouped.setdefault(table, []).append(name)
    return grouped


# Helpers


def parse(path: pathlib.Path) -> ast.Module:
    """Parse a Python file."""
    return ast.parse(path.read_text('utf-8'))


def assignments(tree: ast.Module) -> Json:
    """Return {name: value} of a module's plain assignments of constants."""
    found = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(
            node.targets[0], ast.Name
        ):
            with contextlib.suppress(ValueError):
                found[node.targets[0].id] = constant(node.value)
    return found


def constant(node: ast.AST | None, names: Json | None = None) -> Any:
    """Return the value of a literal that may hold names and branches."""
    if isinstance(node, ast.Tuple):
        return tuple(constant(item, names) for item in node.elts)
    if isinstance(node, ast.Name) and names and node.id in names:
        return names[node.id]
    if isinstance(node, ast.Attribute) and node.attr in BRANCHES:
        return BRANCHES[node.attr]
    return ast.literal_eval(node)  # type: ignore[arg-type]


def as_tuple(value: Any) -> tuple[str, ...]:
    """Return alembic's None, "label" or ("label", ...) as a tuple."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def run(*command: str) -> None:
    """Run a command; if it fails, show what it said and stop."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.stderr.write(done.stdout + done.stderr)
        raise SystemExit(f'failed: {shlex.join(command)}')


def write(path: pathlib.Path, value: Any) -> None:
    """Write JSON that reads well in a difference."""
    path.write_text(pretty(value) + '\n', 'utf-8')
    print(f'wrote {path}')


def pretty(value: Any, indent: int = 0) -> str:
    """Format JSON: one line where it fits, else an item a line.

    Long lists of strings are filled like text.
    """
    flat = json.dumps(value)
    if len(flat) + indent < 70 or not isinstance(value, dict | list):
        return flat
    pad = ' ' * (indent + 1)
    if isinstance(value, dict):
        items = [
            f'{json.dumps(k)}: {pretty(v, indent + 1)}'
            for k, v in value.items()
        ]
        return '{\n' + ',\n'.join(pad + i for i in items) + f'\n{pad[1:]}}}'
    if isinstance(value[0], str):
        body = textwrap.fill(
            flat[1:-1],
            width=78,
            initial_indent=pad,
            subsequent_indent=pad,
            break_long_words=False,
            break_on_hyphens=False,
        )
    else:
        body = ',\n'.join(pad + pretty(item, indent + 1) for item in value)
    return f'[\n{body}\n{pad[1:]}]'


if __name__ == '__main__':
    sys.exit(main())
