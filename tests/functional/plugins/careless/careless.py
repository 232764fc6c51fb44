# SPDX-License-Identifier: Apache-2.0
"""Plug-ins that keep all but one of the things that plug-ins should keep."""

import locale
import logging
import os
import tempfile
import threading
import uuid

import sqlalchemy
from oslo_upgradecheck import upgradecheck

from glance_status import context, plugins, results

IMAGES = sqlalchemy.table(
    'images',
    *map(sqlalchemy.column, ('id', 'name', 'owner', 'status', 'deleted')),
)


class Checks(plugins.BaseChecks):
    """What all have in common."""

    id = 'careless-check'
    kinds = ()

    def get_checks(self):
        yield plugins.Check(
            self.id, 'Careless', self.check, self.kinds, reads=('database',)
        )

    def check(self, checker):
        """Find nothing."""
        return []


class Halves(Checks):
    """Has a second check that is none."""

    def get_checks(self):
        yield from super().get_checks()
        yield 'nothing'


class Takes(Checks):
    """Takes the id of another."""

    id = 'image-ownership'


class Varies(Checks):
    """Has an id of the day."""

    def __init__(self):
        self.id = f'careless-{uuid.uuid4().hex}'


class Mumbles(Checks):
    """Does not explain what it finds, nor say what to do."""

    kinds = (results.FindingKind('careless-finding', 'Something', '', ''),)

    def check(self, checker):
        return [self.kinds[0].warning('something is wrong')]

    def get_checks(self):
        yield from super().get_checks()
        yield 'Of few words', self.look

    def look(self, checker):
        """Find something, and do not say what."""
        return upgradecheck.Result(upgradecheck.Code.WARNING)


class Fails(Checks):
    """Takes the tables for granted."""

    def check(self, checker):
        statement = sqlalchemy.select(IMAGES.c.id).where(IMAGES.c.id == 'x')
        checker.connection.execute(statement).all()
        return []


class Prints(Checks):
    """Logs without a logger."""

    def check(self, checker):
        logging.warning('looking')
        return []


class Writes(Checks):
    """Makes a temporary file."""

    def check(self, checker):
        with tempfile.TemporaryFile():
            return []


class Changes(Checks):
    """Leaves traces in its process."""

    def check(self, checker):
        os.chdir('/')
        os.environ['LC_ALL'] = 'C'
        locale.setlocale(locale.LC_ALL, 'C')
        threading.Thread(target=threading.Event().wait, daemon=True).start()
        return []


class Loops(Checks):
    """Asks for one image after the other."""

    def check(self, checker):
        if not sqlalchemy.inspect(checker.connection).has_table('images'):
            raise context.Inapplicable('no images')
        for name in ('one', 'two'):
            statement = sqlalchemy.select(IMAGES.c.id).where(
                IMAGES.c.owner == name
            )
            checker.connection.execute(statement).all()
        return []


class Scans(Checks):
    """Asks for what no index answers."""

    def get_checks(self):
        for name, condition in (
            ('status', IMAGES.c.status == 'queued'),
            ('deleted', IMAGES.c.deleted == sqlalchemy.false()),
        ):
            yield plugins.Check(
                f'careless-{name}',
                'Careless',
                self.check,
                reads=('database',),
                kwargs={'condition': condition},
            )

    def check(self, checker, condition):
        if not sqlalchemy.inspect(checker.connection).has_table('images'):
            raise context.Inapplicable('no images')
        some = IMAGES.alias('some')
        condition = sqlalchemy.sql.visitors.replacement_traverse(
            condition, {}, lambda item: _of(some, item)
        )
        checker.connection.execute(
            sqlalchemy.select(some.c.name).where(condition)
        ).all()
        return []


def _of(table, item):
    if isinstance(item, sqlalchemy.sql.expression.ColumnClause):
        return table.c.get(item.name)
    return None
