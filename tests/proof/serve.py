# SPDX-License-Identifier: Apache-2.0
"""Start the real Glance and send it requests; run by Glance's own Python.

Reads {"requests": [[method, path, headers, body]]} on stdin and writes
{"error": text or null, "responses": [[status, text]]} as the last line of
stdout.
"""

import io
import json
import os
import sys
import traceback


def main() -> int:
    """Start the application as a WSGI server does."""
    asked = json.load(sys.stdin)
    answer = {'error': None, 'responses': []}
    try:
        from glance.common import wsgi_app

        application = wsgi_app.init_app()
        for method, path, headers, body in asked['requests']:
            answer['responses'].append(
                send(application, method, path, headers, body)
            )
    except BaseException as error:
        traceback.print_exc()
        answer['error'] = f'{type(error).__name__}: {error}'
    print(json.dumps(answer))
    sys.stdout.flush()
    # Threads of Glance's need not be waited for.
    os._exit(0)


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
