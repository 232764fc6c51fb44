# SPDX-License-Identifier: Apache-2.0
"""Plug-ins whose first check does what no check should."""

import ctypes
import locale
import logging
import os
import re
import signal
import sys
import threading
import time
import traceback
import typing
import warnings

import sqlalchemy
from oslo_config import cfg
from oslo_upgradecheck import upgradecheck

from glance_status import plugins

SUCCESS = upgradecheck.Code.SUCCESS


class _Broken(plugins.BaseChecks):
    def get_checks(self):
        return [('Broken', self.broken), ('Good', self.good)]

    def broken(self, checker):
        """Do what no check should."""
        raise NotImplementedError

    def good(self, checker):
        """Find nothing."""
        return upgradecheck.Result(SUCCESS, 'fine')


class Raises(_Broken):
    def broken(self, checker):
        raise RuntimeError('no luck,\n  not at all')


class _Unprintable(Exception):
    def __str__(self):
        raise ValueError('no words')


class RaisesUnprintable(_Broken):
    def broken(self, checker):
        raise _Unprintable


class RaisesSecret(_Broken):
    def broken(self, checker):
        raise RuntimeError(f'the key is {_secret(checker)}')


class RaisesMuch(_Broken):
    def broken(self, checker):
        raise RuntimeError('x' * 2000)


class Exits(_Broken):
    def broken(self, checker):
        sys.exit(0)


class Ends(_Broken):
    def broken(self, checker):
        os._exit(0)


class Interrupts(_Broken):
    def broken(self, checker):
        raise KeyboardInterrupt


class ReturnsNone(_Broken):
    def broken(self, checker):
        return None


class ReturnsText(_Broken):
    def broken(self, checker):
        return 'all is well'


class ReturnsNothing(_Broken):
    def broken(self, checker):
        return []


class ReturnsUnknownCode(_Broken):
    def broken(self, checker):
        return upgradecheck.Result(7, 'all is well')


class ReturnsMuch(_Broken):
    def broken(self, checker):
        return upgradecheck.Result(SUCCESS, 'x' * 100_000_000)


class Prints(_Broken):
    def broken(self, checker):
        print('{"checks": []}')
        print('\N{SNOWMAN}', file=sys.stderr)
        os.write(1, b'raw\xff\n' * 100_000)
        return upgradecheck.Result(SUCCESS, 'printed')


class PrintsSecret(_Broken):
    def broken(self, checker):
        try:
            raise RuntimeError(f'the key is {_secret(checker)}')
        except RuntimeError:
            traceback.print_exc()
        logging.getLogger().error('the key is %s', _secret(checker))
        warnings.warn(_secret(checker), stacklevel=1)
        return upgradecheck.Result(SUCCESS, f'it is {_secret(checker)}')


class PrintsForEver(_Broken):
    def broken(self, checker):
        while True:
            os.write(1, b'y\n' * 2**15)


class ClosesStdout(_Broken):
    def broken(self, checker):
        sys.stdout.close()
        sys.stderr.close()
        return upgradecheck.Result(SUCCESS, 'closed')


class ClosesDescriptor(_Broken):
    def broken(self, checker):
        os.close(1)
        return upgradecheck.Result(SUCCESS, 'closed')


class ClosesEverything(_Broken):
    def broken(self, checker):
        os.closerange(0, 1000)
        return upgradecheck.Result(SUCCESS, 'closed')


class ClosesEverythingAndHangs(_Broken):
    def broken(self, checker):
        os.closerange(0, 1000)
        time.sleep(1000)


class WritesEverywhere(_Broken):
    def broken(self, checker):
        for descriptor in range(3, 100):
            try:
                os.write(descriptor, b'{"result": 0}\n' * 2)
            except OSError:
                continue
        return upgradecheck.Result(SUCCESS, 'written')


class Hangs(_Broken):
    def broken(self, checker):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
            signal.signal(number, signal.SIG_IGN)
        _tell()
        while True:
            try:
                time.sleep(1000)
            except BaseException:
                continue


class HoldsLockInRegex(_Broken):
    def broken(self, checker):
        re.match('(a+)+b', 'a' * 50)


class HoldsLockInC(_Broken):
    def broken(self, checker):
        ctypes.PyDLL(None).sleep(1000)


class Forks(_Broken):
    def broken(self, checker):
        os.fork()
        return upgradecheck.Result(SUCCESS, 'forked')


class LeavesChild(_Broken):
    def broken(self, checker):
        _leave(lambda: None)
        return upgradecheck.Result(SUCCESS, 'left')


class LeavesDaemon(_Broken):
    def broken(self, checker):
        _leave(os.setsid)
        return upgradecheck.Result(SUCCESS, 'left')


class LeavesDaemonAndEnds(_Broken):
    def broken(self, checker):
        _leave(os.setsid)
        os._exit(3)


class IsKilled(_Broken):
    def broken(self, checker):
        os.kill(os.getpid(), signal.SIGKILL)


class IsKilledByUnknownSignal(_Broken):
    def broken(self, checker):
        os.kill(os.getpid(), signal.SIGRTMIN + 1)
        time.sleep(1000)


class Crashes(_Broken):
    def broken(self, checker):
        ctypes.string_at(0)


