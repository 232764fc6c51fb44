# SPDX-License-Identifier: Apache-2.0
"""Whether the metadata definitions in the database are the target's."""

import typing

from glance_status import context, plugins, results
from glance_status.releases import metadefs

if typing.TYPE_CHECKING:
    import sqlalchemy

BEHIND = results.FindingKind(
    id='metadefs-behind',
    title='Metadata definitions of the target are not in the database',
    looks_for='Properties that a release on the way to the target added to '
    'the definitions that Glance ships, and that the database has not. '
    'Where none of these definitions were ever loaded, nothing is missed.',
    matters='No upgrade and no `glance-manage db sync` loads them. Images '
    'and flavors can have the properties all the same; dashboards and users '
    'do not get them offered, or explained.',
    remediation='After the upgrade run `glance-manage db load_metadefs '
    '--merge`, which adds what is missing. With --prefer_new it also takes '
    'the new text of all other definitions, over changes of your own.',
    since='19.0.0',
    reference='https://docs.openstack.org/glance/latest/cli/glancemanage.html',
)


def check_definitions(checker: context.Checker) -> list[results.Finding]:
    """Compare the definitions with those that the target ships."""
    wanted = [
        item
        for item in metadefs.added(checker.target.major)
        if checker.crosses(item.since)
    ]
    present = _present(checker.connection, {item.namespace for item in wanted})
    if not metadefs.old_namespaces() & present.keys():
        return []
    missing = [
        str(item)
        for item in wanted
        if item.name not in present.get(item.namespace, ())
    ]
    if not missing:
        return []
    sample = tuple(missing[: results.SAMPLE_SIZE])
    return [
        BEHIND.note(
            f'{checker.target.title} ships definitions of properties that '
            f'the database does not have: {len(missing)}.',
            affected=results.Affected(len(missing), sample),
        )
    ]


def _present(
    connection: 'sqlalchemy.Connection', names: set[str]
) -> dict[str, set[str]]:
    """Return those of the namespaces that are there, with their properties."""
    import sqlalchemy

    from glance_status import schema, tables

    namespaces, properties = (
        tables.METADEF_NAMESPACES,
        tables.METADEF_PROPERTIES,
    )
    there = schema.table_names(connection)
    if not {namespaces.name, properties.name} <= there:
        return {}
    asked = sqlalchemy.select(
        namespaces.c.namespace, properties.c.name
    ).select_from(
        namespaces.outerjoin(
            properties, properties.c.namespace_id == namespaces.c.id
        )
    )
    found: dict[str, set[str]] = {}
    asked = asked.where(namespaces.c.namespace.in_(sorted(names)))
    for namespace, name in connection.execute(asked):
        found.setdefault(namespace, set()).add(name)
    return found


CHECKS = (
    plugins.Check(
        id='metadata-definitions',
        title='Metadata definitions',
        function=check_definitions,
        kinds=(BEHIND,),
        topic='images',
        reads=('database',),
        description='Whether the database has the definitions of metadata '
        'that the target ships.',
    ),
)
