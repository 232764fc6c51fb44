# SPDX-License-Identifier: Apache-2.0
"""Where real Glance databases stand, and that the real Glance agrees."""

import datetime
import pathlib
import re
import subprocess
import typing

import pytest

from glance_status import context, schema
from glance_status.checks import drift, revision
from tests.functional import command, glance_databases, judging
from tests.unit import checkers

Document = dict[str, typing.Any]

SYNC = '`glance-manage db sync`'
STAMP = '`glance-manage db version_control --version %s`'
HIBISCUS = {'release': '2026.2', 'version': '33.0.0', 'origin': 'newest'}
KINDS = {kind.id: kind for kind in revision.CHECKS[0].kinds}
NOTE, WARNING, FAILURE = 0, 1, 2


def check(directory: pathlib.Path, url: str, *args: str) -> command.Completed:
    """Run the check of this file alone on a database."""
    conf = command.deployment(directory, url)
    return command.run(
        '--config-file', conf, 'upgrade', 'check',
        '--check', 'schema-revision', *args,
    )  # fmt: skip


def document(
    completed: command.Completed, directory: pathlib.Path
) -> Document:
    """Return the JSON report without the checks that were not selected."""
    report: Document = command.document(completed)
    assert {row['cause'] for row in report['not_run']} <= {'deselected'}
    report['summary']['not_run'] -= len(report.pop('not_run'))
    files = [str(directory / 'glance-api.conf')]
    assert report.pop('config_files') == files
    return report


def finding(
    name: str,
    result: int,
    message: str,
    remediation: str | None = None,
    affected: tuple[str, ...] | int | None = None,
) -> Document:
    """Return a finding as the report has it."""
    kind = KINDS[name]
    sample = [] if isinstance(affected, int) else list(affected or ())
    return {
        'id': name,
        'result': result,
        'message': message,
        'remediation': remediation or kind.remediation,
        'since': kind.since,
        'reference': kind.reference,
        'affected': affected
        and {'count': len(sample) or affected, 'sample': sample},
        'state': 'active',
        'waiver': None,
    }


def report(
    findings: list[Document],
    before: str,
    source: Document | None,
    target: Document = HIBISCUS,
) -> Document:
    """Return the report whose only check has these findings."""
    findings = sorted(findings, key=lambda item: -item['result'])
    worst = max((item['result'] for item in findings), default=0)
    outcome = ('success', 'warning', 'failure')[worst]
    details = '\n'.join(
        f'{item["message"]} {item["remediation"]}' for item in findings
    )
    names = ('success', 'warning', 'failure', 'error', 'not_run', 'waived')
    return {
        'schema_version': '1.0',
        'tool_version': '1.0.0',
        'host': 'node1',
        'generated_at': '2026-11-22T02:00:00Z',
        'name': 'Upgrade Check Results',
        'outcome': outcome,
        'exit_code': worst,
        'complete': True,
        'before': before,
        'target': target,
        'source': source,
        'options': {},
        'summary': {name: int(name == outcome) for name in names},
        'checks': [
            {
                'check': 'Schema revision',
                'result': worst,
                'details': details or None,
                'id': 'schema-revision',
                'plugin': 'glance',
                'duration': 0.0,
                'findings': findings,
            }
        ],
        'gone': [],
    }


def in_order(*steps: str) -> str:
    return 'Back up the database, then: ' + ' then '.join(steps) + '.'


def behind(rows: str, to_go: int, changes: int, first: str = '') -> Document:
    return finding(
        'db-revision',
        NOTE,
        f'The database is at {rows}; 2026.2 Hibiscus needs '
        f'2024_1_contract01: revisions to go: {to_go}, with changes to the '
        f'schema: {changes}.',
        f'Not before what {first} says is done: run {SYNC} of 33.0.0.'
        if first
        else f'Back up the database, then run {SYNC} of 33.0.0.',
    )


def middle(rows: str, to_expand: bool = False) -> Document:
    return finding(
        'db-not-contracted',
        WARNING,
        f'The database is between {rows}.'
        if ',' in rows
        else f'The database is at {rows}, which is a revision of the expand '
        'branch.',
        f'Stop all nodes of the old release, then {SYNC}.'
        if to_expand
        else None,
    )


def stamped_wrong(
    rows: str, said: str, items: tuple[str, ...], remediation: str
) -> Document:
    return finding(
        'db-half-applied',
        FAILURE,
        f'At {rows} this is what the database {said}: {", ".join(items)}.',
        remediation,
        items,
    )


