# SPDX-License-Identifier: Apache-2.0
"""The table of mutants that make no difference is about code that is there."""

import csv
import pathlib

ROOT = pathlib.Path(__file__).parents[2]
TABLE = ROOT / 'tests/mutation/survivors.csv'


def test_each_survivor_is_a_line_of_its_module_and_has_a_reason() -> None:
    with TABLE.open(newline='', encoding='utf-8') as stream:
        survivors = list(csv.DictReader(stream))
    lines = {
        module: {
            line.strip()
            for line in (ROOT / module).read_text('utf-8').splitlines()
        }
        for module in {row['module'] for row in survivors}
    }
    assert survivors != []
    assert [
        row
        for row in survivors
        if row['line'] not in lines[row['module']]
        or row['line'] == row['mutant']
        or len(row['reason'].split()) < 5
    ] == []
