# SPDX-License-Identifier: Apache-2.0
"""What our site wants to know before an upgrade of Glance."""

import sqlalchemy
from oslo_config import cfg
from oslo_upgradecheck import upgradecheck

from glance_status import context, plugins, results, rows

# Plain: a Result, as in every other project of OpenStack


def check_endpoint(checker):
    """Tell whether clients are led to the load balancer."""
    checker.conf.register_opt(cfg.StrOpt('public_endpoint'))
    if checker.conf.public_endpoint:
        return upgradecheck.Result(upgradecheck.Code.SUCCESS)
    return upgradecheck.Result(
        upgradecheck.Code.WARNING,
        'public_endpoint is not set. Set it to the URL of the load balancer.',
    )


def check_release(checker, approved):
    """Compare the target with the releases that we have approved."""
    if checker.before == 'restart':
        raise context.Inapplicable('the decision was made before the sync')
    if checker.target.label in approved:
        return upgradecheck.Result(upgradecheck.Code.SUCCESS)
    return upgradecheck.Result(
        upgradecheck.Code.FAILURE,
        f'{checker.target.title} is not approved. Approved are: '
        f'{", ".join(approved)}.',
    )


# The configuration: findings, which have ids of their own

CORES = 4

WORKERS = results.FindingKind(
    id='my-site-too-many-workers',
    title='More workers than our controllers have processors',
    looks_for=f'[DEFAULT] workers above {CORES}.',
    matters='Each worker keeps its connections to the database, of which '
    'there are not enough for all.',
    remediation=f'Set workers to {CORES} before the services start again.',
)


def check_workers(checker):
    """Look at an option, and say where it stands."""
    checker.conf.register_opt(cfg.IntOpt('workers'))
    workers = checker.conf.workers
    if workers is None or workers <= CORES:
        return []
    setting = checker.written('DEFAULT', 'workers')
    place = f'{setting.place}: ' if setting else ''
    return [WORKERS.warning(f'{place}workers is {workers}.')]


# The rows: a question, answered in the pass that all checks share

IMAGES = sqlalchemy.table(
    'images',
    *map(sqlalchemy.column, ('id', 'name', 'owner', 'status')),
)

QUEUED = results.FindingKind(
    id='my-site-queued-images',
    title='Images wait for their data',
    looks_for='Images whose status is queued.',
    matters='Whoever is about to upload is cut off when the services stop.',
    remediation='Ask their owners to upload now, or delete them.',
)


def ask_queued(checker):
    """Ask for images without data."""
    queued = IMAGES.c.status == 'queued'
    return [rows.Question('queued', IMAGES, queued, sample=(IMAGES.c.name,))]


def check_queued(checker):
    """Judge the answer."""
    answer = checker.answers['queued']
    if not answer.count:
        return []
    return [
        QUEUED.warning(
            f'Images that wait for their data: {answer.count}.',
            affected=answer.affected,
        )
    ]


# The database: a query of our own

PROJECT = '5e0000000000400080000000000000ac'
GOLDEN = ('acme-base-2026', 'acme-golden')

MISSING_IMAGE = results.FindingKind(
    id='my-site-golden-image-missing',
    title='A golden image is not there',
    looks_for='Active images of our project with the names that our '
    'templates use.',
    matters='A template that fails after the upgrade would be taken for a '
    'fault of the upgrade.',
    remediation='Upload them, or drop them from GOLDEN in my_site_checks.',
)


def check_golden(checker):
    """Ask the database; the condition is one that an index answers."""
    connection = checker.connection
    if not sqlalchemy.inspect(connection).has_table(IMAGES.name):
        raise context.Inapplicable('the database has no images')
    present = connection.scalars(
        sqlalchemy.select(IMAGES.c.name).where(
            IMAGES.c.owner == PROJECT, IMAGES.c.status == 'active'
        )
    )
    missing = sorted({*GOLDEN} - {*present})
    if not missing:
        return []
    return [
        MISSING_IMAGE.warning(
            f'Golden images that are not there: {", ".join(missing)}.',
            affected=results.Affected(len(missing), tuple(missing)),
        )
    ]


class Checks(plugins.BaseChecks):
    """The entry point."""

    def get_checks(self):
        """Return one check of each kind."""
        return [
            ('Public endpoint', check_endpoint),
            ('Approved releases', (check_release, {'approved': ['2025.1']})),
            plugins.Check(
                id='my-site-workers',
                title='Workers of our controllers',
                function=check_workers,
                kinds=(WORKERS,),
                topic='services',
                reads=('configuration',),
                description='Whether the workers fit our controllers.',
            ),
            plugins.Check(
                id='my-site-uploads',
                title='Uploads of our site',
                function=check_queued,
                asks=ask_queued,
                kinds=(QUEUED,),
                topic='images',
                reads=('database',),
                description='Whether an upload is expected.',
            ),
            plugins.Check(
                id='my-site-golden-images',
                title='Our golden images',
                function=check_golden,
                kinds=(MISSING_IMAGE,),
                topic='images',
                reads=('database',),
                description='Whether the images of our templates are there.',
            ),
        ]
