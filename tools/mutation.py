# SPDX-License-Identifier: Apache-2.0
"""Look for changes of the code that no test notices.

A module is changed in one place, an operator or a number at a time, and its
tests run; what survives that is a test that is missing, or a change that
makes no difference. The latter are in ``tests/mutation/survivors.csv``, with
the reason. A survivor that is not there, or one there that survives no more,
ends this with 1::

    tox -e mutation -- glance_status/results.py

Nothing is changed but a copy of the tree. Without a name, all modules of the
table are looked at.
"""

import argparse
import collections
import csv
import importlib.util
import os
import pathlib
import resource
import shutil
import signal
import sys
import sysconfig
import tempfile
import venv
from collections.abc import Iterator
from typing import NamedTuple

import cosmic_ray.ast
import cosmic_ray.mutating
import cosmic_ray.plugins

# What tests need is loaded once, and the package itself anew in each process.
import oslo_config.cfg  # noqa: F401
import pytest
import sqlalchemy  # noqa: F401

ROOT = pathlib.Path(__file__).parents[1]
SURVIVORS = ROOT / 'tests/mutation/survivors.csv'

# Bytes that tests may take: a loop without an end may also fill a list.
MEMORY = 2 * 1024**3
# Seconds on the clock, beside those that a slow machine takes.
WAIT = 60

