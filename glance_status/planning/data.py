# SPDX-License-Identifier: Apache-2.0
"""What has to become of the rows, and where one would have to stop for it."""

from glance_status import waypoints
from glance_status.planning import values
from glance_status.planning.position import Position


class Data:
    """What the plan says of rows.

    :ivar rows: those that change, and what changes them
    :ivar stops: releases to stop at, or else to do what the steps say
    :ivar steps: steps with SQL, by when they are due
    """

    def __init__(self, position: Position):
        self.rows: list[values.Rows] = []
        self.stops: list[values.Stop] = []
        self.steps: dict[str, values.Step] = {}
        if position.empty:
            return
        self._visibility(position)
        if (
            not position.live.revisions
            and position.target.major >= waypoints.WITHOUT_MIGRATE
        ):
            self.stops.append(
                values.Stop(
                    'Wallaby (22.x)',
                    'It is the last that takes a database of '
                    'sqlalchemy-migrate, and does so without images only.',
                    'The plan stamps the database.',
                )
            )
        missing = {step.id for step in position.missing}
        if 'mitaka02' in missing:
            types = position.count(
                'metadef_resource_types', "name = 'OS::Nova::Instance'"
            )
            self.rows.append(
                values.Rows(
                    'name of a resource type', 'metadef_resource_types', *types
                )
            )
        if waypoints.TRAIN_REVISION in missing:
            self._train(position)

    def _visibility(self, position: Position) -> None:
        images = position.count('images')
        if waypoints.DROPS_IS_PUBLIC not in position.done and images != (
            0,
            True,
        ):
            self.rows.append(
                values.Rows('visibility of images', 'images', *images)
            )
            self.stops.append(
                values.Stop(
                    'Ocata (14.0.0)',
                    'Its data migration fills the visibility of images, and '
                    'runs with the code of 14.x alone.',
                    'The plan does the same with SQL.',
                )
            )
            self.steps['visibility'] = values.Step(
                'Fill the visibility of images',
                'sql',
                (*waypoints.FILL_VISIBILITY, *_drop_triggers(position)),
            )
        elif position.triggers:
            self.steps['triggers'] = values.Step(
                'Drop the triggers of the Ocata upgrade, which db sync leaves',
                'sql',
                tuple(_drop_triggers(position)),
            )

    def _train(self, position: Position) -> None:
        locations = position.count(
            'image_locations', 'meta_data LIKE \'%"backend":%\''
        )
        self.rows.append(
            values.Rows(
                'key "backend" of locations', 'image_locations', *locations
            )
        )
        if position.target.major == waypoints.TRAIN or locations == (0, True):
            return
        self.stops.append(
            values.Stop(
                'Train (19.0.0)',
                'Its data migration renames the key "backend" in the '
                'metadata of locations, and runs with the code of 19.x alone.',
                'The plan does the same with SQL.',
            )
        )
        self.steps['train'] = values.Step(
            'Rename the key in the metadata of locations',
            'sql',
            (waypoints.RENAME_BACKEND,),
        )


def _drop_triggers(position: Position) -> list[str]:
    if position.server.family != 'mysql':
        return []
    return [f'DROP TRIGGER IF EXISTS {name};' for name in waypoints.TRIGGERS]
