# SPDX-License-Identifier: Apache-2.0
"""Give an installed Glance values that it cannot read, and see what it does.

Run by the Python that Glance is installed for, with the path of options.json
and the major version of that Glance. With the answer of a newer Glance as a
third argument, it adds the options that the newest has not.

Prints {"table option": when}, sorted, for each option whose ill-typed value
keeps the API from starting ("start"), or breaks requests that otherwise
succeed ("list", "upload", "import", ...). The first of those that break is the
one that counts.
"""

import contextlib
import io
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
from unittest import mock

ADMIN = {
    'X-Identity-Status': 'Confirmed',
    'X-User-Id': 'a-user',
    'X-Project-Id': 'a-project',
    'X-Tenant-Id': 'a-project',
    'X-Roles': 'admin,member,reader',
}
IMAGE = '5d5cc0f2-4b0b-4a3f-9a51-6f2f6f6a7d11'
OTHER = '5d5cc0f2-4b0b-4a3f-9a51-6f2f6f6a7d12'
BODY = '{"id": "%s", "disk_format": "raw", "container_format": "bare"}'
STREAM = 'application/octet-stream'

REQUESTS = (
    ('versions', 'GET', '/', '', None),
    ('health', 'GET', '/healthcheck', '', None),
    ('list', 'GET', '/v2/images', '', None),
    ('create', 'POST', '/v2/images', BODY % IMAGE, None),
    ('upload', 'PUT', f'/v2/images/{IMAGE}/file', 'content', STREAM),
    ('download', 'GET', f'/v2/images/{IMAGE}/file', '', None),
    ('show', 'GET', f'/v2/images/{IMAGE}', '', None),
    ('delete', 'DELETE', f'/v2/images/{IMAGE}', '', None),
    ('stores', 'GET', '/v2/info/stores', '', None),
    ('import', 'GET', '/v2/info/import', '', None),
    ('import', 'POST', '/v2/images', BODY % OTHER, None),
    ('import', 'PUT', f'/v2/images/{OTHER}/stage', 'content', STREAM),
    (
        'import',
        'POST',
        f'/v2/images/{OTHER}/import',
        '{"method": {"name": "glance-direct"}}',
        None,
    ),
    ('tasks', 'GET', '/v2/tasks', '', None),
    ('cache', 'GET', '/v2/cache', '', None),
)

# What the deployments of this experiment have in common.
COMMON = {
    'DEFAULT': {
        'enabled_backends': 'local:file',
        'transport_url': 'fake:///',
        'image_cache_dir': '{root}/cache',
        'worker_self_reference_url': 'http://node1.example.com:9292',
    },
    'database': {'connection': 'sqlite:///{root}/glance.sqlite'},
    'glance_store': {'default_backend': 'local'},
    'local': {'filesystem_store_datadir': '{root}/images'},
    'os_glance_staging_store': {'filesystem_store_datadir': '{root}/staging'},
    'os_glance_tasks_store': {'filesystem_store_datadir': '{root}/tasks'},
    'oslo_concurrency': {'lock_path': '{root}'},
    'paste_deploy': {'config_file': '{root}/glance-api-paste.ini'},
}
SINGLE = {
    'DEFAULT': {
        'enabled_backends': None,
        'node_staging_uri': 'file://{root}/staging',
    },
    'glance_store': {
        'default_backend': None,
        'filesystem_store_datadir': '{root}/images',
    },
}
KEYSTONE = {
    'paste_deploy': {'flavor': 'keystone+cachemanagement'},
    'keystone_authtoken': {
        'auth_type': 'password',
        'auth_url': 'http://127.0.0.1:9/v3',
        'username': 'glance',
        'password': 'x',
        'project_name': 'service',
        'user_domain_name': 'Default',
        'project_domain_name': 'Default',
    },
}
NOTIFYING = {
    'DEFAULT': {'transport_url': 'rabbit://a:b@127.0.0.1:9/'},
    'oslo_messaging_notifications': {'driver': 'log'},
}
PROFILED = {'profiler': {'enabled': 'true', 'hmac_keys': 'SECRET'}}
STORES = {
    'DEFAULT': {
        'enabled_backends': 'local:file,web:http,objects:swift,s:s3,'
        'c:rbd,v:cinder'
    },
    'objects': {
        'swift_store_auth_address': 'http://127.0.0.1:9/v3',
        'swift_store_user': 'service:glance',
        'swift_store_key': 'x',
        'swift_store_create_container_on_put': 'true',
    },
    's': {
        's3_store_host': 'http://127.0.0.1:9',
        's3_store_access_key': 'a',
        's3_store_secret_key': 'b',
        's3_store_bucket': 'c',
    },
}