TOO_MUCH = 'should not have, and does'
TOO_LITTLE = 'should have and does not'
PREMIGRATE = finding(
    'db-premigrate',
    FAILURE,
    'The database is at version 42 of sqlalchemy-migrate, which no release '
    'from 23.0.0 on understands.',
    in_order(STAMP % 'liberty', SYNC),
)
UNSTAMPED = finding(
    'db-unstamped',
    FAILURE,
    'The database has the tables of Glance, and alembic_version does not say '
    'at which revision they are. They are those of 2024_1_contract01.',
    in_order(STAMP % '2024_1_contract01', SYNC),
)
TRIGGERS = finding(
    'db-triggers',
    FAILURE,
    'The table images has the triggers insert_visibility, update_visibility.',
    affected=('insert_visibility', 'update_visibility'),
)
POSTGRESQL = finding(
    'db-rolling-engine', NOTE, 'The database is in PostgreSQL.'
)


def renamed(old: str, new: str) -> Document:
    return finding(
        'db-ocata01',
        FAILURE,
        f'The database is at the revision {old}.',
        in_order(
            f"UPDATE alembic_version SET version_num = '{new}' WHERE "
            f"version_num = '{old}';",
            SYNC,
        ),
    )


# State: what is said on SQLite before the sync.
EXPECTED: dict[str, list[Document]] = {
    'empty': [finding('db-empty', WARNING, 'The database has no tables.')],
    'up_to_date': [],
    'behind_liberty': [behind('liberty', 28, 8)],
    'behind_mitaka02': [behind('mitaka02', 26, 7)],
    'behind_ocata_contract01': [behind('ocata_contract01', 24, 5)],
    'behind_pike_contract01': [behind('pike_contract01', 22, 4)],
    'behind_queens_contract01': [behind('queens_contract01', 20, 4)],
    'behind_rocky_contract02': [behind('rocky_contract02', 16, 2)],
    'behind_train_contract01': [behind('train_contract01', 14, 2)],
    'behind_ussuri_contract01': [behind('ussuri_contract01', 12, 2)],
    'behind_wallaby_contract01': [behind('wallaby_contract01', 10, 1)],
    'behind_2023_1_contract01': [behind('2023_1_contract01', 2, 1)],
    'expanded': [
        middle('2023_1_contract01, 2024_1_expand01'),
        behind('2023_1_contract01, 2024_1_expand01', 1, 0),
    ],
    'migrated': [
        middle('2023_1_contract01, 2024_1_expand01'),
        behind('2023_1_contract01, 2024_1_expand01', 1, 0),
    ],
    'expanded_from_rocky': [
        middle('2024_1_expand01, rocky_contract02'),
        behind('2024_1_expand01, rocky_contract02', 8, 0),
    ],
    'ocata_expanded': [
        middle('ocata_expand01', to_expand=True),
        behind('ocata_expand01', 25, 6),
    ],
    'pre_alembic': [PREMIGRATE],
    'pre_alembic_failed_sync': [PREMIGRATE],
    'unstamped': [UNSTAMPED],
    'unstamped_empty': [UNSTAMPED],
    'ocata01': [renamed('ocata01', 'ocata_contract01')],
    'pike01': [renamed('pike01', 'pike_contract01')],
    'unknown_revision': [
        finding(
            'db-unknown-rev',
            FAILURE,
            'The database is at the revision 2029_2_contract01, which no '
            'release up to 2026.2 Hibiscus has.',
        )
    ],
    'foreign': [
        finding(
            'db-foreign',
            FAILURE,
            'The database has tables, and none of them is images.',
            affected=('compute_nodes', 'instances', 'services'),
        )
    ],
    'foreign_alembic': [
        finding(
            'db-foreign',
            FAILURE,
            'The database is at the revision 8f2f1571d55b, which is not one '
            'of Glance, and has no table images.',
        )
    ],
    'half_applied': [
        stamped_wrong(
            '2023_1_contract01',
            TOO_MUCH,
            ('table node_reference',),
            in_order('DROP TABLE node_reference;', SYNC),
        ),
        behind('2023_1_contract01', 2, 1, first='db-half-applied'),
    ],
    'half_applied_all': [
        stamped_wrong(
            '2023_1_contract01',
            TOO_MUCH,
            ('table cached_images', 'table node_reference'),
            in_order(STAMP % '2024_1_contract01', SYNC),
        ),
        behind('2023_1_contract01', 2, 1, first='db-half-applied'),
    ],
    'head_without_table': [
        stamped_wrong(
            '2024_1_contract01',
            TOO_LITTLE,
            ('table cached_images',),
            in_order(
                STAMP % '2023_1_contract01', 'DROP TABLE node_reference;', SYNC
            ),
        )
    ],
}


