# SPDX-License-Identifier: Apache-2.0
"""Start the real Glance and send it requests; run by Glance's own Python.

What each start imports before it reads a configuration is imported once; each
has a child of its own. Reads one job on each line of stdin, {"directory": ...,
"environment": {name: value}, "requests": [[method, path, headers, body]]},
and answers on a line of stdout, {"error": text or null, "responses":
[[status, text]], "log": text}.
"""

import io
import json
import os
import signal
import sys
import tempfile
import traceback

# Seconds that a start and its requests may take.
LIMIT = 120


def main():
    """Answer job after job."""
    import forks

    answers = os.fdopen(os.dup(1), 'w')
    os.dup2(2, 1)
    forks.prepare()
    for line in sys.stdin:
        json.dump(answered(json.loads(line)), answers)
        answers.write('\n')
        answers.flush()


def answered(job):
    """Return what becomes of a start, in a process of its own."""
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as log:
        pid = os.fork()
        if not pid:
            signal.alarm(LIMIT)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
            os.environ.clear()
            os.environ.update(job['environment'])
            os.chdir(job['directory'])
            said.write(json.dumps(served(job['requests'])).encode())
            said.flush()
            sys.stdout.flush()
            sys.stderr.flush()
            # Threads of Glance's need not be waited for.
            os._exit(0)
        os.waitpid(pid, 0)
        answer = {'error': 'it came to no end', 'responses': []}
        said.seek(0)
        answer.update(json.loads(said.read() or '{}'))
        log.seek(0)
        answer['log'] = log.read().decode(errors='replace')
        return answer


def served(requests):
    """Start the application as a WSGI server does."""
    answer = {'error': None, 'responses': []}
    try:
        from glance.common import wsgi_app

        application = wsgi_app.init_app()
        for method, path, headers, body in requests:
            answer['responses'].append(
                send(application, method, path, headers, body)
            )
    except BaseException as error:
        traceback.print_exc()
        answer['error'] = f'{type(error).__name__}: {error}'
    return answer


def send(application, method, path, headers, body):
    """Return the status and the text of a response."""
    path, _mark, query = path.partition('?')
    content = body.encode()
    environ = {
        'REQUEST_METHOD': method,
        'SCRIPT_NAME': '',
        'PATH_INFO': path,
        'QUERY_STRING': query,
        'SERVER_NAME': 'localhost',
        'SERVER_PORT': '9292',
        'SERVER_PROTOCOL': 'HTTP/1.1',
        'wsgi.version': (1, 0),
        'wsgi.url_scheme': 'http',
        'wsgi.input': io.BytesIO(content),
        'wsgi.errors': sys.stderr,
        'wsgi.multithread': True,
        'wsgi.multiprocess': False,
        'wsgi.run_once': False,
        'CONTENT_LENGTH': str(len(content)),
        'CONTENT_TYPE': headers.pop('Content-Type', 'application/json'),
    }
    for name, value in headers.items():
        environ['HTTP_' + name.upper().replace('-', '_')] = value
    status = []

    def start_response(line, _headers, _info=None):
        status.append(int(line.split()[0]))
        return lambda data: None

    try:
        answer = application(environ, start_response)
        text = b''.join(answer).decode(errors='replace')
    except Exception as error:
        return [500, f'{type(error).__name__}: {error}']
    return [status[-1], text]


if __name__ == '__main__':
    sys.exit(main())
