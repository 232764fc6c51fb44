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


def _complete(auth: Any) -> bool:
    """Tell whether Keystone would know the user, and the project."""
    user = auth['identity'].get('password', {}).get('user', {})
    project = auth.get('scope', {}).get('project', {'id': ''})
    return isinstance(user.get('password'), str) and all(
        'id' in item or ('name' in item and item.get('domain'))
        for item in (user, project)
    )


def _endpoints(url: str) -> list[dict[str, str]]:
    return [
        {
            'interface': interface,
            'region_id': 'one',
            'region': 'one',
            'url': url,
        }
        for interface in ('public', 'internal', 'admin')
    ]


class _Cloud(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        """Give a token to whoever says who he is."""
        asked = json.loads(
            self.rfile.read(int(self.headers['Content-Length']))
        )
        if self.path != '/v3/auth/tokens':
            self._answer(404, {'error': {'code': 404}})
        elif not _complete(asked['auth']):
            self._answer(400, {'error': {'code': 400}})
        else:
            token = self._token('scope' in asked['auth'])
            self._answer(201, token, {'X-Subject-Token': 'token'})

    def _token(self, scoped: bool = True) -> Any:
        """Return what any token is of: an administrator."""
        base = _base(self.server)
        places = {'volumev3': f'{base}/volume/v3', 'identity': f'{base}/v3'}
        token = {
            'methods': ['password'],
            'expires_at': '2999-01-01T00:00:00.000000Z',
            'issued_at': '2020-01-01T00:00:00.000000Z',
            'user': {
                'id': 'u',
                'name': 'glance',
                'domain': {'id': 'd', 'name': 'Default'},
            },
            'project': {
                'id': 'p',
                'name': 'service',
                'domain': {'id': 'd', 'name': 'Default'},
            },
            'roles': [
                {'id': name, 'name': name}
                for name in ('admin', 'member', 'reader')
            ],
            'catalog': [
                {'type': kind, 'name': kind, 'endpoints': _endpoints(url)}
                for kind, url in places.items()
                if scoped
            ],
        }
        return {'token': token}

    def do_GET(self) -> None:
        """Tell of tokens, an image, the one volume type, else versions."""
        if self.path == '/image':
            self._send(200, 'application/octet-stream', b'content')
            return
        if 'auth/tokens' in self.path:
            self._answer(200, self._token())
            return
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
        self._send(status, 'application/json', content, headers)

    def _send(
        self,
        status: int,
        kind: str,
        content: bytes,
        headers: abc.Mapping[str, str] | None = None,
    ) -> None:
        self.send_response(status)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(content)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_args: Any) -> None:
        """Write nothing."""
