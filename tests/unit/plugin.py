# SPDX-License-Identifier: Apache-2.0
"""A plug-in whose checks do all that a check may do, and entries of it."""

import dataclasses
import importlib
import importlib.metadata
import os
import signal
import threading
import time
import typing

import sqlalchemy
from oslo_config import cfg

from glance_status import context, plugins, results, rows
from tests.unit import reports

OTHER = results.FindingKind(
    id='new-thing',
    title='A thing is new',
    looks_for='New things.',
    matters='They stay.',
    remediation='Keep it.',
)
IMAGES = sqlalchemy.table(
    'images', sqlalchemy.column('id'), sqlalchemy.column('status')
)


def entry(
    value: str = 'Good', name: str = 'sample', distribution: str = 'sample-pkg'
) -> plugins.Entry:
    """Return an entry point of a class of this module."""
    group = plugins.NAMESPACE
    full = f'{__name__}:{value}'
    point = importlib.metadata.EntryPoint(name, full, group)
    return plugins.Entry(name, group, full, distribution, point)


def fine(checker: context.Checker) -> list[results.Finding]:
    """Find nothing."""
    return []


def finds(checker: context.Checker) -> list[results.Finding]:
    """Find one thing of each kind."""
    return [
        OTHER.note('Know hunter2.'),
        reports.KIND.failure(
            'Stop hunter2.',
            remediation='Change hunter2.',
            affected=results.Affected(2, ('hunter2', 'b')),
        ),
    ]


def told(checker: context.Checker) -> list[results.Finding]:
    """Say what the run told this process."""
    facts = checker.facts
    source = [release.version for release in facts.source]
    said = f'{source} {list(facts.revisions)} {facts.unreachable}'
    return [reports.KIND.note(said, remediation='')]


def opens(checker: context.Checker) -> list[results.Finding]:
    """Need the database."""
    checker.connection.exec_driver_sql('SELECT 1')
    return []


def asked(
    checker: context.Checker, kind: results.FindingKind
) -> list[results.Finding]:
    """Say what was answered."""
    count = checker.answers['old'].count
    return [kind.note(f'{count} rows.', remediation='')]


def dies(checker: context.Checker) -> list[results.Finding]:
    """Take the process along."""
    os._exit(3)


def sleeps(checker: context.Checker) -> list[results.Finding]:
    """Take for ever."""
    time.sleep(1000)
    return []


def interrupts(checker: context.Checker) -> list[results.Finding]:
    """Let somebody interrupt the run meanwhile."""
    os.kill(os.getppid(), signal.SIGTERM)
    time.sleep(1000)
    return []


def raises(checker: context.Checker) -> list[results.Finding]:
    """Fail."""
    raise ValueError('hunter2 is wrong')


def passes_by(checker: context.Checker) -> list[results.Finding]:
    """Have nothing to look at."""
    raise context.Inapplicable('there is no hunter2')


def prints(checker: context.Checker) -> list[results.Finding]:
    """Print, and leave something that runs on."""
    os.write(1, b'hello')
    threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
    return []


def registers(checker: context.Checker) -> list[results.Finding]:
    """Register an option of the command line, as oslo.log does."""
    checker.conf.register_cli_opt(cfg.StrOpt('colour'))
    checker.conf.register_cli_opts([cfg.IntOpt('size')])
    said = f'{checker.conf.colour} {checker.conf.size}'
    return [reports.KIND.note(said, remediation='')]


def disturbs(checker: context.Checker) -> list[results.Finding]:
    """Change what the next check finds."""
    os.environ['DISTURBED'] = 'yes'
    return []


def spoils(checker: context.Checker) -> list[results.Finding]:
    """Leave a database that cannot be left."""

    def fail() -> None:
        raise RuntimeError('it stays open')

    vars(checker.connection)['close'] = fail
    return []


def lingers(checker: context.Checker) -> list[results.Finding]:
    """Take some thousandths of a second."""
    time.sleep(0.004)
    return []


