# SPDX-License-Identifier: Apache-2.0
"""Whether the database can be reached, and by all tools the same one."""

from glance_status import context, ini, places, plugins, results
from glance_status.checks import replica

# The first release whose glance-manage no longer reads glance-registry.conf;
# read from glance/cmd/manage.py of the released packages.
WITHOUT_REGISTRY = 21

OTHER_CONNECTION = results.FindingKind(
    id='manage-connection',
    title='glance-manage would use another database',
    looks_for='The [database] connection that glance-manage finds in its own '
    'places when it is run without --config-file, compared with the one of '
    'the Glance API. Looked at only where this tool searched for the files '
    'itself.',
    matters='`glance-manage db sync` would upgrade a database that the API '
    'does not use, and leave the one that it uses as it is.',
    remediation='Give both the same [database] connection, or run '
    'glance-manage with the --config-file that the API reads.',
)


def check_connection(checker: context.Checker) -> list[results.Finding]:
    """Open the database, and see where glance-manage would go."""
    checker.connection.exec_driver_sql('SELECT 1')
    if checker.run.replica:
        return replica.look(checker)
    ours = checker.access().url
    if checker.run.configuration.explicit or not ours:
        return []
    found = _manage_connection(checker.target.major < WITHOUT_REGISTRY)
    if found is None:
        return [
            OTHER_CONNECTION.note(
                'glance-manage finds no [database] connection in its own '
                'places, and fails without --config-file.'
            )
        ]
    if _same_place(found.value, ours):
        return []
    return [
        OTHER_CONNECTION.warning(
            'glance-manage takes [database] connection from '
            f'{found.file}, line {found.line}, which leads to '
            f'{_place(found.value)}; the Glance API uses {_place(ours)}.'
        )
    ]


def _manage_connection(registry: bool) -> ini.Setting | None:
    """Return the setting that decides for glance-manage, None for none."""
    files = places.glance_manage_files(registry)
    found = [
        item
        for item in ini.settings_of(files)
        if (item.section, item.option) == ('database', 'connection')
    ]
    return found[-1] if found else None


def _same_place(one: str, other: str) -> bool:
    return one == other or _place(one) == _place(other)


def _place(text: str) -> str:
    from glance_status import database

    try:
        return database.place(database.parse(text))
    except database.Unreachable:
        return 'something that is no database URL'


CHECKS = (
    plugins.Check(
        id='database-connection',
        title='Database connection',
        function=check_connection,
        kinds=(OTHER_CONNECTION, replica.UNSEEN),
        topic='database',
        reads=('configuration', 'database'),
        description='Whether the database that the Glance API uses can be '
        'opened, in a session that the server holds read-only, and whether '
        'glance-manage would open the same. With --replica, whether the '
        'replica follows: one that does not is a result of 255.',
    ),
)
