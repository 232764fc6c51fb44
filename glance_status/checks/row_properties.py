# SPDX-License-Identifier: Apache-2.0
"""Properties of images that Glance keeps to itself."""

from glance_status import context, plugins, results, rows

NAMESPACE_SINCE = 22
STORES_SINCE = 21

# What an import leaves on an image while it runs.
LOCKS = (
    'os_glance_import_task',
    'os_glance_stage_host',
    'os_glance_hash_op_host',
)
IMPORTING = 'os_glance_importing_to_stores'
# These two stay after every import.
OWN = (*LOCKS, IMPORTING, 'os_glance_failed_import')
STORES = 'stores'
NAMESPACE = 'os_glance'

IMPORT_LOCKS = results.FindingKind(
    id='import-locks',
    title='Images hold an import lock or staged data on a host',
    looks_for='The properties os_glance_import_task, os_glance_stage_host '
    'and os_glance_hash_op_host of images, and an '
    'os_glance_importing_to_stores that is not empty.',
    matters='The import ends with the process that does it. Its lock can be '
    'taken over after an hour. Staged data can be reached on the host alone '
    'whose URL is recorded, under that URL.',
    remediation='Finish the imports first. Where nobody works on an image '
    'any more, delete it with `openstack image delete IMAGE` while its host '
    'still runs the old release, or take the mark away: '
    'DELETE FROM image_properties WHERE name LIKE '
    "'os!_glance%' ESCAPE '!' AND image_id = 'IMAGE';",
    since='21.0.0',
    reference='https://docs.openstack.org/glance/latest/admin/'
    'interoperable-image-import.html',
)
RESERVED_PROPERTIES = results.FindingKind(
    id='reserved-props',
    title="Properties of users have names that are Glance's own",
    looks_for='Properties with the name stores, where the upgrade passes '
    'into 21.0.0, and with names that begin with os_glance, where it passes '
    'into 22.0.0; not those that Glance itself writes.',
    matters='Nobody can change or remove them after the upgrade. A property '
    'stores hides in which stores the image really is.',
    remediation='Before the upgrade, remove them with '
    '`openstack image unset --property NAME IMAGE`.',
    since='21.0.0',
    reference='https://docs.openstack.org/releasenotes/glance/wallaby.html',
)


def ask(_checker: context.Checker) -> list[rows.Question]:
    """Ask for properties with names of Glance's."""
    import sqlalchemy

    from glance_status import tables

    table = tables.IMAGE_PROPERTIES
    name = tables.exact(table.c.name)
    own = sqlalchemy.and_(
        ~table.c.deleted, name.like('os!_glance%', escape='!')
    )
    return [
        rows.Question(
            'locks',
            table,
            sqlalchemy.and_(
                own,
                sqlalchemy.or_(
                    name.in_(LOCKS),
                    sqlalchemy.and_(name == IMPORTING, table.c.value != ''),
                ),
            ),
            sample=(table.c.image_id,),
            sort=str,
            looks_at=(table.c.name,),
        ),
        rows.Question(
            'reserved',
            table,
            sqlalchemy.and_(own, name.not_in(OWN)),
            sample=(table.c.image_id,),
            sort=str,
            looks_at=(table.c.name,),
        ),
        rows.Question(
            'stores',
            table,
            sqlalchemy.and_(~table.c.deleted, name == STORES),
            sample=(table.c.image_id,),
        ),
    ]


def check_properties(checker: context.Checker) -> list[results.Finding]:
    """Judge the properties that Glance keeps to itself."""
    return [*_locks(checker), *_reserved(checker)]


def _locks(checker: context.Checker) -> list[results.Finding]:
    answer = checker.answers['locks']
    if not answer.count or checker.target.major < STORES_SINCE:
        return []
    return [
        IMPORT_LOCKS.warning(
            f'Marks of imports that are going on: {answer.count} '
            f'({answer.by_kind}).',
            affected=answer.affected,
        )
    ]


def _reserved(checker: context.Checker) -> list[results.Finding]:
    findings = []
    stores = checker.answers['stores']
    if stores.count and checker.crosses(STORES_SINCE):
        findings.append(
            RESERVED_PROPERTIES.warning(
                f'Images with a property {STORES}: {stores.count}. From '
                f'{STORES_SINCE}.0.0 on that is where Glance says in which '
                'stores the image is.',
                affected=stores.affected,
            )
        )
    reserved = checker.answers['reserved']
    if reserved.count and checker.crosses(NAMESPACE_SINCE):
        findings.append(
            RESERVED_PROPERTIES.warning(
                f'Properties that begin with {NAMESPACE}: {reserved.count} '
                f'({reserved.by_kind}). Glance {NAMESPACE_SINCE}.0.0 and '
                'later keep such names to themselves.',
                affected=reserved.affected,
            )
        )
    return findings


CHECKS = (
    plugins.Check(
        id='image-properties',
        title='Image properties',
        function=check_properties,
        kinds=(IMPORT_LOCKS, RESERVED_PROPERTIES),
        topic='images',
        reads=('database',),
        description='Whether images are locked by an import, or have '
        "properties whose names are Glance's own.",
        asks=ask,
    ),
)
