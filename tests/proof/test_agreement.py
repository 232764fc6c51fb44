# SPDX-License-Identifier: Apache-2.0
"""This tool and the real Glance agree, but for what is documented."""

import pathlib
import random

import pytest

from glance_status import releases
from tests.functional import glance_databases
from tests.proof import agreement, corpus, judged, said

SEED = 33
MAJOR = 33


def sample() -> list[agreement.Changes]:
    """Return deployments of each kind, and all that is documented last."""
    chosen = random.Random(SEED)
    alone = [(item,) for item in corpus.HAZARDS.values()]
    return [
        *chosen.sample(alone, 8),
        *corpus.combinations(2, SEED),
        *chosen.sample(
            [
                (corpus.HAZARDS[name],)
                for name in sorted(judged.known(MAJOR))
                if name in corpus.HAZARDS
            ],
            2,
        ),
    ]


def test_a_sample_agrees_but_for_what_is_documented() -> None:
    glance_databases.require('sqlite')
    with agreement.measuring(
        agreement.default_environment(), releases.find(str(MAJOR))
    ) as measure:
        judgements = [measure.judge(changes) for changes in sample()]
    documented = judged.known(MAJOR)
    assert {
        item.name: item.kind.value
        for item in judgements
        if item.kind in judged.DISAGREE
    } == {
        item.name: documented[item.name]
        for item in judgements
        if item.name in documented
    }


def test_what_was_measured_is_read_back(tmp_path: pathlib.Path) -> None:
    measured = [
        judged.Judgement('a', 'start: b', said.Said(('c',), ('d', 'e'), None)),
        judged.Judgement('f', None, said.Said((), (), '255: g')),
    ]
    path = tmp_path / 'measured.json'
    assert agreement.before(path) == []
    agreement.write(path, measured)
    assert agreement.before(path) == measured


@pytest.mark.parametrize('major', [item.major for item in releases.targets()])
def test_what_is_documented_is_in_the_corpus(major: int) -> None:
    names = corpus.HAZARDS.keys() | corpus.VARIANTS.keys()
    assert judged.known(major).keys() - names == set()


@pytest.mark.parametrize('major', [item.major for item in releases.targets()])
def test_few_hazards_have_each_finding(major: int) -> None:
    few = list(corpus.each_finding(major))
    assert {each for item in few for each in item.findings} == {
        each
        for item in corpus.HAZARDS.values()
        if item.since <= major
        for each in item.findings
    }
    assert len(few) <= len({each for item in few for each in item.findings})