# Downloads fail with the stub of Ceph's library, with and without an error.
CEPH = {
    'DEFAULT': {'enabled_backends': 'local:file,c:rbd'},
    'glance_store': {'default_backend': 'c'},
}
SECTIONS = {
    'backend:file': 'local',
    'backend:http': 'web',
    'backend:swift': 'objects',
    'backend:s3': 's',
    'backend:rbd': 'c',
    'backend:cinder': 'v',
}

# Deployment: (what it has beyond COMMON, the tables that it tells of).
DEPLOYMENTS = {
    'plain': ({'paste_deploy': {'flavor': 'cachemanagement'}}, None),
    'single': (SINGLE, ('glance_store',)),
    'keystone': (KEYSTONE, ('keystone_authtoken',)),
    'rabbit': (
        NOTIFYING,
        ('oslo_messaging_rabbit', 'oslo_messaging_notifications'),
    ),
    'profiled': (PROFILED, ('profiler', 'profiler_otlp', 'profiler_jaeger')),
    'stores': (STORES, tuple(SECTIONS)),
    'ceph': (CEPH, ('backend:rbd',)),
}


def main(path, major, newer=None):
    """Print what becomes of each option."""
    root = pathlib.Path(tempfile.mkdtemp())
    knowledge = json.loads(pathlib.Path(path).read_text('utf-8'))
    prepare(root)
    known = json.loads(pathlib.Path(newer).read_text('utf-8')) if newer else {}
    answers = {}
    for name, (more, tables) in DEPLOYMENTS.items():
        normal = attempt(root, merged(COMMON, more))
        if isinstance(normal, str):
            raise SystemExit(f'{name} does not start: {normal}')
        for table, option, value in options(knowledge, int(major), newer):
            if tables is None and table.startswith('backend:'):
                continue
            if tables is not None and table not in tables:
                continue
            section = SECTIONS.get(table, table)
            seen = attempt(
                root, merged(COMMON, more, {section: {option: value}})
            )
            when = outcome(normal, seen)
            print(name, table, option, when, seen, file=sys.stderr)
            if when:
                answers.setdefault(f'{table} {option}', []).append(when)
    order = ['start', *(request[0] for request in REQUESTS)]
    worst = {
        key: min(whens, key=order.index) for key, whens in answers.items()
    }
    shutil.rmtree(root)
    json.dump({**worst, **known}, sys.stdout, indent=1, sort_keys=True)
    print()


def prepare(root):
    """Make the database and the paste file, and import Glance once."""
    for name in ('images', 'staging', 'tasks', 'cache'):
        (root / name).mkdir()
    shipped = pathlib.Path(sys.prefix, 'etc/glance/glance-api-paste.ini')
    text = shipped.read_text().replace(
        ' unauthenticated-context ', ' context '
    )
    (root / 'glance-api-paste.ini').write_text(text)
    write(root, COMMON)
    subprocess.run(
        [
            f'{sys.prefix}/bin/glance-manage',
            *('--config-file', str(root / 'glance-api.conf'), 'db', 'sync'),
        ],
        check=True,
        capture_output=True,
    )
    shutil.copy(root / 'glance.sqlite', root / 'empty.sqlite')
    # Ceph's come with no package; none of them is called at start.
    for name in ('rados', 'rbd'):
        stub = sys.modules[name] = mock.MagicMock(Error=OSError)
        stub.Rados.return_value.get_fsid.return_value = 'a-cluster'
    from glance.api.v2 import router  # noqa: F401
    from glance.common import wsgi_app  # noqa: F401
    from glance.db.sqlalchemy import api  # noqa: F401


