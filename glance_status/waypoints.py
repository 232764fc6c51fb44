# SPDX-License-Identifier: Apache-2.0
"""Where the way of old databases has turns that db sync does not take."""

# The first release without sqlalchemy-migrate.
WITHOUT_MIGRATE = 23
# The first whose glance-manage fails on the revisions' old names.
WITHOUT_LABELS = 27
# What Glance put a database of sqlalchemy-migrate at, by its version.
MIGRATED = {
    42: 'liberty',
    43: 'mitaka01',
    44: 'mitaka02',
    45: 'ocata_contract01',
}
# The revision before which images had no visibility.
VISIBILITY = 'ocata_expand01'
DROPS_IS_PUBLIC = 'ocata_contract01'
# What the online expansion of Ocata makes on MariaDB and MySQL.
TRIGGERS = ('insert_visibility', 'update_visibility')
# What the data migration of Ocata does, which runs with 14.x code alone.
FILL_VISIBILITY = (
    "UPDATE images SET visibility='public' WHERE is_public;",
    "UPDATE images SET visibility='private' WHERE NOT is_public AND "
    'visibility IS NULL;',
    "UPDATE images SET visibility='shared' WHERE visibility='private' "
    'AND id IN (SELECT image_id FROM image_members WHERE NOT deleted);',
)
# The release whose data migration runs with its own code alone, and what it
# does.
TRAIN = 19
TRAIN_REVISION = 'train_contract01'
RENAME_BACKEND = (
    'UPDATE image_locations SET meta_data = REPLACE(meta_data, '
    '\'"backend":\', \'"store":\') WHERE meta_data LIKE \'%"backend":%\';'
)


def renamed(label: str, revision: str) -> str:
    """Return the SQL that gives a revision its present name."""
    return (
        f"UPDATE alembic_version SET version_num = '{revision}' WHERE "
        f"version_num = '{label}';"
    )


def stamp(revision: str) -> str:
    """Return the command that says at which revision a database is."""
    return f'glance-manage db version_control --version {revision}'
