# SPDX-License-Identifier: Apache-2.0
"""A server that speaks TLS, and one that does not."""

import contextlib
import pathlib
import shutil
import subprocess
from collections import abc

from tests.faults import servers
from tests.faults.fault import Case, Maker
from tests.faults.scene import PLANTED, Scene


def certificate(root: pathlib.Path, days: int) -> pathlib.Path:
    """Make a certificate of 127.0.0.1, which trusts itself, and its key.

    :param days: until it expires; -1 for one that has
    """
    path = root / f'certificate-{days}.pem'
    key, request = path.with_suffix('.key'), path.with_suffix('.csr')
    names = root / 'names'
    names.write_text('subjectAltName = IP:127.0.0.1\n')
    for words in (
        f'req -newkey rsa:2048 -nodes -subj /CN=glance -keyout {key} '
        f'-out {request}',
        f'x509 -req -in {request} -signkey {key} -days {days} '
        f'-extfile {names} -out {path}',
    ):
        subprocess.run(
            [servers.find('openssl', '/usr/bin/openssl'), *words.split()],
            check=True,
            capture_output=True,
        )
    return path


@contextlib.contextmanager
def speaking_tls(where: Scene, days: int) -> abc.Iterator[pathlib.Path]:
    """Let the server speak TLS; give its certificate."""
    own = where.machine
    path = certificate(own.root, days)
    key = path.with_suffix('.key')
    path.chmod(0o644)
    if shutil.which('chown'):
        subprocess.run(['chown', own.account, key, path], check=False)
    key.chmod(0o600)
    before = list(own.more)
    own.more += own.with_tls(path, key)
    own.end()
    own.start()
    try:
        yield path
    finally:
        own.more = before
        own.end()
        own.start()


TLS_ONLY = {
    'mariadb': (
        "CREATE USER 'tls_only'@'%%' IDENTIFIED BY '{}' REQUIRE SSL",
        "GRANT SELECT ON glance.* TO 'tls_only'@'%%'",
        "DROP USER 'tls_only'@'%%'",
    ),
    'postgresql': (
        "CREATE ROLE tls_only LOGIN PASSWORD '{}'",
        'SELECT 1',
        'DROP ROLE tls_only',
    ),
}


@contextlib.contextmanager
def required(where: Scene) -> abc.Iterator[Case]:
    made, granted, dropped = TLS_ONLY[where.server]
    where.machine.execute(made.format(f'{PLANTED}-tls'), granted)
    # Newer drivers ask for it by themselves.
    query = {
        'mariadb': {'ssl_disabled': 'true'},
        'postgresql': {'sslmode': 'disable'},
    }[where.server]
    try:
        with speaking_tls(where, days=1):
            yield Case(
                url=where.url_with(
                    username='tls_only',
                    password=f'{PLANTED}-tls',
                    query=query,
                )
            )
    finally:
        where.machine.execute(dropped)


def _trusting(where: Scene, path: pathlib.Path) -> str:
    """Return a URL that asks for TLS, and knows whom to trust."""
    return where.url_with(
        query={
            'mariadb': {'ssl_ca': str(path)},
            'postgresql': {
                'sslmode': 'verify-full',
                'sslrootcert': str(path),
            },
        }[where.server],
    )


@contextlib.contextmanager
def refused(where: Scene) -> abc.Iterator[Case]:
    path = certificate(where.machine.root, days=1)
    path.chmod(0o644)
    yield Case(url=_trusting(where, path))


def asked(days: int) -> Maker:
    """Return what asks for TLS a server whose certificate is so good."""

    @contextlib.contextmanager
    def make(where: Scene) -> abc.Iterator[Case]:
        with speaking_tls(where, days) as path:
            yield Case(url=_trusting(where, path))

    return make