def asks_slowly(checker: context.Checker) -> list[rows.Question]:
    """Ask nothing, after some thousandths of a second."""
    time.sleep(0.004)
    raise ValueError('it does not know what to ask')


def counts(
    checker: context.Checker, kind: results.FindingKind
) -> list[results.Finding]:
    """Say how many checks this process has run before."""
    number = counts.__dict__.setdefault('calls', 0)
    counts.__dict__['calls'] += 1
    return [kind.note(f'{number} before.', remediation='')]


def check(
    function: typing.Callable[..., typing.Any], **changes: typing.Any
) -> plugins.Check:
    """Return a check that is named after its function."""
    name = function.__name__.replace('_', '-')
    return plugins.Check(
        **{
            'id': name,
            'title': name.capitalize(),
            'function': function,
            'kinds': (reports.KIND, OTHER),
            'reads': (),
            **changes,
        }
    )


class Good:
    """Has two checks."""

    def get_checks(self) -> list[plugins.Check]:
        """Return them."""
        return [
            check(fine, kinds=(), topic='things', description='Looks.'),
            check(finds, reads=('files',)),
        ]


class Twin:
    """Has a check with an id that the other plug-in has, and one that fits."""

    def get_checks(self) -> list[plugins.Check]:
        """Return them."""
        return [check(finds), check(told, kinds=()), check(told, id='waivers')]


class Reserved:
    """Has a check with the id of the row about its plug-in."""

    def get_checks(self) -> list[plugins.Check]:
        """Return it."""
        return [check(fine, id='sample:plug-in', kinds=())]


class Loud:
    """Prints while it is loaded."""

    def get_checks(self) -> list[plugins.Check]:
        """Print."""
        # Here, pytest has put something else in the place of stdout.
        os.write(1, b'\n  one\n  two\n')
        return []


class Endless:
    """Takes for ever."""

    def get_checks(self) -> list[plugins.Check]:
        """Do not return."""
        time.sleep(1000)
        return []


class Deadly:
    """Takes its process along."""

    def get_checks(self) -> list[plugins.Check]:
        """Do not return."""
        os._exit(7)


def having(*checks: plugins.Check) -> type:
    """Return a class with these checks."""
    return type('Having', (), {'get_checks': lambda self: checks})


Fine = having(check(fine, kinds=()))
Prints = having(check(prints, kinds=()))
Told = having(check(told, kinds=(reports.KIND,)))
Raises = having(check(raises))
PassesBy = having(check(passes_by))
Registers = having(check(registers))
Disturbs = having(check(disturbs))
Spoils = having(check(spoils))
Lingers = having(check(lingers))
AskingSlowly = having(check(fine, asks=asks_slowly))
Sleeps = having(check(sleeps))
Interrupts = having(check(interrupts, kinds=()), check(fine, kinds=()))


def meddling(
    module: str, name: str, instead: typing.Callable[..., object], base: type
) -> type:
    """Return a class that changes this tool in its process, if it can.

    :param base: the class whose checks it has
    """

    def get_checks(self: object) -> object:
        vars(importlib.import_module(module))[name] = instead
        return base().get_checks()

    return type('Meddling', (), {'get_checks': get_checks})


def replying(reply: object) -> typing.Callable[..., object]:
    """Return what gives this answer, whatever is asked of it."""
    return lambda *_anything: reply


class Needing:
    """Has a check that says what it was told, and one of the database."""

    def get_checks(self) -> list[plugins.Check]:
        """Return them."""
        return [
            check(told, kinds=(reports.KIND,)),
            check(opens, kinds=(), reads=('database',)),
        ]


Opens = having(check(opens, kinds=(), reads=('database',)))


class All:
    """Has one check after another."""

    def get_checks(self) -> list[plugins.Check]:
        """Return them."""
        return [
            counting('first'),
            counting('again'),
            check(prints, kinds=()),
            counting('second'),
            check(dies, kinds=()),
            counting('last'),
        ]


