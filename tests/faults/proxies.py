# SPDX-License-Identifier: Apache-2.0
"""What stands between the command and a server."""

import contextlib
import select
import socket
import threading
import time
from collections import abc

Answer = abc.Callable[[bytes], bytes | None]
Change = abc.Callable[[bytes], bytes]


def _forward(
    client: socket.socket,
    port: int,
    delay: float,
    answer: Answer | None,
    change: Change,
) -> None:
    """Pass on what a client and a server say to each other, each time late."""
    with client, socket.create_connection(('127.0.0.1', port)) as server:
        other = {client: server, server: client}
        # Either may be gone first.
        with contextlib.suppress(OSError):
            while True:
                for source in select.select([*other], [], [])[0]:
                    chunk = source.recv(2**16)
                    if not chunk:
                        return
                    time.sleep(delay)
                    said = answer and source is client and answer(chunk)
                    if source is client:
                        chunk = change(chunk)
                    if said:
                        client.sendall(said)
                    else:
                        other[source].sendall(chunk)


@contextlib.contextmanager
def proxy(
    port: int,
    delay: float,
    answer: Answer | None = None,
    change: Change = bytes,
) -> abc.Iterator[int]:
    """Give a port behind which a server answers late, or another for it.

    :param delay: seconds that each direction takes
    :param answer: is given what a client says, and returns what it is
        answered in place of the server, or None
    :param change: is given the same, and returns what the server hears
    """
    threads: list[threading.Thread] = []

    def accept() -> None:
        # Until the listener is shut down.
        with contextlib.suppress(OSError):
            while True:
                client, _address = listening.accept()
                threads.append(
                    threading.Thread(
                        target=_forward,
                        args=(client, port, delay, answer, change),
                    )
                )
                threads[-1].start()

    with socket.create_server(('127.0.0.1', 0)) as listening:
        accepting = threading.Thread(target=accept)
        accepting.start()
        try:
            yield listening.getsockname()[1]
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            for thread in (accepting, *threads):
                thread.join()
