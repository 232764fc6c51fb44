# SPDX-License-Identifier: Apache-2.0
"""Plug-ins that import, and do not say what their checks are."""

import time

from oslo_upgradecheck import upgradecheck

from glance_status import plugins, results


def good(checker):
    """Find nothing."""
    return upgradecheck.Result(upgradecheck.Code.SUCCESS, 'fine')


class Needy(plugins.BaseChecks):
    def __init__(self, wanted):
        self.wanted = wanted


class Failing(plugins.BaseChecks):
    def __init__(self):
        raise RuntimeError('made in vain')


class Without:
    pass


class Unfinished(plugins.BaseChecks):
    pass


class Raises(plugins.BaseChecks):
    def get_checks(self):
        raise RuntimeError('no checks today')


class Exits(plugins.BaseChecks):
    def get_checks(self):
        raise SystemExit(0)


class Nothing(plugins.BaseChecks):
    def get_checks(self):
        return None


class Number(plugins.BaseChecks):
    def get_checks(self):
        return 7


class Halfway(plugins.BaseChecks):
    def get_checks(self):
        yield 'Good', good
        raise RuntimeError('no more')


class Endless(plugins.BaseChecks):
    def get_checks(self):
        while True:
            time.sleep(1)
        yield 'Good', good


class NoPairs(plugins.BaseChecks):
    def get_checks(self):
        return [
            good,
            ('One',),
            ('One', good, 'three'),
            None,
            ('Good', good),
            ('Arguments', (good, 7)),
        ]


class NotCallable(plugins.BaseChecks):
    def get_checks(self):
        return [('Nothing', None), ('Text', 'good'), ('Good', good)]


class _Nameless:
    def __str__(self):
        raise ValueError('no name')


class Nameless(plugins.BaseChecks):
    def get_checks(self):
        return [(_Nameless(), good), ('Good', good)]


class Twice(plugins.BaseChecks):
    def get_checks(self):
        return [('Good', good), ('good!', good)]


class Taken(plugins.BaseChecks):
    def get_checks(self):
        return [
            plugins.Check('image-ownership', 'Mine', good),
            ('Good', good),
        ]


class Ids(plugins.BaseChecks):
    def get_checks(self):
        kind = results.FindingKind('Bad Kind', 'Bad', 'at all', 'never')
        return [
            plugins.Check('Not An Id', 'Bad', good),
            plugins.Check('bad-kind', 'Bad', good, kinds=(kind,)),
            plugins.Check('bad-kinds', 'Bad', good, kinds=('kind',)),
            plugins.Check('bad-function', 'Bad', None),
            ('Good', good),
        ]


class Unsendable(plugins.BaseChecks):
    def get_checks(self):
        return [plugins.Check('unsendable', 'Bad', good, reads=None)]
