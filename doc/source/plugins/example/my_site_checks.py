# SPDX-License-Identifier: Apache-2.0
"""What our site wants to know before an upgrade of Glance."""

import sqlalchemy
from oslo_config import cfg
from oslo_upgradecheck import upgradecheck

from glance_status import context, plugins, results

IMAGES = sqlalchemy.table(
    'images',
    sqlalchemy.column('name'),
    sqlalchemy.column('status'),
)

QUEUED = results.FindingKind(
    id='my-site-queued-images',
    title='Images wait for their data',
    looks_for='Images whose status is queued.',
    matters='Whoever is about to upload is cut off when the services stop.',
    remediation='Ask their owners to upload now, or delete them.',
)


def check_queued(checker):
    """Look for images without data; a finding has an id of its own."""
    names = checker.connection.scalars(
        sqlalchemy.select(IMAGES.c.name)
        .where(IMAGES.c.status == 'queued')
        .order_by(IMAGES.c.name)
    ).all()
    if not names:
        return []
    return [
        QUEUED.warning(
            f'Images that wait for their data: {len(names)}.',
            affected=results.Affected(len(names), tuple(names)),
        )
    ]


def check_endpoint(checker):
    """Look at an option; the Result is that of oslo.upgradecheck."""
    checker.conf.register_opt(cfg.StrOpt('public_endpoint'))
    if checker.conf.public_endpoint:
        return upgradecheck.Result(upgradecheck.Code.SUCCESS)
    return upgradecheck.Result(
        upgradecheck.Code.WARNING,
        'public_endpoint is not set. Set it to the URL of the load balancer.',
    )


def check_window(checker, releases):
    """Compare the target with the releases that we have approved."""
    if checker.before == 'restart':
        raise context.Inapplicable('the decision was made before the sync')
    if checker.target.label in releases:
        return upgradecheck.Result(upgradecheck.Code.SUCCESS)
    return upgradecheck.Result(
        upgradecheck.Code.FAILURE,
        f'{checker.target.title} is not approved. Approved are: '
        f'{", ".join(releases)}.',
    )


class Checks(plugins.BaseChecks):
    """The entry point."""

    def get_checks(self):
        """Return one check of each form."""
        return [
            ('Public endpoint', check_endpoint),
            ('Approved releases', (check_window, {'releases': ['2025.1']})),
            plugins.Check(
                id='my-site-uploads',
                title='Uploads of our site',
                function=check_queued,
                kinds=(QUEUED,),
                topic='images',
                reads=('database',),
                description='Whether an upload is expected.',
            ),
        ]