class Recurses(_Broken):
    def broken(self, checker):
        return self.broken(checker)


class EatsMemory(_Broken):
    def broken(self, checker):
        eaten = []
        while True:
            eaten.append(bytearray(10_000_000))


class LeaksThreads(_Broken):
    def broken(self, checker):
        for _number in range(10):
            threading.Thread(target=time.sleep, args=(1000,)).start()
        return upgradecheck.Result(SUCCESS, 'leaked')


class LeavesTimer(_Broken):
    """A thread of its first check ends the process in its second."""

    def broken(self, checker):
        threading.Timer(0.5, os._exit, [0]).start()
        return upgradecheck.Result(SUCCESS, 'left')

    def good(self, checker):
        time.sleep(1)
        return super().good(checker)


class Changes(_Broken):
    def broken(self, checker):
        os.chdir('/')
        os.environ.clear()
        os.umask(0)
        locale.setlocale(locale.LC_ALL, 'C')
        signal.alarm(1)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
            signal.signal(number, signal.SIG_IGN)
        logging.basicConfig(level=0)
        logging.disable()
        warnings.simplefilter('error')
        sys.stdout = sys.stderr = None
        sys.path.clear()
        checker.conf.set_override('connection', 'sqlite://', 'database')
        cfg.CONF.clear()
        time.monotonic = lambda: 0.0
        return upgradecheck.Result(SUCCESS, 'changed')


class Witness(plugins.BaseChecks):
    def get_checks(self):
        return [('Witness', self.tell)]

    def tell(self, checker):
        """Return what another plug-in may have changed."""
        return upgradecheck.Result(SUCCESS, _surroundings(checker))


class ChangesForItself(Changes):
    """Its second check looks at what the first one left."""

    def good(self, checker):
        return upgradecheck.Result(SUCCESS, _surroundings(checker))


def _surroundings(checker):
    handlers = signal.getsignal(signal.SIGINT), logging.root.handlers
    mask = os.umask(0)
    os.umask(mask)
    return (
        f'{os.getcwd()} {sorted(os.environ)} {mask:o} {handlers} '
        f'{locale.setlocale(locale.LC_CTYPE)} '
        f'{logging.root.manager.disable} {warnings.filters[0][0]} '
        f'{checker.conf.database.connection} {sys.stdout is None} '
        f'{bool(sys.path)}'
    )


class Registers(_Broken):
    def broken(self, checker):
        return upgradecheck.Result(SUCCESS, cfg.CONF.service_plugins)


class Queries(_Broken):
    def broken(self, checker):
        checker.connection.execute(
            sqlalchemy.text('SELECT secret_words FROM images')
        )


class QueriesOnItsOwn(_Broken):
    """What oslo.db raises, with the statement and its values."""

    def broken(self, checker):
        engine = sqlalchemy.create_engine('sqlite://')
        with engine.connect() as connection:
            try:
                connection.execute(
                    sqlalchemy.text('SELECT :word FROM nowhere'),
                    {'word': _secret(checker)},
                )
            except sqlalchemy.exc.OperationalError as error:
                raise _Wrapped(error) from error


class MakesDatabase(_Broken):
    """Opens what the configuration of another service names."""

    def broken(self, checker):
        engine = sqlalchemy.create_engine('sqlite:///made.sqlite')
        with engine.connect() as connection:
            connection.execute(sqlalchemy.text('SELECT 1 FROM agents'))


class _Wrapped(Exception):
    def __init__(self, inner_exception):
        super().__init__(str(inner_exception))
        self.inner_exception = inner_exception


class Sleeps(_Broken):
    """Waits for the database server, or for SQLite."""

    STATEMENTS: typing.ClassVar[dict[str, str]] = {
        'mysql': 'SELECT SLEEP(1000)',
        'postgresql': 'SELECT pg_sleep(1000)',
        'sqlite': 'WITH RECURSIVE n(x) AS '
        '(SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n',
    }

    def broken(self, checker):
        connection = checker.connection
        statement = self.STATEMENTS[connection.dialect.name]
        connection.execute(sqlalchemy.text(statement)).all()
        return upgradecheck.Result(SUCCESS, 'slept')


class Writes(_Broken):
    STATEMENT = 'DELETE FROM alembic_version'

    def broken(self, checker):
        checker.connection.execute(sqlalchemy.text(self.STATEMENT))
        return upgradecheck.Result(SUCCESS, 'written')


class WritesTables(Writes):
    STATEMENT = 'CREATE TABLE mine (id INTEGER)'


def _secret(checker):
    option = cfg.StrOpt('secret_key', secret=True)
    checker.conf.register_opt(option, 'my_site')
    return checker.conf.my_site.secret_key


def _leave(prepare):
    """Leave a process that lives on, its id in the file PID_FILE."""
    if os.fork():
        while not os.path.exists(os.environ['PID_FILE']):
            time.sleep(0.01)
        return
    prepare()
    _tell()
    time.sleep(1000)
    os._exit(0)


def _tell():
    path = os.environ['PID_FILE']
    with open(f'{path}.new', 'w') as stream:
        stream.write(str(os.getpid()))
    os.rename(f'{path}.new', path)
