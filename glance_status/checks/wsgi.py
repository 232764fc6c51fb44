# SPDX-License-Identifier: Apache-2.0
"""Whether what starts Glance today starts the target."""

import os
import re
import typing

from glance_status import context, places, plugins, results
from glance_status.checks import registry, texts, units

# glance-api prints an error and exits.
NO_SERVER = 33
# The script of the web servers is not installed any more.
NO_SCRIPT = 32
SERVER_OPTIONS = (
    'bind_host',
    'bind_port',
    'workers',
    'backlog',
    'tcp_keepidle',
    'client_socket_timeout',
    'http_keepalive',
    'max_header_line',
)
# glance.cmd.api is what glance-api runs, and glance-control runs that.
SERVERS = ('glance-api', 'glance-control', 'glance.cmd.api')
APPLICATION = 'glance.wsgi.api:application'
# What the WSGI application reads in its directory.
READ = (places.OPTIONAL_FILE, places.MAIN_FILE)
GUIDE = 'https://docs.openstack.org/glance/latest/admin/apache-httpd.html'

OPTIONS = results.FindingKind(
    id='standalone-server',
    title='Options of the server that is gone are set',
    looks_for=f'[DEFAULT] {", ".join(SERVER_OPTIONS)}, where the upgrade '
    'passes into 33.0.0 (2026.2), which removed the server that glance-api '
    'was.',
    matters='They are ignored: the address, the port and the number of '
    'processes are those of the web server, whatever stands here. Where '
    'this host runs Glance under one already, it is a note.',
    remediation='Set them in the configuration of uWSGI, Gunicorn or '
    'mod_wsgi, then delete them here.',
    since='33.0.0',
    reference=GUIDE,
)
UNIT = results.FindingKind(
    id='wsgi-unit',
    title='A service still starts glance-api',
    looks_for='A systemd service of this host, with its drop-ins, whose '
    'ExecStart runs glance-api. With 32.0.0, which deprecates it, that is a '
    'note.',
    matters='From 33.0.0 on glance-api prints an error and exits.',
    remediation=f'Start {APPLICATION} under uWSGI, Gunicorn or mod_wsgi.',
    since='33.0.0',
    reference=GUIDE,
)
SCRIPT = results.FindingKind(
    id='wsgi-script',
    title='A web server still runs glance-wsgi-api',
    looks_for='glance-wsgi-api in the services of this host and in the '
    'configuration of Apache, nginx and uWSGI, such as wsgi-file and '
    'WSGIScriptAlias.',
    matters='From 32.0.0 on the script is not installed any more, and the '
    'web server does not find what it is to run.',
    remediation=f'Set `module = {APPLICATION}` in the configuration of '
    'uWSGI; have mod_wsgi run the file glance/wsgi/api.py of the installed '
    'package.',
    since='32.0.0',
    reference=GUIDE,
)
FILES = results.FindingKind(
    id='wsgi-extra-conf',
    title='Configuration files that WSGI does not read',
    looks_for='--config-file and --config-dir in the service that starts '
    'glance-api, where the upgrade passes into 33.0.0 (2026.2), other than '
    'glance-image-import.conf and glance-api.conf of one directory.',
    matters='Under WSGI Glance reads these two, in /etc/glance or in the '
    'directory that OS_GLANCE_CONFIG_DIR names, and what stands in others '
    'is lost without a word.',
    remediation='Move what stands in them to glance-api.conf, and set '
    'OS_GLANCE_CONFIG_DIR in the environment of the web server where it is '
    'not in /etc/glance.',
    since='33.0.0',
    reference=GUIDE,
)


def check_options(
    checker: context.Checker, root: str = '/'
) -> list[results.Finding]:
    """Look for the options of the server that is gone."""
    if not checker.crosses(NO_SERVER) and not _deprecates(checker):
        return []
    settings = (checker.written('DEFAULT', name) for name in SERVER_OPTIONS)
    found = [item for item in settings if item is not None]
    if not found:
        return []
    finding, end = OPTIONS.warning, f'and {NO_SERVER}.0.0 ignores it.'
    if _deprecates(checker):
        finding, end = OPTIONS.note, f'and {NO_SERVER}.0.0 will ignore it.'
    elif _runs_under_wsgi(root):
        finding, end = OPTIONS.note, 'and the web server of Glance ignores it.'
    return [
        finding(
            f'{item.name} is {item.value} ({item.place}), {end}',
            affected=results.Affected(1, (item.name,)),
        )
        for item in found
    ]


