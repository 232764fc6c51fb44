# SPDX-License-Identifier: Apache-2.0
"""The oldest libraries that are asked for are those that are tested."""

import configparser
import pathlib
import re

ROOT = pathlib.Path(__file__).parents[2]
# Those that only tests need may be the newest.
EXTRAS = ('mysql', 'postgresql', 'formats')


def test_the_oldest_libraries_are_those_that_are_asked_for() -> None:
    setup = configparser.ConfigParser()
    setup.read(ROOT / 'setup.cfg')
    asked = (ROOT / 'requirements.txt').read_text() + ''.join(
        setup['extras'][name] for name in EXTRAS
    )
    lowest = re.findall(r'^([\w.-]+)>=([\w.]+)', asked, re.MULTILINE)
    constraints = ROOT / 'tools' / 'constraints' / 'lowest.txt'
    pinned = re.findall(
        r'^([\w.-]+)==([\w.]+)', constraints.read_text(), re.MULTILINE
    )
    assert pinned == sorted(lowest, key=lambda pair: pair[0].lower())
