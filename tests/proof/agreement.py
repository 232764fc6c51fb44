# SPDX-License-Identifier: Apache-2.0
"""Measure how far this tool and the real Glance agree.

Each deployment of the corpus is made in a directory of its own. This tool is
asked about it; then the real Glance brings its database up to date, starts on
it and is sent requests.

    python -m tests.proof.agreement [--release 33] [--random 100] [--seed 1]

runs with the Glance of the tox environment; ``--environment DIRECTORY`` names
that of another release, as tools/lifecycle.py makes them.
"""

import argparse
import contextlib
import dataclasses
import fnmatch
import json
import pathlib
import shutil
import sys
import tempfile
from collections import abc

from sqlalchemy import exc

from glance_status import releases
from tests.functional import glance_databases
from tests.proof import cloud, corpus, judged, real, said, served
from tests.proof.corpus import change, clean, deployed

Changes = tuple[change.Change, ...]

# The first release that stages images in a store, and not in /tmp/staging
# where the configuration does not say.
STAGING_STORES = 19


def main(argv: abc.Sequence[str] | None = None) -> int:
    """Print the table, and what the two do not agree about."""
    args = _arguments(argv)
    target = releases.find(args.release)
    root = args.environment or default_environment()
    judgements = before(args.json)
    known = {item.name for item in judgements}
    with measuring(root, target, args.server, args.keep) as measure:
        for changes in wanted(args):
            if title(changes) in known or any(
                item.since > target.major for item in changes
            ):
                continue
            try:
                judgement = measure.judge(changes)
            except exc.SQLAlchemyError:
                # It is about what this schema does not have yet.
                continue
            judgements.append(judgement)
            if args.json:
                write(args.json, judgements)
            if args.verbose or judgement.kind in judged.DISAGREE:
                print(line(judgement), flush=True)
    print(table({target.version: judgements}))
    return 0


def _arguments(argv: abc.Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description='Measure how far this tool and the real Glance agree.',
        allow_abbrev=False,
    )
    parser.add_argument('--release', default='33')
    parser.add_argument(
        '--environment',
        type=pathlib.Path,
        metavar='DIRECTORY',
        help='where that release is installed; the one of tox by default',
    )
    parser.add_argument(
        '--only', default='*', metavar='PATTERN', help='of the names'
    )
    parser.add_argument(
        '--topic',
        action='append',
        choices=corpus.TOPICS,
        help='of the hazards; all by default, and may be repeated',
    )
    parser.add_argument(
        '--every',
        type=int,
        default=1,
        metavar='N',
        help='one of N hazards alone; 1, all of them, by default',
    )
    parser.add_argument(
        '--each-finding',
        action='store_true',
        help='the hazards that it takes to have each finding once',
    )
    parser.add_argument(
        '--random',
        type=int,
        default=0,
        metavar='N',
        help='combinations of hazards, in place of the single ones',
    )
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument(
        '--server', choices=glance_databases.SERVERS, default='sqlite'
    )
    parser.add_argument(
        '--json',
        type=pathlib.Path,
        metavar='FILE',
        help='where to keep what was measured; what it has already is not '
        'measured again',
    )
    parser.add_argument(
        '--keep',
        type=pathlib.Path,
        metavar='DIRECTORY',
        help='where to leave the deployments',
    )
    parser.add_argument('--verbose', action='store_true')
    return parser.parse_args(argv)


def default_environment() -> pathlib.Path:
    """Return the prefix of the Glance that tox installs."""
    path = glance_databases.glance_manage_path()
    if not path:
        raise SystemExit('GLANCE_MANAGE does not name a glance-manage')
    return pathlib.Path(path).parent.parent


def wanted(args: argparse.Namespace) -> abc.Iterator[Changes]:
    """Yield the changes to a variant, of each deployment."""
    if args.random:
        yield from corpus.combinations(args.random, args.seed)
        return
    hazards = [
        item
        for topic in args.topic or corpus.TOPICS
        for item in corpus.TOPICS[topic]
    ]
    if args.each_finding:
        major = releases.find(args.release).major
        few = {item.name for item in corpus.each_finding(major)}
        hazards = [item for item in hazards if item.name in few]
    for changes in (
        *((item,) for item in corpus.VARIANTS.values()),
        *((item,) for item in hazards[:: args.every]),
    ):
        if fnmatch.fnmatch(changes[0].name, args.only):
            yield changes


def title(changes: Changes) -> str:
    """Return what a deployment is called."""
    return ' + '.join(item.name for item in changes)