# Module: the tests that are to notice each change of it.
MODULES = {
    f'glance_status/{name}.py': [f'tests/unit/{test}.py' for test in tests]
    for name, tests in {
        'redaction': ['test_redaction'],
        'results': ['test_results'],
        'verdict': ['test_verdict'],
        'selection': ['test_selection'],
        'options': ['test_options', 'test_configuration', 'test_session'],
        'usage': ['test_usage'],
        'cli': ['test_cli'],
        'streams': ['test_cli'],
        'signals': ['test_cli'],
        'lazily': ['test_lazily'],
        'ranges': ['test_ranges'],
        'waivers': ['test_waivers'],
        'waiver_file': ['test_waiver_file'],
        'baseline': ['test_baseline'],
        'merge': ['test_merge'],
        'merged_rows': ['test_merge'],
        'wording': ['test_wording'],
        'complaints': ['test_complaints'],
        'database': ['test_database'],
        'outcomes': ['test_outcomes'],
        'loading': ['test_loading'],
        'children': ['test_children'],
        'runner': ['test_runner'],
        'ledger': ['test_runner'],
        'surveys': ['test_runner'],
        'drift': ['test_drift'],
        'files': ['test_files'],
        'reading': ['test_reading'],
        'guard': ['test_guard'],
        'surroundings': ['test_surroundings'],
        'worker': ['test_process'],
        'process': ['test_process', 'test_children'],
        'checks/rules': ['checks/test_rules', 'checks/test_policy_rules'],
        'checks/rule_parser': ['checks/test_rules', 'checks/test_rule_parser'],
        'checks/rule_syntax': [
            'checks/test_rule_syntax',
            'checks/test_policy_rules',
        ],
        'checks/backends': ['checks/test_backends'],
        'checks/stores': ['checks/test_stores'],
        'checks/revision': ['checks/test_revision'],
        'checks/noauth': ['checks/test_middleware'],
        'checks/paste_order': ['checks/test_middleware'],
        'checks/rule_faults': ['checks/test_policy_rules'],
        'checks/policy_rules': ['checks/test_policy_rules'],
        'checks/policy_place': ['checks/test_policy_place'],
        'checks/policy': ['checks/test_policy'],
        'checks/rbac': ['checks/test_rbac'],
        'checks/store_default': ['checks/test_store_default'],
        'checks/staging': ['checks/test_staging'],
        'checks/imports': ['checks/test_imports'],
        'checks/image_options': ['checks/test_image_options'],
        'checks/image_formats': ['checks/test_image_options'],
        'checks/filesystem': ['checks/test_filesystem'],
        'checks/filesystem_metadata': ['checks/test_filesystem'],
        'checks/store_paths': [
            'checks/test_filesystem',
            'checks/test_store_directories',
        ],
        'checks/store_directories': ['checks/test_store_directories'],
        'checks/option_values': [
            'checks/test_option_values',
            'checks/test_option_customary',
        ],
        'checks/option_gone': [
            'checks/test_option_names',
            'checks/test_option_customary',
        ],
        'checks/option_defaults': [
            'checks/test_option_defaults',
            'checks/test_option_customary',
        ],
        'checks/swift': ['checks/test_swift'],
        'checks/swift_file': ['checks/test_swift'],
        'checks/cinder': ['checks/test_cinder'],
        'checks/rbd': ['checks/test_rbd'],
        'checks/s3': ['checks/test_s3'],
        'checks/vmware': ['checks/test_vmware'],
        'checks/keystone': ['checks/test_keystone'],
        'checks/keystone_options': [
            'checks/test_keystone',
            'checks/test_services',
        ],
        'checks/keystone_values': ['checks/test_keystone_values'],
        'checks/keystone_files': [
            'checks/test_keystone',
            'checks/test_services',
        ],
        'checks/messaging_options': [
            'checks/test_messaging',
            'checks/test_services',
        ],
        'checks/messaging': ['checks/test_messaging', 'checks/test_services'],
        'checks/transport_query': ['checks/test_messaging'],
        'checks/database_driver': [
            'checks/test_database_driver',
            'checks/test_services',
        ],
        'checks/database_options': [
            'checks/test_database_options',
            'checks/test_renames',
        ],
        'checks/protections': ['checks/test_protections'],
        'checks/import_contents': ['checks/test_import_contents'],
        'checks/limits': ['checks/test_services'],
        'checks/wsgi': ['checks/test_wsgi'],
        'checks/log_config': ['checks/test_log_config'],
        'checks/log_files': ['checks/test_services'],
        'checks/api_tls': ['checks/test_api_tls'],
        'checks/conversion': ['checks/test_conversion'],
        'checks/small_files': [
            'checks/test_filesystem',
            'checks/test_swift',
            'checks/test_swift_buffer',
        ],
        'checks/presence': ['checks/test_presence', 'checks/test_middleware'],
        'checks/cache': ['checks/test_cache'],
        'checks/cache_sqlite': ['checks/test_cache'],
        'garbage': ['test_garbage'],
        'checks/paste_walk': ['checks/test_paste', 'checks/test_middleware'],
        'checks/pipeline': ['checks/test_paste', 'checks/test_middleware'],
        'checks/paste': ['checks/test_paste'],
        'checks/middleware': ['checks/test_paste', 'checks/test_middleware'],
        'checks/proxy_headers': ['checks/test_middleware'],
        'checks/healthcheck': ['checks/test_services'],
        'checks/public_endpoint': ['checks/test_image_options'],
        'checks/path': ['checks/test_path'],
        'checks/policy_meaning': ['checks/test_policy_meaning'],
        'checks/host': ['checks/test_host'],
        'checks/identity': [
            'checks/test_identity',
            'checks/test_keystone',
            'checks/test_services',
        ],
        'checks/key_manager': ['checks/test_services'],
        'checks/elsewhere': ['checks/test_option_names'],
        'checks/admin': ['checks/test_services'],
        'checks/audit': ['checks/test_audit'],
        'checks/clients': ['checks/test_services'],
        'checks/profiler': ['checks/test_profiler'],
        'checks/registry': [
            'checks/test_registry',
            'checks/test_services',
            'checks/test_wsgi',
        ],
        'checks/connection': ['test_manage_connection'],
        'checks/transport_pool': ['checks/test_messaging'],
        'checks/units': [
            'checks/test_units',
            'checks/test_registry',
            'checks/test_wsgi',
        ],
        'checks/ownership': ['checks/test_ownership'],
        'checks/renames': ['checks/test_renames'],
        'checks/store_changes': ['checks/test_store_changes'],
        'checks/store_libraries': ['checks/test_store_libraries'],
        'checks/swift_buffer': ['checks/test_swift_buffer'],
        'checks/tasks': ['checks/test_services'],
        'checks/texts': ['checks/test_texts'],
        'checks/logs': ['checks/test_services'],
        'arguments': ['test_session'],
        'session': ['test_session'],
        'ini': ['test_ini'],
        'places': ['test_places'],
        'configuration': ['test_configuration'],
        'checks/option_unknown': [
            'checks/test_option_names',
            'checks/test_option_customary',
        ],
        'checks/option_deprecated': [
            'checks/test_option_names',
            'checks/test_option_customary',
        ],
        'checks/known': [
            'checks/test_known',
            'checks/test_option_names',
            'checks/test_option_values',
        ],
        'checks/kinds': ['checks/test_option_values', 'checks/test_known'],
        'checks/references': ['checks/test_option_values'],
        **{
            f'checks/{name}': ['checks/test_stamp', 'checks/test_revision']
            for name in ('stamp', 'half_applied', 'steps')
        },
        'checks/definitions': ['checks/test_definitions'],
        'checks/drift': ['checks/test_drift'],
        'checks/drift_told': ['checks/test_drift_told'],
        'waypoints': ['test_planning', 'checks/test_stamp'],
        'connecting': ['test_connecting'],
        'checks/values': ['checks/test_values'],
        'checks/location_lock': ['checks/test_location_lock'],
        'checks/locations': ['checks/test_locations'],
        'checks/image_schema': ['checks/test_image_schema'],
        'checks/schema_words': ['checks/test_image_schema'],
        'checks/directories': [
            'checks/test_store_directories',
            'checks/test_filesystem',
        ],
        'checks/cinder_locks': ['checks/test_cinder_locks'],
        'differences': ['test_merge'],
        'documents': ['test_reading'],
        'fields': ['test_reading', 'test_merge'],
        'progress': ['test_progress'],
        'formatters/__init__': ['formatters/test_loading'],
        **{
            f'formatters/{name}': [f'formatters/test_{name}']
            for name in (
                *('html', 'json', 'junit', 'markdown', 'nagios'),
                *('prometheus', 'table'),
            )
        },
        'planning/__init__': ['test_planning'],
        'planning/data': ['test_planning'],
        'planning/position': ['test_planning'],
        'planning/server': ['test_planning'],
        'planning/steps': ['test_planning'],
        'planning/text': ['test_plan_text'],
    }.items()
}
# The same, with tests that read databases.
READING = {
    f'glance_status/{name}.py': [f'tests/{test}.py' for test in tests]
    for name, tests in {
        'rows': [
            *('unit/test_rows', 'unit/test_asked'),
            'functional/test_startup',
        ],
        'asked': ['unit/test_asked', 'functional/test_survey'],
        'bounds': ['unit/test_bounds'],
        'parts': ['unit/test_parts'],
        'sharing': ['unit/test_sharing'],
        'counting': [
            *('unit/test_counting', 'unit/test_survey'),
            *('functional/test_survey', 'functional/test_hands'),
        ],
        'missing': ['unit/test_survey', 'functional/test_survey'],
        'survey': [
            *('unit/test_survey', 'functional/test_survey'),
            *('functional/test_hands', 'functional/test_row_faults'),
        ],
        'hands': ['unit/test_hands', 'functional/test_hands'],
        'walks': ['unit/test_walks', 'functional/test_hands'],
        'trouble': ['unit/test_trouble', 'functional/test_row_faults'],
        'answering': [
            *('unit/test_answering', 'unit/test_runner'),
            *('functional/test_startup', 'functional/test_pool'),
        ],
        'context': ['unit/test_context', 'functional/test_startup'],
        'pool': ['functional/test_pool'],
        'schema': ['unit/test_schema', 'functional/test_schema'],
        'closer': ['functional/test_survey'],
        'checks/row_cache': ['functional/test_row_cache'],
        'checks/visibility': ['functional/test_visibility'],
        'checks/replica': ['functional/test_replica'],
        **{
            f'checks/{name}': ['functional/test_row_checks']
            for name in (
                *('row_images', 'row_properties', 'row_stores', 'row_tasks'),
                'image_values',
                *('row_files', 'location_schemes', 'location_metadata'),
                *('location_s3', 'location_cinder', 'location_swift'),
                'location_http',
            )
        },
    }.items()
}
MODULES |= READING
# Of these, what they do depends on the server.
EACH_SERVER = tuple(
    f'glance_status/{name}.py'
    for name in (
        *('answering', 'closer', 'pool', 'schema', 'trouble'),
        *('checks/replica', 'checks/visibility'),
    )
)
# The databases that they copy, which the real Glance takes seconds to make.
DATABASES = [('sqlite', 'up_to_date')]