def expected(server: str, state: str, before: str) -> list[Document]:
    """Return what is said of a state on a server before a step."""
    findings = [dict(item) for item in EXPECTED[state]]
    if (server, state) == ('mariadb', 'ocata_expanded'):
        # Only there does the expansion of Ocata make triggers.
        findings = [
            TRIGGERS,
            findings[0],
            behind('ocata_expand01', 25, 6, first='db-triggers'),
        ]
    is_behind = any(item['id'] == 'db-revision' for item in findings)
    if server == 'postgresql':
        for item in findings:
            if item['id'] == 'db-not-contracted':
                item['remediation'] = (
                    f'Stop all nodes of the old release, then {SYNC}.'
                )
        findings += [POSTGRESQL] if is_behind else []
    if before == 'restart':
        for item in findings:
            if item['id'] in ('db-revision', 'db-empty'):
                item['result'] = FAILURE
    return findings


STEIN = ['Rocky', 'Stein']
CARACAL = ['2024.1', '2024.2', '2025.1', '2025.2', '2026.1', '2026.2']
SOURCES = {
    'rocky_contract02': STEIN,
    'train_contract01': ['Train'],
    'ussuri_contract01': ['Ussuri', 'Victoria'],
    'wallaby_contract01': ['Wallaby', 'Xena', 'Yoga', 'Zed'],
    '2023_1_contract01': ['2023.1', '2023.2'],
    '2024_1_contract01': CARACAL,
}


def source(url: str) -> Document | None:
    rows = glance_databases.revisions(url)
    if not rows:
        return None
    found = [SOURCES[row] for row in rows if row in SOURCES]
    return {'releases': found[0] if found else [], 'schema_revisions': rows}


def test_every_state_is_judged() -> None:
    assert EXPECTED.keys() == glance_databases.STATES.keys()


@pytest.mark.parametrize('server', glance_databases.SERVERS)
@pytest.mark.parametrize('state', EXPECTED)
def test_a_state_is_reported(
    server: str, state: str, tmp_path: pathlib.Path
) -> None:
    with glance_databases.database(server, state) as url:
        for before in ('sync', 'restart'):
            completed = check(tmp_path, url, '--before', before, '--json')
            findings = expected(server, state, before)
            wanted = report(findings, before, source(url))
            assert document(completed, tmp_path) == wanted
            assert completed.code == wanted['exit_code']


def beyond(rows: str, title: str, head: str) -> Document:
    return finding(
        'db-unknown-rev',
        FAILURE,
        f'The database is at the revision {rows}; {title} ends at {head}.',
    )


OLDER = {
    ('up_to_date', 'train'): (
        beyond('2024_1_contract01', 'Train', 'train_contract01'),
        {'release': 'Train', 'version': '19.0.0', 'origin': 'option'},
    ),
    ('expanded', '2023.2'): (
        finding(
            'db-unknown-rev',
            WARNING,
            'The database is at the revision 2023_1_contract01, '
            '2024_1_expand01; 2023.2 Bobcat ends at 2023_1_contract01, and a '
            f'newer release has expanded it: {SYNC} does nothing here.',
            'Check --target and [database] connection. Nodes of this release '
            'work with such a database; finish the upgrade to the newer one, '
            'or restore the backup of before.',
        ),
        {'release': '2023.2', 'version': '27.0.0', 'origin': 'option'},
    ),
    ('behind_rocky_contract02', '22'): (
        finding(
            'db-revision',
            NOTE,
            'The database is at rocky_contract02; Wallaby needs '
            'wallaby_contract01: revisions to go: 6, with changes to the '
            'schema: 1.',
            f'Back up the database, then run {SYNC} of 22.0.0.',
        ),
        {'release': 'Wallaby', 'version': '22.0.0', 'origin': 'option'},
    ),
    ('ocata01', '26'): (
        None,
        {'release': '2023.1', 'version': '26.0.0', 'origin': 'option'},
    ),
}


