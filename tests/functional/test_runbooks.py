# SPDX-License-Identifier: Apache-2.0
"""Tests that run the runbooks in examples, as far as one machine can."""

import json
import os
import pathlib
import pty
import re
import select
import shlex
import shutil
import subprocess
import sys
import time
import typing
from collections import abc

import pytest
import yaml

from tests.functional import command, glance_databases

RUNBOOKS = pathlib.Path(__file__).parents[2] / 'examples' / 'runbooks'
PROGRAM = '/usr/bin/glance-status'

# These checks are enough to have every outcome, and judge nothing else.
CHECKS = ('--check', 'database-connection', '--check', 'store-backends')

# What makes the outcome of CHECKS: the stores.
BACKENDS = {0: 'a:file', 1: 'a:nodriver', 2: 'a:sheepdog', 255: 'a:file'}

WARNING = (
    'unknown-store | [DEFAULT] enabled_backends (a) names the driver '
    'nodriver (glance-api.conf, line 2), which no release of Glance has and '
    'which is not installed beside glance-status. | Correct the name, or '
    'install the driver where the new Glance will run.'
)
FAILURE = (
    'removed-store | [DEFAULT] enabled_backends (a) names the driver '
    'sheepdog (glance-api.conf, line 2), which 2026.2 Hibiscus (33.0.0) does '
    'not have; Train (19.0.4) was the last to have it. | Before the upgrade, '
    'copy its images to a store that the target has, then remove it from the '
    'configuration.'
)
NOT_ACCEPTED = (
    'Nobody accepted the warnings. If they may be, go on with -e '
    'glance_status_accept_warnings=true:'
)


def deployment(directory: pathlib.Path, code: int) -> pathlib.Path:
    """Write a configuration with which CHECKS end with a code."""
    database = directory / 'glance.sqlite'
    directory.mkdir(parents=True, exist_ok=True)
    if code != 255:
        database.touch()
    return command.deployment(
        directory,
        f'sqlite:///{database}',
        DEFAULT={'enabled_backends': BACKENDS[code]},
    )


def find(program: str) -> str:
    """Return a program's path: beside this Python, or on the PATH."""
    beside = pathlib.Path(sys.executable).parent / program
    found = str(beside) if beside.exists() else shutil.which(program)
    if not found:
        pytest.skip(f'{program} is not installed')
    return found


