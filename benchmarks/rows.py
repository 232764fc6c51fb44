# SPDX-License-Identifier: Apache-2.0
"""Print what the checks of rows cost, as ratios to what cannot be spared.

The database is one that ``glance_database.py`` made. What it is compared
with are the same conditions in one aggregate statement a table, as somebody
would write it by hand, in a session of its own. Counters are the server's:
nobody else should use it meanwhile.
"""

import argparse
import contextlib
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import typing
from collections import abc

import doubled
import glance_database
import sqlalchemy
from oslo_config import cfg
from sqlalchemy import event, orm

from glance_status import (
    asked,
    checks,
    configuration,
    connecting,
    context,
    ranges,
    releases,
    rows,
    survey,
    tables,
)

TARGET, SOURCE = '33', '17'
# Objects that are loaded for the comparison with an ORM.
ORM_MOST = 100_000

Questions = dict[str, list[rows.Question]]


def deployment(directory: str, url: str) -> pathlib.Path:
    """Write a configuration in which all questions are asked."""
    path = pathlib.Path(directory, 'glance-api.conf')
    path.write_text(glance_database.CONFIGURATION.format(url=url))
    return path


def checker_of(conf: pathlib.Path) -> context.Checker:
    """Return what a check is given."""
    read = configuration.read(cfg.ConfigOpts(), [('file', str(conf))])
    run = context.Run(read, releases.find(TARGET))
    return context.Checker(run, context.Facts((releases.find(SOURCE),)))


def questions_of(checker: context.Checker, double: bool) -> Questions:
    """Return all that the built-in checks ask, twice if need be."""
    found: Questions = {}
    for check in checks.Checks().get_checks():
        if not check.asks:
            continue
        with contextlib.suppress(context.Inapplicable):
            found[check.id] = asked.questions(check.asks, checker)
            if double:
                found[doubled.COPY + check.id] = asked.questions(
                    check.asks, checker
                )
    return found


# The sides of the comparison


def command(conf: pathlib.Path, double: bool) -> list[str]:
    """Return the whole command, with all its checks."""
    words = [str(pathlib.Path(sys.executable).with_name('glance-status'))]
    if double:
        words = [sys.executable, doubled.__file__]
    return [
        *words,
        *('--config-file', str(conf), 'upgrade', 'check', '--json'),
        *('--target', TARGET, '--from', SOURCE),
    ]


def run(words: list[str]) -> tuple[float, int]:
    """Return the seconds, and the KiB of the largest of its processes."""
    start = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.PIPE)
    assert process.stdout
    said = process.stdout.read()
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    taken = time.perf_counter() - start
    assert process.returncode == 2, said.decode()
    return taken, usage.ru_maxrss


def by_hand(questions: Questions) -> list[sqlalchemy.Select[typing.Any]]:
    """Return one statement a table, and one for each that joins a child."""
    several = [
        asked.Asked(check, question)
        for check, items in questions.items()
        for question in items
    ]
    statements = []
    for table in dict.fromkeys(item.question.table for item in several):
        mine = [item for item in several if item.question.table is table]
        # What joins a parent finds nothing where the parent does not matter.
        sums = [
            sqlalchemy.func.sum(sqlalchemy.case((item.base, 1), else_=0))
            for item in mine
            if not joins_a_child(item)
        ]
        statements.append(sqlalchemy.select(*sums).select_from(table))
        statements += [
            item.select(ranges.Range(), sqlalchemy.func.count())
            for item in mine
            if joins_a_child(item)
        ]
    return statements


def joins_a_child(item: asked.Asked) -> bool:
    """Tell whether a question is about rows that another table lacks."""
    return item.question.name == 'no-location'


def one_by_one(questions: Questions) -> list[sqlalchemy.Select[typing.Any]]:
    """Return a statement for each question."""
    return [
        asked.Asked(check, question).select(
            ranges.Range(), sqlalchemy.func.count()
        )
        for check, items in questions.items()
        for question in items
    ]


