# SPDX-License-Identifier: Apache-2.0
"""As much of Keystone and Cinder as a store asks for when Glance starts."""

import contextlib
import http.server
import json
import threading
from collections import abc
from typing import Any

VOLUME_TYPE = 'images'


@contextlib.contextmanager
def serving() -> abc.Iterator[str]:
    """Serve on loopback, and give the address of Keystone."""
    with http.server.ThreadingHTTPServer(('127.0.0.1', 0), _Cloud) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f'{_base(server)}/v3'
        finally:
            server.shutdown()
            thread.join()


def _base(server: Any) -> str:
    return f'http://127.0.0.1:{server.server_address[1]}'


class _Cloud(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        """Give a token to whoever asks."""
        self.rfile.read(int(self.headers['Content-Length']))
        endpoint = {
            'interface': 'public',
            'region_id': 'one',
            'region': 'one',
            'url': f'{_base(self.server)}/volume/v3',
        }
        token = {
            'methods': ['password'],
            'expires_at': '2999-01-01T00:00:00.000000Z',
            'issued_at': '2020-01-01T00:00:00.000000Z',
            'user': {'id': 'u', 'name': 'glance', 'domain': {'id': 'd'}},
            'project': {'id': 'p', 'name': 'service', 'domain': {'id': 'd'}},
            'roles': [],
            'catalog': [
                {'type': 'volumev3', 'name': 'c', 'endpoints': [endpoint]}
            ],
        }
        self._answer(201, {'token': token}, {'X-Subject-Token': 'token'})

    def do_GET(self) -> None:
        """Tell of the one volume type, and of versions to who asks else."""
        if 'types' in self.path:
            kind = {'id': 't', 'name': VOLUME_TYPE, 'is_public': True}
            self._answer(200, {'volume_types': [kind], 'volume_type': kind})
            return
        version = {
            'id': 'v3.14',
            'status': 'stable',
            'links': [{'rel': 'self', 'href': f'{_base(self.server)}/v3'}],
        }
        self._answer(200, {'version': version})

    def _answer(
        self,
        status: int,
        body: Any,
        headers: abc.Mapping[str, str] | None = None,
    ) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(content)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_args: Any) -> None:
        """Write nothing."""
