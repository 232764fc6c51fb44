# SPDX-License-Identifier: Apache-2.0
"""Whether images belong to projects or to users."""

from glance_status import context, options, plugins, results
from glance_status.checks import values

REMOVED_IN = 22

OWNER_IS_TENANT = results.FindingKind(
    id='owner-is-tenant',
    title='Images are owned by users',
    looks_for='[DEFAULT] owner_is_tenant = False in the configuration of the '
    'Glance API, where the upgrade passes into 22.0.0 (Wallaby), which '
    'removed the option.',
    matters='The owner that stands in each image is then taken for a '
    'project: users lose their images, and whoever has a project of the '
    'same id gains them. Glance does not refuse to start.',
    remediation='Before the upgrade, give each image the project of its '
    'user as its owner (`openstack image set --project PROJECT IMAGE`), then '
    'remove owner_is_tenant from the configuration.',
    since='22.0.0',
    reference='https://docs.openstack.org/releasenotes/glance/wallaby.html',
)


def check_ownership(checker: context.Checker) -> list[results.Finding]:
    """Look at owner_is_tenant."""
    if options.glance(checker.conf).owner_is_tenant is not False:
        return []
    where = values.place(checker, 'DEFAULT', 'owner_is_tenant')
    said = (
        f'[DEFAULT] owner_is_tenant is False{where}, so images belong to '
        'users.'
    )
    if checker.crosses(REMOVED_IN):
        return [
            OWNER_IS_TENANT.failure(
                f'{said} Glance {REMOVED_IN}.0.0 and later ignore the option '
                'and take every owner for a project.'
            )
        ]
    if checker.target.major < REMOVED_IN:
        return [
            OWNER_IS_TENANT.warning(
                f'{said} The option is deprecated, and gone in '
                f'{REMOVED_IN}.0.0.'
            )
        ]
    return []


CHECKS = (
    plugins.Check(
        id='image-ownership',
        title='Image ownership',
        function=check_ownership,
        kinds=(OWNER_IS_TENANT,),
        topic='images',
        reads=('configuration',),
        description='Whether the owner of an image is a project, as every '
        'release from 22.0.0 on takes for granted.',
    ),
)