@pytest.mark.parametrize('server', glance_databases.SERVERS)
@pytest.mark.parametrize(('state', 'word'), OLDER)
def test_a_state_is_reported_to_an_older_target(
    server: str, state: str, word: str, tmp_path: pathlib.Path
) -> None:
    item, target = OLDER[state, word]
    findings = [item] if item else []
    if not item:
        findings = [
            finding(
                'db-revision',
                NOTE,
                'The database is at ocata_contract01; 2023.1 Antelope needs '
                '2023_1_contract01: revisions to go: 22, with changes to the '
                'schema: 4.',
                f'Back up the database, then run {SYNC} of 26.0.0.',
            ),
            finding(
                'db-ocata01',
                NOTE,
                'The database is at the revision ocata01. 2023.1 Antelope '
                'renames it; from 27.0.0 on no release does.',
                f'Run {SYNC}.',
            ),
        ]
    if server == 'postgresql' and findings[0]['id'] == 'db-revision':
        findings.insert(1, POSTGRESQL)
    with glance_databases.database(server, state) as url:
        completed = check(tmp_path, url, '--target', word, '--json')
        wanted = report(findings, 'sync', source(url), target)
        assert document(completed, tmp_path) == wanted
        assert completed.code == wanted['exit_code']


# State: targets, first to last, and the ids of what is said before the sync.
BY_TARGET = {
    'empty': {(18, 33): 'db-empty'},
    'up_to_date': {(18, 27): 'db-unknown-rev', (28, 33): ''},
    'behind_liberty': {(18, 33): 'db-revision'},
    'behind_mitaka02': {(18, 33): 'db-revision'},
    'behind_ocata_contract01': {(18, 33): 'db-revision'},
    'behind_pike_contract01': {(18, 33): 'db-revision'},
    'behind_queens_contract01': {(18, 33): 'db-revision'},
    'behind_rocky_contract02': {(18, 18): '', (19, 33): 'db-revision'},
    'behind_train_contract01': {
        (18, 18): 'db-unknown-rev',
        (19, 19): '',
        (20, 33): 'db-revision',
    },
    'behind_ussuri_contract01': {
        (18, 19): 'db-unknown-rev',
        (20, 21): '',
        (22, 33): 'db-revision',
    },
    'behind_wallaby_contract01': {
        (18, 21): 'db-unknown-rev',
        (22, 25): '',
        (26, 33): 'db-revision',
    },
    'behind_2023_1_contract01': {
        (18, 25): 'db-unknown-rev',
        (26, 27): '',
        (28, 33): 'db-revision',
    },
    'expanded': {
        (18, 27): 'db-unknown-rev',
        (28, 33): 'db-not-contracted db-revision',
    },
    'migrated': {
        (18, 27): 'db-unknown-rev',
        (28, 33): 'db-not-contracted db-revision',
    },
    'expanded_from_rocky': {
        (18, 27): 'db-unknown-rev',
        (28, 33): 'db-not-contracted db-revision',
    },
    'ocata_expanded': {(18, 33): 'db-not-contracted db-revision'},
    'pre_alembic': {
        (18, 22): 'db-revision db-premigrate',
        (23, 33): 'db-premigrate',
    },
    'pre_alembic_failed_sync': {
        (18, 22): 'db-revision db-premigrate',
        (23, 33): 'db-premigrate',
    },
    'unstamped': {(18, 33): 'db-unstamped'},
    'unstamped_empty': {(18, 33): 'db-unstamped'},
    'ocata01': {(18, 26): 'db-revision db-ocata01', (27, 33): 'db-ocata01'},
    'pike01': {(18, 26): 'db-revision db-ocata01', (27, 33): 'db-ocata01'},
    'unknown_revision': {(18, 33): 'db-unknown-rev'},
    'foreign': {(18, 33): 'db-foreign'},
    'foreign_alembic': {(18, 33): 'db-foreign'},
    'half_applied': {
        (18, 25): 'db-unknown-rev',
        (26, 27): 'db-half-applied',
        (28, 33): 'db-half-applied db-revision',
    },
    'half_applied_all': {
        (18, 25): 'db-unknown-rev',
        (26, 27): 'db-half-applied',
        (28, 33): 'db-half-applied db-revision',
    },
    'head_without_table': {
        (18, 27): 'db-unknown-rev',
        (28, 33): 'db-half-applied',
    },
}


