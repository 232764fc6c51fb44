# SPDX-License-Identifier: Apache-2.0
"""Run the real glance-manage, again and again; run by Glance's own Python.

Its imports take most of its time, so they are done once, and each command has
a child of its own. Reads one job on each line of stdin, the arguments of
glance-manage, and answers on a line of stdout, [code, stdout, stderr].
"""

import json
import os
import signal
import sys
import tempfile
import traceback

# Seconds.
LIMIT = 300


def main():
    """Answer job after job."""
    # Nothing but answers gets there.
    answers = os.fdopen(os.dup(1), 'w')
    os.dup2(2, 1)
    # As far as the program itself goes before it reads its configuration.
    from glance.cmd import manage

    for line in sys.stdin:
        json.dump(answered(manage.main, json.loads(line)), answers)
        answers.write('\n')
        answers.flush()


def answered(function, arguments):
    """Return how the program ends, and what it prints."""
    with (
        tempfile.TemporaryFile() as stdout,
        tempfile.TemporaryFile() as stderr,
    ):
        pid = os.fork()
        if not pid:
            code = 1
            try:
                signal.alarm(LIMIT)
                os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
                os.dup2(stdout.fileno(), 1)
                os.dup2(stderr.fileno(), 2)
                code = ended(function, arguments)
            finally:
                os._exit(code)
        status = os.waitpid(pid, 0)[1]
        return [os.waitstatus_to_exitcode(status), read(stdout), read(stderr)]


def ended(function, arguments):
    """Return the exit code, as Python has it at the end of a program."""
    sys.argv = ['glance-manage', *arguments]
    code = 0
    try:
        code = function()
    except SystemExit as error:
        code = error.code
    except BaseException:
        traceback.print_exc()
        code = 1
    if isinstance(code, str):
        print(code, file=sys.stderr)
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return int(code or 0)


def read(stream):
    """Return what was written to a file."""
    stream.seek(0)
    return stream.read().decode(errors='backslashreplace')


if __name__ == '__main__':
    sys.exit(main())