def options(knowledge, major, gone_only):
    """Yield (table, option, a value that it cannot have)."""
    groups = knowledge['groups'].items()
    stores = knowledge['backends'].items()
    for table, records in (
        *groups,
        *((f'backend:{driver}', found) for driver, found in stores),
    ):
        for name, record in records.items():
            gone = record.get('gone')
            if record.get('since', 0) > major or (gone and gone <= major):
                continue
            if gone_only and not gone:
                continue
            state = dict(record)
            for release, change in record.get('changes', {}).items():
                if int(release) <= major:
                    state.update(change)
            value = wrong(state.get('type') or 'String')
            if value is not None and not state.get('beside'):
                yield table, name, value


def wrong(kind):
    """Return what a kind refuses, None where it takes anything."""
    detail = {'name': kind} if isinstance(kind, str) else kind
    if 'choices' in detail:
        return 'no-such-choice'
    if detail['name'] in ('Boolean', 'Integer', 'Float', 'Port', 'Dict'):
        return 'no-such-value'
    if detail['name'] == 'HostAddress':
        return 'no such host!'
    if detail['name'] == 'URI':
        return 'no such url'
    if detail['name'] == 'List':
        inner = wrong(detail.get('item_type', 'String'))
        if detail.get('bounds'):
            return 'no-brackets'
        return inner
    if 'regex' in detail:
        return '\x01'
    return None


def merged(*parts):
    """Return configurations laid over one another; None takes one out."""
    whole = {}
    for part in parts:
        for section, found in part.items():
            whole.setdefault(section, {}).update(found)
    return whole


def write(root, sections):
    """Write glance-api.conf."""
    lines = []
    for section, found in sections.items():
        lines.append(f'[{section}]')
        lines += [
            f'{name} = {value.replace("{root}", str(root))}'
            for name, value in found.items()
            if value is not None
        ]
    (root / 'glance-api.conf').write_text('\n'.join([*lines, '']))


def attempt(root, sections):
    """Return the error at start, or {request: status}, of a configuration."""
    write(root, sections)
    shutil.copy(root / 'empty.sqlite', root / 'glance.sqlite')
    for name in ('images', 'staging'):
        for path in (root / name).iterdir():
            path.unlink()
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        signal.alarm(60)
        answer = served(root)
        os.write(writing, json.dumps(answer).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as stream:
        text = stream.read()
    os.waitpid(child, 0)
    return json.loads(text) if text else 'it came to no end'


def served(root):
    """Start Glance and send it the requests."""
    os.environ['OS_GLANCE_CONFIG_DIR'] = str(root)
    os.environ['HOME'] = str(root)
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, 1)
    os.dup2(sink, 2)
    try:
        from glance.common import wsgi_app

        application = wsgi_app.init_app()
    except BaseException as error:
        return f'{type(error).__name__}: {error}'
    return [
        (name, send(application, method, path, body, content))
        for name, method, path, body, content in REQUESTS
    ]


def send(application, method, path, body, content):
    """Return the status of a response."""
    environ = {
        'REQUEST_METHOD': method,
        'SCRIPT_NAME': '',
        'PATH_INFO': path,
        'QUERY_STRING': '',
        'SERVER_NAME': 'localhost',
        'SERVER_PORT': '9292',
        'SERVER_PROTOCOL': 'HTTP/1.1',
        'wsgi.version': (1, 0),
        'wsgi.url_scheme': 'http',
        'wsgi.input': io.BytesIO(body.encode()),
        'wsgi.errors': io.StringIO(),
        'wsgi.multithread': True,
        'wsgi.multiprocess': False,
        'wsgi.run_once': False,
        'CONTENT_LENGTH': str(len(body)),
        'CONTENT_TYPE': content or 'application/json',
        **{
            'HTTP_' + name.upper().replace('-', '_'): value
            for name, value in ADMIN.items()
        },
    }
    status = []

    def start_response(line, _headers, _info=None):
        status.append(int(line.split()[0]))
        return lambda data: None

    with contextlib.suppress(Exception):
        b''.join(application(environ, start_response))
        return status[-1]
    return 500


def outcome(normal, seen):
    """Return what breaks first, None where nothing does."""
    if isinstance(seen, str):
        return 'start'
    for (name, before), (_name, after) in zip(normal, seen, strict=True):
        if before != after:
            return name
    return None


if __name__ == '__main__':
    main(*sys.argv[1:])
