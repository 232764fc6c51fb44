# SPDX-License-Identifier: Apache-2.0
"""What a released Glance makes of deployments."""

import contextlib
import dataclasses
import json
import os
import pathlib
import subprocess
import tempfile
from collections import abc

from tests.proof import scenario

FORKS = pathlib.Path(__file__).with_name('forks.py')


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What became of a deployment.

    :param sync: what ``glance-manage db sync`` ended with, None for well
    :param error: why the API did not start, None where it did
    :param answers: what was answered, in short, by the request's name
    """

    sync: str | None
    error: str | None
    answers: abc.Mapping[str, str]


class Glance:
    """A released Glance that has been imported, and is ready to fork."""

    def __init__(self, process: 'subprocess.Popen[str]') -> None:
        self._process = process

    def outcome(
        self, directory: pathlib.Path, tokens: bool, server: str
    ) -> Outcome:
        """Return what becomes of the deployment in a directory.

        :param tokens: whether it asks Keystone who asks
        :param server: the address of a web server that images come from
        """
        asked = scenario.requests(tokens, server)
        job = {
            'directory': str(directory),
            'requests': [request for _name, request in asked],
        }
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(job) + '\n')
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        answers = {
            name: scenario.meaning(name, status, text)
            for (name, _request), (status, text) in zip(
                asked, answer['responses'], strict=False
            )
        }
        return Outcome(answer['sync'], answer['error'], answers)


@contextlib.contextmanager
def serving(python: pathlib.Path) -> abc.Iterator[Glance]:
    """Import the Glance of an environment.

    :param python: the environment's interpreter
    """
    with (
        tempfile.TemporaryDirectory() as home,
        open(pathlib.Path(home, 'log'), 'w+') as log,
        subprocess.Popen(
            [str(python), '-W', 'ignore', str(FORKS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            env={'PATH': os.defpath, 'HOME': home, 'LC_ALL': 'C.UTF-8'},
            text=True,
            # As a service is: oslo.messaging looks at the process that leads
            # its group, which may be gone where a shell started this.
            start_new_session=True,
        ) as process,
    ):
        yield Glance(process)
        assert process.stdin
        process.stdin.close()