@pytest.mark.parametrize('state', EXPECTED)
def test_a_state_is_judged_for_every_target(
    state: str, tmp_path: pathlib.Path
) -> None:
    with glance_databases.database('sqlite', state) as url:
        found = {
            target: ids_for(tmp_path, url, target) for target in range(18, 34)
        }
    assert found == {
        target: ids
        for (first, last), ids in BY_TARGET[state].items()
        for target in range(first, last + 1)
    }


def ids_for(directory: pathlib.Path, url: str, target: int) -> str:
    text = f'[database]\nconnection = {url}\n'
    checker = checkers.make(directory, text, target=str(target))
    found = revision.check_revision(checker)
    checker.close()
    return ' '.join(item.id for item in found)


# What is said before Ocata, with images


def image(name: str, **values: typing.Any) -> Document:
    """Return a row of images with what every release demands."""
    return {
        'id': name,
        'status': 'active',
        'created_at': datetime.datetime(2016, 1, 1),
        'deleted': False,
        'min_disk': 0,
        'min_ram': 0,
        'protected': False,
        **values,
    }


def add_old_images(url: str) -> None:
    """Add a public, a private and a shared image of before Ocata."""
    glance_databases.insert(
        url,
        'images',
        image('public', is_public=True),
        image('private', is_public=False),
        image('shared', is_public=False),
    )
    member = {
        'id': 1,
        'image_id': 'shared',
        'member': 'tenant',
        'can_share': False,
        'created_at': datetime.datetime(2016, 1, 1),
        'deleted': False,
        'status': 'accepted',
    }
    glance_databases.insert(url, 'image_members', member)


OLD = (
    'behind_liberty',
    'behind_mitaka02',
    'ocata_expanded',
    'pre_alembic',
    'pre_alembic_failed_sync',
)


@pytest.mark.parametrize('server', glance_databases.SERVERS)
@pytest.mark.parametrize('state', OLD)
def test_images_of_before_ocata_get_their_visibility(
    server: str, state: str, tmp_path: pathlib.Path
) -> None:
    with glance_databases.database(server, state) as url:
        if (server, state) == ('mariadb', 'ocata_expanded'):
            # The triggers fill in what the old release writes.
            pytest.skip('there the triggers do it')
        add_old_images(url)
        completed = check(tmp_path, url, '--json')
        failure = document(completed, tmp_path)['checks'][0]['findings'][0]
        assert completed.code == 2
        assert failure['id'] == (
            'db-premigrate' if 'alembic' in state else 'db-visibility'
        )
        apply(url, failure['remediation'])
        assert check(tmp_path, url, '--before', 'restart').code == 0
        assert glance_databases.query(
            url, 'SELECT id, visibility FROM images ORDER BY id'
        ) == [
            ('private', 'private'),
            ('public', 'public'),
            ('shared', 'shared'),
        ]
        assert takes_an_image(url)


def test_images_of_before_ocata_are_reported(tmp_path: pathlib.Path) -> None:
    with glance_databases.database('mariadb', 'behind_liberty') as url:
        add_old_images(url)
        completed = check(tmp_path, url, '--json')
    wanted = report(
        [
            finding(
                'db-visibility',
                FAILURE,
                'Images without visibility: 3.',
                in_order(
                    '`glance-manage db upgrade --version ocata_expand01`',
                    "UPDATE images SET visibility='public' WHERE is_public;",
                    "UPDATE images SET visibility='private' WHERE NOT "
                    'is_public AND visibility IS NULL;',
                    "UPDATE images SET visibility='shared' WHERE "
                    "visibility='private' AND id IN (SELECT image_id FROM "
                    'image_members WHERE NOT deleted);',
                    'DROP TRIGGER IF EXISTS insert_visibility;',
                    'DROP TRIGGER IF EXISTS update_visibility;',
                    SYNC,
                ),
                affected=3,
            ),
            behind('liberty', 28, 8, first='db-visibility'),
        ],
        'sync',
        {'releases': [], 'schema_revisions': ['liberty']},
    )
    assert document(completed, tmp_path) == wanted