@dataclasses.dataclass
class Measure:
    """What makes deployments, and asks both about them."""

    root: pathlib.Path
    target: releases.Release
    server: str
    keep: pathlib.Path | None
    cloud: str
    glance: served.Glance
    tool: said.Tool
    clean: dict[str, served.Outcome] = dataclasses.field(default_factory=dict)

    @property
    def source(self) -> releases.Release:
        """Return the release before."""
        known = releases.known()
        return known[known.index(self.target) - 1]

    def judge(self, changes: Changes) -> judged.Judgement:
        """Return what both make of changes to one variant."""
        variant = changes[0]
        name = title(changes)
        if variant.name in corpus.VARIANTS:
            base = plain = variant
            changes = ()
        else:
            base = corpus.VARIANTS[variant.base]
            plain = base
        outcome, words = self.ask(base, changes, name)
        if plain.name not in self.clean:
            self.clean[plain.name] = (
                self.ask(plain, (), plain.name)[0] if changes else outcome
            )
        clean = self.clean[plain.name]
        if not changes:
            # That it is well is what a variant says of itself.
            clean = dataclasses.replace(outcome, sync=None, error=None)
        return judged.Judgement(
            name, judged.truth(outcome, clean, changes), words
        )

    def ask(
        self, base: change.Change, changes: Changes, name: str
    ) -> tuple[served.Outcome, said.Said]:
        """Make a deployment, and return what becomes of it."""
        states = [item.state for item in changes if item.state]
        state = states[-1] if states else self.state()
        with contextlib.ExitStack() as stack:
            directory = pathlib.Path(
                stack.enter_context(tempfile.TemporaryDirectory())
            )
            url = stack.enter_context(
                glance_databases.database(self.server, state, directory)
            )
            deployed.make(
                directory,
                url,
                (*self.always(), base, *changes),
                real.paste(self.root),
                self.cloud,
            )
            words = self.tool.says(directory, self.source, self.target)
            outcome = self.glance.outcome(
                directory,
                base.name.startswith('keystone'),
                self.cloud.removesuffix('/v3'),
            )
            if self.keep:
                place = self.keep / name.replace('/', '_')[:100]
                shutil.rmtree(place, ignore_errors=True)
                shutil.copytree(directory, place)
        return outcome, words

    def always(self) -> Changes:
        """Return what all deployments of the target have."""
        return (clean.STAGED,) if self.target.major < STAGING_STORES else ()

    def state(self) -> str:
        """Return that of the database of the release before."""
        head = self.source.contract_head
        behind = f'behind_{head}'
        return behind if behind in glance_databases.STATES else 'up_to_date'


@contextlib.contextmanager
def measuring(
    root: pathlib.Path,
    target: releases.Release,
    server: str = 'sqlite',
    keep: pathlib.Path | None = None,
) -> abc.Iterator[Measure]:
    """Give what asks both about deployments.

    :param root: the prefix that the target is installed in
    """
    python = root / 'bin' / 'python'
    with (
        cloud.serving() as keystone,
        served.serving(python) as glance,
        said.beside(python, target) as tool,
    ):
        yield Measure(root, target, server, keep, keystone, glance, tool)


def line(judgement: judged.Judgement) -> str:
    """Return a judgement on one line."""
    words = judgement.said
    return (
        f'{judgement.kind.value}: {judgement.name}: '
        f'{judgement.truth or "works"}; said: '
        + (words.error or ' '.join(words.failures) or 'nothing')
        + (f'; warned: {" ".join(words.warnings)}' if words.warnings else '')
    )


def before(path: pathlib.Path | None) -> list[judged.Judgement]:
    """Return what an earlier run has left, which need not have ended."""
    if path is None or not path.exists():
        return []
    return [
        judged.Judgement(
            item['name'],
            item['truth'],
            said.Said(
                tuple(item['failures']),
                tuple(item['warnings']),
                item['error'],
            ),
        )
        for item in json.loads(path.read_text())
    ]


def write(
    path: pathlib.Path, judgements: abc.Sequence[judged.Judgement]
) -> None:
    """Keep what was measured, so that an interruption costs little."""
    path.write_text(
        json.dumps([record(item) for item in judgements], indent=1)
    )


def record(judgement: judged.Judgement) -> dict[str, object]:
    """Return a judgement as JSON has it."""
    return {
        'name': judgement.name,
        'kind': judgement.kind.value,
        'truth': judgement.truth,
        'failures': judgement.said.failures,
        'warnings': judgement.said.warnings,
        'error': judgement.said.error,
    }


def table(measured: abc.Mapping[str, abc.Sequence[judged.Judgement]]) -> str:
    """Return the counts of each release, as CSV."""
    rows = [
        [
            'release',
            *(kind.value for kind in judged.Kind),
            'precision',
            'recall',
        ]
    ]
    for name, judgements in measured.items():
        counts = judged.Counts.of(judgements)
        rows.append(
            [
                name,
                *(str(counts.kinds[kind]) for kind in judged.Kind),
                f'{counts.precision:.3f}',
                f'{counts.recall:.3f}',
            ]
        )
    return '\n'.join(','.join(row) for row in rows)


if __name__ == '__main__':
    sys.exit(main())