def execute(
    checker: context.Checker, statements: list[sqlalchemy.Select[typing.Any]]
) -> float:
    """Return the seconds that statements take in a new session."""
    access = checker.access()._replace(statement_timeout=600)
    start = time.perf_counter()
    with connecting.connect(access) as connection:
        for statement in statements:
            connection.execute(statement).all()
    return time.perf_counter() - start


# Seconds after which a server has seen the end of a session's process.
_ENDED = 0.3


def processor_time(pid: int | None) -> float:
    """Return the seconds of a process, and of those that it had started.

    On a machine that has other things to do, they say more than the clock.
    """
    if pid is None:
        return 0.0
    fields = pathlib.Path(f'/proc/{pid}/stat').read_text().split(') ')[1]
    ticks = sum(map(int, fields.split()[11:15]))
    return ticks / os.sysconf('SC_CLK_TCK')


def spent(server: int | None) -> float:
    """Return the processor time of the server, of ours, and of children."""
    if server:
        # What a session took is known when its process has ended.
        time.sleep(_ENDED)
    usages = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ours = map(resource.getrusage, usages)
    return processor_time(server) + sum(
        usage.ru_utime + usage.ru_stime for usage in ours
    )


# What the server counts


MARIADB_READS = ('first', 'key', 'last', 'next', 'prev', 'rnd', 'rnd_next')


def counters(url: str) -> dict[str, int]:
    """Return rows read, written and waited for since the server started."""
    engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool)
    if engine.dialect.name == 'sqlite':
        return {}
    with engine.connect() as connection:
        if engine.dialect.name == 'postgresql':
            # Statistics come in with a delay.
            time.sleep(2)
            columns = {
                'rows read': 'SUM(seq_tup_read + idx_tup_fetch)',
                'rows written': 'SUM(n_tup_ins + n_tup_upd + n_tup_del)',
            }
            found = connection.exec_driver_sql(
                f'SELECT {", ".join(columns.values())} '
                'FROM pg_stat_user_tables'
            ).one()
            files = connection.exec_driver_sql(
                'SELECT temp_files FROM pg_stat_database '
                'WHERE datname = CURRENT_DATABASE()'
            ).scalar_one()
            return {
                **dict(zip(columns, map(int, found), strict=True)),
                'temporary tables on disk': int(files),
            }
        status = {
            name: int(value)
            for name, value in connection.exec_driver_sql('SHOW GLOBAL STATUS')
            if value.isdigit()
        }
    return {
        'rows read': sum(
            status[f'Handler_read_{name}'] for name in MARIADB_READS
        ),
        'rows written': sum(
            status[f'Handler_{name}'] for name in ('update', 'delete')
        ),
        'lock waits': status['Innodb_row_lock_waits'],
        'temporary tables on disk': status['Created_tmp_disk_tables'],
    }


@contextlib.contextmanager
def writer(url: str) -> abc.Iterator[list[float]]:
    """Write into the same tables all the time; give how long each took."""
    engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool)
    done = threading.Event()
    took: list[float] = []
    statement = sqlalchemy.text(
        "UPDATE images SET name = 'written' WHERE id = :id"
    )

    def write() -> None:
        number = 1
        while not done.wait(0.02):
            number += 1
            start = time.perf_counter()
            with engine.begin() as connection:
                connection.execute(
                    statement, {'id': glance_database.uuid_of(number)}
                )
            took.append(time.perf_counter() - start)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield took
    finally:
        done.set()
        thread.join()


# What is printed


