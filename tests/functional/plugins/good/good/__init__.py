# SPDX-License-Identifier: Apache-2.0
"""Plug-ins that are as they should be, in all the ways there are."""

import abc

import oslo_i18n
import sqlalchemy
from oslo_config import cfg
from oslo_db import options
from oslo_i18n import _message
from oslo_upgradecheck import upgradecheck

from glance_status import plugins, results

SUCCESS = upgradecheck.Code.SUCCESS
WARNING = upgradecheck.Code.WARNING
FAILURE = upgradecheck.Code.FAILURE


def well(checker):
    """Find nothing."""
    return upgradecheck.Result(SUCCESS)


class Generator(plugins.BaseChecks):
    def get_checks(self):
        yield 'One', well
        yield ['Two', well]


class Tuple(plugins.BaseChecks):
    def get_checks(self):
        return (('Bound', self.bound), ('Static', self.static))

    def bound(self, checker):
        """Find something to look at."""
        return upgradecheck.Result(WARNING, 'look at this')

    @staticmethod
    def static(checker):
        """Find something, and do not say what."""
        return upgradecheck.Result(WARNING)


class Arguments(plugins.BaseChecks):
    def get_checks(self):
        yield 'Two are too many', (self.count, {'number': 2, 'most': 1})
        yield 'One is not', (self.count, {'number': 1, 'most': 1})
        yield 'None', (well, {})

    def count(self, checker, number, most):
        """Fail where there are too many."""
        if number > most:
            return upgradecheck.Result(FAILURE, f'{number} > {most}')
        return upgradecheck.Result(SUCCESS, f'{number} <= {most}')


MANY = results.FindingKind(
    id='rich-many',
    title='Many things',
    looks_for='things',
    matters='there is no room for them',
    remediation='Remove some.',
    since='30.0.0',
    reference='https://docs.example.org/things',
)
FEW = results.FindingKind(
    id='few', title='Few things', looks_for='things', matters='not at all'
)


class Rich(plugins.BaseChecks):
    def get_checks(self):
        yield plugins.Check(
            id='rich',
            title='Rich',
            function=self.find,
            kinds=(MANY, FEW),
            topic='things',
            reads=('files',),
            description='Counts things.',
            kwargs={'number': 12},
        )
        yield plugins.Check('rich:classic', 'Classic', well)
        yield plugins.Check('rich-nothing', 'Nothing', lambda checker: ())

    def find(self, checker, number):
        """Find many things, and a few."""
        names = tuple(f'thing {index}' for index in range(number))
        yield FEW.note('few things')
        yield MANY.warning('more things', remediation='Remove them.')
        yield MANY.failure(
            f'{number} things', affected=results.Affected(number, names)
        )


class LikeNeutron(abc.ABC):
    @abc.abstractmethod
    def get_checks(self):
        """Return a sequence of (name, callable)."""


class OfNeutron(LikeNeutron):
    def get_checks(self):
        return [('Not our base class', self.check)]

    @staticmethod
    def check(checker):
        """Find nothing."""
        return upgradecheck.Result(SUCCESS, 'fine')


class Looks(plugins.BaseChecks):
    def get_checks(self):
        return [('Looks', self.look)]

    def look(self, checker):
        """Ask the configuration and the database."""
        rows = checker.connection.execute(
            sqlalchemy.text('SELECT version_num FROM alembic_version')
        )
        option = checker.conf.database.max_pool_size
        return upgradecheck.Result(
            SUCCESS,
            f'{rows.scalars().all()} {option} {checker.target.version} '
            f'{checker.before}',
        )


class RegistersDatabase(plugins.BaseChecks):
    def get_checks(self):
        cfg.CONF.register_opts(options.database_opts, 'database')
        options.set_defaults(cfg.CONF)
        return [('Database options', self.check)]

    def check(self, checker):
        """Read an option of oslo.db."""
        return upgradecheck.Result(
            SUCCESS, f'max_retries {cfg.CONF.database.max_retries}'
        )


class RegistersGlance(plugins.BaseChecks):
    """Registers options as Glance defines them, and oslo.log's."""

    OPTIONS = (
        cfg.BoolOpt('owner_is_tenant', default=True, help='Of Glance.'),
        cfg.DictOpt('enabled_backends', default={}, help='Of Glance.'),
        cfg.StrOpt('policy_file', default='glance.json', help='Of Glance.'),
    )

    def get_checks(self):
        cfg.CONF.register_opts(self.OPTIONS)
        cfg.CONF.register_opts(
            [
                cfg.ListOpt('stores', default=['file', 'http']),
                cfg.StrOpt('default_store', choices=('file', 'http')),
            ],
            group='glance_store',
        )
        cfg.CONF.register_cli_opts(
            [cfg.BoolOpt('debug', short='d', default=False)]
        )
        cfg.CONF.register_cli_opt(cfg.IntOpt('workers'))
        return [('Glance options', self.check)]

    def check(self, checker):
        """Read options of Glance."""
        conf = cfg.CONF
        return upgradecheck.Result(
            SUCCESS,
            f'{conf.owner_is_tenant} {conf.enabled_backends} '
            f'{conf.glance_store.stores} {conf.debug} {conf.workers}',
        )


class Lazy(plugins.BaseChecks):
    def get_checks(self):
        oslo_i18n.enable_lazy()
        name = _message.Message('Image count', 'Anzahl der Abbilder', 'good')
        return [(name, self.check)]

    def check(self, checker):
        """Return details that are translated late."""
        text = _message.Message('too many', 'zu viele', 'good')
        return upgradecheck.Result(WARNING, text)


class Named(plugins.BaseChecks):
    def get_checks(self):
        yield 123, well
        yield None, well
        yield 'Größe?', well
        yield '!', well
        yield 'a\x1b[31mb\nc\ud800', well


class Details(plugins.BaseChecks):
    def get_checks(self):
        for name, text in (
            ('Control', 'bell \a, escape \x1b[2J, NUL \0, CR \r'),
            ('Lines', 'one\ntwo\n'),
            ('Surrogate', 'half \ud83d, byte \udcff'),
            ('Unicode', 'Größe \N{SNOWMAN} \U0001f600'),
            ('Number', 42),
            ('Empty', ''),
        ):
            yield name, (self.say, {'text': text})

    def say(self, checker, text):
        """Return a text as details."""
        return upgradecheck.Result(SUCCESS, text)
