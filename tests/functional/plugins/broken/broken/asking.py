# SPDX-License-Identifier: Apache-2.0
"""Plug-ins that ask of the rows, well and otherwise."""

import os
import time

import sqlalchemy
from oslo_upgradecheck import upgradecheck

from glance_status import context, plugins, rows

VERSIONS = sqlalchemy.table(
    'alembic_version', sqlalchemy.column('version_num')
)
IMAGES = sqlalchemy.table(
    'images', sqlalchemy.column('id'), sqlalchemy.column('extra')
)
ANY = sqlalchemy.true()


def tell(checker):
    """Say what the answer is."""
    answer = checker.answers['it']
    text = f'{answer.count} {answer.sample} {answer.by_kind}'
    return upgradecheck.Result(upgradecheck.Code.SUCCESS, text)


def other(checker):
    """Look for an answer that nobody asked for."""
    return checker.answers['other']


def refuse(checker):
    """Have nothing to ask."""
    raise context.Inapplicable(f'not for {checker.target.label}')


def fail(*_arguments):
    """Ask in vain."""
    raise RuntimeError('no questions')


def end(_value):
    """End the process in the middle of a survey."""
    os._exit(0)


def hang(_value):
    """Never come back."""
    time.sleep(600)


def question(where=ANY, table=VERSIONS, **more):
    """Return one about the table that every database of Glance has."""
    return rows.Question('it', table, where, **more)


def check(name, asks, function=tell):
    """Return a check with a name of its own."""
    return plugins.Check(
        id=f'asks-{name}', title=name, function=function, asks=asks
    )


class Asks(plugins.BaseChecks):
    def get_checks(self):
        """Return checks that share a survey."""
        number = VERSIONS.c.version_num
        wrong = sqlalchemy.func.no_such_function(number) == 1
        sorted_ = question(sort=str.upper, looks_at=(number,))
        vain = question(sort=fail, looks_at=(number,))
        return [
            check('well', (question(sample=(number,)),)),
            check('sorted', lambda checker: [sorted_]),
            check('wrong', (question(wrong),)),
            check('vain', (vain,)),
            check('old', (question(IMAGES.c.extra == 1, IMAGES),)),
            check('gone', (question(table=sqlalchemy.table('gone')),)),
            check('refuses', refuse),
            check('fails', fail),
            check('number', lambda checker: [1]),
            check('other', (question(),), other),
        ]


class Ends(plugins.BaseChecks):
    looks = staticmethod(end)

    def get_checks(self):
        """Return one that is answered, one that is not, one that asks not."""
        number = VERSIONS.c.version_num
        images = sqlalchemy.table('images', sqlalchemy.column('id'))
        looked = question(sort=self.looks, looks_at=(number,))
        return [
            check('before', (question(table=images),)),
            check('in-it', (looked,)),
            ('Good', self.good),
        ]

    def good(self, checker):
        """Ask nothing."""
        return upgradecheck.Result(upgradecheck.Code.SUCCESS, 'fine')


class Hangs(Ends):
    looks = staticmethod(hang)