# What tests the time alone.
SLOW = 'not worth_speaking_of and not take_for_ever'
# Of tests that run on each server, those that need none.
WITHOUT_SERVER = 'not mariadb and not postgresql'

# Others of the library change what a type or an import says, or do the same
# once more with another sign.
OPERATORS = [
    f'core/{name}'
    for name in (
        'AddNot',
        'ExceptionReplacer',
        'NumberReplacer',
        'RemoveDecorator',
        'ReplaceAndWithOr',
        'ReplaceBinaryOperator_Add_Sub',
        'ReplaceBinaryOperator_BitAnd_BitOr',
        'ReplaceBinaryOperator_Div_Mul',
        'ReplaceBinaryOperator_FloorDiv_Mul',
        'ReplaceBinaryOperator_Mod_Mul',
        'ReplaceBinaryOperator_Mul_FloorDiv',
        'ReplaceBinaryOperator_Pow_Mul',
        'ReplaceBinaryOperator_Sub_Add',
        'ReplaceBreakWithContinue',
        'ReplaceComparisonOperator_Eq_NotEq',
        'ReplaceComparisonOperator_GtE_Gt',
        'ReplaceComparisonOperator_GtE_Lt',
        'ReplaceComparisonOperator_Gt_GtE',
        'ReplaceComparisonOperator_Gt_LtE',
        'ReplaceComparisonOperator_IsNot_Is',
        'ReplaceComparisonOperator_Is_IsNot',
        'ReplaceComparisonOperator_LtE_Gt',
        'ReplaceComparisonOperator_LtE_Lt',
        'ReplaceComparisonOperator_Lt_GtE',
        'ReplaceComparisonOperator_Lt_LtE',
        'ReplaceComparisonOperator_NotEq_Eq',
        'ReplaceContinueWithBreak',
        'ReplaceFalseWithTrue',
        'ReplaceOrWithAnd',
        'ReplaceTrueWithFalse',
        'ReplaceUnaryOperator_Delete_Not',
        'ReplaceUnaryOperator_USub_UAdd',
        'ZeroIterationForLoop',
    )
]