@pytest.mark.parametrize('server', glance_databases.SERVERS)
def test_a_private_image_with_members_would_be_shared_no_more(
    server: str, tmp_path: pathlib.Path
) -> None:
    with glance_databases.database(server, 'behind_liberty') as url:
        add_old_images(url)
        manage(url, 'db upgrade --version ocata_expand01')
        glance_databases.execute(
            url,
            "UPDATE images SET visibility='public' WHERE is_public",
            "UPDATE images SET visibility='private' WHERE NOT is_public",
        )
        failures = failures_of(check(tmp_path, url, '--json'))
        assert failures['db-visibility']['message'] == (
            'Private images that are shared with others: 1.'
        )
        apply(url, failures['db-visibility']['remediation'])
        assert check(tmp_path, url, '--before', 'restart').code == 0
        assert glance_databases.query(
            url, "SELECT visibility FROM images WHERE id = 'shared'"
        ) == [('shared',)]


@pytest.mark.parametrize('server', glance_databases.SERVERS)
def test_a_sync_that_failed_on_images_of_before_ocata(
    server: str, tmp_path: pathlib.Path
) -> None:
    with glance_databases.database(server, 'behind_liberty') as url:
        add_old_images(url)
        assert glance_databases.glance_manage(url, 'db', 'sync').returncode
        failures = failures_of(check(tmp_path, url, '--json'))
        if server == 'mariadb':
            # Its contraction dropped the column before it failed.
            assert list(failures) == ['db-half-applied', 'db-visibility']
            assert failures['db-half-applied']['affected'] == {
                'count': 1,
                'sample': ['column images.is_public'],
            }
            assert 'UPDATE' not in failures['db-visibility']['remediation']
            return
        assert list(failures) == ['db-visibility']
        apply(url, failures['db-visibility']['remediation'])
        assert check(tmp_path, url, '--before', 'restart').code == 0


def failures_of(completed: command.Completed) -> dict[str, Document]:
    findings = command.document(completed)['checks'][0]['findings']
    return {item['id']: item for item in findings if item['result'] == FAILURE}


# The remedies, and the real Glance