def counting(name: str) -> plugins.Check:
    """Return a check that says how many its process has run before."""
    kind = dataclasses.replace(reports.KIND, id=name)
    return check(
        counts,
        id=name,
        title=name.capitalize(),
        kinds=(kind,),
        kwargs={'kind': kind},
    )


class Secretly:
    """Has a check that does not say that it needs the database."""

    def get_checks(self) -> list[plugins.Check]:
        """Return it, and one that runs after it."""
        return [check(opens, kinds=()), check(told, kinds=(reports.KIND,))]


def asking(name: str = 'asked', **changes: typing.Any) -> plugins.Check:
    """Return a check that asks how many images are active."""
    kind = dataclasses.replace(reports.KIND, id=name)
    question = rows.Question(
        'old', IMAGES, IMAGES.c.status == 'active', **changes
    )
    return check(
        asked,
        id=name,
        title=name.capitalize(),
        kinds=(kind,),
        reads=('database',),
        asks=(question,),
        kwargs={'kind': kind},
    )


def dead_end(status: str) -> str:
    """Take the process along, in the middle of a survey."""
    os._exit(5)


def endless(status: str) -> str:
    """Take for ever."""
    time.sleep(1000)
    return status


WAS_ASKED: list[str] = []
"""What this process was asked for its questions."""


def notes_that_it_is_asked(checker: context.Checker) -> list[rows.Question]:
    """Ask nothing."""
    WAS_ASKED.append('asked')
    return []


def tells_who_was_asked(checker: context.Checker) -> list[results.Finding]:
    """Tell whether some survey of this process has begun."""
    return [reports.KIND.note(f'Begun: {WAS_ASKED}.')]


DEADLY = asking('deadly', sort=dead_end, looks_at=(IMAGES.c.status,))
ENDLESS = asking('endless', sort=endless, looks_at=(IMAGES.c.status,))

Asking = having(asking())
AskingToo = having(asking('asked-too'))
AskingDeadly = having(asking(), DEADLY)
DyingAndAsking = having(check(dies), asking())
TellingAndAsking = having(
    check(tells_who_was_asked, id='first', title='First'),
    check(
        fine,
        id='last',
        title='Last',
        kinds=(),
        asks=notes_that_it_is_asked,
        reads=('database',),
    ),
)
AskingEndless = having(ENDLESS)

# What the database says of itself, if this process is asked.
ASKED = ('glance_status.schema', 'revisions')
Lying = meddling(*ASKED, replying(('lie',)), Needing)
Slow = meddling(*ASKED, lambda *_anything: time.sleep(1000), Needing)
Ending = meddling(*ASKED, lambda *_anything: os._exit(4), Needing)

# What a process answers when a check was to run, or rows were asked for.
RAN = ('glance_status.answering', '_run')
Nothing = meddling(*RAN, replying({}), Fine)
NoFindings = meddling(
    *RAN, replying({'findings': 7, 'details': None, 'duration': 0}), Fine
)
NoTime = meddling(
    *RAN, replying({'findings': [], 'details': None, 'duration': 'x'}), Fine
)
BEGUN = ('glance_status.answering', '_begin_survey')
STEP = ('glance_status.answering', '_step')
NoSurvey = meddling(*BEGUN, replying({}), Asking)
NoRefusals = meddling(*BEGUN, replying({'refused': 7}), Asking)
NoAnswers = meddling(
    *STEP,
    replying({'step': {'answers': 7, 'table': 't', 'place': '', 'share': 1}}),
    Asking,
)


def aloud(*_anything: object) -> object:
    """Say that a survey begins, and let it have no answers."""
    os.write(1, b'surveyed')
    return {'refused': {}}


AskingAloud = meddling(*BEGUN, aloud, Asking)
Aloud = meddling(*BEGUN, aloud, Fine)


class Often:
    """Has many checks that take their process along."""

    def get_checks(self) -> list[plugins.Check]:
        """Return them."""
        return [check(dies, id=f'dies-{n}', kinds=()) for n in range(8)]