class Mutant(NamedTuple):
    """A change of one line, as the table of survivors names it."""

    module: str
    line: str
    mutant: str
    operator: str


def main(argv: list[str] | None = None) -> int:
    """Mutate modules and compare what survives with what is explained."""
    parser = argparse.ArgumentParser(
        description='Look for changes that no test notices.',
        allow_abbrev=False,
    )
    parser.add_argument(
        'modules', nargs='*', metavar='MODULE', help='glance_status/NAME.py'
    )
    modules = parser.parse_args(argv).modules or list(MODULES)
    if unknown := set(modules) - set(MODULES):
        parser.error(f'not in the table: {", ".join(sorted(unknown))}')
    with SURVIVORS.open(newline='') as lines:
        explained = collections.Counter(
            Mutant(*(row[name] for name in Mutant._fields))
            for row in csv.DictReader(lines)
            if row['module'] in modules
        )
    with tempfile.TemporaryDirectory() as copy:
        tree = pathlib.Path(copy, 'tree')
        shutil.copytree(
            ROOT, tree, ignore=shutil.ignore_patterns('.*', '__pycache__')
        )
        enter(tree)
        if READING.keys() & {*modules}:
            make_databases()
        survived = collections.Counter(
            mutant for module in modules for mutant in survivors(module)
        )
    for mutant in survived - explained:
        print('not explained:', *mutant, sep='\n    ')
    for mutant in explained - survived:
        print('explained, and survives no more:', *mutant, sep='\n    ')
    return int(survived != explained)


def enter(tree: pathlib.Path) -> None:
    """Let this process, and those that it starts, see a copy alone."""
    install(tree, tree.with_name('venv'))
    os.chdir(tree)
    os.environ['PYTHONPATH'] = str(tree)
    sys.path.insert(0, str(tree))
    keep_bytecode(False)
    # Those of pytest are not needed, and slow to load.
    os.environ['PYTEST_DISABLE_PLUGIN_AUTOLOAD'] = '1'
    # A test that is skipped notices nothing.
    os.environ['GLANCE_STATUS_REQUIRE_SERVERS'] = '1'