def manage(url: str, words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the real glance-manage, which has to succeed."""
    completed = glance_databases.glance_manage(url, *words.split())
    assert completed.returncode == 0, completed.stdout + completed.stderr
    return completed


def apply(url: str, remediation: str) -> int:
    """Do what a remedy says, in its order; return the number of steps."""
    steps = re.findall(
        r'`glance-manage ([^`]+)`|\b((?:UPDATE|DROP|ALTER) [^;`]+);',
        remediation,
    )
    for words, statement in steps:
        if words:
            manage(url, words)
        else:
            glance_databases.execute(url, statement)
    return len(steps)


def takes_an_image(url: str) -> bool:
    """Tell whether Glance could create an image in the database."""
    row = image('new', visibility='shared', os_hidden=False)
    try:
        glance_databases.insert(url, 'images', row)
    except Exception:
        return False
    return True


HOPELESS = ('unknown_revision', 'foreign', 'foreign_alembic')


# Every head goes the same way; one server is enough for those in between.
CURABLE = [
    (server, state)
    for server in glance_databases.SERVERS
    for state in EXPECTED
    if state not in HOPELESS
    and (
        server == 'mariadb'
        or not state.startswith('behind_')
        or state in ('behind_liberty', 'behind_2023_1_contract01')
    )
]


@pytest.mark.parametrize(('server', 'state'), CURABLE)
def test_the_remedy_that_is_named_works(
    server: str, state: str, tmp_path: pathlib.Path
) -> None:
    with glance_databases.database(server, state) as url:
        completed = check(tmp_path, url, '--before', 'restart', '--json')
        assert completed.code == (0 if state == 'up_to_date' else 2)
        for item in command.document(completed)['checks'][0]['findings']:
            assert apply(url, item['remediation'])
        assert check(tmp_path, url, '--before', 'restart').code == 0
        assert takes_an_image(url)


# Where the real Glance goes through, and what is wrong with it afterwards.
HARM: dict[tuple[str, str], typing.Callable[[str], bool]] = {
    **{
        (server, 'foreign'): lambda url: (
            {'images', 'instances'} <= glance_databases.tables(url)
        )
        for server in glance_databases.SERVERS
    },
    **{
        (server, 'head_without_table'): lambda url: (
            'cached_images' not in glance_databases.tables(url)
        )
        for server in glance_databases.SERVERS
    },
    ('mariadb', 'ocata_expanded'): lambda url: not takes_an_image(url),
}


# For the others, the remedy that is named is db sync alone, and goes through.
TROUBLED = [
    state
    for state, findings in EXPECTED.items()
    if state == 'ocata_expanded'
    or any(item['result'] == FAILURE for item in findings)
]


@pytest.mark.parametrize('server', glance_databases.SERVERS)
@pytest.mark.parametrize('state', TROUBLED)
def test_the_real_glance_agrees(server: str, state: str) -> None:
    findings = expected(server, state, 'sync')
    fails = any(item['result'] == FAILURE for item in findings)
    with glance_databases.database(server, state) as url:
        completed = glance_databases.glance_manage(url, 'db', 'sync')
        harm = HARM.get((server, state))
        if harm:
            assert fails
            assert completed.returncode == 0
            assert harm(url)
            return
        assert (completed.returncode != 0) == fails, completed.stderr
        if not fails:
            assert glance_databases.revisions(url) == [glance_databases.HEAD]
            assert takes_an_image(url)


@pytest.mark.parametrize('server', glance_databases.SERVERS)
@pytest.mark.parametrize(
    ('state', 'fitting'),
    {
        'behind_liberty': 'liberty',
        'ocata_expanded': 'ocata_expand01',
        'behind_ocata_contract01': 'ocata_contract01',
        'behind_queens_contract01': 'pike_contract01',
        'behind_ussuri_contract01': 'rocky_contract02',
        'behind_2023_1_contract01': 'wallaby_contract01',
    }.items(),
)
def test_a_lost_stamp_is_found_again(
    server: str, state: str, fitting: str, tmp_path: pathlib.Path
) -> None:
    with glance_databases.database(server, state) as url:
        glance_databases.execute(url, 'DROP TABLE alembic_version')
        failure = failures_of(check(tmp_path, url, '--json'))['db-unstamped']
        assert failure['remediation'] == in_order(STAMP % fitting, SYNC)
        if server == 'mariadb' and state != 'ocata_expanded':
            apply(url, failure['remediation'])
            assert check(tmp_path, url, '--before', 'restart').code == 0


@pytest.mark.parametrize('server', glance_databases.SERVERS)
def test_columns_of_a_migration_that_failed_half_way(
    server: str, tmp_path: pathlib.Path
) -> None:
    with glance_databases.database(server, 'behind_queens_contract01') as url:
        glance_databases.execute(
            url,
            'ALTER TABLE images ADD COLUMN os_hidden BOOLEAN '
            'DEFAULT FALSE NOT NULL',
        )
        assert glance_databases.glance_manage(url, 'db', 'sync').returncode
        failures = failures_of(check(tmp_path, url, '--json'))
        remediation = failures['db-half-applied']['remediation']
        assert 'ALTER TABLE images DROP COLUMN os_hidden;' in remediation
        apply(url, remediation)
        assert check(tmp_path, url, '--before', 'restart').code == 0


@pytest.mark.parametrize('server', glance_databases.SERVERS)
def test_a_database_stamped_liberty_by_mistake(
    server: str, tmp_path: pathlib.Path
) -> None:
    with glance_databases.database(server, 'unstamped') as url:
        manage(url, 'db version_control')
        failures = failures_of(check(tmp_path, url, '--json'))
        remediation = failures['db-half-applied']['remediation']
        assert remediation == in_order(STAMP % '2024_1_contract01', SYNC)
        apply(url, remediation)
        assert check(tmp_path, url, '--before', 'restart').code == 0


def test_a_table_with_rows_that_is_missing_comes_from_the_backup(
    tmp_path: pathlib.Path,
) -> None:
    with glance_databases.database('sqlite', 'up_to_date') as url:
        glance_databases.execute(url, 'DROP TABLE image_tags')
        failures = failures_of(check(tmp_path, url, '--json'))
    assert list(failures) == ['db-half-applied']
    assert failures['db-half-applied']['remediation'] == (
        'Restore the backup that was made before the failed upgrade.'
    )


def test_an_alembic_version_without_a_row_is_an_empty_database(
    tmp_path: pathlib.Path,
) -> None:
    with glance_databases.database('sqlite') as url:
        glance_databases.execute(
            url, 'CREATE TABLE alembic_version (version_num VARCHAR(32))'
        )
        completed = check(tmp_path, url, '--json')
        assert completed.code == 1
        assert (
            glance_databases.glance_manage(url, 'db', 'sync').returncode == 0
        )
    assert document(completed, tmp_path) == report(
        EXPECTED['empty'], 'sync', None
    )


# What the tables look like

WITHOUT_REVISION = (
    'empty',
    'foreign',
    'foreign_alembic',
    'unstamped',
    'unstamped_empty',
    'unknown_revision',
)


@pytest.mark.parametrize('server', glance_databases.SERVERS)
@pytest.mark.parametrize('state', EXPECTED)
def test_what_glance_made_has_not_drifted(
    server: str, state: str, tmp_path: pathlib.Path
) -> None:
    with glance_databases.database(server, state) as url:
        text = f'[database]\nconnection = {url}\n'
        checker = checkers.make(tmp_path, text)
        try:
            if state in WITHOUT_REVISION:
                with pytest.raises(context.Inapplicable):
                    drift.check_drift(checker)
                return
            assert drift.check_drift(checker) == []
        finally:
            checker.close()


# The table

TABLE = """\
Target: 2026.2 (33.0.0), the newest that this tool knows
Source: 2023.1, 2023.2
+------------------------------------------------------------------------------+
| Upgrade Check Results                                                        |
+------------------------------------------------------------------------------+
| Check: Schema revision                                                       |
| Result: Failure                                                              |
| Details:                                                                     |
| - db-revision (Failure)                                                      |
|   The database is at 2023_1_contract01, 2024_1_expand01; 2026.2 Hibiscus     |
|   needs 2024_1_contract01: revisions to go: 1, with changes to the schema:   |
|   0.                                                                         |
|   Do: Back up the database, then run `glance-manage db sync` of 33.0.0.      |
| - db-not-contracted (Warning)                                                |
|   The database is between 2023_1_contract01, 2024_1_expand01.                |
|   Do: Finish it with `glance-manage db migrate` and                          |
|       `glance-manage db contract` once no node of the old release runs.      |
+------------------------------------------------------------------------------+
| Success: 0, Warning: 0, Failure: 1, Error: 0, Not run: *, Waived: 0 |
| Next: Do not start the new Glance yet. Do what the failures say and run this |
|   again.                                                                     |
+------------------------------------------------------------------------------+
"""  # noqa: E501


def test_a_database_behind_is_shown(tmp_path: pathlib.Path) -> None:
    with glance_databases.database('sqlite', 'expanded') as url:
        completed = check(tmp_path, url, '--before', 'restart')
    # How many other checks there are is of no matter here.
    shown = re.sub(
        r'Not run: \d+, Waived: 0 +',
        'Not run: *, Waived: 0 ',
        completed.stdout,
    )
    assert shown == TABLE
    assert completed.code == 2


# The rows, in databases of every revision

MULTI_STORE = '[DEFAULT]\nenabled_backends = fast:rbd\n'
NOW = datetime.datetime(2024, 2, 5, 10)
ROWS: dict[str, Document] = {
    'images': {
        'id': '1a9e0000-0000-4000-8000-000000000001',
        'status': 'active',
        'size': 10,
        'is_public': True,
        'visibility': 'public',
        'os_hash_value': 'abc',
        'os_hidden': False,
        'min_disk': 0,
        'min_ram': 0,
        'protected': False,
        'created_at': NOW,
        'updated_at': NOW,
        'deleted': False,
    },
    'image_locations': {
        'image_id': '1a9e0000-0000-4000-8000-000000000001',
        'value': 'rbd://fsid/images/1/snap',
        'meta_data': '{"store": "fast"}',
        'status': 'active',
        'created_at': NOW,
        'updated_at': NOW,
        'deleted': False,
    },
}


def insert_what_fits(url: str) -> None:
    """Insert good rows into the tables and columns that are there."""
    with glance_databases.connection(url) as connection:
        live = schema.read(connection, ROWS)
    for table, row in ROWS.items():
        if table in live.tables:
            columns = live.columns[table]
            if 'is_public' in columns:
                # As an old Glance writes it; a trigger wants no more.
                columns = columns - {'visibility'}
            known = {
                name: value for name, value in row.items() if name in columns
            }
            glance_databases.insert(url, table, known)


@pytest.mark.parametrize('server', glance_databases.SERVERS)
@pytest.mark.parametrize('state', glance_databases.STATES)
def test_good_rows_are_good_in_every_schema(
    state: str, server: str, tmp_path: pathlib.Path
) -> None:
    with glance_databases.database(server, state) as url:
        insert_what_fits(url)
        text = f'{MULTI_STORE}[database]\nconnection = {url}\n'
        found = judging.findings(checkers.make(tmp_path, text, source='rocky'))
        assert found == []