def run(
    words: abc.Sequence[str | pathlib.Path],
    env: abc.Mapping[str, str] | None = None,
) -> command.Completed:
    """Run a program and return how it ended."""
    process = subprocess.run(
        list(map(str, words)),
        env=command.environment(env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return command.Completed(
        process.returncode, process.stdout, process.stderr
    )


# Ansible


class Playbook:
    """A playbook, the hosts that it is run on, and what it did.

    Each host is this machine with a configuration of its own. The two steps
    of the upgrade write down that they were taken.
    """

    def __init__(self, directory: pathlib.Path) -> None:
        self.directory = directory
        self.path = RUNBOOKS / 'ansible' / 'upgrade.yml'
        self.steps = directory / 'steps'
        self.steps.touch()
        self.settings = directory / 'ansible.cfg'
        self.settings.touch()
        self.variables: dict[str, typing.Any] = {
            'ansible_connection': 'local',
            'ansible_python_interpreter': sys.executable,
            'ansible_become': False,
            'glance_status_options': list(CHECKS),
            'glance_manage_command': self._step(),
            'glance_restart_command': [*self._step(), 'restart'],
        }
        self.hosts: dict[str, dict[str, typing.Any]] = {}

    def _step(self) -> list[str]:
        return ['sh', '-c', f'echo "$@" >>{shlex.quote(str(self.steps))}', '-']

    def host(self, name: str, code: int) -> None:
        """Add a host on which CHECKS end with a code."""
        path = deployment(self.directory / name, code)
        self.use(name, path)

    def use(self, name: str, path: pathlib.Path) -> None:
        """Add a host with a configuration."""
        self.hosts[name] = {
            'glance_status_command': [
                command.COMMAND,
                '--config-file',
                str(path),
            ]
        }

    def words(self, *options: str) -> list[str]:
        """Return the command line."""
        inventory = self.directory / 'inventory.json'
        group = {'hosts': self.hosts, 'vars': self.variables}
        inventory.write_text(json.dumps({'glance_api': group}))
        program = find('ansible-playbook')
        return [program, '-i', str(inventory), str(self.path), *options]

    def environment(self) -> dict[str, str]:
        """Return what keeps Ansible in our directory."""
        return {
            'ANSIBLE_HOME': str(self.directory / 'ansible'),
            'ANSIBLE_CONFIG': str(self.settings),
            'ANSIBLE_LIBRARY': str(self.directory / 'library'),
            'ANSIBLE_NOCOLOR': '1',
            'HOME': str(self.directory),
        }

    def run(self, *options: str) -> dict[str, list[str]]:
        """Run it without a terminal; return why which host stopped."""
        completed = run(self.words(*options), self.environment())
        reasons = reasons_in(completed.stdout)
        assert (completed.code != 0) == bool(reasons), completed
        return reasons

    def done(self) -> list[str]:
        """Return the steps of the upgrade that were taken."""
        return self.steps.read_text().splitlines()


def reasons_in(output: str) -> dict[str, list[str]]:
    """Return what our tasks said that stopped a host, in Ansible's output."""
    # So 2.21 says what others say in fewer words.
    output = re.sub(
        'The command exited with a (non-zero .*?)[.]', r'\1', output
    )
    found = re.findall(
        r'^fatal: \[(\w+)\]: FAILED! => (\{.*\})$', output, re.M
    )
    # Each host of a test has its own directory.
    said = {
        host: json.loads(re.sub(r'/\S*/(?=glance-api\.conf, line)', '', text))[
            'msg'
        ]
        for host, text in found
    }
    return {host: msg for host, msg in said.items() if isinstance(msg, list)}


@pytest.fixture
def playbook(tmp_path: pathlib.Path) -> Playbook:
    """The playbook that upgrades Glance, without hosts yet."""
    return Playbook(tmp_path)


def test_ansible_upgrades_where_all_is_well(playbook: Playbook) -> None:
    playbook.host('node1', 0)
    playbook.host('node2', 0)

    assert playbook.run() == {}
    assert playbook.done() == ['db sync', 'restart', 'restart']


def test_ansible_stops_at_a_failure(playbook: Playbook) -> None:
    playbook.host('node1', 2)

    assert playbook.run() == {'node1': ['Do not upgrade yet:', FAILURE]}
    assert playbook.done() == []


def test_ansible_stops_where_nobody_accepts_a_warning(
    playbook: Playbook,
) -> None:
    playbook.host('node1', 1)

    assert playbook.run() == {'node1': [NOT_ACCEPTED, WARNING]}
    assert playbook.done() == []


def test_ansible_goes_on_where_warnings_were_accepted(
    playbook: Playbook,
) -> None:
    playbook.host('node1', 1)

    assert playbook.run('-e', 'glance_status_accept_warnings=true') == {}
    assert playbook.done() == ['db sync', 'restart']


def test_accepted_warnings_are_no_accepted_failures(
    playbook: Playbook,
) -> None:
    playbook.host('node1', 2)

    reasons = playbook.run('-e', 'glance_status_accept_warnings=true')

    assert reasons == {'node1': ['Do not upgrade yet:', FAILURE]}
    assert playbook.done() == []


def test_ansible_stops_where_the_database_is_down(playbook: Playbook) -> None:
    playbook.host('node1', 255)
    directory = playbook.directory / 'node1'

    assert playbook.run() == {
        'node1': [
            'glance-status could not find out, exit code 255:',
            f'Database connection | the SQLite file {directory}/glance.sqlite '
            'does not exist. Check [database] connection; a relative path '
            'starts at the working directory.',
            f'glance-status: read {directory}/glance-api.conf',
            'non-zero return code',
        ]
    }
    assert playbook.done() == []


def test_ansible_stops_where_there_is_no_report(playbook: Playbook) -> None:
    playbook.use('node1', playbook.directory / 'none.conf')

    assert playbook.run() == {
        'node1': [
            'glance-status could not find out, exit code 255:',
            f'glance-status: {playbook.directory}/none.conf: No such file or '
            'directory.',
            'non-zero return code',
        ]
    }
    assert playbook.done() == []


def test_ansible_takes_its_own_2_for_no_failure(playbook: Playbook) -> None:
    playbook.hosts['node1'] = {
        'glance_status_command': ['/none/glance-status']
    }

    reasons = playbook.run()

    assert reasons['node1'][0] == (
        'glance-status could not find out, exit code 2:'
    )
    assert playbook.done() == []


@pytest.mark.parametrize(
    'script',
    [
        'exit 0',
        'echo null; exit 0',
        'echo \'{"exit_code": 0}\'; exit 0',
        # Cut off, and a code that was lost on its way.
        '"$@" | head -c 100; exit 0',
        '"$@"; exit 0',
    ],
)
def test_ansible_does_not_trust_the_code_alone(
    playbook: Playbook, script: str
) -> None:
    path = deployment(playbook.directory / 'node1', 2)
    words = [command.COMMAND, '--config-file', str(path)]
    playbook.hosts['node1'] = {
        'glance_status_command': ['sh', '-c', script, '-', *words]
    }

    reasons = playbook.run()

    assert reasons['node1'][0] == (
        'glance-status could not find out, exit code 0:'
    )
    assert playbook.done() == []


@pytest.mark.parametrize(
    ('code', 'why'),
    [(1, [NOT_ACCEPTED, WARNING]), (2, ['Do not upgrade yet:', FAILURE])],
)
def test_one_host_that_stops_stops_all(
    playbook: Playbook, code: int, why: list[str]
) -> None:
    playbook.host('node1', 0)
    playbook.host('node2', code)

    assert playbook.run() == {'node2': why}
    assert playbook.done() == []


@pytest.mark.parametrize(
    ('answer', 'steps'),
    [('yes', ['db sync', 'restart', 'restart']), ('no', []), ('', [])],
)
def test_ansible_asks_at_a_terminal_once_for_all_hosts(
    playbook: Playbook, answer: str, steps: list[str]
) -> None:
    playbook.host('node1', 0)
    playbook.host('node2', 1)

    at_terminal(playbook, answer)

    assert playbook.done() == steps


def at_terminal(playbook: Playbook, answer: str) -> None:
    """Run a playbook at a terminal, and give each question an answer."""
    words = playbook.words()
    child, terminal = pty.fork()
    if not child:
        os.execve(words[0], words, command.environment(playbook.environment()))
    try:
        shown, end = b'', time.monotonic() + 120
        while os.waitpid(child, os.WNOHANG) == (0, 0):
            assert time.monotonic() < end, shown.decode()
            if select.select([terminal], [], [], 1)[0]:
                shown += _read(terminal)
            elif shown.rstrip().endswith(b'Type yes to go on:'):
                # Only now: what comes before it listens is thrown away.
                os.write(terminal, answer.encode() + b'\r')
                shown += b'[answered]'
    finally:
        os.close(terminal)


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:
        # The other end is closed.
        return b''


@pytest.fixture
def behind(
    playbook: Playbook, tmp_path: pathlib.Path
) -> abc.Iterator[tuple[Playbook, str]]:
    """An upgrade of a database that is behind, and the database's URL."""
    with glance_databases.database(
        'sqlite', 'behind_2023_1_contract01', tmp_path
    ) as url:
        path = command.deployment(tmp_path / 'node1', url)
        playbook.use('node1', path)
        playbook.variables['glance_status_options'] = [
            '--check',
            'schema-revision',
        ]
        yield playbook, url


def test_ansible_upgrades_a_real_database(
    behind: tuple[Playbook, str],
) -> None:
    playbook, url = behind
    manage = glance_databases.glance_manage_path()
    configuration = playbook.directory / 'node1' / 'glance-api.conf'
    playbook.variables['glance_manage_command'] = [
        manage,
        '--config-file',
        str(configuration),
    ]

    assert playbook.run() == {}
    assert playbook.done() == ['restart']
    assert glance_databases.revisions(url) == [glance_databases.HEAD]


def test_services_do_not_start_on_a_database_that_is_behind(
    behind: tuple[Playbook, str],
) -> None:
    playbook, _url = behind

    # The step that should upgrade it does nothing but write that down.
    reasons = playbook.run()

    assert reasons['node1'][0] == 'Do not upgrade yet:'
    assert reasons['node1'][1].startswith('db-revision | ')
    assert playbook.done() == ['db sync']


# Kolla-Ansible

# What takes the place of Kolla's module: it takes the arguments that ours
# uses, and runs the command here, with the configuration of the first volume
# in the place where kolla_set_configs would copy it.
KOLLA_CONTAINER = """
import os, shlex, subprocess
from ansible.module_utils import basic

module = basic.AnsibleModule({
    'action': {'choices': ['start_container']}, 'command': {},
    'common_options': {'type': 'dict'}, 'detach': {'type': 'bool'},
    'environment': {'type': 'dict'}, 'image': {'required': True},
    'labels': {'type': 'dict'}, 'name': {'required': True},
    'restart_policy': {'choices': ['oneshot']}, 'volumes': {'type': 'list'},
})
done = subprocess.run(
    shlex.split(module.params['command']),
    env=os.environ | {
        'OS_GLANCE_CONFIG_DIR': module.params['volumes'][0].split(':')[0],
        'PATH': module.params['common_options']['path'] + ':/usr/bin:/bin',
    },
    capture_output=True, text=True)
result = {'rc': done.returncode, 'stdout': done.stdout, 'stderr': done.stderr}
if done.returncode:
    result['msg'] = f'Container exited with {done.returncode}'
    module.fail_json(changed=True, **result)
module.exit_json(changed=True, **result)
"""


@pytest.fixture
def kolla(playbook: Playbook, tmp_path: pathlib.Path) -> Playbook:
    """Kolla's role of Glance, as far as it upgrades, for two API hosts."""
    tasks = tmp_path / 'roles' / 'glance' / 'tasks'
    library = tmp_path / 'library'
    programs = tmp_path / 'bin'
    for directory in (tasks, library, programs):
        directory.mkdir(parents=True)
    shutil.copy(RUNBOOKS / 'kolla-ansible' / 'upgrade_check.yml', tasks)
    shutil.copy(RUNBOOKS / 'ansible' / 'judge.yml', tasks)
    (library / 'kolla_container.py').write_text(KOLLA_CONTAINER)
    # Who says something where the report goes.
    (programs / 'sudo').write_text('#!/bin/sh\necho "INFO: $*"\n')
    (programs / 'sudo').chmod(0o755)
    steps = [
        {'ansible.builtin.include_tasks': 'upgrade_check.yml'},
        {
            'ansible.builtin.command': {
                'argv': "{{ glance_manage_command + ['db', 'sync'] }}"
            },
            'run_once': True,
        },
    ]
    (tasks / 'main.yml').write_text(yaml.safe_dump(steps))
    playbook.path = tmp_path / 'site.yml'
    playbook.path.write_text(
        yaml.safe_dump(
            [{'hosts': 'all', 'gather_facts': False, 'roles': ['glance']}]
        )
    )
    playbook.hosts = {'control1': {}, 'control2': {}}
    playbook.variables |= {
        'config_strategy': 'COPY_ALWAYS',
        'docker_common_options': {'path': str(programs)},
        'glance_api_hosts': ['control1', 'control2'],
        'glance_services': {
            'glance-api': {
                'image': 'registry.example.org/kolla/glance-api:2025.1',
                'volumes': [
                    f'{tmp_path}/glance-api/:/var/lib/kolla/config_files/:ro',
                    '',
                ],
            }
        },
        'glance_status_command': f'{sys.executable} -m glance_status',
    }
    return playbook


@pytest.mark.parametrize(
    ('code', 'reason', 'steps'),
    [
        (0, None, ['db sync']),
        (1, [NOT_ACCEPTED, WARNING], []),
        (2, ['Do not upgrade yet:', FAILURE], []),
    ],
)
def test_kolla_goes_on_or_all_its_hosts_stop(
    kolla: Playbook, code: int, reason: list[str] | None, steps: list[str]
) -> None:
    deployment(kolla.directory / 'glance-api', code)
    hosts = ['control1', 'control2'] if reason else []

    assert kolla.run() == dict.fromkeys(hosts, reason)
    assert kolla.done() == steps


def test_kolla_stops_where_it_could_not_find_out(kolla: Playbook) -> None:
    deployment(kolla.directory / 'glance-api', 255)

    reasons = kolla.run()

    first = 'glance-status could not find out, exit code 255:'
    assert {host: said[0] for host, said in reasons.items()} == {
        'control1': first,
        'control2': first,
    }
    assert kolla.done() == []


# Helm


CHART = RUNBOOKS / 'helm' / 'glance-upgrade-check'
VALUES = {
    'image': 'registry.example.org/glance:2026.2',
    'target': '2026.2',
    'options': list(CHECKS),
}


def render(values: abc.Mapping[str, typing.Any], name: str = 'glance') -> str:
    """Return the manifest that Helm makes of the chart.

    Helm is the program, or the package helm-python-sdk, which is Helm's own
    Go code as a library.
    """
    program = shutil.which('helm')
    if not program:
        helm = pytest.importorskip('helm_python', reason='no Helm here')
        with helm.Chart.load(CHART) as chart:
            (manifest,) = chart.render(dict(values), name=name).values()
        return str(manifest)
    done = subprocess.run(
        [program, 'template', name, str(CHART), '--values', '-'],
        input=json.dumps(values),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout


def test_the_job_is_one_of_kubernetes() -> None:
    validate = pytest.importorskip('kubernetes_validate')
    job = yaml.safe_load(render(VALUES))

    version = validate.latest_version()
    validate.validate(job, version, strict=True)

    job['spec']['template']['spec']['restartPolicies'] = 'Never'
    with pytest.raises(validate.ValidationError):
        validate.validate(job, version, strict=True)


def test_the_job_is_a_hook_that_may_do_nothing_but_look() -> None:
    job = yaml.safe_load(render(VALUES))

    pod = job['spec']['template']['spec']
    (container,) = pod.pop('containers')
    assert job['metadata'] == {
        'name': 'glance-upgrade-check',
        'annotations': {
            'helm.sh/hook': 'pre-upgrade',
            'helm.sh/hook-weight': '-10',
            'helm.sh/hook-delete-policy': 'before-hook-creation',
        },
    }
    assert job['spec']['backoffLimit'] == 0
    assert pod == {
        'restartPolicy': 'Never',
        'automountServiceAccountToken': False,
        'securityContext': {
            'runAsNonRoot': True,
            'runAsUser': 42424,
            'runAsGroup': 42424,
            'fsGroup': 42424,
            'seccompProfile': {'type': 'RuntimeDefault'},
        },
        'volumes': [
            {
                'name': 'configuration',
                'secret': {'secretName': 'glance-etc', 'defaultMode': 0o440},
            }
        ],
    }
    assert container['securityContext'] == {
        'allowPrivilegeEscalation': False,
        'readOnlyRootFilesystem': True,
        'capabilities': {'drop': ['ALL']},
    }


def test_a_long_release_name_fits_into_that_of_the_job() -> None:
    job = yaml.safe_load(render(VALUES, name='g' * 53))

    assert len(job['metadata']['name']) <= 63


@pytest.mark.parametrize('missing', ['image', 'target'])
def test_the_chart_has_no_default_for_what_it_cannot_know(
    missing: str,
) -> None:
    with pytest.raises(Exception, match=f'set {missing}'):
        render(VALUES | {missing: ''})


@pytest.mark.parametrize(
    ('code', 'level', 'expected'),
    [
        (0, 'failure', 0),
        (1, 'failure', 0),
        (1, 'warning', 1),
        (2, 'failure', 2),
        (255, 'failure', 255),
    ],
)
def test_the_command_of_the_job_ends_as_it_should(
    tmp_path: pathlib.Path, code: int, level: str, expected: int
) -> None:
    deployment(tmp_path, code)
    values = {'failLevel': level, 'configDirectory': str(tmp_path)}
    job = yaml.safe_load(render(VALUES | values))
    (container,) = job['spec']['template']['spec']['containers']

    assert container['command'] == ['python3', '-m', 'glance_status']
    completed = command.run(
        *container['command'][1:],
        *container['args'],
        env={item['name']: item['value'] for item in container['env']},
        program=sys.executable,
    )

    assert completed.code == expected


# systemd

DROP_IN = RUNBOOKS / 'systemd' / 'glance-api.service.d' / 'upgrade-check.conf'
GLANCE_API = '[Service]\nUser=root\nExecStart=/bin/sleep 1\n'
VERIFIED = command.Completed(0, '', '')


def verify(directory: pathlib.Path, *units: str) -> command.Completed:
    """Have systemd look at units in a directory."""
    program = find('systemd-analyze')
    return run(
        [program, 'verify', '--man=no', *(directory / name for name in units)],
        {'SYSTEMD_UNIT_PATH': f'{directory}:'},
    )


def install(source: pathlib.Path, target: pathlib.Path) -> None:
    """Copy a unit, with the command where it is installed here."""
    target.parent.mkdir(exist_ok=True)
    text = source.read_text()
    assert PROGRAM in text
    target.write_text(text.replace(PROGRAM, command.COMMAND))


def command_line(path: pathlib.Path, key: str) -> list[str]:
    """Return the words of the one line that gives a key a value."""
    (line,) = (
        line.removeprefix(f'{key}=')
        for line in path.read_text().splitlines()
        if line.startswith(f'{key}=')
    )
    return shlex.split(line)


def run_line(
    words: abc.Sequence[str], directory: pathlib.Path, *options: str
) -> command.Completed:
    """Run a line of a runbook on the configuration in a directory."""
    assert words[0] == PROGRAM
    return command.run(
        *words[1:], *options, env={'OS_GLANCE_CONFIG_DIR': str(directory)}
    )


def test_systemd_takes_the_drop_in(tmp_path: pathlib.Path) -> None:
    (tmp_path / 'glance-api.service').write_text(GLANCE_API)
    drop_in = tmp_path / 'glance-api.service.d' / DROP_IN.name
    install(DROP_IN, drop_in)

    assert verify(tmp_path, 'glance-api.service') == VERIFIED

    drop_in.write_text(drop_in.read_text().replace('glance-status', 'gone'))
    assert 'is not executable' in verify(tmp_path, 'glance-api.service').stderr


@pytest.mark.parametrize(
    ('code', 'expected'), [(0, 0), (1, 0), (2, 2), (255, 255)]
)
def test_the_api_starts_unless_there_is_a_failure_or_no_answer(
    tmp_path: pathlib.Path, code: int, expected: int
) -> None:
    deployment(tmp_path, code)
    words = command_line(DROP_IN, 'ExecStartPre')

    assert run_line(words, tmp_path, *CHECKS).code == expected


# Monitoring

TIMER = RUNBOOKS / 'monitoring' / 'glance-status-prometheus.timer'
SERVICE = TIMER.with_suffix('.service')


def test_systemd_takes_the_timer_and_its_service(
    tmp_path: pathlib.Path,
) -> None:
    shutil.copy(TIMER, tmp_path)
    install(SERVICE, tmp_path / SERVICE.name)

    assert verify(tmp_path, TIMER.name, SERVICE.name) == VERIFIED


@pytest.mark.parametrize('code', [0, 1, 2, 255])
def test_prometheus_can_read_what_the_service_writes(
    tmp_path: pathlib.Path, code: int
) -> None:
    parser = pytest.importorskip('prometheus_client.parser')
    deployment(tmp_path, code)
    words = command_line(SERVICE, 'ExecStart')
    format_and_path = words[words.index('--output') + 1]
    words = [
        word.replace(format_and_path, f'prometheus:{tmp_path}/status.prom')
        for word in words
    ]

    completed = run_line(words, tmp_path, *CHECKS)
    written = (tmp_path / 'status.prom').read_text()
    values = {
        sample.name: sample.value
        for family in parser.text_string_to_metric_families(written)
        for sample in family.samples
    }

    assert completed.code == code
    assert values['glance_status_exit_code'] == code


def test_the_rules_ask_for_what_is_written(tmp_path: pathlib.Path) -> None:
    deployment(tmp_path, 2)
    rules = (TIMER.parent / 'alerts.yml').read_text()
    asked = set(re.findall(r'glance_status_\w+', rules))

    written = run_line(
        [PROGRAM, 'upgrade', 'check', '--format', 'prometheus'], tmp_path
    ).stdout

    assert asked == {name for name in asked if f'# TYPE {name} ' in written}


def test_prometheus_takes_the_rules() -> None:
    promtool = find('promtool')

    checked = run([promtool, 'check', 'rules', TIMER.parent / 'alerts.yml'])

    assert (checked.code, checked.stderr) == (0, '')


NRPE = RUNBOOKS / 'monitoring' / 'nrpe.cfg'
SUDOERS = RUNBOOKS / 'monitoring' / 'glance-status.sudoers'


@pytest.mark.parametrize(
    ('code', 'expected', 'word'),
    [
        (0, 0, 'OK'),
        (1, 1, 'WARNING'),
        (2, 2, 'CRITICAL'),
        (255, 3, 'UNKNOWN'),
    ],
)
def test_nagios_gets_a_code_that_it_knows_and_a_line(
    tmp_path: pathlib.Path, code: int, expected: int, word: str
) -> None:
    deployment(tmp_path, code)
    words = command_line(NRPE, 'command[check_glance_upgrade]')
    assert words[:4] == ['/usr/bin/sudo', '-n', '-u', 'glance']

    completed = run_line(words[4:], tmp_path, *CHECKS)

    assert completed.code == expected
    assert completed.stdout.startswith(f'GLANCE_UPGRADE {word} - ')


def test_sudo_allows_what_nrpe_asks_for_and_no_more() -> None:
    words = command_line(NRPE, 'command[check_glance_upgrade]')
    rule = SUDOERS.read_text().splitlines()[-1]

    assert rule == f'nagios ALL=(glance) NOPASSWD: {shlex.join(words[4:])}'


def test_sudo_can_read_the_rule() -> None:
    visudo = shutil.which('visudo', path='/usr/sbin:/usr/bin')
    if not visudo:
        pytest.skip('visudo is not installed')

    assert run([visudo, '-cf', SUDOERS]).code == 0