def keep_bytecode(keep: bool) -> None:
    """Let what is imported be compiled once, or each time."""
    sys.dont_write_bytecode = not keep
    os.environ['PYTHONDONTWRITEBYTECODE'] = '' if keep else '1'


def install(tree: pathlib.Path, place: pathlib.Path) -> None:
    """Make the installed command one that runs the copy."""
    venv.create(place, symlinks=True)
    python = place / 'bin/python'
    sites = sysconfig.get_path('purelib', 'venv', {'base': str(place)})
    pathlib.Path(sites, 'copy.pth').write_text(
        f'{tree}\n{sysconfig.get_path("purelib")}\n'
    )
    command = place / 'bin/glance-status'
    command.write_text(
        f'#!{python}\n'
        'import sys\n'
        'from glance_status import cli\n'
        'sys.exit(cli.main())\n'
    )
    command.chmod(0o755)
    sys.executable = str(python)


def make_databases() -> None:
    """Make what tests copy, so that no mutant has to wait for it."""
    from tests.functional import glance_databases

    for server, state in DATABASES:
        with glance_databases.database(server, state):
            pass
    # Each mutant that has to talk to the real Glance talks to its own.
    glance_databases._running.cache_clear()


def survivors(module: str) -> Iterator[Mutant]:
    """Print and yield the mutants of a module that its tests let pass."""
    start = sum(os.times()[2:4])
    keep_bytecode(True)
    passed = passes(module, 600)
    keep_bytecode(False)
    if not passed:
        sys.exit(f'{module}: the tests fail without any mutation')
    limit = 3 + int(5 * (sum(os.times()[2:4]) - start))
    path = pathlib.Path(module)
    # A file that changes twice a second is taken for an old one else.
    pathlib.Path(importlib.util.cache_from_source(path)).unlink(True)
    source = path.read_text('utf-8')
    total = survived = 0
    for name, mutated in mutants(source):
        total += 1
        path.write_text(mutated, 'utf-8')
        if not passes(module, limit):
            continue
        survived += 1
        number, line, mutant = difference(source, mutated)
        print(f'{module}:{number} {name}  {line}  ->  {mutant}', flush=True)
        yield Mutant(module, line, mutant, name)
    path.write_text(source, 'utf-8')
    print(f'{module}: {total} mutants, {survived} survived', flush=True)


def mutants(source: str) -> Iterator[tuple[str, str]]:
    """Yield an operator and the source that it makes, for each place."""
    for operator in OPERATORS:
        made = cosmic_ray.plugins.get_operator(operator)()
        places = sum(
            len(list(made.mutation_positions(node)))
            for node in cosmic_ray.ast.ast_nodes(
                cosmic_ray.ast.get_ast(source)
            )
        )
        for place in range(places):
            try:
                mutated = cosmic_ray.mutating.mutate_code(source, made, place)
            except AttributeError:
                # It cannot replace one of several exceptions with a dot.
                continue
            if mutated is not None:
                yield operator.removeprefix('core/'), mutated


def difference(source: str, mutated: str) -> tuple[int, str, str]:
    """Return number and text of the line that changed, and its new text."""
    lines, changed = source.splitlines(), mutated.splitlines()
    at = next(n for n, line in enumerate(lines) if line != changed[n])
    mutant = changed[at].strip()
    # Blank lines and comments before a decorator go with it.
    while lines[at].strip()[:1] in ('', '#'):
        at += 1
    return at + 1, lines[at].strip(), mutant


def passes(module: str, limit: int) -> bool:
    """Tell whether the tests of a module pass, within seconds of CPU."""
    few = module in READING and module not in EACH_SERVER
    chosen = f'{SLOW} and {WITHOUT_SERVER}' if few else SLOW
    child = os.fork()
    if not child:
        # A mutant may end its process group, and shall end no other.
        os.setsid()
        # Time on the clock says little on a machine that others use.
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))
        # Who waits for ever takes none of the CPU's.
        signal.alarm(WAIT + 10 * limit)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        with open(os.devnull, 'w') as nowhere:
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
        os._exit(
            pytest.main(
                [
                    *('-x', '-q', '-p', 'no:cacheprovider', '-k', chosen),
                    *MODULES[module],
                ]
            )
        )
    return os.waitpid(child, 0)[1] == 0


if __name__ == '__main__':
    sys.exit(main())
