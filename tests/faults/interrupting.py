# SPDX-License-Identifier: Apache-2.0
"""Signals that come while the command waits for the server."""

import contextlib
import signal
import subprocess
from collections import abc

from tests.faults.fault import Case, Fault, Maker
from tests.faults.middle import Holder
from tests.faults.scene import Scene

SERVERS = ('mariadb', 'postgresql')


def sent(number: signal.Signals) -> Maker:
    """Return what sends a signal to the command in the middle of a check."""

    @contextlib.contextmanager
    def make(where: Scene) -> abc.Iterator[Case]:
        holder = Holder(where)

        def act(process: subprocess.Popen[bytes]) -> None:
            holder.wait()
            process.send_signal(number)
            if number == signal.SIGPIPE:
                holder.close()

        try:
            yield Case(act=act)
        finally:
            holder.close()

    return make


FAULTS = (
    *(
        Fault(
            f'signal-{words[0].lower()}',
            f'The command is sent {number.name}, {words[1]}',
            SERVERS,
            sent(number),
            blocked='rest',
        )
        for number, words in {
            signal.SIGINT: ('int', 'as by Ctrl-C'),
            signal.SIGTERM: ('term', 'as by ``kill`` and systemd'),
            signal.SIGHUP: ('hup', 'as by a terminal that is closed'),
        }.items()
    ),
    Fault(
        'signal-pipe',
        'The command is sent SIGPIPE, and has a reader',
        SERVERS,
        sent(signal.SIGPIPE),
        code=0,
    ),
)
