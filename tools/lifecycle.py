# SPDX-License-Identifier: Apache-2.0
"""Make the life-cycles of options, policies, paste files and plug-ins.

For every row of ``tools/releases/series.csv`` this installs the last released
glance of that major version, with the libraries that OpenStack tested it with
and a Python of its time, into a virtual environment of its own, and asks it
there (``tools/lifecycle/probe.py``). What the releases answer is folded into
one record for each option, policy, paste section and entry point.

After a release of Glance:

1. add its row to ``tools/releases/series.csv`` and run ``tools/releases.py``;
2. put its upper constraints into ``tools/constraints`` as ``glance-NN.txt``;
3. run::

       python tools/lifecycle.py --pythons ~/.pyenv/versions

   where that directory holds the Pythons that series.csv names;
4. review the difference in ``glance_status/releases/``, and commit it.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import releases

HERE = pathlib.Path(__file__).resolve().parent
PROBE = HERE / 'lifecycle' / 'probe.py'
# What has to be there before the rest, and what upper constraints leave out:
# newer ones do not run on the old Pythons, or do not build what is old.
BUILD = HERE / 'lifecycle' / 'build.txt'
OLD_PYTHONS = ('3.6', '3.8')
TOOLS = ('pip', 'setuptools', 'wheel')
CONSTRAINTS = HERE / 'constraints'
TABLE = releases.OUTPUT / 'releases.json'

STORES = 'cinder,swift,s3,vmware'
LONGEST_REASON = 400
# The group of the options of one store, in samples alone.
SAMPLE_GROUPS = 'glance.multi_store'
# What registers its options when it is made, and not before: their group, and
# how the paste file that a release ships names it.
MADE_LATE = {'healthcheck': 'oslo_middleware:Healthcheck'}

Json = dict[str, Any]


def main(argv: list[str] | None = None) -> int:
    """Write options.json, policies.json, paste.json and plugins.json."""
    parser = argparse.ArgumentParser(
        description='Make the life-cycles of options and policies.',
        allow_abbrev=False,
    )
    parser.add_argument(
        '--pythons',
        type=pathlib.Path,
        metavar='DIR',
        default=pathlib.Path('~/.pyenv/versions').expanduser(),
        help='where MAJOR.MINOR.*/bin/python are',
    )
    parser.add_argument(
        '--cache',
        type=pathlib.Path,
        metavar='DIR',
        default=pathlib.Path('~/.cache/glance-status').expanduser(),
        help='where the environments are kept',
    )
    parser.add_argument('--jobs', type=int, default=2)
    parser.add_argument('--output', type=pathlib.Path, default=releases.OUTPUT)
    args = parser.parse_args(argv)
    answers = ask(args.cache, args.pythons, args.jobs)
    for name, value in folded(answers).items():
        releases.write(args.output / f'{name}.json', value)
    return 0


# Ask


def ask(
    cache: pathlib.Path, pythons: pathlib.Path, jobs: int
) -> dict[int, Json]:
    """Return {major: what that Glance says of itself}, oldest first."""
    rows = releases.read_series()
    versions = {
        release['major']: release['last']
        for release in json.loads(TABLE.read_text('utf-8'))
    }
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        answers = pool.map(
            lambda row: probed(
                install(row, versions[int(row['major'])], cache, pythons)
            ),
            rows,
        )
        return {
            int(row['major']): {
                **answer,
                'version': versions[int(row['major'])],
            }
            for row, answer in zip(rows, answers, strict=True)
        }


def install(
    row: Mapping[str, str],
    version: str,
    cache: pathlib.Path,
    pythons: pathlib.Path,
) -> pathlib.Path:
    """Return the Python of an environment that has this Glance."""
    folder = cache / f'glance-{version}'
    python = folder / 'bin' / 'python'
    # Its last step: what was interrupted has none, and is made again.
    complete = folder / '.complete'
    if complete.exists():
        return python
    shutil.rmtree(folder, ignore_errors=True)
    interpreters = sorted(pythons.glob(f'{row["python"]}.*/bin/python'))
    if not interpreters:
        raise SystemExit(f'{pythons} has no Python {row["python"]}')
    releases.run(str(interpreters[-1]), '-m', 'venv', str(folder))
    pip = (str(python), '-m', 'pip', 'install', '--quiet', '--prefer-binary')
    upper = (CONSTRAINTS / f'glance-{row["major"]}.txt').read_text('utf-8')
    limits = folder / 'constraints.txt'
    limits.write_text(upper)
    environ = dict(os.environ)
    if row['python'] in OLD_PYTHONS:
        build = lacking(upper, BUILD.read_text('utf-8').split())
        # The others need a pip that knows which Python a package is for.
        releases.run(*pip, *(b for b in build if b.split('==')[0] in TOOLS))
        # What is built in isolation sees constraints here alone.
        more = folder / 'build.txt'
        more.write_text('\n'.join([*build, '']))
        environ['PIP_CONSTRAINT'] = str(more)
    done = subprocess.run(
        [
            *pip,
            *('-c', str(limits)),
            f'glance=={version}',
            f'glance_store[{STORES}]',
        ],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f'glance {version}: {done.stderr}')
    complete.touch()
    return python


def lacking(upper: str, build: Iterable[str]) -> list[str]:
    """Return the lines of constraints whose packages others do not have."""
    known = {normal(line) for line in upper.splitlines()}
    return [line for line in build if normal(line) not in known]


def normal(line: str) -> str:
    """Return the package of a constraint, however it is spelt."""
    return line.partition('=')[0].strip().lower().replace('_', '-')


def probed(python: pathlib.Path) -> Json:
    """Return what the Glance of this Python says of itself."""
    done = subprocess.run(
        [str(python), '-W', 'ignore', str(PROBE)],
        # Some libraries write into the directory that they are in.
        cwd=python.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f'{python}: {done.stderr}')
    answer: Json = json.loads(done.stdout)
    return answer


# Fold


def folded(answers: Mapping[int, Json]) -> dict[str, Json]:
    """Return {name of the file: what it holds}."""
    return {
        'options': {
            'provenance': {
                str(major): f'glance {answer["version"]}, installed with '
                f'Python {answer["python"]}'
                for major, answer in answers.items()
            },
            'groups': nested(answers, options_of),
            'backends': nested(answers, backends_of),
            'auth': nested(answers, auth_of),
            'session': flat(answers, session_of),
        },
        'policies': flat(answers, policies_of),
        'paste': nested(answers, lambda answer: answer['paste']),
        'plugins': nested(answers, plugins_of),
    }


def nested(
    answers: Mapping[int, Json], part: Callable[[Json], Mapping[str, Json]]
) -> Json:
    """Fold {group: {name: record}} of each release."""
    parts = {major: part(answer) for major, answer in answers.items()}
    groups = {group for found in parts.values() for group in found}
    return {
        group: fold({m: found.get(group, {}) for m, found in parts.items()})
        for group in sorted(groups)
    }


def flat(
    answers: Mapping[int, Json], part: Callable[[Json], Mapping[str, Json]]
) -> Json:
    """Fold {name: record} of each release."""
    return fold({major: part(answer) for major, answer in answers.items()})


def fold(parts: Mapping[int, Mapping[str, Json]]) -> Json:
    """Return {name: life-cycle}, made of what each release has.

    A life-cycle is the first record, and what later ones say otherwise, with
    the release from which on they do: ``{"since": 19, "default": 5,
    "changes": {"28": {"default": 6}}, "gone": 30}``. In "changes", null is
    what is no longer said.
    """
    first = min(parts)
    names = sorted({name for found in parts.values() for name in found})
    return {name: life(name, parts, first) for name in names}


def life(
    name: str, parts: Mapping[int, Mapping[str, Json]], first: int
) -> Json:
    """Return the life-cycle of one name."""
    present = [major for major, found in parts.items() if name in found]
    last = max(parts)
    span = range(present[0], present[-1] + 1)
    before = parts[present[0]][name]
    record: Json = {} if present[0] == first else {'since': present[0]}
    record.update(before)
    changes = {}
    for major in present[1:]:
        now = parts[major][name]
        if now != before:
            changes[str(major)] = {
                key: now.get(key)
                for key in sorted({*before, *now})
                if now.get(key) != before.get(key)
            }
        before = now
    if changes:
        record['changes'] = changes
    if present != list(span):
        record['absent'] = [m for m in span if m not in present]
    if present[-1] != last:
        record['gone'] = present[-1] + 1
    return record


# What of an answer


def options_of(answer: Json) -> dict[str, Json]:
    """Return {group: {name: option}} of what may stand in glance-api.conf.

    "beside" is what the API does not read: it belongs to other programs, or
    to parts of libraries that Glance does not use.
    """
    found: dict[str, Json] = {}
    sample = answer['sample_namespaces']
    read = {(o['group'], o['name']) for o in answer['registered']}
    paste = json.dumps(answer['paste'])
    made = {group for group, name in MADE_LATE.items() if name in paste}
    for option in sorted(
        (*answer['options'], *answer['registered']),
        key=lambda option: rank(option, sample),
    ):
        group, name = option['group'], option['name']
        namespace = option.get('namespace')
        if namespace == SAMPLE_GROUPS and group != 'glance_store':
            continue
        if option.get('positional'):
            continue
        record = option_of(option)
        known = namespace in sample or (group, name) in read
        if not known and group not in made:
            record['beside'] = True
        found.setdefault(group, {}).setdefault(name, record)
    return found


def rank(option: Json, sample: Iterable[str]) -> tuple[bool, bool, str]:
    """Put first what the sample of the API has, then what is read."""
    namespace = option.get('namespace', '')
    return namespace not in sample, bool(namespace), namespace


def option_of(option: Json) -> Json:
    """Return an option in short."""
    record = {
        key: option[key]
        for key in ('default', 'required', 'secret', 'multi', 'aliases')
        if key in option
    }
    kind = type_of(option['type'])
    if kind != 'String':
        record['type'] = kind
    if option.get('deprecated'):
        record['deprecated'] = True
        for key in ('deprecated_since', 'reason'):
            if option.get(key):
                record[key] = shortened(option[key])
    return record


def type_of(kind: Json) -> Any:
    """Return a type in short: its name, or what more it says."""
    record: Json = {}
    for key, value in kind.items():
        if key in ('item_type', 'value_type'):
            inner = type_of(value)
            if inner != 'String':
                record[key] = inner
        elif (kind['name'], key, value) not in (
            ('Port', 'min', 0),
            ('Port', 'max', 65535),
        ):
            record[key] = value
    name = record.pop('name')
    if name in ('<lambda>', '_identity', 'str', 'Opt'):
        name = 'Any'
    if name == 'MultiString':
        name = 'String'
    return {'name': name, **record} if record else name


def shortened(text: str) -> str:
    """Return the beginning of a text."""
    if len(text) <= LONGEST_REASON:
        return text
    return text[:LONGEST_REASON].rpartition(' ')[0] + ' ...'


def backends_of(answer: Json) -> dict[str, Json]:
    """Return {driver: {name: option}} of the groups of named backends."""
    targets = answer['entry_points']['glance_store.drivers']
    short = {
        target: name for name, target in targets.items() if '.' not in name
    }
    return {
        short[targets[driver]]: {
            option['name']: option_of(option) for option in options
        }
        for driver, options in answer['backends'].items()
    }


def auth_of(answer: Json) -> dict[str, Json]:
    """Return {plug-in: {name: option}} of keystoneauth."""
    return {
        plugin: {option['name']: option_of(option) for option in options}
        for plugin, options in answer['auth'].items()
    }


def session_of(answer: Json) -> Json:
    """Return {name: option} of what keystoneauth reads of a client."""
    return {option['name']: option_of(option) for option in answer['session']}


def policies_of(answer: Json) -> Json:
    """Return {name: policy} of what a release registers."""
    return {
        name: {
            key: value
            for key, value in policy.items()
            if value or key in ('check', 'old_check')
        }
        for name, policy in answer['policies'].items()
    }


def plugins_of(answer: Json) -> dict[str, Json]:
    """Return {group of entry points: {name: {}}}."""
    return {
        group: {name: {} for name in points}
        for group, points in answer['entry_points'].items()
    }


if __name__ == '__main__':
    sys.exit(main())
