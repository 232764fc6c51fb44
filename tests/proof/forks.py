# SPDX-License-Identifier: Apache-2.0
"""Start the real Glance on many deployments; run by Glance's own Python.

What all of them need is imported once; each has children of its own, one for
``glance-manage db sync`` and one for the API. Reads one job on each line of
stdin, {"directory": ..., "requests": [[method, path, headers, body, until]]},
and answers on a line of stdout, {"sync": text or null, "error": text or null,
"responses": [[status, text]]}. A request with an ``until`` is sent again as
long as the image that it shows has none of those states.

It runs on all Pythons that a release of Glance has run on, from 3.6 on.
"""

import importlib
import json
import os
import signal
import sys
import time
import traceback

from serve import send

LIBRARIES = (
    'alembic',
    'cryptography.fernet',
    'jsonschema',
    'requests',
    'sqlalchemy.dialects.sqlite',
    'sqlalchemy.orm',
    'taskflow.engines',
    'webob.dec',
)
# Seconds of work, and of time, that a child may take. On a busy machine a
# second of work may take many.
WORK = 15
LIMIT = 600
# How often an image is looked at, and the seconds between: not until when, as
# an import may be kept from going on.
LOOKS = 100
PAUSE = 0.05
LONGEST = 2000


def main():
    """Answer job after job."""
    answers = os.fdopen(os.dup(1), 'w')
    os.dup2(2, 1)
    prepare()
    for line in sys.stdin:
        job = json.loads(line)
        json.dump(answered(job), answers)
        answers.write('\n')
        answers.flush()


def prepare():
    """Import what takes long.

    Of Glance and of what has options, only what is imported before the
    configuration is read: some look at it when they are.
    """
    for name in LIBRARIES:
        try:
            importlib.import_module(name)
        except ImportError:
            continue
    import glance.common.wsgi_app  # noqa: F401


def answered(job):
    """Return what becomes of a deployment."""
    directory = job['directory']
    answer = {'sync': None, 'error': None, 'responses': []}
    answer.update(child(directory, lambda: synced(directory)))
    if answer['sync'] is None:
        answer.update(child(directory, lambda: served(job['requests'])))
    return answer


def child(directory, function):
    """Return what a function returns in a process of its own."""
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(reading)
        signal.alarm(LIMIT)
        signal.setitimer(signal.ITIMER_PROF, WORK)
        enter(directory)
        with os.fdopen(writing, 'w') as stream:
            json.dump(function(), stream)
        # Threads of Glance's need not be waited for.
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as stream:
        text = stream.read()
    _pid, status = os.waitpid(pid, 0)
    if not text:
        return {'error': f'it came to no end: {status}'}
    return json.loads(text)


def enter(directory):
    """Be a process that was started in the directory."""
    log = os.open(
        os.path.join(directory, 'served.log'),
        os.O_WRONLY | os.O_CREAT | os.O_APPEND,
        0o644,
    )
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.chdir(directory)
    os.environ['HOME'] = directory
    os.environ['OS_GLANCE_CONFIG_DIR'] = directory


def synced(directory):
    """Run ``glance-manage db sync``."""
    from glance.cmd import manage

    conf = os.path.join(directory, 'glance-api.conf')
    sys.argv = ['glance-manage', '--config-file', conf, 'db', 'sync']
    try:
        code = manage.main()
    except SystemExit as error:
        code = error.code
    except BaseException as error:
        traceback.print_exc()
        code = raised(error)
    return {'sync': str(code) if code else None}


def served(requests):
    """Start the application as a WSGI server does, and send it requests."""
    answer = {'error': None, 'responses': []}
    try:
        from glance.common import wsgi_app

        application = wsgi_app.init_app()
    except BaseException as error:
        traceback.print_exc()
        answer['error'] = raised(error)
        return answer
    for request in requests:
        answer['responses'].append(response(application, *request))
    return answer


def response(application, method, path, headers, body, until):
    """Return the status and the text of the last response."""
    for _look in range(LOOKS):
        status, text = send(application, method, path, dict(headers), body)
        if not until or status != 200 or json.loads(text)['status'] in until:
            break
        time.sleep(PAUSE)
    return [status, text[:LONGEST]]


def raised(error):
    """Return an exception in words, never empty."""
    return f'{type(error).__name__}: {error}'


if __name__ == '__main__':
    sys.exit(main())
