# SPDX-License-Identifier: Apache-2.0
"""Print what the command costs, as ratios to what it cannot do without.

Each command runs in turn with the one that it is compared with, so that a
machine whose speed drifts slows both; the figure is the median of the
ratios of the pairs.
"""

import argparse
import pathlib
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

DUMP = (
    pathlib.Path(__file__).parents[1]
    / 'examples'
    / 'deployment'
    / 'glance.sql'
)
# The release whose schema the dump has.
TARGET = '2023.1'

BARE = [sys.executable, '-c', 'pass']
FLOOR = [
    sys.executable,
    '-c',
    'import oslo_config.cfg, oslo_upgradecheck.upgradecheck, stevedore, '
    'sqlalchemy, prettytable',
]
TABLES = ('image_locations', 'image_properties', 'tasks', 'images')
COMMAND = [str(pathlib.Path(sys.executable).with_name('glance-status'))]


def deployment(directory: pathlib.Path) -> pathlib.Path:
    """Write a configuration with an up-to-date database, and return it.

    Hazards are planted in the rows of the example: it is without rows here.
    """
    database = directory / 'glance.sqlite'
    connection = sqlite3.connect(database)
    connection.executescript(DUMP.read_text('utf-8'))
    for table in TABLES:
        connection.execute(f'DELETE FROM {table}')
    connection.commit()
    connection.close()
    conf = directory / 'glance-api.conf'
    conf.write_text(f'[database]\nconnection = sqlite:///{database}\n')
    return conf


def seconds(command: list[str]) -> float:
    """Return how long a command takes, its output thrown away."""
    start = time.perf_counter()
    done = subprocess.run(command, check=False, capture_output=True)
    taken = time.perf_counter() - start
    if done.returncode:
        sys.exit((done.stdout + done.stderr).decode())
    return taken


def ratio(
    command: list[str], other: list[str], runs: int
) -> tuple[float, float]:
    """Return the median time of a command, and of its ratio to another."""
    times, ratios = [], []
    for _run in range(runs):
        mine, theirs = seconds(command), seconds(other)
        times.append(mine)
        ratios.append(mine / theirs)
    return statistics.median(times), statistics.median(ratios)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--runs', type=int, default=15)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as directory:
        conf = deployment(pathlib.Path(directory))
        check = [*COMMAND, '--config-file', str(conf), 'upgrade', 'check']
        check += ['--target', TARGET]
        rows = [
            ('upgrade check', check, 'importing its libraries', FLOOR),
            ('--help', [*COMMAND, '--help'], 'a bare Python', BARE),
            (
                'upgrade list',
                [*COMMAND, 'upgrade', 'list'],
                'a bare Python',
                BARE,
            ),
            (
                'upgrade explain',
                [*COMMAND, 'upgrade', 'explain', 'removed-store'],
                'a bare Python',
                BARE,
            ),
        ]
        seconds(check)
        for name, command, what, other in rows:
            time_taken, times = ratio(command, other, runs)
            print(f'{name:16} {time_taken:.3f} s, {times:.2f} times {what}')


if __name__ == '__main__':
    main()