def compare(
    conf: pathlib.Path, server: int | None, runs: int, double: bool
) -> str:
    """Return medians: of the command, by hand, and of their ratios."""
    checker = checker_of(conf)
    statements = by_hand(questions_of(checker, double))
    clock: list[tuple[float, float]] = []
    processor: list[tuple[float, float]] = []
    for _run in range(runs):
        begun = spent(server)
        mine = run(command(conf, double))[0]
        between = spent(server)
        theirs = execute(checker, statements)
        clock.append((mine, theirs))
        processor.append((between - begun, spent(server) - between))
    said = []
    for what, pairs in (('clock', clock), ('processor', processor)):
        if what == 'clock' or server:
            mine, theirs = (
                statistics.median(pair[side] for pair in pairs)
                for side in (0, 1)
            )
            ratio = statistics.median(a / b for a, b in pairs)
            said.append(
                f'{what} {mine:.2f} s, by hand {theirs:.2f} s, '
                f'ratio {ratio:.2f}'
            )
    return '; '.join(said)


def longest_statement(conf: pathlib.Path) -> tuple[int, float]:
    """Return how many statements a survey makes, and the longest's seconds."""
    checker = checker_of(conf)
    took: list[float] = []

    def begin(connection: sqlalchemy.Connection, *_rest: object) -> None:
        connection.info['begun'] = time.perf_counter()

    def end(connection: sqlalchemy.Connection, *_rest: object) -> None:
        took.append(time.perf_counter() - connection.info['begun'])

    event.listen(sqlalchemy.Engine, 'before_cursor_execute', begin)
    event.listen(sqlalchemy.Engine, 'after_cursor_execute', end)
    for _step in survey.survey(checker, questions_of(checker, False)):
        pass
    event.remove(sqlalchemy.Engine, 'before_cursor_execute', begin)
    event.remove(sqlalchemy.Engine, 'after_cursor_execute', end)
    checker.close()
    return len(took), max(took)


class _Base(orm.DeclarativeBase):
    pass


class _Image(_Base):
    __table__ = tables.IMAGES


def load_objects(conf: pathlib.Path) -> tuple[int, float, int]:
    """Return how many objects were loaded, seconds, and KiB that it took."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    with (
        connecting.connect(checker_of(conf).access()) as connection,
        orm.Session(connection) as session,
    ):
        found = session.scalars(
            sqlalchemy.select(_Image).limit(ORM_MOST)
        ).all()
        sum(image.status == 'active' for image in found)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return len(found), time.perf_counter() - start, after - before


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('url', help='of a database of glance_database.py')
    parser.add_argument('--runs', type=int, default=5)
    parser.add_argument(
        '--server', type=int, help='its process id, on this machine'
    )
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        conf = deployment(directory, args.url)
        run(command(conf, False))
        for double in (False, True):
            said = compare(conf, args.server, args.runs, double)
            what = 'checks of rows twice' if double else 'upgrade check'
            print(f'{what}: {said}', flush=True)
        for double in (False, True):
            before = counters(args.url)
            run(command(conf, double))
            after = counters(args.url)
            said = ', '.join(
                f'{name} {after[name] - before[name]}' for name in after
            )
            print(f'{"twice" if double else "once"}: {said}')
        before = counters(args.url)
        checker = checker_of(conf)
        execute(checker, by_hand(questions_of(checker, False)))
        after = counters(args.url)
        print(
            'by hand: '
            + ', '.join(f'{n} {after[n] - before[n]}' for n in after)
        )
        print(f'largest process: {run(command(conf, False))[1]} KiB')
        number, longest = longest_statement(conf)
        print(f'statements: {number}, longest {longest:.2f} s')
        single = one_by_one(questions_of(checker, False))
        print(
            f'one query a question: {execute(checker, single):.2f} s '
            f'({len(single)} questions)'
        )
        if not args.url.startswith('sqlite'):
            with writer(args.url) as took:
                run(command(conf, False))
            print(
                f'writes meanwhile: {len(took)}, longest {max(took):.3f} s, '
                f'median {statistics.median(took):.3f} s'
            )
        count, seconds, size = load_objects(conf)
        print(f'{count} objects of an ORM: {seconds:.2f} s, {size} KiB')


if __name__ == '__main__':
    main()