def _deprecates(checker: context.Checker) -> bool:
    """Tell whether the target is the last one with a server."""
    return checker.target.major == NO_SERVER - 1 and checker.crosses(
        NO_SERVER - 1
    )


def _runs_under_wsgi(root: str) -> bool:
    """Tell whether this host starts Glance by a web server already."""
    services = units.services(root, 'glance')
    lines = [service.line for service in services]
    lines += units.lines(root, units.WEB_SERVERS, 'glance')
    server = any(
        os.path.basename(service.program) in SERVERS
        and '/init.d/' not in service.program
        for service in services
    )
    return not server and any(
        re.search(r'glance-wsgi-api|glance\.wsgi|uwsgi|gunicorn', line.text)
        for line in lines
    )


def check_services(
    checker: context.Checker, root: str = '/'
) -> list[results.Finding]:
    """Look at the services and the web servers of this host."""
    major = checker.target.major
    services = units.services(root, 'glance')
    web = units.lines(root, units.WEB_SERVERS, 'glance')
    if not services and not web:
        raise context.Inapplicable(
            'no service and no web server of this host starts Glance'
        )
    findings = registry.of_services(checker, services)
    if major >= NO_SERVER or _deprecates(checker):
        for service in services:
            findings += _unit(checker, service, root)
    if major >= NO_SCRIPT:
        scripts = [*(service.line for service in services), *web]
        findings += [
            SCRIPT.failure(
                f'{line.place}: glance-wsgi-api is run, which '
                f'{checker.target.title} does not install.'
            )
            for line in scripts
            if 'glance-wsgi-api' in line.text
        ]
    return findings


def _unit(
    checker: context.Checker, service: units.Service, root: str
) -> typing.Iterator[results.Finding]:
    if os.path.basename(service.program) not in SERVERS:
        return
    said = f'{service.line.place}: {service.unit} starts {service.program}'
    affected = results.Affected(1, (service.unit,))
    if checker.target.major < NO_SERVER:
        yield UNIT.note(
            f'{said}, which {NO_SERVER}.0.0 does not have as a server.',
            affected=affected,
        )
        return
    if '/init.d/' in service.program:
        # Debian's runs uWSGI in its turn.
        script = texts.read(root + service.program).text or ''
        if 'uwsgi' not in script.lower():
            yield UNIT.warning(
                f'{said}: see whether that runs glance-api.', affected=affected
            )
        return
    yield UNIT.failure(
        f'{said}, which {checker.target.title} does not have as a server.',
        affected=affected,
    )
    if checker.crosses(NO_SERVER):
        yield from _files(service)


def _files(service: units.Service) -> typing.Iterator[results.Finding]:
    named = _named(service.words)
    directories = {os.path.dirname(path) for kind, path in named}
    lost = [
        path
        for kind, path in named
        if kind == '--config-dir' or os.path.basename(path) not in READ
    ]
    if lost or len(directories) > 1:
        paths = ', '.join(lost or [path for _kind, path in named])
        yield FILES.warning(
            f'{service.line.place}: {service.unit} reads {paths}, and WSGI '
            'would not.',
            affected=results.Affected(1, (service.unit,)),
        )


def _named(words: typing.Sequence[str]) -> list[tuple[str, str]]:
    """Return the files and directories that a command line names."""
    found = []
    for number, word in enumerate(words):
        kind, equals, path = word.partition('=')
        if kind not in ('--config-file', '--config-dir'):
            continue
        if not equals:
            path = ''.join(words[number + 1 : number + 2])
        found.append((kind, path))
    return found


CHECKS = (
    plugins.Check(
        id='server-options',
        title='Options of the server',
        function=check_options,
        kinds=(OPTIONS,),
        topic='deployment',
        reads=('configuration', 'host'),
        description='Whether the configuration has options of the server '
        'that glance-api was.',
    ),
    plugins.Check(
        id='services',
        title='Services and web servers',
        function=check_services,
        kinds=(UNIT, SCRIPT, FILES, registry.SERVICE),
        topic='deployment',
        reads=('host',),
        description='Whether the services and web servers of this host '
        'start what the target has.',
    ),
)
